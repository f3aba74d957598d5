//! What a simulation still has to do, in order of time.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::model::Timestamp;

/// Things to come; of two at one moment the one planned first comes first.
#[derive(Debug)]
pub struct Agenda<T> {
    planned: BinaryHeap<Planned<T>>,
    count: u64,
}

#[derive(Debug)]
struct Planned<T> {
    at: Timestamp,
    number: u64,
    what: T,
}

impl<T> Agenda<T> {
    /// With nothing planned.
    pub const fn new() -> Self {
        Self {
            planned: BinaryHeap::new(),
            count: 0,
        }
    }

    /// Plans something.
    pub fn plan(&mut self, at: Timestamp, what: T) {
        let number = self.count;
        self.count += 1;
        self.planned.push(Planned { at, number, what });
    }

    /// The next thing, unless it lies beyond `until`.
    pub fn next(&mut self, until: Timestamp) -> Option<(Timestamp, T)> {
        if self.planned.peek()?.at > until {
            return None;
        }
        self.planned.pop().map(|next| (next.at, next.what))
    }
}

// The heap gives the greatest first: the soonest, and of those the one planned first.
impl<T> Ord for Planned<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}

impl<T> PartialOrd for Planned<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Planned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Planned<T> {}

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
