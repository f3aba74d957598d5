//! One stream of events in a JSON file, with its name around them or in the name of the file alone.

use std::fs;

use asof::model::EventIx;

use crate::opened::Opened;

const EVENTS: &str = r#"[{"seq":1,"event_type":"Opened","data":{"n":1},"timestamp":"2024-01-01T00:00:00Z"},
 {"seq":2,"event_type":"Closed","data":{"n":2},"timestamp":"2024-01-02T00:00:00Z"}]"#;

fn streams(file: &str, text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file);
    fs::write(&path, text).unwrap();
    let store = Opened::open(&path);
    assert_eq!(store.layout(), "stream-of-events");
    assert_eq!((store.log.len(), store.problems()), (2, vec![]));
    assert!(store.try_body(EventIx(1)).is_ok());
    store.log.streams().iter().map(str::to_owned).collect()
}

#[test]
fn the_name_around_the_events_is_the_stream() {
    let before = format!(r#"{{"stream":"user-1","events":{EVENTS}}}"#);
    let after = format!(r#"{{"events":{EVENTS},"stream":"user-1"}}"#);
    assert_eq!(streams("events.json", &before), ["user-1"]);
    assert_eq!(streams("events.json", &after), ["user-1"]);
}

#[test]
fn without_one_the_stream_is_called_like_the_file() {
    assert_eq!(streams("user-2.json", EVENTS), ["user-2"]);
    assert_eq!(streams("2024.01.json", EVENTS), ["2024.01"]);
    assert_eq!(streams(".events.json", EVENTS), [".events"]);
    let nameless = format!(r#"{{"events":{EVENTS}}}"#);
    assert_eq!(streams("user-3.json", &nameless), ["user-3"]);
}

#[test]
fn a_pointer_that_leads_nowhere_does_so_too() {
    let layout = r#"
        id = "own"
        name = "Own"
        medium = "json"
        [events.columns]
        stream = { within = "context", at = ["/account"] }
        version = "/seq"
        type = "/event_type"
        recorded_at = "/timestamp"
        payload = "/data"
    "#;
    let layout = asof::store::layout::from_toml("own", layout).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (text, stream) in [
        (EVENTS.to_owned(), "ledger"),
        (format!(r#"{{"account":"a-1","events":{EVENTS}}}"#), "a-1"),
    ] {
        let path = folder.path().join("ledger.json");
        fs::write(&path, text).unwrap();
        let store = Opened::by(&path, layout.clone());
        assert_eq!(store.problems(), [""; 0]);
        assert_eq!(store.log.streams().iter().collect::<Vec<_>>(), [stream]);
        assert!(store.try_body(EventIx(0)).is_ok());
    }
}
