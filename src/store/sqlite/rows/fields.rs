//! The fields of a row of a side table, by the names of the layout's columns.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rusqlite::{Connection, Row};

use crate::log::{Mark, Marked, Payload};
use crate::model::time::TimeReader;
use crate::model::{Position, Timestamp, Version};
use crate::store::layout::{Column, SideTable};
use crate::store::row::Value;
use crate::store::sqlite::stored;

/// How the fields of a table's rows are read.
pub(super) struct Fields<'f> {
    columns: BTreeMap<&'f str, (usize, &'f Column)>,
    times: BTreeMap<&'f str, TimeReader>,
    pub file: &'f str,
}

impl<'f> Fields<'f> {
    pub fn new(table: &'f SideTable, file: &'f str) -> Self {
        let columns = table.columns.iter().enumerate();
        let columns = columns.map(|(at, (name, column))| (name.as_str(), (at, column)));
        Self {
            columns: columns.collect(),
            times: BTreeMap::new(),
            file,
        }
    }

    /// Those of one row.
    pub fn of<'r>(&'r mut self, row: &'r Row<'r>, connection: &'r Connection) -> OfRow<'r, 'f> {
        OfRow {
            fields: self,
            row,
            connection,
            problems: Vec::new(),
            bytes: 0,
        }
    }
}

/// The fields of one row.
pub(super) struct OfRow<'r, 'f> {
    fields: &'r mut Fields<'f>,
    row: &'r Row<'r>,
    connection: &'r Connection,
    /// What could not be read of it.
    pub problems: Vec<String>,
    /// Bytes of its states and payloads.
    pub bytes: usize,
}

impl<'f> OfRow<'_, 'f> {
    fn value(&self, name: &str) -> rusqlite::Result<Value<'_>> {
        match self.fields.columns.get(name) {
            Some((at, _)) => self.row.get_ref(*at).map(stored::value),
            None => Ok(Value::Null),
        }
    }

    /// The name of the file.
    pub fn file(&self) -> &'f str {
        self.fields.file
    }

    pub fn text(&self, name: &str) -> rusqlite::Result<Option<String>> {
        let Some((_, column)) = self.fields.columns.get(name) else {
            return Ok(None);
        };
        let value = self.value(name)?;
        Ok(value.name().map(|text| match &column.capture {
            Some(capture) => capture.of(&text).to_owned(),
            None => text.into_owned(),
        }))
    }

    /// A list: of JSON, or texts with commas between them.
    pub fn texts(&self, name: &str) -> rusqlite::Result<Vec<String>> {
        let Some(text) = self.text(name)? else {
            return Ok(Vec::new());
        };
        Ok(match serde_json::from_str(&text) {
            Ok(serde_json::Value::Array(items)) => items.iter().filter_map(plain).collect(),
            Ok(serde_json::Value::Object(members)) => members.values().filter_map(plain).collect(),
            _ => {
                let texts = text
                    .split(',')
                    .map(str::trim)
                    .filter(|text| !text.is_empty());
                texts.map(str::to_owned).collect()
            }
        })
    }

    pub fn integer(&mut self, name: &str) -> rusqlite::Result<Option<i64>> {
        let value = self.value(name)?;
        let (number, text) = (value.integer(), value.name().map(Cow::into_owned));
        if let (None, Some(text)) = (number, text) {
            let text = text.replace(char::is_control, " ");
            self.problems
                .push(format!("Its {name} “{text}” is no whole number"));
        }
        Ok(number)
    }

    pub fn time(&mut self, name: &str) -> rusqlite::Result<Option<Timestamp>> {
        let Some((name, (at, column))) = self.fields.columns.get_key_value(name) else {
            return Ok(None);
        };
        let reader = self.fields.times.entry(name);
        let reader = reader.or_insert_with(|| TimeReader::new(column.time_encoding()));
        let read = stored::value(self.row.get_ref(*at)?).time(reader);
        Ok(read.unwrap_or_else(|error| {
            let name = name.replace('_', " ");
            self.problems
                .push(format!("Its {name} cannot be read: {error}"));
            None
        }))
    }

    pub fn payload(&mut self, name: &str) -> rusqlite::Result<Payload> {
        let Some((at, column)) = self.fields.columns.get(name) else {
            return Ok(Payload::Absent);
        };
        let payload = stored::payload(self.row.get_ref(*at)?, column.decoder(), self.connection)?;
        self.bytes += payload.size();
        Ok(payload)
    }

    /// The event that the row names: by position, else by id, else by stream and version.
    pub fn mark(&mut self) -> rusqlite::Result<Option<Mark>> {
        let event = if let Some(position) = self.integer("position")? {
            Marked::Position(Position(position))
        } else if let Some(id) = self.text("event_id")? {
            Marked::Id(id)
        } else if let Some(stream) = self.text("stream")?
            && let Some(version) = self.integer("version")?
        {
            let version = Version(version);
            Marked::Version { stream, version }
        } else {
            return Ok(None);
        };
        let application = self.text("application")?;
        Ok(Some(Mark { application, event }))
    }
}

fn plain(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
