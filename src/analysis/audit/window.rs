//! What a dedup window would have caught: how long after the first of two the second came.

use super::facts::Facts;
use crate::analysis::words::grouped;
use crate::model::EventIx;
use crate::model::time::Span;

/// Windows that are usual: five minutes is what message brokers keep ids for.
pub const USUAL: [(Span, &str); 5] = [
    (Span::from_secs(60), "1 minute"),
    (Span::from_secs(300), "5 minutes"),
    (Span::from_secs(3600), "1 hour"),
    (Span::from_secs(86_400), "1 day"),
    (Span::from_secs(604_800), "1 week"),
];

/// Distances between firsts and their copies.
#[derive(Debug, Default)]
pub(super) struct Window {
    distances: Vec<Span>,
}

impl Window {
    /// Takes a first and its copy.
    pub fn see(&mut self, facts: &Facts<'_>, first: EventIx, copy: EventIx) {
        let times = facts.time(first).zip(facts.time(copy));
        self.distances
            .extend(times.map(|(one, two)| (two - one).abs()));
    }

    /// How many a window of that length catches.
    fn caught(&self, window: Span) -> usize {
        self.distances
            .iter()
            .filter(|distance| **distance <= window)
            .count()
    }

    /// ` A dedup window of 5 minutes would have caught 3 of 4, one of 1 hour all.`; nothing without times.
    pub fn words(&self) -> String {
        let all = self.distances.len();
        let mut parts = Vec::new();
        let mut last = 0;
        for (window, name) in USUAL {
            let caught = self.caught(window);
            if caught > last {
                let told = match caught == all {
                    true => "all".to_owned(),
                    false => format!("{} of {}", grouped(caught as u64), grouped(all as u64)),
                };
                let begin = if parts.is_empty() {
                    "A dedup window of"
                } else {
                    "one of"
                };
                parts.push(format!("{begin} {name} would have caught {told}"));
                last = caught;
            }
        }
        match parts.is_empty() {
            true => String::new(),
            false => format!(" {}.", parts.join(", ")),
        }
    }
}
