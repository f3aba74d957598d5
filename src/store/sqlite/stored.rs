//! What SQLite stores in one column of one row, as a value, as JSON or as a payload.

use std::borrow::Cow;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::log::Payload;
use crate::store::decode::{self, Decoder};
use crate::store::row::Value;

/// A value of the envelope. Bytes in a text that are not UTF-8 are replaced by U+FFFD.
pub(super) fn value(stored: ValueRef<'_>) -> Value<'_> {
    match stored {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(bytes) => Value::Text(match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(bytes),
        }),
        ValueRef::Blob(bytes) => Value::Bytes(bytes),
    }
}

/// The JSON in a column, to look into: not checked where it can be borrowed.
pub(super) fn text<'r>(
    stored: ValueRef<'r>,
    decoder: Option<Decoder>,
    connection: &Connection,
) -> rusqlite::Result<Option<Cow<'r, str>>> {
    if let (ValueRef::Text(bytes) | ValueRef::Blob(bytes), None) = (stored, decoder)
        && bytes.trim_ascii_start().starts_with(b"{")
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Ok(Some(Cow::Borrowed(text)));
    }
    let payload = payload(stored, decoder, connection)?;
    Ok(payload.json().map(|text| Cow::Owned(text.to_owned())))
}

/// A payload or metadata.
pub(super) fn payload(
    stored: ValueRef<'_>,
    decoder: Option<Decoder>,
    connection: &Connection,
) -> rusqlite::Result<Payload> {
    let bytes = match stored {
        ValueRef::Null => return Ok(Payload::Absent),
        ValueRef::Integer(number) => number.to_string().into_bytes(),
        ValueRef::Real(number) => number.to_string().into_bytes(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            // What most are needs one copy only.
            if decoder.is_none()
                && let Some(object) = decode::object(bytes)
            {
                return Ok(object);
            }
            bytes.to_vec()
        }
    };
    let payload = match decoder {
        Some(decoder) => decode::payload_by(decoder, bytes),
        None => decode::payload(bytes),
    };
    match (stored, decoder, payload) {
        (ValueRef::Blob(_), None, Payload::Opaque(bytes)) => jsonb(bytes, connection),
        (ValueRef::Text(_), None, Payload::Opaque(bytes)) => Ok(plain(bytes)),
        (_, _, payload) => Ok(payload),
    }
}

/// A text that is no JSON is a JSON string, as it would be in a store of JSON.
fn plain(bytes: Vec<u8>) -> Payload {
    match std::str::from_utf8(&bytes) {
        Ok(text) => Payload::from_text(serde_json::Value::from(text).to_string()),
        Err(_) => Payload::Opaque(bytes),
    }
}

/// SQLite's own binary JSON becomes text; anything else stays as it is. Objects and arrays only:
/// too many short blobs would pass for a number.
fn jsonb(bytes: Vec<u8>, connection: &Connection) -> rusqlite::Result<Payload> {
    if !bytes
        .first()
        .is_some_and(|byte| matches!(byte & 15, 11 | 12))
    {
        return Ok(Payload::Opaque(bytes));
    }
    let sql = "SELECT CASE WHEN json_valid(?1, 8) THEN json(?1) END";
    let mut statement = connection.prepare_cached(sql)?;
    let text: Option<String> = statement.query_row([&bytes], |row| row.get(0))?;
    Ok(text.map_or(Payload::Opaque(bytes), |text| {
        decode::payload(text.into_bytes())
    }))
}
