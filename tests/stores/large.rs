//! Objects too large to be looked at as a whole before the first screen.

use std::fs;
use std::path::Path;

use asof::log::Problem;
use asof::model::Task;
use asof::store::{Followed, OpenOptions, Store, Tail};

use crate::opened::Opened;

fn events(range: std::ops::Range<usize>) -> String {
    let event = |n: usize| {
        format!(
            r#"{{"seq":{},"event_type":"Counted","data":{{"n":{n},"note":"{}"}},"timestamp":"2024-01-01T00:{:02}:{:02}Z"}}"#,
            n + 1,
            "x".repeat(400),
            n / 60 % 60,
            n % 60,
        )
    };
    let events: Vec<String> = range.map(event).collect();
    format!("[{}]", events.join(",\n"))
}

/// How many events were shown first, and how many bytes had been read by then.
fn first_screen(path: &Path) -> (usize, u64) {
    let task = Task::new();
    let mut store = Store::open(path, &OpenOptions::default(), &task).unwrap();
    let mut builder = store.builder();
    let mut first = None;
    let read = store.index(&mut builder, Tail::Following, &task, &mut |builder| {
        first.get_or_insert((builder.len(), task.progress().done));
    });
    read.unwrap();
    first.unwrap()
}

#[test]
fn the_first_screen_is_there_before_all_was_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("counts.json");
    let events = events(0..12_000);
    let object = |before: &str, after: &str| format!(r#"{{{before}"events":{events}{after}}}"#);
    for text in [
        object(r#""stream":"a","#, ""),
        object("", r#","stream":"a","tags":["x]","y"],"by":{"name":"z"}"#),
        object("", &format!(r#","stream":"a","objects":{events}"#)),
        format!(r#"{{"a":{events},"b":{events},"c":[]}}"#),
    ] {
        fs::write(&path, &text).unwrap();
        let (shown, read) = first_screen(&path);
        assert_eq!(shown, 1_000);
        assert!(read < 4 << 20, "{read} of {} bytes", text.len());
        let followed = Opened::followed(&path);
        assert_eq!(followed.problems(), [""; 0]);
        assert!(followed.dump() == Opened::open(&path).dump());
    }
}

#[test]
fn an_end_that_nobody_expected_counts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("counts.json");
    let (many, few) = (events(0..6_000), events(0..9));
    let far = "x".repeat(100 << 10);
    let rich = r#"{"event_type":"T","seq":1,"timestamp":1,"data":{},"stream_id":"b","id":"i"}"#;
    for (text, streams) in [
        // The name of the stream stands where it was not looked for.
        (
            format!(r#"{{"events":{many},"stream":"a","note":"{far}","objects":{few}}}"#),
            vec!["a"],
        ),
        // The same key again, and what counts is the last.
        (
            format!(r#"{{"events":{many},"note":"{far}","events":{few},"stream":"a"}}"#),
            vec!["a"],
        ),
        // What looks more like events than the events.
        (
            format!(r#"{{"records":{many},"note":"{far}","events":[{rich}],"x":1}}"#),
            vec!["b"],
        ),
        // Not one object but several.
        (
            format!("{{\"events\":{many}}}\n{{\"events\":{few}}}\n"),
            vec![],
        ),
    ] {
        fs::write(&path, &text).unwrap();
        if streams.is_empty() {
            let opened = Opened::with(&path, &OpenOptions::default());
            assert!(opened.is_err(), "{}", text.len());
            continue;
        }
        let (followed, at_rest) = (Opened::followed(&path), Opened::open(&path));
        assert!(followed.dump() == at_rest.dump());
        assert_eq!(followed.log.streams().iter().collect::<Vec<_>>(), streams);
        assert_eq!(followed.problems(), at_rest.problems());
        assert_eq!(followed.layout(), at_rest.layout());
    }
}

#[test]
fn a_large_object_that_is_cut_off_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("counts.json");
    let text = format!(r#"{{"stream":"a","events":{}"#, events(0..6_000));
    fs::write(&path, &text[..text.len() - 50]).unwrap();
    let (followed, at_rest) = (Opened::followed(&path), Opened::open(&path));
    assert!(followed.dump() == at_rest.dump());
    assert_eq!(followed.problems(), at_rest.problems());
    assert_eq!(followed.problems().len(), 1);
    let places = |problems: &[Problem]| problems[0].place.clone();
    assert_eq!(places(followed.log.problems()), "item 6000");
}

#[test]
fn a_large_object_is_followed_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("counts.json");
    let text = |count| format!(r#"{{"stream":"a","events":{}}}"#, events(0..count));
    fs::write(&path, text(6_000)).unwrap();
    let mut store = Opened::followed(&path);
    assert_eq!(store.follow(), Followed::Same);
    fs::write(&path, text(6_001)).unwrap();
    assert_eq!(store.follow(), Followed::Appended);
    assert!(store.dump() == Opened::open(&path).dump());
}
