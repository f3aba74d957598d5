//! How a consumer is judged, and what of a tail is counted.

use proptest::prelude::*;

use super::status::{LENGTH, Sample, Situation, Status, judge};
use super::tail::{Known, Scope, Tail};
use crate::analysis::testing::{log_of, moments, samples};
use crate::log::Clock;
use crate::model::{Task, Timestamp};

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
    let window: Vec<Sample> = window
        .iter()
        .map(|&(at, covers, lag)| Sample {
            at: second(at),
            covers,
            lag,
        })
        .collect();
    judge(Situation {
        window: &window,
        now: second(now),
        waits_since: waits_since.map(second),
        went_back: false,
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
    // By how it is used to: who steps once an hour may be silent for longer.
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
