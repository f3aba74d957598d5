//! How long things usually take, where clocks disagree, where something failed for good, and after an outage.

use serde_json::{Value, json};

use super::{Told, log, told};

type Owned = (String, &'static str, String, Option<String>, i64);

/// What happens to one order: type, cause and second after its beginning.
type Course<'a> = &'a [(&'static str, Option<&'static str>, i64)];

/// Orders, each so many seconds after the one before; whose event it is its type says.
fn orders(all: &[(i64, Course<'_>)]) -> Vec<Owned> {
    let mut began = 0;
    let mut events = Vec::new();
    for (n, (after, course)) in all.iter().enumerate() {
        began += after;
        events.extend(course.iter().map(|(kind, cause, at)| {
            let stream = match *kind {
                "Placed" | "Closed" => "order",
                "Paid" | "Refused" => "payment",
                _ => "store",
            };
            let id = |kind: &str| format!("{kind}-{n}");
            let stream = format!("{stream}-{n}");
            (stream, *kind, id(kind), cause.map(id), began + at)
        }));
    }
    events
}

fn report(all: &[(i64, Course<'_>)]) -> Vec<Value> {
    let events = orders(all);
    let events = events.iter().map(|(stream, kind, id, cause, second)| {
        (&stream[..], *kind, &id[..], cause.as_deref(), *second)
    });
    let events: Vec<Told<'_>> = events.collect();
    let log = log(&events, None);
    let report = told(&log, None, &log.at_head());
    report["sagas"].as_array().unwrap().clone()
}

const PLACED: (&str, Option<&str>, i64) = ("Placed", None, 0);

#[test]
fn what_lies_before_its_cause_is_no_wait() {
    // The store's clock is behind by a minute.
    let course: Course<'_> = &[
        PLACED,
        ("Packed", Some("Placed"), -55),
        ("Closed", Some("Packed"), 10),
    ];
    let mut all = vec![(200, course); 40];
    all.push((200, &[PLACED]));
    all.push((100, &[PLACED]));
    let found = report(&all);
    let silence = &found[40]["silence"];
    assert_eq!(found[40]["status"], json!("running"));
    assert_eq!(silence["usual_ms"], Value::Null);
    assert_eq!(silence["usual_of"], json!(40));
}

#[test]
fn what_failed_for_good_is_not_stuck_for_what_comes_of_others() {
    let well: Course<'_> = &[
        PLACED,
        ("Paid", Some("Placed"), 2),
        ("Checked", Some("Paid"), 3),
        ("Closed", Some("Checked"), 5),
    ];
    let bad: Course<'_> = &[
        PLACED,
        ("Refused", Some("Placed"), 2),
        ("Checked", Some("Refused"), 3),
    ];
    let mut all = vec![(100, well); 40];
    all[7] = (100, bad);
    all.push((100, bad));
    all.push((5000, &[PLACED]));
    let found = report(&all);
    for failed in [&found[7], &found[40]] {
        assert_ne!(failed["status"], json!("stuck"), "{failed}");
        assert_eq!(failed["waiting_for"], Value::Null, "{failed}");
    }
}

#[test]
fn an_outage_is_no_measure_for_the_next_one() {
    let usual: Course<'_> = &[
        PLACED,
        ("Packed", Some("Placed"), 2),
        ("Closed", Some("Packed"), 4),
    ];
    let late: Course<'_> = &[
        PLACED,
        ("Packed", Some("Placed"), 9000),
        ("Closed", Some("Packed"), 9004),
    ];
    let mut all = vec![(100, usual); 60];
    all.extend([(100, late); 5]);
    all.extend([(10_000, usual); 5]);
    all.push((100, &[PLACED]));
    all.push((900, &[PLACED]));
    let found = report(&all);
    assert_eq!(found[70]["status"], json!("stuck"), "{}", found[70]);
    assert_eq!(found[71]["status"], json!("running"));
}
