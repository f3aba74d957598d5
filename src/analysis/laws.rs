//! The truncation law over every report there is: as of T, a report says what it would say at the head
//! of a store that held only what was known at T (`docs/semantics.md`). A new analysis adds a line
//! to [`REPORTS`]; laws of a single analysis stand in its own tests.

mod whole;

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::density::{Axis, LaneBy, Lanes, Scale};
use super::events::{Case, EventFilter, Search, TextFilter, TypeFilter};
use super::overview::StoreFacts;
use super::projection::{
    Definition, OnError, Reading, Run, RunOptions, SnapshotStrategy, StreamState, Wanted, project,
};
use super::replay::{Detail, FoldRules, NoticeKind, Part, Series, Source, StateAt, StateRequest};
use super::streams::{Direction, StreamQuery, StreamSort};
use super::testing::rows::{Given, beside, cut_or_named};
use super::testing::{MadeUp, log_of, merged, moments, samples, truncated};
use super::{density, events, lag, overview, replay, saga, streams};
use crate::log::{Bound, Clock, Cut, Log};
use crate::model::time::Zone;
use crate::model::{CategoryIx, StreamIx, Task, Timestamp, TypeIx};

/// A log as of a moment, and what is asked of it.
struct Scene<'a> {
    log: &'a Log,
    cut: Cut,
    /// The moment where it is not that of the cut: the head of a store cut short is an earlier one.
    now: Option<Timestamp>,
    wish: &'a Wish,
    rows: &'a Given,
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
    ("state by a projection", projected_state),
    ("projection", projected),
    ("built-in projection", built_in),
    ("density", counts),
    ("sagas", sagas),
    ("lag", lags),
    ("audit", whole::audited),
    ("deeper", whole::looked_deeper),
    ("schema", whole::schemas),
    ("trace", whole::traced),
];

/// Fields that name the moment itself: the head of a store cut short is another one.
const MOMENT: &[&str] = &["as_of", "answers"];

fn info(scene: &Scene<'_>) -> Value {
    let facts = StoreFacts::default();
    let zone: Zone = scene.wish.zone.parse().unwrap();
    let report =
        overview::info(scene.log, &MadeUp, &scene.cut, &facts, zone, &Task::new()).unwrap();
    serde_json::to_value(report).unwrap()
}

fn found_events(scene: &Scene<'_>) -> Value {
    let Scene { log, cut, wish, .. } = scene;
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
    let Scene { log, cut, wish, .. } = scene;
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
    let at = StateAt::find(&series, source, *cut).unwrap();
    let mut value = serde_json::to_value(report).unwrap();
    let fields = value.as_object_mut().unwrap();
    // By its contract it looks beyond the moment, and so does its part of the answers.
    fields.remove("next_event");
    let full = fields.remove("answer").unwrap();
    let answers = [None, Some("/name"), Some("/nothing")].map(|field| {
        let mut answer = replay::answer(log, &at, field, Zone::Utc);
        assert!(field.is_some() || full == answer.to_string());
        let next = |clause: &Vec<Part>| clause[0] == Part::Words("next: ".to_owned());
        answer.details.retain(|clause| !next(clause));
        answer.evidence.retain(|evidence| evidence.role != "next");
        answer
            .notices
            .retain(|notice| notice.kind != NoticeKind::OutOfOrder);
        format!("{answer}\n{}", answer.to_markdown())
    });
    fields.insert("answers".to_owned(), json!(answers));
    // What was left out for its later time is told of the moment, not of what was known.
    let notices = value["notices"].as_array_mut().unwrap();
    notices.retain(|notice| notice["kind"] != "out_of_order");
    value
}

/// Fails now and then, says things, and depends on all that an event tells.
const SCRIPT: &str = "fromAll().foreachStream().when({
  $init: () => ({ n: 0, seen: [] }),
  $any(s, e) {
    s.n += 1;
    s.name = e.data ? e.data.name : null;
    s.seen = [e.position, Math.random(), Date.now(), e.metadata && e.metadata.by];
    log(e.type);
    if (e.data && e.data.n > 30) linkTo('large', e);
    if (e.type === 'Kind3' && s.n > 2) throw new Error('no ' + e.streamId);
  },
})";

