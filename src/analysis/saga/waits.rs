//! How long instances usually wait between two events: counts by length on a scale on which lengths
//! that differ by less than two in a hundred are one. Adding up costs a step an event.

/// A length on the scale; [`Length::NONE`] where there is nothing to measure. Where clocks say that the later
/// came before the earlier it is one back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Length(u16);

/// Steps of the scale between a length and twice that.
const FINE: u32 = 6;
/// All steps of the scale.
const STEPS: usize = (64 - FINE as usize) << FINE;
/// Marks a length back.
const BACK: u16 = 1 << 15;

impl Length {
    pub const NONE: Self = Self(u16::MAX);

    /// From microseconds.
    pub fn new(micros: i64) -> Self {
        let back = if micros < 0 { BACK } else { 0 };
        let micros = micros.unsigned_abs();
        let high = 63 - (micros | 1).leading_zeros();
        let step = match high.checked_sub(FINE) {
            None => micros as u16,
            Some(shift) => {
                let within = (micros >> shift) as u32 & ((1 << FINE) - 1);
                (((shift + 1) << FINE) | within) as u16
            }
        };
        Self(back | step)
    }

    /// Whether there was anything to measure, and clocks agree.
    pub const fn is_measured(self) -> bool {
        self.0 & BACK == 0
    }

    /// No length that is this one is longer, in microseconds.
    pub fn at_most(self) -> i64 {
        let middle = self.micros();
        middle.saturating_add(middle.abs() / 64 + 1)
    }

    /// The length of both, where there is one before. What clocks have run back in adds nothing to the other.
    pub fn after(self, before: Option<Self>) -> Self {
        match before {
            None => self,
            Some(before) => {
                let (own, earlier) = (self.micros(), before.micros());
                match own.max(0).saturating_add(earlier.max(0)) {
                    0 => Self::new(own.min(earlier)),
                    both => Self::new(both),
                }
            }
        }
    }

    /// The middle of the lengths that are this one, in microseconds; below zero of one back.
    pub fn micros(self) -> i64 {
        let step = u32::from(self.0 & !BACK);
        let micros = match (step >> FINE).checked_sub(1) {
            None => i64::from(step),
            Some(shift) => {
                let least = u64::from((1 << FINE) | step & ((1 << FINE) - 1)) << shift;
                (least + (1_u64 << shift) / 2) as i64
            }
        };
        if self.is_measured() { micros } else { -micros }
    }
}

/// How long something usually takes, in microseconds, to within one in a hundred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Wait {
    /// Of how many.
    pub count: u32,
    /// How often it came, too, but before what led to it, by clocks that disagree: that tells of no time.
    pub back: u32,
    /// Half of them take no longer.
    pub median: i64,
    /// Nineteen of twenty take no longer.
    pub p95: i64,
    /// Ninety-nine of a hundred take no longer, those that came back among them.
    pub p99: i64,
}

impl Wait {
    /// Whether it was measured often enough to call something too long by it.
    #[must_use]
    pub const fn is_enough(&self) -> bool {
        self.came() >= super::usual::ENOUGH
    }

    /// How often it came.
    #[must_use]
    pub const fn came(&self) -> u32 {
        self.count + self.back
    }

    /// Whether clocks agree often enough to tell how long it usually takes.
    #[must_use]
    pub const fn is_told(&self) -> bool {
        self.count > 0 && self.back <= self.count
    }
}

/// Lengths of one kind, counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Lengths {
    /// By step of the scale, up to the longest.
    counts: Vec<u32>,
    total: u32,
    /// Of how many clocks disagree.
    back: u32,
    /// Of how many of those that were measured they disagree in a part.
    doubted: u32,
    /// The longest that was added in full, in microseconds.
    longest: i64,
}

impl Lengths {
    /// Adds a length in microseconds and remembers the longest exactly.
    pub fn add_micros(&mut self, micros: i64) {
        self.add(Length::new(micros));
        self.longest = self.longest.max(micros);
    }

    /// The longest that was added in full, in microseconds.
    pub const fn longest(&self) -> i64 {
        self.longest
    }

    #[inline]
    pub fn add(&mut self, length: Length) {
        if !length.is_measured() {
            self.back += u32::from(length != Length::NONE);
            return;
        }
        if self.counts.is_empty() {
            self.counts.resize(STEPS, 0);
        }
        self.counts[usize::from(length.0)] += 1;
        self.total += 1;
    }

    /// Adds a length in a part of which clocks disagree.
    pub fn add_doubted(&mut self, length: Length) {
        self.doubted += u32::from(length.is_measured());
        self.add(length);
    }

