//! Times in which a consumer did not get on, over all of its history, as the audit tells them: judged step
//! by step as its status is at a moment, and where it never was that slow by what it is used to. Each step
//! back is told by itself. What the Lag view marks (`spells`) goes by the status alone.

use std::collections::BTreeMap;

use super::course::Course;
use super::measure::window;
use super::progress::{Evidence, Progress, Way};
use super::status::{LENGTH, STEPS, Situation, Status, judge};
use super::tail::{Known, Tail};
use crate::log::{Cut, Log};
use crate::model::time::Span;
use crate::model::{Cancelled, EventIx, PositionName, Task, Timestamp};

/// A time in which a consumer was stalled, stopped or rewound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldUp {
    /// The consumer's name.
    pub consumer: String,
    /// How it ran.
    pub status: Status,
    /// Since when; while it was stalled or stopped, since an event waited.
    pub from: Timestamp,
    /// Until when; the moment itself where it still goes on.
    pub to: Timestamp,
    /// The first event that waited; of one that went back, the first that it processed again.
    pub event: EventIx,
    /// Its checkpoint; of one that went back, the one to which.
    pub position: Option<PositionName>,
    /// Of one that went back, the checkpoint that it had.
    pub before: Option<PositionName>,
}

impl HoldUp {
    /// How long it lasted.
    #[must_use]
    pub fn lasted(&self) -> Span {
        self.to - self.from
    }
}

impl Course {
    /// The times up to a cut in which consumers did not get on, consumer by consumer, each in order. Of
    /// consumers that keep a history of their checkpoints only.
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off.
    pub fn hold_ups(&self, cut: &Cut, task: &Task) -> Result<Vec<HoldUp>, Cancelled> {
        let mut all = Vec::new();
        for (_, own, way) in self.known(cut) {
            let tail = own.tail.map(|at| &self.tails[at]);
            let Some(tail) = tail.filter(|_| way.evidence == Evidence::CheckpointHistory) else {
                continue;
            };
            let watch = Watch {
                course: self,
                log: &self.log,
                own,
                way: &way,
                tail,
                cut,
                known: Known::at(cut),
            };
            let mut found = Vec::new();
            watch.stalls(&mut found, task)?;
            let stalls = found.len();
            watch.stops(&mut found, task)?;
            // Between two signs of life of one that is stalled it is not stopped.
            let (stalled, stopped) = found.split_at(stalls);
            let is_part = |hold_up: &HoldUp| {
                let mut stalled = stalled.iter();
                stalled.any(|stall| hold_up.from <= stall.to && stall.from <= hold_up.to)
            };
            let kept: Vec<HoldUp> = stopped
                .iter()
                .filter(|hold_up| !is_part(hold_up))
                .cloned()
                .collect();
            found.truncate(stalls);
            found.extend(kept);
            watch.returns(&mut found, task)?;
            found.sort_by_key(|hold_up| (hold_up.from, hold_up.to));
            all.extend(found);
        }
        all.sort_by(|a, b| a.consumer.cmp(&b.consumer));
        Ok(all)
    }
}

/// A wait so many times as long as what is usual is long.
const TIMES_USUAL: i64 = 10;

/// A consumer's way beside its tail.
struct Watch<'a> {
    course: &'a Course,
    log: &'a Log,
    own: &'a Progress,
    way: &'a Way<'a>,
    tail: &'a Tail,
    cut: &'a Cut,
    known: Known,
}