fn run(scene: &Scene<'_>, definition: &Definition) -> Run {
    let reading = Reading {
        log: scene.log.clone(),
        payloads: Arc::new(MadeUp),
        clock: scene.cut.clock(),
    };
    let options = RunOptions {
        on_error: match scene.wish.limit {
            Some(limit) if limit % 2 == 0 => OnError::Stop,
            _ => OnError::Skip,
        },
        strategy: Some(SnapshotStrategy::Periodic { every: 7 }),
        ..RunOptions::default()
    };
    Run::new(definition, reading, options).unwrap()
}

fn told(scene: &Scene<'_>, definition: &Definition) -> Value {
    let mut run = run(scene, definition);
    // What comes later is known to the run, and may not be told.
    run.advance(&Task::new()).unwrap();
    let report = project(&mut run, &scene.cut, Wanted::All, &Task::new()).unwrap();
    serde_json::to_value(report).unwrap()
}

fn projected(scene: &Scene<'_>) -> Value {
    told(scene, &Definition::Script(SCRIPT.into()))
}

fn built_in(scene: &Scene<'_>) -> Value {
    let texts = [
        r#"{"fold": "figures", "field": "n", "by": "name"}"#,
        r#"{"fold": "latest", "by": "category"}"#,
        r#"{"fold": "open", "opened": ["Kind1"], "closed": ["Kind2"]}"#,
        r#"{"fold": "merge"}"#,
    ];
    let told = texts.map(|text| {
        let definition = Definition::read("one.json".as_ref(), text).unwrap();
        without(told(scene, &definition), MOMENT)
    });
    json!(told)
}

