//! The values of one field over time, made ready for a small plot and a short list. Computed when
//! the values or the cursor change. Pure; nothing here draws.

use super::value;
use crate::analysis::replay::ValueChange;
use crate::log::{Cut, Log};
use crate::model::EventIx;

/// Points of the plot at most: two a pixel.
const POINTS: usize = 600;

/// Where the values come from: the answer's number, and the cut they are seen from.
type Key = (u64, Cut);

/// The values of one field as seen from the cursor.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    key: Option<Key>,
    /// The points of the plot in 0 to 1; none where the values are no numbers.
    pub points: Vec<[f32; 2]>,
    /// Where the cursor stands in it, 0 to 1.
    pub cursor: f32,
    /// The place of the value that the field had at the cursor.
    pub current: Option<usize>,
    /// Values known at the cursor.
    pub known: usize,
}

impl Timeline {
    /// Looks at the values, unless it has.
    pub fn load(&mut self, number: u64, values: &[ValueChange], log: &Log, cut: &Cut) {
        let key = Some((number, *cut));
        if self.key == key {
            return;
        }
        let holds = |change: &&ValueChange| cut.holds(log, change.event);
        let current = values.iter().rposition(|change| holds(&change));
        let known = values.iter().filter(holds).count();
        let place = |event: EventIx| match log.time(event, cut.clock()) {
            Some(time) => time.micros() as f64,
            None => f64::from(event.0),
        };
        let now = cut
            .time(log)
            .map(|time| time.micros() as f64)
            .or_else(|| cut.last(log).map(|event| f64::from(event.0)));
        let first = values.first().map_or(0.0, |change| place(change.event));
        let last = values.last().map_or(first, |change| place(change.event));
        let end = last.max(now.unwrap_or(first)).max(first + 1.0);
        let along = |x: f64| ((x - first) / (end - first)).clamp(0.0, 1.0) as f32;
        *self = Self {
            key,
            points: points(values, |change| along(place(change.event))),
            cursor: now.map_or(0.0, along),
            current,
            known,
        };
    }
}

/// The numbers among 0 and 1, thinned to what can be seen; none if any value is no number.
fn points(values: &[ValueChange], along: impl Fn(&ValueChange) -> f32) -> Vec<[f32; 2]> {
    let mut numbers = Vec::with_capacity(values.len());
    for change in values {
        // A removed number leaves a gap that a step line cannot show; the list tells of it.
        let Some(value) = &change.value else { continue };
        let Some(number) = value::number(value) else {
            return Vec::new();
        };
        numbers.push((along(change), number));
    }
    let least = numbers
        .iter()
        .map(|(_, y)| *y)
        .fold(f64::INFINITY, f64::min);
    let most = numbers
        .iter()
        .map(|(_, y)| *y)
        .fold(f64::NEG_INFINITY, f64::max);
    let span = most - least;
    let level = |y: f64| {
        if span > 0.0 {
            ((y - least) / span) as f32
        } else {
            0.5
        }
    };
    thinned(numbers.into_iter().map(|(x, y)| [x, level(y)]).collect())
}

/// At most [`POINTS`] points, the lowest and the highest of each stretch kept in their order.
fn thinned(points: Vec<[f32; 2]>) -> Vec<[f32; 2]> {
    if points.len() <= POINTS {
        return points;
    }
    let stretch = points.len().div_ceil(POINTS / 2);
    let mut kept = Vec::with_capacity(POINTS);
    for part in points.chunks(stretch) {
        let extreme = |sign: f32| {
            (0..part.len()).max_by(|&a, &b| (part[a][1] * sign).total_cmp(&(part[b][1] * sign)))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn changes(values: &[serde_json::Value]) -> Vec<ValueChange> {
        let change = |(at, value): (usize, &serde_json::Value)| ValueChange {
            event: EventIx::from_usize(at),
            value: Some(value.clone()),
        };
        values.iter().enumerate().map(change).collect()
    }

    #[test]
    fn words_make_no_plot() {
        let along = |change: &ValueChange| change.event.0 as f32;
        assert!(points(&changes(&[json!(1), json!("open")]), along).is_empty());
        let flat = points(&changes(&[json!(7), json!(7.0)]), along);
        assert_eq!(flat, [[0.0, 0.5], [1.0, 0.5]]);
    }

    proptest! {
        #[test]
        fn thinning_keeps_order_and_extremes(ys in prop::collection::vec(0.0f32..1.0, 1..3000)) {
            let points: Vec<[f32; 2]> = ys.iter().enumerate().map(|(x, y)| [x as f32, *y]).collect();
            let kept = thinned(points);
            prop_assert!(kept.len() <= POINTS.max(ys.len().min(POINTS)));
            prop_assert!(kept.windows(2).all(|pair| pair[0][0] < pair[1][0]));
            let most = |ys: &mut dyn Iterator<Item = f32>| ys.fold(0.0, f32::max);
            let all = most(&mut ys.iter().copied());
            prop_assert_eq!(most(&mut kept.iter().map(|p| p[1])), all);
        }
    }
}
