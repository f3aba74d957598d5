//! Laws of the log: chunks do not show, nor does when they came; order is what the semantics say, cuts
//! are sets.

mod cuts;
mod ids;
mod memory;
mod order;

use proptest::prelude::*;

use super::*;
use crate::model::{Position, Version};

/// An event with everything that a reader may find or miss.
#[derive(Clone, Debug, Default)]
struct Event {
    stream: u8,
    kind: u8,
    time: Option<Timestamp>,
    occurred: Option<Timestamp>,
    id: u8,
    cause: Option<u8>,
    correlation: Option<u8>,
    position: Option<i64>,
    version: Option<i64>,
    link: Option<u8>,
    ends: bool,
    problem: bool,
}

/// A moment among few, some of them finer than a microsecond.
fn time() -> impl Strategy<Value = Timestamp> {
    (0..50_i64, prop::sample::select(vec![0, 0, 0, 1, 999]))
        .prop_map(|(micros, nanos)| Timestamp::with_nanos(micros, nanos))
}

fn event() -> impl Strategy<Value = Event> {
    let facts = (0..6_u8, 0..4_u8, prop::option::weighted(0.8, time()));
    let occurred = prop::option::weighted(0.7, time());
    let ids = (
        0..40_u8,
        prop::option::of(0..60_u8),
        prop::option::of(0..5_u8),
    );
    let places = (
        prop::option::weighted(0.5, 0..9_i64),
        prop::option::weighted(0.1, 0..3_u8),
    );
    let rest = (prop::bool::weighted(0.1), prop::bool::weighted(0.1));
    (facts, occurred, ids, places, rest).prop_map(|(facts, occurred, ids, places, rest)| {
        let (stream, kind, time) = facts;
        let (id, cause, correlation) = ids;
        let (version, link) = places;
        Event {
            stream,
            kind,
            time,
            occurred,
            id,
            cause,
            correlation,
            position: None,
            // Streams of the one kind have versions, of the other not, and of a third some.
            version: version.filter(|version| stream < 2 || stream < 4 && *version < 5),
            link,
            ends: rest.0,
            problem: rest.1,
        }
    })
}

/// Events with positions of all kinds: none, or some missing, repeated, ascending or not.
fn events(most: usize) -> impl Strategy<Value = Vec<Event>> {
    let events = prop::collection::vec(event(), 0..most);
    (events, 0..6_u8, any::<bool>()).prop_map(|(mut events, positions, timeless)| {
        let count = events.len() as i64;
        for (n, event) in (0..).zip(&mut events) {
            event.position = match positions {
                0 | 1 => None,
                2 => Some(n * 10),
                3 => Some((count - n) * 10),
                4 => Some(n * 37 % 101),
                _ => Some(n * 10).filter(|n| n % 170 != 160),
            };
            if timeless {
                (event.time, event.occurred) = (None, None);
            }
        }
        events
    })
}

fn orders() -> impl Strategy<Value = Order> {
    prop::sample::select(vec![
        Order::Given,
        Order::Found,
        Order::Mingled,
        Order::Time,
    ])
}

/// Whether a snapshot is taken after each chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Snapshots {
    None,
    EachChunk,
}

fn build(events: &[Event], order: Order, chunk: usize, snapshots: Snapshots) -> Log {
    let mut builder = LogBuilder::new(order);
    for (n, rows) in events.chunks(chunk.max(1)).enumerate() {
        append(&mut builder, rows, n * chunk.max(1));
        if snapshots == Snapshots::EachChunk {
            builder.snapshot();
        }
    }
    builder.finish().0
}

/// Appends a chunk of events, of which the first was read as the `first`-th.
fn append(builder: &mut LogBuilder, events: &[Event], first: usize) {
    let mut raw = RawChunk::default();
    for (event, at) in events.iter().zip(first as i64..) {
        push(&mut raw, event, at);
    }
    builder.append(raw);
}

fn push(raw: &mut RawChunk, event: &Event, at: i64) {
    raw.next_record();
    if event.problem {
        raw.problems.push(Problem {
            place: format!("row {at}"),
            message: "odd".to_owned(),
        });
        if at % 2 == 0 {
            // That of a record that is lost, which stood before this one.
            raw.next_record();
        }
    }
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
        position: event.position,
        version: event.version,
        recorded: event.time,
        occurred: event.occurred,
        event_id: Some(&id),
        correlation: correlation.as_deref(),
        causation: cause.as_deref(),
        place: Place { at, extent: 0 },
        ends: event.ends.then_some(StreamEnd::Deleted),
        ..Row::default()
    };
    raw.push(&row, || "s".to_owned());
    if let Some(link) = event.link {
        raw.link(&format!("link-{link}"), Some(at), || "link".to_owned());
    }
}

