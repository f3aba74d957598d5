//! Events whose payloads cannot be taken as they stand: each is told, with the event.

use serde_json::json;

use super::examples::request;
use super::*;
use crate::model::json::DEEPEST;

fn store(payloads: &[&str]) -> Store {
    let made = |payload: &&str| Made {
        stream: "a-1",
        event_type: "Noted",
        payload: (*payload).to_owned(),
        ..Made::default()
    };
    Store::new(&payloads.iter().map(made).collect::<Vec<_>>())
}

fn head(store: &Store) -> StateReport {
    let cut = store.cut(Bound::Head);
    let mut grown = store.series("a-1");
    let of = |series: &Series| state(series, store.source(), &request(cut)).unwrap();
    let fresh = of(&grown);
    grown.grow(store.source()).unwrap();
    assert_eq!(of(&grown), fresh);
    fresh
}

/// Kind, sentence and the positions named.
fn told(report: &StateReport) -> Vec<(NoticeKind, &str, Vec<i64>)> {
    let notices = report.notices.iter();
    let notices = notices.map(|notice| {
        let named = notice
            .evidence
            .iter()
            .map(|event| event.position.position.0);
        (notice.kind, notice.message.as_str(), named.collect())
    });
    notices.collect()
}

#[test]
fn an_object_may_be_nested_as_deep_as_it_is_written() {
    let deep = |levels: usize| {
        let (open, close) = (r#"{"d":"#.repeat(levels), "}".repeat(levels));
        format!("{open}1{close}")
    };
    let (bearable, endless) = (deep(DEEPEST), deep(200_000));
    let store = store(&[&bearable, &endless, r#"{"n":1}"#]);
    let report = head(&store);
    let state = report.state.as_ref().unwrap();
    assert_eq!(state.pointer(&"/d".repeat(DEEPEST)), Some(&json!(1)));
    assert_eq!(state["n"], 1);
    assert_eq!(report.not_folded, 1);
    assert_eq!(
        told(&report),
        [(
            NoticeKind::NotFolded,
            "1 event of this stream is nested more than 500 deep and left the state as it was",
            vec![2]
        )]
    );
}

#[test]
fn what_is_no_object_is_told_in_the_sentence_and_in_a_notice() {
    let report = head(&store(&[r#"{"n":1}"#, "[1]", "no JSON"]));
    assert_eq!(report.not_folded, 2);
    assert_eq!(
        told(&report),
        [(
            NoticeKind::NotFolded,
            "2 events of this stream carry no JSON object and left the state as it was",
            vec![2, 3]
        )]
    );
    assert_eq!(
        report.answer,
        "a-1 is at version 3 with 1 field: n 1 as of the head; last event: Noted (v3, #3); \
         2 events are not folded."
    );
}

#[test]
fn half_a_character_is_replaced_and_told() {
    let report = head(&store(&[r#"{"n":1}"#, r#"{"t":{"s":"x\ud800y"}}"#]));
    assert_eq!(
        report.state,
        Some(json!({"n": 1, "t": {"s": "x\u{fffd}y"}}))
    );
    assert_eq!(report.not_folded, 0);
    assert_eq!(
        told(&report),
        [(
            NoticeKind::HalfCharacter,
            "1 event of this stream has half of a surrogate pair in a text, shown as \u{fffd}: /t/s",
            vec![2]
        )]
    );
}

#[test]
fn of_a_key_that_stands_twice_the_last_value_counts_and_that_is_told() {
    let report = head(&store(&[r#"{"a":{"b":1,"b":2}}"#, r#"{"c":1,"c":2}"#]));
    assert_eq!(report.state, Some(json!({"a": {"b": 2}, "c": 2})));
    assert_eq!(
        told(&report),
        [(
            NoticeKind::RepeatedKey,
            "2 events of this stream have a key twice in one object, of which the last value counts: \
             /a/b",
            vec![1, 2]
        )]
    );
}

#[test]
fn a_time_that_is_not_its_own_is_told_of_no_event() {
    let made = |time, payload: &str| Made {
        stream: "a-1",
        event_type: "Noted",
        time,
        payload: payload.to_owned(),
        ..Made::default()
    };
    let there = time("2024-01-01T12:00:00Z");
    let store = Store::new(&[
        made(Some(there), r#"{"a":1}"#),
        made(None, r#"{"b":1}"#),
        made(None, r#"{"c":1}"#),
    ]);
    let cut = store.cut(Bound::Event(EventIx(1)));
    let report = state(&store.series("a-1"), store.source(), &request(cut)).unwrap();
    assert_eq!(report.as_of.time, Some(there));
    assert_eq!(report.last_event.unwrap().time, None);
    assert_eq!(report.next_event.unwrap().time, None);
    let times = report
        .blame
        .unwrap()
        .into_iter()
        .map(|(_, by)| by.set_by.time);
    assert_eq!(times.collect::<Vec<_>>(), [Some(there), None]);
    assert_eq!(
        report.answer,
        "a-1 was at version 2 with 2 fields: b 1, a 1 as of #2, 2024-01-01 12:00:00 UTC; \
         last event: Noted (v2, #2), which has no time of its own; next: Noted (v3, #3)."
    );
    // Before the first time is known, nobody knows that there are any.
    let store = Store::new(&[made(None, r#"{"a":1}"#), made(Some(there), r#"{"b":1}"#)]);
    let cut = store.cut(Bound::Event(EventIx(0)));
    let report = state(&store.series("a-1"), store.source(), &request(cut)).unwrap();
    assert!(
        report
            .answer
            .contains("; last event: Noted (v1, #1); next: Noted (v2"),
        "{}",
        report.answer
    );
}
