//! All that a store tells of its consumers, read once: who they are, what they read, and how far they
//! had come when.

use std::sync::Arc;

use hashbrown::HashMap;
use indexmap::IndexMap;

use super::letters::Letter;
use super::outbox::Outbox;
use super::progress::{ConsumerId, Evidence, Progress, Step, Trace, Way};
use super::samples::Samples;
use super::tail::{Scope, Tail};
use crate::log::{
    Checkpoint, Clock, Cut, Log, Mark, Marked, Processed, RowSource, RowsError, Says, SideKind,
    SideRow,
};
use crate::model::{Cancelled, EventIx, Task, Timestamp, beside};

/// The consumers of a store over time.
#[derive(Clone, Debug)]
pub struct Course {
    pub(super) log: Log,
    pub(super) clock: Clock,
    pub(super) tails: Vec<Tail>,
    /// By file, name and partition, in the order in which the store names them.
    pub(super) consumers: Vec<Progress>,
    pub(super) letters: Vec<Letter>,
    pub(super) outbox: Option<Outbox>,
}

/// A consumer, or a partition of it: its file, its name, which part of its work.
pub(super) type Key = (u32, String, Option<String>);

/// What rows say of a consumer.
#[derive(Default)]
struct Found {
    history: Vec<(Option<Timestamp>, Mark)>,
    /// Nowhere from when on nobody saw it any more.
    sampled: Vec<(Timestamp, Option<Mark>)>,
    current: Option<Checkpoint>,
    processed: Vec<(Option<Timestamp>, Mark)>,
    letters: Vec<(Option<Timestamp>, Mark)>,
}

impl Course {
    /// Reads what stands beside the events of `log`. `sampled` are checkpoints as they were seen while
    /// the store was followed.
    ///
    /// # Errors
    /// [`RowsError`]; single rows that cannot be read are left out.
    pub fn read(
        log: &Log,
        rows: &dyn RowSource,
        sampled: &Samples,
        clock: Clock,
        task: &Task,
    ) -> Result<Self, RowsError> {
        let mut all: IndexMap<Key, Found> = IndexMap::new();
        let (outbox, gathered) = beside::both(
            || Outbox::read(log, rows, clock, task),
            || gather(rows, task, &mut all),
        );
        gathered?;
        let mut course = Self {
            log: log.clone(),
            clock,
            tails: Vec::new(),
            consumers: Vec::new(),
            letters: super::letters::read(log, rows, task)?,
            outbox: outbox?,
        };
        for (key, steps) in sampled.steps() {
            // Of who has no checkpoint any more nothing is told.
            if let Some(found) = all.get_mut(&key) {
                found.sampled = steps;
            }
        }
        for letter in &course.letters {
            let Some((consumer, mark)) = letter.consumer.as_ref().zip(letter.mark.as_ref()) else {
                continue;
            };
            let known = all
                .iter_mut()
                .find(|((file, name, _), _)| *file == letter.file && name == consumer);
            let found = match known {
                Some((_, found)) => found,
                None => all
                    .entry((letter.file, consumer.clone(), None))
                    .or_default(),
            };
            found.letters.push((letter.at, mark.clone()));
        }
        let mut tails = HashMap::new();
        for (key, found) in all {
            course.add(key, found, &mut tails, task)?;
        }
        if !course.consumers.iter().any(|own| own.is_registered) {
            course.add_effects(task)?;
        }
        course.find_readers_of_the_log(task)?;
        Ok(course)
    }

    /// The log that it was read from.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// How many consumers it knows at any moment.
    #[must_use]
    pub fn len(&self) -> usize {
        self.consumers.len()
    }

