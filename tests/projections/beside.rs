//! What projections take from beside the events: entities that they look up, and consumers at whose
//! checkpoints they are seen.

use std::path::Path;

use asof::analysis::lag::{self, Course, LagOptions, Samples};
use asof::analysis::projection::{
    Certainty, ConsumerError, Definition, Reading, Run, RunOptions, Wanted, as_consumer, project,
    project_of,
};
use asof::log::Bound;
use asof::model::{EventIx, Task, Timestamp};
use asof::simulate::Scenario;
use asof::store::{OpenOptions, Store, attached};
use serde_json::Value;

use super::{bundled, of_scenario, opened, store};

const DEVICES: &str = "fromAll().when({
  $init: () => ({}),
  $any(s, e) {
    if (e.data.device_id === undefined) return;
    const device = lookup('devices', e.data.device_id);
    s[e.position] = device && device.version;
  },
})";

#[test]
fn an_entity_is_looked_up_as_it_was_at_the_event() {
    let path = bundled("downloads.db");
    let opened = opened(&path);
    let options = RunOptions {
        tables: opened.tables.clone(),
        ..RunOptions::default()
    };
    let reading = &opened.reading;
    let mut run = Run::new(
        &Definition::Script(DEVICES.into()),
        reading.clone(),
        options,
    )
    .unwrap();
    let head = reading.log.at_head();
    let report = project(&mut run, &head, Wanted::All, &Task::new()).unwrap();
    assert_eq!(report.dead_letters, []);
    let found = report.state.unwrap();
    let db = rusqlite::Connection::open(&path).unwrap();
    let mut statement = db
        .prepare(
            "SELECT position, (SELECT max(version) FROM devices WHERE valid_from <= recorded_at
               AND device_id = json_extract(data, '$.device_id'))
             FROM events WHERE json_extract(data, '$.device_id') IS NOT NULL",
        )
        .unwrap();
    let expected: serde_json::Map<String, Value> = statement
        .query_map([], |row| {
            let (position, version): (i64, Option<i64>) = (row.get(0)?, row.get(1)?);
            Ok((
                position.to_string(),
                version.map_or(Value::Null, Value::from),
            ))
        })
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(expected.len() > 100 && expected.values().any(|version| version.as_i64() == Some(2)));
    assert_eq!(found, Value::Object(expected.clone()));
    let lookups = report.lookups.unwrap();
    assert_eq!((lookups.count, lookups.present), (expected.len() as u64, 0));
    for one in &lookups.first {
        let version = &expected[&one.position.to_string().trim_start_matches('#').to_owned()];
        assert_eq!(one.version.as_ref().unwrap_or(&Value::Null), version);
        assert_eq!(one.certainty == Certainty::Missing, version.is_null());
    }

    // As of a moment it is told what had been looked up until then.
    let middle = reading
        .log
        .cut(reading.clock, Bound::Event(asof::model::EventIx(400)));
    let then = project(&mut run, &middle, Wanted::All, &Task::new()).unwrap();
    let until = lookups
        .first
        .iter()
        .filter(|one| one.position.position.0 <= 401);
    assert_eq!(then.lookups.unwrap().count, until.count() as u64);
}

#[test]
fn an_entity_without_a_history_is_the_present_one_which_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let beside = folder.path().join("crm.db");
    let db = rusqlite::Connection::open(&beside).unwrap();
    db.execute_batch(
        "CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT);
         INSERT INTO people VALUES ('user-123', 'Ada'), ('user-7', 'Bo');",
    )
    .unwrap();
    let path = bundled("users.json");
    let task = Task::new();
    let store = Store::open(&path, &OpenOptions::default(), &task).unwrap();
    let tables = attached(&store, std::slice::from_ref(&beside), &task).unwrap();
    let options = RunOptions {
        tables,
        ..RunOptions::default()
    };
    let opened = opened(&path);
    let project_by = |text: &str| {
        let definition = Definition::Script(text.into());
        let mut run = Run::new(&definition, opened.reading.clone(), options.clone()).unwrap();
        let head = opened.reading.log.at_head();
        project(&mut run, &head, Wanted::All, &task).unwrap()
    };
    let report = project_by(
        "fromStream('user-123').when({ $any(s, e) { s.name = lookup('people', e.streamId).name; \
         s.nobody = lookup('people', 'none'); s.nothing = lookup('people'); } })",
    );
    assert_eq!(report.state.unwrap().to_string(), r#"{"name":"Ada"}"#);
    let lookups = report.lookups.unwrap();
    assert_eq!(lookups.first[0].certainty, Certainty::Present);
    assert_eq!(lookups.present * 2, lookups.count);
    assert_eq!(lookups.missing * 2, lookups.count);

    let report =
        project_by("fromStream('user-123').when({ $any(s, e) { lookup('dev' + 'ices', 1); } })");
    assert_eq!(
        report.dead_letters[0].error,
        "there is no table devices; there are people"
    );
    assert_eq!(report.counts.failed, report.dead_letters.len() as u64);
}

