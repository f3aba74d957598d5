//! Lag over time, bucket by bucket, exact at each bucket's end and at its worst within it.

use serde::Serialize;

use super::course::Course;
use super::progress::{Evidence, Way};
use super::tail::{Known, Tail};
use crate::log::{Cut, Log};
use crate::model::time::Span;
use crate::model::{Cancelled, PositionName, Task, Timestamp};

/// A consumer's lag over a stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Chart {
    /// At even distances, the last at the end of the stretch.
    pub points: Vec<Point>,
}

/// A consumer's lag at a moment. What is not known of then is null.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Point {
    /// The moment.
    pub at: Timestamp,
    /// Its checkpoint.
    pub position: Option<PositionName>,
    /// The last event of its tail.
    pub head: Option<PositionName>,
    /// How many events waited.
    pub lag_events: Option<u64>,
    /// For how long the first of them had.
    pub lag_ms: Option<i64>,
    /// The most that waited since the point before.
    pub most_events: Option<u64>,
    /// The longest that one had waited since then.
    pub most_ms: Option<i64>,
    /// How many events of its tail there were.
    #[serde(skip)]
    pub events: u64,
    /// How many of them it had covered.
    #[serde(skip)]
    pub covered: Option<u64>,
}

impl Point {
    fn worst(&mut self, events: Option<u64>, ms: Option<i64>) {
        self.most_events = self.most_events.max(events);
        self.most_ms = self.most_ms.max(ms);
    }
}

/// So long what was seen last is taken as it was: what happened until the next look, nobody knows.
const SIGHT: Span = Span::from_secs(5);

/// A consumer's way beside its tail.
struct Seen<'a> {
    log: &'a Log,
    tail: &'a Tail,
    way: &'a Way<'a>,
    known: Known,
}

impl Seen<'_> {
    /// The step by which it stood just before that one.
    fn before(&self, step: usize) -> Option<usize> {
        let before = step.checked_sub(1)?;
        let near = (self.way.at(step).zip(self.way.at(before)))
            .is_some_and(|(at, before)| at - before <= SIGHT);
        match self.way.evidence == Evidence::Sampled && near {
            true => Some(step),
            false => Some(before),
        }
    }

    /// When what is known at a moment was seen.
    fn seen(&self, at: Timestamp, step: Option<usize>) -> Timestamp {
        let seen = step.and_then(|step| self.way.at(step));
        let near = seen.filter(|seen| at - *seen <= SIGHT);
        match self.way.evidence {
            Evidence::Sampled => near.unwrap_or(at),
            _ => at,
        }
    }

    /// How much one had covered who had made so many steps, how many events waited at a moment, and for
    /// how long the first of them had.
    fn lag(&self, time: Timestamp, step: Option<usize>) -> Option<(u64, u64, i64)> {
        let Self { log, tail, .. } = self;
        let known = self.known.by(time);
        let covers = step.and_then(|step| self.way.covers(step));
        let covers = covers.or_else(|| (tail.count(log, 0, known) == 0).then_some(0))?;
        let first = tail.first(log, covers, known);
        let waits = first.and_then(|first| tail.time(log, first));
        let ms = waits.map_or(0, |since| (time - since).millis().max(0));
        Some((covers as u64, tail.count(log, covers, known) as u64, ms))
    }
}

impl Course {
    /// The lag of the consumer numbered `consumer` from `from` to `to`, as known at `cut`.
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off.
    pub fn chart(
        &self,
        consumer: usize,
        cut: &Cut,
        (from, to): (Timestamp, Timestamp),
        points: usize,
        task: &Task,
    ) -> Result<Chart, Cancelled> {
        let log = &self.log;
        let Some(own) = self.consumers.get(consumer) else {
            return Ok(Chart::default());
        };
        let way = own
            .way(log, cut)
            .filter(|way| way.tells_lag() && way.len() > 0);
        let tail = own.tail.map(|at| &self.tails[at]);
        let Some((way, tail)) = way.zip(tail).filter(|_| to >= from && points > 0) else {
            return Ok(Chart::default());
        };
        let known = Known::at(cut);
        let course = Seen {
            log,
            tail,
            way: &way,
            known,
        };
        let length = (to - from).micros();
        let mut chart = Chart::default();
        let mut done = way.until(from);
        for n in 1..=points {
            task.check()?;
            let part = i128::from(length) * n as i128 / points as i128;
            let at = from.saturating_add(Span::from_micros(part as i64));
            let mut point = Point {
                at,
                events: tail.count(log, 0, known.by(at)) as u64,
                ..Point::default()
            };
            let last = way.until(at);
            for step in done.map_or(0, |step| step + 1)..last.map_or(0, |step| step + 1) {
                let before = course.before(step);
                if let Some(when) = way.at(step)
                    && let Some((_, events, ms)) = course.lag(when, before)
                {
                    point.worst(Some(events), Some(ms));
                }
            }
            done = last;
            if let Some((covers, events, ms)) = course.lag(course.seen(at, last), last) {
                point.covered = Some(covers);
                point.lag_events = Some(events);
                point.lag_ms = Some(ms);
                point.worst(Some(events), Some(ms));
            }
            let head = tail.last(log, tail.len(), known.by(at));
            let head = head.and_then(|head| tail.event(head));
            point.head = head.map(|head| log.position_name(head));
            point.position = last.and_then(|last| self.place_at(own, &way, last, cut));
            chart.points.push(point);
        }
        Ok(chart)
    }
}
