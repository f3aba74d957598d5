//! Marks are found in the log as rows mean them.

use std::sync::Arc;

use super::*;
use crate::log::{Bound, Log, LogBuilder, Order, Place, RawChunk, Row, Source};
use crate::model::{EventIx, Position, Version};

/// Events with positions 10, 20, … in two streams, with ids.
fn log(name: &str) -> Log {
    let mut raw = RawChunk::default();
    for n in 1..=6_i64 {
        let (stream, id) = (format!("{name}-{}", n % 2), format!("{name}:{n}"));
        let row = Row {
            stream: &stream,
            event_type: "Happened",
            position: Some(n * 10),
            version: Some((n + 1) / 2),
            event_id: Some(&id),
            place: Place { at: n, extent: 0 },
            ..Row::default()
        };
        raw.push(&row, || name.to_owned());
    }
    let mut builder = LogBuilder::new(Order::Found);
    builder.append(raw);
    builder.finish().0
}

/// Two files, the events of the first before those of the second.
fn both() -> Log {
    let sources: Arc<[Source]> = ["orders", "payments"]
        .map(|name| Source {
            name: name.into(),
            log: log(name),
            clock: None,
        })
        .into();
    let mut raw = RawChunk::default();
    for (source, file) in sources.iter().zip(0..) {
        for event in source.log.events() {
            let name = |stream| source.log.stream_name(stream).to_owned();
            source.copy(file, event, &mut raw, &name);
        }
    }
    let mut builder = LogBuilder::new(Order::Given);
    builder.made_of(sources, None);
    builder.append(raw);
    builder.finish().0
}

fn mark(application: Option<&str>, event: Marked) -> Mark {
    Mark {
        application: application.map(str::to_owned),
        event,
    }
}

#[test]
fn an_event_is_found_by_position_id_or_version() {
    let log = log("orders");
    let version = |stream: &str, version| Marked::Version {
        stream: stream.to_owned(),
        version: Version(version),
    };
    let cases = [
        (Marked::Position(Position(30)), Some(2)),
        (Marked::Position(Position(35)), None),
        (Marked::Id("orders:5".to_owned()), Some(4)),
        (Marked::Id("orders:7".to_owned()), None),
        (version("orders-0", 2), Some(3)),
        (version("orders-0", 4), None),
        (version("nobody-0", 1), None),
    ];
    for (event, expected) in cases {
        let found = log.marked(0, &mark(None, event.clone()));
        assert_eq!(found, expected.map(EventIx), "{event:?}");
    }
}

#[test]
fn a_position_without_an_event_is_a_place_all_the_same() {
    let log = log("orders");
    let reached = |at| log.reached(0, &mark(None, Marked::Position(Position(at))));
    assert_eq!(reached(0), Some(Bound::Start));
    assert_eq!(reached(35), Some(Bound::Event(EventIx(2))));
    assert_eq!(reached(99), Some(Bound::Event(EventIx(5))));
    let gone = mark(None, Marked::Id("gone".to_owned()));
    assert_eq!(log.reached(0, &gone), None);
}

#[test]
fn of_several_files_the_one_that_is_named_is_meant() {
    let both = both();
    let at = |position| Marked::Position(Position(position));
    assert_eq!(both.marked(1, &mark(None, at(20))), Some(EventIx(7)));
    // The tracker of payments follows orders.
    assert_eq!(
        both.marked(1, &mark(Some("Orders"), at(20))),
        Some(EventIx(1))
    );
    assert_eq!(both.marked(1, &mark(Some("Stock"), at(20))), None);
    // Alone it knows nothing of the other file's events.
    assert_eq!(
        log("payments").marked(0, &mark(Some("Orders"), at(20))),
        None
    );
}

#[test]
fn what_was_published_when_is_known_as_far_as_the_store_tells() {
    let message = |published_at: Option<i64>, published| OutboxMessage {
        id: None,
        of: None,
        message_type: None,
        stream: None,
        payload: crate::log::Payload::Absent,
        created_at: None,
        published_at: published_at.map(Timestamp::from_micros),
        published,
        attempts: None,
        status: None,
        error: None,
    };
    let at = |micros| Some(Timestamp::from_micros(micros));
    let timed = message(Some(5), None);
    assert_eq!(
        [4, 5].map(|now| timed.is_published(at(now))),
        [Some(false), Some(true)]
    );
    let flagged = message(None, Some(Published::Yes));
    assert_eq!(
        (flagged.is_published(at(9)), flagged.is_published(None)),
        (None, Some(true))
    );
    assert_eq!(
        message(None, Some(Published::No)).is_published(at(9)),
        Some(false)
    );
}
