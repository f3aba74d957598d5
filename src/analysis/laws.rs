//! The truncation law over every report there is: as of T, a report says what it would say at the head
//! of a store that held only what was known at T (`docs/semantics.md`). A new analysis adds a line
//! to [`REPORTS`]; laws of a single analysis stand in its own tests.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::density::{Axis, LaneBy, Lanes, Scale};
use super::events::{Case, EventFilter, Search, TextFilter, TypeFilter};
use super::overview::StoreFacts;
use super::replay::{Detail, FoldRules, Series, Source, StateRequest};
use super::streams::{Direction, StreamQuery, StreamSort};
use super::testing::{MadeUp, log_of, merged, moments, samples, truncated};
use super::{density, events, overview, replay, streams};
use crate::log::{Bound, Clock, Cut, Log};
use crate::model::time::Zone;
use crate::model::{CategoryIx, StreamIx, Task, Timestamp, TypeIx};

/// A log as of a moment, and what is asked of it.
struct Scene<'a> {
    log: &'a Log,
    cut: Cut,
    wish: &'a Wish,
}

/// What is asked, by name, so that it can be asked of a log with other numbers too.
#[derive(Clone, Debug)]
struct Wish {
    stream: String,
    category: Option<&'static str>,
    kind: Option<u8>,
    text: Option<&'static str>,
    limit: Option<usize>,
    zone: &'static str,
}

