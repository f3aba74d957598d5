//! Payloads that change, by example.

use super::*;

/// Six events of each version of one type.
fn versions(of: &[(&'static str, &'static str)]) -> (Vec<Row<'static>>, Vec<[&'static str; 2]>) {
    let all = of
        .iter()
        .flat_map(|own| std::iter::repeat_n(*own, 6))
        .map(|(version, body)| {
            let row = Row {
                schema_version: Some(version),
                ..row("thing-1", "Changed")
            };
            (row, [body, ""])
        });
    all.unzip()
}

#[test]
fn a_field_that_comes_back_with_another_type_is_told() {
    let (rows, bodies) = versions(&[
        ("1", r#"{"k": 1, "a": 1}"#),
        ("2", r#"{"k": 1}"#),
        ("3", r#"{"k": 1, "a": "one"}"#),
        ("4", r#"{"k": 1, "a": "two"}"#),
    ]);
    let found = told("schema-incompatible", &rows, &bodies, &NoRows);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        found[0].0.explanation,
        "In Changed, /a is integer up to version 1 and string from version 3 on."
    );
    assert_eq!(found[0].1, ["6 last of version 1", "13 first of version 3"]);
}

#[test]
fn findings_of_one_rule_are_about_different_things() {
    let (rows, bodies) = versions(&[
        ("1", r#"{"old": "a", "new": "b"}"#),
        ("2", r#"{"old": {"first": "a"}, "new": {"first": "b"}}"#),
    ]);
    let found = told("schema-incompatible", &rows, &bodies, &NoRows);
    let about = found.iter().map(|(finding, _)| finding.about.as_deref());
    assert_eq!(
        about.collect::<Vec<_>>(),
        [Some("Changed /new"), Some("Changed /old")]
    );
}

#[test]
fn of_two_types_within_a_version_the_fewer_are_the_wrong_ones_where_no_registry_tells() {
    let (mut rows, mut bodies) = versions(&[("1", r#"{"n": "one"}"#)]);
    let one = rows[0];
    rows.push(one);
    bodies.push([r#"{"n": 1}"#, ""]);
    let found = told("schema-mixed-types", &rows, &bodies, &NoRows);
    assert_eq!(found[0].0.count, 1);
    assert_eq!(found[0].0.about.as_deref(), Some("Changed /n"));
}

#[test]
fn events_of_one_version_are_concurrent() {
    let writes = ["opened", "by one", "by another"].map(|id| Row {
        event_id: Some(id),
        version: Some(if id == "opened" { 1 } else { 2 }),
        ..row("cart-1", "Changed")
    });
    let bodies = [
        [r#"{"n": 1}"#, ""],
        [r#"{"n": 2}"#, ""],
        [r#"{"n": 3}"#, ""],
    ];
    let log = log_of_rows(&writes);
    let audited = Audited {
        whole: Whole {
            log: &log,
            cut: log.at_head(),
            payloads: &Written(&bodies),
            shown: &Written(&bodies),
            rows: &NoRows,
            fold: &FoldRules::default(),
        },
        tables: &NoTables,
    };
    let facts = Facts::gather(&audited, &Task::new()).unwrap();
    let sides = facts.conflicts.iter().map(|own| own.sides.len());
    assert_eq!(sides.collect::<Vec<_>>(), [2]);
}
