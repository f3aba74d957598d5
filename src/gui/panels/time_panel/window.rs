//! The visible part of time: from one value of the log's scale to another. Pure arithmetic; each
//! change gives a new window that keeps to the store.

use crate::analysis::density::Scale;

/// Room left on either side of the store, as a part of it.
const MARGIN: i128 = 100;
/// The shortest window over times, in microseconds.
const LEAST_TIME: i128 = 1_000;
/// Room left on either side of a single moment: one sees of which day it is.
const ALONE: i128 = 1_800_000_000;
/// The shortest window over places in the log.
const LEAST_ORDER: i128 = 10;

/// How far windows may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    from: i128,
    to: i128,
    least: i128,
}

impl Limits {
    /// Of a store whose values go from `first` to `last`, of which `busy` is drawn in full.
    pub fn new(scale: Scale, first: i64, last: i64, busy: Option<i64>) -> Self {
        let least = match scale {
            Scale::Time(_) => LEAST_TIME,
            Scale::Order => LEAST_ORDER,
        };
        let (first, last) = (i128::from(first), i128::from(last).max(first.into()));
        // What is drawn short counts for nothing, else the room would be wider than the store.
        let length = busy.map_or(last - first, |busy| i128::from(busy).min(last - first));
        let margin = match scale {
            Scale::Time(_) if last == first => ALONE,
            Scale::Order if last > first => (length / MARGIN).max(1),
            _ => (length / MARGIN).max(least / 2),
        };
        let from = (first - margin).max(i64::MIN.into());
        let to = (last + margin).min(i64::MAX.into());
        Self {
            from,
            to,
            least: least.min(to - from),
        }
    }
}

/// A window. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeWindow {
    from: i64,
    to: i64,
}

impl TimeWindow {
    /// All there is, with a little room on either side.
    pub fn whole(limits: Limits) -> Self {
        Self::fit(limits.from, limits.to - limits.from, limits)
    }

    /// The first visible value.
    pub fn from(self) -> i64 {
        self.from
    }

    /// The last visible value.
    pub fn to(self) -> i64 {
        self.to
    }

    /// From the first to the last.
    pub fn length(self) -> i128 {
        i128::from(self.to) - i128::from(self.from)
    }

    /// Whether a value can be seen.
    pub fn contains(self, value: i64) -> bool {
        (self.from..=self.to).contains(&value)
    }

    /// `factor` times as much, with what is at `value` staying in its place.
    pub fn zoom_at(self, value: i64, factor: f64, limits: Limits) -> Self {
        let length = (self.length() as f64 * factor.max(0.0)).min(1e19).round() as i128;
        self.with_length(length, value, limits)
    }

    /// Of the given length, with what is at `value` staying in its place.
    pub fn with_length(self, length: i128, value: i64, limits: Limits) -> Self {
        let length = clamp_length(length, limits);
        let value = i128::from(value.clamp(self.from, self.to));
        let before = (value - i128::from(self.from)) as f64 / self.length().max(1) as f64;
        let from = value - (before * length as f64).round() as i128;
        Self::fit(from, length, limits)
    }

    /// Moved by so much.
    pub fn pan(self, by: i64, limits: Limits) -> Self {
        Self::fit(
            i128::from(self.from) + i128::from(by),
            self.length(),
            limits,
        )
    }

    /// The same length with `value` at `place` (0 to 1) of it, unless it can be seen already.
    pub fn reveal(self, value: i64, place: f64, limits: Limits) -> Self {
        if self.contains(value) {
            return self;
        }
        let before = (self.length() as f64 * place).round() as i128;
        Self::fit(i128::from(value) - before, self.length(), limits)
    }

    /// The same within limits that may have changed.
    pub fn within(self, limits: Limits) -> Self {
        Self::fit(self.from.into(), self.length(), limits)
    }

    fn fit(from: i128, length: i128, limits: Limits) -> Self {
        let length = clamp_length(length, limits);
        let from = from.clamp(limits.from, limits.to - length);
        // The limits are within i64.
        Self {
            from: from as i64,
            to: (from + length) as i64,
        }
    }
}