    pub fn add_all(&mut self, other: &Self) {
        self.back += other.back;
        self.doubted += other.doubted;
        if self.counts.is_empty() {
            self.counts.clone_from(&other.counts);
        } else {
            for (own, more) in self.counts.iter_mut().zip(&other.counts) {
                *own += more;
            }
        }
        self.total += other.total;
        self.longest = self.longest.max(other.longest);
    }

    /// How many, and by how much; none of none.
    pub fn wait(&self) -> Option<Wait> {
        (self.total + self.back > 0).then(|| Wait {
            count: self.total - self.doubted,
            back: self.back + self.doubted,
            median: self.within(50),
            p95: self.within(95),
            p99: self.longest_usual(),
        })
    }

    /// At each length that there is: the share of them that are no longer.
    pub fn curve(&self) -> Vec<(i64, f32)> {
        let mut so_far = 0_u64;
        let there = self
            .counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0);
        let points = there.map(|(step, count)| {
            so_far += u64::from(*count);
            let share = so_far as f64 / f64::from(self.total);
            (Length(step as u16).micros(), share as f32)
        });
        points.collect()
    }

    /// The length that ninety-nine of a hundred do not exceed, those that came before what led to them among
    /// them: however much clocks disagree, they were no longer than that.
    pub fn longest_usual(&self) -> i64 {
        let all = u64::from(self.total) + u64::from(self.back);
        let enough = (all * 99).div_ceil(100).max(1);
        match enough > u64::from(self.back) {
            true => self.nth(enough - u64::from(self.back)),
            false => 0,
        }
    }

    /// The length that so many of a hundred do not exceed.
    fn within(&self, hundredths: u64) -> i64 {
        self.nth((u64::from(self.total) * hundredths).div_ceil(100).max(1))
    }

    /// The length that so many do not exceed.
    fn nth(&self, enough: u64) -> i64 {
        let mut so_far = 0_u64;
        let found = self.counts.iter().position(|count| {
            so_far += u64::from(*count);
            so_far >= enough
        });
        found.map_or(0, |step| Length(step as u16).micros())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_length_is_kept_to_within_one_in_a_hundred(micros in -i64::MAX..i64::MAX) {
            let kept = Length::new(micros).micros();
            prop_assert!((kept - micros).abs() <= micros.abs() / 100, "{micros} {kept}");
        }

        #[test]
        fn longer_is_longer(a in 0..1_000_000_000_i64, b in 0..1_000_000_000_i64) {
            prop_assert_eq!(Length::new(a).min(Length::new(b)), Length::new(a.min(b)));
        }

        #[test]
        fn what_is_usual_is_what_sorting_finds(all in prop::collection::vec(0..100_000_i64, 1..300)) {
            let mut lengths = Lengths::default();
            let mut sorted: Vec<Length> = all.iter().map(|micros| Length::new(*micros)).collect();
            sorted.iter().for_each(|length| lengths.add(*length));
            sorted.sort_unstable();
            let nth = |hundredths: usize| sorted[(sorted.len() * hundredths).div_ceil(100) - 1].micros();
            let wait = lengths.wait().unwrap();
            prop_assert_eq!([wait.median, wait.p95, wait.p99], [50, 95, 99].map(nth));
            let curve = lengths.curve();
            prop_assert!(curve.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1));
            prop_assert_eq!(curve.last().map(|last| last.1), Some(1.0));
        }
    }

    #[test]
    fn the_scale_has_room_for_the_longest() {
        let longest = Length::new(i64::MAX);
        assert!(usize::from(longest.0) < STEPS && longest != Length::NONE);
        assert!(longest.is_measured() && !Length::new(-i64::MAX).is_measured());
        assert!(!Length::NONE.is_measured() && Length::new(-i64::MAX) != Length::NONE);
    }

    #[test]
    fn what_came_before_what_led_to_it_is_counted_and_not_measured() {
        let mut lengths = Lengths::default();
        for micros in [-5, 7, -1, 7] {
            lengths.add(Length::new(micros));
        }
        let wait = lengths.wait().unwrap();
        assert_eq!((wait.count, wait.back, wait.median), (2, 2, 7));
        assert!(wait.is_told() && wait.came() == 4);
        assert_eq!(Length::new(4).after(Some(Length::new(-3))), Length::new(4));
        assert!(!Length::new(0).after(Some(Length::new(-3))).is_measured());
        assert_eq!(Length::new(4).after(Some(Length::new(3))), Length::new(7));
    }
}
