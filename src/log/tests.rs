//! Laws of the log: chunks do not show, order is what the semantics say, cuts are sets.

use proptest::prelude::*;

use super::*;
use crate::model::{Position, Version};

/// Whether a snapshot is taken after each chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Snapshots {
    None,
    EachChunk,
}

#[derive(Clone, Debug)]
struct Event {
    stream: u8,
    kind: u8,
    time: Option<i64>,
    id: u8,
    cause: Option<u8>,
    correlation: Option<u8>,
}

fn event() -> impl Strategy<Value = Event> {
    (
        0..6_u8,
        0..4_u8,
        prop::option::weighted(0.9, 0..50_i64),
        0..40_u8,
        prop::option::of(0..60_u8),
        prop::option::of(0..5_u8),
    )
        .prop_map(|(stream, kind, time, id, cause, correlation)| Event {
            stream,
            kind,
            time,
            id,
            cause,
            correlation,
        })
}

fn build(events: &[Event], order: Order, chunk: usize, snapshots: Snapshots) -> Log {
    let mut builder = LogBuilder::new(order);
    for (n, rows) in events.chunks(chunk.max(1)).enumerate() {
        let mut raw = RawChunk::default();
        for (i, event) in rows.iter().enumerate() {
            push(&mut raw, event, (n * chunk.max(1) + i) as i64);
        }
        builder.append(raw);
        if snapshots == Snapshots::EachChunk {
            builder.snapshot();
        }
    }
    builder.finish().0
}

fn push(raw: &mut RawChunk, event: &Event, at: i64) {
    let (stream, kind, id) = (
        format!("s-{}", event.stream),
        format!("T{}", event.kind),
        format!("e{}", event.id),
    );
    let (cause, correlation) = (
        event.cause.map(|c| format!("e{c}")),
        event.correlation.map(|c| format!("c{c}")),
    );
    let row = Row {
        stream: &stream,
        event_type: &kind,
        recorded: event.time.map(Timestamp::from_micros),
        event_id: Some(&id),
        correlation: correlation.as_deref(),
        causation: cause.as_deref(),
        place: Place { at, extent: 0 },
        ..Row::default()
    };
    raw.push(&row, || "s".to_owned());
}

fn dump(log: &Log) -> Vec<String> {
    let line = |event| {
        let cause = match log.cause(event) {
            None => String::new(),
            Some(CauseRef::Event(cause)) => format!("#{}", cause.0),
            Some(CauseRef::Elsewhere(id)) => id.to_owned(),
        };
        format!(
            "{} {} {} {} {:?} {:?} {:?} {cause} {:?} {:?}",
            log.position(event).0,
            log.stream_name(log.stream(event)),
            log.version(event),
            log.type_name(log.event_type(event)),
            log.time(event, Clock::Recorded),
            log.event_id(event).map(|id| id.to_string()),
            log.correlation(event),
            log.correlated(event),
            log.effects(event),
        )
    };
    let mut lines: Vec<String> = log.events().map(line).collect();
    for stream in 0..log.streams().len() {
        lines.push(format!(
            "{:?}",
            log.stream_events(StreamIx::from_usize(stream))
        ));
    }
    lines
}

proptest! {
    #[test]
    fn a_chunked_index_equals_a_one_shot_index(
        events in prop::collection::vec(event(), 0..60), chunk in 1..20_usize, snapshots in prop::sample::select(vec![Snapshots::None, Snapshots::EachChunk]),
    ) {
        let whole = build(&events, Order::Given, usize::MAX, Snapshots::None);
        let chunked = build(&events, Order::Given, chunk, snapshots);
        prop_assert_eq!(dump(&whole), dump(&chunked));
    }

    #[test]
    fn a_followed_log_equals_one_read_at_once(events in prop::collection::vec(event(), 2..60), at in 1..50_usize) {
        let at = at.min(events.len() - 1);
        let mut builder = LogBuilder::new(Order::Given);
        for (part, base) in [(&events[..at], 0), (&events[at..], at)] {
            for (i, event) in part.iter().enumerate() {
                let mut raw = RawChunk::default();
                push(&mut raw, event, (base + i) as i64);
                builder.append(raw);
            }
            builder.finish();
        }
        let followed = builder.finish().0;
        let whole = build(&events, Order::Given, 7, Snapshots::None);
        // Which of two equal ids is the cause does not depend on when they came, effects do.
        for event in whole.events() {
            prop_assert_eq!(whole.stream(event), followed.stream(event));
            prop_assert_eq!(whole.version(event), followed.version(event));
            prop_assert_eq!(whole.correlated(event), followed.correlated(event));
            prop_assert_eq!(whole.cause(event), followed.cause(event));
        }
    }

    #[test]
    fn a_cut_holds_exactly_what_was_known(events in prop::collection::vec(event(), 0..60), chunk in 1..9_usize, at in -1..52_i64) {
        let log = build(&events, Order::Given, chunk, Snapshots::None);
        let time = Timestamp::from_micros(at);
        let cut = log.cut(Clock::Recorded, Bound::Time(time));
        let known: Vec<EventIx> = log.events().filter(|&event| cut.holds(&log, event)).collect();
        let expected: Vec<EventIx> =
            log.events().filter(|&event| log.time(event, Clock::Recorded).is_none_or(|own| own <= time)).collect();
        prop_assert_eq!(&known, &expected);
        prop_assert_eq!(cut.count() as usize, known.len());
        let as_of = cut.as_of(&log);
        prop_assert_eq!(as_of.position.map(|p| p.position.0), known.last().map(|e| i64::from(e.0) + 1));
        let missing = known.last().map_or(0, |last| (0..last.0).filter(|&e| !known.contains(&EventIx(e))).count());
        prop_assert_eq!(as_of.out_of_order as usize, missing);
    }

    #[test]
    fn order_by_time_is_stable_and_total(events in prop::collection::vec(event(), 0..60), chunk in 1..9_usize) {
        let events: Vec<Event> = events.into_iter().filter(|event| event.time.is_some()).collect();
        let log = build(&events, Order::Time, chunk, Snapshots::None);
        let mut expected: Vec<usize> = (0..events.len()).collect();
        let mut counts = [0; 6];
        let versions: Vec<i64> = events.iter().map(|e| { counts[e.stream as usize] += 1; counts[e.stream as usize] }).collect();
        expected.sort_by_key(|&i| (events[i].time, versions[i]));
        let order: Vec<usize> = log.events().map(|event| log.place(event).at as usize).collect();
        prop_assert_eq!(order, expected);
    }
}

