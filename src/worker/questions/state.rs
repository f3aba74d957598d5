//! A stream's state as of a moment, and the values of one of its fields. A stream's replay is kept
//! while it is looked at, so that moving the cursor costs a short tail instead of a fold.

use std::sync::Arc;

use serde_json::Value;

use super::runs::ProjectionSettings;
use super::written::{Written, reading};
use crate::analysis::projection::{StreamState, StreamStateError};
use crate::analysis::replay::{self, Answer, Series, StateAt, ValueChange};
use crate::log::{Bound, Clock, Cut, Log};
use crate::model::time::Zone;
use crate::model::{EventIx, StreamIx};
use crate::worker::{Asked, Question, Room, Subject, Unanswered};

/// Replays kept at once.
const KEPT: usize = 8;

/// As many events may take longer to fold than a picture stands.
const MUCH: u32 = 50_000;

/// Asks for a stream's state as of a cut.
#[derive(Clone, Debug, PartialEq)]
pub struct AskState {
    /// The log.
    pub subject: Subject,
    /// The stream.
    pub stream: StreamIx,
    /// The moment.
    pub cut: Cut,
    /// A second moment to compare with.
    pub compare: Option<Cut>,
    /// The field that the sentence is about; the whole state where none is chosen.
    pub field: Option<String>,
    /// The zone of the times in the sentence.
    pub zone: Zone,
    /// The projection that folds it; the default fold where there is none.
    pub projection: Option<Written>,
}

/// A stream's state, ready to be shown.
#[derive(Debug)]
pub struct Found {
    /// The log it was found in.
    pub log: Arc<Log>,
    /// The state with all that is known around it.
    pub at: StateAt,
    /// The same as of the moment to compare with.
    pub compare: Option<StateAt>,
    /// The sentence.
    pub answer: Answer,
    /// The projection that folded it, where that was not the default fold.
    pub projection: Option<Written>,
    /// The events whose version another one has too, ascending.
    forked: Vec<EventIx>,
}

impl Found {
    /// Whether versions of the stream stand more than once.
    #[must_use]
    pub fn has_forks(&self) -> bool {
        !self.forked.is_empty()
    }

    /// Whether the version of an event is no name for it: another known one has it too.
    #[must_use]
    pub fn is_forked(&self, event: EventIx) -> bool {
        self.forked.binary_search(&event).is_ok()
    }

    /// The moment to compare with, if it is after the cursor.
    #[must_use]
    pub fn later(&self) -> Option<&StateAt> {
        let log = &*self.log;
        let other = self.compare.as_ref()?;
        let is_later = match (other.cut.time(log), self.at.cut.time(log)) {
            (Some(other), Some(cursor)) => other > cursor,
            _ => other.cut.count() > self.at.cut.count(),
        };
        is_later.then_some(other)
    }
}

impl Question for AskState {
    type Answer = Arc<Found>;
    const ROOM: Room = Room::Answers;

    fn moment(&self) -> Option<Bound> {
        Some(self.cut.bound())
    }

    /// The first fold of a long stream takes its time: another stream is of no use, and an earlier moment
    /// is not to wait for much that comes after it. What was folded till then stays.
    fn outdates(&self, before: &Self) -> bool {
        self.stream != before.stream
            || self.subject.session != before.subject.session
            || self.projection != before.projection
            || self.ends().0.saturating_add(MUCH) < before.ends().0
    }

    fn answer(&self, asked: Asked<'_>) -> Result<Arc<Found>, Unanswered> {
        let (at, compare) = match &self.projection {
            Some(written) => self.projected(written, asked)?,
            None => self.merged(asked)?,
        };
        let answer = replay::answer(&self.subject.log, &at, self.field.as_deref(), self.zone);
        Ok(Arc::new(Found {
            log: Arc::clone(&self.subject.log),
            forked: at.forked(),
            at,
            compare,
            answer,
            projection: self.projection.clone(),
        }))
    }
}

