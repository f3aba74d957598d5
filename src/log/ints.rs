//! Integer columns packed as narrowly as a chunk's values allow. Knows nothing of what they mean.

/// A column of integers, packed once all are there. Positions of a dense log cost nothing, versions of short
/// streams two bytes, times of a lively chunk four.
#[derive(Clone, Debug)]
pub enum Ints {
    /// `first + step × i`.
    Affine {
        /// The value at 0.
        first: i64,
        /// From one value to the next.
        step: i64,
        /// How many values.
        len: usize,
    },
    /// `base + values[i]`.
    Narrow {
        /// The least value.
        base: i64,
        /// Distances from it.
        values: Vec<u16>,
    },
    /// `base + unit × values[i]`.
    Medium {
        /// The least value.
        base: i64,
        /// The greatest power of 1,000 that divides every distance (1 to 10⁶).
        unit: i64,
        /// Distances from the base, in units.
        values: Vec<u32>,
    },
    /// `bases[i / BLOCK] + unit × values[i]`: as narrow, but near each other only where they stand
    /// near each other.
    NarrowBlocks {
        /// The least value of each block.
        bases: Vec<i64>,
        /// As of [`Ints::Medium`].
        unit: i64,
        /// Distances from the block's base, in units.
        values: Vec<u16>,
    },
    /// Likewise.
    MediumBlocks {
        /// The least value of each block.
        bases: Vec<i64>,
        /// As of [`Ints::Medium`].
        unit: i64,
        /// Distances from the block's base, in units.
        values: Vec<u32>,
    },
    /// As they come.
    Wide(Vec<i64>),
}

impl Default for Ints {
    fn default() -> Self {
        Self::Affine {
            first: 0,
            step: 0,
            len: 0,
        }
    }
}

impl Ints {
    /// Packs `values` into the narrowest form that holds them.
    #[must_use]
    pub fn pack(values: &[i64]) -> Self {
        let Some((&first, rest)) = values.split_first() else {
            return Self::default();
        };
        let step = rest.first().map_or(0, |second| second.wrapping_sub(first));
        let affine = values
            .windows(2)
            .all(|pair| pair[1].wrapping_sub(pair[0]) == step);
        if affine {
            return Self::Affine {
                first,
                step,
                len: values.len(),
            };
        }
        let (mut base, mut most) = (first, first);
        for &value in rest {
            base = base.min(value);
            most = most.max(value);
        }
        let Some(range) = most.checked_sub(base) else {
            return Self::Wide(values.to_vec());
        };
        if range <= i64::from(u16::MAX) {
            let values = values.iter().map(|value| (value - base) as u16).collect();
            return Self::Narrow { base, values };
        }
        let divides = |unit: &i64| values.iter().all(|value| (value - base) % unit == 0);
        let unit = [1_000_000, 1_000].into_iter().find(divides).unwrap_or(1);
        let blocks = Blocks::of(values, unit);
        if blocks.range <= i64::from(u16::MAX) {
            let values = blocks.distances(values, |distance| distance as u16);
            let bases = blocks.bases;
            return Self::NarrowBlocks {
                bases,
                unit,
                values,
            };
        }
        if range / unit <= i64::from(u32::MAX) {
            let values = values.iter();
            let values = values.map(|value| ((value - base) / unit) as u32).collect();
            return Self::Medium { base, unit, values };
        }
        if blocks.range <= i64::from(u32::MAX) {
            let values = blocks.distances(values, |distance| distance as u32);
            let bases = blocks.bases;
            return Self::MediumBlocks {
                bases,
                unit,
                values,
            };
        }
        Self::Wide(values.to_vec())
    }

    /// Adds a value at the end of what is not packed yet, or no more.
    pub fn push(&mut self, value: i64) {
        if !matches!(self, Self::Wide(_)) {
            *self = Self::Wide(self.iter().collect());
        }
        if let Self::Wide(values) = self {
            values.push(value);
        }
    }

    /// The same in the narrowest form that holds it.
    #[must_use]
    pub fn packed(self) -> Self {
        match self {
            Self::Wide(values) => Self::pack(&values),
            packed => packed,
        }
    }

    /// The value at `i`.
    ///
    /// # Panics
    /// Where `i` is not below [`Ints::len`] (an affine column answers any `i`).
    #[must_use]
    #[inline]
    pub fn get(&self, i: usize) -> i64 {
        match self {
            Self::Affine { first, step, .. } => first.wrapping_add(step.wrapping_mul(i as i64)),
            Self::Narrow { base, values } => base + i64::from(values[i]),
            Self::Medium { base, unit, values } => base + unit * i64::from(values[i]),
            Self::NarrowBlocks {
                bases,
                unit,
                values,
            } => bases[i / BLOCK] + unit * i64::from(values[i]),
            Self::MediumBlocks {
                bases,
                unit,
                values,
            } => bases[i / BLOCK] + unit * i64::from(values[i]),
            Self::Wide(values) => values[i],
        }
    }

