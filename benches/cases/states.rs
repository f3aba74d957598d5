//! A stream's state at a moment: folded from the start, and while somebody drags the cursor.

use std::cell::OnceCell;
use std::time::{Duration, Instant};

use asof::analysis::replay::{Series, StateAt};
use asof::log::{Bound, Cut};
use asof::model::{EventIx, StreamIx};

use super::Ready;
use crate::data::Failure;
use crate::run::{Case, Watch};

/// Moments asked for one after another; the slowest counts.
const MOMENTS: usize = 60;

/// States of a stream of a thousand events among many, and of one that is the whole store.
pub fn states<'a>(sqlite: &'a Ready, long: &'a Ready) -> Result<Vec<Case<'a>>, Failure> {
    let (hot, only) = (sqlite.hot_stream()?, long.hot_stream()?);
    Ok(vec![
        Case::new("state of 1 in 5000 events, cold (full fold)", move |_| {
            let series = folded(sqlite, hot)?;
            at(sqlite, &series, middle(sqlite, hot))
        }),
        any_moment("state of 1 in 5000 events, any T, slowest", sqlite, hot),
        Case::new("fold of the one-stream file (a fifth of all)", move |_| {
            Ok(folded(long, only)?.len() as u64)
        }),
        any_moment("state in the one-stream file, any T (< 16 ms)", long, only),
    ])
}

fn folded(ready: &Ready, stream: StreamIx) -> Result<Series, Failure> {
    let mut series = Series::new(stream, ready.rules.clone());
    series.grow(ready.source())?;
    Ok(series)
}

fn at(ready: &Ready, series: &Series, cut: Cut) -> Result<u64, Failure> {
    let state = StateAt::find(series, ready.source(), cut)?;
    Ok(state.events as u64)
}

/// The cut at an event of the stream, by the time it has.
fn cut_at(ready: &Ready, event: EventIx) -> Cut {
    let clock = ready.log.default_clock();
    let bound = ready.log.time(event, clock);
    ready
        .log
        .cut(clock, bound.map_or(Bound::Event(event), Bound::Time))
}

fn middle(ready: &Ready, stream: StreamIx) -> Cut {
    let events = ready.log.stream_events(stream);
    cut_at(ready, events[events.len() / 2])
}

/// States at moments all over the stream once it was folded; the time of the slowest.
fn any_moment<'a>(what: &'a str, ready: &'a Ready, stream: StreamIx) -> Case<'a> {
    let series = OnceCell::new();
    Case::new(what, move |watch: &mut Watch| {
        if series.get().is_none() {
            // Only once, and not counted.
            let _ = series.set(folded(ready, stream)?);
        }
        let Some(series) = series.get() else {
            return Err("the stream was not folded".into());
        };
        let events = ready.log.stream_events(stream);
        let (mut sum, mut slowest) = (0, Duration::ZERO);
        for moment in 0..MOMENTS {
            // All over the stream, never twice the same, in no order.
            let place = moment * 7919 % MOMENTS * events.len() / MOMENTS;
            let cut = cut_at(ready, events[(place + moment * 31) % events.len()]);
            let began = Instant::now();
            sum += at(ready, series, cut)?;
            slowest = slowest.max(began.elapsed());
        }
        watch.set(slowest);
        Ok(sum)
    })
}
