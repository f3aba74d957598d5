//! How far the clocks of two services are apart, by effects that seem to come before their causes.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::time::Span;
use crate::model::{EventIx, Timestamp};

/// How far the clock of one service is ahead of that of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skew {
    /// The service whose clock is ahead.
    pub ahead: String,
    /// The other one.
    pub behind: String,
    /// By so much at least, in milliseconds.
    pub least_ms: i64,
    /// By so much at most; null where nothing went the other way.
    pub most_ms: Option<i64>,
    /// Steps from the one to the other.
    pub steps: u64,
    /// Those of them whose effect was recorded before its cause.
    pub impossible: u64,
    /// The step that proves it best: cause and effect.
    #[serde(skip)]
    pub proof: [EventIx; 2],
}

#[derive(Clone, Copy, Debug)]
struct Pair {
    least: Span,
    proof: [EventIx; 2],
    steps: u64,
    impossible: u64,
}

/// Watches steps from causes to effects go by.
#[derive(Clone, Debug, Default)]
pub struct Skews {
    pairs: BTreeMap<(u32, u32), Pair>,
}

impl Skews {
    /// Takes a step from an event of one service, by its number, to an event of another, each with its
    /// stamp.
    pub fn see(&mut self, cause: (u32, EventIx, Timestamp), effect: (u32, EventIx, Timestamp)) {
        if cause.0 == effect.0 {
            return;
        }
        let delay = effect.2 - cause.2;
        let proof = [cause.1, effect.1];
        let pair = self.pairs.entry((cause.0, effect.0)).or_insert(Pair {
            least: delay,
            proof,
            steps: 0,
            impossible: 0,
        });
        pair.steps += 1;
        pair.impossible += u64::from(delay.is_negative());
        if delay < pair.least {
            (pair.least, pair.proof) = (delay, proof);
        }
    }

    /// The services of which the clocks cannot both be right, by name.
    pub fn found(&self, name: impl Fn(u32) -> String) -> Vec<Skew> {
        let off = self
            .pairs
            .iter()
            .filter(|(_, pair)| pair.least.is_negative());
        let mut found: Vec<Skew> = off
            .map(|(&(ahead, behind), pair)| {
                let back = self
                    .pairs
                    .get(&(behind, ahead))
                    .map(|back| back.least.millis());
                let least = pair.least.abs().millis();
                Skew {
                    ahead: name(ahead),
                    behind: name(behind),
                    least_ms: least,
                    // Clocks that drift prove both directions: then there is no upper bound.
                    most_ms: back.filter(|most| *most >= least),
                    steps: pair.steps,
                    impossible: pair.impossible,
                    proof: pair.proof,
                }
            })
            .collect();
        found.sort_by(|a, b| (&a.ahead, &a.behind).cmp(&(&b.ahead, &b.behind)));
        found
    }
}
