//! Where handlers fail: rows and steps are of a partition's own events.

use asof::worker::PartitionRow;

use super::*;

/// Withdrawals always fail, and so do large deposits.
const WITHDRAWALS: &str = "fromCategory('account').foreachStream().when({
  $init: () => ({ n: 0 }),
  MoneyDeposited(s, e) { s.n += 1; if (e.data.amount > 500) throw new Error('too rich'); },
  MoneyWithdrawn(s, e) { s.w = null.foo; },
})";

#[test]
fn rows_and_steps_are_of_the_partitions_own_events() {
    let mut window = projections("bank.db");
    begin(&mut window, WITHDRAWALS);
    let (rows, dead, log) = {
        let told = window.state().model().answers.projected.current();
        let told = told.expect("there").as_ref().expect("sound");
        (told.rows.clone(), told.dead.clone(), told.log.clone())
    };
    assert!(rows.len() > 5);
    for row in rows.iter() {
        assert_eq!(log.stream_name(log.stream(row.last)), &*row.name);
    }
    let has_failed_since = |row: &&PartitionRow| {
        let mut own = dead
            .iter()
            .filter(|letter| letter.partition.as_deref() == Some(&*row.name));
        own.any(|letter| letter.event > row.last)
    };
    let row = rows.iter().find(has_failed_since).expect("a row");
    let name = {
        let labels = window.query_all_by_role(Role::Row);
        let mut labels = labels.filter_map(|row| row.accesskit_node().label());
        labels
            .find(|label| label.starts_with(&*row.name))
            .expect("in sight")
    };
    click(&mut window, Role::Row, &name);
    let around = || {
        let told = window.state().model().answers.projected.current();
        let told = told.expect("there").as_ref().expect("sound");
        (
            told.around.clone().expect("steps").0,
            told.place.expect("a stream"),
        )
    };
    let (around, (at, all)) = around();
    assert_eq!(log.stream_name(log.stream(around.event)), &*row.name);
    let error = around.failed.expect("its last event failed");
    assert!(around.event > row.last && at <= all);
    window.get_by_role_and_label(Role::ColumnHeader, &format!("Its handler failed: {error}"));
    click(&mut window, Role::Button, "Previous event of the partition");
    let cursor = window.state().model().cursor.bound();
    assert_eq!(
        cursor,
        Bound::Event(around.previous.expect("one before it"))
    );
    click(&mut window, Role::Button, "Next event of the partition");
    assert_eq!(
        window.state().model().cursor.bound(),
        Bound::Event(around.event)
    );
}

#[test]
fn what_is_run_before_there_are_definitions_runs_when_they_have_come() {
    let mut window = open_app(&sample("bank.db"));
    window
        .get_by_role_and_label(Role::Button, "Projections")
        .click();
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    for _ in 0..3 {
        settle(&mut window);
    }
    assert_eq!(results(&window), expected(&window, "balances.js"));
}

#[test]
fn a_text_that_does_not_hold_is_not_offered_to_be_run() {
    let mut window = projections("bank.db");
    begin(&mut window, FAILS);
    let before = |window: &Window| {
        window
            .query_all_by_label_contains("Before the edit: ")
            .count()
    };
    assert_eq!(before(&window), 0);
    for (text, holds) in [("fromAll().when({", false), ("fromAll().when({})", true)] {
        write(&mut window, text);
        let run = window.get_by_role_and_label(Role::Button, "Run to cursor");
        assert_eq!(!run.accesskit_node().is_disabled(), holds, "{text}");
        assert!(before(&window) > 0);
    }
}

#[test]
fn what_a_projection_holds_is_copied_with_its_moment() {
    let mut window = projections("bank.db");
    let copied = |window: &mut Window| {
        window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
        for _ in 0..3 {
            settle(window);
        }
        window.state().copied().unwrap_or_default().to_owned()
    };
    assert_eq!(copied(&mut window), "", "nothing was run");
    move_to(&mut window, "2024-12-31 23:59");
    press(&mut window, Key::Enter);
    let all = copied(&mut window);
    let moment = window.state().model().moment();
    let head = format!("As of {moment}, balances.js holds:\n");
    assert!(moment.starts_with("2024-12-31 23:59:00"), "{moment}");
    assert!(all.starts_with(&head), "{all}");
    assert!(all.ends_with("Store: bank.db."), "{all}");
    let (name, result) = {
        let told = window.state().model().answers.projected.current();
        let row = told.expect("there").as_ref().expect("sound").rows[1].clone();
        (row.name.to_string(), row.result)
    };
    select(&mut window, &name);
    let one = copied(&mut window);
    assert_eq!(one, format!("{head}{name}: {result:#}\nStore: bank.db."));
}
