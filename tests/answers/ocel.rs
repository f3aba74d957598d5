//! Object-centric event logs, as pm4py's repository has them.

use serde_json::{Value, json};

use crate::asked::{Asked, public, texts};

fn events_of(store: &Asked, arguments: &[&str]) -> Vec<Value> {
    let mut events = store.events(arguments);
    // What happens to objects has no id.
    events.retain(|event| event["id"].is_string());
    events
}

#[test]
fn ocel_2_as_json() {
    let Some(folder) = public("ocel_pm4py") else {
        return;
    };
    let store = Asked::of(&folder.join("ocel20_example.jsonocel"));
    let info = store.info();
    assert_eq!(info["layout"]["name"], "OCEL 2.0 (JSON)");
    assert_eq!(info["problems"], json!([]));
    // Thirteen events and twelve values that attributes of objects take.
    assert_eq!(info["events"], 25);
    let events = events_of(&store, &[]);
    assert_eq!(events.len(), 13);
    let first: Vec<(&str, &str)> = texts(&events, "id")
        .into_iter()
        .zip(texts(&events, "type"))
        .collect();
    let expected = [
        ("e1", "Create Purchase Requisition"),
        ("e2", "Approve Purchase Requisition"),
        ("e3", "Create Purchase Order"),
        ("e4", "Change PO Quantity"),
    ];
    assert_eq!(first[..4], expected);
    assert_eq!(first[12], ("e13", "Insert Payment"));
    assert_eq!(
        texts(&events_of(&store, &["--stream", "PO1"]), "id"),
        ["e3", "e4", "e5", "e6"]
    );
    // The state of an object is what its attributes were by then.
    let quantity =
        |at: &str| store.ask("state", &["PO1", "--at", at])["state"]["po_quantity"].clone();
    assert_eq!(quantity("2022-01-13T10:59:59Z"), "500");
    assert_eq!(quantity("2022-01-13T11:00:00Z"), "600");
    let blocked = |at: &str| store.ask("state", &["R3", "--at", at])["state"]["is_blocked"].clone();
    let history = [
        "2022-02-03T06:00:00Z",
        "2022-02-03T06:30:00Z",
        "2022-02-03T22:30:00Z",
    ];
    assert_eq!(history.map(blocked), ["No", "Yes", "No"]);
}

#[test]
fn ocel_1_as_json() {
    let Some(folder) = public("ocel_pm4py") else {
        return;
    };
    let store = Asked::of(&folder.join("example_log.jsonocel"));
    let info = store.info();
    assert_eq!(info["layout"]["name"], "OCEL 1.0 (JSON)");
    assert_eq!(
        (&info["events"], &info["streams"]),
        (&23.into(), &15.into())
    );
    assert_eq!(info["problems"], json!([]));
    let events = store.events(&[]);
    assert_eq!(texts(&events[..2], "id"), ["e1", "e2"]);
    assert_eq!(events[0]["data"]["prova2"], json!(456));
    let first = store.events(&["--stream", "o1"]);
    assert_eq!(
        texts(&first[..2], "type"),
        ["Create Order", "Confirm Order"]
    );
}