impl AskState {
    /// The event before which all that is asked of stands.
    fn ends(&self) -> EventIx {
        let cuts = [Some(self.cut), self.compare];
        let ends = cuts.into_iter().flatten().map(|cut| cut.outside());
        ends.max().unwrap_or(EventIx(0))
    }

    /// The state by the default fold, and that as of the other moment.
    fn merged(
        &self,
        Asked { desk, task }: Asked<'_>,
    ) -> Result<(StateAt, Option<StateAt>), Unanswered> {
        let source = self.subject.source(task);
        let replays: &mut Replays = desk.of(self.subject.session);
        let series = replays.of(&self.subject, self.stream);
        // No further than the moment: what is known of it waits for nothing that comes later.
        series.grow_until(source, self.ends())?;
        let at = StateAt::find(series, source, self.cut)?;
        let compare = self.compare.map(|cut| StateAt::find(series, source, cut));
        Ok((at, compare.transpose()?))
    }

    /// The same by a projection.
    fn projected(
        &self,
        written: &Written,
        Asked { desk, task }: Asked<'_>,
    ) -> Result<(StateAt, Option<StateAt>), Unanswered> {
        let failed = |error: StreamStateError| match error {
            StreamStateError::Cancelled(cancelled) => cancelled.into(),
            StreamStateError::Elsewhere(..) => {
                Unanswered::Failed(format!("{} {error}", written.name))
            }
            error => Unanswered::Failed(format!("{}: {error}", written.name)),
        };
        let projections: &mut Projections = desk.of(self.subject.session);
        let clock = self.cut.clock();
        let state = projections.of(&self.subject, self.stream, clock, written);
        let state = state.map_err(failed)?;
        let at = state.at(self.cut, task).map_err(failed)?;
        let compare = self.compare.map(|cut| state.at(cut, task).map_err(failed));
        Ok((at, compare.transpose()?))
    }
}

/// The projection of the stream looked at last, alive.
#[derive(Default)]
struct Projections(Option<Projection>);

struct Projection {
    subject: Subject,
    stream: StreamIx,
    clock: Clock,
    written: Written,
    state: StreamState,
}

impl Projections {
    fn of(
        &mut self,
        subject: &Subject,
        stream: StreamIx,
        clock: Clock,
        written: &Written,
    ) -> Result<&mut StreamState, StreamStateError> {
        let asked = (subject, stream, clock, written);
        let is_it = |own: &Projection| (&own.subject, own.stream, own.clock, &own.written) == asked;
        let own = match self.0.take().filter(is_it) {
            Some(own) => own,
            None => {
                let options = ProjectionSettings::default().options(subject);
                let reading = reading(subject, clock);
                Projection {
                    subject: subject.clone(),
                    stream,
                    clock,
                    written: written.clone(),
                    state: StreamState::new(&written.read()?, &reading, &options, stream)?,
                }
            }
        };
        Ok(&mut self.0.insert(own).state)
    }
}

/// Asks for all values that a field of a stream has had, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct AskValues {
    /// The log.
    pub subject: Subject,
    /// The stream.
    pub stream: StreamIx,
    /// The field, as a JSON pointer.
    pub pointer: String,
}

/// The values of a field.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// All of them, oldest first.
    pub changes: Vec<ValueChange>,
    /// What a small plot of them needs: events, and levels from 0 to 1; none where any value is no
    /// number.
    pub plot: Vec<(EventIx, f32)>,
}

impl Question for AskValues {
    type Answer = Values;
    const ROOM: Room = Room::Answers;

    fn outdates(&self, before: &Self) -> bool {
        (self.stream, &self.pointer) != (before.stream, &before.pointer)
    }

    fn answer(&self, asked: Asked<'_>) -> Result<Values, Unanswered> {
        let Asked { desk, task } = asked;
        let source = self.subject.source(task);
        let replays: &mut Replays = desk.of(self.subject.session);
        let series = replays.of(&self.subject, self.stream);
        series.grow(source)?;
        let events = self.subject.log.stream_events(self.stream);
        let changes = series.values_of(source, &events, &self.pointer)?;
        Ok(Values {
            plot: plot(&changes),
            changes,
        })
    }
}

