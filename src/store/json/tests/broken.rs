//! Damaged and odd files: what is readable is there, and what is not has a place and a reason.

use super::*;

fn fixture(name: &str) -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/broken");
    folder.join(name)
}

fn read_fixture(name: &str) -> (Seen, ScanEnd, Vec<String>) {
    let records = open(&fixture(name));
    let (seen, end) = scan(&records, ScanOptions::default());
    for (place, text, _) in &seen.records {
        assert_eq!(records.read_back(*place).unwrap().text, *text, "{name}");
    }
    let problems = records
        .problems()
        .iter()
        .map(|p| p.message.clone())
        .collect();
    (seen, end, problems)
}

fn ids(seen: &Seen) -> Vec<String> {
    let id = |value: &serde_json::Value| value["id"].as_str().unwrap().to_owned();
    seen.values().iter().map(id).collect()
}

fn numbered(numbers: impl Iterator<Item = u32>) -> Vec<String> {
    numbers.map(|number| format!("e{number}")).collect()
}

#[test]
fn the_same_two_hundred_events_however_written() {
    let names = [
        "good.jsonl",
        "good.jsonl.gz",
        "good.jsonl.zst",
        "crlf.jsonl",
        "bom.jsonl",
        "bom.json",
        "utf16le_bom.json",
    ];
    let (good, _, _) = read_fixture(names[0]);
    assert_eq!(ids(&good), numbered(0..200));
    for name in names {
        let (seen, end, problems) = read_fixture(name);
        assert_eq!(seen.values(), good.values(), "{name}");
        assert_eq!((end.problems, problems.len()), (0, 0), "{name}");
    }
    for (name, count) in [
        ("shuffled.jsonl", 200),
        ("duplicate_ids.jsonl", 202),
        ("version_gaps.jsonl", 198),
        ("mixed_times.jsonl", 200),
    ] {
        let (seen, end, _) = read_fixture(name);
        assert_eq!((seen.records.len(), end.problems), (count, 0), "{name}");
    }
}

#[test]
fn a_broken_line_is_one_problem() {
    let (seen, _, _) = read_fixture("broken_line_100.jsonl");
    assert_eq!(ids(&seen), numbered((0..100).chain(101..200)));
    assert_eq!(seen.problems.len(), 1);
    assert_eq!(
        seen.problems[0],
        (
            "line 101".into(),
            "the object is cut off after 125 bytes".into()
        )
    );
}

#[test]
fn a_torn_last_line_is_a_problem_at_rest_and_held_back_when_followed() {
    let (seen, _, _) = read_fixture("last_line_torn.jsonl");
    assert_eq!(ids(&seen), numbered(0..199));
    assert_eq!(seen.places(), ["line 200"]);
    let records = open(&fixture("last_line_torn.jsonl"));
    let (seen, end) = scan(&records, FOLLOWING);
    assert_eq!((seen.records.len(), seen.problems.len()), (199, 0));
    assert_eq!(end.resume.number, 199);
}

#[test]
fn blanks_and_comments_are_passed_over() {
    let (seen, end, problems) = read_fixture("blank_lines_and_comments.jsonl");
    assert_eq!(ids(&seen), numbered(0..100));
    assert_eq!((end.comments, end.problems, problems.len()), (2, 0, 0));
    assert_eq!(seen.records[0].0.number, 3);
}

#[test]
fn invalid_utf8_harms_its_own_line_only() {
    let (seen, _, _) = read_fixture("invalid_utf8_line_57.jsonl");
    assert_eq!(ids(&seen), numbered(0..200));
    assert_eq!(seen.places(), ["line 58"]);
    assert!(seen.records[57].1.contains('\u{fffd}'));
    assert!(seen.records[58].1.contains("naïve ☕"));
}

#[test]
fn arrays_give_what_comes_before_the_damage() {
    let (seen, _, _) = read_fixture("array_truncated.json");
    assert_eq!(ids(&seen), numbered(0..197));
    assert_eq!(seen.places(), ["item 198"]);
    let (seen, _, _) = read_fixture("trailing_comma.json");
    assert_eq!(ids(&seen), numbered(0..200));
    assert_eq!(seen.problems.len(), 1);
    let (seen, _, _) = read_fixture("scalar_array.json");
    assert_eq!(
        seen.places(),
        ["item 1", "item 2", "item 3", "item 4", "item 5"]
    );
    assert_eq!(seen.problems[4].1, "an event is an object, this is null");
}

#[test]
fn a_truncated_gzip_gives_what_is_readable() {
    let (seen, _, problems) = read_fixture("truncated.jsonl.gz");
    assert!(seen.records.len() > 50 && seen.records.len() < 200);
    assert_eq!(ids(&seen), numbered(0..seen.records.len() as u32));
    assert_eq!(seen.problems.len(), 1, "{:?}", seen.problems);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("the compressed file is cut off"));
}

#[test]
fn nothing_in_it_is_said_and_no_error() {
    for name in ["zero.json", "zero.jsonl", "empty_object.json"] {
        let (seen, end, problems) = read_fixture(name);
        assert_eq!(
            (seen.records.len(), end.problems, problems.len()),
            (0, 0, 1),
            "{name}"
        );
    }
    let (seen, end, problems) = read_fixture("empty_array.json");
    assert_eq!(
        (seen.records.len(), end.problems, problems.len()),
        (0, 0, 0)
    );
}

