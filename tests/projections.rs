//! The bundled projections against what the simulation knew, at each moment that its truths tell of.

#![allow(clippy::unwrap_used)]

#[path = "projections/beside.rs"]
mod beside;
#[path = "projections/faulty.rs"]
mod faulty;
#[path = "projections/picks.rs"]
mod picks;
#[path = "projections/read_models.rs"]
mod read_models;
#[allow(dead_code, reason = "it serves other tests, too")]
#[path = "simulate/store.rs"]
mod store;

use std::path::Path;

use asof::analysis::projection::{
    Definition, Reading, Run, RunOptions, Wanted, asks_for_causes, differing, project,
};
use asof::log::{Bound, RowSource, TableSource};
use asof::model::{Task, Timestamp};
use asof::simulate::Scenario;
use asof::store::{OpenOptions, Store, Tail};
use serde_json::Value;

/// Stores with their projections.
const BUNDLED: [(&str, &str); 7] = [
    ("users.json", "users.js"),
    ("bank.db", "balances.js"),
    ("orders.db", "orders.js"),
    ("orders-orchestrated.db", "checkouts.js"),
    ("rides.jsonl", "earnings.js"),
    ("downloads.db", "licences.js"),
    ("carts.db", "carts.js"),
];

fn bundled(name: &str) -> std::path::PathBuf {
    Path::new("sample-data").join(name)
}

/// A store, wholly indexed, with what stands beside its events.
struct Opened {
    reading: Reading,
    tables: std::sync::Arc<dyn TableSource>,
    rows: std::sync::Arc<dyn RowSource>,
}

/// The same without what caused each event.
fn without_causes(path: &Path) -> Opened {
    let store = Store::open(path, &OpenOptions::default(), &Task::new());
    let mut store = store.unwrap();
    store.leave_out_causes();
    read(store)
}

fn opened(path: &Path) -> Opened {
    let store = Store::open(path, &OpenOptions::default(), &Task::new());
    read(store.unwrap())
}

fn read(mut store: Store) -> Opened {
    let task = Task::new();
    let mut builder = store.builder();
    store
        .index(&mut builder, Tail::AtRest, &task, &mut |_| {})
        .unwrap();
    let log = builder.finish().0;
    Opened {
        reading: Reading {
            clock: log.default_clock(),
            log,
            payloads: store.payloads(),
        },
        tables: store.tables(),
        rows: store.rows(),
    }
}

fn reading(store: &Path) -> Reading {
    opened(store).reading
}

/// The bundled definition for a scenario.
fn of_scenario(scenario: Scenario) -> Definition {
    bundled_definition(match scenario {
        Scenario::Users => "users.js",
        Scenario::Bank => "balances.js",
        Scenario::OrdersChoreographed => "orders.js",
        Scenario::OrdersOrchestrated => "checkouts.js",
        Scenario::Rides => "earnings.js",
        Scenario::Downloads => "licences.js",
        Scenario::Carts => "carts.js",
    })
}

fn bundled_definition(name: &str) -> Definition {
    let file = bundled("projections").join(name);
    let text = std::fs::read_to_string(&file).unwrap();
    Definition::read(&file, &text).unwrap()
}

fn run(definition: &str, reading: &Reading) -> Run {
    let definition = bundled_definition(definition);
    Run::new(&definition, reading.clone(), RunOptions::default()).unwrap()
}

