//! What was on its way: messages that the store does not date, what was processed twice, where a chart
//! begins, and what a remedy leaves.

use super::{second, told_of};
use crate::analysis::lag::{
    Cause, Course, LagOptions, Remedy, Samples, SpellKind, StageKind, Status, report,
};
use crate::analysis::testing::rows::Given;
use crate::analysis::testing::{MadeUp, Sample, log_of};
use crate::log::{
    Clock, Log, Mark, Marked, OutboxMessage, Payload, Processed, Published, Says, SideKind,
};
use crate::model::{Position, Task, Timestamp};

/// An event a second.
pub(super) fn log(events: i64) -> Log {
    let event = |n: i64| Sample {
        recorded: Some(second(n).micros()),
        version: n + 1,
        id: n as u8,
        ..Sample::default()
    };
    log_of(&(0..events).map(event).collect::<Vec<_>>(), 100)
}

fn mark(event: i64) -> Option<Mark> {
    Some(Mark {
        application: None,
        event: Marked::Position(Position(event * 10 + 3)),
    })
}

pub(super) fn message(event: i64, at: Option<Timestamp>, published: Published) -> (SideKind, Says) {
    let row = OutboxMessage {
        id: None,
        of: mark(event),
        message_type: None,
        stream: None,
        payload: Payload::Absent,
        created_at: Some(second(event)),
        published_at: at,
        published: Some(published),
        attempts: Some(1),
        status: None,
        error: None,
    };
    (SideKind::Outbox, Says::Outbox(row))
}

pub(super) fn processed(event: i64, at: i64) -> (SideKind, Says) {
    let row = Processed {
        consumer: Some("mailer".to_owned()),
        of: mark(event),
        processed_at: Some(second(at)),
        attempts: None,
    };
    (SideKind::Processed, Says::Processed(row))
}

pub(super) fn course(log: &Log, rows: Vec<(SideKind, Says)>) -> Course {
    let (rows, samples) = (Given(rows), Samples::default());
    Course::read(log, &rows, &samples, Clock::Recorded, &Task::new()).unwrap()
}

#[test]
fn what_was_given_up_or_published_without_a_date_does_not_wait_for_ever() {
    let log = log(4);
    let course = course(
        &log,
        vec![
            message(0, None, Published::Yes),
            message(1, None, Published::Failed),
            message(2, Some(second(3)), Published::Yes),
            message(3, None, Published::No),
        ],
    );
    let backlog = course.backlog(&log.at_head(), (second(0), second(6)), 6, &Task::new());
    let backlog = backlog.unwrap();
    let counts: Vec<u64> = backlog.pending.iter().map(|level| level.count).collect();
    assert_eq!(counts, [0, 0, 1, 1, 1, 1, 1]);
    // The way says as much as the outbox.
    let report = told_of(&course, &log.at_head());
    let stages = course.stages(&log.at_head(), &Task::new()).unwrap();
    let relay = stages.iter().find(|stage| stage.kind == StageKind::Relay);
    let outbox = report.outbox.unwrap();
    assert_eq!((outbox.pending, outbox.failed, outbox.published), (1, 1, 2));
    assert_eq!(relay.unwrap().waiting, Some(outbox.pending));
}

#[test]
fn what_is_not_published_is_in_the_hands_of_the_relay_alone() {
    let log = log(5);
    let mut rows: Vec<_> = (0..3)
        .map(|n| message(n, Some(second(n + 1)), Published::Yes))
        .collect();
    rows.push(message(3, None, Published::No));
    rows.push(message(4, None, Published::No));
    rows.extend([processed(0, 2), processed(1, 3)]);
    let course = course(&log, rows.clone());
    let head = log.at_head();
    let waiting = |course: &Course, kind| {
        let stages = course.stages(&head, &Task::new()).unwrap();
        let stage = stages.into_iter().find(|stage| stage.kind == kind);
        stage.unwrap().waiting
    };
    assert_eq!(waiting(&course, StageKind::Relay), Some(2));
    assert_eq!(waiting(&course, StageKind::Consumer), Some(1));
    let backlog = course.backlog(&head, (second(0), second(4)), 4, &Task::new());
    let [(_, in_hand)] = &backlog.unwrap().in_hand[..] else {
        panic!("one consumer");
    };
    let counts: Vec<u64> = in_hand.iter().map(|level| level.count).collect();
    assert_eq!(counts, [0, 1, 1, 1, 1]);
    // Who was done with one before that reads the log, and has all that waits before it.
    rows.push(processed(2, 2));
    let course = super::way::course(&log, rows);
    assert_eq!(waiting(&course, StageKind::Consumer), Some(2));
}

