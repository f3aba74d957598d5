//! What the analysis says at ten moments is what the simulation knows.

use asof::analysis::lag::{self, Course, LagOptions, LagReport, Samples};
use asof::log::Bound;
use asof::model::Timestamp;
use asof::simulate::{Dose, Fault, Faults, Scenario};
use serde_json::{Value, json};

#[path = "../simulate/store.rs"]
#[allow(dead_code, reason = "the tests of the simulation ask for more")]
mod store;

use crate::opened::Opened;
use store::{Simulated, clean, faulty, simulate};

struct Read {
    opened: Opened,
    course: Course,
}

impl Read {
    fn of(store: &Simulated) -> Self {
        let opened = Opened::open(&store.path);
        let (log, rows) = (&opened.log, opened.store.rows());
        let course = Course::read(
            log,
            &*rows,
            &Samples::default(),
            log.default_clock(),
            &opened.task,
        )
        .unwrap();
        Self { opened, course }
    }

    fn at(&self, time: &str) -> LagReport {
        let time: Timestamp = time.parse().unwrap();
        let cut = self.opened.log.cut(self.course.clock(), Bound::Time(time));
        let payloads = self.opened.store.payloads();
        let options = LagOptions::default();
        lag::report(&self.course, &*payloads, &cut, &options, &self.opened.task).unwrap()
    }
}

fn own<'a>(report: &'a Value, name: &str) -> &'a Value {
    let mut consumers = report["consumers"].as_array().unwrap().iter();
    let found = consumers.find(|own| own["name"] == name);
    found.unwrap_or_else(|| panic!("a consumer {name}"))
}

/// How often each status was compared.
#[derive(Debug, Default)]
struct Seen {
    stalled: u32,
    stopped: u32,
    rewound: u32,
    blocking: u32,
    behind: u32,
}

fn compare(store: &Simulated, of: &str, seen: &mut Seen) {
    let read = Read::of(store);
    for moment in store.told("moments") {
        let time = moment["time"].as_str().unwrap();
        let report = read.at(time);
        let all = serde_json::to_value(&report).unwrap();
        for (name, told) in moment["consumers"].as_object().unwrap() {
            let own = own(&all, name);
            let at = format!("{of}, {time}, {name}: {told} but {own}");
            for field in ["position", "head", "lag_events", "lag_ms", "status"] {
                let told = match field {
                    // Before its first event.
                    "head" if told[field] == 0 => &Value::Null,
                    _ => &told[field],
                };
                assert_eq!(own[field], *told, "{field} of {at}");
            }
            if told["position"].is_i64() {
                assert_eq!(own["certainty"], "exact", "{at}");
            }
            if !told["blocking"].is_null() {
                seen.blocking += 1;
                assert_eq!(own["blocking_event"]["position"], told["blocking"], "{at}");
            }
            let letters = report.dead_letters.iter();
            let letters = letters.filter(|letter| letter.consumer.as_deref() == Some(name));
            assert_eq!(json!(letters.count()), told["dead_letters"], "{at}");
            match told["status"].as_str().unwrap() {
                "stalled" => seen.stalled += 1,
                "stopped" => seen.stopped += 1,
                "rewound" => seen.rewound += 1,
                _ => seen.behind += u32::from(told["lag_events"] != 0),
            }
        }
        let mut told = moment["outbox"].clone();
        if let Value::Object(told) = &mut told {
            told.retain(|_, value| !value.is_null());
        }
        for (field, told) in told.as_object().unwrap() {
            let own = &all["outbox"][field];
            assert_eq!(own, told, "{field} of the outbox, {of}, {time}");
        }
    }
}

#[test]
fn a_clean_store_is_as_the_truth_has_it() {
    let mut seen = Seen::default();
    for scenario in [Scenario::Rides, Scenario::OrdersChoreographed] {
        compare(&clean(scenario, 2000, 3), &scenario.to_string(), &mut seen);
    }
    assert!(seen.behind > 10, "{seen:?}");
}

#[test]
fn every_scenario_with_every_fault_is_as_the_truth_has_it() {
    let mut seen = Seen::default();
    for scenario in Scenario::ALL {
        compare(
            &faulty(*scenario, 2000, 4, 1),
            &scenario.to_string(),
            &mut seen,
        );
    }
    assert!(seen.stalled > 0 && seen.stopped > 0, "{seen:?}");
}

#[test]
fn each_kind_of_trouble_is_as_the_truth_has_it() {
    let mut seen = Seen::default();
    let kinds = [
        Fault::ConsumerStalled,
        Fault::ConsumerStopped,
        Fault::ConsumerRewound,
        Fault::PoisonBlocks,
        Fault::PoisonDeadLetter,
        Fault::RelayOutage,
    ];
    for scenario in [Scenario::Rides, Scenario::OrdersChoreographed] {
        for fault in kinds
            .into_iter()
            .filter(|kind| scenario.faults().contains(kind))
        {
            let faults = Faults::none().with(fault, Dose::Count(2));
            let store = simulate(scenario, 2500, 5, faults);
            compare(
                &store,
                &format!("{scenario} with {}", fault.name()),
                &mut seen,
            );
        }
    }
    let Seen {
        stalled,
        stopped,
        rewound,
        blocking,
        ..
    } = seen;
    assert!(
        stalled > 2 && stopped > 2 && rewound > 1 && blocking > 1,
        "{seen:?}"
    );
}

