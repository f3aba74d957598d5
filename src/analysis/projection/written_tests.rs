//! States that JSON has no words for: one that is no JSON stops a run at the event that made it so,
//! whatever moment is asked and however snapshots are kept; one that only loses something on the way to
//! JSON is the same after it was saved, and is told of.

use std::sync::Arc;

use proptest::prelude::*;

use super::script::entries;
use super::testing::{Made, reading};
use super::{
    Definition, Known, Limits, Moment, OddReport, Reading, Run, RunOptions, Script,
    SnapshotStrategy, Stopped, WHOLE, Wanted, compare, dead_letter, project, repeated, retried,
};
use crate::log::{Bound, Clock, NoTables, TableSource};
use crate::model::{EventIx, Task, Timestamp};

fn run(definition: &str, reading: &Reading, strategy: Option<SnapshotStrategy>) -> Run {
    let options = RunOptions {
        strategy,
        ..RunOptions::default()
    };
    let definition = Definition::Script(definition.into());
    Run::new(&definition, reading.clone(), options).unwrap()
}

fn strategies() -> impl Strategy<Value = SnapshotStrategy> {
    prop_oneof![
        (1..20_u32).prop_map(|every| SnapshotStrategy::Periodic { every }),
        (1..9_u32).prop_map(|changes| SnapshotStrategy::Threshold { changes }),
        Just(SnapshotStrategy::Eager),
        Just(SnapshotStrategy::Lazy),
    ]
}

/// States with what JSON has no words for in them, and where the run stopped.
fn told(run: &Run, moment: &Moment) -> (Vec<(String, String, String)>, u64, Option<Stopped>) {
    let states = moment.iter().map(|(name, held)| {
        let odd = run.result_value(&held).unwrap().map(|state| state.odd());
        (name.to_owned(), run.text(&held), format!("{odd:?}"))
    });
    let mut states: Vec<_> = states.collect();
    states.sort();
    (states, moment.counts.processed, moment.stopped.clone())
}

