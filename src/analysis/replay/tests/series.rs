//! Laws of the series: snapshots, resuming and cuts never change an answer.

use proptest::prelude::*;
use serde_json::Value;

use super::laws::any_history;
use super::*;

fn made(history: &[String]) -> Vec<Made> {
    let event = |(at, payload): (usize, &String)| Made {
        stream: "s-1",
        event_type: "Happened",
        time: Some(Timestamp::from_micros(at as i64)),
        payload: payload.clone(),
        ..Made::default()
    };
    history.iter().enumerate().map(event).collect()
}

/// Many events from few, so that snapshots are taken.
fn long(history: &[String], times: usize) -> Vec<String> {
    history
        .iter()
        .cycle()
        .take(history.len() * times)
        .cloned()
        .collect()
}

/// Where the stream ends now and then, in whatever way.
fn any_ends() -> impl Strategy<Value = Vec<(prop::sample::Index, StreamEnd)>> {
    let deleted = (any::<prop::sample::Index>(), Just(StreamEnd::Deleted));
    let for_good = prop::sample::select(vec![StreamEnd::Tombstoned, StreamEnd::Archived]);
    let for_good = (any::<prop::sample::Index>(), for_good);
    let few = prop::collection::vec(deleted, 0..4);
    (few, prop::option::weighted(0.3, for_good)).prop_map(|(mut ends, last)| {
        ends.extend(last);
        ends
    })
}

