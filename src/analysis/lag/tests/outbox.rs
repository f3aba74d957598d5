//! Which events should have a message, and tables that another clock dates.

use super::way::{course, log, message, processed};
use super::{second, told_of};
use crate::analysis::lag::{Clocks, StageKind};
use crate::analysis::testing::{Sample, log_of};
use crate::log::{Bound, Clock, Log, Published};
use crate::model::{EventIx, Task};

/// An event a second, of that kind each.
fn of_kinds(kinds: &[u8]) -> Log {
    let event = |(kind, n): (&u8, i64)| Sample {
        recorded: Some(second(n).micros()),
        version: n + 1,
        id: n as u8,
        kind: *kind,
        ..Sample::default()
    };
    log_of(&kinds.iter().zip(0..).map(event).collect::<Vec<_>>(), 100)
}

fn sent(event: i64) -> (crate::log::SideKind, crate::log::Says) {
    message(event, Some(second(event + 1)), Published::Yes)
}

#[test]
fn an_event_misses_its_message_where_nearly_all_of_its_kind_have_one() {
    // All of a category but the third.
    let log = of_kinds(&[0; 10]);
    let but_one = |one: i64| (0..10).filter(move |n| *n != one).map(sent).collect();
    let most = course(&log, but_one(2));
    assert_eq!(most.without_message(&log.at_head()), Some(vec![EventIx(2)]));
    // Some were chosen: nobody can tell which are missing.
    let few = course(&log, vec![sent(0), sent(4)]);
    assert_eq!(few.without_message(&log.at_head()), None);
    assert_eq!(told_of(&few, &log.at_head()).outbox.unwrap().missing, None);
    // Of one type all but one, and of another none, by design.
    let types = of_kinds(&[0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    let chosen = course(&types, vec![sent(0), sent(2), sent(4), sent(6), sent(8)]);
    assert_eq!(
        chosen.without_message(&types.at_head()),
        Some(vec![EventIx(10)])
    );
    // Where only what waits is kept, nobody can tell either.
    let waiting = (0..9).map(|n| message(n, None, Published::No)).collect();
    assert_eq!(course(&log, waiting).without_message(&log.at_head()), None);
}

#[test]
fn what_another_clock_dates_is_no_delay_and_is_told_at_the_head_only() {
    let log = log(10);
    let year = 31_536_000;
    let late = |event: i64| message(event, Some(second(year + event)), Published::Yes);
    let rows = |n: i64| {
        let mut row = late(n);
        if let crate::log::Says::Outbox(row) = &mut row.1 {
            row.created_at = Some(second(year));
        }
        row
    };
    let mut all: Vec<_> = (0..10).map(rows).collect();
    all.extend((0..10).map(|n| processed(n, year + n)));
    let course = course(&log, all);
    let head = log.at_head();
    let stages = course.stages(&head, &Task::new()).unwrap();
    let of = |kind| stages.iter().find(|stage| stage.kind == kind).unwrap();
    let into = of(StageKind::Outbox);
    assert_eq!((into.took, into.clocks), (None, Clocks::Apart));
    assert_eq!(of(StageKind::Relay).clocks, Clocks::Same);
    let delays = course.delays(0, &head, None, &Task::new()).unwrap();
    assert_eq!((delays.figures, delays.clocks), (None, Clocks::Apart));
    let backlog = course.backlog(&head, (second(0), second(9)), 3, &Task::new());
    let backlog = backlog.unwrap();
    assert!(backlog.unsent.iter().all(|level| level.count == 0));
    // The same moment has two answers, and the one with more says why.
    let report = told_of(&course, &head);
    assert_eq!(report.tables_until, Some(second(year + 9)));
    let at = log.cut(Clock::Recorded, Bound::Time(second(9)));
    let report = told_of(&course, &at);
    assert_eq!(report.tables_until, None);
    assert_eq!(report.outbox.unwrap().published, 0);
}

#[test]
fn delays_of_one_clock_are_measured_however_long_they_are() {
    let log = log(10);
    // One that was quick shows that clocks go alike.
    let slow = course(&log, vec![processed(0, 1), processed(1, 500_000)]);
    let delays = slow.delays(0, &log.at_head(), None, &Task::new()).unwrap();
    assert_eq!(delays.clocks, Clocks::Same);
    assert_eq!(delays.figures.unwrap().most_ms, 499_999_000.0);
}
