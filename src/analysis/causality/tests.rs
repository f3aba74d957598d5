//! Skews from steps, and traces, by example.

use super::skew::{Skew, Skews};
use super::trace::MOST;
use super::{Subject, subject, trace};
use crate::analysis::testing::written::{Written, log_of_rows};
use crate::log::Row;
use crate::model::{EventIx, Task, Timestamp};

#[test]
fn the_skew_lies_between_what_two_directions_prove() {
    let at = |ms: i64| Timestamp::from_micros(ms * 1000);
    let mut skews = Skews::default();
    // The shop's clock is 8 s ahead; a step takes one second at least.
    skews.see((1, EventIx(0), at(8_000)), (2, EventIx(1), at(1_000)));
    skews.see((1, EventIx(2), at(28_000)), (2, EventIx(3), at(29_000)));
    skews.see((2, EventIx(1), at(1_000)), (1, EventIx(4), at(10_500)));
    let found = skews.found(|service| ["", "shop", "stock"][service as usize].to_owned());
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].ahead.as_str(), found[0].behind.as_str()),
        ("shop", "stock")
    );
    assert_eq!((found[0].least_ms, found[0].most_ms), (7_000, Some(9_500)));
    assert_eq!((found[0].steps, found[0].impossible), (2, 1));
    assert_eq!(found[0].proof, [EventIx(0), EventIx(1)]);
}

#[test]
fn what_is_beyond_the_nodes_that_are_shown_is_counted() {
    let ids: Vec<String> = (0..2 * MOST).map(|n| format!("id-{n}")).collect();
    let rows: Vec<Row<'_>> = ids
        .iter()
        .enumerate()
        .map(|(n, id)| Row {
            stream: "chain-1",
            event_type: "Happened",
            event_id: Some(id),
            causation: n.checked_sub(1).map(|before| ids[before].as_str()),
            ..Row::default()
        })
        .collect();
    let log = log_of_rows(&rows);
    let subject = Subject::Event(EventIx(5));
    let report = trace(&log, &log.at_head(), &subject, &Written(&[]), &Task::new()).unwrap();
    assert_eq!((report.nodes.len(), report.left_out), (MOST, MOST as u64));
    assert_eq!(report.edges.len(), MOST - 1);
    let shown = |event: EventIx| report.nodes.iter().any(|node| node.event == event);
    let last = report.edges.last().unwrap();
    assert!(last.events.iter().all(|event| shown(*event)));
}

#[test]
fn an_event_is_found_by_its_position_and_by_its_id() {
    let row = |id| Row {
        stream: "order-1",
        event_type: "Happened",
        event_id: Some(id),
        correlation: Some("story"),
        ..Row::default()
    };
    let log = log_of_rows(&[row("a"), row("1"), row("c")]);
    for (text, event) in [("#2", 1), (" #1 ", 0), ("3", 2), ("c", 2), ("1", 1)] {
        assert_eq!(
            subject(&log, text),
            Ok(Subject::Event(EventIx(event))),
            "{text}"
        );
    }
    assert_eq!(
        subject(&log, "story"),
        Ok(Subject::Correlation("story".to_owned()))
    );
    for text in ["#4", "4", "nobody", ""] {
        assert!(subject(&log, text).is_err(), "{text}");
    }
}

/// `a` and `b` cause each other, `c` comes from `b`, `d` stands alone: all of one correlation.
#[test]
fn a_circle_is_traced_whole_and_says_nothing_of_clocks() {
    let at = |ms: i64| Some(Timestamp::from_micros(ms * 1000));
    let row = |stream, id, cause, ms| Row {
        stream,
        event_type: "Happened",
        event_id: Some(id),
        causation: cause,
        correlation: Some("story"),
        recorded: at(ms),
        ..Row::default()
    };
    let rows = [
        row("shop-1", "c", Some("b"), 900),
        row("shop-1", "a", Some("b"), 1_000),
        row("stock-1", "b", Some("a"), 90_000),
        row("shop-1", "d", None, 91_000),
    ];
    let log = log_of_rows(&rows);
    for (text, events, roots) in [("story", 4, 2), ("c", 3, 1), ("a", 3, 1)] {
        let subject = subject(&log, text).unwrap();
        let report = trace(&log, &log.at_head(), &subject, &Written(&[]), &Task::new()).unwrap();
        assert_eq!(report.nodes.len(), events, "{text}");
        let begin = report.nodes.iter().filter(|node| node.depth == 0);
        assert_eq!(begin.count(), roots, "{text}");
        let told: Vec<String> = report.circles_in_words().collect();
        assert_eq!(told, ["#2 and #3 cause each other in a circle."], "{text}");
        // The step back to the first of them is no effect before its cause.
        let closing = report
            .edges
            .iter()
            .find(|edge| edge.events == [EventIx(2), EventIx(1)]);
        assert_eq!(closing.unwrap().delay_ms, None);
        let first = report.nodes.iter().find(|node| node.event == EventIx(1));
        let cause = first.unwrap().cause_in_circle.as_ref();
        assert_eq!(cause.map(ToString::to_string).as_deref(), Some("#3"));
        assert!(report.skew.is_empty());
    }
}

#[test]
fn a_trace_accuses_neither_of_two_clocks_and_the_most_is_rounded_up() {
    let skew = Skew {
        ahead: "payments".to_owned(),
        behind: "shipping".to_owned(),
        least_ms: 10_390,
        most_ms: Some(11_258),
        steps: 9,
        impossible: 3,
        proof: [EventIx(0), EventIx(1)],
    };
    assert_eq!(
        skew.to_string(),
        "The clocks of payments and shipping are apart by 10.39 s to 11.26 s, payments ahead; which of them is wrong the audit may tell."
    );
}

#[test]
fn an_event_alone_has_no_cause_and_no_effect() {
    let row = |id, cause| Row {
        stream: "shop-1",
        event_type: "Happened",
        event_id: Some(id),
        causation: cause,
        ..Row::default()
    };
    let log = log_of_rows(&[row("a", None), row("b", None), row("c", Some("b"))]);
    for (event, alone) in [(0, true), (1, false), (2, false)] {
        let subject = Subject::Event(EventIx(event));
        let report = trace(&log, &log.at_head(), &subject, &Written(&[]), &Task::new()).unwrap();
        assert_eq!(report.is_alone(), alone, "{event}");
    }
}
