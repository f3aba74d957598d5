//! States by partition in blocks, which two moments share until one of them changes something in it. A
//! slot is as small as its kind of state allows: what a checkpoint costs is its blocks copied.

use std::hint::black_box;
use std::num::NonZeroU32;
use std::sync::Arc;

use super::held::{Figures, Held, Since, State};
use crate::model::EventIx;

/// Partitions in a block that is shared or copied as a whole.
const BLOCK: usize = 64;

type Block<S> = [Option<S>; BLOCK];

/// What is kept of a partition.
pub(in crate::analysis::projection) trait Slot: Clone {
    /// The same in few bytes; none where it is another kind of state.
    fn pack(held: &Held) -> Option<Self>;

    /// The same as it is told.
    fn unpack(&self) -> Held;

    /// The last event folded into it.
    fn last(&self) -> EventIx;

    /// Bytes elsewhere, roughly.
    fn weight(&self) -> usize {
        0
    }
}

impl Slot for Held {
    fn pack(held: &Held) -> Option<Self> {
        Some(held.clone())
    }

    fn unpack(&self) -> Held {
        self.clone()
    }

    fn last(&self) -> EventIx {
        self.last
    }

    fn weight(&self) -> usize {
        self.state.weight()
    }
}

/// How many.
#[derive(Clone, Debug)]
pub(in crate::analysis::projection) struct Counted {
    pub count: NonZeroU32,
    pub last: EventIx,
}

impl Slot for Counted {
    fn pack(held: &Held) -> Option<Self> {
        let State::Count(count) = held.state else {
            return None;
        };
        let count = NonZeroU32::new(u32::try_from(count).ok()?)?;
        let last = held.last;
        Some(Self { count, last })
    }

    fn unpack(&self) -> Held {
        Held {
            state: State::Count(u64::from(self.count.get())),
            last: self.last,
        }
    }

    fn last(&self) -> EventIx {
        self.last
    }
}

/// The latest event.
#[derive(Clone, Debug)]
pub(in crate::analysis::projection) struct Latest(pub EventIx);

impl Slot for Latest {
    fn pack(held: &Held) -> Option<Self> {
        match held.state {
            State::Latest(latest) if latest == held.last => Some(Self(latest)),
            _ => None,
        }
    }

    fn unpack(&self) -> Held {
        Held {
            state: State::Latest(self.0),
            last: self.0,
        }
    }

    fn last(&self) -> EventIx {
        self.0
    }
}

/// Sum and the like of a field.
#[derive(Clone, Debug)]
pub(in crate::analysis::projection) struct Summed {
    pub figures: Figures,
    pub last: EventIx,
}

impl Slot for Summed {
    fn pack(held: &Held) -> Option<Self> {
        let State::Figures(figures) = held.state else {
            return None;
        };
        let last = held.last;
        Some(Self { figures, last })
    }

    fn unpack(&self) -> Held {
        Held {
            state: State::Figures(self.figures),
            last: self.last,
        }
    }

    fn last(&self) -> EventIx {
        self.last
    }
}

/// What was opened.
#[derive(Clone, Debug)]
pub(in crate::analysis::projection) struct Opened {
    pub since: Since,
    pub last: EventIx,
}

impl Slot for Opened {
    fn pack(held: &Held) -> Option<Self> {
        let State::Open(since) = held.state else {
            return None;
        };
        let last = held.last;
        Some(Self { since, last })
    }

    fn unpack(&self) -> Held {
        Held {
            state: State::Open(self.since),
            last: self.last,
        }
    }

    fn last(&self) -> EventIx {
        self.last
    }
}

/// Slots by partition.
#[derive(Clone, Debug)]
pub(in crate::analysis::projection) struct Blocks<S> {
    blocks: Vec<Arc<Block<S>>>,
    len: usize,
}

impl<S> Default for Blocks<S> {
    fn default() -> Self {
        Self {
            blocks: Vec::new(),
            len: 0,
        }
    }
}

impl<S: Slot> Blocks<S> {
    /// How many slots are filled.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// One more than the greatest partition there may be.
    pub fn end(&self) -> u32 {
        (self.blocks.len() * BLOCK) as u32
    }

    /// What is kept of a partition.
    pub fn get(&self, partition: u32) -> Option<&S> {
        let at = partition as usize;
        self.blocks.get(at / BLOCK)?[at % BLOCK].as_ref()
    }

    /// Fetches what is kept of a partition from memory.
    pub fn touch(&self, partition: u32) {
        // Of a slot that spans two lines of memory both ends are looked at.
        black_box(self.get(partition).map(Slot::last));
    }

    /// The place of a partition, to be changed.
    pub fn place(&mut self, partition: u32) -> Place<'_, S> {
        let at = partition as usize;
        while self.blocks.len() <= at / BLOCK {
            self.blocks.push(Arc::new([const { None }; BLOCK]));
        }
        Place {
            slot: &mut Arc::make_mut(&mut self.blocks[at / BLOCK])[at % BLOCK],
            len: &mut self.len,
        }
    }

    /// Sets or takes away what is kept of a partition.
    pub fn put(&mut self, partition: u32, slot: Option<S>) {
        match slot {
            Some(slot) => self.place(partition).set(slot),
            None => {
                let Place { slot, len } = self.place(partition);
                *len -= usize::from(slot.take().is_some());
            }
        }
    }

    /// Bytes of what this does not share with `earlier`, roughly.
    pub fn grown(&self, earlier: Option<&Self>) -> usize {
        let mut bytes = 0;
        for (at, block) in self.blocks.iter().enumerate() {
            let before = earlier.and_then(|earlier| earlier.blocks.get(at));
            if before.is_some_and(|before| Arc::ptr_eq(before, block)) {
                continue;
            }
            bytes += size_of::<Block<S>>();
            for (n, slot) in block.iter().enumerate() {
                let before = before.and_then(|before| before[n].as_ref());
                let Some(slot) = slot else { continue };
                if before.is_none_or(|before| before.last() != slot.last()) {
                    bytes += slot.weight();
                }
            }
        }
        bytes
    }
}

/// Where the state of one partition stands.
pub(in crate::analysis::projection) struct Place<'s, S> {
    slot: &'s mut Option<S>,
    len: &'s mut usize,
}

impl<S> Place<'_, S> {
    /// What is there.
    pub const fn get(&mut self) -> Option<&mut S> {
        self.slot.as_mut()
    }

    /// Puts something there.
    pub fn set(self, slot: S) {
        *self.len += usize::from(self.slot.replace(slot).is_none());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_small() {
        assert_eq!(size_of::<Option<Counted>>(), 8);
        assert_eq!(size_of::<Option<Latest>>(), 8);
        assert_eq!(size_of::<Option<Opened>>(), 16);
        assert_eq!(size_of::<Option<Summed>>(), 56);
    }
}
