//! What takes runs of its own: two definitions side by side, faulty delivery, dead letters again, and
//! what keeping states costs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::runs::ProjectionSettings;
use super::written::{Written, reading};
use crate::analysis::projection::{
    self, CompareError, Comparison, ConsumerError, DeadLetter, Definition, Idempotency, JUMPS,
    Known, Limits, Measured, OnError, ReadModel, ReadModelError, ReadModelReport, Retried,
    ScriptError, SnapshotBench, SnapshotStrategy, StrategyCost,
};
use crate::log::{Bound, Clock, Cut, Table, TableSource};
use crate::model::{Cancelled, Task};
use crate::store::with_attached;
use crate::worker::{Asked, Question, Room, Subject, Unanswered};

/// Asks where two definitions differ.
#[derive(Clone, Debug, PartialEq)]
pub struct AskComparison {
    /// The log.
    pub subject: Subject,
    /// The moment.
    pub cut: Cut,
    /// The definitions.
    pub written: [Written; 2],
    /// How they are run.
    pub settings: ProjectionSettings,
}

/// Where a comparison has an answer; a definition that does not hold says so.
type Told<T> = Result<T, ScriptError>;

fn told<T>(found: Result<T, CompareError>) -> Result<Told<T>, Unanswered> {
    match found {
        Ok(found) => Ok(Ok(found)),
        Err(CompareError::Definition(error)) => Ok(Err(error)),
        Err(CompareError::Cancelled(cancelled)) => Err(cancelled.into()),
    }
}

impl Question for AskComparison {
    type Answer = Told<Arc<Comparison>>;
    const ROOM: Room = Room::Trials;
    const LABEL: Option<&'static str> = Some("Comparing");

    fn outdates(&self, _before: &Self) -> bool {
        true
    }

    fn answer(&self, Asked { task, .. }: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let read = |written: &Written| {
            written.read().map_err(|error| ScriptError {
                message: format!("{}: {}", written.name, error.message),
                ..error
            })
        };
        let (a, b) = match (read(&self.written[0]), read(&self.written[1])) {
            (Ok(a), Ok(b)) => (a, b),
            (Err(error), _) | (_, Err(error)) => return Ok(Err(error)),
        };
        let reading = reading(&self.subject, self.cut.clock());
        let options = self.settings.options(&self.subject);
        let found = projection::compare([&a, &b], &reading, &options, &self.cut, task);
        told(found.map(Arc::new))
    }
}

/// Asks what a projection minds of faulty delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct AskRepeated {
    /// The log.
    pub subject: Subject,
    /// The moment.
    pub cut: Cut,
    /// The definition.
    pub written: Written,
    /// How it is run.
    pub settings: ProjectionSettings,
}

impl Question for AskRepeated {
    type Answer = Told<Arc<Idempotency>>;
    const ROOM: Room = Room::Trials;
    const LABEL: Option<&'static str> = Some("Delivering twice");

    fn outdates(&self, _before: &Self) -> bool {
        true
    }

    fn answer(&self, Asked { task, .. }: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let definition = match self.written.read() {
            Ok(definition) => definition,
            Err(error) => return Ok(Err(error)),
        };
        let reading = reading(&self.subject, self.cut.clock());
        let options = self.settings.options(&self.subject);
        let found = projection::repeated(&definition, &reading, &options, &self.cut, task);
        told(found.map(Arc::new))
    }
}

/// Asks what becomes of dead letters with another definition.
#[derive(Clone, Debug, PartialEq)]
pub struct AskRetried {
    /// The log.
    pub subject: Subject,
    /// The clock of the events' times.
    pub clock: Clock,
    /// The definition.
    pub written: Written,
    /// The dead letters.
    pub dead: Arc<[DeadLetter]>,
}

impl Question for AskRetried {
    type Answer = Arc<[Retried]>;
    const ROOM: Room = Room::Trials;
    const LABEL: Option<&'static str> = Some("Trying again");

    fn outdates(&self, _before: &Self) -> bool {
        true
    }

    fn answer(&self, Asked { task, .. }: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let reading = reading(&self.subject, self.clock);
        let Ok(Definition::Script(script)) = self.written.read() else {
            // Built-in ones fail on what stands in the events.
            return Ok(Arc::default());
        };
        let within = (Limits::default(), &self.subject.tables);
        let found = projection::retried(&script, &reading, within, &self.dead, task)?;
        Ok(found.into())
    }
}

/// Asks what each strategy of keeping states costs over the whole log.
#[derive(Clone, Debug, PartialEq)]
pub struct AskMeasured {
    /// The log.
    pub subject: Subject,
    /// The clock of the events' times.
    pub clock: Clock,
    /// The definition.
    pub written: Written,
    /// What happens when a handler fails.
    pub on_error: OnError,
    /// Counts the measurements: another number measures again.
    pub run: u64,
}

impl Question for AskMeasured {
    type Answer = Told<SnapshotBench>;
    const ROOM: Room = Room::Trials;
    const LABEL: Option<&'static str> = Some("Measuring snapshots");

    fn outdates(&self, _before: &Self) -> bool {
        true
    }

    fn answer(&self, asked: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        self.answer_in_parts(asked, &mut |_| ())
    }

