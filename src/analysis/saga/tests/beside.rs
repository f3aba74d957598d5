//! What an instance hangs on, and what only happens beside it.

use serde_json::{Value, json};

use super::{Told, column, log, told};

type Owned = (String, &'static str, String, Option<String>, i64);

/// Orders that are packed at once, delivered a quarter of an hour later, and closed; a mail beside that,
/// for which nobody waits. The last ones as far as `last` has it.
fn orders(last: &[&[&'static str]]) -> Vec<Owned> {
    const ALL: [&str; 5] = ["Placed", "Packed", "Mailed", "Delivered", "Closed"];
    let order = |n: i64, types: &[&'static str]| -> Vec<Owned> {
        let event = |kind: &&'static str| {
            let (stream, cause, at) = match *kind {
                "Placed" => ("order", None, 0),
                "Packed" => ("store", Some("Placed"), 1),
                "Mailed" => ("mail", Some("Packed"), 3),
                "Delivered" => ("van", Some("Packed"), 900),
                _ => ("order", Some("Delivered"), 901),
            };
            let id = |kind: &str| format!("{kind}-{n}");
            (
                format!("{stream}-{n}"),
                *kind,
                id(kind),
                cause.map(id),
                n * 2000 + at,
            )
        };
        types.iter().map(event).collect()
    };
    let whole = (0..40).flat_map(|n| order(n, &ALL));
    let open = (40..).zip(last).flat_map(|(n, types)| order(n, types));
    whole.chain(open).collect()
}

fn judged(last: &[&[&'static str]]) -> Value {
    let events = orders(last);
    let events: Vec<Told<'_>> = events
        .iter()
        .map(|(stream, kind, id, cause, second)| {
            (&stream[..], *kind, &id[..], cause.as_deref(), *second)
        })
        .collect();
    let log = log(&events, None);
    let report = told(&log, None, &log.at_head());
    report["sagas"]
        .as_array()
        .unwrap()
        .clone()
        .split_off(40)
        .into()
}

#[test]
fn what_happens_beside_the_path_is_not_waited_for() {
    // The mail is late by ten minutes when the next order begins, and the delivery is not.
    let open: [&[&str]; 2] = [&["Placed", "Packed"], &["Placed"]];
    let found = judged(&open);
    assert_eq!(found[0]["waiting_for"], json!("delivered"));
    assert_eq!(found[0]["silence"]["until"], json!("delivered"));
    let allowed = found[0]["silence"]["stuck_after_ms"].as_i64().unwrap();
    assert!((2_600_000..2_800_000).contains(&allowed), "{allowed}");
    assert_eq!(found[0]["status"], json!("running"));
}

#[test]
fn what_is_named_is_what_takes_too_long() {
    // Delivered without the mail: the end is what is late.
    let open: [&[&str]; 2] = [&["Placed", "Packed", "Delivered"], &["Placed"]];
    let found = judged(&open);
    assert_eq!(found[0]["status"], json!("stuck"));
    assert_eq!(found[0]["waiting_for"], json!("Closed"));
    assert_eq!(found[0]["silence"]["until"], json!("Closed"));
    assert_eq!(found[0]["silence"]["usual_of"], json!(40));
    assert_eq!(found[0]["stuck"]["waited_ms"], json!(1_100_000));
}

#[test]
fn what_turns_back_because_of_a_failure_is_no_failure_of_its_own() {
    let definition = r#"
id = "order"
style = "choreography"
start = ["Placed"]
turned_back = ["CancelRequested"]
[[step]]
name = "pay"
begins = ["Placed"]
success = ["Paid"]
failure = ["Refused"]
[end]
cancelled = ["Cancelled"]
"#;
    let position = |types: &[&'static str]| {
        let ids = ["a", "b", "c", "d"];
        let events: Vec<Told<'_>> = (types.iter().zip(ids).zip(0..))
            .map(|((kind, id), at)| ("order-1", *kind, id, None, at))
            .collect();
        let log = log(&events, Some("one"));
        let report = told(&log, Some(definition), &log.at_head());
        column(&report, "failure")[0]["position"].clone()
    };
    let refused = position(&["Placed", "Refused", "CancelRequested", "Cancelled"]);
    assert_eq!(refused, json!(2));
    // Where all went well before, whoever asks for it is why.
    let changed_mind = position(&["Placed", "Paid", "CancelRequested", "Cancelled"]);
    assert_eq!(changed_mind, json!(3));
}
