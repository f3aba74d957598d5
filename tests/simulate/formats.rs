//! What is written: which tables, in which formats, and never over anything.

use std::collections::BTreeSet;
use std::path::Path;

use asof::model::{Progress, Task};
use asof::simulate::{
    Format, Scenario, Seed, SimulateError, Simulation, Size, Table, Tables, Target,
};
use rusqlite::Connection;
use serde_json::Value;

use super::store::{clean, write};

fn guide() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/sample-layout.md");
    std::fs::read_to_string(path).unwrap()
}

fn statements(path: &Path) -> Vec<String> {
    let db = Connection::open(path).unwrap();
    let query = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid";
    let mut statement = db.prepare(query).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn the_guide_has_the_statements_that_make_the_tables_and_no_others() {
    let guide = guide();
    let mut written = BTreeSet::new();
    for scenario in Scenario::ALL {
        let store = clean(*scenario, 200, 1);
        let heading = format!("### {scenario}\n");
        assert!(guide.contains(&heading), "{heading}");
        written.extend(statements(&store.path));
    }
    let blocks = guide
        .split("```sql\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next());
    let documented: BTreeSet<String> = blocks
        .flat_map(|block| block.split(";\n"))
        .filter(|statement| !statement.is_empty())
        .map(str::to_owned)
        .collect();
    assert_eq!(documented, written);
}

#[test]
fn every_table_can_be_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let tables = |name: &str, tables: Tables| {
        let path = folder.path().join(name);
        let mut simulation = Simulation::new(Scenario::Downloads, 300, Seed(1), &path);
        simulation.tables = tables;
        write(&simulation, &path, None);
        let made = statements(&path);
        let made = made
            .iter()
            .filter_map(|sql| sql.strip_prefix("CREATE TABLE "));
        made.filter_map(|sql| sql.split(' ').next().map(str::to_owned))
            .collect::<BTreeSet<_>>()
    };
    let all = tables("all", Tables::all());
    assert_eq!(
        tables("only", Tables::only_events()),
        ["events".to_owned()].into()
    );
    for table in Table::ALL
        .into_iter()
        .filter(|table| *table != Table::Events)
    {
        let left = tables(table.name(), Tables::all().without(table));
        let out: Vec<&String> = all.difference(&left).collect();
        let expected: &[&str] = match table {
            Table::ReadModel => &["licence_usage"],
            Table::Entities => &["devices", "organisations", "products", "users"],
            _ => &[table.name()],
        };
        assert_eq!(out, expected, "{table:?}");
    }
}

/// What a table holds does not depend on which others there are.
#[test]
fn a_log_is_the_same_whatever_stands_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    for scenario in Scenario::ALL {
        let whole = clean(*scenario, 400, 2);
        let path = folder.path().join(scenario.name());
        let mut simulation = Simulation::new(*scenario, 400, Seed(2), &path);
        simulation.tables = Tables::only_events();
        write(&simulation, &path, None);
        let query = "SELECT group_concat(event_id || data || metadata) FROM events";
        let text = |db: &Connection| {
            db.query_row(query, [], |row| row.get::<_, String>(0))
                .unwrap()
        };
        assert!(
            text(&whole.db) == text(&Connection::open(&path).unwrap()),
            "{scenario}"
        );
    }
}

#[test]
fn all_formats_hold_the_same_log() {
    let folder = tempfile::tempdir().unwrap();
    for scenario in Scenario::ALL {
        let events = clean(*scenario, 400, 3).events();
        let lines = |format: Format| -> Vec<Value> {
            let path = folder.path().join(format!("{scenario}.{format:?}"));
            let mut simulation = Simulation::new(*scenario, 400, Seed(3), &path);
            simulation.format = format;
            write(&simulation, &path, None);
            let text = std::fs::read_to_string(path).unwrap();
            text.lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect()
        };
        for (line, event) in lines(Format::JsonLines).iter().zip(&events) {
            assert_eq!(line["position"], event.position);
            assert_eq!(line["event_id"], event.id);
            assert_eq!(line["data"].to_string(), event.data);
        }
        let cloud = lines(Format::CloudEvents);
        assert_eq!(cloud.len(), events.len());
        for (line, event) in cloud.iter().zip(&events) {
            assert_eq!(line["specversion"], "1.0");
            assert_eq!(line["subject"], event.stream);
            assert_eq!(line["sequence"], event.version.to_string());
            assert_eq!(line["data"].to_string(), event.data);
            let required = ["id", "source", "type", "specversion"];
            assert!(
                required
                    .iter()
                    .all(|key| line[key].as_str().is_some_and(|text| !text.is_empty()))
            );
            let named = |key: &String| {
                key.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            };
            assert!(
                line.as_object().unwrap().keys().all(named),
                "names of attributes"
            );
        }
    }
}

