//! Processes as they are read off a store against what the simulation knew, at each moment that its
//! truths tell of.

#![allow(clippy::unwrap_used)]

#[path = "sagas/facts.rs"]
mod facts;
#[path = "sagas/mined.rs"]
mod mined;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use asof::analysis::lag;
use asof::analysis::saga::{
    Asking, Beside, Correlate, Definition, Sagas, SagasReport, Status, StoredStates, Wanted, report,
};
use asof::log::{Bound, Cut, Log, PayloadReader};
use asof::model::{EventIx, Task, Timestamp};
use asof::simulate::{Dose, Fault, Faults, Scenario, Seed, Simulation, Target};
use asof::store::{OpenOptions, Store, Tail};
use serde_json::{Value, json};

struct Opened {
    log: Log,
    payloads: Arc<dyn PayloadReader>,
    outbox: Option<lag::Course>,
}

impl Opened {
    fn new(path: &Path) -> Self {
        let task = Task::new();
        let mut store = Store::open(path, &OpenOptions::default(), &task).unwrap();
        let mut builder = store.builder();
        let tail = Tail::AtRest;
        store.index(&mut builder, tail, &task, &mut |_| {}).unwrap();
        let log = builder.finish().0;
        let rows = store.rows();
        let clock = log.default_clock();
        Self {
            outbox: lag::Course::of_outbox(&log, &*rows, clock, &task).unwrap(),
            log,
            payloads: store.payloads(),
        }
    }

    fn cut(&self, bound: Bound) -> Cut {
        self.log.cut(self.log.default_clock(), bound)
    }

    fn report(&self, sagas: &mut Sagas, bound: Bound) -> SagasReport {
        self.asked(sagas, bound, &Wanted::default())
    }

    fn asked(&self, sagas: &mut Sagas, bound: Bound, wanted: &Wanted) -> SagasReport {
        let task = Task::new();
        let asking = self.asking(&task);
        let judged = sagas.at(asking, &self.cut(bound), None).unwrap();
        let outbox = self.outbox.as_ref();
        let outbox = outbox.map(|course| lag::Publications::new(course, judged.at.cut));
        let beside = Beside {
            stored: &StoredStates::default(),
            outbox: outbox.as_ref(),
        };
        report(asking, &judged, beside, wanted).unwrap()
    }

    fn find(&self, definition: Option<&Definition>) -> Sagas {
        let task = Task::new();
        Sagas::find(self.asking(&task), definition, &self.cut(Bound::Head)).unwrap()
    }

    fn asking<'a>(&'a self, task: &'a Task) -> Asking<'a> {
        Asking {
            log: &self.log,
            payloads: &*self.payloads,
            task,
        }
    }
}

