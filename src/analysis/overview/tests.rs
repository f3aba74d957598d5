//! The truncation law, figures against a naive count, buckets of the calendar, sentences.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::analysis::testing::{Sample, log_of, moments, samples, truncated};
use crate::log::Bound;
use crate::model::Version;
use crate::model::time::Style;

fn of(log: &Log, cut: &Cut) -> Overview {
    overview(log, cut, Zone::Utc, &Task::new()).unwrap()
}

/// Everything but the moment itself, which names the cut.
fn content(overview: &Overview) -> Value {
    let mut value = serde_json::to_value(overview).unwrap();
    value.as_object_mut().unwrap().remove("as_of").unwrap();
    value
}

fn clocks() -> impl Strategy<Value = Clock> {
    prop_oneof![Just(Clock::Recorded), Just(Clock::Occurred)]
}

proptest! {
    #[test]
    fn nothing_is_learnt_from_the_future(samples in samples(60), at in moments(), clock in clocks(), chunk in 1..20_usize) {
        let log = log_of(&samples, chunk);
        let cut = at.cut(&log, clock);
        let short = truncated(&log, &cut);
        let head = short.cut(clock, Bound::Head);
        prop_assert_eq!(content(&of(&log, &cut)), content(&of(&short, &head)));
    }

    #[test]
    fn figures_are_those_of_a_naive_count(samples in samples(60), at in moments()) {
        let log = log_of(&samples, 13);
        let cut = at.cut(&log, Clock::Recorded);
        let overview = of(&log, &cut);
        let known = || log.events().filter(|&event| cut.holds(&log, event));
        let (mut types, mut events) = (BTreeMap::new(), BTreeMap::<&str, BTreeSet<_>>::new());
        let (mut streams, mut versions) = (BTreeMap::<&str, BTreeSet<_>>::new(), BTreeMap::<_, Vec<i64>>::new());
        for event in known() {
            *types.entry(log.type_name(log.event_type(event))).or_insert(0) += 1;
            versions.entry(log.stream(event)).or_default().push(log.version(event).0);
        }
        for stream in (0..log.streams().len()).map(StreamIx::from_usize) {
            for event in log.stream_events(stream).into_iter().filter(|&event| cut.holds(&log, event)) {
                let category = log.category_name(log.category(stream));
                events.entry(category).or_default().insert(event);
                streams.entry(category).or_default().insert(stream);
            }
        }
        prop_assert_eq!(overview.events as usize, known().count());
        prop_assert_eq!(overview.streams as usize, streams.values().map(BTreeSet::len).sum::<usize>());
        let counted: BTreeMap<&str, u64> = overview.event_types.iter().map(|t| (t.name.as_str(), t.count)).collect();
        prop_assert_eq!(counted, types);
        prop_assert!(overview.event_types.is_sorted_by(|a, b| (b.count, &a.name) <= (a.count, &b.name)));
        for category in &overview.categories {
            prop_assert_eq!(category.events as usize, events[category.name.as_str()].len());
            prop_assert_eq!(category.streams as usize, streams[category.name.as_str()].len());
        }
        prop_assert_eq!(overview.categories.len(), streams.len());
        let (mut missing, mut forks) = (0, 0);
        for versions in versions.values() {
            let set: BTreeSet<i64> = versions.iter().copied().collect();
            missing += (set.last().unwrap() - set.first().unwrap() + 1) as u64 - set.len() as u64;
            forks += set.iter().filter(|v| versions.iter().filter(|w| w == v).count() > 1).count() as u64;
        }
        prop_assert_eq!((overview.versions.missing, overview.versions.forks), (missing, forks));
        let timed = known().filter(|&event| log.time(event, Clock::Recorded).is_some()).count();
        let bars = overview.histogram.iter().flat_map(|histogram| &histogram.bars);
        prop_assert_eq!(bars.map(|bar| bar.events as usize).sum::<usize>(), timed);
    }

    #[test]
    fn buckets_cover_a_span_and_begin_on_the_calendar(
        first in -70_000_000_000_000_000..70_000_000_000_000_000_i64,
        length in 0..63_u32, part in 0.0..1.0_f64,
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu"]),
    ) {
        let zone: Zone = zone.parse().unwrap();
        let first = Timestamp::from_micros(first);
        let span = ((1_u64 << length) as f64 * (1.0 + part)) as i64;
        let last = first.saturating_add(Span::from_micros(span));
        let bucket = Bucket::covering(first, last);
        let starts = bucket.starts(first, last, zone);
        prop_assert!(starts.len() <= 61, "{} of {bucket}", starts.len());
        prop_assert!(starts[0] <= first && starts[starts.len() - 1] <= last);
        prop_assert!(starts.windows(2).all(|pair| pair[0] < pair[1]));
        if span > 120_000_000 {
            prop_assert!(starts.len() >= 12, "{} of {bucket}", starts.len());
        }
        for pair in starts.windows(2) {
            prop_assert_eq!(bucket.starts(pair[1], pair[1], zone), vec![pair[1]]);
        }
    }
}

