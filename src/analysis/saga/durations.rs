//! How long instances and their steps took, and how often steps failed or were undone, when.

use std::collections::BTreeMap;

use super::course::{Course, Courses, Run};
use super::standings::{Outcome, Status};
use super::status::Judged;
use super::variants::Variant;
use super::waits::{Lengths, Wait};
use crate::log::Log;
use crate::model::{Cancelled, EventIx, Task, Timestamp};

/// Variants that are told.
const VARIANTS: usize = 50;

/// How long something took, in microseconds, to within one in a hundred.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Spread {
    /// In figures.
    pub wait: Wait,
    /// The longest, exactly.
    pub most: i64,
    /// At each length that there is: the share of them that took no longer.
    pub curve: Vec<(i64, f32)>,
}

/// How a step went in a stretch of time: of its runs that ended then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Rate {
    /// How many there are.
    pub ended: u32,
    /// How many of them failed.
    pub failed: u32,
    /// How many of them were undone since.
    pub undone: u32,
}

impl Rate {
    fn add(&mut self, run: Run) {
        self.ended += 1;
        self.failed += u32::from(run.outcome == Outcome::Failed);
        self.undone += u32::from(run.undone);
    }
}

/// A step of the process.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct StepDurations {
    /// Its name.
    pub name: String,
    /// Who does it.
    pub participant: String,
    /// How long its runs took that succeeded or failed; none where there is no such.
    pub took: Option<Spread>,
    /// All of them together.
    pub all: Rate,
    /// The same by stretch of time.
    pub over: Vec<Rate>,
}

/// How long instances of a process and their steps took.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Durations {
    /// The process.
    pub process: String,
    /// How many instances are looked at, ended or not.
    pub instances: u32,
    /// All that ended.
    pub whole: Option<Spread>,
    /// The same by how they ended.
    pub outcomes: Vec<(Status, Spread)>,
    /// The same by what happened, the most frequent first.
    pub variants: Vec<(Variant, Spread)>,
    /// Its steps, in their usual order.
    pub steps: Vec<StepDurations>,
}

/// What is added up on the way.
struct Sums<'a> {
    moments: &'a [i64],
    outcomes: BTreeMap<Status, Lengths>,
    variants: BTreeMap<Vec<u32>, Lengths>,
    steps: Vec<(Lengths, Rate, Vec<Rate>)>,
}

impl Sums<'_> {
    /// Adds a run that lasted from one time to another.
    fn step(&mut self, run: Run, (from, to): (i64, i64)) {
        let Some((lengths, all, over)) = self.steps.get_mut(usize::from(run.step)) else {
            return;
        };
        lengths.add_micros(to - from);
        all.add(run);
        let stretch = self.moments.partition_point(|moment| *moment < to);
        if let Some(rate) = over.get_mut(stretch) {
            rate.add(run);
        }
    }
}

