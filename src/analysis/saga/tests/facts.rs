//! Why something failed, why that was not undone, and times that run backwards.

use serde_json::{Value, json};

use super::{Told, log, told};

const TRIP: &str = r#"
id = "trip"
style = "choreography"
start = ["Booked"]
turned_back = ["CancelRequested"]
[[step]]
name = "pay"
begins = ["Booked"]
success = ["Paid"]
failure = ["Refused"]
compensation = ["Refunded"]
[[step]]
name = "fly"
begins = ["Paid"]
success = ["Flown"]
failure = ["Grounded"]
[[step]]
name = "sleep"
begins = ["Paid"]
success = ["Slept"]
failure = ["HotelFull"]
[end]
completed = ["Closed"]
cancelled = ["Cancelled", "HotelFull"]
[parking]
parked = ["Parked"]
resumed = ["Resumed"]
"#;

/// One saga with these events, a second apart but where another is said.
fn saga(events: &[(&str, i64)], definition: &str) -> Value {
    let ids: Vec<String> = (0..events.len()).map(|at| at.to_string()).collect();
    let events: Vec<Told<'_>> = (events.iter().zip(&ids))
        .map(|((kind, second), id)| match *kind {
            "Paid" | "Refused" | "Refunded" => ("payment-1", *kind, &id[..], None, *second),
            _ => ("trip-1", *kind, &id[..], None, *second),
        })
        .collect();
    let log = log(&events, Some("one"));
    told(&log, Some(definition), &log.at_head())["sagas"][0].clone()
}

fn in_order(kinds: &[&str]) -> Value {
    let events: Vec<(&str, i64)> = kinds.iter().copied().zip(0..).collect();
    saga(&events, TRIP)
}

fn why(kinds: &[&str]) -> (Value, Value) {
    let saga = in_order(kinds);
    (
        saga["failure"]["position"].clone(),
        saga["not_undone"]["position"].clone(),
    )
}

#[test]
fn it_failed_for_what_turned_it_back() {
    let start = ["Booked", "Paid", "Grounded"];
    let after = |more: &[&'static str]| why(&[&start[..], more].concat());
    let cause = json!(3);
    // What fails on the way back is why something is not undone, as long as something is not.
    assert_eq!(after(&["RefundFailed"]), (cause.clone(), json!(4)));
    assert_eq!(
        after(&["RefundFailed", "Cancelled"]),
        (cause.clone(), json!(4))
    );
    assert_eq!(
        after(&["RefundFailed", "Refunded", "Cancelled"]),
        (cause.clone(), Value::Null)
    );
    // Nor is what was given up meanwhile, or ends it.
    assert_eq!(after(&["HotelFull"]), (cause.clone(), Value::Null));
    // What has nothing to do with undoing keeps nothing from being undone.
    assert_eq!(after(&["NotificationFailed"]), (cause.clone(), Value::Null));
    assert_eq!(
        after(&["RefundFailed", "NotificationFailed"]),
        (cause, json!(4))
    );
    // What is begun anew once all is undone fails for its own reason.
    assert_eq!(
        after(&["Refunded", "Booked", "Refused"]),
        (json!(6), Value::Null)
    );
}

#[test]
fn what_answers_to_a_failure_is_none_of_its_own() {
    assert_eq!(
        why(&["Booked", "Refused", "TripFailed", "Cancelled"]).0,
        json!(2)
    );
    // What is tried anew may fail for another reason.
    assert_eq!(
        why(&["Booked", "Refused", "Booked", "Refused", "Cancelled"]).0,
        json!(4)
    );
    assert_eq!(why(&["Booked", "Refused", "Paid", "Grounded"]).0, json!(4));
}

#[test]
fn who_waits_for_a_person_says_since_which_event() {
    let found = in_order(&["Booked", "Paid", "Grounded", "RefundFailed", "Parked"]);
    assert_eq!(found["status"], json!("parked"));
    assert_eq!(found["parked"]["type"], json!("Parked"));
    assert_eq!(found["parked"]["position"], json!(5));
    assert_eq!(found["uncompensated"], json!(["pay"]));
    let resumed = [
        "Booked",
        "Paid",
        "Grounded",
        "RefundFailed",
        "Parked",
        "Resumed",
    ];
    assert_eq!(in_order(&resumed)["parked"], Value::Null);
    // One that was not on its way back may go on as if nothing had happened.
    let early = in_order(&["Booked", "Paid", "Parked"]);
    assert_eq!(early["uncompensated"], Value::Null);
}

#[test]
fn times_that_run_backwards_are_told_with_the_lengths_that_they_spoil() {
    let found = saga(
        &[("Booked", 10), ("Paid", 4), ("Flown", 12), ("Slept", 11)],
        TRIP,
    );
    let out = &found["out_of_order"];
    let own = |at: usize| ["position", "behind_ms", "than"].map(|name| out[at][name].clone());
    assert_eq!(own(0), [json!(2), json!(6000), json!(1)]);
    assert_eq!(
        (&out[0]["participant"], &out[0]["than_participant"]),
        (&json!("payment"), &json!("trip"))
    );
    // What one and the same recorded late says nothing of clocks.
    assert_eq!(own(1), [json!(4), json!(1000), json!(3)]);
    let off: Vec<&Value> = (found["steps"].as_array().unwrap().iter())
        .map(|step| &step["clocks_off_ms"])
        .collect();
    // Paid by one clock, flown and slept by the other: each of the three is between the two.
    assert_eq!(off, [&json!(6000); 3]);
    let well = saga(&[("Booked", 0), ("Paid", 4), ("Flown", 12)], TRIP);
    assert_eq!(well["out_of_order"], Value::Null);
    assert_eq!(well["steps"][0]["clocks_off_ms"], Value::Null);
}
