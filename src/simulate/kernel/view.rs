//! A scenario's read model: one table, a row for each key, each column the last value of a field of
//! the payloads, a sum or a count. Made of what stands in the log, in log order, whatever has
//! happened to it: the same that any projection over the store comes to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::event::{Event, Stream};
use crate::simulate::chance::{Money, Seed};

/// A read model as the scenario's table has it.
#[derive(Debug)]
pub struct ViewSpec {
    pub table: &'static str,
    /// The key's column.
    pub key: &'static str,
    pub keyed_by: KeyedBy,
    /// The events that it is made of.
    pub categories: &'static [&'static str],
    pub columns: &'static [Column],
    /// The consumer that keeps it up to date.
    pub consumer: &'static str,
}

/// Where an event's key stands.
#[derive(Clone, Copy, Debug)]
pub enum KeyedBy {
    /// In its stream's name.
    Stream,
    /// In this field of its payload; events without it do not count.
    Field(&'static str),
}

/// A column: its name, the field it comes from, and how.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    /// JSON pointers, the first that leads somewhere; those of one event type begin with its name:
    /// `EmailChanged/new`.
    pub from: &'static [&'static str],
    pub take: Take,
}

impl Column {
    const fn new(name: &'static str, from: &'static [&'static str], take: Take) -> Self {
        Self { name, from, take }
    }

    /// The last text that was there.
    pub const fn text(name: &'static str, from: &'static [&'static str]) -> Self {
        Self::new(name, from, Take::LastText)
    }

    /// The last number that was there.
    pub const fn number(name: &'static str, from: &'static [&'static str]) -> Self {
        Self::new(name, from, Take::LastNumber)
    }

    /// The sum of all numbers.
    pub const fn sum(name: &'static str, from: &'static [&'static str]) -> Self {
        Self::new(name, from, Take::Sum)
    }

    /// How often it was there.
    pub const fn count(name: &'static str, from: &'static [&'static str]) -> Self {
        Self::new(name, from, Take::Count)
    }

    fn find<'a>(&self, event_type: &str, payload: &'a Value) -> Option<&'a Value> {
        self.from.iter().find_map(|from| {
            let (name, pointer) = from.split_at(from.find('/')?);
            (name.is_empty() || name == event_type).then(|| payload.pointer(pointer))?
        })
    }
}

/// What a column makes of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// The last text that it had.
    LastText,
    /// The last number that it had.
    LastNumber,
    /// The sum of all numbers, which have at most two decimals.
    Sum,
    /// How often it was there.
    Count,
}

/// The values of a row, in the order of the columns.
pub type Cells = Vec<Value>;

#[derive(Debug)]
struct Entry {
    cells: Cells,
    /// As it was before its last change, where that may be needed.
    before: Option<Cells>,
}

/// Whether a row's state before its last change is kept, so that a row can be written that missed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    Kept,
    Forgotten,
}

#[derive(Debug)]
pub struct View {
    pub spec: &'static ViewSpec,
    rows: BTreeMap<String, Entry>,
    before: Before,
    /// Keys that the truth tells, with the rows that have left `rows`.
    chosen: BTreeSet<String>,
    gone: BTreeMap<String, Cells>,
    /// Of those that have left: how many, and the sum of each column in hundredths.
    left: (u64, Vec<i128>),
    seed: Seed,
    one_in: u64,
}

/// A row at the moment at which it is written for good.
#[derive(Debug)]
pub struct Written {
    pub key: String,
    pub cells: Cells,
    pub before: Option<Cells>,
}

/// The most keys whose rows the truth tells.
const CHOSEN: usize = 100;

impl View {
    /// `one_in` keys are told by the truth, up to a bound.
    pub fn new(spec: &'static ViewSpec, before: Before, seed: Seed, one_in: u64) -> Self {
        Self {
            spec,
            rows: BTreeMap::new(),
            before,
            chosen: BTreeSet::new(),
            gone: BTreeMap::new(),
            left: (0, vec![0; spec.columns.len()]),
            seed,
            one_in,
        }
    }

    /// Takes an event in.
    pub fn apply(&mut self, event: &Event, payload: &Value) {
        if !self.spec.categories.contains(&event.stream.category) || !payload.is_object() {
            return;
        }
        let key = match self.spec.keyed_by {
            KeyedBy::Stream => event.stream.to_string(),
            KeyedBy::Field(pointer) => match payload.pointer(pointer) {
                Some(Value::String(key)) => key.clone(),
                _ => return,
            },
        };
        if !self.rows.contains_key(&key) {
            self.choose(&key, event.stream);
            let cells = self.gone.remove(&key).unwrap_or_else(|| self.fresh());
            self.rows.insert(
                key.clone(),
                Entry {
                    cells,
                    before: None,
                },
            );
        }
        let Some(entry) = self.rows.get_mut(&key) else {
            return;
        };
        let cells = changed(self.spec.columns, &entry.cells, event.kind.name, payload);
        if self.before == Before::Kept && cells != entry.cells {
            entry.before = Some(std::mem::take(&mut entry.cells));
        }
        entry.cells = cells;
    }