fn truth(store: &str) -> Value {
    let (name, _) = store.split_once('.').unwrap();
    let file = bundled("truth").join(format!("{name}.truth.json"));
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// Compares a projection with what the simulation knew, at each moment that its truth tells of.
fn is_true(name: &str, run: &mut Run, truth: &Value) -> usize {
    let task = Task::new();
    let reading = run.reading().clone();
    run.advance(&task).unwrap();
    let moments = truth["moments"].as_array().unwrap();
    for moment in moments {
        let time: Timestamp = moment["time"].as_str().unwrap().parse().unwrap();
        let cut = reading.log.cut(reading.clock, Bound::Time(time));
        let report = project(run, &cut, Wanted::All, &task).unwrap();
        assert_eq!(report.dead_letters, [], "{name}");
        let states = report.states.unwrap();
        let rows = truth["read_model"].as_array().unwrap().iter();
        let rows = rows.filter(|row| row["moment"] == moment["moment"]);
        for row in rows {
            let key = row["key"].as_str().unwrap();
            let state = states
                .get(key)
                .unwrap_or_else(|| panic!("{name} has no {key} at {time}"));
            let differing = differing(&row["row"], state);
            assert_eq!(differing, [], "{name}, {key} at {time}");
        }
        let count = moment["read_model"]["rows"].as_u64();
        assert_eq!(count, Some(states.len() as u64), "{name} at {time}");
    }
    moments.len()
}

#[test]
fn the_bundled_projections_give_the_truth_at_every_moment() {
    for (store, definition) in BUNDLED {
        let reading = reading(&bundled(store));
        let mut run = run(definition, &reading);
        assert_eq!(is_true(store, &mut run, &truth(store)), 10, "{store}");
    }
}

#[test]
fn they_give_it_in_stores_of_any_seed() {
    for scenario in Scenario::ALL {
        for seed in [1, 2] {
            let simulated = store::clean(*scenario, 1000, seed);
            let reading = reading(&simulated.path);
            let definition = of_scenario(*scenario);
            let mut run = Run::new(&definition, reading, RunOptions::default()).unwrap();
            let name = format!("{scenario}, seed {seed}");
            assert!(is_true(&name, &mut run, &simulated.truth) > 5, "{name}");
        }
    }
}

#[test]
fn built_in_definitions_are_bundled_too() {
    let bank = reading(&bundled("bank.db"));
    let mut run_of_bank = run("withdrawals.json", &bank);
    let report = project(
        &mut run_of_bank,
        &bank.log.at_head(),
        Wanted::Partition("account-77"),
        &Task::new(),
    )
    .unwrap();
    let sum = report.state.unwrap();
    assert_eq!(sum["sum"].to_string(), "-14450.26");
    let orders = reading(&bundled("orders.db"));
    let mut run_of_orders = run("open-orders.json", &orders);
    let report = project(
        &mut run_of_orders,
        &orders.log.at_head(),
        Wanted::All,
        &Task::new(),
    )
    .unwrap();
    let open: Vec<String> = report
        .states
        .unwrap()
        .into_iter()
        .map(|(order, _)| order)
        .collect();
    assert_eq!(
        open,
        [
            "order-1063",
            "order-1088",
            "order-1097",
            "order-1119",
            "order-1170",
            "order-1172",
            "order-1173"
        ]
    );
}

#[test]
fn what_caused_an_event_is_left_out_only_where_nobody_asks() {
    let store = bundled("orders-orchestrated.db");
    let [whole, less] = [opened(&store), without_causes(&store)].map(|opened| opened.reading);
    let caused = |reading: &Reading| {
        let log = &reading.log;
        let of = |event| log.correlation(event).is_some() || log.causation(event).is_some();
        log.events().any(of)
    };
    assert!(caused(&whole) && !caused(&less));
    let told = |reading: &Reading, definition: &Definition| {
        let run = Run::new(definition, reading.clone(), RunOptions::default());
        let (mut run, task) = (run.unwrap(), Task::new());
        let moment = run.at(&reading.log.at_head(), &task).unwrap();
        let states = moment.states.iter();
        let names = &moment.partitions;
        let told = states.map(|(number, held)| (names.get(number).to_owned(), run.text(&held)));
        told.collect::<Vec<_>>()
    };
    let asked = |text: &str| {
        let definition = Definition::Script(text.into());
        let asks = asks_for_causes(&definition);
        assert_eq!(
            asks,
            told(&whole, &definition) != told(&less, &definition),
            "{text}"
        );
        asks
    };
    for text in [
        "fromAll().when({ $any(s, e) { s.last = e.correlationId; } })",
        "fromAll().partitionBy(e => e['causation' + 'Id']).when({ $any(s, e) { s.n = (s.n || 0) + 1; } })",
        "fromAll().foreachStream().when({ $any(s, e) { s.all = Object.values(e.correlationId || {}); } })",
    ] {
        assert!(asked(text), "{text}");
    }
    for text in [
        "fromAll().foreachStream().when({ $any(s, e) { s.n = (s.n || 0) + 1; s.type = e.type; } })",
        "fromAll().partitionBy(e => e.data.order_id).when({ $any(s, e) { s.last = e.position; } })",
    ] {
        assert!(!asked(text), "{text}");
    }
    // One that is not done in little time may ask for anything.
    let slow = "for (let n = 0; n < 3000000; n++); fromAll().when({ $any(s, e) { s.n = 1; } })";
    assert!(asks_for_causes(&Definition::Script(slow.into())));
    let built_in = r#"{"fold": "counts", "by": "stream"}"#;
    let built_in = Definition::read(Path::new("counts.json"), built_in).unwrap();
    assert!(!asks_for_causes(&built_in));
    assert_eq!(told(&whole, &built_in), told(&less, &built_in));
}
