//! A small seeded source of chance (SplitMix64). Integers only: floating-point functions differ
//! between machines, and a sample must be the same bytes everywhere.

use std::ops::Range;
use std::time::Duration;

/// What decides every choice of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(pub u64);

/// A sequence of pseudo-random numbers. Not for secrets.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Seed {
    /// A seed of its own for one purpose, so that drawing more for one changes nothing of another.
    #[must_use]
    pub const fn of(self, purpose: u64) -> Self {
        Self(mixed(self.0.wrapping_add(mixed(purpose))))
    }
}

const fn mixed(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Rng {
    /// The sequence that belongs to a seed.
    #[must_use]
    pub const fn new(seed: Seed) -> Self {
        Self(seed.0)
    }

    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// A number from 0 up to and without `n`; 0 for `n` = 0.
    pub const fn below(&mut self, n: u64) -> u64 {
        ((self.bits() as u128 * n as u128) >> 64) as u64
    }

    /// A number from `low` to `high`, both included; `low` must not be above `high`.
    pub const fn between(&mut self, low: i64, high: i64) -> i64 {
        debug_assert!(low <= high);
        low + self.below((high - low + 1) as u64) as i64
    }

    /// True in `per_mille` of 1000 cases.
    pub const fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// One of the things, each as likely; there must be at least one.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }

    /// A span of time between two others, to the microsecond.
    pub fn delay(&mut self, span: Range<Duration>) -> Duration {
        let micros = self.between(span.start.as_micros() as i64, span.end.as_micros() as i64);
        Duration::from_micros(micros.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one_of_splitmix64() {
        let mut rng = Rng::new(Seed(1_234_567));
        assert_eq!(rng.bits(), 6_457_827_717_110_365_317);
        assert_eq!(rng.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn bounds_are_kept_and_reached() {
        let mut rng = Rng::new(Seed(7));
        let seen: Vec<i64> = (0..1000).map(|_| rng.between(-1, 2)).collect();
        assert_eq!(seen.iter().min(), Some(&-1));
        assert_eq!(seen.iter().max(), Some(&2));
        assert_eq!(rng.below(0), 0);
    }

    #[test]
    fn purposes_do_not_share_a_sequence() {
        let seed = Seed(5);
        assert_ne!(seed.of(1), seed.of(2));
        assert_ne!(seed.of(1), Seed(6).of(1));
        assert_eq!(seed.of(1), Seed(5).of(1));
    }
}
