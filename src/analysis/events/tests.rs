//! A filter equals a naive one, a search in parts equals one in one go, and the truncation law.

use proptest::prelude::*;

use super::*;
use crate::analysis::testing::{At, MadeUp, Sample, log_of, made_up, moments, samples, truncated};
use crate::log::{Bound, Clock, Cut, IdRef, Log, Payload};
use crate::model::{Cancelled, CategoryIx, EventIx, StreamIx, Task, TypeIx};

/// A filter by names, so that it can be put to several logs.
#[derive(Clone, Debug)]
struct Wish {
    streams: Vec<u8>,
    categories: Vec<&'static str>,
    kinds: Option<(bool, Vec<u8>)>,
    from: At,
    to: At,
    correlation: CorrelationFilter,
    text: Option<(&'static str, Case)>,
}

fn wishes() -> impl Strategy<Value = Wish> {
    let some = |of: u8| prop::option::weighted(0.4, prop::collection::vec(0..of, 0..3));
    let categories = prop::option::weighted(
        0.4,
        prop::sample::subsequence(
            vec!["Stream-even", "Stream-odd", "Link-even", "Link-odd"],
            1..3,
        ),
    );
    let correlation = prop_oneof![
        4 => Just(CorrelationFilter::Any),
        1 => Just(CorrelationFilter::IsSet),
        1 => Just(CorrelationFilter::NotSet),
        1 => (0..5_u8).prop_map(|id| CorrelationFilter::Is(format!("correlation-{id}"))),
    ];
    let case = prop_oneof![Just(Case::Ignored), Just(Case::Exact)];
    let texts = vec![
        "müller 3",
        "Müller",
        "ser1",
        r#""n": 2"#,
        "Ab",
        "",
        "nowhere",
    ];
    let text = prop::option::of((prop::sample::select(texts), case));
    let range = (prop::option::of(moments()), prop::option::of(moments()));
    (
        some(8),
        categories,
        prop::option::of((any::<bool>(), prop::collection::vec(0..6_u8, 0..3))),
        range,
        correlation,
        text,
    )
        .prop_map(
            |(streams, categories, kinds, (from, to), correlation, text)| Wish {
                streams: streams.unwrap_or_default(),
                categories: categories.unwrap_or_default(),
                kinds,
                from: from.unwrap_or(At::Start),
                to: to.unwrap_or(At::Head),
                correlation,
                text,
            },
        )
}

fn bound(at: At) -> Bound {
    match at {
        At::Head => Bound::Head,
        At::Start => Bound::Start,
        At::Event(event) => Bound::Event(EventIx(event)),
        At::Time(time) => Bound::Time(time),
    }
}

impl Wish {
    fn filter(&self, log: &Log) -> EventFilter {
        let beyond = u32::MAX - 1;
        let stream =
            |n: &u8| StreamIx(log.streams().find(&format!("Stream-{n}")).unwrap_or(beyond));
        let category = |name: &&str| CategoryIx(log.categories().find(name).unwrap_or(beyond));
        let kinds = |kinds: &[u8]| {
            let kind = |n: &u8| TypeIx(log.types().find(&format!("Kind{n}")).unwrap_or(beyond));
            kinds.iter().map(kind).collect()
        };
        EventFilter {
            streams: self.streams.iter().map(stream).collect(),
            categories: self.categories.iter().map(category).collect(),
            types: match &self.kinds {
                None => TypeFilter::Any,
                Some((true, some)) => TypeFilter::Only(kinds(some)),
                Some((false, some)) => TypeFilter::Without(kinds(some)),
            },
            from: bound(self.from),
            to: bound(self.to),
            correlation: self.correlation.clone(),
            text: self.text.map(|(text, case)| TextFilter {
                text: text.to_owned(),
                case,
            }),
        }
    }

