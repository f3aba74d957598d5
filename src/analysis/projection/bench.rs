//! What each way of keeping snapshots costs: how many there are, the bytes that they hold, and how many
//! events a jump to a random moment has to fold again. Counts only, which are the same on every machine;
//! whoever calls measures the time between the steps.

use serde::Serialize;

use super::{Definition, Reading, Run, RunOptions, ScriptError, SnapshotStrategy};
use crate::log::{Bound, Cut};
use crate::model::{Cancelled, EventIx, Task};

/// Jumps to random moments.
pub const JUMPS: usize = 200;

/// The four strategies, with the spacing that a run of this definition is given where nobody chose.
#[must_use]
pub const fn strategies(definition: &Definition) -> [SnapshotStrategy; 4] {
    let wide = definition.spacing();
    [
        SnapshotStrategy::Periodic { every: wide },
        SnapshotStrategy::Threshold { changes: wide },
        SnapshotStrategy::Eager,
        SnapshotStrategy::Lazy,
    ]
}

/// What each strategy costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SnapshotBench {
    /// Events of the log.
    pub events: u64,
    /// Jumps to random moments of it, the same for all.
    pub jumps: u64,
    /// By strategy.
    pub strategies: Vec<StrategyCost>,
    /// Strategies that are not measured yet.
    #[serde(skip)]
    pub to_come: Vec<SnapshotStrategy>,
}

/// What a strategy costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StrategyCost {
    /// The strategy.
    #[serde(flatten)]
    pub strategy: SnapshotStrategy,
    /// Snapshots held after all jumps.
    pub snapshots: u64,
    /// Bytes that they hold, roughly.
    pub bytes: u64,
    /// Events folded again by a jump.
    pub replayed: Spread<u64>,
    /// Milliseconds that folding all events took, where somebody measured it.
    pub build_ms: Option<f64>,
    /// Milliseconds that a jump took, where somebody measured it.
    pub jump_ms: Option<Spread<f64>>,
}

/// How values are spread.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread<T> {
    /// Half of them are not greater.
    pub p50: T,
    /// All but one in a hundred are not greater.
    pub p99: T,
    /// The greatest.
    pub max: T,
}

impl<T: Copy + PartialOrd + Default> Spread<T> {
    /// The spread of some values.
    #[must_use]
    pub fn of(mut values: Vec<T>) -> Self {
        values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        let at = |percent: usize| {
            let place = (values.len() * percent).div_ceil(100);
            values
                .get(place.saturating_sub(1))
                .copied()
                .unwrap_or_default()
        };
        Self {
            p50: at(50),
            p99: at(99),
            max: at(100),
        }
    }
}

/// A run by one strategy that is measured step by step.
pub struct Measured {
    run: Run,
    moments: Vec<Cut>,
    replayed: Vec<u64>,
    strategy: SnapshotStrategy,
}

impl Measured {
    /// Brings a definition to life; nothing is folded yet.
    ///
    /// # Errors
    /// The definition does not hold.
    pub fn new(
        definition: &Definition,
        reading: &Reading,
        options: &RunOptions,
        strategy: SnapshotStrategy,
    ) -> Result<Self, ScriptError> {
        let options = RunOptions {
            strategy: Some(strategy),
            ..options.clone()
        };
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
        let events = reading.log.len() as u64;
        let moments = (0..JUMPS).filter_map(|_| {
            let event = dice.below(events)?;
            let bound = Bound::Event(EventIx::from_usize(event as usize));
            Some(reading.log.cut(reading.clock, bound))
        });
        Ok(Self {
            run: Run::new(definition, reading.clone(), options)?,
            moments: moments.collect(),
            replayed: Vec::new(),
            strategy,
        })
    }

    /// Folds all events once.
    ///
    /// # Errors
    /// The task was called off.
    pub fn build(&mut self, task: &Task) -> Result<(), Cancelled> {
        self.run.advance(task)
    }

    /// Makes the next jump; false where there are no more.
    ///
    /// # Errors
    /// The task was called off.
    pub fn jump(&mut self, task: &Task) -> Result<bool, Cancelled> {
        let Some(moment) = self.moments.get(self.replayed.len()) else {
            return Ok(false);
        };
        let before = self.run.folded();
        self.run.at(moment, task)?;
        self.replayed.push(self.run.folded() - before);
        Ok(true)
    }

    /// Folds all events and makes all jumps, by a clock that tells milliseconds since some moment.
    ///
    /// # Errors
    /// The task was called off.
    pub fn timed(
        mut self,
        clock: &dyn Fn() -> f64,
        task: &Task,
    ) -> Result<StrategyCost, Cancelled> {
        let mut last = clock();
        let mut lap = || {
            let now = clock();
            now - std::mem::replace(&mut last, now)
        };
        self.build(task)?;
        let build = lap();
        let mut jumps = Vec::with_capacity(JUMPS);
        task.set_done(0);
        task.set_total(self.moments.len() as u64);
        // A jump tells of its own events.
        while self.jump(&task.part())? {
            jumps.push(lap());
            task.advance(1);
        }
        Ok(StrategyCost {
            build_ms: Some(build),
            jump_ms: Some(Spread::of(jumps)),
            ..self.told()
        })
    }

    /// What it has cost.
    #[must_use]
    pub fn told(self) -> StrategyCost {
        let (snapshots, bytes) = self.run.held();
        StrategyCost {
            strategy: self.strategy,
            snapshots: snapshots as u64,
            bytes: bytes as u64,
            replayed: Spread::of(self.replayed),
            build_ms: None,
            jump_ms: None,
        }
    }
}

/// Dice that are thrown in the same way on every machine (`splitmix64`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> Option<u64> {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)).checked_rem(most)
    }
}