    fn fresh(&self) -> Cells {
        let cell = |column: &Column| match column.take {
            Take::LastText | Take::LastNumber => Value::Null,
            Take::Sum | Take::Count => Value::from(0),
        };
        self.spec.columns.iter().map(cell).collect()
    }

    fn choose(&mut self, key: &str, stream: Stream) {
        let lot = self.seed.of(stream.lot()).0;
        if self.chosen.len() < CHOSEN && lot.is_multiple_of(self.one_in) {
            self.chosen.insert(key.to_owned());
        }
    }

    /// Nothing more will come of a stream: its row is written for good.
    pub fn close(&mut self, stream: Stream) -> Option<Written> {
        let ours = matches!(self.spec.keyed_by, KeyedBy::Stream)
            && self.spec.categories.contains(&stream.category);
        ours.then(|| self.take(&stream.to_string())).flatten()
    }

    /// Every key that still has a row here, in order.
    pub fn keys(&self) -> Vec<String> {
        self.rows.keys().cloned().collect()
    }

    /// Takes a row out, to be written for good.
    pub fn take(&mut self, key: &str) -> Option<Written> {
        let Entry { cells, before } = self.rows.remove(key)?;
        self.left.0 += 1;
        for (sum, cell) in self.left.1.iter_mut().zip(&cells) {
            *sum += hundredths(cell).unwrap_or(0);
        }
        if self.chosen.contains(key) {
            self.gone.insert(key.to_owned(), cells.clone());
        }
        let key = key.to_owned();
        Some(Written { key, cells, before })
    }

    /// How many rows there are.
    pub fn count(&self) -> u64 {
        self.left.0 + self.rows.len() as u64
    }

    /// The sum of each column that holds numbers, as text with two decimals.
    pub fn sums(&self) -> Vec<(&'static str, String)> {
        let mut sums = Vec::new();
        for (at, column) in self.spec.columns.iter().enumerate() {
            if column.take != Take::LastText {
                let here = self
                    .rows
                    .values()
                    .filter_map(|row| hundredths(&row.cells[at]));
                let sum = self.left.1[at] + here.sum::<i128>();
                sums.push((column.name, Money(sum as i64).to_string()));
            }
        }
        sums
    }

    /// The rows that the truth tells, in order of their keys.
    pub fn chosen(&self) -> impl Iterator<Item = (&str, &Cells)> {
        self.chosen.iter().filter_map(|key| {
            let here = self.rows.get(key).map(|entry| &entry.cells);
            Some((key.as_str(), here.or_else(|| self.gone.get(key))?))
        })
    }
}

fn changed(columns: &[Column], cells: &Cells, event_type: &str, payload: &Value) -> Cells {
    let cell = |(column, before): (&Column, &Value)| {
        let Some(value) = column.find(event_type, payload) else {
            return before.clone();
        };
        match column.take {
            Take::LastText if value.is_string() => value.clone(),
            Take::LastNumber if value.is_number() => value.clone(),
            Take::LastText | Take::LastNumber => Value::Null,
            Take::Sum => sum(before, value),
            Take::Count => Value::from(before.as_i64().unwrap_or(0) + 1),
        }
    };
    columns.iter().zip(cells).map(cell).collect()
}

fn sum(before: &Value, value: &Value) -> Value {
    let Some(more) = hundredths(value) else {
        return before.clone();
    };
    let cents = hundredths(before).unwrap_or(0) + more;
    if value.is_i64() && !before.to_string().contains('.') {
        return Value::from((cents / 100) as i64);
    }
    let digits = Money(cents as i64).to_string();
    Value::Number(serde_json::Number::from_string_unchecked(digits))
}

/// A number of at most two decimals in hundredths.
fn hundredths(value: &Value) -> Option<i128> {
    let Value::Number(number) = value else {
        return None;
    };
    let digits = number.as_str();
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let cents = format!("{fraction:0<2}");
    let whole: i128 = whole.parse::<i128>().ok()?;
    let cents: i128 = cents.get(..2)?.parse().ok()?;
    let sign = if digits.starts_with('-') { -1 } else { 1 };
    Some(whole * 100 + sign * cents)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_summed_exactly() {
        let text = r#"[12.30, -0.05, 7, "x"]"#;
        let values: Vec<Value> = serde_json::from_str(text).expect("JSON");
        let cents: Vec<_> = values.iter().map(hundredths).collect();
        assert_eq!(cents, [Some(1230), Some(-5), Some(700), None]);
        let total = sum(&sum(&Value::from(0), &values[0]), &values[1]);
        assert_eq!(total.to_string(), "12.25");
        assert_eq!(sum(&json!(3), &json!(4)).to_string(), "7");
    }
}
