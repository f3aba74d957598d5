//! The quick way of an event: see [`super::super::lanes`].

use rquickjs::function::Args;

use super::{Engine, Fed, Halt, Met, WHOLE, position};
use crate::analysis::projection::script::ScriptError;
use crate::analysis::projection::script::lanes::{Facts, Key, LaneIx};
use crate::analysis::projection::script::plan::Fact;
use crate::log::Log;
use crate::model::json::Picker;
use crate::model::{EventIx, Task};

/// What the quick way is given of an event.
#[derive(Clone, Copy)]
pub struct Given<'v> {
    /// Where the event goes.
    pub lane: LaneIx,
    /// The number of its partition, if that was looked up.
    pub partition: Option<u32>,
    /// The fields of its payload, by slot.
    pub values: &'v [Option<&'v str>],
}

impl Engine {
    /// The fields of payloads that the quick way needs, one a slot.
    #[must_use]
    pub const fn picker(&self) -> &Picker {
        self.lanes.picker()
    }

    /// The lane of events of this type, where they can go the quick way: then only some fields of their
    /// payloads are needed.
    pub fn lane(&mut self, event_type: u32) -> Option<LaneIx> {
        let at = event_type as usize;
        if let Some(Some(known)) = self.routes.get(at) {
            return *known;
        }
        let handler = self.handler(event_type);
        let lane = handler.and_then(|handler| self.lanes.find(&handler));
        let is_quick = self.plan.upcasters.is_empty()
            && !self.guards_all
            && !self.guarded.contains_key(&event_type);
        let lane = lane.filter(|_| is_quick);
        if self.routes.len() <= at {
            self.routes.resize(at + 1, None);
        }
        self.routes[at] = Some(lane);
        lane
    }

    /// The numbers of the partitions of events by the fields of their payloads, as far as these tell them
    /// and the partitions are known.
    pub fn known<'v>(&self, keys: impl Iterator<Item = Option<&'v str>>) -> Vec<Option<u32>> {
        let names = keys.map(|key| match Key::of(key) {
            Key::Text(text) => Some(text),
            Key::Nowhere | Key::Unknown => None,
        });
        self.host.partitions.borrow().find_all(names)
    }

    /// The slot of the field that tells partitions apart, where there is one.
    #[must_use]
    pub const fn key(&self) -> Option<usize> {
        self.lanes.key()
    }

    /// Folds one event that has a [lane](Self::lane), and whose payload is an object. The outcome is that
    /// of [`Self::feed`].
    ///
    /// # Errors
    /// As [`Self::feed`].
    pub fn feed_quickly(
        &mut self,
        event: EventIx,
        given: Given<'_>,
        task: &Task,
    ) -> Result<Fed, Halt> {
        /// Shorter numbers lose no digits.
        const SHORT: usize = 15;
        self.folded = None;
        let number = match self.number(event, &given) {
            Ok(number) => number,
            Err(Elsewhere::Nowhere) => return Ok(Fed::Skipped),
            Err(Elsewhere::Unknown) => return self.feed(event, None, task),
        };
        self.meter.work_for(task);
        self.host.current.set(event);
        for (slot, text) in given.values.iter().enumerate() {
            if let Some(text) = text.filter(|text| text.len() > SHORT) {
                self.host.note_lost(event, &self.lanes.paths()[slot], text);
            }
        }
        match self.quickly(event, number, given) {
            Ok(partition) => {
                let Some(number) = number.or_else(|| u32::try_from(partition?).ok()) else {
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
                let at = number.or_else(|| u32::try_from(at.unwrap_or(-1)).ok());
                match at {
                    Some(number) => {
                        let key = self.host.partitions.borrow().names().get(number).to_owned();
                        let event_type = self.host.log.borrow().event_type(event).0;
                        self.failed_in(event, event_type, key, error)
                    }
                    None => self.fail(event, None, error, Met::default()),
                }
            }
        }
    }

    /// The number of an event's partition; none where a function of the definition finds it.
    fn number(&mut self, event: EventIx, given: &Given<'_>) -> Result<Option<u32>, Elsewhere> {
        if let Some(number) = given.partition {
            return Ok(Some(number));
        }
        if let Some(slot) = self.lanes.key() {
            return match Key::of(given.values.get(slot).copied().flatten()) {
                Key::Text(text) => Ok(Some(self.host.number(text))),
                Key::Nowhere => Err(Elsewhere::Nowhere),
                Key::Unknown => Err(Elsewhere::Unknown),
            };
        }
        Ok(match (self.plan.partition_by, self.plan.per_stream) {
            (true, _) => None,
            (false, true) => Some(self.number_of_stream(event)),
            (false, false) => Some(self.host.number(WHOLE)),
        })
    }

    fn number_of_stream(&mut self, event: EventIx) -> u32 {
        let log = self.host.log.borrow();
        let stream = log.stream(event);
        let at = stream.0 as usize;
        if let Some(Some(number)) = self.streams.get(at) {
            return *number;
        }
        let number = self.host.number(log.stream_name(stream));
        if self.streams.len() <= at {
            self.streams.resize(at + 1, None);
        }
        self.streams[at] = Some(number);
        number
    }

    /// What the lane gives back.
    fn quickly(
        &mut self,
        event: EventIx,
        number: Option<u32>,
        given: Given<'_>,
    ) -> Result<Option<i32>, ScriptError> {
        self.meter.begin();
        self.host
            .turn
            .set(self.host.turn.get().wrapping_add(1) & (i32::MAX as u32));
        let log = self.host.log.borrow();
        let facts = Told {
            log: &log,
            event,
            number,
        };
        let (api, lanes, source) = (&self.api, &mut self.lanes, &self.source);
        self.context.with(|ctx| {
            let made = lanes.call(&ctx, api, given.lane, &facts, given.values);
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
        self.routes.clear();
        if error.is_fatal() || self.meter.stopped().is_some() {
            return self.fail(event, Some(key), error, Met::default());
        }
        let number = self.host.number(&key);
        let mut journal = self.journal.iter();
        let is_folded = journal.any(|(_, own)| self.plan.shared || *own == number);
        if is_folded && !self.guards_all && !self.strayed().is_empty() {
            self.guard();
            return Err(Halt::Anew(error));
        }
        self.fold_again(number)?;
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
