//! Built-in folds against plain ones, at any moment, and their errors.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::analysis::projection::testing::{Made, reading};
use crate::analysis::projection::{
    Counts, Definition, Run, RunOptions, SnapshotStrategy, Wanted, project,
};
use crate::log::{Bound, Clock};
use crate::model::{EventIx, Task};

fn definition(json: &Value) -> Definition {
    Definition::read("fold.json".as_ref(), &json.to_string()).unwrap()
}

/// The results at a moment, `at` events from the beginning; all of them for `None`. The same whatever
/// snapshots there are.
fn results(json: &Value, events: &[Made], at: Option<u32>) -> BTreeMap<String, Value> {
    let strategies = [
        SnapshotStrategy::Periodic { every: 3 },
        SnapshotStrategy::Threshold { changes: 2 },
        SnapshotStrategy::Eager,
        SnapshotStrategy::Lazy,
    ];
    let mut found = strategies
        .map(|strategy| results_by(strategy, json, events, at))
        .into_iter();
    let first = found.next().unwrap();
    assert!(found.all(|other| other == first));
    first
}

fn results_by(
    strategy: SnapshotStrategy,
    json: &Value,
    events: &[Made],
    at: Option<u32>,
) -> BTreeMap<String, Value> {
    let reading = reading(events);
    let options = RunOptions {
        strategy: Some(strategy),
        ..RunOptions::default()
    };
    let mut run = Run::new(&definition(json), reading.clone(), options).unwrap();
    let task = Task::new();
    run.advance(&task).unwrap();
    let bound = match at {
        None => Bound::Head,
        Some(0) => Bound::Start,
        Some(at) => Bound::Event(EventIx(at - 1)),
    };
    let cut = reading.log.cut(Clock::Recorded, bound);
    let report = project(&mut run, &cut, Wanted::All, &task).unwrap();
    match (report.state, report.states) {
        (Some(state), _) => BTreeMap::from([(String::new(), state)]),
        (None, Some(states)) => states.into_iter().collect(),
        (None, None) => BTreeMap::new(),
    }
}

fn history() -> impl Strategy<Value = Vec<(u32, bool, i64)>> {
    prop::collection::vec((0..5_u32, any::<bool>(), -50..50_i64), 0..40)
}

fn made(history: &[(u32, bool, i64)]) -> Vec<Made> {
    let made = history.iter().map(|(stream, opens, cents)| {
        let event_type = if *opens { "Opened" } else { "Closed" };
        let amount = Decimal::new(*cents, 2);
        let payload = format!(
            r#"{{"amount":{amount},"deep":{{"key":"k{}"}}}}"#,
            stream % 2
        );
        Made::new(&format!("s-{stream}"), event_type, &payload)
    });
    made.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn figures_are_those_of_the_numbers(history in history(), at in 0..41_u32) {
        let at = at.min(history.len() as u32);
        let found = results(&json!({"fold": "figures", "field": "/amount", "by": "/deep/key"}), &made(&history), Some(at));
        let mut expected: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for (stream, _, cents) in &history[..at as usize] {
            expected.entry(format!("k{}", stream % 2)).or_default().push(*cents);
        }
        prop_assert_eq!(found.len(), expected.len());
        for (key, cents) in expected {
            let told = &found[&key];
            let number = |name: &str| told[name].to_string().parse::<Decimal>().unwrap();
            prop_assert_eq!(told["count"].as_u64(), Some(cents.len() as u64));
            prop_assert_eq!(number("sum"), Decimal::new(cents.iter().sum(), 2));
            prop_assert_eq!(number("min"), Decimal::new(*cents.iter().min().unwrap(), 2));
            prop_assert_eq!(number("max"), Decimal::new(*cents.iter().max().unwrap(), 2));
        }
    }

    #[test]
    fn counts_and_open_items_are_those_of_a_plain_loop(history in history(), at in 0..41_u32) {
        let at = at.min(history.len() as u32);
        let events = made(&history);
        let counts = results(&json!({"fold": "counts"}), &events, Some(at));
        let open = results(&json!({"fold": "open", "opened": ["Opened"], "closed": ["Closed"]}), &events, Some(at));
        let latest = results(&json!({"fold": "latest"}), &events, Some(at));
        let mut by_type: BTreeMap<String, u64> = BTreeMap::new();
        let mut since: BTreeMap<String, usize> = BTreeMap::new();
        let mut last: BTreeMap<String, usize> = BTreeMap::new();
        for (n, event) in events[..at as usize].iter().enumerate() {
            *by_type.entry(event.event_type.clone()).or_default() += 1;
            last.insert(event.stream.clone(), n + 1);
            if event.event_type == "Opened" {
                since.entry(event.stream.clone()).or_insert(n + 1);
            } else {
                since.remove(&event.stream);
            }
        }
        let plain = |map: BTreeMap<String, Value>, path: &str| -> BTreeMap<String, u64> {
            map.into_iter().map(|(key, value)| (key, value.pointer(path).unwrap().as_u64().unwrap())).collect()
        };
        let numbers = |map: BTreeMap<String, usize>| -> BTreeMap<String, u64> {
            map.into_iter().map(|(key, n)| (key, n as u64)).collect()
        };
        prop_assert_eq!(plain(counts, ""), by_type);
        prop_assert_eq!(plain(open, "/opened/position"), numbers(since));
        prop_assert_eq!(plain(latest, "/position"), numbers(last));
    }
}

