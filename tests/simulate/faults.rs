//! What the truth tells of faults stands in the rows.

use std::collections::{BTreeMap, HashMap};

use asof::simulate::{Dose, Fault, Faults, Scenario};
use serde_json::Value;

use super::store::{Event, Simulated, faulty, simulate};

fn each(test: impl Fn(Scenario, &Simulated)) {
    for scenario in Scenario::ALL {
        for seed in [1, 2] {
            test(*scenario, &faulty(*scenario, 2000, seed, 2));
        }
    }
}

fn positions(finding: &Value) -> Vec<i64> {
    let positions = finding["positions"].as_array().into_iter().flatten();
    positions.filter_map(Value::as_i64).collect()
}

/// Of each stream's events, those that had happened before one that stands before them.
#[test]
fn late_events_are_those_that_were_overtaken() {
    for scenario in [
        Scenario::OrdersChoreographed,
        Scenario::Bank,
        Scenario::Users,
        // What happens there is often told days later by itself.
        Scenario::Downloads,
    ] {
        let faults = Faults::none().with(Fault::OutOfOrder, Dose::Count(5));
        let store = simulate(scenario, 2000, 6, faults);
        let mut latest: HashMap<String, i64> = HashMap::new();
        let mut late = Vec::new();
        for event in store.events() {
            let latest = latest.entry(event.stream).or_insert(event.occurred);
            if event.occurred < *latest {
                late.push(event.position);
            }
            *latest = event.occurred.max(*latest);
        }
        let findings = store.findings("injected", "out-of-order").into_iter();
        let mut told: Vec<i64> = findings.filter_map(|f| positions(f).pop()).collect();
        told.sort_unstable();
        if scenario == Scenario::Downloads {
            // There, further ones are late by themselves.
            assert!(told.iter().all(|own| late.contains(own)), "{told:?}");
            continue;
        }
        assert_eq!(told, late, "{scenario}");
    }
}

/// Ids that stand in the log more than once, with all positions.
fn repeated(events: &[Event], key: impl Fn(&Event) -> String) -> BTreeMap<String, Vec<i64>> {
    let mut places: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for event in events {
        places.entry(key(event)).or_default().push(event.position);
    }
    places.retain(|_, positions| positions.len() > 1);
    places
}

#[test]
fn duplicates_are_those_of_a_recount() {
    each(|scenario, store| {
        let events = store.events();
        let ids = repeated(&events, |event| event.id.clone());
        let mut told: Vec<Vec<i64>> = [
            Fault::DuplicateIdSameContent,
            Fault::DuplicateIdDifferentContent,
        ]
        .iter()
        .flat_map(|fault| store.findings("injected", fault.name()))
        .map(positions)
        .collect();
        told.sort();
        let mut counted: Vec<Vec<i64>> = ids.values().cloned().collect();
        counted.sort();
        assert_eq!(told, counted, "{scenario}");

        let content = |event: &Event| format!("{} {} {}", event.stream, event.kind.0, event.data);
        let mut alike: Vec<Vec<i64>> = repeated(&events, content).into_values().collect();
        let same_id = |pair: &Vec<i64>| {
            let id = |position: i64| &events[position as usize - 1].id;
            id(pair[0]) == id(pair[1])
        };
        alike.retain(|pair| !same_id(pair));
        alike.sort();
        let kind = Fault::DuplicateContentNewId.name();
        let mut told: Vec<Vec<i64>> = store
            .findings("injected", kind)
            .into_iter()
            .map(positions)
            .collect();
        told.sort();
        assert_eq!(told, alike, "{scenario}");
    });
}

#[test]
fn gaps_and_forks_are_those_of_a_recount() {
    each(|scenario, store| {
        let mut versions: HashMap<String, Vec<(i64, i64)>> = HashMap::new();
        for event in store.events() {
            let stream = versions.entry(event.stream).or_default();
            stream.push((event.version, event.position));
        }
        let (mut gaps, mut forks) = (Vec::new(), Vec::new());
        for stream in versions.values_mut() {
            stream.sort_unstable();
            for pair in stream.windows(2) {
                match pair[1].0 - pair[0].0 {
                    0 => forks.push(pair[1].1),
                    1 => {}
                    _ => gaps.push(pair[1].1),
                }
            }
        }
        let told = |kind: Fault| {
            let findings = ["injected", "inherent"]
                .into_iter()
                .flat_map(|list| store.findings(list, kind.name()));
            let mut last: Vec<i64> = findings
                .filter_map(|finding| positions(finding).pop())
                .collect();
            last.sort_unstable();
            last
        };
        gaps.sort_unstable();
        forks.sort_unstable();
        assert_eq!(told(Fault::VersionGap), gaps, "{scenario}");
        assert_eq!(told(Fault::VersionFork), forks, "{scenario}");
    });
}

