//! What a log says of one event, and how an event is found.

use std::sync::Arc;

use super::chunk::{self, Chunk};
use super::index::{self, Chunks, LinkedVersion, Segment};
use super::raw::{Place, StreamEnd};
use super::{Clock, IdRef, Log};
use crate::model::{EventIx, Position, StreamIx, Timestamp, TypeIx, Version};

impl Log {
    #[inline]
    fn row(&self, event: EventIx) -> (&Chunk, usize) {
        match Chunks(&self.chunks).row(event.0) {
            Some(found) => found,
            None => panic!("event {} is not one of this log's {}", event.0, self.len),
        }
    }

    /// The event's global position.
    ///
    /// # Panics
    /// Here and below: where the event is not one of this log (of this generation).
    #[must_use]
    pub fn position(&self, event: EventIx) -> Position {
        let (chunk, row) = self.row(event);
        Position(
            chunk
                .position
                .as_ref()
                .map_or(i64::from(event.0) + 1, |column| column.get(row)),
        )
    }

    /// The last event at or before `position` in log order.
    #[must_use]
    pub fn at_position(&self, position: Position) -> Option<EventIx> {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.position(EventIx(middle)) <= position {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low.checked_sub(1).map(EventIx)
    }

    /// Whether positions are the store's own rather than ranks.
    #[must_use]
    pub fn has_own_positions(&self) -> bool {
        self.chunks
            .first()
            .is_some_and(|chunk| chunk.position.is_some())
    }

    /// The event's own stream.
    #[must_use]
    pub fn stream(&self, event: EventIx) -> StreamIx {
        let (chunk, row) = self.row(event);
        StreamIx(chunk.stream[row])
    }

    /// The event's version in its own stream.
    #[must_use]
    pub fn version(&self, event: EventIx) -> Version {
        let (chunk, row) = self.row(event);
        Version(chunk.version.get(row))
    }

    /// The event's version in `stream`, which may be one it is linked into.
    #[must_use]
    pub fn version_in(&self, event: EventIx, stream: StreamIx) -> Option<Version> {
        if self.stream(event) == stream {
            return Some(self.version(event));
        }
        let mut own = linked(self, event).filter(|link| link.stream == stream.0);
        own.find_map(LinkedVersion::known_version).map(Version)
    }

    /// The event's type.
    #[must_use]
    pub fn event_type(&self, event: EventIx) -> TypeIx {
        let (chunk, row) = self.row(event);
        TypeIx(chunk.kind[row])
    }

    /// The event's time by `clock`; that of the event before it where it has none of its own.
    /// `None` in a store without such times, and for what has always been there.
    #[must_use]
    pub fn time(&self, event: EventIx, clock: Clock) -> Option<Timestamp> {
        let (chunk, row) = self.row(event);
        Some(chunk.times(clock)?.get(row)).filter(|&time| time != chunk::ALWAYS)
    }

    /// The event's time by `clock` if it has one of its own.
    #[must_use]
    pub fn own_time(&self, event: EventIx, clock: Clock) -> Option<Timestamp> {
        let (chunk, row) = self.row(event);
        let column = chunk.times(clock)?;
        (!column.is_untimed(row)).then(|| column.get(row))
    }

    /// Whether events have times by `clock`.
    #[must_use]
    pub fn has_clock(&self, clock: Clock) -> bool {
        self.chunks
            .last()
            .is_some_and(|chunk| chunk.times(clock).is_some())
    }

    /// The clock to go by where nobody chose one: the layout's, else recorded time if the store has it.
    #[must_use]
    pub fn default_clock(&self) -> Clock {
        if let Some(clock) = self.preferred_clock.filter(|&clock| self.has_clock(clock)) {
            return clock;
        }
        if !self.has_clock(Clock::Recorded) && self.has_clock(Clock::Occurred) {
            Clock::Occurred
        } else {
            Clock::Recorded
        }
    }

    /// How many events have no time of their own in a store with times.
    #[must_use]
    pub fn untimed(&self, clock: Clock) -> usize {
        self.chunks
            .iter()
            .filter_map(|chunk| chunk.times(clock))
            .map(chunk::TimeColumn::untimed)
            .sum()
    }

    /// Whether some times go finer than microseconds.
    #[must_use]
    pub fn has_nanos(&self, clock: Clock) -> bool {
        self.chunks
            .iter()
            .filter_map(|chunk| chunk.times(clock))
            .any(chunk::TimeColumn::has_nanos)
    }

    /// The earliest and the latest time by `clock`.
    #[must_use]
    pub fn time_span(&self, clock: Clock) -> Option<(Timestamp, Timestamp)> {
        let columns = || {
            self.chunks
                .iter()
                .filter_map(move |chunk| chunk.times(clock))
        };
        let most = columns()
            .map(|column| column.most)
            .max()
            .filter(|&time| time != chunk::ALWAYS)?;
        let mut least = columns().map(|column| column.least).min()?;
        if least == chunk::ALWAYS {
            least = self
                .events()
                .find_map(|event| self.own_time(event, clock))?
                .min(most);
        }
        Some((least, most))
    }

    /// The latest time by `clock`: the head's.
    #[must_use]
    pub fn head_time(&self, clock: Clock) -> Option<Timestamp> {
        self.bounds[clock as usize]
            .last()
            .map(|bound| bound.0)
            .filter(|&time| time != chunk::ALWAYS)
    }

    /// The schema version as the store writes it.
    #[must_use]
    pub fn schema_version(&self, event: EventIx) -> Option<&str> {
        let (chunk, row) = self.row(event);
        let name = u32::try_from(chunk.schema_version.get(row)).ok()?;
        Some(self.schema_versions.get(name))
    }

    /// The event's id.
    #[must_use]
    pub fn event_id(&self, event: EventIx) -> Option<IdRef<'_>> {
        let (chunk, row) = self.row(event);
        chunk.event_id.get(row)
    }

