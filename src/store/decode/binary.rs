//! CBOR and MessagePack as JSON. Integers keep all their digits; bytes are hexadecimal digits.

use serde_json::Value as Json;

use super::{DEEPEST, LONGEST_VIEW};
use crate::store::row::from_bytes;

/// Bytes of a whole number that is shown as one; of more it is shown as its bytes.
const LONGEST_NUMBER: usize = 512;

/// One value of CBOR, and nothing after it, as JSON.
pub(super) fn cbor_to_json(bytes: &[u8]) -> Option<String> {
    let mut rest = bytes;
    let value: ciborium::Value =
        ciborium::de::from_reader_with_recursion_limit(&mut rest, DEEPEST).ok()?;
    let mut json = String::new();
    cbor(&value, &mut json)?;
    rest.is_empty().then_some(json)
}

fn cbor(value: &ciborium::Value, json: &mut String) -> Option<()> {
    use ciborium::Value;
    match value {
        Value::Integer(number) => json.push_str(&i128::from(*number).to_string()),
        Value::Bytes(bytes) => text(&from_bytes(bytes), json),
        Value::Float(number) => float(*number, json),
        Value::Text(own) => text(own, json),
        Value::Bool(own) => json.push_str(if *own { "true" } else { "false" }),
        Value::Null => json.push_str("null"),
        // The tag says what kind of thing it is; what it is stands in it.
        Value::Tag(tag, inner) => match (tag, &**inner) {
            (2, Value::Bytes(bytes)) if bytes.len() <= LONGEST_NUMBER => {
                json.push_str(&decimal(bytes));
            }
            (4, Value::Array(parts)) => match &parts[..] {
                [Value::Integer(exponent), Value::Integer(digits)] => {
                    let (digits, exponent) = (i128::from(*digits), i128::from(*exponent));
                    json.push_str(&format!("{digits}e{exponent}"));
                }
                _ => cbor(inner, json)?,
            },
            _ => cbor(inner, json)?,
        },
        Value::Array(items) => list(items, json, cbor)?,
        Value::Map(members) => map(members, json, cbor)?,
        _ => return None,
    }
    (json.len() <= LONGEST_VIEW).then_some(())
}

/// The decimal digits of a whole number of many bytes, the highest first.
fn decimal(bytes: &[u8]) -> String {
    let mut digits: Vec<u8> = vec![0];
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        while carry > 0 {
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
    }
    digits
        .iter()
        .rev()
        .map(|digit| char::from(b'0' + digit))
        .collect()
}

/// One value of MessagePack, and nothing after it, as JSON.
pub(super) fn msgpack_to_json(bytes: &[u8]) -> Option<String> {
    let mut rest = bytes;
    let value = rmpv::decode::read_value_with_max_depth(&mut rest, DEEPEST).ok()?;
    let mut json = String::new();
    msgpack(&value, &mut json)?;
    rest.is_empty().then_some(json)
}

fn msgpack(value: &rmpv::Value, json: &mut String) -> Option<()> {
    use rmpv::Value;
    match value {
        Value::Nil => json.push_str("null"),
        Value::Boolean(own) => json.push_str(if *own { "true" } else { "false" }),
        Value::Integer(number) => json.push_str(&number.to_string()),
        Value::F32(number) => float(number.to_string().parse().ok()?, json),
        Value::F64(number) => float(*number, json),
        Value::String(own) => text(&String::from_utf8_lossy(own.as_bytes()), json),
        Value::Binary(bytes) => text(&from_bytes(bytes), json),
        Value::Array(items) => list(items, json, msgpack)?,
        Value::Map(members) => map(members, json, msgpack)?,
        Value::Ext(-1, bytes) => json.push_str(&moment(bytes)?),
        Value::Ext(kind, bytes) => {
            json.push_str(&format!("{{\"ext\":{kind},\"data\":"));
            text(&from_bytes(bytes), json);
            json.push('}');
        }
    }
    (json.len() <= LONGEST_VIEW).then_some(())
}

/// MessagePack's own kind of time, in seconds since 1970.
fn moment(bytes: &[u8]) -> Option<String> {
    let (nanos, seconds) = match bytes.len() {
        4 => (0, i64::from(u32::from_be_bytes(bytes.try_into().ok()?))),
        8 => {
            let both = u64::from_be_bytes(bytes.try_into().ok()?);
            ((both >> 34) as u32, (both & 0x3_ffff_ffff) as i64)
        }
        12 => {
            let (nanos, seconds) = bytes.split_at(4);
            let nanos = u32::from_be_bytes(nanos.try_into().ok()?);
            (nanos, i64::from_be_bytes(seconds.try_into().ok()?))
        }
        _ => return None,
    };
    // The fraction counts upwards also where the seconds count down.
    if seconds < 0 && (1..1_000_000_000).contains(&nanos) {
        let (whole, nanos) = (-(seconds + 1), 1_000_000_000 - nanos);
        return Some(format!("-{whole}.{nanos:09}"));
    }
    Some(format!("{seconds}.{nanos:09}"))
}