impl Watch<'_> {
    /// Steps that are made again and again while an event waits.
    fn stalls(&self, found: &mut Vec<HoldUp>, task: &Task) -> Result<(), Cancelled> {
        let mut first = 0;
        while first < self.way.len() {
            task.check()?;
            let covers = self.way.covers(first);
            let moved = |at: &usize| self.way.covers(*at) != covers;
            let end = (first + 1..self.way.len()).find(moved);
            let last = end.unwrap_or(self.way.len()) - 1;
            if last > first
                && let Some((from, to)) = self.way.at(first).zip(self.way.at(last))
                && self.status(last, to) == Some(Status::Stalled)
            {
                found.extend(self.hold_up(Status::Stalled, last, (from, to)));
            }
            first = last + 1;
        }
        Ok(())
    }

    /// Long times between two steps in which an event waited: by its status, or ten times as long as nine
    /// in ten others, since a window of steps that come once a day is long.
    fn stops(&self, found: &mut Vec<HoldUp>, task: &Task) -> Result<(), Cancelled> {
        let mut waits: Vec<(usize, Timestamp, Timestamp)> = Vec::new();
        for last in 0..self.way.len() {
            if last % 1024 == 0 {
                task.check()?;
            }
            let next = match last + 1 == self.way.len() {
                true => self.cut.time(self.log),
                false => self.way.at(last + 1),
            };
            let went_back = self.way.covers(last) < Some(self.way.furthest_by(last));
            let Some((from, to)) = self.way.at(last).zip(next).filter(|_| !went_back) else {
                continue;
            };
            let first = self.waiting(last, to);
            let since = first.and_then(|first| self.tail.time(self.log, first));
            waits.extend(since.map(|since| (last, from.max(since), to)));
        }
        let mut lengths: Vec<Span> = waits.iter().map(|(_, from, to)| *to - *from).collect();
        lengths.sort_unstable();
        let usual = lengths.get(lengths.len() * 9 / 10);
        let usual = usual.map_or(0, |wait| wait.micros());
        for (step, from, to) in waits {
            task.check()?;
            let just_before = to.saturating_add(Span::from_micros(-1));
            let waited = to - from;
            // Fewer steps do not show how long it is used to wait.
            let judged =
                || step + 1 >= STEPS && self.status(step, just_before) == Some(Status::Stopped);
            if waited >= LENGTH && (waited.micros() / TIMES_USUAL > usual || judged()) {
                found.extend(self.hold_up(Status::Stopped, step, (from, to)));
            }
        }
        Ok(())
    }

    /// Steps back, until it has come again to where it was.
    fn returns(&self, found: &mut Vec<HoldUp>, task: &Task) -> Result<(), Cancelled> {
        // Those that it has not made up for, by where it was.
        let mut open: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in 1..self.way.len() {
            if at % 1024 == 0 {
                task.check()?;
            }
            let Some(covers) = self.way.covers(at) else {
                continue;
            };
            let further = open.split_off(&(covers + 1));
            for back in std::mem::replace(&mut open, further)
                .into_values()
                .flatten()
            {
                found.extend(self.went_back(back, self.way.at(at)));
            }
            if let Some(before) = self.way.covers(at - 1).filter(|before| covers < *before) {
                open.entry(before).or_default().push(at);
            }
        }
        for back in open.into_values().flatten() {
            found.extend(self.went_back(back, self.cut.time(self.log)));
        }
        Ok(())
    }

    fn went_back(&self, at: usize, to: Option<Timestamp>) -> Option<HoldUp> {
        let times = self.way.at(at).zip(to)?;
        let hold_up = self.hold_up(Status::Rewound, at, times)?;
        Some(HoldUp {
            from: times.0,
            before: self.course.place_at(self.own, self.way, at - 1, self.cut),
            ..hold_up
        })
    }

    /// The first event that one had not covered who had made that step, among those known by then.
    fn waiting(&self, step: usize, now: Timestamp) -> Option<usize> {
        let covers = self.way.covers(step)?;
        self.tail.first(self.log, covers, self.known.by(now))
    }

    fn status(&self, step: usize, now: Timestamp) -> Option<Status> {
        let Self { log, tail, .. } = self;
        let known = self.known.by(now);
        let rank = |covers: usize| tail.count(log, 0, known) - tail.count(log, covers, known);
        let waits_since = self
            .waiting(step, now)
            .and_then(|first| tail.time(log, first));
        let covers = self.way.covers(step)?;
        judge(Situation {
            window: &window(self.way, step, tail, log, known, now),
            now,
            waits_since,
            went_back: rank(self.way.furthest_by(step)) > rank(covers),
        })
        // Who makes up for going back is slow for that reason.
        .filter(|_| rank(self.way.furthest_by(step)) <= rank(covers))
    }

    fn hold_up(
        &self,
        status: Status,
        step: usize,
        (from, to): (Timestamp, Timestamp),
    ) -> Option<HoldUp> {
        let first = self.waiting(step, to)?;
        let waits_since = self.tail.time(self.log, first)?;
        Some(HoldUp {
            consumer: self.own.id.name.clone(),
            status,
            from: from.max(waits_since),
            to,
            event: self.tail.event(first)?,
            position: self.course.place_at(self.own, self.way, step, self.cut),
            before: None,
        })
    }
}