/// Points of a plot at most: two a pixel.
const POINTS: usize = 600;

/// The numbers between 0 and 1, thinned to what can be seen; none if any value is no number.
fn plot(values: &[ValueChange]) -> Vec<(EventIx, f32)> {
    let mut numbers = Vec::with_capacity(values.len());
    for change in values {
        // A removed number leaves a gap that a step line cannot show; the list tells of it.
        let Some(value) = &change.value else { continue };
        let Some(number) = number(value) else {
            return Vec::new();
        };
        numbers.push((change.event, number));
    }
    let levels = numbers.iter().map(|(_, level)| *level);
    let least = levels.clone().fold(f64::INFINITY, f64::min);
    let span = levels.fold(f64::NEG_INFINITY, f64::max) - least;
    let level = |y: f64| {
        if span > 0.0 {
            ((y - least) / span) as f32
        } else {
            0.5
        }
    };
    thinned(numbers.into_iter().map(|(x, y)| (x, level(y))).collect())
}

/// A value as a number: numbers, and strings that hold nothing else (money often does).
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// At most [`POINTS`] points, the lowest and the highest of each stretch kept in their order.
fn thinned(points: Vec<(EventIx, f32)>) -> Vec<(EventIx, f32)> {
    if points.len() <= POINTS {
        return points;
    }
    let stretch = points.len().div_ceil(POINTS / 2);
    let mut kept = Vec::with_capacity(POINTS);
    for part in points.chunks(stretch) {
        let extreme = |sign: f32| {
            (0..part.len()).max_by(|&a, &b| (part[a].1 * sign).total_cmp(&(part[b].1 * sign)))
        };
        let (Some(low), Some(high)) = (extreme(-1.0), extreme(1.0)) else {
            continue;
        };
        kept.push(part[low.min(high)]);
        if low != high {
            kept.push(part[low.max(high)]);
        }
    }
    kept
}

/// The replays of the streams looked at last, the most recent last.
#[derive(Default)]
struct Replays(Vec<Series>);

impl Replays {
    fn of(&mut self, subject: &Subject, stream: StreamIx) -> &mut Series {
        let known = self.0.iter().position(|series| series.stream() == stream);
        let series = match known {
            Some(at) => self.0.remove(at),
            None => Series::new(stream, subject.rules.clone()),
        };
        if self.0.len() >= KEPT {
            self.0.remove(0);
        }
        self.0.push(series);
        let last = self.0.len() - 1;
        &mut self.0[last]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn changes(values: &[Value]) -> Vec<ValueChange> {
        let change = |(at, value): (usize, &Value)| ValueChange {
            event: EventIx::from_usize(at),
            value: Some(value.clone()),
        };
        values.iter().enumerate().map(change).collect()
    }

    #[test]
    fn words_make_no_plot() {
        assert!(plot(&changes(&[json!(1), json!("open")])).is_empty());
        let flat = plot(&changes(&[json!(7), json!(7.0)]));
        assert_eq!(flat, [(EventIx(0), 0.5), (EventIx(1), 0.5)]);
    }

    #[test]
    fn money_in_a_string_counts_as_a_number() {
        assert_eq!(number(&json!("12.50")), Some(12.5));
        assert_eq!(number(&json!("12.50 EUR")), None);
        assert_eq!(number(&json!("inf")), None);
    }

    proptest! {
        #[test]
        fn thinning_keeps_order_and_extremes(ys in prop::collection::vec(0.0f32..1.0, 1..3000)) {
            let points: Vec<(EventIx, f32)> =
                ys.iter().enumerate().map(|(x, y)| (EventIx::from_usize(x), *y)).collect();
            let kept = thinned(points);
            prop_assert!(kept.len() <= POINTS.max(ys.len().min(POINTS)));
            prop_assert!(kept.windows(2).all(|pair| pair[0].0 < pair[1].0));
            let most = |ys: &mut dyn Iterator<Item = f32>| ys.fold(0.0, f32::max);
            let all = most(&mut ys.iter().copied());
            prop_assert_eq!(most(&mut kept.iter().map(|p| p.1)), all);
        }
    }
}
