//! The states of all partitions at one moment of a run. Persistent: a copy shares all that it does not
//! change, so that a checkpoint costs what has changed since the last. Partitions are numbered by
//! whoever runs, in the order of their first appearance.

use std::sync::Arc;

use super::native::{Figures, Since};
use crate::analysis::replay::MergeFold;
use crate::model::EventIx;

/// Partitions in a block that is shared or copied as a whole.
const BLOCK: usize = 64;

type Block = [Option<Held>; BLOCK];

/// The partition of a projection that has no partitions.
pub const WHOLE: &str = "";

/// The state of a partition, however it is held.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// As a script made it, as JSON.
    Text(Arc<str>),
    /// Payloads merged.
    Merged(Arc<MergeFold>),
    /// An event.
    Latest(EventIx),
    /// How many.
    Count(u64),
    /// Sum and the like of a field.
    Figures(Figures),
    /// What was opened.
    Open(Since),
}

impl State {
    /// Bytes elsewhere, roughly.
    fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.len() + 16,
            // What two moments share is counted twice: better too much than too little.
            Self::Merged(fold) => 64 * fold.size(),
            Self::Figures(_) | Self::Latest(_) | Self::Count(_) | Self::Open(_) => 0,
        }
    }
}

/// What a partition is at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Its state.
    pub state: State,
    /// The last event folded into it.
    pub last: EventIx,
}

/// States by partition.
#[derive(Clone, Debug, Default)]
pub struct States {
    blocks: Vec<Arc<Block>>,
    len: usize,
}

impl States {
    /// How many partitions have a state.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether none has.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What a partition is.
    #[must_use]
    pub fn get(&self, partition: u32) -> Option<&Held> {
        let at = partition as usize;
        self.blocks.get(at / BLOCK)?[at % BLOCK].as_ref()
    }

    /// The place of a partition, to be changed.
    pub fn place(&mut self, partition: u32) -> Place<'_> {
        let at = partition as usize;
        while self.blocks.len() <= at / BLOCK {
            self.blocks.push(Arc::new([const { None }; BLOCK]));
        }
        Place {
            held: &mut Arc::make_mut(&mut self.blocks[at / BLOCK])[at % BLOCK],
            len: &mut self.len,
        }
    }

    /// Sets the state of a partition.
    pub fn set(&mut self, partition: u32, state: State, last: EventIx) {
        self.place(partition).set(Held { state, last });
    }

    /// Sets or takes away what a partition is.
    pub(super) fn put(&mut self, partition: u32, held: Option<Held>) {
        match held {
            Some(held) => self.place(partition).set(held),
            None => {
                let Place { held, len } = self.place(partition);
                *len -= usize::from(held.take().is_some());
            }
        }
    }

    /// All partitions that have a state, in the order of their first appearance.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Held)> {
        let all = self.blocks.iter().flat_map(|block| block.iter());
        all.zip(0..)
            .filter_map(|(held, partition)| Some((partition, held.as_ref()?)))
    }
}

/// Where the state of one partition stands.
pub struct Place<'s> {
    held: &'s mut Option<Held>,
    len: &'s mut usize,
}

impl Place<'_> {
    /// What is there.
    pub fn get(&mut self) -> Option<&mut Held> {
        self.held.as_mut()
    }

    /// Puts something there.
    pub fn set(self, held: Held) {
        *self.len += usize::from(self.held.replace(held).is_none());
    }
}

impl States {
    /// Bytes of what this does not share with `earlier`, roughly.
    #[must_use]
    pub fn grown(&self, earlier: &Self) -> usize {
        let mut bytes = 0;
        for (at, block) in self.blocks.iter().enumerate() {
            let before = earlier.blocks.get(at);
            if before.is_some_and(|before| Arc::ptr_eq(before, block)) {
                continue;
            }
            bytes += size_of::<Block>();
            for (n, held) in block.iter().enumerate() {
                let before = before.and_then(|before| before[n].as_ref());
                let Some(held) = held else { continue };
                if before.is_none_or(|before| before.last != held.last) {
                    bytes += held.state.weight();
                }
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{State, States};
    use crate::model::EventIx;

    proptest! {
        #[test]
        fn copies_keep_what_they_had(
            sets in prop::collection::vec((0..200_u32, 0..9_u64), 0..300),
            at in 0..300_usize,
        ) {
            let (mut states, mut plain) = (States::default(), BTreeMap::new());
            let mut copy = None;
            for (n, (key, value)) in sets.iter().enumerate() {
                if n == at {
                    copy = Some((states.clone(), plain.clone()));
                }
                states.set(*key, State::Count(*value), EventIx(0));
                plain.insert(*key, State::Count(*value));
            }
            for (states, plain) in copy.into_iter().chain([(states, plain)]) {
                let found: BTreeMap<u32, State> =
                    states.iter().map(|(key, held)| (key, held.state.clone())).collect();
                prop_assert_eq!(states.len(), plain.len());
                prop_assert_eq!(found, plain);
            }
        }
    }
}