#[test]
fn causes_are_those_of_a_recount() {
    each(|scenario, store| {
        let events = store.events();
        let by_id: HashMap<&str, &Event> =
            events.iter().rev().map(|e| (e.id.as_str(), e)).collect();
        let orphans: Vec<i64> = events
            .iter()
            .filter(|event| {
                event
                    .cause
                    .as_deref()
                    .is_some_and(|cause| !by_id.contains_key(cause))
            })
            .map(|event| event.position)
            .collect();
        let mut told: Vec<i64> = store
            .findings("injected", Fault::OrphanCausation.name())
            .into_iter()
            .flat_map(positions)
            .collect();
        told.sort_unstable();
        assert_eq!(told, orphans, "{scenario}");
        for cycle in store.findings("injected", Fault::CausationCycle.name()) {
            let pair = positions(cycle);
            let [a, b] = [&events[pair[0] as usize - 1], &events[pair[1] as usize - 1]];
            assert_eq!(a.cause.as_ref(), Some(&b.id), "{scenario}");
            assert_eq!(b.cause.as_ref(), Some(&a.id), "{scenario}");
        }
    });
}

#[test]
fn payloads_that_are_no_json_are_those_of_a_recount() {
    each(|scenario, store| {
        let broken: Vec<i64> = store.rows(
            "SELECT position FROM events WHERE NOT json_valid(data)",
            |row| row.get(0),
        );
        let mut told: Vec<i64> = store
            .findings("injected", Fault::PayloadNotJson.name())
            .into_iter()
            .flat_map(positions)
            .collect();
        told.sort_unstable();
        assert_eq!(told, broken, "{scenario}");
    });
}

#[test]
fn what_consumers_did_is_that_of_a_recount() {
    each(|scenario, store| {
        let pair =
            |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
        let told = |fault: Fault| {
            let findings = store.findings("injected", fault.name()).into_iter();
            let mut pairs: Vec<(String, String)> = findings
                .map(|finding| {
                    let text = |value: &Value| value.as_str().unwrap().to_owned();
                    (text(&finding["consumer"]), text(&finding["ids"][0]))
                })
                .collect();
            pairs.sort();
            pairs
        };
        let twice = store.rows(
            "SELECT consumer, event_id FROM processed_events GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY 1, 2",
            pair,
        );
        assert_eq!(told(Fault::DuplicateDelivery), twice, "{scenario}");
        let dead = store.rows(
            "SELECT consumer, event_id FROM dead_letters ORDER BY 1, 2",
            pair,
        );
        assert_eq!(told(Fault::PoisonDeadLetter), dead, "{scenario}");
        let rewound = store.rows(
            "SELECT consumer, position FROM (SELECT consumer, position, position - lag(position)
             OVER (PARTITION BY consumer ORDER BY rowid) AS step FROM checkpoint_history)
             WHERE step < 0 ORDER BY 1, 2",
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)),
        );
        let mut told: Vec<(String, i64)> = store
            .findings("injected", Fault::ConsumerRewound.name())
            .into_iter()
            .map(|finding| {
                (
                    finding["consumer"].as_str().unwrap().to_owned(),
                    positions(finding)[1],
                )
            })
            .collect();
        told.sort();
        assert_eq!(told, rewound, "{scenario}");
    });
}

