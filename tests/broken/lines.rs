//! Damaged and odd JSON: lines that are cut, bytes that are no text, times of every spelling.

use std::collections::BTreeMap;
use std::fs;

use asof::log::{Arrangement, IdRef};
use asof::model::EventIx;

use crate::broken;
use crate::opened::Opened;

const BALANCES: [(&str, i64); 7] = [
    ("acc-0", 980),
    ("acc-1", -970),
    ("acc-2", 1000),
    ("acc-3", -950),
    ("acc-4", -980),
    ("acc-5", 1080),
    ("acc-6", -980),
];

fn balances(store: &Opened) -> BTreeMap<String, i64> {
    let mut balances = BTreeMap::new();
    for event in store.log.events() {
        let amount = store.data(event)["amount"].as_i64().unwrap();
        let sign = if store.kind(event) == "Withdrawn" {
            -1
        } else {
            1
        };
        let stream = store.log.stream_name(store.log.stream(event)).to_owned();
        *balances.entry(stream).or_default() += sign * amount;
    }
    balances
}

fn versions_and_times(store: &Opened) {
    for stream in store.log.streams().iter() {
        let events = store.events(stream);
        let versions: Vec<i64> = events
            .iter()
            .map(|event| store.log.version(*event).0)
            .collect();
        assert_eq!(versions, (1..=versions.len() as i64).collect::<Vec<_>>());
        assert_eq!(store.kind(events[0]), "Opened");
    }
    let times: Vec<String> = store.log.events().map(|event| store.time(event)).collect();
    assert!(times.is_sorted());
    assert_eq!(times[0], "2024-01-01T00:00:00.000000Z");
}

#[test]
fn the_same_events_in_every_dress() {
    let dresses = [
        "good.jsonl",
        "good.jsonl.gz",
        "good.jsonl.zst",
        "crlf.jsonl",
        "bom.jsonl",
        "bom.json",
        "utf16le_bom.json",
        "shuffled.jsonl",
    ];
    let good: Vec<_> = ids(&broken("good.jsonl"));
    for dress in dresses {
        let store = broken(dress);
        assert_eq!(store.log.len(), 200, "{dress}");
        assert_eq!(store.problems(), [""; 0], "{dress}");
        assert_eq!(ids(&store), good, "{dress}");
        let expected = BALANCES.map(|(stream, balance)| (stream.to_owned(), balance));
        assert_eq!(balances(&store), expected.into(), "{dress}");
        versions_and_times(&store);
    }
    assert_eq!(broken("good.jsonl").arrangement, Arrangement::AsRead);
    assert_eq!(broken("shuffled.jsonl").arrangement, Arrangement::Sorted);
}

fn ids(store: &Opened) -> Vec<String> {
    store.log.events().map(|event| store.id(event)).collect()
}

#[test]
fn what_is_broken_is_said_with_its_place() {
    let expected: [(&str, usize, &[&str]); 8] = [
        (
            "broken_line_100.jsonl",
            199,
            &["line 101: the object is cut off"],
        ),
        (
            "last_line_torn.jsonl",
            199,
            &["line 200: the object is cut off"],
        ),
        (
            "invalid_utf8_line_57.jsonl",
            200,
            &["line 58: holds bytes that are not UTF-8"],
        ),
        ("blank_lines_and_comments.jsonl", 100, &[]),
        (
            "trailing_comma.json",
            200,
            &["byte 31985: a comma before the end of the array"],
        ),
        (
            "array_truncated.json",
            197,
            &["item 198: the array ends in the middle of this element"],
        ),
        ("version_gaps.jsonl", 198, &[]),
        (
            "truncated.jsonl.gz",
            93,
            &[
                "file: the compressed file is cut off or damaged",
                "line 94: the object is cut off",
            ],
        ),
    ];
    for (name, events, problems) in expected {
        let store = broken(name);
        assert_eq!(store.log.len(), events, "{name}");
        let said = store.problems();
        assert_eq!(said.len(), problems.len(), "{name}: {said:?}");
        for (said, expected) in said.iter().zip(problems) {
            assert!(said.starts_with(expected), "{name}: {said}");
        }
        // All others can be read.
        let events: Vec<EventIx> = store.log.events().collect();
        assert!(
            store.bodies(&events).into_iter().all(|body| body.is_ok()),
            "{name}"
        );
    }
}

#[test]
fn bytes_that_are_no_text_are_shown_as_such() {
    let store = broken("invalid_utf8_line_57.jsonl");
    assert!(store.data(EventIx(57)).to_string().contains('\u{fffd}'));
    assert!(!store.data(EventIx(56)).to_string().contains('\u{fffd}'));
}

#[test]
fn an_id_seen_twice_stands_twice() {
    let store = broken("duplicate_ids.jsonl");
    assert_eq!(store.log.len(), 202);
    let repeated: Vec<String> = store
        .log
        .repeated_ids()
        .map(|event| store.id(event))
        .collect();
    assert_eq!(repeated, ["e20", "e21"]);
    let twice = |id: &str| -> Vec<String> {
        let all = store.log.events().filter(|event| store.id(*event) == id);
        all.map(|event| store.data(event).to_string()).collect()
    };
    let (same, other) = (twice("e20"), twice("e21"));
    assert_eq!((same.len(), other.len()), (2, 2));
    assert_eq!(same[0], same[1]);
    assert_ne!(other[0], other[1]);
    let first = store.log.find_event(IdRef::new("e20")).unwrap();
    assert!(store.log.repeated_ids().all(|event| event != first));
}

