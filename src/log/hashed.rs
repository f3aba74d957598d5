//! Numbers by the hashes of what they stand for, to find events by their ids and names by their
//! text. Does not see what was hashed: whoever asks compares.

use std::hash::{BuildHasher as _, Hash};
use std::ops::Range;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// The half of a hash that is kept.
pub(super) fn hash(value: impl Hash) -> u32 {
    FixedState::default().hash_one(value) as u32
}

fn entry(hash: u32, number: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(number)
}

/// Takes an entry apart.
pub(super) fn parts(entry: u64) -> (u32, u32) {
    ((entry >> 32) as u32, entry as u32)
}

/// Entries by hash while they come and are asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Table(HashTable<u64>);

impl Table {
    /// Makes room for so many.
    pub fn reserve(&mut self, entries: usize) {
        self.0.reserve(entries, |entry| spread(parts(*entry).0));
    }

    /// Adds one that is not there.
    pub fn add(&mut self, hash: u32, number: u32) {
        let (spread_hash, entry) = (spread(hash), entry(hash, number));
        self.0
            .insert_unique(spread_hash, entry, |entry| spread(parts(*entry).0));
    }

    /// The number with this hash that `is` says yes to.
    pub fn find(&self, hash: u32, is: impl Fn(u32) -> bool) -> Option<u32> {
        let found = self.0.find(spread(hash), |entry| {
            let (own, number) = parts(*entry);
            own == hash && is(number)
        });
        found.map(|entry| parts(*entry).1)
    }
}

/// A table goes by both ends of a hash.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

/// Entries sorted by hash, which takes less time to make than a table does, and less room. In the
/// high half of an entry stands the hash, in the low half the number.
#[derive(Clone, Debug, Default)]
pub(super) struct Sorted(Vec<u64>);

impl Sorted {
    /// From hashes and numbers, which ascend.
    pub fn new(all: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut entries = Vec::with_capacity(all.size_hint().1.unwrap_or(0));
        entries.extend(all.map(|(hash, number)| entry(hash, number)));
        sort(&mut entries);
        Self(entries)
    }

    /// Both in one.
    pub fn merged(&self, other: &Self) -> Self {
        let mut entries = Vec::with_capacity(self.0.len() + other.0.len());
        entries.extend_from_slice(&self.0);
        entries.extend_from_slice(&other.0);
        // Finds two runs, and merges them.
        entries.sort();
        Self(entries)
    }

    /// The numbers with this hash, ascending.
    pub fn with(&self, hash: u32) -> impl Iterator<Item = u32> + '_ {
        let from = self.0.partition_point(|known| *known < entry(hash, 0));
        let equal = self.0[from..].iter().map(|known| parts(*known));
        equal
            .take_while(move |known| known.0 == hash)
            .map(|known| known.1)
    }

    /// The entries of each hash, with it.
    pub fn runs(&self) -> impl Iterator<Item = (u32, &[u64])> {
        let runs = self.0.chunk_by(|a, b| parts(*a).0 == parts(*b).0);
        runs.map(|run| (parts(run[0]).0, run))
    }

    /// All entries, by hash, then by number.
    pub fn entries(&self) -> &[u64] {
        &self.0
    }

    /// Keeps the numbers that `keep` says yes to.
    pub fn retain(&mut self, keep: impl Fn(u32) -> bool) {
        self.0.retain(|known| keep(parts(*known).1));
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.0.capacity() * 8
    }
}

/// Sorted entries for good: four bytes each, and half a byte for where to look.
#[derive(Clone, Debug)]
pub(super) struct Hashed {
    /// The least number there can be.
    first: u32,
    /// As how many bits the numbers stand in an entry, counted from the first. What they leave of it
    /// is a tag: hash that tells entries of one bucket from another.
    bits: u32,
    /// Where each bucket begins, and where the last one ends.
    starts: Vec<u32>,
    entries: Vec<u32>,
}

/// Entries of a bucket on average: a line of the processor's cache at the most.
const BUCKET: usize = 8;

impl Hashed {
    /// From entries whose numbers are among `numbers`.
    pub fn new(sorted: &Sorted, numbers: &Range<u32>) -> Self {
        let last = (numbers.end - numbers.start).saturating_sub(1);
        let mut hashed = Self {
            first: numbers.start,
            bits: u32::BITS - last.leading_zeros(),
            starts: vec![0; sorted.len().div_ceil(BUCKET) + 1],
            entries: Vec::with_capacity(sorted.len()),
        };
        for (hash, number) in sorted.entries().iter().map(|known| parts(*known)) {
            let (bucket, tag) = hashed.place(hash);
            let number = u64::from(number - hashed.first);
            hashed.starts[bucket + 1] += 1;
            hashed.entries.push((tag << hashed.bits | number) as u32);
        }
        let mut end = 0;
        for start in &mut hashed.starts {
            end += *start;
            *start = end;
        }
        hashed
    }