#[test]
fn the_outbox_is_that_of_a_recount() {
    each(|scenario, store| {
        let outbox = &store.truth["totals"]["outbox"];
        let missing = store.count(
            "SELECT count(*) FROM events WHERE category IN (SELECT DISTINCT category FROM events
             JOIN outbox USING (event_id)) AND event_id NOT IN (SELECT event_id FROM outbox)",
        );
        assert_eq!(outbox["missing"], missing, "{scenario}");
        let again = store.count("SELECT count(*) - count(DISTINCT event_id) FROM outbox");
        assert_eq!(outbox["duplicates"], again, "{scenario}");
        let late = store.count("SELECT count(*) FROM outbox WHERE attempts > 1");
        assert!(late > 0, "{scenario}: an outage holds something up");
    });
}

/// At each moment, checkpoints and lag are what the rows up to it say.
#[test]
fn consumers_stand_at_each_moment_where_the_history_says() {
    each(|scenario, store| {
        for moment in store.told("moments") {
            let position = moment["position"].as_i64().unwrap();
            let time: asof::model::Timestamp = moment["time"].as_str().unwrap().parse().unwrap();
            let time = time.micros();
            for (name, told) in moment["consumers"].as_object().unwrap() {
                let committed: Option<i64> = store
                    .db
                    .query_row(
                        "SELECT position FROM checkpoint_history WHERE consumer = ? AND at <= ?
                         ORDER BY rowid DESC LIMIT 1",
                        (name, time),
                        |row| row.get(0),
                    )
                    .ok();
                assert_eq!(
                    told["position"].as_i64(),
                    committed,
                    "{scenario}: {name} {moment}"
                );
                let tail = "FROM events e, checkpoints c WHERE c.consumer = ?1 AND e.position <= ?2
                    AND e.position > ?3 AND (c.categories IS NULL
                    OR ',' || c.categories || ',' LIKE '%,' || e.category || ',%')";
                let waiting: (i64, Option<i64>) = store
                    .db
                    .query_row(
                        &format!("SELECT count(*), min(e.position) {tail}"),
                        (name, position, committed.unwrap_or(0)),
                        |row| Ok((row.get(0)?, row.get(1)?)),
                    )
                    .unwrap();
                assert_eq!(told["lag_events"], waiting.0, "{scenario}: {name} {moment}");
                assert_eq!(
                    told["first_waiting"].as_i64(),
                    waiting.1,
                    "{scenario}: {name}"
                );
                let recorded = waiting.1.map(|first| {
                    store.count(&format!(
                        "SELECT recorded_at FROM events WHERE position = {first}"
                    ))
                });
                let lag = recorded.map_or(0, |recorded| (time - recorded) / 1000);
                assert_eq!(told["lag_ms"], lag, "{scenario}: {name} {moment}");
            }
        }
    });
}

/// What is known at a moment is a prefix of the log, whatever the clocks say.
#[test]
fn moments_lie_between_events_for_every_clock() {
    each(|scenario, store| {
        let moments = store.told("moments");
        assert_eq!(moments.len(), 10, "{scenario}");
        let statuses: Vec<&Value> = moments
            .iter()
            .flat_map(|moment| moment["consumers"].as_object().unwrap().values())
            .map(|consumer| &consumer["status"])
            .collect();
        assert!(statuses.iter().any(|status| **status != "ok"), "{scenario}");
        for moment in moments {
            let position = moment["position"].as_i64().unwrap();
            let time: asof::model::Timestamp = moment["time"].as_str().unwrap().parse().unwrap();
            let astray = store.count(&format!(
                "SELECT count(*) FROM events WHERE (position <= {position}) <> (recorded_at <= {})",
                time.micros()
            ));
            assert_eq!(astray, 0, "{scenario}: {moment}");
        }
    });
}

#[test]
fn clocks_that_are_off_put_effects_before_their_causes() {
    let faults = Faults::none().with(Fault::ClockSkew, Dose::Count(1));
    for scenario in Scenario::ALL {
        let store = simulate(*scenario, 1500, 4, faults.clone());
        let before = store.count(
            "SELECT count(*) FROM events effect JOIN events cause ON cause.event_id = effect.causation_id
             WHERE effect.recorded_at < cause.recorded_at",
        );
        let backwards = store.count(
            "SELECT count(*) FROM (SELECT recorded_at - lag(recorded_at) OVER (ORDER BY position)
             AS step FROM events) WHERE step < 0",
        );
        assert!(before > 0 || backwards > 0, "{scenario}");
    }
}
