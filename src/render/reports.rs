//! Which columns each report has as a table and as CSV.

use std::borrow::Cow;

use super::{Cell, Column, Grid};
use crate::analysis::events::{EventRow, hex};
use crate::analysis::overview::{CategoryFigures, TypeFigures};
use crate::analysis::streams::StreamRow;
use crate::log::Clock;
use crate::model::Timestamp;
use crate::sql::{Answer, Value, written};

/// Events with all their fields, in the order and under the names of their JSON.
#[must_use]
pub fn events<'a>(rows: impl IntoIterator<Item = &'a EventRow>) -> Grid<'a> {
    let cells = |row: &'a EventRow| {
        vec![
            Cell::position(&row.position),
            Cell::optional(row.native_position.as_deref()),
            Cell::optional(row.source.as_deref()),
            Cell::text(&row.stream),
            Cell::optional(row.category.as_deref()),
            Cell::Number(row.version.0),
            Cell::text(&row.event_type),
            Cell::optional(row.schema_version.as_deref()),
            Cell::optional(row.id.as_deref()),
            Cell::time(row.recorded_at),
            Cell::time(row.occurred_at),
            Cell::optional(row.correlation_id.as_deref()),
            Cell::optional(row.causation_id.as_deref()),
            Cell::Text(row.data.text()),
            Cell::Text(row.metadata.text()),
        ]
    };
    Grid {
        columns: vec![
            Column::new("position", "Position"),
            Column::new("native_position", "Native position"),
            Column::new("source", "Source"),
            Column::new("stream", "Stream"),
            Column::new("category", "Category"),
            Column::new("version", "Version"),
            Column::new("type", "Event type"),
            Column::new("schema_version", "Schema"),
            Column::new("id", "Id"),
            Column::new("recorded_at", "Recorded"),
            Column::new("occurred_at", "Occurred"),
            Column::new("correlation_id", "Correlation"),
            Column::new("causation_id", "Causation"),
            Column::new("data", "Payload"),
            Column::new("metadata", "Metadata"),
        ],
        rows: rows.into_iter().map(cells).collect(),
    }
}

impl<'a> Grid<'a> {
    /// Only the columns with these fields, in this order; a field that there is not is left out.
    #[must_use]
    pub fn with_fields(self, fields: &[&str]) -> Self {
        let place = |field: &&str| self.columns.iter().position(|own| own.field == *field);
        let kept: Vec<usize> = fields.iter().filter_map(place).collect();
        let columns = kept.iter().map(|&at| self.columns[at].clone()).collect();
        let row =
            |row: &Vec<Cell<'a>>| kept.iter().filter_map(|&at| row.get(at).cloned()).collect();
        Self {
            columns,
            rows: self.rows.iter().map(row).collect(),
        }
    }

    /// The grid for people at a terminal who did not ask for certain columns: of events, what tells
    /// them apart, with the time by `clock`.
    #[must_use]
    pub fn brief(self, clock: Clock) -> Self {
        let time = match clock {
            Clock::Recorded => "recorded_at",
            Clock::Occurred => "occurred_at",
        };
        self.with_fields(&["position", time, "stream", "version", "type", "data"])
    }
}

/// Streams.
#[must_use]
pub fn streams<'a>(rows: impl IntoIterator<Item = &'a StreamRow>) -> Grid<'a> {
    let time = |time: Option<Timestamp>| Cell::time(time);
    let cells = |row: &'a StreamRow| {
        vec![
            Cell::text(&row.stream),
            Cell::optional(row.category.as_deref()),
            Cell::Count(i64::from(row.events)),
            Cell::position(&row.first_position),
            Cell::position(&row.last_position),
            time(row.first_time),
            time(row.last_time),
        ]
    };
    Grid {
        columns: vec![
            Column::new("stream", "Stream"),
            Column::new("category", "Category"),
            Column::new("events", "Events"),
            Column::new("first_position", "First position"),
            Column::new("last_position", "Last position"),
            Column::new("first_time", "First time"),
            Column::new("last_time", "Last time"),
        ],
        rows: rows.into_iter().map(cells).collect(),
    }
}

/// Categories.
#[must_use]
pub fn categories<'a>(rows: &'a [CategoryFigures]) -> Grid<'a> {
    let cells = |row: &'a CategoryFigures| {
        vec![
            Cell::text(&row.name),
            Cell::count(row.events),
            Cell::count(row.streams),
        ]
    };
    Grid {
        columns: vec![
            Column::new("name", "Category"),
            Column::new("events", "Events"),
            Column::new("streams", "Streams"),
        ],
        rows: rows.iter().map(cells).collect(),
    }
}

/// Event types.
#[must_use]
pub fn event_types<'a>(rows: &'a [TypeFigures]) -> Grid<'a> {
    let cells = |row: &'a TypeFigures| vec![Cell::text(&row.name), Cell::count(row.count)];
    Grid {
        columns: vec![
            Column::new("name", "Event type"),
            Column::new("count", "Events"),
        ],
        rows: rows.iter().map(cells).collect(),
    }
}

/// The answer to a statement.
#[must_use]
pub fn answer(answer: &Answer) -> Grid<'_> {
    let cell = |value| match value {
        &Value::Null => Cell::None,
        &Value::Integer(number) => Cell::Number(number),
        &Value::Real(number) => Cell::Written(Cow::Owned(written(number))),
        Value::Text(text) => Cell::text(text),
        Value::Blob(bytes) => Cell::Text(Cow::Owned(format!("0x{}", hex(bytes)))),
    };
    let columns = answer.columns.iter();
    let rows = answer.rows.iter();
    Grid {
        columns: columns.map(|name| Column::new(name, name)).collect(),
        rows: rows.map(|row| row.iter().map(cell).collect()).collect(),
    }
}
