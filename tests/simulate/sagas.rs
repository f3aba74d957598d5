//! Every business process comes to what its definition allows.

use std::collections::{BTreeMap, HashMap, HashSet};

use asof::simulate::Scenario;
use serde_json::Value;

use super::store::{Simulated, clean, faulty};

fn definition(scenario: Scenario) -> toml::Table {
    scenario.saga_definition().parse().unwrap()
}

fn texts(value: Option<&toml::Value>) -> Vec<String> {
    let list = value.and_then(toml::Value::as_array).into_iter().flatten();
    list.filter_map(toml::Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn both(scenario: Scenario) -> [Simulated; 2] {
    [clean(scenario, 1500, 7), faulty(scenario, 1500, 7, 1)]
}

#[test]
fn every_saga_ends_in_one_of_its_declared_statuses_or_waits() {
    for scenario in Scenario::ALL {
        for store in both(*scenario) {
            let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
            for saga in store.told("sagas") {
                let status = saga["status"].as_str().unwrap();
                *counts.entry(status).or_default() += 1;
                let ended = ["completed", "failed", "compensated"].contains(&status);
                let waiting = ["running", "compensating", "stuck", "parked"].contains(&status);
                assert!(ended != waiting, "{scenario}: {saga}");
                assert_eq!(ended, saga["ended"].is_string(), "{scenario}: {saga}");
                let last = saga["statuses"].as_array().unwrap().last().unwrap();
                let said = last["status"].as_str().unwrap();
                assert!(said == status || status == "stuck", "{scenario}: {saga}");
            }
            let totals = store.truth["totals"]["sagas"].as_object().unwrap();
            let told: BTreeMap<&str, u64> = totals
                .iter()
                .map(|(status, count)| (status.as_str(), count.as_u64().unwrap()))
                .collect();
            assert_eq!(counts, told, "{scenario}");
        }
    }
}

#[test]
fn a_circuit_does_not_stay_half_open() {
    for seed in 1..4 {
        let store = clean(Scenario::OrdersOrchestrated, 10_000, seed);
        let of_the_circuit = "select type from events where category = 'circuit' order by position";
        let types = store.rows(of_the_circuit, |row| row.get::<_, String>(0));
        let stays = |pair: &[String]| pair[0] == "CircuitHalfOpened" && pair[1] == pair[0];
        assert!(!types.windows(2).any(stays), "seed {seed}: {types:?}");
        assert_ne!(types.last().unwrap(), "CircuitHalfOpened", "seed {seed}");
        let stuck = store
            .told("sagas")
            .iter()
            .filter(|saga| saga["status"] == "stuck");
        assert!(stuck.count() < 60, "seed {seed}");
    }
}

#[test]
fn ends_are_the_event_types_that_the_definition_names() {
    for scenario in Scenario::ALL {
        let definition = definition(*scenario);
        let end = definition["end"].as_table().unwrap();
        let (well, ill) = (texts(end.get("completed")), texts(end.get("cancelled")));
        let store = clean(*scenario, 1500, 8);
        let events = store.events();
        for saga in store.told("sagas") {
            let Some(change) = saga["statuses"].as_array().unwrap().last() else {
                panic!("{scenario}: {saga}")
            };
            let kind = &events[change["position"].as_u64().unwrap() as usize - 1]
                .kind
                .0;
            match change["status"].as_str().unwrap() {
                "completed" => assert!(well.contains(kind), "{scenario}: {kind} {saga}"),
                "failed" | "compensated" => {
                    assert!(ill.contains(kind), "{scenario}: {kind} {saga}");
                }
                _ => assert!(
                    !well.contains(kind) && !ill.contains(kind),
                    "{scenario}: {kind}"
                ),
            }
        }
    }
}

/// What the truth says of a step is what the definition would read off the log.
#[test]
fn steps_begin_and_end_with_the_event_types_that_the_definition_names() {
    for scenario in Scenario::ALL {
        let definition = definition(*scenario);
        let steps = definition["step"].as_array().unwrap();
        let named = |name: &Value| {
            let is = |step: &&toml::Value| step["name"].as_str() == name.as_str();
            steps.iter().find(is).unwrap()
        };
        let store = clean(*scenario, 1500, 9);
        let events = store.events();
        let micros = |time: &Value| {
            time.as_str()
                .unwrap()
                .parse()
                .map(asof::model::Timestamp::micros)
        };
        let mut at: HashMap<(String, i64), HashSet<String>> = HashMap::new();
        for event in &events {
            let key = (event.correlation.clone(), event.recorded);
            at.entry(key).or_default().insert(event.kind.0.clone());
        }
        for saga in store.told("sagas") {
            let correlation = saga["correlation_id"].as_str().unwrap().to_owned();
            let is_one = |time: &Value, kinds: Vec<String>| {
                let key = (correlation.clone(), micros(time).unwrap());
                let there = &at[&key];
                assert!(
                    kinds.iter().any(|kind| there.contains(kind)),
                    "{scenario}: {there:?} {kinds:?}"
                );
            };
            for step in saga["steps"].as_array().unwrap() {
                let declared = named(&step["name"]);
                is_one(&step["started"], texts(declared.get("begins")));
                match step["status"].as_str().unwrap() {
                    "completed" => is_one(&step["ended"], texts(declared.get("success"))),
                    "failed" => is_one(&step["ended"], texts(declared.get("failure"))),
                    _ => {}
                }
                if step["compensation"]["ended"].is_string() {
                    let undone = texts(declared.get("compensation"));
                    is_one(&step["compensation"]["ended"], undone);
                }
            }
        }
    }
}

/// Sagas that share a correlation id are told apart by the events that have no cause in the group.
#[test]
fn there_is_a_saga_for_each_start_without_a_cause() {
    for scenario in Scenario::ALL {
        let starts = texts(definition(*scenario).get("start"));
        let store = clean(*scenario, 1500, 10);
        let roots: HashSet<&str> = store
            .told("sagas")
            .iter()
            .map(|saga| saga["root"].as_str().unwrap())
            .collect();
        let events = store.events();
        let begun: HashSet<&str> = events
            .iter()
            .filter(|event| event.cause.is_none() && starts.contains(&event.kind.0))
            .map(|event| event.id.as_str())
            .collect();
        assert_eq!(roots, begun, "{scenario}");
    }
    let store = clean(Scenario::OrdersChoreographed, 3000, 10);
    let correlations: HashSet<_> = store
        .told("sagas")
        .iter()
        .map(|saga| saga["correlation_id"].to_string())
        .collect();
    assert!(
        correlations.len() < store.told("sagas").len(),
        "some share one"
    );
}

#[test]
fn compensations_come_after_what_they_undo_and_only_in_sagas_that_turned_back() {
    for scenario in Scenario::ALL {
        for store in both(*scenario) {
            for saga in store.told("sagas") {
                let mut turned = saga["statuses"].as_array().unwrap().iter();
                let turned = turned.any(|change| change["status"] == "compensating");
                for step in saga["steps"].as_array().unwrap() {
                    let undo = &step["compensation"];
                    if undo.is_null() {
                        continue;
                    }
                    assert!(turned, "{scenario}: {saga}");
                    let begun = undo["started"].as_str().unwrap();
                    // Clocks that are off may say otherwise.
                    let skewed = !store.findings("injected", "clock-skew").is_empty();
                    assert!(
                        skewed || step["started"].as_str().unwrap() < begun,
                        "{scenario}: {saga}"
                    );
                    let ended = undo["ended"].as_str();
                    assert!(
                        ended.is_none_or(|ended| ended > begun) || store.told("injected").len() > 1
                    );
                }
            }
        }
    }
}

#[test]
fn the_order_scenarios_know_every_status_and_their_stories() {
    let statuses = |scenario| -> HashSet<String> {
        let store = clean(scenario, 4000, 11);
        let at_moments = store.told("moments").iter().flat_map(|moment| {
            let sagas = moment["sagas"].as_object().unwrap();
            sagas.keys().cloned().collect::<Vec<_>>()
        });
        let at_the_end = store.truth["totals"]["sagas"].as_object().unwrap();
        at_moments.chain(at_the_end.keys().cloned()).collect()
    };
    let expect = |scenario, expected: &[&str]| {
        let found = statuses(scenario);
        let missing: Vec<_> = expected
            .iter()
            .filter(|status| !found.contains(**status))
            .collect();
        assert!(missing.is_empty(), "{scenario}: {missing:?}");
    };
    expect(
        Scenario::OrdersChoreographed,
        &[
            "running",
            "completed",
            "failed",
            "compensating",
            "compensated",
            "stuck",
        ],
    );
    expect(
        Scenario::OrdersOrchestrated,
        &[
            "running",
            "completed",
            "failed",
            "compensated",
            "stuck",
            "parked",
        ],
    );
}
