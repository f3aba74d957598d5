//! JSON that no layout knows and that is not as one would wish: rare keys, ids that come again, times
//! that are none, names that say little.

use std::path::Path;

use crate::opened::Opened;

/// Lines of two streams, with more of each.
fn lines(more: &[&str]) -> Opened {
    let rows = more.iter().zip(0..).map(|(more, n)| {
        format!(
            r#"{{"type":"Noted","stream":"s-{}","data":{{"n":{n}}}{more}}}"#,
            n % 2
        )
    });
    of(&rows.collect::<Vec<_>>().join("\n"))
}

fn of(text: &str) -> Opened {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    Opened::open(file.path())
}

#[test]
fn a_few_times_that_are_none_are_told_of_and_the_others_read() {
    let good = r#","time":"2024-01-01T00:00:00Z""#;
    let store = lines(&[
        good,
        good,
        good,
        r#","time":"garbage""#,
        good,
        r#","time":"""#,
        good,
        r#","time":{"a":1}"#,
    ]);
    let untimed: Vec<String> = store.log.events().map(|event| store.time(event)).collect();
    assert!(
        untimed.iter().all(|time| time.starts_with("2024-01-01")),
        "{untimed:?}"
    );
    let told = store.problems();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].starts_with("line 4: Its recorded time cannot be read"),
        "{told:?}"
    );
    assert!(
        told[1].starts_with("line 8: Its recorded time cannot be read"),
        "{told:?}"
    );
}

#[test]
fn keys_that_few_records_have_are_found_and_take_no_part_from_others() {
    let rare = r#","correlation_id":"c","metadata":{"u":1},"event_id":"e1","event_type":"Other","recorded_at":"2024-01-01""#;
    let store = lines(&["", "", rare, "", "", "", "", "", "", ""]);
    let third = store.log.events().nth(2).unwrap();
    assert_eq!(store.kind(third), "Noted");
    assert_eq!(store.id(third), "e1");
    assert_eq!(
        store
            .log
            .correlation(third)
            .map(|id| id.to_string())
            .as_deref(),
        Some("c")
    );
    assert_eq!(store.metadata(third)["u"], 1);
    assert!(store.time(third).starts_with("2024-01-01"));
}

#[test]
fn an_id_that_comes_again_is_an_id_all_the_same() {
    let store = lines(&[
        r#","id":"x""#,
        r#","id":"x""#,
        r#","id":"y""#,
        r#","id":"z""#,
        r#","id":"a""#,
    ]);
    let ids: Vec<String> = store.log.events().map(|event| store.id(event)).collect();
    assert_eq!(ids, ["x", "x", "y", "z", "a"]);
}

#[test]
fn a_position_that_is_a_text_is_kept() {
    let store = lines(&[
        r#","position":"01HA""#,
        r#","position":"01HC""#,
        r#","position":"01HB""#,
    ]);
    let events: Vec<_> = store.log.events().collect();
    let native: Vec<String> = store
        .bodies(&events)
        .into_iter()
        .map(|body| body.unwrap().native_position.unwrap())
        .collect();
    assert_eq!(native, ["01HA", "01HC", "01HB"]);
    assert_eq!(store.positions(), [1, 2, 3]);
}

