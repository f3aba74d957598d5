//! How often something begins: a number of beginnings spread over a time by a rhythm, so that a store
//! of any size has the same busy and quiet hours.

use std::ops::Range;
use std::time::Duration;

use crate::model::Timestamp;
use crate::simulate::chance::{Rng, after};

#[derive(Debug)]
pub struct Arrivals {
    at: Timestamp,
    until: Timestamp,
    tick: Duration,
    weight: fn(Timestamp) -> u64,
    /// What is left of the beginnings, and of the rhythm's weight.
    left: u64,
    weight_left: u128,
}

impl Arrivals {
    /// `count` beginnings; the rhythm weighs each tick by its first moment.
    pub fn new(
        span: Range<Timestamp>,
        tick: Duration,
        count: u64,
        weight: fn(Timestamp) -> u64,
    ) -> Self {
        let mut weight_left = 0;
        let mut at = span.start;
        while at < span.end {
            weight_left += u128::from(weight(at));
            at = after(at, tick);
        }
        Self {
            at: span.start,
            until: span.end,
            tick,
            weight,
            left: count,
            weight_left,
        }
    }

    /// The tick's moment, how many begin within it, and when the next tick is; none when all is over.
    pub fn next(&mut self, rng: &mut Rng) -> Option<Tick> {
        if self.at >= self.until {
            return None;
        }
        let from = self.at;
        self.at = after(from, self.tick);
        let weight = (self.weight)(from);
        let count = self.share(weight, rng);
        self.left -= count;
        self.weight_left -= u128::from(weight);
        Some(Tick {
            from,
            to: self.at,
            count,
        })
    }

    /// The tick's share of what is left, with the scatter of chance.
    fn share(&self, weight: u64, rng: &mut Rng) -> u64 {
        if self.weight_left == 0 || weight == 0 {
            return 0;
        }
        // Four chances of a quarter each for every one that is expected.
        let quarters = u128::from(self.left) * u128::from(weight) * 4;
        let (sure, rest) = (quarters / self.weight_left, quarters % self.weight_left);
        let mut count = 0;
        for _ in 0..sure {
            count += u64::from(rng.below(4) == 0);
        }
        let odd = (u128::from(rng.bits()) * self.weight_left * 4) >> 64;
        count += u64::from(odd < rest);
        count.min(self.left)
    }
}

/// A tick with beginnings in it.
#[derive(Debug)]
pub struct Tick {
    pub from: Timestamp,
    pub to: Timestamp,
    pub count: u64,
}

impl Tick {
    /// A moment within it.
    pub fn moment(&self, rng: &mut Rng) -> Timestamp {
        let micros = rng.between(self.from.micros(), self.to.micros() - 1);
        Timestamp::from_micros(micros)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::chance::{HOUR, Seed, hour, utc};
    use super::*;

    #[test]
    fn about_as_many_begin_as_asked_and_none_in_the_quiet_hours() {
        let weight = |at: Timestamp| if hour(at) < 6 { 0 } else { 5 };
        for count in [10, 1000, 50_000] {
            let span = utc(2024, 1, 1, 0, 0)..utc(2024, 2, 1, 0, 0);
            let mut arrivals = Arrivals::new(span, HOUR, count, weight);
            let mut rng = Rng::new(Seed(count));
            let mut all = 0;
            while let Some(tick) = arrivals.next(&mut rng) {
                assert!(tick.count == 0 || hour(tick.from) >= 6);
                all += tick.count;
            }
            assert!(all <= count && all * 100 >= count * 90, "{all} of {count}");
        }
    }
}
