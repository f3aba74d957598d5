//! The states of all partitions at one moment of a run. Persistent: a copy shares all that it does not
//! change, so that a checkpoint costs what has changed since the last. Partitions are numbered by
//! whoever runs, in the order of their first appearance.

mod blocks;
mod held;

use crate::model::EventIx;
pub(super) use blocks::{Blocks, Counted, Latest, Opened, Slot, Summed};
pub use held::{Figures, Held, Since, State};

/// The partition of a projection that has no partitions.
pub const WHOLE: &str = "";

/// Where the state stands that all partitions share; no partition is called so.
pub(super) const SHARED: &str = "\0shared";

/// States by partition.
#[derive(Clone, Debug, Default)]
pub struct States(Kept);

/// They are of one kind in a projection.
#[derive(Clone, Debug)]
enum Kept {
    Any(Blocks<Held>),
    Counts(Blocks<Counted>),
    Latest(Blocks<Latest>),
    Figures(Blocks<Summed>),
    Open(Blocks<Opened>),
}

impl Default for Kept {
    fn default() -> Self {
        Self::Any(Blocks::default())
    }
}

/// Does the same with whatever kind they are of.
macro_rules! whichever {
    ($kept:expr, $blocks:ident => $done:expr) => {
        match $kept {
            Kept::Any($blocks) => $done,
            Kept::Counts($blocks) => $done,
            Kept::Latest($blocks) => $done,
            Kept::Figures($blocks) => $done,
            Kept::Open($blocks) => $done,
        }
    };
}

/// A kind of states.
pub(super) trait Kind: Slot {
    /// The states, where they are of this kind.
    fn of(states: &States) -> Option<&Blocks<Self>>;

    /// The same, to be changed.
    fn of_mut(states: &mut States) -> Option<&mut Blocks<Self>>;

    /// States of this kind.
    fn states(blocks: Blocks<Self>) -> States;
}

macro_rules! kind {
    ($slot:ty, $name:ident) => {
        impl Kind for $slot {
            fn of(states: &States) -> Option<&Blocks<Self>> {
                match &states.0 {
                    Kept::$name(blocks) => Some(blocks),
                    _ => None,
                }
            }

            fn of_mut(states: &mut States) -> Option<&mut Blocks<Self>> {
                match &mut states.0 {
                    Kept::$name(blocks) => Some(blocks),
                    _ => None,
                }
            }

            fn states(blocks: Blocks<Self>) -> States {
                States(Kept::$name(blocks))
            }
        }
    };
}

kind!(Held, Any);
kind!(Counted, Counts);
kind!(Latest, Latest);
kind!(Summed, Figures);
kind!(Opened, Open);

impl States {
    /// How many partitions have a state.
    #[must_use]
    pub const fn len(&self) -> usize {
        whichever!(&self.0, blocks => blocks.len())
    }

    /// Whether none has.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a partition is.
    #[must_use]
    pub fn get(&self, partition: u32) -> Option<Held> {
        whichever!(&self.0, blocks => blocks.get(partition).map(Slot::unpack))
    }

    /// The states as one kind, which they are made where they are not: what another kind had is gone.
    pub(super) fn as_kind<S: Kind>(&mut self) -> &mut Blocks<S> {
        if S::of(self).is_none() {
            *self = S::states(Blocks::default());
        }
        S::of_mut(self).expect("just made so")
    }

    /// Sets the state of a partition.
    pub fn set(&mut self, partition: u32, state: State, last: EventIx) {
        self.put(partition, Some(Held { state, last }));
    }

    /// Sets or takes away what a partition is. What cannot be of the kind that the others are is left
    /// away.
    pub(super) fn put(&mut self, partition: u32, held: Option<Held>) {
        whichever!(&mut self.0, blocks => {
            blocks.put(partition, held.as_ref().and_then(Slot::pack));
        });
    }

    /// All partitions that have a state, in the order of their first appearance.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Held)> {
        let end = whichever!(&self.0, blocks => blocks.end());
        (0..end).filter_map(|partition| Some((partition, self.get(partition)?)))
    }

    /// Bytes of what this does not share with `earlier`, roughly.
    #[must_use]
    pub fn grown(&self, earlier: &Self) -> usize {
        whichever!(&self.0, blocks => blocks.grown(Kind::of(earlier)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::num::NonZeroU32;

    use proptest::prelude::*;

    use super::{Counted, Held, Kind, Slot, State, States};
    use crate::model::EventIx;

    fn count(count: u32) -> Held {
        Held {
            state: State::Count(count.into()),
            last: EventIx(7),
        }
    }

    fn copies_keep_what_they_had<S: Kind>(
        sets: &[(u32, u32)],
        at: usize,
    ) -> Result<(), TestCaseError> {
        let (mut states, mut plain) = (States::default(), BTreeMap::new());
        let mut copy = None;
        states.as_kind::<S>();
        for (n, (key, value)) in sets.iter().enumerate() {
            if n == at {
                copy = Some((states.clone(), plain.clone()));
            }
            if *value == 0 {
                states.put(*key, None);
                plain.remove(key);
            } else {
                states.put(*key, Some(count(*value)));
                plain.insert(*key, count(*value));
            }
        }
        for (states, plain) in copy.into_iter().chain([(states, plain)]) {
            let found: BTreeMap<u32, Held> = states.iter().collect();
            prop_assert_eq!(states.len(), plain.len());
            prop_assert_eq!(found, plain);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn copies_keep_what_they_had_whatever_their_kind(
            sets in prop::collection::vec((0..200_u32, 0..9_u32), 0..300),
            at in 0..300_usize,
        ) {
            copies_keep_what_they_had::<Held>(&sets, at)?;
            copies_keep_what_they_had::<Counted>(&sets, at)?;
        }
    }

    #[test]
    fn what_is_packed_is_what_it_was() {
        let counted = Counted {
            count: NonZeroU32::MIN,
            last: EventIx(7),
        };
        assert_eq!(counted.unpack(), count(1));
        assert!(Counted::pack(&count(0)).is_none());
    }
}
