//! A projection at the cursor, said in parts while it is on its way there. What a projection is and
//! means is `analysis::projection`'s to say.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::runs::{Going, Live, PartitionRow, ProjectionSettings, Results, Runs};
use super::written::Written;
use crate::analysis::projection::{
    self, Around, Break, ConsumerError, ConsumerReport, Counts, DeadLetter, Known, LostDigits,
    OddPlace, Output, ScriptError, Sides, Stopped, Towards, Upcast, WHOLE, Worded, as_consumer,
};
use crate::analysis::streams::Direction;
use crate::analysis::words::capitalised;
use crate::log::{Bound, Cut, Log};
use crate::model::{EventIx, StreamIx, Task};
use crate::worker::{Asked, Question, Room, Subject, Unanswered};

/// Between two parts at least; and what is said takes at most a fifth of the time.
const PAUSE: Duration = Duration::from_millis(150);

/// A way so short that it is gone to its end, whatever is asked meanwhile: while the cursor is dragged
/// every call-off would be one picture less.
const NEAR: Duration = Duration::from_millis(100);

/// Results by which columns are chosen, and how many there are at most.
const LOOKED_AT: usize = 200;
const COLUMNS: usize = 12;

/// By what partitions are put in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PartitionSort {
    /// Their names.
    Name,
    /// When they changed last.
    #[default]
    LastChange,
    /// A field of their results.
    Field(String),
}

/// Which partitions are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionsWanted {
    /// Part of their names, in whatever case.
    pub search: String,
    /// In which order.
    pub sort: PartitionSort,
    /// Which way round.
    pub direction: Direction,
    /// The one that is looked at closely.
    pub partition: Option<Arc<str>>,
}

impl Default for PartitionsWanted {
    fn default() -> Self {
        Self {
            search: String::new(),
            sort: PartitionSort::default(),
            direction: Direction::Descending,
            partition: None,
        }
    }
}

/// Asks for a projection at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct AskProjected {
    /// The log.
    pub subject: Subject,
    /// The moment.
    pub cut: Cut,
    /// The definition.
    pub written: Written,
    /// How it is run.
    pub settings: ProjectionSettings,
    /// Whether it goes on to the moment.
    pub going: Going,
    /// As whom it is seen: as this consumer, at its checkpoint, or as of the moment.
    pub consumer: Option<Arc<str>>,
    /// Which of its partitions.
    pub wanted: PartitionsWanted,
}

/// A projection at a moment, or as far as it has come on the way there.
#[derive(Clone, Debug)]
pub struct Projected {
    /// The log.
    pub log: Arc<Log>,
    /// What is told is as of this: the moment, or where the run is on its way to it.
    pub cut: Cut,
    /// The last of the events that are folded.
    pub last: Option<EventIx>,
    /// At whose checkpoint that is, where it is seen as a consumer.
    pub consumer: Option<ConsumerReport>,
    /// Whether that is the moment that was asked for.
    pub arrived: Arrived,
    /// What was done.
    pub counts: Counts,
    /// Events that a handler failed on, oldest first.
    pub dead: Arc<[DeadLetter]>,
    /// Where it has stopped for good, if that is before the moment, and why.
    pub stopped: Option<(EventIx, ScriptError)>,
    /// Whether states are told apart by anything.
    pub is_partitioned: bool,
    /// What the definition has changed outside its states, by its names.
    pub outside: Arc<[String]>,
    /// How many partitions have a result.
    pub partitions: u64,
    /// The fields of the results; none where they are no objects.
    pub columns: Arc<[String]>,
    /// The partitions that are wanted, in order.
    pub rows: Arc<[PartitionRow]>,
    /// What the last event of the partition that is looked at did, and the states around it.
    pub around: Option<(Around, Sides)>,
    /// Where the partition is a stream: which of its events that is, and how many it has.
    pub place: Option<(usize, usize)>,
    /// The payload of that event as it is stored, and as upcasters make it where they change it, with
    /// the schema versions of both.
    pub upcast: Option<(Sides, [String; 2])>,
    /// What would have been written: the first thousand.
    pub outputs: Arc<[Output]>,
    /// How much is written in all as far as the run has been, where that is more.
    pub output_count: u64,
    /// What was logged: the first thousand lines.
    pub lines: Arc<[(EventIx, String)]>,
    /// What JSON has no words for in the results: the first thousand.
    pub odd: Arc<[OddPlace]>,
    /// Integers whose digits JavaScript does not keep.
    pub lost: Arc<[LostDigits]>,
    /// How many checkpoints there are, and their bytes, roughly.
    pub held: (usize, usize),
    /// How many events of the log were gone through.
    pub done: EventIx,
    /// In which time.
    pub took: Duration,
}

