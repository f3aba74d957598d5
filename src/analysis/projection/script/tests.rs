//! Definitions as people write them, over small stores: what they fold, where they fail, what stops them.

mod outside;
mod quick;
mod telling;
mod thrown;
mod upcasters;

use std::sync::Arc;

use super::*;
use crate::analysis::projection::testing::{Made, reading};
use crate::analysis::projection::{Definition, Reading, Run, RunOptions, Script, Told, WHOLE};
use crate::log::{Body, NoTables};
use crate::model::{EventIx, Task};

fn engine(definition: &str, reading: &Reading) -> Engine {
    Engine::new(definition, reading, Limits::default(), Arc::new(NoTables)).unwrap()
}

fn feed(engine: &mut Engine, reading: &Reading) -> Result<Vec<Fed>, engine::Halt> {
    let task = Task::new();
    let mut fed = Vec::new();
    for event in reading.log.events() {
        let mut body: Option<Body> = None;
        reading
            .payloads
            .read(&reading.log, &[event], &task, &mut |_, found| {
                body = found.ok();
            })
            .unwrap();
        fed.push(engine.feed(event, body, &task)?);
    }
    Ok(fed)
}

fn run_of(definition: &str, reading: &Reading) -> Run {
    let options = RunOptions {
        limits: Limits {
            interrupts: 20,
            ..Limits::default()
        },
        ..RunOptions::default()
    };
    Run::new(
        &Definition::Script(definition.into()),
        reading.clone(),
        options,
    )
    .unwrap()
}