fn with_ends(mut events: Vec<Made>, ends: &[(prop::sample::Index, StreamEnd)]) -> Vec<Made> {
    for (at, how) in ends {
        let at = at.index(events.len());
        events[at].ends = Some(*how);
    }
    events
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn snapshots_and_direction_never_change_a_state(
        history in any_history().prop_filter("some", |h| h.len() > 2),
        ends in any_ends(),
        budget in prop::sample::select(vec![0_usize, 2_000, 64 << 20]),
        places in prop::collection::vec(any::<prop::sample::Index>(), 1..6),
    ) {
        let history = long(&history, 120);
        let store = Store::new(&with_ends(made(&history), &ends));
        let mut series = store.series("s-1").with_budget(budget);
        let plain = series.clone();
        series.grow(store.source()).unwrap();
        prop_assert!(series.memory() <= budget || series.snapshot_count() <= 1);
        let mut there: Vec<usize> = places.iter().map(|at| at.index(history.len() + 1)).collect();
        there.sort_unstable();
        let back: Vec<usize> = there.iter().rev().copied().collect();
        let events = store.log.stream_events(series.stream());
        for n in there.into_iter().chain(back) {
            let full = plain.state_of(store.source(), &events[..n]).unwrap();
            prop_assert_eq!(series.state_of(store.source(), &events[..n]).unwrap(), full.clone());
            let step = series.last_step(store.source(), &events[..n]).unwrap();
            prop_assert_eq!(step.now, full);
            if n > 0 {
                prop_assert_eq!(step.before, plain.state_of(store.source(), &events[..n - 1]).unwrap());
            }
        }
    }

    #[test]
    fn growing_in_steps_is_growing_at_once(history in any_history(), n in 0_usize..24) {
        let history = long(&history, 30);
        let n = (n * 30).min(history.len());
        let (part, whole) = (Store::new(&made(&history[..n])), Store::new(&made(&history)));
        let mut series = Series::new(StreamIx(0), FoldRules::default());
        series.grow(part.source()).unwrap();
        series.grow(whole.source()).unwrap();
        let mut at_once = Series::new(StreamIx(0), FoldRules::default());
        at_once.grow(whole.source()).unwrap();
        prop_assert_eq!(series.len(), at_once.len());
        let events = whole.log.stream_events(StreamIx(0));
        prop_assert_eq!(series.state_of(whole.source(), &events), at_once.state_of(whole.source(), &events));
        // And back again, as when a cursor's log is older than the replay.
        series.grow(part.source()).unwrap();
        prop_assert_eq!(series.len(), n);
        prop_assert_eq!(
            series.state_of(part.source(), &events[..n]),
            at_once.state_of(part.source(), &events[..n])
        );
    }

    #[test]
    fn growing_no_further_than_a_moment_is_enough_for_it(history in any_history(), n in 0_usize..24) {
        let history = long(&history, 30);
        let n = (n * 30).min(history.len());
        let store = Store::new(&made(&history));
        let events = store.log.stream_events(StreamIx(0));
        let mut series = Series::new(StreamIx(0), FoldRules::default());
        series.grow_until(store.source(), EventIx::from_usize(n)).unwrap();
        prop_assert_eq!(series.len(), n);
        let mut at_once = Series::new(StreamIx(0), FoldRules::default());
        at_once.grow(store.source()).unwrap();
        for end in [n, events.len()] {
            prop_assert_eq!(
                series.state_of(store.source(), &events[..end]),
                at_once.state_of(store.source(), &events[..end])
            );
        }
        // It is no step back.
        series.grow(store.source()).unwrap();
        series.grow_until(store.source(), EventIx::from_usize(n)).unwrap();
        prop_assert_eq!(series.len(), events.len());
    }

    #[test]
    fn the_state_at_a_moment_is_the_state_of_the_store_cut_there(
        history in any_history().prop_filter("some", |h| !h.is_empty()),
        times in prop::collection::vec(0_i64..20, 24),
        at in 0_i64..20,
    ) {
        let mut events = made(&history);
        for (event, time) in events.iter_mut().zip(&times) {
            event.time = Some(Timestamp::from_micros(*time));
        }
        let moment = Timestamp::from_micros(at);
        let known: Vec<Made> = events.iter().filter(|event| event.time <= Some(moment)).cloned().collect();
        let store = Store::new(&events);
        let mut grown = store.series("s-1");
        grown.grow(store.source()).unwrap();
        let cut = store.cut(Bound::Time(moment));
        let found = store.at(&grown, cut);
        prop_assert_eq!(found.exists(), !known.is_empty());
        if known.is_empty() {
            return Ok(());
        }
        let truncated = Store::new(&known);
        let expected = truncated.at(&truncated.series("s-1"), truncated.cut(Bound::Head));
        prop_assert_eq!(found.tree().to_value(), expected.tree().to_value());
        prop_assert_eq!(found.before.tree().to_value(), expected.before.tree().to_value());
        prop_assert_eq!(found.events, expected.events);
        prop_assert_eq!(found.fold.not_folded(), expected.fold.not_folded());
        let left_out = events.iter().rposition(|e| e.time <= Some(moment)).map(|last| last + 1 - known.len());
        prop_assert_eq!(Some(found.left_out.len()), left_out);
    }

    #[test]
    fn the_values_of_a_field_are_those_its_states_had(
        history in any_history().prop_filter("some", |h| !h.is_empty()),
        quiet in 0_usize..700,
        ends in any_ends(),
        pointer in prop::sample::select(vec!["/a", "/b", "/a/b", "/a/a/b", "/~0", "/a/0", "/b/1/a"]),
    ) {
        let mut history = history;
        let rest = history.split_off(history.len() / 2);
        history.extend(std::iter::repeat_n("{\"z\":1}".to_owned(), quiet));
        history.extend(rest);
        let store = Store::new(&with_ends(made(&history), &ends));
        let mut series = store.series("s-1");
        let events = store.log.stream_events(series.stream());
        let mut expected = Vec::new();
        let mut last: Option<Value> = None;
        let mut fold = MergeFold::new();
        for (event, text) in events.iter().zip(&history) {
            fold.apply(&FoldRules::default(), *event, "Happened", &Payload::from_text(text.clone()));
            if let Some(how) = store.log.stream_end(*event) {
                fold.end(how, *event);
            }
            let value = match fold.tree().get(pointer) {
                Found::Present { value, .. } => Some(value.into_owned()),
                _ => None,
            };
            if value != last {
                expected.push(ValueChange { event: *event, value: value.clone() });
                last = value;
            }
        }
        prop_assert_eq!(&series.values_of(store.source(), &events, pointer).unwrap(), &expected);
        series.grow(store.source()).unwrap();
        prop_assert_eq!(&series.values_of(store.source(), &events, pointer).unwrap(), &expected);
    }
}

