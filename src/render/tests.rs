//! What reaches a terminal and a file.

use super::*;
use crate::analysis::overview::{self, StoreFacts};
use crate::model::time::Zone;
use crate::model::{Task, Timestamp};

fn grid() -> Grid<'static> {
    let cells = |text, count, time| vec![Cell::text(text), Cell::Count(count), Cell::time(time)];
    Grid {
        columns: vec![
            Column::new("stream", "Stream"),
            Column::new("events", "Events"),
            Column::new("first_time", "First"),
        ],
        rows: vec![
            cells("a, \"b\"\nc", 183_204, Some(Timestamp::from_micros(1))),
            cells("客户-1 \u{1b}[31mred", -5, None),
        ],
    }
}

#[test]
fn a_table_is_aligned_and_harmless() {
    let expected = "\
Stream                 Events  First
a, \"b\" c              183,204  1970-01-01 01:00:00.000001
客户-1 \\u{1b}[31mred       -5
";
    assert_eq!(
        table(&grid(), "Europe/Berlin".parse().unwrap(), Width::Whole),
        expected
    );
    assert_eq!(inline("abcdef", Width::AtMost(4)), "abc…");
    assert_eq!(inline("abcd", Width::AtMost(4)), "abcd");
    assert_eq!(inline("a\r\n\t b\u{202e}c", Width::Whole), "a b\\u{202e}c");
}

#[test]
fn csv_has_the_data_as_it_is() {
    let expected = "stream,events,first_time\n\"a, \"\"b\"\"\nc\",183204,1970-01-01T00:00:00.000001Z\n客户-1 \u{1b}[31mred,-5,\n";
    assert_eq!(csv_string(&grid()), expected);
    let read: Vec<Vec<String>> = ::csv::Reader::from_reader(csv_string(&grid()).as_bytes())
        .deserialize()
        .map(Result::unwrap)
        .collect();
    assert_eq!(
        read[0],
        ["a, \"b\"\nc", "183204", "1970-01-01T00:00:00.000001Z"]
    );
    assert_eq!(
        csv_string(&grid().with_fields(&["events", "none"])),
        "events\n183204\n-5\n"
    );
}

#[test]
fn a_json_line_is_one_line_with_its_digits() {
    let raw: Box<serde_json::value::RawValue> =
        serde_json::from_str("{\n  \"a\": 1.50\n}").unwrap();
    let mut line = Vec::new();
    json_line(&raw, &mut line).unwrap();
    assert_eq!(String::from_utf8(line).unwrap(), "{   \"a\": 1.50 }\n");
}

#[test]
fn info_of_an_empty_store_is_said_plainly() {
    let log = crate::log::Log::default();
    let facts = StoreFacts {
        path: "empty.db".to_owned(),
        ..StoreFacts::default()
    };
    let report = overview::info(
        &log,
        &crate::analysis::testing::MadeUp,
        &log.at_head(),
        &facts,
        Zone::Utc,
        &Task::new(),
    )
    .unwrap();
    let text = info(&report, Zone::Utc);
    assert!(text.starts_with("Store       empty.db\n"), "{text}");
    assert!(text.contains("Time        none yet\n"), "{text}");
    assert!(text.ends_with("No problems found.\n"), "{text}");
}
