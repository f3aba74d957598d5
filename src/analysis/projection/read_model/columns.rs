//! Which columns of a table hold which fields of states, and whether they hold the same. A column holds
//! the field that is called like it; one that holds JSON objects and is called like no field holds the
//! state as a whole; a state that is no object stands in the only column beside the key.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::analysis::projection::Worded;
use crate::analysis::projection::differ::{Differing, differing, number, same};
use crate::log::{Table, TableRow};
use crate::model::json::pointer;

/// The columns of a table by what they hold.
pub(super) struct Columns {
    /// Columns with the fields that they hold.
    pairs: Vec<(String, String)>,
    /// The column that holds states that are no objects.
    whole: Option<String>,
    /// The column that holds states as JSON objects.
    json: Option<String>,
    /// Columns that hold nothing that is known of.
    rest: Vec<String>,
    /// Fields that no column is called like.
    fields: Vec<String>,
}

impl Columns {
    pub fn new<'v>(table: &Table, key: &str, states: impl Iterator<Item = &'v Value>) -> Self {
        let mut fields: Vec<String> = Vec::new();
        let mut known: BTreeSet<&str> = BTreeSet::new();
        let mut scalars = false;
        for state in states {
            match state {
                Value::Object(state) => {
                    let new = state.keys().filter(|field| known.insert(field));
                    fields.extend(new.cloned());
                }
                Value::Null => {}
                _ => scalars = true,
            }
        }
        let beside: Vec<&String> = table
            .columns
            .iter()
            .filter(|column| *column != key)
            .collect();
        let mut columns = Self {
            pairs: Vec::new(),
            whole: None,
            json: None,
            rest: Vec::new(),
            fields: Vec::new(),
        };
        for column in &beside {
            let own = fields
                .iter()
                .position(|field| plain(field) == plain(column));
            match own {
                Some(at) => columns.pairs.push(((*column).clone(), fields.remove(at))),
                None => columns.rest.push((*column).clone()),
            }
        }
        if let (true, [only]) = (scalars, &columns.rest[..]) {
            columns.whole = Some(only.clone());
            columns.rest.clear();
        }
        columns.fields = fields;
        columns
    }

    /// Looks whether a row holds a state as a whole.
    pub fn look(&mut self, row: &TableRow) {
        if self.json.is_some() || self.whole.is_some() {
            return;
        }
        let holds = |column: &String| row.get(column).and_then(object).is_some();
        if let Some(at) = self.rest.iter().position(holds) {
            self.json = Some(self.rest.remove(at));
        }
    }

    /// Whether there is nothing to compare.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty() && self.whole.is_none() && self.json.is_none()
    }

    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    pub fn compared(&self) -> Vec<String> {
        let pairs = self.pairs.iter().map(|(column, _)| column);
        pairs
            .chain(&self.whole)
            .chain(&self.json)
            .cloned()
            .collect()
    }

    pub fn not_compared(&self) -> Vec<String> {
        let fields = match self.json {
            Some(_) => &[][..],
            None => &self.fields,
        };
        self.rest.iter().chain(fields).cloned().collect()
    }

    /// Where a row does not hold a state: `a` of the state, `b` of the row. A table has what JSON tells of a
    /// state: NULL for `NaN`, `{}` for a Map.
    pub fn differing(&self, state: &Worded, row: &TableRow) -> Vec<Differing> {
        let mut found = self.differing_json(state.json(), row);
        if !found.is_empty() {
            let odd = state.odd();
            for place in &mut found {
                let own = odd.iter().find(|odd| odd.path == place.path);
                place.a_is = own.map(|odd| odd.what.clone());
            }
        }
        found
    }

    fn differing_json(&self, state: &Value, row: &TableRow) -> Vec<Differing> {
        let mut found = Vec::new();
        for (column, field) in &self.pairs {
            let mut path = String::new();
            pointer::push(&mut path, field);
            compare(state.get(field), row.get(column), &path, &mut found);
        }
        if let Some(column) = &self.whole {
            compare(Some(state), row.get(column), "", &mut found);
        }
        if let Some(held) = self.json.as_ref().and_then(|column| row.get(column)) {
            let held = object(held);
            let own = held.as_ref().unwrap_or(&Value::Null);
            // What has a column of its own need not be in the object, too.
            let has_column = |path: &str| {
                let paired = self.pairs.iter().map(|(_, field)| {
                    let mut path = String::new();
                    pointer::push(&mut path, field);
                    path
                });
                paired.into_iter().any(|own| own == path)
            };
            let places = differing(state, own).into_iter();
            found.extend(places.filter(|place| place.b.is_some() || !has_column(&place.path)));
        }
        found
    }
}

/// A name without case and underscores.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| *c != '_' && *c != '-');
    letters.flat_map(char::to_lowercase).collect()
}

fn object(cell: &Value) -> Option<Value> {
    json(cell).filter(Value::is_object)
}

/// The JSON in a text.
fn json(cell: &Value) -> Option<Value> {
    let text = cell.as_str()?.trim_start();
    match text.starts_with(['{', '[']) {
        true => serde_json::from_str(text).ok(),
        false => None,
    }
}

/// A value as a name.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(bytes) => match bytes.get("$bytes") {
            Some(Value::String(bytes)) => bytes.clone(),
            _ => value.to_string(),
        },
        other => other.to_string(),
    }
}

fn compare(state: Option<&Value>, cell: Option<&Value>, path: &str, found: &mut Vec<Differing>) {
    let own = state.unwrap_or(&Value::Null);
    let cell = cell.unwrap_or(&Value::Null);
    if let (Value::Object(_) | Value::Array(_), Some(held)) = (own, json(cell)) {
        let places = differing(own, &held).into_iter();
        found.extend(places.map(|place| Differing {
            path: format!("{path}{}", place.path),
            ..place
        }));
    } else if !holds(own, cell) {
        found.push(Differing::new(path, state, Some(cell)));
    }
}

/// Whether a cell holds a value as far as a column of SQLite can: truth as 0 and 1, numbers by what they
/// are worth, however the column's type has them written.
fn holds(value: &Value, cell: &Value) -> bool {
    match (value, cell) {
        (Value::Bool(own), Value::Number(cell)) => cell.as_str() == if *own { "1" } else { "0" },
        (Value::Number(own), Value::String(cell)) | (Value::String(cell), Value::Number(own)) => {
            let own = number(own.as_str());
            own.is_some() && own == number(cell)
        }
        (value, cell) => same(value, cell),
    }
}
