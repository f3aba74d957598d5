//! Lists against a naive one, and the truncation law.

use proptest::prelude::*;

use super::*;
use crate::analysis::testing::{log_of, moments, samples, truncated};
use crate::log::{Bound, Clock, Log};
use crate::model::{EventIx, StreamIx, Task};

fn query() -> impl Strategy<Value = StreamQuery> {
    let sort = prop_oneof![
        Just(StreamSort::Name),
        Just(StreamSort::Events),
        Just(StreamSort::First),
        Just(StreamSort::Last),
    ];
    let direction = prop_oneof![Just(Direction::Ascending), Just(Direction::Descending)];
    let search = prop_oneof![Just(""), Just("stream-"), Just("K-1"), Just("none")];
    (sort, direction, search).prop_map(|(sort, direction, search)| StreamQuery {
        search: search.to_owned(),
        sort,
        direction,
    })
}

fn rows(log: &Log, list: &StreamList) -> Vec<StreamRow> {
    list.streams
        .iter()
        .map(|figures| row(log, Clock::Recorded, figures))
        .collect()
}

proptest! {
    #[test]
    fn nothing_is_learnt_from_the_future(samples in samples(60), at in moments(), query in query(), chunk in 1..20_usize) {
        let log = log_of(&samples, chunk);
        let cut = at.cut(&log, Clock::Recorded);
        let short = truncated(&log, &cut);
        let known = list(&log, &cut, &query, &Task::new()).unwrap();
        let all = list(&short, &short.cut(Clock::Recorded, Bound::Head), &query, &Task::new()).unwrap();
        prop_assert_eq!(known.total, all.total);
        prop_assert_eq!(rows(&log, &known), rows(&short, &all));
    }

    #[test]
    fn a_list_is_complete_and_sorted(samples in samples(60), at in moments(), query in query()) {
        let log = log_of(&samples, 9);
        let cut = at.cut(&log, Clock::Recorded);
        let found = list(&log, &cut, &query, &Task::new()).unwrap();
        let mut expected = Vec::new();
        for stream in (0..log.streams().len()).map(StreamIx::from_usize) {
            let mut events = log.stream_events(stream);
            events.retain(|&event| cut.holds(&log, event));
            let searched = log.stream_name(stream).to_lowercase().contains(&query.search.to_lowercase());
            if let (Some(&first), Some(&last), true) = (events.first(), events.last(), searched) {
                expected.push(StreamFigures { stream, events: events.len() as u32, first, last });
            }
        }
        let mut by_stream = found.streams.clone();
        by_stream.sort_by_key(|figures| figures.stream);
        prop_assert_eq!(by_stream, expected);
        let key = |figures: &StreamFigures| match query.sort {
            StreamSort::Name => 0,
            StreamSort::Events => figures.events,
            StreamSort::First => figures.first.0,
            StreamSort::Last => figures.last.0,
        };
        let mut keys: Vec<u32> = found.streams.iter().map(key).collect();
        if query.direction == Direction::Descending {
            keys.reverse();
        }
        prop_assert!(keys.is_sorted());
    }
}

#[test]
fn a_stream_is_written_with_its_ends() {
    let sample = |recorded| crate::analysis::testing::Sample {
        stream: 4,
        recorded,
        ..Default::default()
    };
    let log = log_of(&[sample(Some(0)), sample(Some(5_000_000))], 1);
    let list = list(&log, &log.at_head(), &StreamQuery::default(), &Task::new()).unwrap();
    assert_eq!(list.streams[0].last, EventIx(1));
    assert_eq!(
        serde_json::to_string(&row(&log, Clock::Recorded, &list.streams[0])).unwrap(),
        concat!(
            r#"{"stream":"Stream-4","category":"Stream-even","events":2,"first_position":3,"last_position":13,"#,
            r#""first_time":"1970-01-01T00:00:00.000000Z","last_time":"1970-01-01T00:00:05.000000Z"}"#,
        )
    );
}
