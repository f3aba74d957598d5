//! Every shape, in every encoding and packing, holds the same records.

use std::io::Write;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::store::Followed;

#[derive(Clone, Copy, Debug)]
enum Written {
    Lines,
    CrLf,
    Array,
    PrettyArray,
    PrettyValues,
    Crowded,
    Wrapped,
    PrettyWrapped,
    Streams,
    Columns,
}

#[derive(Clone, Copy, Debug)]
enum Coded {
    Utf8,
    Utf8Marked,
    Utf16Le,
    Utf16LeMarked,
    Utf16Be,
    Utf16BeMarked,
}

#[derive(Clone, Copy, Debug)]
enum Packed {
    Not,
    Gzip,
    GzipOfTwo,
    Zstd,
    ZstdOfTwo,
}

fn each_on<'v>(values: &'v [Value], form: fn(&'v Value) -> String, glue: &str) -> String {
    values.iter().map(form).collect::<Vec<_>>().join(glue)
}

fn compact(value: &Value) -> String {
    value.to_string()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

fn columns(values: &[Value]) -> Value {
    let mut columns = Map::new();
    for key in ["type", "time", "k"] {
        let cells = values.iter().map(|value| value[key].clone()).collect();
        columns.insert(key.to_owned(), Value::Array(cells));
    }
    Value::Object(columns)
}

fn write(values: &[Value], written: Written) -> String {
    match written {
        Written::Lines => each_on(values, compact, "\n") + "\n",
        Written::CrLf => each_on(values, compact, "\r\n"),
        Written::Array => format!("[{}]", each_on(values, compact, ",")),
        Written::PrettyArray => pretty(&values.to_vec().into()) + "\n",
        Written::PrettyValues => each_on(values, pretty, "\n"),
        Written::Crowded => each_on(values, compact, ""),
        Written::Wrapped => format!(
            r#"{{"stream":"s","x":{{"y":[{{}}]}},"events":[{}],"at":1.50}}"#,
            each_on(values, compact, ", ")
        ),
        Written::PrettyWrapped => pretty(&json!({"stream": "s", "events": values, "at": 1})),
        Written::Streams => {
            let third = values.len().div_ceil(3);
            let streams: Map<String, Value> = (values.chunks(third).enumerate())
                .map(|(ix, part)| (format!("s-{ix}"), part.to_vec().into()))
                .collect();
            Value::Object(streams).to_string()
        }
        Written::Columns => compact(&columns(values)),
    }
}

fn encode(text: &str, coded: Coded) -> Vec<u8> {
    let marked = format!("\u{feff}{text}");
    let wide =
        |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect();
    match coded {
        Coded::Utf8 => text.into(),
        Coded::Utf8Marked => marked.into(),
        Coded::Utf16Le => wide(text, u16::to_le_bytes),
        Coded::Utf16LeMarked => wide(&marked, u16::to_le_bytes),
        Coded::Utf16Be => wide(text, u16::to_be_bytes),
        Coded::Utf16BeMarked => wide(&marked, u16::to_be_bytes),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn pack(bytes: &[u8], packed: Packed) -> Vec<u8> {
    let (first, second) = bytes.split_at(bytes.len() / 2);
    match packed {
        Packed::Not => bytes.to_vec(),
        Packed::Gzip => gzip(bytes),
        Packed::GzipOfTwo => [gzip(first), gzip(second)].concat(),
        Packed::Zstd => zstd(bytes),
        Packed::ZstdOfTwo => [zstd(first), zstd(second)].concat(),
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        r#"[ -~é☕🦀\n\t"\\\{\}\[\],:#/]{0,12}"#.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((r#"k[a-z"\\é]{0,3}"#, inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Events with the three members that `columns` knows.
pub(super) fn events(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Value>> {
    let event = (any_value(), any::<u32>())
        .prop_map(|(k, time)| json!({"type": "T", "time": time, "k": k}));
    prop::collection::vec(event, count)
}

fn any_written() -> impl Strategy<Value = Written> {
    prop::sample::select(vec![
        Written::Lines,
        Written::CrLf,
        Written::Array,
        Written::PrettyArray,
        Written::PrettyValues,
        Written::Crowded,
        Written::Wrapped,
        Written::PrettyWrapped,
        Written::Streams,
        Written::Columns,
    ])
}

fn any_coded() -> impl Strategy<Value = Coded> {
    prop::sample::select(vec![
        Coded::Utf8,
        Coded::Utf8Marked,
        Coded::Utf16Le,
        Coded::Utf16LeMarked,
        Coded::Utf16Be,
        Coded::Utf16BeMarked,
    ])
}

fn any_packed() -> impl Strategy<Value = Packed> {
    prop::sample::select(vec![
        Packed::Not,
        Packed::Gzip,
        Packed::GzipOfTwo,
        Packed::Zstd,
        Packed::ZstdOfTwo,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_shape_encoding_and_packing_gives_the_same_records(
        events in events(1..9),
        written in any_written(),
        coded in any_coded(),
        packed in any_packed(),
    ) {
        let bytes = pack(&encode(&write(&events, written), coded), packed);
        let (seen, records) = read(&bytes);
        prop_assert_eq!(&seen.problems, &[]);
        prop_assert_eq!(records.problems(), &[]);
        prop_assert_eq!(seen.values(), events);
        for (place, text, context) in &seen.records {
            prop_assert_eq!(&records.read_back(*place).unwrap().text, text);
            prop_assert_eq!(&records.read_back(*place).unwrap().context, context);
        }
        let numbers: Vec<u64> = seen.records.iter().map(|(place, ..)| place.number).collect();
        if !matches!(written, Written::Lines | Written::CrLf) {
            prop_assert_eq!(numbers, (1..=seen.records.len() as u64).collect::<Vec<_>>());
        }
    }

    #[test]
    fn blocks_side_by_side_are_one_scan(
        events in events(1..30), first in prop::collection::vec(1_u64..300, 0..4), size in 1_u64..400,
    ) {
        let text = format!("# note\n\n{}broken\n{{\"a\":1}}", write(&events, Written::Lines));
        let (whole, records) = read(text.as_bytes());
        let mut pieces = Seen::default();
        let mut before = 0;
        let blocks = records.split_lines(&first, size, &Task::new()).unwrap().unwrap();
        prop_assert!(blocks.windows(2).all(|pair| pair[0].end == pair[1].start && pair[0].start < pair[0].end));
        for block in blocks {
            let mut piece = Seen::default();
            let end = scan_block(&records, &block, ScanOptions::default(), &mut piece);
            for (mut place, text, context) in piece.records {
                place.number += before;
                pieces.records.push((place, text, context));
            }
            pieces.problems.extend(piece.problems.iter().map(|(place, message)| {
                let line: u64 = place.trim_start_matches("line ").parse().unwrap();
                (format!("line {}", line + before), message.clone())
            }));
            before += end.resume.number;
        }
        prop_assert_eq!(pieces, whole);
    }

    #[test]
    fn stopping_and_resuming_is_one_scan(
        events in events(1..9), written in any_written(), every in 1_usize..4,
    ) {
        let (whole, records) = read(write(&events, written).as_bytes());
        let mut pieces = Seen::default();
        let mut block = records.whole();
        loop {
            let mut count = 0;
            let mut each = |item: Item<'_>| {
                if let Item::Record(record) = item {
                    let text = record.text.to_owned();
                    pieces.records.push((record.place, text, record.context.clone()));
                    count += 1;
                }
                if count == every { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let end = records
                .scan(&block, ScanOptions::default(), &Task::new(), &mut each)
                .unwrap();
            if count < every {
                break;
            }
            block = records.rest(&end.resume);
        }
        prop_assert_eq!(pieces, whole);
    }
}

#[test]
fn shapes_are_named() {
    let shape = |text: &str| read(text.as_bytes()).1.shape().to_string();
    assert_eq!(shape("{\"a\":1}\n{\"a\":2}\n"), "JSON lines");
    assert_eq!(shape("[{\"a\":1}]"), "JSON array");
    assert_eq!(
        shape("{\"a\":1},\n{\"a\":2}\n"),
        "JSON values one after another"
    );
    assert_eq!(
        shape("{\n\"a\":1}\n{\"a\":2}\n"),
        "JSON values one after another"
    );
    assert_eq!(shape("{\"type\":1}"), "JSON object that is one event");
    assert_eq!(shape("{\n\"type\":1}\n"), "JSON object that is one event");
    assert_eq!(
        shape("{\"stream\":\"u\",\"events\":[{\"a\":1}]}"),
        "JSON object with its events under \"events\""
    );
}

#[test]
fn outer_fields_hold_for_every_event() {
    let text = r#"{"stream":"user-123","events":[{"seq":1},{"seq":2}],"v\u0061":1.50,"o":{}}"#;
    let (seen, _) = read(text.as_bytes());
    assert_eq!(seen.texts(), [r#"{"seq":1}"#, r#"{"seq":2}"#]);
    for (_, _, context) in &seen.records {
        let fields =
            [("stream", "\"user-123\""), ("va", "1.50")].map(|(k, v)| (k.into(), v.into()));
        assert_eq!(*context.fields, fields);
        assert_eq!(context.key, None);
    }
}

#[test]
fn streams_name_their_events() {
    let text = r#"{"a-1":[{"type":"A"},{"type":"B"}],"exported":7,"a-2":[],"a-3":[{"type":"C"}]}"#;
    let (seen, records) = read(text.as_bytes());
    assert_eq!(*records.shape(), Shape::Streams);
    let streams: Vec<_> = (seen.records.iter())
        .map(|(_, _, context)| context.key.clone().unwrap().to_string())
        .collect();
    assert_eq!(streams, ["a-1", "a-1", "a-3"]);
    assert_eq!(*seen.records[0].2.fields, [("exported".into(), "7".into())]);
}

#[test]
fn a_folder_is_its_files_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    put("b.jsonl", b"{\"n\":2}\nbroken\n{\"n\":3}\n");
    put("a.json.gz", &gzip(br#"[{"n":1}]"#));
    put("c", br#"{"stream":"x","events":[{"n":4}]}"#);
    put("notes.txt", b"Dear reader\n");
    put(".hidden", b"{}");
    let records = open(folder.path());
    let (seen, end) = scan(&records, ScanOptions::default());
    assert_eq!(
        seen.texts(),
        ["{\"n\":1}", "{\"n\":2}", "{\"n\":3}", "{\"n\":4}"]
    );
    assert_eq!(seen.places(), ["b.jsonl line 2"]);
    let stems: Vec<_> = (seen.records.iter())
        .map(|(_, _, context)| context.file.clone().unwrap().to_string())
        .collect();
    assert_eq!(stems, ["a", "b", "b", "c"]);
    assert_eq!(records.problems(), []);
    for (place, text, context) in &seen.records {
        assert_eq!(records.read_back(*place).unwrap().text, *text);
        assert_eq!(&records.read_back(*place).unwrap().context, context);
    }
    let samples = records.sample(3, &Task::new()).unwrap();
    assert_eq!(samples.len(), 3);
    assert_eq!(samples[2].text, "{\"n\":4}");
    assert_eq!(records.grown(&end.resume).unwrap(), Followed::Same);
    put("d.jsonl", b"{\"n\":5}\n");
    assert_eq!(records.grown(&end.resume).unwrap(), Followed::Rewritten);
}

#[test]
fn a_folder_of_more_files_than_may_be_open_is_read() {
    let folder = tempfile::tempdir().unwrap();
    for n in 0..100 {
        let text = format!("{{\"n\":{n}}}\n");
        std::fs::write(folder.path().join(format!("{n:03}.jsonl")), text).unwrap();
    }
    let records = open(folder.path());
    let (seen, _) = scan(&records, ScanOptions::default());
    assert_eq!(seen.records.len(), 100);
    let (place, text, _) = &seen.records[73];
    assert_eq!(records.read_back(*place).unwrap().text, *text);
}

#[test]
fn a_folder_without_json_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "words").unwrap();
    let error = Records::open(folder.path(), Look::Whole, &Task::new()).unwrap_err();
    assert!(matches!(error, JsonError::EmptyFolder { .. }));
}

#[test]
fn real_envelopes_split_into_their_events() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/json_shapes");
    let cases = [
        (
            "atom_embed_body.json",
            35,
            "JSON object with its events under \"entries\"",
        ),
        ("kcat_J.jsonl", 231, "JSON lines"),
        ("recorded_events.json", 231, "JSON array"),
        ("cloudevents_store.json", 231, "JSON array"),
        ("cloudevents_store.jsonl", 231, "JSON lines"),
        ("cloudevents_base64.json", 231, "JSON array"),
    ];
    for (name, count, shape) in cases {
        let records = open(&fixtures.join(name));
        let (seen, end) = scan(&records, ScanOptions::default());
        assert_eq!((seen.values().len(), end.problems), (count, 0), "{name}");
        assert_eq!(records.shape().to_string(), shape, "{name}");
    }
}
