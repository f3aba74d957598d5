//! Where moments lie between the left (0) and the right end (1) of an axis on which idle stretches
//! are drawn short. The mapping is piecewise linear and never falls.

use crate::log::{Clock, Log};
use crate::model::{EventIx, Timestamp};

/// The width that a gap keeps, as a share of the axis.
const GAP_WIDTH: f64 = 0.016;
/// What all gaps together take at most.
const GAPS_WIDTH: f64 = 0.4;

/// What an axis counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scale {
    /// Microseconds since 1970 by a clock.
    Time(Clock),
    /// Places in log order ([`EventIx`]), in a store without times. Not positions: those may have
    /// holes larger than all the rest.
    Order,
}

impl Scale {
    /// By time if the log has times by `clock`, else by order.
    #[must_use]
    pub fn of(log: &Log, clock: Clock) -> Self {
        if log.has_clock(clock) {
            Self::Time(clock)
        } else {
            Self::Order
        }
    }

    /// Where an event lies; `None` for what has always been there.
    #[must_use]
    #[inline]
    pub fn value(self, log: &Log, event: EventIx) -> Option<i64> {
        match self {
            Self::Time(clock) => log.time(event, clock).map(Timestamp::micros),
            Self::Order => Some(i64::from(event.0)),
        }
    }

    /// The whole log, from its least to its greatest value; `None` where there is nothing to show.
    #[must_use]
    pub fn extent(self, log: &Log) -> Option<(i64, i64)> {
        match self {
            Self::Time(clock) => log
                .time_span(clock)
                .map(|(first, last)| (first.micros(), last.micros())),
            Self::Order => (log.len() as i64)
                .checked_sub(1)
                .filter(|&last| last >= 0)
                .map(|last| (0, last)),
        }
    }
}

/// A stretch of an axis that is drawn short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Gap {
    /// Where it begins.
    pub from: i64,
    /// Where it ends, later than `from`.
    pub to: i64,
}

/// A stretch over which the axis is linear.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    from: i64,
    to: i64,
    left: f64,
    right: f64,
    idle: bool,
}

/// The visible window, from its first value to its last.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    scale: Scale,
    pieces: Vec<Piece>,
}

impl Axis {
    /// From `from` to `to` without gaps. A window of no length gets a length of 1.
    #[must_use]
    pub fn new(scale: Scale, from: i64, to: i64) -> Self {
        Self::with_gaps(scale, from, to, &[])
    }

    /// From `from` to `to` with `gaps` (ascending and apart from each other) drawn short. Parts of
    /// gaps outside the window do not count.
    #[must_use]
    pub fn with_gaps(scale: Scale, from: i64, to: i64, gaps: &[Gap]) -> Self {
        let from = from.min(i64::MAX - 1);
        let to = to.max(from + 1);
        let mut stretches: Vec<(i64, i64, bool)> = Vec::with_capacity(gaps.len() * 2 + 1);
        let mut at = from;
        for gap in gaps {
            let (start, end) = (gap.from.max(at), gap.to.min(to));
            if start >= end {
                continue;
            }
            if start > at {
                stretches.push((at, start, false));
            }
            stretches.push((start, end, true));
            at = end;
        }
        if at < to {
            stretches.push((at, to, false));
        }
        Self {
            scale,
            pieces: laid_out(&stretches),
        }
    }

    /// What the axis counts.
    #[must_use]
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The value at the left end.
    #[must_use]
    pub fn from(&self) -> i64 {
        self.pieces[0].from
    }

    /// The value at the right end.
    #[must_use]
    pub fn to(&self) -> i64 {
        self.pieces[self.pieces.len() - 1].to
    }

    /// Whether a value lies in the window.
    #[must_use]
    pub fn contains(&self, value: i64) -> bool {
        (self.from()..=self.to()).contains(&value)
    }

    /// The place of a value between 0 and 1; of one outside the window the nearer end.
    #[must_use]
    pub fn place(&self, value: i64) -> f64 {
        let at = self.pieces.partition_point(|piece| piece.to < value);
        let piece = self.pieces[at.min(self.pieces.len() - 1)];
        let value = value.clamp(piece.from, piece.to);
        let share = span(piece.from, value) / span(piece.from, piece.to);
        (piece.left + share * (piece.right - piece.left)).clamp(piece.left, piece.right)
    }

    /// The value at a place between 0 and 1, rounded down.
    #[must_use]
    pub fn value(&self, place: f64) -> i64 {
        let at = self.pieces.partition_point(|piece| piece.right < place);
        let piece = self.pieces[at.min(self.pieces.len() - 1)];
        let share = (place - piece.left) / (piece.right - piece.left);
        // A place that is no number, or out of the window, is an end of it.
        let share = if share > 0.0 { share.min(1.0) } else { 0.0 };
        // In whole numbers as far as they go: a window may be longer than a double counts exactly.
        let length = i128::from(piece.to) - i128::from(piece.from);
        let along = (share * length as f64).floor() as i128;
        (i128::from(piece.from) + along.min(length)) as i64
    }

    /// The gaps in the window, with the places of their ends.
    pub fn gaps(&self) -> impl Iterator<Item = (Gap, f64, f64)> + '_ {
        let idle = self.pieces.iter().filter(|piece| piece.idle);
        idle.map(|piece| {
            let gap = Gap {
                from: piece.from,
                to: piece.to,
            };
            (gap, piece.left, piece.right)
        })
    }
}

fn span(from: i64, to: i64) -> f64 {
    (i128::from(to) - i128::from(from)) as f64
}

fn laid_out(stretches: &[(i64, i64, bool)]) -> Vec<Piece> {
    let gaps = stretches.iter().filter(|stretch| stretch.2).count();
    let busy: f64 = stretches
        .iter()
        .filter(|stretch| !stretch.2)
        .map(|&(from, to, _)| span(from, to))
        .sum();
    // Nothing but gaps cannot come from real events, but must not divide by nothing either.
    let gap_width = if busy > 0.0 {
        GAP_WIDTH.min(GAPS_WIDTH / gaps.max(1) as f64)
    } else {
        1.0 / gaps.max(1) as f64
    };
    let busy_width = 1.0 - gap_width * gaps as f64;
    let mut left = 0.0;
    let mut pieces: Vec<Piece> = Vec::with_capacity(stretches.len());
    for &(from, to, idle) in stretches {
        let width = if idle {
            gap_width
        } else {
            busy_width * span(from, to) / busy
        };
        let right = left + width;
        pieces.push(Piece {
            from,
            to,
            left,
            right,
            idle,
        });
        left = right;
    }
    if let Some(last) = pieces.last_mut() {
        last.right = 1.0;
    }
    pieces
}