/// As [`state`].
fn projected_state(scene: &Scene<'_>) -> Value {
    let Scene { log, cut, wish, .. } = scene;
    let Some(stream) = log.streams().find(&wish.stream).map(StreamIx) else {
        return Value::Null;
    };
    let (definition, task) = (Definition::Script(SCRIPT.into()), Task::new());
    let run = run(scene, &definition);
    let options = RunOptions::default();
    let mut state = StreamState::new(&definition, run.reading(), &options, stream).unwrap();
    state.at(log.cut(cut.clock(), Bound::Head), &task).unwrap();
    let at = state.at(*cut, &task).unwrap();
    let request = StateRequest {
        store: "store",
        cut: *cut,
        diff_to: None,
        detail: Detail::Blame,
        zone: Zone::Utc,
    };
    let report = replay::told(log, &at, None, &request);
    if report.last_event.is_none() {
        assert!(!report.exists && report.state.is_none());
        return Value::Null;
    }
    let mut value = serde_json::to_value(report).unwrap();
    // These look beyond the moment.
    for field in ["next_event", "answer"] {
        value.as_object_mut().unwrap().remove(field);
    }
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

/// Silence is measured up to one moment, since the head of a store cut short is an earlier one.
fn sagas(scene: &Scene<'_>) -> Value {
    let Scene { log, cut, .. } = scene;
    let task = Task::new();
    let asking = saga::Asking {
        log,
        payloads: &MadeUp,
        task: &task,
    };
    let now = Timestamp::from_micros(600_000_000);
    let mut sagas = saga::Sagas::find(asking, None, &log.cut(cut.clock(), Bound::Head)).unwrap();
    let judged = sagas.at(asking, cut, Some(now)).unwrap();
    let stored = saga::stored(asking, scene.rows, &judged).unwrap();
    let course = lag::Course::of_outbox(log, scene.rows, cut.clock(), &task).unwrap();
    let outbox = course.as_ref();
    let outbox = outbox.map(|course| lag::Publications::new(course, *cut));
    let beside = saga::Beside {
        stored: &stored,
        outbox: outbox.as_ref(),
    };
    let report = saga::report(asking, &judged, beside, &saga::Wanted::default()).unwrap();
    let mut value = serde_json::to_value(report).unwrap();
    let all: Vec<u32> = (0..judged.at.seen.len() as u32).collect();
    let moments = [100_000_000, 200_000_000, 400_000_000];
    let durations = judged.durations(log, (&all, None), &moments, &task);
    value["durations"] = serde_json::to_value(durations.unwrap()).unwrap();
    value
}

/// With the way of events and how long they took.
fn lags(scene: &Scene<'_>) -> Value {
    let Scene { log, cut, .. } = scene;
    let task = Task::new();
    let course = lag::Course::read(
        log,
        scene.rows,
        &lag::Samples::default(),
        cut.clock(),
        &task,
    )
    .unwrap();
    let options = lag::LagOptions {
        over: Some(7),
        now: scene.now,
        ..lag::LagOptions::default()
    };
    let report = lag::report(&course, &MadeUp, cut, &options, &task).unwrap();
    let mut value = serde_json::to_value(&report).unwrap();
    let stages = course.stages(cut, &task).unwrap();
    // Of messages without a date only the head knows how they stand.
    value["stages"] = serde_json::to_value(stages).unwrap();
    value["messages"] = serde_json::to_value(course.messages(cut)).unwrap();
    if let Some(now) = scene.now.or(cut.time(log)) {
        let stretch = (Timestamp::from_micros(0), now);
        let backlog = course.backlog(cut, stretch, 7, &task).unwrap();
        let in_hand = backlog
            .in_hand
            .iter()
            .map(|(id, levels)| (&id.name, levels));
        value["in_hand"] = serde_json::to_value(in_hand.collect::<Vec<_>>()).unwrap();
        value["backlog"] = serde_json::to_value(backlog).unwrap();
    }
    value
}

fn without(mut report: Value, fields: &[&str]) -> Value {
    if let Value::Object(all) = &mut report {
        all.retain(|name, _| !fields.contains(&&**name));
    }
    report
}

/// How many events were left out is told of the moment, too.
fn without_left_out(mut report: Value) -> Value {
    if let Some(Value::Object(as_of)) = report.get_mut("as_of") {
        as_of.remove("out_of_order");
    }
    report
}

/// The rows that a store cut short would have.
fn rows_at(log: &Log, cut: Cut, rows: &Given) -> Given {
    if cut.bound() == Bound::Head {
        return rows.clone();
    }
    let now = cut.time(log);
    let rows = rows.0.iter();
    let known = rows.filter_map(|(kind, says)| Some((*kind, cut_or_named(says, now)?)));
    Given(known.collect())
}

fn holds_of(log: &Log, cut: Cut, wish: &Wish, rows: &Given) -> Result<(), TestCaseError> {
    let short = truncated(log, &cut);
    let short_rows = rows_at(log, cut, rows);
    let head = short.cut(cut.clock(), Bound::Head);
    // Nothing of the store cut short lies after the same moment.
    let same = short.cut(cut.clock(), cut.bound());
    let (now, then) = (cut.as_of(log), head.as_of(&short));
    prop_assert_eq!(now.position, then.position);
    for (name, report) in REPORTS {
        let of = |log, rows, cut, now| {
            report(&Scene {
                log,
                cut,
                now,
                wish,
                rows,
            })
        };
        let as_of = of(log, rows, cut, None);
        let at_head = of(&short, &short_rows, head, cut.time(log));
        prop_assert_eq!(
            without(as_of.clone(), MOMENT),
            without(at_head, MOMENT),
            "{}",
            name
        );
        let at_moment = of(&short, &short_rows, same, None);
        prop_assert_eq!(
            without_left_out(as_of),
            without_left_out(at_moment),
            "{}",
            name
        );
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
        rows in beside(),
    ) {
        let log = log_of(&samples, chunk);
        holds_of(&log, at.cut(&log, clock), &wish, &rows)?;
    }

    #[test]
    fn no_report_on_several_files_learns_from_the_future(
        files in (samples(30), samples(30)), at in moments(), clock in clocks(), mut wish in wishes(),
        rows in beside(),
    ) {
        let log = merged([log_of(&files.0, 7), log_of(&files.1, 7)]);
        wish.stream = format!("1/{}", wish.stream);
        holds_of(&log, at.cut(&log, clock), &wish, &rows)?;
    }
}
