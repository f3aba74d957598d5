//! What becomes of the rows that one transaction reads, from pages or from a statement.

use rusqlite::{Connection, Rows};

use crate::log::{Place, Problem, RawChunk};
use crate::store::row::{Found, Interpreter};
use crate::store::sqlite::connect::{Moment, Pin};
use crate::store::sqlite::damage::corruption;
use crate::store::sqlite::kept::Kept;
use crate::store::sqlite::links::{self, Alongside};
use crate::store::sqlite::pages::{Odd, Shape, Walk};
use crate::store::sqlite::place::At;
use crate::store::sqlite::plan::{Cells, Plan};
use crate::store::sqlite::tally::Tally;

/// Why a transaction ended.
pub(super) enum End {
    /// Everything asked for was read.
    Done,
    /// It had lasted long enough, or the chunk is full.
    Paused,
    /// What comes next cannot be read.
    Damaged(rusqlite::Error),
}

/// A range of places that is being read: behind `at` up to and including `until`.
pub(super) struct Range<'r> {
    pub at: &'r mut At,
    pub until: At,
    pub end: At,
    /// Keys to be tried at once, after a row that could be read only by itself.
    pub window: Option<i64>,
}

impl Range<'_> {
    /// On to what comes after what was read.
    pub fn on(&mut self) {
        *self.at = std::mem::replace(&mut self.until, self.end.clone());
        // Twice as far as the last time that it went well.
        if let (Some(window), Some(key)) = (&mut self.window, self.at.key()) {
            *window = window.saturating_mul(2);
            let to = key.saturating_add(*window);
            match self.end.key() {
                Some(end) if to < end => self.until = At::end_of(to),
                _ => self.window = None,
            }
        }
    }
}

/// What becomes of the rows of a transaction.
pub(super) struct Events<'e, 'l, 's, 'd> {
    pub plan: &'e Plan,
    pub connection: &'e Connection,
    pub interpreter: &'e mut Interpreter<'l>,
    pub links: Option<rusqlite::Result<Alongside<'s>>>,
    pub chunk: &'e mut RawChunk,
    /// How many events the chunk may have.
    pub most: usize,
    /// The key of the last event.
    pub last: Option<i64>,
    /// Counts the rows, as long as all can be read.
    pub tally: Option<&'e mut Tally>,
    pub moment: &'e mut Moment<'d>,
    pub begun: Begun,
}

/// Whether the first row of a transaction has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begun {
    Not,
    Yes,
}

impl Events<'_, '_, '_, '_> {
    /// Whether the transaction has lasted long enough. Where SQLite had to sort first, that time is
    /// lost, but it comes only once.
    fn is_late(&mut self) -> bool {
        match self.begun {
            Begun::Not => {
                self.begun = Begun::Yes;
                self.moment.begin_reading();
                false
            }
            Begun::Yes => self.moment.is_over(),
        }
    }

    /// Takes rows from the pages of the file.
    pub fn walk(&mut self, shape: &Shape, file: &Pin, range: &mut Range<'_>) -> Result<End, Odd> {
        let (Some(after), Some(to)) = (range.at.key(), range.until.key()) else {
            return Err(Odd);
        };
        let mut walk = Walk::new(file, shape, after, to)?;
        let mut turned = true;
        while let Some(row) = walk.next()? {
            let place = Place {
                at: row.rowid,
                extent: 0,
            };
            if self.chunk.len() >= self.most || turned && self.is_late() {
                return Ok(End::Paused);
            }
            self.add(&row, place);
            *range.at = At::of_place(place);
            self.last = Some(place.at);
            turned = walk.turned();
        }
        Ok(End::Done)
    }