#[test]
fn other_files_are_refused_in_one_sentence() {
    let refusal = |name| {
        let error = Records::open(&fixture(name), Look::Whole, &Task::new()).unwrap_err();
        error.to_string().split(": /").next().unwrap().to_owned()
    };
    assert_eq!(
        refusal("png_named.json"),
        "This is a PNG picture; Asof opens SQLite and JSON event stores"
    );
    assert_eq!(
        refusal("just_string.json"),
        "This is a single JSON string, number or literal; Asof opens SQLite and JSON event stores"
    );
}

#[test]
fn ten_thousand_levels_are_one_event() {
    let (seen, end, _) = read_fixture("deep_10k.jsonl");
    assert_eq!((seen.records.len(), end.problems), (4, 0));
}

#[test]
fn broken_elements_leave_their_neighbours() {
    let (seen, _) = read(br#"[{"a":1}, {"b": oops}, [1], {"c":3},, {"d":4} {"e":5}]"#);
    assert_eq!(
        seen.texts(),
        [r#"{"a":1}"#, r#"{"c":3}"#, r#"{"d":4}"#, r#"{"e":5}"#]
    );
    assert_eq!(seen.places(), ["item 2", "item 3", "byte 37", "byte 46"]);
}

#[test]
fn a_damaged_first_line_does_not_hide_lines() {
    for first in [
        &b"{\"a\": \"b"[..],
        b"{\"a\": {\"b\": 1",
        b"\"b\": 2}}",
        b"\xff\xfe\xfd",
    ] {
        let bytes = [first, b"\n{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n"].concat();
        if first[0] == 0xff {
            // As good as UTF-16, and none of it readable: refused, but no crash.
            continue;
        }
        let (seen, _) = read(&bytes);
        assert_eq!(seen.texts(), ["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"]);
        assert_eq!(seen.places(), ["line 1"]);
    }
}

#[test]
fn the_last_of_two_equal_keys_counts_and_is_reported() {
    let (seen, _) =
        read(b"{\"a\":1,\"b\":{\"c\":1,\"c\":2},\"a\":2}\n{\"x\":1,\"\\u0078\":2}\n{\"y\":1}\n");
    assert_eq!(seen.records.len(), 3);
    assert_eq!(seen.values()[0]["a"], 2);
    assert_eq!(seen.places(), ["line 1", "line 2"]);
    assert_eq!(
        seen.problems[1].1,
        "the key \"x\" stands twice; the last one counts"
    );
    let (seen, records) = read(br#"{"events":[{"n":1}],"events":[{"n":2}]}"#);
    assert_eq!(seen.texts(), [r#"{"n":2}"#]);
    assert_eq!(records.problems().len(), 1);
}

#[test]
fn torn_objects_give_what_comes_before_the_tear() {
    let (seen, records) = read(br#"{"stream":"u","events":[{"type":1},{"type":2},{"ty"#);
    assert_eq!(seen.texts(), [r#"{"type":1}"#, r#"{"type":2}"#]);
    assert_eq!(
        (seen.places(), records.problems().len()),
        (vec!["item 3"], 0)
    );
    let (seen, records) = read(b"{\"events\":[{\"type\":1}],\n\"x\":");
    assert_eq!(seen.texts(), [r#"{"type":1}"#]);
    assert_eq!((seen.problems.len(), records.problems().len()), (0, 1));
    let (seen, _) = read(b"{\n \"type\": 1,\n \"time");
    assert_eq!((seen.records.len(), seen.problems.len()), (0, 1));
}

#[test]
fn framing_is_enough_where_the_caller_walks() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "{\"a\":1}\n{\"a\" oops}\n{\"a\":\n7\n").unwrap();
    let options = ScanOptions {
        check: Check::Framing,
        ..ScanOptions::default()
    };
    let records = open(file.path());
    let (seen, _) = scan(&records, options);
    assert_eq!(*records.shape(), Shape::Lines);
    assert_eq!(seen.texts(), ["{\"a\":1}", "{\"a\" oops}"]);
    assert_eq!(seen.places(), ["line 3", "line 4"]);
}

/// A reader that only frames records looks twice at one that does not fit.
#[test]
fn what_never_was_an_object_is_told_from_what_is_cut_off() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "{\"a\":1}\n{broken\n{\"a\":1\n{\"a\":1} x\n").unwrap();
    let framing = ScanOptions {
        check: Check::Framing,
        ..ScanOptions::default()
    };
    for options in [framing, ScanOptions::default()] {
        let (seen, _) = scan(&open(file.path()), options);
        let problems = seen.problems.iter();
        let told: Vec<String> = problems
            .map(|(place, message)| format!("{place}: {message}"))
            .collect();
        assert_eq!(
            told,
            [
                "line 2: not valid JSON: a key expected at column 2; the object seems cut off",
                "line 3: the object is cut off after 6 bytes",
                "line 4: more text follows the object at column 9",
            ]
        );
    }
}
