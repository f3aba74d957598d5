//! The rows of the tree, tested on folds of small histories.

use std::sync::Arc;

use serde_json::json;

use super::{FieldKind, FieldRow, FieldRows, Fold, Folds, Touched};
use crate::analysis::replay::{Change, Existence, FoldRules, MergeFold, StateAt};
use crate::log::{Bound, Clock, Log, Payload};
use crate::model::{EventIx, StreamIx};

fn state(payloads: &[serde_json::Value]) -> StateAt {
    let log = Arc::new(Log::default());
    let mut fold = MergeFold::new();
    let mut before = MergeFold::new();
    for (at, payload) in payloads.iter().enumerate() {
        before = fold.clone();
        let payload = Payload::from_text(payload.to_string());
        fold.apply(
            &FoldRules::default(),
            EventIx::from_usize(at),
            "Noted",
            &payload,
        );
    }
    StateAt {
        stream: StreamIx(0),
        cut: log.cut(Clock::Recorded, Bound::Head),
        existence: Existence::Exists,
        events: payloads.len(),
        last: None,
        next: None,
        left_out: Vec::new(),
        forks: Vec::new(),
        gap: None,
        repeated: Vec::new(),
        before,
        fold,
    }
}

fn paths(fields: &FieldRows) -> Vec<(&str, Option<Change>)> {
    let row = |row: &'_ FieldRow| row.mark;
    fields
        .rows
        .iter()
        .map(|r| (r.pointer.as_str(), row(r)))
        .collect()
}

#[test]
fn the_last_event_marks_what_it_changed_added_and_removed() {
    let at = state(&[
        json!({"a": 1, "b": {"c": 1, "d": 2}, "e": 5}),
        json!({"b": {"c": 3}, "e": null, "f": {"g": 1}}),
    ]);
    let fields = FieldRows::build(&at, &Folds::default());
    assert_eq!(
        fields.touched,
        Touched {
            changed: 1,
            added: 1,
            removed: 1
        }
    );
    assert_eq!(
        paths(&fields),
        [
            ("/a", None),
            ("/b", None),
            ("/b/c", Some(Change::Changed)),
            ("/b/d", None),
            ("/e", Some(Change::Removed)),
            ("/f", Some(Change::Added)),
            ("/f/g", Some(Change::Added)),
        ]
    );
}

#[test]
fn folding_hides_what_is_inside_and_opens_arrays() {
    let at = state(&[
        json!({"a": {"b": 1}, "list": [1, {"x": 2}]}),
        json!({"z": 0}),
    ]);
    let mut folds = Folds::default();
    folds.toggle("/a", Fold::Open);
    folds.toggle("/list", Fold::Closed);
    folds.toggle("/list/1", Fold::Closed);
    let fields = FieldRows::build(&at, &folds);
    let pointers: Vec<_> = fields.rows.iter().map(|row| row.pointer.as_str()).collect();
    assert_eq!(
        pointers,
        ["/a", "/list", "/list/0", "/list/1", "/list/1/x", "/z"]
    );
    assert_eq!(fields.rows[0].kind, FieldKind::Object(Fold::Closed));
    assert_eq!(fields.row_of("/list/1/x"), Some(4));
    assert_eq!(fields.row_of(""), None);
}

#[test]
fn what_was_removed_earlier_is_counted_and_listed_when_asked() {
    let at = state(&[json!({"a": 1, "b": 2}), json!({"a": null}), json!({"b": 3})]);
    let mut folds = Folds::default();
    let fields = FieldRows::build(&at, &folds);
    assert_eq!(fields.rows.len(), 2);
    assert_eq!(fields.rows[1].kind, FieldKind::Earlier(1));
    folds.toggle_earlier();
    let fields = FieldRows::build(&at, &folds);
    assert_eq!(fields.rows[0].kind, FieldKind::Removed);
    assert_eq!(fields.rows[0].mark, None);
}

#[test]
fn what_the_last_event_did_is_counted_as_fields_are() {
    let at = state(&[
        json!({"a": 1, "old": {"x": 1, "y": {}}}),
        json!({"f": {"g": 1, "h": {"i": 2, "j": []}}, "old": null}),
    ]);
    let fields = FieldRows::build(&at, &Folds::default());
    assert_eq!(
        fields.touched,
        Touched {
            changed: 0,
            added: 3,
            removed: 2
        }
    );
    // In the tree it stands where it happened.
    assert_eq!(fields.differences.len(), 2);
}
