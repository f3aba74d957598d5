//! The table `events`: what `asof events` shows, a row an event, in log order.

mod bodies;
mod narrow;
mod ranges;
mod rows;

use std::ops::Range;
use std::sync::Arc;

use super::Scene;
use super::table::{Column, Comparison, Condition, Direction, Kind, Rows, Table};
use crate::log::Clock;
use crate::model::Task;
pub(super) use bodies::text as payload_text;
use narrow::Search;
use rows::EventRows;

pub(super) const NAME: &str = "events";

const fn text(name: &'static str) -> Column {
    let kind = Kind::Text;
    Column { name, kind }
}

const fn integer(name: &'static str) -> Column {
    let kind = Kind::Integer;
    Column { name, kind }
}

pub(super) const POSITION: usize = 0;
pub(super) const NATIVE_POSITION: usize = 1;
pub(super) const SOURCE: usize = 2;
pub(super) const STREAM: usize = 3;
pub(super) const CATEGORY: usize = 4;
pub(super) const VERSION: usize = 5;
pub(super) const TYPE: usize = 6;
pub(super) const SCHEMA_VERSION: usize = 7;
pub(super) const ID: usize = 8;
pub(super) const RECORDED_AT: usize = 9;
pub(super) const OCCURRED_AT: usize = 10;
pub(super) const CORRELATION_ID: usize = 11;
pub(super) const CAUSATION_ID: usize = 12;
pub(super) const DATA: usize = 13;
pub(super) const METADATA: usize = 14;

pub(super) const COLUMNS: &[Column] = &[
    integer("position"),
    text("native_position"),
    text("source"),
    text("stream"),
    text("category"),
    integer("version"),
    text("type"),
    text("schema_version"),
    text("id"),
    text("recorded_at"),
    text("occurred_at"),
    text("correlation_id"),
    text("causation_id"),
    text("data"),
    text("metadata"),
];

/// The events of a log known at a moment.
pub(super) struct Events(Arc<Known>);

/// What every search of them shares.
pub(super) struct Known {
    scene: Arc<Scene>,
    task: Task,
    /// The known events, as [`crate::log::Cut::known`] has them.
    ranges: Vec<Range<u32>>,
}

impl Known {
    /// How many known events stand before one that is known: its place among them, from 0.
    fn place(&self, event: u32) -> usize {
        let before = self.ranges.iter().take_while(|range| range.start <= event);
        before
            .map(|range| range.end.min(event) - range.start)
            .sum::<u32>() as usize
    }

    /// Whether positions are numbers that go up from event to event.
    fn has_numbers(&self) -> bool {
        self.scene.log.sources().is_empty()
    }
}

impl Events {
    pub fn new(scene: &Arc<Scene>, task: &Task) -> Self {
        Self(Arc::new(Known {
            ranges: scene.cut.known(&scene.log),
            scene: Arc::clone(scene),
            task: task.clone(),
        }))
    }
}

impl Table for Events {
    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn size(&self) -> u64 {
        u64::from(self.0.scene.cut.count())
    }

    fn narrows(&self, column: usize, comparison: Comparison) -> Option<f64> {
        let log = &self.0.scene.log;
        let one_of = |many: usize| 1.0 / many.max(1) as f64;
        let equal = comparison == Comparison::Equal;
        match column {
            POSITION if !self.0.has_numbers() => None,
            RECORDED_AT if !log.has_clock(Clock::Recorded) => None,
            OCCURRED_AT if !log.has_clock(Clock::Occurred) => None,
            POSITION | RECORDED_AT | OCCURRED_AT if equal => Some(one_of(log.len())),
            POSITION | RECORDED_AT | OCCURRED_AT => Some(0.3),
            STREAM if equal => Some(one_of(log.streams().len())),
            CATEGORY if equal => Some(one_of(log.categories().len())),
            TYPE if equal => Some(one_of(log.types().len())),
            // Ids are found once the log is complete.
            ID if equal && log.is_complete() => Some(one_of(log.len())),
            CORRELATION_ID if equal && log.is_complete() => Some(one_of(log.len() / 10)),
            _ => None,
        }
    }

    fn ordered_by(&self) -> Option<usize> {
        self.0.has_numbers().then_some(POSITION)
    }

    fn rows(
        &self,
        conditions: &[Condition],
        direction: Direction,
    ) -> rusqlite::Result<Box<dyn Rows>> {
        let search = Search::new(&self.0, conditions);
        Ok(Box::new(EventRows::new(&self.0, search, direction)))
    }
}
