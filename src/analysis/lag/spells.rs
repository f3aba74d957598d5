//! What befell a consumer over time, by the rules by which it is judged at a moment: when it stood still,
//! when it showed no life, how long it took to catch up after that, and when it went back.

use std::collections::BTreeMap;

use serde::Serialize;

use super::course::Course;
use super::measure::waited;
use super::progress::{Progress, Way};
use super::relay::Cause;
use super::status::{LENGTH, STEPS, TIMES_USUAL, patience};
use super::tail::{Known, Tail};
use crate::log::{Cut, Log};
use crate::model::time::Span;
use crate::model::{Cancelled, Task, Timestamp};

/// What befell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SpellKind {
    /// It showed life and did not get on, while events waited: a pause, or an event that it could not
    /// handle.
    Stalled,
    /// It showed no life, while events waited: it was switched off, or had crashed.
    Stopped,
    /// It had been one of these, and had not yet handled all that had come meanwhile.
    CatchingUp,
    /// It went back and had not yet come to where it had been.
    Rewound,
}

impl SpellKind {
    /// As people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stalled => "stalled",
            Self::Stopped => "stopped",
            Self::CatchingUp => "catching up",
            Self::Rewound => "rewound",
        }
    }
}

/// A stretch of time in which something befell a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Spell {
    /// What.
    pub kind: SpellKind,
    /// Since when; of who waits for the relay since the first message waited, else of who showed no life since it
    /// was last seen.
    pub from: Timestamp,
    /// Until when; null while it lasts, and where nobody saw its end.
    pub to: Option<Timestamp>,
    /// Since when that could be told.
    #[serde(skip)]
    pub known: Timestamp,
    /// Who held it up, as far as that could be told by the moment, where that was not itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Since when it could be told that it was itself and not the relay.
    #[serde(skip)]
    own_fault: Timestamp,
    /// Since when, if it was itself, and if it was the relay.
    #[serde(skip)]
    began: [Timestamp; 2],
    /// The step by which it stood then, the last where there are several; of one that went back, that step.
    #[serde(skip)]
    pub(super) step: usize,
}

impl Spell {
    /// One of which the consumer is the reason.
    const fn new(
        kind: SpellKind,
        (from, to): (Timestamp, Option<Timestamp>),
        known: Timestamp,
        step: usize,
    ) -> Self {
        Self {
            kind,
            from,
            to,
            known,
            cause: None,
            own_fault: known,
            began: [from, from],
            step,
        }
    }

    /// The same as it was known at a moment before, with who was to blame as far as that could be told then.
    #[must_use]
    pub fn at(&self, now: Option<Timestamp>) -> Self {
        let cause = self.cause_at(now);
        let [own, relay] = self.began;
        let from = cause.map_or(own, |_| relay);
        Self {
            cause,
            from,
            ..*self
        }
    }

    fn cause_at(&self, now: Option<Timestamp>) -> Option<Cause> {
        let end = self.to.into_iter().chain(now).min();
        let is_own = self.own_fault <= self.known || end.is_some_and(|end| end >= self.own_fault);
        (!is_own).then_some(Cause::Relay)
    }

    /// As people read it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self.cause {
            Some(Cause::Relay) => "waited for the relay",
            None => self.kind.name(),
        }
    }
}

/// A step on its way.
#[derive(Clone, Copy)]
struct At {
    at: Timestamp,
    /// Which of all its steps.
    step: usize,
    /// How many of its tail it had covered.
    covers: usize,
    /// How many of those known that is.
    rank: usize,
    /// The most that this had been.
    furthest: usize,
    /// How many waited.
    lag: usize,
    /// For how long one had waited before it, since the step before.
    waited: Span,
}

/// A consumer seen without a break.
struct Seen<'a> {
    course: &'a Course,
    own: &'a Progress,
    cut: &'a Cut,
    log: &'a Log,
    tail: &'a Tail,
    known: Known,
    steps: Vec<At>,
    /// Whether it goes by publications.
    by_publications: bool,
    /// When nobody saw it any more, or the moment itself.
    end: Option<Timestamp>,
}

impl Course {
    /// What befell the consumer numbered `consumer`, as known at a cut, in the order in which it began;
    /// `now` is the moment itself.
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off.
    pub fn spells(
        &self,
        consumer: usize,
        cut: &Cut,
        now: Option<Timestamp>,
        task: &Task,
    ) -> Result<Vec<Spell>, Cancelled> {
        let log = &self.log;
        let own = self.consumers.get(consumer);
        let found = own.and_then(|own| Some((own, own.way(log, cut)?, &self.tails[own.tail?])));
        let Some((own, way, tail)) = found.filter(|(_, way, _)| way.tells_lag()) else {
            return Ok(Vec::new());
        };
        let mut seen = Seen {
            course: self,
            own,
            cut,
            log,
            tail,
            known: Known::at(cut),
            steps: Vec::new(),
            by_publications: self.goes_by_publications(own, cut),
            end: None,
        };
        let mut spells = Vec::new();
        for at in 0..way.len() {
            if at % 1024 == 0 {
                task.check()?;
            }
            seen.step(&way, at, &mut spells);
        }
        seen.end = now;
        seen.tell(&mut spells);
        let mut spells: Vec<Spell> = spells.iter().map(|spell: &Spell| spell.at(now)).collect();
        spells.sort_by_key(|spell| (spell.from, spell.kind));
        Ok(spells)
    }
}

