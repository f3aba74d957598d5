//! A script as a machine: which events it reads, and their payloads read ahead.

use std::ops::Range;
use std::sync::Arc;

use super::fields::{Fields, Wanted};
use super::named;
use super::{DeadLetter, Engine, Fed, Given, Halt, Limits, ScriptError};
use crate::analysis::projection::ahead::Ahead;
use crate::analysis::projection::machine::{Machine, Payload};
use crate::analysis::projection::reader::{MOST, Reader, Then};
use crate::analysis::projection::selection::Selection;
use crate::analysis::projection::{Reading, RunOptions, Script, State, States, Told};
use crate::log::{Names, TableError, TableSource};
use crate::model::{Cancelled, EventIx, StreamIx, Task};

/// Whoever has folded so many events one after another will want those behind them.
const LONG: u32 = 1 << 14;

/// Fields that need no allocation.
const FEW: usize = 8;

/// A live definition with its events.
pub(in crate::analysis::projection) struct Scripted {
    engine: Engine,
    reading: Reading,
    selection: Selection,
    ahead: Ahead,
    fields: Fields,
    reader: Reader<Wanted>,
    only: Option<StreamIx>,
    definition: Script,
    limits: Limits,
    tables: Arc<dyn TableSource>,
    /// What the definition has changed outside its states, by its names.
    strayed: Vec<String>,
}

impl Scripted {
    pub fn new(
        definition: &Script,
        reading: Reading,
        options: &RunOptions,
    ) -> Result<Self, ScriptError> {
        let (limits, tables) = (options.limits, Arc::clone(&options.tables));
        let engine = Engine::new(definition.clone(), &reading, limits, Arc::clone(&tables))?;
        for name in named::tables(&definition.text) {
            let found = tables.table(name, &Task::new());
            if let Err(error @ TableError::NoTable { .. }) = found {
                return Err(ScriptError::new(format!("lookup(): {error}")));
            }
        }
        let selection = Selection::new(&reading.log, engine.plan());
        Ok(Self {
            selection: selection.only(&reading.log, options.only),
            engine,
            reading,
            ahead: Ahead::default(),
            fields: Fields::default(),
            reader: Reader::default(),
            only: options.only,
            definition: definition.clone(),
            limits,
            tables,
            strayed: Vec::new(),
        })
    }

    /// Brings the definition to life once more. It held when it was written, so it holds now.
    fn renew(&mut self) {
        let (definition, tables) = (self.definition.clone(), Arc::clone(&self.tables));
        if let Ok(mut engine) = Engine::new(definition, &self.reading, self.limits, tables) {
            engine.succeed(&self.engine);
            self.engine = engine;
        }
    }

    /// Reads ahead the fields of those events of a range that go the quick way.
    fn read_fields(&mut self, range: &Range<u32>, task: &Task) -> Result<(), Cancelled> {
        if self.fields.cover(range) {
            return Ok(());
        }
        let (engine, reading, selection) = (&mut self.engine, &self.reading, &self.selection);
        let wanted = || {
            let types = 0..reading.log.types().len() as u32;
            Wanted {
                reading: reading.clone(),
                selection: selection.clone(),
                quick: types.map(|own| engine.lane(own).is_some()).collect(),
                picker: engine.picker().clone(),
            }
        };
        // As long as events are folded one after another ever more of them are read at once.
        let (own, before) = (range.end - range.start, &self.fields.range);
        let (wide, then) = match range.start == before.end {
            true => {
                let wide = (2 * (before.end - before.start)).clamp(own, MOST.max(own));
                let then = if wide < LONG { Then::Wait } else { Then::GoOn };
                (wide, then)
            }
            false => (own, Then::Wait),
        };
        let (mut fields, _) = (self.reader).read(range, wide, then, wanted, task)?;
        if let Some(slot) = self.engine.key() {
            let partitions = self.engine.known(fields.of_slot(slot));
            fields.note_partitions(partitions);
        }
        self.fields = fields;
        Ok(())
    }
}