fn clamp_length(length: i128, limits: Limits) -> i128 {
    length.clamp(limits.least, limits.to - limits.from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::log::Clock;

    fn scales() -> impl Strategy<Value = Scale> {
        prop_oneof![Just(Scale::Time(Clock::Recorded)), Just(Scale::Order)]
    }

    fn values() -> impl Strategy<Value = i64> {
        prop_oneof![
            4 => -2_000_000_000_000_000..2_000_000_000_000_000_i64,
            1 => any::<i64>(),
            1 => 0..50_i64
        ]
    }

    fn limits() -> impl Strategy<Value = Limits> {
        (scales(), values(), values())
            .prop_map(|(scale, a, b)| Limits::new(scale, a.min(b), a.max(b), None))
    }

    fn windows() -> impl Strategy<Value = (Limits, TimeWindow)> {
        (limits(), 0.0..1.0_f64, 0.0..1.0_f64).prop_map(|(limits, share, at)| {
            let whole = TimeWindow::whole(limits);
            let value = whole.from + (whole.length() as f64 * at * 0.999) as i64;
            (limits, whole.zoom_at(value, share, limits))
        })
    }

    fn keeps(limits: Limits, window: TimeWindow) -> bool {
        i128::from(window.from) >= limits.from
            && i128::from(window.to) <= limits.to
            && window.length() >= limits.least
            && window.length() > 0
    }

    proptest! {
        #[test]
        fn no_change_leaves_the_store((limits, window) in windows(), value in values(), factor in 0.0..50.0_f64, place in 0.0..1.0_f64) {
            for changed in [
                window,
                window.zoom_at(value, factor, limits),
                window.zoom_at(value, f64::INFINITY, limits),
                window.zoom_at(value, f64::NAN, limits),
                window.pan(value, limits),
                window.reveal(value, place, limits),
            ] {
                prop_assert!(keeps(limits, changed), "{changed:?} of {limits:?}");
            }
        }

        #[test]
        fn what_the_pointer_is_on_stays_there((limits, window) in windows(), at in 0.0..1.0_f64, factor in 0.1..1.0_f64) {
            let value = window.from.saturating_add((window.length() as f64 * at) as i64).min(window.to);
            let zoomed = window.zoom_at(value, factor, limits);
            let place = |window: TimeWindow| (i128::from(value) - i128::from(window.from)) as f64 / window.length() as f64;
            // To within the rounding of both.
            let error = 3.0 / zoomed.length() as f64 + 1e-6;
            prop_assert!((place(window) - place(zoomed)).abs() <= error);
        }

        #[test]
        fn panning_keeps_the_length_and_can_be_undone((limits, window) in windows(), by in -1000..1000_i64) {
            let moved = window.pan(by, limits);
            prop_assert_eq!(moved.length(), window.length());
            if i128::from(moved.from) == i128::from(window.from) + i128::from(by) {
                prop_assert_eq!(moved.pan(-by, limits), window);
            }
        }

        #[test]
        fn what_is_revealed_can_be_seen((limits, window) in windows(), at in 0.0..1.0_f64, place in 0.0..1.0_f64) {
            let whole = TimeWindow::whole(limits);
            let value = whole.from.saturating_add((whole.length() as f64 * at) as i64).min(whole.to);
            let revealed = window.reveal(value, place, limits);
            prop_assert!(revealed.contains(value));
            prop_assert_eq!(revealed.length(), window.length());
            prop_assert_eq!(revealed.reveal(value, 0.5, limits), revealed);
        }
    }

    #[test]
    fn few_places_in_the_log_fill_the_plot() {
        let whole = TimeWindow::whole(Limits::new(Scale::Order, 0, 29, None));
        assert_eq!((whole.from(), whole.to()), (-1, 30));
    }

    #[test]
    fn one_event_has_room_around_it() {
        let limits = Limits::new(Scale::Time(Clock::Recorded), 77, 77, None);
        let whole = TimeWindow::whole(limits);
        let half_an_hour = 1_800_000_000;
        assert_eq!(
            (whole.from(), whole.to()),
            (77 - half_an_hour, 77 + half_an_hour)
        );
    }
}
