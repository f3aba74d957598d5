//! Reads events in the order of their key: two readers over alternating blocks of keys, each in
//! transactions so short that a writer is never held up, resuming where the last one stopped.

mod events;
mod keyed;
mod ranked;

pub(super) use ranked::{Landmarks, Ranked};

use std::sync::Arc;

use keyed::Reader;

use super::connect::{ConnectError, Database};
use super::place::At;
use super::plan::Plan;
use super::tally::Tally;
use super::watch::{Print, Watch};
use crate::log::RawChunk;
use crate::model::{Cancelled, Task};
use crate::store::pipeline;

/// Keys in the first blocks, so that the first screen is there at once; later ones have `BLOCK`.
/// More would not fit the names of a block into a processor's cache.
const FIRST: [i64; 2] = [1_000, 8_000];
const BLOCK: i64 = 1 << 15;

/// Below so many keys a second reader costs more than it brings.
const WORTH_TWO: u64 = 50_000;

/// Keys after `after` up to and including `to`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys {
    pub after: i64,
    pub to: i64,
}

impl Keys {
    /// How many keys there may be.
    pub fn span(self) -> u64 {
        u64::try_from(i128::from(self.to) - i128::from(self.after)).unwrap_or(0)
    }

    fn blocks(self) -> Vec<Self> {
        let (mut blocks, mut after) = (Vec::new(), self.after);
        let mut sizes = FIRST.into_iter();
        while after < self.to {
            let to = after
                .saturating_add(sizes.next().unwrap_or(BLOCK))
                .min(self.to);
            blocks.push(Self { after, to });
            after = to;
        }
        blocks
    }
}

/// How a store's keys lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Density {
    /// Close enough together that blocks of keys hold about equally many rows.
    Dense,
    /// Far apart or in clumps (snowflake ids, byte positions).
    Sparse,
}

/// Which rows a scan reads.
#[derive(Clone, Debug)]
pub(super) enum Span {
    /// Those with these keys.
    Keys(Keys, Density),
    /// Those after these, of a store without keys.
    Ranks(Ranked),
}

/// What a scan reads, and how.
#[derive(Clone, Debug)]
pub(super) struct Scan<'s> {
    pub database: &'s Database,
    pub plan: &'s Plan,
    pub file: &'s str,
    pub span: Span,
    /// By which the store is told from a rewritten one.
    pub first: Option<Print>,
    pub last: Option<Print>,
    pub landmarks: &'s Arc<Landmarks>,
}

/// How far a scan has come.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reached {
    /// Up to and including this key.
    Key(i64),
    /// So many rows.
    Rank(Ranked),
}

/// Why a scan ended before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The store is not the one any more of which the first part was read.
    Rewritten,
    /// The file has gone, was replaced under the reader, or the task was called off.
    Failed(ConnectError),
}

impl From<ConnectError> for Stop {
    fn from(error: ConnectError) -> Self {
        Self::Failed(error)
    }
}

impl From<Cancelled> for Stop {
    fn from(cancelled: Cancelled) -> Self {
        Self::Failed(cancelled.into())
    }
}

/// Some of what is read.
pub(super) struct Piece {
    pub chunk: RawChunk,
    /// Its rows; none where not all could be read, or they have no keys.
    pub tally: Option<Tally>,
}

/// Takes what was read up to there.
pub(super) type Take<'t> = dyn FnMut(Reached, Piece) + 't;

impl Scan<'_> {
    /// Reads everything, chunk by chunk.
    ///
    /// # Errors
    /// [`Stop`]
    pub fn run(self, task: &Task, take: &mut Take<'_>) -> Result<(), Stop> {
        match &self.span {
            Span::Keys(keys, density) => {
                let (keys, density) = (*keys, *density);
                task.set_total(keys.span());
                let mut take = |to: i64, piece| {
                    take(Reached::Key(to), piece);
                    task.set_done(Keys { to, ..keys }.span());
                };
                match density {
                    Density::Dense => self.by_blocks(keys, task, &mut take),
                    Density::Sparse => self.by_rows(keys, task, &mut take),
                }
            }
            Span::Ranks(from) => {
                let mut reader = ranked::Reader::new(&self, from.clone())?;
                while let Some((ranked, chunk)) = reader.read(task)? {
                    take(Reached::Rank(ranked), Piece { chunk, tally: None });
                }
                Ok(())
            }
        }
    }

    fn by_blocks(
        &self,
        keys: Keys,
        task: &Task,
        take: &mut dyn FnMut(i64, Piece),
    ) -> Result<(), Stop> {
        let blocks = keys.blocks();
        let readers = if keys.span() >= WORTH_TWO { 2 } else { 1 };
        let mut all: Vec<pipeline::Reader<'_, Piece, Stop>> = Vec::new();
        for _ in 0..readers {
            // A connection can move to a thread but not be shared, so each reader owns one.
            let mut reader = Reader::new(self)?;
            let blocks = &blocks;
            all.push(Box::new(move |block| {
                let Keys { after, to } = blocks[block];
                reader.read(&mut At::end_of(after), to, usize::MAX, task)
            }));
        }
        pipeline::in_order(blocks.len(), all, &mut |block, piece| {
            take(blocks[block].to, piece);
        })
    }

    fn by_rows(
        &self,
        Keys { after, to }: Keys,
        task: &Task,
        take: &mut dyn FnMut(i64, Piece),
    ) -> Result<(), Stop> {
        let mut reader = Reader::new(self)?;
        let (end, mut at) = (At::end_of(to), At::end_of(after));
        let mut sizes = FIRST.into_iter();
        while at != end {
            let rows = usize::try_from(sizes.next().unwrap_or(BLOCK)).unwrap_or(usize::MAX);
            let before = at.floor();
            let piece = reader.read(&mut at, to, rows, task)?;
            // Of a store whose last key is not known the last row is as far as one has come.
            let reached = match to {
                i64::MAX if at == end => reader.last_key().unwrap_or(before),
                _ => at.floor(),
            };
            take(reached, piece);
        }
        Ok(())
    }
}

/// A connection of its own for a reader, and what it looks out for.
fn own(scan: &Scan<'_>) -> Result<(Database, Watch), Stop> {
    let database = scan.database.sibling()?;
    super::functions::register(database.connection()).map_err(|error| database.explain(error))?;
    let (first, last) = (scan.first.clone(), scan.last.clone());
    match Watch::begin(&database, scan.plan, first, last)? {
        Some(watch) => Ok((database, watch)),
        None => Err(Stop::Rewritten),
    }
}
