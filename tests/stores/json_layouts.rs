//! The layouts of JSON, each on a small store, as a whole: what is opened is written down.

use std::fmt::Write as _;
use std::path::PathBuf;

use asof::log::IdRef;
use asof::model::{EventIx, StreamIx};

use crate::opened::{Opened, fixture};

/// Everything that the index and the payload reader say of each event, and of the store.
fn told(store: &Opened) -> String {
    let log = &store.log;
    let mut told = format!(
        "{} {}%\n",
        store.layout(),
        store.store.recognition().confidence
    );
    let events: Vec<EventIx> = log.events().collect();
    for event in events {
        let body = store.try_body(event).unwrap();
        let name = |stream: StreamIx| log.stream_name(stream).to_owned();
        let own = log.stream(event);
        let mut line = format!(
            "{} {} {} v{} {} {}",
            log.position(event).0,
            log.category_name(log.category(own)),
            name(own),
            log.version(event).0,
            store.kind(event),
            store.time(event),
        );
        let streams = (0..log.streams().len() as u32).map(StreamIx);
        let linked =
            streams.filter(|stream| *stream != own && log.stream_events(*stream).contains(&event));
        let links: Vec<String> = linked.map(name).collect();
        let known = [
            ("id", Some(store.id(event)).filter(|id| !id.is_empty())),
            (
                "correlation",
                log.correlation(event).map(|id| id.to_string()),
            ),
            ("cause", log.causation(event).map(|id| id.to_string())),
            (
                "also",
                Some(links.join(" ")).filter(|links| !links.is_empty()),
            ),
            ("data", body.data.json().map(str::to_owned)),
            ("metadata", body.metadata.json().map(str::to_owned)),
        ];
        for (what, value) in known {
            if let Some(value) = value {
                let _ = write!(line, " {what}={value}");
            }
        }
        told.push_str(&line);
        told.push('\n');
    }
    for problem in store.problems() {
        let _ = writeln!(told, "! {problem}");
    }
    told
}

fn of(name: &str) -> Opened {
    let path: PathBuf = fixture("json_layouts").join(name);
    Opened::open(&path)
}

