//! Reading bodies of events that lie in several places of their own: a batch of each in one go, given
//! on in the order in which they were asked for.

use crate::log::{Body, Picked, Unreadable};
use crate::model::{Cancelled, EventIx};

/// Events read at a time: neighbours in the log are seldom neighbours in the same place.
const BATCH: usize = 512;

/// Takes one body after the other.
pub(super) type Take<'t> = &'t mut dyn FnMut(Result<Body, Unreadable>);

/// Reads the bodies of events of one place.
pub(super) type Read<'r> = &'r mut dyn FnMut(usize, &[EventIx], Take<'_>) -> Result<(), Cancelled>;

/// Picks from events of one place, one after the other.
pub(super) type Pick<'p> =
    &'p mut dyn FnMut(usize, &[EventIx], &mut dyn FnMut(Picked<'_>)) -> Result<(), Cancelled>;

/// Names those of one place that may be meant.
pub(super) type Likely<'l> =
    &'l mut dyn FnMut(usize, &[EventIx]) -> Result<Vec<EventIx>, Cancelled>;

/// Reads `events`, each from the place, one of so many, that `of` names, by `read`.
///
/// # Errors
/// That of `read`.
pub(super) fn read(
    events: &[EventIx],
    places: usize,
    of: &dyn Fn(EventIx) -> Option<usize>,
    read: Read<'_>,
    each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
) -> Result<(), Cancelled> {
    for batch in events.chunks(BATCH) {
        let of: Vec<Option<usize>> = batch.iter().map(|event| of(*event)).collect();
        let mut bodies: Vec<Option<Result<Body, Unreadable>>> = Vec::new();
        bodies.resize_with(batch.len(), || None);
        for place in 0..places {
            let own = || (0..batch.len()).filter(|at| of[*at] == Some(place));
            let wanted: Vec<EventIx> = own().map(|at| batch[at]).collect();
            if wanted.is_empty() {
                continue;
            }
            let mut next = own();
            read(place, &wanted, &mut |body| {
                if let Some(at) = next.next() {
                    bodies[at] = Some(body);
                }
            })?;
        }
        for (&event, body) in batch.iter().zip(bodies) {
            each(event, body.unwrap_or(Err(Unreadable::Rewritten)));
        }
    }
    Ok(())
}

/// What was picked of an event, until those before it have been given on.
enum Kept {
    Values(Vec<Option<Box<str>>>),
    Body(Result<Body, Unreadable>),
}

impl Kept {
    fn of(picked: Picked<'_>) -> Self {
        match picked {
            Picked::Values(values) => {
                let values = values.iter().map(|value| value.map(Box::from));
                Self::Values(values.collect())
            }
            Picked::Body(body) => Self::Body(body),
        }
    }
}

/// Picks from `events`, each from the place, one of so many, that `of` names, by `pick`.
///
/// # Errors
/// That of `pick`.
pub(super) fn pick(
    events: &[EventIx],
    places: usize,
    of: &dyn Fn(EventIx) -> Option<usize>,
    pick: Pick<'_>,
    each: &mut dyn FnMut(EventIx, Picked<'_>),
) -> Result<(), Cancelled> {
    for batch in events.chunks(BATCH) {
        let mut all: Vec<Option<Kept>> = Vec::new();
        all.resize_with(batch.len(), || None);
        let of: Vec<Option<usize>> = batch.iter().map(|event| of(*event)).collect();
        for place in 0..places {
            let own = || (0..batch.len()).filter(|at| of[*at] == Some(place));
            let wanted: Vec<EventIx> = own().map(|at| batch[at]).collect();
            if wanted.is_empty() {
                continue;
            }
            let mut next = own();
            pick(place, &wanted, &mut |picked| {
                if let Some(at) = next.next() {
                    all[at] = Some(Kept::of(picked));
                }
            })?;
        }
        for (&event, kept) in batch.iter().zip(all) {
            match kept.unwrap_or(Kept::Body(Err(Unreadable::Rewritten))) {
                Kept::Values(values) => {
                    let values: Vec<Option<&str>> = values.iter().map(Option::as_deref).collect();
                    each(event, Picked::Values(&values));
                }
                Kept::Body(body) => each(event, Picked::Body(body)),
            }
        }
    }
    Ok(())
}

/// Those of `events`, which ascend, that `likely` names of each place's own.
///
/// # Errors
/// That of `likely`.
pub(super) fn likely(
    events: &[EventIx],
    places: usize,
    of: &dyn Fn(EventIx) -> Option<usize>,
    likely: Likely<'_>,
) -> Result<Vec<EventIx>, Cancelled> {
    let mut found = Vec::new();
    for place in 0..places {
        let own = events.iter().copied();
        let own: Vec<EventIx> = own.filter(|event| of(*event) == Some(place)).collect();
        found.extend(likely(place, &own)?);
    }
    found.sort_unstable();
    Ok(found)
}