#[test]
fn missing_versions_leave_gaps() {
    let store = broken("version_gaps.jsonl");
    let versions: Vec<i64> = store
        .events("acc-2")
        .iter()
        .map(|event| store.log.version(*event).0)
        .collect();
    assert_eq!(versions[..6], [1, 2, 3, 4, 6, 8]);
}

#[test]
fn times_in_six_spellings() {
    let store = broken("mixed_times.jsonl");
    assert_eq!(store.log.len(), 200);
    let problems = store.problems();
    assert_eq!(problems.len(), 33);
    assert!(
        problems
            .iter()
            .all(|problem| problem.contains("01/02/2024 10:00"))
    );
    assert!(problems[0].starts_with("line 4: Its recorded time cannot be read: "));
    // Seconds, milliseconds, an offset, what could be two days, null, a Julian day.
    let own: Vec<bool> = (0..6)
        .map(|event| {
            store
                .log
                .own_time(EventIx(event), store.log.default_clock())
                .is_some()
        })
        .collect();
    assert_eq!(own, [true, true, true, false, false, true]);
    assert_eq!(store.log.untimed(store.log.default_clock()), 66);
}

#[test]
fn depth_has_no_limit() {
    let store = broken("deep_10k.jsonl");
    assert_eq!((store.log.len(), store.problems()), (4, vec![]));
    let deep = store.try_body(store.events("deep")[0]).unwrap();
    assert!(deep.data.json().unwrap().starts_with(r#"{"a":{"a":{"a":"#));
    // Too deep to be parsed, which the fold counts and lives with.
    assert_eq!(store.at_head("deep").not_folded, 1);
}

#[test]
fn a_single_line_of_a_hundred_thousand_events() {
    let event = |n: usize| {
        format!(
            r#"{{"stream":"s-{}","type":"Counted","version":{},"data":{{"n":{n}}}}}"#,
            n % 9,
            n / 9 + 1
        )
    };
    let events: Vec<String> = (0..100_000).map(event).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), format!("[{}]", events.join(","))).unwrap();
    let store = Opened::open(file.path());
    assert_eq!((store.log.len(), store.log.streams().len()), (100_000, 9));
    assert_eq!(store.problems(), [""; 0]);
    assert_eq!(
        store.data(EventIx(99_999)),
        serde_json::json!({"n": 99_999})
    );
    assert_eq!(store.data(EventIx(1_000)), serde_json::json!({"n": 1_000}));
}

#[test]
fn a_string_of_twenty_megabytes() {
    let text = "x".repeat(20 << 20);
    let file = tempfile::NamedTempFile::new().unwrap();
    let lines = format!(
        "{{\"stream\":\"a\",\"type\":\"Small\",\"data\":{{\"t\":1}}}}\n\
         {{\"stream\":\"a\",\"type\":\"Large\",\"data\":{{\"t\":\"{text}\"}}}}\n\
         {{\"stream\":\"a\",\"type\":\"Small\",\"data\":{{\"t\":2}}}}\n"
    );
    fs::write(file.path(), lines).unwrap();
    let store = Opened::open(file.path());
    assert_eq!((store.log.len(), store.problems()), (3, vec![]));
    assert_eq!(
        store.data(EventIx(1))["t"].as_str().map(str::len),
        Some(20 << 20)
    );
    assert_eq!(store.data(EventIx(2)), serde_json::json!({"t": 2}));
}

#[test]
fn a_key_that_stands_twice_is_reported_and_the_last_one_counts() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let lines = "{\"stream\":\"a\",\"type\":\"Old\",\"data\":{},\"type\":\"New\"}\n{\"stream\":\"a\",\"type\":\"New\",\"data\":{}}\n";
    fs::write(file.path(), lines).unwrap();
    let store = Opened::open(file.path());
    assert_eq!(store.types(), [("New", 2)].into());
    assert_eq!(
        store.problems(),
        ["line 1: the key \"type\" stands twice; the last one counts"]
    );
}

#[test]
fn a_line_without_type_or_stream_is_still_an_event() {
    let mut lines = String::new();
    for n in 0..40 {
        lines += &format!("{{\"stream\":\"a\",\"version\":{n},\"type\":\"T\",\"data\":{{}}}}\n");
    }
    lines +=
        "{\"version\":\"x\",\"data\":{}}\n{\"stream\":\"a\",\"version\":40.0,\"type\":\"T\"}\n";
    lines += "{\"stream\":\"a\",\"version\":99999999999999999999,\"type\":\"T\"}\n";
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), lines).unwrap();
    let store = Opened::open(file.path());
    assert_eq!(store.log.len(), 43);
    assert_eq!(
        store.problems(),
        [
            "line 41: Its version “x” is not a whole number that fits 64 bits, so it was counted on",
            "line 41: It has no event type",
            "line 43: Its version “99999999999999999999” is not a whole number that fits 64 bits, so it was counted on",
        ]
    );
    assert_eq!(store.log.version(EventIx(41)).0, 40);
    assert_eq!(store.log.version(EventIx(42)).0, 41);
}
