//! The table `streams`: what the Streams view shows, a row a stream, in the order of their first
//! events.

use std::sync::{Arc, OnceLock};

use rusqlite::vtab::Context;

use super::Scene;
use super::table::{Column, Comparison, Condition, Direction, Kind, Rows, Table, interrupted};
use crate::analysis::streams::{self, StreamFigures};
use crate::model::{Cancelled, EventIx, PositionName, StreamIx, Task};

pub(super) const NAME: &str = "streams";

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind }
}

const STREAM: usize = 0;
const CATEGORY: usize = 1;
const EVENTS: usize = 2;
const FIRST_POSITION: usize = 3;
const LAST_POSITION: usize = 4;
const FIRST_TIME: usize = 5;
const LAST_TIME: usize = 6;

pub(super) const COLUMNS: &[Column] = &[
    column("stream", Kind::Text),
    column("category", Kind::Text),
    column("events", Kind::Integer),
    column("first_position", Kind::Integer),
    column("last_position", Kind::Integer),
    column("first_time", Kind::Text),
    column("last_time", Kind::Text),
];

/// Streams between two looks at the task.
const STRIDE: usize = 1 << 12;

/// The streams of a log known at a moment.
pub(super) struct Streams {
    scene: Arc<Scene>,
    task: Task,
    known: OnceLock<Arc<Known>>,
}

/// All streams there are at the moment, by their first events; and by stream where it stands there.
struct Known {
    figures: Vec<StreamFigures>,
    places: Vec<u32>,
}

/// The place of a stream that is not there yet.
const NOWHERE: u32 = u32::MAX;

impl Streams {
    pub fn new(scene: &Arc<Scene>, task: &Task) -> Self {
        Self {
            scene: Arc::clone(scene),
            task: task.clone(),
            known: OnceLock::new(),
        }
    }

    fn known(&self) -> Result<&Arc<Known>, Cancelled> {
        if let Some(known) = self.known.get() {
            return Ok(known);
        }
        let known = Arc::new(self.count()?);
        Ok(self.known.get_or_init(|| known))
    }

    fn count(&self) -> Result<Known, Cancelled> {
        let (log, cut) = (&self.scene.log, &self.scene.cut);
        let many = log.streams().len();
        let mut figures = Vec::new();
        for ix in 0..many {
            if ix % STRIDE == 0 {
                self.task.check()?;
            }
            figures.extend(streams::figures(log, cut, StreamIx::from_usize(ix)));
        }
        // Of streams that begin with the same event, by links, the order is that of their names.
        figures.sort_unstable_by(|a, b| {
            let names = || [a, b].map(|figures| log.stream_name(figures.stream));
            (a.first.cmp(&b.first)).then_with(|| {
                let [a, b] = names();
                a.cmp(b)
            })
        });
        self.task.check()?;
        let mut places = vec![NOWHERE; many];
        for (figures, place) in figures.iter().zip(0..) {
            places[figures.stream.at()] = place;
        }
        Ok(Known { figures, places })
    }
}

impl Table for Streams {
    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn size(&self) -> u64 {
        self.scene.log.streams().len() as u64
    }

    fn narrows(&self, column: usize, comparison: Comparison) -> Option<f64> {
        let one = 1.0 / self.size().max(1) as f64;
        (column == STREAM && comparison == Comparison::Equal).then_some(one)
    }

    fn ordered_by(&self) -> Option<usize> {
        None
    }

    fn rows(&self, conditions: &[Condition], _: Direction) -> rusqlite::Result<Box<dyn Rows>> {
        let known = self.known().map_err(interrupted)?;
        let mut places = 0..known.figures.len();
        for condition in conditions {
            let Some(name) = condition.equal_text() else {
                continue;
            };
            let stream = self.scene.log.streams().find(name);
            let place = stream.and_then(|stream| known.places.get(stream as usize).copied());
            let only = match place {
                None | Some(NOWHERE) => 0..0,
                Some(place) => place as usize..place as usize + 1,
            };
            places = places.start.max(only.start)..places.end.min(only.end);
        }
        Ok(Box::new(StreamRows {
            scene: Arc::clone(&self.scene),
            known: Arc::clone(known),
            places,
            at: 0,
        }))
    }
}

struct StreamRows {
    scene: Arc<Scene>,
    known: Arc<Known>,
    /// Those still to come.
    places: std::ops::Range<usize>,
    at: usize,
}

impl Rows for StreamRows {
    fn advance(&mut self) -> rusqlite::Result<bool> {
        let next = self.places.next();
        self.at = next.unwrap_or(self.at);
        Ok(next.is_some())
    }

    fn give(&self, column: usize, to: &mut Context) -> rusqlite::Result<()> {
        let Some(figures) = self.known.figures.get(self.at) else {
            return Ok(());
        };
        let (log, clock) = (&self.scene.log, self.scene.cut.clock());
        let mut position = |event: EventIx| {
            let PositionName { file, position } = log.position_name(event);
            match file {
                None => to.set_result(position.0),
                Some(file) => to.set_result(format!("{file}:{}", position.0)),
            }
        };
        let time = |event| log.time(event, clock).map(|time| time.to_string());
        match column {
            STREAM => to.set_result(log.stream_name(figures.stream)),
            CATEGORY => to.set_result(log.told_category(figures.stream)),
            EVENTS => to.set_result(i64::from(figures.events)),
            FIRST_POSITION => position(figures.first),
            LAST_POSITION => position(figures.last),
            FIRST_TIME => to.set_result(time(figures.first)),
            LAST_TIME => to.set_result(time(figures.last)),
            _ => Ok(()),
        }
    }

    fn number(&self) -> i64 {
        self.at as i64 + 1
    }
}
