//! Outages, pauses and changes of a schema: what the truth tells of them is what a recount of the
//! store's own rows comes to.

use std::collections::HashMap;
use std::ops::Range;

use asof::simulate::{Dose, Fault, Faults, Scenario};
use serde_json::Value;

use super::store::{Simulated, simulate};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;

fn each(faults: &[(Fault, u32)], test: impl Fn(Scenario, &Simulated)) {
    for scenario in Scenario::ALL {
        for seed in [1, 2] {
            let all = faults.iter().fold(Faults::none(), |all, (fault, count)| {
                all.with(*fault, Dose::Count(*count))
            });
            test(*scenario, &simulate(*scenario, 2000, seed, all));
        }
    }
}

/// From when until when.
fn span(finding: &Value) -> Range<i64> {
    let micros = |member: &str| {
        let time = finding[member].as_str().unwrap().parse();
        time.map(asof::model::Timestamp::micros).unwrap()
    };
    micros("from")..micros("to")
}

#[test]
fn outages_of_the_relay_are_in_the_outbox() {
    each(&[(Fault::RelayOutage, 2)], |scenario, store| {
        let told = store.findings("injected", Fault::RelayOutage.name());
        let told: Vec<Range<i64>> = told.into_iter().map(span).collect();
        assert_eq!(told.len(), 2, "{scenario}");
        let mut held = vec![0; told.len()];
        let rows = store.rows(
            "SELECT created_at, published_at, attempts FROM outbox",
            |row| {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, Option<i64>>(1)?,
                    row.get::<_, i64>(2)?,
                ))
            },
        );
        // The relay looks every few seconds.
        let (soon, late) = (3 * SECOND, 20 * SECOND);
        for (created, published, attempts) in rows {
            let outage = told.iter().position(|outage| {
                (outage.start - soon..outage.end).contains(&created)
                    && published.is_none_or(|at| at >= outage.end && attempts > 1)
            });
            match outage {
                Some(outage) => {
                    held[outage] += 1;
                    assert!(published.is_none_or(|at| at < told[outage].end + late));
                }
                None => {
                    let within = told
                        .iter()
                        .any(|outage| (outage.start..outage.end - soon).contains(&created));
                    assert!(!within && attempts == 1, "{scenario}: {created}");
                    assert!(
                        published.is_some_and(|at| at - created < late),
                        "{scenario}"
                    );
                }
            }
        }
        assert!(held.iter().all(|held| *held > 0), "{scenario}: {held:?}");
    });
}

/// When each event of a consumer's tail was recorded, and when a checkpoint came to cover it.
fn waits(store: &Simulated, consumer: &str) -> Vec<(i64, Range<i64>)> {
    let history = store.rows(
        "SELECT consumer, position, at FROM checkpoint_history ORDER BY rowid",
        |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, i64>(2)?,
            ))
        },
    );
    let own: Vec<(i64, i64)> = history
        .into_iter()
        .filter(|(name, ..)| name == consumer)
        .map(|(_, position, at)| (position, at))
        .collect();
    let tail = format!(
        "SELECT e.position, recorded_at FROM events e, checkpoints WHERE consumer = '{consumer}'
         AND (categories IS NULL OR ',' || categories || ',' LIKE '%,' || category || ',%')
         ORDER BY e.position"
    );
    let tail = store.rows(&tail, |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
    });
    let mut history = own.into_iter().peekable();
    let covered = |(position, recorded): (i64, i64)| {
        while history.next_if(|(at, _)| *at < position).is_some() {}
        let covered = history.peek().map_or(i64::MAX, |(_, at)| *at);
        (position, recorded..covered)
    };
    tail.into_iter().map(covered).collect()
}