/// Everything that a log says.
fn dump(log: &Log) -> Vec<String> {
    let line = |event| {
        let cause = match log.cause(event) {
            None => String::new(),
            Some(CauseRef::Event(cause)) => format!("#{}", cause.0),
            Some(CauseRef::Elsewhere(id)) => id.to_string(),
        };
        let times = Clock::ALL.map(|clock| (log.time(event, clock), log.own_time(event, clock)));
        format!(
            "{} read as {} {} {} {} {times:?} {:?} {:?} {cause} {:?} {:?} {:?} {}",
            log.position(event).0,
            log.place(event).at,
            log.stream_name(log.stream(event)),
            log.version(event),
            log.type_name(log.event_type(event)),
            log.event_id(event).map(|id| id.to_string()),
            log.correlation(event).map(|id| id.to_string()),
            log.correlated(event),
            log.effects(event),
            log.stream_end(event),
            log.repeats_id(event),
        )
    };
    let mut lines: Vec<String> = log.events().map(line).collect();
    for stream in (0..log.streams().len()).map(StreamIx::from_usize) {
        lines.push(format!(
            "{} {:?} {:?} {}",
            log.stream_name(stream),
            log.stream_events(stream),
            log.stream_events(stream)
                .into_iter()
                .map(|event| log.version_in(event, stream))
                .collect::<Vec<_>>(),
            log.versions_ascend(stream),
        ));
    }
    lines.push(format!("{:?} {:?}", log.problems, log.has_own_positions()));
    lines
}

proptest! {
    #[test]
    fn a_chunked_index_equals_a_one_shot_index(
        events in events(60), order in orders(), chunk in 1..20_usize,
        snapshots in prop::sample::select(vec![Snapshots::None, Snapshots::EachChunk]),
    ) {
        let whole = build(&events, order, usize::MAX, Snapshots::None);
        let chunked = build(&events, order, chunk, snapshots);
        prop_assert_eq!(dump(&whole), dump(&chunked));
    }

    /// Each part as a store that has grown brings it: appended, then put where it belongs.
    #[test]
    fn a_followed_log_equals_one_read_at_once(
        events in events(60), order in orders(), parts in prop::collection::vec(1..15_usize, 1..9),
    ) {
        let mut builder = LogBuilder::new(order);
        let mut first = 0;
        for part in parts.into_iter().chain([usize::MAX]) {
            let end = first + part.min(events.len() - first);
            append(&mut builder, &events[first..end], first);
            builder.finish();
            first = end;
        }
        let followed = builder.finish().0;
        prop_assert_eq!(dump(&followed), dump(&build(&events, order, usize::MAX, Snapshots::None)));
    }

    #[test]
    fn versions_ascend_where_the_log_says_so(events in events(60), order in orders()) {
        let log = build(&events, order, 7, Snapshots::None);
        for stream in (0..log.streams().len()).map(StreamIx::from_usize) {
            let versions = log.stream_events(stream).into_iter().map(|event| log.version_in(event, stream));
            let versions: Vec<_> = versions.collect();
            let ascend = versions.windows(2).all(|pair| pair[0] < pair[1]);
            let linked = log.stream_name(stream).starts_with("link");
            prop_assert_eq!(log.versions_ascend(stream), ascend && !linked);
        }
    }
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

proptest! {
    #[test]
    fn links_that_come_later_are_as_if_they_had_come_at_once(
        events in prop::collection::vec(event(), 1..40), chunk in 1..9_usize,
        links in prop::collection::vec((0..50_i64, 0..8_u8, any::<bool>()), 0..30),
    ) {
        let name = |stream: u8| format!("s-{stream}");
        let read = |later: bool| {
            let mut builder = LogBuilder::new(Order::Given);
            for (n, rows) in events.chunks(chunk).enumerate() {
                let mut raw = RawChunk::default();
                for (i, event) in rows.iter().enumerate() {
                    let at = (n * chunk + i) as i64;
                    push(&mut raw, event, at);
                    for (_, stream, _) in links.iter().filter(|link| link.0 == at && !(later && link.2)) {
                        raw.link(&name(*stream), None, || "s".to_owned());
                    }
                }
                builder.append(raw);
            }
            builder.finish();
            let late: Vec<FurtherLink> = links.iter().filter(|link| later && link.2).map(|&(at, stream, _)| {
                FurtherLink { at, stream: name(stream), version: None, category: "s".to_owned() }
            }).collect();
            builder.link(&late, |_| true);
            // What is known already stays as it is.
            builder.link(&late, |_| true);
            let log = builder.finish().0;
            let mut streams: Vec<_> = (0..log.streams().len())
                .map(|at| (log.streams().get(at as u32).to_owned(), log.stream_events(StreamIx::from_usize(at))))
                .filter(|(_, events)| !events.is_empty())
                .collect();
            streams.sort();
            streams
        };
        prop_assert_eq!(read(false), read(true));
    }
}
