//! What is a process, and how it ends.

use serde_json::{Value, json};

use super::{Told, column, log, told};

#[test]
fn what_happens_to_a_thing_again_and_again_is_no_process() {
    let account = |n: i64| {
        let types = [
            "Opened",
            "Deposited",
            "Deposited",
            "Withdrawn",
            "Deposited",
            "Withdrawn",
        ];
        let events = types.into_iter().zip(0..);
        events.map(move |(kind, at)| {
            (
                format!("account-{n}"),
                kind,
                format!("{n}-{at}"),
                n * 10 + at,
            )
        })
    };
    let events: Vec<_> = (0..5).flat_map(account).collect();
    let events: Vec<Told<'_>> = events
        .iter()
        .map(|(stream, kind, id, second)| (&stream[..], *kind, &id[..], None, *second))
        .collect();
    let log = log(&events, None);
    let report = told(&log, None, &log.at_head());
    assert_eq!(report["sagas"], json!([]));
    assert_eq!(report["aside"], json!(5));
    // Somebody who says that they are is not told otherwise.
    let declared =
        "id = \"account\"\nstyle = \"choreography\"\ncorrelate = \"stream\"\nstart = [\"Opened\"]";
    let report = told(&log, Some(declared), &log.at_head());
    assert_eq!(column(&report, "status").len(), 5);
}

#[test]
fn a_process_ends_with_the_last_of_what_ends_it_together() {
    let definition = r#"
id = "ride"
style = "choreography"
start = ["Asked"]
[end]
together = ["Paid", "Rated"]
"#;
    let status = |types: &[&'static str]| {
        let ids = ["a", "b", "c", "d"];
        let events: Vec<Told<'_>> = types
            .iter()
            .zip(ids)
            .zip(0..)
            .map(|((kind, id), at)| ("ride-1", *kind, id, None, at))
            .collect();
        let log = log(&events, Some("one"));
        told(&log, Some(definition), &log.at_head())["sagas"][0]["status"].clone()
    };
    assert_eq!(status(&["Asked", "Paid"]), json!("running"));
    assert_eq!(status(&["Asked", "Rated", "Driven"]), json!("running"));
    assert_eq!(status(&["Asked", "Rated", "Paid"]), json!("completed"));
    assert_eq!(
        status(&["Asked", "Paid", "Rated", "Thanked"]),
        json!("completed")
    );
}

#[test]
fn where_nothing_is_known_to_end_a_process_a_note_says_so() {
    let order = |n: i64, types: &[&'static str]| {
        let events = types.iter().zip(0..);
        let told = events.map(|(kind, at)| {
            (
                format!("order-{n}"),
                *kind,
                format!("{n}-{at}"),
                n * 10 + at,
            )
        });
        told.collect::<Vec<_>>()
    };
    let told_of = |orders: Vec<Vec<(String, &'static str, String, i64)>>, definition| {
        let events: Vec<_> = orders.into_iter().flatten().collect();
        let events: Vec<Told<'_>> = events
            .iter()
            .map(|(stream, kind, id, second)| (&stream[..], *kind, &id[..], None, *second))
            .collect();
        let log = log(&events, None);
        told(&log, definition, &log.at_head())["notices"].clone()
    };
    let open = || (0..3).map(|n| order(n, &["Placed", "Noted"])).collect();
    assert_eq!(
        told_of(open(), None),
        json!([
            "Nothing is known to end sagas of the type Placed (3): none of them is called ended. A definition can \
             say what does"
        ])
    );
    // Nor is there anything to say where somebody declared it, or they do end.
    let declared =
        "id = \"order\"\nstyle = \"choreography\"\ncorrelate = \"stream\"\nstart = [\"Placed\"]";
    assert_eq!(told_of(open(), Some(declared)), Value::Null);
    let closed = (0..30)
        .map(|n| order(n, &["Placed", "OrderCompleted"]))
        .collect();
    assert_eq!(told_of(closed, None), Value::Null);
}