#[test]
fn nothing_is_ever_overwritten_and_nothing_half_written_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (store, truth) = (folder.path().join("a.db"), folder.path().join("a.json"));
    let simulation = Simulation::new(Scenario::Users, 100, Seed(1), &store);
    let target = Target {
        store: &store,
        truth: Some(&truth),
        saga: None,
    };
    std::fs::write(&truth, "precious").unwrap();
    let refused = simulation.write(target, &Task::new()).unwrap_err();
    assert!(matches!(refused, SimulateError::Exists(path) if path == truth));
    assert!(!store.exists());
    std::fs::remove_file(&truth).unwrap();

    let task = Task::new();
    task.cancel();
    let refused = simulation.write(target, &task).unwrap_err();
    assert!(matches!(refused, SimulateError::Cancelled(_)));
    assert!(!store.exists() && !truth.exists());

    simulation.write(target, &Task::new()).unwrap();
    let refused = simulation.write(target, &Task::new()).unwrap_err();
    assert!(matches!(refused, SimulateError::Exists(path) if path == store));
}

/// Everything in a folder, by name.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[test]
fn there_are_all_files_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let [store, truth, saga] = ["a.db", "a.json", "a.toml"].map(|name| folder.path().join(name));
    let simulation = Simulation::new(Scenario::Bank, 3000, Seed(1), &store);
    let target = Target {
        store: &store,
        truth: Some(&truth),
        saga: Some(&saga),
    };

    // Called off in the middle.
    let task = Task::new();
    let in_the_middle = |task: &Task| {
        while task.progress().done == 0 {
            assert!(!store.exists() && !truth.exists() && !saga.exists());
            std::thread::yield_now();
        }
        task.cancel();
    };
    let refused = std::thread::scope(|scope| {
        scope.spawn(|| in_the_middle(&task));
        simulation.write(target, &task).unwrap_err()
    });
    assert!(matches!(refused, SimulateError::Cancelled(_)));
    assert_eq!(names(folder.path()), [""; 0]);

    // What goes wrong at the very end.
    let mut streams = Simulation::new(Scenario::Users, 120_000, Seed(1), Path::new("a.json"));
    streams.size = Size::About(120_000);
    let refused = streams.write(target, &Task::new()).unwrap_err();
    assert!(matches!(refused, SimulateError::Format(_)), "{refused}");
    assert_eq!(names(folder.path()), [""; 0]);

    simulation.write(target, &Task::new()).unwrap();
    assert_eq!(names(folder.path()).len(), 3);
    let definition = std::fs::read_to_string(&saga).unwrap();
    assert_eq!(definition, Scenario::Bank.saga_definition());
}

#[test]
fn two_files_of_one_name_are_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("a.db");
    let around = folder
        .path()
        .join("..")
        .join(folder.path().file_name().unwrap());
    let simulation = Simulation::new(Scenario::Bank, 100, Seed(1), &store);
    for (truth, saga) in [
        (Some(around.join("a.db")), None),
        (None, Some(store.clone())),
        (Some(folder.path().join("t")), Some(around.join("t"))),
    ] {
        let target = Target {
            store: &store,
            truth: truth.as_deref(),
            saga: saga.as_deref(),
        };
        let refused = simulation.write(target, &Task::new()).unwrap_err();
        let last = saga.or(truth).unwrap();
        assert!(matches!(refused, SimulateError::Twice(path) if path == last));
        assert_eq!(names(folder.path()), [""; 0]);
    }
}

#[test]
fn progress_is_told_in_events() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("a.db");
    let simulation = Simulation::new(Scenario::Carts, 500, Seed(1), &store);
    let task = Task::new();
    let target = Target {
        store: &store,
        truth: None,
        saga: None,
    };
    let totals = simulation.write(target, &task).unwrap();
    let all = Progress {
        done: totals.events,
        total: totals.events,
    };
    assert_eq!(task.progress(), all);
}