fn account() -> Reading {
    reading(&[
        Made::new("account-1", "Opened", r#"{"owner":"Ada","amount":10}"#),
        Made::new("account-2", "Opened", r#"{"owner":"Bo","amount":5.5}"#),
        Made::new("account-1", "Deposited", r#"{"amount":20,"note":"salary"}"#),
        Made::new("account-2", "Renamed", r#"{"name":"x"}"#),
        Made::new("account-1", "Withdrawn", r#"{"amount":7}"#),
    ])
}

const BALANCES: &str = r"
fromCategory('account').foreachStream().when({
  $init() { return { balance: 0, events: 0 }; },
  Opened(s, e) { s.balance += e.data.amount; s.owner = e.data.owner; s.events++; },
  Deposited(s, e) { s.balance += e.data.amount; s.events++; return s; },
  Withdrawn: function (s, e) { return { ...s, balance: s.balance - e.body.amount, events: s.events + 1 }; },
})";

#[test]
fn states_are_folded_by_stream() {
    let reading = account();
    let mut engine = engine(BALANCES, &reading);
    assert_eq!(engine.plan().from.names, ["account"]);
    assert!(engine.plan().per_stream);
    let fed = feed(&mut engine, &reading).unwrap();
    assert_eq!(fed[3], Fed::Skipped, "nobody handles Renamed");
    let state = |partition| engine.state(partition).unwrap();
    assert_eq!(
        state("account-1"),
        r#"{"balance":23,"events":3,"owner":"Ada"}"#
    );
    assert_eq!(
        state("account-2"),
        r#"{"balance":5.5,"events":1,"owner":"Bo"}"#
    );
    assert_eq!(engine.state("account-3"), None);
}

#[test]
fn what_a_payload_holds_is_the_same_however_it_is_looked_at() {
    let reading = reading(&[
        Made::new("a", "T", r#"{"x":1,"y":{"z":[1,2]},"é":"\u0041"}"#),
        Made::new("a", "T", r#"{"x":2}"#),
        Made::new("a", "T", r#"{"w":null,"y":3}"#),
        Made::new("a", "T", r#"[1,2]"#),
        Made::new("a", "T", r#""text""#),
    ]);
    // Each looks in another way, alone and after others have been learnt.
    let looks = [
        "JSON.stringify(e.data)",
        "e.data.x",
        "e.data.y && e.data.y.z",
        "Object.keys(e.data)",
        "'y' in Object(e.data)",
        "({ ...Object(e.data) })",
        "e.data.missing === undefined",
        "e.bodyRaw",
        "Object.entries(e.data).length",
        "(() => { try { e.data.added = 1; return JSON.stringify(e.data); } catch { return 'no'; } })()",
        "(() => { const d = Object(e.data); const f = []; for (const k in d) f.push(k); return f; })()",
        "Object.getOwnPropertyDescriptor(Object(e.data), 'x')",
    ];
    let folded = |data: &str, look: &str| {
        let definition = format!(
            "fromAll().when({{ $init: () => [], T(s, e) {{ if (e.data && e.data.x) {{}} const d = {data}; \
             ((e) => s.push({look}))({{ data: d, get bodyRaw() {{ return e.bodyRaw; }} }}); }} }})"
        );
        let mut engine = engine(&definition, &reading);
        feed(&mut engine, &reading).unwrap();
        assert_eq!(engine.take_dead(), []);
        engine.state(WHOLE).unwrap()
    };
    for look in looks {
        assert_eq!(
            folded("e.data", look),
            folded("JSON.parse(e.bodyRaw)", look),
            "{look}"
        );
    }
}

#[test]
fn a_failing_event_leaves_the_state_as_it_was() {
    let reading = account();
    let definition = r"
      fromAll().foreachStream().when({
        $init: () => ({ sum: 0, seen: [] }),
        $any(s, e) {
          s.seen.push(e.sequenceNumber);
          s.sum += e.data.amount;
          if (e.eventType === 'Withdrawn' || e.eventType === 'Renamed') {
            s.sum = -1;
            throw new Error('no ' + e.eventType);
          }
        },
      })";
    let mut engine = engine(definition, &reading);
    let fed = feed(&mut engine, &reading).unwrap();
    assert_eq!(fed[3..], [Fed::Failed, Fed::Failed]);
    assert_eq!(
        engine.state("account-1").unwrap(),
        r#"{"sum":30,"seen":[1,2]}"#
    );
    assert_eq!(
        engine.state("account-2").unwrap(),
        r#"{"sum":5.5,"seen":[1]}"#
    );
    let dead = engine.take_dead();
    assert_eq!(dead[1].event, EventIx(4));
    assert_eq!(dead[1].error.message, "no Withdrawn");
    assert_eq!(dead[1].error.line, Some(9));
    assert_eq!(
        dead[1].state_before.as_deref(),
        Some(r#"{"sum":30,"seen":[1,2]}"#)
    );
}

#[test]
fn what_runs_away_ends_in_one_clear_error() {
    let reading = account();
    for (body, sentence) in [
        ("while (true) {}", "took too long"),
        ("for (;;) { try { for (;;) {} } catch {} }", "took too long"),
        ("(function f() { try { f(); } finally { f(); } })()", ""),
        (
            "let a = []; while (true) a.push('x'.repeat(1000000) + a.length);",
            "needs more than 16 MB",
        ),
        ("s.s = 'x'.repeat(500000000).split('x');", "needs more than"),
        ("s.s = Array(300000000).fill(0);", "needs more than"),
        ("let t = 'x'; for (;;) t += t;", "needs more than 16 MB"),
        (
            "s.s = 'x'; for (;;) s.s = `${s.s}${s.s}`;",
            "needs more than",
        ),
        ("(function f() { f(); })()", "too deeply"),
        // What a limit throws is not caught.
        (
            "try { let t = 'x'; for (let i = 0; i < 64; i++) t += t; } catch (x) { s.n = 1; }",
            "needs more than 16 MB",
        ),
        (
            "for (const w of 'ab') { try { [].concat(Array(300000000).fill(w)); } catch { s.n = 1; } }",
            "needs more than",
        ),
        (
            "(function f() { try { f(); } catch ({ message }) { s.n = message; } })()",
            "too deeply",
        ),
        (
            "for (let l = null;;) l = { l, t: 'x'.repeat(100) + s.n };",
            "needs more than",
        ),
        (
            "const o = { get x() { return this.x; } }; o.x;",
            "too deeply",
        ),
        ("JSON.parse('['.repeat(1000000));", ""),
        ("/^(a+)+$/.test('a'.repeat(60) + 'b');", "took too long"),
        (
            "[...Array(100000).keys()].sort(() => { for (let i = 0; i < 1e9; i++); });",
            "took too long",
        ),
        ("s.s = s;", ""),
    ] {
        let definition = format!("fromAll().when({{ $any(s, e) {{ {body} }} }})");
        let limits = Limits {
            memory: 16 << 20,
            ..Limits::default()
        };
        let mut engine = Engine::new(&definition, &reading, limits, Arc::new(NoTables)).unwrap();
        match feed(&mut engine, &reading) {
            Err(engine::Halt::Fatal(error)) => {
                assert!(error.message.contains(sentence), "{body}: {error}");
                assert!(!error.to_string().contains('\n'), "{body}: {error}");
            }
            other => assert!(sentence.is_empty() && other.is_ok(), "{body}: {other:?}"),
        }
        if body == "s.s = s;" {
            assert!(
                engine.save().is_err(),
                "a state that holds itself is no JSON"
            );
        }
    }
}

#[test]
fn what_a_handler_throws_itself_ends_nothing_whatever_it_says() {
    let reading = account();
    for thrown in [
        "new Error('interrupted')",
        "new Error('out of memory')",
        "new RangeError('string too long')",
        "'InternalError'",
    ] {
        let definition = format!("fromAll().when({{ $any(s, e) {{ throw {thrown}; }} }})");
        let mut engine = engine(&definition, &reading);
        let fed = feed(&mut engine, &reading).unwrap();
        assert!(fed.iter().all(|fed| *fed == Fed::Failed), "{thrown}");
    }
}

#[test]
fn what_handlers_throw_they_catch_and_errors_have_the_place_that_was_written() {
    let reading = account();
    let definition = r"fromAll().foreachStream().when({
      $init: () => ({ seen: [] }),
      Opened(s, e) { try { throw new TypeError('a'); } catch (x) { s.seen.push(x.message); } s.no.where; },
      $any(s, e) { try { null.x; } catch { s.seen.push('b'); } },
    })";
    let mut engine = engine(definition, &reading);
    feed(&mut engine, &reading).unwrap();
    assert_eq!(engine.state("account-1").unwrap(), r#"{"seen":["b","b"]}"#);
    let error = engine.take_dead()[0].error.clone();
    let line = definition.lines().nth(2).unwrap();
    let column = line.find("s.no.where").unwrap() as u32 + 1;
    assert_eq!((error.line, error.column), (Some(3), Some(column)));
}

#[test]
fn a_definition_that_does_not_hold_says_where() {
    let reading = account();
    for (definition, message, line) in [
        (
            "fromAll().when({\n  A(s, e) { return s }\n  B() {}\n})",
            "Unexpected identifier",
            Some(3),
        ),
        ("\nlet x = y;", "y is not defined", Some(2)),
        ("let x = 1;", "begins with fromAll", None),
        ("fromAll(); fromAll();", "only one from", Some(1)),
        ("require('fs')", "require is not defined", Some(1)),
    ] {
        let error = Engine::new(definition, &reading, Limits::default(), Arc::new(NoTables))
            .err()
            .unwrap();
        assert!(error.message.contains(message), "{definition}: {error}");
        assert_eq!(error.line, line, "{definition}: {error}");
    }
}

#[test]
fn every_run_has_the_same_clock_and_dice() {
    let reading = account();
    let definition = r"
      fromAll().when({ $init: () => [], $any(s, e) {
        s.push([Date.now(), new Date().getHours(), Math.random(), new Date('2024-01-01T10:00:00').toISOString(),
                new Date(2024, 0, 1, 10).getTime(), new Date().getTimezoneOffset(), e.time]);
      } })";
    let state = || {
        let mut engine = engine(definition, &reading);
        feed(&mut engine, &reading).unwrap();
        assert_eq!(engine.take_dead(), []);
        engine.state(WHOLE).unwrap()
    };
    let first = state();
    assert_eq!(first, state());
    assert!(first.contains("2024-01-01T10:00:00.000Z"), "{first}");
    assert!(first.contains("1704103200000"), "{first}");
}

#[test]
fn saving_and_going_back_gives_the_same_states() {
    let reading = account();
    let task = Task::new();
    let mut engine = engine(BALANCES, &reading);
    let events: Vec<EventIx> = reading.log.events().collect();
    for &event in &events[..2] {
        engine.feed(event, None, &task).unwrap();
    }
    let saved = engine.save().unwrap();
    for &event in &events[2..] {
        engine.feed(event, None, &task).unwrap();
    }
    let end = engine.state("account-1");
    engine.restore(saved);
    assert_eq!(
        engine.state("account-1").unwrap(),
        r#"{"balance":10,"events":1,"owner":"Ada"}"#
    );
    for &event in &events[2..] {
        engine.feed(event, None, &task).unwrap();
    }
    assert_eq!(engine.state("account-1"), end);
}

#[test]
fn kurrents_words_mean_what_they_mean_there() {
    let reading = account();
    let definition = r"
      options({ resultStreamName: 'x' });
      fromStreams(['account-1', 'account-2'])
        .partitionBy(e => e.eventType === 'Renamed' ? undefined : e.data.amount > 8 ? 'large' : 'small')
        .when({
          $initShared: () => ({ all: 0 }),
          $init: () => ({ n: 0 }),
          $any([s, shared], e) {
            s.n++; shared.all++;
            log('saw', e.eventType, { at: e.position });
            emit('copies', 'Seen', { of: e.eventId }, { $correlationId: 1 });
            linkTo('links', e);
            return [s, shared];
          },
        })
        .transformBy(([s]) => s)
        .filterBy(s => s.n > 1)
        .outputState();";
    let mut engine = engine(definition, &reading);
    let fed = feed(&mut engine, &reading).unwrap();
    assert_eq!(fed[3], Fed::Skipped);
    assert_eq!(engine.take_dead(), []);
    assert_eq!(engine.state("large").unwrap(), r#"{"n":2}"#);
    assert_eq!(engine.state("\0shared").unwrap(), r#"{"all":4}"#);
    let Told {
        outputs,
        lines,
        totals,
        ..
    } = engine.take_told().unwrap();
    assert_eq!(totals.outputs, 8);
    assert_eq!(
        (outputs[0].kind, outputs[0].stream.as_str()),
        (OutputKind::Emit, "copies")
    );
    assert_eq!(outputs[1].data.as_deref(), Some("1"));
    assert_eq!(lines[0].1, r#"saw Opened {"at":1}"#);
}

#[test]
fn upcasters_come_before_handlers() {
    let reading = reading(&[
        Made::new("u", "Created", r#"{"name":"Ada Lovelace"}"#).schema("1"),
        Made::new("u", "Created", r#"{"first":"Bo","last":"Ek","mail":null}"#).schema("3"),
        Made::new("u", "Created", r#"{"first":"Cy","last":"Do"}"#).schema("2"),
    ]);
    let definition = r"
      upcast({ Created: {
        1: e => { const [first, last] = e.data.name.split(' '); return { first, last }; },
        2: e => ({ ...e.data, mail: 'none' }),
      } });
      fromAll().when({ $init: () => [], Created(s, e) { s.push([e.data.first, e.data.mail]); } })";
    let mut engine = engine(definition, &reading);
    feed(&mut engine, &reading).unwrap();
    assert_eq!(engine.take_dead(), []);
    assert_eq!(
        engine.state(WHOLE).unwrap(),
        r#"[["Ada","none"],["Bo",null],["Cy","none"]]"#
    );
}

#[test]
fn digits_that_javascript_loses_are_told() {
    let reading = reading(&[Made::new("a", "T", r#"{"id":9007199254740993,"n":1}"#)]);
    let mut engine = engine(
        "fromAll().when({ T(s, e) { s.id = e.data.id; s.exact = e.bodyRaw; } })",
        &reading,
    );
    feed(&mut engine, &reading).unwrap();
    let lost = engine.take_told().unwrap().lost_digits;
    assert_eq!(
        (lost[0].path.as_str(), lost[0].number.as_str()),
        ("/id", "9007199254740993")
    );
    assert!(engine.state(WHOLE).unwrap().contains("9007199254740993"));
}

#[test]
fn digits_lost_on_the_quick_way_have_their_place_as_well() {
    let payload = r#"{"id":9007199254740993,"a":{"b":[9007199254740995]}}"#;
    let reading = reading(&[Made::new("a", "T", payload)]);
    let definition = "fromAll().when({ T(s, e) { s.id = e.data.id; s.a = e.data.a; } })";
    let mut run = run_of(definition, &reading);
    run.advance(&Task::new()).unwrap();
    let (lost, _) = run.lost_digits();
    let paths: Vec<&str> = lost.iter().map(|lost| lost.path.as_str()).collect();
    assert_eq!(paths, ["/id", "/a/b/0"]);
}

#[test]
fn upcasters_stand_in_a_file_of_their_own() {
    let reading = reading(&[Made::new("u-1", "Created", r#"{"name":"Ada L"}"#).schema("1")]);
    let script = Script {
        text: "fromAll().when({ $init: () => null, Created: (s, e) => e.data.first })".into(),
        upcasters: Some(
            "// names were one\nupcast({ Created: { 1: e => ({ first: e.data.name.split(' ')[0] }) } })".into(),
        ),
    };
    let mut engine = Engine::new(
        script.clone(),
        &reading,
        Limits::default(),
        Arc::new(NoTables),
    )
    .unwrap();
    engine.feed(EventIx(0), None, &Task::new()).unwrap();
    assert_eq!(engine.state(WHOLE).unwrap(), r#""Ada""#);
    let broken = Script {
        upcasters: Some("nonsense(".into()),
        ..script
    };
    let error = Engine::new(broken, &reading, Limits::default(), Arc::new(NoTables))
        .err()
        .unwrap();
    assert!(error.message.starts_with("in the upcasters: "), "{error}");
}
