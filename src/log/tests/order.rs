//! Laws of the order of events: by position, as found, by time.

use super::*;

/// The order by time told in the plainest way: an event without a time stands behind the one read
/// before it, in a log in which some have one.
fn by_time(events: &[Event], clock: Clock) -> Vec<usize> {
    let time = |event: &Event| match clock {
        Clock::Recorded => event.time,
        Clock::Occurred => event.occurred,
    };
    let timeless = events.iter().all(|event| time(event).is_none());
    let mut last = None;
    let mut keys = Vec::new();
    for (at, event) in events.iter().enumerate() {
        if timeless || time(event).is_some() {
            last = Some((time(event), event.version, at));
        }
        keys.push((last, at));
    }
    keys.sort_unstable();
    keys.into_iter().map(|(_, at)| at).collect()
}

fn read_as(log: &Log) -> Vec<usize> {
    log.events()
        .map(|event| log.place(event).at as usize)
        .collect()
}

fn versions(log: &Log) -> Vec<i64> {
    log.events().map(|event| log.version(event).0).collect()
}

/// Versions as they stand: own ones, and between them those that are counted on.
fn counted(events: &[Event], order: &[usize]) -> Vec<i64> {
    let mut last = [None; 6];
    let next = order.iter().map(|&at| {
        let last = &mut last[events[at].stream as usize];
        let next = events[at]
            .version
            .unwrap_or(last.map_or(1, |last| last + 1));
        *last = Some(next);
        next
    });
    next.collect()
}

proptest! {
    #[test]
    fn order_by_time_is_stable_and_total(events in events(60), chunk in 1..9_usize) {
        let log = build(&events, Order::Time, chunk, Snapshots::None);
        let order = by_time(&events, log.default_clock());
        prop_assert_eq!(read_as(&log), &order[..]);
        prop_assert_eq!(versions(&log), counted(&events, &order));
        prop_assert!(!log.has_own_positions());
    }

    #[test]
    fn what_is_in_order_stays_so(events in events(60), order in orders()) {
        let log = build(&events, order, 7, Snapshots::None);
        let again: Vec<Event> = read_as(&log).into_iter().map(|at| events[at].clone()).collect();
        let again = build(&again, order, 5, Snapshots::None);
        prop_assert_eq!(read_as(&again), (0..events.len()).collect::<Vec<_>>());
        prop_assert_eq!(versions(&again), versions(&log));
    }
}

fn log_of(order: Order, rows: &[Row<'_>]) -> (Log, Arrangement) {
    let mut builder = LogBuilder::new(order);
    let mut raw = RawChunk::default();
    for row in rows {
        let row = Row {
            stream: "s",
            event_type: "T",
            ..*row
        };
        raw.push(&row, String::new);
    }
    builder.append(raw);
    builder.finish()
}

fn at(position: i64) -> Row<'static> {
    Row {
        position: Some(position),
        ..Row::default()
    }
}

fn positions(log: &Log) -> Vec<i64> {
    log.events().map(|event| log.position(event).0).collect()
}

#[test]
fn own_positions_decide_where_they_are_unique() {
    let (log, arrangement) = log_of(Order::Found, &[at(30), at(20), at(10)]);
    assert_eq!(arrangement, Arrangement::Sorted);
    assert_eq!(positions(&log), [10, 20, 30]);
    assert_eq!(log.at_position(Position(25)), Some(EventIx(1)));
    assert_eq!(log.at_position(Position(9)), None);
    assert_eq!(log.from_position(Position(11)), Some(EventIx(1)));
    assert_eq!(log.from_position(Position(31)), None);
    // An export with the newest event first: its versions count on from the oldest.
    assert_eq!(versions(&log), [1, 2, 3]);
}

#[test]
fn positions_that_repeat_become_ranks() {
    let (log, _) = log_of(Order::Found, &[at(0), at(1), at(0), at(1)]);
    assert!(!log.has_own_positions());
    assert_eq!(positions(&log), [1, 2, 3, 4]);
}

#[test]
fn positions_that_turn_out_to_be_none_are_announced() {
    let mut builder = LogBuilder::new(Order::Found);
    let mut generations = Vec::new();
    for positions in [&[Some(7), Some(9)][..], &[None], &[Some(11)]] {
        let mut raw = RawChunk::default();
        for &position in positions {
            let row = Row {
                position,
                ..Row::default()
            };
            raw.push(&row, String::new);
        }
        builder.append(raw);
        let log = builder.snapshot();
        generations.push((log.generation(), log.position(EventIx(0)).0));
    }
    assert_eq!(generations, [(0, 7), (1, 1), (1, 1)]);
}

#[test]
fn a_log_that_begins_again_is_not_complete() {
    let mut builder = LogBuilder::new(Order::Given);
    append(&mut builder, &[Event::default()], 0);
    assert!(builder.finish().0.is_complete());
    builder.begin_again();
    append(&mut builder, &[Event::default()], 0);
    assert!(!builder.snapshot().is_complete());
    assert!(builder.finish().0.is_complete());
}

#[test]
fn a_log_that_is_followed_for_days_stays_in_few_pieces() {
    let mut builder = LogBuilder::new(Order::Given);
    let days: Vec<Event> = (0..3000)
        .map(|n| Event {
            time: Some(Timestamp::from_micros(n)),
            id: (n % 200) as u8,
            ..Event::default()
        })
        .collect();
    for (at, event) in days.iter().enumerate() {
        append(&mut builder, std::slice::from_ref(event), at);
        builder.finish();
    }
    let log = builder.finish().0;
    assert!(log.chunks.len() <= 12 && log.segments.len() <= 12);
    assert_eq!(
        dump(&log),
        dump(&build(&days, Order::Given, 512, Snapshots::None))
    );
}

#[test]
fn a_list_with_the_newest_event_first_is_read_from_its_end() {
    let at = |micros: i64| Row {
        recorded: Some(Timestamp::from_micros(micros)),
        ..Row::default()
    };
    let read = |times: &[i64]| {
        let rows: Vec<Row<'_>> = (times.iter().zip(0..))
            .map(|(time, place)| Row {
                place: Place {
                    at: place,
                    extent: 0,
                },
                ..at(*time)
            })
            .collect();
        read_as(&log_of(Order::Found, &rows).0)
    };
    // Of one time the one that was read last came first.
    assert_eq!(read(&[40, 30, 30, 20]), [3, 2, 1, 0]);
    // A clock that was set back once, or times that rise as well.
    assert_eq!(read(&[40, 30]), [0, 1]);
    assert_eq!(read(&[40, 30, 20, 50]), [0, 1, 2, 3]);
}