    /// Takes rows from the statement.
    pub fn step(
        &mut self,
        rows: rusqlite::Result<Rows<'_>>,
        range: &mut Range<'_>,
    ) -> rusqlite::Result<End> {
        let mut rows = match rows {
            Ok(rows) => rows,
            Err(error) => return Ok(End::Damaged(error)),
        };
        // What comes from before it is no row that was asked for, and would be read for ever.
        let start = range.at.clone();
        loop {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => return Ok(End::Done),
                Err(error) => return Ok(End::Damaged(error)),
            };
            let place = At::place(row)?;
            if place.is_some_and(|place| !start.is_before(place)) {
                return Ok(End::Damaged(corruption()));
            }
            // A commit's events share a key and belong together.
            let new = place.is_none_or(|place| range.at.key != Kept::Integer(place.at));
            let late = self.is_late();
            if new && (late || self.chunk.len() >= self.most) {
                return Ok(End::Paused);
            }
            match place {
                Some(place) => {
                    // Rows of a damaged page may come in any order: what was read is read, and the reading goes
                    // on behind the last of all.
                    if range.at.is_before(place) {
                        *range.at = At::of_place(place);
                        self.last = Some(place.at);
                    }
                    self.add(row, place);
                }
                None => {
                    *range.at = At::of(row)?;
                    let place = self.plan.here(&range.at.to_string());
                    let message = "Its key is no whole number".to_owned();
                    self.chunk.lose(Problem { place, message });
                }
            }
        }
    }

    /// Adds the event in a row. What is wrong with its values is its own.
    fn add(&mut self, row: &impl Cells, place: Place) {
        self.chunk.next_record();
        if let Some(tally) = &mut self.tally {
            tally.add(place.at);
        }
        let here = || self.plan.here(&format!("row {}", place.at));
        let Some(kept) = self.plan.lot.place(place) else {
            let (place, message) = (here(), "It has too many events".to_owned());
            return self.chunk.lose(Problem { place, message });
        };
        // Read before the event where the first of them is its stream.
        let own = match self.plan.is_linked() {
            true => self.links_of(place.at),
            false => Vec::new(),
        };
        let mut add = || -> rusqlite::Result<()> {
            let texts = self.plan.texts(row, self.connection)?;
            let mut found = Found::default();
            self.plan.find(row, &texts, &mut found)?;
            if found.is_of_zeros(place) {
                let (place, message) = (
                    here(),
                    "There are zeros where its type should be".to_owned(),
                );
                self.chunk.lose(Problem { place, message });
                return Ok(());
            }
            if self.plan.is_linked() {
                links::name_stream(own.first(), &mut found);
            }
            self.interpreter.push(self.chunk, &found, kept, &here);
            Ok(())
        };
        if let Err(error) = add() {
            let message = error.to_string();
            let place = here();
            return self.chunk.lose(Problem { place, message });
        }
        if self.plan.is_linked() {
            let links = own.iter();
            return links.for_each(|link| link.add(self.interpreter, self.chunk));
        }
        self.add_links(place.at);
    }

    /// The links of the event with that key.
    fn links_of(&mut self, at: i64) -> Vec<links::Link> {
        let links = self.links.take();
        let read = links.map(|links| links.and_then(|mut links| Ok((links.of(at)?, links))));
        match read {
            Some(Ok((own, links))) => {
                self.links = Some(Ok(links));
                own
            }
            Some(Err(error)) => {
                self.report_links(at, &error);
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// They may be read when they are followed.
    fn report_links(&mut self, at: i64, error: &rusqlite::Error) {
        let place = format!("links from {}", self.plan.here(&format!("row {at}")));
        let message = error.to_string();
        self.chunk.problems.push(Problem { place, message });
    }

    /// Adds the links of the event last added.
    fn add_links(&mut self, at: i64) {
        let Some(links) = self.links.take() else {
            return;
        };
        let linked = links.and_then(|mut links| {
            links.add(at, self.interpreter, self.chunk)?;
            Ok(links)
        });
        match linked {
            Ok(links) => self.links = Some(Ok(links)),
            Err(error) => self.report_links(at, &error),
        }
    }
}
