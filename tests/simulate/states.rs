//! States, snapshots and read models: what the truth and the tables have is what a replay comes to.
//! The replay is Asof's own, so that this judges it as well.

use std::collections::{BTreeMap, BTreeSet};

use asof::log::Bound;
use asof::model::{EventIx, Timestamp};
use asof::simulate::{Fault, Format, Scenario, Seed, Simulation};
use serde_json::{Value, json};

use super::store::{Simulated, clean, faulty, write};

#[path = "../stores/opened.rs"]
mod opened;

use opened::Opened;

/// As text with sorted keys and the numbers' own digits.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let sorted: BTreeMap<&String, String> =
                map.iter().map(|(k, v)| (k, canonical(v))).collect();
            format!("{sorted:?}")
        }
        Value::Array(items) => format!("{:?}", items.iter().map(canonical).collect::<Vec<_>>()),
        other => other.to_string(),
    }
}

fn compare(scenario: Scenario, opened: &Opened, truth: &Value) {
    let moments = truth["moments"].as_array().unwrap();
    let states = truth["states"].as_array().unwrap();
    assert!(states.len() > 30, "{scenario}");
    for told in states {
        let moment = &moments[told["moment"].as_u64().unwrap() as usize - 1];
        let time: Timestamp = moment["time"].as_str().unwrap().parse().unwrap();
        let position = moment["position"].as_u64().unwrap();
        let stream = told["stream"].as_str().unwrap();
        let by_position = Bound::Event(EventIx::from_usize(position as usize - 1));
        for bound in [Bound::Time(time), by_position] {
            let report = opened.at(stream, bound);
            let state = report.state.unwrap_or(json!({}));
            assert_eq!(
                canonical(&state),
                canonical(&told["state"]),
                "{scenario}: {told}"
            );
            assert_eq!(report.as_of.out_of_order, 0, "{scenario}: {told}");
        }
    }
}

#[test]
fn states_at_moments_are_those_of_a_replay() {
    for scenario in Scenario::ALL {
        for store in [clean(*scenario, 900, 12), faulty(*scenario, 1200, 12, 2)] {
            compare(*scenario, &Opened::open(&store.path), &store.truth);
        }
    }
}

#[test]
fn other_formats_hold_the_same_states() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        (Scenario::Users, "users.json", Format::Streams),
        (Scenario::Rides, "rides.jsonl", Format::CloudEvents),
        (Scenario::Bank, "bank.jsonl", Format::JsonLines),
    ];
    for (scenario, name, format) in cases {
        let (path, truth) = (
            folder.path().join(name),
            folder.path().join(format!("{name}.truth")),
        );
        let simulation = Simulation::new(scenario, 900, Seed(13), &path);
        assert_eq!(
            (simulation.format, Format::Sqlite == format),
            (format, false)
        );
        write(&simulation, &path, Some(&truth));
        let truth = serde_json::from_slice(&std::fs::read(&truth).unwrap()).unwrap();
        compare(scenario, &Opened::open(&path), &truth);
    }
}

#[test]
fn snapshots_are_states_but_for_those_that_were_spoilt() {
    for scenario in [
        Scenario::OrdersChoreographed,
        Scenario::Bank,
        Scenario::Downloads,
    ] {
        let store = faulty(scenario, 2000, 14, 2);
        let opened = Opened::open(&store.path);
        let rows = store.rows("SELECT stream, version, state FROM snapshots", |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, String>(2)?,
            ))
        });
        let mut spoilt: BTreeSet<(String, i64)> = store
            .findings("injected", Fault::SnapshotDisagrees.name())
            .into_iter()
            .map(|f| {
                (
                    f["stream"].as_str().unwrap().to_owned(),
                    f["version"].as_i64().unwrap(),
                )
            })
            .collect();
        assert!(
            rows.len() > 8 && spoilt.len() == 2,
            "{scenario}: {}",
            rows.len()
        );
        for (stream, version, state) in rows {
            let replayed = opened.at_version(&stream, version).state.unwrap();
            let stored: Value = serde_json::from_str(&state).unwrap();
            let agrees = canonical(&replayed) == canonical(&stored);
            assert_eq!(
                agrees,
                !spoilt.remove(&(stream.clone(), version)),
                "{scenario}: {stream} {version}"
            );
        }
        assert!(spoilt.is_empty());
    }
}

