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

impl Skew {
    /// By how much, in words: `10.09 s to 10.46 s`.
    #[must_use]
    pub fn bounds(&self) -> String {
        let least = Span::from_millis(self.least_ms);
        match self.most_ms {
            // What is the most is rounded up: to what is written of more than a second.
            Some(most @ 1000..) => least.to(Span::from_millis(
                most.div_euclid(10) * 10 + 10 * i64::from(most % 10 > 0),
            )),
            Some(most) => least.to(Span::from_millis(most)),
            None => format!("{} at least", least.precise()),
        }
    }
}

impl std::fmt::Display for Skew {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { ahead, behind, .. } = self;
        write!(
            f,
            "The clocks of {ahead} and {behind} are apart by {}, {ahead} ahead; which of them is wrong the audit may tell.",
            self.bounds()
        )
    }
}

/// Steps from one service to another.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// How many.
    pub steps: u64,
    /// Those of them whose effect was recorded before its cause.
    pub impossible: u64,
    /// How long the quickest took; negative where its effect was recorded before its cause.
    pub quickest: Span,
    /// The quickest: cause and effect.
    pub proof: [EventIx; 2],
    /// The one nearest to being possible of those whose effect was recorded before its cause.
    nearest: Span,
    /// How long those took that are possible: the quickest and the slowest.
    possible: Option<[Span; 2]>,
}

/// Of so many steps at least, one that is impossible is looked at for whether it stands alone.
const ALONE_OF: u64 = 10;

impl Way {
    /// Whether the clocks of the two cannot both be right. A wrong clock shifts all steps alike: a few that
    /// are impossible, further from all others than these are from one another, are events with a wrong
    /// stamp, whatever the clocks are.
    #[must_use]
    pub fn proves_skew(&self) -> bool {
        let apart = |one: Span, two: Span| two.micros().saturating_sub(one.micros());
        let stand_alone = self.impossible * ALONE_OF <= self.steps
            && self
                .possible
                .is_some_and(|[least, most]| apart(self.nearest, least) > apart(least, most));
        self.quickest.is_negative() && !stand_alone
    }

    fn see(&mut self, delay: Span, proof: [EventIx; 2]) {
        self.steps += 1;
        if delay.is_negative() {
            self.nearest = match self.impossible {
                0 => delay,
                _ => self.nearest.max(delay),
            };
            self.impossible += 1;
        } else {
            let [least, most] = self.possible.unwrap_or([delay; 2]);
            self.possible = Some([least.min(delay), most.max(delay)]);
        }
        if delay < self.quickest {
            (self.quickest, self.proof) = (delay, proof);
        }
    }
}

/// Watches steps from causes to effects go by.
#[derive(Clone, Debug, Default)]
pub struct Skews {
    ways: BTreeMap<(u32, u32), Way>,
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
        let way = self.ways.entry((cause.0, effect.0)).or_insert(Way {
            steps: 0,
            impossible: 0,
            quickest: delay,
            proof,
            nearest: delay,
            possible: None,
        });
        way.see(delay, proof);
    }

    /// The steps from each service to another, by the numbers of the two.
    #[must_use]
    pub fn into_ways(self) -> BTreeMap<(u32, u32), Way> {
        self.ways
    }

    /// The services of which the clocks cannot both be right, by name.
    pub fn found(&self, name: impl Fn(u32) -> String) -> Vec<Skew> {
        let off = self.ways.iter();
        let off = off.filter(|(_, way)| way.proves_skew());
        let mut found: Vec<Skew> = off
            .map(|(&(ahead, behind), way)| {
                let back = self.ways.get(&(behind, ahead));
                let back =
                    back.map(|back| back.quickest.micros().saturating_add(999).div_euclid(1000));
                let least = way.quickest.abs().millis();
                Skew {
                    ahead: name(ahead),
                    behind: name(behind),
                    least_ms: least,
                    // Clocks that drift prove both directions: then there is no upper bound.
                    most_ms: back.filter(|most| *most >= least),
                    steps: way.steps,
                    impossible: way.impossible,
                    proof: way.proof,
                }
            })
            .collect();
        found.sort_by(|a, b| (&a.ahead, &a.behind).cmp(&(&b.ahead, &b.behind)));
        found
    }
}
