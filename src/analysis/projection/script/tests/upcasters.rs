//! Payloads of old versions, brought up to date before anybody sees them.

use serde_json::json;

use super::telling::told;
use super::*;

fn users() -> Reading {
    reading(&[
        Made::new("u-1", "Named", r#"{"old":"a","new":"b"}"#).schema("1"),
        Made::new("u-1", "Named", r#"{"name":"c"}"#).schema("2"),
        Made::new("u-2", "Named", r#"{"old":"d","new":"e"}"#).schema("1"),
        Made::new("u-2", "Named", r#"{"old":"f","new":"g"}"#).schema("1"),
    ])
}

const UP: &str = "upcast({ Named: { 1: e => ({ name: e.data.new, at: e.position }) } });";

#[test]
fn a_payload_that_is_kept_is_the_upcast_one() {
    let kept = r#"[{"name":"b","at":1},{"name":"c"},{"name":"e","at":3},{"name":"g","at":4}]"#;
    for handler in [
        "s.push(e.data)",
        "if (e.data.name) s.push(e.data)",
        "const d = e.data; s.push(d)",
        "s.push(e.body)",
        "return [...s, e.data]",
    ] {
        let text =
            format!("{UP} fromAll().when({{ $init: () => [], Named(s, e) {{ {handler} }} }})");
        let (engine, dead) = told(&text, &users());
        assert_eq!(dead, [], "{handler}");
        assert_eq!(engine.state(WHOLE).as_deref(), Some(kept), "{handler}");
    }
    let text = format!(
        "{UP} fromAll().when({{ $init: () => ({{}}),
           Named(s, e) {{ if (s.last) s.was = [s.last.data, s.last.schemaVersion]; s.last = e; }} }})"
    );
    let (engine, _) = told(&text, &users());
    let state: serde_json::Value = serde_json::from_str(&engine.state(WHOLE).unwrap()).unwrap();
    assert_eq!(state["was"], json!([{"name": "e", "at": 3}, "2"]));
}

#[test]
fn an_upcaster_is_given_the_event_and_gives_back_a_payload() {
    let of = |upcaster: &str| {
        let text = format!(
            "upcast({{ Named: {{ 1: e => {upcaster} }} }});
             fromAll().foreachStream().when({{ $init: () => [], Named(s, e) {{ s.push(e.data) }} }})"
        );
        let (engine, dead) = told(&text, &users());
        (engine.state("u-2"), dead)
    };
    let (state, dead) = of(
        "({ of: [e.streamId, e.type, e.sequenceNumber, e.isJson, e.body.new, typeof e.time, e.schemaVersion] })",
    );
    assert_eq!(dead, []);
    assert_eq!(
        state.unwrap(),
        r#"[{"of":["u-2","Named",1,true,"e","string","1"]},{"of":["u-2","Named",2,true,"g","string","1"]}]"#
    );
    let (state, dead) = of("{ e.data.name = e.data.new; delete e.data.new; delete e.data.old }");
    assert_eq!(dead, []);
    assert_eq!(state.unwrap(), r#"[{"name":"e"},{"name":"g"}]"#);
    // One that changes what there is to change, and here there is nothing.
    let (state, dead) = of("{ if (e.data.name) e.data.x = 1 }");
    assert_eq!(dead, []);
    assert!(state.unwrap().contains(r#"{"old":"d","new":"e"}"#));
    for wrong in [
        "5",
        "'t'",
        "null",
        "true",
        "new Map()",
        "Promise.resolve({})",
        "(() => {})",
        "({ data: 5 })",
    ] {
        let (_, dead) = of(wrong);
        assert_eq!(dead.len(), 3, "{wrong}");
        assert_eq!(dead[1].partition.as_deref(), Some("u-2"), "{wrong}");
        assert_eq!(dead[1].state_before.as_deref(), Some("[]"), "{wrong}");
        let message = &dead[0].error.message;
        assert!(message.contains("gives back"), "{wrong}: {message}");
    }
}

#[test]
fn built_in_folds_see_what_upcasters_make() {
    let reading = users();
    let fold = |fold: serde_json::Value, upcasters: &str| {
        let built_in = serde_json::from_value(fold).unwrap();
        let definition = Definition::BuiltIn(built_in).after(upcasters);
        let mut run = Run::new(&definition, reading.clone(), RunOptions::default()).unwrap();
        let moment = run.at(&reading.log.at_head(), &Task::new()).unwrap();
        let mut states: Vec<(String, String)> = moment
            .iter()
            .map(|(name, held)| (name.to_owned(), run.text(&held)))
            .collect();
        states.sort();
        let dead: Vec<String> = moment
            .dead
            .iter()
            .map(|dead| dead.error.to_string())
            .collect();
        (states, dead)
    };
    let counted = fold(json!({"fold": "counts", "by": "/name"}), UP).0;
    let names: Vec<&str> = counted.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["b", "c", "e", "g"]);
    let (merged, _) = fold(json!({"fold": "merge"}), UP);
    assert_eq!(
        merged[1],
        ("u-2".to_owned(), r#"{"name":"g","at":4}"#.to_owned())
    );
    let throws = "upcast({ Named: { 1: e => nobody.name } });";
    let (states, dead) = fold(json!({"fold": "merge"}), throws);
    assert_eq!(states, [("u-1".to_owned(), r#"{"name":"c"}"#.to_owned())]);
    assert_eq!(dead.len(), 3);
    assert!(dead[0].contains("in the upcasters"), "{}", dead[0]);
    let endless = "upcast({ Named: { 1: e => { for (;;); } } });";
    // Nothing is looked at behind the first.
    assert_eq!(fold(json!({"fold": "merge"}), endless).1.len(), 4);
    let greedy = "upcast({ Named: { 1: e => { const a = []; for (;;) a.push('x'.repeat(1e6) + a.length); } } });";
    let (_, dead) = fold(json!({"fold": "merge"}), greedy);
    assert_eq!(dead.len(), 4);
    assert!(dead[3].contains("needs more than"), "{}", dead[3]);
    let broken = Definition::BuiltIn(serde_json::from_value(json!({"fold": "merge"})).unwrap());
    let broken = broken.after("upcast({");
    assert!(Run::new(&broken, reading.clone(), RunOptions::default()).is_err());
}

#[test]
fn digits_that_upcasters_would_lose_are_told() {
    let reading = reading(&[Made::new("u-1", "Paid", r#"{"n":9007199254740993}"#).schema("1")]);
    let up = "upcast({ Paid: { 1: e => ({ ...e.data, currency: 'EUR' }) } });";
    let fold = serde_json::from_value(json!({"fold": "figures", "field": "n"})).unwrap();
    let definition = Definition::BuiltIn(fold).after(up);
    let mut run = Run::new(&definition, reading.clone(), RunOptions::default()).unwrap();
    let moment = run.at(&reading.log.at_head(), &Task::new()).unwrap();
    assert_eq!(moment.counts.failed, 1);
    let message = moment.dead[0].error.to_string();
    assert!(
        message.contains("more digits than upcasters keep, at /n"),
        "{message}"
    );
    let script = format!(
        "{up} fromAll().when({{ $init: () => ({{ n: 0 }}), Paid(s, e) {{ s.n += e.data.n }} }})"
    );
    let mut run = run_of(&script, &reading);
    let moment = run.at(&reading.log.at_head(), &Task::new()).unwrap();
    assert_eq!(moment.told.lost_digits.len(), 1);
}