/// Whether a run has come to where it was to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// It is there, or has stopped on the way for good.
    There,
    /// It is on its way, or was held there.
    OnTheWay,
}

impl AskProjected {
    fn live<'d>(
        &self,
        asked: &'d mut super::super::desk::Desk,
    ) -> Result<&'d mut Live, ScriptError> {
        let runs: &mut Runs = asked.of(self.subject.session);
        let definition = (&self.written, self.settings);
        runs.of(&self.subject, self.cut.clock(), definition)
    }

    /// The events that are folded in the end, and whose checkpoint they lead to.
    fn goal(&self, task: &Task) -> Result<(Known, Option<ConsumerReport>), Unanswered> {
        let Subject { log, rows, .. } = &self.subject;
        let Some(name) = &self.consumer else {
            return Ok((Known::at(&self.cut, log), None));
        };
        match as_consumer(log, &self.cut, &**rows, name, task) {
            Ok((known, report)) => Ok((known, Some(report))),
            Err(ConsumerError::Cancelled(cancelled)) => Err(cancelled.into()),
            Err(error) => Err(Unanswered::Failed(capitalised(&error.to_string()))),
        }
    }

    /// How far a run is: at the goal, or at the event that it has folded last.
    fn reached(&self, live: &Live, goal: &Known) -> (Arrived, Cut, Known) {
        let log = &self.subject.log;
        if live.run.done() >= goal.whole() || live.run.stopped().is_some() {
            return (Arrived::There, self.cut, goal.clone());
        }
        let last = before(live.run.done());
        let bound = last.map_or(Bound::Start, Bound::Event);
        let cut = log.cut(self.cut.clock(), bound);
        (Arrived::OnTheWay, cut, goal.up_to(last))
    }

    /// What is known of a run: of all events up to the goal where it has come so far, else of those up
    /// to where it is.
    fn told(
        &self,
        live: &mut Live,
        (goal, consumer): (&Known, Option<&ConsumerReport>),
        task: &Task,
    ) -> Result<Projected, Unanswered> {
        let log = &self.subject.log;
        let (arrived, cut, known) = self.reached(live, goal);
        let own = Task::new();
        let is_near = live.takes(live.run.distance(&known)) <= NEAR;
        let task = if is_near { &own } else { task };
        let moment = live.run.of(&known, task)?;
        let Results {
            mut rows,
            failed,
            ended,
            odd,
        } = live.results(&moment, &known);
        let columns = columns(&rows);
        let partitions = rows.len() as u64;
        let is_partitioned = live.run.is_partitioned();
        // Steps go back to a checkpoint and fold again from there: where that takes long, the run has not
        // the time for it on its way.
        let is_passing = arrived == Arrived::OnTheWay && self.going == Going::On;
        let around = match is_passing && live.takes(2 * live.run.since_checkpoint()) > PAUSE {
            true => None,
            false => self.around(live, &known, task)?,
        };
        let event = around.as_ref().map(|(around, _)| around.event);
        let upcast = event.and_then(|event| live.run.upcast(event, task));
        let upcast = upcast.map(|Upcast { payloads, versions }| {
            let [stored, upcast] = &payloads;
            (Sides::of(Some(stored), Some(upcast)), versions)
        });
        let place = event.and_then(|event| self.place(event));
        self.wanted.apply(&mut rows);
        let is_known = |event: EventIx| known.holds(event);
        let stopped = live.run.stopped();
        let stopped = stopped.filter(|stopped| is_known(stopped.event()));
        let stopped = stopped.or(moment.stopped.as_ref());
        // It is as of where it has stopped, not of the moment that it did not come to.
        let cut = stopped.map_or(cut, |stopped| projection::before(log, &cut, stopped));
        let last = match stopped {
            Some(stopped) => known.up_to(before(stopped.event())).last(),
            None => known.last(),
        };
        let stopped = stopped.map(|stopped| match stopped {
            Stopped::Failed(dead) => (dead.event, dead.error.clone()),
            Stopped::Fatal(event, error) => (*event, error.clone()),
        });
        let stopped = stopped.or(ended);
        let (outputs, output_count) = live.run.outputs();
        let lines = live.run.lines();
        let (lost, _) = live.run.lost_digits();
        Ok(Projected {
            log: Arc::clone(log),
            cut,
            last,
            consumer: consumer.cloned(),
            arrived,
            counts: moment.counts,
            dead: moment.dead.iter().cloned().chain(failed).collect(),
            stopped,
            is_partitioned,
            partitions,
            columns,
            rows: rows.into(),
            around,
            place,
            upcast,
            outputs: (outputs.into_iter())
                .filter(|output| is_known(output.event))
                .collect(),
            output_count,
            lines: (lines.into_iter())
                .filter(|(event, _)| is_known(*event))
                .collect(),
            lost: (lost.into_iter())
                .filter(|lost| is_known(lost.event))
                .collect(),
            odd: odd.into(),
            held: live.run.held(),
            outside: Arc::clone(&moment.outside),
            done: live.run.done(),
            took: live.took,
        })
    }

    /// What the last event of the partition that is looked at did.
    fn around(
        &self,
        live: &mut Live,
        known: &Known,
        task: &Task,
    ) -> Result<Option<(Around, Sides)>, Unanswered> {
        let partition = match live.run.is_partitioned() {
            true => self.wanted.partition.as_deref(),
            false => Some(WHOLE),
        };
        let Some(partition) = partition else {
            return Ok(None);
        };
        let around = live.run.around(known, partition, task)?;
        Ok(around.map(|around| {
            let before = around.before.as_ref().map(Worded::whole);
            let after = around.after.as_ref().map(Worded::whole);
            let sides = Sides::of(before, after);
            (around, sides)
        }))
    }
}

