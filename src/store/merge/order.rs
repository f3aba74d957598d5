//! The order of the events of several files, told one by one, so that nothing is held of it but where
//! each file stands.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::log::{Source, Standing};
use crate::model::EventIx;

/// Events of one file by where they stand; most files have them so.
pub(super) fn sorted(source: &Source, mut events: Vec<u32>) -> Vec<u32> {
    let standing = |event: &u32| source.standing(0, EventIx(*event));
    if !events.is_sorted_by_key(standing) {
        events.sort_unstable_by_key(standing);
    }
    events
}

/// Events of several files in their common order.
pub(super) struct InOrder<'s> {
    sources: &'s [Source],
    rest: Vec<std::vec::IntoIter<u32>>,
    next: BinaryHeap<Reverse<Standing>>,
}

impl<'s> InOrder<'s> {
    /// `events` of each file, which are sorted.
    pub fn new(sources: &'s [Source], events: Vec<Vec<u32>>) -> Self {
        let mut all = Self {
            sources,
            rest: events.into_iter().map(Vec::into_iter).collect(),
            next: BinaryHeap::new(),
        };
        for file in 0..sources.len() {
            all.line_up(file);
        }
        all
    }

    fn line_up(&mut self, file: usize) {
        if let Some(event) = self.rest[file].next() {
            let standing = self.sources[file].standing(file as u32, EventIx(event));
            self.next.push(Reverse(standing));
        }
    }
}

impl Iterator for InOrder<'_> {
    type Item = (u32, EventIx);

    fn next(&mut self) -> Option<Self::Item> {
        let Reverse((_, file, event)) = self.next.pop()?;
        self.line_up(file as usize);
        Some((file, event))
    }
}