#[test]
fn the_moment_of_an_import_is_not_when_it_happened() {
    let row = |day: u32| format!(r#","occurred_at":"2024-01-0{day}","imported_at":"2024-05-01""#);
    let rows = [1, 2, 3].map(row);
    let store = lines(&rows.each_ref().map(String::as_str));
    let times: Vec<String> = store.log.events().map(|event| store.time(event)).collect();
    assert!(
        times
            .iter()
            .zip(["2024-01-01", "2024-01-02", "2024-01-03"])
            .all(|(time, day)| time.starts_with(day))
    );
}

#[test]
fn a_number_below_zero_is_no_version() {
    let store = lines(&[r#","version":-24"#; 4]);
    let versions: Vec<i64> = store
        .log
        .events()
        .map(|event| store.log.version(event).0)
        .collect();
    assert_eq!(versions, [1, 1, 2, 2]);
}

#[test]
fn texts_in_a_sequence_are_lines() {
    let text = [1, 2]
        .map(|n| format!("\u{1e}{{\"type\":\"A\",\"stream\":\"s\",\"data\":{{\"n\":{n}}}}}\n"));
    let store = of(&text.concat());
    assert_eq!((store.log.len(), store.problems().len()), (2, 0));
    assert_eq!(store.data(store.log.events().nth(1).unwrap())["n"], 2);
}

#[test]
fn zeros_behind_a_packed_file_are_no_damage() {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed
        .write_all(b"{\"type\":\"A\",\"stream\":\"s\",\"data\":{}}\n")
        .unwrap();
    let mut bytes = packed.finish().unwrap();
    bytes.extend([0; 512]);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let store = Opened::open(file.path());
    assert_eq!((store.log.len(), store.problems().len()), (1, 0));
}

#[test]
fn files_of_a_folder_stand_as_people_count_and_say_where_events_are_from() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| std::fs::write(folder.path().join(name), text).unwrap();
    for n in [1, 2, 10] {
        write(
            &format!("part-{n}.jsonl"),
            format!("{{\"type\":\"A\",\"stream\":\"s\",\"data\":{{\"n\":{n}}}}}\n").as_bytes(),
        );
    }
    write("picture.json", b"\x89PNG\r\n\x1a\n....");
    write("readme.txt", b"hello there");
    let store = Opened::open(folder.path());
    assert_eq!(
        store.store.format(),
        "folder of 3 files: JSON object that is one event"
    );
    let events: Vec<_> = store.log.events().collect();
    let numbers: Vec<_> = events
        .iter()
        .map(|event| store.data(*event)["n"].clone())
        .collect();
    assert_eq!(numbers, [1, 2, 10]);
    let payloads = store.store.payloads();
    assert_eq!(
        payloads.file(&store.log, events[2]).as_deref(),
        Some("part-10.jsonl")
    );
    let told = store.problems();
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("This is a PNG picture"), "{told:?}");
}

#[test]
fn a_file_without_a_sound_record_says_where_it_is_broken() {
    let broken = |text: &str| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Opened::with(file.path(), &asof::store::OpenOptions::default())
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    let told = broken("{\"type\": tru}\n{\"a\" 1}\n");
    assert!(told.contains("1: not valid JSON"), "{told}");
    let told = broken("[1, \"two\"]");
    assert!(
        told.contains("item 1: an event is an object, this is a number"),
        "{told}"
    );
}

#[test]
fn payloads_in_other_encodings_are_shown_as_json() {
    let store = of(r#"{"type":"A","stream":"s","data":"---\n:total: 12.50\n"}
{"type":"B","stream":"s","data":"<paid><by>Ada</by></paid>"}
{"type":"C","stream":"s","data":"O:3:\"Foo\":0:{}"}"#);
    let events: Vec<_> = store.log.events().collect();
    assert_eq!(store.data(events[0]).to_string(), r#"{"total":12.50}"#);
    assert_eq!(
        store.data(events[1]),
        serde_json::json!({"paid": {"by": "Ada"}})
    );
    assert_eq!(store.data(events[2]), serde_json::json!("O:3:\"Foo\":0:{}"));
    let state = store.at_head("s").state.unwrap();
    assert_eq!(state.to_string(), r#"{"total":12.50,"paid":{"by":"Ada"}}"#);
}

/// Clients of KurrentDB write the same event in several ways.
#[test]
fn kurrentdb_s_clients_write_the_same_events() {
    let python = r#"[{"type":"A","data":"{\"n\":1}","metadata":"","id":"i1","stream_name":"a-1","stream_position":0,"commit_position":10,"recorded_at":"2024-01-01T00:00:00Z"}]"#;
    let node = r#"[{"event":{"streamId":"a-1","id":"i1","isJson":true,"revision":"0","type":"A","created":"2024-01-01T00:00:00Z","data":{"n":1},"metadata":{},"position":{"commit":"10","prepare":"10"}},"commitPosition":"10"}]"#;
    let http = r#"{"eventStreamId":"a-1","eventNumber":0,"eventType":"A","eventId":"i1","data":{"n":1},"metadata":{}}"#;
    for (text, time) in [
        (python, "2024-01-01T00:00:00.000000Z"),
        (node, "2024-01-01T00:00:00.000000Z"),
        (http, ""),
    ] {
        let store = of(text);
        assert_eq!(store.layout(), "kurrentdb-events", "{text}");
        let event = store.log.events().next().unwrap();
        let named = (
            store.log.version(event).0,
            store.kind(event),
            store.id(event),
            store.time(event),
        );
        assert_eq!(named, (0, "A", "i1".to_owned(), time.to_owned()));
        assert_eq!(store.data(event)["n"], 1);
        assert_eq!(store.log.stream_name(store.log.stream(event)), "a-1");
    }
}

#[test]
fn what_ends_a_key_of_kafka_ends_its_stream() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/json_layouts/kcat.jsonl");
    let store = Opened::open(&path);
    assert!(!store.at_head("order-2").exists);
    assert!(store.at_head("order-1").exists);
    assert!(store.at_time("order-2", "2024-05-01T10:00:03Z").exists);
}

#[test]
fn streams_in_an_array_with_their_events_are_streams() {
    let stream = |id: &str, n: i64| {
        format!(
            r#"{{"id":"{id}","events":[{{"type":"A","at":"2024-01-01T00:00:0{n}Z","data":{{"n":{n}}}}}]}}"#
        )
    };
    let streams = format!("[{},{}]", stream("order-1", 1), stream("order-2", 2));
    for text in [
        format!(r#"{{"exported":1,"streams":{streams}}}"#),
        streams.clone(),
    ] {
        let store = of(&text);
        let names: Vec<&str> = store.log.streams().iter().collect();
        assert_eq!(names, ["order-1", "order-2"], "{text}");
        assert_eq!(store.data(store.events("order-2")[0])["n"], 2);
    }
}

#[test]
fn headers_of_kafka_may_be_lists() {
    let store = of(
        r#"{"topic":"t","partition":0,"offset":1,"tstype":"create","ts":1700000000000,"headers":{"type":["A"],"correlationId":["c"]},"key":"k","payload":{"a":1}}"#,
    );
    let event = store.log.events().next().unwrap();
    assert_eq!((store.layout(), store.kind(event)), ("kcat", "A"));
    assert_eq!(
        store
            .log
            .correlation(event)
            .map(|id| id.to_string())
            .as_deref(),
        Some("c")
    );
}

#[test]
fn a_source_of_cloudevents_is_a_kind() {
    let event = |source: &str| {
        format!(r#"{{"specversion":"1.0","id":"1","source":"{source}","type":"A","subject":"s"}}"#)
    };
    for (source, kind) in [
        ("https://library", "library"),
        ("https://host/books/1", "books"),
        ("https://host/", "host"),
        ("/accounts/7", "accounts"),
        ("urn:x:y", "urn:x:y"),
    ] {
        let store = of(&event(source));
        let category = store.log.category(store.stream("s"));
        assert_eq!(store.log.category_name(category), kind, "{source}");
    }
}
