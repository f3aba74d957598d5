//! What a definition keeps outside its states, and what the store says of a stream outside its events' types.

use super::telling::told;
use super::*;
use crate::analysis::projection::repeated;

#[test]
fn what_is_kept_outside_the_states_is_named() {
    let reading = reading(&["1", "2"].map(|n| Made::new("a", "T", &format!(r#"{{"n":{n}}}"#))));
    let outside = |before: &str, handler: &str| {
        let definition = format!("{before}\nfromAll().when({{ T(s, e) {{ {handler} }} }})");
        let mut run = run_of(&definition, &reading);
        run.at(&reading.log.at_head(), &Task::new()).unwrap();
        run.outside()
    };
    assert_eq!(outside("let n = 0;", "n++; s.n = n;"), ["n"]);
    assert_eq!(
        outside("const seen = new Set();", "seen.add(e.data.n);"),
        ["seen"]
    );
    assert_eq!(outside("var last;", "last = e.data.n;"), ["last"]);
    assert_eq!(outside("", "sloppy = e.data.n;"), ["sloppy"]);
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
