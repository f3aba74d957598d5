//! What the tests of analyses, and of SQL over logs, share: small logs of every kind, their payloads, and a log cut down to
//! what was known, which is what the truncation law compares with.

pub(crate) mod rows;
pub(crate) mod written;

use std::sync::Arc;

use proptest::prelude::*;

use crate::log::{
    Body, Bound, Clock, Cut, Ended, Log, LogBuilder, Order, Payload, PayloadReader, Problem,
    RawChunk, Row, Source, Standing, StreamEnd, Unreadable,
};
use crate::model::{Cancelled, EventIx, Task, Timestamp};

/// An event of a test.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    pub stream: u8,
    pub kind: u8,
    pub recorded: Option<i64>,
    pub occurred: Option<i64>,
    /// Nanoseconds beyond both times.
    pub nanos: u16,
    pub version: i64,
    pub id: u8,
    pub cause: Option<u8>,
    pub correlation: Option<u8>,
    pub link: Option<u8>,
    pub end: Option<StreamEnd>,
    /// The store says now that the stream has ended: since when, if it tells.
    pub ended: Option<Option<i64>>,
    pub trouble: Trouble,
}

/// What could not be read around an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Trouble {
    #[default]
    None,
    /// Something of the event itself.
    Own,
    /// The record before it.
    Lost,
}

/// Events whose clocks run backwards now and then, some finer than microseconds, with gaps, forks,
/// repeated ids, links, ends of streams, and records between them that cannot be read.
pub(crate) fn samples(most: usize) -> impl Strategy<Value = Vec<Sample>> {
    let facts = (0..7_u8, 0..5_u8, -2..20_i64, prop::bool::weighted(0.9));
    let ids = (
        0..60_u8,
        prop::option::weighted(0.5, 0..70_u8),
        prop::option::weighted(0.5, 0..4_u8),
        prop::option::weighted(0.1, 0..9_u8),
    );
    let ends = [
        StreamEnd::Tombstoned,
        StreamEnd::Deleted,
        StreamEnd::Archived,
    ];
    let rest = (
        prop::option::weighted(0.15, prop::sample::select(ends.to_vec())),
        prop_oneof![
            8 => Just(Trouble::None),
            1 => Just(Trouble::Own),
            1 => Just(Trouble::Lost),
        ],
        prop::sample::select(vec![0, 0, 0, 1, 999]),
        prop::option::weighted(0.2, prop::option::of(0..400_i64)),
    );
    let step = (facts, ids, -30..4_i64, -4..4_i64, rest);
    prop::collection::vec(step, 0..most).prop_map(|steps| {
        let (mut time, mut next) = (0, [1_i64; 7]);
        let mut samples = Vec::with_capacity(steps.len());
        for (facts, ids, slip, drift, (end, trouble, nanos, ended)) in steps {
            let (stream, kind, step, timed) = facts;
            let (id, cause, correlation, link) = ids;
            time += step;
            let version = &mut next[usize::from(stream)];
            *version += 1 + if slip > 0 { slip - 2 } else { 0 };
            samples.push(Sample {
                stream,
                kind,
                recorded: timed.then_some(time * 1_000_000),
                occurred: timed.then_some((time + drift) * 1_000_000),
                nanos,
                version: *version,
                id,
                cause,
                correlation,
                link,
                end,
                ended: ended.map(|since| since.map(|seconds| seconds * 1_000_000)),
                trouble,
            });
        }
        samples
    })
}

/// Which moment of a log to look at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At {
    Head,
    Start,
    Event(u32),
    Time(Timestamp),
}

/// Moments of all kinds.
pub(crate) fn moments() -> impl Strategy<Value = At> {
    prop_oneof![
        1 => Just(At::Head),
        1 => Just(At::Start),
        3 => (0..60_u32).prop_map(At::Event),
        6 => (-5..400_i64, prop::sample::select(vec![0, 0, 1, 999])).prop_map(|(seconds, nanos)| {
            At::Time(Timestamp::with_nanos(seconds * 1_000_000, nanos))
        }),
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
            Self::Time(time) => Bound::Time(time),
        };
        log.cut(clock, bound)
    }
}

