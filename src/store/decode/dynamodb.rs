//! Values of DynamoDB, each of which says of what type it is, as plain JSON.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::model::json::{members, string};

/// A value of DynamoDB, or an item of several, without its types; `None` where it has none.
pub(super) fn plain(json: &str, deepest: usize) -> Option<String> {
    if let Some(plain) = untyped(json, deepest) {
        // What was written as a text is what stands in it.
        let text = string(&plain).filter(|text| text.starts_with(['{', '[']));
        let text = text.filter(|text| serde_json::from_str::<&RawValue>(text).is_ok());
        return Some(text.map_or_else(|| plain.clone(), Cow::into_owned));
    }
    let attributes = members(json).ok().filter(|own| !own.is_empty())?;
    fields(&attributes, deepest)
}

/// Attributes as an object.
fn fields(attributes: &[(Cow<'_, str>, &str)], deepest: usize) -> Option<String> {
    let field = |(name, value): &(Cow<'_, str>, &str)| {
        let name = serde_json::Value::from(&**name);
        Some(format!("{name}:{}", untyped(value, deepest)?))
    };
    let fields: Option<Vec<String>> = attributes.iter().map(field).collect();
    Some(format!("{{{}}}", fields?.join(",")))
}

fn untyped(json: &str, deepest: usize) -> Option<String> {
    let deeper = deepest.checked_sub(1)?;
    let [(kind, value)] = &members(json).ok()?[..] else {
        return None;
    };
    Some(match &**kind {
        "S" | "B" => value.starts_with('"').then(|| (*value).to_owned())?,
        "BOOL" => (*value).to_owned(),
        "NULL" => "null".to_owned(),
        "N" => string(value)
            .filter(|digits| is_number(digits))?
            .into_owned(),
        "M" => fields(&members(value).ok()?, deeper)?,
        "L" => {
            let items: Vec<&RawValue> = serde_json::from_str(value).ok()?;
            let items = items.iter().map(|item| untyped(item.get(), deeper));
            format!("[{}]", items.collect::<Option<Vec<_>>>()?.join(","))
        }
        "SS" | "BS" => serde_json::from_str::<&RawValue>(value)
            .ok()?
            .get()
            .to_owned(),
        "NS" => {
            let items: Vec<String> = serde_json::from_str(value).ok()?;
            items
                .iter()
                .all(|digits| is_number(digits))
                .then(|| format!("[{}]", items.join(",")))?
        }
        _ => return None,
    })
}

fn is_number(digits: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(digits).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::{Decoder, payload_by};

    #[test]
    fn dynamodb_s_types_go() {
        let typed = r#"{"M":{"a":{"N":"1.50"},"b":{"L":[{"S":"x"},{"BOOL":true},{"NULL":true}]}}}"#;
        let plain = r#"{"a":1.50,"b":["x",true,null]}"#;
        assert_eq!(
            payload_by(Decoder::Dynamodb, typed.into()).json(),
            Some(plain)
        );
        assert_eq!(
            payload_by(Decoder::Dynamodb, plain.into()).json(),
            Some(plain)
        );
        let item = r#"{"amount":{"N":"5"},"tags":{"SS":["a"]}}"#;
        let read = |json: &str| {
            let read = payload_by(Decoder::Dynamodb, json.into());
            read.json().map(str::to_owned)
        };
        assert_eq!(read(item).as_deref(), Some(r#"{"amount":5,"tags":["a"]}"#));
        assert_eq!(read(r#"{"S":"{\"n\":1}"}"#).as_deref(), Some(r#"{"n":1}"#));
        assert_eq!(read(r#"{"S":"{n"}"#).as_deref(), Some(r#""{n""#));
        let half = r#"{"amount":{"N":"5"},"n":1}"#;
        assert_eq!(read(half).as_deref(), Some(half));
    }
}
