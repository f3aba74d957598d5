//! The laws of replay, over random histories: what the default fold, blame and diff must be, told
//! a second time in the plainest way.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;
use crate::analysis::testing::{log_of, samples};
use crate::model::Version;

/// RFC 7396, word for word.
fn reference_merge(target: Value, patch: &Value) -> Value {
    let Value::Object(patch) = patch else {
        return patch.clone();
    };
    let mut target = match target {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    for (key, value) in patch {
        if value.is_null() {
            target.shift_remove(key);
        } else {
            let old = target.get(key).cloned().unwrap_or(Value::Null);
            target.insert(key.clone(), reference_merge(old, value));
        }
    }
    Value::Object(target)
}

pub(super) fn any_json() -> impl Strategy<Value = Value> {
    let number = prop_oneof!["[0-9]{1,3}", "1\\.0{1,3}"].prop_map(|digits| {
        serde_json::from_str::<Value>(digits.trim_start_matches('0')).unwrap_or(0.into())
    });
    let leaf = prop_oneof![
        3 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        3 => number,
        2 => "[a-c]{0,2}".prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            4 => object(inner),
        ]
    })
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::collection::vec(("[ab~/]", inner), 0..4)
        .prop_map(|fields| Value::Object(fields.into_iter().collect()))
}

/// Payloads, most of them objects, as they stand in a store.
pub(super) fn any_history() -> impl Strategy<Value = Vec<String>> {
    let payload = prop_oneof![8 => object(any_json()), 1 => any_json()];
    prop::collection::vec(payload.prop_map(|payload| payload.to_string()), 0..24)
}

pub(super) fn folded(history: &[String]) -> MergeFold {
    continued(MergeFold::new(), 0, history)
}

fn continued(mut fold: MergeFold, from: usize, history: &[String]) -> MergeFold {
    for (at, text) in history.iter().enumerate().skip(from) {
        let payload = Payload::from_text(text.clone());
        fold.apply(
            &FoldRules::default(),
            EventIx::from_usize(at),
            "Happened",
            &payload,
        );
    }
    fold
}

fn apply(mut state: Value, differences: &[Difference]) -> Value {
    for difference in differences {
        let keys: Vec<_> = pointer::keys(&difference.path).collect();
        let Some((last, path)) = keys.split_last() else {
            state = difference.to.clone().unwrap_or(Value::Null);
            continue;
        };
        let mut at = &mut state;
        for key in path {
            at = &mut at[&**key];
        }
        let Value::Object(map) = at else {
            panic!("an object at {}", difference.path)
        };
        assert_eq!(
            map.get(&**last),
            difference.from.as_ref(),
            "{}",
            difference.path
        );
        match &difference.to {
            Some(to) => map.insert(last.to_string(), to.clone()),
            None => map.shift_remove(&**last),
        };
    }
    state
}

/// Whether a payload says anything about the place or about something it stands in.
fn touches(payload: &Value, pointer: &str) -> bool {
    let mut at = payload;
    for key in pointer::keys(pointer) {
        match at {
            Value::Object(map) => match map.get(&*key) {
                Some(value) => at = value,
                None => return false,
            },
            _ => return true,
        }
    }
    true
}

