//! What a store shows, in the figures that decisions are taken by. Counted from what other analyses found;
//! nothing is read here.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::analysis::audit::{AuditReport, Facts};
use crate::analysis::deeper::Deeper;
use crate::analysis::lag::LagReport;
use crate::analysis::saga::{Judged, Status, Style};
use crate::analysis::schema::{SchemaReport, Strategy};
use crate::log::{AsOf, CauseRef, Log, SideKind};
use crate::model::Timestamp;

/// All that the decisions are taken by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Seen {
    /// The moment.
    pub as_of: AsOf,
    /// The events.
    pub store: StoreFigures,
    /// The processes.
    pub processes: ProcessFigures,
    /// The consumers.
    pub consumers: ConsumerFigures,
}

/// What the events show.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct StoreFigures {
    /// Events known.
    pub events: u64,
    /// Event types.
    pub types: u64,
    /// Streams and their lengths.
    pub streams: Length,
    /// Streams of a thousand events and more.
    pub long_streams: u64,
    /// Days from the first event to the last; null without times.
    pub days: Option<f64>,
    /// Services that the metadata names.
    pub services: u64,
    /// Events whose cause is a known event.
    pub caused: u64,
    /// Those of them whose cause another service recorded.
    pub across: u64,
    /// Events that are called commands by their metadata.
    pub commands: u64,
    /// Which kinds of rows stand beside the events, by their names.
    pub beside: Vec<&'static str>,
    /// Types whose payloads have more than one version.
    pub changed_types: u64,
    /// Steps from one version to the next.
    pub steps: u64,
    /// Those of them that are not compatible both ways.
    pub breaking_steps: u64,
    /// Whether events declare their versions: types that do.
    pub declared_types: u64,
    /// How types evolve: by the name of the strategy, how many.
    pub strategies: BTreeMap<&'static str, u64>,
    /// Copies under the same id, and under one of their own.
    pub copies: [u64; 2],
    /// Copies caught by a window of five minutes, of those with a time.
    pub in_window: [u64; 2],
    /// Concurrent writes.
    pub concurrent: u64,
    /// What the audit found, by rule.
    pub findings: BTreeMap<&'static str, u64>,
}

/// Lengths of streams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Length {
    /// How many streams there are.
    pub count: u64,
    /// Half of them are no longer.
    pub median: u64,
    /// The longest.
    pub longest: u64,
}

impl StoreFigures {
    /// Counts what was gathered and found.
    #[must_use]
    pub fn of(facts: &Facts<'_>, deeper: &Deeper, report: &AuditReport) -> Self {
        let schemas = &facts.schemas;
        let mut lengths: Vec<u64> = facts
            .streams
            .lengths
            .iter()
            .map(|own| u64::from(*own))
            .collect();
        lengths.retain(|length| *length > 0);
        lengths.sort_unstable();
        let (mut caused, mut across) = (0, 0);
        let mut ends: Option<(i64, i64)> = None;
        for event in facts.events() {
            if let Some(time) = facts.time(event).map(Timestamp::micros) {
                let (from, to) = ends.unwrap_or((time, time));
                ends = Some((from.min(time), to.max(time)));
            }
            if let Some(CauseRef::Event(cause)) = facts.cause(event) {
                caused += 1;
                let services = facts.bodies.service(cause).zip(facts.bodies.service(event));
                across += u64::from(services.is_some_and(|(one, two)| one != two));
            }
        }
        let beside = SideKind::ALL.into_iter().filter(|kind| facts.has(*kind));
        let minutes = deeper
            .duplicates
            .windows
            .iter()
            .find(|own| own.window_ms == 300_000);
        let mut figures = Self {
            events: report.events,
            types: schemas.types.len() as u64,
            streams: Length {
                count: lengths.len() as u64,
                median: lengths.get(lengths.len() / 2).copied().unwrap_or(0),
                longest: lengths.last().copied().unwrap_or(0),
            },
            long_streams: lengths.iter().filter(|length| **length >= 1000).count() as u64,
            days: ends.map(|(from, to)| (to - from) as f64 / 86_400e6),
            services: facts.bodies.services() as u64,
            caused,
            across,
            commands: facts.bodies.commands().len() as u64,
            beside: beside.map(SideKind::name).collect(),
            copies: [deeper.duplicates.same_id, deeper.duplicates.new_id],
            in_window: [
                minutes.map_or(0, |own| own.caught),
                deeper.duplicates.timed(),
            ],
            concurrent: deeper.conflicts.known(),
            ..Self::default()
        };
        for finding in &report.findings {
            *figures.findings.entry(finding.rule).or_default() += finding.count;
        }
        figures.count_schemas(schemas);
        figures
    }

    fn count_schemas(&mut self, schemas: &SchemaReport) {
        for kind in &schemas.types {
            self.changed_types += u64::from(kind.versions.len() > 1);
            self.steps += kind.verdicts.len() as u64;
            let breaking = kind.verdicts.iter().filter(|step| !step.full);
            self.breaking_steps += breaking.count() as u64;
            let declared = kind.versions.iter().any(|version| version.declared);
            self.declared_types += u64::from(declared);
            if kind.strategy != Strategy::Unchanged {
                *self.strategies.entry(kind.strategy.name()).or_default() += 1;
            }
        }
    }

