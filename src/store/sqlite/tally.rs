//! Whether the middle of a store still is what was read of it. A row that is put in there, or taken out,
//! moves neither the first row nor the last, so rows are counted, stretch by stretch: few at a look, so
//! that no writer is held up, the newest first, since late-comers are most often just late.

use std::collections::VecDeque;
use std::time::Duration;

use super::connect::{Bound, ConnectError, Database, Standing};
use super::plan::Plan;

/// Bits of a key that are summed up: sums of stretches stay far from the greatest integer.
const BITS: i64 = (1 << 24) - 1;

/// Rows of a stretch.
const ROWS: i64 = 1 << 15;

/// Stretches counted at a look.
const LOOKS: usize = 8;

/// The newest, which are counted whenever somebody has written.
const NEWEST: usize = 2;

/// What counting a stretch may take; of one that takes longer nothing is known.
const BOUND: Bound = Bound {
    steps: 1 << 21,
    time: Duration::from_millis(250),
};

/// How many rows a stretch of keys has, and which, as far as a sum tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    rows: i64,
    keys: i64,
}

impl Tally {
    /// Counts a row.
    pub fn add(&mut self, key: i64) {
        self.rows += 1;
        self.keys += key & BITS;
    }

    /// Of the rows that stand between two keys now; none where that is not known.
    fn of(
        database: &Database,
        plan: &Plan,
        after: i64,
        to: i64,
    ) -> Result<Option<Self>, ConnectError> {
        let Some(sql) = plan.tally_sql(BITS) else {
            return Ok(None);
        };
        let explain = |error| database.explain(error);
        let _moment = database.moment().map_err(explain)?;
        let counted = database.within(BOUND, |connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            statement.query_row([after, to], |row| {
                Ok(Self {
                    rows: row.get(0)?,
                    keys: row.get(1)?,
                })
            })
        });
        // Damage is for those who read.
        Ok(counted.unwrap_or(None))
    }
}

/// Keys up to and including one, from the stretch before.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    to: i64,
    /// None where not all of its rows could be read.
    tally: Option<Tally>,
}

/// What was read of a store, stretch by stretch.
#[derive(Debug, Default)]
pub(super) struct Stretches {
    all: Vec<Stretch>,
    /// Those that are to be looked at, the next one first.
    due: VecDeque<usize>,
}

impl Stretches {
    /// Notes that all up to a key was read.
    pub fn read(&mut self, to: i64, tally: Option<Tally>) {
        if let (Some(last), Some(own)) = (self.all.last_mut(), tally)
            && let Some(known) = &mut last.tally
            && known.rows + own.rows <= ROWS
        {
            known.rows += own.rows;
            known.keys += own.keys;
            last.to = to;
            return;
        }
        self.all.push(Stretch { to, tally });
    }

    /// Somebody has written to the store, and may have anywhere.
    pub fn doubt(&mut self) {
        let count = self.all.len();
        let mut waits = vec![false; count];
        self.due.iter().for_each(|at| waits[*at] = true);
        // What has waited longest for a look does not wait for all that is newer once more.
        let (first, rest): (Vec<usize>, Vec<usize>) = (0..count)
            .rev()
            .partition(|at| at + NEWEST >= count || waits[*at]);
        self.due = first.into_iter().chain(rest).collect();
    }

    /// Whether there is something left to be looked at.
    pub fn are_in_doubt(&self) -> bool {
        !self.due.is_empty()
    }

    /// Looks at some of those in doubt.
    pub fn stand(&mut self, database: &Database, plan: &Plan) -> Result<Stands, ConnectError> {
        for _ in 0..LOOKS {
            let Some(at) = self.due.pop_front() else {
                break;
            };
            let Stretch { to, tally } = self.all[at];
            let after = at
                .checked_sub(1)
                .map_or(i64::MIN, |before| self.all[before].to);
            let Some(known) = tally else { continue };
            let now = Tally::of(database, plan, after, to)?;
            if now.is_none_or(|now| now == known) {
                continue;
            }
            if database.standing()? == Standing::Lapsed {
                // Nothing locked a writer out while it was counted.
                self.due.push_front(at);
                break;
            }
            return Ok(Stands::No);
        }
        Ok(Stands::AsFarAsSeen)
    }
}

/// What a look at stretches found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// What was looked at is what it was.
    AsFarAsSeen,
    /// Rows have come between, or gone.
    No,
}