#[test]
fn a_consumer_sees_it_at_its_checkpoint_as_stale_as_the_truth_says() {
    for scenario in [
        Scenario::Bank,
        Scenario::OrdersChoreographed,
        Scenario::Rides,
    ] {
        let simulated = store::faulty(scenario, 1500, 2, 1);
        let opened = opened(&simulated.path);
        let reading = &opened.reading;
        let definition = of_scenario(scenario);
        let task = Task::new();
        let mut run = Run::new(&definition, reading.clone(), RunOptions::default()).unwrap();
        let mut behind = 0;
        for moment in simulated.truth["moments"].as_array().unwrap() {
            let time: Timestamp = moment["time"].as_str().unwrap().parse().unwrap();
            let cut = reading.log.cut(reading.clock, Bound::Time(time));
            for (name, truth) in moment["consumers"].as_object().unwrap() {
                let seen = as_consumer(&reading.log, &cut, &*opened.rows, name, &task);
                let (known, seen) = seen.unwrap();
                let at = format!("{scenario}: {name} at {time}");
                let position =
                    |at: &Option<asof::model::PositionName>| at.as_ref().map(|at| at.position.0);
                assert_eq!(
                    position(&seen.position).unwrap_or(0),
                    truth["position"],
                    "{at}"
                );
                assert_eq!(seen.lag_events, truth["lag_events"].as_u64(), "{at}");
                assert_eq!(seen.lag_ms, truth["lag_ms"].as_i64(), "{at}");
                assert_eq!(
                    position(&seen.first_waiting),
                    truth["first_waiting"].as_i64(),
                    "{at}"
                );
                behind += seen.lag_events.unwrap_or(0);
                let report = project_of(&mut run, &cut, &known, Wanted::All, &task).unwrap();
                let last = known.last().map(Bound::Event).unwrap_or(Bound::Start);
                let fresh = reading.log.cut(reading.clock, last);
                let fresh = project(&mut run, &fresh, Wanted::All, &task).unwrap();
                assert_eq!(report.states, fresh.states, "{at}");
                assert_eq!(report.as_of, cut.as_of(&reading.log), "{at}");
            }
        }
        assert!(behind > 0, "{scenario}");
    }
}

/// One rule says what waits for a consumer, here as in what is told of lag: of several files only the events
/// of the one that it reads, and no later ones.
#[test]
fn it_is_as_stale_as_the_consumer_lags() {
    let system = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/es_py_system");
    let files =
        ["orders.db", "payments.db"].map(|name| (system.join(name), OpenOptions::default()));
    let task = Task::new();
    let store = Store::open_all(&files, asof::store::Join::Time, &task).unwrap();
    for (opened, name) in [
        (super::read(store), "system"),
        (opened(&bundled("bank.db")), "bank"),
        (opened(&bundled("orders.db")), "orders"),
    ] {
        let Reading {
            log,
            payloads,
            clock,
        } = &opened.reading;
        let course = Course::read(log, &*opened.rows, &Samples::default(), *clock, &task).unwrap();
        let mut compared = 0;
        let events = (0..log.len() as u32).step_by(log.len() / 20 + 1);
        let bounds = events.map(|event| Bound::Event(EventIx(event)));
        // What is not dated is known at the head alone.
        for bound in bounds.chain([Bound::Head]) {
            let cut = log.cut(*clock, bound);
            let told = lag::report(&course, &**payloads, &cut, &LagOptions::default(), &task);
            for own in told.unwrap().consumers {
                // One that reads another file is called by what it keeps there.
                let called = own.name.split(" follows ").next().unwrap_or_default();
                let seen = as_consumer(log, &cut, &*opened.rows, called, &task);
                let (Ok((_, seen)), Some(events)) = (seen, own.lag_events) else {
                    continue;
                };
                if seen.parts == 1 {
                    let at = format!("{name}: {} at {bound:?}", own.name);
                    assert_eq!(
                        (seen.lag_events, seen.lag_ms),
                        (Some(events), own.lag_ms),
                        "{at}"
                    );
                    compared += 1;
                }
            }
        }
        assert!(compared > 0, "{name}");
    }
}

#[test]
fn who_is_no_consumer_is_told() {
    let opened = opened(&bundled("bank.db"));
    let log = &opened.reading.log;
    let seen = as_consumer(log, &log.at_head(), &*opened.rows, "nobody", &Task::new());
    let Err(error @ ConsumerError::NoConsumer { .. }) = seen else {
        panic!("{seen:?}");
    };
    assert_eq!(
        error.to_string(),
        "there is no consumer nobody; there are archive, balances, fraud-check, transfers"
    );
}

/// Tables that several of the store's own files have are called by these, whatever is attached.
#[test]
fn tables_of_several_files_are_told_apart_beside_a_third() {
    let folder = tempfile::tempdir().unwrap();
    let beside = folder.path().join("crm.db");
    let db = rusqlite::Connection::open(&beside).unwrap();
    db.execute_batch("CREATE TABLE people (id TEXT); CREATE TABLE tracking (id TEXT);")
        .unwrap();
    let system = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/es_py_system");
    let files =
        ["orders.db", "payments.db"].map(|name| (system.join(name), OpenOptions::default()));
    let task = Task::new();
    let store = Store::open_all(&files, asof::store::Join::Time, &task).unwrap();
    let tables = attached(&store, std::slice::from_ref(&beside), &task).unwrap();
    let tables = tables.tables(&task).unwrap().into_iter();
    let names: Vec<String> = tables.map(|table| table.name).collect();
    for name in [
        "orders/tracking",
        "payments/tracking",
        "crm/tracking",
        "people",
    ] {
        assert!(names.iter().any(|own| own == name), "{name}: {names:?}");
    }
}
