//! What an event hangs together with: its cause, its effects, the events that share its correlation id,
//! as of a cut.

use hashbrown::HashSet;

use crate::log::{CauseRef, Cut, Log};
use crate::model::{Cancelled, EventIx, StreamIx, Task};

/// Effects that are named; more are only counted.
const EFFECTS: usize = 64;

/// Events between two looks whether anybody still waits.
const PATCH: usize = 8192;

/// What caused an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cause {
    /// Nothing is said, or nothing is known yet.
    #[default]
    None,
    /// An event of this store.
    Event(EventIx),
    /// Something elsewhere, by its id.
    Elsewhere(String),
}

/// Events of one kind around an event, as of a cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// Events known at the cut.
    pub known: usize,
    /// The streams that these stand in.
    pub streams: usize,
    /// Events after it.
    pub later: usize,
}

/// What an event hangs together with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Its cause, whenever that was.
    pub cause: Cause,
    /// Its first effects in log order, those after the cut among them.
    pub effects: Vec<EventIx>,
    /// All of its effects.
    pub effected: Around,
    /// The events with its correlation id, itself among them.
    pub correlated: Around,
}

/// What `event` hangs together with, as of `cut`.
///
/// # Errors
/// [`Cancelled`] when nobody waits any more.
pub fn links(log: &Log, cut: &Cut, event: EventIx, task: &Task) -> Result<Links, Cancelled> {
    let mut effects = log.effects(event);
    let effected = around(log, cut, &effects, task)?;
    effects.truncate(EFFECTS);
    Ok(Links {
        cause: match log.cause(event) {
            None => Cause::None,
            Some(CauseRef::Event(cause)) => Cause::Event(cause),
            Some(CauseRef::Elsewhere(id)) => Cause::Elsewhere(id.to_string()),
        },
        effects,
        effected,
        correlated: around(log, cut, &log.correlated(event), task)?,
    })
}

fn around(log: &Log, cut: &Cut, events: &[EventIx], task: &Task) -> Result<Around, Cancelled> {
    let mut streams: HashSet<StreamIx> = HashSet::new();
    let mut known = 0;
    for patch in events.chunks(PATCH) {
        task.check()?;
        for event in patch.iter().filter(|event| cut.holds(log, **event)) {
            known += 1;
            streams.insert(log.stream(*event));
        }
    }
    Ok(Around {
        known,
        streams: streams.len(),
        later: events.len() - known,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Bound, Clock, LogBuilder, Order, RawChunk, Row};

    #[test]
    fn the_future_is_counted_apart() {
        let mut raw = RawChunk::default();
        for (id, stream, cause) in [
            ("1", "order-1", None),
            ("2", "stock-1", Some("1")),
            ("3", "order-1", Some("1")),
            ("4", "order-2", Some("elsewhere")),
        ] {
            let row = Row {
                stream,
                event_type: "T",
                event_id: Some(id),
                causation: cause,
                correlation: Some("c"),
                ..Row::default()
            };
            raw.push(&row, || "x".to_owned());
        }
        let mut builder = LogBuilder::new(Order::Given);
        builder.append(raw);
        let (log, _) = builder.finish();
        let at = |bound| log.cut(Clock::Recorded, bound);
        let task = Task::new();
        let found = links(&log, &at(Bound::Event(EventIx(1))), EventIx(0), &task).unwrap();
        let around = |known, streams, later| Around {
            known,
            streams,
            later,
        };
        assert_eq!(found.cause, Cause::None);
        assert_eq!(found.effects, [EventIx(1), EventIx(2)]);
        assert_eq!(found.effected, around(1, 1, 1));
        assert_eq!(found.correlated, around(2, 2, 2));
        let found = links(&log, &at(Bound::Head), EventIx(2), &task).unwrap();
        assert_eq!(found.cause, Cause::Event(EventIx(0)));
        assert_eq!(found.correlated, around(4, 3, 0));
        let found = links(&log, &at(Bound::Head), EventIx(3), &task).unwrap();
        assert_eq!(found.cause, Cause::Elsewhere("elsewhere".to_owned()));
    }
}
