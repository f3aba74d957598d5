//! What a definition keeps outside its states, and what the store says of a stream outside its events' types.

use super::telling::told;
use super::*;
use crate::analysis::projection::{SnapshotStrategy, Stopped, repeated};
use crate::log::{Bound, Clock};

#[test]
fn what_is_kept_outside_the_states_is_named() {
    let reading = reading(&["1", "2"].map(|n| Made::new("a", "T", &format!(r#"{{"n":{n}}}"#))));
    let outside = |before: &str, handler: &str| {
        let definition = format!("{before}\nfromAll().when({{ T(s, e) {{ {handler} }} }})");
        let mut run = run_of(&definition, &reading);
        let moment = run.at(&reading.log.at_head(), &Task::new()).unwrap();
        assert_eq!(*moment.outside, *run.outside());
        run.outside()
    };
    assert_eq!(outside("let n = 0;", "n++; s.n = n;"), ["n"]);
    assert_eq!(
        outside("const seen = new Set();", "seen.add(e.data.n);"),
        ["seen"]
    );
    assert_eq!(outside("var last;", "last = e.data.n;"), ["last"]);
    assert_eq!(outside("", "sloppy = e.data.n;"), ["sloppy"]);
    assert_eq!(
        outside(
            "const { seen } = { seen: new Set() };",
            "seen.add(e.data.n);"
        ),
        ["seen"]
    );
    assert_eq!(outside("const re = /a/g;", "re.test('aa');"), ["re"]);
    let none: [&str; 0] = [];
    assert_eq!(
        outside(
            "let n = 0; const a = [1], f = (x) => x + n;",
            "s.n = f(a[0]);"
        ),
        none
    );
    assert_eq!(
        outside(
            "const RATES = { a: 1 };",
            "s.n = RATES.a; let own = 1; own++;"
        ),
        none
    );
}

#[test]
fn what_cannot_be_written_stops_where_it_was_made_whatever_is_kept_outside() {
    let events: Vec<Made> = (1..=2500).map(|_| Made::new("a", "T", "{}")).collect();
    let reading = reading(&events);
    let text = "let n = 0; fromAll().when({ $init: () => ({}), T(s) { s.n = ++n; if (n === 1500) s.self = s; } })";
    let definition = Definition::Script(text.into());
    let mut run = Run::new(&definition, reading.clone(), RunOptions::default()).unwrap();
    let moment = run.at(&reading.log.at_head(), &Task::new()).unwrap();
    assert_eq!(
        moment.stopped.as_ref().map(Stopped::event),
        Some(EventIx(1499))
    );
    assert_eq!(run.text(&moment.get(WHOLE).unwrap()), r#"{"n":1499}"#);
    // Going back and forth is the same again.
    let cut = reading.log.cut(Clock::Recorded, Bound::Event(EventIx(99)));
    let moment = run.at(&cut, &Task::new()).unwrap();
    assert_eq!(run.text(&moment.get(WHOLE).unwrap()), r#"{"n":100}"#);
}

#[test]
fn what_is_as_at_first_where_somebody_goes_back_was_not_in_the_middle() {
    let events: Vec<Made> = ["Open", "Open", "Note", "Close", "Close", "Note"]
        .map(|kind| Made::new("a", kind, "{}"))
        .to_vec();
    let reading = reading(&events);
    let text = "const open = []; fromAll().when({ $init: () => ({ all: [] }),
        Open(s, e) { open.push(1) }, Close(s, e) { open.pop() }, Note(s, e) { s.all.push(open.length) } })";
    let definition = Definition::Script(text.into());
    let options = RunOptions {
        strategy: Some(SnapshotStrategy::Eager),
        ..RunOptions::default()
    };
    let mut run = Run::new(&definition, reading.clone(), options).unwrap();
    run.advance(&Task::new()).unwrap();
    for (event, all) in [(5, "[2,0]"), (2, "[2]"), (5, "[2,0]"), (1, "[]")] {
        let cut = reading
            .log
            .cut(Clock::Recorded, Bound::Event(EventIx(event)));
        let moment = run.at(&cut, &Task::new()).unwrap();
        let state = run.text(&moment.get(WHOLE).unwrap());
        assert_eq!(state, format!(r#"{{"all":{all}}}"#));
    }
}

#[test]
fn what_keeps_something_outside_its_states_is_not_tried_twice() {
    let reading = reading(&["1", "2"].map(|n| Made::new("a", "T", &format!(r#"{{"n":{n}}}"#))));
    let text = "const seen = new Set();
        fromAll().when({ $init: () => ({ n: 0 }),
          T(s, e) { if (seen.has(e.position)) return; seen.add(e.position); s.n++; } })";
    let definition = Definition::Script(text.into());
    let cut = reading.log.at_head();
    let tried = repeated(
        &definition,
        &reading,
        &RunOptions::default(),
        &cut,
        &Task::new(),
    );
    let tried = tried.unwrap();
    assert!(tried.violations.is_empty());
    assert!(
        tried
            .stopped
            .unwrap()
            .contains("keeps seen outside its states")
    );
}

#[test]
fn the_end_of_a_stream_is_told_to_its_handler() {
    let reading = reading(&[
        Made::new("a", "Made", "{}"),
        Made::new("b", "Made", "{}"),
        Made::new("a", "Gone", "{}").deletes(),
        Made::new("b", "Gone", "{}"),
        Made::new("b", "Closed", "{}").deletes(),
    ]);
    let of = |handlers: &str| {
        let text = format!("fromAll().foreachStream().when({{ $init: () => [], {handlers} }})");
        let (engine, dead) = told(&text, &reading);
        assert_eq!(dead, []);
        let definition = Definition::Script((&*text).into());
        let mut run = Run::new(&definition, reading.clone(), RunOptions::default()).unwrap();
        let moment = run.at(&reading.log.at_head(), &Task::new()).unwrap();
        ["a", "b"].map(|name| {
            let state = moment.get(name).map(|held| run.text(&held));
            assert_eq!(engine.state(name), state, "{handlers}");
            state.unwrap_or_default()
        })
    };
    assert_eq!(
        of("$deleted(s, e) { s.push(e.type) }"),
        [r#"["Gone"]"#, r#"["Closed"]"#]
    );
    assert_eq!(
        of("$any(s, e) { s.push(1) }, $deleted(s, e) { s.push(2) }"),
        ["[1,2]", "[1,1,2]"]
    );
    assert_eq!(
        of("Closed(s, e) { s.push(3) }, $deleted(s, e) { s.push(2) }"),
        ["[2]", "[3]"]
    );
    assert_eq!(of("$any(s, e) { s.push(1) }"), ["[1,1]", "[1,1,1]"]);
}
