//! Told examples: the classic stream, a bank written by a real library, and odd histories.

use serde_json::json;

use super::*;
use crate::model::Version;
use crate::model::time::Zone;

fn classic() -> Store {
    let event = |version, event_type, payload: &str, at: &str| Made {
        stream: "user-123",
        event_type,
        version: Some(version),
        time: Some(time(at)),
        payload: payload.to_owned(),
        ..Made::default()
    };
    Store::new(&[
        event(
            1,
            "UserCreated",
            r#"{"email":"old@example.com","name":"Alice"}"#,
            "2023-06-01T00:00:00Z",
        ),
        event(
            2,
            "EmailChanged",
            r#"{"old":"old@example.com","new":"new@example.com"}"#,
            "2023-09-15T00:00:00Z",
        ),
        event(
            3,
            "NameUpdated",
            r#"{"old":"Alice","new":"Alice B"}"#,
            "2024-01-15T00:00:00Z",
        ),
    ])
}

pub(super) fn request(cut: Cut) -> StateRequest<'static> {
    StateRequest {
        store: "users.json",
        cut,
        diff_to: None,
        detail: Detail::Blame,
        zone: Zone::Utc,
    }
}

fn said(store: &Store, cut: Cut, field: Option<&str>) -> String {
    let stream = store.log.streams().get(0).to_owned();
    let at = store.at(&store.series(&stream), cut);
    answer(&store.log, &at, field, Zone::Utc).to_string()
}

#[test]
fn the_classic_report() {
    let store = classic();
    let cut = store.cut(Bound::Time(time("2023-12-01T23:59:59.999999Z")));
    let mut request = request(cut);
    request.diff_to = Some(store.cut(Bound::Head));
    let report = state(&store.series("user-123"), store.source(), &request).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&report).unwrap());
}

#[test]
fn the_classic_answers() {
    let store = classic();
    let at = |text: &str| store.cut(Bound::Time(time(text)));
    let says = |cut, field, expected: &str| assert_eq!(said(&store, cut, field), expected);
    says(
        at("2023-12-01T23:59:59Z"),
        Some("/email"),
        "user-123 had email \"new@example.com\" as of 2023-12-01 23:59:59 UTC; last changed by EmailChanged (v2, #2) \
         on 2023-09-15 00:00:00 UTC, 2 mo 16 d earlier; next: NameUpdated (v3) in 1 mo 13 d.",
    );
    says(
        at("2023-12-01T23:59:59Z"),
        None,
        "user-123 was at version 2 with 2 fields: email \"new@example.com\", name \"Alice\" as of 2023-12-01 23:59:59 UTC; \
         last event: EmailChanged (v2, #2) on 2023-09-15 00:00:00 UTC, 2 mo 16 d earlier; next: NameUpdated (v3) in 1 mo 13 d.",
    );
    says(
        at("2023-05-01T00:00:00Z"),
        Some("/email"),
        "user-123 did not exist yet as of 2023-05-01 00:00:00 UTC; it began with UserCreated (v1, #1) on \
         2023-06-01 00:00:00 UTC, 1 mo later.",
    );
    says(
        store.cut(Bound::Head),
        Some("/name"),
        "user-123 has name \"Alice B\" as of the head, 2024-01-15 00:00:00 UTC; last changed by NameUpdated (v3, #3) on \
         2024-01-15 00:00:00 UTC.",
    );
    says(
        store.cut(Bound::Event(EventIx(0))),
        Some("/phone"),
        "user-123 had no phone as of #1, 2023-06-01 00:00:00 UTC; last event: UserCreated (v1, #1) on \
         2023-06-01 00:00:00 UTC; next: EmailChanged (v2) in 3 mo 14 d.",
    );
}

#[test]
fn the_classic_answer_as_markdown() {
    let store = classic();
    let at = store.at(
        &store.series("user-123"),
        store.cut(Bound::Time(time("2023-12-01T23:59:59Z"))),
    );
    insta::assert_snapshot!(answer(&store.log, &at, Some("/email"), Zone::Utc).to_markdown());
}