#[test]
fn own_positions_decide_where_they_are_unique() {
    let mut builder = LogBuilder::new(Order::Found);
    let mut raw = RawChunk::default();
    for position in [30, 20, 10] {
        let row = Row {
            stream: "s",
            event_type: "T",
            position: Some(position),
            ..Row::default()
        };
        raw.push(&row, String::new);
    }
    builder.append(raw);
    let (log, arrangement) = builder.finish();
    assert_eq!(arrangement, Arrangement::Sorted);
    let positions: Vec<i64> = log.events().map(|event| log.position(event).0).collect();
    assert_eq!(positions, [10, 20, 30]);
    assert_eq!(log.at_position(Position(25)), Some(EventIx(1)));
    assert_eq!(log.at_position(Position(9)), None);
}

#[test]
fn positions_that_repeat_become_ranks() {
    let mut builder = LogBuilder::new(Order::Found);
    let mut raw = RawChunk::default();
    for position in [0, 1, 0, 1] {
        raw.push(
            &Row {
                stream: "s",
                event_type: "T",
                position: Some(position),
                ..Row::default()
            },
            String::new,
        );
    }
    builder.append(raw);
    let (log, _) = builder.finish();
    assert!(!log.has_own_positions());
    assert_eq!(
        log.events()
            .map(|event| log.position(event).0)
            .collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
}

#[test]
fn a_linked_event_stands_in_both_streams_and_counts_once() {
    let mut builder = LogBuilder::new(Order::Given);
    let mut raw = RawChunk::default();
    raw.push(
        &Row {
            stream: "order-1",
            event_type: "Placed",
            ..Row::default()
        },
        || "order".to_owned(),
    );
    raw.link("all-orders", Some(17), || "index".to_owned());
    raw.push(
        &Row {
            stream: "order-1",
            event_type: "Paid",
            ..Row::default()
        },
        || "order".to_owned(),
    );
    builder.append(raw);
    let (log, _) = builder.finish();
    assert_eq!(log.len(), 2);
    let linked = StreamIx(log.streams().find("all-orders").unwrap());
    assert_eq!(log.stream_events(linked), [EventIx(0)]);
    assert_eq!(log.version_in(EventIx(0), linked), Some(Version(17)));
    assert_eq!(log.stream_events(StreamIx(0)).len(), 2);
    assert_eq!(log.category_name(log.category(linked)), "index");
}

proptest! {
    #[test]
    fn runs_say_what_the_getters_say(events in prop::collection::vec(event(), 0..60), chunk in 1..9_usize, from in 0..60_u32, to in 0..70_u32) {
        let log = build(&events, Order::Given, chunk, Snapshots::None);
        let mut seen = Vec::new();
        for run in log.runs(EventIx(from)..EventIx(to)) {
            let times = run.times(Clock::Recorded);
            for (row, ((event, stream), (kind, version))) in
                run.events().zip(run.streams()).zip(run.types().iter().zip(run.versions())).enumerate()
            {
                let event = EventIx(event);
                prop_assert_eq!(StreamIx(*stream), log.stream(event));
                prop_assert_eq!(TypeIx(*kind), log.event_type(event));
                prop_assert_eq!(version, log.version(event));
                prop_assert_eq!(times.as_ref().and_then(|times| times.get(row)), log.time(event, Clock::Recorded));
                seen.push(event.0);
            }
        }
        let expected: Vec<u32> = (from..to.min(log.len() as u32)).collect();
        prop_assert_eq!(seen, expected);
    }
}

#[test]
fn a_cut_beyond_the_log_is_the_head() {
    let log = build(&[], Order::Given, 1, Snapshots::None);
    assert_eq!(
        log.cut(Clock::Recorded, Bound::Event(EventIx(7)))
            .as_of(&log)
            .position,
        None
    );
}
