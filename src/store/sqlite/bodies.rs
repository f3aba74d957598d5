//! The bodies of one transaction: straight from the pages of the file where many lie together and that is
//! possible, else by statements; each checked to be still that of the indexed event.

use std::iter::{Copied, Peekable};
use std::slice::Iter;

use rusqlite::{Connection, Row, Rows};

use super::connect::{Database, Moment};
use super::damage::is_of_a_row;
use super::pages::{Shape, Walk};
use super::place::At;
use super::plan::{Cells, Plan, What};
use super::scan::Landmarks;
use crate::log::{Body, Log, Place, Unreadable};
use crate::model::EventIx;
use crate::store::row::{Found, Interpreter};

/// Events that lie together are not read one by one from so many on, and by one statement up to so many.
pub(super) const RUN: usize = 16;
pub(super) const LONGEST_RUN: usize = 256;

/// No more bytes are held back until it is known whether they count.
const HELD: usize = 8 << 20;

/// Bodies of the first events asked for, in their order.
pub(super) type Bodies = Vec<Result<Body, Unreadable>>;

/// The events of a run that have no body yet.
type Wanted<'w> = Peekable<Copied<Iter<'w, EventIx>>>;

/// One transaction's reading.
pub(super) struct Reading<'r> {
    plan: &'r Plan,
    landmarks: &'r Landmarks,
    database: &'r Database,
    connection: &'r Connection,
    moment: &'r Moment<'r>,
    log: &'r Log,
    interpreter: Interpreter<'r>,
    /// How the pages are read; none before that was asked, and none inside where they cannot be.
    shape: Option<Option<Shape>>,
    bodies: Bodies,
    bytes: usize,
}

impl<'r> Reading<'r> {
    pub fn new(
        plan: &'r Plan,
        landmarks: &'r Landmarks,
        (database, moment): (&'r Database, &'r Moment<'r>),
        log: &'r Log,
    ) -> Self {
        Self {
            interpreter: Interpreter::new(&plan.events, ""),
            plan,
            landmarks,
            connection: database.connection(),
            database,
            moment,
            log,
            shape: None,
            bodies: Vec::new(),
            bytes: 0,
        }
    }

    /// Whether it has lasted long enough, or holds enough.
    pub fn is_over(&self) -> bool {
        self.moment.is_over() || self.bytes > HELD
    }

    pub fn into_bodies(self) -> Bodies {
        self.bodies
    }

    /// Reads at least the first of a run.
    pub fn read(&mut self, run: &[EventIx]) -> rusqlite::Result<()> {
        let read = match run.len() {
            RUN.. => self.walk(run)?,
            _ => 0,
        };
        // What is out of the ordinary is for SQLite to tell.
        for part in run[read..].chunks(LONGEST_RUN) {
            if !self.bodies.is_empty() && self.is_over() {
                break;
            }
            let before = self.bodies.len();
            if let Err(error) = self.run(part) {
                if !is_of_a_row(&error) {
                    return Err(error);
                }
                let read = self.bodies.len() - before;
                self.one_by_one(&part[read..])?;
            }
        }
        Ok(())
    }

    /// Reads a run from the pages of the file, as far as these are as usual; how many events it has read.
    fn walk(&mut self, run: &[EventIx]) -> rusqlite::Result<usize> {
        let Some(file) = self.database.bytes() else {
            return Ok(0);
        };
        let shape = match self.shape.take() {
            Some(shape) => shape,
            None => Shape::of(self.connection, self.plan, What::Bodies)?,
        };
        let before = self.bodies.len();
        if let Some(shape) = &shape
            && let [first, .., last] = run
            && let [first, last] = [first, last].map(|event| self.plan.place(self.log, *event))
            && let Some(after) = first.at.checked_sub(1)
            && let Ok(walk) = Walk::new(file, shape, after, last.at)
        {
            self.follow(walk, run);
        }
        self.shape = Some(shape);
        Ok(self.bodies.len() - before)
    }

    /// Takes the bodies of `run` from a walk.
    fn follow(&mut self, mut walk: Walk<'_>, run: &[EventIx]) {
        let mut wanted = run.iter().copied().peekable();
        while wanted.peek().is_some() {
            let taken = match walk.next() {
                Ok(Some(row)) => {
                    let place = Place {
                        at: row.rowid,
                        extent: 0,
                    };
                    self.take(&mut wanted, &row, place).is_ok()
                }
                Ok(None) => return self.miss(wanted),
                Err(_) => false,
            };
            if !taken || walk.turned() && self.is_over() {
                return;
            }
        }
    }

    /// Reads one run; an error comes after the bodies that could be read.
    fn run(&mut self, run: &[EventIx]) -> rusqlite::Result<()> {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            return Ok(());
        };
        let plan = self.plan;
        let [first, last] = [first, last].map(|event| plan.place(self.log, *event));
        if let Some(sql) = plan.body_sql() {
            let mut statement = self.connection.prepare_cached(&sql)?;
            let rows = statement.query(plan.between(first, last))?;
            return self.find(run, rows, &mut At::place);
        }
        let before = self.landmarks.before(first.at);
        let mut rank = first.at - 1;
        let (count, skipped) = (last.at - rank, rank - before.rank);
        let sql = plan.page_sql(What::Bodies, before.key.as_deref());
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query(before.params(&count, &skipped))?;
        self.find(run, rows, &mut |_| {
            rank += 1;
            let at = rank;
            Ok(Some(Place { at, extent: 0 }))
        })
    }

