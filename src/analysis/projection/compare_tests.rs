//! Two definitions against each other, and one against itself under faulty delivery.

use proptest::prelude::*;

use super::testing::{Made, reading};
use super::{Comparison, Definition, Idempotency, RunOptions, compare, repeated};
use crate::model::Task;

fn script(text: &str) -> Definition {
    Definition::Script(text.into())
}

fn compared(a: &str, b: &str, events: &[Made]) -> Comparison {
    let reading = reading(events);
    let cut = reading.log.at_head();
    let [a, b] = [script(a), script(b)];
    compare(
        [&a, &b],
        &reading,
        &RunOptions::default(),
        &cut,
        &Task::new(),
    )
    .unwrap()
}

fn tried(text: &str, events: &[Made]) -> Idempotency {
    let reading = reading(events);
    let cut = reading.log.at_head();
    repeated(
        &script(text),
        &reading,
        &RunOptions::default(),
        &cut,
        &Task::new(),
    )
    .unwrap()
}

fn told(found: &[super::Violation]) -> Vec<String> {
    let told = found.iter().map(|one| {
        let [first, second] = &one.events;
        format!("{} {} {first} {second}", one.handler, one.path)
    });
    told.collect()
}

const SUM: &str = "fromAll().foreachStream().when({ $init: () => ({ sum: 0 }), Added(s, e) { s.sum += e.data.n; } })";

fn history() -> impl Strategy<Value = Vec<Made>> {
    let event = (0..3_u32, -5..10_i64);
    let made = |(stream, n): (u32, i64)| {
        Made::new(&format!("s-{stream}"), "Added", &format!(r#"{{"n":{n}}}"#))
    };
    prop::collection::vec(event.prop_map(made), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_definition_does_not_differ_from_itself(history in history()) {
        let found = compared(SUM, SUM, &history);
        prop_assert_eq!(found, Comparison { differing: vec![], count: 0, first_divergence: None });
    }

    #[test]
    fn an_idempotent_projection_minds_nothing(history in history()) {
        let seen = "fromAll().foreachStream().when({ $init: () => ({}), Added(s, e) { s[e.data.n] = true; } })";
        let found = tried(seen, &history);
        prop_assert_eq!(told(&found.violations), Vec::<String>::new());
        prop_assert_eq!(told(&found.late), Vec::<String>::new());
        prop_assert_eq!(told(&found.order), Vec::<String>::new());
        prop_assert_eq!(found.tried, history.len() as u64);
    }

    #[test]
    fn partitions_differ_from_the_last_time_on_that_they_began_to(history in history()) {
        let no_negative = SUM.replace("s.sum += e.data.n;", "s.sum += Math.max(0, e.data.n);");
        let found = compared(SUM, &no_negative, &history);
        let mut expected = Vec::new();
        for stream in 0..3 {
            let name = format!("s-{stream}");
            let own = history.iter().enumerate().filter(|(_, made)| made.stream == name);
            let first = own.filter(|(_, made)| made.payload.contains('-')).map(|(at, _)| at + 1).next();
            expected.extend(first.map(|first| (first.to_string(), name)));
        }
        expected.sort_by_key(|(first, _)| first.parse::<usize>().unwrap());
        let found: Vec<_> = found
            .differing
            .iter()
            .map(|one| (one.since.position.0.to_string(), one.partition.clone()))
            .collect();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn the_smallest_pair_shows_what_is_minded() {
    let events = [
        Made::new("s-1", "Named", r#"{"name":"a"}"#),
        Made::new("s-1", "Added", r#"{"n":0}"#),
        Made::new("s-1", "Added", r#"{"n":2}"#),
        Made::new("s-1", "Named", r#"{"name":"b"}"#),
    ];
    let found = tried(
        "fromAll().foreachStream().when({ $init: () => ({ sum: 0 }), Added(s, e) { s.sum += e.data.n; }, Named(s, e) { s.name = e.data.name; } })",
        &events,
    );
    // Adding nothing shows nothing; a name that is set twice is the same name.
    assert_eq!(told(&found.violations), ["Added /sum #3 #3"]);
    assert_eq!(told(&found.late), ["Added /sum #4 #3", "Named /name #4 #1"]);
    assert_eq!(told(&found.order), Vec::<String>::new());
    let last = tried(
        "fromAll().foreachStream().when({ $init: () => ({}), $any(s, e) { s.last = e.type; } })",
        &events,
    );
    assert_eq!(told(&last.violations), Vec::<String>::new());
    assert_eq!(
        told(&last.order),
        ["Added /last #2 #1", "Named /last #4 #3"]
    );
}

#[test]
fn a_handler_that_fails_a_second_time_is_no_violation() {
    let events = [
        Made::new("s-1", "Opened", "{}"),
        Made::new("s-1", "Opened", "{}"),
    ];
    let found = tried(
        "fromAll().foreachStream().when({ $init: () => ({}), Opened(s, e) { if (s.open) throw new Error('open'); s.open = true; } })",
        &events,
    );
    assert_eq!((found.violations.len(), found.tried), (0, 1));
}