#[test]
fn the_bank_takes_snapshots_by_each_of_the_four_strategies() {
    let store = clean(Scenario::Bank, 3000, 15);
    let strategies = store.rows(
        "SELECT DISTINCT strategy FROM snapshots ORDER BY 1",
        |row| row.get::<_, String>(0),
    );
    assert_eq!(strategies, ["eager", "lazy", "periodic", "threshold"]);
}

/// Keys whose column is not what a query over the log comes to.
fn differing(store: &Simulated, recount: &str, column: &str) -> BTreeSet<String> {
    let of = &store.truth["read_model_of"];
    let (table, key) = (of["table"].as_str().unwrap(), of["key"].as_str().unwrap());
    let query = format!(
        "WITH recount(key, value) AS ({recount}) SELECT coalesce(recount.key, {key})
         FROM recount FULL JOIN {table} ON recount.key = {key}
         WHERE value IS NOT {column} AND (typeof(value) = 'text' OR abs(value - {column}) > 0.001
         OR value IS NULL OR {column} IS NULL)"
    );
    store.rows(&query, |row| row.get(0)).into_iter().collect()
}

fn drifted(store: &Simulated, column: &str) -> BTreeSet<String> {
    let all = store
        .findings("injected", Fault::ReadModelDrift.name())
        .into_iter();
    let touches = |finding: &&Value| {
        finding["columns"]
            .as_array()
            .unwrap()
            .contains(&json!(column))
    };
    all.filter(touches)
        .map(|finding| finding["key"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn read_models_are_those_of_a_recount_but_for_rows_that_drifted() {
    let last = |category: &str, path: &str| {
        format!(
            "SELECT stream, json_extract(data, '{path}') FROM (SELECT stream, data, row_number() OVER
             (PARTITION BY stream ORDER BY position DESC) AS nth FROM events WHERE category = '{category}'
             AND json_valid(data) AND json_extract(data, '{path}') IS NOT NULL) WHERE nth = 1"
        )
    };
    let of_drivers = |value: &str| {
        format!(
            "SELECT json_extract(data, '$.driver_id'), {value} FROM events WHERE category = 'ride'
             AND json_valid(data) AND json_extract(data, '$.driver_id') IS NOT NULL GROUP BY 1"
        )
    };
    let completed =
        |value: &str| format!("sum(CASE WHEN type = 'RideCompleted' THEN {value} ELSE 0 END)");
    let cases = [
        (
            Scenario::OrdersChoreographed,
            last("order", "$.status"),
            "status",
        ),
        (
            Scenario::Bank,
            last("account", "$.balance.amount"),
            "balance",
        ),
        (Scenario::Carts, last("cart", "$.pieces"), "pieces"),
        (
            Scenario::OrdersOrchestrated,
            last("checkout", "$.status"),
            "status",
        ),
        (Scenario::Downloads, last("licence", "$.in_use"), "in_use"),
        (Scenario::Rides, of_drivers(&completed("1")), "rides"),
        (
            Scenario::Rides,
            of_drivers(&completed("json_extract(data, '$.fare.amount')")),
            "earned",
        ),
    ];
    for (scenario, recount, column) in cases {
        for store in [clean(scenario, 1500, 16), faulty(scenario, 2000, 16, 2)] {
            assert_eq!(
                differing(&store, &recount, column),
                drifted(&store, column),
                "{scenario}: {column}"
            );
        }
    }
}

#[test]
fn rows_at_moments_are_states_of_their_streams() {
    // What the read model of the orders has is in the orders' states.
    let store = clean(Scenario::OrdersChoreographed, 1500, 17);
    let opened = Opened::open(&store.path);
    let rows = store.told("read_model");
    assert!(rows.len() > 100);
    for told in rows {
        let moment = &store.told("moments")[told["moment"].as_u64().unwrap() as usize - 1];
        let time: Timestamp = moment["time"].as_str().unwrap().parse().unwrap();
        let state = opened
            .at(told["key"].as_str().unwrap(), Bound::Time(time))
            .state
            .unwrap();
        let row = &told["row"];
        assert_eq!(row["status"], state["status"], "{told}");
        assert_eq!(row["customer"], state["customer"]["name"], "{told}");
        assert_eq!(
            row["total"].to_string(),
            state["totals"]["total"].to_string(),
            "{told}"
        );
        assert_eq!(row["city"], state["shipping_address"]["city"], "{told}");
    }
}
