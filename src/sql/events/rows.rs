//! Events one after the other, a block of them at a time, and their values.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use rusqlite::vtab::Context;

use super::bodies::{self, Bodies};
use super::narrow::Search;
use super::{
    CATEGORY, CAUSATION_ID, CORRELATION_ID, DATA, ID, Known, METADATA, NATIVE_POSITION,
    OCCURRED_AT, POSITION, RECORDED_AT, SCHEMA_VERSION, SOURCE, STREAM, TYPE, VERSION,
};
use crate::analysis::events::Content;
use crate::log::{Clock, Payload};
use crate::model::EventIx;
use crate::sql::table::{Direction, Rows, check};

/// Events looked at between two looks at the task.
const STRIDE: u32 = 1 << 14;

/// Events that a block holds before it is handed out, so that payloads can be read many at a time.
const BLOCK: usize = 1 << 12;

/// Events looked at for a block that already holds some.
const LOOKED_AT: u32 = 1 << 18;

pub(super) struct EventRows {
    known: Arc<Known>,
    search: Search,
    direction: Direction,
    block: Vec<u32>,
    /// How many of the block were gone to, the last of which is where this stands.
    gone: usize,
    bodies: RefCell<Bodies>,
}

impl EventRows {
    pub fn new(known: &Arc<Known>, mut search: Search, direction: Direction) -> Self {
        // What comes next is taken from the end.
        if direction == Direction::Forwards {
            search.ranges.reverse();
        }
        if let (Some(listed), Direction::Backwards) = (&mut search.listed, direction) {
            listed.reverse();
        }
        Self {
            known: Arc::clone(known),
            search,
            direction,
            block: Vec::new(),
            gone: 0,
            bodies: RefCell::default(),
        }
    }

    fn fill(&mut self) -> rusqlite::Result<()> {
        self.block.clear();
        self.gone = 0;
        self.bodies.get_mut().leave();
        check(&self.known.task)?;
        if let Some(listed) = self.search.listed.take() {
            self.search.ranges.clear();
            let (log, search) = (&self.known.scene.log, &self.search);
            let fits = |event: &u32| {
                let event = EventIx(*event);
                search.fits(log.event_type(event).0, || {
                    log.category(log.stream(event)).0
                })
            };
            self.block = listed.into_iter().filter(fits).collect();
            return Ok(());
        }
        let mut looked_at = 0;
        while self.block.len() < BLOCK
            && (self.block.is_empty() || looked_at < LOOKED_AT)
            && let Some(part) = self.next_part()
        {
            check(&self.known.task)?;
            looked_at += part.end - part.start;
            self.tell(&part);
            self.look_at(part);
        }
        Ok(())
    }

    /// Tells how far the search is. One that goes through the events again is not further.
    fn tell(&self, part: &Range<u32>) {
        let (task, all) = (&self.known.task, self.known.scene.log.len() as u64);
        let gone = match self.direction {
            Direction::Forwards => u64::from(part.end),
            Direction::Backwards => all - u64::from(part.start),
        };
        let progress = task.progress();
        task.set_done(gone.min(progress.total).max(progress.done));
    }

    /// The next events worth a look, few enough.
    fn next_part(&mut self) -> Option<Range<u32>> {
        let range = self.search.ranges.pop()?;
        let few = range.len() <= STRIDE as usize;
        let (part, rest) = match self.direction {
            _ if few => return Some(range),
            Direction::Forwards => {
                let middle = range.start + STRIDE;
                (range.start..middle, middle..range.end)
            }
            Direction::Backwards => {
                let middle = range.end - STRIDE;
                (middle..range.end, range.start..middle)
            }
        };
        self.search.ranges.push(rest);
        Some(part)
    }

    fn look_at(&mut self, part: Range<u32>) {
        let (log, before) = (&self.known.scene.log, self.block.len());
        for run in log.runs(EventIx(part.start)..EventIx(part.end)) {
            let columns = run.events().zip(run.types().iter().zip(run.streams()));
            let fits = columns.filter(|(_, (event_type, stream))| {
                let category = || log.category(crate::model::StreamIx(**stream)).0;
                self.search.fits(**event_type, category)
            });
            self.block.extend(fits.map(|(event, _)| event));
        }
        if self.direction == Direction::Backwards {
            self.block[before..].reverse();
        }
    }

    fn event(&self) -> EventIx {
        let at = self.gone.checked_sub(1).and_then(|at| self.block.get(at));
        EventIx(at.copied().unwrap_or_default())
    }

    fn give_payload(
        &self,
        to: &mut Context,
        payload: impl Fn(&crate::log::Body) -> &Payload,
    ) -> rusqlite::Result<()> {
        let mut bodies = self.bodies.borrow_mut();
        let read = bodies.at(&self.known, &self.block, self.gone.saturating_sub(1))?;
        match read.as_ref().map(payload) {
            Ok(Payload::Json(raw)) => to.set_result(raw.get()),
            Ok(other) => to.set_result(bodies::text(&Content::from(other.clone()))),
            Err(why) => to.set_result(bodies::text(&Content::Unreadable(why.clone()))),
        }
    }

    fn give_native_position(&self, to: &mut Context) -> rusqlite::Result<()> {
        let mut bodies = self.bodies.borrow_mut();
        let read = bodies.at(&self.known, &self.block, self.gone.saturating_sub(1))?;
        let native = read
            .as_ref()
            .ok()
            .and_then(|body| body.native_position.as_deref());
        to.set_result(native)
    }
}

impl Search {
    fn fits(&self, event_type: u32, category: impl FnOnce() -> u32) -> bool {
        self.event_type.is_none_or(|wanted| wanted == event_type)
            && self.category.is_none_or(|wanted| wanted == category())
    }
}

impl Rows for EventRows {
    fn advance(&mut self) -> rusqlite::Result<bool> {
        if self.gone == self.block.len() {
            self.fill()?;
        }
        if self.block.is_empty() {
            return Ok(false);
        }
        self.gone += 1;
        Ok(true)
    }

    fn give(&self, column: usize, to: &mut Context) -> rusqlite::Result<()> {
        let (log, event) = (&self.known.scene.log, self.event());
        let time = |clock| log.own_time(event, clock).map(|time| time.to_string());
        match column {
            POSITION => {
                let name = log.position_name(event);
                match name.file {
                    None => to.set_result(name.position.0),
                    Some(file) => to.set_result(format!("{file}:{}", name.position.0)),
                }
            }
            NATIVE_POSITION => self.give_native_position(to),
            SOURCE => to.set_result(log.source(event).map(|(source, _)| &*source.name)),
            STREAM => to.set_result(log.stream_name(log.stream(event))),
            CATEGORY => to.set_result(log.told_category(log.stream(event))),
            VERSION => to.set_result(log.version(event).0),
            TYPE => to.set_result(log.type_name(log.event_type(event))),
            SCHEMA_VERSION => to.set_result(log.schema_version(event)),
            ID => to.set_result(log.event_id(event).map(|id| id.to_string())),
            RECORDED_AT => to.set_result(time(Clock::Recorded)),
            OCCURRED_AT => to.set_result(time(Clock::Occurred)),
            CORRELATION_ID => to.set_result(log.correlation(event).map(|id| id.to_string())),
            CAUSATION_ID => to.set_result(log.causation(event).map(|id| id.to_string())),
            DATA => self.give_payload(to, |body| &body.data),
            METADATA => self.give_payload(to, |body| &body.metadata),
            _ => Ok(()),
        }
    }

    fn number(&self) -> i64 {
        self.known.place(self.event().0) as i64 + 1
    }
}