/// What the analysis says befell each consumer, as (consumer, kind, from, to).
fn spells(store: &Simulated) -> Vec<(String, String, Timestamp, Option<Timestamp>)> {
    let read = Read::of(store);
    let cut = read.opened.log.cut(read.course.clock(), Bound::Head);
    let payloads = read.opened.store.payloads();
    let options = LagOptions::default().with_series();
    let report = lag::report(&read.course, &*payloads, &cut, &options, &read.opened.task);
    let consumers = report.unwrap().consumers.into_iter();
    let each = consumers.flat_map(|own| {
        let spells = own.spells.unwrap().into_iter();
        let name = own.name;
        spells.map(move |spell| {
            let kind = spell.kind.name().to_owned();
            (name.clone(), kind, spell.from, spell.to)
        })
    });
    each.collect()
}

#[test]
fn every_trouble_that_was_made_is_found_where_it_was() {
    let kinds = [
        (Fault::ConsumerStalled, "stalled"),
        (Fault::ConsumerStopped, "stopped"),
        (Fault::PoisonBlocks, "stalled"),
        (Fault::ConsumerRewound, "rewound"),
    ];
    for scenario in [Scenario::Rides, Scenario::OrdersChoreographed] {
        for (fault, word) in kinds {
            if !scenario.faults().contains(&fault) {
                continue;
            }
            let faults = Faults::none().with(fault, Dose::Count(2));
            let store = simulate(scenario, 2500, 5, faults);
            let found = spells(&store);
            for told in store.findings("injected", fault.name()) {
                let at = |field: &str| -> Option<Timestamp> {
                    Some(told[field].as_str()?.parse().unwrap())
                };
                let (from, to) = (at("from"), at("to"));
                let own = found.iter().any(|(consumer, kind, begin, end)| {
                    let same = told["consumer"] == consumer.as_str() && kind == word;
                    let overlaps = from.is_none_or(|from| end.is_none_or(|end| end > from))
                        && to.or(from).is_none_or(|to| *begin <= to);
                    same && overlaps
                });
                assert!(own, "{scenario}: {told} but {found:?}");
            }
        }
        let rewound = spells(&clean(scenario, 2000, 3));
        assert!(
            rewound.iter().all(|(_, kind, ..)| kind != "rewound"),
            "{rewound:?}"
        );
    }
}

/// The truth has few moments; between them it says when a consumer went back, and the history when it was where it
/// had been.
#[test]
fn who_makes_up_for_going_back_in_steps_is_rewound_at_every_moment_until_then() {
    let (mut moments, mut rewinds) = (0, 0);
    for seed in [7, 907, 2214] {
        for scenario in [Scenario::Rides, Scenario::OrdersChoreographed] {
            let faults = Faults::none().with(Fault::ConsumerRewound, Dose::Count(2));
            let store = simulate(scenario, 1500, seed, faults);
            let (read, spells) = (Read::of(&store), spells(&store));
            for told in store.findings("injected", Fault::ConsumerRewound.name()) {
                let name = told["consumer"].as_str().unwrap();
                let from: Timestamp = told["from"].as_str().unwrap().parse().unwrap();
                let query = format!(
                    "SELECT at, position FROM checkpoint_history WHERE consumer = '{name}' ORDER BY at, rowid"
                );
                let steps = store.rows(&query, |row| Ok((row.get(0)?, row.get(1)?)));
                let steps = steps.into_iter().skip_while(|(at, _)| *at < from.micros());
                let steps: Vec<(i64, i64)> = steps.collect();
                let was = told["positions"][0].as_i64().unwrap();
                let back = steps.iter().position(|(_, position)| *position >= was);
                let back = back.expect("it comes back");
                for pair in steps[..=back].windows(2) {
                    let (one, next) = (pair[0].0, pair[1].0);
                    for at in [one, one + (next - one) / 2, next - 1] {
                        let at = Timestamp::from_micros(at).to_string();
                        let report = serde_json::to_value(read.at(&at)).unwrap();
                        let own = own(&report, name);
                        assert_eq!(own["status"], "rewound", "{scenario} {seed}, {at}: {own}");
                        moments += 1;
                    }
                }
                let end = Timestamp::from_micros(steps[back].0);
                let within = spells.iter().filter(|(consumer, _, begin, to)| {
                    consumer == name && *begin < end && to.is_none_or(|to| to > from)
                });
                let within: Vec<&str> = within.map(|(_, kind, ..)| kind.as_str()).collect();
                assert_eq!(within, ["rewound"], "{scenario} {seed}, {name}: {spells:?}");
                rewinds += 1;
            }
        }
    }
    assert!(rewinds > 8 && moments > 150, "{rewinds} {moments}");
}

#[test]
fn every_relay_outage_is_found_where_it_was() {
    for scenario in [Scenario::Rides, Scenario::OrdersChoreographed] {
        let faults = Faults::none().with(Fault::RelayOutage, Dose::Count(2));
        let store = simulate(scenario, 2500, 5, faults);
        let read = Read::of(&store);
        let head = read.opened.log.head_time(read.course.clock()).unwrap();
        let outages = read.at(&head.to_string()).outbox.unwrap().outages;
        let told = store.findings("injected", Fault::RelayOutage.name());
        assert!(outages.len() >= told.len(), "{outages:?}");
        for told in told {
            let at = |field: &str| -> Timestamp { told[field].as_str().unwrap().parse().unwrap() };
            let (from, to) = (at("from"), at("to"));
            let within = outages.iter().any(|outage| {
                let ends = outage.to.is_none_or(|end| end >= to);
                ends && outage.from < to && outage.to.is_none_or(|end| end > from)
            });
            assert!(within, "{scenario}: {told} but {outages:?}");
        }
    }
}
