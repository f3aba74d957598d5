//! Names with values, in the ways in which JSON is written by what has no objects: as one object.

use indexmap::IndexMap;
use serde_json::value::RawValue;

use crate::model::json::members;

/// Keys of a name and of its value, where a pair is an object.
const NAMES: [&str; 4] = ["name", "key", "Name", "Key"];
const VALUES: [&str; 3] = ["value", "Value", "stringValue"];

/// Names with values as one object: `["k1", "v1", "k2", null]`, `[["k1", "v1"]]`, `[{"name": "k1",
/// "value": "v1"}]`, a single such pair, or an object already. Values stay as they are written; of a
/// name that stands twice the last counts.
pub(super) fn pairs(json: &str) -> Option<String> {
    let items: Vec<&RawValue> = match json.trim_ascii_start().as_bytes().first()? {
        b'{' => match named(json) {
            Some((name, value)) => return Some(format!("{{{name}:{value}}}")),
            None => return single(json),
        },
        _ => serde_json::from_str(json).ok()?,
    };
    let is_text = |item: &&RawValue| item.get().starts_with('"');
    let pairs: Vec<(&str, &str)> = match items.first() {
        Some(item) if is_text(item) => items.chunks(2).map(flat).collect::<Option<_>>()?,
        _ => items
            .iter()
            .map(|item| named(item.get()))
            .collect::<Option<_>>()?,
    };
    let mut object = IndexMap::new();
    object.extend(pairs);
    let members = object.iter().map(|(name, value)| format!("{name}:{value}"));
    Some(format!("{{{}}}", members.collect::<Vec<_>>().join(",")))
}

/// An object, in which a name with a list of one value has that value.
fn single(json: &str) -> Option<String> {
    let members = members(json).ok()?;
    let one = |value: &str| {
        let items: Vec<&RawValue> = serde_json::from_str(value).ok()?;
        match items[..] {
            [item] => Some(item.get().to_owned()),
            _ => None,
        }
    };
    let lists = members.iter().all(|(_, value)| value.starts_with('['));
    if members.is_empty() || !lists {
        return Some(json.to_owned());
    }
    let members = members.iter().map(|(name, value)| {
        let name = serde_json::Value::from(&**name);
        let value = one(value).unwrap_or_else(|| (*value).to_owned());
        format!("{name}:{value}")
    });
    Some(format!("{{{}}}", members.collect::<Vec<_>>().join(",")))
}

/// Two items of a flat array, of which the first is a name.
fn flat<'a>(items: &[&'a RawValue]) -> Option<(&'a str, &'a str)> {
    match items {
        [name, value] => Some((name.get(), value.get())).filter(|(name, _)| name.starts_with('"')),
        _ => None,
    }
}

/// A pair of a name, a JSON string, and a value, both as written.
fn named(json: &str) -> Option<(&str, &str)> {
    if json.starts_with('[') {
        let [name, value] = serde_json::from_str::<[&RawValue; 2]>(json).ok()?;
        return name
            .get()
            .starts_with('"')
            .then(|| (name.get(), value.get()));
    }
    let members = members(json).ok()?;
    let of = |names: &[&str]| {
        let found = members.iter().find(|(key, _)| names.contains(&&**key));
        found.map(|(_, value)| *value)
    };
    let name = of(&NAMES).filter(|name| name.starts_with('"'))?;
    Some((name, of(&VALUES)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_become_an_object() {
        let cases = [
            (r#"["k", "v", "n", null]"#, Some(r#"{"k":"v","n":null}"#)),
            (r#"[["k", 1.50], ["k", 2.0]]"#, Some(r#"{"k":2.0}"#)),
            (
                r#"[{"name": "k", "value": {"a": 1}, "time": 3}]"#,
                Some(r#"{"k":{"a": 1}}"#),
            ),
            (
                r#"{"name": "k", "time": 3, "value": "v"}"#,
                Some(r#"{"k":"v"}"#),
            ),
            (
                r#"{"k": ["v"], "n": [1, 2]}"#,
                Some(r#"{"k":"v","n":[1, 2]}"#),
            ),
            (r#"{"k": ["v"], "n": 1}"#, Some(r#"{"k": ["v"], "n": 1}"#)),
            ("[]", Some("{}")),
            (r#"["k", "v", "n"]"#, None),
            ("[1, 2]", None),
            ("7", None),
        ];
        for (json, expected) in cases {
            assert_eq!(pairs(json).as_deref(), expected, "{json}");
        }
    }
}