/// Consumers for which events have waited longer than any consumer takes are those that stood still,
/// just then.
#[test]
fn pauses_of_consumers_are_in_their_checkpoints() {
    let faults = [
        (Fault::ConsumerStalled, 2),
        (Fault::ConsumerStopped, 2),
        (Fault::PoisonBlocks, 1),
    ];
    each(&faults, |scenario, store| {
        let mut told: HashMap<String, Vec<(&str, Range<i64>)>> = HashMap::new();
        for list in ["injected", "inherent"] {
            for (fault, count) in faults {
                let findings = store.findings(list, fault.name());
                assert!(list == "inherent" || findings.len() == count as usize);
                for finding in findings {
                    let consumer = finding["consumer"].as_str().unwrap().to_owned();
                    let pause = (fault.name(), span(finding));
                    told.entry(consumer).or_default().push(pause);
                }
            }
        }
        let names = store.rows("SELECT consumer FROM checkpoints", |row| {
            row.get::<_, String>(0)
        });
        for name in names {
            let pauses = told.remove(&name).unwrap_or_default();
            let waits = waits(store, &name);
            for (position, wait) in &waits {
                let long = wait.end != i64::MAX && wait.end - wait.start > 30 * MINUTE;
                let stood = pauses
                    .iter()
                    .any(|(_, pause)| wait.start < pause.end && pause.end <= wait.end);
                assert!(!long || stood, "{scenario}: {name} at {position}");
            }
            for (fault, pause) in &pauses {
                let waited = |(_, wait): &&(i64, Range<i64>)| {
                    wait.start < pause.end && pause.end <= wait.end
                };
                let first = waits.iter().find(waited);
                let (first, _) = first.unwrap_or_else(|| panic!("{scenario}: {name} {pause:?}"));
                shows(store, &name, fault, pause, *first);
            }
        }
        assert!(told.is_empty(), "{scenario}: {told:?}");
    });
}

/// While an event waits, a stalled consumer stores the checkpoint before it again and again, and a
/// stopped one stores none; but for what it had at hand.
fn shows(store: &Simulated, consumer: &str, fault: &str, pause: &Range<i64>, first: i64) {
    let rows = store.rows(
        &format!(
            "SELECT position FROM checkpoint_history WHERE consumer = '{consumer}'
             AND at > {} AND at < {}",
            pause.start + MINUTE,
            pause.end
        ),
        |row| row.get::<_, i64>(0),
    );
    if fault == Fault::ConsumerStopped.name() {
        assert_eq!(rows, [0; 0], "{consumer} {pause:?}");
    } else {
        let same = rows
            .iter()
            .all(|position| *position < first && *position == rows[0]);
        assert!(
            rows.len() > 1 && same,
            "{consumer} {pause:?}: {rows:?} {first}"
        );
    }
}

/// A field of that name, wherever it stands.
fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    object
        .get(name)
        .or_else(|| object.values().find_map(|value| field(value, name)))
}

#[test]
fn a_breaking_change_of_a_schema_is_in_the_payloads_and_not_in_the_registry() {
    each(&[(Fault::BreakingSchemaChange, 1)], |scenario, store| {
        let told = store.findings("injected", Fault::BreakingSchemaChange.name());
        let [told] = told[..] else {
            panic!("{scenario}: {told:?}")
        };
        let kind = told["types"][0].as_str().unwrap();
        let detail = told["detail"].as_str().unwrap();
        let name = detail[1..].split(' ').next().unwrap();
        let from: asof::model::Timestamp = told["from"].as_str().unwrap().parse().unwrap();
        let mut texts = 0;
        for event in store.events() {
            let data: Value = serde_json::from_str(&event.data).unwrap();
            if event.kind.0 == kind {
                let changed = event.recorded >= from.micros();
                let value = field(&data, name).unwrap();
                assert_eq!(value.is_string(), changed, "{scenario}: {}", event.data);
                assert_eq!(value.is_number(), !changed, "{scenario}: {}", event.data);
                texts += u64::from(changed);
            }
        }
        assert_eq!(told["count"], texts, "{scenario}");
        let registry = store.rows("SELECT type, schema FROM schemas", |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        });
        for (_, schema) in registry.into_iter().filter(|(name, _)| name == kind) {
            let schema: Value = serde_json::from_str(&schema).unwrap();
            let declared = &field(&schema, name).unwrap()["type"];
            assert!(
                *declared == "number" || *declared == "integer",
                "{scenario}"
            );
        }
    });
}
