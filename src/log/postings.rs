//! Which events stand in which stream, in log order.

/// Rows by key. Dense where most keys occur, sorted keys otherwise.
#[derive(Clone, Debug)]
pub struct Postings {
    keys: Keys,
    /// `rows[ends[k - 1]..ends[k]]` belong to the k-th key.
    ends: Vec<u32>,
    rows: Vec<u32>,
}

#[derive(Clone, Debug)]
enum Keys {
    /// Every number below the count of ends is a key.
    All,
    /// These only, ascending.
    Some(Vec<u32>),
}

impl Default for Postings {
    fn default() -> Self {
        Self {
            keys: Keys::All,
            ends: Vec::new(),
            rows: Vec::new(),
        }
    }
}

impl Postings {
    /// From pairs of key and row, rows ascending within a key. `keys` is one more than the
    /// greatest key; the pairs are gone through twice.
    pub fn build<I: Iterator<Item = (u32, u32)>>(keys: usize, pairs: impl Fn() -> I) -> Self {
        let count = pairs().count();
        if count >= keys / 8 {
            Self::dense(keys, count, pairs)
        } else {
            Self::sparse(pairs().collect())
        }
    }

    fn dense<I: Iterator<Item = (u32, u32)>>(
        keys: usize,
        count: usize,
        pairs: impl Fn() -> I,
    ) -> Self {
        let mut next = vec![0_u32; keys + 1];
        for (key, _) in pairs() {
            next[key as usize + 1] += 1;
        }
        for key in 0..keys {
            next[key + 1] += next[key];
        }
        let mut rows = vec![0_u32; count];
        for (key, row) in pairs() {
            let at = &mut next[key as usize];
            rows[*at as usize] = row;
            *at += 1;
        }
        // Each start has moved on to its end.
        next.truncate(keys);
        Self {
            keys: Keys::All,
            ends: next,
            rows,
        }
    }

    fn sparse(mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        let (mut keys, mut ends, mut rows) =
            (Vec::new(), Vec::new(), Vec::with_capacity(pairs.len()));
        for (key, row) in pairs {
            if keys.last() != Some(&key) {
                keys.push(key);
                ends.push(rows.len() as u32);
            }
            rows.push(row);
            if let Some(end) = ends.last_mut() {
                *end = rows.len() as u32;
            }
        }
        Self {
            keys: Keys::Some(keys),
            ends,
            rows,
        }
    }

    /// The rows under `key`, ascending.
    #[must_use]
    pub fn get(&self, key: u32) -> &[u32] {
        let at = match &self.keys {
            Keys::All if (key as usize) < self.ends.len() => key as usize,
            Keys::All => return &[],
            Keys::Some(keys) => match keys.binary_search(&key) {
                Ok(at) => at,
                Err(_) => return &[],
            },
        };
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.rows[start as usize..self.ends[at] as usize]
    }

    /// Bytes held.
    #[must_use]
    pub fn memory(&self) -> usize {
        let keys = match &self.keys {
            Keys::All => 0,
            Keys::Some(keys) => keys.capacity(),
        };
        (keys + self.ends.capacity() + self.rows.capacity()) * 4
    }
}

#[cfg(test)]
mod tests {
    use super::Postings;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn postings_are_the_rows_of_each_key(keys in prop::collection::vec(0_u32..40, 0..200), spread in 1_u32..100) {
            let pairs: Vec<(u32, u32)> =
                keys.iter().enumerate().map(|(row, key)| (key * spread, row as u32)).collect();
            let postings = Postings::build(40 * spread as usize, || pairs.iter().copied());
            for key in 0..40 * spread + 3 {
                let expected: Vec<u32> =
                    pairs.iter().filter(|pair| pair.0 == key).map(|pair| pair.1).collect();
                prop_assert_eq!(postings.get(key), &expected[..]);
            }
        }
    }
}
