//! What is told of each saga beside its status: why it failed, why that was not undone, what it was called, what
//! it waits for and who never heard of it.

use std::collections::BTreeMap;

use asof::analysis::saga::{Definition, Failure, SagaReport, Status, Wanted};
use asof::log::Bound;
use asof::model::{EventIx, Timestamp};
use asof::simulate::{Dose, Fault, Faults, Scenario};
use serde_json::{Value, json};

use super::{bundled, list, simulated};

/// The truth tells what failed last. Of one that turned back because of something else that is why it was not
/// undone, or was undone late.
fn is_of_the_class(saga: &SagaReport, known: &Value) {
    let told = |own: &Failure| (json!(own.position), json!(own.class));
    let known = &known["failure"];
    let last = (known["position"].clone(), known["class"].clone());
    let failures = [&saga.failure, &saga.not_undone];
    let mut failures = failures.into_iter().flatten().map(told);
    let is_told = failures.any(|own| own == last) || known.is_null() && saga.failure.is_none();
    let undone_late = saga.status == Status::Compensated && known["class"] == "system";
    assert!(is_told || undone_late, "{saga:#?} {known}");
}

#[test]
fn failures_are_of_the_class_that_the_simulation_knew() {
    for (name, ending) in [
        ("bank", "db"),
        ("downloads", "db"),
        ("orders", "db"),
        ("orders-orchestrated", "db"),
        ("rides", "jsonl"),
    ] {
        let (store, definition, truth) = bundled(name, ending);
        let report = store.report(&mut store.find(Some(&definition)), Bound::Head);
        let mut compared = 0;
        for saga in &report.sagas {
            let mut all = list(&truth, "sagas").iter();
            let Some(known) = all.find(|known| known["id"] == *saga.id) else {
                continue;
            };
            is_of_the_class(saga, known);
            compared += 1;
        }
        assert!(compared > 80, "{name} {compared}");
    }
}

#[test]
fn what_its_event_says_is_the_reason() {
    let (store, definition, _) = bundled("bank", "db");
    let report = store.report(&mut store.find(Some(&definition)), Bound::Head);
    let reasons = report.sagas.iter().filter_map(|saga| saga.failure.as_ref());
    assert!(reasons.clone().count() > 0);
    assert!(
        reasons
            .clone()
            .all(|failure| failure.reason == "insufficient funds")
    );
    let (store, definition, _) = bundled("orders-orchestrated", "db");
    let parked = Bound::Event(EventIx(392));
    let report = store.report(&mut store.find(Some(&definition)), parked);
    let parked = report.sagas.iter().find(|saga| saga.id == "checkout-5039");
    let failure = parked.unwrap().failure.clone().unwrap();
    assert_eq!(failure.reason, "address not served");
    let hindered = parked.unwrap().not_undone.clone().unwrap();
    assert_eq!(hindered.reason, "card no longer valid");
    let parked = parked.unwrap().parked.clone().unwrap();
    assert_eq!(parked.event_type, "CheckoutParked");
    assert_eq!(
        parked.reason.unwrap(),
        "refund failed: card no longer valid"
    );
}

/// Why each turned back, as the story of its events has it: the first failure for good, and nothing that
/// answers to it.
#[test]
fn the_failure_that_is_told_is_the_one_that_turned_it_back() {
    let causes = [
        "InventoryUnavailable",
        "PaymentDeclined",
        "PaymentUnavailable",
        "ShipmentRefused",
        "AnswerTimedOut",
        "InventoryRejected",
        "PaymentFailed",
        "OrderCancelRequested",
        "CreditRefused",
        "TransferRejected",
    ];
    for (scenario, seed) in [
        (Scenario::OrdersOrchestrated, 301),
        (Scenario::OrdersChoreographed, 302),
        (Scenario::Bank, 304),
    ] {
        let (store, _) = simulated(scenario, 3000, seed, &Faults::none());
        let declared = Definition::from_toml(&scenario.saga_definition()).unwrap();
        let mut told = BTreeMap::new();
        for definition in [Some(&declared), None] {
            let report = store.report(&mut store.find(definition), Bound::Head);
            for saga in &report.sagas {
                let is_bad = matches!(
                    saga.status,
                    Status::Failed | Status::Compensated | Status::Parked
                );
                let Some(failure) = saga.failure.as_ref().filter(|_| is_bad) else {
                    continue;
                };
                let event = store.log.event_at(&failure.position).unwrap();
                let kind = store.log.type_name(store.log.event_type(event));
                assert!(causes.contains(&kind), "{scenario} {kind} {saga:#?}");
                let undone = saga.status == Status::Compensated;
                assert!(!undone || kind != "TransferRejected", "{saga:#?}");
                // As declared, as mined.
                let same = told
                    .entry(saga.started)
                    .or_insert_with(|| failure.position.clone());
                assert_eq!(*same, failure.position, "{scenario} {saga:#?}");
            }
        }
        assert!(told.len() > 10, "{scenario} {}", told.len());
    }
}