proptest! {
    #[test]
    fn digits_survive_from_payload_to_state_to_json(
        numbers in prop::collection::vec(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,5})?", 1..5),
    ) {
        let list = numbers.join(",");
        let payload = format!(r#"{{"first":{},"inner":{{"all":[{list}]}}}}"#, numbers[0]);
        let state = folded(&[r#"{"first":1,"inner":{"all":[]}}"#.to_owned(), payload.clone()]);
        prop_assert_eq!(serde_json::to_string(&state.tree().to_value()).unwrap(), payload);
    }

    #[test]
    fn the_fold_is_rfc_7396(history in any_history()) {
        let mut expected = Value::Object(Map::new());
        for text in &history {
            let patch: Value = serde_json::from_str(text).unwrap();
            if patch.is_object() {
                expected = reference_merge(expected, &patch);
            }
        }
        prop_assert_eq!(folded(&history).tree().to_value(), expected);
    }

    #[test]
    fn replay_to_n_then_m_is_replay_to_m(history in any_history(), n in 0_usize..24) {
        let n = n.min(history.len());
        let first = folded(&history[..n]);
        let snapshot = first.clone();
        let on = continued(first, n, &history);
        prop_assert_eq!(&on, &folded(&history));
        prop_assert_eq!(on.tree().to_value().to_string(), folded(&history).tree().to_value().to_string());
        // Going on changed nothing behind the snapshot's back.
        prop_assert_eq!(snapshot, folded(&history[..n]));
    }

    #[test]
    fn blame_names_events_that_touched_the_leaf(history in any_history()) {
        let fold = folded(&history);
        let state = fold.tree().to_value();
        let mut live = 0;
        let mut failed = None;
        fold.tree().for_each_leaf(&mut |leaf| {
            let by = leaf.blame.set_by.at();
            let payload: Value = serde_json::from_str(&history[by]).unwrap();
            let before = folded(&history[..=by]);
            let right = touches(&payload, leaf.pointer)
                && leaf.blame.changed_by <= leaf.blame.set_by
                && match leaf.value {
                    Some(value) => {
                        live += 1;
                        state.pointer(leaf.pointer) == Some(value)
                            && before.tree().to_value().pointer(leaf.pointer) == Some(value)
                    }
                    None => {
                        state.pointer(leaf.pointer).is_none()
                            && before.tree().get(leaf.pointer) == Found::Removed(leaf.blame.set_by)
                    }
                };
            if !right {
                failed = Some(format!("{leaf:?}"));
            }
        });
        prop_assert_eq!(failed, None);
        prop_assert_eq!(live, count_leaves(&state));
    }

    #[test]
    fn a_field_changed_where_blame_says_and_not_since(history in any_history()) {
        let fold = folded(&history);
        let mut leaves = Vec::new();
        fold.tree().for_each_leaf(&mut |leaf| {
            leaves.push((leaf.pointer.to_owned(), leaf.value.cloned(), leaf.blame.changed_by.at()));
        });
        for (pointer, value, changed) in leaves {
            let at = |n: usize| folded(&history[..n]).tree().to_value().pointer(&pointer).cloned();
            prop_assert_ne!(at(changed), value.clone(), "{} before #{}", pointer, changed);
            for n in changed + 1..=history.len() {
                prop_assert_eq!(at(n), value.clone(), "{} after {} events", pointer, n);
            }
        }
    }

    #[test]
    fn a_version_names_the_events_that_have_it_in_any_stream(samples in samples(60), chunk in 1..20_usize) {
        let log = log_of(&samples, chunk);
        for stream in (0..log.streams().len()).map(StreamIx::from_usize) {
            let events = log.stream_events(stream);
            for version in -1..70 {
                let has_it = |event: &&EventIx| log.version_in(**event, stream) == Some(Version(version));
                prop_assert_eq!(at_version(&log, stream, Version(version)), events.iter().rfind(has_it).copied());
                prop_assert_eq!(from_version(&log, stream, Version(version)), events.iter().find(has_it).copied());
                let told = at_version(&log, stream, Version(version))
                    .and_then(|read| repeated_version(&log, stream, Version(version), read));
                prop_assert_eq!(told.is_some(), events.iter().filter(has_it).count() > 1);
            }
        }
    }

    #[test]
    fn a_diff_leads_from_one_state_to_the_other(history in any_history(), other in any_history(), n in 0_usize..24) {
        let earlier = folded(&history[..n.min(history.len())]);
        let later = folded(&history);
        let foreign = folded(&other);
        for (a, b) in [(&earlier, &later), (&later, &earlier), (&later, &foreign), (&foreign, &later)] {
            let (from, to) = (a.tree().to_value(), b.tree().to_value());
            let differences = diff(a.tree(), b.tree());
            prop_assert_eq!(apply(from.clone(), &differences), to.clone());
            prop_assert_eq!(differences.is_empty(), from == to);
            prop_assert!(differences.iter().all(|d| d.from != d.to));
            let mut by_value = differing(&from, &to);
            let mut by_tree = differences;
            by_value.sort_by(|a, b| a.path.cmp(&b.path));
            by_tree.sort_by(|a, b| a.path.cmp(&b.path));
            prop_assert_eq!(by_tree, by_value);
        }
    }
}

/// An empty object is a leaf, but for the root.
fn count_leaves(root: &Value) -> usize {
    let below = |value: &Value| match value {
        Value::Object(map) if !map.is_empty() => count_leaves(value),
        _ => 1,
    };
    root.as_object()
        .map_or(0, |map| map.values().map(below).sum())
}

/// Where two states differ, told by their JSON.
fn differing(from: &Value, to: &Value) -> Vec<Difference> {
    fn go(a: Option<&Value>, b: Option<&Value>, at: &str, out: &mut Vec<Difference>) {
        if let (Some(Value::Object(a)), Some(Value::Object(b))) = (a, b) {
            let added = b.keys().filter(|key| !a.contains_key(*key));
            for key in a.keys().chain(added) {
                let mut at = at.to_owned();
                pointer::push(&mut at, key);
                go(a.get(key), b.get(key), &at, out);
            }
        } else if a != b {
            out.push(Difference {
                path: at.to_owned(),
                kind: match (a, b) {
                    (None, _) => Change::Added,
                    (_, None) => Change::Removed,
                    _ => Change::Changed,
                },
                from: a.cloned(),
                to: b.cloned(),
            });
        }
    }
    let mut out = Vec::new();
    go(Some(from), Some(to), "", &mut out);
    out
}
