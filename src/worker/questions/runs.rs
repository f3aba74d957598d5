//! The live runs of projections: kept by the thread that works on them, since an engine cannot leave
//! it. Moving the cursor then costs the way from the nearest checkpoint.

use std::sync::Arc;
use std::time::Duration;

use hashbrown::HashMap;
use serde_json::Value;

use super::written::{Written, reading};
use crate::analysis::projection::{
    DeadLetter, Held, Known, Moment, Odd, OddPlace, OnError, Run, RunOptions, ScriptError,
    SnapshotStrategy, Worded,
};
use crate::log::{Clock, Log};
use crate::model::EventIx;
use crate::worker::Subject;

/// Runs kept at once: the one that is looked at and the one before.
const KEPT: usize = 2;

/// How a projection is run, as the user chose it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProjectionSettings {
    /// What happens when a handler fails.
    pub on_error: OnError,
    /// When states are kept; by what the definition costs where nobody chose.
    pub strategy: Option<SnapshotStrategy>,
}

impl ProjectionSettings {
    /// The same for a run over a subject.
    pub(in crate::worker) fn options(self, subject: &Subject) -> RunOptions {
        RunOptions {
            strategy: self.strategy,
            on_error: self.on_error,
            fold: subject.rules.clone(),
            tables: Arc::clone(&subject.tables),
            ..RunOptions::default()
        }
    }
}

/// Whether a run goes on by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Going {
    /// To the cursor.
    #[default]
    On,
    /// It stays where it is: what is told is as of there, where that is before the cursor.
    Held,
}

/// What a partition is at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionRow {
    /// Its name; empty where the projection has no partitions.
    pub name: Arc<str>,
    /// The last event folded into it.
    pub last: EventIx,
    /// Its result.
    pub result: Arc<Value>,
}

/// The runs of one opening, the newest first.
#[derive(Default)]
pub(super) struct Runs(Vec<Live>);

/// A run with what is known of its results.
pub(super) struct Live {
    key: Key,
    pub run: Run,
    /// What folding has taken so far.
    pub took: Duration,
    results: HashMap<u32, Made>,
}

#[derive(Clone)]
struct Key {
    log: Arc<Log>,
    clock: Clock,
    written: Written,
    settings: ProjectionSettings,
}

/// The same in a log that may have grown.
impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.log.generation() == other.log.generation()
            && (self.clock, &self.written, self.settings)
                == (other.clock, &other.written, other.settings)
    }
}

/// The result of a partition after an event.
struct Made {
    name: Arc<str>,
    last: EventIx,
    result: Result<Option<Arc<Value>>, ScriptError>,
    /// What JSON has no words for in it.
    odd: Vec<Odd>,
}

impl Runs {
    /// The run of a definition over a subject, begun where there is none.
    pub fn of(
        &mut self,
        subject: &Subject,
        clock: Clock,
        (written, settings): (&Written, ProjectionSettings),
    ) -> Result<&mut Live, ScriptError> {
        let key = Key {
            log: Arc::clone(&subject.log),
            clock,
            written: written.clone(),
            settings,
        };
        let generation = subject.log.generation();
        self.0
            .retain(|live| live.key.log.generation() == generation);
        let live = match self.0.iter().position(|live| live.key == key) {
            Some(at) => {
                let mut live = self.0.remove(at);
                if live.key.log.len() < subject.log.len() {
                    live.run.grow(reading(subject, clock));
                    live.key = key;
                }
                live
            }
            None => {
                self.0.truncate(KEPT - 1);
                let options = settings.options(subject);
                let run = Run::new(&written.read()?, reading(subject, clock), options)?;
                Live {
                    key,
                    run,
                    took: Duration::ZERO,
                    results: HashMap::new(),
                }
            }
        };
        self.0.insert(0, live);
        Ok(&mut self.0[0])
    }
}

/// The results of all partitions at a moment.
#[derive(Default)]
pub(super) struct Results {
    pub rows: Vec<PartitionRow>,
    /// Those that could not be made.
    pub failed: Vec<DeadLetter>,
    /// Where and why no more of them can be made.
    pub ended: Option<(EventIx, ScriptError)>,
    /// What JSON has no words for in them: the first thousand.
    pub odd: Vec<OddPlace>,
}

impl Live {
    /// How long folding so many events takes, by what it has taken so far.
    pub fn takes(&self, events: u32) -> Duration {
        let done = self.run.done().0.max(1);
        self.took.mul_f64(f64::from(events) / f64::from(done))
    }

    /// The results at a moment. One that is known after the same event is not made again, which holds
    /// only where no event before it was left out.
    pub fn results(&mut self, moment: &Moment, known: &Known) -> Results {
        let is_prefix = known.is_prefix();
        if !is_prefix {
            self.results.clear();
        }
        let mut all = Results::default();
        for (number, held) in moment.states.iter() {
            let made = match self.results.entry(number) {
                hashbrown::hash_map::Entry::Occupied(entry) if entry.get().last == held.last => {
                    entry.into_mut()
                }
                entry => {
                    let made = made(&self.run, moment.partitions.get(number), &held);
                    entry.insert(made).into_mut()
                }
            };
            match &made.result {
                // The state that all partitions share is no partition's.
                _ if made.name.starts_with('\0') => {}
                Ok(None) => {}
                Ok(Some(result)) => {
                    OddPlace::add(&mut all.odd, (&made.name, made.last), &made.odd);
                    all.rows.push(PartitionRow {
                        name: Arc::clone(&made.name),
                        last: made.last,
                        result: Arc::clone(result),
                    });
                }
                Err(error) => {
                    if let Some(error) = error.end_of_results() {
                        all.ended = Some((made.last, error));
                        break;
                    }
                    all.failed.push(DeadLetter {
                        event: made.last,
                        partition: Some(made.name.to_string()),
                        error: error.clone(),
                        state_before: None,
                        shared_before: None,
                        attempts: 1,
                    });
                }
            }
        }
        if !is_prefix {
            self.results.clear();
        }
        all
    }
}

fn made(run: &Run, name: &str, held: &Held) -> Made {
    let result = run.result_value(held);
    let own = result.as_ref().ok().and_then(Option::as_ref);
    Made {
        name: name.into(),
        last: held.last,
        odd: own.map(Worded::odd).unwrap_or_default(),
        result: result.map(|result| result.map(|result| Arc::new(result.into_json()))),
    }
}
