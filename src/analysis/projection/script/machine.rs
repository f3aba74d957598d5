//! A script as a machine: which events it reads, and their payloads read ahead.

use std::ops::Range;
use std::sync::Arc;

use super::fields::Fields;
use super::named;
use super::{DeadLetter, Engine, Fed, Halt, Limits, ScriptError};
use crate::analysis::projection::ahead::Ahead;
use crate::analysis::projection::machine::{Machine, Payload};
use crate::analysis::projection::selection::Selection;
use crate::analysis::projection::{Reading, RunOptions, Script, State, States, Told};
use crate::log::{Names, Picked, TableError, TableSource};
use crate::model::{Cancelled, EventIx, StreamIx, Task};

/// Fields that need no allocation.
const FEW: usize = 8;

/// A live definition with its events.
pub(in crate::analysis::projection) struct Scripted {
    engine: Engine,
    reading: Reading,
    selection: Selection,
    ahead: Ahead,
    fields: Fields,
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

    /// Reads ahead the fields of those events of a range that go the quick way, and of more behind it.
    fn read_fields(&mut self, range: &Range<u32>, task: &Task) -> Result<(), Cancelled> {
        let Some(all) = (self.fields).next(range, self.reading.log.len() as u32) else {
            return Ok(());
        };
        self.fields.begin(all.start);
        let mut part = all.start..range.end;
        loop {
            self.read_part(&part, task)?;
            if part.end == all.end || self.fields.is_full() {
                return Ok(());
            }
            let wide = 2 * (part.end - part.start);
            part = part.end..(part.end + wide).min(all.end);
        }
    }

    fn read_part(&mut self, range: &Range<u32>, task: &Task) -> Result<(), Cancelled> {
        let log = &self.reading.log;
        let mut events = Vec::new();
        let engine = &mut self.engine;
        (self.selection).within(log, range, &mut |event| {
            if engine.is_quick(log.event_type(event).0) {
                events.push(event);
            }
        });
        let fields = &mut self.fields;
        let picker = engine.picker();
        (self.reading.payloads).pick(
            log,
            &events,
            picker,
            task,
            &mut |event, picked| match picked {
                Picked::Values(values) => fields.push(event, values),
                Picked::Body(Ok(body)) => {
                    let mut slots = vec![None; picker.slots()];
                    let text = body.data.json().filter(|text| text.starts_with('{'));
                    if text.is_some_and(|text| picker.pick(text, &mut slots).is_ok()) {
                        fields.push(event, &slots);
                    }
                }
                Picked::Body(Err(_)) => {}
            },
        )?;
        fields.range.end = range.end;
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
                let event_type = log.event_type(event).0;
                let is_quick = engine.is_quick(event_type) && fields.holds(event);
                !is_quick && engine.wants_payload(event_type)
            })
            .collect();
        self.ahead.read(&self.reading, &wanted, task)?;
        Ok(events)
    }

    fn feed(&mut self, event: EventIx, task: &Task) -> Result<Fed, Halt> {
        let event_type = self.reading.log.event_type(event).0;
        if self.engine.is_quick(event_type) && !self.engine.ends(event) {
            let (mut few, mut many) = ([None; FEW], Vec::new());
            let count = self.engine.picker().slots();
            let slots = match few.get_mut(..count) {
                Some(slots) => slots,
                None => {
                    many.resize(count, None);
                    &mut many[..]
                }
            };
            if self.fields.get(event, slots).is_some() {
                return self.engine.feed_quickly(event, slots, task);
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