    /// As one would write it down.
    fn admits(&self, log: &Log, cut: &Cut, event: EventIx) -> bool {
        let streams: Vec<StreamIx> = (0..log.streams().len())
            .map(StreamIx::from_usize)
            .filter(|&stream| log.stream_events(stream).contains(&event))
            .collect();
        let in_stream = |n: &u8| {
            streams
                .iter()
                .any(|&s| log.stream_name(s) == format!("Stream-{n}"))
        };
        let in_category = |name: &&str| {
            streams
                .iter()
                .any(|&s| log.category_name(log.category(s)) == *name)
        };
        let kind = log.type_name(log.event_type(event));
        let time = log.time(event, cut.clock());
        cut.holds(log, event)
            && (self.streams.is_empty() || self.streams.iter().any(in_stream))
            && (self.categories.is_empty() || self.categories.iter().any(in_category))
            && self.kinds.as_ref().is_none_or(|(only, kinds)| {
                kinds.iter().any(|n| kind == format!("Kind{n}")) == *only
            })
            && match self.from {
                At::Start => true,
                At::Head => false,
                At::Event(first) => event.0 >= first,
                At::Time(from) => time.is_some_and(|time| time >= from),
            }
            && match self.to {
                At::Start => false,
                At::Head => true,
                At::Event(last) => event.0 <= last,
                At::Time(to) => time.is_none_or(|time| time <= to),
            }
            && match &self.correlation {
                CorrelationFilter::Any => true,
                CorrelationFilter::IsSet => log.correlation(event).is_some(),
                CorrelationFilter::NotSet => log.correlation(event).is_none(),
                CorrelationFilter::Is(id) => log.correlation(event) == Some(IdRef::new(id)),
            }
            && self
                .text
                .is_none_or(|(text, case)| text.is_empty() || says(log, event, text, case))
    }
}

fn says(log: &Log, event: EventIx, text: &str, case: Case) -> bool {
    let Ok(body) = made_up(log.place(event).at) else {
        return false;
    };
    let fold = |text: &str| match case {
        Case::Ignored => text.to_lowercase(),
        Case::Exact => text.to_owned(),
    };
    [body.data, body.metadata].iter().any(|payload| {
        let written = match payload {
            Payload::Absent => return false,
            Payload::Opaque(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Payload::Json(raw) => format!("{} {}", raw.get(), raw.get().replace("\\u00fc", "ü")),
            Payload::Viewed(_) => return false,
        };
        fold(&written).contains(&fold(text))
    })
}

fn run(log: &Log, cut: &Cut, filter: &EventFilter) -> Matches {
    let search = Search {
        log,
        cut,
        filter,
        payloads: &MadeUp,
    };
    let mut growing = Vec::new();
    let matches = search
        .run(&Task::new(), &mut |found| growing.extend_from_slice(found))
        .unwrap();
    assert_eq!(growing, matches.events);
    matches
}

proptest! {
    #[test]
    fn a_filter_equals_a_naive_one(samples in samples(60), at in moments(), cursor in moments(), wish in wishes(), chunk in 1..20_usize) {
        let log = log_of(&samples, chunk);
        let cut = at.cut(&log, Clock::Recorded);
        let matches = run(&log, &cut, &wish.filter(&log));
        let expected: Vec<EventIx> = log.events().filter(|&event| wish.admits(&log, &cut, event)).collect();
        prop_assert_eq!(&matches.events, &expected);
        let cursor = cursor.cut(&log, Clock::Recorded);
        let known = expected.iter().filter(|&&event| cursor.holds(&log, event)).count();
        prop_assert_eq!(matches.known(&log, &cursor), known);
    }

    #[test]
    fn a_search_in_parts_equals_one_in_one_go(samples in samples(60), wish in wishes(), part in 0..60_usize) {
        let whole = log_of(&samples, 7);
        let before = log_of(&samples[..part.min(samples.len())], 7);
        let mut matches = run(&before, &before.at_head(), &wish.filter(&before));
        // What a filter names keeps its number when the log grows; ends of a range may not lie there yet.
        let (filter, cut) = (wish.filter(&whole), whole.at_head());
        let search = Search { log: &whole, cut: &cut, filter: &filter, payloads: &MadeUp };
        let first = EventIx(matches.searched);
        matches.append(search.run_from(first, &Task::new(), &mut |_| {}).unwrap());
        let expected = run(&whole, &cut, &filter);
        prop_assert_eq!(matches, expected);
    }

    #[test]
    fn nothing_is_learnt_from_the_future(samples in samples(60), at in moments(), mut wish in wishes(), limit in prop::option::of(0..20_usize)) {
        let log = log_of(&samples, 7);
        let cut = at.cut(&log, Clock::Recorded);
        let short = truncated(&log, &cut);
        // Places in log order name other events in a log cut short.
        wish.from = match wish.from { At::Event(_) => At::Start, other => other };
        wish.to = match wish.to { At::Event(_) => At::Head, other => other };
        let json = |log: &Log, cut: &Cut| {
            let filter = wish.filter(log);
            let search = Search { log, cut, filter: &filter, payloads: &MadeUp };
            let mut value = serde_json::to_value(report(search, limit, &Task::new()).unwrap()).unwrap();
            value.as_object_mut().unwrap().remove("as_of").unwrap();
            value
        };
        prop_assert_eq!(json(&log, &cut), json(&short, &short.cut(Clock::Recorded, Bound::Head)));
    }
}

#[test]
fn an_event_is_written_with_the_fields_of_the_contract() {
    let sample = Sample {
        recorded: Some(1_000_000),
        version: 7,
        cause: Some(9),
        correlation: Some(2),
        ..Sample::default()
    };
    let log = log_of(&vec![sample; 5], 2);
    let rows = rows(&log, &MadeUp, &[EventIx(4), EventIx(1)], &Task::new()).unwrap();
    assert_eq!(
        serde_json::to_string(&rows[0]).unwrap(),
        concat!(
            r#"{"position":43,"native_position":"native-4","source":null,"stream":"Stream-0","category":"Stream-even","#,
            r#""version":7,"type":"Kind0","schema_version":null,"id":"id-0","recorded_at":"1970-01-01T00:00:01.000000Z","#,
            r#""occurred_at":null,"correlation_id":"correlation-2","causation_id":"id-9","#,
            r#""data":{"n": 4.50, "name": "M\u00fcller 4"},"metadata":{"by":"User1"}}"#,
        )
    );
    assert_eq!(
        serde_json::to_string(&rows[1].data).unwrap(),
        r#"{"$bytes":"ff416201"}"#
    );
    let broken = super::rows(&log, &MadeUp, &[EventIx(2)], &Task::new()).unwrap();
    assert_eq!(
        serde_json::to_string(&broken[0].data).unwrap(),
        r#"{"$unreadable":"the row is cut short"}"#
    );
    assert_eq!(broken[0].stream, "Stream-0");
}

#[test]
fn a_limit_is_never_silent() {
    let log = log_of(&vec![Sample::default(); 5], 2);
    let (filter, cut) = (EventFilter::default(), log.at_head());
    let search = Search {
        log: &log,
        cut: &cut,
        filter: &filter,
        payloads: &MadeUp,
    };
    let report = |limit| report(search, limit, &Task::new()).unwrap();
    assert_eq!(
        (
            report(Some(3)).total,
            report(Some(3)).truncated,
            report(Some(3)).events.len()
        ),
        (5, true, 3)
    );
    assert_eq!(
        (report(Some(5)).truncated, report(None).truncated),
        (false, false)
    );
}

#[test]
fn a_search_can_be_called_off() {
    let log = log_of(&vec![Sample::default(); 5], 2);
    let (filter, cut) = (EventFilter::default(), log.at_head());
    let search = Search {
        log: &log,
        cut: &cut,
        filter: &filter,
        payloads: &MadeUp,
    };
    let task = Task::new();
    task.cancel();
    assert_eq!(search.run(&task, &mut |_| {}), Err(Cancelled));
}
