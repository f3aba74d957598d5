//! Stores from public repositories, which are read where they are: `ASOF_PUBLIC_STORES` names the
//! folder. Without it nothing is tried here; stores of the same shapes under `tests/fixtures` stand in.

use std::env;
use std::path::PathBuf;

use asof::log::Clock;
use serde_json::json;

use crate::opened::Opened;

/// The folder of that name, where there is one; says so where there is none.
#[allow(clippy::print_stderr, reason = "whoever runs the tests should know")]
fn public(name: &str) -> Option<PathBuf> {
    let Some(root) = env::var_os("ASOF_PUBLIC_STORES") else {
        eprintln!("skipped: ASOF_PUBLIC_STORES names no folder");
        return None;
    };
    let folder = PathBuf::from(root).join(name);
    assert!(folder.is_dir(), "{} is no folder", folder.display());
    Some(folder)
}

#[test]
fn an_object_centric_log_in_tables_by_type() {
    let Some(folder) = public("ocel_pm4py") else {
        return;
    };
    let store = Opened::open(&folder.join("ocel20_example.sqlite"));
    assert_eq!(store.layout(), "ocel2");
    assert_eq!(store.problems(), [""; 0]);
    // 13 events, and the 12 rows of the objects' attributes.
    let events = store
        .log
        .events()
        .filter(|event| store.log.event_id(*event).is_some());
    let events: Vec<_> = events
        .map(|event| (store.time(event), store.id(event)))
        .collect();
    assert_eq!((events.len(), store.log.len()), (13, 25));
    let known = |at: usize| (events[at].0.as_str(), events[at].1.as_str());
    assert_eq!(known(0), ("2022-01-09T15:00:00.000000Z", "e1"));
    assert_eq!(known(1), ("2022-01-09T16:30:00.000000Z", "e2"));
    assert_eq!(known(2), ("2022-01-10T09:15:00.000000Z", "e3"));
    assert_eq!(known(3), ("2022-01-13T12:00:00.000000Z", "e4"));
    assert_eq!(known(12), ("2022-02-28T23:00:00.000000Z", "e13"));
    assert_eq!(store.log.default_clock(), Clock::Occurred);

    let order = store.events("PO1");
    let about = order
        .iter()
        .filter(|event| store.log.event_id(**event).is_some());
    let about: Vec<String> = about.map(|event| store.id(*event)).collect();
    assert_eq!(about, ["e3", "e4", "e5", "e6"]);

    let quantity = |time: &str| store.at_time("PO1", time).state.unwrap()["po_quantity"].clone();
    assert_eq!(quantity("2022-01-13T11:59:59Z"), json!("500"));
    assert_eq!(quantity("2022-01-13T12:00:00Z"), json!("600"));
    let state = store.at_head("PO1").state.unwrap();
    assert_eq!(state["po_product"], json!("Cows"));
    let blocked = |time: &str| store.at_time("R3", time).state.unwrap()["is_blocked"].clone();
    assert_eq!(blocked("2022-02-03T07:29:59Z"), json!("No"));
    assert_eq!(blocked("2022-02-03T07:30:00Z"), json!("Yes"));
    assert_eq!(blocked("2022-02-03T23:30:00Z"), json!("No"));
}

#[test]
fn an_older_object_centric_log() {
    let Some(folder) = public("ocel_pm4py") else {
        return;
    };
    let store = Opened::open(&folder.join("example_log.sqlite"));
    assert_eq!(store.layout(), "ocel1");
    // 23 events, and what is told of four objects.
    assert_eq!((store.log.len(), store.problems()), (27, vec![]));
}