    fn answer_in_parts(
        &self,
        Asked { task, .. }: Asked<'_>,
        say: &mut dyn FnMut(Self::Answer),
    ) -> Result<Self::Answer, Unanswered> {
        let definition = match self.written.read() {
            Ok(definition) => definition,
            Err(error) => return Ok(Err(error)),
        };
        let mut bench = SnapshotBench {
            events: self.subject.log.len() as u64,
            jumps: JUMPS as u64,
            strategies: Vec::new(),
            to_come: projection::strategies(&definition).to_vec(),
        };
        while !bench.to_come.is_empty() {
            let strategy = bench.to_come.remove(0);
            match self.measure(&definition, strategy, task)? {
                Ok(cost) => bench.strategies.push(cost),
                Err(error) => return Ok(Err(error)),
            }
            say(Ok(bench.clone()));
        }
        Ok(Ok(bench))
    }
}

impl AskMeasured {
    fn measure(
        &self,
        definition: &Definition,
        strategy: SnapshotStrategy,
        task: &Task,
    ) -> Result<Told<StrategyCost>, Cancelled> {
        let reading = reading(&self.subject, self.clock);
        let settings = ProjectionSettings {
            on_error: self.on_error,
            strategy: Some(strategy),
        };
        let options = settings.options(&self.subject);
        let measured = match Measured::new(definition, &reading, &options, strategy) {
            Ok(measured) => measured,
            Err(error) => return Ok(Err(error)),
        };
        let began = Instant::now();
        let clock = || began.elapsed().as_secs_f64() * 1000.0;
        Ok(Ok(measured.timed(&clock, task)?))
    }
}

/// Asks which tables there are that might be read models.
#[derive(Clone, Debug, PartialEq)]
pub struct AskTables {
    /// The store.
    pub subject: Subject,
}

impl Question for AskTables {
    type Answer = Arc<[Table]>;
    const ROOM: Room = Room::Answers;

    fn answer(&self, Asked { task, .. }: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        match self.subject.tables.tables(task) {
            Ok(tables) => Ok(tables.into()),
            Err(error) => Err(Unanswered::Failed(error.to_string())),
        }
    }
}

/// Asks for the tables of a store together with those of a SQLite file beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct AskAttached {
    /// The store.
    pub subject: Subject,
    /// Where it is.
    pub store: PathBuf,
    /// The file beside it.
    pub file: PathBuf,
}

/// Tables of a store and of a file beside it.
#[derive(Clone)]
pub struct Attached {
    /// All of them.
    pub tables: Arc<dyn TableSource>,
    /// How many there are.
    pub count: usize,
}

impl Question for AskAttached {
    /// A sentence where the file cannot be read.
    type Answer = Result<Attached, String>;
    const ROOM: Room = Room::Trials;
    const LABEL: Option<&'static str> = Some("Attaching a file");

    fn answer(&self, Asked { task, .. }: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let own = (&*self.store, Arc::clone(&self.subject.tables));
        let tables = match with_attached(own, &self.file, task) {
            Ok(tables) => tables,
            Err(error) => return Ok(Err(error.to_string())),
        };
        match tables.tables(task) {
            Ok(all) => Ok(Ok(Attached {
                tables,
                count: all.len(),
            })),
            Err(error) => Ok(Err(error.to_string())),
        }
    }
}

/// Asks how a table differs from a projection at the head, or at the checkpoint of the consumer that
/// keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct AskReadModel {
    /// The log.
    pub subject: Subject,
    /// The clock of the events' times.
    pub clock: Clock,
    /// The definition.
    pub written: Written,
    /// How it is run.
    pub settings: ProjectionSettings,
    /// The consumer that keeps the table; where there is none, it is as of the head.
    pub consumer: Option<Arc<str>>,
    /// The table.
    pub table: String,
    /// Its column with the names of partitions.
    pub key: String,
}

impl Question for AskReadModel {
    /// A sentence where it cannot be compared.
    type Answer = Result<Arc<ReadModelReport>, String>;
    const ROOM: Room = Room::Trials;
    const LABEL: Option<&'static str> = Some("Comparing with the read model");

    fn outdates(&self, _before: &Self) -> bool {
        true
    }

    fn answer(&self, Asked { task, .. }: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let definition = match self.written.read() {
            Ok(definition) => definition,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let Subject { log, rows, .. } = &self.subject;
        let head = log.cut(self.clock, Bound::Head);
        let known = match &self.consumer {
            None => Known::at(&head, log),
            Some(name) => match projection::as_consumer(log, &head, &**rows, name, task) {
                Ok((known, _)) => known,
                Err(ConsumerError::Cancelled(cancelled)) => return Err(cancelled.into()),
                Err(error) => return Ok(Err(error.to_string())),
            },
        };
        let reading = reading(&self.subject, self.clock);
        let options = self.settings.options(&self.subject);
        let with = ReadModel {
            tables: &*self.subject.tables,
            table: &self.table,
            key: &self.key,
        };
        match projection::read_model(&definition, &reading, &options, &known, with, task) {
            Ok(report) => Ok(Ok(Arc::new(report))),
            Err(ReadModelError::Cancelled(cancelled)) => Err(cancelled.into()),
            Err(error) => Ok(Err(error.to_string())),
        }
    }
}
