//! Documents that hold their events, though not as a list of objects: rows beside the names of their
//! columns, as data frames and databases write them, and actions in a text of JSON, as Redux DevTools
//! exports them. They are written out once as an array of objects, and read as that.

use std::fmt::Write as _;
use std::io;

use serde_json::value::RawValue;

use super::scan::LONGEST;
use crate::model::json::{members, string};
use crate::store::unpack::Text;

/// What the names of columns are called, and the rows.
const COLUMNS: [&str; 6] = [
    "columns",
    "fields",
    "headers",
    "header",
    "column_names",
    "columnNames",
];
const ROWS: [&str; 5] = ["rows", "data", "values", "records", "results"];

/// A document that was written out.
#[derive(Debug)]
pub(super) struct Rewritten {
    /// The member that its events were in.
    pub key: String,
    /// The array.
    pub text: String,
}

/// The events of a document with these members, if it is of such a kind.
///
/// # Errors
/// Where the file system refuses to read it.
pub(super) fn rewritten(text: &Text, names: &[String]) -> io::Result<Option<Rewritten>> {
    let has = |name: &str| names.iter().any(|own| own == name);
    let rows = ROWS.into_iter().find(|name| has(name));
    let columns = COLUMNS.into_iter().find(|name| has(name));
    let of_rows = columns.zip(rows);
    let is_export = has("payload") && has("preloadedState");
    let (start, end) = (text.start(), text.end()?);
    if of_rows.is_none() && !is_export || end - start > LONGEST as u64 {
        return Ok(None);
    }
    let whole = text.read_at(start..end)?;
    let Ok(whole) = std::str::from_utf8(&whole) else {
        return Ok(None);
    };
    let written = match of_rows {
        Some((columns, rows)) => from_rows(whole, columns, rows).map(|text| (rows, text)),
        None => from_text(whole).map(|text| ("payload", text)),
    };
    Ok(written.map(|(key, text)| Rewritten {
        key: key.to_owned(),
        text,
    }))
}

fn member<'t>(document: &'t str, name: &str) -> Option<&'t str> {
    let members = members(document).ok()?;
    let own = members.into_iter().find(|(key, _)| *key == name);
    own.map(|(_, value)| value)
}

/// Rows, each with as many values as there are columns at most, as objects.
fn from_rows(document: &str, columns: &str, rows: &str) -> Option<String> {
    let columns: Vec<&RawValue> = serde_json::from_str(member(document, columns)?).ok()?;
    let names: Option<Vec<String>> = columns.iter().map(|column| name(column.get())).collect();
    let names = names.filter(|names| names.len() > 1)?;
    let rows: Vec<&RawValue> = serde_json::from_str(member(document, rows)?).ok()?;
    let mut text = String::with_capacity(document.len() * 2);
    for row in &rows {
        let values: Vec<&RawValue> = serde_json::from_str(row.get()).ok()?;
        if values.len() > names.len() {
            return None;
        }
        text.push_str(if text.is_empty() { "[{" } else { ",\n{" });
        for (nth, (name, value)) in names.iter().zip(values).enumerate() {
            let comma = if nth == 0 { "" } else { "," };
            // Writing to a string cannot fail.
            let _ = write!(text, "{comma}{name}:{}", value.get());
        }
        text.push('}');
    }
    (!rows.is_empty()).then(|| text + "]")
}

/// What a column is called, in quotes: it is that, or it says that of itself.
fn name(column: &str) -> Option<String> {
    let own = match column.starts_with('"') {
        true => column,
        false => member(column, "name").or_else(|| member(column, "id"))?,
    };
    own.starts_with('"').then(|| own.to_owned())
}

/// The array of objects in the text of the payload.
fn from_text(document: &str) -> Option<String> {
    let text = string(member(document, "payload")?)?;
    let items: Vec<&RawValue> = serde_json::from_str(&text).ok()?;
    let objects = items.iter().all(|item| item.get().starts_with('{'));
    (objects && !items.is_empty()).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_objects_by_the_names_of_their_columns() {
        let document = r#"{"columns":["a",{"name":"b"}],"rows":[[1,{"c":2.50}],["x"],[]]}"#;
        let wanted = "[{\"a\":1,\"b\":{\"c\":2.50}},\n{\"a\":\"x\"},\n{}]";
        assert_eq!(
            from_rows(document, "columns", "rows").as_deref(),
            Some(wanted)
        );
        for other in [
            r#"{"columns":["a","b"],"rows":[[1,2,3]]}"#,
            r#"{"columns":["a","b"],"rows":[{"a":1}]}"#,
            r#"{"columns":["a","b"],"rows":[]}"#,
            r#"{"columns":[1,2],"rows":[[1,2]]}"#,
            r#"{"columns":5,"rows":[[1,2]]}"#,
        ] {
            assert_eq!(from_rows(other, "columns", "rows"), None, "{other}");
        }
    }

    #[test]
    fn a_text_of_actions_is_taken_out_of_its_quotes() {
        let export = r#"{"payload":"[{\"type\":\"A\"}]","preloadedState":"{}"}"#;
        assert_eq!(from_text(export).as_deref(), Some(r#"[{"type":"A"}]"#));
        for other in [r#"{"payload":"[1]"}"#, r#"{"payload":[]}"#, "{}"] {
            assert_eq!(from_text(other), None, "{other}");
        }
    }
}
