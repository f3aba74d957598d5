//! The state of a stream by a projection: the laws that the default fold has, and what is its own.

use proptest::prelude::*;
use serde_json::json;

use super::testing::{Made, reading};
use super::{Definition, Reading, Run, RunOptions, StreamState, StreamStateError, Wanted, project};
use crate::analysis::replay::{Detail, FoldRules, Series, Source, StateReport, StateRequest};
use crate::analysis::replay::{state, told};
use crate::log::{Bound, Cut};
use crate::model::time::Zone;
use crate::model::{EventIx, StreamIx, Task};

const SUMS: &str = "fromAll().foreachStream().when({
  $init: () => ({ sum: 0, tags: {}, last: null }),
  Added(s, e) { s.sum += e.data.n; s.tags[e.data.n] = true; },
  Named(s, e) { s.name = e.data.n; s.last = null; },
  Cleared(s, e) { if (e.data.n > 6) throw new Error('too much'); return { sum: 0, tags: {}, last: e.data.n }; },
})";

fn history() -> impl Strategy<Value = Vec<Made>> {
    let event = (0..3_u32, 0..3_usize, 0..9_i64);
    prop::collection::vec(event, 0..60).prop_map(|events| {
        let made = events.into_iter().map(|(stream, kind, n)| {
            let kind = ["Added", "Named", "Cleared"][kind];
            Made::new(&format!("s-{stream}"), kind, &format!(r#"{{"n":{n}}}"#))
        });
        made.collect()
    })
}

fn script(text: &str) -> Definition {
    Definition::Script(text.into())
}

fn request(cut: Cut) -> StateRequest<'static> {
    StateRequest {
        store: "store",
        cut,
        diff_to: None,
        detail: Detail::Blame,
        zone: Zone::Utc,
    }
}

fn stream(reading: &Reading, name: &str) -> Option<StreamIx> {
    reading.log.streams().find(name).map(StreamIx)
}

fn by(definition: &Definition, reading: &Reading, name: &str) -> StreamState {
    let stream = stream(reading, name).unwrap();
    StreamState::new(definition, reading, &RunOptions::default(), stream).unwrap()
}

fn report(state: &mut StreamState, reading: &Reading, cut: Cut) -> StateReport {
    let at = state.at(cut, &Task::new()).unwrap();
    told(&reading.log, &at, None, &request(cut))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn it_is_the_partition_of_the_whole_projection(
        history in history(), jumps in prop::collection::vec(0..60_u32, 1..6),
    ) {
        let reading = reading(&history);
        let Some(_) = stream(&reading, "s-1") else { return Ok(()) };
        let definition = script(SUMS);
        let mut one = by(&definition, &reading, "s-1");
        let mut run = Run::new(&definition, reading.clone(), RunOptions::default()).unwrap();
        for jump in jumps {
            let event = EventIx(jump.min(history.len() as u32 - 1));
            let cut = reading.log.cut(reading.clock, Bound::Event(event));
            let found = report(&mut one, &reading, cut);
            let wanted = Wanted::Partition("s-1");
            let whole = project(&mut run, &cut, wanted, &Task::new()).unwrap();
            prop_assert_eq!(found.state.unwrap_or_default(), whole.state.unwrap_or_default());
            // Another way there leads to the same, blame and all.
            let again = report(&mut by(&definition, &reading, "s-1"), &reading, cut);
            let found = report(&mut one, &reading, cut);
            prop_assert_eq!(found, again);
        }
    }

    #[test]
    fn merging_is_the_default_fold_but_for_values_that_are_repeated(history in history()) {
        let reading = reading(&history);
        let Some(ix) = stream(&reading, "s-1") else { return Ok(()) };
        let merge = Definition::read("merge.json".as_ref(), r#"{"fold":"merge"}"#).unwrap();
        let head = reading.log.at_head();
        let own = report(&mut by(&merge, &reading, "s-1"), &reading, head);
        let task = Task::new();
        let source = Source { log: &reading.log, payloads: &*reading.payloads, task: &task };
        let series = Series::new(ix, FoldRules::default());
        let default = state(&series, source, &request(head)).unwrap();
        prop_assert_eq!(&own.state, &default.state);
        prop_assert_eq!(&own.changed, &default.changed);
        let blamed = |report: &StateReport| -> Vec<(String, String)> {
            let leaves = report.blame.iter().flatten();
            leaves.map(|(path, leaf)| {
                let by = leaf.changed_by.as_ref().unwrap_or(&leaf.set_by);
                (path.clone(), by.position.to_string())
            }).collect()
        };
        prop_assert_eq!(blamed(&own), blamed(&default));
    }
}

#[test]
fn changes_blame_and_failures_are_told() {
    let reading = reading(&[
        Made::new("s-1", "Added", r#"{"n":1}"#),
        Made::new("s-2", "Added", r#"{"n":9}"#),
        Made::new("s-1", "Named", r#"{"n":"x"}"#),
        Made::new("s-1", "Cleared", r#"{"n":7}"#),
        Made::new("s-1", "Added", r#"{"n":2}"#),
        Made::new("s-1", "Other", r#"{"n":2}"#),
    ]);
    let definition = script(SUMS);
    let mut one = by(&definition, &reading, "s-1");
    let cut = |event| reading.log.cut(reading.clock, Bound::Event(EventIx(event)));
    let found = report(&mut one, &reading, cut(4));
    assert_eq!(
        found.state,
        Some(json!({ "sum": 3, "tags": { "1": true, "2": true }, "last": null, "name": "x" }))
    );
    assert_eq!(found.changed, ["/sum", "/tags/2"]);
    assert_eq!(found.not_folded, 1);
    assert_eq!(
        found.notices[0].message,
        "1 event of this stream made the projection fail and left the state as it was: too much (line 5, column 47)"
    );
    let blame: Vec<(String, i64)> = found
        .blame
        .unwrap()
        .into_iter()
        .map(|(path, leaf)| (path, leaf.set_by.position.position.0))
        .collect();
    let expected = [
        ("/sum", 5),
        ("/tags/1", 1),
        ("/tags/2", 5),
        ("/last", 1),
        ("/name", 3),
    ];
    assert_eq!(blame, expected.map(|(path, by)| (path.to_owned(), by)));
    // What no handler takes changes nothing.
    assert_eq!(
        report(&mut one, &reading, cut(5)).changed,
        Vec::<String>::new()
    );
    let before = one.at(cut(0), &Task::new()).unwrap();
    let after = one.at(cut(4), &Task::new()).unwrap();
    let told = told(&reading.log, &before, Some(&after), &request(cut(0)));
    let paths: Vec<String> = told.diff.unwrap().into_iter().map(|one| one.path).collect();
    assert_eq!(paths, ["/sum", "/tags/2", "/name"]);
}

#[test]
fn a_state_may_be_a_number_and_may_be_filtered_out() {
    let reading = reading(&[
        Made::new("s-1", "A", "{}"),
        Made::new("s-1", "A", "{}"),
        Made::new("s-1", "A", "{}"),
    ]);
    let cut = |event| reading.log.cut(reading.clock, Bound::Event(EventIx(event)));
    let counts = r#"{"fold":"counts","by":"stream"}"#;
    let counts = Definition::read("counts.json".as_ref(), counts).unwrap();
    let mut one = by(&counts, &reading, "s-1");
    let found = report(&mut one, &reading, cut(2));
    assert_eq!(
        (found.state, found.changed),
        (Some(json!(3)), vec![String::new()])
    );
    let blame = found.blame.unwrap();
    assert_eq!((blame.len(), blame[0].0.as_str()), (1, ""));
    assert_eq!(blame[0].1.set_by.position.position.0, 3);

    let filtered = script(
        "fromAll().foreachStream().when({ $init: () => ({ n: 0 }), A(s) { s.n += 1; } }).filterBy(s => s.n !== 2)",
    );
    let mut one = by(&filtered, &reading, "s-1");
    let states = [0, 1, 2].map(|event| report(&mut one, &reading, cut(event)).state.unwrap());
    assert_eq!(states, [json!({ "n": 1 }), json!(null), json!({ "n": 3 })]);
}

#[test]
fn what_has_no_state_of_a_stream_says_so() {
    let reading = reading(&[Made::new("s-1", "A", "{}"), Made::new("s-1", "A", "{}")]);
    let stream = stream(&reading, "s-1").unwrap();
    let tried = |text: &str| {
        let options = RunOptions::default();
        StreamState::new(&script(text), &reading, &options, stream)
    };
    for text in [
        "fromAll().when({ A(s) {} })",
        "fromAll().partitionBy(e => e.streamId).when({ A(s) {} })",
    ] {
        assert!(
            matches!(tried(text), Err(StreamStateError::NotPerStream)),
            "{text}"
        );
    }
    let endless =
        tried("fromAll().foreachStream().when({ A(s, e) { while (e.sequenceNumber) {} } })");
    let stopped = endless.unwrap().at(reading.log.at_head(), &Task::new());
    let error = stopped.unwrap_err().to_string();
    assert!(error.starts_with("it was stopped at #"), "{error}");
    assert!(
        error.contains("a handler took too long and was stopped"),
        "{error}"
    );
}
