//! Laws of cuts: sets told by times, whatever the clocks do, and at what cost.

use super::*;
use crate::log::chunk::LOOKS;

proptest! {
    #[test]
    fn a_cut_holds_exactly_what_was_known(events in events(60), chunk in 1..9_usize, time in time()) {
        let log = build(&events, Order::Given, chunk, Snapshots::None);
        let cut = log.cut(Clock::Recorded, Bound::Time(time));
        let known: Vec<EventIx> = log.events().filter(|&event| cut.holds(&log, event)).collect();
        let expected: Vec<EventIx> =
            log.events().filter(|&event| log.time(event, Clock::Recorded).is_none_or(|own| own <= time)).collect();
        prop_assert_eq!(&known, &expected);
        prop_assert_eq!(cut.count() as usize, known.len());
        prop_assert_eq!(cut.last(), known.last().copied());
        let as_of = cut.as_of(&log);
        prop_assert_eq!(as_of.position, known.last().map(|&last| log.position_name(last)));
        let missing = known.last().map_or(0, |last| (0..last.0).filter(|&e| !known.contains(&EventIx(e))).count());
        prop_assert_eq!(as_of.out_of_order as usize, missing);
        // The digits are those of the store as far as it is known.
        let fine = known.iter().any(|&event| log.time(event, Clock::Recorded).is_some_and(|own| own.sub_micro_nanos() != 0));
        prop_assert_eq!(as_of.time, Some(if fine { time } else { Timestamp::from_micros(time.micros()) }));
        // The ranges are the same set, in as few pieces as there can be.
        let ranges = cut.known(&log);
        let ranged: Vec<EventIx> = ranges.iter().cloned().flatten().map(EventIx).collect();
        prop_assert_eq!(ranged, known);
        prop_assert!(ranges.iter().all(|range| !range.is_empty()));
        prop_assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].start));
    }

    #[test]
    fn the_span_of_times_is_that_of_all_that_have_one(events in events(60), chunk in 1..9_usize) {
        let log = build(&events, Order::Given, chunk, Snapshots::None);
        for clock in Clock::ALL {
            let times = || log.events().filter_map(|event| log.own_time(event, clock));
            prop_assert_eq!(log.time_span(clock), times().min().zip(times().max()));
        }
    }
}

#[test]
fn the_span_begins_with_the_earliest_also_where_the_first_have_no_time() {
    let event = |time: Option<i64>| Event {
        time: time.map(Timestamp::from_micros),
        ..Event::default()
    };
    let events = [event(None), event(Some(10)), event(Some(5))];
    let log = build(&events, Order::Given, 3, Snapshots::None);
    let span = [5, 10].map(Timestamp::from_micros).into();
    assert_eq!(log.time_span(Clock::Recorded), Some(span));
}

/// One event of the wrong century, at the end of a log whose clock is right otherwise.
#[test]
fn a_wrong_clock_does_not_make_a_cut_look_at_all_events() {
    let mut events: Vec<Event> = (1..40_000)
        .map(|n| Event {
            time: Some(Timestamp::from_micros(n)),
            ..Event::default()
        })
        .collect();
    events[39_000].time = Some(Timestamp::from_micros(0));
    let log = build(&events, Order::Given, 2_000, Snapshots::None);
    for at in [0, 1, 19_999, 38_000, 39_500] {
        LOOKS.set(0);
        let cut = log.cut(Clock::Recorded, Bound::Time(Timestamp::from_micros(at)));
        let known = cut.known(&log);
        assert!(LOOKS.get() < 200, "{} looks", LOOKS.get());
        assert!(cut.last().is_some() && known.len() <= 2);
        assert_eq!(i64::from(cut.count()), at + i64::from(at < 39_001));
    }
}

#[test]
fn a_cut_beyond_the_log_is_the_head() {
    let log = build(&[], Order::Given, 1, Snapshots::None);
    let cut = log.cut(Clock::Recorded, Bound::Event(EventIx(7)));
    assert_eq!(cut.as_of(&log).position, None);
}
