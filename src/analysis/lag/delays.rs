//! How long events took to be processed: their distribution, what readers of a read model missed
//! meanwhile, and what each remedy would have cost.

use serde::Serialize;

use super::clocks::Clocks;
use super::course::Course;
use super::progress::{Evidence, Way};
use super::tail::Known;
use crate::log::Cut;
use crate::model::{Cancelled, Task, Timestamp};

/// Points of a curve.
const POINTS: usize = 120;

/// How long something took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Percentiles {
    /// How often it was measured.
    pub count: u64,
    /// Half of them took no longer.
    pub p50_ms: f64,
    /// 95 in 100 took no longer.
    pub p95_ms: f64,
    /// 99 in 100 took no longer.
    pub p99_ms: f64,
    /// The longest.
    pub most_ms: f64,
}

/// How long a consumer took for its events.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Delays {
    /// In figures; null where nothing was measured, or where clocks are apart.
    pub figures: Option<Percentiles>,
    /// By what clocks it was measured.
    pub clocks: Clocks,
    /// Events that wait.
    pub pending: u64,
    /// The share of events that took no longer than so many milliseconds.
    pub ecdf: Vec<(f64, f64)>,
    /// The share of readers who miss their own write when they read so many milliseconds after it.
    pub missed: Vec<Reread>,
    /// What it would cost that nobody does.
    pub remedies: Vec<Remedy>,
}

/// Who reads so long after a write.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reread {
    /// How long after it.
    pub after_ms: f64,
    /// The share, 0 to 1, who do not see it.
    pub share: f64,
}

/// What is done so that people see what they wrote, with its cost on these data.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Remedy {
    /// Reads of a session go where its writes went until they have arrived.
    SessionAffinity {
        /// Sessions that are bound at a time, on average.
        bound: f64,
        /// For how long one is bound at most.
        longest_ms: f64,
    },
    /// Reads go to the leader for a fixed time after a write.
    ReadFromLeader {
        /// For how long.
        for_ms: f64,
        /// Writers who read from the leader at a time, on average.
        bound: f64,
        /// The share who miss their write all the same.
        missed: f64,
    },
    /// A read waits until the read model has the version that was written.
    VersionTracking {
        /// How long a read right after a write waits, on average.
        mean_ms: f64,
        /// 99 in 100 wait no longer.
        p99_ms: f64,
    },
    /// The read model is written together with the events.
    SynchronousProjection {
        /// How much longer a write takes: as long as the quickest twentieth of events took.
        write_ms: f64,
    },
}

impl Percentiles {
    /// Of spans in microseconds, ascending.
    #[must_use]
    pub fn of(spans: &[i64]) -> Option<Self> {
        let at = |share: f64| {
            let rank = (spans.len() as f64 * share).ceil() as usize;
            Some(ms(*spans.get(rank.max(1) - 1)?))
        };
        Some(Self {
            count: spans.len() as u64,
            p50_ms: at(0.5)?,
            p95_ms: at(0.95)?,
            p99_ms: at(0.99)?,
            most_ms: ms(*spans.last()?),
        })
    }
}

fn ms(micros: i64) -> f64 {
    micros as f64 / 1000.0
}

/// What was measured of a consumer's events, in microseconds.
struct Measured {
    /// How long those took that it processed, ascending.
    took: Vec<i64>,
    /// How long the others have been waiting, ascending.
    waiting: Vec<i64>,
    /// The first event's time and the moment.
    span: Option<(Timestamp, Timestamp)>,
    clocks: Clocks,
}

impl Course {
    /// How long the consumer numbered `consumer` took for the events recorded from `from` on, as known
    /// at `cut`.
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off.
    pub fn delays(
        &self,
        consumer: usize,
        cut: &Cut,
        from: Option<Timestamp>,
        task: &Task,
    ) -> Result<Delays, Cancelled> {
        let measured = self.measured(consumer, cut, from, task)?;
        let Some(Measured {
            took,
            waiting,
            span,
            clocks,
        }) = measured
        else {
            return Ok(Delays::default());
        };
        if clocks == Clocks::Apart {
            return Ok(Delays {
                clocks,
                ..Delays::default()
            });
        }
        let quantile = |n: usize| {
            let rank = (took.len() * n).div_ceil(POINTS).max(1);
            (ms(took[rank - 1]), n as f64 / POINTS as f64)
        };
        let ecdf = match took.is_empty() {
            true => Vec::new(),
            false => (0..=POINTS).map(quantile).collect(),
        };
        Ok(Delays {
            figures: Percentiles::of(&took),
            clocks,
            pending: waiting.len() as u64,
            ecdf,
            missed: missed(&took, &waiting),
            remedies: remedies(&took, &waiting, span),
        })
    }