    /// The first event that has `id`; looks in vain until the log is complete.
    #[must_use]
    pub fn find_event(&self, id: IdRef<'_>) -> Option<EventIx> {
        let chunks = Chunks(&self.chunks);
        self.segments
            .iter()
            .find_map(|segment| segment.find(chunks, id))
            .map(EventIx)
    }

    /// Events whose id an earlier event has already.
    pub fn repeated_ids(&self) -> impl Iterator<Item = EventIx> + '_ {
        let ids = self
            .segments
            .iter()
            .filter_map(|segment| segment.ids.as_ref());
        ids.flat_map(|ids| ids.repeated.iter().copied().map(EventIx))
    }

    /// The event's correlation id.
    #[must_use]
    pub fn correlation(&self, event: EventIx) -> Option<&str> {
        let (chunk, row) = self.row(event);
        chunk
            .correlation(row)
            .map(|name| self.correlations.get(name))
    }

    /// The events that share the correlation id of `event`, itself among them, in log order.
    #[must_use]
    pub fn correlated(&self, event: EventIx) -> Vec<EventIx> {
        let (chunk, row) = self.row(event);
        let Some(name) = chunk.correlation(row) else {
            return Vec::new();
        };
        self.segments
            .iter()
            .flat_map(|segment| segment.correlated(name))
            .copied()
            .map(EventIx)
            .collect()
    }

    /// The events with the correlation id `id`. Looks through all ids: not for the window's thread.
    #[must_use]
    pub fn correlated_by(&self, id: &str) -> Vec<EventIx> {
        let Some(name) = self.correlations.find(id) else {
            return Vec::new();
        };
        self.segments
            .iter()
            .flat_map(|segment| segment.correlated(name))
            .copied()
            .map(EventIx)
            .collect()
    }

    /// What caused the event. `None` until the log is complete, and where nothing is said.
    #[must_use]
    pub fn cause(&self, event: EventIx) -> Option<CauseRef<'_>> {
        let segment = self
            .segments
            .iter()
            .find(|segment| segment.events.contains(&event.0))?;
        match segment.cause(event.0) {
            index::Cause::None => None,
            index::Cause::Event(cause) => Some(CauseRef::Event(EventIx(cause))),
            index::Cause::Foreign(name) => {
                let id = self.foreign.get(name);
                // What was unknown when it was indexed may have come since.
                Some(
                    self.find_event(IdRef::new(id))
                        .map_or(CauseRef::Elsewhere(id), CauseRef::Event),
                )
            }
        }
    }

    /// The events that `event` caused, in log order.
    #[must_use]
    pub fn effects(&self, event: EventIx) -> Vec<EventIx> {
        self.segments
            .iter()
            .flat_map(|segment| segment.effects(event.0))
            .copied()
            .map(EventIx)
            .collect()
    }

    /// Where the event stands in its store; for the store's reader only.
    #[must_use]
    pub fn place(&self, event: EventIx) -> Place {
        let (chunk, row) = self.row(event);
        chunk.place(row)
    }

    /// How the event ends its stream, if it does.
    #[must_use]
    pub fn stream_end(&self, event: EventIx) -> Option<StreamEnd> {
        let (chunk, row) = self.row(event);
        chunk
            .ends
            .iter()
            .find(|(at, _)| *at as usize == row)
            .map(|&(_, end)| end)
    }
}

/// An event's standings in streams other than its own.
pub(super) fn linked(log: &Log, event: EventIx) -> impl Iterator<Item = &LinkedVersion> {
    let holds = |segment: &&Arc<Segment>| segment.events.contains(&event.0);
    let links = log
        .segments
        .iter()
        .find(holds)
        .map_or(&[][..], |segment| &segment.links);
    let from = links.partition_point(|link| link.event < event.0);
    links[from..]
        .iter()
        .take_while(move |link| link.event == event.0)
}

/// What caused an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CauseRef<'a> {
    /// An event of this log.
    Event(EventIx),
    /// Something that is no event of this log (a command, another store), by its id.
    Elsewhere(&'a str),
}
