//! Reads what stands at some places in many payloads: two readers side by side, straight from the pages
//! of the file where that is possible, without copying more than what is asked for. Only of events that
//! are still those that were indexed, and of payloads that are objects of JSON as they are stored; all
//! else is left to whoever reads bodies.

use std::cell::OnceCell;
use std::cmp::Ordering;

use rusqlite::Connection;

use super::connect::{ConnectError, Database, Moment};
use super::damage::is_of_a_row;
use super::known::Before;
use super::pages::{Shape, Walk};
use super::place::At;
use super::plan::{Cells, Plan, What};
use super::pool::Pool;
use crate::log::{Log, Place};
use crate::model::json::Picker;
use crate::model::{Cancelled, EventIx, Task};
use crate::store::pipeline;
use crate::store::row::{Found, Interpreter};

/// Events read by one reader at a time.
const BLOCK: usize = 1 << 13;

/// Below so many events a second reader costs more than it brings.
const WORTH_TWO: usize = 1 << 14;

/// Where rows lie farther apart than this, on the average, they are not read one after another.
const SPARSE: i64 = 4;

/// So many transactions that pick from one event of a block or none: more are not worth their while.
const ODD: usize = 32;

/// What is picked from.
pub(super) struct Picks<'p> {
    /// Selects no more of an event than what it is told by, and its payload.
    pub slim: &'p Plan,
    pub before: &'p Before,
    pub pool: &'p Pool,
    pub log: &'p Log,
    pub picker: &'p Picker,
}

/// Takes the values of an event, or that they could not be picked.
pub(super) type Take<'t> =
    dyn FnMut(EventIx, Option<&[Option<&str>]>) -> Result<(), Cancelled> + 't;

/// What was picked of some events, in their order.
#[derive(Default)]
struct Block {
    texts: String,
    /// By event, where it was picked: its values begin at this one of `spans`.
    events: Vec<Option<usize>>,
    /// Where in `texts` a value stands; none where there is none.
    spans: Vec<Option<(u32, u32)>>,
}

impl Picks<'_> {
    /// Gives the values of all events to `take`, in their order, on the calling thread.
    pub fn read(
        &self,
        events: &[EventIx],
        task: &Task,
        take: &mut Take<'_>,
    ) -> Result<(), Cancelled> {
        let blocks: Vec<&[EventIx]> = events.chunks(BLOCK).collect();
        let readers = if events.len() >= WORTH_TWO { 2 } else { 1 };
        let mut all: Vec<pipeline::Reader<'_, Block, Cancelled>> = Vec::new();
        for _ in 0..readers {
            let mut held = Held {
                pool: self.pool,
                database: None,
            };
            let blocks = &blocks;
            all.push(Box::new(move |block| {
                self.block(blocks[block], &mut held, task)
            }));
        }
        let mut ended = Ok(());
        pipeline::in_order(blocks.len(), all, &mut |block, picked: Block| {
            let mut slots = Vec::new();
            for (at, event) in blocks[block].iter().enumerate() {
                if ended.is_ok() {
                    let values = picked.values(at, self.picker.slots(), &mut slots);
                    ended = take(*event, values);
                }
            }
        })?;
        ended
    }

    /// What a reader picks of one block.
    fn block(
        &self,
        events: &[EventIx],
        held: &mut Held<'_>,
        task: &Task,
    ) -> Result<Block, Cancelled> {
        let mut block = Block::default();
        block.spans.reserve(events.len() * self.picker.slots());
        let place = |event: &EventIx| self.slim.place(self.log, *event);
        let places: Vec<Place> = events.iter().map(place).collect();
        let mut slow = 0;
        while block.events.len() < events.len() {
            task.check()?;
            let done = block.events.len();
            let rest = &events[done..];
            let read = self
                .pool
                .moment(&mut held.database, task, |database, moment| {
                    block.cut_back(done, self.picker.slots());
                    let mut reading = Reading {
                        picks: self,
                        connection: database.connection(),
                        is_as_indexed: OnceCell::new(),
                        interpreter: Interpreter::new(&self.slim.events, ""),
                        events: rest,
                        places: &places[done..],
                        at: 0,
                        block: &mut block,
                    };
                    reading.transaction(database, moment)
                });
            match read {
                Ok(()) => {}
                Err(ConnectError::Cancelled(cancelled)) => return Err(cancelled),
                Err(_) => block.cut_back(done, self.picker.slots()),
            }
            slow += usize::from(block.events.len() <= done + 1);
            if block.events.len() == done || slow > ODD {
                // It cannot be read so.
                block.events.resize(events.len(), None);
            }
        }
        Ok(block)
    }
}

/// Those of the first places that lie in order, close to one another.
fn dense(places: &[Place]) -> &[Place] {
    let ascending = places
        .windows(2)
        .take_while(|pair| pair[0].at < pair[1].at)
        .count();
    let mut run = &places[..(ascending + 1).min(places.len())];
    // Sparse ones further on do not make those in front sparse.
    while let [first, .., last] = run {
        if (last.at - first.at) / SPARSE <= run.len() as i64 {
            return run;
        }
        run = &run[..run.len() / 2];
    }
    &[]
}

/// A reader's connection, given back when it is done.
struct Held<'p> {
    pool: &'p Pool,
    database: Option<Database>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.pool.give_back(self.database.take());
    }
}

impl Block {
    fn cut_back(&mut self, events: usize, slots: usize) {
        self.events.truncate(events);
        let picked = self.events.iter().flatten().count();
        self.spans.truncate(picked * slots);
        let end = self.spans.iter().flatten().map(|(_, end)| *end).max();
        self.texts.truncate(end.unwrap_or(0) as usize);
    }

