//! How often faults happen: as often as they were asked for, or it is said that there was no occasion.

use std::path::Path;

use asof::simulate::{
    Dose, Fault, Faults, Given, Missed, Scenario, Seed, SimulateError, Simulation, Table, Tables,
    Target,
};
use serde_json::Value;

use super::store::{Simulated, faulty, simulate, write};

fn each(test: impl Fn(Scenario, &Simulated)) {
    for scenario in Scenario::ALL {
        for seed in [1, 2] {
            test(*scenario, &faulty(*scenario, 2000, seed, 2));
        }
    }
}

#[test]
fn a_count_is_met() {
    each(|scenario, store| {
        let injected = store.truth["totals"]["injected"].as_object().unwrap();
        for fault in scenario.faults() {
            let count = injected
                .get(fault.name())
                .and_then(Value::as_u64)
                .unwrap_or(0);
            match fault {
                // What is left of a cycle whose effect never came.
                Fault::OrphanCausation => assert!((2..=4).contains(&count), "{scenario}: {count}"),
                // One field changes, or none.
                Fault::BreakingSchemaChange => assert_eq!(count, 1, "{scenario}"),
                _ => assert_eq!(count, 2, "{scenario}: {fault}"),
            }
        }
    });
}

#[test]
fn a_count_is_met_where_few_events_are_followed_by_another_one() {
    for (scenario, count) in [
        (Scenario::Users, 2),
        (Scenario::Users, 20),
        (Scenario::Bank, 30),
    ] {
        for seed in 1..4 {
            let faults = [Fault::OutOfOrder, Fault::CausationCycle]
                .into_iter()
                .fold(Faults::none(), |faults, fault| {
                    faults.with(fault, Dose::Count(count))
                });
            let store = simulate(scenario, 2000, seed, faults);
            let injected = &store.truth["totals"]["injected"];
            assert_eq!(injected["out-of-order"], count, "{scenario}, seed {seed}");
            assert_eq!(
                injected["causation-cycle"], count,
                "{scenario}, seed {seed}"
            );
        }
    }
}

#[test]
fn what_could_not_be_done_so_often_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (store, truth) = (folder.path().join("x.db"), folder.path().join("truth"));
    let mut simulation = Simulation::new(Scenario::Users, 300, Seed(1), &store);
    simulation.faults = Faults::none()
        .with(Fault::ClockSkew, Dose::Count(500))
        .with(Fault::UnboundedStream, Dose::Count(1))
        .with(Fault::VersionGap, Dose::Count(3));
    let target = Target {
        store: &store,
        truth: Some(&truth),
        saga: None,
    };
    let totals = simulation.write(target, &asof::model::Task::new()).unwrap();
    let missed = Missed {
        fault: Fault::ClockSkew,
        asked: 500,
        injected: 2,
    };
    assert_eq!(simulation.missed(&totals), [missed]);
    let truth: Value = serde_json::from_slice(&std::fs::read(&truth).unwrap()).unwrap();
    assert_eq!(truth["asked"]["faults"]["clock-skew"], "500");
    assert_eq!(truth["totals"]["injected"]["clock-skew"], 2);
}

#[test]
fn a_rate_is_kept_about() {
    let dose = Dose::Rate(20_000);
    let rated = Fault::ALL.iter().filter(|fault| {
        // The others have fewer occasions than events.
        fault.given() == Given::RateOrCount
            && !matches!(
                fault,
                Fault::OutOfOrder
                    | Fault::OrphanCausation
                    | Fault::CausationCycle
                    | Fault::SnapshotDisagrees
                    | Fault::ReadModelDrift
                    | Fault::LostPublication
                    | Fault::PoisonDeadLetter
                    | Fault::DuplicateDelivery
            )
    });
    for fault in rated {
        let faults = Faults::none().with(*fault, dose);
        let store = simulate(Scenario::OrdersChoreographed, 5000, 3, faults);
        let count = store.told("injected").len();
        // Five standard deviations around a hundred.
        assert!((35..=150).contains(&count), "{fault}: {count}");
    }
}

#[test]
fn faults_that_do_not_fit_are_refused_in_one_sentence() {
    let refused = |fault, dose, name: &str, tables| {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join(name);
        let mut simulation = Simulation::new(Scenario::Carts, 100, Seed(1), &store);
        simulation.tables = tables;
        simulation.faults = Faults::none().with(fault, dose);
        let target = Target {
            store: &store,
            truth: None,
            saga: None,
        };
        let error = simulation
            .write(target, &asof::model::Task::new())
            .unwrap_err();
        assert!(matches!(error, SimulateError::Fault(_)) && !store.exists());
        error.to_string()
    };
    assert_eq!(
        refused(
            Fault::SnapshotDisagrees,
            Dose::Count(1),
            "x.db",
            Tables::all()
        ),
        "snapshot-disagrees has no place in carts"
    );
    assert_eq!(
        refused(Fault::ClockSkew, Dose::Rate(1), "x.db", Tables::all()),
        "clock-skew takes a count, such as 1"
    );
    let drift = (Fault::ReadModelDrift, Dose::Count(2));
    let sentence = "read-model-drift would not be seen: the table read_model is left out";
    for (name, tables) in [
        ("x.db", Tables::all().without(Table::ReadModel)),
        ("x.db", Tables::only_events()),
        ("x.jsonl", Tables::all()),
        ("x.json", Tables::all()),
    ] {
        assert_eq!(refused(drift.0, drift.1, name, tables), sentence, "{name}");
    }
}

/// Whatever a log alone can show can be asked of every format.
#[test]
fn faults_that_need_no_table_are_done_to_a_log_alone() {
    let folder = tempfile::tempdir().unwrap();
    for scenario in Scenario::ALL {
        let mut simulation = Simulation::new(*scenario, 1500, Seed(4), Path::new("x.jsonl"));
        let alone = scenario
            .faults()
            .into_iter()
            .filter(|fault| fault.shows_in().is_none());
        simulation.faults = alone.fold(Faults::none(), |faults, fault| {
            faults.with(fault, Dose::Count(1))
        });
        let (store, truth) = (
            folder.path().join(scenario.name()),
            folder.path().join(format!("{scenario}.truth")),
        );
        write(&simulation, &store, Some(&truth));
        let truth: Value = serde_json::from_slice(&std::fs::read(&truth).unwrap()).unwrap();
        for (fault, count) in truth["totals"]["injected"].as_object().unwrap() {
            assert!(count.as_u64() >= Some(1), "{scenario}: {fault} {count}");
        }
    }
}