    /// Steps of all schemas in a month of thirty days; null without times.
    #[must_use]
    pub fn steps_a_month(&self) -> Option<f64> {
        let days = self.days.filter(|days| *days >= 1.0)?;
        Some(self.steps as f64 * 30.0 / days)
    }

    /// Whether rows of a kind stand beside the events.
    #[must_use]
    pub fn keeps(&self, kind: SideKind) -> bool {
        self.beside.contains(&kind.name())
    }

    /// Whether the store has a place where consumers would be seen.
    #[must_use]
    pub fn tells_consumers(&self) -> bool {
        [SideKind::Checkpoints, SideKind::Processed]
            .into_iter()
            .any(|kind| self.keeps(kind))
    }

    /// How often a rule of the audit found something.
    #[must_use]
    pub fn found(&self, rule: &str) -> u64 {
        self.findings.get(rule).copied().unwrap_or(0)
    }
}

/// What the processes show.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ProcessFigures {
    /// Processes that were found.
    pub processes: u64,
    /// Instances of them.
    pub instances: u64,
    /// Those that failed, were undone, or are being undone.
    pub went_wrong: u64,
    /// Those that are stuck.
    pub stuck: u64,
    /// The most steps that a process has.
    pub most_steps: u64,
    /// The most participants.
    pub most_participants: u64,
    /// The most histories that instances of one process took.
    pub most_variants: u64,
    /// Instances of processes with a leader.
    pub led: u64,
    /// Processes that undo something.
    pub with_compensation: u64,
}

impl ProcessFigures {
    /// Counts what was judged.
    #[must_use]
    pub fn of(log: &Log, judged: &Judged) -> Self {
        let mut figures = Self::default();
        let mut of_process = vec![0_u64; judged.processes.all.len()];
        for seen in &judged.at.seen {
            let Some(number) = judged.process_number(seen) else {
                continue;
            };
            of_process[usize::from(number)] += 1;
            figures.instances += 1;
            match judged.status(log, seen) {
                Status::Failed | Status::Compensated | Status::Compensating => {
                    figures.went_wrong += 1;
                }
                Status::Stuck => figures.stuck += 1,
                Status::Running | Status::Completed | Status::Parked => {}
            }
        }
        for (number, process) in judged.processes.all.iter().enumerate() {
            let instances = of_process[number];
            if instances == 0 {
                continue;
            }
            let definition = &process.definition;
            let participants: BTreeSet<&str> = definition
                .steps
                .iter()
                .map(|step| step.participant.as_str())
                .collect();
            let variants = judged.variants_of(log, Some(number as u16)).len() as u64;
            let undoes = definition
                .steps
                .iter()
                .any(|step| !step.compensation.is_empty());
            figures.processes += 1;
            figures.with_compensation += u64::from(undoes);
            figures.most_steps = figures.most_steps.max(definition.steps.len() as u64);
            figures.most_participants = figures.most_participants.max(participants.len() as u64);
            figures.most_variants = figures.most_variants.max(variants);
            if definition.style == Style::Orchestration {
                figures.led += instances;
            }
        }
        figures
    }

    /// The share that went wrong, 0 to 1; null without instances.
    #[must_use]
    pub fn failure_rate(&self) -> Option<f64> {
        (self.instances > 0).then(|| self.went_wrong as f64 / self.instances as f64)
    }
}

/// What the consumers show.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ConsumerFigures {
    /// Consumers, each counted once however many partitions it has.
    pub consumers: u64,
    /// Those that stall, have stopped or fall behind.
    pub in_trouble: u64,
    /// How long the event has waited that waits longest, in milliseconds; null where that is not told.
    pub worst_lag_ms: Option<i64>,
    /// 95 in 100 events took no longer for the slowest consumer, in milliseconds; null where that is not told.
    pub slowest_p95_ms: Option<f64>,
    /// Events that were given up.
    pub dead_letters: u64,
}

impl ConsumerFigures {
    /// Counts what was measured; `slowest` is the longest of the consumers' 95th percentiles.
    #[must_use]
    pub fn of(report: &LagReport, slowest: Option<f64>) -> Self {
        use crate::analysis::lag::Status as Runs;
        let names: BTreeSet<&str> = report
            .consumers
            .iter()
            .map(|own| own.name.as_str())
            .collect();
        let trouble = report.consumers.iter().filter(|own| {
            matches!(
                own.status,
                Some(Runs::Stalled | Runs::Stopped | Runs::Warning)
            )
        });
        let trouble: BTreeSet<&str> = trouble.map(|own| own.name.as_str()).collect();
        Self {
            consumers: names.len() as u64,
            in_trouble: trouble.len() as u64,
            worst_lag_ms: report.consumers.iter().filter_map(|own| own.lag_ms).max(),
            slowest_p95_ms: slowest,
            dead_letters: report.dead_letters.len() as u64,
        }
    }
}