#[test]
fn each_layout_reads_its_store() {
    let stores = [
        "kurrentdb_feed.json",
        "kcat.jsonl",
        "temporal",
        "temporal/order-7.json",
        "ocel2.json",
        "ocel1.json",
        "castore.jsonl",
        "castore_memory.json",
        "kafkajs.jsonl",
        "kcat_outbox.jsonl",
        "kcat_cloudevents.jsonl",
        "kcat_envelopes.jsonl",
        "cloudevents03.jsonl",
        "cloudevents_sequence.jsonl",
        "eventsourcingdb.ndjson",
        "debezium.jsonl",
        "debezium_schema.jsonl",
        "debezium_kcat.jsonl",
        "maxwell.jsonl",
        "wal2json.jsonl",
        "axon.jsonl",
        "pubsub.jsonl",
        "nats.jsonl",
        "kurrentdb_feed_links.json",
        "redux_lifted.json",
        "redux_export.json",
        "equinox_cosmos.json",
        "dynamodb_streams.jsonl",
        "masstransit.jsonl",
        "stepfunctions.json",
        "segment.jsonl",
        "github_audit.json",
    ];
    let all: Vec<String> = stores
        .iter()
        .map(|name| format!("== {name}\n{}", told(&of(name))))
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn kurrent_s_records_and_pages() {
    let ada = "account-b91bf1b087d542a9b2d4e89d88953f7e";
    let records = Opened::fixture("json_shapes/recorded_events.json");
    assert_eq!((records.log.len(), records.log.streams().len()), (231, 8));
    let events = records.events(ada);
    assert_eq!(records.log.version(events[0]).0, 0);
    let positions = records.positions();
    assert!(positions.is_sorted() && positions[0] == 257);
    let up_to_7 = |event| records.log.version(event).0 < 7;
    assert_eq!(records.sum(ada, "amount", up_to_7), "304.76");
    let correlation = records.log.correlation(events[0]);
    let expected = IdRef::new("b91bf1b087d542a9b2d4e89d88953f7e");
    assert_eq!(correlation, Some(expected));

    let page = Opened::fixture("json_shapes/atom_embed_body.json");
    assert_eq!(page.log.streams().iter().collect::<Vec<_>>(), [ada]);
    let versions: Vec<i64> = page
        .log
        .events()
        .map(|event| page.log.version(event).0)
        .collect();
    assert_eq!(versions, (0..35).collect::<Vec<_>>());
    assert_eq!(page.time(EventIx(34)), "2024-04-02T00:29:56.715230Z");
    assert_eq!(
        page.sum(ada, "amount", |event| page.log.version(event).0 < 7),
        "304.76"
    );
}

#[test]
fn kcat_s_lines_have_no_order_but_time() {
    let lines = Opened::fixture("json_shapes/kcat_J.jsonl");
    assert_eq!((lines.log.len(), lines.log.streams().len()), (231, 8));
    let times: Vec<String> = lines.log.events().map(|event| lines.time(event)).collect();
    assert!(times.is_sorted());
    assert!(!lines.log.has_own_positions());
    let ada = "b91bf1b087d542a9b2d4e89d88953f7e";
    let then = "2024-03-16T12:41:50.386Z";
    assert_eq!(lines.sum(ada, "amount", lines.before(then)), "409.32");
    // Types stand in the flat list of headers only.
    let types = [
        ("Closed", 2),
        ("Opened", 8),
        ("OverdraftLimitSet", 7),
        ("TransactionAppended", 214),
    ];
    assert_eq!(lines.types(), types.into());
}

/// A file of this text.
fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

/// Position, stream, version, type, time, id and data of each event.
fn rows(text: &str) -> (String, Vec<String>) {
    let file = file(text);
    let store = Opened::open(file.path());
    assert_eq!(store.problems(), [""; 0], "{text}");
    (store.layout().to_owned(), store.dump())
}

#[test]
fn histories_one_a_line_in_an_array_or_in_an_answer_are_histories() {
    let history = |name: &str, ids: [i64; 2]| {
        let event = |id: i64| {
            format!(
                r#"{{"eventId":"{id}","eventTime":"2024-01-01T00:00:0{id}Z","eventType":"T{id}","taskId":"1","timerStartedEventAttributes":{{"n":{id}}}}}"#
            )
        };
        format!(
            r#"{{"workflowId":"{name}","events":[{},{}]}}"#,
            event(ids[0]),
            event(ids[1])
        )
    };
    let (layout, one) = rows(&history("a", [1, 2]));
    assert_eq!((layout.as_str(), one.len()), ("temporal", 2));
    assert!(
        one[0].starts_with("1 a 1 T1 2024-01-01T00:00:01"),
        "{}",
        one[0]
    );
    let answer = format!(
        r#"{{"nextPageToken":null,"response":{{"history":{}}}}}"#,
        history("a", [1, 2])
    );
    assert_eq!(rows(&answer).1, one);
    let (a, b) = (history("a", [1, 2]), history("b", [1, 3]));
    let lines = rows(&format!("{a}\n{b}\n"));
    assert_eq!((lines.0.as_str(), lines.1.len()), ("temporal", 4));
    assert_eq!(rows(&format!("[{a},\n{b}]")), lines);
}

#[test]
fn ocel_is_ocel_however_it_is_laid_out() {
    let text = std::fs::read_to_string(fixture("json_layouts/ocel2.json")).unwrap();
    let as_it_is = rows(&text);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(rows(&value.to_string()), as_it_is);
    // In another order of its members.
    let mut members: Vec<_> = value.as_object().unwrap().iter().collect();
    members.reverse();
    let turned = members
        .iter()
        .map(|(key, value)| format!("\"{key}\":{value}"));
    let turned = format!("{{{}}}", turned.collect::<Vec<_>>().join(","));
    assert_eq!(rows(&turned), as_it_is);
}

#[test]
fn events_in_envelopes_of_search_engines_and_services_are_found() {
    let event = |n: i64| {
        format!(
            r#"{{"event_type":"Noted","aggregate_id":"a-{}","timestamp":"2024-01-01T00:00:0{n}Z","payload":{{"n":{n}}}}}"#,
            n % 2
        )
    };
    let (_, plain) = rows(&format!(
        "[{},{},{},{}]",
        event(1),
        event(2),
        event(3),
        event(4)
    ));
    let hit = |n| {
        format!(
            r#"{{"_index":"events","_id":"x{n}","_score":1.0,"_source":{}}}"#,
            event(n)
        )
    };
    let hits = [1, 2, 3, 4].map(hit).join(",");
    let search = format!(
        r#"{{"took":3,"timed_out":false,"hits":{{"total":{{"value":4}},"hits":[{hits}]}}}}"#
    );
    let lines = [1, 2, 3, 4].map(hit).join("\n");
    let nested = format!(
        r#"{{"status":"ok","data":{{"page":1,"events":[{},{},{},{}]}}}}"#,
        event(1),
        event(2),
        event(3),
        event(4)
    );
    for text in [search, lines, nested] {
        let (layout, found) = rows(&text);
        assert_eq!(layout, "generic");
        // A hit has an id of its own.
        let without_id: Vec<String> = found
            .iter()
            .map(|row| {
                row.replace(" x1 ", "  ")
                    .replace(" x2 ", "  ")
                    .replace(" x3 ", "  ")
                    .replace(" x4 ", "  ")
            })
            .collect();
        assert_eq!(without_id, plain, "{text}");
    }
}

#[test]
fn several_sources_and_texts_put_together_in_one_s_own_layout() {
    let layout = asof::store::layout::from_toml(
        "own.toml",
        r#"
        id = "own"
        name = "Own"
        medium = "json"
        [lookup.kinds]
        records = "/kinds/*"
        value = "/kind"
        [[events]]
        records = "/streams/*/made/*"
        order = "time"
        [events.columns]
        stream = { join = ["context/name", "-", ["/nr", "/no"]] }
        category = { within = "context", at = ["/name"], lookup = "kinds" }
        type = ["context/key", "/type"]
        recorded_at = "/at"
        payload = { of = "rest" }
        [[events]]
        records = "/gone/*"
        [events.columns]
        stream = "/stream"
        type = { constant = "Gone" }
        recorded_at = "/at"
    "#,
    )
    .unwrap();
    let text = r#"{"streams":[{"made":{"Opened":{"no":1,"at":"2024-01-01","by":"x"},"Closed":{"nr":2,"no":1,"at":"2024-01-03"}},"name":"shop"},{"name":"till","made":{}}],
        "gone":[{"stream":"shop-1","at":"2024-01-02"}],"kinds":{"shop":{"kind":"place"}}}"#;
    let text_lines = text.replace('\n', " ");
    for text in [
        text,
        &text_lines,
        &format!("{text_lines}\n{{\"streams\":[]}}\n"),
    ] {
        let file = file(text);
        let store = Opened::by(file.path(), layout.clone());
        assert_eq!(store.problems(), [""; 0]);
        let lines: Vec<String> = store
            .dump()
            .iter()
            .map(|row| row.replace("T00:00:00.000000Z", ""))
            .collect();
        let expected = [
            r#"1 shop-1 1 Opened 2024-01-01  Ok(Some("{\"by\":\"x\"}"))"#,
            r#"2 shop-1 2 Gone 2024-01-02  Ok(None)"#,
            r#"3 shop-2 1 Closed 2024-01-03  Ok(Some("{}"))"#,
        ];
        assert_eq!(lines, expected);
        // What is looked up stands in one document only.
        if !text.contains("\n{") {
            let kind = store.log.category(store.stream("shop-2"));
            assert_eq!(store.log.category_name(kind), "place");
        }
    }
}

#[test]
fn records_of_a_document_that_is_stored_anew_go_on_or_are_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.json");
    let document = |events: usize| {
        let event = |n| {
            format!(
                r#"{{"id":"e{n}","type":"T","time":"2024-01-01T00:00:0{n}Z","relationships":[{{"objectId":"o1","qualifier":"q"}}]}}"#
            )
        };
        let events: Vec<String> = (0..events).map(event).collect();
        format!(
            r#"{{"eventTypes":[],"objectTypes":[],"objects":[{{"id":"o1","type":"thing","attributes":[{{"name":"a","time":"1970-01-01T00:00:00Z","value":"1"}}]}}],"events":[{}]}}"#,
            events.join(",")
        )
    };
    std::fs::write(&path, document(2)).unwrap();
    let mut store = Opened::followed(&path);
    assert_eq!(store.log.len(), 3);
    std::fs::write(&path, document(4)).unwrap();
    match store.follow() {
        asof::store::Followed::Rewritten => store = Opened::followed(&path),
        asof::store::Followed::Appended | asof::store::Followed::Same => {}
    }
    assert_eq!(store.dump(), Opened::open(&path).dump());
    assert_eq!(store.log.len(), 5);
}
