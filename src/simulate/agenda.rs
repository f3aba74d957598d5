//! What a simulation still has to do, in order of time.

use std::collections::BTreeMap;

use crate::model::Timestamp;

/// Things to come; of two at one moment the one planned first comes first.
#[derive(Debug)]
pub(super) struct Agenda<T> {
    planned: BTreeMap<(Timestamp, u64), T>,
    count: u64,
}

impl<T> Agenda<T> {
    pub(super) const fn new() -> Self {
        Self {
            planned: BTreeMap::new(),
            count: 0,
        }
    }

    pub(super) fn plan(&mut self, at: Timestamp, what: T) {
        self.planned.insert((at, self.count), what);
        self.count += 1;
    }

    /// The next thing, unless it lies beyond `until`.
    pub(super) fn next(&mut self, until: Timestamp) -> Option<(Timestamp, T)> {
        let entry = self.planned.first_entry()?;
        if entry.key().0 > until {
            return None;
        }
        let ((at, _), what) = entry.remove_entry();
        Some((at, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_come_in_order_of_time_and_then_of_planning() {
        let mut agenda = Agenda::new();
        for (at, what) in [(2, 'c'), (1, 'a'), (1, 'b'), (9, 'd')] {
            agenda.plan(Timestamp::from_micros(at), what);
        }
        let until = Timestamp::from_micros(5);
        let order: String =
            std::iter::from_fn(|| agenda.next(until).map(|(_, what)| what)).collect();
        assert_eq!(order, "abc");
    }
}
