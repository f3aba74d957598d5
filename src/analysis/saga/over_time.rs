//! How many instances had which status at each of some moments before the one that is looked at.

use super::instances::Seen;
use super::paths::ROOT;
use super::standings::Status;
use super::status::Judged;
use crate::log::Log;
use crate::model::{Cancelled, EventIx, Task, Timestamp};

/// Counts by status, in the order of [`Status::ALL`].
pub type Counts = [u32; Status::ALL.len()];

/// What a history means for an instance as long as nothing comes after it.
#[derive(Clone, Copy)]
struct Meaning {
    status: Status,
    /// How long that lasts before it is stuck, in microseconds.
    allowed: i64,
}

/// Statuses as they come and go at some moments.
struct Tally<'a> {
    moments: &'a [i64],
    changes: Vec<[i32; Status::ALL.len()]>,
}

impl Tally<'_> {
    /// Counts a status from one moment on until before another.
    fn add(&mut self, status: Status, from: i64, to: i64) {
        let first = |time: i64| self.moments.partition_point(|moment| *moment < time);
        let (from, to) = (first(from), first(to.max(from)));
        let at = Status::ALL.iter().position(|own| *own == status);
        let at = at.unwrap_or_default();
        self.changes[from][at] += 1;
        self.changes[to][at] -= 1;
    }

    fn counts(&self) -> Vec<Counts> {
        let mut now = [0_i32; Status::ALL.len()];
        let changes = self.changes[..self.moments.len()].iter();
        let counts = changes.map(|changes| {
            for (own, change) in now.iter_mut().zip(changes) {
                *own += change;
            }
            now.map(|count| count.max(0).unsigned_abs())
        });
        counts.collect()
    }
}

impl Judged {
    /// The counts at each of `moments`, which ascend, in microseconds: of what happened up to each of
    /// them, as it is judged now, in the instances of a process or of all.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn over_time(
        &self,
        log: &Log,
        (process, moments): (Option<u16>, &[i64]),
        task: &Task,
    ) -> Result<Vec<Counts>, Cancelled> {
        let meanings = self.meanings();
        let mut tally = Tally {
            moments,
            changes: vec![[0; Status::ALL.len()]; moments.len() + 1],
        };
        for (n, seen) in self.at.seen.iter().enumerate() {
            if n % 1024 == 0 {
                task.check()?;
            }
            let own = self.verdict(seen).process;
            if own.is_some() && (process.is_none() || process == own) {
                self.tell(log, seen, &meanings, &mut tally);
            }
        }
        Ok(tally.counts())
    }

    /// Counts the statuses that an instance had. Times are looked at only where the status is another
    /// one or the wait was long.
    fn tell(&self, log: &Log, seen: &Seen, meanings: &[Meaning], tally: &mut Tally<'_>) {
        let clock = self.at.cut.clock();
        let time = |event: u32| log.time(EventIx(event), clock).map(Timestamp::micros);
        let events = self.at.events_of(seen);
        let (nodes, waits) = (self.at.nodes_of(seen), self.at.waits_of(seen));
        let Some(mut from) = time(events[0]) else {
            return;
        };
        let (mut node, mut last) = (nodes[0], events[0]);
        for at in 1..events.len() {
            if nodes[at] == node {
                continue;
            }
            let (before, after) = (meanings[node as usize], meanings[nodes[at] as usize]);
            let late = waits[at].is_measured() && waits[at].at_most() > before.allowed;
            let turns = before.status != after.status;
            if (late || turns)
                && let Some((since, now)) = time(last).zip(time(events[at]))
            {
                let stuck = since.saturating_add(before.allowed);
                let was_stuck = late && stuck < now;
                if was_stuck {
                    tally.add(before.status, from, stuck);
                    tally.add(Status::Stuck, stuck, now);
                } else if turns {
                    tally.add(before.status, from, now);
                }
                if was_stuck || turns {
                    from = now;
                }
            }
            (node, last) = (nodes[at], events[at]);
        }
        let meaning = meanings[node as usize];
        let since = self.at.last_time(log, seen).unwrap_or(from);
        let stuck = since.saturating_add(meaning.allowed);
        tally.add(meaning.status, from, stuck);
        tally.add(Status::Stuck, stuck, i64::MAX);
    }

    fn meanings(&self) -> Vec<Meaning> {
        let nodes = 0..self.at.paths.len() as u32;
        let meanings = nodes.map(|node| {
            let verdict = self.settled(self.verdicts.of(node));
            let open = matches!(verdict.status, Status::Running | Status::Compensating);
            let patience = match open && node != ROOT {
                true => self.patience(verdict),
                false => None,
            };
            Meaning {
                status: verdict.status,
                // One that is silent for exactly that long is not yet stuck.
                allowed: patience.map_or(i64::MAX, |patience| patience.saturating_add(1)),
            }
        });
        meanings.collect()
    }
}