fn added(n: u32) -> Made {
    Made::new(&format!("s-{}", n % 3), "Added", &format!(r#"{{"n":{n}}}"#))
}

const CIRCULAR: &str = r"
fromAll().foreachStream().when({
  $init: () => ({ sum: 0 }),
  Added(s, e) { s.sum += e.data.n; if (e.data.n === 1234) s.self = s; },
})";

#[test]
fn a_state_that_is_no_json_stops_at_the_event_that_made_it_so() {
    let events: Vec<Made> = (0..3000).map(added).collect();
    let reading = reading(&events);
    let task = Task::new();
    let at = EventIx(1234);
    let mut lazy = run(CIRCULAR, &reading, Some(SnapshotStrategy::Lazy));
    let before = lazy.at(
        &reading
            .log
            .cut(Clock::Recorded, Bound::Event(EventIx(1233))),
        &task,
    );
    let (states, processed, _) = told(&lazy, &before.unwrap());
    assert_eq!((states.len(), processed), (3, 1234));
    for strategy in [
        None,
        Some(SnapshotStrategy::Lazy),
        Some(SnapshotStrategy::Eager),
        Some(SnapshotStrategy::Periodic { every: 700 }),
    ] {
        let mut run = run(CIRCULAR, &reading, strategy);
        for moment in [1234, 1235, 2000, 2999] {
            let cut = reading
                .log
                .cut(Clock::Recorded, Bound::Event(EventIx(moment)));
            let moment = run.at(&cut, &task).unwrap();
            let found = told(&run, &moment);
            assert_eq!((&found.0, found.1), (&states, 1234), "{strategy:?}");
            let Some(Stopped::Fatal(event, error)) = found.2 else {
                panic!("not stopped");
            };
            assert_eq!(event, at);
            assert!(error.message.contains("circular"), "{error}");
        }
        run.advance(&task).unwrap();
        assert_eq!(run.stopped().map(Stopped::event), Some(at));
        assert_eq!(run.done(), at);
    }
}

#[test]
fn beyond_a_hole_it_stops_at_that_event_as_well() {
    let times = [10, 20, 90, 30, 40, 50];
    let events = (0..).zip(times).map(|(n, time)| {
        let payload = format!(r#"{{"n":{}}}"#, if n == 4 { 1234 } else { n });
        Made::new("s-1", "Added", &payload).at(time)
    });
    let reading = reading(&events.collect::<Vec<_>>());
    let cut = reading.log.cut(
        Clock::Recorded,
        Bound::Time(Timestamp::from_micros(60_000_000)),
    );
    assert!(!Known::at(&cut, &reading.log).is_prefix());
    let mut run = run(CIRCULAR, &reading, None);
    let moment = run.at(&cut, &Task::new()).unwrap();
    let (states, processed, stopped) = told(&run, &moment);
    assert_eq!(states[0].1, r#"{"sum":4}"#);
    assert_eq!(
        (processed, stopped.map(|at| at.event())),
        (3, Some(EventIx(4)))
    );
}

/// What is left of a state after it was saved shows in the next event.
const ODD: &str = r"
fromAll().partitionBy(e => 'p' + e.data.n % 2).when({
  $init: () => ({ seen: new Set(), by: new Map(), mean: NaN, most: -Infinity }),
  Added(s, e) {
    const n = e.data.n;
    s.seen.add(n % 5);
    s.by.set(n % 4, { times: (s.by.get(n % 4) || { times: 0 }).times + 1 });
    s.mean = n % 3 === 0 ? NaN : n;
    s.still = Number.isNaN(s.mean);
    s.most = Math.max(s.most, n % 7 === 0 ? -Infinity : n);
    s.count = s.seen.size + s.by.size;
    if (n % 11 === 0) throw new Error('no');
    s.f = n % 6 === 0 ? () => n : null;
  },
})";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_json_has_no_words_for_outlives_a_snapshot(
        numbers in prop::collection::vec(0..40_u32, 0..60),
        strategy in strategies(),
        jumps in prop::collection::vec(0..60_u32, 1..6),
    ) {
        let events: Vec<Made> = numbers.into_iter().map(added).collect();
        let reading = reading(&events);
        let task = Task::new();
        let mut one = run(ODD, &reading, Some(strategy));
        one.advance(&task).unwrap();
        for at in jumps.into_iter().filter(|at| (*at as usize) < events.len()) {
            let cut = reading.log.cut(Clock::Recorded, Bound::Event(EventIx(at)));
            let mut fresh = run(ODD, &reading, Some(SnapshotStrategy::Lazy));
            let (through, anew) = (one.at(&cut, &task).unwrap(), fresh.at(&cut, &task).unwrap());
            prop_assert_eq!(told(&one, &through), told(&fresh, &anew));
        }
    }
}

#[test]
fn what_json_has_no_words_for_is_told_of() {
    let reading = reading(&[added(3), added(4)]);
    let definition = r"
      fromAll().when({
        $init: () => ({ null: null, list: [1, NaN], 'a/b': { deep: new Map() }, f: () => 1 }),
        Added(s, e) { if (e.data.n === 4) s.list = []; },
      })";
    let mut run = run(definition, &reading, None);
    let mut places = |at| {
        let cut = reading.log.cut(Clock::Recorded, Bound::Event(EventIx(at)));
        let moment = run.at(&cut, &Task::new()).unwrap();
        let held = moment.get(WHOLE).unwrap();
        let odd = run.result_value(&held).unwrap().unwrap().odd();
        let odd = odd
            .iter()
            .map(|odd| format!("{} {} {}", odd.path, odd.what, odd.told_as()));
        (run.text(&held), odd.collect::<Vec<_>>())
    };
    let map = "/a~1b/deep Map {}";
    let (state, odd) = places(0);
    assert_eq!(state, r#"{"null":null,"list":[1,null],"a/b":{"deep":{}}}"#);
    assert_eq!(odd, ["/list/1 NaN null", map, "/f function nothing"]);
    assert_eq!(places(1).1, [map, "/f function nothing"]);
}

#[test]
fn a_table_that_is_not_there_stops_before_the_run() {
    let reading = reading(&[added(1)]);
    let definition = "fromAll().when({ Added(s, e) { s.device = lookup('devices', e.data.n); } })";
    let definition = Definition::Script(definition.into());
    let error = Run::new(&definition, reading, RunOptions::default());
    let error = error.err().map(|error| error.to_string());
    assert_eq!(
        error.as_deref(),
        Some("lookup(): there is no table devices; the store has none")
    );
}

#[test]
fn what_makes_results_of_states_sees_them_as_handlers_do() {
    let reading = reading(&[added(3), added(4), added(6)]);
    let definition = r"
      fromAll().foreachStream().when({
        $init: () => ({ seen: new Map() }),
        Added(s, e) { s.seen.set(e.data.n, e.position); },
      })
      .filterBy(s => s.seen.size > 1)
      .transformBy(s => ({ seen: [...s.seen.keys()] }))";
    let mut run = run(definition, &reading, None);
    let cut = reading.log.cut(Clock::Recorded, Bound::Head);
    let moment = run.at(&cut, &Task::new()).unwrap();
    let results = moment.iter().filter_map(|(name, held)| {
        let value = run.result_value(&held).unwrap()?;
        Some(format!("{name} {}", value.json()))
    });
    let results: Vec<String> = results.collect();
    assert_eq!(results, [r#"s-0 {"seen":[3,6]}"#]);
}

#[test]
fn what_json_has_no_words_for_in_a_result_is_told_of_that_result() {
    let reading = reading(&[added(3), added(4), added(6)]);
    let definition = r"
      fromAll().foreachStream().when({
        $init: () => ({ seen: new Map(), n: 0 }),
        Added(s, e) { s.seen.set(e.data.n, 1); s.n += e.data.n; },
      })
      .transformBy(s => ({ mean: s.n / 0, sum: s.n, all: [s.seen], none: s.nope * 1 }))
      .filterBy(s => s.sum > 4)";
    let mut run = run(definition, &reading, None);
    let cut = reading.log.cut(Clock::Recorded, Bound::Head);
    let mut told = |wanted| {
        let report = project(&mut run, &cut, wanted, &Task::new()).unwrap();
        let places = report.not_json.iter().map(|one| {
            let OddReport {
                partition,
                path,
                value,
                told_as,
                last_event,
            } = one;
            format!("{partition} {path} {value} {told_as} {last_event}")
        });
        (report.partitions, report.state, places.collect::<Vec<_>>())
    };
    let (partitions, _, places) = told(Wanted::All);
    let own = [
        "s-0 /mean Infinity null #3",
        "s-0 /all/0 Map {} #3",
        "s-0 /none NaN null #3",
    ];
    assert_eq!((partitions, &places[..]), (1, &own.map(str::to_owned)[..]));
    let (_, state, places) = told(Wanted::Partition("0"));
    let expected = r#"{"mean":null,"sum":9,"all":[{}],"none":null}"#;
    assert_eq!(state.unwrap().to_string(), expected);
    assert_eq!(places, own);
    // The state of another partition is filtered out, and so is what is odd in it.
    assert_eq!(told(Wanted::Partition("1")).2, [""; 0]);
}

#[test]
fn what_json_tells_the_same_of_is_told_apart() {
    let reading = reading(&[added(3), added(6)]);
    let with = |value: &str| {
        Definition::Script(
            format!("fromAll().when({{ $init: () => ({{}}), Added(s, e) {{ s.n = {value}; }} }})")
                .as_str()
                .into(),
        )
    };
    let cut = reading.log.cut(Clock::Recorded, Bound::Head);
    let differ = |a: &str, b: &str| {
        let pair = [&with(a), &with(b)];
        let found = compare(pair, &reading, &RunOptions::default(), &cut, &Task::new()).unwrap();
        let places = found.differing.iter().flat_map(|one| &one.paths);
        let told = places.map(|place| {
            let [a, b] = place.words();
            format!("{} {a} {b}", place.path)
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(differ("s.nope * 1", "null"), ["/n NaN null"]);
    assert_eq!(differ("1 / 0", "-1 / 0"), ["/n Infinity -Infinity"]);
    assert_eq!(differ("new Set([e.data.n])", "{}"), ["/n Set {}"]);
    assert_eq!(
        differ("new Set([1])", "new Set([e.data.n])"),
        ["/n/1 1 nothing", "/n/6 nothing 6"]
    );
    assert_eq!(differ("{ a: NaN, b: 1 }", "{ a: 2, b: 1 }"), ["/n/a NaN 2"]);
    for same in ["NaN", "[1, () => 1]", "new Map([[1, { a: [2] }]])"] {
        assert_eq!(differ(same, same), [""; 0]);
    }
    // What is only in a Map is delivered twice as well.
    let definition = Definition::Script(
        "fromAll().when({ $init: () => ({ m: new Map() }),
           Added(s, e) { s.m.set('n', (s.m.get('n') || 0) + 1); } })"
            .into(),
    );
    let options = RunOptions::default();
    let found = repeated(&definition, &reading, &options, &cut, &Task::new()).unwrap();
    assert_eq!(found.violations[0].path, "/m/n");
    assert_eq!(found.order, []);
}

#[test]
fn a_dead_letter_is_tried_again_on_the_very_state_that_its_handler_met() {
    let reading = reading(&[added(3), added(6)]);
    let failing = |fails: &str| {
        format!(
            "fromAll().foreachStream().when({{ $init: () => ({{ m: new Map() }}),
               Added(s, e) {{ if ({fails}) throw new Error('no'); s.m.set(e.data.n, NaN); }} }})"
        )
    };
    let mut run = run(&failing("e.data.n === 6"), &reading, None);
    let cut = reading.log.cut(Clock::Recorded, Bound::Head);
    let dead = run.at(&cut, &Task::new()).unwrap().dead;
    assert_eq!(dead.len(), 1);
    let report = dead_letter(&reading, &dead[0]);
    assert_eq!(report.state_before.unwrap().to_string(), r#"{"m":{}}"#);
    let tables: Arc<dyn TableSource> = Arc::new(NoTables);
    let within = (Limits::default(), &tables);
    let mended = Script::from(&*failing("false"));
    let again = retried(&mended, &reading, within, &dead, &Task::new()).unwrap();
    let state = again[0].outcome.clone().unwrap().unwrap();
    assert_eq!(entries(state.whole().pointer("/m").unwrap()), Some(2));
}