    /// Each of them, by its number.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &ConsumerId> {
        self.consumers.iter().map(|own| &own.id)
    }

    /// The number of one; none where the store does not tell of it.
    #[must_use]
    pub fn number(&self, id: &ConsumerId) -> Option<usize> {
        self.ids().position(|own| own == id)
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.consumers.is_empty()
    }

    /// The names of its consumers, each once.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let names = self.consumers.iter().map(|own| own.id.name.clone());
        let names: std::collections::BTreeSet<String> = names.collect();
        names.into_iter().collect()
    }

    /// The clock by which it was read.
    #[must_use]
    pub const fn clock(&self) -> Clock {
        self.clock
    }

    fn add(
        &mut self,
        (file, name, partition): Key,
        found: Found,
        tails: &mut HashMap<Scope, usize>,
        task: &Task,
    ) -> Result<(), Cancelled> {
        let marks = [&found.history, &found.processed, &found.letters];
        let current = found.current.as_ref().and_then(|row| row.reached.as_ref());
        let mark = (marks
            .iter()
            .find_map(|rows| rows.first().map(|(_, mark)| mark)))
        .or(current);
        let read = mark.map_or(Some(file), |mark| {
            self.log.marked_file(file, mark).map(|(of, _)| of)
        });
        let scope = read.map(|of| scope(of, found.current.as_ref(), mark));
        let tail = match scope {
            None => None,
            Some(scope) => Some(self.tail_of(scope, tails, task)?),
        };
        let follows = mark.and_then(|mark| mark.application.clone());
        let of = read.unwrap_or(file);
        let source = self.log.sources().get(of as usize);
        let steps = Steps {
            log: &self.log,
            file,
            tail: tail.map(|at| &self.tails[at]),
        };
        let mut traces = steps.traces(&found, task)?;
        let current = found.current.as_ref();
        let current = current.and_then(|row| steps.step(row.updated_at, row.reached.as_ref()?));
        let sampled = steps.sampled(&found, current.as_ref());
        traces.extend(sampled);
        traces.sort_by_key(|trace| trace.evidence);
        let reads = match read {
            None => follows.as_deref().map(Arc::from),
            Some(_) => source.map(|own| Arc::clone(&own.name)),
        };
        self.consumers.push(Progress {
            id: ConsumerId {
                file,
                name: match &follows {
                    Some(followed) => format!("{name} follows {followed}"),
                    None => name,
                },
                partition: partition.filter(|part| follows.as_ref() != Some(part)),
            },
            is_registered: found.current.is_some(),
            reads_log: Vec::new(),
            tail,
            file: reads,
            traces,
            current,
        });
        Ok(())
    }

    /// The number of the tail of that scope.
    fn tail_of(
        &mut self,
        scope: Scope,
        tails: &mut HashMap<Scope, usize>,
        task: &Task,
    ) -> Result<usize, Cancelled> {
        if let Some(at) = tails.get(&scope) {
            return Ok(*at);
        }
        let tail = Tail::new(&self.log, self.clock, scope.clone(), task)?;
        self.tails.push(tail);
        tails.insert(scope, self.tails.len() - 1);
        Ok(self.tails.len() - 1)
    }

    /// The consumers known at a cut, by number, each with its way so far. Effects count where nothing
    /// else is known.
    pub(super) fn known(&self, cut: &Cut) -> Vec<(usize, &Progress, Way<'_>)> {
        let all = self.consumers.iter().enumerate();
        let known = all.filter_map(|(at, own)| Some((at, own, own.way(&self.log, cut)?)));
        let mut known: Vec<_> = known.collect();
        let is_effect = |way: &Way<'_>| way.evidence == Evidence::Effects;
        if known.iter().any(|(.., way)| !is_effect(way)) {
            known.retain(|(.., way)| !is_effect(way));
        }
        known
    }
}

pub(super) fn part(partition: &Option<String>) -> Option<String> {
    partition.clone().filter(|part| !part.is_empty())
}

fn gather(
    rows: &dyn RowSource,
    task: &Task,
    all: &mut IndexMap<Key, Found>,
) -> Result<(), RowsError> {
    let kinds = [
        SideKind::Checkpoints,
        SideKind::CheckpointHistory,
        SideKind::Processed,
    ];
    for kind in kinds {
        rows.rows(kind, task, &mut |row| {
            let Ok(SideRow { file, place, says }) = row else {
                return;
            };
            match says {
                Says::Checkpoint(row) => {
                    let found = all.entry((file, row.consumer.clone(), part(&row.partition)));
                    found.or_default().current = Some(row);
                }
                Says::CheckpointHistory(row) => {
                    let found = all.entry((file, row.consumer, part(&row.partition)));
                    let found = found.or_default();
                    found.history.extend(row.reached.map(|mark| (row.at, mark)));
                }
                Says::Processed(Processed {
                    consumer,
                    of,
                    processed_at,
                    ..
                }) => {
                    // Where no consumer is told, the table is one's own.
                    let name = consumer.unwrap_or_else(|| place.table.to_string());
                    let found = all.entry((file, name, None)).or_default();
                    found.processed.extend(of.map(|mark| (processed_at, mark)));
                }
                _ => {}
            }
        })?;
    }
    Ok(())
}

