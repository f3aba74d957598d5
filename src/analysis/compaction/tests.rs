//! What compaction keeps and what it forgets, by laws over made-up logs.

use proptest::prelude::*;

use super::{
    Amount, CompactBy, Compacted, CompactionReport, Growth, GrowthPoint, Questions, long_streams,
    report,
};
use crate::analysis::bodies::Bodies;
use crate::analysis::replay::FoldRules;
use crate::analysis::testing::{MadeUp, Sample, log_of, samples};
use crate::analysis::whole::Whole;
use crate::log::{Log, LogBuilder, NoRows, Order, Place, RawChunk, Row};
use crate::model::Task;

fn compacted(log: &Log, by: &CompactBy) -> CompactionReport {
    let (task, cut) = (Task::new(), log.at_head());
    let bodies = Bodies::gather(log, &cut, &MadeUp, &FoldRules::default(), &task).unwrap();
    let of = Compacted {
        whole: Whole {
            log,
            cut,
            payloads: &MadeUp,
            shown: &MadeUp,
            rows: &NoRows,
            fold: &FoldRules::default(),
        },
        bodies: &bodies,
    };
    let long = long_streams(of, &task).unwrap();
    report(of, by, &long, &task).unwrap()
}

proptest! {
    #[test]
    fn one_event_of_each_key_is_kept(samples in samples(60)) {
        let log = log_of(&samples, 7);
        let streams = samples.iter().map(|sample| sample.stream);
        let streams: std::collections::BTreeSet<u8> = streams.collect();
        let by_stream = compacted(&log, &CompactBy::Stream);
        prop_assert_eq!(by_stream.keeps.events, streams.len() as u64);
        prop_assert_eq!(by_stream.total.events, samples.len() as u64);
        let types = samples.iter().map(|sample| (sample.stream, sample.kind));
        let types: std::collections::BTreeSet<(u8, u8)> = types.collect();
        let by_type = compacted(&log, &CompactBy::Type);
        prop_assert_eq!(by_type.keeps.events, types.len() as u64);
        // The finer the key, the more is kept.
        let by_field = compacted(&log, &CompactBy::Field("/n".to_owned()));
        prop_assert!(by_field.keeps.events >= by_field.without_key);
        for own in [&by_stream, &by_type, &by_field] {
            prop_assert_eq!(own.keeps.events + own.saves.events, own.total.events);
            prop_assert_eq!(own.keeps.bytes + own.saves.bytes, own.total.bytes);
            let parts: u64 = own.categories.iter().map(|one| one.total.bytes).sum();
            prop_assert_eq!(parts, own.total.bytes);
        }
    }

    #[test]
    fn what_is_kept_whole_changes_no_answer(count in 0..7_u8) {
        // One event a stream: nothing is lost.
        let samples: Vec<Sample> = (0..count)
            .map(|stream| Sample { stream, version: 1, id: stream * 2, ..Sample::default() })
            .collect();
        let told = compacted(&log_of(&samples, 3), &CompactBy::Stream);
        prop_assert_eq!(told.saves.events, 0);
        prop_assert_eq!((told.questions.now, told.questions.then), (0, 0));
        prop_assert!(told.questions.examples.is_empty());
    }
}

#[test]
fn a_long_stream_is_told_with_what_a_replay_reads() {
    let samples: Vec<Sample> = (1..=120)
        .map(|version| Sample {
            version,
            id: (version % 60) as u8,
            recorded: Some(version * 86_400_000_000),
            occurred: Some(version * 86_400_000_000),
            ..Sample::default()
        })
        .collect();
    let told = compacted(&log_of(&samples, 50), &CompactBy::Stream);
    assert_eq!((told.long_streams, told.long.len()), (1, 1));
    let long = &told.long[0];
    assert_eq!((long.whole.events, long.since.events), (120, 120));
    assert_eq!(long.snapshot, None);
    let growth = told.growth.unwrap();
    assert_eq!(growth.points.last().unwrap().amount.events, 120);
    assert_eq!(growth.a_day.events, 1);
    assert!((480..=490).contains(&growth.in_a_year.events), "{growth:?}");
}

#[test]
fn a_long_stream_is_as_long_as_its_own_events() {
    let mut raw = RawChunk::default();
    for at in 0..320 {
        raw.next_record();
        let stream = if at < 120 { "order-1" } else { "payment-1" };
        let row = Row {
            stream,
            event_type: "Happened",
            place: Place { at, extent: 0 },
            ..Row::default()
        };
        raw.push(&row, || "category".to_owned());
        if at >= 120 {
            raw.link("order-1", None, || "category".to_owned());
        }
    }
    let mut builder = LogBuilder::new(Order::Given);
    builder.append(raw);
    let told = compacted(&builder.finish().0, &CompactBy::Stream);
    let mut whole: Vec<(&str, u64)> = told
        .long
        .iter()
        .map(|long| (long.stream.as_str(), long.whole.events))
        .collect();
    whole.sort_unstable();
    assert_eq!(whole, [("order-1", 120), ("payment-1", 200)]);
}

#[test]
fn what_was_tried_is_told_of_how_many() {
    let some = Questions {
        of_streams: 511,
        streams: 171,
        ..Questions::default()
    };
    assert_eq!(
        some.words(),
        "Of 511 streams 171 were folded from what is kept: of these"
    );
    let all = Questions {
        of_streams: 171,
        ..some
    };
    assert_eq!(all.words(), "Of 171 streams, folded from what is kept");
}

#[test]
fn a_year_brings_what_is_there_then_and_not_now() {
    let amount = |events| Amount { events, bytes: 0 };
    let growth = Growth {
        points: vec![GrowthPoint {
            at: crate::model::Timestamp::from_micros(0),
            amount: amount(47),
        }],
        a_day: amount(0),
        in_a_year: amount(73),
    };
    assert_eq!(growth.a_year(), amount(26));
}
