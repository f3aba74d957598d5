//! What a wrong clock makes of the other rules.

use super::*;

const SERVICES: [&str; 3] = ["orders", "payments", "parcels"];

/// Three services, of which that of payments is ten seconds behind: each order is paid and sent. Each tells when
/// something occurred by its own clock; `late` are seconds by which the last event had occurred before that.
fn with_a_wrong_clock(streams: [&str; 3], late: i64) -> Vec<Finding> {
    let ids: Vec<String> = (0..31).map(|n| format!("id-{n}")).collect();
    let rows = (0..30_usize).map(|n| {
        let at = 100 + n as i64 - if n % 3 == 1 { 10 } else { 0 };
        Row {
            event_id: Some(&ids[n]),
            causation: Some(ids[n.saturating_sub(1)].as_str()).filter(|_| n % 3 > 0),
            recorded: second(at),
            occurred: second(at - if n == 29 { late } else { 0 }),
            ..row(streams[n % 3], "Happened")
        }
    });
    let rows: Vec<Row<'_>> = rows.collect();
    let metadata = SERVICES.map(|name| format!(r#"{{"service": "{name}"}}"#));
    let data: Vec<String> = (0..30).map(|n| format!(r#"{{"n": {n}}}"#)).collect();
    let bodies: Vec<[&str; 2]> = (0..30)
        .map(|n| [data[n].as_str(), metadata[n % 3].as_str()])
        .collect();
    findings(&rows, &bodies)
}

fn findings(rows: &[Row<'_>], bodies: &[[&str; 2]]) -> Vec<Finding> {
    let log = log_of_rows(rows);
    let audited = Audited {
        whole: Whole {
            log: &log,
            cut: log.at_head(),
            payloads: &Written(bodies),
            shown: &Written(bodies),
            rows: &NoRows,
            fold: &FoldRules::default(),
        },
        tables: &NoTables,
    };
    let report = audit(&audited, &AuditOptions::default(), &Task::new()).unwrap();
    report.findings
}

fn of(found: &[Finding], rule: &str) -> Vec<(Severity, u64)> {
    let own = found.iter().filter(|one| one.rule == rule);
    own.map(|one| (one.severity, one.count)).collect()
}

#[test]
fn what_follows_from_a_wrong_clock_is_a_note_beside_it() {
    let found = with_a_wrong_clock(["order-1", "payment-1", "parcel-1"], 0);
    assert_eq!(of(&found, "clock-skew"), [(Severity::Warning, 1)]);
    assert_eq!(of(&found, "effect-before-cause"), [(Severity::Info, 10)]);
    assert_eq!(of(&found, "recorded-backwards"), [(Severity::Info, 10)]);
    assert!(found.iter().all(|one| one.severity < Severity::Error));
    let skew = found.iter().find(|one| one.rule == "clock-skew").unwrap();
    assert_eq!(
        skew.explanation,
        "The clock of orders is ahead of that of payments by 9.00 s at least: 10 of 10 effects across them came before the cause. Nothing tells which of the two is wrong."
    );
}

#[test]
fn what_only_a_wrong_clock_puts_out_of_order_is_a_note_behind_what_is() {
    let found = with_a_wrong_clock(["order-1"; 3], 0);
    assert_eq!(of(&found, "out-of-order"), [(Severity::Info, 10)]);
    let found = with_a_wrong_clock(["order-1"; 3], 5);
    assert_eq!(
        of(&found, "out-of-order"),
        [(Severity::Warning, 1), (Severity::Info, 10)]
    );
    // The one that was late by its own clock.
    let own = found.iter().find(|one| one.rule == "out-of-order").unwrap();
    let last = own.evidence.last().and_then(|own| own.version);
    assert_eq!(
        last,
        own.evidence.iter().filter_map(|own| own.version).max()
    );
    assert!(own.explanation.starts_with("1 event occurred before"));
}

/// Orders and payments cause each other, the clock of payments ten seconds behind; in the end both write to one
/// stream without a cause.
#[test]
fn writes_of_unknown_order_are_a_note_with_advice_of_its_own() {
    let ids: Vec<String> = (0..26).map(|n| format!("id-{n}")).collect();
    let rows = (0..26_usize).map(|n| Row {
        event_id: Some(&ids[n]),
        causation: (1..24).contains(&n).then(|| ids[n - 1].as_str()),
        recorded: second(100 + n as i64 - if n % 2 == 1 { 10 } else { 0 }),
        ..row(
            ["order-1", "payment-1", "basket-1"][if n < 24 { n % 2 } else { 2 }],
            "Happened",
        )
    });
    let rows: Vec<Row<'_>> = rows.collect();
    let metadata = SERVICES.map(|name| format!(r#"{{"service": "{name}"}}"#));
    let data: Vec<String> = (0..26).map(|n| format!(r#"{{"n": {n}}}"#)).collect();
    let bodies: Vec<[&str; 2]> = (0..26)
        .map(|n| [data[n].as_str(), metadata[n % 2].as_str()])
        .collect();
    let found = findings(&rows, &bodies);
    assert_eq!(of(&found, "concurrent-writes"), [(Severity::Info, 1)]);
    let note = (found.iter()).find(|one| one.rule == "concurrent-writes");
    let advice = note.unwrap().advice;
    assert!(
        advice.starts_with("Set the clocks of the two right"),
        "{advice}"
    );
}
