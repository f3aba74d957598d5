//! The pages of random tables say what SQLite says of them.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{Odd, Shape, Walk};
use crate::model::Task;
use crate::store::layout::{Column, Events, Key, Role, built_in, recognise_sqlite};
use crate::store::sqlite::connect::Database;
use crate::store::sqlite::lot::Lot;
use crate::store::sqlite::plan::{Cells as _, Plan, What};
use crate::store::sqlite::{facts, functions, settle};

/// Something to do with a table.
#[derive(Clone, Debug)]
enum Step {
    /// Inserts a row, or replaces it.
    Put(i64, Vec<Value>),
    /// Deletes every row in a range.
    Cut(i64, i64),
    /// Adds a column, without a default.
    Widen,
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => Just(Value::Null),
        3 => any::<i64>().prop_map(Value::Integer),
        3 => (-300..70_000_i64).prop_map(Value::Integer),
        2 => any::<f64>().prop_map(Value::Real),
        1 => (-9..9_i64).prop_map(|whole| Value::Real(whole as f64)),
        4 => "\\PC{0,40}".prop_map(Value::Text),
        2 => (0..9_000_usize, any::<char>()).prop_map(|(length, c)| Value::Text(c.to_string().repeat(length))),
        2 => prop::collection::vec(any::<u8>(), 0..2_000).prop_map(Value::Blob),
    ]
}

fn rowid() -> impl Strategy<Value = i64> {
    prop_oneof![6 => 0..400_i64, 1 => -50..0_i64, 1 => any::<i64>()]
}

fn step() -> impl Strategy<Value = Step> {
    let row = (rowid(), prop::collection::vec(value(), 4));
    prop_oneof![
        20 => row.prop_map(|(at, values)| Step::Put(at, values)),
        2 => (rowid(), 0..40_i64).prop_map(|(from, rows)| Step::Cut(from, from.saturating_add(rows))),
        1 => Just(Step::Widen),
    ]
}

/// A file with the table that `steps` make; how many columns it came to have.
fn make(path: &Path, setting: &str, alias: &str, steps: &[Step]) -> usize {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(setting).unwrap();
    let create = format!("CREATE TABLE t ({alias}a, b TEXT, c REAL, d INTEGER)");
    connection.execute_batch(&create).unwrap();
    let names = ["a", "b", "c", "d"];
    let mut columns = names.len();
    for step in steps {
        match step {
            Step::Put(at, values) => {
                let sql = format!(
                    "REPLACE INTO t (rowid, {}) VALUES (?, ?, ?, ?, ?)",
                    names.join(", ")
                );
                let row = std::iter::once(Value::Integer(*at)).chain(values.iter().cloned());
                connection.execute(&sql, params_from_iter(row)).unwrap();
            }
            Step::Cut(from, to) => {
                let sql = "DELETE FROM t WHERE rowid BETWEEN ? AND ?";
                connection.execute(sql, [from, to]).unwrap();
            }
            Step::Widen => {
                let sql = format!("ALTER TABLE t ADD COLUMN x{columns}");
                connection.execute_batch(&sql).unwrap();
                columns += 1;
            }
        }
    }
    columns
}

/// A plan that selects all columns, whatever their roles are called.
fn plan(key: &str, names: &[String]) -> Plan {
    let roles = Role::ALL
        .into_iter()
        .filter(|role| !matches!(role, Role::Payload | Role::Metadata));
    let columns = roles
        .zip(names)
        .map(|(role, name)| (role, Column::sql(format!("\"{name}\""))));
    let events = Events {
        from: "t".to_owned(),
        key: Some(Key::Row(key.to_owned())),
        columns: columns.collect(),
        ..Events::default()
    };
    Plan::new(events, Lot::Only)
}

type Rows = Vec<Vec<Value>>;

fn by_statement(database: &Database, plan: &Plan, after: i64, to: i64) -> Rows {
    let sql = plan.index_sql().unwrap();
    let mut statement = database.connection().prepare(&sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query([after, to]).unwrap();
    let mut found = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let value = |column| Value::try_from(row.get_ref(column).unwrap()).unwrap();
        let rest = (2..columns).map(value);
        found.push(std::iter::once(value(0)).chain(rest).collect());
    }
    found
}

