//! What the pages of the Lag view show, as rows for programs: figures as plain numbers in one unit, which can be
//! sorted and added up.

use serde_json::Value;

use super::{Cell, Column, Grid};
use crate::analysis::lag::{
    ConsumerId, ConsumerLag, DeadLetterReport, Delays, MessageReport, MessageStatus, Stage,
};
use crate::model::{PositionName, Version};

/// Consumers: milliseconds, and events a second.
#[must_use]
pub fn consumers(rows: &[ConsumerLag]) -> Grid<'_> {
    let cells = |own| {
        let own: &ConsumerLag = own;
        let blocking = own.blocking_event.as_ref();
        vec![
            Cell::text(&own.name),
            Cell::optional(own.partition.as_deref()),
            word(own.status),
            (own.lag_events).map_or(Cell::None, Cell::count),
            (own.lag_ms).map_or(Cell::None, Cell::Number),
            Cell::time(own.since),
            word(own.cause),
            position(blocking.map(|event| &event.position)),
            position(own.position.as_ref()),
            position(own.head.as_ref()),
            number(own.throughput),
            word(own.trend),
            number(own.eta_s),
            word(Some(own.source)),
            word(Some(own.certainty)),
        ]
    };
    Grid {
        columns: columns(&[
            "name",
            "partition",
            "status",
            "lag_events",
            "lag_ms",
            "since",
            "cause",
            "blocking_event",
            "position",
            "head",
            "throughput",
            "trend",
            "eta_s",
            "source",
            "certainty",
        ]),
        rows: rows.iter().map(cells).collect(),
    }
}

/// A consumer with how long its events took.
pub type Measured = (ConsumerId, Delays);

/// How long events took, consumer by consumer: so large a share took no longer than so long.
#[must_use]
pub fn distribution(rows: &[Measured]) -> Grid<'_> {
    let points = rows.iter().flat_map(|(id, delays)| {
        let mut points: Vec<(f64, f64)> = delays.ecdf.iter().map(|(ms, at)| (*at, *ms)).collect();
        // The curve has no point there.
        points.extend(delays.figures.map(|figures| (0.99, figures.p99_ms)));
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points.into_iter().map(|(share, ms)| {
            let [name, part] = named(id);
            vec![name, part, number(Some(share)), number(Some(ms))]
        })
    });
    Grid {
        columns: columns(&["consumer", "partition", "share", "took_ms"]),
        rows: points.collect(),
    }
}

/// Who misses what they wrote, consumer by consumer: the share of those who read so long after it.
#[must_use]
pub fn rereads(rows: &[Measured]) -> Grid<'_> {
    let points = rows.iter().flat_map(|(id, delays)| {
        delays.missed.iter().map(|at| {
            let [name, part] = named(id);
            let figures = [at.after_ms, at.share].map(|figure| number(Some(figure)));
            [name, part].into_iter().chain(figures).collect()
        })
    });
    Grid {
        columns: columns(&["consumer", "partition", "after_ms", "share_missed"]),
        rows: points.collect(),
    }
}

/// The parts of the way of events.
#[must_use]
pub fn stages(rows: &[Stage]) -> Grid<'_> {
    let cells = |stage| {
        let stage: &Stage = stage;
        let took = stage.took;
        vec![
            word(Some(stage.kind)),
            Cell::optional(stage.consumer.as_deref()),
            word(Some(stage.since)),
            took.map_or(Cell::None, |took| Cell::count(took.count)),
            number(took.map(|took| took.p50_ms)),
            number(took.map(|took| took.p95_ms)),
            number(took.map(|took| took.p99_ms)),
            number(took.map(|took| took.most_ms)),
            (stage.waiting).map_or(Cell::None, Cell::count),
            Cell::time(stage.oldest),
        ]
    };
    Grid {
        columns: columns(&[
            "stage", "consumer", "since", "count", "p50_ms", "p95_ms", "p99_ms", "most_ms",
            "waiting", "oldest",
        ]),
        rows: rows.iter().map(cells).collect(),
    }
}

/// The messages of an outbox.
#[must_use]
pub fn messages(rows: &[MessageReport]) -> Grid<'_> {
    let cells = |message| {
        let message: &MessageReport = message;
        vec![
            position(message.position.as_ref()),
            Cell::optional(message.stream.as_deref()),
            (message.version).map_or(Cell::None, |Version(version)| Cell::Number(version)),
            Cell::optional(message.event_type.as_deref()),
            Cell::time(message.created_at),
            Cell::time(message.published_at),
            Cell::optional(message.status.map(MessageStatus::name)),
            message.attempts.map_or(Cell::None, Cell::Number),
        ]
    };
    Grid {
        columns: columns(&[
            "position",
            "stream",
            "version",
            "type",
            "created_at",
            "published_at",
            "status",
            "attempts",
        ]),
        rows: rows.iter().map(cells).collect(),
    }
}

/// Dead letters.
#[must_use]
pub fn dead_letters(rows: &[DeadLetterReport]) -> Grid<'_> {
    let cells = |letter| {
        let letter: &DeadLetterReport = letter;
        vec![
            Cell::time(letter.at),
            Cell::optional(letter.consumer.as_deref()),
            position(letter.position.as_ref()),
            Cell::optional(letter.stream.as_deref()),
            Cell::optional(letter.event_type.as_deref()),
            letter.attempts.map_or(Cell::None, Cell::Number),
            position(letter.consumer_position.as_ref()),
            Cell::optional(letter.error.as_deref()),
        ]
    };
    Grid {
        columns: columns(&[
            "at",
            "consumer",
            "position",
            "stream",
            "type",
            "attempts",
            "consumer_position",
            "error",
        ]),
        rows: rows.iter().map(cells).collect(),
    }
}

/// Columns for programs alone.
fn columns<'a>(fields: &[&'a str]) -> Vec<Column<'a>> {
    fields
        .iter()
        .map(|field| Column::new(field, field))
        .collect()
}

fn named(id: &ConsumerId) -> [Cell<'_>; 2] {
    [
        Cell::text(&id.name),
        Cell::optional(id.partition.as_deref()),
    ]
}

fn position(name: Option<&PositionName>) -> Cell<'_> {
    name.map_or(Cell::None, Cell::position)
}

/// A number as JSON has it.
fn number(figure: Option<f64>) -> Cell<'static> {
    let written = figure.map(|figure| Value::from(figure).to_string());
    written.map_or(Cell::None, |written| Cell::Written(written.into()))
}

/// A word as JSON has it.
fn word(value: Option<impl serde::Serialize>) -> Cell<'static> {
    match value.map(serde_json::to_value) {
        Some(Ok(Value::String(word))) => Cell::Text(word.into()),
        _ => Cell::None,
    }
}
