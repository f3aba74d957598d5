//! Two definitions against each other, and one against itself under faulty delivery.

use proptest::prelude::*;

use super::testing::{Made, reading};
use super::{
    Comparison, Definition, Idempotency, Known, ReadModel, RunOptions, compare, read_model,
    repeated,
};
use crate::log::{Table, TableError, TableRow, TableSource};
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
        prop_assert_eq!(found, Comparison { differing: vec![], count: 0, first_divergence: None, stopped: None });
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

/// Adds up, and never comes back from a three.
const ENDLESS: &str = "fromAll().foreachStream().when({ $init: () => ({ sum: 0 }), Added(s, e) {
  s.sum += 2 * e.data.n; if (e.data.n === 3) { while (true) {} } } })";

fn until_three() -> (super::Reading, RunOptions) {
    let added = |n: u32| Made::new("s-1", "Added", &format!(r#"{{"n":{n}}}"#));
    let options = RunOptions {
        limits: super::Limits {
            interrupts: 20,
            ..super::Limits::default()
        },
        ..RunOptions::default()
    };
    (reading(&[added(1), added(2), added(3), added(4)]), options)
}

#[test]
fn a_comparison_goes_as_far_as_both_definitions_do() {
    let (reading, options) = until_three();
    let cut = reading.log.at_head();
    let [a, b] = [script(SUM), script(ENDLESS)];
    let told = compare([&a, &b], &reading, &options, &cut, &Task::new()).unwrap();
    let stopped = told.stopped.unwrap();
    assert!(stopped.starts_with("It was stopped at #3: "), "{stopped}");
    assert_eq!(told.count, 1);
    let one = &told.differing[0];
    assert_eq!(one.a, Some(serde_json::json!({"sum": 3}).into()));
    assert_eq!(one.b, Some(serde_json::json!({"sum": 6}).into()));
}

#[test]
fn a_trial_of_what_never_ends_says_where_it_was_stopped() {
    let (reading, options) = until_three();
    let cut = reading.log.at_head();
    let told = repeated(&script(ENDLESS), &reading, &options, &cut, &Task::new()).unwrap();
    let stopped = told.stopped.unwrap();
    assert!(stopped.starts_with("It was stopped at #3: "), "{stopped}");
    assert_eq!(told.tried, 2);
}

/// The rows of one table, by id.
struct Rows(&'static [&'static str]);

impl TableSource for Rows {
    fn tables(&self, _: &Task) -> Result<Vec<Table>, TableError> {
        Ok(vec![Table {
            name: "open_orders".to_owned(),
            columns: vec!["id".to_owned(), "open".to_owned()],
            key: vec!["id".to_owned()],
        }])
    }

    fn rows(&self, _: &Table, _: &Task, each: &mut dyn FnMut(TableRow)) -> Result<(), TableError> {
        for id in self.0 {
            let row = [("id", (*id).into()), ("open", true.into())];
            each(
                row.map(|(name, value)| (name.to_owned(), value))
                    .into_iter()
                    .collect(),
            );
        }
        Ok(())
    }

    fn rows_of(
        &self,
        _: &Table,
        _: &str,
        _: &str,
        _: usize,
        _: &Task,
    ) -> Result<Vec<TableRow>, TableError> {
        Ok(Vec::new())
    }
}

#[test]
fn a_row_of_what_is_closed_has_been_extra_since_it_was() {
    let open = "fromAll().foreachStream().when({ $init: () => ({ open: true }), Opened() {},
      Closed(s) { s.open = false; } }).filterBy(s => s.open)";
    let made = |stream: &str, event_type| Made::new(stream, event_type, "{}");
    let events = [
        made("order-1", "Opened"),
        made("order-2", "Opened"),
        made("order-1", "Closed"),
        made("order-4", "Opened"),
        made("cart-4", "Opened"),
        made("order-4", "Closed"),
        made("cart-4", "Closed"),
    ];
    let reading = reading(&events);
    let known = Known::at(&reading.log.at_head(), &reading.log);
    let with = ReadModel {
        tables: &Rows(&["1", "2", "3", "4"]),
        table: "open_orders",
        key: "id",
    };
    let options = RunOptions::default();
    let report = read_model(
        &script(open),
        &reading,
        &options,
        &known,
        with,
        &Task::new(),
    )
    .unwrap();
    let since = |key: &str| {
        let row = report.extra.iter().find(|row| row.key == key).unwrap();
        row.since.as_ref().map(ToString::to_string)
    };
    assert_eq!(since("1").as_deref(), Some("#3"));
    assert_eq!(since("3"), None, "there never was one");
    assert_eq!(since("4"), None, "nobody can tell of which");
}