#[test]
fn buckets_of_hours_stay_on_the_clock_where_it_is_put_forward_or_back() {
    let starts = |first: &str, last: &str, hours: i64| {
        let (first, last): (Timestamp, Timestamp) = (first.parse().unwrap(), last.parse().unwrap());
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let many = first.saturating_add(Span::from_micros(hours * 58 * 3_600_000_000));
        let starts = Bucket::covering(first, many).starts(first, last, zone);
        let short = starts.iter().map(|start| zone.format(*start, Style::Clock));
        short.collect::<Vec<_>>().join(", ")
    };
    let spring = ("2024-03-30T22:30:00Z", "2024-03-31T08:00:00Z");
    assert_eq!(
        starts(spring.0, spring.1, 3),
        "21:00:00 +01:00, 00:00:00 +01:00, 03:00:00 +02:00, 06:00:00 +02:00, 09:00:00 +02:00"
    );
    // There is no 02:00.
    assert_eq!(
        starts(spring.0, "2024-03-31T03:00:00Z", 2),
        "22:00:00 +01:00, 00:00:00 +01:00, 03:00:00 +02:00, 04:00:00 +02:00"
    );
    let autumn = ("2024-10-26T22:30:00Z", "2024-10-27T05:00:00Z");
    assert_eq!(
        starts(autumn.0, autumn.1, 3),
        "00:00:00 +02:00, 03:00:00 +01:00, 06:00:00 +01:00"
    );
    assert_eq!(
        starts(autumn.0, "2024-10-27T02:10:00Z", 1),
        "00:00:00 +02:00, 01:00:00 +02:00, 02:00:00 +02:00, 02:00:00 +01:00, 03:00:00 +01:00"
    );
}

#[test]
fn buckets_have_the_names_that_people_use() {
    let name = |first: &str, last: &str| {
        let (first, last) = (first.parse().unwrap(), last.parse().unwrap());
        let bucket = Bucket::covering(first, last);
        let starts = bucket.starts(first, last, Zone::Utc);
        format!(
            "{} {bucket}s from {}",
            starts.len(),
            Zone::Utc.format_bare(starts[0], crate::model::time::Style::AsNeeded)
        )
    };
    assert_eq!(
        name("2023-02-14", "2025-01-04"),
        "50 fortnights from 2023-02-13 00:00:00"
    );
    assert_eq!(
        name("2023-01-14", "2026-06-04"),
        "42 months from 2023-01-01 00:00:00"
    );
    assert_eq!(
        name("2014-02-14", "2025-01-04"),
        "45 quarters from 2014-01-01 00:00:00"
    );
    assert_eq!(
        name("2024-03-01T10:07:00", "2024-03-03T01:00:00"),
        "40 hours from 2024-03-01 10:00:00"
    );
    assert_eq!(
        name("2024-03-01T10:07:00", "2024-03-01T10:07:00"),
        "1 days from 2024-03-01 00:00:00"
    );
}

fn sample(stream: u8, version: i64, seconds: i64) -> Sample {
    Sample {
        stream,
        version,
        recorded: Some(seconds * 1_000_000),
        id: (version as u8).wrapping_mul(10) + stream,
        ..Sample::default()
    }
}

