//! What an event type's name says about its payload, and the wrappings that libraries put around
//! one. Works on names and JSON alone.

use serde_json::{Map, Value};

/// Endings of a type's name that announce a new value for one field, and how they are spelled in a
/// name written in `snake_case`.
const CHANGES: [[&str; 2]; 5] = [
    ["Changed", "_changed"],
    ["Updated", "_updated"],
    ["Set", "_set"],
    ["Renamed", "_renamed"],
    ["Corrected", "_corrected"],
];

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
            Some((key, Value::Object(content))) if key == event_type => {
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

/// The field that a type's name says it changes: what stands before the ending that says so. `None` if
/// the name does not announce a change of a field.
pub fn changed_field(event_type: &str) -> Option<&str> {
    let field = CHANGES
        .iter()
        .flatten()
        .find_map(|ending| event_type.strip_suffix(ending))?;
    (!plain(field).is_empty()).then_some(field)
}

/// A name reduced to what counts when names are compared: case and underscores do not.
pub fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| *c != '_');
    letters.flat_map(char::to_lowercase).collect()
}

/// A name in any casing (`HomeAddress`, `homeURL`) in `snake_case`.
pub fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.trim_matches('_').chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after_lower = before.is_some_and(|b| b.is_lowercase() || b.is_numeric());
        let ends_capitals = before.is_some_and(char::is_uppercase)
            && letters
                .get(at + 1)
                .is_some_and(|after| after.is_lowercase());
        if letter.is_uppercase() && (after_lower || ends_capitals) {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
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
    fn an_external_tag_is_the_type_to_the_letter() {
        let inner = json!({"a": 1});
        let tagged = json!({"NameAdded": inner});
        assert_eq!(opened(tagged.clone(), "NameAdded", &[]), inner);
        for other in [
            "name_added",
            "nameadded",
            "bank.NameAdded",
            "NameAdded.v2",
            "Name",
        ] {
            assert_eq!(opened(tagged.clone(), other, &[]), tagged, "{other}");
        }
        // An address is no envelope of the type that is called so.
        let address = json!({"address": {"street": "x"}});
        assert_eq!(opened(address.clone(), "Address", &[]), address);
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
            ("Email_Changed", "email"),
            ("HomeURLRenamed", "home_url"),
            ("OverdraftLimitSet", "overdraft_limit"),
            ("__main__:BankAccount.LimitSet", "main__:bank_account.limit"),
        ] {
            let found = changed_field(event_type).map(snake_case);
            assert_eq!(found.as_deref(), Some(field), "{event_type}");
        }
        for event_type in [
            "Changed",
            "_changed",
            "_Changed",
            "UserCreated",
            "Reset",
            "Offset",
            "",
            "emailchanged",
            "EmailChangedV2",
            "EmailChanged_v2",
            "EmailChangedEvent",
            "email-changed.v3",
        ] {
            assert_eq!(changed_field(event_type), None, "{event_type}");
        }
    }
}
