//! Laws of going through a projection event by event, and of what is tried again.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::script::Limits;
use super::testing::{Made, grown, reading};
use super::{
    Break, Definition, Known, Measured, Reading, Run, RunOptions, SnapshotStrategy, Towards,
    Wanted, Worded, project, retried,
};
use crate::log::{Bound, NoTables, TableSource};
use crate::model::{EventIx, Task};

const SUMS: &str = r"
fromAll().partitionBy(e => e.data.who).when({
  $init: () => ({ sum: 0, count: 0 }),
  Added(s, e) { s.sum += e.data.n; s.count += 1; log(e.position); },
  Taken(s, e) {
    s.sum -= e.data.n;
    if (e.data.n > 7) throw new Error('too much');
    s.count += 1;
    emit('taken', 'Taken', {});
  },
}).transformBy(s => ({ ...s, double: 2 * s.sum }))";

fn history() -> impl Strategy<Value = Vec<Made>> {
    let event = (0..3_u32, any::<bool>(), 0..10_i64);
    prop::collection::vec(event, 1..50).prop_map(|events| {
        let made = events.into_iter().map(|(who, adds, n)| {
            let event_type = if adds { "Added" } else { "Taken" };
            Made::new("s", event_type, &format!(r#"{{"who":"{who}","n":{n}}}"#))
        });
        made.collect()
    })
}

fn run(reading: &Reading) -> Run {
    let options = RunOptions {
        strategy: Some(SnapshotStrategy::Periodic { every: 7 }),
        ..RunOptions::default()
    };
    Run::new(&Definition::Script(SUMS.into()), reading.clone(), options).unwrap()
}

fn at(reading: &Reading, event: EventIx) -> crate::log::Cut {
    reading.log.cut(reading.clock, Bound::Event(event))
}

fn at_most(reading: &Reading, count: u32) -> crate::log::Cut {
    let bound = count
        .checked_sub(1)
        .map_or(Bound::Start, |last| Bound::Event(EventIx(last)));
    reading.log.cut(reading.clock, bound)
}

proptest! {
    #[test]
    fn steps_forward_are_steps_back(history in history(), start in 0..50_u32) {
        let reading = reading(&history);
        let (mut run, task) = (run(&reading), Task::new());
        let towards = Towards { partition: Some("1"), breaks: &[] };
        let mut from = EventIx(start.min(history.len() as u32 - 1));
        let mut last: Option<(EventIx, Option<Worded>)> = None;
        while let Some(event) = run.next_stop(from, towards, &task).unwrap() {
            let around = run.around(&Known::at(&at(&reading, event), &reading.log), "1", &task).unwrap().unwrap();
            prop_assert_eq!(around.event, event);
            let state = around.after.as_ref().unwrap().json();
            if around.failed.is_some() {
                prop_assert_eq!(&around.before, &around.after);
            }
            // A first event that failed leaves no result behind.
            let is_first = state.get("double").is_none();
            prop_assert!(!is_first || around.failed.is_some());
            let after = state["sum"].as_f64().unwrap();
            prop_assert_eq!(state["double"].as_f64().unwrap_or(2.0 * after), 2.0 * after);
            if let Some((previous, state)) = last {
                prop_assert_eq!(around.previous, Some(previous));
                prop_assert!(around.before == state || is_first);
            }
            last = Some((event, around.after.clone().filter(|_| !is_first)));
            from = EventIx(event.0 + 1);
        }
    }

    #[test]
    fn a_partition_is_as_of_its_own_events_whatever_fails(
        history in history(),
        moments in prop::collection::vec(0..50_u32, 1..6),
    ) {
        let reading = reading(&history);
        let (mut run, task) = (run(&reading), Task::new());
        for moment in moments.into_iter().map(|moment| moment.min(history.len() as u32 - 1)) {
            let cut = at(&reading, EventIx(moment));
            let all = |run: &mut Run| {
                let moment = run.at(&cut, &task).unwrap();
                moment.iter().map(|(name, held)| (name.to_owned(), held)).collect::<Vec<_>>()
            };
            let known = Known::at(&cut, &reading.log);
            let around = run.around(&known, "1", &task).unwrap();
            let own = |made: &Made| made.payload.contains(r#""who":"1""#);
            let own = history[..=moment as usize].iter().rposition(own);
            prop_assert_eq!(around.map(|around| around.event.0 as usize), own);
            prop_assert_eq!(all(&mut run), all(&mut self::run(&reading)));
        }
    }

    #[test]
    fn a_run_stops_where_a_path_changes(history in history()) {
        let reading = reading(&history);
        let (mut run, task) = (run(&reading), Task::new());
        let breaks = [Break::read("sum < -5", |_| false).unwrap()];
        let towards = Towards { partition: Some("0"), breaks: &breaks };
        let found = run.next_stop(EventIx(0), towards, &task).unwrap();
        // The same by looking at each moment.
        let mut first = None;
        for event in (0..history.len() as u32).map(EventIx) {
            let report = project(&mut run, &at(&reading, event), Wanted::Partition("0"), &task);
            let state = report.unwrap().state.unwrap();
            if state["sum"].as_f64().is_some_and(|sum| sum < -5.0) {
                first = Some(event);
                break;
            }
        }
        prop_assert_eq!(found, first);
    }

    #[test]
    fn a_run_goes_on_in_a_log_that_has_grown(history in history(), first in 0..50_usize) {
        let first = first.min(history.len());
        let (before, after) = grown(&history, first);
        prop_assert_eq!(before.log.generation(), after.log.generation());
        let open = r#"{"fold":"open","opened":["Added"],"closed":["Taken"],"by":"who"}"#;
        let figures = r#"{"fold":"figures","field":"n","by":"who"}"#;
        let merge = r#"{"fold":"merge"}"#;
        let built_in = |text| Definition::read("x.json".as_ref(), text).unwrap();
        let all = [
            Definition::Script(SUMS.into()),
            built_in(open),
            built_in(figures),
            built_in(merge),
        ];
        let task = Task::new();
        for definition in all {
            let begin = |reading: &Reading| {
                Run::new(&definition, reading.clone(), RunOptions::default()).unwrap()
            };
            let mut run = begin(&before);
            run.advance(&task).unwrap();
            run.grow(after.clone());
            run.advance(&task).unwrap();
            for at in [first as u32 / 2, first as u32, history.len() as u32] {
                let cut = at_most(&after, at);
                let found = project(&mut run, &cut, Wanted::All, &task).unwrap();
                let fresh = project(&mut begin(&after), &cut, Wanted::All, &task).unwrap();
                prop_assert_eq!(found.states, fresh.states);
                prop_assert_eq!(found.state, fresh.state);
                prop_assert_eq!(found.dead_letters, fresh.dead_letters);
                prop_assert_eq!(found.logged, fresh.logged);
            }
        }
    }

    #[test]
    fn what_handlers_say_is_said_once(history in history(), moments in prop::collection::vec(0..50_u32, 1..5)) {
        let reading = reading(&history);
        let (mut run, task) = (run(&reading), Task::new());
        for moment in moments {
            let cut = at(&reading, EventIx(moment));
            let report = project(&mut run, &cut, Wanted::All, &task).unwrap();
            let mut fresh = self::run(&reading);
            let expected = project(&mut fresh, &cut, Wanted::All, &task).unwrap();
            prop_assert_eq!(report.logged, expected.logged);
            prop_assert_eq!(report.output_count, expected.output_count);
        }
    }
}

#[test]
fn breaks_read_as_people_type_them() {
    let is_type = |name: &str| name == "Added";
    let read = |text| Break::read(text, is_type);
    assert_eq!(read("Added"), Some(Break::Type("Added".to_owned())));
    let path = Break::Changes("/items/0/price".to_owned());
    assert_eq!(read("items.0.price"), Some(path.clone()));
    assert_eq!(read("/items/0/price"), Some(path));
    assert!(matches!(read("sum <= -1.50"), Some(Break::Becomes(path, ..)) if path == "/sum"));
    for nothing in ["", "sum <", "< 5", "sum < five", "two words"] {
        assert_eq!(read(nothing), None, "{nothing}");
    }
}

#[test]
fn dead_letters_are_tried_again_on_the_state_they_met() {
    let reading = reading(&[
        Made::new("s", "Added", r#"{"who":"a","n":20}"#),
        Made::new("s", "Taken", r#"{"who":"a","n":9}"#),
        Made::new("s", "Added", r#"{"who":"a","n":1}"#),
        Made::new("s", "Taken", r#"{"who":"a","n":8}"#),
    ]);
    let task = Task::new();
    let mut run = run(&reading);
    let moment = run.at(&reading.log.at_head(), &task).unwrap();
    let mended = SUMS.replace("e.data.n > 7", "e.data.n > 8");
    let tables: Arc<dyn TableSource> = Arc::new(NoTables);
    let within = (Limits::default(), &tables);
    let again = |text: &str| {
        let dead = &moment.dead;
        retried(&text.into(), &reading, within, dead, &task).unwrap()
    };
    let told = again(&mended);
    assert_eq!(told[0].event, EventIx(1));
    assert_eq!(told[0].outcome.as_ref().unwrap_err().message, "too much");
    // 20 + 1 - 8: without the letter that is still dead.
    let state = told[1].outcome.clone().unwrap();
    assert_eq!(state, Some(json!({ "sum": 13, "count": 3 }).into()));
    let broken = again("from(");
    assert!(broken.iter().all(|one| one.outcome.is_err()));
}

#[test]
fn what_all_share_is_as_before_an_event_that_failed_and_is_when_it_is_tried_again() {
    let events: Vec<Made> = (1..=12)
        .map(|n| Made::new("s", "Added", &format!(r#"{{"who":"{}","n":{n}}}"#, n % 3)))
        .collect();
    let reading = reading(&events);
    let text = |from: u32| {
        format!(
            "fromAll().partitionBy(e => e.data.who).when({{
               $initShared: () => ({{ all: 0 }}), $init: () => ({{ own: 0 }}),
               $any([s, shared], e) {{
                 s.own += e.data.n; shared.all += e.data.n;
                 if (e.data.n % 4 === 0 && e.data.n >= {from}) throw new Error('no');
                 s.seen = shared.all;
                 return [s, shared];
               }} }})"
        )
    };
    let task = Task::new();
    for every in [1, 2, 5, 100] {
        let options = RunOptions {
            strategy: Some(SnapshotStrategy::Periodic { every }),
            ..RunOptions::default()
        };
        let definition = Definition::Script(text(0).as_str().into());
        let mut run = Run::new(&definition, reading.clone(), options).unwrap();
        run.advance(&task).unwrap();
        let moment = run.at(&reading.log.at_head(), &task).unwrap();
        let shared = moment.get("\0shared").unwrap();
        // 78 without 4, 8 and 12.
        assert_eq!(run.text(&shared), r#"{"all":54}"#, "{every}");
        let of = |name: &str| run.text(&moment.get(name).unwrap());
        assert_eq!(of("2"), r#"{"own":18,"seen":54}"#);
        let tables: Arc<dyn TableSource> = Arc::new(NoTables);
        let within = (Limits::default(), &tables);
        let mended = text(10);
        let told = retried(
            &mended.as_str().into(),
            &reading,
            within,
            &moment.dead,
            &task,
        );
        let told = told.unwrap().into_iter();
        let told: Vec<_> = told.map(|one| one.outcome.ok().flatten()).collect();
        let state = |own: u32, seen: u32| Some(json!({ "own": own, "seen": seen }).into());
        assert_eq!(told, [state(5, 10), state(15, 32), None], "{every}");
    }
}

#[test]
fn every_strategy_can_be_measured() {
    let events: Vec<Made> = (0..300)
        .map(|n| Made::new("s", "Added", &format!(r#"{{"who":"{}","n":1}}"#, n % 5)))
        .collect();
    let reading = reading(&events);
    let definition = Definition::Script(SUMS.into());
    for (strategy, least) in [
        (SnapshotStrategy::Periodic { every: 50 }, 6),
        (SnapshotStrategy::Threshold { changes: 50 }, 5),
        (SnapshotStrategy::Eager, 300),
        (SnapshotStrategy::Lazy, 100),
    ] {
        let options = RunOptions::default();
        let mut measured = Measured::new(&definition, &reading, &options, strategy).unwrap();
        let task = Task::new();
        measured.build(&task).unwrap();
        while measured.jump(&task).unwrap() {}
        let cost = measured.told();
        assert!(cost.snapshots >= least && cost.bytes > 0, "{cost:?}");
        assert!(cost.replayed.p50 <= cost.replayed.p99, "{cost:?}");
    }
}