/// A store that was simulated, and the truth about it.
fn simulated(scenario: Scenario, events: u64, seed: u64, faults: &Faults) -> (Opened, Value) {
    let folder = tempfile::tempdir().unwrap();
    let (store, truth) = (folder.path().join("store.db"), folder.path().join("truth"));
    let mut simulation = Simulation::new(scenario, events, Seed(seed), &store);
    simulation.faults = faults.clone();
    let target = Target {
        store: &store,
        truth: Some(&truth),
        saga: None,
    };
    simulation.write(target, &Task::new()).unwrap();
    let opened = Opened::new(&store);
    // What is read of payloads is read while the store is there.
    std::mem::forget(folder);
    let truth = serde_json::from_slice(&std::fs::read(truth).unwrap()).unwrap();
    (opened, truth)
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// What the truth has of its sagas as of a moment, as `docs/truth.md` says that it is to be read.
fn as_of(truth: &Value, moment: &Value) -> Vec<Value> {
    let time: Timestamp = serde_json::from_value(moment["time"].clone()).unwrap();
    let by_then = |value: &Value| -> Value {
        let when: Option<Timestamp> = serde_json::from_value(value.clone()).unwrap();
        when.filter(|when| *when <= time)
            .map_or(Value::Null, |when| json!(when))
    };
    let begun = list(truth, "sagas")
        .iter()
        .filter(|saga| !by_then(&saga["started"]).is_null());
    let told = begun.map(|saga| {
        let mut open = list(saga, "at").iter();
        let open = open.find(|at| at["moment"] == moment["moment"]);
        let steps = list(saga, "steps")
            .iter()
            .filter(|step| !by_then(&step["started"]).is_null());
        let steps = steps.map(|step| {
            let ended = by_then(&step["ended"]);
            let status = match ended.is_null() {
                true => json!("running"),
                false => step["status"].clone(),
            };
            let undone = &step["compensation"];
            let undone = match by_then(&undone["started"]) {
                Value::Null => Value::Null,
                started => json!({ "started": started, "ended": by_then(&undone["ended"]) }),
            };
            let attempts: Vec<Value> = list(step, "attempts").iter().map(by_then).collect();
            json!({
                "later": if ended.is_null() { step["status"].clone() } else { Value::Null },
                "undone_later": undone.is_null() && !step["compensation"].is_null(),
                "name": step["name"],
                "participant": step["participant"],
                "status": status,
                "started": step["started"],
                "ended": ended,
                "attempts": attempts.into_iter().filter(|at| !at.is_null()).collect::<Vec<_>>(),
                "compensation": undone,
            })
        });
        json!({
            "id": saga["id"],
            "kind": saga["kind"],
            "type": saga["type"],
            "status": open.map_or(&saga["status"], |open| &open["status"]),
            "started": saga["started"],
            "ended": by_then(&saga["ended"]),
            "duration_ms": if open.is_some() { Value::Null } else { saga["duration_ms"].clone() },
            "steps": steps.collect::<Vec<_>>(),
            "waiting_for": open.map_or(&Value::Null, |open| &open["waiting_for"]),
        })
    });
    let mut told: Vec<Value> = told.collect();
    told.sort_by_key(|saga| saga["started"].to_string());
    told
}

fn found(report: &SagasReport) -> Vec<Value> {
    let sagas = report.sagas.iter().map(|saga| {
        let mut told = serde_json::to_value(saga).unwrap();
        let fields = told.as_object_mut().unwrap();
        fields.remove("failure");
        fields.remove("why");
        fields.remove("may_have_ended");
        fields.remove("silence");
        fields.remove("unpublished");
        for more in [
            "uncompensated",
            "not_undone",
            "parked",
            "out_of_order",
            "called_before",
        ] {
            fields.remove(more);
        }
        for step in fields["steps"].as_array_mut().unwrap() {
            step.as_object_mut().unwrap().remove("clocks_off_ms");
        }
        let stuck = fields.remove("stuck").unwrap();
        assert_eq!(stuck.is_null(), told["status"] != "stuck");
        told
    });
    let mut sagas: Vec<Value> = sagas.collect();
    sagas.sort_by_key(|saga| saga["started"].to_string());
    sagas
}

/// The truth knows the end of a step only: one that had succeeded and failed later, or that was undone
/// again after a person had seen to it, stood then in a way that it does not tell.
fn same(expected: &Value, found: &Value) -> bool {
    let mut expected = expected.clone();
    // Of an orchestrator's stream nobody knows before it gives its first command, and the resets of
    // passwords are no streams.
    let reset = expected["type"] == "password-reset";
    if reset || list(found, "steps").is_empty() {
        expected["id"] = found["id"].clone();
    }
    let steps = expected["steps"].as_array_mut().unwrap();
    if steps.len() != list(found, "steps").len() {
        return false;
    }
    for (expected, found) in steps.iter_mut().zip(list(found, "steps")) {
        if expected["later"] == "failed" && found["status"] == "completed" {
            expected["status"] = found["status"].clone();
            expected["ended"] = found["ended"].clone();
        }
        if expected["undone_later"] == true && found["compensation"]["ended"].is_null() {
            expected["compensation"] = found["compensation"].clone();
        }
        let expected = expected.as_object_mut().unwrap();
        expected.remove("later");
        expected.remove("undone_later");
    }
    expected == *found
}

fn holds(scenario: Scenario, store: &Opened, truth: &Value) {
    let definition = Definition::from_toml(&scenario.saga_definition()).unwrap();
    let mut sagas = store.find(Some(&definition));
    for moment in list(truth, "moments") {
        let time: Timestamp = serde_json::from_value(moment["time"].clone()).unwrap();
        let report = store.report(&mut sagas, Bound::Time(time));
        assert_eq!(
            serde_json::to_value(&report.statuses).unwrap(),
            moment["sagas"],
            "{scenario} {moment}"
        );
        let (expected, found) = (as_of(truth, moment), found(&report));
        assert_eq!(expected.len(), found.len(), "{scenario} {time}");
        for (expected, found) in expected.iter().zip(&found) {
            assert!(
                same(expected, found),
                "{scenario} {time}\n{expected:#}\n{found:#}"
            );
        }
    }
}

#[test]
fn instances_are_as_the_simulation_knew_them_at_every_moment() {
    for scenario in Scenario::ALL {
        let (store, truth) = simulated(*scenario, 2500, 5, &Faults::none());
        holds(*scenario, &store, &truth);
    }
}

#[test]
fn duplicates_reordering_and_clock_skew_change_nothing_of_them() {
    let faults = [
        (Fault::DuplicateIdSameContent, "2%"),
        (Fault::DuplicateIdDifferentContent, "1%"),
        (Fault::DuplicateContentNewId, "2%"),
        (Fault::DuplicateDelivery, "2%"),
        (Fault::OutOfOrder, "3%"),
        (Fault::ClockSkew, "2"),
    ];
    for scenario in [Scenario::OrdersChoreographed, Scenario::OrdersOrchestrated] {
        for seed in 1..4 {
            let all = faults.iter().fold(Faults::none(), |all, (fault, dose)| {
                all.with(*fault, dose.parse::<Dose>().unwrap())
            });
            let (store, truth) = simulated(scenario, 3000, seed, &all);
            holds(scenario, &store, &truth);
        }
    }
}

/// A bundled store, its definition, and the truth about it.
fn bundled(name: &str, ending: &str) -> (Opened, Definition, Value) {
    let folder = Path::new("sample-data");
    let read = |path: String| std::fs::read_to_string(folder.join(path)).unwrap();
    let definition = Definition::from_toml(&read(format!("sagas/{name}.toml"))).unwrap();
    let truth = serde_json::from_str(&read(format!("truth/{name}.truth.json"))).unwrap();
    (
        Opened::new(&folder.join(format!("{name}.{ending}"))),
        definition,
        truth,
    )
}

#[test]
fn what_was_mined_ends_as_the_simulation_knew() {
    // Rides end in several things at once, and nobody's name says which of them is the end.
    let (store, _, _) = bundled("rides", "jsonl");
    let report = store.report(&mut store.find(None), Bound::Head);
    assert_eq!(report.statuses["completed"], 238);
    // Of a payment that failed for good nothing came but what comes of each ride.
    assert_eq!(report.statuses["failed"], 26);
    assert_eq!(report.statuses["stuck"], 3);
    // Orders are told as they are declared.
    let (store, definition, _) = bundled("orders", "db");
    let declared = store.report(&mut store.find(Some(&definition)), Bound::Head);
    let mined = store.report(&mut store.find(None), Bound::Head);
    assert_eq!(mined.statuses["completed"], declared.statuses["completed"]);
    assert_eq!(
        mined.statuses["compensated"],
        declared.statuses["compensated"]
    );
    // A refund that is owed undoes the payment.
    let owed = mined
        .sagas
        .iter()
        .find(|saga| saga.id == "order-1097")
        .unwrap();
    let paid = owed
        .steps
        .iter()
        .find(|step| step.name == "payment processed");
    let undone = paid.unwrap().compensation.as_ref().unwrap();
    assert!(undone.started.is_some() && undone.ended.is_none());
    // And one that failed has undone nothing.
    let (store, _, _) = bundled("orders-orchestrated", "db");
    let failed = EventIx(391);
    assert_eq!(
        store.log.type_name(store.log.event_type(failed)),
        "RefundFailed"
    );
    let mined = store.report(&mut store.find(None), Bound::Event(failed));
    let checkout = mined.sagas.iter().find(|saga| saga.id == "checkout-5039");
    let mut steps = checkout.unwrap().steps.iter();
    let paid = steps.find(|step| step.name == "charge payment").unwrap();
    assert!((paid.compensation.as_ref()).is_none_or(|undone| undone.ended.is_none()));
}

/// Copies that come late, after the end of their process, too: what was said before leads nowhere.
#[test]
fn late_copies_do_not_unmake_the_ends_of_what_was_mined() {
    let faults = Faults::none().with(Fault::DuplicateContentNewId, Dose::Rate(10_000));
    let (store, truth) = simulated(Scenario::OrdersOrchestrated, 3000, 34, &faults);
    for moment in list(&truth, "moments").iter().skip(3) {
        let time: Timestamp = serde_json::from_value(moment["time"].clone()).unwrap();
        let mined = store.report(&mut store.find(None), Bound::Time(time));
        for status in ["completed", "compensated", "parked"] {
            let told = mined.statuses.get(status).copied().unwrap_or_default();
            let known = moment["sagas"][status].as_u64().unwrap_or_default();
            assert_eq!(told as u64, known, "{status} at {time}");
        }
    }
}

/// Machines and cards draw and pay in money as well, and are no transfers.
#[test]
fn what_a_bank_gives_back_was_undone() {
    let (store, truth) = simulated(Scenario::Bank, 3000, 77, &Faults::none());
    let mined = store.report(&mut store.find(None), Bound::Head);
    for status in ["completed", "failed", "compensated"] {
        let all = list(&truth, "sagas").iter();
        let known = all.filter(|saga| saga["status"] == status).count();
        let told = mined.statuses.get(status).copied().unwrap_or_default();
        assert!(known > 0);
        assert_eq!(told, known as u64, "{status}");
    }
    // While it is to be given back, nobody waits for it to arrive.
    let mut sagas = store.find(None);
    for saga in &mined.sagas {
        let Some(ended) = saga.ended.filter(|_| saga.status == Status::Compensated) else {
            continue;
        };
        let before = Timestamp::from_micros(ended.micros() - 1);
        let report = store.report(&mut sagas, Bound::Time(before));
        let own = report.sagas.iter().find(|own| own.id == saga.id).unwrap();
        assert_ne!(own.waiting_for.as_deref(), Some("money deposited"));
    }
}

#[test]
fn what_is_no_process_is_put_aside() {
    let (store, _, truth) = bundled("carts", "db");
    let report = store.report(&mut store.find(None), Bound::Head);
    assert_eq!(report.sagas.len(), list(&truth, "sagas").len());
    assert!(report.aside > 500, "{}", report.aside);
    let expected: Vec<&Value> = list(&truth, "sagas").iter().collect();
    let stuck = expected.iter().filter(|saga| saga["status"] == "stuck");
    assert_eq!(report.statuses["stuck"], stuck.count() as u64);
}

type Follows = BTreeMap<(String, String), u64>;
type Variants = BTreeMap<Vec<String>, u64>;

/// What pm4py has found in a log: `tests/fixtures/pm4py/discover.py`.
fn by_pm4py(name: &str) -> (Follows, Variants) {
    let file = Path::new("tests/fixtures/pm4py").join(name);
    let text = std::fs::read_to_string(file).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let follows = list(&all, "follows").iter().map(|one| {
        let (from, to, count): (String, String, u64) = serde_json::from_value(one.clone()).unwrap();
        ((from, to), count)
    });
    let variants = list(&all, "variants").iter().map(|one| {
        let (steps, count): (Vec<String>, u64) = serde_json::from_value(one.clone()).unwrap();
        (steps, count)
    });
    (follows.collect(), variants.collect())
}

#[test]
fn what_follows_what_is_as_pm4py_counts_it() {
    let samples = [
        ("orders-orchestrated", "orchestrated.json"),
        ("bank", "bank.json"),
    ];
    for (sample, answer) in samples {
        let store = Opened::new(&Path::new("sample-data").join(format!("{sample}.db")));
        let file = Path::new("sample-data/sagas").join(format!("{sample}.toml"));
        let text = std::fs::read_to_string(file).unwrap();
        let mut sagas = store.find(Some(&Definition::from_toml(&text).unwrap()));
        let task = Task::new();
        let judged = sagas
            .at(store.asking(&task), &store.cut(Bound::Head), None)
            .unwrap();
        let (follows, variants) = by_pm4py(answer);
        let map = judged.map(&store.log, None, &task).unwrap();
        let name = |kind: u32| store.log.types().get(kind).to_owned();
        let own = map
            .follows
            .iter()
            .map(|pair| ((name(pair.from), name(pair.to)), u64::from(pair.count)));
        assert_eq!(own.collect::<BTreeMap<_, _>>(), follows, "{sample}");
        let own = judged.variants(&store.log).into_iter();
        let own = own.map(|variant| (variant.steps, variant.count));
        assert_eq!(own.collect::<BTreeMap<_, _>>(), variants, "{sample}");
    }
}

#[test]
#[allow(clippy::print_stderr, reason = "a test that was skipped says so")]
fn objects_have_the_histories_that_pm4py_finds_in_their_logs() {
    let Some(root) = std::env::var_os("ASOF_PUBLIC_STORES") else {
        eprintln!("skipped: ASOF_PUBLIC_STORES names no folder");
        return;
    };
    let folder = Path::new(&root).join("ocel_pm4py");
    let logs = [
        ("ocel20_example.sqlite", "Invoice", "ocel20-invoice.json"),
        ("example_log.jsonocel", "order", "ocel-order.json"),
        ("example_log.jsonocel", "element", "ocel-element.json"),
    ];
    for (log, kind, answer) in logs {
        let store = Opened::new(&folder.join(log));
        let task = Task::new();
        let (asking, head) = (store.asking(&task), store.cut(Bound::Head));
        let by = Correlate::Stream(Some(kind.to_owned()));
        let mut sagas = Sagas::find_by(asking, by, &head).unwrap();
        let judged = sagas.at(asking, &head, None).unwrap();
        let own = judged.variants(&store.log).into_iter();
        let own: Variants = own.map(|variant| (variant.steps, variant.count)).collect();
        let (follows, variants) = by_pm4py(answer);
        let mut counted = Follows::new();
        for (steps, count) in &own {
            for pair in steps.windows(2) {
                *counted
                    .entry((pair[0].clone(), pair[1].clone()))
                    .or_default() += count;
            }
        }
        assert_eq!(own, variants, "{log} {kind}");
        assert_eq!(counted, follows, "{log} {kind}");
    }
}
