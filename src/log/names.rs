//! Dictionaries of names that only grow: cheap to snapshot, one arena a block.

use std::hint::black_box;
use std::sync::Arc;

use super::hashed::{Sorted, Table, hash};

const BLOCK: usize = 4096;

/// A name of so many bytes is a payload gone astray; it stands by itself.
const LONG: usize = 1 << 16;
const _: () = assert!(BLOCK * LONG <= u32::MAX as usize);

#[derive(Clone, Debug, Default)]
struct Block {
    text: String,
    ends: Vec<u32>,
    tags: Vec<u32>,
    /// Long names by their places in the block, ascending; they take none of the text.
    long: Vec<(u32, Box<str>)>,
}

impl Block {
    fn get(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        let text = &self.text[start as usize..self.ends[at] as usize];
        if text.is_empty()
            && let Ok(at) = self.long.binary_search_by_key(&(at as u32), |long| long.0)
        {
            return &self.long[at].1;
        }
        text
    }

    fn push(&mut self, name: &str, tag: u32) {
        if name.len() < LONG {
            self.text.push_str(name);
        } else {
            self.long.push((self.ends.len() as u32, name.into()));
        }
        self.ends.push(self.text.len() as u32);
        self.tags.push(tag);
    }

    fn memory(&self) -> usize {
        let long: usize = self.long.iter().map(|(_, name)| name.len()).sum();
        self.text.capacity() + (self.ends.capacity() + self.tags.capacity()) * 4 + long
    }
}

/// Names by number, each with a tag (a stream's category). Cloning shares all blocks.
#[derive(Clone, Debug, Default)]
pub struct Names {
    blocks: Vec<Arc<Block>>,
    len: u32,
    /// The numbers of the first names by hash, in runs each more than twice as long as the next.
    runs: Vec<Arc<Sorted>>,
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
        self.blocks[ix as usize / BLOCK].get(ix as usize % BLOCK)
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

    /// The number of `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<u32> {
        let hash = hash(name);
        let mut sorted = self.runs.iter().flat_map(|run| run.with(hash));
        // Of the rest there is less than a block.
        sorted
            .find(|&ix| self.get(ix) == name)
            .or_else(|| (self.sorted()..self.len).find(|&ix| self.get(ix) == name))
    }

    /// How many names the runs hold.
    fn sorted(&self) -> u32 {
        self.runs.iter().map(|run| run.len() as u32).sum()
    }

    /// Sorts all but the last block by hash, so that [`Names::find`] need not look at every name.
    fn sort(&mut self) {
        let whole = self.len / BLOCK as u32 * BLOCK as u32;
        let new = self.sorted()..whole;
        if new.is_empty() {
            return;
        }
        let mut run = Sorted::new(new.map(|ix| (hash(self.get(ix)), ix)));
        while let Some(before) = self.runs.pop_if(|before| before.len() <= run.len() * 2) {
            run = before.merged(&run);
        }
        self.runs.push(Arc::new(run));
    }

    /// Bytes held.
    #[must_use]
    pub fn memory(&self) -> usize {
        let blocks = self.blocks.iter().map(|block| block.memory());
        blocks.sum::<usize>() + self.runs.iter().map(|run| run.memory()).sum::<usize>()
    }

    fn push(&mut self, name: &str, tag: u32) -> u32 {
        if (self.len as usize).is_multiple_of(BLOCK) {
            self.blocks.push(Arc::default());
        }
        if let Some(block) = self.blocks.last_mut() {
            Arc::make_mut(block).push(name, tag);
        }
        self.len += 1;
        self.len - 1
    }
}

/// Names with the table that finds them while they grow. Kept by whoever builds a log; snapshots hold
/// the [`Names`] only.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    names: Names,
    /// The names' numbers.
    table: Table,
    /// The last answer with its hash: stores often repeat one name many times running.
    last: Option<(u32, u32)>,
}

impl Interner {
    /// Makes room for so many names.
    pub fn reserve(&mut self, names: usize) {
        self.table.reserve(names);
    }

    /// The number of `name`, which is added with tag 0 if it is new.
    pub fn intern(&mut self, name: &str) -> u32 {
        self.intern_with(name, || 0)
    }

    /// The number of `name`; a new one is added with the tag that `tag` makes.
    pub fn intern_with(&mut self, name: &str, tag: impl FnOnce() -> u32) -> u32 {
        let hash = hash(name);
        if let Some((last, ix)) = self.last
            && last == hash
            && self.names.get(ix) == name
        {
            return ix;
        }
        let ix = match self.look_up(hash, name) {
            Some(ix) => ix,
            None => {
                let ix = self.names.push(name, tag());
                self.table.add(hash, ix);
                ix
            }
        };
        self.last = Some((hash, ix));
        ix
    }

