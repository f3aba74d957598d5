//! Stores that no layout knows, read by what their columns are called and look like.

use asof::model::{EventIx, Task};
use asof::store::layout::{Role, built_in, recognise_sqlite};
use asof::store::sqlite::facts_of;
use asof::store::{OpenOptions, Store};

use crate::opened::{Opened, fixture};

#[test]
fn evento_s_aggregates_are_the_streams() {
    let bank = Opened::fixture("evento_bank/store.db");
    assert_eq!(bank.layout(), "generic");
    assert_eq!(bank.problems(), [""; 0]);
    assert_eq!((bank.log.len(), bank.log.streams().len()), (158, 7));
    let types = [
        ("AccountFrozen", 8),
        ("AccountOpened", 7),
        ("MoneyDeposited", 94),
        ("MoneyWithdrawn", 49),
    ];
    assert_eq!(bank.types(), types.into());
    let events = bank.events("01J93QKA0JJ55WAAPKF6QFHKA6");
    assert_eq!(events.len(), 19);
    assert_eq!(bank.log.version(events[18]).0, 19);
    assert_eq!(bank.kind(events[18]), "MoneyDeposited");
    assert_eq!(bank.time(events[0]), "2024-10-01T09:48:27.000000Z");
    // Bitcode cannot be looked into, which is no error.
    let body = bank.try_body(events[0]).unwrap();
    assert_eq!(body.data.json(), None);
    assert!(body.data.size() > 0);
}

#[test]
fn kurrent_s_records_and_pages() {
    let ada = "account-b91bf1b087d542a9b2d4e89d88953f7e";
    let records = Opened::fixture("json_shapes/recorded_events.json");
    assert_eq!((records.log.len(), records.log.streams().len()), (231, 8));
    let events = records.events(ada);
    assert_eq!(records.log.version(events[0]).0, 0);
    let positions = records.positions();
    assert!(positions.is_sorted() && positions[0] == 257);
    let up_to_7 = |event| records.log.version(event).0 < 7;
    assert_eq!(records.sum(ada, "amount", up_to_7), "304.76");
    let correlation = records.log.correlation(events[0]);
    assert_eq!(correlation, Some("b91bf1b087d542a9b2d4e89d88953f7e"));

    let page = Opened::fixture("json_shapes/atom_embed_body.json");
    assert_eq!(page.log.streams().iter().collect::<Vec<_>>(), [ada]);
    let versions: Vec<i64> = page
        .log
        .events()
        .map(|event| page.log.version(event).0)
        .collect();
    assert_eq!(versions, (0..35).collect::<Vec<_>>());
    assert_eq!(page.time(EventIx(34)), "2024-04-02T00:29:56.715230Z");
    assert_eq!(
        page.sum(ada, "amount", |event| page.log.version(event).0 < 7),
        "304.76"
    );
}

#[test]
fn kcat_s_lines_have_no_order_but_time() {
    let lines = Opened::fixture("json_shapes/kcat_J.jsonl");
    assert_eq!((lines.log.len(), lines.log.streams().len()), (231, 8));
    let times: Vec<String> = lines.log.events().map(|event| lines.time(event)).collect();
    assert!(times.is_sorted());
    assert!(!lines.log.has_own_positions());
    let ada = "b91bf1b087d542a9b2d4e89d88953f7e";
    let then = "2024-03-16T12:41:50.386Z";
    assert_eq!(lines.sum(ada, "amount", lines.before(then)), "409.32");
    // Types stand in the flat list of headers only.
    assert_eq!(lines.types(), [("bank-events", 231)].into());
}

/// Without its own layout, the copies of events in the outbox and among the dead letters are decoys.
#[test]
fn eventsource_py_is_told_from_its_decoys() {
    let path = fixture("eventsource_py_orders/store.db");
    let facts = facts_of(&path, &Task::new()).unwrap();
    let others: Vec<_> = built_in()
        .into_iter()
        .filter(|layout| layout.id != "eventsource-py")
        .collect();
    let best = recognise_sqlite(&facts, &others).unwrap().best;
    assert_eq!(best.layout.id, "generic");
    assert_eq!(best.layout.events.from, "\"events\"");
    let column = |role| best.layout.column(role).map(ToString::to_string);
    assert_eq!(column(Role::Stream).as_deref(), Some("\"aggregate_id\""));
    assert_eq!(
        column(Role::Category).as_deref(),
        Some("\"aggregate_type\"")
    );
    assert_eq!(column(Role::Type).as_deref(), Some("\"event_type\""));
    assert_eq!(column(Role::Version).as_deref(), Some("\"version\""));
    assert_eq!(column(Role::EventId).as_deref(), Some("\"event_id\""));
    assert_eq!(column(Role::RecordedAt).as_deref(), Some("\"timestamp\""));
    assert_eq!(column(Role::Payload).as_deref(), Some("\"payload\""));
    assert!(
        best.reasons
            .iter()
            .any(|(reason, _)| reason.contains("its ids repeat"))
    );

    let guessed = Opened::by(&path, best.layout);
    assert_eq!((guessed.log.len(), guessed.log.streams().len()), (143, 29));
}

#[test]
fn every_known_store_says_why_and_what_it_would_be_otherwise() {
    let open = |name: &str| Store::open(&fixture(name), &OpenOptions::default(), &Task::new());
    let store = open("es_py_bank/store.db").unwrap();
    let recognition = store.recognition();
    assert!(recognition.confidence > 90);
    assert!(
        recognition
            .reasons
            .iter()
            .any(|(reason, _)| reason.contains("stored_events"))
    );
    let (runner_up, confidence) = recognition.runner_up.as_ref().unwrap();
    assert_eq!(runner_up, "Generic event table");
    assert!(*confidence <= 70);
    assert!(
        store.lacks().contains(&"correlation id".to_owned())
            || store.layout().column(Role::CorrelationId).is_some()
    );
}
