//! The quick way of an event: see [`super::super::lanes`].

use rquickjs::function::Args;

use super::{Engine, Fed, Halt, Met, WHOLE, position};
use crate::analysis::projection::script::ScriptError;
use crate::analysis::projection::script::lanes::{Facts, Key};
use crate::analysis::projection::script::plan::Fact;
use crate::log::Log;
use crate::model::json::Picker;
use crate::model::{EventIx, Task};

impl Engine {
    /// The fields of payloads that the quick way needs, one a slot.
    #[must_use]
    pub const fn picker(&self) -> &Picker {
        self.lanes.picker()
    }

    /// Whether events of this type can go the quick way: then only some fields of their payloads are
    /// needed.
    pub fn is_quick(&mut self, event_type: u32) -> bool {
        let handler = self.handler(event_type);
        handler.is_some_and(|handler| self.lanes.has(&handler))
            && self.plan.upcasters.is_empty()
            && !self.guards_all
            && !self.guarded.contains_key(&event_type)
    }

    /// Folds one event of a type that is [quick](Self::is_quick), given the fields of its payload, which
    /// is an object. The outcome is that of [`Self::feed`].
    ///
    /// # Errors
    /// As [`Self::feed`].
    pub fn feed_quickly(
        &mut self,
        event: EventIx,
        values: &[Option<&str>],
        task: &Task,
    ) -> Result<Fed, Halt> {
        self.folded = None;
        let event_type = self.host.log.borrow().event_type(event).0;
        let Some(handler) = self.handler(event_type) else {
            return Ok(Fed::Skipped);
        };
        let number = match self.number(event, values) {
            Ok(number) => number,
            Err(Elsewhere::Nowhere) => return Ok(Fed::Skipped),
            Err(Elsewhere::Unknown) => return self.feed(event, None, task),
        };
        self.meter.work_for(task);
        self.host.current.set(event);
        for (path, text) in self.lanes.paths().iter().zip(values) {
            if let Some(text) = text {
                self.host.note_lost(event, path, text);
            }
        }
        match self.quickly(event, number, &handler, values) {
            Ok(partition) => {
                let Ok(number) = u32::try_from(partition) else {
                    return Ok(Fed::Skipped);
                };
                self.journal.push((event, number));
                self.folded = Some(number);
                Ok(Fed::Processed)
            }
            Err(error) if self.meter.stopped().is_some() => {
                self.fail(event, None, error, Met::default())
            }
            Err(error) => {
                let at = self.call(|ctx, api| api.failed_at.clone().restore(ctx)?.call(()));
                match at.unwrap_or(None) {
                    Some(key) => self.failed_in(event, event_type, key, error),
                    None => self.fail(event, None, error, Met::default()),
                }
            }
        }
    }

    /// The number of an event's partition; none where a function of the definition finds it.
    fn number(
        &mut self,
        event: EventIx,
        values: &[Option<&str>],
    ) -> Result<Option<u32>, Elsewhere> {
        let mut partitions = self.host.partitions.borrow_mut();
        let log = self.host.log.borrow();
        if let Some(slot) = self.lanes.key() {
            return match Key::of(values.get(slot).copied().flatten()) {
                Key::Text(text) => Ok(Some(partitions.intern(text))),
                Key::Nowhere => Err(Elsewhere::Nowhere),
                Key::Unknown => Err(Elsewhere::Unknown),
            };
        }
        Ok(match (self.plan.partition_by, self.plan.per_stream) {
            (true, _) => None,
            (false, true) => Some(partitions.intern(log.stream_name(log.stream(event)))),
            (false, false) => Some(partitions.intern(WHOLE)),
        })
    }

    fn quickly(
        &mut self,
        event: EventIx,
        number: Option<u32>,
        handler: &str,
        values: &[Option<&str>],
    ) -> Result<i32, ScriptError> {
        self.meter.begin();
        let log = self.host.log.borrow();
        let facts = Told {
            log: &log,
            event,
            number,
        };
        let (api, lanes, source) = (&self.api, &mut self.lanes, &self.source);
        self.context.with(|ctx| {
            let made = lanes.call(&ctx, api, handler, &facts, values);
            made.map_err(|error| source.as_written(ScriptError::of(&ctx, error)))
        })
    }

    /// A handler failed on an event of this partition, perhaps in the middle of changing its state.
    pub(super) fn failed_in(
        &mut self,
        event: EventIx,
        event_type: u32,
        key: String,
        error: ScriptError,
    ) -> Result<Fed, Halt> {
        self.guarded.insert(event_type, ());
        if error.is_fatal() || self.meter.stopped().is_some() {
            return self.fail(event, Some(key), error, Met::default());
        }
        let number = self.host.partitions.borrow_mut().intern(&key);
        let mut journal = self.journal.iter();
        let is_folded = journal.any(|(_, own)| self.plan.shared || *own == number);
        if is_folded && !self.guards_all && !self.strayed().is_empty() {
            self.guards_all = true;
            return Err(Halt::Anew(error));
        }
        self.fold_again(&key, number)?;
        let (own, shared) = (self.met(&key), self.shared());
        self.fail(event, Some(key), error, Met { own, shared })
    }
}

/// What a lane is told of an event.
struct Told<'t> {
    log: &'t Log,
    event: EventIx,
    number: Option<u32>,
}

/// Why an event has no partition that is known without a function of the definition.
enum Elsewhere {
    /// It is in none.
    Nowhere,
    /// JavaScript knows.
    Unknown,
}

impl Facts for Told<'_> {
    fn number(&self) -> Option<u32> {
        self.number
    }

    fn push(&self, fact: Fact, args: &mut Args<'_>) -> rquickjs::Result<()> {
        let (log, event) = (self.log, self.event);
        match fact {
            Fact::Type => args.push_arg(log.type_name(log.event_type(event))),
            Fact::StreamId => args.push_arg(log.stream_name(log.stream(event))),
            Fact::SequenceNumber => args.push_arg(log.version(event).0 as f64),
            Fact::Position => args.push_arg(position(log, event).0 as f64),
        }
    }
}
