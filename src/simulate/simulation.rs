//! One run: what is to be written, where, and how it is done. Knows no scenario and no format.

use std::path::{Path, PathBuf};

use crossbeam_channel::bounded;

use super::chance::Seed;
use super::fault::{Dose, Facts, Fault, Faults, Given, Plan};
use super::kernel::{Scale, Setup, Totals, World};
use super::output::{self, Format, Out, Row, Shape, Table, Tables, WriteError};
use super::scenarios::Scenario;
use super::sizing;
use super::truth::{Asked, Witness};
use super::whole::Whole;
use crate::model::{Cancelled, Task};

/// What is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// What kind of system.
    pub scenario: Scenario,
    /// The most events; a store has nearly as many.
    pub events: u64,
    /// How large a story is told.
    pub size: Size,
    /// What decides everything that is left to chance.
    pub seed: Seed,
    /// What goes wrong.
    pub faults: Faults,
    /// The tables of the store; formats other than SQLite hold the log only.
    pub tables: Tables,
    /// The file's format.
    pub format: Format,
}

/// How large a story is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// So large that the store holds nearly as many events as it may.
    Fitting,
    /// As large as its author believes that so many events take, whatever comes of it.
    About(u64),
}

/// Where it is to be written.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The store.
    pub store: &'a Path,
    /// The truth about it.
    pub truth: Option<&'a Path>,
    /// The definition of its business process.
    pub saga: Option<&'a Path>,
}

/// A fault for which there were fewer occasions than were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    /// Which.
    pub fault: Fault,
    /// How many were asked for.
    pub asked: u32,
    /// How many there are.
    pub injected: u64,
}

/// Why a store could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// Something stands at the path already; nothing is ever overwritten.
    #[error("A file of that name exists already, choose another name: {}", .0.display())]
    Exists(PathBuf),
    /// Two of the files are one.
    #[error("Two of the files would have this name, choose another one for one of them: {}", .0.display())]
    Twice(PathBuf),
    /// The file could not be created or written.
    #[error("The store could not be written ({source}): {}", .path.display())]
    Io {
        /// What the system said.
        source: std::io::Error,
        /// The file that was to be written.
        path: PathBuf,
    },
    /// SQLite refused a statement while writing.
    #[error("SQLite could not write the store ({source}): {}", .path.display())]
    Sqlite {
        /// What SQLite said.
        source: rusqlite::Error,
        /// The file that was to be written.
        path: PathBuf,
    },
    /// The format cannot hold so much.
    #[error("The store could not be written: {0}")]
    Format(String),
    /// A fault that there is no place for, or that cannot be given so.
    #[error("{0}")]
    Fault(String),
    /// It was called off.
    #[error("Called off, and nothing was written")]
    Cancelled(#[from] Cancelled),
}

impl SimulateError {
    /// What went wrong with the file for a path.
    pub(super) fn at(path: &Path, source: std::io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            std::io::ErrorKind::AlreadyExists => Self::Exists(path),
            _ => Self::Io { source, path },
        }
    }
}

impl Simulation {
    /// A simulation without faults, with all tables, in the format that the file's name says.
    /// Rides in lines are CloudEvents.
    #[must_use]
    pub fn new(scenario: Scenario, events: u64, seed: Seed, store: &Path) -> Self {
        let format = match (Format::of(store), scenario) {
            (Format::JsonLines, Scenario::Rides) => Format::CloudEvents,
            (format, _) => format,
        };
        Self {
            scenario,
            events,
            size: Size::Fitting,
            seed,
            faults: Faults::none(),
            tables: Tables::all(),
            format,
        }
    }

    /// Writes the store, and the truth about it; the same for the same simulation. The task's total is
    /// 0 while the story is rehearsed, then the events that are asked for, and those that there are
    /// when all are written.
    ///
    /// # Errors
    /// When a file stands there already or cannot be written, when a fault does not fit, or when the
    /// task is called off. In the end there are all files or none.
    pub fn write(&self, target: Target<'_>, task: &Task) -> Result<Totals, SimulateError> {
        self.check()?;
        let [store, truth, saga] = Whole::begin([Some(target.store), target.truth, target.saga])?;
        let store = store.expect("there is a file for each place");
        let written = self.write_to(&store, truth.as_ref(), task);
        // The last moment to call it off; whatever that has stopped is no error of its own.
        task.check()?;
        let totals = written?;
        if let Some(saga) = &saga {
            let definition = self.scenario.saga_definition();
            std::fs::write(saga.path(), definition).map_err(|error| saga.failed(error))?;
        }
        Whole::put([Some(store), truth, saga].into_iter().flatten())?;
        Ok(totals)
    }

