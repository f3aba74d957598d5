//! Changes and eras by example.

use super::change::ChangeKind;
use super::changes::changes;
use super::field::Field;
use super::samples::Sample;
use super::verdict::Compatibility;
use super::version::VersionSchema;
use crate::analysis::bodies::Kind;
use crate::model::{EventIx, Position};

/// A field that every event has.
pub(super) fn field(path: &str, kind: Kind) -> Field {
    Field {
        path: path.to_owned(),
        types: vec![kind.json_type()],
        presence: 1.0,
        optional: false,
        format: kind.format(),
        values: Vec::new(),
        kinds: kind.bit(),
        sample: Sample::default(),
    }
}

/// A declared version with these fields.
pub(super) fn version(name: &str, fields: Vec<Field>) -> VersionSchema {
    VersionSchema {
        version: name.to_owned(),
        declared: true,
        from: None,
        to: None,
        first_position: Position(1).into(),
        last_position: Position(9).into(),
        events: 9,
        fields,
        first: EventIx(0),
        last: EventIx(0),
        shapes: Vec::new(),
    }
}

#[test]
fn a_field_with_the_values_of_one_that_went_is_likely_to_be_it() {
    let with = |path: &str, values: &[i64]| Field {
        sample: Sample::of(&values.iter().map(|n| (*n).into()).collect::<Vec<_>>()),
        ..field(path, Kind::Integer)
    };
    let renamed = |one: Field, two: Field| {
        let found = changes(&[one], &[two]);
        let kind = |change: &&super::Change| change.kind == ChangeKind::Renamed;
        found
            .iter()
            .find(kind)
            .and_then(|change| change.evidence.clone())
    };
    let many: Vec<i64> = (100..120).collect();
    assert_eq!(
        renamed(with("/amount", &many[1..]), with("/total", &many[..19])),
        Some("18 of 19 values around the step are the same".to_owned())
    );
    // Small numbers are alike by chance.
    assert_eq!(
        renamed(with("/a", &[1, 2, 3, 4]), with("/b", &[1, 2, 3, 4])),
        None
    );
    // Others, too few, and of another type.
    assert_eq!(
        renamed(with("/a", &[1, 2, 3]), with("/b", &[4, 5, 6])),
        None
    );
    assert_eq!(renamed(with("/a", &[1, 2]), with("/b", &[1, 2])), None);
    let text = Field {
        types: vec!["string"],
        kinds: Kind::Text.bit(),
        ..with("/b", &[1, 2, 3])
    };
    assert_eq!(renamed(with("/a", &[1, 2, 3]), text), None);
}

#[test]
fn a_field_that_becomes_an_object_is_told_once() {
    let one = [
        field("/amount", Kind::Number),
        field("/currency", Kind::Text),
    ];
    let two = [
        field("/amount", Kind::Object),
        field("/amount/currency", Kind::Text),
        field("/amount/value", Kind::Decimal),
    ];
    let found = changes(&one, &two);
    let kinds: Vec<(&str, ChangeKind)> = found
        .iter()
        .map(|change| (change.path.as_str(), change.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            ("/amount", ChangeKind::Retyped),
            ("/currency", ChangeKind::RemovedRequired),
            ("/amount/currency", ChangeKind::Moved)
        ]
    );
    let moved = found.last().unwrap();
    assert_eq!(moved.evidence.as_deref(), Some("the name of /currency"));
    assert_eq!(Compatibility::of(&found), Compatibility::None);
}

#[test]
fn a_name_that_is_spelled_otherwise_is_perhaps_the_same_field() {
    let one = [field("/user_id", Kind::Uuid)];
    let two = [field("/userId", Kind::Uuid)];
    let found = changes(&one, &two);
    let renamed = found
        .iter()
        .find(|change| change.kind == ChangeKind::Renamed)
        .unwrap();
    assert_eq!(renamed.to.as_deref(), Some("/userId"));
    assert_eq!(
        renamed.evidence.as_deref(),
        Some("the name is spelled otherwise")
    );
}

#[test]
fn an_empty_list_is_read_by_whoever_reads_a_full_one() {
    let list = || field("/lines", Kind::Array);
    let full = [list(), field("/lines/*", Kind::Integer)];
    for (one, two) in [(&[list()][..], &full[..]), (&full[..], &[list()][..])] {
        let verdict = Compatibility::of(&changes(one, two));
        assert_eq!(verdict, Compatibility::Full);
    }
}

#[test]
fn what_was_only_ever_null_is_not_read_as_something_else() {
    let null = || field("/note", Kind::Null);
    let number = || field("/note", Kind::Integer);
    let either = || Field {
        types: vec!["integer", "null"],
        kinds: Kind::Integer.bit() | Kind::Null.bit(),
        ..number()
    };
    for (one, two, expected) in [
        (null(), number(), Compatibility::Forward),
        (number(), null(), Compatibility::Backward),
        (null(), either(), Compatibility::Full),
        (either(), null(), Compatibility::Full),
        (null(), null(), Compatibility::Full),
    ] {
        let said = format!("{} to {}", one.words(), two.words());
        let verdict = Compatibility::of(&changes(&[one], &[two]));
        assert_eq!(verdict, expected, "{said}");
    }
}
