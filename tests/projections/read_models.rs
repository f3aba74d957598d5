//! Read models against the projections that they should hold: what was made to drift is found, and
//! nothing else.

use std::collections::{BTreeMap, BTreeSet};

use asof::analysis::projection::{
    Definition, Known, ReadModel, ReadModelError, ReadModelReport, RunOptions, read_model,
};
use asof::model::Task;
use asof::simulate::{Dose, Fault, Faults, Scenario};
use serde_json::Value;

use super::store::{self, Simulated};
use super::{Opened, of_scenario, opened};

fn compared(opened: &Opened, definition: &Definition, table: &str, key: &str) -> ReadModelReport {
    tried(opened, definition, table, key).unwrap()
}

fn tried(
    opened: &Opened,
    definition: &Definition,
    table: &str,
    key: &str,
) -> Result<ReadModelReport, ReadModelError> {
    let reading = &opened.reading;
    let known = Known::at(&reading.log.at_head(), &reading.log);
    let with = ReadModel {
        tables: &*opened.tables,
        table,
        key,
    };
    let options = RunOptions::default();
    read_model(definition, reading, &options, &known, with, &Task::new())
}

fn of(scenario: Scenario, simulated: &Simulated) -> ReadModelReport {
    let of = &simulated.truth["read_model_of"];
    let (table, key) = (of["table"].as_str().unwrap(), of["key"].as_str().unwrap());
    compared(&opened(&simulated.path), &of_scenario(scenario), table, key)
}

/// Columns by key.
type Drifted = BTreeMap<String, BTreeSet<String>>;

fn drifted(truth: &Value) -> Drifted {
    let injected = truth["injected"].as_array().unwrap().iter();
    let drifted = injected.filter(|finding| finding["kind"] == "read-model-drift");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    drifted
        .map(|finding| {
            let columns = finding["columns"].as_array().unwrap();
            (text(&finding["key"]), columns.iter().map(text).collect())
        })
        .collect()
}

fn found(report: &ReadModelReport) -> Drifted {
    let different = report.different.iter().map(|row| {
        let columns = row.fields.iter().map(|field| field.path[1..].to_owned());
        (row.key.clone(), columns.collect())
    });
    different.collect()
}

#[test]
fn what_drifted_is_found_with_its_columns() {
    for scenario in Scenario::ALL {
        for seed in [1, 2, 3] {
            let faults = Faults::none().with(Fault::ReadModelDrift, Dose::Count(3));
            let simulated = store::simulate(*scenario, 1200, seed, faults);
            let expected = drifted(&simulated.truth);
            let report = of(*scenario, &simulated);
            let name = format!("{scenario}, seed {seed}");
            assert_eq!(expected.len(), 3, "{name}");
            assert_eq!(found(&report), expected, "{name}");
            assert_eq!((report.missing, report.extra), (vec![], vec![]), "{name}");
            for row in &report.different {
                // The row missed the last change: it was right before, and has differed since.
                assert!(row.since.is_some(), "{name}: {row:?}");
            }
        }
    }
}

#[test]
fn nothing_is_found_in_clean_stores() {
    for scenario in Scenario::ALL {
        for seed in [1, 2] {
            let simulated = store::clean(*scenario, 1200, seed);
            let report = of(*scenario, &simulated);
            let name = format!("{scenario}, seed {seed}");
            assert_eq!(report.counts, Default::default(), "{name}: {report:?}");
            assert_eq!(report.rows, report.partitions, "{name}");
            assert!(report.rows > 0, "{name}");
            assert_eq!(report.not_compared, Vec::<String>::new(), "{name}");
        }
    }
}

#[test]
fn a_row_that_missed_a_change_differs_since_that_change() {
    let simulated = store::clean(Scenario::Bank, 800, 5);
    let opened = opened(&simulated.path);
    let query = "SELECT stream, position FROM events WHERE category = 'account' \
                 AND json_extract(data, '$.amount') IS NOT NULL ORDER BY position DESC LIMIT 1";
    let (stream, last): (String, i64) = (simulated
        .db
        .query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?))))
    .unwrap();
    let sets = "UPDATE account_balances SET bookings = bookings - 1 WHERE account_id = ?1";
    simulated.db.execute(sets, [&stream]).unwrap();
    let definition = of_scenario(Scenario::Bank);
    let report = compared(&opened, &definition, "account_balances", "account_id");
    let [row] = &report.different[..] else {
        panic!("{report:?}");
    };
    assert_eq!(
        (&row.key, row.fields[0].path.as_str()),
        (&stream, "/bookings")
    );
    assert_eq!(row.since.as_ref().map(|since| since.position.0), Some(last));
    assert!(row.last_right.as_ref().unwrap().position.0 < last);
}

