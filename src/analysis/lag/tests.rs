//! How a consumer is judged, and what of a tail is counted.

mod outbox;
mod spells;
mod way;

use proptest::prelude::*;

use super::status::{Back, LENGTH, Sample, Situation, Status, judge};
use super::tail::{Known, Scope, Tail};
use super::{Certainty, ConsumerLag, Course, LagOptions, LagReport, Note, Samples, report};
use crate::analysis::testing::rows::Given;
use crate::analysis::testing::{self, MadeUp, log_of, moments, samples};
use crate::log::{Bound, Checkpoint, Clock, Cut, Log, Mark, Marked, Says, SideKind};
use crate::model::time::Span;
use crate::model::{Position, Task, Timestamp};

fn second(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

proptest! {
    #[test]
    fn a_tail_counts_what_was_known_and_waits(
        samples in samples(60), at in moments(), from in 0..70_usize, even in any::<bool>(),
    ) {
        let log = log_of(&samples, 7);
        let cut = at.cut(&log, Clock::Recorded);
        let categories = even.then(|| "Stream-even".to_owned());
        let scope = Scope { categories: categories.into_iter().collect(), ..Scope::default() };
        let tail = Tail::new(&log, Clock::Recorded, scope, &Task::new()).unwrap();
        let all: Vec<usize> = (0..tail.len()).collect();
        let known = |at: &&usize| cut.holds(&log, tail.event(**at).unwrap());
        let waits: Vec<usize> = all.iter().filter(known).copied().filter(|at| *at >= from).collect();
        let before: Vec<usize> = all.iter().filter(known).copied().filter(|at| *at < from).collect();
        let limit = Known::at(&cut);
        prop_assert_eq!(tail.count(&log, from, limit), waits.len());
        prop_assert_eq!(tail.first(&log, from, limit), waits.first().copied());
        prop_assert_eq!(tail.last(&log, from, limit), before.last().copied());
    }
}

/// Samples as second, events covered, events waiting.
fn judged(window: &[(i64, usize, usize)], now: i64, waits_since: Option<i64>) -> Option<Status> {
    let gap = window
        .last()
        .zip(window.first())
        .map_or(0, |(last, first)| last.0 - first.0);
    let window: Vec<Sample> = window
        .iter()
        .map(|&(at, covers, lag)| Sample {
            at: second(at),
            covers,
            lag,
            // As often as it makes a step.
            waited: Span::from_secs(gap),
        })
        .collect();
    judge(Situation {
        window: &window,
        now: second(now),
        waits_since: waits_since.map(second),
        back: Back::No,
    })
}

fn every_minute(
    covers: impl Fn(i64) -> usize,
    lag: impl Fn(i64) -> usize,
) -> Vec<(i64, usize, usize)> {
    (0..10).map(|n| (n * 60, covers(n), lag(n))).collect()
}

#[test]
fn who_has_nothing_to_do_is_in_order_however_long_ago_that_was() {
    assert_eq!(judged(&[], 1_000_000, None), Some(Status::Ok));
    let busy = every_minute(|n| n as usize, |_| 0);
    assert_eq!(judged(&busy, 1_000_000, None), Some(Status::Ok));
    // The first event after a quiet night.
    assert_eq!(judged(&busy, 1_000_000, Some(999_999)), Some(Status::Ok));
}

#[test]
fn who_shows_no_life_while_events_wait_is_stopped() {
    let busy = every_minute(|n| n as usize, |_| 0);
    let length = LENGTH.micros() / 1_000_000;
    assert_eq!(
        judged(&busy, 540 + length, Some(540)),
        Some(Status::Stopped)
    );
    assert_eq!(judged(&busy, 539 + length, Some(539)), Some(Status::Ok));
    // By how it is used to: who steps once an hour may be silent for longer, where events wait for that.
    let rare: Vec<_> = (0..10).map(|n| (n * 3600, n as usize, 0)).collect();
    assert_eq!(
        judged(&rare, 9 * 3600 + 4000, Some(9 * 3600)),
        Some(Status::Ok)
    );
}

#[test]
fn who_stands_while_events_wait_is_stalled_and_who_falls_back_is_warned_of() {
    let standing = every_minute(|_| 3, |n| 1 + n as usize);
    assert_eq!(judged(&standing, 545, Some(0)), Some(Status::Stalled));
    let slow = every_minute(|n| n as usize, |n| 1 + n as usize);
    assert_eq!(judged(&slow, 545, Some(0)), Some(Status::Warning));
    let gaining = every_minute(|n| n as usize, |n| 20 - n as usize);
    assert_eq!(judged(&gaining, 545, Some(0)), Some(Status::Ok));
    // Once without lag is in order.
    let fresh = every_minute(|n| n as usize, |n| n as usize);
    assert_eq!(judged(&fresh, 545, Some(0)), Some(Status::Ok));
}

#[test]
fn one_step_is_too_little_to_judge_by() {
    assert_eq!(judged(&[(0, 3, 2)], 60, Some(0)), None);
    assert_eq!(judged(&[], 60, Some(0)), None);
    assert_eq!(judged(&[(0, 3, 2)], 600, Some(0)), Some(Status::Stopped));
}

/// A consumer of a stream of one event a minute, in whose store nobody wrote down when it got where.
struct Watching {
    log: Log,
    samples: Samples,
}

impl Watching {
    fn new(samples: Samples) -> Self {
        let minute = |n: i64| testing::Sample {
            recorded: Some(second(n * 60).micros()),
            version: n + 1,
            id: (n % 250) as u8,
            ..testing::Sample::default()
        };
        let all: Vec<_> = (0..600).map(minute).collect();
        Self {
            log: log_of(&all, 100),
            samples,
        }
    }

    /// A checkpoint up to so many events.
    fn given(events: i64, written: Option<i64>) -> Given {
        let row = Checkpoint {
            consumer: "mailer".to_owned(),
            reached: Some(Mark {
                application: None,
                event: Marked::Position(Position((events - 1) * 10 + 3)),
            }),
            updated_at: written.map(second),
            ..Checkpoint::default()
        };
        Given(vec![(SideKind::Checkpoints, Says::Checkpoint(row))])
    }

    /// Looks each half minute from one minute to another, at what `at` says of each.
    fn watch(&mut self, minutes: std::ops::Range<i64>, at: impl Fn(i64) -> (i64, Option<i64>)) {
        for half in minutes.start * 2..minutes.end * 2 {
            let (events, written) = at(half / 2);
            let rows = Self::given(events, written.map(|minute| minute * 60));
            (self.samples)
                .take(&rows, second(half * 30), &Task::new())
                .unwrap();
        }
    }

    fn again(self) -> Self {
        Self {
            samples: Samples::of(self.samples.notes().to_vec()),
            ..self
        }
    }

    /// How it stood at a minute, where its checkpoint is now after so many events.
    fn at(&self, minute: i64, events: i64, written: Option<i64>) -> ConsumerLag {
        let rows = Self::given(events, written.map(|minute| minute * 60));
        let task = Task::new();
        let course = Course::read(&self.log, &rows, &self.samples, Clock::Recorded, &task).unwrap();
        let cut = self
            .log
            .cut(Clock::Recorded, Bound::Time(second(minute * 60)));
        let options = LagOptions::default();
        let report = report(&course, &MadeUp, &cut, &options, &task).unwrap();
        report.consumers.into_iter().next().unwrap()
    }
}

fn told_of(course: &Course, cut: &Cut) -> LagReport {
    let options = LagOptions::default();
    report(course, &MadeUp, cut, &options, &Task::new()).unwrap()
}

fn told(own: &ConsumerLag) -> (Option<u64>, Option<Status>, Certainty) {
    (own.lag_events, own.status, own.certainty)
}

#[test]
fn what_was_seen_is_known_and_what_nobody_saw_is_not() {
    let mut store = Watching::new(Samples::default());
    // At minute n there are n + 1 events.
    store.watch(10..40, |minute| (minute + 1, None));
    let mut store = store.again();
    let seen = (Some(0), Some(Status::Ok), Certainty::Sampled);
    assert_eq!(told(&store.at(30, 40, None)), seen);
    // Neither before nor after the watch, nor between two.
    let unknown = (None, None, Certainty::Unknown);
    assert_eq!(told(&store.at(9, 40, None)), unknown);
    assert_eq!(told(&store.at(50, 40, None)), unknown);
    store.watch(100..200, |_| (41, None));
    assert_eq!(told(&store.at(30, 41, None)), seen);
    assert_eq!(told(&store.at(99, 41, None)), unknown);
    // It stands, as far as anybody can tell who does not see it being written.
    let stalled = (Some(150), Some(Status::Stalled), Certainty::Sampled);
    assert_eq!(told(&store.at(190, 41, None)), stalled);
}

#[test]
fn dates_tell_what_happened_while_nobody_looked() {
    let mut store = Watching::new(Samples::default());
    store.watch(10..40, |minute| (minute.min(29) + 1, Some(minute.min(29))));
    // From minute 29 on nobody wrote it, and the checkpoint is still that one: known also where nobody
    // looked.
    let stopped = (Some(71), Some(Status::Stopped), Certainty::Sampled);
    let mut store = store.again();
    assert_eq!(told(&store.at(100, 30, Some(29))), stopped);
    // Another one was written since: nobody knows which came between.
    assert_eq!(store.at(100, 200, Some(300)).certainty, Certainty::Unknown);
    store.watch(200..210, |_| (30, Some(29)));
    assert_eq!(told(&store.at(100, 30, Some(29))), stopped);
    store.watch(210..220, |minute| (minute, Some(minute)));
    assert_eq!(told(&store.at(100, 219, Some(219))), stopped);
    assert_eq!(store.at(215, 219, Some(219)).lag_events, Some(1));
}

#[test]
fn notes_beyond_what_is_kept_are_let_go_but_not_those_that_stand() {
    let mut samples = Samples::default();
    let row = |name: &str, events| {
        let mut rows = Watching::given(events, None).0;
        if let Says::Checkpoint(row) = &mut rows[0].1 {
            row.consumer = name.to_owned();
        }
        rows
    };
    for n in 0..50_000 {
        let rows = Given([row("slow", 1), row("quick", n)].concat());
        samples.take(&rows, second(n), &Task::new()).unwrap();
    }
    assert!(samples.notes().len() <= 40_010, "{}", samples.notes().len());
    let slow = |note: &&Note| matches!(note, Note::Moved(sample) if sample.consumer == "slow");
    assert_eq!(samples.notes().iter().filter(slow).count(), 1);
}

#[test]
fn what_was_seen_of_a_store_that_stood_there_before_counts_for_nothing() {
    let mut store = Watching::new(Samples::default());
    store.watch(-30..-10, |_| (500, None));
    let mut store = store.again();
    store.watch(10..40, |minute| (minute + 1, None));
    let seen = (Some(0), Some(Status::Ok), Certainty::Sampled);
    assert_eq!(told(&store.at(30, 40, None)), seen);
}