type Report = fn(&Scene<'_>) -> Value;

/// Every report there is.
const REPORTS: &[(&str, Report)] = &[
    ("info", info),
    ("events", found_events),
    ("streams", listed_streams),
    ("state", state),
    ("density", counts),
];

/// Fields that name the moment itself or, by their contract, look beyond it.
const BEYOND: &[&str] = &["as_of", "answer", "next_event"];

fn info(scene: &Scene<'_>) -> Value {
    let facts = StoreFacts::default();
    let zone: Zone = scene.wish.zone.parse().unwrap();
    let report = overview::info(scene.log, &scene.cut, &facts, zone, &Task::new()).unwrap();
    let warnings: Vec<String> = report
        .overview
        .warnings()
        .into_iter()
        .map(|warning| format!("{}: {:?}", warning.message, warning.places))
        .collect();
    let mut value = serde_json::to_value(report).unwrap();
    value["warnings"] = json!(warnings);
    value
}

fn found_events(scene: &Scene<'_>) -> Value {
    let Scene { log, cut, wish } = scene;
    // What the log does not know has a number that nothing has.
    let beyond = u32::MAX - 1;
    let categories = wish
        .category
        .map(|name| CategoryIx(log.categories().find(name).unwrap_or(beyond)));
    let types = wish.kind.map(|kind| {
        let name = format!("Kind{kind}");
        TypeIx(log.types().find(&name).unwrap_or(beyond))
    });
    let filter = EventFilter {
        categories: categories.into_iter().collect(),
        types: types.map_or(TypeFilter::Any, |kind| TypeFilter::Only(vec![kind])),
        text: wish.text.map(|text| TextFilter {
            text: text.to_owned(),
            case: Case::Ignored,
        }),
        ..EventFilter::default()
    };
    let search = Search {
        log,
        cut,
        filter: &filter,
        payloads: &MadeUp,
    };
    serde_json::to_value(events::report(search, wish.limit, &Task::new()).unwrap()).unwrap()
}

fn listed_streams(scene: &Scene<'_>) -> Value {
    let Scene { log, cut, .. } = scene;
    let query = StreamQuery {
        search: String::new(),
        sort: StreamSort::Events,
        direction: Direction::Descending,
    };
    let list = streams::list(log, cut, &query, &Task::new()).unwrap();
    let rows = list
        .streams
        .iter()
        .map(|figures| streams::row(log, cut.clock(), figures));
    json!({ "total": list.total, "streams": rows.collect::<Vec<_>>(), "as_of": list.as_of })
}

/// Null before the stream's birth, when a store cut short does not know its name.
fn state(scene: &Scene<'_>) -> Value {
    let Scene { log, cut, wish } = scene;
    let Some(stream) = log.streams().find(&wish.stream).map(StreamIx) else {
        return Value::Null;
    };
    let task = Task::new();
    let source = Source {
        log,
        payloads: &MadeUp,
        task: &task,
    };
    let request = StateRequest {
        store: "store",
        cut: *cut,
        diff_to: None,
        detail: Detail::Blame,
        zone: Zone::Utc,
    };
    let series = Series::new(stream, FoldRules::default());
    let report = replay::state(&series, source, &request).unwrap();
    if report.last_event.is_none() {
        assert!(!report.exists && report.state.is_none() && report.blame.unwrap().is_empty());
        return Value::Null;
    }
    let mut value = serde_json::to_value(report).unwrap();
    // What was left out for its later time is told of the moment, not of what was known.
    let notices = value["notices"].as_array_mut().unwrap();
    notices.retain(|notice| notice["kind"] != "out_of_order");
    value
}

fn counts(scene: &Scene<'_>) -> Value {
    let Scene { log, cut, .. } = scene;
    let task = Task::new();
    let second = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
    let (from, to) = (second(-5).micros(), second(500).micros());
    let scale = Scale::Time(cut.clock());
    let gaps = density::idle(log, cut, &Axis::new(scale, from, to), &task).unwrap();
    let axis = Axis::with_gaps(scale, from, to, &gaps);
    let lanes = Lanes::choose(log, cut, LaneBy::Category, &task).unwrap();
    let names = (0..lanes.len()).map(|lane| lanes.name(log, lane).to_owned());
    let names: Vec<String> = names.collect();
    let density = density::density(log, cut, &axis, &lanes, 40, &task).unwrap();
    json!({ "lanes": names, "gaps": format!("{gaps:?}"), "density": format!("{density:?}") })
}

fn known(mut report: Value) -> Value {
    if let Value::Object(fields) = &mut report {
        fields.retain(|name, _| !BEYOND.contains(&&**name));
    }
    report
}

fn holds_of(log: &Log, cut: Cut, wish: &Wish) -> Result<(), TestCaseError> {
    let short = truncated(log, &cut);
    let head = short.cut(cut.clock(), Bound::Head);
    let (now, then) = (cut.as_of(log), head.as_of(&short));
    prop_assert_eq!(now.position, then.position);
    for (name, report) in REPORTS {
        let as_of = report(&Scene { log, cut, wish });
        let at_head = report(&Scene {
            log: &short,
            cut: head,
            wish,
        });
        prop_assert_eq!(known(as_of), known(at_head), "{}", name);
    }
    Ok(())
}

fn wishes() -> impl Strategy<Value = Wish> {
    let categories = vec!["Stream-even", "Stream-odd", "Link-even"];
    let stream = prop_oneof![
        5 => (0..7_u8).prop_map(|n| format!("Stream-{n}")),
        1 => (0..9_u8).prop_map(|n| format!("Link-{n}")),
    ];
    (
        stream,
        prop::option::weighted(0.3, prop::sample::select(categories)),
        prop::option::weighted(0.3, 0..5_u8),
        prop::option::weighted(
            0.3,
            prop::sample::select(vec!["müller 3", "ser1", "nowhere"]),
        ),
        prop::option::of(0..20_usize),
        prop::sample::select(vec!["UTC", "Europe/Berlin"]),
    )
        .prop_map(|(stream, category, kind, text, limit, zone)| Wish {
            stream,
            category,
            kind,
            text,
            limit,
            zone,
        })
}

fn clocks() -> impl Strategy<Value = Clock> {
    prop_oneof![Just(Clock::Recorded), Just(Clock::Occurred)]
}

proptest! {
    #[test]
    fn no_report_learns_from_the_future(
        samples in samples(60), at in moments(), clock in clocks(), wish in wishes(), chunk in 1..20_usize,
    ) {
        let log = log_of(&samples, chunk);
        holds_of(&log, at.cut(&log, clock), &wish)?;
    }

    #[test]
    fn no_report_on_several_files_learns_from_the_future(
        files in (samples(30), samples(30)), at in moments(), clock in clocks(), mut wish in wishes(),
    ) {
        let log = merged([log_of(&files.0, 7), log_of(&files.1, 7)]);
        wish.stream = format!("1/{}", wish.stream);
        holds_of(&log, at.cut(&log, clock), &wish)?;
    }
}