#[test]
fn numbers_are_exact_and_what_is_none_is_told() {
    let events = [
        Made::new("a", "T", r#"{"n":0.1}"#),
        Made::new("a", "T", r#"{"n":"0.2"}"#),
        Made::new("a", "T", r#"{"n":12345678901234567890.5}"#),
        Made::new("a", "T", r#"{"n":"many"}"#),
        Made::new("a", "T", "not JSON"),
        Made::new("a", "T", "{}"),
        Made::new("a", "T", r#"{"n":1e-2}"#),
        Made::new("a", "T", r#""{\"n\":1""#),
    ];
    let reading = reading(&events);
    let fold = definition(&json!({"fold": "figures", "field": "n"}));
    let mut run = Run::new(&fold, reading.clone(), RunOptions::default()).unwrap();
    let report = project(&mut run, &reading.log.at_head(), Wanted::All, &Task::new()).unwrap();
    assert_eq!(
        report.states.unwrap()["a"]["sum"].to_string(),
        "12345678901234567890.81"
    );
    assert_eq!(
        (
            report.counts.processed,
            report.counts.skipped,
            report.counts.failed
        ),
        (4, 1, 3)
    );
    let told: Vec<String> = report
        .dead_letters
        .iter()
        .map(|dead| format!("{} {}", dead.position, dead.error))
        .collect();
    assert_eq!(
        told,
        [
            "#4 many is not a number of at most 28 digits",
            "#5 the payload is not JSON",
            "#8 the payload is not valid JSON",
        ]
    );
}

#[test]
fn payloads_are_merged_as_a_state_is() {
    let events = [
        Made::new("a", "T", r#"{"x":1,"y":{"z":2}}"#),
        Made::new("a", "T", r#"{"y":{"z":null,"w":3}}"#),
        Made::new("b", "T", r#"{"x":9.50}"#),
    ];
    let found = results(&json!({"fold": "merge"}), &events, None);
    assert_eq!(found["a"].to_string(), r#"{"x":1,"y":{"w":3}}"#);
    assert_eq!(found["b"].to_string(), r#"{"x":9.50}"#);
    let found = results(
        &json!({"fold": "merge", "from": {"kind": "streams", "names": ["b"]}}),
        &events,
        Some(2),
    );
    assert_eq!(found.len(), 0);
}

#[test]
fn a_definition_that_does_not_hold_says_where() {
    let error = Definition::read("x.json".as_ref(), "{\"fold\":\n\"sum\"}").unwrap_err();
    assert!(error.message.contains("unknown variant `sum`"), "{error}");
}

/// Events some of which lack what is asked for, or have it in another form.
fn odd() -> impl Strategy<Value = Vec<Made>> {
    let amount = prop_oneof![
        8 => (-50..50_i64).prop_map(|cents| Decimal::new(cents, 2).to_string()),
        1 => Just("null".to_owned()),
        1 => Just(r#""12.50""#.to_owned()),
        1 => Just("1e3".to_owned()),
        1 => Just(r#""twelve""#.to_owned()),
    ];
    let event = (0..5_u32, any::<bool>(), amount, 0..9_u32);
    prop::collection::vec(event, 0..50).prop_map(|events| {
        let made = events.into_iter().map(|(stream, opens, amount, key)| {
            let event_type = if opens { "Opened" } else { "Closed" };
            let payload = match key {
                0 => format!(r#"{{"amount":{amount}}}"#),
                _ => format!(r#"{{"amount":{amount},"key":"k{}"}}"#, key % 3),
            };
            Made::new(&format!("s-{stream}"), event_type, &payload)
        });
        made.collect()
    })
}

/// The states after the first events, each folded by itself.
fn one_by_one(
    definition: &Definition,
    events: &[Made],
    at: u32,
) -> (Vec<(String, String)>, Counts) {
    let (reading, task) = (reading(events), Task::new());
    let mut run = Run::new(definition, reading, RunOptions::default()).unwrap();
    let mut counts = Counts::default();
    for event in run.machine.prepare(&(0..at), &task).unwrap() {
        counts.add(run.machine.feed(event, &task).unwrap());
    }
    let (states, names) = (run.machine.save().unwrap(), run.machine.partitions());
    let told = states
        .iter()
        .map(|(partition, held)| (names.get(partition).to_owned(), format!("{held:?}")));
    (told.collect(), counts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn many_at_once_are_what_they_are_one_by_one(
        events in odd(),
        at in 0..51_u32,
        every in 1..9_u32,
        budget in prop_oneof![Just(usize::MAX), Just(6_000_usize)],
    ) {
        let at = at.min(events.len() as u32);
        let folds = [
            json!({"fold": "figures", "field": "amount", "by": "key"}),
            json!({"fold": "counts", "by": "key"}),
            json!({"fold": "latest", "by": "stream"}),
            json!({"fold": "open", "opened": ["Opened"], "closed": ["Closed"]}),
        ];
        for fold in folds {
            let definition = definition(&fold);
            let reading = reading(&events);
            let strategies = [
                SnapshotStrategy::Periodic { every },
                SnapshotStrategy::Threshold { changes: every },
                SnapshotStrategy::Eager,
                SnapshotStrategy::Lazy,
            ];
            for strategy in strategies {
                let options = RunOptions { strategy: Some(strategy), budget, ..RunOptions::default() };
                let mut run = Run::new(&definition, reading.clone(), options).unwrap();
                let task = Task::new();
                run.advance(&task).unwrap();
                let bound = at.checked_sub(1).map_or(Bound::Start, |last| Bound::Event(EventIx(last)));
                let moment = run.at(&reading.log.cut(Clock::Recorded, bound), &task).unwrap();
                let told: Vec<_> = moment
                    .iter()
                    .map(|(name, held)| (name.to_owned(), format!("{held:?}")))
                    .collect();
                prop_assert_eq!((told, moment.counts), one_by_one(&definition, &events, at));
            }
        }
    }
}
