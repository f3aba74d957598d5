//! JSON lines with a writer at work. Time is told, not waited for.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use asof::log::Unreadable;
use asof::model::EventIx;
use asof::store::Followed;
use serde_json::json;

use crate::opened::Opened;

fn line(n: usize) -> String {
    let (stream, version) = (n % 4, n / 4 + 1);
    format!(
        r#"{{"stream":"s-{stream}","version":{version},"type":"T","id":"e{n}","data":{{"n":{n}}}}}"#
    )
}

fn lines(range: std::ops::Range<usize>) -> String {
    range.map(|n| line(n) + "\n").collect()
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn store(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonl");
    fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn appended_lines_come_in() {
    let (_folder, path) = store(&lines(0..20));
    let mut store = Opened::open(&path);
    assert_eq!(store.follow(), Followed::Same);
    for (from, to) in [(20, 21), (21, 500)] {
        append(&path, &lines(from..to));
        assert_eq!(store.follow(), Followed::Appended);
        assert_eq!(store.follow(), Followed::Same);
        assert_eq!(store.data(EventIx(to as u32 - 1)), json!({"n": to - 1}));
    }
    assert_eq!(store.dump(), Opened::open(&path).dump());
}

#[test]
fn a_torn_line_waits_for_its_end() {
    let (_folder, path) = store(&lines(0..4));
    let mut store = Opened::open(&path);
    let now = Instant::now();
    let next = line(4);
    let (begun, rest) = next.split_at(40);
    append(&path, begun);
    assert_eq!(store.follow_at(now), Followed::Same);
    assert_eq!(
        store.follow_at(now + Duration::from_millis(1_900)),
        Followed::Same
    );
    append(&path, rest);
    assert_eq!(
        store.follow_at(now + Duration::from_millis(2_500)),
        Followed::Same
    );
    append(&path, "\n");
    assert_eq!(
        store.follow_at(now + Duration::from_millis(2_600)),
        Followed::Appended
    );
    assert_eq!((store.log.len(), store.problems()), (5, vec![]));
    assert_eq!(store.data(EventIx(4)), json!({"n": 4}));
}

#[test]
fn a_whole_line_without_its_newline_comes_in_after_two_seconds() {
    let (_folder, path) = store(&lines(0..4));
    let mut store = Opened::open(&path);
    let now = Instant::now();
    append(&path, &line(4));
    assert_eq!(store.follow_at(now), Followed::Same);
    assert_eq!(
        store.follow_at(now + Duration::from_secs(1)),
        Followed::Same
    );
    assert_eq!(
        store.follow_at(now + Duration::from_secs(2)),
        Followed::Appended
    );
    assert_eq!((store.log.len(), store.problems()), (5, vec![]));
    append(&path, &format!("\n{}", lines(5..7)));
    assert_eq!(
        store.follow_at(now + Duration::from_secs(3)),
        Followed::Appended
    );
    assert_eq!(store.dump(), Opened::open(&path).dump());
}

#[test]
fn a_line_that_stays_torn_is_reported_once_and_may_still_be_ended() {
    let (_folder, path) = store(&lines(0..4));
    let mut store = Opened::open(&path);
    let now = Instant::now();
    let next = line(4);
    // Cut where an inner object ends, so that it looks whole at its end.
    let (begun, rest) = next.split_at(next.len() - 1);
    append(&path, begun);
    let after = |millis| now + Duration::from_millis(millis);
    assert_eq!(store.follow_at(after(0)), Followed::Same);
    assert_eq!(store.problems(), [""; 0]);
    // A problem is news, though no event came.
    assert_eq!(store.follow_at(after(2_000)), Followed::Appended);
    for millis in [4_000, 9_000] {
        assert_eq!(store.log.problem_count(), 1);
        assert!(store.problems()[0].starts_with("line 5: "));
        assert_eq!(store.follow_at(after(millis)), Followed::Same);
    }
    append(&path, &format!("{rest}\n"));
    assert_eq!(store.follow_at(after(10_000)), Followed::Appended);
    assert_eq!(store.data(EventIx(4)), json!({"n": 4}));
    // What has been mended is no problem any more.
    assert_eq!((store.log.problem_count(), store.problems()), (0, vec![]));
}

#[test]
fn a_store_opened_in_the_middle_of_a_line_waits_for_its_end() {
    let next = line(4);
    let (begun, rest) = next.split_at(40);
    let (_folder, path) = store(&(lines(0..4) + begun));
    let now = Instant::now();
    let after = |millis| now + Duration::from_millis(millis);
    let mut store = Opened::followed(&path);
    assert_eq!((store.log.len(), store.problems()), (4, vec![]));
    assert_eq!(store.follow_at(after(0)), Followed::Same);
    append(&path, &format!("{rest}\n"));
    assert_eq!(store.follow_at(after(400)), Followed::Appended);
    assert_eq!((store.log.len(), store.problems()), (5, vec![]));
    assert_eq!(store.dump(), Opened::open(&path).dump());

    // One that nobody ends is told of in the end.
    append(&path, begun);
    let mut store = Opened::followed(&path);
    assert_eq!(store.follow_at(after(0)), Followed::Same);
    assert_eq!(store.follow_at(after(1_900)), Followed::Same);
    assert_eq!(store.problems(), [""; 0]);
    assert_eq!(store.follow_at(after(2_000)), Followed::Appended);
    assert!(store.problems()[0].starts_with("line 6: "));
    // A program that answers and goes does not wait.
    assert_eq!(Opened::open(&path).log.problem_count(), 1);
}

#[test]
fn a_line_that_is_torn_at_rest_may_be_mended() {
    let next = line(4);
    let (begun, rest) = next.split_at(40);
    let (_folder, path) = store(&(lines(0..4) + "no event\n" + begun));
    let mut store = Opened::open(&path);
    assert_eq!(store.log.problem_count(), 2);
    append(&path, rest);
    assert_eq!(store.follow(), Followed::Appended);
    append(&path, "\n");
    assert_eq!(store.follow(), Followed::Appended);
    assert_eq!(store.log.len(), 5);
    let said = store.problems();
    assert!(
        said.len() == 1 && said[0].starts_with("line 5: "),
        "{said:?}"
    );
}

#[test]
fn an_array_without_an_end_says_so_once_and_not_any_more_when_it_has_one() {
    let begun = format!("[{}", line(0));
    let (_folder, path) = store(&begun);
    let mut store = Opened::followed(&path);
    let now = Instant::now();
    let after = |seconds| now + Duration::from_secs(seconds);
    assert_eq!((store.log.len(), store.log.problem_count()), (1, 0));
    assert_eq!(store.follow_at(after(0)), Followed::Same);
    assert_eq!(store.follow_at(after(2)), Followed::Appended);
    assert_eq!(store.log.problem_count(), 1);
    append(&path, &format!(",\n{}", line(1)));
    assert_eq!(store.follow_at(after(3)), Followed::Appended);
    assert_eq!((store.log.len(), store.log.problem_count()), (2, 0));
    assert_eq!(store.follow_at(after(5)), Followed::Appended);
    assert_eq!(store.log.problem_count(), 1);
    append(&path, "]\n");
    assert_eq!(store.follow_at(after(6)), Followed::Appended);
    assert_eq!(store.follow_at(after(8)), Followed::Same);
    assert_eq!((store.log.len(), store.log.problem_count()), (2, 0));
}

#[test]
fn lines_that_are_written_anew_say_so() {
    let short = lines(0..10);
    let rewritings = [
        ("truncated", lines(0..4)),
        ("emptied", String::new()),
        ("another beginning", lines(7..40)),
        ("another end", lines(0..15) + &lines(30..50)),
    ];
    for (what, text) in rewritings {
        let (_folder, path) = store(&lines(0..20));
        let mut store = Opened::open(&path);
        fs::write(&path, text).unwrap();
        assert_eq!(store.follow(), Followed::Rewritten, "{what}");
    }
    let (folder, path) = store(&lines(0..20));
    let mut store = Opened::open(&path);
    let other = folder.path().join("other");
    fs::write(&other, lines(0..20) + &short).unwrap();
    fs::rename(other, &path).unwrap();
    assert_eq!(store.follow(), Followed::Rewritten, "replaced");
}

#[test]
fn a_body_is_that_of_the_indexed_event_or_none() {
    let (_folder, path) = store(&lines(0..20));
    let store = Opened::open(&path);
    // As long as before, so that every line begins where another one did.
    let text: String = (0..20).rev().map(|n| line(n) + "\n").collect();
    fs::write(&path, &text).unwrap();
    let events: Vec<EventIx> = store.log.events().collect();
    for (event, body) in events.iter().zip(store.bodies(&events)) {
        if let Ok(body) = body {
            assert_eq!(body.data.value().unwrap(), json!({"n": event.0}));
        }
    }
    fs::write(&path, &text[..100]).unwrap();
    let last = store.try_body(EventIx(19)).unwrap_err();
    assert_eq!(last, Unreadable::Rewritten);
}