    /// The faults of which there are fewer than were asked for.
    #[must_use]
    pub fn missed(&self, totals: &Totals) -> Vec<Missed> {
        let missed = |(fault, dose): (Fault, Dose)| {
            let injected = totals.injected.get(fault.name()).copied().unwrap_or(0);
            match dose {
                Dose::Count(asked) if injected < asked.into() => Some(Missed {
                    fault,
                    asked,
                    injected,
                }),
                _ => None,
            }
        };
        self.faults.iter().filter_map(missed).collect()
    }

    /// The tables that the format has a place for.
    fn written(&self) -> Tables {
        match self.format {
            Format::Sqlite => self.tables,
            _ => Tables::only_events(),
        }
    }

    fn check(&self) -> Result<(), SimulateError> {
        let refused = |sentence| Err(SimulateError::Fault(sentence));
        for (fault, dose) in self.faults.iter() {
            if !self.scenario.faults().contains(&fault) {
                return refused(format!("{fault} has no place in {}", self.scenario));
            }
            if fault.given() == Given::Count && matches!(dose, Dose::Rate(_)) {
                return refused(format!("{fault} takes a count, such as 1"));
            }
            if let Some(table) = fault.shows_in().filter(|table| !self.written().has(*table)) {
                let table = table.name();
                return refused(format!(
                    "{fault} would not be seen: the table {table} is left out"
                ));
            }
        }
        Ok(())
    }

    /// Two scenarios of one seed share nothing, so that their stores can be opened together.
    pub(super) fn own_seed(&self) -> Seed {
        let name = self.scenario.name().bytes();
        name.fold(self.seed, |seed, byte| seed.of(byte.into()))
    }

    /// What goes wrong, and when.
    pub(super) fn plan(&self, world: &World) -> Plan {
        let facts = Facts {
            events: self.events,
            span: world.span.clone(),
            clocks: world.clocks,
            seed: self.own_seed(),
        };
        Plan::draw(&self.faults, &facts)
    }

    fn write_to(
        &self,
        store: &Whole,
        truth: Option<&Whole>,
        task: &Task,
    ) -> Result<Totals, SimulateError> {
        let world = self.scenario.world();
        let plan = self.plan(&world);
        let asked = Asked {
            seed: self.seed,
            own_seed: self.own_seed(),
            events: self.events,
            size: self.size,
            faults: &self.faults,
        };
        let witness = match truth {
            Some(truth) => {
                let witness = Witness::new(&world, &plan, &asked);
                Some(witness.map_err(|error| truth.failed(error))?)
            }
            None => None,
        };
        let (totals, witness) = self.pump(world, plan, witness, store, task)?;
        if let (Some(witness), Some(truth)) = (witness, truth) {
            let written = witness.write(truth.path());
            written.map_err(|error| truth.failed(error))?;
        }
        Ok(totals)
    }

    /// Simulates on a thread of its own and writes on this one.
    fn pump(
        &self,
        world: World,
        plan: Plan,
        witness: Option<Witness>,
        store: &Whole,
        task: &Task,
    ) -> Result<(Totals, Option<Witness>), SimulateError> {
        let shape = Shape {
            events: self.events,
            scenario: world.name,
            view: world.view,
            extra: world.extra,
        };
        let tables = self.written();
        let failed = |error: WriteError| write_error(error, store.place());
        let sink = output::sink(self.format, store.path(), shape, tables, task);
        let mut sink = sink.map_err(failed)?;
        let events = match self.size {
            Size::Fitting => sizing::fitting(self, task)?,
            Size::About(events) => events,
        };
        task.set_total(self.events);
        let (sender, rows) = bounded::<Vec<Row>>(4);
        let setup = Setup {
            seed: self.own_seed(),
            events: self.events,
            most: self.events,
            scale: Scale { events, parts: 1 },
            plan,
            out: Out::new(tables, sender),
            witness,
        };
        std::thread::scope(|scope| {
            let simulating = std::thread::Builder::new()
                .name("asof-simulate".to_owned())
                .spawn_scoped(scope, || self.scenario.run(world, setup))
                .map_err(|error| failed(error.into()))?;
            for batch in rows {
                task.check()?;
                let events = batch.iter().filter(|row| row.table() == Table::Events);
                task.advance(events.count() as u64);
                sink.write(batch).map_err(failed)?;
            }
            // All events are written; what is left is not counted in events.
            task.set_total(task.progress().done);
            sink.finish().map_err(failed)?;
            Ok(simulating
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }
}

fn write_error(error: WriteError, path: &Path) -> SimulateError {
    let path = path.to_owned();
    match error {
        WriteError::Io(source) => SimulateError::at(&path, source),
        WriteError::Sqlite(source) => SimulateError::Sqlite { source, path },
        WriteError::TooMany(_) => SimulateError::Format(error.to_string()),
    }
}
