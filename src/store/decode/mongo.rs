//! Extended JSON of MongoDB, in which what JSON has no type for stands in an object of its own, as plain
//! JSON. Source: the MongoDB Extended JSON (v2) specification, canonical and relaxed.

use serde_json::value::RawValue;

use crate::model::Timestamp;
use crate::model::json::{members, scalar};

/// A value without its wrappers; `None` where it has none, or nests too deeply.
pub(super) fn plain(json: &str, deepest: usize) -> Option<String> {
    // Most JSON has none, and is not to be taken apart for that.
    if !json.contains("\"$") {
        return None;
    }
    let deeper = deepest.checked_sub(1)?;
    if json.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
        let items = items.iter().map(|item| (String::new(), item.get()));
        return Some(format!("[{}]", parts(items, deeper)?));
    }
    let own = members(json).ok()?;
    if let Some((key, _)) = own.first().filter(|(key, _)| key.starts_with('$')) {
        return value(key, json);
    }
    let named = own
        .iter()
        .map(|(name, value)| (format!("{}:", serde_json::Value::from(&**name)), *value));
    Some(format!("{{{}}}", parts(named, deeper)?))
}

/// Values with what stands before each; `None` where none of them has anything wrapped in it.
fn parts<'v>(values: impl Iterator<Item = (String, &'v str)>, deepest: usize) -> Option<String> {
    let mut is_any = false;
    let mut written = String::new();
    for (before, value) in values {
        if !written.is_empty() {
            written.push(',');
        }
        written.push_str(&before);
        let plain = plain(value, deepest);
        is_any |= plain.is_some();
        written.push_str(plain.as_deref().unwrap_or(value));
    }
    is_any.then_some(written)
}

/// What an object wraps whose first key is this; `None` of what plain JSON has no word for.
fn value(key: &str, json: &str) -> Option<String> {
    let text = scalar(json)?;
    let is_number = || serde_json::from_str::<serde_json::Number>(&text).is_ok();
    match key {
        "$numberInt" | "$numberLong" | "$numberDouble" | "$numberDecimal" if is_number() => {
            Some(text.into_owned())
        }
        "$date" => {
            let millis = text.parse::<i64>().ok();
            let time = millis.and_then(|millis| millis.checked_mul(1000));
            match time.map(Timestamp::from_micros) {
                Some(time) => serde_json::to_string(&time).ok(),
                None => serde_json::to_string(&text).ok(),
            }
        }
        _ => serde_json::to_string(&text).ok(),
    }
}

/// Whether it is an object or a list with something wrapped in it.
pub(super) fn is_wrapped(json: &str) -> bool {
    plain(json, super::DEEPEST).is_some_and(|plain| plain.starts_with(['{', '[']))
}

#[cfg(test)]
mod tests {
    use super::super::{Decoder, payload_by};

    #[test]
    fn mongodb_s_wrappers_go() {
        let read = |json: &str| {
            let read = payload_by(Decoder::Mongo, json.into());
            read.json().map(str::to_owned)
        };
        let canonical = r#"{"n":{"$numberInt":"7"},"a":{"$numberDecimal":"12.50"},"big":{"$numberLong":"9007199254740993"},
"o":{"$oid":"65f0"},"at":{"$date":{"$numberLong":"1709280000123"}},"x":{"$numberDouble":"NaN"},
"l":[{"$numberInt":"1"},"a",{"m":{"$date":"2024-03-01T08:00:00Z"}}],"re":{"$regularExpression":{"pattern":"a","options":""}},
"id":{"$binary":{"base64":"A1xOoNc7W969b8gGsE8uww==","subType":"04"}}}"#;
        let plain = concat!(
            r#"{"n":7,"a":12.50,"big":9007199254740993,"o":"65f0","at":"2024-03-01T08:00:00.123000Z","x":"NaN","#,
            r#""l":[1,"a",{"m":"2024-03-01T08:00:00Z"}],"re":{"$regularExpression":{"pattern":"a","options":""}},"#,
            r#""id":"035c4ea0-d73b-5bde-bd6f-c806b04f2ec3"}"#
        );
        assert_eq!(read(canonical).as_deref(), Some(plain));
        let usual = r#"{"n": 7, "price": "$5"}"#;
        assert_eq!(read(usual).as_deref(), Some(usual));
        let broken = r#"{"n":{"$numberInt":"7"}"#;
        assert_ne!(read(broken).as_deref(), Some(r#"{"n":7}"#));
    }
}
