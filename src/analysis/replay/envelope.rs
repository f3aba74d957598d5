//! What an event type's name says about its payload, and the wrappings that libraries put around
//! one. Works on names and JSON alone.

use serde_json::{Map, Value};

/// Endings of a type's name that announce a new value for one field.
const CHANGES: [&str; 5] = ["changed", "updated", "set", "renamed", "corrected"];

/// Takes the payload out of its envelope: keys that only copy the envelope's columns are left out,
/// and an externally tagged enum (`{"NameAdded": {…}}` on the type `NameAdded`) is its content.
pub fn open(
    mut payload: Map<String, Value>,
    event_type: &str,
    drop_keys: &[String],
) -> Map<String, Value> {
    let drop = |payload: &mut Map<String, Value>| {
        payload.retain(|key, _| !drop_keys.iter().any(|drop| drop == key));
    };
    drop(&mut payload);
    if payload.len() == 1 {
        match payload.iter_mut().next() {
            Some((key, Value::Object(content))) if same_name(key, event_type) => {
                let mut content = std::mem::take(content);
                drop(&mut content);
                return content;
            }
            _ => {}
        }
    }
    payload
}

/// Replaces every wrapped scalar (`{"_type_": "decimal_str", "_data_": "12.30"}`), at any depth, by
/// its value.
pub fn unwrap_scalars(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.len() == 2
                && map.contains_key("_type_")
                && let Some(data) = map.get_mut("_data_")
            {
                *value = data.take();
                unwrap_scalars(value);
                return;
            }
            map.values_mut().for_each(unwrap_scalars);
        }
        Value::Array(items) => items.iter_mut().for_each(unwrap_scalars),
        _ => {}
    }
}

/// The field that a type's name says it changes, as words (`EmailAddressChanged`: `email`,
/// `address`). `None` if the name does not announce a change of a field.
pub fn changed_field(event_type: &str) -> Option<Vec<String>> {
    let mut segments = segments(event_type);
    let mut last = words(segments.pop()?);
    if last.last().is_some_and(|word| word == "event") {
        last.pop();
    }
    if !CHANGES.contains(&last.pop()?.as_str()) {
        return None;
    }
    if last.is_empty() {
        // `user.email.changed`: the field is the segment before.
        last = words(segments.pop()?);
    }
    (!last.is_empty()).then_some(last)
}

/// A name reduced to what counts when names are compared: case, `_` and `-` do not.
pub fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn same_name(key: &str, event_type: &str) -> bool {
    if key == event_type || plain(key) == plain(event_type) {
        return true;
    }
    let last = |name: &str| {
        segments(name)
            .pop()
            .map(plain)
            .filter(|name| !name.is_empty())
    };
    last(key).is_some_and(|key| Some(key) == last(event_type))
}

/// The parts of a namespaced name (`__main__:Account.Opened`, `com/acme/Opened`, `Acme\Opened`),
/// without a trailing version (`.v2`, `:1`).
fn segments(name: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = name
        .split(['.', ':', '/', '\\', '+', '$', '@', '#'])
        .filter(|part| !part.is_empty())
        .collect();
    let is_version = |part: &str| {
        let digits = part.strip_prefix(['v', 'V']).unwrap_or(part);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    while parts.len() > 1 && parts.last().is_some_and(|part| is_version(part)) {
        parts.pop();
    }
    parts
}

/// The lower-case words of a name in any casing (`EmailChanged`, `email_changed`, `EMAIL-CHANGED`,
/// `URLSet`), without a trailing version word (`v2`).
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let chars: Vec<char> = name.chars().collect();
    let mut at_start = true;
    for (at, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            at_start = true;
            continue;
        }
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after_lower = before.is_some_and(|b| b.is_lowercase() || b.is_numeric());
        let ends_capitals = before.is_some_and(char::is_uppercase)
            && chars.get(at + 1).is_some_and(|a| a.is_lowercase());
        if at_start || (c.is_uppercase() && (after_lower || ends_capitals)) {
            words.push(String::new());
            at_start = false;
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    let is_version = |word: &String| {
        word.strip_prefix('v')
            .is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
    };
    if words.len() > 1 && words.last().is_some_and(is_version) {
        words.pop();
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn opened(payload: Value, event_type: &str, drop: &[&str]) -> Value {
        let Value::Object(map) = payload else {
            panic!("an object")
        };
        let drop: Vec<String> = drop.iter().map(ToString::to_string).collect();
        Value::Object(open(map, event_type, &drop))
    }

    #[test]
    fn external_tags_are_opened_in_any_spelling_of_the_type() {
        let inner = json!({"a": 1});
        for (tag, event_type) in [
            ("NameAdded", "NameAdded"),
            ("name_added", "NameAdded"),
            ("NameAdded", "bank.account.NameAdded"),
            ("BankAccountEvent::NameAdded", "NameAdded"),
            ("NameAdded", "__main__:Account.NameAdded"),
            ("NameAdded", "name-added"),
            ("NameAdded", "account.name_added.v2"),
        ] {
            assert_eq!(
                opened(json!({tag: inner}), event_type, &[]),
                inner,
                "{tag} {event_type}"
            );
        }
    }

    #[test]
    fn what_is_no_envelope_stays() {
        for payload in [
            json!({"NameAdded": 7}),
            json!({"Other": {}}),
            json!({"NameAdded": {}, "b": 1}),
        ] {
            assert_eq!(opened(payload.clone(), "NameAdded", &[]), payload);
        }
    }

    #[test]
    fn copies_of_the_envelope_are_left_out_inside_and_outside_the_tag() {
        let payload = json!({"type": "Opened", "Opened": {"timestamp": 1, "owner": "x"}});
        assert_eq!(
            opened(payload, "Opened", &["type", "timestamp"]),
            json!({"owner": "x"})
        );
    }

    #[test]
    fn wrapped_scalars_are_their_value_anywhere() {
        let mut value = json!({
            "amount": {"_type_": "decimal_str", "_data_": "12.30"},
            "list": [{"_type_": "tuple_as_list", "_data_": [{"_type_": "uuid_hex", "_data_": "ab"}]}],
            "not": {"_type_": "x", "_data_": 1, "more": 2},
        });
        unwrap_scalars(&mut value);
        let expected = json!({"amount": "12.30", "list": [["ab"]], "not": {"_type_": "x", "_data_": 1, "more": 2}});
        assert_eq!(value, expected);
    }

    #[test]
    fn type_names_tell_the_field_they_change() {
        for (event_type, field) in [
            ("EmailChanged", "email"),
            ("NameUpdated", "name"),
            ("email_address_corrected", "email_address"),
            ("__main__:BankAccount.OverdraftLimitSet", "overdraft_limit"),
            ("user.email.changed", "email"),
            ("Acme.Users.URLSet", "url"),
            ("HomeURLRenamed", "home_url"),
            ("EmailChangedV2", "email"),
            ("EmailChangedEvent", "email"),
            ("email-changed.v3", "email"),
        ] {
            assert_eq!(
                changed_field(event_type).map(|w| w.join("_")).as_deref(),
                Some(field),
                "{event_type}"
            );
        }
        for event_type in ["Changed", "UserCreated", "Reset", "", "...", "Offset"] {
            assert_eq!(changed_field(event_type), None, "{event_type}");
        }
    }
}
