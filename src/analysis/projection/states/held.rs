//! What a partition is at a moment, by the kind of its projection.

use std::num::NonZeroU32;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::analysis::replay::MergeFold;
use crate::model::EventIx;

/// The state of a partition, however it is held.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// As a script made it, as JSON.
    Text(Arc<str>),
    /// Payloads merged.
    Merged(Arc<MergeFold>),
    /// An event.
    Latest(EventIx),
    /// How many.
    Count(u64),
    /// Sum and the like of a field.
    Figures(Figures),
    /// What was opened.
    Open(Since),
}

impl State {
    /// Bytes elsewhere, roughly.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.len() + 16,
            // What two moments share is counted twice: better too much than too little.
            Self::Merged(fold) => 64 * fold.size(),
            Self::Figures(_) | Self::Latest(_) | Self::Count(_) | Self::Open(_) => 0,
        }
    }
}

/// What a partition is at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Its state.
    pub state: State,
    /// The last event folded into it.
    pub last: EventIx,
}

/// What is known of the numbers of a key. Small, since a checkpoint has one for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    count: NonZeroU32,
    /// [`LOST`] where it has more than 28 digits.
    sum: Decimal,
    min: Decimal,
    max: Decimal,
}

/// A sum that cannot be told; one that comes to just this cannot, either.
const LOST: Decimal = Decimal::MAX;

impl Figures {
    pub(in crate::analysis::projection) fn of(value: Decimal) -> Self {
        Self {
            count: NonZeroU32::MIN,
            sum: value,
            min: value,
            max: value,
        }
    }

    pub(in crate::analysis::projection) fn add(&mut self, value: Decimal) {
        self.count = self.count.saturating_add(1);
        if self.sum != LOST {
            self.sum = self.sum.checked_add(value).unwrap_or(LOST);
        }
        if is_less(value, self.min) {
            self.min = value;
        }
        if is_less(self.max, value) {
            self.max = value;
        }
    }

    /// How many.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count.get()
    }

    /// Their sum; none where it has more than 28 digits.
    #[must_use]
    pub fn sum(&self) -> Option<Decimal> {
        (self.sum != LOST).then_some(self.sum)
    }

    /// The least.
    #[must_use]
    pub const fn min(&self) -> Decimal {
        self.min
    }

    /// The greatest.
    #[must_use]
    pub const fn max(&self) -> Decimal {
        self.max
    }

    /// The sum by the count, to ten places.
    #[must_use]
    pub fn average(&self) -> Option<Decimal> {
        let average = self.sum()?.checked_div(Decimal::from(self.count.get()))?;
        Some(average.round_dp(10).normalize())
    }
}

/// Whether one is less; numbers of one field mostly have equally many places, and are compared as integers.
fn is_less(one: Decimal, other: Decimal) -> bool {
    match one.scale() == other.scale() {
        true => one.mantissa() < other.mantissa(),
        false => one < other,
    }
}

/// Since when something is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// The event that opened it (again).
    pub opened: EventIx,
    /// The event that closed it.
    pub closed: Option<EventIx>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn less_is_less_whatever_the_places(
            (one, other) in (any::<i64>(), any::<i64>()),
            scales in (0..6_u32, 0..6_u32),
        ) {
            let one = Decimal::new(one, scales.0);
            for other in [Decimal::new(other, scales.1), Decimal::new(other, scales.0), one] {
                prop_assert_eq!(is_less(one, other), one < other);
            }
        }
    }
}
