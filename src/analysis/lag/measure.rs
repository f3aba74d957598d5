//! How a consumer stands as of a cut: its lag in events and in time, how fast it goes, what holds it up.

use super::course::Course;
use super::progress::{Place, Progress, Step, Way, position};
use super::status::{Back, LENGTH, STEPS, Sample, Situation, Status, judge};
use super::tail::{Known, Tail};
use super::waiting::lag_ms;
use crate::log::{Cut, Log};
use crate::model::time::Span;
use crate::model::{Position, PositionName, Timestamp};

/// Nobody who stands for less is late.
const SOON: Span = Span::from_secs(10);

/// What a rate is measured over, at least.
const LATELY: Span = Span::from_secs(60);

/// How a consumer stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    /// Where it is.
    pub position: Option<PositionName>,
    /// The last event of its tail, by its place there.
    pub head: Option<usize>,
    /// How many events wait; none where that is not known.
    pub waiting: Option<usize>,
    /// The first of them, by its place in the tail.
    pub first: Option<usize>,
    pub lag_ms: Option<i64>,
    pub status: Option<Status>,
    /// Events a second, over its last steps.
    pub throughput: Option<f64>,
    /// By how many events a second it falls behind; negative while it catches up.
    pub growth: Option<f64>,
    /// Since when both are measured.
    pub rates_since: Option<Timestamp>,
    /// The last sign of life.
    pub last_seen: Option<Timestamp>,
    /// Since when it stands where it stands while an event waits.
    pub stands_since: Option<Timestamp>,
    /// For how long that is, where events are not used to wait for half as long.
    pub late: Option<Span>,
}

impl Course {
    /// How `own` stands as of `cut`; `now` is the moment itself.
    pub(super) fn standing(
        &self,
        own: &Progress,
        way: &Way<'_>,
        cut: &Cut,
        now: Option<Timestamp>,
    ) -> Standing {
        let log = &self.log;
        let known = Known::at(cut);
        let mut standing = Standing {
            position: self.place(own, way, cut),
            last_seen: way.len().checked_sub(1).and_then(|last| way.at(last)),
            ..Standing::default()
        };
        let tail = own.tail.map(|at| &self.tails[at]);
        // Where nothing says what it reads, only where it stands does; and before the first event of all, nothing
        // tells that there was such a consumer.
        let began = !cut.known(log).is_empty();
        let told = tail.filter(|tail| way.len() > 0 || tail.scope.is_narrow() && began);
        let Some(tail) = told else {
            return standing;
        };
        standing.head = tail.last(log, tail.len(), known);
        let covers = covered(way);
        let Some(covers) = covers.or_else(|| standing.head.is_none().then_some(0)) else {
            return standing;
        };
        let waiting = tail.count(log, covers, known);
        standing.waiting = Some(waiting);
        standing.first = tail.first(log, covers, known);
        let since_of = |first: Option<usize>| first.and_then(|first| tail.time(log, first));
        standing.lag_ms = lag_ms(standing.first, since_of(standing.first), now);
        let Some(now) = now else {
            return standing;
        };
        let rank = |covers: usize| tail.count(log, 0, known) - tail.count(log, covers, known);
        let window = match way.len().checked_sub(1) {
            Some(last) => window(way, last, tail, log, known, now),
            None => Vec::new(),
        };
        // Judged by what comes to it: that nobody published an event is not its fault.
        let comes = self.first_that_comes(own, (tail, covers), (cut, known));
        let waits_since = since_of(comes);
        standing.status = match comes {
            None => Some(Status::Ok),
            Some(_) => waits_since.and_then(|since| {
                judge(Situation {
                    window: &window,
                    now,
                    waits_since: Some(since),
                    back: back(way, covers, &rank),
                })
            }),
        };
        // Who stands where nothing waits is not held up yet.
        standing.stands_since = since(way, covers, &rank).max(waits_since);
        let stands = standing.stands_since.map(|since| now - since);
        let waits = comes.is_some();
        standing.late = stands.filter(|stands| waits && is_long(*stands, &window));
        if let [first, .., _] = lately(&window, now) {
            let seconds = (now - first.at).micros() as f64 / 1e6;
            if seconds > 0.0 {
                standing.rates_since = Some(first.at);
                let rate = |events: i64| events as f64 / seconds;
                let done = rank(covers) as i64 - first.covers as i64;
                standing.throughput = Some(rate(done.max(0)));
                standing.growth = Some(rate(waiting as i64 - first.lag as i64));
            }
        }
        standing
    }