impl AskProjected {
    /// Which event of the stream that is looked at this is, and how many that has.
    fn place(&self, event: EventIx) -> Option<(usize, usize)> {
        let log = &self.subject.log;
        let stream = log.streams().find(self.wanted.partition.as_deref()?)?;
        let runs = || log.stream_runs(StreamIx(stream));
        let before = runs().map(|run| run.partition_point(|own| *own <= event.0));
        let all = runs().map(<[u32]>::len).sum();
        Some((before.sum(), all))
    }
}

/// The event before one in log order.
fn before(event: EventIx) -> Option<EventIx> {
    event.0.checked_sub(1).map(EventIx)
}

impl Question for AskProjected {
    type Answer = Result<Arc<Projected>, ScriptError>;
    const ROOM: Room = Room::Projections;
    const LABEL: Option<&'static str> = Some("Projecting");

    fn moment(&self) -> Option<Bound> {
        Some(self.cut.bound())
    }

    /// A run that is called off goes on from where it is, so another question is never waited for.
    fn outdates(&self, _before: &Self) -> bool {
        true
    }

    fn answer(&self, asked: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        self.answer_in_parts(asked, &mut |_| ())
    }

    fn answer_in_parts(
        &self,
        Asked { desk, task }: Asked<'_>,
        say: &mut dyn FnMut(Self::Answer),
    ) -> Result<Self::Answer, Unanswered> {
        let (known, consumer) = self.goal(task)?;
        let live = match self.live(desk) {
            Ok(live) => live,
            Err(error) => return Ok(Err(error)),
        };
        let towards = (&known, consumer.as_ref());
        let goal = known.whole();
        task.set_total(u64::from(goal.0));
        task.set_done(u64::from(live.run.done().0));
        let mut pause = PAUSE;
        let is_going = self.going == Going::On;
        while is_going && live.run.done() < goal && live.run.stopped().is_none() {
            let began = Instant::now();
            let mut goes_on = || began.elapsed() < pause;
            let went = live.run.advance_while(goal, &mut goes_on, task);
            live.took += began.elapsed();
            went?;
            if live.run.done() < goal {
                let began = Instant::now();
                say(Ok(Arc::new(self.told(live, towards, task)?)));
                pause = PAUSE.max(4 * began.elapsed());
            }
        }
        Ok(Ok(Arc::new(self.told(live, towards, task)?)))
    }
}

