//! A store without faults is a sound log with sound tables beside it.

use std::collections::{BTreeMap, HashMap, HashSet};

use asof::simulate::Scenario;
use serde_json::Value;

use super::store::{Event, Simulated, clean, faulty};

fn each(test: impl Fn(Scenario, Simulated)) {
    for scenario in Scenario::ALL {
        for seed in [1, 2] {
            test(*scenario, clean(*scenario, 1500, seed));
        }
    }
}

/// Versions that the story itself gives twice.
fn forks(store: &Simulated) -> HashSet<i64> {
    let forks = store.findings("inherent", "version-fork");
    let positions = forks.iter().map(|fork| fork["positions"][0].as_i64());
    positions.map(Option::unwrap).collect()
}

#[test]
fn positions_versions_ids_and_causes_are_sound() {
    each(|scenario, store| {
        let forks = forks(&store);
        let mut versions: HashMap<String, i64> = HashMap::new();
        let mut seen: HashMap<String, Event> = HashMap::new();
        let (mut contents, mut last) = (HashSet::new(), 0);
        for (rank, event) in store.events().into_iter().enumerate() {
            assert_eq!(event.position, rank as i64 + 1);
            assert!(event.recorded > last, "{scenario}: {event:?}");
            last = event.recorded;
            let version = versions.entry(event.stream.clone()).or_default();
            if !forks.contains(&event.position) {
                assert_eq!(event.version, *version + 1, "{scenario}: {event:?}");
            }
            *version = event.version.max(*version);
            if let Some(cause) = &event.cause {
                let cause = &seen[cause];
                assert!(cause.recorded < event.recorded, "{scenario}: {event:?}");
                assert_eq!(
                    cause.correlation, event.correlation,
                    "{scenario}: {event:?}"
                );
            }
            let content = (
                event.stream.clone(),
                event.kind.0.clone(),
                event.data.clone(),
            );
            assert!(contents.insert(content), "{scenario}: {event:?}");
            assert!(seen.insert(event.id.clone(), event).is_none());
        }
    });
}

/// What comes late belongs to the stories of devices that are offline at times.
#[test]
fn late_events_are_those_of_a_recount() {
    each(|scenario, store| {
        let mut latest: HashMap<String, i64> = HashMap::new();
        let mut late = Vec::new();
        for event in store.events() {
            let latest = latest.entry(event.stream).or_insert(event.occurred);
            if event.occurred < *latest {
                late.push(event.position);
            }
            *latest = event.occurred.max(*latest);
        }
        let told = store.findings("inherent", "out-of-order").into_iter();
        let told: Vec<i64> = told.map(|f| f["positions"][0].as_i64().unwrap()).collect();
        assert_eq!(told, late, "{scenario}");
        let offline = [Scenario::Downloads, Scenario::Carts].contains(&scenario);
        assert_eq!(!late.is_empty(), offline, "{scenario}");
    });
}

#[test]
fn nothing_is_injected_where_nothing_was_asked_for() {
    each(|scenario, store| {
        assert_eq!(store.told("injected"), [] as [Value; 0], "{scenario}");
        assert_eq!(store.truth["totals"]["injected"], serde_json::json!({}));
    });
}

#[test]
fn there_are_nearly_as_many_events_as_asked_for_and_never_more() {
    for scenario in Scenario::ALL {
        for (events, seed) in [(1, 1), (100, 2), (300, 3), (1000, 4), (1000, 5), (4000, 6)] {
            let store = clean(*scenario, events, seed);
            let count = store.truth["totals"]["events"].as_u64().unwrap();
            let least = events - events / 20;
            assert!(
                (least..=events).contains(&count),
                "{scenario}: {count} of {events}"
            );
        }
        let store = faulty(*scenario, 2000, 7, 3);
        let count = store.truth["totals"]["events"].as_u64().unwrap();
        assert!((1900..=2000).contains(&count), "{scenario}: {count}");
    }
}

#[test]
fn payloads_are_as_the_registry_has_them() {
    each(|scenario, store| {
        let rows = store.rows("SELECT type, version, schema FROM schemas", |row| {
            Ok(((row.get(0)?, row.get(1)?), row.get::<_, String>(2)?))
        });
        let schemas: HashMap<(String, i64), Value> = rows
            .into_iter()
            .map(|(kind, schema)| (kind, serde_json::from_str(&schema).unwrap()))
            .collect();
        for event in store.events() {
            let data: Value = serde_json::from_str(&event.data).unwrap();
            let fits = fits(&data, &schemas[&event.kind]);
            assert_eq!(fits, Ok(()), "{scenario}: {} {}", event.kind.0, event.data);
        }
    });
}