#[test]
fn nobody_is_stopped_by_an_event_that_nobody_published() {
    let seconds: Vec<i64> = (0..16).chain([7200]).collect();
    let event = |(n, at): (usize, &i64)| Sample {
        recorded: Some(second(*at).micros()),
        version: n as i64 + 1,
        id: n as u8,
        ..Sample::default()
    };
    let log = log_of(
        &seconds.iter().enumerate().map(event).collect::<Vec<_>>(),
        100,
    );
    let status = |own: Option<(SideKind, Says)>| {
        let told = |n: i64| message(n, Some(second(n + 1)), Published::Yes);
        let mut rows: Vec<_> = (0..15)
            .flat_map(|n| [told(n), processed(n, n + 2)])
            .collect();
        rows.extend(own);
        let course = course(&log, rows);
        let cut = log.cut(Clock::Recorded, crate::log::Bound::Time(second(7000)));
        let spells = course.spells(0, &cut, Some(second(7000)), &Task::new());
        let own = &told_of(&course, &cut).consumers[0];
        assert_eq!(own.lag_events, Some(1));
        (own.status, spells.unwrap().len())
    };
    assert_eq!(status(None), (Some(Status::Ok), 0));
    let waits = message(15, None, Published::No);
    assert_eq!(status(Some(waits)), (Some(Status::Stopped), 1));
}

#[test]
fn a_time_without_life_is_the_relays_until_it_publishes_and_the_consumer_does_nothing() {
    let seconds: Vec<i64> = (0..16).chain([9000]).collect();
    let event = |(n, at): (usize, &i64)| Sample {
        recorded: Some(second(*at).micros()),
        version: n as i64 + 1,
        id: n as u8,
        ..Sample::default()
    };
    let samples: Vec<_> = seconds.iter().enumerate().map(event).collect();
    let log = log_of(&samples, 100);
    // All but the last two are published at once; the sixteenth waits for that.
    let spell = |published: i64, done: i64| {
        let told = |n: i64| message(n, Some(second(n + 1)), Published::Yes);
        let rows = (0..15).flat_map(|n| [told(n), processed(n, n + 2)]);
        let late = message(15, Some(second(published)), Published::Yes);
        let course = course(&log, rows.chain([late, processed(15, done)]).collect());
        let cut = log.cut(Clock::Recorded, crate::log::Bound::Time(second(8000)));
        let spells = course.spells(0, &cut, Some(second(8000)), &Task::new());
        let spells = spells.unwrap();
        let stopped = spells.iter().find(|spell| spell.kind == SpellKind::Stopped);
        *stopped.unwrap()
    };
    let waited = spell(6000, 6001);
    assert_eq!((waited.from, waited.to), (second(16), Some(second(6001))));
    let told = (waited.cause, waited.name());
    assert_eq!(told, (Some(Cause::Relay), "waited for the relay"));
    // It had its turn and did not take it, which nobody could tell before.
    let own = spell(6000, 6900);
    assert_eq!((own.cause, own.name()), (None, "stopped"));
    assert_eq!(own.at(Some(second(5000))).cause, Some(Cause::Relay));
    assert_eq!(own.at(Some(second(6650))).cause, None);
}

#[test]
fn a_wait_for_the_relay_begins_with_the_first_message_that_waited() {
    // It has had nothing to do for long, when a message comes that is not published.
    let seconds: Vec<i64> = (0..15).chain([3000, 9000]).collect();
    let event = |(n, at): (usize, &i64)| Sample {
        recorded: Some(second(*at).micros()),
        version: n as i64 + 1,
        id: n as u8,
        ..Sample::default()
    };
    let samples: Vec<_> = seconds.iter().enumerate().map(event).collect();
    let log = log_of(&samples, 100);
    let told = |n: i64| message(n, Some(second(n + 1)), Published::Yes);
    let rows = (0..15).flat_map(|n| [told(n), processed(n, n + 2)]);
    let late = message(15, Some(second(6000)), Published::Yes);
    let course = course(&log, rows.chain([late, processed(15, 6900)]).collect());
    let cut = log.cut(Clock::Recorded, crate::log::Bound::Time(second(8000)));
    let spells = course.spells(0, &cut, Some(second(8000)), &Task::new());
    let own = spells.unwrap().into_iter();
    let own = own
        .filter(|spell| spell.kind == SpellKind::Stopped)
        .collect::<Vec<_>>();
    // As of the whole time it is its own: it was last seen long before.
    assert_eq!((own[0].cause, own[0].from), (None, second(16)));
    let waits = own[0].at(Some(second(5000)));
    assert_eq!(
        (waits.cause, waits.from),
        (Some(Cause::Relay), second(3000))
    );
}

