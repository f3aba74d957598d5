//! How a consumer runs, by a sliding window of its steps and not by a threshold: after the rules of
//! Burrow, bettered where a log on disk tells more than a broker does. `docs/lag.md` has them in words.

use serde::Serialize;

use crate::model::Timestamp;
use crate::model::time::Span;

/// How many steps a window has at least.
pub(super) const STEPS: usize = 10;
/// How long it is at least.
pub(super) const LENGTH: Span = Span::from_secs(600);

/// How a consumer runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It shows life and does not get on, while events wait.
    Stalled,
    /// It does not show life, while events wait.
    Stopped,
    /// It went back and has not yet come to where it was.
    Rewound,
    /// It gets on, and falls behind.
    Warning,
    /// It keeps up.
    Ok,
}

impl Status {
    /// As people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stalled => "stalled",
            Self::Stopped => "stopped",
            Self::Rewound => "rewound",
            Self::Warning => "warning",
            Self::Ok => "ok",
        }
    }
}

/// A step within the window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub at: Timestamp,
    /// How many of the events known by now it had covered.
    pub covers: usize,
    /// How many events waited then.
    pub lag: usize,
    /// For how long one had waited before it, since the step before.
    pub waited: Span,
}

/// What a status is judged by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Situation<'a> {
    /// The last steps, oldest first: ten of them, or those of ten minutes where these are more.
    pub window: &'a [Sample],
    /// The moment.
    pub now: Timestamp,
    /// Since when the first event waits that it has not covered; none where none does.
    pub waits_since: Option<Timestamp>,
    /// Whether it stands before a place that it had reached.
    pub back: Back,
}

/// Where a consumer stands to the furthest place that it had reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Back {
    /// There.
    No,
    /// Before it, by its last step: that it makes none for a time is part of going back.
    Just,
    /// Before it, and it has made steps since.
    Since,
}

/// How it runs. `None` where too little is known.
pub(super) fn judge(situation: Situation<'_>) -> Option<Status> {
    let Situation { window, now, .. } = situation;
    let Some(waits_since) = situation.waits_since else {
        return Some(Status::Ok);
    };
    let (first, last) = (window.first()?, window.last()?);
    // An event that has just come to a consumer that had nothing to do says nothing yet.
    let quiet = (now - last.at).min(now - waits_since);
    let steps = window.iter().map(|sample| (sample.at, sample.waited));
    let patience = patience(steps, last.lag);
    if quiet >= patience && situation.back != Back::Just {
        return Some(Status::Stopped);
    }
    if situation.back != Back::No {
        return Some(Status::Rewound);
    }
    let whole = window.len() >= STEPS || last.at - first.at >= LENGTH;
    if !whole || window.iter().any(|sample| sample.lag == 0) {
        return (window.len() > 1).then_some(Status::Ok);
    }
    let pairs = || window.windows(2).map(|pair| (pair[0], pair[1]));
    if pairs().any(|(one, next)| next.lag < one.lag) {
        return Some(Status::Ok);
    }
    match first.covers == last.covers {
        true => Some(Status::Stalled),
        false => Some(Status::Warning),
    }
}

/// A wait so many times as long as what is usual is long.
pub(super) const TIMES_USUAL: i64 = 10;

/// For how long an event has to wait for who has made these steps to be taken for stopped: as long as the
/// last ten took, or, since steps that come once a day take long, ten times as long as any waited before
/// one of ten; and ten minutes at least. Of who has caught up by the last of them, so that `waiting` is none,
/// the longest wait is left out: one stop does not make the next look usual.
pub(super) fn patience(
    steps: impl DoubleEndedIterator<Item = (Timestamp, Span)>,
    waiting: usize,
) -> Span {
    let ten: Vec<(Timestamp, Span)> = steps.rev().take(STEPS).collect();
    let took = ten
        .last()
        .zip(ten.first())
        .map(|((first, _), (last, _))| *last - *first);
    let mut waits: Vec<i64> = ten.iter().map(|(_, waited)| waited.micros()).collect();
    waits.sort_unstable_by_key(|waited| std::cmp::Reverse(*waited));
    let longest = waits.get(usize::from(waiting == 0)).copied();
    let usual = longest.filter(|_| ten.len() == STEPS);
    let usual = usual.map(|longest| Span::from_micros(longest.saturating_mul(TIMES_USUAL)));
    took.into_iter()
        .chain(usual)
        .min()
        .unwrap_or_default()
        .max(LENGTH)
}
