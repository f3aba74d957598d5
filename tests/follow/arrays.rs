//! Arrays of events that their writer stores anew, longer each time. Time is told, not waited for.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use asof::model::EventIx;
use asof::store::Followed;
use serde_json::{Value, json};

use crate::opened::Opened;

fn events(range: std::ops::Range<usize>) -> Vec<Value> {
    let event = |n: usize| json!({"stream": format!("s-{}", n % 4), "version": n / 4 + 1, "type": "T", "id": format!("e{n}"), "data": {"n": n}});
    range.map(event).collect()
}

fn compact(events: &[Value]) -> String {
    serde_json::to_string(events).unwrap()
}

fn pretty(events: &[Value]) -> String {
    serde_json::to_string_pretty(events).unwrap() + "\n"
}

fn in_place(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
}

fn by_another_file(path: &Path, text: &str) {
    let other = path.with_extension("new");
    fs::write(&other, text).unwrap();
    fs::rename(other, path).unwrap();
}

type Written = fn(&[Value]) -> String;
type Stored = fn(&Path, &str);

#[test]
fn an_array_stored_anew_with_more_events_has_grown() {
    let written: [Written; 2] = [compact, pretty];
    let stored: [Stored; 2] = [in_place, by_another_file];
    for written in written {
        for stored in stored {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("events.json");
            fs::write(&path, written(&events(0..5))).unwrap();
            let mut store = Opened::open(&path);
            let generation = store.log.generation();
            assert_eq!(store.follow(), Followed::Same);
            for count in [6, 7, 3_000] {
                stored(&path, &written(&events(0..count)));
                assert_eq!(store.follow(), Followed::Appended);
                assert_eq!(store.follow(), Followed::Same);
                assert_eq!(store.log.len(), count);
                let last = EventIx(count as u32 - 1);
                assert_eq!(store.data(last), json!({"n": count - 1}));
            }
            assert_eq!(store.log.generation(), generation);
            assert_eq!(store.dump(), Opened::open(&path).dump());
        }
    }
}

#[test]
fn an_array_of_other_events_was_rewritten() {
    let stored: [Stored; 2] = [in_place, by_another_file];
    let other = |at: usize| {
        let mut events = events(0..9);
        events[at]["data"]["n"] = json!("7");
        compact(&events)
    };
    let texts = [
        ("one fewer", compact(&events(0..4))),
        ("another first one", other(0)),
        ("another last one", other(4)),
        ("others", compact(&events(1..9))),
        ("written otherwise", pretty(&events(0..9))),
        (
            "no array",
            events(0..9)
                .iter()
                .map(|event| format!("{event}\n"))
                .collect(),
        ),
    ];
    for stored in stored {
        for (what, text) in &texts {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("events.json");
            fs::write(&path, compact(&events(0..5))).unwrap();
            let mut store = Opened::open(&path);
            stored(&path, text);
            assert_eq!(store.follow(), Followed::Rewritten, "{what}");
        }
    }
}

#[test]
fn the_events_of_an_object_grow_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.json");
    let text =
        |count, by: &str| json!({"account": "a", "events": events(0..count), "by": by}).to_string();
    fs::write(&path, text(5, "x")).unwrap();
    let mut store = Opened::open(&path);
    fs::write(&path, text(7, "x")).unwrap();
    assert_eq!(store.follow(), Followed::Appended);
    assert_eq!(store.dump(), Opened::open(&path).dump());
    // What stands around the events holds for all of them.
    fs::write(&path, text(8, "y")).unwrap();
    assert_eq!(store.follow(), Followed::Rewritten);
}

#[test]
fn a_writer_in_the_middle_of_storing_it_is_given_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.json");
    fs::write(&path, pretty(&events(0..5))).unwrap();
    let mut store = Opened::open(&path);
    let now = Instant::now();
    let after = |millis| now + Duration::from_millis(millis);
    let whole = pretty(&events(0..7));
    for (millis, end) in [(0, 0), (400, 3), (800, 300)] {
        fs::write(&path, &whole[..end]).unwrap();
        assert_eq!(store.follow_at(after(millis)), Followed::Same, "{end}");
        assert_eq!(store.log.len(), 5);
    }
    fs::write(&path, &whole[..whole.len() - 5]).unwrap();
    assert_eq!(store.follow_at(after(1_200)), Followed::Appended);
    assert_eq!((store.log.len(), store.problems()), (6, vec![]));
    fs::write(&path, &whole).unwrap();
    assert_eq!(store.follow_at(after(1_600)), Followed::Appended);
    assert_eq!(store.dump(), Opened::open(&path).dump());
    fs::write(&path, &whole[..300]).unwrap();
    assert_eq!(store.follow_at(after(2_000)), Followed::Same);
    assert_eq!(store.follow_at(after(3_900)), Followed::Same);
    assert_eq!(store.follow_at(after(4_000)), Followed::Rewritten);
}
