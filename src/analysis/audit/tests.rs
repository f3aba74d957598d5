//! Rules by example, over stores that are written by hand.

mod clocks;
mod schema;

use super::*;
use crate::analysis::replay::FoldRules;
use crate::analysis::testing::rows::Given;
use crate::analysis::testing::written::{Written, log_of_rows};
use crate::analysis::whole::Whole;
use crate::log::{
    Checkpoint, DeadLetter, Mark, Marked, NoRows, NoTables, OutboxMessage, Payload, Published,
};
use crate::log::{Row, RowSource, Says, SideKind};
use crate::model::{Position, Timestamp};

fn second(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp::from_micros(seconds * 1_000_000))
}

/// What a rule finds, with its evidence: `position note`.
fn told(
    rule: &str,
    rows: &[Row<'_>],
    bodies: &[[&str; 2]],
    beside: &dyn RowSource,
) -> Vec<(Finding, Vec<String>)> {
    told_with(rule, rows, bodies, beside, &FoldRules::default())
}

fn told_with(
    rule: &str,
    rows: &[Row<'_>],
    bodies: &[[&str; 2]],
    beside: &dyn RowSource,
    fold: &FoldRules,
) -> Vec<(Finding, Vec<String>)> {
    let log = log_of_rows(rows);
    let audited = Audited {
        whole: Whole {
            log: &log,
            cut: log.at_head(),
            payloads: &Written(bodies),
            shown: &Written(bodies),
            rows: beside,
            fold,
        },
        tables: &NoTables,
    };
    let report = audit(&audited, &AuditOptions::default(), &Task::new()).unwrap();
    let found = report.findings.into_iter().filter(|one| one.rule == rule);
    let evidence = |one: &Evidence| {
        let position = one.position.as_ref().map_or(0, |name| name.position.0);
        format!("{position} {}", one.note.as_deref().unwrap_or_default())
    };
    let found = found.map(|one| {
        let evidence = one.evidence.iter().map(evidence).collect();
        (one, evidence)
    });
    found.collect()
}

fn row<'a>(stream: &'a str, event_type: &'a str) -> Row<'a> {
    Row {
        stream,
        event_type,
        ..Row::default()
    }
}

#[test]
fn each_lacking_item_has_evidence_of_its_own() {
    let ids: Vec<String> = (0..50).map(|n| format!("id-{n}")).collect();
    let rows = ids.iter().enumerate().map(|(n, id)| Row {
        event_id: Some(id.as_str()).filter(|_| n != 49),
        recorded: second(n as i64).filter(|_| n != 0),
        ..row("order-1", "OrderPlaced")
    });
    let rows: Vec<Row<'_>> = rows.collect();
    let found = told("missing-metadata", &rows, &[], &NoRows);
    let of = |words: &str| {
        let own = found.iter().find(|(one, _)| one.explanation == words);
        own.unwrap_or_else(|| panic!("{words}: {found:?}"))
    };
    let (id, evidence) = of("1 of 50 events has no id.");
    assert_eq!(evidence, &["50 no id"]);
    assert!(id.why.contains("repeated"), "{}", id.why);
    let (time, evidence) = of("1 of 50 events has no time.");
    assert_eq!(evidence, &["1 no time"]);
    assert!(time.why.contains("past") && !time.why.contains("repeated"));
    // What no event has is one note.
    let (none, evidence) = of("No event has a correlation id or a schema version.");
    assert_eq!(none.severity, Severity::Info);
    assert!(none.why.contains("story") && none.why.contains("form") && evidence.is_empty());
    assert_eq!(found.len(), 3);
}

#[test]
fn what_whole_types_lack_is_how_they_are_written() {
    let rows = (0..20).map(|n| Row {
        event_id: (n < 15).then_some(["a", "b", "c"][n % 3]),
        ..row(
            "order-1",
            if n < 15 {
                "Placed"
            } else {
                "Order (attributes)"
            },
        )
    });
    let rows: Vec<Row<'_>> = rows.collect();
    let found = told("missing-metadata", &rows, &[], &NoRows);
    let (id, _) = found
        .iter()
        .find(|(one, _)| one.explanation.contains("5 of 20"))
        .unwrap();
    assert_eq!(id.severity, Severity::Info);
    assert_eq!(
        id.explanation,
        "No event has a time, a correlation id or a schema version. 5 of 20 events have no id: all of Order (attributes)."
    );
    assert_eq!(found.len(), 1);
}

#[test]
fn a_step_that_no_reader_survives_is_told() {
    let rows = (0..12).map(|n| Row {
        schema_version: Some(if n < 6 { "1" } else { "2" }),
        ..row("customer-1", "Registered")
    });
    let rows: Vec<Row<'_>> = rows.collect();
    let bodies: Vec<[&str; 2]> = (0..12)
        .map(|n| match n {
            0..6 => [r#"{"mail": "a@example.org", "n": 1}"#, ""],
            _ => [r#"{"email": "a@example.org", "n": 1}"#, ""],
        })
        .collect();
    let found = told("schema-breaking-step", &rows, &bodies, &NoRows);
    assert_eq!(
        found[0].0.explanation,
        "In Registered, version 2 demands /email and has no /mail, which version 1 always had."
    );
    assert_eq!(found[0].1, ["6 last of version 1", "7 first of version 2"]);
}

#[test]
fn alternatives_of_an_enum_are_one_form() {
    let rows = vec![row("account-1", "bank.BankEvent"); 20];
    let bodies: Vec<[&str; 2]> = (0..20)
        .map(|n| match n {
            0..10 => [r#"{"Opened": {"owner": "Ada"}}"#, ""],
            _ => [r#"{"TransferDebited": {"amount": 5}}"#, ""],
        })
        .collect();
    assert!(told("no-schema-strategy", &rows, &bodies, &NoRows).is_empty());
    let flat: Vec<[&str; 2]> = (0..20)
        .map(|n| match n {
            0..10 => [r#"{"owner": "Ada", "n": 1}"#, ""],
            _ => [r#"{"owner": 5, "n": 1}"#, ""],
        })
        .collect();
    assert_eq!(told("no-schema-strategy", &rows, &flat, &NoRows).len(), 1);
}

fn message(position: i64, published: Published, error: Option<&str>) -> (SideKind, Says) {
    let of = Mark {
        application: None,
        event: Marked::Position(Position(position)),
    };
    let row = OutboxMessage {
        id: None,
        of: Some(of),
        message_type: None,
        stream: None,
        payload: Payload::Absent,
        created_at: second(1),
        published_at: None,
        published: Some(published),
        attempts: None,
        status: None,
        error: error.map(str::to_owned),
    };
    (SideKind::Outbox, Says::Outbox(row))
}

#[test]
fn a_message_that_was_given_up_is_an_outage() {
    let rows = [row("order-1", "OrderPlaced"), row("order-2", "OrderPlaced")];
    let outbox = Given(vec![
        message(1, Published::Failed, Some("broker down")),
        message(2, Published::No, Some("timeout")),
        message(2, Published::Yes, Some("once")),
    ]);
    let found = told("relay-outage", &rows, &[], &outbox);
    assert_eq!(found[0].1, ["1 given up: broker down", "2 waits: timeout"]);
    assert_eq!(
        found[0].0.explanation,
        "2 messages could not be published: 1 was given up, 1 waits still."
    );
    let calm = Given(vec![
        message(1, Published::Yes, None),
        message(2, Published::No, None),
    ]);
    assert!(told("relay-outage", &rows, &[], &calm).is_empty());
}

#[test]
fn a_relay_that_publishes_nothing_is_told_while_it_lasts_and_when_it_was() {
    let at = |seconds: i64| Row {
        recorded: second(seconds),
        ..row("order-1", "OrderPlaced")
    };
    let rows = [at(0), at(1), at(7200)];
    let sent = |position: i64, published: Option<i64>, attempts: i64| {
        let (kind, says) = message(position, Published::No, None);
        let Says::Outbox(row) = says else {
            unreachable!("a message")
        };
        let row = OutboxMessage {
            created_at: second(position - 1),
            published_at: published.and_then(second),
            published: Some(published.map_or(Published::No, |_| Published::Yes)),
            attempts: Some(attempts),
            ..row
        };
        (kind, Says::Outbox(row))
    };
    let done = |position: i64, at: i64| {
        let of = Mark {
            application: None,
            event: Marked::Position(Position(position)),
        };
        let row = crate::log::Processed {
            consumer: Some("mailer".to_owned()),
            of: Some(of),
            processed_at: second(at),
            attempts: None,
        };
        (SideKind::Processed, Says::Processed(row))
    };
    let lasts = Given(vec![sent(1, Some(1), 1), sent(2, None, 1), done(1, 2)]);
    let found = told("relay-outage", &rows, &[], &lasts);
    assert_eq!(found[0].1, ["2 waits"]);
    assert_eq!(
        found[0].0.explanation,
        "Nothing has been published since 1970-01-01 00:00:01 UTC (1 h 59 min): 1 message waits, and with it mailer."
    );
    let over = Given(vec![
        sent(1, Some(1), 1),
        sent(2, Some(3600), 9),
        done(1, 2),
    ]);
    let found = told("relay-outage", &rows, &[], &over);
    assert_eq!(found[0].1, ["2 9 attempts"]);
    assert_eq!(
        found[0].0.explanation,
        "1 message took up to 9 attempts to publish. Nothing was published from 1970-01-01 00:00:01 UTC to \
         1970-01-01 01:00:00 UTC (59 min 59 s): 1 message waited, and with it mailer."
    );
}

#[test]
fn types_named_like_commands_throughout_are_a_style() {
    let types = ["Create Order", "Pay Order", "Cancel Order", "Done"];
    let rows: Vec<Row<'_>> = types.iter().map(|kind| row("order-1", kind)).collect();
    let found = told("command-as-event", &rows, &[], &NoRows);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].0.severity, found[0].0.count), (Severity::Info, 3));
    let types = ["OrderCreated", "OrderPaid", "SendMail", "Done"];
    let rows: Vec<Row<'_>> = types.iter().map(|kind| row("order-1", kind)).collect();
    let found = told("command-as-event", &rows, &[], &NoRows);
    assert_eq!(
        (found[0].0.severity, found[0].0.count),
        (Severity::Warning, 1)
    );
}

#[test]
fn copies_are_found_whatever_of_the_envelope_the_payload_repeats() {
    let kinds = [
        "Opened", "Paid", "Sent", "Paid", "Noted", "Paid", "Closed", "Paid",
    ];
    let ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let rows = kinds
        .iter()
        .zip(ids)
        .enumerate()
        .map(|(n, (kind, id))| Row {
            event_id: Some(id),
            recorded: second(n as i64),
            ..row("order-1", kind)
        });
    let rows: Vec<Row<'_>> = rows.collect();
    let bodies = [
        ["", ""],
        [r#"{"event_id": "b", "amount": 5}"#, ""],
        ["", ""],
        [r#"{"event_id": "d", "amount": 5}"#, ""],
        ["", ""],
        [r#"{"event_id": "f", "amount": 6}"#, ""],
        ["", ""],
        [r#"{"event_id": "h", "amount": 7}"#, ""],
    ];
    let fold = FoldRules {
        drop_keys: vec!["event_id".to_owned()],
    };
    let found = told_with("duplicate-content-new-id", &rows, &bodies, &NoRows, &fold);
    assert_eq!(found[0].1, ["2 ", "4 "]);
    assert!(told("duplicate-content-new-id", &rows, &bodies, &NoRows).is_empty());
}

#[test]
fn what_a_type_does_again_and_again_is_no_copy() {
    let kinds = ["Scheduled", "Started", "Scheduled", "Scheduled"];
    let ids = ["a", "b", "c", "d"];
    let rows = kinds.iter().zip(ids).map(|(kind, id)| Row {
        event_id: Some(id),
        recorded: second(1),
        ..row("workflow-1", kind)
    });
    let rows: Vec<Row<'_>> = rows.collect();
    let bodies = [[r#"{"queue": "q", "attempt": 1}"#, ""]; 4];
    assert!(told("duplicate-content-new-id", &rows, &bodies, &NoRows).is_empty());
}

#[test]
fn a_long_stream_of_a_file_without_snapshots_is_a_note() {
    let rows = vec![row("activity-1", "Logged"); 120];
    let found = told("unbounded-stream", &rows, &[], &NoRows);
    assert_eq!(found[0].0.severity, Severity::Info);
    let found = told("unbounded-stream", &rows, &[], &Given::default());
    assert_eq!(found[0].0.severity, Severity::Warning);
}

#[test]
fn writes_that_were_based_on_one_version_are_concurrent() {
    for key in ["expected_version", "based_on_version", "if_match"] {
        let rows = [
            row("cart-1", "Changed"),
            row("cart-1", "Changed"),
            row("cart-1", "Changed"),
        ];
        let metadata = format!(r#"{{"{key}": 1}}"#);
        let bodies = [
            [r#"{"n": 1}"#, ""],
            [r#"{"n": 2}"#, metadata.as_str()],
            [r#"{"n": 3}"#, metadata.as_str()],
        ];
        let found = told("concurrent-writes", &rows, &bodies, &NoRows);
        assert_eq!(found.len(), 1, "{key}");
        assert!(found[0].1[1].starts_with("3 "), "{key}: {found:?}");
        assert_eq!(found[0].0.count, 1, "{key}");
        assert_eq!(found[0].0.evidence[1].events.len(), 1, "{key}");
    }
}

fn at(position: i64) -> Option<Mark> {
    Some(Mark {
        application: None,
        event: Marked::Position(Position(position)),
    })
}

#[test]
fn who_stands_at_a_present_checkpoint_is_a_note_as_the_lag_report_has_it() {
    let rows = (0..4).map(|n| Row {
        recorded: second(n * 3600),
        ..row("order-1", "OrderPlaced")
    });
    let rows: Vec<Row<'_>> = rows.collect();
    let checkpoint = |position, now| {
        let row = Checkpoint {
            consumer: "mailer".to_owned(),
            partition: None,
            reached: at(position),
            categories: Vec::new(),
            types: Vec::new(),
            status: None,
            error: None,
            updated_at: second(now),
        };
        Given(vec![(SideKind::Checkpoints, Says::Checkpoint(row))])
    };
    let found = told("consumer-stopped", &rows, &[], &checkpoint(2, 3601));
    let (one, evidence) = &found[0];
    assert_eq!((one.severity, one.count), (Severity::Info, 1));
    assert_eq!(evidence, &["3 the first that waits for mailer"]);
    assert_eq!(
        one.explanation,
        "This consumer is behind at its present checkpoint, of which the store keeps no history: mailer (2 events wait, the first for 1 h)."
    );
    assert!(told("consumer-stopped", &rows, &[], &checkpoint(4, 10_801)).is_empty());
}

#[test]
fn what_cannot_be_read_did_not_fail_for_its_order() {
    let rows = (0..3).map(|n| Row {
        occurred: second(10 - n),
        ..row("order-1", "OrderPlaced")
    });
    let rows: Vec<Row<'_>> = rows.collect();
    let letter = DeadLetter {
        consumer: Some("mailer".to_owned()),
        of: at(1),
        message_type: None,
        payload: Payload::Absent,
        error: Some("no good".to_owned()),
        at: second(20),
        attempts: None,
        status: None,
    };
    let beside = Given(vec![(SideKind::DeadLetters, Says::DeadLetter(letter))]);
    let found = |first: &'static str| {
        let bodies = [[first, ""], ["{}", ""], ["{}", ""]];
        told("temporal-coupling", &rows, &bodies, &beside).len()
    };
    assert_eq!((found(r#"{"n": 1}"#), found(r#"{"n": "#)), (1, 0));
}

#[test]
fn content_is_the_same_however_it_is_written() {
    let rows = ["a", "a", "b", "b"].map(|id| Row {
        event_id: Some(id),
        ..row("order-1", "OrderPlaced")
    });
    let bodies = [
        [r#"{"n": 9, "amount": 19.0}"#, ""],
        [r#"{"amount": 19, "n": 9}"#, ""],
        [r#"{"n": 9}"#, ""],
        [r#"{"n": 8}"#, ""],
    ];
    let evidence = |rule| told(rule, &rows, &bodies, &NoRows).remove(0).1;
    assert_eq!(evidence("duplicate-id-same-content").len(), 2);
    let different = evidence("duplicate-id-different-content");
    assert_eq!(
        different.last().map(String::as_str),
        Some("4 /n 8, before 9")
    );
}
