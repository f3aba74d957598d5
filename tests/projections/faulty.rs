//! What goes wrong is found: events that handlers fail on, and handlers that mind faulty delivery.

use std::collections::BTreeSet;

use asof::analysis::projection::{Definition, OnError, Run, RunOptions, Wanted, project, repeated};
use asof::model::Task;
use asof::simulate::{Dose, Fault, Faults, Scenario};

use super::store::{self, Simulated};
use super::{of_scenario, reading};

fn script(text: &str) -> Definition {
    Definition::Script(text.into())
}

/// The positions of the events that a handler failed on.
fn dead_letters(simulated: &Simulated, text: &str) -> BTreeSet<i64> {
    let reading = reading(&simulated.path);
    let options = RunOptions {
        on_error: OnError::Retry(1),
        ..RunOptions::default()
    };
    let mut run = Run::new(&script(text), reading.clone(), options).unwrap();
    let head = reading.log.at_head();
    let report = project(&mut run, &head, Wanted::All, &Task::new()).unwrap();
    assert_eq!(report.stopped, None);
    assert_eq!(report.counts.failed, report.dead_letters.len() as u64);
    assert_eq!(
        report.counts.processed + report.counts.failed,
        reading.log.len() as u64
    );
    let dead = report.dead_letters.iter();
    dead.inspect(|dead| assert_eq!((dead.attempts, dead.line), (2, Some(2)), "{dead:?}"))
        .map(|dead| dead.position.position.0)
        .collect()
}

fn injected(simulated: &Simulated, kinds: &[&str]) -> BTreeSet<i64> {
    let injected = simulated.truth["injected"].as_array().unwrap().iter();
    let own = injected.filter(|finding| kinds.iter().any(|kind| finding["kind"] == *kind));
    own.map(|finding| finding["positions"][0].as_i64().unwrap())
        .collect()
}

#[test]
fn poison_events_and_no_others_are_dead_letters() {
    let poisoned = "fromAll().foreachStream().when({ $init: () => ({ n: 0 }), $any(s, e) {\n\
        s.n += 1; if (JSON.stringify(e.data ?? null).includes('\\\\u0000')) throw new Error('poison'); } })";
    let no_json = "fromAll().foreachStream().when({ $init: () => ({ n: 0 }), $any(s, e) {\n\
        s.n += 1; if (e.data === undefined) throw new Error('no JSON'); } })";
    for scenario in [
        Scenario::OrdersChoreographed,
        Scenario::Bank,
        Scenario::Rides,
    ] {
        let faults = [
            (Fault::PoisonDeadLetter, 3),
            (Fault::PoisonBlocks, 1),
            (Fault::PayloadNotJson, 4),
        ];
        let own = scenario.faults();
        let faults = faults.into_iter().filter(|(fault, _)| own.contains(fault));
        let faults = faults.fold(Faults::none(), |faults, (fault, count)| {
            faults.with(fault, Dose::Count(count))
        });
        for seed in [1, 2] {
            let simulated = store::simulate(scenario, 1200, seed, faults.clone());
            let name = format!("{scenario}, seed {seed}");
            let expected = injected(&simulated, &["poison-dead-letter", "poison-blocks"]);
            assert!(!expected.is_empty(), "{name}");
            let broken = injected(&simulated, &["payload-not-json"]);
            assert_eq!(broken.len(), 4, "{name}");
            assert_eq!(dead_letters(&simulated, no_json), broken, "{name}");
            assert_eq!(dead_letters(&simulated, poisoned), expected, "{name}");
        }
        let clean = store::clean(scenario, 800, 3);
        assert_eq!(
            dead_letters(&clean, poisoned),
            BTreeSet::new(),
            "{scenario}"
        );
        assert_eq!(dead_letters(&clean, no_json), BTreeSet::new(), "{scenario}");
    }
}

/// Handlers with the fields that mind an event delivered twice.
fn minded(simulated: &Simulated, definition: &Definition) -> BTreeSet<(String, String)> {
    let reading = reading(&simulated.path);
    let (options, head) = (RunOptions::default(), reading.log.at_head());
    let tried = repeated(definition, &reading, &options, &head, &Task::new()).unwrap();
    let found = tried.violations.into_iter();
    found.map(|one| (one.handler, one.path)).collect()
}

fn types(simulated: &Simulated, condition: &str) -> Vec<String> {
    let query = format!("SELECT DISTINCT type FROM events WHERE {condition} ORDER BY type");
    simulated.rows(&query, |row| row.get(0))
}

#[test]
fn handlers_that_are_not_idempotent_are_found_and_no_others() {
    let simulated = store::clean(Scenario::Bank, 600, 8);
    // It counts bookings; everything else is what the last event says.
    let counting = types(
        &simulated,
        "category = 'account' AND json_extract(data, '$.amount') IS NOT NULL",
    );
    let expected = counting
        .iter()
        .map(|name| (name.clone(), "/bookings".to_owned()));
    let expected: BTreeSet<_> = expected.collect();
    assert!(expected.len() > 1);
    assert_eq!(minded(&simulated, &of_scenario(Scenario::Bank)), expected);

    // One handler of two, and one field of two, at fault.
    let one = "fromCategory('account').foreachStream().when({
      $init: () => ({ in: 0, last: null, seen: {} }),
      MoneyDeposited(s, e) { s.in += e.data.amount; s.last = e.position; },
      MoneyWithdrawn(s, e) { s.seen[e.sequenceNumber] = e.data.amount; s.last = e.position; },
    })";
    let found = minded(&simulated, &script(one));
    let expected = [("MoneyDeposited".to_owned(), "/in".to_owned())];
    assert_eq!(found, BTreeSet::from(expected));

    let none = one.replace("s.in += e.data.amount;", "s.in = e.data.balance;");
    assert_eq!(minded(&simulated, &script(&none)), BTreeSet::new());
}