    /// How many values.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Affine { len, .. } => *len,
            Self::Narrow { values, .. } | Self::NarrowBlocks { values, .. } => values.len(),
            Self::Medium { values, .. } | Self::MediumBlocks { values, .. } => values.len(),
            Self::Wide(values) => values.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All values in order.
    pub fn iter(&self) -> impl Iterator<Item = i64> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }

    /// Bytes held.
    #[must_use]
    pub fn memory(&self) -> usize {
        match self {
            Self::Affine { .. } => 0,
            Self::Narrow { values, .. } => values.capacity() * 2,
            Self::Medium { values, .. } => values.capacity() * 4,
            Self::NarrowBlocks { bases, values, .. } => {
                bases.capacity() * 8 + values.capacity() * 2
            }
            Self::MediumBlocks { bases, values, .. } => {
                bases.capacity() * 8 + values.capacity() * 4
            }
            Self::Wide(values) => values.capacity() * 8,
        }
    }
}

/// Values that share a base: so few that those which go up slowly stay near it, enough for it to take
/// an eighth of a byte a value.
const BLOCK: usize = 64;

/// Values whose distances all fit an integer, by blocks.
struct Blocks {
    bases: Vec<i64>,
    unit: i64,
    /// The greatest distance from a base, in units.
    range: i64,
}

impl Blocks {
    fn of(values: &[i64], unit: i64) -> Self {
        let mut blocks = Self {
            bases: Vec::with_capacity(values.len().div_ceil(BLOCK)),
            unit,
            range: 0,
        };
        for block in values.chunks(BLOCK) {
            let (mut base, mut most) = (block[0], block[0]);
            for &value in block {
                base = base.min(value);
                most = most.max(value);
            }
            blocks.bases.push(base);
            blocks.range = blocks.range.max((most - base) / unit);
        }
        blocks
    }

    fn distances<T>(&self, values: &[i64], narrow: impl Fn(i64) -> T) -> Vec<T> {
        let mut distances = Vec::with_capacity(values.len());
        for (block, base) in values.chunks(BLOCK).zip(&self.bases) {
            let block = block.iter().map(|value| value - base);
            // Dividing takes longer than all the rest.
            match self.unit {
                1 => distances.extend(block.map(&narrow)),
                unit => distances.extend(block.map(|distance| narrow(distance / unit))),
            }
        }
        distances
    }
}

#[cfg(test)]
mod tests {
    use super::Ints;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packing_loses_nothing(values in prop_oneof![
            prop::collection::vec(prop_oneof![
                any::<i64>(), 0..100_i64, 1_700_000_000_000_000..1_700_000_100_000_000_i64,
            ], 0..50),
            // Some way up from each to the next, nearly.
            (prop::collection::vec(-9..100_i64, 0..300), prop::sample::select(vec![1_i64, 700, 50_000_000, 1 << 47]))
                .prop_map(|(steps, wide)| steps.iter().scan(0, |at, step| { *at += step * wide; Some(*at) }).collect()),
        ], unit in prop::sample::select(vec![1_i64, 1_000, 1_000_000])) {
            let values: Vec<i64> = values.iter().map(|value| value / unit * unit).collect();
            let packed = Ints::pack(&values);
            prop_assert_eq!(packed.iter().collect::<Vec<_>>(), values);
        }
    }

    #[test]
    fn dense_positions_cost_nothing() {
        let values: Vec<i64> = (17..1017).collect();
        assert_eq!(Ints::pack(&values).memory(), 0);
    }

    #[test]
    fn millisecond_times_of_a_month_take_four_bytes() {
        let values: Vec<i64> = (0..1000).map(|i| i * i * 2_000 * 1_000).collect();
        assert_eq!(Ints::pack(&values).memory(), 4000);
    }

    #[test]
    fn what_goes_up_slowly_takes_half_of_what_its_ends_would() {
        // Where lines of a file begin; times of a quiet store.
        let bytes: Vec<i64> = (0..32_000).map(|i| i * 600 + i % 7).collect();
        assert_eq!(Ints::pack(&bytes).memory(), 32_000 * 2 + 500 * 8);
        let times: Vec<i64> = bytes.iter().map(|at| at * 31_001).collect();
        assert_eq!(Ints::pack(&times).memory(), 32_000 * 4 + 500 * 8);
    }
}
