//! What goes wrong is told: payloads that cannot be read, upcasters that misread, runs that end early,
//! handlers that nothing calls.

use super::*;
use crate::analysis::projection::{Absent, Stopped, Wanted, project, waits_in_vain};

pub(super) fn told(definition: &str, reading: &Reading) -> (Engine, Vec<DeadLetter>) {
    let mut engine = engine(definition, reading);
    feed(&mut engine, reading).unwrap();
    let dead = engine.take_dead();
    (engine, dead)
}

#[test]
fn a_payload_that_was_cut_off_is_no_json() {
    let reading = reading(&[
        Made::new("a", "T", r#""{\"amount\":1""#),
        Made::new("a", "T", r#"{"amount":2}"#),
        Made::new("a", "T", r#""a text""#),
    ]);
    let (engine, dead) = told(
        "fromAll().when({ $init: () => ({ all: [], sum: 0 }), T(s, e) {
           s.all.push([e.isJson, typeof e.data]); s.sum += e.data.amount ?? 0; } })",
        &reading,
    );
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].event, EventIx(0));
    let message = &dead[0].error.message;
    assert!(
        message.ends_with("; the payload is not valid JSON"),
        "{message}"
    );
    assert_eq!(
        engine.state(WHOLE).unwrap(),
        r#"{"all":[[true,"object"],[true,"string"]],"sum":2}"#
    );
}

