//! The text of a single JSON value.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::walk::members;

/// The text of a scalar: a string's content, a number's digits as written, `true` or `false`; a
/// wrapped scalar (`{"_type_": …, "_data_": …}`, as Python's eventsourcing writes; `{"$date": …}`,
/// `{"$oid": …}` of MongoDB, a UUID in its `{"$binary": …}`; `{"S": …}`, `{"N": …}` of DynamoDB) counts as what it wraps, seconds with
/// nanoseconds (protobuf, Firestore, Rust) as decimal seconds. `None` for null, other objects and
/// arrays.
#[must_use]
pub fn scalar(raw: &str) -> Option<Cow<'_, str>> {
    match raw.as_bytes().first()? {
        b'"' => string(raw),
        b'n' | b'[' => None,
        b'{' => wrapped(raw),
        _ => Some(Cow::Borrowed(raw)),
    }
}

/// Keys that alone in an object say that it wraps a scalar.
const WRAPS: [&str; 12] = [
    "$date",
    "$oid",
    "$uuid",
    "$numberLong",
    "$numberInt",
    "$numberDecimal",
    "$numberDouble",
    "S",
    "N",
    "BOOL",
    "__decimal__",
    "ISO8601_datetime",
];

/// Names of seconds, and of the nanoseconds that stand beside them.
const SECONDS: [(&str, &str); 4] = [
    ("seconds", "nanos"),
    ("_seconds", "_nanoseconds"),
    ("secs_since_epoch", "nanos_since_epoch"),
    ("secs", "nanos"),
];

fn wrapped(raw: &str) -> Option<Cow<'_, str>> {
    // A wrapper is short; a long object is none, and is not looked through.
    if raw.len() > LONGEST_WRAPPER {
        return None;
    }
    let members = members(raw).ok()?;
    let of = |name: &str| {
        members
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, raw)| *raw)
    };
    match &members[..] {
        [(key, value)] if WRAPS.contains(&&**key) => return scalar(value),
        [(key, value)] if key == "$binary" => return uuid_of(value).map(Cow::Owned),
        [_] | [_, _] => {}
        _ => return None,
    }
    if let (Some(data), Some(_)) = (of("_data_"), of("_type_")) {
        return scalar(data);
    }
    let (seconds, nanos) = SECONDS.iter().find_map(|(seconds, nanos)| {
        let nanos = of(nanos).map_or(Some(0), |raw| scalar(raw)?.parse().ok());
        Some((scalar(of(seconds)?)?, nanos?))
    })?;
    let nanos: u32 = nanos;
    let whole = seconds
        .parse::<i64>()
        .ok()
        .filter(|_| nanos < 1_000_000_000)?;
    Some(Cow::Owned(format!("{whole}.{nanos:09}")))
}

/// A UUID (of the subtypes 3 and 4) as extended JSON has it: `{"base64": …, "subType": "04"}`. Its bytes are
/// taken in the order in which they stand, though drivers wrote those of subtype 3 in orders of their own.
fn uuid_of(binary: &str) -> Option<String> {
    let members = members(binary).ok()?;
    let of = |name: &str| members.iter().find(|(key, _)| key == name);
    let kind = string(of("subType")?.1)?;
    if !["3", "03", "4", "04"].contains(&&*kind) {
        return None;
    }
    let bytes = STANDARD.decode(&*string(of("base64")?.1)?).ok()?;
    let bytes: [u8; 16] = bytes.try_into().ok()?;
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.into_iter().enumerate() {
        if [4, 6, 8, 10].contains(&at) {
            text.push('-');
        }
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    Some(text)
}

/// Bytes of a wrapper that are looked at.
const LONGEST_WRAPPER: usize = 64 << 10;

/// The content of a JSON string; `None` where `raw` is anything else.
#[must_use]
pub fn string(raw: &str) -> Option<Cow<'_, str>> {
    if let Some(inner) = plain(raw) {
        return Some(Cow::Borrowed(inner));
    }
    raw.starts_with('"')
        .then(|| serde_json::from_str(raw).ok().map(|Text(text)| text))?
}

/// The content of a JSON string in which nothing is escaped.
fn plain(raw: &str) -> Option<&str> {
    // Seen as bytes, since what is made of characters is not put in line.
    let [b'"', .., b'"'] = raw.as_bytes() else {
        return None;
    };
    let inner = &raw[1..raw.len() - 1];
    // All are looked at: a processor does many at once.
    let is_odd = |byte: u8| (byte < b' ') | (byte == b'"') | (byte == b'\\');
    let odd = inner.bytes().fold(false, |odd, byte| odd | is_odd(byte));
    (!odd).then_some(inner)
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

    #[test]
    fn wrappers_count_as_what_they_wrap() {
        let cases = [
            (
                r#"{"$date": "2024-01-01T00:00:00Z"}"#,
                Some("2024-01-01T00:00:00Z"),
            ),
            (
                r#"{"$date": {"$numberLong": "1700000000000"}}"#,
                Some("1700000000000"),
            ),
            (
                r#"{"seconds": "1700000000", "nanos": 5}"#,
                Some("1700000000.000000005"),
            ),
            (r#"{"seconds": 1700000000}"#, Some("1700000000.000000000")),
            (r#"{"S": "POKEMONS#123"}"#, Some("POKEMONS#123")),
            (r#"{"a": 1}"#, None),
            (r#"{"seconds": 1, "nanos": 2, "x": 3}"#, None),
            ("[1]", None),
        ];
        for (raw, expected) in cases {
            assert_eq!(scalar(raw).as_deref(), expected, "{raw}");
        }
    }
}