    /// The position of a consumer on its way.
    pub(super) fn place(&self, own: &Progress, way: &Way<'_>, cut: &Cut) -> Option<PositionName> {
        self.place_of(own, way.last()?, cut)
    }

    /// The same after the `at`-th of its steps.
    pub(super) fn place_at(
        &self,
        own: &Progress,
        way: &Way<'_>,
        at: usize,
        cut: &Cut,
    ) -> Option<PositionName> {
        self.place_of(own, way.after(at)?, cut)
    }

    fn place_of(&self, own: &Progress, step: &Step, cut: &Cut) -> Option<PositionName> {
        let tail = own.tail.map(|at| &self.tails[at]);
        let place = position(step, tail, &self.log, Known::at(cut))?;
        Some(match place {
            Place::Event(event) => self.log.position_name(event),
            Place::Position(position) => self.written(own, position),
        })
    }

    fn written(&self, own: &Progress, position: Position) -> PositionName {
        let file = own.file.clone();
        PositionName { file, position }
    }
}

/// How much it has covered, where that tells its lag.
fn covered(way: &Way<'_>) -> Option<usize> {
    way.covers(way.len().checked_sub(1).filter(|_| way.tells_lag())?)
}

/// Whether it is more than twice as long as any event had waited before one of the steps that it is judged by.
fn is_long(stands: Span, window: &[Sample]) -> bool {
    let longest = window.iter().map(|sample| sample.waited).max();
    let usual = longest.filter(|_| window.len() > 1).map(Span::micros);
    usual.is_some_and(|usual| stands >= SOON && stands.micros() / 2 > usual)
}

/// The last steps of a window, by which it is told where a lag goes: ten of them, or those of the last
/// minute where these are more.
fn lately(window: &[Sample], now: Timestamp) -> &[Sample] {
    let from = now.saturating_sub(LATELY);
    let begin = window.partition_point(|sample| sample.at < from);
    &window[begin.min(window.len().saturating_sub(STEPS))..]
}

/// Where it stands to the furthest that it had been.
fn back(way: &Way<'_>, covers: usize, rank: &dyn Fn(usize) -> usize) -> Back {
    if rank(way.furthest()) <= rank(covers) {
        return Back::No;
    }
    let before = way.len().checked_sub(2).and_then(|last| way.covers(last));
    match before.is_some_and(|before| rank(before) > rank(covers)) {
        true => Back::Just,
        false => Back::Since,
    }
}

/// When it came to where it stands, as far back as its steps go.
fn since(way: &Way<'_>, covers: usize, rank: &dyn Fn(usize) -> usize) -> Option<Timestamp> {
    let is_there = |at: &usize| way.covers(*at).is_some_and(|own| rank(own) == rank(covers));
    let same = (0..way.len()).rev().take_while(is_there);
    way.at(same.last()?)
}

/// For how long an event had waited when one made the `at`-th step, since the step before.
pub(super) fn waited(
    way: &Way<'_>,
    at: usize,
    tail: &Tail,
    log: &Log,
    known: Known,
) -> Option<Span> {
    let before = at.checked_sub(1)?;
    let (when, since) = way.at(at).zip(way.at(before))?;
    let first = tail.first(log, way.covers(before)?, known.by(when))?;
    let since = since.max(tail.time(log, first)?);
    Some((when - since).max(Span::default()))
}

/// The steps up to the `last`-th, as of `now`: ten of them, or those of ten minutes where these are more.
fn window(
    way: &Way<'_>,
    last: usize,
    tail: &Tail,
    log: &Log,
    known: Known,
    now: Timestamp,
) -> Vec<Sample> {
    let from = now.saturating_sub(LENGTH);
    let mut window = Vec::with_capacity(STEPS);
    for at in (0..=last).rev() {
        let Some((when, covers)) = way.at(at).zip(way.covers(at)) else {
            continue;
        };
        if window.len() >= STEPS && when < from {
            break;
        }
        window.push(Sample {
            at: when,
            covers: tail.count(log, 0, known) - tail.count(log, covers, known),
            lag: tail.count(log, covers, known.by(when)),
            waited: waited(way, at, tail, log, known).unwrap_or_default(),
        });
    }
    window.reverse();
    window
}
