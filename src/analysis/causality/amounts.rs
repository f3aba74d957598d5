//! Numbers that are no counters: how much an operation was about (`/item/delta`), and totals that are computed
//! from others (`/pieces`). Adding up what several sides wrote there says nothing.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::analysis::projection::number;
use crate::model::json::pointer;

/// Names of how much an operation was about, for where the values alone do not tell.
const NAMES: [&str; 6] = [
    "delta",
    "change",
    "difference",
    "increment",
    "decrement",
    "by",
];

/// Deeper objects are not looked into.
const DEEPEST: usize = 8;

fn decimal(value: Option<&Value>) -> Option<Decimal> {
    match value {
        None | Some(Value::Null) => Some(Decimal::ZERO),
        Some(Value::Number(written)) => number(written.as_str()),
        Some(_) => None,
    }
}

/// Of the numbers at `places` of a payload those that say by how much another one of them changed, between
/// the states before and after it.
pub(super) fn amounts<'a>(places: &'a [String], before: &Value, after: &Value) -> Vec<&'a str> {
    let numbers = places.iter().filter_map(|place| {
        let now = after.pointer(place).filter(|value| value.is_number())?;
        let (was, now) = (decimal(before.pointer(place))?, decimal(Some(now))?);
        Some((place.as_str(), was, now))
    });
    let numbers: Vec<(&str, Decimal, Decimal)> = numbers.collect();
    let is_amount = |(place, was, now): (&str, Decimal, Decimal)| {
        let mut others = numbers.iter().filter(|(other, ..)| *other != place);
        let says_change = others.any(|(_, was, is)| is.checked_sub(*was) == Some(now));
        // What begins at nothing is by how much it changed itself: there the name tells.
        says_change && (!was.is_zero() || is_called_so(place))
    };
    let found = numbers.iter().filter(|own| is_amount(**own));
    found.map(|(place, ..)| *place).collect()
}

fn is_called_so(place: &str) -> bool {
    let key = place.rsplit('/').next().unwrap_or_default();
    NAMES.iter().any(|name| key.eq_ignore_ascii_case(name))
}

/// Whether the number at a place of a state is what the numbers of some object in it come to. Nothing is told
/// by what is no number, and by nought, to which nothing comes as well.
pub(super) fn is_total(state: &Value, place: &str) -> Option<bool> {
    let Some(Value::Number(written)) = state.pointer(place) else {
        return None;
    };
    let total = number(written.as_str()).filter(|total| !total.is_zero())?;
    Some(adds_up_to(state, total, (place, &mut String::new()), 0))
}

fn adds_up_to(
    value: &Value,
    total: Decimal,
    (place, at): (&str, &mut String),
    depth: usize,
) -> bool {
    let Value::Object(members) = value else {
        return false;
    };
    if depth >= DEEPEST {
        return false;
    }
    let is_around = place
        .strip_prefix(at.as_str())
        .is_some_and(|rest| rest.starts_with('/'));
    if !is_around && !members.is_empty() {
        let part = |own: &Value| decimal(Some(own)).filter(|_| own.is_number());
        let mut parts = members.values().map(part);
        let sum = parts.try_fold(Decimal::ZERO, |sum, part| sum.checked_add(part?));
        if sum == Some(total) {
            return true;
        }
    }
    members.iter().any(|(key, inner)| {
        let length = at.len();
        pointer::push(at, key);
        let found = adds_up_to(inner, total, (place, at), depth + 1);
        at.truncate(length);
        found
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn how_much_an_operation_was_about_is_no_counter() {
        let places = ["/item/delta", "/quantities/MUG", "/pieces"].map(str::to_owned);
        let told = |before: Value, after: Value| -> Vec<String> {
            amounts(&places, &before, &after)
                .into_iter()
                .map(str::to_owned)
                .collect()
        };
        let before =
            json!({ "item": { "delta": 1 }, "quantities": { "MUG": 2, "TEA": 1 }, "pieces": 3 });
        let after =
            json!({ "item": { "delta": 2 }, "quantities": { "MUG": 4, "TEA": 1 }, "pieces": 5 });
        assert_eq!(told(before, after), ["/item/delta"]);
        // The first of all could be either.
        let after = json!({ "item": { "delta": 2 }, "quantities": { "MUG": 2 }, "pieces": 2 });
        assert_eq!(told(json!({}), after), ["/item/delta"]);
        let after = json!({ "quantities": { "MUG": 2 }, "pieces": 2 });
        assert!(told(json!({}), after).is_empty());
        // What is added for the first time is as many as the total grows by.
        let before = json!({ "item": { "delta": 1 }, "quantities": { "TEA": 5 }, "pieces": 5 });
        let after =
            json!({ "item": { "delta": 3 }, "quantities": { "MUG": 3, "TEA": 5 }, "pieces": 8 });
        assert_eq!(told(before, after), ["/item/delta"]);
    }

    #[test]
    fn a_total_is_what_an_object_comes_to() {
        let state = json!({ "quantities": { "MUG": 2, "TEA": 1 }, "pieces": 3, "rank": 4 });
        assert_eq!(is_total(&state, "/pieces"), Some(true));
        for place in ["/rank", "/quantities/MUG"] {
            assert_eq!(is_total(&state, place), Some(false), "{place}");
        }
        let one = json!({ "quantities": { "MUG": 2 }, "pieces": 2, "left": 0 });
        assert_eq!(is_total(&one, "/pieces"), Some(true));
        assert_eq!(is_total(&one, "/quantities/MUG"), Some(false));
        for place in ["/quantities", "/nothing", "/left"] {
            assert_eq!(is_total(&one, place), None, "{place}");
        }
    }
}