    /// Takes the bodies of `run` from rows in the order of their places.
    fn find(
        &mut self,
        run: &[EventIx],
        mut rows: Rows<'_>,
        place: &mut dyn FnMut(&Row<'_>) -> rusqlite::Result<Option<Place>>,
    ) -> rusqlite::Result<()> {
        let mut wanted = run.iter().copied().peekable();
        // Not a row further than asked for: it may be the damaged one.
        while wanted.peek().is_some() {
            let Some(row) = rows.next()? else { break };
            if let Some(place) = place(row)? {
                self.take(&mut wanted, row, place)?;
            }
        }
        self.miss(wanted);
        Ok(())
    }

    /// Takes the body of the next event from a row, if it is in that. Rows between those asked for are passed
    /// over; those asked for may be gone.
    fn take(
        &mut self,
        wanted: &mut Wanted<'_>,
        row: &impl Cells,
        place: Place,
    ) -> rusqlite::Result<()> {
        let here = (place.at, place.extent);
        while let Some(&event) = wanted.peek() {
            let own = self.plan.place(self.log, event);
            let own = (own.at, own.extent);
            if here < own {
                break;
            }
            let body = match here == own {
                true => self.body(row, event)?,
                false => Err(Unreadable::Rewritten),
            };
            self.bodies.push(body);
            wanted.next();
            if here == own {
                break;
            }
        }
        Ok(())
    }

    /// Those that are still wanted are gone.
    fn miss(&mut self, wanted: Wanted<'_>) {
        let gone = wanted.map(|_| Err(Unreadable::Rewritten));
        self.bodies.extend(gone);
    }

    /// Seeks each event by itself, since damage between two of them is neither's.
    fn one_by_one(&mut self, events: &[EventIx]) -> rusqlite::Result<()> {
        for event in events {
            match self.run(std::slice::from_ref(event)) {
                Ok(()) => {}
                Err(error) if is_of_a_row(&error) => {
                    let damaged = Unreadable::Damaged(error.to_string());
                    self.bodies.push(Err(damaged));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn body(
        &mut self,
        row: &impl Cells,
        event: EventIx,
    ) -> rusqlite::Result<Result<Body, Unreadable>> {
        let plan = self.plan;
        let texts = plan.texts(row, self.connection)?;
        let mut found = Found::default();
        plan.find(row, &texts, &mut found)?;
        if !self.interpreter.is_same(&found, self.log, event) {
            return Ok(Err(Unreadable::Rewritten));
        }
        let body = plan.body(row, self.connection)?;
        self.bytes += body.data.size() + body.metadata.size();
        Ok(Ok(body))
    }
}
