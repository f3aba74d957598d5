//! Judges records one after another: their grammar, and whether a top-level key stands twice. The
//! work is in proportion to the record, whatever its keys are.

use std::hash::BuildHasher as _;
use std::ops::Range;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::grammar::{Member, Walk, Why};
use super::outline::unescaped;

/// Up to so many keys are compared with each other; beyond, they are hashed.
const FEW: usize = 64;

/// Checks records one after another: their grammar, and whether a key stands twice.
#[derive(Default)]
pub(super) struct Judge {
    walk: Walk,
    keys: Keys,
}

impl Judge {
    /// Hands out the top-level members of a record; the first key that stands twice, or what is
    /// wrong with the record.
    pub(super) fn object<'t>(
        &mut self,
        text: &'t str,
        each: &mut impl FnMut(Member<'t>),
    ) -> Result<Option<String>, String> {
        self.keys.clear();
        let keys = &mut self.keys;
        self.walk
            .object(text, &mut |member| {
                keys.add(text, member);
                each(member);
            })
            .map_err(|fault| match fault.why {
                Why::Expected(_) | Why::Control if !text.ends_with('}') => {
                    format!("{fault}; the object seems cut off")
                }
                _ => fault.to_string(),
            })?;
        Ok(self.keys.repeated(text))
    }
}

/// What is to be said of a key that stands twice.
pub(super) fn repeats(key: &str) -> String {
    format!("the key \"{key}\" stands twice; the last one counts")
}

/// The top-level keys of one record, to see whether one stands twice.
#[derive(Default)]
struct Keys {
    /// Byte ranges of the first keys in the record.
    few: Vec<Range<usize>>,
    /// A bit for each of them, by a hash of it: only where it is set can a key be a second.
    seen: [u64; 16],
    /// All keys, once they are more than a few, with their hashes.
    many: HashTable<(u64, Range<usize>)>,
    hasher: DefaultHashBuilder,
    repeated: Option<Range<usize>>,
    /// Some key has an escape, so that equal keys may look different.
    escaped: Option<Escaped>,
}

struct Escaped;

impl Keys {
    fn clear(&mut self) {
        self.few.clear();
        self.seen = [0; 16];
        self.many.clear();
        self.repeated = None;
        self.escaped = None;
    }

    fn add(&mut self, text: &str, member: Member<'_>) {
        let key = member.key.as_bytes();
        let from = member.key.as_ptr() as usize - text.as_ptr() as usize;
        let range = from..from + key.len();
        if key.contains(&b'\\') {
            self.escaped = Some(Escaped);
        }
        let known = if self.few.len() < FEW {
            self.is_among_few(text, key, &range)
        } else {
            self.is_among_many(text, &range)
        };
        if known && self.repeated.is_none() {
            self.repeated = Some(range);
        }
    }

    fn is_among_few(&mut self, text: &str, key: &[u8], range: &Range<usize>) -> bool {
        let bit = quick_hash(key) as usize % 1024;
        let (word, mask) = (bit / 64, 1 << (bit % 64));
        let known = self.seen[word] & mask != 0
            && (self.few.iter()).any(|other| &text.as_bytes()[other.clone()] == key);
        self.seen[word] |= mask;
        self.few.push(range.clone());
        known
    }

    fn is_among_many(&mut self, text: &str, range: &Range<usize>) -> bool {
        if self.many.is_empty() {
            for at in 0..self.few.len() {
                let range = self.few[at].clone();
                self.insert(text, &range);
            }
        }
        !self.insert(text, range)
    }

    /// Whether it is a new one.
    fn insert(&mut self, text: &str, range: &Range<usize>) -> bool {
        let bytes = |range: &Range<usize>| &text.as_bytes()[range.clone()];
        let key = bytes(range);
        let hash = self.hasher.hash_one(key);
        let known = (self.many).find(hash, |(own, other)| *own == hash && bytes(other) == key);
        if known.is_some() {
            return false;
        }
        self.many
            .insert_unique(hash, (hash, range.clone()), |(hash, _)| *hash);
        true
    }

    fn repeated(&self, text: &str) -> Option<String> {
        let key = |range: &Range<usize>| unescaped(&text.as_bytes()[range.clone()]);
        if self.escaped.is_none() {
            return self.repeated.as_ref().map(key);
        }
        let mut all: Vec<&Range<usize>> = match self.many.is_empty() {
            true => self.few.iter().collect(),
            false => self.many.iter().map(|(_, range)| range).collect(),
        };
        all.sort_unstable_by_key(|range| range.start);
        let mut seen = hashbrown::HashSet::new();
        let unescaped_twice = all
            .into_iter()
            .map(key)
            .find(|key| !seen.insert(key.clone()));
        unescaped_twice.or_else(|| self.repeated.as_ref().map(key))
    }
}

/// Good enough to tell a few short keys apart.
fn quick_hash(key: &[u8]) -> u64 {
    let mut hash = key.len() as u64;
    for chunk in key.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^= hash >> 32;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn repeated(text: &str) -> Option<String> {
        Judge::default().object(text, &mut |_| {}).unwrap()
    }

    proptest! {
        #[test]
        fn a_key_stands_twice_if_two_are_equal_once_unescaped(
            keys in prop::collection::vec(prop_oneof![4 => (0..4_000_u32).prop_map(|n| format!("k{n}")), 1 => (0..9_u32).prop_map(|n| format!("\\u006b{n}"))], 0..300),
        ) {
            let members: Vec<String> = keys.iter().map(|key| format!("\"{key}\":0")).collect();
            let text = format!("{{{}}}", members.join(","));
            let mut seen = std::collections::HashSet::new();
            let plain = keys.iter().map(|key| key.replace("\\u006b", "k"));
            let twice: Vec<String> = plain.filter(|key| !seen.insert(key.clone())).collect();
            let found = repeated(&text);
            prop_assert_eq!(found.is_some(), !twice.is_empty());
            prop_assert!(found.is_none_or(|key| twice.contains(&key)));
        }
    }

    #[test]
    fn a_map_of_many_keys_is_judged_in_one_pass() {
        let members = (0..300_000).map(|n| format!("\"id-{n}\":{{}}"));
        let text = format!("{{{}}}", members.collect::<Vec<_>>().join(","));
        assert_eq!(repeated(&text), None);
    }
}
