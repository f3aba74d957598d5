//! What a log says of one event, and how an event is found.

use super::chunk::{self, Chunk, TimeColumn};
use super::index::{Chunks, LinkedVersion, Segment};
use super::raw::{Ended, Place, StreamEnd};
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
        let events = self.count_while(|own| own <= position);
        events.checked_sub(1).map(EventIx)
    }

    /// The first event at or after `position` in log order.
    #[must_use]
    pub fn from_position(&self, position: Position) -> Option<EventIx> {
        let events = self.count_while(|own| own < position);
        (events < self.len).then_some(EventIx(events))
    }

    /// How many positions, which ascend, `below` says yes to before the first no.
    fn count_while(&self, below: impl Fn(Position) -> bool) -> u32 {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low + (high - low) / 2;
            if below(self.position(EventIx(middle))) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
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
        TypeIx(chunk.event_type[row])
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
            .map(TimeColumn::untimed)
            .sum()
    }

    /// The earliest and the latest time by `clock`.
    #[must_use]
    pub fn time_span(&self, clock: Clock) -> Option<(Timestamp, Timestamp)> {
        let columns = || self.chunks.iter().filter_map(|chunk| chunk.times(clock));
        let least = columns().filter_map(TimeColumn::earliest).min()?;
        Some((least, columns().map(|column| column.most).max()?))
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
        chunk.ids.own(row)
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

    /// Whether an earlier event has the id of this one already.
    #[must_use]
    pub fn repeats_id(&self, event: EventIx) -> bool {
        segment(self, event).is_some_and(|segment| segment.repeats(event.0))
    }

    /// The event's correlation id.
    #[must_use]
    pub fn correlation(&self, event: EventIx) -> Option<IdRef<'_>> {
        let (chunk, row) = self.row(event);
        chunk.ids.correlations().get(row)
    }

    /// The events that share the correlation id of `event`, itself among them, in log order.
    #[must_use]
    pub fn correlated(&self, event: EventIx) -> Vec<EventIx> {
        let id = self.correlation(event);
        id.map_or_else(Vec::new, |id| self.correlated_by(id))
    }

    /// The events with the correlation id `id`, in log order; none until the log is complete.
    #[must_use]
    pub fn correlated_by(&self, id: IdRef<'_>) -> Vec<EventIx> {
        let chunks = Chunks(&self.chunks);
        let found = self.segments.iter();
        once_each(found.flat_map(|own| own.correlated(chunks, id)))
    }

    /// The id of what caused the event, as the store writes it.
    #[must_use]
    pub fn causation(&self, event: EventIx) -> Option<IdRef<'_>> {
        let (chunk, row) = self.row(event);
        chunk.ids.causes().get(row)
    }

    /// What caused the event. `None` until the log is complete, and where nothing is said.
    #[must_use]
    pub fn cause(&self, event: EventIx) -> Option<CauseRef<'_>> {
        segment(self, event).filter(|segment| segment.ids.is_some())?;
        let (chunk, row) = self.row(event);
        let causes = chunk.ids.causes();
        let near = causes.own_row(row);
        let near = near.map(|row| EventIx(chunk.events.start + row as u32));
        // Of several events with one id the first counts as the cause.
        if let Some(cause) = near.filter(|cause| !self.repeats_id(*cause)) {
            return Some(CauseRef::Event(cause));
        }
        let id = causes.get(row)?;
        let cause = self.find_event(id);
        Some(cause.map_or(CauseRef::Elsewhere(id), CauseRef::Event))
    }

    /// The events that `event` caused, in log order.
    #[must_use]
    pub fn effects(&self, event: EventIx) -> Vec<EventIx> {
        let segment = segment(self, event).filter(|segment| segment.ids.is_some());
        let first = segment.is_some_and(|segment| !segment.repeats(event.0));
        let Some(id) = self.event_id(event).filter(|_| first) else {
            return Vec::new();
        };
        let (chunk, row) = self.row(event);
        let near = chunk.ids.causes().naming(row);
        let near = near.map(|row| chunk.events.start + row as u32);
        let chunks = Chunks(&self.chunks);
        let far = self.segments.iter();
        once_each(near.chain(far.flat_map(|own| own.effects(chunks, id))))
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
        chunk.end(row)
    }

    /// What the store says now, beside the event, of its stream.
    #[must_use]
    pub fn stream_ended(&self, event: EventIx) -> Option<Ended> {
        let (chunk, row) = self.row(event);
        chunk.ended(row)
    }
}

/// Events in log order, each of them once.
fn once_each(events: impl Iterator<Item = u32>) -> Vec<EventIx> {
    let mut events: Vec<EventIx> = events.map(EventIx).collect();
    events.sort_unstable();
    events.dedup();
    events
}

/// The segment that `event` is in.
fn segment(log: &Log, event: EventIx) -> Option<&Segment> {
    let at = log
        .segments
        .partition_point(|segment| segment.events.end <= event.0);
    let segment = log.segments.get(at)?;
    segment.events.contains(&event.0).then_some(segment)
}

/// An event's standings in streams other than its own.
pub(super) fn linked(log: &Log, event: EventIx) -> impl Iterator<Item = &LinkedVersion> {
    let links = segment(log, event).map_or(&[][..], |segment| &segment.links);
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
    Elsewhere(IdRef<'a>),
}
