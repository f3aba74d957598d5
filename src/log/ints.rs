//! Integer columns packed as narrowly as a chunk's values allow. Knows nothing of what they mean.

/// An immutable column of integers. Positions of a dense log cost nothing, versions of short
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
        for unit in [1, 1_000, 1_000_000] {
            if range / unit > i64::from(u32::MAX) {
                continue;
            }
            if unit > 1 && values.iter().any(|value| (value - base) % unit != 0) {
                break;
            }
            let values = values
                .iter()
                .map(|value| ((value - base) / unit) as u32)
                .collect();
            return Self::Medium { base, unit, values };
        }
        Self::Wide(values.to_vec())
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
            Self::Wide(values) => values[i],
        }
    }

    /// How many values.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Affine { len, .. } => *len,
            Self::Narrow { values, .. } => values.len(),
            Self::Medium { values, .. } => values.len(),
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
            Self::Wide(values) => values.capacity() * 8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ints;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packing_loses_nothing(values in prop::collection::vec(prop_oneof![
            any::<i64>(), 0..100_i64, 1_700_000_000_000_000..1_700_000_100_000_000_i64,
        ], 0..50), unit in prop::sample::select(vec![1_i64, 1_000, 1_000_000])) {
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
}