pub(super) fn scope(file: u32, current: Option<&Checkpoint>, mark: Option<&Mark>) -> Scope {
    let stream = mark.and_then(|mark| match &mark.event {
        Marked::Version { stream, .. } => Some(stream.clone()),
        _ => None,
    });
    let (mut categories, mut types) = current.map_or_else(Default::default, |row| {
        (row.categories.clone(), row.types.clone())
    });
    categories.sort_unstable();
    types.sort_unstable();
    Scope {
        file,
        categories,
        types,
        stream,
    }
}

/// Turns rows into steps.
struct Steps<'a> {
    log: &'a Log,
    file: u32,
    tail: Option<&'a Tail>,
}

impl Steps<'_> {
    /// All that is told of a consumer, the best first.
    fn traces(&self, found: &Found, task: &Task) -> Result<Vec<Trace>, Cancelled> {
        let all = [
            (Evidence::CheckpointHistory, &found.history),
            (Evidence::Processed, &found.processed),
            (Evidence::DeadLetters, &found.letters),
        ];
        let mut traces = Vec::new();
        for (evidence, rows) in all {
            let mut steps = Vec::with_capacity(rows.len() + 1);
            for rows in rows.chunks(1024) {
                task.check()?;
                let dated = rows.iter().filter(|(at, _)| at.is_some());
                steps.extend(dated.filter_map(|(at, mark)| match evidence.is_by_event() {
                    true => self.step_of(*at, self.log.marked(self.file, mark)?),
                    false => self.step(*at, mark),
                }));
            }
            steps.sort_by_key(|step: &Step| step.at);
            if !steps.is_empty() {
                traces.push(Trace { evidence, steps });
            }
        }
        Ok(traces)
    }

    /// What was seen while the store was followed.
    fn sampled(&self, found: &Found, current: Option<&Step>) -> Option<Trace> {
        let step = |(at, mark): &(Timestamp, Option<Mark>)| match mark {
            Some(mark) => self.step(Some(*at), mark),
            None => Some(Step {
                at: Some(*at),
                covers: None,
                position: None,
                version: None,
                event: None,
                told_by: None,
            }),
        };
        // What was seen before the first event was of another store in the same place, or of events that
        // are gone.
        let begin = self.tail.and_then(|tail| tail.time(self.log, 0));
        let of_this = |(at, _): &&(Timestamp, Option<Mark>)| begin.is_none_or(|begin| *at >= begin);
        let seen = found.sampled.iter().filter(of_this);
        let mut steps: Vec<Step> = seen.filter_map(step).collect();
        // Nobody has written it since it was seen last.
        let stands = current.is_some_and(|current| {
            let seen = steps.iter().rev().find(|step| step.covers.is_some());
            current.at.is_some() && seen == Some(current)
        });
        if stands {
            steps.pop_if(|step| step.covers.is_none());
        }
        steps.sort_by_key(|step| step.at);
        (!steps.is_empty()).then_some(Trace {
            evidence: Evidence::Sampled,
            steps,
        })
    }

    fn step(&self, at: Option<Timestamp>, mark: &Mark) -> Option<Step> {
        let own = self.log.marked_file(self.file, mark);
        match &mark.event {
            Marked::Position(position) => {
                let reached = own.map(|(_, log)| log.at_position(*position));
                let covers = reached
                    .zip(self.tail)
                    .map(|(reached, tail)| reached.map_or(0, |own| tail.up_to(own)));
                Some(Step {
                    at,
                    covers,
                    position: Some(*position),
                    version: None,
                    event: None,
                    told_by: None,
                })
            }
            Marked::Version { version, .. } => Some(Step {
                at,
                covers: Some(self.tail?.up_to_version(self.log, *version)),
                position: None,
                version: Some(*version),
                event: None,
                told_by: None,
            }),
            Marked::Id(_) => self.step_of(at, self.log.marked(self.file, mark)?),
        }
    }

    /// A step to an event.
    fn step_of(&self, at: Option<Timestamp>, event: EventIx) -> Option<Step> {
        let (own, log) = self.own(event);
        Some(Step {
            at,
            covers: self.tail.map(|tail| tail.up_to(own)),
            position: Some(log.position(own)),
            version: None,
            event: Some(event),
            told_by: None,
        })
    }

    /// An event as its file has it.
    fn own(&self, event: EventIx) -> (EventIx, &Log) {
        match self.log.source(event) {
            None => (event, self.log),
            Some((source, own)) => (own, &source.log),
        }
    }
}
