//! Handlers that throw whatever they like, reach for the world around them or take more than there is: each is
//! told with its event and its line, and no other event suffers.

use super::telling::told;
use super::*;
use crate::analysis::projection::Stopped;

/// What becomes of a handler that does this, and of the events around it.
fn done(what: &str) -> (Vec<DeadLetter>, Option<String>) {
    let reading =
        reading(&["1", "2", "3"].map(|n| Made::new("a", "T", &format!(r#"{{"n":{n}}}"#))));
    let (engine, dead) = told(
        &format!(
            "fromAll().when({{ $init: () => ({{ n: 0 }}), T(s, e) {{ s.n++; if (e.data.n === 2) {{\n{what}\n}} }} }})"
        ),
        &reading,
    );
    (dead, engine.state(WHOLE))
}

#[test]
fn what_is_thrown_is_told_with_its_line_whatever_it_is() {
    for (what, message) in [
        ("throw null;", "null was thrown"),
        ("throw undefined;", "undefined was thrown"),
        ("throw 42;", "42"),
        ("throw 'no';", "no"),
        ("throw {a: 1};", r#"{"a":1}"#),
        (
            "try { throw null } catch (x) { throw x }",
            "null was thrown",
        ),
    ] {
        let (dead, state) = done(what);
        assert_eq!(dead.len(), 1, "{what}");
        assert_eq!(dead[0].event, EventIx(1), "{what}");
        assert_eq!(dead[0].error.message, message, "{what}");
        assert_eq!(dead[0].error.line, Some(2), "{what}");
        assert_eq!(state.as_deref(), Some(r#"{"n":2}"#), "{what}");
    }
    let (dead, state) = done("try { throw null } catch (x) { s.caught = x }");
    assert_eq!(dead, []);
    assert_eq!(state.as_deref(), Some(r#"{"n":3,"caught":null}"#));
}

#[test]
fn what_a_handler_does_to_built_in_objects_changes_nothing_before() {
    for what in [
        "Array.prototype.push = null; Map.prototype.set = null;",
        "JSON.stringify = null; JSON = undefined; Object = Function = Array = null;",
        "delete Array.prototype.toJSON;",
    ] {
        let (dead, state) = done(what);
        assert_eq!(dead, [], "{what}");
        assert_eq!(state.as_deref(), Some(r#"{"n":3}"#), "{what}");
    }
    // What a handler gives its own objects is theirs.
    let own = "const l = [1], m = new Map(); l.join = () => 'mine'; m.get = () => 7; s.n = [l.join(), m.get(1)];";
    assert_eq!(done(&format!("{own} return s;")).0.len(), 0);
    let list =
        reading(&["1", "2", "3", "4"].map(|n| Made::new("a", "T", &format!(r#"{{"n":{n}}}"#))));
    let text = "fromAll().when({ $init: () => [], T(s, e) {
        s.push(e.data.n); if (e.data.n === 2) Array.prototype.push = null; } })";
    let definition = Definition::Script(text.into());
    let mut run = Run::new(&definition, list.clone(), RunOptions::default()).unwrap();
    let moment = run.at(&list.log.at_head(), &Task::new()).unwrap();
    let dead: Vec<EventIx> = moment.dead.iter().map(|dead| dead.event).collect();
    assert_eq!(dead, [EventIx(2), EventIx(3)]);
    assert_eq!(run.text(&moment.get(WHOLE).unwrap()), "[1,2]");
    assert_eq!(*moment.outside, ["Array.prototype.push"]);
    // Before the first event they are the definition's.
    let reading = reading(&[Made::new("a", "T", "{}")]);
    let (engine, dead) = told(
        "Array.prototype.sum = function () { return this.reduce((a, b) => a + b, 0); };
         class Mine extends Error { constructor() { super('mine'); this.name = 'Mine'; } }
         fromAll().when({ $init: () => null, T() { try { throw new Mine(); } catch (e) { return [e.name, [1, 2].sum()]; } } })",
        &reading,
    );
    assert_eq!(dead, []);
    assert_eq!(engine.state(WHOLE).as_deref(), Some(r#"["Mine",3]"#));
}

#[test]
fn an_array_longer_than_memory_ends_at_once() {
    let reading = reading(&["1", "2"].map(|n| Made::new("a", "T", &format!(r#"{{"n":{n}}}"#))));
    for what in [
        "s.x = []; s.x.length = 2 ** 31",
        "s.x = new Array(4e9)",
        "s.x = new Array(3e6)",
        "s.x = [[new Array(1e6)], new Array(1e6)]",
        "new Array(1e8).join('abc')",
        "[].concat(new Array(4e9))",
        "new Array(4e9).forEach(() => {})",
        "Array.prototype.indexOf.call({ length: 2 ** 50 }, 1)",
        "JSON.stringify(new Array(4e9))",
        "JSON.stringify([1], new Array(4e9))",
        "[].concat({ length: 4294967295, [Symbol.isConcatSpreadable]: true })",
    ] {
        let definition = format!(
            "fromAll().when({{ $init: () => ({{ n: 0 }}), T(s, e) {{ s.n++; if (e.data.n === 2) {{ {what} }} }} }})"
        );
        let definition = Definition::Script((&*definition).into());
        // However slow the machine is.
        let options = RunOptions {
            limits: Limits {
                backstop: std::time::Duration::from_secs(600),
                ..Limits::default()
            },
            ..RunOptions::default()
        };
        let mut run = Run::new(&definition, reading.clone(), options).unwrap();
        let moment = run.at(&reading.log.at_head(), &Task::new()).unwrap();
        let Some(Stopped::Fatal(event, error)) = moment.stopped else {
            panic!("{what} did not stop");
        };
        assert_eq!(event, EventIx(1), "{what}");
        assert_eq!(
            error.message, "the projection needs more than 256 MB",
            "{what}"
        );
    }
    // Long ones that are there, and short ones with holes, are states like others.
    let (dead, state) = done("s.x = [1, , 3]; s.y = new Array(200000).fill(0).length");
    assert_eq!(dead, []);
    assert_eq!(
        state.as_deref(),
        Some(r#"{"n":3,"x":[1,null,3],"y":200000}"#)
    );
}

#[test]
fn a_handler_that_is_async_is_told_so() {
    let (dead, state) = done("return (async () => s)();");
    assert_eq!(dead.len(), 1);
    assert!(
        dead[0].error.message.contains("cannot be async"),
        "{:?}",
        dead[0]
    );
    assert_eq!(state.as_deref(), Some(r#"{"n":2}"#));
}

#[test]
fn what_is_to_be_written_somewhere_says_where() {
    for (what, message) in [
        ("emit()", "emit(stream, type, data) needs a stream"),
        ("emit('a')", "emit(stream, type, data) needs an event type"),
        (
            "linkTo('a', null)",
            "linkTo(stream, event) needs an event that a handler was given",
        ),
        ("copyTo(null, e)", "copyTo(stream, event) needs a stream"),
        (
            "linkStreamTo('a')",
            "linkStreamTo(stream, other) needs another stream",
        ),
    ] {
        let (dead, _) = done(what);
        assert_eq!(dead.len(), 1, "{what}");
        assert_eq!(dead[0].error.message, message, "{what}");
        assert_eq!(dead[0].error.line, Some(2), "{what}");
    }
}