fn list<T>(
    items: &[T],
    json: &mut String,
    each: impl Fn(&T, &mut String) -> Option<()>,
) -> Option<()> {
    json.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            json.push(',');
        }
        each(item, json)?;
    }
    json.push(']');
    Some(())
}

/// Keys of JSON are strings: anything else is written as one.
fn map<T>(
    members: &[(T, T)],
    json: &mut String,
    each: impl Fn(&T, &mut String) -> Option<()>,
) -> Option<()> {
    json.push('{');
    for (at, (key, value)) in members.iter().enumerate() {
        if at > 0 {
            json.push(',');
        }
        let mut name = String::new();
        each(key, &mut name)?;
        match name.starts_with('"') {
            true => json.push_str(&name),
            false => text(&name, json),
        }
        json.push(':');
        each(value, json)?;
    }
    json.push('}');
    Some(())
}

fn text(own: &str, json: &mut String) {
    json.push_str(&Json::from(own).to_string());
}

/// What JSON has no number for is told in words.
fn float(number: f64, json: &mut String) {
    match serde_json::Number::from_f64(number) {
        Some(number) => json.push_str(&number.to_string()),
        None => text(&number.to_string(), json),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cbor_keeps_digits_and_names() {
        let mut bytes = Vec::new();
        let of = |key: &str, value: ciborium::Value| (ciborium::Value::from(key), value);
        let value = ciborium::Value::Map(vec![
            of("big", u64::MAX.into()),
            of("half", 1.5.into()),
            (
                7.into(),
                vec![ciborium::Value::Null, true.into(), "é".into()].into(),
            ),
        ]);
        ciborium::into_writer(&value, &mut bytes).unwrap();
        let json = r#"{"big":18446744073709551615,"half":1.5,"7":[null,true,"é"]}"#;
        assert_eq!(cbor_to_json(&bytes).as_deref(), Some(json));
        // 2^64 as a big number, 12.50 as a decimal one, bytes.
        let big = b"\xc2\x49\x01\0\0\0\0\0\0\0\0";
        assert_eq!(cbor_to_json(big).as_deref(), Some("18446744073709551616"));
        assert_eq!(
            cbor_to_json(b"\xc4\x82\x21\x19\x04\xe2").as_deref(),
            Some("1250e-2")
        );
        assert_eq!(cbor_to_json(b"\x42\x01\xff").as_deref(), Some("\"01ff\""));
        assert_eq!(cbor_to_json(b"\x01\x01"), None);
        // A number of 512 bytes keeps all its digits, one of 513 is bytes.
        let of = |length: u16| {
            let head = [&b"\xc2\x59"[..], &length.to_be_bytes(), &[1]].concat();
            let zeros = vec![0; usize::from(length) - 1];
            cbor_to_json(&[head, zeros].concat()).unwrap()
        };
        // 256 to the power of 511.
        assert_eq!((of(512).len(), &of(512)[of(512).len() - 2..]), (1231, "56"));
        assert_eq!(of(513), format!("\"01{}\"", "00".repeat(512)));
        assert_eq!(cbor_to_json(&[0x81; 500]), None);
    }

    #[test]
    fn moments_before_1970_have_fractions_too() {
        let of = |nanos: u32, seconds: i64| {
            let bytes = [&nanos.to_be_bytes()[..], &seconds.to_be_bytes()].concat();
            moment(&bytes).unwrap()
        };
        assert_eq!(of(500_000_000, -1), "-0.500000000");
        assert_eq!(of(1, -2), "-1.999999999");
        assert_eq!(of(0, -2), "-2.000000000");
        assert_eq!(of(1, i64::MIN), "-9223372036854775807.999999999");
        assert_eq!(of(500_000_000, 1), "1.500000000");
    }

    #[test]
    fn messagepack_keeps_digits_and_names() {
        let bytes = b"\x83\xa1a\xcf\xff\xff\xff\xff\xff\xff\xff\xff\xa1b\xca\x3d\xcc\xcc\xcd\x01\xd6\xff\x65\x92\x00\x80";
        let json = r#"{"a":18446744073709551615,"b":0.1,"1":1704067200.000000000}"#;
        assert_eq!(msgpack_to_json(bytes).as_deref(), Some(json));
        assert_eq!(msgpack_to_json(b"\x01\x01"), None);
        assert_eq!(msgpack_to_json(&[0x91; 500]), None);
        assert_eq!(msgpack_to_json(b"\xdd\xff\xff\xff\xff"), None);
    }
}
