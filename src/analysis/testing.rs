//! What the tests of analyses share: small logs of every kind, their payloads, and a log cut down to
//! what was known, which is what the truncation law compares with.

use std::sync::Arc;

use proptest::prelude::*;

use crate::log::{
    Body, Bound, Clock, Cut, Log, LogBuilder, Order, Payload, PayloadReader, RawChunk, Row, Source,
    Standing, Unreadable,
};
use crate::model::{Cancelled, EventIx, Task, Timestamp};

/// An event of a test.
#[derive(Clone, Debug, Default)]
pub(super) struct Sample {
    pub stream: u8,
    pub kind: u8,
    pub recorded: Option<i64>,
    pub occurred: Option<i64>,
    pub version: i64,
    pub id: u8,
    pub cause: Option<u8>,
    pub correlation: Option<u8>,
    pub link: Option<u8>,
}

/// Events whose clocks run backwards now and then, with gaps, forks, repeated ids and links.
pub(super) fn samples(most: usize) -> impl Strategy<Value = Vec<Sample>> {
    let facts = (0..7_u8, 0..5_u8, -2..20_i64, prop::bool::weighted(0.9));
    let ids = (
        0..60_u8,
        prop::option::weighted(0.5, 0..70_u8),
        prop::option::weighted(0.5, 0..4_u8),
        prop::option::weighted(0.1, 0..9_u8),
    );
    let step = (facts, ids, -30..4_i64, -4..4_i64);
    prop::collection::vec(step, 0..most).prop_map(|steps| {
        let (mut time, mut next) = (0, [1_i64; 7]);
        let mut samples = Vec::with_capacity(steps.len());
        for ((stream, kind, step, timed), (id, cause, correlation, link), slip, drift) in steps {
            time += step;
            let version = &mut next[usize::from(stream)];
            *version += 1 + if slip > 0 { slip - 2 } else { 0 };
            samples.push(Sample {
                stream,
                kind,
                recorded: timed.then_some(time * 1_000_000),
                occurred: timed.then_some((time + drift) * 1_000_000),
                version: *version,
                id,
                cause,
                correlation,
                link,
            });
        }
        samples
    })
}

/// Which moment of a log to look at.
#[derive(Clone, Copy, Debug)]
pub(super) enum At {
    Head,
    Start,
    Event(u32),
    Time(i64),
}

/// Moments of all kinds.
pub(super) fn moments() -> impl Strategy<Value = At> {
    prop_oneof![
        1 => Just(At::Head),
        1 => Just(At::Start),
        3 => (0..60_u32).prop_map(At::Event),
        6 => (-5..400_i64).prop_map(|seconds| At::Time(seconds * 1_000_000)),
    ]
}

impl At {
    pub fn cut(self, log: &Log, clock: Clock) -> Cut {
        let bound = match self {
            Self::Head => Bound::Head,
            Self::Start => Bound::Start,
            // A moment is made from an event of its log.
            Self::Event(_) if log.is_empty() => Bound::Head,
            Self::Event(event) => Bound::Event(EventIx(event.min(log.len() as u32 - 1))),
            Self::Time(micros) => Bound::Time(Timestamp::from_micros(micros)),
        };
        log.cut(clock, bound)
    }
}

/// The log of `samples`, read in chunks of `chunk` rows. Positions go up in tens.
pub(super) fn log_of(samples: &[Sample], chunk: usize) -> Log {
    let mut builder = LogBuilder::new(Order::Given);
    for (n, rows) in samples.chunks(chunk).enumerate() {
        let mut raw = RawChunk::default();
        for (i, sample) in rows.iter().enumerate() {
            push(&mut raw, sample, (n * chunk + i) as i64);
        }
        builder.append(raw);
    }
    builder.finish().0
}

fn category(stream: &str) -> String {
    let (name, number) = stream.split_at(stream.len() - 1);
    // Two categories out of the same digits, so that both hold several streams.
    let odd = number.bytes().all(|digit| digit % 2 == 1);
    format!("{name}{}", if odd { "odd" } else { "even" })
}