impl PartitionsWanted {
    /// Leaves the rows that are wanted, in order.
    fn apply(&self, rows: &mut Vec<PartitionRow>) {
        let search = self.search.trim().to_lowercase();
        if !search.is_empty() {
            rows.retain(|row| row.name.to_lowercase().contains(&search));
        }
        match &self.sort {
            PartitionSort::Name => rows.sort_by(|a, b| a.name.cmp(&b.name)),
            PartitionSort::LastChange => rows.sort_by_key(|row| row.last),
            PartitionSort::Field(field) => rows.sort_by(|a, b| {
                let of = |row: &PartitionRow| row.result.get(field).cloned();
                compared(of(a).as_ref(), of(b).as_ref())
            }),
        }
        if self.direction == Direction::Descending {
            rows.reverse();
        }
    }
}

/// Numbers by what they are worth, before texts; what is not there comes first.
fn compared(a: Option<&Value>, b: Option<&Value>) -> std::cmp::Ordering {
    let rank = |value: Option<&Value>| match value {
        None | Some(Value::Null) => 0,
        Some(Value::Bool(_)) => 1,
        Some(Value::Number(_)) => 2,
        Some(Value::String(_)) => 3,
        Some(_) => 4,
    };
    let number = |value: Option<&Value>| value.and_then(Value::as_f64).unwrap_or_default();
    let order = rank(a).cmp(&rank(b));
    order.then_with(|| match (a, b) {
        (Some(Value::String(a)), Some(Value::String(b))) => a.cmp(b),
        _ => number(a).total_cmp(&number(b)),
    })
}

/// The fields that results have, as they appear.
fn columns(rows: &[PartitionRow]) -> Arc<[String]> {
    let mut columns: Vec<String> = Vec::new();
    for row in rows.iter().take(LOOKED_AT) {
        let Value::Object(fields) = &*row.result else {
            continue;
        };
        for field in fields.keys() {
            if columns.len() < COLUMNS && !columns.contains(field) {
                columns.push(field.clone());
            }
        }
    }
    columns.into()
}

/// Asks for the next event after a moment that stops a run forward.
#[derive(Clone, Debug, PartialEq)]
pub struct AskStop {
    /// The log.
    pub subject: Subject,
    /// The moment.
    pub cut: Cut,
    /// The definition.
    pub written: Written,
    /// How it is run.
    pub settings: ProjectionSettings,
    /// Only events of this partition; of any where absent.
    pub partition: Option<Arc<str>>,
    /// What stops it; any event where there is nothing.
    pub breaks: Vec<Break>,
    /// Counts the runs forward: another number is another run.
    pub run: u64,
}

impl Question for AskStop {
    type Answer = Result<Option<EventIx>, ScriptError>;
    const ROOM: Room = Room::Projections;
    const LABEL: Option<&'static str> = Some("Running on");

    fn outdates(&self, _before: &Self) -> bool {
        true
    }

    fn answer(&self, Asked { desk, task }: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let runs: &mut Runs = desk.of(self.subject.session);
        let definition = (&self.written, self.settings);
        let live = match runs.of(&self.subject, self.cut.clock(), definition) {
            Ok(live) => live,
            Err(error) => return Ok(Err(error)),
        };
        let towards = Towards {
            partition: self.partition.as_deref(),
            breaks: &self.breaks,
        };
        let from = self.cut.outside();
        live.run.advance_to(from, task)?;
        Ok(Ok(live.run.next_stop(from, towards, task)?))
    }
}

/// Asks which consumers store checkpoints.
#[derive(Clone, Debug, PartialEq)]
pub struct AskConsumers {
    /// The log.
    pub subject: Subject,
    /// The moment.
    pub cut: Cut,
}

impl Question for AskConsumers {
    type Answer = Arc<[String]>;
    const ROOM: Room = Room::Answers;

    fn answer(&self, Asked { task, .. }: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let Subject { log, rows, .. } = &self.subject;
        match projection::consumers(log, &self.cut, &**rows, task) {
            Ok(names) => Ok(names.into()),
            Err(error) => Err(Unanswered::Failed(capitalised(&error.to_string()))),
        }
    }
}
