//! The default fold of `docs/semantics.md`, for the states that the store itself holds and that the
//! truth tells. Written apart from the analyses, which are judged by it.

use serde_json::{Map, Value};

const CHANGES: [&str; 5] = ["Changed", "Updated", "Set", "Renamed", "Corrected"];

/// Folds one event's payload into a state; a payload that is no object leaves it alone.
pub fn fold(state: &mut Map<String, Value>, event_type: &str, payload: &Value) {
    let Some(payload) = payload.as_object() else {
        return;
    };
    match (
        changed_key(event_type),
        payload.get("old"),
        payload.get("new"),
    ) {
        (Some(key), Some(_), Some(new)) if payload.len() == 2 => set(state, &key, new.clone()),
        _ => merge(state, payload),
    }
}

/// `EmailChanged` sets `email`.
fn changed_key(event_type: &str) -> Option<String> {
    let rest = CHANGES
        .iter()
        .find_map(|end| event_type.strip_suffix(end))?;
    let mut key = String::new();
    for c in rest.chars() {
        if c.is_ascii_uppercase() && !key.is_empty() {
            key.push('_');
        }
        key.push(c.to_ascii_lowercase());
    }
    (!key.is_empty()).then_some(key)
}

fn set(state: &mut Map<String, Value>, key: &str, value: Value) {
    if value.is_null() {
        state.shift_remove(key);
    } else {
        state.insert(key.to_owned(), value);
    }
}

/// RFC 7396.
fn merge(state: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (key, value) in patch {
        match value {
            Value::Null => {
                state.shift_remove(key);
            }
            Value::Object(patch) => {
                let within = state.entry(key).or_insert(Value::Null);
                if !within.is_object() {
                    *within = Value::Object(Map::new());
                }
                if let Value::Object(within) = within {
                    merge(within, patch);
                }
            }
            _ => {
                state.insert(key.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn folded(events: &[(&str, Value)]) -> Value {
        let mut state = Map::new();
        for (event_type, payload) in events {
            fold(&mut state, event_type, payload);
        }
        Value::Object(state)
    }

    #[test]
    fn payloads_merge_and_nulls_remove() {
        let state = folded(&[
            ("Opened", json!({ "a": { "b": 1, "c": 2 }, "d": [1, 2] })),
            ("Moved", json!({ "a": { "b": null }, "d": [3] })),
            ("Broken", json!("{\"a\":")),
        ]);
        assert_eq!(state, json!({ "a": { "c": 2 }, "d": [3] }));
    }

    #[test]
    fn old_and_new_set_what_the_type_is_called_by() {
        let state = folded(&[
            ("UserCreated", json!({ "email": "a", "home_address": 1 })),
            ("EmailChanged", json!({ "old": "a", "new": "b" })),
            ("HomeAddressCorrected", json!({ "old": 1, "new": null })),
            ("EmailSeen", json!({ "old": 1, "new": 2 })),
        ]);
        assert_eq!(state, json!({ "email": "b", "old": 1, "new": 2 }));
    }
}