fn push(raw: &mut RawChunk, sample: &Sample, at: i64) {
    let stream = format!("Stream-{}", sample.stream);
    let (kind, id) = (format!("Kind{}", sample.kind), format!("id-{}", sample.id));
    let cause = sample.cause.map(|cause| format!("id-{cause}"));
    let correlation = sample.correlation.map(|id| format!("correlation-{id}"));
    let row = Row {
        stream: &stream,
        event_type: &kind,
        position: Some(at * 10 + 3),
        version: Some(sample.version),
        recorded: sample.recorded.map(Timestamp::from_micros),
        occurred: sample.occurred.map(Timestamp::from_micros),
        event_id: Some(&id),
        correlation: correlation.as_deref(),
        causation: cause.as_deref(),
        place: crate::log::Place { at, extent: 0 },
        ..Row::default()
    };
    raw.push(&row, || category(&stream));
    if let Some(link) = sample.link {
        let linked = format!("Link-{link}");
        raw.link(&linked, Some(at), || category(&linked));
    }
}

/// The log of two files with these logs, whose streams have the number of their file before them.
pub(super) fn merged(files: [Log; 2]) -> Log {
    let clock = Some(files[0].default_clock());
    let sources = files
        .into_iter()
        .zip(["one", "two"])
        .map(|(log, name)| Source {
            name: name.into(),
            log,
            clock,
        });
    let sources: Arc<[Source]> = sources.collect();
    let mut order: Vec<Standing> = Vec::new();
    for (source, file) in sources.iter().zip(0..) {
        order.extend(
            source
                .log
                .events()
                .map(|event| source.standing(file, event)),
        );
    }
    order.sort_unstable();
    let mut raw = RawChunk::default();
    for (_, file, event) in order {
        let source = &sources[file as usize];
        let name = |stream| format!("{file}/{}", source.log.stream_name(stream));
        source.copy(file, event, &mut raw, &name);
    }
    let mut builder = LogBuilder::new(Order::Given);
    builder.made_of(Arc::clone(&sources), clock);
    builder.append(raw);
    builder.finish().0
}

/// `log` rebuilt from what is known at `cut`. Events keep their positions and versions, also where
/// those are ranks, since a real store cut short would count them anew from the same events.
pub(super) fn truncated(log: &Log, cut: &Cut) -> Log {
    let category = |stream| log.category_name(log.category(stream)).to_owned();
    let name = |stream| log.stream_name(stream).to_owned();
    let mut raw = RawChunk::default();
    for event in log.events().filter(|&event| cut.holds(log, event)) {
        log.with_row(event, |row| raw.push(&row, || category(log.stream(event))));
        log.copy_links(event, &mut raw, &name);
    }
    let clock = Some(log.default_clock());
    let mut builder = LogBuilder::new(Order::Given).with_clock(clock);
    if !log.sources().is_empty() {
        builder.made_of(log.sources().into(), clock);
    }
    builder.append(raw);
    builder.finish().0
}

/// Bodies made up from the place of their record, so that a truncated log has the same ones.
pub(super) struct MadeUp;

/// What the event read as the `at`-th carries.
pub(super) fn made_up(at: i64) -> Result<Body, Unreadable> {
    let data = match at % 7 {
        0 => Payload::Absent,
        1 => Payload::Opaque(vec![0xff, b'A', b'b', at as u8]),
        2 => return Err(Unreadable::Damaged("the row is cut short".to_owned())),
        _ => Payload::from_text(format!(
            r#"{{"n": {at}.50, "name": "M\u00fcller {}"}}"#,
            at % 5
        )),
    };
    Ok(Body {
        data,
        metadata: Payload::from_text(format!(r#"{{"by":"User{}"}}"#, at % 3)),
        native_position: (at % 2 == 0).then(|| format!("native-{at}")),
    })
}

impl PayloadReader for MadeUp {
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        for &event in events {
            task.check()?;
            each(event, made_up(log.place(event).at));
        }
        Ok(())
    }
}