/// An orchestrator's saga is found by what it was called before the orchestrator took it up.
#[test]
fn a_saga_is_found_by_each_name_that_it_has_had() {
    let (store, _) = simulated(Scenario::OrdersOrchestrated, 1000, 305, &Faults::none());
    let mut sagas = store.find(None);
    let all = store.report(&mut sagas, Bound::Head);
    let named = all.sagas.iter().find(|saga| saga.called_before.is_some());
    let named = named.unwrap();
    let before = named.called_before.clone().unwrap();
    let until = store.log.event_at(&before.until).unwrap();
    let earlier = Bound::Event(EventIx(until.0 - 1));
    for (bound, name, id) in [
        (Bound::Head, &before.id, &named.id),
        (Bound::Head, &named.id, &named.id),
        (earlier, &before.id, &before.id),
    ] {
        let wanted = Wanted {
            id: Some(name.clone()),
            ..Wanted::default()
        };
        let found = store.asked(&mut sagas, bound, &wanted).sagas;
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!((&found[0].id, found[0].started), (id, named.started));
    }
}

/// A service whose clock is off makes nothing else of what is waited for: the log has its own order.
#[test]
fn what_is_waited_for_is_what_mostly_comes_first_whatever_the_clocks() {
    let faults = Faults::none()
        .with(Fault::ClockSkew, Dose::Count(1))
        .with(Fault::LostPublication, Dose::Count(5));
    let mut charges = 0;
    for seed in [303, 307] {
        let (store, truth) = simulated(Scenario::Rides, 3000, seed, &faults);
        let report = store.report(&mut store.find(None), Bound::Head);
        let known = |started: Option<Timestamp>| {
            let mut all = list(&truth, "sagas").iter();
            all.find(|saga| saga["started"] == json!(started))
                .unwrap()
                .clone()
        };
        for saga in report
            .sagas
            .iter()
            .filter(|saga| saga.status == Status::Stuck)
        {
            let at = known(saga.started);
            let last = list(&at, "steps").last().cloned().unwrap_or_default();
            if last["name"] == "charge the rider" && last["status"] == "running" {
                assert_eq!(
                    saga.waiting_for.as_deref(),
                    Some("payment charged"),
                    "{saga:#?}"
                );
                charges += 1;
            }
        }
    }
    assert!(charges > 0);
}

/// Who waits for what was never published is told so, and what the relay holds back is.
#[test]
fn what_nobody_has_published_is_named_where_it_is_waited_for() {
    let faults = Faults::none()
        .with(Fault::LostPublication, Dose::Count(5))
        .with(Fault::RelayOutage, Dose::Count(1));
    let (store, truth) = simulated(Scenario::OrdersOrchestrated, 3000, 301, &faults);
    let injected = list(&truth, "injected").iter();
    let lost: Vec<i64> = (injected.filter(|own| own["kind"] == "lost-publication"))
        .filter_map(|own| own["positions"][0].as_i64())
        .collect();
    let definition =
        Definition::from_toml(&Scenario::OrdersOrchestrated.saga_definition()).unwrap();
    let report = store.report(&mut store.find(Some(&definition)), Bound::Head);
    let told: Vec<Value> = (report.sagas.iter())
        .filter_map(|saga| saga.unpublished.as_ref())
        .map(|own| json!(own.position))
        .collect();
    assert!(
        !told.is_empty()
            && told
                .iter()
                .all(|own| own.as_i64().is_some_and(|own| lost.contains(&own))),
        "{told:?} {lost:?}"
    );
    // While the relay is down its sagas say so.
    let outage = list(&truth, "injected")
        .iter()
        .find(|own| own["kind"] == "relay-outage");
    let [from, to]: [Timestamp; 2] =
        ["from", "to"].map(|name| serde_json::from_value(outage.unwrap()[name].clone()).unwrap());
    let within = Timestamp::from_micros(to.micros() - 1000);
    let report = store.report(&mut store.find(Some(&definition)), Bound::Time(within));
    let held: Vec<_> = (report
        .sagas
        .iter()
        .filter_map(|saga| saga.unpublished.as_ref()))
    .filter(|own| own.relay_since.is_some())
    .collect();
    assert!(
        !held.is_empty() && held.iter().all(|own| own.since >= Some(from)),
        "{held:?}"
    );
}

/// What is written down at once stays one thing that happened where a copy of it comes late.
#[test]
fn late_copies_make_no_process_of_what_is_written_at_once() {
    let faults = Faults::none().with(Fault::DuplicateContentNewId, Dose::Rate(10_000));
    let (store, _) = simulated(Scenario::Bank, 3000, 311, &faults);
    let mined = store.report(&mut store.find(None), Bound::Head);
    let mut processes: Vec<&str> = mined
        .sagas
        .iter()
        .map(|saga| saga.process.as_str())
        .collect();
    processes.dedup();
    assert_eq!(processes, ["TransferRequested"]);
}
