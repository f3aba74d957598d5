//! The quick way of events leads where the long one does.

use std::collections::BTreeMap;

use super::*;
use crate::analysis::projection::{Definition, Run, RunOptions, States, Stopped};
use crate::log::Names;

/// What a definition makes of a store the long way, and what it makes of it when run, mostly the quick
/// way.
fn both_ways(definition: &str, reading: &Reading) -> [(Option<String>, Vec<String>); 2] {
    let mut long = engine(definition, reading);
    feed(&mut long, reading).unwrap();
    let told =
        |dead: &DeadLetter| format!("{:?} {} {:?}", dead.event, dead.error, dead.state_before);
    let dead = long.take_dead().iter().map(told).collect();
    let by_long = (long.state("a"), dead);
    let definition = Definition::Script(definition.into());
    let mut run = Run::new(&definition, reading.clone(), RunOptions::default()).unwrap();
    let moment = run.at(&reading.log.at_head(), &Task::new()).unwrap();
    let state = moment.get("a").map(|held| run.text(&held));
    [by_long, (state, moment.dead.iter().map(told).collect())]
}

#[test]
fn the_quick_way_leads_where_the_long_one_does() {
    let reading = reading(&[
        Made::new(
            "a",
            "T",
            r#"{"x":1,"y":{"z":[1,2]},"s":"\u0041\n","e":-0.0,"n":null,"t":true}"#,
        ),
        Made::new("b", "T", r#"{"x":2}"#),
        Made::new(
            "a",
            "T",
            r#"{"x":9007199254740993,"x":1.5e3,"y":3,"toString":1}"#,
        ),
        Made::new("a", "T", r#"[1,2]"#),
        Made::new("a", "U", r#"{"s":"äöü","y":{"z":[3]}}"#),
        Made::new("a", "T", r#""text""#),
        Made::new("a", "T", "no json"),
        Made::new("a", "T", r#"{"x":7,"y":{"z":[5]}}"#),
    ]);
    // The first of them go the quick way, the others may not.
    let quick = [
        "$any(s, e) { s.push(e.data.x, e.data.s, e.data.n, e.data.t, 1 / e.data.e); }",
        "$any(s, e) { s.push(e.body?.x, e.data.y?.z, e.data.missing === undefined); }",
        "$any(s, e) { s.push(e.type, e.eventType, e.streamId, e.sequenceNumber, e.position); }",
        "$any: function (s, e) { return [...s, e.data.x]; }",
        "$any: (state, event) => { state.push(event.data.y, Date.now(), Math.random()); }",
        "$any(s) { s.push(s.length); }",
        "T(s, e) { s.push(e.data.x); if (e.data.x > 5) throw new Error('no ' + e.data.x); }, U(s, e) { s.push(e.data.s); }",
        "$any(s, e) { const f = () => e.data.y.z[0]; s.push(1); s.push(f()); }",
        "$any(s, e) { e.data.x = 3; s.push(e.data.x); }",
        // What looks at an event later sees that event.
        "$any(s, e) { const late = s.pop(); s.push(late ? late() : 0, () => e.data.x); }",
        "$any(s, e) { const late = s.pop(); s.push(late ? late() : 0, function () { return e.data.x; }); }",
        "$any(s, e) { const late = s.pop(); s.push(late ? late.x() : 0, { x() { return e.data.x; } }); }",
        "$any(s, e) { const late = s.pop(); s.push(late ? late.x : 0, { get x() { return e.position; } }); }",
        "$any(s, e) { const late = s.pop(); s.push(late ? late.x(')') : 0, { x(of = ')') { return e.data.x + of; } }); }",
        "$any(s, e) { const late = s.pop(); s.push(late ? new late().x : 0, class { x = e.data.x; }); }",
        "$any(s, e) { const late = s.pop(); s.push(late ? late.if(1) : 0, { if(n) { return e.data.x; } }); }",
        "$any(s, e) { const late = s.pop(); s.push(late ? late.for : 0, { n: 1, get for() { return e.position; } }); }",
        "$any(s, e) { const late = s.pop(); s.push(late ? late() : 0); if (/'/.test(s[0])) s.push(0); s.push(() => e.data.x, 'q'); s.pop(); }",
        "$any(s, e) { const late = s.pop(); s.push(late ? late() : 'a\\\n b'); s.push(() => e.data.x, ''); s.pop(); }",
        "$any(s, e) { try { if (e.data.x > 1) { s.push(e.data.x); } else if (e.data.x) { s.push(1); } } catch (_) { s.push(e.type); } }",
        // What is gone from one event is there in the next.
        "$any(s, e) { if (e.data.s === ') {') { s.push(1); } s.push(e.data.x); delete e.data.x; s.push(e.data.x); }",
        "$any(s, e) { for (let n = 0; n < 2; n++) { s.push(e.data.x / 2 / 3, e.data.missing); } e.data.missing = 1; }",
        "$any(s, e) { if (s.length === 0) return undefined; else return [e.data.x]; }",
    ];
    let long = [
        "$any(s, e) { s.push(Object.keys(e.data)); }",
        "$any(s, e) { const { x } = e.data; s.push(x); }",
        "$any(s, e) { s.push(e.data['x'], JSON.stringify(e.data)); }",
        "$any(s, e) { const it = e; s.push(it.data.x, e.data.x); }",
        "$any(s, e) { s.push(e.data.toString === Object.prototype.toString); }",
        "$any(s, e) { s.push(e.data.hasOwnProperty('x')); }",
        "$any(s, { data }) { s.push(data.x); }",
        "$any(s, e, more = e) { s.push(more.data.x); }",
        "$any(s, e) { s.push(arguments[1].data.x); }",
        "$any(s, e) { s.push(e.isJson, e.bodyRaw, e.time); }",
        "$any(s, e) { s.push({ ...e }.data.x); }",
        "$any(s, e) { s.push(eval('e.data.x')); }",
    ];
    let lanes = |handlers: &str| {
        let definition =
            format!("fromAll().foreachStream().when({{ $init: () => [], {handlers} }})");
        let [by_long, by_quick] = both_ways(&definition, &reading);
        assert_eq!(by_long, by_quick, "{handlers}");
        // The name of a partition is the same text however it is found.
        let found = format!(
            "fromAll().partitionBy(e => e.streamId).when({{ $init: () => [], {handlers} }})"
        );
        let [by_long, by_quick] = both_ways(&found, &reading);
        assert_eq!(by_long, by_quick, "{handlers}");
        !engine(&definition, &reading).plan().lanes.is_empty()
    };
    for handlers in quick {
        assert!(lanes(handlers), "{handlers}");
    }
    for handlers in long {
        assert!(!lanes(handlers), "{handlers}");
    }
}

#[test]
fn what_runs_away_on_the_quick_way_is_stopped_there() {
    let reading = account();
    for (body, sentence) in [
        ("while (e.data.amount) {}", "took too long"),
        (
            "(function f() { f(); })(); s.x = e.data.amount;",
            "too deeply",
        ),
        (
            "s.x = 'x'.repeat(400000000 + e.data.amount).split('x');",
            "needs more than",
        ),
    ] {
        let definition = format!("fromAll().when({{ $any(s, e) {{ {body} }} }})");
        let definition = Definition::Script(definition.into());
        let options = RunOptions {
            limits: Limits {
                memory: 16 << 20,
                ..Limits::default()
            },
            ..RunOptions::default()
        };
        let mut run = Run::new(&definition, reading.clone(), options).unwrap();
        run.advance(&Task::new()).unwrap();
        match run.stopped() {
            Some(Stopped::Fatal(event, error)) => {
                assert_eq!(*event, EventIx(0), "{body}");
                assert!(error.message.contains(sentence), "{body}: {error}");
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn a_field_as_a_key_is_the_text_that_javascript_makes_of_it() {
    let values = [
        r#""plain""#,
        r#""""#,
        r#""with \u0041 escape""#,
        r#""ünlike""#,
        "null",
        "true",
        "false",
        "0",
        "-0",
        "7",
        "123456789012345",
        "1234567890123456789",
        "1.0",
        "1e3",
        "-3",
        "[1,2]",
        r#"{"a":1}"#,
    ];
    let events: Vec<Made> = values
        .iter()
        .map(|value| Made::new("a", "T", &format!(r#"{{"k":{value},"n":1}}"#)))
        .chain([Made::new("a", "T", r#"{"n":2}"#), Made::new("b", "T", "[]")])
        .collect();
    let reading = reading(&events);
    for by in [
        "e => e.data.k",
        "(e) => e.body.k",
        "e => `${e.data.k}`",
        "e => e.data.toString",
    ] {
        let definition = format!(
            "fromAll().partitionBy({by}).when({{ $init: () => ({{ n: 0, at: 0 }}),
               $any(s, e) {{ s.n += e.data.n; s.at = Date.now() + Math.random(); }} }})"
        );
        let mut long = engine(&definition, &reading);
        feed(&mut long, &reading).unwrap();
        let dead = long.take_dead().len();
        let by_long = (all(&long.save().unwrap(), &long.partitions()), dead);
        let script = Definition::Script(definition.as_str().into());
        let mut run = Run::new(&script, reading.clone(), RunOptions::default()).unwrap();
        let moment = run.at(&reading.log.at_head(), &Task::new()).unwrap();
        let by_quick = (all(&moment.states, &moment.partitions), moment.dead.len());
        assert_eq!(by_quick, by_long, "{by}");
    }
    let definition =
        "fromAll().partitionBy(e => e.data.k).when({ $any(s, e) { s.n = e.data.n; } })";
    assert_eq!(
        engine(definition, &reading).plan().by_field.as_deref(),
        Some("k")
    );
}

/// All states by the names of their partitions.
fn all(states: &States, names: &Names) -> BTreeMap<String, String> {
    let told = states.iter().map(|(number, held)| {
        let name = names.get(number).to_owned();
        (name, format!("{:?} {:?}", held.state, held.last))
    });
    told.collect()
}
