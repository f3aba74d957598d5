//! How many events and messages were on their way over time, and how many consumers had given up on.

use serde::Serialize;

use super::clocks::Clocks;
use super::course::Course;
use super::progress::ConsumerId;
use crate::log::Cut;
use crate::model::time::Span;
use crate::model::{Cancelled, Task, Timestamp};

/// How many there were at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Level {
    /// The moment.
    pub at: Timestamp,
    /// How many there were.
    pub count: u64,
    /// The most since the moment before.
    pub most: u64,
}

/// The most that there were up to a moment, and how many then, where `told` are said to have been there. A
/// step that the moment stands in is not over: what is told stands for it, and it is no more than came in the
/// whole step, so that what is dated after the moment does not count.
#[must_use]
pub fn peak(levels: &[Level], now: Option<Timestamp>, told: u64) -> (u64, u64) {
    let known = now.map_or(levels.len(), |now| {
        levels.partition_point(|level| level.at <= now)
    });
    let most = levels[..known].iter().map(|level| level.most).max();
    let limit = match (levels.get(known), levels[..known].last()) {
        (Some(next), _) => next.most,
        // While a store is written to, the moment is ahead of what was counted last.
        (None, Some(last)) if now.is_some_and(|now| now > last.at) => u64::MAX,
        (None, last) => last.map_or(0, |last| last.count),
    };
    let here = told.min(limit);
    (most.unwrap_or(0).max(here), here)
}

/// What was on its way over a stretch of time, at even distances. What the store does not date is left
/// out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Backlog {
    /// Events that had no message in the outbox yet.
    pub unsent: Vec<Level>,
    /// Messages that waited in the outbox.
    pub pending: Vec<Level>,
    /// Dead letters that there were.
    pub letters: Vec<Level>,
    /// Events that were published and not yet processed, by the consumers that go by publications.
    #[serde(skip)]
    pub in_hand: Vec<(ConsumerId, Vec<Level>)>,
}

impl Course {
    /// What was on its way over a stretch of time, as known at a cut.
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off.
    pub fn backlog(
        &self,
        cut: &Cut,
        stretch: (Timestamp, Timestamp),
        points: usize,
        task: &Task,
    ) -> Result<Backlog, Cancelled> {
        let log = &self.log;
        let (mut unsent, mut pending) = (Vec::new(), Vec::new());
        let mut delays = Vec::new();
        for message in self.known_messages(cut) {
            let Some(created) = message.created_at else {
                continue;
            };
            if let Some((created, published)) = message.waited() {
                pending.push((created, 1));
                pending.extend(published.map(|at| (at.max(created), -1)));
            }
            let event = message.event.filter(|event| cut.holds(log, *event));
            let recorded = event.and_then(|event| log.time(event, self.clock));
            delays.extend(recorded.map(|recorded| (created - recorded).micros()));
            if let Some(recorded) = recorded.filter(|recorded| *recorded < created) {
                unsent.extend([(recorded, 1), (created, -1)]);
            }
        }
        if self.clocks(cut, delays.into_iter()) == Clocks::Apart {
            unsent.clear();
        }
        let missing = self.without_message(cut).unwrap_or_default().into_iter();
        let missing = missing.filter_map(|event| log.time(event, self.clock));
        unsent.extend(missing.map(|at| (at, 1)));
        let letters = self.known_letters(cut).filter_map(|letter| letter.at);
        let letters = letters.map(|at| (at, 1)).collect();
        let in_hand = self.in_hand(cut, task)?.into_iter();
        Ok(Backlog {
            unsent: levels(unsent, stretch, points),
            pending: levels(pending, stretch, points),
            letters: levels(letters, stretch, points),
            in_hand: in_hand
                .map(|(id, changes)| (id, levels(changes, stretch, points)))
                .collect(),
        })
    }
}

/// Of changes how many that makes; nothing of none.
fn levels(
    mut changes: Vec<(Timestamp, i64)>,
    (from, to): (Timestamp, Timestamp),
    points: usize,
) -> Vec<Level> {
    if changes.is_empty() {
        return Vec::new();
    }
    changes.sort_unstable();
    let mut changes = changes.into_iter().peekable();
    let length = i128::from((to - from).micros().max(0));
    let (mut there, mut all) = (0_i64, Vec::with_capacity(points));
    for n in 0..=points {
        let part = length * n as i128 / points.max(1) as i128;
        let at = from.saturating_add(Span::from_micros(part as i64));
        let mut most = there;
        while let Some((_, change)) = changes.next_if(|(when, _)| *when <= at) {
            there += change;
            // What was there before the stretch is no peak within it.
            most = if n == 0 { there } else { most.max(there) };
        }
        let count = |many: i64| u64::try_from(many).unwrap_or(0);
        all.push(Level {
            at,
            count: count(there),
            most: count(most),
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_most_is_never_below_what_waits_at_the_cursor(
            waits in proptest::collection::vec((0_i64..100, 0_i64..60), 1..40),
            points in 1_usize..9,
            now in 0_i64..120,
        ) {
            let at = Timestamp::from_micros;
            let changes = waits.iter().flat_map(|(from, length)| [(*from, 1), (from + length, -1)]);
            let changes: Vec<(Timestamp, i64)> = changes.map(|(when, by)| (at(when), by)).collect();
            let there = |now: i64| {
                let until = changes.iter().filter(|(when, _)| *when <= at(now));
                until.map(|(_, by)| by).sum::<i64>() as u64
            };
            let levels = levels(changes.clone(), (at(0), at(100)), points);
            let (most, here) = peak(&levels, Some(at(now)), there(now));
            prop_assert_eq!(here, there(now));
            prop_assert!(most >= here);
            // Nor below what any step that is over had, nor above what there ever was by then.
            let over = levels.iter().filter(|level| level.at <= at(now));
            prop_assert!(over.map(|level| level.most).all(|own| own <= most));
            prop_assert!(most <= (0..=now).map(there).max().unwrap_or(0));
        }
    }
}