#[test]
fn rows_are_missing_and_extra() {
    let simulated = store::clean(Scenario::Users, 300, 4);
    let one: String = (simulated.db)
        .query_row("SELECT min(user_id) FROM user_directory", [], |row| {
            row.get(0)
        })
        .unwrap();
    simulated
        .db
        .execute("DELETE FROM user_directory WHERE user_id = ?1", [&one])
        .unwrap();
    let adds = "INSERT INTO user_directory VALUES ('user-none', 'a@example.com', 0, 0)";
    simulated.db.execute(adds, []).unwrap();
    let report = compared(
        &opened(&simulated.path),
        &of_scenario(Scenario::Users),
        "USER_DIRECTORY",
        "User_Id",
    );
    let missing: Vec<&str> = report.missing.iter().map(|row| row.key.as_str()).collect();
    let extra: Vec<&str> = report.extra.iter().map(|row| row.key.as_str()).collect();
    assert_eq!((missing, extra), (vec![one.as_str()], vec!["user-none"]));
    let first = "SELECT min(position) FROM events WHERE stream = ?1";
    let first: i64 = simulated
        .db
        .query_row(first, [&one], |row| row.get(0))
        .unwrap();
    assert_eq!(report.missing[0].since.as_ref().unwrap().position.0, first);
    assert_eq!(report.extra[0].since, None);
    assert_eq!(report.counts.different, 0);
}

#[test]
fn a_state_may_stand_in_one_column_as_json() {
    let simulated = store::clean(Scenario::Bank, 600, 6);
    simulated
        .db
        .execute_batch(
            "CREATE TABLE documents (id TEXT PRIMARY KEY, doc TEXT, seen INTEGER);
             INSERT INTO documents SELECT substr(account_id, 9), json_object('owner', owner,
               'status', status, 'balance', balance, 'bookings', bookings), 1 FROM account_balances;
             UPDATE documents SET doc = json_set(doc, '$.owner', 'Nobody')
               WHERE id = (SELECT min(id) FROM documents);
             CREATE VIEW counted AS SELECT account_id AS id, bookings AS n FROM account_balances;",
        )
        .unwrap();
    let opened = opened(&simulated.path);
    let definition = of_scenario(Scenario::Bank);
    let report = compared(&opened, &definition, "documents", "id");
    let [row] = &report.different[..] else {
        panic!("{report:?}");
    };
    assert_eq!(row.fields.len(), 1);
    assert_eq!(row.fields[0].path, "/owner");
    assert_eq!(row.fields[0].b, Some("Nobody".into()));
    assert_eq!(report.not_compared, ["seen"]);
    assert_eq!(report.counts.missing + report.counts.extra, 0);

    // A number alone stands in the only column beside the key, of a view as well.
    let bookings = "fromCategory('account').foreachStream().when({ $init: () => 0, \
                    $any: (s, e) => e.data.amount === undefined ? s : s + 1 })";
    let bookings = Definition::Script(bookings.into());
    let report = compared(&opened, &bookings, "counted", "id");
    assert_eq!(report.counts, Default::default(), "{report:?}");

    let told = |table, key| {
        tried(&opened, &bookings, table, key)
            .unwrap_err()
            .to_string()
    };
    assert!(told("nowhere", "id").starts_with("there is no table nowhere; there are account_"));
    assert_eq!(
        told("documents", "key"),
        "documents has no column key; it has id, doc, seen"
    );
    let names = "fromAll().foreachStream().when({ $init: () => ({}), $any(s, e) { s.name = 1; } })";
    let nothing = tried(
        &opened,
        &Definition::Script(names.into()),
        "checkpoints",
        "consumer",
    );
    assert_eq!(
        nothing.unwrap_err().to_string(),
        "no column of checkpoints is called like a field of the states; those are name"
    );
}