#[test]
fn oddities_are_told_in_sentences() {
    let mut samples = vec![
        sample(1, 1, 0),
        sample(1, 2, 5),
        sample(2, 1, 4),
        sample(1, 5, 3),
        sample(2, 1, 9),
        sample(3, 1, 9),
    ];
    samples[5].recorded = None;
    let log = log_of(&samples, 4);
    let warnings = of(&log, &log.at_head()).warnings();
    let lines: Vec<String> = warnings
        .iter()
        .map(|warning| {
            format!(
                "{}: {} +{}",
                warning.message,
                warning.places.join(", "),
                warning.more
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "Recorded time runs backwards twice, by 1.000 s at most: #23, #33 +0",
            "1 event has no recorded time and counts at that of the event before:  +0",
            "2 versions are missing in 1 stream: Stream-1 v3–v4 +0",
            "1 version stands more than once in 1 stream: Stream-2 v1 +0",
            "1 event has an id that an earlier event has:  +0",
        ]
    );
}

#[test]
fn the_answer_has_the_fields_of_the_contract() {
    let mut samples = vec![sample(1, 1, 0), sample(2, 1, 3_600)];
    samples[1].occurred = Some(-9_000_000_000);
    let log = log_of(&samples, 1);
    let facts = StoreFacts {
        path: "bank.db".to_owned(),
        format: "SQLite".to_owned(),
        lacks: vec!["snapshots".to_owned()],
        ..StoreFacts::default()
    };
    let report = info(
        &log,
        &crate::analysis::testing::MadeUp,
        &log.at_head(),
        &facts,
        Zone::Utc,
        &Task::new(),
    )
    .unwrap();
    let value = serde_json::to_value(&report).unwrap();
    assert_eq!(value["clocks_apart_us"], json!(12_600_000_000_i64));
    assert!(
        report.warnings[0]
            .message
            .starts_with("Recorded and occurred time differ by up to 3 h 30 min")
    );
    let mut value = value;
    value["histogram"]["bars"] = Value::Null;
    assert_eq!(
        serde_json::to_string(&value).unwrap(),
        concat!(
            r#"{"path":"bank.db","format":"SQLite","bytes":0,"#,
            r#""layout":{"name":"","confidence":0,"reasons":[],"runner_up":null},"#,
            r#""as_of":{"time":"1970-01-01T01:00:00.000000Z","position":13,"clock":"recorded","out_of_order":0},"#,
            r#""events":2,"streams":2,"categories":["#,
            r#"{"name":"Stream-even","events":1,"streams":1},{"name":"Stream-odd","events":1,"streams":1}],"#,
            r#""event_types":[{"name":"Kind0","count":2}],"#,
            r#""first_time":"1970-01-01T00:00:00.000000Z","last_time":"1970-01-01T01:00:00.000000Z","untimed":0,"put_in_order":false,"#,
            r#""backwards":{"events":0,"most_us":0,"first":[]},"clocks_apart_us":12600000000,"#,
            r#""versions":{"missing":0,"gapped_streams":0,"forks":0,"forked_streams":0,"first_gaps":[],"first_forks":[],"late_streams":0,"first_late":[]},"#,
            r#""repeated_ids":0,"histogram":{"bucket":"2 minutes","bars":null,"#,
            r#""busiest":{"from":"1970-01-01T00:00:00.000000Z","events":1}},"#,
            r#""payloads":{"looked_at":2,"of":2,"broken":0,"first_broken":[]},"#,
            r#""unreadable":0,"problems":[],"warnings":[{"message":"Recorded and occurred time differ by up to 3 h 30 min, "#,
            r#"more than the store spans (1 h)","places":[],"more":0},"#,
            r#"{"message":"No payload can be read: encrypted, or in an encoding that is not known","places":[],"more":0}],"#,
            r#""lacks":["correlation id","causation id","snapshots"]}"#,
        )
    );
}

#[test]
fn versions_may_lie_as_far_apart_as_there_are_numbers() {
    let samples = [sample(1, i64::MIN + 9, 0), sample(1, i64::MAX, 1)];
    let log = log_of(&samples, 2);
    let versions = of(&log, &log.at_head()).versions;
    assert_eq!(versions.missing, u64::MAX - 10);
    assert_eq!(of(&Log::default(), &Log::default().at_head()).events, 0);
}

#[test]
fn a_cancelled_overview_says_so() {
    let log = log_of(&[sample(1, 1, 0)], 1);
    let task = Task::new();
    task.cancel();
    assert_eq!(
        overview(&log, &log.at_head(), Zone::Utc, &task),
        Err(Cancelled)
    );
}

#[test]
fn streams_that_begin_late_are_counted_where_versions_count_on() {
    let late = |samples: &[Sample]| {
        let log = log_of(samples, 2);
        let versions = of(&log, &log.at_head()).versions;
        let named: Vec<Version> = versions.first_late.iter().map(|late| late.from).collect();
        (versions.late_streams, named)
    };
    let counting = [
        sample(1, 4, 0),
        sample(1, 5, 1),
        sample(2, 2, 2),
        sample(3, 1, 3),
    ];
    assert_eq!(late(&counting), (2, vec![Version(4), Version(2)]));
    // Numbers of something else say nothing of streams.
    let others = [sample(1, 4, 0), sample(1, 7, 1), sample(2, 5, 2)];
    assert_eq!(late(&others).0, 0);
}