impl Judged {
    /// How long those of the instances at `places` took that are of a process: of the one with that
    /// number, else of the one that most of them are of. `moments`, which ascend, in microseconds, are
    /// where stretches of time end.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn durations(
        &self,
        log: &Log,
        (places, process): (&[u32], Option<u16>),
        moments: &[i64],
        task: &Task,
    ) -> Result<Option<Durations>, Cancelled> {
        let Some(process) = process.or_else(|| self.most_frequent(places)) else {
            return Ok(None);
        };
        let Some(found) = self.processes.all.get(usize::from(process)) else {
            return Ok(None);
        };
        let definition = &found.definition;
        let none = || {
            (
                Lengths::default(),
                Rate::default(),
                vec![Rate::default(); moments.len()],
            )
        };
        let mut sums = Sums {
            moments,
            outcomes: BTreeMap::new(),
            variants: BTreeMap::new(),
            steps: definition.steps.iter().map(|_| none()).collect(),
        };
        let (mut courses, mut by_place, mut instances) = (Courses::default(), Vec::new(), 0);
        let mut ended: BTreeMap<u32, Lengths> = BTreeMap::new();
        for (n, place) in places.iter().enumerate() {
            if n % 1024 == 0 {
                task.check()?;
            }
            let seen = &self.at.seen[*place as usize];
            if self.process_number(seen) != Some(process) {
                continue;
            }
            instances += 1;
            let course = courses.of(self, seen);
            let events = self.by_place(seen, course, &mut by_place);
            self.add(log, course, events, &mut sums);
            if let Some(took) = self.took(log, course, events) {
                let outcome = sums.outcomes.entry(course.status).or_default();
                outcome.add_micros(took);
                ended.entry(seen.node).or_default().add_micros(took);
            }
        }
        for (node, lengths) in ended {
            let labels = self.at.paths.labels(node);
            let types = labels.iter().map(|label| label.event_type()).collect();
            let own = sums.variants.entry(types).or_default();
            own.add_all(&lengths);
        }
        let name = definition.id.clone();
        Ok(Some(sums.told(log, name, instances, definition)))
    }

    fn most_frequent(&self, places: &[u32]) -> Option<u16> {
        let mut counts = vec![0_u32; self.processes.all.len()];
        for place in places {
            if let Some(process) = self.process_number(&self.at.seen[*place as usize]) {
                counts[usize::from(process)] += 1;
            }
        }
        let most = counts
            .iter()
            .enumerate()
            .max_by_key(|(at, count)| (**count, usize::MAX - at))?;
        (*most.1 > 0).then_some(most.0 as u16)
    }

    fn time(&self, log: &Log, event: u32) -> Option<i64> {
        let time = log.time(EventIx(event), self.at.cut.clock());
        time.map(Timestamp::micros)
    }

    fn took(&self, log: &Log, course: &Course, events: &[u32]) -> Option<i64> {
        let from = self.time(log, events[0])?;
        Some(self.time(log, events[course.end? as usize])? - from)
    }

    fn add(&self, log: &Log, course: &Course, events: &[u32], sums: &mut Sums<'_>) {
        for run in &course.runs {
            let Some(ended) = run.ended.filter(|_| run.outcome != Outcome::Abandoned) else {
                continue;
            };
            let times = self
                .time(log, events[run.began as usize])
                .zip(self.time(log, events[ended as usize]));
            if let Some(times) = times {
                sums.step(*run, times);
            }
        }
    }
}

impl Sums<'_> {
    fn told(
        self,
        log: &Log,
        process: String,
        instances: u32,
        definition: &super::Definition,
    ) -> Durations {
        let mut whole = Lengths::default();
        for lengths in self.outcomes.values() {
            whole.add_all(lengths);
        }
        let outcomes = self.outcomes.into_iter();
        let name = |kind: &u32| log.types().get(*kind).to_owned();
        let variants = self.variants.into_iter().filter_map(|(types, lengths)| {
            let spread = lengths.spread()?;
            let steps = types.iter().map(name).collect();
            let count = u64::from(spread.wait.count);
            Some((Variant { steps, count }, spread))
        });
        let mut variants: Vec<(Variant, Spread)> = variants.collect();
        variants.sort_by(|(a, _), (b, _)| (b.count, &a.steps).cmp(&(a.count, &b.steps)));
        variants.truncate(VARIANTS);
        let steps = definition.steps.iter().zip(self.steps);
        Durations {
            process,
            instances,
            whole: whole.spread(),
            outcomes: outcomes
                .filter_map(|(status, lengths)| Some((status, lengths.spread()?)))
                .collect(),
            variants,
            steps: steps
                .map(|(step, (lengths, all, over))| StepDurations {
                    name: step.name.clone(),
                    participant: step.participant.clone(),
                    took: lengths.spread(),
                    all,
                    over,
                })
                .collect(),
        }
    }
}

impl Lengths {
    fn spread(&self) -> Option<Spread> {
        let wait = self.wait().filter(|wait| wait.count > 0)?;
        let most = self.longest();
        Some(Spread {
            // What is known to within one in a hundred is no more than the longest all the same.
            wait: Wait {
                median: wait.median.min(most),
                p95: wait.p95.min(most),
                ..wait
            },
            most,
            curve: self.curve(),
        })
    }
}