impl Seen<'_> {
    fn step(&mut self, way: &Way<'_>, at: usize, spells: &mut Vec<Spell>) {
        let Some(when) = way.at(at) else {
            return;
        };
        let Some(covers) = way.covers(at) else {
            // Nobody saw it from here on.
            self.end = Some(when);
            self.tell(spells);
            self.steps.clear();
            return;
        };
        let (log, tail, known) = (self.log, self.tail, self.known);
        let rank = tail.count(log, 0, known) - tail.count(log, covers, known);
        let furthest = self.steps.last().map_or(0, |last| last.furthest);
        self.steps.push(At {
            at: when,
            step: at,
            covers,
            rank,
            furthest: furthest.max(rank),
            lag: tail.count(log, covers, known.by(when)),
            waited: waited(way, at, tail, log, known).unwrap_or_default(),
        });
    }

    fn tell(&self, spells: &mut Vec<Spell>) {
        let stopped = self.stopped();
        let mut stalled = self.stalled(&stopped);
        // Between two signs of life of one that is stalled it is not stopped.
        let is_part = |stop: &Spell| {
            let mut runs = stalled.iter();
            runs.any(|(first, stall)| (*first..stall.step).contains(&stop.step))
        };
        let stopped = stopped.into_iter().map(|(_, stop)| stop);
        let stopped: Vec<Spell> = stopped.filter(|stop| !is_part(stop)).collect();
        for (_, stall) in &mut stalled {
            let then = stopped.iter().find(|stop| stop.step == stall.step);
            stall.to = then.map_or(stall.to, |stop| Some(stop.from));
        }
        let stalled = stalled.into_iter().map(|(_, stall)| stall);
        let mut still: Vec<Spell> = stalled.chain(stopped).collect();
        let over = still.iter().filter_map(|spell| spell.to);
        spells.extend(over.filter_map(|from| self.catching_up(from, &still)));
        spells.append(&mut still);
        self.rewound(spells);
    }

    /// Since when the first event waits that comes to it and is not covered.
    fn waits_since(&self, covers: usize) -> Option<Timestamp> {
        let (place, known) = ((self.tail, covers), (self.cut, self.known));
        let first = self.course.first_that_comes(self.own, place, known)?;
        self.tail.time(self.log, first)
    }

    /// Pauses between two steps in which an event waited for longer than one is used to; each with the number
    /// of the first of the two.
    fn stopped(&self) -> Vec<(usize, Spell)> {
        let mut spells = Vec::new();
        for (number, step) in self.steps.iter().enumerate() {
            let before = number.checked_sub(1).map(|before| self.steps[before].rank);
            if before > Some(step.rank) {
                // That is part of going back.
                continue;
            }
            let next = self.steps.get(number + 1).map(|next| next.at);
            let (Some(end), Some(waits)) = (next.or(self.end), self.waits_since(step.covers))
            else {
                continue;
            };
            let ten = self.ten(number, next);
            let patience = patience(ten.iter().map(|step| (step.at, step.waited)), step.lag);
            let due = step.at.max(waits).saturating_add(patience);
            if end >= due {
                let known = ten.last().map_or(due, |last| due.max(last.at));
                let spell = Spell {
                    own_fault: self.own_fault(step, end, patience, known),
                    began: [step.at, step.at.max(waits)],
                    ..Spell::new(SpellKind::Stopped, (step.at, next), known, step.step)
                };
                spells.push((number, spell));
            }
        }
        spells
    }

    /// The steps that tell what a consumer is used to at one of them: the last ten. Of who has caught up the last
    /// that it made when it had, since the pace at which it made up for an earlier pause is none; where there
    /// are too few before a pause, further ones whose events came when that was over tell it afterwards.
    fn ten(&self, number: usize, over: Option<Timestamp>) -> Vec<At> {
        let last = self.steps[number.saturating_sub(STEPS - 1)..=number].to_vec();
        if self.steps[number].lag > 0 {
            return last;
        }
        let is_fresh = |at: &usize| at.checked_sub(1).is_none_or(|at| self.steps[at].lag == 0);
        let before = (0..=number).rev().filter(is_fresh).take(STEPS);
        let mut ten: Vec<At> = before.map(|at| self.steps[at]).collect();
        ten.reverse();
        let came_after = |at: &usize| {
            let step = &self.steps[*at];
            over.is_some_and(|over| step.at - over >= step.waited)
        };
        let further = (number + 1..self.steps.len()).filter(is_fresh);
        let further = further.filter(came_after).take(STEPS - ten.len());
        ten.extend(further.map(|at| self.steps[at]));
        if ten.len() == STEPS { ten } else { last }
    }

    /// Since when it can be told of one that showed no life from a step on that the relay is not the reason: it
    /// had to be as patient with it from the first publication on as it is else from the first event on.
    fn own_fault(&self, step: &At, end: Timestamp, patience: Span, known: Timestamp) -> Timestamp {
        if !self.by_publications {
            return known;
        }
        let place = (self.tail, step.covers);
        let published = (self.course).published_first(place, self.known.by(end), self.cut);
        published.map_or(Timestamp::MAX, |at| {
            at.max(step.at).saturating_add(patience).max(known)
        })
    }

    /// Steps at one place while an event waited, enough of them to judge by; each with the first of them.
    /// A pause before which there were too few ends before they begin.
    fn stalled(&self, stopped: &[(usize, Spell)]) -> Vec<(usize, Spell)> {
        let mut spells = Vec::new();
        let mut first = 0;
        while first < self.steps.len() {
            let step = self.steps[first];
            let run = self.steps[first..].iter();
            let run = run.take_while(|next| next.rank == step.rank).count();
            let after = first + run;
            // Who makes up for going back is slow for that reason.
            let judged = |from: usize, to: usize| {
                let mut run = (from..to).filter(|_| step.rank == step.furthest);
                let waiting = run.find(|at| self.steps[*at].lag > 0)?;
                self.judged(waiting, to)
            };
            let pauses = stopped.iter().map(|(at, _)| *at);
            let pauses = pauses.filter(|at| (first..after - 1).contains(at));
            let pauses = pauses.filter(|at| self.is_unlike(*at, after));
            let begin = pauses.fold(first, |begin, at| match judged(begin, at + 1) {
                None => at + 1,
                Some(_) => begin,
            });
            if let Some(known) = judged(begin, after) {
                let step = self.steps[begin];
                let since = self.waits_since(step.covers);
                let from = since.map_or(step.at, |since| since.max(step.at));
                let to = self.steps.get(after).map(|next| next.at);
                let last = self.steps[after - 1].step;
                let spell = Spell::new(SpellKind::Stalled, (from, to), known, last);
                spells.push((step.step, spell));
            }
            first = after;
        }
        spells
    }

    /// Whether the pause behind a step is nothing like those that follow until `after`: who stores its checkpoint
    /// once an hour is not away for an hour.
    fn is_unlike(&self, at: usize, after: usize) -> bool {
        let between = |pair: &[At]| pair[1].at - pair[0].at;
        let mut rest: Vec<Span> = self.steps[at + 1..after].windows(2).map(between).collect();
        rest.sort_unstable();
        let usual = rest.get(rest.len() / 2).map_or(0, |usual| usual.micros());
        between(&self.steps[at..at + 2]).micros() > usual.saturating_mul(TIMES_USUAL)
    }

    /// When a window fits into these steps: ten of them, and all of ten minutes.
    fn judged(&self, begin: usize, after: usize) -> Option<Timestamp> {
        let from = self.steps[begin].at;
        let before = begin.checked_sub(1).map(|before| self.steps[before].at);
        let fits = |at: usize| {
            let last = self.steps[at].at;
            let many = at - begin + 1 >= STEPS;
            match before {
                None => many || last - from >= LENGTH,
                Some(before) => many && before < last.saturating_sub(LENGTH),
            }
        };
        let at = (begin..after).find(|at| fits(*at))?;
        Some(self.steps[at].at)
    }

    /// Until nothing waits any more, or it stands still again.
    fn catching_up(&self, from: Timestamp, still: &[Spell]) -> Option<Spell> {
        let begin = self.steps.partition_point(|step| step.at < from);
        let done = self.steps[begin..].iter().find(|step| step.lag == 0);
        // One that begins right there is no time to catch up in.
        let again = (still.iter()).filter(|spell| spell.to.is_none_or(|to| to > from));
        let again = again.map(|spell| spell.from.max(from)).min();
        let done = done.map(|done| done.at);
        let to = done.into_iter().chain(again).min();
        let step = self.steps.get(begin).map_or(0, |step| step.step);
        let spell = Spell::new(SpellKind::CatchingUp, (from, to), from, step);
        (to != Some(from)).then_some(spell)
    }

    /// Steps back, each until it was where it had been.
    fn rewound(&self, spells: &mut Vec<Spell>) {
        // Those that it has not made up for, by where it was.
        let mut open: BTreeMap<usize, Vec<At>> = BTreeMap::new();
        let mut tell = |back: Vec<At>, to| {
            let told = |back: At| Spell::new(SpellKind::Rewound, (back.at, to), back.at, back.step);
            spells.extend(back.into_iter().map(told));
        };
        for pair in self.steps.windows(2) {
            let [before, step] = [pair[0], pair[1]];
            let further = open.split_off(&(step.rank + 1));
            let over = std::mem::replace(&mut open, further);
            over.into_values()
                .for_each(|back| tell(back, Some(step.at)));
            if step.rank < before.rank {
                open.entry(before.rank).or_default().push(step);
            }
        }
        open.into_values().for_each(|back| tell(back, None));
    }
}
