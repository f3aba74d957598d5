//! Passes over the whole log.

use asof::analysis::density::{Axis, LaneBy, LaneCounts, Lanes, Scale, density, idle};
use asof::analysis::events::{Case as Letters, EventFilter, Search, TextFilter, TypeFilter};
use asof::analysis::overview::overview;
use asof::analysis::streams::{Direction, StreamQuery, StreamSort, list};
use asof::log::{Bound, Cut};
use asof::model::time::Zone;
use asof::model::{CategoryIx, EventIx, TypeIx};

use super::Ready;
use crate::data::{self, Failure};
use crate::run::Case;

/// Bins of a wide window.
const BINS: usize = 1600;

/// Filters.
pub fn events(ready: &Ready) -> Vec<Case<'_>> {
    let time = |part: u32| {
        let event = EventIx(ready.log.len() as u32 / 4 * part);
        let time = ready.log.time(event, ready.log.default_clock());
        time.map_or(Bound::Event(event), Bound::Time)
    };
    let types = TypeFilter::Only(vec![TypeIx(3), TypeIx(7)]);
    let structured = EventFilter {
        types: types.clone(),
        categories: vec![CategoryIx(0)],
        from: time(1),
        to: time(3),
        ..EventFilter::default()
    };
    let by_type = EventFilter {
        types,
        ..EventFilter::default()
    };
    vec![
        found("filter by type (< 20 ms)", ready, by_type),
        found(
            "filter by type, category and time (< 20 ms)",
            ready,
            structured,
        ),
        found("text in all payloads", ready, text(Letters::Exact)),
        found(
            "text in all payloads, in any case",
            ready,
            text(Letters::Ignored),
        ),
    ]
}

/// The search for a text in a store of JSON lines.
pub fn text_in_json(ready: &Ready) -> Case<'_> {
    found("text in all JSON lines", ready, text(Letters::Ignored))
}

fn text(case: Letters) -> EventFilter {
    EventFilter {
        text: Some(TextFilter {
            text: data::NEEDLE.to_owned(),
            case,
        }),
        ..EventFilter::default()
    }
}

fn found<'a>(what: &'a str, ready: &'a Ready, filter: EventFilter) -> Case<'a> {
    let cut = ready.log.at_head();
    Case::new(what, move |_| {
        let search = Search {
            log: &ready.log,
            cut: &cut,
            filter: &filter,
            payloads: &*ready.payloads,
        };
        Ok(search.run(&ready.task, &mut |_| {})?.len() as u64)
    })
}

/// Figures of the store: overview, streams, density.
///
/// # Errors
/// When the store is empty.
pub fn figures(ready: &Ready) -> Result<Vec<Case<'_>>, Failure> {
    let (log, task) = (&ready.log, &ready.task);
    let (head, clock) = (log.at_head(), log.default_clock());
    let middle = log.cut(clock, Bound::Event(EventIx(log.len() as u32 / 2)));
    let scale = Scale::of(log, clock);
    let (from, to) = scale.extent(log).ok_or("the store is empty")?;
    let axis = Axis::new(scale, from, to);
    let mut cases = vec![
        Case::new("overview (< 120 ms)", move |_| {
            Ok(overview(log, &head, Zone::Utc, task)?.events)
        }),
        streams("streams by name (< 60 ms)", ready, StreamSort::Name, head),
        streams(
            "streams by events, half-way",
            ready,
            StreamSort::Events,
            middle,
        ),
    ];
    let lanes = [
        (LaneBy::Category, "density by category (< 15 ms)"),
        (LaneBy::Type, "density by type (< 15 ms)"),
        (LaneBy::Nothing, "density in one lane (< 15 ms)"),
    ];
    for (by, what) in lanes {
        let (lanes, axis) = (Lanes::choose(log, &head, by, task)?, axis.clone());
        cases.push(Case::new(what, move |_| {
            let counted = density(log, &head, &axis, &lanes, BINS, task)?;
            Ok(counted
                .lanes
                .iter()
                .map(|lane| u64::from(lane.events))
                .sum())
        }));
    }
    cases.push(Case::new("idle stretches", move |_| {
        Ok(idle(log, &head, &axis, task)?.len() as u64)
    }));
    cases.push(Case::new("choice of lanes by type", move |_| {
        Ok(Lanes::choose(log, &head, LaneBy::Type, task)?.len() as u64)
    }));
    let lanes = Lanes::choose(log, &head, LaneBy::Type, task)?;
    let counts = LaneCounts::build(log, &lanes, task)?;
    let near = log.cut(clock, Bound::Event(EventIx(log.len() as u32 / 2 + 4000)));
    cases.push(Case::new("lane counts at a cursor (< 1 ms)", move |_| {
        Ok(counts
            .at(log, &lanes, &near)
            .into_iter()
            .map(u64::from)
            .sum())
    }));
    Ok(cases)
}

fn streams<'a>(what: &'a str, ready: &'a Ready, sort: StreamSort, cut: Cut) -> Case<'a> {
    let query = StreamQuery {
        sort,
        direction: Direction::Descending,
        ..StreamQuery::default()
    };
    Case::new(what, move |_| {
        Ok(list(&ready.log, &cut, &query, &ready.task)?.total as u64)
    })
}