fn by_pages(database: &Database, plan: &Plan, after: i64, to: i64) -> Result<Rows, Odd> {
    let shape = Shape::of(database.connection(), plan, What::Index).unwrap();
    let shape = shape.expect("an ordinary table");
    let file = database.bytes().expect("a file of its own");
    let mut walk = Walk::new(file, &shape, after, to)?;
    let columns = plan.plain(What::Index).unwrap().1.len();
    let mut found = Vec::new();
    while let Some(row) = walk.next()? {
        let value = |column| Value::try_from(row.cell(column).unwrap()).unwrap();
        let rest = (2..columns).map(value);
        found.push(std::iter::once(value(0)).chain(rest).collect());
    }
    Ok(found)
}

fn same(a: &Rows, b: &Rows) -> bool {
    // Equal to the bit: a negative zero is not a zero.
    format!("{a:?}") == format!("{b:?}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn pages_say_what_sqlite_says(
        steps in prop::collection::vec(step(), 0..300),
        page in 9..17_u32,
        vacuum in 0..3_u8,
        journal in prop::sample::select(vec!["delete", "wal"]),
        alias in prop::sample::select(vec!["", "id INTEGER PRIMARY KEY, "]),
        ranges in prop::collection::vec((rowid(), rowid()), 1..5),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let setting = format!(
            "PRAGMA page_size = {}; PRAGMA auto_vacuum = {vacuum}; PRAGMA journal_mode = {journal}; PRAGMA synchronous = off",
            1_u32 << page,
        );
        let columns = make(&path, &setting, alias, &steps);
        let database = Database::open(&path, &Task::new()).unwrap();
        let mut names: Vec<String> = ["d", "a", "c", "b"].map(str::to_owned).to_vec();
        names.extend((4..columns.min(12)).map(|at| format!("x{at}")));
        if !alias.is_empty() {
            names.push("id".to_owned());
        }
        let key = if alias.is_empty() { "rowid" } else { "id" };
        let plan = plan(key, &names);
        let all = [(i64::MIN, i64::MAX)];
        for (after, to) in all.into_iter().chain(ranges) {
            let _moment = database.connection().unchecked_transaction().unwrap();
            let expected = by_statement(&database, &plan, after, to);
            let found = by_pages(&database, &plan, after, to);
            prop_assert!(found.as_ref().is_ok_and(|found| same(found, &expected)), "{found:?}\nrather than {expected:?}");
        }
    }

    /// Whatever a page is made into, what is given out before the walk gives up is what SQLite has.
    #[test]
    fn damage_is_left_to_sqlite(
        steps in prop::collection::vec(step(), 100..250),
        page in 9..12_u32,
        harm in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..30),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let size = 1_usize << page;
        make(&path, &format!("PRAGMA page_size = {size}; PRAGMA synchronous = off"), "", &steps);
        let mut bytes = std::fs::read(&path).unwrap();
        for (at, byte) in harm {
            let at = size + at.index(bytes.len() - size);
            bytes[at] = byte;
        }
        std::fs::write(&path, bytes).unwrap();
        let Ok(database) = Database::open(&path, &Task::new()) else { return Ok(()) };
        if database.bytes().is_none() {
            return Ok(());
        }
        let plan = plan("rowid", &["a", "b", "c", "d"].map(str::to_owned));
        let Ok(Some(shape)) = Shape::of(database.connection(), &plan, What::Index) else { return Ok(()) };
        let _moment = database.connection().unchecked_transaction().unwrap();
        let Ok(mut walk) = Walk::new(database.bytes().unwrap(), &shape, i64::MIN, i64::MAX) else { return Ok(()) };
        let sql = plan.index_sql().unwrap();
        let mut statement = database.connection().prepare(&sql).unwrap();
        let mut rows = statement.query([i64::MIN, i64::MAX]).unwrap();
        while let Ok(Some(row)) = walk.next() {
            let own = rows.next();
            prop_assert!(matches!(own, Ok(Some(_))), "SQLite finds {own:?} where a page has {row:?}");
            let own = own.unwrap().unwrap();
            for column in (0..6).filter(|column| *column != 1) {
                let (own, found) = (own.get_ref(column).unwrap(), row.cell(column).unwrap());
                prop_assert_eq!(format!("{own:?}"), format!("{found:?}"));
            }
        }
    }
}

