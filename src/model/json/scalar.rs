//! The text of a single JSON value.

use std::borrow::Cow;

use super::Picker;

/// The text of a scalar: a string's content, a number's digits as written, `true` or `false`; a
/// wrapped scalar (`{"_type_": …, "_data_": …}`, as Python's eventsourcing writes) counts as what it
/// wraps. `None` for null, objects and arrays.
#[must_use]
pub fn scalar(raw: &str) -> Option<Cow<'_, str>> {
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str(raw).ok().map(|Text(text)| text),
        b'n' | b'[' => None,
        b'{' => {
            let picker = Picker::new([&"/_data_".into(), &"/_type_".into()]);
            let mut found = [None; 2];
            picker.pick(raw, &mut found).ok()?;
            match found {
                [Some(data), Some(_)] => scalar(data),
                _ => None,
            }
        }
        _ => Some(Cow::Borrowed(raw)),
    }
}

/// The content of a JSON string; `None` where `raw` is anything else.
#[must_use]
pub fn string(raw: &str) -> Option<Cow<'_, str>> {
    raw.starts_with('"')
        .then(|| serde_json::from_str(raw).ok().map(|Text(text)| text))?
}

/// `Cow<str>` does not borrow through serde by itself.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::scalar;

    #[test]
    fn scalars_keep_their_digits() {
        let texts = [
            r#""a\u00e9""#,
            "41.00",
            "true",
            "null",
            "{}",
            r#"{"_type_":"decimal_str","_data_":"12.30"}"#,
        ];
        let values: Vec<_> = texts
            .iter()
            .map(|raw| scalar(raw).map(std::borrow::Cow::into_owned))
            .collect();
        assert_eq!(
            values,
            [
                Some("aé".into()),
                Some("41.00".into()),
                Some("true".into()),
                None,
                None,
                Some("12.30".into())
            ]
        );
    }
}