    /// In which bucket a hash belongs, and its tag there. Both ascend with it.
    fn place(&self, hash: u32) -> (usize, u64) {
        let buckets = self.starts.len() as u64 - 1;
        let place = u64::from(hash) * buckets;
        let tag = u64::from(place as u32) >> self.bits;
        ((place >> 32) as usize, tag)
    }

    /// The numbers that may have this hash, those that have it among them in ascending order.
    pub fn with(&self, hash: u32) -> impl Iterator<Item = u32> + '_ {
        let (bucket, tag) = self.place(hash);
        let start = self.starts[bucket] as usize;
        let end = self
            .starts
            .get(bucket + 1)
            .map_or(start, |end| *end as usize);
        let own = &self.entries[start..end];
        let own_tag = |entry: u32| u64::from(entry) >> self.bits;
        let from = own.partition_point(|entry| own_tag(*entry) < tag);
        let same = own[from..].iter().copied();
        same.take_while(move |entry| own_tag(*entry) == tag)
            .map(move |entry| self.first + (u64::from(entry) - (tag << self.bits)) as u32)
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        (self.starts.capacity() + self.entries.capacity()) * 4
    }
}

/// Sorts entries whose numbers ascend already, by their hashes: eleven bits at a time, which for
/// millions of them takes a third of the time of comparing.
fn sort(entries: &mut Vec<u64>) {
    const BITS: u32 = 11;
    const FEW: usize = 1 << 11;
    if entries.len() < FEW {
        entries.sort_unstable();
        return;
    }
    let mut other = vec![0; entries.len()];
    for shift in [32, 32 + BITS, 32 + 2 * BITS] {
        let digit = |entry: u64| (entry >> shift) as usize & ((1 << BITS) - 1);
        let mut starts = [0_usize; 1 << BITS];
        for &entry in &*entries {
            starts[digit(entry)] += 1;
        }
        let mut next = 0;
        for start in &mut starts {
            next += std::mem::replace(start, next);
        }
        for &entry in &*entries {
            let at = &mut starts[digit(entry)];
            other[*at] = entry;
            *at += 1;
        }
        std::mem::swap(entries, &mut other);
    }
}

#[cfg(test)]
mod tests {
    use super::{Hashed, Sorted, entry, sort};
    use proptest::prelude::*;

    #[test]
    fn entries_are_sorted_as_by_comparing() {
        let mut seed = 1_u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as u32
        };
        let mut entries: Vec<u64> = (0..40_000)
            .map(|number| entry(next() << 1, number))
            .collect();
        let mut expected = entries.clone();
        expected.sort_unstable();
        sort(&mut entries);
        assert_eq!(entries, expected);
    }

    proptest! {
        #[test]
        fn what_has_a_hash_is_found_in_order_and_little_else(
            hashes in prop::collection::vec(prop_oneof![any::<u32>(), 0..9_u32, Just(u32::MAX)], 0..300),
            first in prop_oneof![0..9_u32, Just(u32::MAX / 3), Just(u32::MAX - 1000)],
            // As many numbers as leave a tag of some bits, or none.
            numbers in prop::sample::select(vec![300, 1000, 1 << 20, u32::MAX / 2 + 9, u32::MAX]),
            others in prop::collection::vec(any::<u32>(), 0..20),
        ) {
            let all = hashes.iter().copied().zip(first..);
            let sorted = Sorted::new(all.clone());
            let hashed = Hashed::new(&sorted, &(first..first.saturating_add(numbers)));
            for hash in hashes.iter().chain(&others) {
                let expected: Vec<u32> = all.clone().filter(|own| own.0 == *hash).map(|own| own.1).collect();
                let found: Vec<u32> = hashed.with(*hash).collect();
                let own: Vec<u32> = found.iter().copied().filter(|number| expected.contains(number)).collect();
                prop_assert_eq!(own, expected);
                let of = |number: u32| hashes[(number - first) as usize];
                prop_assert!(found.is_sorted_by_key(|number| of(*number)));
            }
        }
    }
}