    fn look_up(&self, hash: u32, name: &str) -> Option<u32> {
        self.table.find(hash, |ix| self.names.get(ix) == name)
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
                *hash = super::hashed::hash(names.get(own));
            }
            for (found, &hash) in found.iter_mut().zip(&hashes[..batch.len()]) {
                *found = self.table.find(hash, |_| true);
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
        self.look_up(hash(name), name)
    }

    /// The numbers of many names, of which new ones are added with tag 0.
    pub fn intern_each<'n>(
        &mut self,
        names: impl Iterator<Item = Option<&'n str>> + Clone,
    ) -> Vec<Option<u32>> {
        let mut numbers = self.find_all(names.clone());
        for (number, name) in numbers.iter_mut().zip(names) {
            if number.is_none() {
                *number = name.map(|name| self.intern(name));
            }
        }
        numbers
    }

    /// The numbers of many names, as far as they are known. A batch of them goes step by step together, as
    /// in [`Interner::intern_all`].
    #[must_use]
    pub fn find_all<'n>(&self, names: impl Iterator<Item = Option<&'n str>>) -> Vec<Option<u32>> {
        const BATCH: usize = 64;
        let mut numbers = Vec::with_capacity(names.size_hint().0);
        let mut names = names.peekable();
        while names.peek().is_some() {
            let mut batch = [""; BATCH];
            let mut found = [None; BATCH];
            let mut count = 0;
            for (own, name) in batch.iter_mut().zip(names.by_ref().take(BATCH)) {
                *own = name.unwrap_or("");
                found[count] = name.map(|name| (hash(name), 0));
                count += 1;
            }
            for found in &mut found[..count] {
                *found = found.and_then(|(hash, _)| Some((hash, self.table.find(hash, |_| true)?)));
            }
            let known = found.map(|found| found.map_or("", |(_, ix)| self.names.get(ix)));
            // All of them are fetched at once before any is compared.
            let first = |known: &&str| u32::from(known.as_bytes().first().copied().unwrap_or(0));
            black_box(known.iter().map(first).sum::<u32>());
            for (at, found) in found[..count].iter().enumerate() {
                numbers.push(match *found {
                    Some((_, ix)) if known[at] == batch[at] => Some(ix),
                    // Another name has the same hash.
                    Some((hash, _)) => self.look_up(hash, batch[at]),
                    None => None,
                });
            }
        }
        numbers
    }

    /// The names so far.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The names so far, for those who will look for some of them.
    #[must_use]
    pub fn snapshot(&mut self) -> Names {
        self.names.sort();
        self.names.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Interner, LONG};
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

    proptest! {
        #[test]
        fn each_of_many_is_what_it_would_be_by_itself(
            known in prop::collection::vec("[a-c]{0,2}", 0..30),
            names in prop::collection::vec(prop::option::of("[a-c]{0,3}"), 0..200),
        ) {
            let (mut by_itself, mut among_many) = (Interner::default(), Interner::default());
            for name in &known {
                by_itself.intern(name);
                among_many.intern(name);
            }
            let names = names.iter().map(Option::as_deref);
            let found: Vec<_> = names.clone().map(|name| by_itself.find(name?)).collect();
            prop_assert_eq!(among_many.find_all(names.clone()), found);
            let numbers: Vec<_> = names.clone().map(|name| Some(by_itself.intern(name?))).collect();
            prop_assert_eq!(among_many.intern_each(names), numbers);
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

    #[test]
    fn names_are_found_without_looking_at_all_of_them() {
        let mut interner = Interner::default();
        let name = |ix: usize| format!("stream-{ix}");
        let mut snapshots = Vec::new();
        for ix in 0..9 * BLOCK + 100 {
            interner.intern(&name(ix));
            if ix % 3000 == 0 {
                snapshots.push(interner.snapshot());
            }
        }
        snapshots.push(interner.snapshot());
        for names in snapshots {
            assert!(names.runs.len() <= 4);
            assert!(names.len() - (names.sorted() as usize) < BLOCK);
            for ix in (0..names.len()).step_by(7) {
                assert_eq!(names.find(&name(ix)), Some(ix as u32));
            }
            assert_eq!(names.find(&name(names.len())), None);
        }
    }

    #[test]
    fn names_as_long_as_payloads_come_back() {
        let mut interner = Interner::default();
        let long = |of: &str| of.repeat(LONG);
        let names = ["", &long("a"), "short", &long("bé"), ""];
        let numbers = names.map(|name| interner.intern(name));
        assert_eq!(numbers, [0, 1, 2, 3, 0]);
        for (name, number) in names.iter().zip(numbers) {
            assert_eq!(interner.names().get(number), *name);
            assert_eq!(interner.names().find(name), Some(number));
        }
        assert_eq!(interner.names().blocks[0].text, "short");
    }
}
