//! What befell a consumer, and that the audit and the view tell the same of it.

use super::way::course;
use super::{second, told_of};
use crate::analysis::lag::{Course, LagOptions, SpellKind, Status, report};
use crate::analysis::testing::{MadeUp, Sample, log_of};
use crate::log::{Bound, CheckpointHistory, Clock, Log, Mark, Marked, Says, SideKind};
use crate::model::time::Span;
use crate::model::{Position, Task, Timestamp};

const MINUTE: i64 = 60;

/// An event a minute.
fn log(minutes: i64) -> Log {
    let event = |n: i64| Sample {
        recorded: Some(second(n * MINUTE).micros()),
        version: n + 1,
        id: (n % 250) as u8,
        ..Sample::default()
    };
    log_of(&(0..minutes).map(event).collect::<Vec<_>>(), 100)
}

/// That a consumer had come to an event at a minute.
fn step(consumer: &str, minute: i64, event: i64) -> (SideKind, Says) {
    let row = CheckpointHistory {
        consumer: consumer.to_owned(),
        partition: None,
        reached: Some(Mark {
            application: None,
            event: Marked::Position(Position(event * 10 + 3)),
        }),
        at: Some(second(minute * MINUTE + 1)),
    };
    (SideKind::CheckpointHistory, Says::CheckpointHistory(row))
}

fn spells(course: &Course, log: &Log) -> Vec<(SpellKind, Timestamp, Option<Timestamp>)> {
    let options = LagOptions::default().with_series();
    let told = report(course, &MadeUp, &log.at_head(), &options, &Task::new()).unwrap();
    let own = told.consumers.into_iter().next().unwrap();
    let spells = own.spells.unwrap().into_iter();
    spells
        .map(|spell| (spell.kind, spell.from, spell.to))
        .collect()
}

#[test]
fn that_no_step_is_made_right_after_going_back_is_part_of_it() {
    let log = log(200);
    let usual = (0..60).map(|minute| step("mailer", minute, minute));
    let back = [
        step("mailer", 60, 20),
        step("mailer", 150, 90),
        step("mailer", 170, 170),
    ];
    let rest = (171..200).map(|minute| step("mailer", minute, minute));
    let course = course(&log, usual.chain(back).chain(rest).collect());
    let (from, to) = (second(60 * MINUTE + 1), second(150 * MINUTE + 1));
    let told = spells(&course, &log);
    assert_eq!(told, [(SpellKind::Rewound, from, Some(to))]);
    let at = log.cut(Clock::Recorded, Bound::Time(second(140 * MINUTE)));
    let own = &told_of(&course, &at).consumers[0];
    assert_eq!(own.status, Some(Status::Rewound));
}

