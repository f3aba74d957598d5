//! Values of DynamoDB, each of which says of what type it is, as plain JSON.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::model::json::{members, string};

/// A value of DynamoDB without its types; `None` where it has none.
pub(super) fn untyped(json: &str, deepest: usize) -> Option<String> {
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
        "M" => {
            let fields = members(value).ok()?;
            let field = |(name, value): &(Cow<'_, str>, &str)| {
                let name = serde_json::Value::from(&**name);
                Some(format!("{name}:{}", untyped(value, deeper)?))
            };
            format!(
                "{{{}}}",
                fields
                    .iter()
                    .map(field)
                    .collect::<Option<Vec<_>>>()?
                    .join(",")
            )
        }
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
    }
}