    fn push(&mut self, values: &[Option<&str>]) {
        let own: usize = values.iter().flatten().map(|value| value.len()).sum();
        if u32::try_from(self.texts.len() + own).is_err() {
            return self.events.push(None);
        }
        self.events.push(Some(self.spans.len()));
        for value in values {
            self.spans.push(value.map(|value| {
                let start = self.texts.len() as u32;
                self.texts.push_str(value);
                (start, self.texts.len() as u32)
            }));
        }
    }

    fn values<'s, 't>(
        &'t self,
        event: usize,
        count: usize,
        slots: &'s mut Vec<Option<&'t str>>,
    ) -> Option<&'s [Option<&'t str>]> {
        let first = (*self.events.get(event)?)?;
        let spans = self.spans.get(first..first + count)?;
        slots.clear();
        let text = |(start, end): (u32, u32)| &self.texts[start as usize..end as usize];
        slots.extend(spans.iter().map(|span| span.map(text)));
        Some(slots)
    }
}

/// One transaction's reading of the rows of ascending events.
struct Reading<'r, 'p> {
    picks: &'r Picks<'p>,
    connection: &'r Connection,
    /// Whether nothing was written since the index began, so that each row is still that of its event; asked
    /// once the first of them is read, since writers are locked out by then.
    is_as_indexed: OnceCell<bool>,
    interpreter: Interpreter<'r>,
    events: &'r [EventIx],
    /// Where they stand.
    places: &'r [Place],
    /// How many of them were passed.
    at: usize,
    block: &'r mut Block,
}

impl Reading<'_, '_> {
    /// Reads on for as long as one transaction may last.
    fn transaction(
        &mut self,
        database: &Database,
        moment: &mut Moment<'_>,
    ) -> rusqlite::Result<()> {
        let slim = self.picks.slim;
        self.places = dense(self.places);
        self.events = &self.events[..self.places.len()];
        let (Some(&first), Some(&last)) = (self.places.first(), self.places.last()) else {
            return Ok(());
        };
        let shape = match database.bytes() {
            Some(_) => Shape::of(self.connection, slim, What::Bodies)?,
            None => None,
        };
        let before = first.at.checked_sub(1);
        if let (Some(shape), Some(file), Some(before)) = (&shape, database.bytes(), before)
            && let Ok(mut walk) = Walk::new(file, shape, before, last.at)
        {
            loop {
                let Ok(row) = walk.next() else {
                    // What is out of the ordinary is for others to tell; behind it one goes on.
                    self.leave(1);
                    return Ok(());
                };
                let Some(row) = row else {
                    self.leave(usize::MAX);
                    return Ok(());
                };
                let place = Place {
                    at: row.rowid,
                    extent: 0,
                };
                self.row(&row, place)?;
                if walk.turned() && moment.is_over() {
                    return Ok(());
                }
            }
        }
        let Some(sql) = slim.body_sql() else {
            return Ok(());
        };
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(slim.between(first, last))?;
        loop {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => {
                    self.leave(usize::MAX);
                    return Ok(());
                }
                Err(error) if is_of_a_row(&error) => {
                    self.leave(1);
                    return Ok(());
                }
                Err(error) => return Err(error),
            };
            if let Some(place) = At::place(row)? {
                self.row(row, place)?;
            }
            if moment.is_over() {
                return Ok(());
            }
        }
    }

    /// Leaves so many of the next events, at most, to whoever reads bodies.
    fn leave(&mut self, most: usize) {
        let count = most.min(self.events.len() - self.at);
        let until = self.block.events.len() + count;
        self.block.events.resize(until, None);
        self.at += count;
    }

    /// Picks from a row, if one of the events is in it; those before it are not there.
    fn row(&mut self, row: &impl Cells, place: Place) -> rusqlite::Result<()> {
        while let Some(&event) = self.events.get(self.at) {
            let own = self.places[self.at];
            match (own.at, own.extent).cmp(&(place.at, place.extent)) {
                Ordering::Greater => return Ok(()),
                Ordering::Less => self.block.events.push(None),
                Ordering::Equal => self.pick(row, event)?,
            }
            self.at += 1;
        }
        Ok(())
    }

    fn pick(&mut self, row: &impl Cells, event: EventIx) -> rusqlite::Result<()> {
        /// Slots that need no allocation.
        const FEW: usize = 16;
        let Picks {
            slim, log, picker, ..
        } = self.picks;
        let is_as_indexed = || self.picks.before.is_now(self.picks.pool.path());
        let is_same = *self.is_as_indexed.get_or_init(is_as_indexed) || {
            let texts = slim.texts(row, self.connection)?;
            let mut found = Found::default();
            slim.find(row, &texts, &mut found)?;
            self.interpreter.is_same(&found, log, event)
        };
        let payload = match is_same {
            true => slim.payload(row, self.connection)?,
            false => None,
        };
        let (mut few, mut many) = ([None; FEW], Vec::new());
        let slots = match few.get_mut(..picker.slots()) {
            Some(slots) => slots,
            None => {
                many.resize(picker.slots(), None);
                &mut many[..]
            }
        };
        match payload.map(|payload| picker.pick(payload, slots)) {
            // A text may be an object that was cut off, which is not for pointers to tell.
            Some(Ok(())) if payload.is_some_and(|text| !text.starts_with('"')) => {
                self.block.push(slots);
            }
            Some(_) | None => self.block.events.push(None),
        }
        Ok(())
    }
}
