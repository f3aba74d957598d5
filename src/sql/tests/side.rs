//! The tables beside the events: what was known of their rows at a moment.

use proptest::prelude::*;

use super::*;
use crate::analysis::testing::rows::{Given, about, cut_short};
use crate::analysis::testing::truncated;
use crate::log::{
    Bound, Checkpoint, CheckpointHistory, Clock, DeadLetter, Mark, Marked, OutboxMessage, Payload,
    Processed, Says, SideKind, Snapshot,
};
use crate::model::{EventIx, Position, Timestamp, Version};

fn second(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp::from_micros(seconds * 1_000_000))
}

fn at(position: i64) -> Option<Mark> {
    marked(Marked::Position(Position(position)))
}

fn marked(event: Marked) -> Option<Mark> {
    let application = None;
    Some(Mark { application, event })
}

fn given() -> Given {
    let history = |reached, seconds| {
        let then = CheckpointHistory {
            consumer: "mailer".to_owned(),
            partition: None,
            reached: at(reached),
            at: second(seconds),
        };
        (SideKind::CheckpointHistory, Says::CheckpointHistory(then))
    };
    let checkpoint = |consumer: &str, reached, updated_at| {
        let now = Checkpoint {
            consumer: consumer.to_owned(),
            reached,
            updated_at,
            ..Checkpoint::default()
        };
        (SideKind::Checkpoints, Says::Checkpoint(now))
    };
    let message = |id: &str, created, published| {
        let message = OutboxMessage {
            id: Some(id.to_owned()),
            of: marked(Marked::Id("id-4".to_owned())),
            message_type: Some("Kind0".to_owned()),
            stream: None,
            payload: Payload::from_text(r#"{"n": 1.50}"#.to_owned()),
            created_at: second(created),
            published_at: published,
            published: None,
            attempts: Some(3),
            status: Some("done".to_owned()),
            error: None,
        };
        (SideKind::Outbox, Says::Outbox(message))
    };
    let dead = DeadLetter {
        consumer: Some("mailer".to_owned()),
        of: at(33),
        message_type: None,
        payload: Payload::Opaque(vec![255]),
        error: Some("no".to_owned()),
        at: second(6),
        attempts: Some(5),
        status: Some("waits".to_owned()),
    };
    let snapshot = Snapshot {
        stream: None,
        version: None,
        reached: marked(Marked::Version {
            stream: "Stream-1".to_owned(),
            version: Version(4),
        }),
        state: Payload::Absent,
        taken_at: second(5),
        strategy: None,
    };
    let processed = Processed {
        consumer: None,
        of: at(23),
        processed_at: None,
        attempts: None,
    };
    let again = Processed {
        consumer: Some("mailer".to_owned()),
        of: at(13),
        processed_at: second(3),
        attempts: Some(2),
    };
    Given(vec![
        history(3, 1),
        history(13, 2),
        history(33, 4),
        checkpoint("mailer", at(73), second(8)),
        checkpoint("reports", at(55), None),
        message("one", 3, second(7)),
        message("two", 9, None),
        (SideKind::DeadLetters, Says::DeadLetter(dead)),
        (SideKind::Snapshots, Says::Snapshot(snapshot)),
        (SideKind::Processed, Says::Processed(processed)),
        (SideKind::Processed, Says::Processed(again)),
    ])
}

fn told(bound: Bound, sql: &str) -> Vec<String> {
    let scene = small();
    let scene = Scene {
        cut: scene.log.cut(Clock::Recorded, bound),
        rows: Arc::new(given()),
        ..scene
    };
    let rows = rows(&scene, sql).into_iter();
    rows.map(|row| serde_json::to_string(&row).unwrap())
        .collect()
}

fn time(seconds: i64) -> Bound {
    Bound::Time(Timestamp::from_micros(seconds * 1_000_000))
}

#[test]
fn a_checkpoint_is_the_last_that_was_known() {
    let sql = "select consumer, position, substr(updated_at, 18, 2) from checkpoints";
    assert_eq!(
        told(Bound::Head, sql),
        [r#"["mailer",73,"08"]"#, r#"["reports",55,null]"#]
    );
    assert_eq!(told(time(8), sql), [r#"["mailer",73,"08"]"#]);
    assert_eq!(told(time(7), sql), [r#"["mailer",33,"04"]"#]);
    assert_eq!(
        told(Bound::Event(EventIx(2)), sql),
        [r#"["mailer",13,"02"]"#]
    );
    assert_eq!(told(time(0), sql), [""; 0]);
    assert_eq!(told(Bound::Start, sql), [""; 0]);
}

#[test]
fn a_message_waits_until_it_is_published() {
    let sql =
        "select id, event_id, published_at is null, attempts, status, payload -> '$.n' from outbox";
    assert_eq!(
        told(Bound::Head, sql),
        [
            r#"["one","id-4",0,3,"done","1.50"]"#,
            r#"["two","id-4",1,3,"done","1.50"]"#
        ]
    );
    assert_eq!(told(time(7), sql), [r#"["one","id-4",0,3,"done","1.50"]"#]);
    assert_eq!(told(time(6), sql), [r#"["one","id-4",1,null,null,"1.50"]"#]);
    assert_eq!(told(time(2), sql), [""; 0]);
}

#[test]
fn what_a_row_names_is_told_as_far_as_it_was_known() {
    let sql =
        "select consumer, event_id, position, error, attempts, status, payload from dead_letters";
    let row =
        |id: &str, rest: &str| format!(r#"["mailer",{id},33,{rest},"{{\"$bytes\":\"ff\"}}"]"#);
    let id = r#""00000003-0000-4000-8000-00000000abcd""#;
    assert_eq!(told(Bound::Head, sql), [row(id, r#""no",5,"waits""#)]);
    // It was given up after five tries, when it was put there; what became of it since has no date.
    assert_eq!(told(time(6), sql), [row(id, r#""no",5,null"#)]);
    let sql = "select stream, version, position, state from snapshots";
    assert_eq!(told(time(5), sql), [r#"["Stream-1",4,43,null]"#]);
    let sql = "select position, event_id, attempts from processed";
    let id = "00000001-0000-4000-8000-00000000abcd";
    let again = |attempts: &str| format!(r#"[13,"{id}",{attempts}]"#);
    assert_eq!(
        told(Bound::Head, sql),
        [r#"[23,"id-2",null]"#.to_owned(), again("2")]
    );
    // Nothing tells since when of the first; the other was done at its second try, when its row says.
    assert_eq!(told(time(9), sql), [again("2")]);
    // Joins go from a row to its event.
    let sql = "select c.consumer, e.type from checkpoints c join events e using (position)";
    assert_eq!(told(Bound::Head, sql), [r#"["mailer","Kind1"]"#]);
}

fn given_rows() -> impl Strategy<Value = Given> {
    let date = || {
        prop::option::weighted(
            0.8,
            (0..12_i64).prop_map(|n| Timestamp::from_micros(n * 1_000_000)),
        )
    };
    let mark = prop_oneof![
        Just(None),
        (0..99_i64).prop_map(at),
        (0..12_u8).prop_map(|n| marked(Marked::Id(format!("id-{n}")))),
        (0..4_u8, 0..12_i64).prop_map(|(stream, version)| marked(Marked::Version {
            stream: format!("Stream-{stream}"),
            version: Version(version),
        })),
    ];
    let row = (0..9_u8, 0..3_u8, mark, date(), date());
    let row = row.prop_map(|(kind, who, mark, date, later)| {
        about(kind, format!("consumer-{who}"), mark, date, later)
    });
    prop::collection::vec(row, 0..12).prop_map(Given)
}

proptest! {
    #[test]
    fn nothing_is_learnt_from_the_future_of_rows(given in given_rows(), seconds in -1..12_i64) {
        let whole = small();
        let now = Timestamp::from_micros(seconds * 1_000_000);
        let cut = whole.log.cut(Clock::Recorded, Bound::Time(now));
        let log = truncated(&whole.log, &cut);
        let short = given.0.iter().filter_map(|(kind, says)| Some((*kind, cut_short(says, now)?)));
        let short = Scene {
            cut: log.at_head(),
            rows: Arc::new(Given(short.collect())),
            log,
            ..whole.clone()
        };
        let whole = Scene { cut, rows: Arc::new(given), ..whole };
        for table in ["checkpoints", "outbox", "dead_letters", "snapshots", "processed"] {
            let sql = format!("select rowid, * from {table}");
            prop_assert_eq!(rows(&whole, &sql), rows(&short, &sql), "{}", table);
        }
    }
}