/// The log of `samples`, read in chunks of `chunk` rows. Positions go up in tens.
pub(crate) fn log_of(samples: &[Sample], chunk: usize) -> Log {
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
    let kind = format!("Kind{}", sample.kind);
    // Half of them UUIDs, which an event spells otherwise where it names its cause.
    let id = match sample.id {
        id if id % 2 == 0 => format!("id-{id}"),
        id => format!("{id:08x}-0000-4000-8000-00000000abcd"),
    };
    let cause = sample.cause.map(|cause| match cause {
        cause if cause % 2 == 0 || cause == 9 => format!("id-{cause}"),
        cause => format!("{cause:08X}00004000800000000000ABCD"),
    });
    let correlation = sample.correlation.map(|id| format!("correlation-{id}"));
    let time = |micros: Option<i64>| Some(Timestamp::with_nanos(micros?, sample.nanos));
    if sample.trouble == Trouble::Lost {
        raw.problems.push(problem(at, "the record is cut short"));
    }
    raw.next_record();
    if sample.trouble == Trouble::Own {
        raw.problems.push(problem(at, "it has no type"));
    }
    let row = Row {
        stream: &stream,
        event_type: &kind,
        position: Some(at * 10 + 3),
        version: Some(sample.version),
        recorded: time(sample.recorded),
        occurred: time(sample.occurred),
        event_id: Some(&id),
        correlation: correlation.as_deref(),
        causation: cause.as_deref(),
        place: crate::log::Place { at, extent: 0 },
        ends: sample.end,
        ended: sample.ended.map(|since| Ended {
            how: StreamEnd::Archived,
            since: since.map(Timestamp::from_micros),
        }),
        ..Row::default()
    };
    raw.push(&row, || category(&stream));
    if let Some(link) = sample.link {
        let linked = format!("Link-{link}");
        raw.link(&linked, Some(at), || category(&linked));
    }
}

fn problem(at: i64, message: &str) -> Problem {
    Problem {
        place: format!("row {at}"),
        message: message.to_owned(),
    }
}

/// The log of two files with these logs, whose streams have the number of their file before them.
pub(crate) fn merged(files: [Log; 2]) -> Log {
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
pub(crate) fn truncated(log: &Log, cut: &Cut) -> Log {
    // Of what the store says now only what it dates was known before.
    let said = |ended: &Ended| {
        let since = ended.since.zip(cut.time(log));
        cut.bound() == Bound::Head || since.is_some_and(|(since, now)| since <= now)
    };
    let [one, two] = log.sources() else {
        return rebuilt(log, cut.bound(), &|event| cut.holds(log, event), &said);
    };
    let known = |file: u32| {
        let known = log.events().filter(|&event| cut.holds(log, event));
        let own = known.filter(move |&event| log.place(event).extent == file);
        own.map(|event| EventIx(log.place(event).at as u32))
            .collect::<Vec<EventIx>>()
    };
    let cut_short = |file: u32, source: &Source| {
        let known = known(file);
        rebuilt(
            &source.log,
            cut.bound(),
            &|event| known.contains(&event),
            &said,
        )
    };
    merged([cut_short(0, one), cut_short(1, two)])
}

/// `log` rebuilt from the events that `known` says yes to, with what could not be read around them,
/// and with what was `said` of their streams.
fn rebuilt(
    log: &Log,
    bound: Bound,
    known: &dyn Fn(EventIx) -> bool,
    said: &dyn Fn(&Ended) -> bool,
) -> Log {
    let category = |stream| log.category_name(log.category(stream)).to_owned();
    let name = |stream| log.stream_name(stream).to_owned();
    let mut raw = RawChunk::default();
    let problems = |at: Option<EventIx>| {
        let there = log.problems_at().filter(move |(_, event)| *event == at);
        there.map(|(problem, _)| problem.clone())
    };
    if bound != Bound::Start {
        raw.problems.extend(problems(None));
    }
    for event in log.events().filter(|&event| known(event)) {
        raw.next_record();
        log.with_row(event, |row| {
            let ended = row.ended.filter(said);
            raw.push(&Row { ended, ..row }, || category(log.stream(event)));
        });
        log.copy_links(event, &mut raw, &name);
        raw.problems.extend(problems(Some(event)));
    }
    let mut builder = LogBuilder::new(Order::Given).with_clock(Some(log.default_clock()));
    builder.append(raw);
    builder.finish().0
}

/// Bodies made up from the place of their record, so that a truncated log has the same ones.
pub(crate) struct MadeUp;

/// What the event read as the `at`-th carries.
pub(crate) fn made_up(at: i64) -> Result<Body, Unreadable> {
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
            let own = log.source(event);
            let place = own.map_or(log.place(event), |(source, own)| source.log.place(own));
            each(event, made_up(place.at));
        }
        Ok(())
    }
}
