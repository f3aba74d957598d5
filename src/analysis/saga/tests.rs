//! Laws and examples of processes over small logs.

mod beside;
mod ends;
mod facts;
mod waits;

use super::*;
use crate::analysis::testing::{At, MadeUp, log_of, moments, samples, truncated};
use crate::log::{Bound, Clock, Cut, Log, LogBuilder, Order, RawChunk, Row};
use crate::model::{EventIx, Task, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

/// An event of an example: stream, type, id, cause, second.
type Told<'a> = (&'a str, &'a str, &'a str, Option<&'a str>, i64);

fn log(events: &[Told<'_>], correlation: Option<&str>) -> Log {
    let mut raw = RawChunk::default();
    for &(stream, event_type, id, cause, second) in events {
        let row = Row {
            stream,
            event_type,
            event_id: Some(id),
            causation: cause,
            correlation,
            recorded: Some(Timestamp::from_micros(second * 1_000_000)),
            ..Row::default()
        };
        let category = stream.split('-').next().unwrap_or_default().to_owned();
        raw.push(&row, || category);
    }
    let mut builder = LogBuilder::new(Order::Given);
    builder.append(raw);
    builder.finish().0
}

fn told(log: &Log, definition: Option<&str>, cut: &Cut) -> Value {
    let task = Task::new();
    let asking = Asking {
        log,
        payloads: &MadeUp,
        task: &task,
    };
    let definition = definition.map(|text| Definition::from_toml(text).unwrap());
    let mut sagas = Sagas::find(asking, definition.as_ref(), &log.at_head()).unwrap();
    let judged = sagas.at(asking, cut, None).unwrap();
    serde_json::to_value(
        report(
            asking,
            &judged,
            (&StoredStates::default()).into(),
            &Wanted::default(),
        )
        .unwrap(),
    )
    .unwrap()
}

fn column(report: &Value, field: &str) -> Vec<Value> {
    let sagas = report["sagas"].as_array().unwrap();
    sagas.iter().map(|saga| saga[field].clone()).collect()
}

const SHOP: &str = r#"
id = "order"
style = "choreography"
start = ["Placed"]
timeout = "10s"
[[step]]
name = "reserve"
begins = ["Placed"]
success = ["Reserved"]
failure = ["SoldOut"]
compensation = ["Released"]
timeout = "1m"
[[step]]
name = "pay"
begins = ["Reserved"]
success = ["Paid"]
retry = ["Declined"]
failure = ["Refused"]
[end]
completed = ["Shipped"]
cancelled = ["Cancelled"]
"#;

#[test]
fn two_instances_that_share_a_correlation_id_are_told_apart_by_causes() {
    let log = log(
        &[
            ("order-1", "Placed", "a", None, 0),
            ("order-2", "Placed", "b", None, 0),
            ("stock-1", "Reserved", "c", Some("b"), 1),
            ("stock-1", "SoldOut", "d", Some("a"), 2),
            ("order-2", "Paid", "e", Some("c"), 3),
            // What nobody seems to have caused belongs to whoever had its stream.
            ("order-1", "Cancelled", "f", Some("gone"), 4),
        ],
        Some("basket"),
    );
    let report = told(&log, Some(SHOP), &log.at_head());
    assert_eq!(column(&report, "id"), ["order-1", "order-2"]);
    assert_eq!(column(&report, "status"), ["failed", "running"]);
    let mined = told(&log, None, &log.at_head());
    assert_eq!(column(&mined, "id"), ["order-1", "order-2"]);
}

#[test]
fn without_causes_a_group_is_one_instance() {
    let log = log(
        &[
            ("order-1", "Placed", "a", None, 0),
            ("stock-1", "Reserved", "b", None, 1),
            ("order-1", "Paid", "c", None, 2),
        ],
        Some("basket"),
    );
    let report = told(&log, None, &log.at_head());
    assert_eq!(column(&report, "id"), ["order-1"]);
    assert_eq!(
        report["variants"][0]["steps"],
        json!(["Placed", "Reserved", "Paid"])
    );
}

#[test]
fn a_saga_is_stuck_when_it_is_silent_for_longer_than_what_it_waits_for_may_take() {
    let log = log(
        &[
            ("order-1", "Placed", "a", None, 0),
            ("stock-1", "Reserved", "b", Some("a"), 10),
            ("order-1", "Paid", "c", Some("b"), 15),
        ],
        Some("one"),
    );
    let at = |second: i64| {
        let time = Timestamp::from_micros(second * 1_000_000);
        let report = told(
            &log,
            Some(SHOP),
            &log.cut(Clock::Recorded, Bound::Time(time)),
        );
        report["sagas"].get(0).cloned().unwrap_or_default()
    };
    assert_eq!(at(-1), Value::Null);
    assert_eq!(
        (&at(9)["status"], &at(9)["waiting_for"]),
        (&json!("running"), &json!("reserve"))
    );
    assert_eq!(at(14)["waiting_for"], json!("pay"));
    // Nothing is waited for, and ten seconds are over after ten seconds, not with them.
    assert_eq!(at(25)["status"], json!("running"));
    let stuck = at(26);
    assert_eq!(stuck["status"], json!("stuck"));
    assert_eq!(
        stuck["stuck"],
        json!({ "since": "1970-01-01T00:00:15.000000Z", "waited_ms": 11_000, "threshold_ms": 10_000 })
    );
}

#[test]
fn what_is_delivered_twice_happens_once() {
    let events: [Told<'_>; 8] = [
        ("order-1", "Placed", "a", None, 0),
        ("order-1", "Placed", "a", None, 1),
        ("order-1", "Placed", "a2", None, 1),
        ("stock-1", "Reserved", "b", Some("a"), 2),
        ("order-1", "Declined", "c", Some("b"), 3),
        ("order-1", "Declined", "c2", Some("b"), 4),
        ("order-1", "Paid", "d", Some("c"), 5),
        ("order-1", "Shipped", "e", Some("d"), 6),
    ];
    let log = log(&events, Some("one"));
    let report = told(&log, Some(SHOP), &log.at_head());
    assert_eq!(column(&report, "status"), ["completed"]);
    let steps = report["sagas"][0]["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 2);
    assert_eq!(steps[1]["attempts"].as_array().unwrap().len(), 2);
    // The same event is one, another one that says the same is told of.
    assert_eq!(
        report["variants"][0]["steps"],
        json!([
            "Placed", "Placed", "Reserved", "Declined", "Declined", "Paid", "Shipped"
        ])
    );
}

#[test]
fn a_compensation_that_ran_twice_or_too_early_is_told() {
    let odd = |events: &[Told<'_>]| {
        let log = log(events, Some("one"));
        let report = told(&log, Some(SHOP), &log.at_head());
        report["sagas"][0]["steps"][0]["compensation"]["odd"].clone()
    };
    let twice: [Told<'_>; 5] = [
        ("order-1", "Placed", "a", None, 0),
        ("stock-1", "Reserved", "b", Some("a"), 1),
        ("order-1", "Refused", "c", Some("b"), 2),
        ("stock-1", "Released", "d", Some("c"), 3),
        ("stock-1", "Released", "e", Some("d"), 4),
    ];
    assert_eq!(odd(&twice[..4]), Value::Null);
    assert_eq!(odd(&twice), json!("twice"));
    let early: [Told<'_>; 2] = [twice[0], ("stock-1", "Released", "d", Some("a"), 1)];
    assert_eq!(odd(&early), json!("before_its_step"));
}

#[test]
fn causes_in_a_circle_begin_with_the_first() {
    let log = log(
        &[
            ("order-1", "Placed", "a", Some("b"), 0),
            ("stock-1", "Reserved", "b", Some("a"), 1),
        ],
        Some("one"),
    );
    let report = told(&log, Some(SHOP), &log.at_head());
    assert_eq!(column(&report, "id"), ["order-1"]);
    assert_eq!(column(&report, "waiting_for"), ["pay"]);
}

/// A log in which enough orders went the usual way.
fn usual() -> Vec<(String, &'static str, String, Option<String>, i64)> {
    let mut events = Vec::new();
    for n in 0..30_i64 {
        let mut last = None;
        let parts = [
            ("order", "OrderPlaced"),
            ("stock", "StockReserved"),
            ("payment", "PaymentTaken"),
            ("order", "OrderShipped"),
        ];
        for (step, (part, kind)) in parts.into_iter().enumerate() {
            let id = format!("{n}-{step}");
            let cause = last.replace(id.clone());
            events.push((
                format!("{part}-{n}"),
                kind,
                id,
                cause,
                n * 100 + step as i64,
            ));
        }
    }
    events.truncate(events.len() - 2);
    events
}

#[test]
fn without_a_definition_the_usual_is_learnt() {
    let mut raw = RawChunk::default();
    for (n, (stream, event_type, id, cause, second)) in usual().iter().enumerate() {
        let correlation = format!("c{}", n / 4);
        let row = Row {
            stream,
            event_type,
            event_id: Some(id),
            causation: cause.as_deref(),
            correlation: Some(&correlation),
            recorded: Some(Timestamp::from_micros(second * 1_000_000)),
            ..Row::default()
        };
        raw.push(&row, || {
            stream.split('-').next().unwrap_or_default().to_owned()
        });
    }
    let mut builder = LogBuilder::new(Order::Given);
    builder.append(raw);
    let log = builder.finish().0;
    let at = |bound| told(&log, None, &log.cut(Clock::Recorded, bound));
    let head = at(Bound::Head);
    assert_eq!(head["statuses"], json!({ "completed": 29, "running": 1 }));
    assert_eq!(head["sagas"][29]["waiting_for"], json!("payment taken"));
    let names: Vec<&Value> = head["sagas"][0]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| &step["name"])
        .collect();
    assert_eq!(names, ["stock reserved", "payment taken"]);
    // A second after each step is usual, and three are too long.
    let late = |second: i64| Bound::Time(Timestamp::from_micros((2901 + second) * 1_000_000));
    assert_eq!(at(late(2))["statuses"]["running"], json!(1));
    let stuck = at(late(4));
    assert_eq!(stuck["statuses"]["stuck"], json!(1));
    // When hardly anything was known, nothing was.
    let early = at(Bound::Event(EventIx(6)));
    assert_eq!(early["statuses"], json!({ "running": 2 }));
}

fn definitions() -> impl Strategy<Value = Option<&'static str>> {
    let causation = r#"
id = "by causes"
style = "orchestration"
correlate = "causation"
start = ["Kind1", "Kind3"]
turned_back = ["Kind4"]
timeout = "30s"
[[step]]
name = "one"
begins = ["Kind2"]
success = ["Kind0"]
compensation = ["Kind3"]
[end]
completed = ["Kind1"]
"#;
    let streams = r#"
id = "streams"
style = "choreography"
correlate = "stream"
start = ["Kind1"]
[[step]]
name = "one"
begins = ["Kind1"]
success = ["Kind2"]
[end]
cancelled = ["Kind4"]
"#;
    let keys = r#"
id = "keys"
style = "choreography"
correlate = "data.name"
start = ["Kind1", "Kind2"]
timeout = "5s"
"#;
    prop::sample::select(vec![
        None,
        Some(causation),
        Some(streams),
        Some(keys),
        Some(CORRELATED),
    ])
}

const CORRELATED: &str = r#"
id = "correlated"
style = "choreography"
start = ["Kind1"]
timeout = "20s"
[[step]]
name = "one"
begins = ["Kind1"]
success = ["Kind2"]
retry = ["Kind3"]
failure = ["Kind4"]
[end]
completed = ["Kind0"]
"#;

proptest! {
    /// The law of `analysis/laws.rs` with definitions of every kind.
    #[test]
    fn what_is_declared_learns_nothing_from_the_future(
        samples in samples(60), at in moments(), definition in definitions(), chunk in 1..20_usize,
    ) {
        let log = log_of(&samples, chunk);
        let cut: Cut = At::cut(at, &log, Clock::Recorded);
        let short = truncated(&log, &cut);
        let own = told(&log, definition, &cut);
        let other = told(&short, definition, &short.cut(Clock::Recorded, cut.bound()));
        let without = |mut report: Value| {
            report["as_of"]["out_of_order"] = Value::Null;
            report
        };
        prop_assert_eq!(without(own), without(other));
    }
}

proptest! {
    /// What is told of all is told of each: the durations are those of the report, and a narrowing leaves
    /// what the report says the same of.
    #[test]
    fn durations_and_narrowings_agree_with_the_report(
        samples in samples(80), at in moments(), definition in definitions(),
    ) {
        let log = log_of(&samples, 9);
        let cut: Cut = At::cut(at, &log, Clock::Recorded);
        let task = Task::new();
        let asking = Asking { log: &log, payloads: &MadeUp, task: &task };
        let definition = definition.map(|text| Definition::from_toml(text).unwrap());
        let mut sagas = Sagas::find(asking, definition.as_ref(), &cut).unwrap();
        let judged = sagas.at(asking, &cut, None).unwrap();
        let stored = StoredStates::default();
        let report = report(asking, &judged, (&stored).into(), &Wanted::default()).unwrap();
        let statuses: Vec<Status> =
            judged.at.seen.iter().map(|seen| judged.status(&log, seen)).collect();
        let narrowed = |by: &Narrowing| {
            (judged.narrowed(asking, (&statuses, by), |_| {}).unwrap()).places
        };
        let all = narrowed(&Narrowing::default());
        prop_assert_eq!(all.len(), report.sagas.len());
        for (own, place) in report.sagas.iter().zip(&all) {
            if let Some(duration) = own.duration_ms {
                let lasts = judged.lasts(&log, &judged.at.seen[*place as usize]);
                prop_assert_eq!(lasts / 1000, duration);
            }
        }
        for process in 0..judged.processes.all.len() as u16 {
            let name = &judged.processes.all[usize::from(process)].definition.id;
            let own: Vec<&SagaReport> = report.sagas.iter().filter(|own| own.process == *name).collect();
            let found = judged.durations(&log, (&all, Some(process)), &[], &task).unwrap().unwrap();
            prop_assert_eq!(found.instances as usize, own.len());
            // Where clocks ran backwards between the two ends, there is no length that could be counted.
            let measured = |own: &&&SagaReport| own.duration_ms.is_some_and(|ms| ms >= 0);
            let ended = own.iter().filter(measured).count();
            prop_assert_eq!(found.whole.map_or(0, |whole| whole.wait.count as usize), ended);
            let runs = own.iter().flat_map(|own| &own.steps);
            let runs = runs.filter(|step| {
                step.ended.is_some() && step.started.is_some() && step.status != Outcome::Abandoned
            });
            let counted: u32 = found.steps.iter().map(|step| step.all.ended).sum();
            prop_assert_eq!(counted as usize, runs.count());
        }
        for class in Class::ALL {
            let by = Narrowing { class: Some(class), ..Narrowing::default() };
            let of_class = |own: &&SagaReport| own.failure.as_ref().is_some_and(|own| own.class == class);
            let expected = report.sagas.iter().filter(of_class).count();
            prop_assert_eq!(narrowed(&by).len(), expected);
        }
        let who = report.sagas.iter().flat_map(|own| &own.steps).next();
        if let Some(who) = who.map(|step| step.participant.clone()) {
            let does = |own: &&SagaReport| own.steps.iter().any(|step| step.participant == who);
            let expected = report.sagas.iter().filter(does).count();
            let by = Narrowing { participant: Some(who), ..Narrowing::default() };
            prop_assert_eq!(narrowed(&by).len(), expected);
        }
    }
}

#[test]
fn a_silence_that_somebody_calls_too_long_is_stuck() {
    let log = log(
        &[
            ("order-1", "Kind1", "a", None, 0),
            ("order-1", "Kind2", "b", Some("a"), 10),
        ],
        Some("c"),
    );
    let task = Task::new();
    let asking = Asking {
        log: &log,
        payloads: &MadeUp,
        task: &task,
    };
    let cut = log.cut(Clock::Recorded, Bound::Head);
    let mut sagas = Sagas::find(asking, None, &cut).unwrap();
    let now = Some(Timestamp::from_micros(100_000_000));
    for (said, expected) in [
        (None, Status::Running),
        (Some("89s"), Status::Stuck),
        (Some("90s"), Status::Running),
    ] {
        sagas.call_stuck_after(said.map(|said| said.parse().unwrap()));
        let judged = sagas.at(asking, &cut, now).unwrap();
        assert_eq!(
            judged.status(&log, &judged.at.seen[0]),
            expected,
            "{said:?}"
        );
    }
}