#[test]
fn what_is_no_json_is_told_from_json_by_whoever_asks_for_nothing_else() {
    let reading = reading(&[
        Made::new("a", "T", r#""{\"amount\":1""#),
        Made::new("a", "T", r#"{"amount":2}"#),
    ]);
    let definition = "fromAll().when({ $init: () => [], T(s, e) { s.push(e.isJson); } })";
    let (engine, dead) = told(definition, &reading);
    assert_eq!(dead, []);
    assert_eq!(engine.state(WHOLE).unwrap(), "[false,true]");
}

#[test]
fn a_dead_letter_has_the_first_state_that_its_handler_met() {
    let reading = reading(&[Made::new("a", "T", "{}")]);
    let definition = "fromAll().when({ $init: () => ({ n: 0 }), T(s, e) { s.n = 1; s.x.y = 1; } })";
    let (_, dead) = told(definition, &reading);
    assert_eq!(dead[0].state_before.as_deref(), Some(r#"{"n":0}"#));
}

#[test]
fn the_clock_of_the_machine_is_no_part_of_the_world() {
    let reading = reading(&[Made::new("a", "T", "{}")]);
    let (engine, dead) = told(
        "fromAll().when({ $init: () => null,
           T: () => [typeof performance, typeof WeakRef, typeof FinalizationRegistry] })",
        &reading,
    );
    assert_eq!(dead, []);
    let none = r#"["undefined","undefined","undefined"]"#;
    assert_eq!(engine.state(WHOLE).unwrap(), none);
}

#[test]
fn an_upcaster_that_takes_the_event_for_the_payload_is_told_so() {
    let reading = reading(&[Made::new("u-1", "Paid", r#"{"amount":5}"#).schema("1")]);
    let with = |upcaster: &str| {
        let text = format!(
            "upcast({{ Paid: {{ 1: {upcaster} }} }});
             fromAll().when({{ $init: () => null, Paid: (s, e) => [e.data.amount, e.schemaVersion] }})"
        );
        let (engine, dead) = told(&text, &reading);
        let message = dead.first().map(|dead| dead.error.message.clone());
        (engine.state(WHOLE), message)
    };
    for wrong in [
        "e => ({ ...e, amount: e.amount * 100 })",
        "d => ({ amount: d.amount * 100, v: 2 })",
    ] {
        let (state, message) = with(wrong);
        assert_eq!(state, None, "{wrong}");
        let message = message.unwrap();
        assert!(
            message.contains("it is given the event, whose payload is e.data"),
            "{message}"
        );
    }
    for right in [
        "e => ({ amount: e.data.amount * 100 })",
        "e => ({ ...e, data: { amount: e.data.amount * 100 } })",
        "e => { e.data.amount *= 100; }",
    ] {
        let (state, message) = with(right);
        assert_eq!(
            state.as_deref(),
            Some(r#"[500,"2"]"#),
            "{right} {message:?}"
        );
    }
}

#[test]
fn a_state_that_is_no_json_stops_the_run_with_a_sentence() {
    let reading = reading(&[Made::new("a", "T", "{}"), Made::new("a", "T", "{}")]);
    let mut run = run_of("fromAll().when({ T(s) { s.self = s; } })", &reading);
    let moment = run.at(&reading.log.at_head(), &Task::new()).unwrap();
    let Some(Stopped::Fatal(event, error)) = moment.stopped else {
        panic!("it did not stop");
    };
    assert_eq!(event, EventIx(0));
    assert!(
        error
            .message
            .starts_with("a state cannot be written as JSON: "),
        "{error}"
    );
}

#[test]
fn a_state_that_outgrows_memory_when_it_is_written_is_told_as_any_that_does() {
    let events = [1; 40].map(|n| Made::new("s-1", "T", &format!(r#"{{"n":{n}}}"#)));
    let reading = reading(&events);
    let text = "fromAll().when({ $init: () => ({ t: 'x' }), T(s) { s.t = s.t + s.t; } })";
    let limits = Limits {
        memory: 16 << 20,
        ..Limits::default()
    };
    let options = RunOptions {
        limits,
        ..RunOptions::default()
    };
    let definition = Definition::Script(text.into());
    let mut run = Run::new(&definition, reading.clone(), options).unwrap();
    let moment = run.at(&reading.log.at_head(), &Task::new()).unwrap();
    let Some(Stopped::Fatal(_, error)) = moment.stopped else {
        panic!("it did not stop");
    };
    assert_eq!(error.message, "the projection needs more than 16 MB");
}

#[test]
fn a_run_that_is_stopped_tells_of_the_state_before() {
    let events = [0; 6].map(|_| Made::new("s-1", "T", "{}"));
    let reading = reading(&events);
    for end in [
        "for (;;) s.n++;",
        "s.a = []; for (;;) s.a.push({});",
        "(function f() { f(); })();",
    ] {
        let text = format!(
            "fromAll().when({{ $init: () => ({{ n: 0 }}), T(s, e) {{ s.n++; if (e.position === 4) {{ {end} }} }} }})"
        );
        let limits = Limits {
            memory: 16 << 20,
            ..Limits::default()
        };
        let options = RunOptions {
            limits,
            ..RunOptions::default()
        };
        let definition = Definition::Script(text.as_str().into());
        let mut run = Run::new(&definition, reading.clone(), options).unwrap();
        run.advance(&Task::new()).unwrap();
        for _ in 0..2 {
            let moment = run.at(&reading.log.at_head(), &Task::new()).unwrap();
            let state = moment.iter().next().map(|(_, held)| run.text(&held));
            assert_eq!(state.as_deref(), Some(r#"{"n":3}"#), "{end}");
            assert_eq!(moment.counts.processed, 3, "{end}");
            assert_eq!(
                moment.stopped.map(|stopped| stopped.event()),
                Some(EventIx(3))
            );
        }
        assert_eq!(run.done(), EventIx(3));
    }
}

#[test]
fn what_is_thrown_is_told_whatever_it_is() {
    let reading = reading(&[Made::new("a", "T", "{}")]);
    for (thrown, words) in [
        ("'a text'", "a text"),
        ("''", "an empty text was thrown"),
        ("42", "42"),
        ("undefined", "undefined was thrown"),
        ("NaN", "NaN was thrown"),
        ("{ a: 1 }", r#"{"a":1}"#),
        ("Symbol('q')", "a symbol was thrown"),
        ("new Error()", "an error without a message was thrown"),
        ("new TypeError('no')", "TypeError: no"),
    ] {
        let text = format!("fromAll().when({{ T(s) {{ throw {thrown}; }} }})");
        let (_, dead) = self::told(&text, &reading);
        assert_eq!(dead[0].error.message, words, "{thrown}");
    }
}

/// However fields are found: a payload that was cut off has none, and is no event without a key.
#[test]
fn a_key_of_a_payload_that_was_cut_off_fails_however_it_is_spelled() {
    let reading = reading(&[
        Made::new("a", "T", r#""{\"by\":1""#),
        Made::new("a", "T", r#"{"by":"x"}"#),
        Made::new("a", "T", r#"{"other":1}"#),
    ]);
    for key in [
        "e => e.data.by",
        "e => { const k = 'by'; return e.data[k]; }",
    ] {
        let text =
            format!("fromAll().partitionBy({key}).when({{ T(s, e) {{ s.n = e.data.by; }} }})");
        let mut run = run_of(&text, &reading);
        let moment = run.at(&reading.log.at_head(), &Task::new()).unwrap();
        assert_eq!(
            (moment.counts.processed, moment.counts.failed),
            (1, 1),
            "{key}"
        );
        assert_eq!(moment.dead[0].event, EventIx(0), "{key}");
    }
}

#[test]
fn a_result_that_never_ends_stops_all_results() {
    let events = ["s-1", "s-2", "s-3"].map(|stream| Made::new(stream, "T", "{}"));
    let reading = reading(&events);
    let text = "fromAll().foreachStream().when({ T(s) { s.n = 1; } }).transformBy(s => { while (true) {} })";
    let mut run = run_of(text, &reading);
    let cut = reading.log.at_head();
    let told = project(&mut run, &cut, Wanted::All, &Task::new()).unwrap();
    assert_eq!(told.dead_letters, []);
    let stopped = told.stopped.unwrap();
    assert!(
        stopped.contains("transformBy or filterBy took too long"),
        "{stopped}"
    );
}

#[test]
fn what_a_run_was_stopped_at_is_not_the_moment_it_is_told_of() {
    let events = [1, 2, 3, 4].map(|n| Made::new("s-1", "T", &format!(r#"{{"n":{n}}}"#)));
    let reading = reading(&events);
    let mut run = run_of(
        "fromAll().when({ T(s, e) { if (e.data.n === 3) { while (true) {} } s.n = e.data.n; } })",
        &reading,
    );
    let cut = reading.log.at_head();
    let told = project(&mut run, &cut, Wanted::All, &Task::new()).unwrap();
    assert!(told.stopped.is_some());
    assert_eq!(
        told.as_of.position.map(|at| at.to_string()).as_deref(),
        Some("#2")
    );
}

#[test]
fn the_state_that_all_share_is_told_beside_those_of_partitions() {
    let events = ["s-1", "s-2", "s-1"].map(|stream| Made::new(stream, "T", "{}"));
    let reading = reading(&events);
    let text =
        "fromAll().foreachStream().when({ $init: () => ({ n: 0 }), $initShared: () => ({ all: 0 }),
        T(s) { s[0].n++; s[1].all++; } })";
    let cut = reading.log.at_head();
    for wanted in [Wanted::All, Wanted::Partition("s-2")] {
        let told = project(&mut run_of(text, &reading), &cut, wanted, &Task::new()).unwrap();
        assert_eq!(told.shared, Some(serde_json::json!({ "all": 3 })));
        assert_eq!(told.partitions, 2);
    }
}

#[test]
fn handlers_for_what_never_comes_are_named() {
    let reading = account();
    let definition = Definition::Script(
        "fromAll().when({ Opend(s) {}, $foo(s) {}, $deleted(s) {}, Deposited(s) {}, Elsewhere(s) {} })"
            .into(),
    );
    let told = waits_in_vain(&definition, &reading);
    assert_eq!(
        told,
        [
            "No event is of type Opend; there is Opened",
            "No handler is called $foo; there are $any, $init, $initShared and $deleted",
        ]
    );
}

#[test]
fn a_category_or_a_stream_that_is_not_there_is_named() {
    let reading = account();
    let told = |definition: &str| waits_in_vain(&Definition::Script(definition.into()), &reading);
    let handlers = ".when({ Opened(s) {} })";
    let category = told(&format!("fromCategory('acount'){handlers}"));
    assert_eq!(category, ["No category is called acount; there is account"]);
    let stream = told(&format!("fromStream('account-9'){handlers}"));
    assert!(stream[0].starts_with("No stream is called account-9; there is account-"));
    let some = told(&format!("fromCategories('account', 'other'){handlers}"));
    assert_eq!(some, [""; 0]);
    assert_eq!(told(&format!("fromAll(){handlers}")), [""; 0]);
}

#[test]
fn a_partition_may_be_called_as_what_stands_behind_its_category() {
    let reading = account();
    let mut run = run_of(BALANCES, &reading);
    let cut = reading.log.at_head();
    let mut of = |name| project(&mut run, &cut, Wanted::Partition(name), &Task::new()).unwrap();
    assert_eq!(of("2").state, of("account-2").state);
    assert_eq!(of("2").absent, None);
    assert_eq!(of("2").partition.as_deref(), Some("account-2"));
    let Some(Absent::Unknown(nearest)) = of("acount-1").absent else {
        panic!("there is one");
    };
    assert_eq!(nearest[0], "account-1");
}

#[test]
fn a_partition_of_which_all_events_failed_is_not_denied() {
    let reading = account();
    let text = "fromAll().foreachStream().when({ $any(s, e) {
        if (e.streamId === 'account-1') throw new Error('no'); } })";
    let mut run = run_of(text, &reading);
    let cut = reading.log.at_head();
    let mut of = |name| project(&mut run, &cut, Wanted::Partition(name), &Task::new()).unwrap();
    for name in ["account-1", "1"] {
        let told = of(name);
        assert_eq!(told.absent, Some(Absent::Failed));
        assert_eq!(told.partition.as_deref(), Some("account-1"));
        assert_eq!(told.state, Some(serde_json::Value::Null));
    }
    assert_eq!(of("2").absent, None);
}