impl Machine for Scripted {
    fn prepare(&mut self, range: &Range<u32>, task: &Task) -> Result<Vec<EventIx>, Cancelled> {
        task.check()?;
        let log = &self.reading.log;
        let mut events: Vec<EventIx> = Vec::new();
        (self.selection).within(log, range, &mut |event| events.push(event));
        if self.engine.plan().minds_deletion() {
            events.retain(|&event| self.engine.handles(event));
        }
        self.read_fields(range, task)?;
        let log = &self.reading.log;
        let (engine, fields) = (&mut self.engine, &self.fields);
        let wanted = events.iter().copied();
        let wanted: Vec<EventIx> = wanted
            .filter(|&event| {
                let read = fields.event_type(event);
                let is_quick = read.is_some_and(|read| engine.lane(read.0).is_some());
                !is_quick && engine.wants_payload(log.event_type(event).0)
            })
            .collect();
        self.ahead.read(&self.reading, &wanted, task)?;
        Ok(events)
    }

    fn feed(&mut self, event: EventIx, task: &Task) -> Result<Fed, Halt> {
        let read = self.fields.event_type(event);
        if let Some(lane) = read.and_then(|read| self.engine.lane(read.0))
            && !self.engine.ends(event)
        {
            let (mut few, mut many) = ([None; FEW], Vec::new());
            let count = self.engine.picker().slots();
            let slots = match few.get_mut(..count) {
                Some(slots) => slots,
                None => {
                    many.resize(count, None);
                    &mut many[..]
                }
            };
            if let Some(partition) = self.fields.get(event, slots) {
                let given = Given {
                    lane,
                    partition,
                    values: slots,
                };
                return self.engine.feed_quickly(event, given, task);
            }
        }
        match self.ahead.get(event) {
            Some(Ok(body)) => self.engine.feed(event, Some(body.clone()), task),
            Some(Err(error)) => {
                let why = format!("the payload could not be read: {error}");
                Ok(self.engine.refuse(event, why))
            }
            None => self.engine.feed(event, None, task),
        }
    }

    fn grow(&mut self, reading: &Reading) {
        self.engine.grow(&reading.log);
        self.reader.forget();
        let selection = Selection::new(&reading.log, self.engine.plan());
        self.selection = selection.only(&reading.log, self.only);
        self.reading = reading.clone();
    }

    fn folded(&self) -> Option<u32> {
        self.engine.folded()
    }

    fn is_partitioned(&self) -> bool {
        self.engine.is_partitioned()
    }

    fn is_per_stream(&self) -> bool {
        self.engine.is_per_stream()
    }

    fn take_dead(&mut self) -> Vec<DeadLetter> {
        self.engine.take_dead()
    }

    fn changes(&self) -> usize {
        self.engine.changes()
    }

    fn save(&mut self) -> Result<States, ScriptError> {
        self.engine.save()
    }

    fn restore(&mut self, states: States) {
        // What stands outside the handlers begins anew with a new world; states of earlier are of no use
        // then, and nobody goes back to any but the first.
        if !self.outside().is_empty() {
            self.renew();
        }
        self.engine.restore(states);
    }

    fn strayed(&self) -> Vec<String> {
        self.engine.strayed()
    }

    fn guard(&mut self) {
        if !self.outside().is_empty() {
            self.engine.guard();
        }
    }

    fn outside(&mut self) -> Vec<String> {
        for name in self.engine.strayed() {
            if !self.strayed.contains(&name) {
                self.strayed.push(name);
            }
        }
        self.strayed.clone()
    }

    fn partitions(&self) -> Names {
        self.engine.partitions()
    }

    fn text(&self, state: &State) -> String {
        match state {
            State::Text(text) => text.to_string(),
            _ => "null".to_owned(),
        }
    }

    fn result(&self, state: &State) -> Result<Option<String>, ScriptError> {
        match state {
            State::Text(kept) => self.engine.result(kept),
            _ => self.engine.result("null"),
        }
    }

    fn upcast(&mut self, event: EventIx, task: &Task) -> Option<(Payload, Payload)> {
        self.engine.upcast_of(event, task)
    }

    fn take_told(&mut self) -> Option<Told> {
        self.engine.take_told()
    }
}