    fn measured(
        &self,
        consumer: usize,
        cut: &Cut,
        from: Option<Timestamp>,
        task: &Task,
    ) -> Result<Option<Measured>, Cancelled> {
        let log = &self.log;
        let Some((own, tail)) = self
            .consumers
            .get(consumer)
            .and_then(|own| Some((own, &self.tails[own.tail?])))
        else {
            return Ok(None);
        };
        // What is told event by event is exact also where checkpoints come in batches.
        let exact = own.by_event().map(|trace| trace.way(log, cut));
        let way = exact
            .filter(|way| way.len() > 0)
            .or_else(|| own.way(log, cut));
        let Some(way) = way.filter(|way| way.evidence != Evidence::Checkpoint) else {
            return Ok(None);
        };
        let known = Known::at(cut);
        let now = cut.time(log);
        let time = |at: usize| {
            let time = tail.time(log, at);
            time.filter(|time| from.is_none_or(|from| *time >= from))
        };
        let is_known = |at: usize| tail.event(at).is_some_and(|event| cut.holds(log, event));
        let mut took = Vec::new();
        let covered = processed(&way, task, &mut |at, when| {
            if let Some(time) = time(at).filter(|_| is_known(at)) {
                took.push((when - time).micros());
            }
        })?;
        let clocks = self.clocks(cut, took.iter().copied());
        took.iter_mut().for_each(|took| *took = (*took).max(0));
        took.sort_unstable();
        let mut waiting = Vec::new();
        if let Some(now) = now.filter(|_| way.tells_lag()) {
            let last = tail.last(log, tail.len(), known).map_or(0, |last| last + 1);
            let waits = (covered..last).filter_map(time);
            waiting.extend(
                waits
                    .map(|time| (now - time).micros())
                    .filter(|age| *age >= 0),
            );
            waiting.sort_unstable();
        }
        let begin = tail
            .first(log, 0, known)
            .and_then(|first| tail.time(log, first));
        let begin = begin.map(|begin| from.map_or(begin, |from| from.max(begin)));
        Ok(Some(Measured {
            took,
            waiting,
            span: begin.zip(now),
            clocks,
        }))
    }
}

/// Calls `each` with each place of a tail that was processed, and when that was first; how far it goes.
pub(super) fn processed(
    way: &Way<'_>,
    task: &Task,
    each: &mut dyn FnMut(usize, Timestamp),
) -> Result<usize, Cancelled> {
    let by_event = way.evidence.is_exact_by_event();
    let mut seen = hashbrown::HashSet::new();
    let mut covered = 0;
    for (number, step) in way.steps().iter().enumerate() {
        if number % 4096 == 0 {
            task.check()?;
        }
        let Some((when, covers)) = step.at.zip(step.covers) else {
            continue;
        };
        let places = match by_event {
            true if !seen.insert(covers) => 0..0,
            true => covers.saturating_sub(1)..covers,
            false => covered..covers,
        };
        covered = covered.max(covers);
        places.for_each(|at| each(at, when));
    }
    Ok(covered)
}

/// Who misses a write: of those events that are old enough to tell, those that took longer.
fn missed(took: &[i64], waiting: &[i64]) -> Vec<Reread> {
    let Some(most) = took.last().or(waiting.last()) else {
        return Vec::new();
    };
    let longest = (*most).max(1000) as f64 * 1.2;
    let from = 1000.0_f64.min(longest / 2.0);
    let share = |n: usize| {
        let after = from * (longest / from).powf(n as f64 / POINTS as f64);
        Reread {
            after_ms: after / 1000.0,
            share: missed_after(took, waiting, after),
        }
    };
    (0..=POINTS).map(share).collect()
}

/// The share who do not see their write when they read so many microseconds after it.
fn missed_after(took: &[i64], waiting: &[i64], after: f64) -> f64 {
    let beyond = |spans: &[i64]| {
        let until = spans.partition_point(|span| *span as f64 <= after);
        (spans.len() - until) as f64
    };
    let waits = beyond(waiting);
    let all = took.len() as f64 + waits;
    match all > 0.0 {
        true => (beyond(took) + waits) / all,
        false => 0.0,
    }
}

fn remedies(took: &[i64], waiting: &[i64], span: Option<(Timestamp, Timestamp)>) -> Vec<Remedy> {
    let (Some(figures), Some((from, to))) = (Percentiles::of(took), span) else {
        return Vec::new();
    };
    let seconds = ((to - from).micros() as f64 / 1e6).max(f64::MIN_POSITIVE);
    // What still waits was written, too, and takes no less than it has waited.
    let mut all = [took, waiting].concat();
    all.sort_unstable();
    let Some(at_least) = Percentiles::of(&all) else {
        return Vec::new();
    };
    let a_second = all.len() as f64 / seconds;
    let mean_ms = all.iter().map(|span| ms(*span)).sum::<f64>() / all.len() as f64;
    let quickest = Percentiles::of(&took[..took.len().div_ceil(20)]).map_or(0.0, |few| few.most_ms);
    vec![
        Remedy::SessionAffinity {
            bound: a_second * mean_ms / 1000.0,
            longest_ms: at_least.most_ms,
        },
        Remedy::ReadFromLeader {
            for_ms: figures.p99_ms,
            bound: a_second * figures.p99_ms / 1000.0,
            missed: missed_after(took, waiting, figures.p99_ms * 1000.0),
        },
        Remedy::VersionTracking {
            mean_ms,
            p99_ms: at_least.p99_ms,
        },
        Remedy::SynchronousProjection { write_ms: quickest },
    ]
}
