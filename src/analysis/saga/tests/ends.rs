//! What is a process, and how it ends.

use serde_json::json;

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