#[test]
fn who_comes_back_and_stands_where_it_stood_was_stopped_until_then() {
    let log = log(200);
    let usual = (0..=30).map(|minute| step("mailer", minute, minute));
    let stands = (120..160).map(|minute| step("mailer", minute, 30));
    let rest = (161..200).map(|minute| step("mailer", minute, minute));
    let course = course(&log, usual.chain(stands).chain(rest).collect());
    let at = |minute: i64| second(minute * MINUTE + 1);
    let expected = [
        (SpellKind::Stopped, at(30), Some(at(120))),
        (SpellKind::Stalled, at(120), Some(at(161))),
    ];
    let told = spells(&course, &log);
    assert_eq!(&told[..2], &expected, "{told:?}");
    // While it stands it does not catch up, and then it has.
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn each_step_back_is_told_until_it_is_made_up_for() {
    let log = log(60);
    let places = [0, 10, 20, 5, 15, 8, 12, 16, 25, 26, 27];
    let rows = places
        .iter()
        .zip(30..)
        .map(|(event, minute)| step("mailer", minute, *event));
    let course = course(&log, rows.collect());
    let at = |minute: i64| second(minute * MINUTE + 1);
    let mut back = spells(&course, &log);
    back.retain(|(kind, ..)| *kind == SpellKind::Rewound);
    // From 20 to 5 until 25, and from 15 to 8 until 16.
    assert_eq!(
        back,
        [
            (SpellKind::Rewound, at(33), Some(at(38))),
            (SpellKind::Rewound, at(35), Some(at(37))),
        ]
    );
}

#[test]
fn the_audit_tells_what_the_view_tells() {
    let log = log(400);
    let usual = (0..60).map(|minute| step("mailer", minute, minute));
    // It stands for an hour, in which it is not seen for a while; then shows no life for two, and goes back.
    let stands = (60..120).filter(|minute| !(75..100).contains(minute));
    let stands = stands.map(|minute| step("mailer", minute, 60));
    let rest = (120..180).map(|minute| step("mailer", minute, minute));
    let silent = (300..340).map(|minute| step("mailer", minute, minute));
    let back = [step("mailer", 340, 300)];
    let end = (341..400).map(|minute| step("mailer", minute, minute));
    let rows = usual
        .chain(stands)
        .chain(rest)
        .chain(silent)
        .chain(back)
        .chain(end);
    let course = course(&log, rows.collect());
    let told = spells(&course, &log);
    let told: Vec<_> = told
        .iter()
        .filter(|(kind, ..)| *kind != SpellKind::CatchingUp)
        .collect();
    let audited = course.hold_ups(&log.at_head(), &Task::new()).unwrap();
    let kinds = [SpellKind::Stalled, SpellKind::Stopped, SpellKind::Rewound];
    assert_eq!(told.iter().map(|spell| spell.0).collect::<Vec<_>>(), kinds);
    assert_eq!(
        audited.iter().map(|own| own.kind).collect::<Vec<_>>(),
        kinds
    );
    for (own, (_, from, to)) in audited.iter().zip(told) {
        // Since an event waited, which may be a little later.
        let near = from.saturating_add(Span::from_secs(2 * MINUTE));
        assert!(own.from >= *from && own.from < near, "{own:?}");
        assert_eq!(Some(own.to), *to);
    }
    assert_eq!(audited[0].event.0, 61);
    assert_eq!(audited[1].event.0, 180);
    assert_eq!(
        (audited[2].event.0, audited[2].before.is_some()),
        (301, true)
    );
}

#[test]
fn who_falls_behind_stands_before_who_stays_behind() {
    let log = log(60);
    // One has been two behind for ever; the other kept up, and stands since eight minutes.
    let steady = (2..60).map(|minute| step("steady", minute, minute - 2));
    let frozen = (0..52).map(|minute| step("frozen", minute, minute));
    // This one has had nothing to do for longer.
    let idle = (25..40).map(|minute| step("idle", minute, 59));
    let course = course(&log, steady.chain(frozen).chain(idle).collect());
    let told = told_of(&course, &log.at_head());
    let told: Vec<_> = told
        .consumers
        .iter()
        .map(|own| (&own.name[..], own.status))
        .collect();
    assert_eq!(
        told,
        [
            ("frozen", Some(Status::Ok)),
            ("steady", Some(Status::Warning)),
            ("idle", Some(Status::Ok)),
        ]
    );
}

#[test]
fn who_steps_whenever_an_event_comes_is_stopped_by_how_long_they_are_used_to_wait() {
    // An event every two hours, handled within a second, but for two days.
    let times = (0..60).map(|n| n * 2 * 60);
    let event = |(n, minute): (usize, i64)| Sample {
        recorded: Some(second(minute * MINUTE).micros()),
        version: n as i64 + 1,
        id: n as u8,
        ..Sample::default()
    };
    let log = log_of(
        &times.clone().enumerate().map(event).collect::<Vec<_>>(),
        100,
    );
    let steps = (0..60).filter(|n| !(20..44).contains(n));
    let rows = steps.map(|n| step("mailer", n * 120, n)).collect();
    let course = course(&log, rows);
    let from = second(19 * 120 * MINUTE + 1);
    let to = second(44 * 120 * MINUTE + 1);
    assert_eq!(
        spells(&course, &log),
        [(SpellKind::Stopped, from, Some(to))]
    );
    let status = |minute: i64| {
        let at = log.cut(Clock::Recorded, Bound::Time(second(minute * MINUTE)));
        told_of(&course, &at).consumers[0].status
    };
    // Nothing waits yet; then something does, for ten minutes.
    assert_eq!(status(19 * 120 + 60), Some(Status::Ok));
    assert_eq!(status(20 * 120 + 5), Some(Status::Ok));
    assert_eq!(status(20 * 120 + 11), Some(Status::Stopped));
}

/// An event a day for five days, then one an hour; each is read within a minute, but for those of twenty hours.
#[test]
fn who_had_made_few_steps_before_a_pause_is_judged_by_those_after_it() {
    let hours: Vec<i64> = (0..5).map(|day| day * 24).chain(97..160).collect();
    let event = |(n, hour): (usize, &i64)| Sample {
        recorded: Some(second(hour * 60 * MINUTE).micros()),
        version: n as i64 + 1,
        id: n as u8,
        ..Sample::default()
    };
    let log = log_of(
        &hours.iter().enumerate().map(event).collect::<Vec<_>>(),
        100,
    );
    let read = |n: usize| step("mailer", hours[n] * 60 + 1, n as i64);
    // The first that it reads again is of the 117th hour.
    let told = |until: usize| {
        let all = (0..5).chain(25..until).map(read);
        spells(&course(&log, all.collect()), &log)
    };
    let at = |hour: i64| second((hour * 60 + 1) * MINUTE + 1);
    let stopped = (SpellKind::Stopped, at(96), Some(at(117)));
    assert!(told(40).contains(&stopped), "{:?}", told(40));
    assert!(!told(27).contains(&stopped), "{:?}", told(27));
}
