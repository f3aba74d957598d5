//! Dictionaries of names that only grow: cheap to snapshot, one arena a block.

use std::hash::BuildHasher as _;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

const BLOCK: usize = 4096;

#[derive(Clone, Debug, Default)]
struct Block {
    text: String,
    ends: Vec<u32>,
    tags: Vec<u32>,
}

/// Names by number, each with a tag (a stream's category). Cloning shares all blocks.
#[derive(Clone, Debug, Default)]
pub struct Names {
    blocks: Vec<Arc<Block>>,
    len: u32,
}

impl Names {
    /// How many names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The name numbered `ix`.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn get(&self, ix: u32) -> &str {
        let block = &self.blocks[ix as usize / BLOCK];
        let at = ix as usize % BLOCK;
        let start = if at == 0 {
            0
        } else {
            block.ends[at - 1] as usize
        };
        &block.text[start..block.ends[at] as usize]
    }

    /// The tag given with the name numbered `ix`.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn tag(&self, ix: u32) -> u32 {
        self.blocks[ix as usize / BLOCK].tags[ix as usize % BLOCK]
    }

    /// All names in the order of their first appearance.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> + '_ {
        (0..self.len).map(|ix| self.get(ix))
    }

    /// The number of `name`, by looking at every one: not for the window's thread.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<u32> {
        (0..self.len).find(|&ix| self.get(ix) == name)
    }

    /// Bytes held.
    #[must_use]
    pub fn memory(&self) -> usize {
        let block =
            |b: &Arc<Block>| b.text.capacity() + (b.ends.capacity() + b.tags.capacity()) * 4;
        self.blocks.iter().map(block).sum()
    }

    fn push(&mut self, name: &str, tag: u32) -> u32 {
        if (self.len as usize).is_multiple_of(BLOCK) {
            self.blocks.push(Arc::default());
        }
        if let Some(block) = self.blocks.last_mut() {
            let block = Arc::make_mut(block);
            block.text.push_str(name);
            block.ends.push(block.text.len() as u32);
            block.tags.push(tag);
        }
        self.len += 1;
        self.len - 1
    }
}

/// A name's number with its hash, so that only a name that is the same is looked at.
#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u32,
    ix: u32,
}

impl Entry {
    /// A table goes by both ends of a hash.
    fn spread(hash: u32) -> u64 {
        u64::from(hash) << 32 | u64::from(hash)
    }
}

/// Names with the table that finds them. Kept by whoever builds a log; snapshots hold the
/// [`Names`] only.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    names: Names,
    table: HashTable<Entry>,
    hasher: FixedState,
    /// The last answer: stores often repeat one name many times running.
    last: Option<Entry>,
}

impl Interner {
    /// Makes room for so many names.
    pub fn reserve(&mut self, names: usize) {
        self.table.reserve(names, |entry| Entry::spread(entry.hash));
    }

    /// The number of `name`, which is added with tag 0 if it is new.
    pub fn intern(&mut self, name: &str) -> u32 {
        self.intern_with(name, || 0)
    }

    /// The number of `name`; a new one is added with the tag that `tag` makes.
    pub fn intern_with(&mut self, name: &str, tag: impl FnOnce() -> u32) -> u32 {
        let hash = self.hasher.hash_one(name) as u32;
        if let Some(last) = self.last
            && last.hash == hash
            && self.names.get(last.ix) == name
        {
            return last.ix;
        }
        let ix = match self.look_up(hash, name) {
            Some(ix) => ix,
            None => {
                let ix = self.names.push(name, tag());
                let entry = Entry { hash, ix };
                self.table
                    .insert_unique(Entry::spread(hash), entry, |entry| {
                        Entry::spread(entry.hash)
                    });
                ix
            }
        };
        self.last = Some(Entry { hash, ix });
        ix
    }

    fn look_up(&self, hash: u32, name: &str) -> Option<u32> {
        let found = self.table.find(Entry::spread(hash), |entry| {
            entry.hash == hash && self.names.get(entry.ix) == name
        });
        found.map(|entry| entry.ix)
    }

    /// The numbers of all of `names`; a new one is added with the tag that `tag` makes of its number
    /// there. In a large dictionary nearly every step of a lookup waits for memory, so a batch of
    /// them goes step by step together.
    pub fn intern_all(&mut self, names: &Names, mut tag: impl FnMut(u32) -> u32) -> Vec<u32> {
        const BATCH: usize = 64;
        let mut numbers = Vec::with_capacity(names.len());
        let all: Vec<u32> = (0..names.len() as u32).collect();
        let mut hashes = [0; BATCH];
        let mut found = [None; BATCH];
        let mut known = [""; BATCH];
        for batch in all.chunks(BATCH) {
            for (hash, &own) in hashes.iter_mut().zip(batch) {
                *hash = self.hasher.hash_one(names.get(own)) as u32;
            }
            for (found, &hash) in found.iter_mut().zip(&hashes[..batch.len()]) {
                let entry = self
                    .table
                    .find(Entry::spread(hash), |entry| entry.hash == hash);
                *found = entry.map(|entry| entry.ix);
            }
            for (known, found) in known.iter_mut().zip(&found[..batch.len()]) {
                *known = found.map_or("", |ix| self.names.get(ix));
            }
            for ((found, known), &own) in found.iter_mut().zip(known).zip(batch) {
                *found = found.filter(|_| known == names.get(own));
            }
            known = [""; BATCH];
            for (found, &own) in found.iter().zip(batch) {
                numbers.push(match found {
                    Some(ix) => *ix,
                    None => self.intern_with(names.get(own), || tag(own)),
                });
            }
        }
        numbers
    }

    /// The number of `name` if it is known.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<u32> {
        self.look_up(self.hasher.hash_one(name) as u32, name)
    }

    /// The names so far.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }
}

#[cfg(test)]
mod tests {
    use super::Interner;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equal_names_get_equal_numbers(names in prop::collection::vec("[a-c]{0,3}", 0..200)) {
            let mut interner = Interner::default();
            let numbers: Vec<u32> = names.iter().map(|name| interner.intern(name)).collect();
            for (name, &number) in names.iter().zip(&numbers) {
                prop_assert_eq!(interner.names().get(number), name);
                prop_assert_eq!(interner.find(name), Some(number));
                prop_assert_eq!(interner.names().find(name), Some(number));
            }
        }
    }

    #[test]
    fn many_names_at_once_get_the_numbers_they_would_get_one_by_one() {
        let (mut one_by_one, mut at_once) = (Interner::default(), Interner::default());
        for round in 0..3 {
            let mut names = Interner::default();
            for i in 0..1000 {
                names.intern_with(&format!("stream-{}", i * (round + 1)), || i);
            }
            let names = names.names();
            let numbers = at_once.intern_all(names, |own| names.tag(own));
            for (own, number) in (0..).zip(numbers) {
                let expected = one_by_one.intern_with(names.get(own), || names.tag(own));
                assert_eq!(number, expected);
                assert_eq!(at_once.names().tag(number), one_by_one.names().tag(number));
            }
        }
        assert_eq!(at_once.names().len(), one_by_one.names().len());
    }

    #[test]
    fn a_snapshot_does_not_see_what_comes_later() {
        let mut interner = Interner::default();
        for i in 0..5000 {
            interner.intern_with(&format!("stream-{i}"), || i);
        }
        let snapshot = interner.names().clone();
        interner.intern("later");
        assert_eq!(snapshot.len(), 5000);
        assert_eq!(
            (snapshot.get(4999), snapshot.tag(4999)),
            ("stream-4999", 4999)
        );
        assert_eq!(snapshot.find("later"), None);
    }
}