/// The part of JSON Schema that the registry uses; fields that it does not name are none.
fn fits(value: &Value, schema: &Value) -> Result<(), String> {
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    let is = |kind: &&str| match *kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => value.is_null(),
    };
    if !kinds.iter().any(is) {
        return Err(format!("{value} is none of {kinds:?}"));
    }
    for item in value.as_array().into_iter().flatten() {
        fits(item, &schema["items"])?;
    }
    let Some(object) = value.as_object() else {
        return Ok(());
    };
    for name in schema["required"].as_array().into_iter().flatten() {
        if !object.contains_key(name.as_str().unwrap_or_default()) {
            return Err(format!("{name} is missing"));
        }
    }
    for (name, value) in object {
        let schema = match schema.get("properties") {
            Some(properties) => properties.get(name),
            None => schema.get("additionalProperties"),
        };
        fits(
            value,
            schema.ok_or(format!("{name} is not in the registry"))?,
        )?;
    }
    Ok(())
}

#[test]
fn long_streams_have_snapshots_all_along() {
    each(|scenario, store| {
        let rows = store.rows(
            "SELECT stream, version FROM snapshots ORDER BY 1, 2",
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)),
        );
        let mut snapshots: HashMap<String, Vec<i64>> = HashMap::new();
        for (stream, version) in rows {
            snapshots.entry(stream).or_default().push(version);
        }
        let longest = store.rows(
            "SELECT stream, max(version) FROM events GROUP BY 1",
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)),
        );
        for (stream, version) in longest.into_iter().filter(|(_, version)| *version >= 100) {
            let mut at = vec![0];
            at.extend(snapshots.remove(&stream).unwrap_or_default());
            at.push(version);
            let gap = at.windows(2).map(|pair| pair[1] - pair[0]).max();
            assert!(gap <= Some(100), "{scenario}: {stream} {at:?}");
        }
    });
}

#[test]
fn consumers_relay_and_inboxes_do_as_they_should() {
    each(|scenario, store| {
        let none = |query| assert_eq!(store.count(query), 0, "{scenario}: {query}");
        none(
            "SELECT count(*) FROM outbox WHERE attempts <> 1 OR published_at IS NULL
              OR published_at NOT BETWEEN created_at AND created_at + 20000000",
        );
        none("SELECT count(*) FROM (SELECT event_id FROM outbox GROUP BY 1 HAVING count(*) > 1)");
        none("SELECT count(*) FROM outbox WHERE event_id NOT IN (SELECT event_id FROM events)");
        none("SELECT count(*) FROM dead_letters");
        none(
            "SELECT count(*) FROM (SELECT 1 FROM processed_events GROUP BY consumer, event_id
              HAVING count(*) > 1)",
        );
        none(
            "SELECT count(*) FROM processed_events p JOIN events e USING (event_id)
              WHERE p.processed_at < e.recorded_at",
        );
        none(
            "SELECT count(*) FROM (SELECT position - lag(position) OVER
              (PARTITION BY consumer ORDER BY rowid) AS step FROM checkpoint_history)
              WHERE step < 0",
        );
        none(
            "SELECT count(*) FROM checkpoint_history h JOIN events e USING (position)
              WHERE h.at < e.recorded_at",
        );
        // The current checkpoint is the last of the history.
        none(
            "SELECT count(*) FROM checkpoints c WHERE NOT EXISTS (SELECT 1 FROM
              checkpoint_history h WHERE h.consumer = c.consumer AND h.position = c.position
              AND h.at = c.updated_at)",
        );
    });
}

#[test]
fn what_is_read_from_the_store_is_up_to_date_when_it_is_copied() {
    each(|scenario, store| {
        let of = &store.truth["read_model_of"];
        let consumer = of["consumer"].as_str().unwrap();
        let checkpoint = store.count(&format!(
            "SELECT position FROM checkpoints WHERE consumer = '{consumer}'"
        ));
        let query = format!("SELECT categories FROM checkpoints WHERE consumer = '{consumer}'");
        let category: String = store.db.query_row(&query, [], |row| row.get(0)).unwrap();
        let query = format!("SELECT max(position) FROM events WHERE category = '{category}'");
        assert_eq!(checkpoint, store.count(&query), "{scenario}");
    });
}

#[test]
fn a_simulation_is_decided_by_its_seed() {
    for scenario in Scenario::ALL {
        let told = |seed| {
            let store = clean(*scenario, 600, seed);
            let events: Vec<String> = store.events().iter().map(|e| format!("{e:?}")).collect();
            (events, store.truth.to_string())
        };
        assert!(told(5) == told(5), "{scenario}");
        assert!(told(5) != told(6), "{scenario}");
    }
}

#[test]
fn quiet_hours_and_busy_ones_are_those_of_the_story() {
    let store = clean(Scenario::OrdersChoreographed, 3000, 4);
    let maintenance = store.count(
        "SELECT count(*) FROM events WHERE datetime(recorded_at / 1000000, 'unixepoch')
         BETWEEN '2024-11-16 21:01:00' AND '2024-11-18 04:59:59'",
    );
    assert!(maintenance <= 4, "{maintenance}");
    let days = store.rows(
        "SELECT date(recorded_at / 1000000, 'unixepoch'), count(*) FROM events
         WHERE type = 'OrderPlaced' GROUP BY 1",
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)),
    );
    let days: BTreeMap<String, i64> = days.into_iter().collect();
    let busiest = days.iter().max_by_key(|(_, count)| **count).unwrap();
    assert_eq!(busiest.0, "2024-11-29", "the sale: {days:?}");
}