fn counters(count: usize) -> Vec<Made> {
    let payload = |at: usize| format!(r#"{{"f{}":{at},"total":{at}}}"#, at % 40);
    made(&(0..count).map(payload).collect::<Vec<_>>())
}

#[test]
fn a_moment_of_a_long_stream_reads_a_short_tail() {
    let store = Store::new(&counters(20_000));
    let mut series = store.series("s-1");
    series.grow(store.source()).unwrap();
    assert_eq!(store.reads.swap(0, Ordering::Relaxed), 20_000);
    for at in [0, 1, 255, 256, 257, 9_999, 19_998, 19_999] {
        store.at(&series, store.cut(Bound::Event(EventIx(at))));
        assert!(store.reads.swap(0, Ordering::Relaxed) <= 256, "at {at}");
    }
    assert!(series.memory() < 1 << 20, "{} bytes", series.memory());
}

#[test]
fn a_field_at_rest_is_not_searched_for() {
    let mut events = counters(10_000);
    events[3].payload = r#"{"owner":"x"}"#.to_owned();
    let store = Store::new(&events);
    let mut series = store.series("s-1");
    series.grow(store.source()).unwrap();
    store.reads.swap(0, Ordering::Relaxed);
    let events = store.log.stream_events(series.stream());
    let values = series.values_of(store.source(), &events, "/owner").unwrap();
    assert_eq!(values.len(), 1);
    assert!(store.reads.load(Ordering::Relaxed) <= 1_000);
}

#[test]
fn a_cancelled_replay_goes_on_where_it_stopped() {
    let mut store = Store::new(&counters(2_000));
    let mut series = store.series("s-1");
    store.source().task.cancel();
    assert!(matches!(
        series.grow(store.source()),
        Err(ReplayError::Cancelled(_))
    ));
    store.task = Task::new();
    series.grow(store.source()).unwrap();
    assert_eq!(series.len(), 2_000);
    assert_eq!(store.task.progress().done, 2_000);
}

#[test]
fn damaged_events_are_counted_and_listed_and_the_fold_goes_on() {
    let mut store = Store::new(&counters(600));
    store.spoil(
        5,
        Unreadable::Damaged("row 5: page 9 is truncated".to_owned()),
    );
    store.spoil(500, Unreadable::Damaged("row 500: bad".to_owned()));
    let mut series = store.series("s-1");
    let check = |series: &Series| {
        let at = store.at(series, store.cut(Bound::Head));
        assert_eq!(at.fold.unreadable(), 2);
        assert_eq!(at.tree().to_value()["total"].to_string(), "599");
        let notices = notices(&store.log, &at);
        assert_eq!(
            notices[0].message,
            "2 events of this stream could not be read and left the state as it was: row 5: page 9 is truncated"
        );
        let early = store.at(series, store.cut(Bound::Event(EventIx(4))));
        assert_eq!(early.fold.unreadable(), 0);
        assert_eq!(early.fold.flaws(), &Flaws::default());
    };
    check(&series);
    series.grow(store.source()).unwrap();
    let head = series.state_of(store.source(), &store.log.stream_events(series.stream()));
    let unreadable = head.unwrap().flaws().of(Flaw::Unreadable).clone();
    assert_eq!(unreadable.first, [EventIx(5), EventIx(500)]);
    check(&series);
}

#[test]
fn a_rewritten_store_is_not_folded() {
    let mut store = Store::new(&counters(10));
    store.spoil(5, Unreadable::Rewritten);
    let mut series = store.series("s-1");
    assert_eq!(series.grow(store.source()), Err(ReplayError::Rewritten));
    let found = StateAt::find(&series, store.source(), store.cut(Bound::Head));
    assert_eq!(found.err(), Some(ReplayError::Rewritten));
}