#[test]
fn a_store_without_times_speaks_of_positions() {
    let made = |payload: &str| Made {
        stream: "a-1",
        event_type: "Set",
        payload: payload.to_owned(),
        ..Made::default()
    };
    let store = Store::new(&[
        made(r#"{"a":{"b":"x"}}"#),
        made(r#"{"a":{"b":null}}"#),
        made(r#"{"c":""}"#),
    ]);
    let at = |event| store.cut(Bound::Event(EventIx(event)));
    assert_eq!(
        said(&store, at(0), Some("/a/b")),
        "a-1 had a.b \"x\" as of #1; last changed by Set (v1, #1); next: Set (v2, #2)."
    );
    assert_eq!(
        said(&store, at(1), Some("/a/b")),
        "a-1 no longer had a.b as of #2; removed by Set (v2, #2); next: Set (v3, #3)."
    );
    assert_eq!(
        said(&store, store.cut(Bound::Head), None),
        "a-1 is at version 3 with 2 fields: c \"\" and 1 more as of the head; last event: Set (v3, #3)."
    );
    assert_eq!(
        said(&store, store.cut(Bound::Start), None),
        "a-1 did not exist yet before the first event; it began with Set (v1, #1)."
    );
}

#[test]
fn what_the_store_says_now_was_not_known_before() {
    let second = |second: i64| Timestamp::from_micros(second * 1_000_000);
    let store_of = |since: Option<Timestamp>| {
        let ended = Ended {
            how: StreamEnd::Archived,
            since,
        };
        let made = |at, payload: &str| Made {
            stream: "cart-1",
            event_type: "Set",
            time: Some(second(at)),
            ended: Some(ended),
            payload: payload.to_owned(),
            ..Made::default()
        };
        Store::new(&[made(1, r#"{"a":1}"#), made(2, r#"{"a":2}"#)])
    };
    let report = |store: &Store, bound| {
        let request = request(store.cut(bound));
        state(&store.series("cart-1"), store.source(), &request).unwrap()
    };
    let store = store_of(None);
    for bound in [Bound::Event(EventIx(1)), Bound::Time(second(99))] {
        let then = report(&store, bound);
        assert_eq!((then.exists, then.deleted), (true, None));
    }
    let now = report(&store, Bound::Head);
    assert!(!now.exists);
    assert_eq!(
        serde_json::to_value(&now.deleted).unwrap(),
        json!({"how": "archived"})
    );
    assert!(
        now.answer.contains("; the store says that it is archived;"),
        "{}",
        now.answer
    );
    let store = store_of(Some(second(5)));
    let exists = [4, 5, 6].map(|at| report(&store, Bound::Time(second(at))).exists);
    assert_eq!(exists, [true, false, false]);
    assert_eq!(
        report(&store, Bound::Time(second(6)))
            .deleted
            .unwrap()
            .since,
        Some(second(5))
    );
}

#[test]
fn repeats_forks_and_holes_are_announced() {
    let made = |version, id: &str, second: i64, payload: &str| Made {
        stream: "a-1",
        event_type: "Set",
        version: Some(version),
        id: Some(id.to_owned()),
        time: Some(Timestamp::from_micros(second * 1_000_000)),
        payload: payload.to_owned(),
        ..Made::default()
    };
    let store = Store::new(&[
        made(1, "e1", 1, r#"{"a":1}"#),
        made(2, "e2", 9, r#"{"late":true}"#),
        made(2, "e3", 3, r#"{"a":2}"#),
        made(3, "e1", 4, r#"{"a":1}"#),
    ]);
    let mut grown = store.series("a-1");
    grown.grow(store.source()).unwrap();
    for series in [&grown, &store.series("a-1")] {
        let kinds = |bound| {
            let request = request(store.cut(bound));
            let report = state(series, store.source(), &request).unwrap();
            (
                report
                    .notices
                    .into_iter()
                    .map(|n| n.kind)
                    .collect::<Vec<_>>(),
                report.state,
            )
        };
        use NoticeKind::{Fork, OutOfOrder, RepeatedEvent};
        assert_eq!(
            kinds(Bound::Head),
            (
                vec![Fork, RepeatedEvent],
                Some(json!({"a": 1, "late": true}))
            )
        );
        assert_eq!(
            kinds(Bound::Event(EventIx(1))),
            (vec![], Some(json!({"a": 1, "late": true})))
        );
        let early = Bound::Time(Timestamp::from_micros(3_000_000));
        assert_eq!(kinds(early), (vec![OutOfOrder], Some(json!({"a": 2}))));
        let later = Bound::Time(Timestamp::from_micros(5_000_000));
        assert_eq!(
            kinds(later),
            (vec![OutOfOrder, RepeatedEvent], Some(json!({"a": 1})))
        );
    }
}

#[test]
fn long_values_and_hostile_names_keep_the_sentence_readable() {
    let made = |payload: String| Made {
        stream: "a|1\n<b>",
        event_type: "Set_*",
        payload,
        ..Made::default()
    };
    let store = Store::new(&[made(
        json!({"note": "é".repeat(200), "x": "a\nb"}).to_string(),
    )]);
    let text = said(&store, store.cut(Bound::Head), Some("/note"));
    assert!(
        text.contains(&format!("note \"{}…\" as of", "é".repeat(80))),
        "{text}"
    );
    assert!(!said(&store, store.cut(Bound::Head), Some("/x")).contains('\n'));
    let at = store.at(&store.series("a|1\n<b>"), store.cut(Bound::Head));
    let markdown = answer(&store.log, &at, Some("/x"), Zone::Utc).to_markdown();
    assert!(
        markdown.starts_with(r#"**a\|1 \<b\>** has x **"a b"** as of the head"#),
        "{markdown}"
    );
    assert!(markdown.contains(r"| Set\_\* |"), "{markdown}");
}

#[test]
fn no_name_breaks_the_table_of_evidence() {
    let store = classic();
    let series = store.series("user-123");
    let at = store.at(&series, store.cut(Bound::Head));
    let mut answer = answer(&store.log, &at, None, Zone::Utc);
    let mut cell = |file: &str| {
        let event = &mut answer.evidence[0].event;
        event.position.file = Some(file.into());
        event.event_type = format!("T{file}");
        event.id = Some(file.to_owned());
        let markdown = answer.to_markdown();
        let row = markdown.lines().last().unwrap().to_owned();
        // A bar with a backslash before it is text.
        let cells: Vec<String> = row
            .replace("\\|", "¦")
            .split('|')
            .map(str::to_owned)
            .collect();
        assert_eq!(cells.len(), 8, "{row}");
        cells[4].trim().to_owned()
    };
    assert_eq!(cell("orders"), "`#orders:3`");
    assert_eq!(cell("a|b"), "`#a¦b:3`");
    assert_eq!(cell("a`b"), "`` #a`b:3 ``");
    assert_eq!(cell("`a``|b"), "``` #`a``¦b:3 ```");
    assert_eq!(cell("a\nb"), "`#a b:3`");
}

#[test]
fn an_event_at_the_end_of_its_second_is_told_in_full() {
    let made = |at: &str| Made {
        stream: "a-1",
        event_type: "Set",
        time: Some(time(at)),
        payload: r#"{"a":1}"#.to_owned(),
        ..Made::default()
    };
    let store = Store::new(&[
        made("2024-12-31T22:59:59.999999Z"),
        made("2024-12-31T23:59:59.999999999Z"),
    ]);
    let asked = store.cut(Bound::Time(time("2024-12-31T23:59:59.999999999Z")));
    assert_eq!(
        said(&store, asked, Some("/a")),
        "a-1 had a 1 as of 2024-12-31 23:59:59 UTC; \
         last changed by Set (v1, #1) on 2024-12-31 22:59:59.999999 UTC, 1 h earlier; \
         set again to the same value by Set (v2, #2) on 2024-12-31 23:59:59.999999999 UTC."
    );
    let there = store.cut(Bound::Event(EventIx(0)));
    let text = said(&store, there, Some("/a"));
    assert!(
        text.contains("as of #1, 2024-12-31 22:59:59.999999 UTC;"),
        "{text}"
    );
    let text = said(&store, store.cut(Bound::Head), Some("/a"));
    assert!(
        text.contains("as of the head, 2024-12-31 23:59:59.999999999 UTC;"),
        "{text}"
    );
}

#[test]
fn a_value_set_again_names_both_events() {
    let made = |payload: &str| Made {
        stream: "a-1",
        event_type: "Set",
        payload: payload.to_owned(),
        ..Made::default()
    };
    let store = Store::new(&[made(r#"{"a":1}"#), made(r#"{"a":1}"#)]);
    assert_eq!(
        said(&store, store.cut(Bound::Head), Some("/a")),
        "a-1 has a 1 as of the head; last changed by Set (v1, #1); set again to the same value by Set (v2, #2)."
    );
}

/// Events of an account as Python's eventsourcing writes them: times and decimals are wrapped.
#[test]
fn a_bank_written_by_a_library() {
    let made = |event_type, payload: &str| Made {
        stream: "b91bf1b087d542a9b2d4e89d88953f7e",
        event_type,
        payload: payload.to_owned(),
        ..Made::default()
    };
    let lines = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/replay/account.jsonl"
    ))
    .lines();
    let types = [
        "__main__:BankAccount.Opened",
        "__main__:BankAccount.TransactionAppended",
    ];
    let events: Vec<Made> = lines
        .enumerate()
        .map(|(at, line)| made(types[at.min(1)], line))
        .collect();
    let store = Store::new(&events);
    let rules = FoldRules {
        drop_keys: vec!["timestamp".to_owned(), "originator_topic".to_owned()],
    };
    let series = Series::new(StreamIx(0), rules);
    let at = store.at(&series, store.cut(Bound::Head));
    let expected = json!({
        "full_name": "Ada Lovelace", "email": "ada@example.com", "currency": "EUR",
        "amount": "34.92", "memo": "transfer",
    });
    assert_eq!(at.tree().to_value(), expected);
    assert_eq!(
        at.tree().node("/amount").unwrap().blame().set_by,
        EventIx(6)
    );
    assert_eq!(
        at.tree().node("/currency").unwrap().blame().set_by,
        EventIx(0)
    );
}

#[test]
fn a_version_names_the_last_event_that_has_it() {
    let store = classic();
    let stream = store.stream("user-123");
    assert_eq!(at_version(&store.log, stream, Version(2)), Some(EventIx(1)));
    assert_eq!(at_version(&store.log, stream, Version(9)), None);
}
