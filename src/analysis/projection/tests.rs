//! Laws of runs: any moment through checkpoints is a fresh replay to it, for each strategy.

use std::sync::Arc;

use proptest::prelude::*;

use super::testing::{Made, reading};
use super::{
    Counts, Definition, JUMPS, Measured, Moment, OnError, Reading, Run, RunOptions,
    SnapshotStrategy, Stopped, WHOLE,
};
use crate::log::{Bound, Clock, Table, TableError, TableRow, TableSource};
use crate::model::{EventIx, Task, Timestamp};

const DEFINITION: &str = r"
fromAll().foreachStream().when({
  $init: () => ({ sum: 0, types: [] }),
  Added(s, e) { s.sum += e.data.n; s.types.push('A' + e.position); },
  Removed(s, e) {
    s.types.push('R');
    s.sum -= e.data.n;
    if (e.data.n > 7) throw new Error('too much');
    if (s.types.length > 6) s.types = [s.types.length];
  },
})";

/// One that keeps something outside its states.
const OUTSIDE: &str = r"
const seen = new Set();
let total = 0;
fromAll().foreachStream().when({
  $init: () => ({ sum: 0, types: [] }),
  Added(s, e) {
    if (seen.has(e.data.n)) return;
    seen.add(e.data.n);
    s.sum += ++total;
  },
  Removed(s, e) {
    s.types.push(++total);
    seen.delete(e.data.n);
    if (e.data.n > 7) throw new Error('too much');
  },
})";