fn databases(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            databases(&path, found);
        } else if path.extension().is_some_and(|end| end == "db") {
            found.push(path);
        }
    }
}

#[test]
fn the_pages_of_real_stores_say_what_sqlite_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    databases(&root.join("tests/fixtures"), &mut files);
    databases(&root.join("sample-data"), &mut files);
    let mut compared = 0;
    for file in files {
        let Ok(database) = Database::open(&file, &Task::new()) else {
            continue;
        };
        functions::register(database.connection()).unwrap();
        let facts = facts::gather(&database).unwrap();
        let Some(found) = recognise_sqlite(&facts, &built_in()) else {
            continue;
        };
        let events = settle::events(&database, &facts, found.best.layout.events);
        let plan = Plan::new(events, Lot::Only);
        let shape = Shape::of(database.connection(), &plan, What::Index).unwrap();
        if shape.is_none() || database.bytes().is_none() {
            continue;
        }
        let _moment = database.connection().unchecked_transaction().unwrap();
        let expected = by_statement(&database, &plan, i64::MIN, i64::MAX);
        let found = by_pages(&database, &plan, i64::MIN, i64::MAX).unwrap();
        assert!(same(&found, &expected), "{}", file.display());
        compared += 1;
    }
    assert!(compared >= 8, "{compared}");
}

/// What the pages of a table cannot tell is asked of SQLite.
#[test]
fn only_plain_columns_of_ordinary_tables_have_a_shape() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, kind TEXT, at INT DEFAULT 7);
             CREATE TABLE w (id INTEGER PRIMARY KEY, kind TEXT) WITHOUT ROWID;
             CREATE TABLE g (id INTEGER PRIMARY KEY, kind TEXT, twice AS (kind || kind));
             CREATE TABLE r (rowid TEXT, kind TEXT);
             CREATE VIEW v AS SELECT id, kind FROM t;",
        )
        .unwrap();
    drop(connection);
    let database = Database::open(&path, &Task::new()).unwrap();
    let shape = |from: &str, key: &str, kind: &str| {
        let mut events = plan(key, &[]).events;
        events.from = from.to_owned();
        events.columns.insert(Role::Type, Column::sql(kind));
        let plan = Plan::new(events, Lot::Only);
        let prepared = database.connection().prepare(&plan.index_sql().unwrap());
        prepared.unwrap();
        Shape::of(database.connection(), &plan, What::Index)
            .unwrap()
            .is_some()
    };
    for (from, key, kind) in [
        ("t", "id", "kind"),
        ("t", "rowid", "kind"),
        ("main.\"t\" AS e", "e._rowid_", "e.\"kind\""),
        ("t", "id", "'it''s'"),
        ("t", "id", "id"),
    ] {
        assert!(shape(from, key, kind), "{from}, {key}, {kind}");
    }
    for (from, key, kind) in [
        ("w", "id", "kind"),
        ("g", "id", "kind"),
        ("r", "rowid", "kind"),
        ("v", "id", "kind"),
        ("t", "id", "kind || ''"),
        ("t", "id", "(SELECT x.kind FROM t x)"),
        ("t", "id", "\"kinder\""),
        ("t", "id", "kind COLLATE NOCASE"),
        ("t", "id + 0", "kind"),
        ("t", "at", "kind"),
        ("t JOIN w USING (id)", "t.id", "t.kind"),
    ] {
        assert!(!shape(from, key, kind), "{from}, {key}, {kind}");
    }
}

/// Rows from before a column was added take its default, which is not in their pages.
#[test]
fn a_missing_column_with_a_default_is_odd() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE t (a); INSERT INTO t VALUES (1); ALTER TABLE t ADD COLUMN b DEFAULT 7;
             INSERT INTO t VALUES (2, 3);",
        )
        .unwrap();
    drop(connection);
    let database = Database::open(&path, &Task::new()).unwrap();
    let names = ["a".to_owned(), "b".to_owned()];
    let both = plan("rowid", &names);
    assert_eq!(by_pages(&database, &both, 0, 9), Err(Odd));
    assert!(by_pages(&database, &both, 1, 9).is_ok());
    assert!(by_pages(&database, &plan("rowid", &names[..1]), 0, 9).is_ok());
}
