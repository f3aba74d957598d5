//! Functions that look into JSON as payloads are looked into: in text or bytes, packed or not. What is
//! no JSON yields null and never an error, unlike SQLite's own.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};
use serde_json::value::RawValue;

use crate::model::json::{Picker, Pointer, scalar};
use crate::store::decode;

pub(super) fn register(connection: &Connection, flags: FunctionFlags) -> Result<()> {
    connection.create_scalar_function("json_at", 2, flags, |context| json_at(context))?;
    connection.create_scalar_function("json_items", 1, flags, |context| Ok(json_items(context)))?;
    connection.create_scalar_function("json_tag", 1, flags, |context| Ok(json_tag(context)))?;
    connection.create_scalar_function("split_json", 2, flags, |context| Ok(split_json(context)))
}

/// The JSON in a value.
fn json<'a>(context: &'a Context<'_>) -> Option<Cow<'a, str>> {
    let (ValueRef::Text(bytes) | ValueRef::Blob(bytes)) = context.get_raw(0) else {
        return None;
    };
    if bytes.trim_ascii_start().starts_with(b"{")
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Some(Cow::Borrowed(text));
    }
    let decoded = decode::payload(bytes.to_vec());
    decoded.json().map(|text| Cow::Owned(text.to_owned()))
}

/// `json_at(value, pointer)`: the text of a scalar, the JSON of anything else; null where it is missing.
fn json_at(context: &Context<'_>) -> Result<Option<String>> {
    let picker = context.get_or_create_aux(1, |pointer| {
        let pointer = Pointer::from(pointer.as_str().unwrap_or_default());
        std::result::Result::<_, std::convert::Infallible>::Ok(Picker::new([&pointer]))
    })?;
    let Some(text) = json(context) else {
        return Ok(None);
    };
    let mut found = [None];
    let _ = picker.pick(&text, &mut found);
    Ok(found[0].filter(|raw| *raw != "null").map(|raw| {
        let text = scalar(raw);
        text.map_or_else(|| raw.to_owned(), Cow::into_owned)
    }))
}

/// `json_items(value)`: the items of an array, also of one that .NET wraps (`$values`), as a JSON array
/// for `json_each`; of anything else one item, which is null where it is no JSON. So no row is lost.
fn json_items(context: &Context<'_>) -> String {
    let Some(text) = json(context) else {
        return "[null]".to_owned();
    };
    let mut found = [None];
    let _ = Picker::new([&Pointer::through(["$values"])]).pick(&text, &mut found);
    let items = found[0].unwrap_or(&text).trim();
    match serde_json::from_str::<Vec<&RawValue>>(items) {
        Ok(all) if !all.is_empty() => items.to_owned(),
        Ok(_) => "[null]".to_owned(),
        Err(_) => format!("[{text}]"),
    }
}

/// Members that name a value's type where it stands within the value.
const TAGS: [&str; 7] = [
    "type",
    "$type",
    "_type",
    "@type",
    "@class",
    "event_type",
    "eventType",
];

/// `json_tag(value)`: the name of an enum's variant or of a type, as libraries put it into what they
/// write: the text of a member called `type` or the like, else the name of the only member.
fn json_tag(context: &Context<'_>) -> Option<String> {
    let text = json(context)?;
    let pointers = TAGS.map(|tag| Pointer::through([tag]));
    let mut found = [None; TAGS.len()];
    let _ = Picker::new(&pointers).pick(&text, &mut found);
    let tag = found.into_iter().flatten().find(|raw| raw.starts_with('"'));
    if let Some(tag) = tag.and_then(scalar) {
        return Some(tag.into_owned());
    }
    if text.starts_with('"') {
        return scalar(&text).map(Cow::into_owned);
    }
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(&text).ok()?;
    let mut names = members.into_keys();
    names.next().filter(|_| names.next().is_none())
}

/// `split_json(text, separator)`: the parts of a text that are not empty, as a JSON array.
fn split_json(context: &Context<'_>) -> Option<String> {
    let (text, separator) = (super::text(context, 0)?, super::text(context, 1)?);
    let parts = text.split(separator).filter(|part| !part.is_empty());
    Some(serde_json::Value::from(parts.collect::<Vec<_>>()).to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_no_json_is_no_error() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        super::super::register(&connection).unwrap();
        let ask = |sql: &str| -> Option<String> {
            let sql = format!("SELECT {sql}");
            connection.query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        let cases = [
            ("json_at('{\"a\":{\"b\":1.50}}', '/a/b')", Some("1.50")),
            (
                "json_at(CAST('{\"a\":[1, 2]}' AS BLOB), '/a')",
                Some("[1, 2]"),
            ),
            ("json_at('{\"a\":null}', '/a')", None),
            ("json_at('nonsense', '/a')", None),
            ("json_at(x'00ff', '/a')", None),
            ("json_at(7, '/a')", None),
            ("json_items('[1,2]')", Some("[1,2]")),
            (
                "json_items('{\"$type\":\"L\",\"$values\":[{\"a\":1}]}')",
                Some("[{\"a\":1}]"),
            ),
            ("json_items('{\"a\":1}')", Some("[{\"a\":1}]")),
            ("json_items('[]')", Some("[null]")),
            ("json_items(x'00ff')", Some("[null]")),
            ("json_tag('{\"Opened\":{\"n\":1}}')", Some("Opened")),
            ("json_tag('\"Closed\"')", Some("Closed")),
            ("json_tag('{\"type\":\"Paid\",\"n\":1}')", Some("Paid")),
            ("json_tag('{\"n\":1,\"m\":2}')", None),
            ("split_json(',a,b c,', ',')", Some("[\"a\",\"b c\"]")),
            ("split_json(NULL, ',')", None),
        ];
        for (sql, expected) in cases {
            assert_eq!(ask(sql).as_deref(), expected, "{sql}");
        }
    }
}