fn history() -> impl Strategy<Value = Vec<Made>> {
    let event = (0..4_u32, any::<bool>(), 0..10_i64, -50..50_i64);
    prop::collection::vec(event, 0..60).prop_map(|events| {
        let made = events
            .into_iter()
            .enumerate()
            .map(|(at, (stream, adds, n, late))| {
                let event_type = if adds { "Added" } else { "Removed" };
                let payload = format!(r#"{{"n":{n}}}"#);
                // Clocks run backwards now and then.
                Made::new(&format!("s-{stream}"), event_type, &payload)
                    .at(1000 + 10 * at as i64 + late)
            });
        made.collect()
    })
}

fn strategy() -> impl Strategy<Value = SnapshotStrategy> {
    prop_oneof![
        (1..20_u32).prop_map(|every| SnapshotStrategy::Periodic { every }),
        (1..9_u32).prop_map(|changes| SnapshotStrategy::Threshold { changes }),
        Just(SnapshotStrategy::Eager),
        Just(SnapshotStrategy::Lazy),
    ]
}

/// States, counts and dead letters in a form that can be compared.
type Told = (
    Vec<(String, String)>,
    Counts,
    Vec<(EventIx, Option<String>)>,
);

fn told(run: &Run, moment: &Moment) -> Told {
    let mut states: Vec<_> = moment
        .iter()
        .map(|(name, held)| (name.to_owned(), run.text(&held)))
        .collect();
    states.sort();
    let dead = moment
        .dead
        .iter()
        .map(|dead| (dead.event, dead.state_before.clone()));
    (states, moment.counts, dead.collect())
}

fn told_at(run: &mut Run, cut: &crate::log::Cut) -> Told {
    let moment = run.at(cut, &Task::new()).unwrap();
    told(run, &moment)
}

/// The state of a partition.
fn state(run: &Run, moment: &Moment, partition: &str) -> Option<String> {
    Some(run.text(&moment.get(partition)?))
}

fn run(reading: &Reading, strategy: SnapshotStrategy, budget: usize) -> Run {
    run_of(DEFINITION, reading, strategy, budget)
}

fn run_of(definition: &str, reading: &Reading, strategy: SnapshotStrategy, budget: usize) -> Run {
    let options = RunOptions {
        strategy: Some(strategy),
        budget,
        ..RunOptions::default()
    };
    Run::new(
        &Definition::Script(definition.into()),
        reading.clone(),
        options,
    )
    .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_moment_is_a_fresh_replay_to_it(
        history in history(),
        strategy in strategy(),
        budget in prop_oneof![Just(usize::MAX), Just(4_000_usize)],
        jumps in prop::collection::vec((any::<bool>(), 0..70_u32), 1..8),
        first in any::<bool>(),
        definition in prop_oneof![Just(DEFINITION), Just(OUTSIDE)],
    ) {
        let reading = reading(&history);
        let task = Task::new();
        let run = |strategy, budget| run_of(definition, &reading, strategy, budget);
        let mut one = run(strategy, budget);
        if first {
            one.advance(&task).unwrap();
        }
        for (by_time, at) in jumps {
            let bound = match (by_time, at) {
                (true, at) => Bound::Time(Timestamp::from_micros(i64::from(1000 + 10 * at) * 1_000_000)),
                (false, 0) => Bound::Start,
                (false, at) if (at as usize) <= history.len() => Bound::Event(EventIx(at - 1)),
                (false, _) => Bound::Head,
            };
            let cut = reading.log.cut(Clock::Recorded, bound);
            let through = told_at(&mut one, &cut);
            let mut fresh = run(SnapshotStrategy::Lazy, usize::MAX);
            let anew = told_at(&mut fresh, &cut);
            prop_assert_eq!(through, anew, "{:?}", bound);
        }
        one.advance(&task).unwrap();
        let head = reading.log.at_head();
        let mut fresh = run(SnapshotStrategy::Lazy, usize::MAX);
        prop_assert_eq!(told_at(&mut one, &head), told_at(&mut fresh, &head));
    }

    #[test]
    fn nothing_is_learnt_from_the_future(history in history(), at in 0..60_usize) {
        let all = reading(&history);
        let Some(time) = history.get(at).and_then(|made| made.time) else { return Ok(()) };
        let cut = all.log.cut(Clock::Recorded, Bound::Time(Timestamp::from_micros(time * 1_000_000)));
        let known: Vec<Made> = history
            .iter()
            .enumerate()
            .filter(|(at, _)| cut.holds(&all.log, EventIx(*at as u32)))
            .map(|(_, made)| made.clone())
            .collect();
        let part = reading(&known);
        let of = |reading: &Reading, cut: &crate::log::Cut| {
            let mut run = run(reading, SnapshotStrategy::Periodic { every: 4096 }, usize::MAX);
            let (states, counts, _) = told_at(&mut run, cut);
            // Positions are ranks, which a store cut short counts anew.
            let digits = |text: String| text.replace(|c: char| c.is_ascii_digit(), "");
            let states: Vec<_> = states.into_iter().map(|(name, state)| (name, digits(state))).collect();
            (states, counts)
        };
        prop_assert_eq!(of(&all, &cut), of(&part, &part.log.at_head()));
    }
}

#[test]
fn what_snapshots_cost_is_the_same_on_every_machine() {
    let events: Vec<Made> = (0..300)
        .map(|n| Made::new(&format!("s-{}", n % 7), "Added", &format!(r#"{{"n":{n}}}"#)))
        .collect();
    let reading = reading(&events);
    let (task, options) = (Task::new(), RunOptions::default());
    let cost = |strategy| {
        let definition = Definition::Script(DEFINITION.into());
        let mut one = Measured::new(&definition, &reading, &options, strategy).unwrap();
        one.build(&task).unwrap();
        let mut jumps = 0;
        while one.jump(&task).unwrap() {
            jumps += 1;
        }
        assert_eq!(jumps, JUMPS);
        one.told()
    };
    let periodic = cost(SnapshotStrategy::Periodic { every: 50 });
    assert_eq!(periodic.snapshots, 6);
    assert!(
        periodic.replayed.p50 > 0 && periodic.replayed.max < 50,
        "{periodic:?}"
    );
    let threshold = cost(SnapshotStrategy::Threshold { changes: 20 });
    assert!(
        threshold.replayed.max < 20 && threshold.snapshots == 15,
        "{threshold:?}"
    );
    let eager = cost(SnapshotStrategy::Eager);
    assert_eq!((eager.snapshots, eager.replayed.max), (300, 0), "{eager:?}");
    let lazy = cost(SnapshotStrategy::Lazy);
    assert!(
        lazy.bytes < eager.bytes && lazy.snapshots <= JUMPS as u64,
        "{lazy:?}"
    );
    assert!(lazy.replayed.max > periodic.replayed.max, "{lazy:?}");
    assert_eq!(cost(SnapshotStrategy::Lazy), lazy);
}

#[test]
fn what_handlers_say_is_told_as_of_the_moment_and_once() {
    let events: Vec<Made> = (0..20)
        .map(|n| Made::new("s-1", "Added", &format!(r#"{{"n":{n}}}"#)))
        .collect();
    let reading = reading(&events);
    let text = "fromAll().when({ Added(s, e) { emit('out', 'Seen', e.data); log(e.position); \
                if (e.data.n === 4) throw new Error('no'); } })";
    let options = RunOptions {
        on_error: OnError::Retry(2),
        strategy: Some(SnapshotStrategy::Periodic { every: 4 }),
        ..RunOptions::default()
    };
    let mut run = Run::new(&Definition::Script(text.into()), reading.clone(), options).unwrap();
    run.advance(&Task::new()).unwrap();
    for at in [9, 3, 19, 6, 9] {
        let cut = reading.log.cut(Clock::Recorded, Bound::Event(EventIx(at)));
        let told = run.at(&cut, &Task::new()).unwrap().told;
        // What the handler that failed would have written is not written; what it logged is.
        let outputs = u64::from(at) + 1 - u64::from(at >= 4);
        assert_eq!(
            (told.totals.outputs, told.outputs.len() as u64),
            (outputs, outputs)
        );
        assert_eq!(told.lines.len() as u32, at + 1);
    }
}

#[test]
fn a_run_that_stops_at_an_error_stays_there() {
    let reading = reading(&[
        Made::new("s-1", "Added", r#"{"n":1}"#),
        Made::new("s-1", "Removed", r#"{"n":9}"#),
        Made::new("s-1", "Added", r#"{"n":2}"#),
    ]);
    let task = Task::new();
    let options = RunOptions {
        on_error: OnError::Stop,
        ..RunOptions::default()
    };
    let mut run = Run::new(
        &Definition::Script(DEFINITION.into()),
        reading.clone(),
        options,
    )
    .unwrap();
    run.advance(&task).unwrap();
    let Some(Stopped::Failed(dead)) = run.stopped() else {
        panic!("not stopped");
    };
    assert_eq!((dead.event, dead.attempts), (EventIx(1), 1));
    let moment = run.at(&reading.log.at_head(), &task).unwrap();
    assert_eq!(
        state(&run, &moment, "s-1").as_deref(),
        Some(r#"{"sum":1,"types":["A1"]}"#)
    );

    let options = RunOptions {
        on_error: OnError::Retry(2),
        ..RunOptions::default()
    };
    let mut run = Run::new(
        &Definition::Script(DEFINITION.into()),
        reading.clone(),
        options,
    )
    .unwrap();
    let moment = run.at(&reading.log.at_head(), &task).unwrap();
    assert_eq!(moment.dead[0].attempts, 3);
    assert_eq!(
        state(&run, &moment, "s-1").as_deref(),
        Some(r#"{"sum":3,"types":["A1","A3"]}"#)
    );
}

/// A table whose reader calls a task off.
struct CallsOff(Task);

impl TableSource for CallsOff {
    fn tables(&self, _: &Task) -> Result<Vec<Table>, TableError> {
        Ok(vec![Table {
            name: "task".to_owned(),
            columns: vec!["id".to_owned()],
            key: vec!["id".to_owned()],
        }])
    }

    fn rows(&self, _: &Table, _: &Task, _: &mut dyn FnMut(TableRow)) -> Result<(), TableError> {
        Ok(())
    }

    fn rows_of(
        &self,
        _: &Table,
        _: &str,
        _: &str,
        _: usize,
        _: &Task,
    ) -> Result<Vec<TableRow>, TableError> {
        self.0.cancel();
        Ok(vec![TableRow::default()])
    }
}

#[test]
fn a_run_that_is_called_off_within_a_handler_goes_on_as_if_it_had_not_been() {
    let events: Vec<Made> = (0..40)
        .map(|n| Made::new(&format!("s-{}", n % 3), "Added", r#"{"n":1}"#))
        .collect();
    let reading = reading(&events);
    // Counts, calls the task off at one event, and takes longer to its end than it is given.
    let definition = |at: u32| {
        format!(
            "fromAll().foreachStream().when({{
               $init: () => ({{ before: 0, after: 0 }}),
               Added(s, e) {{
                 s.before += 1;
                 if (e.position === {at} && lookup('task', 'x')) {{
                   for (let i = 0; i < 2e6; i++) {{}}
                 }}
                 s.after += 1;
               }} }})"
        )
    };
    for at in [1, 2, 7, 33] {
        let called_off = Task::new();
        let options = RunOptions {
            strategy: Some(SnapshotStrategy::Periodic { every: 5 }),
            limits: super::Limits {
                interrupts: u32::MAX,
                backstop: std::time::Duration::from_secs(60),
                ..super::Limits::default()
            },
            tables: Arc::new(CallsOff(called_off.clone())),
            ..RunOptions::default()
        };
        let definition = Definition::Script(definition(at).into());
        let mut run = Run::new(&definition, reading.clone(), options).unwrap();
        assert!(run.advance(&called_off).is_err());
        assert!(run.done().0 < at);
        let moment = run.at(&reading.log.at_head(), &Task::new()).unwrap();
        for (n, count) in [(0, 14), (1, 13), (2, 13)] {
            let expected = format!(r#"{{"before":{count},"after":{count}}}"#);
            assert_eq!(state(&run, &moment, &format!("s-{n}")), Some(expected));
        }
    }
}

#[test]
fn categories_and_streams_are_selected() {
    let reading = reading(&[
        Made::new("order-1", "A", "{}"),
        Made::new("user-1", "A", "{}"),
        Made::new("order-2", "A", "{}"),
        Made::new("order-1", "B", "{}"),
    ]);
    let count = |from: &str| {
        let definition = format!("{from}.when({{ $init: () => 0, A: s => s + 1 }})");
        let mut run = Run::new(
            &Definition::Script(definition.into()),
            reading.clone(),
            RunOptions::default(),
        )
        .unwrap();
        let moment = run.at(&reading.log.at_head(), &Task::new()).unwrap();
        state(&run, &moment, WHOLE).unwrap_or_else(|| "none".to_owned())
    };
    for (from, found) in [
        ("fromAll()", "3"),
        ("fromStream('$all')", "3"),
        ("fromCategory('order')", "2"),
        ("fromStream('$ce-order')", "2"),
        ("fromCategories(['order', 'user'])", "3"),
        ("fromStreams('order-1', 'user-1')", "2"),
        ("fromStream('nobody')", "none"),
    ] {
        assert_eq!(count(from), found, "{from}");
    }
}
