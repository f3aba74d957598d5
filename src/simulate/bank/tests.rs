//! The bank keeps its story, and money neither appears nor vanishes.

use std::collections::HashMap;

use super::super::samples::SEED;
use super::*;

fn bank() -> Vec<Event> {
    simulate(SEED)
}

fn cents(value: &Value) -> i64 {
    value
        .to_string()
        .replace('.', "")
        .parse()
        .expect("an amount")
}

#[test]
fn account_77_holds_1284_50_at_the_end_of_the_year_and_has_44_versions() {
    let bank = bank();
    let account: Vec<_> = bank
        .iter()
        .filter(|event| event.stream == "account-77")
        .collect();
    assert_eq!(account.len(), 44);
    let evening = utc(2024, 12, 31, 23, 59);
    let last = account
        .iter()
        .rfind(|event| event.recorded_at <= evening)
        .expect("an event");
    assert_eq!(last.version.0, 41);
    assert_eq!(
        last.data["balance"].to_string(),
        r#"{"amount":1284.50,"currency":"EUR"}"#
    );
    assert_eq!(account[41].event_type, "InterestAccrued");
}

#[test]
fn one_interest_was_booked_tenfold_and_corrected_by_an_effect_of_it() {
    let bank = bank();
    let fix = bank
        .iter()
        .find(|event| event.event_type == "InterestCorrected")
        .expect("one");
    let wrong = bank
        .iter()
        .find(|event| Some(&event.event_id) == fix.causation_id.as_ref())
        .expect("it");
    assert_eq!(
        cents(&wrong.data["amount"]) * 9,
        cents(&fix.data["amount"]) * -10
    );
}

#[test]
fn balances_are_the_sum_of_amounts_and_never_negative() {
    let mut balances: HashMap<String, i64> = HashMap::new();
    for event in bank()
        .iter()
        .filter(|event| event.data["amount"].is_number())
    {
        if event.category == "account" {
            let balance = balances.entry(event.stream.clone()).or_default();
            *balance += cents(&event.data["amount"]);
            assert_eq!(
                *balance,
                cents(&event.data["balance"]["amount"]),
                "{event:?}"
            );
            assert!(*balance >= 0, "{event:?}");
        }
    }
    assert_eq!(balances.len(), ACCOUNTS);
}

#[test]
fn transfers_that_ended_were_completed_or_rejected() {
    let bank = bank();
    let count = |name| bank.iter().filter(|event| event.event_type == name).count();
    assert!(count("TransferRejected") > 0);
    assert_eq!(
        count("TransferRequested"),
        count("TransferCompleted") + count("TransferRejected")
    );
}