#[test]
fn what_was_processed_twice_took_as_long_as_the_first_time() {
    let log = log(2);
    let rows = vec![processed(0, 1), processed(1, 4), processed(0, 1000)];
    let course = course(&log, rows);
    let head = log.at_head();
    let stages = course.stages(&head, &Task::new()).unwrap();
    let mut own = stages.iter();
    let own = own.find(|stage| stage.kind == StageKind::Consumer).unwrap();
    let took = own.took.unwrap();
    let delays = course.delays(0, &head, None, &Task::new()).unwrap();
    assert_eq!(Some(took), delays.figures);
    assert_eq!((took.count, took.most_ms), (2, 3000.0));
}

#[test]
fn a_chart_begins_with_the_earliest_event_wherever_that_stands() {
    let begins = |times: [Option<i64>; 3]| {
        let event = |(n, at): (usize, &Option<i64>)| Sample {
            recorded: at.map(|at| second(at).micros()),
            version: n as i64 + 1,
            id: n as u8,
            ..Sample::default()
        };
        let log = log_of(&times.iter().enumerate().map(event).collect::<Vec<_>>(), 2);
        let course = course(&log, vec![processed(0, 60)]);
        let options = LagOptions::default().with_series();
        let report = report(&course, &MadeUp, &log.at_head(), &options, &Task::new()).unwrap();
        let over = report.consumers[0].over.as_ref().unwrap();
        over.points.first().map(|point| point.at)
    };
    // The first of two hundred points from second 10 to second 50.
    let first = Some(Timestamp::from_micros(10_200_000));
    assert_eq!(begins([Some(10), Some(20), Some(50)]), first);
    // Clocks that run backwards, and an event without a time.
    assert_eq!(begins([Some(30), Some(10), Some(50)]), first);
    assert_eq!(begins([None, Some(10), Some(50)]), first);
}

#[test]
fn reading_from_the_leader_misses_what_waits_for_longer_than_that() {
    let log = log(100);
    // Nine in ten were processed a second after they came; the others never.
    let course = course(&log, (0..90).map(|n| processed(n, n + 1)).collect());
    let delays = course
        .delays(0, &log.at_head(), None, &Task::new())
        .unwrap();
    let leader = delays.remedies.iter().find_map(|remedy| match remedy {
        Remedy::ReadFromLeader { for_ms, missed, .. } => Some((*for_ms, *missed)),
        _ => None,
    });
    let (for_ms, missed) = leader.unwrap();
    assert_eq!(for_ms, 1000.0);
    // Of the ten that wait, eight have waited for longer.
    assert!((missed - 8.0 / 98.0).abs() < 1e-9, "{missed}");
}

#[test]
fn a_consumer_stays_who_it_is_when_the_store_tells_of_another_one() {
    let log = log(4);
    let told = |consumer: &str| {
        let row = Processed {
            consumer: Some(consumer.to_owned()),
            of: mark(1),
            processed_at: Some(second(2)),
            attempts: None,
        };
        (SideKind::Processed, Says::Processed(row))
    };
    let before = told_of(&course(&log, vec![told("mailer")]), &log.at_head());
    let chosen = &before.consumers[0].id;
    // Its row comes first now, and numbers follow the rows.
    let after = course(&log, vec![told("billing"), told("mailer")]);
    let number = after.number(chosen).unwrap();
    assert_eq!(after.ids().nth(number).unwrap().name, "mailer");
    let report = told_of(&after, &log.at_head());
    let same: Vec<_> = report
        .consumers
        .iter()
        .filter(|own| own.id == *chosen)
        .collect();
    assert_eq!((same.len(), &same[0].name[..]), (1, "mailer"));
}

#[test]
fn who_goes_by_publications_waits_for_the_relay_while_it_publishes_nothing() {
    let log = log(4000);
    let relayed = |until: i64| -> Vec<(SideKind, Says)> {
        let published = (0..until).map(|n| message(n, Some(second(n + 1)), Published::Yes));
        let waits = (until..4000).map(|n| message(n, None, Published::No));
        published.chain(waits).collect()
    };
    let told = |rows: Vec<(SideKind, Says)>| told_of(&course(&log, rows), &log.at_head());
    let after = |delay: i64| (0..500).map(move |n| processed(n, n + delay));
    // It has processed all that was published, and nothing else.
    let held = told(relayed(500).into_iter().chain(after(2)).collect());
    assert_eq!(held.consumers[0].cause, Some(Cause::Relay));
    let relay = held.relay.expect("a hold");
    assert_eq!(
        (relay.pending, &relay.consumers[..]),
        (3500, &["mailer".to_owned()][..])
    );
    // What was published waits for itself, and who reads the log waits for nobody.
    let own = told(relayed(600).into_iter().chain(after(2)).collect());
    assert_eq!((own.consumers[0].cause, own.relay.is_none()), (None, true));
    let reader = told(relayed(500).into_iter().chain(after(0)).collect());
    assert_eq!(
        (reader.consumers[0].cause, reader.relay.is_none()),
        (None, true)
    );
}
