//! Where two states differ.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Number, Value};

use super::script::{mark, members, told};
use crate::model::json::pointer;

/// A place where two states differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Differing {
    /// A JSON pointer.
    pub path: String,
    /// The value in the first; null where it has none.
    pub a: Option<Value>,
    /// The value in the second.
    pub b: Option<Value>,
    /// What stands in the first where JSON has no words for it: `NaN`, `Map` and the like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a_is: Option<String>,
    /// The same in the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b_is: Option<String>,
}

impl Differing {
    pub(super) fn new(path: &str, a: Option<&Value>, b: Option<&Value>) -> Self {
        let is = |value: Option<&Value>| value.and_then(mark).map(str::to_owned);
        Self {
            path: path.to_owned(),
            a: a.map(told),
            b: b.map(told),
            a_is: is(a),
            b_is: is(b),
        }
    }

    /// What the first and the second have, in words: `NaN`, `null`, `nothing`.
    #[must_use]
    pub fn words(&self) -> [String; 2] {
        let of = |value: &Option<Value>, is: &Option<String>| match (is, value) {
            (Some(is), _) => is.clone(),
            (None, Some(value)) => value.to_string(),
            (None, None) => "nothing".to_owned(),
        };
        [of(&self.a, &self.a_is), of(&self.b, &self.b_is)]
    }
}

/// The innermost places where `a` and `b` differ, in the order of the fields of `a`. Arrays of one
/// length are compared item by item, Maps and Sets entry by entry, numbers by what they are worth, and
/// what else JSON has no words for by its marks.
#[must_use]
pub fn differing(a: &Value, b: &Value) -> Vec<Differing> {
    let mut found = Vec::new();
    compare(Some(a), Some(b), &mut String::new(), &mut found);
    found
}

fn compare(a: Option<&Value>, b: Option<&Value>, at: &mut String, found: &mut Vec<Differing>) {
    if let (Some(whole), Some(other)) = (a, b)
        && mark(whole) == mark(other)
        && let (Some(a), Some(b)) = (members(whole), members(other))
        && !same(whole, other)
    {
        let before = found.len();
        let [ours, theirs] = [&a, &b].map(|side| {
            let side = side.iter().map(|(key, value)| (key.as_str(), *value));
            side.collect::<BTreeMap<&str, &Value>>()
        });
        let further = b.iter().filter(|(key, _)| !ours.contains_key(key.as_str()));
        for (key, _) in a.iter().chain(further) {
            let [a, b] = [&ours, &theirs].map(|side| side.get(key.as_str()).copied());
            within(key, at, |at| compare(a, b, at, found));
        }
        if found.len() == before {
            found.push(Differing::new(at, Some(whole), Some(other)));
        }
        return;
    }
    match (a, b) {
        (Some(whole @ Value::Object(a)), Some(other @ Value::Object(b)))
            if mark(whole).or(mark(other)).is_none() =>
        {
            let further = b.keys().filter(|key| !a.contains_key(*key));
            for key in a.keys().chain(further) {
                within(key, at, |at| compare(a.get(key), b.get(key), at, found));
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) if a.len() == b.len() => {
            for (n, (a, b)) in a.iter().zip(b).enumerate() {
                within(&n.to_string(), at, |at| {
                    compare(Some(a), Some(b), at, found);
                });
            }
        }
        (Some(a), Some(b)) if same(a, b) => {}
        (a, b) => found.push(Differing::new(at, a, b)),
    }
}

fn within(key: &str, at: &mut String, look: impl FnOnce(&mut String)) {
    let length = at.len();
    pointer::push(at, key);
    look(at);
    at.truncate(length);
}

/// Whether two values are the same, numbers by what they are worth.
#[must_use]
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => same_number(a, b),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let same = |(key, a): (&String, &Value)| b.get(key).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(same)
        }
        (a, b) => a == b,
    }
}

fn same_number(a: &Number, b: &Number) -> bool {
    if a.as_str() == b.as_str() {
        return true;
    }
    match (number(a.as_str()), number(b.as_str())) {
        (Some(a), Some(b)) => a == b,
        // Beyond 28 digits.
        _ => a.as_f64().is_some() && a.as_f64() == b.as_f64() && a.is_f64() && b.is_f64(),
    }
}

/// A number as it is written, where that has at most 28 digits.
#[must_use]
pub fn number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let exact = match text.contains(['e', 'E']) {
        true => Decimal::from_scientific(text),
        false => Decimal::from_str_exact(text),
    };
    exact.ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::differing;

    #[test]
    fn the_innermost_places_are_told() {
        let a = json!({ "a": 1, "b": { "c": [1, 2], "d/e": true }, "f": null });
        let b = json!({ "a": 1.0, "b": { "c": [1, 3], "d/e": false }, "g": 1 });
        let paths: Vec<String> = differing(&a, &b).into_iter().map(|one| one.path).collect();
        assert_eq!(paths, ["/b/c/1", "/b/d~1e", "/f", "/g"]);
    }

    #[test]
    fn entries_of_maps_and_sets_are_told_by_their_keys() {
        let map = |of: Value| json!({ "m": { "\0as": "Map", "of": of } });
        let set = |of: Value| json!({ "\0as": "Set", "of": of });
        let told = |a: &Value, b: &Value| -> Vec<String> {
            let all = differing(a, b).into_iter();
            all.map(|one| format!("{} {}", one.path, one.words().join(" ")))
                .collect()
        };
        let a = map(json!([[15, 1], ["k", { "n": 1 }], ["gone", 0]]));
        let b = map(json!([[15, 2], ["k", { "n": 1 }], ["new", 0]]));
        assert_eq!(
            told(&a, &b),
            ["/m/15 1 2", "/m/gone 0 nothing", "/m/new nothing 0"]
        );
        assert_eq!(
            told(&set(json!([1, 2])), &set(json!([2, 3]))),
            ["/1 1 nothing", "/3 nothing 3"]
        );
        // The same in another order is something else, and is told as a whole.
        assert_eq!(told(&set(json!([1, 2])), &set(json!([2, 1]))), [" Set Set"]);
        assert_eq!(told(&map(json!([])), &json!({ "m": {} })), ["/m Map {}"]);
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-9..9_i64).prop_map(Value::from),
            "[a-c]{0,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::vec(("[a-c]", inner), 0..3)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_the_same_differs_nowhere(a in value(), b in value()) {
            prop_assert!(differing(&a, &a).is_empty());
            prop_assert_eq!(differing(&a, &b).is_empty(), a == b);
            prop_assert_eq!(differing(&a, &b).len(), differing(&b, &a).len());
        }
    }
}
