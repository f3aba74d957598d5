//! The Projections view as a user meets it: a bundled definition that is run and follows the cursor, a
//! mistake that is shown with its place, steps, dead letters, and a run that is called off.

mod common;

#[path = "gui_projections/beside.rs"]
mod beside;
#[path = "gui_projections/failing.rs"]
mod failing;

use std::path::Path;
use std::time::{Duration, Instant};

use asof::analysis::projection::{
    Definition, Reading, Run, RunOptions, Wanted, project as project_report,
};
use asof::gui::App;
use asof::gui::model::View;
use asof::log::Bound;
use asof::model::Task;
use asof::workspace::Workspace;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use serde_json::Value;

use common::{open_app, open_app_in, settle};

type Window = Harness<'static, App>;

fn sample(name: &str) -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    folder.join(name)
}

fn projections(store: &str) -> Window {
    let mut window = open_app(&sample(store));
    click(&mut window, Role::Button, "Projections");
    assert_eq!(window.state().model().view, View::Projections);
    window
}

fn click(window: &mut Window, role: Role, name: &str) {
    window.get_by_role_and_label(role, name).click();
    settle(window);
}

fn press(window: &mut Window, key: Key) {
    window.key_press_modifiers(Modifiers::COMMAND, key);
    settle(window);
}

/// Puts a definition in place of the one that stands there, and waits until it was looked at.
fn write(window: &mut Window, text: &str) {
    let field = || (Role::MultilineTextInput, "Definition");
    let (role, name) = field();
    window.get_by_role_and_label(role, name).focus();
    settle(window);
    press(window, Key::A);
    window.get_by_role_and_label(role, name).type_text(text);
    for _ in 0..4 {
        settle(window);
    }
}

fn write_and_run(window: &mut Window, text: &str) {
    write(window, text);
    press(window, Key::Enter);
}

fn move_to(window: &mut Window, moment: &str) {
    press(window, Key::T);
    let field = window.get_by_role_and_label(Role::TextInput, "Moment");
    field.focus();
    field.type_text(moment);
    settle(window);
    window.key_press(Key::Enter);
    settle(window);
}

fn reading(window: &Window) -> Reading {
    let session = window.state().model().session.as_ref().expect("open");
    Reading {
        log: (*session.log).clone(),
        payloads: session.opened.payloads.clone(),
        clock: window.state().model().clock(),
    }
}

/// What the same definition gives without a window.
fn expected(window: &Window, definition: &str) -> serde_json::Map<String, Value> {
    let file = sample("projections").join(definition);
    let text = std::fs::read_to_string(&file).expect("bundled");
    let definition = Definition::read(&file, &text).expect("sound");
    let run = Run::new(&definition, reading(window), RunOptions::default());
    let cut = *window.state().model().cursor.cut();
    let report = project_report(&mut run.expect("sound"), &cut, Wanted::All, &Task::new());
    report.expect("not called off").states.expect("partitions")
}

fn results(window: &Window) -> serde_json::Map<String, Value> {
    let told = window.state().model().answers.projected.current();
    let told = told.expect("answered").as_ref().expect("sound");
    let rows = told.rows.iter();
    rows.map(|row| (row.name.to_string(), (*row.result).clone()))
        .collect()
}

#[test]
fn a_bundled_projection_follows_the_cursor() {
    let mut window = projections("bank.db");
    window.get_by_label("Run balances.js to see what it holds as of the cursor");
    click(&mut window, Role::Button, "Run to cursor");
    for moment in ["2024-12-31 23:59", "#500", "#1200", "#0"] {
        move_to(&mut window, moment);
        assert_eq!(
            results(&window),
            expected(&window, "balances.js"),
            "{moment}"
        );
    }
    click(&mut window, Role::Tab, "withdrawals.json");
    press(&mut window, Key::Enter);
    move_to(&mut window, "#1000");
    assert_eq!(results(&window), expected(&window, "withdrawals.json"));
    // The first was run before, and is as of the cursor again.
    click(&mut window, Role::Tab, "balances.js");
    assert_eq!(results(&window), expected(&window, "balances.js"));
}

#[test]
fn a_mistake_says_where_while_it_is_written() {
    let mut window = projections("bank.db");
    write(
        &mut window,
        "fromAll().when({\n  $init: () => 0,\n  A(s, e { }\n})",
    );
    let sentence = "Line 3, column";
    let told = window.query_all_by_label_contains(sentence).count();
    assert!(told > 0, "{:?}", window.root());
    write(
        &mut window,
        "fromAll().when({\n  $init: () => 0,\n  $any(s, e) { return s + 1 }\n})",
    );
    assert_eq!(window.query_all_by_label_contains(sentence).count(), 0);
    press(&mut window, Key::Enter);
    window.get_by_label("One state as of #1,589");
    window.get_by_role_and_label(Role::Row, "all 1589");
}

/// A new definition in place of what is open.
fn begin(window: &mut Window, text: &str) {
    click(window, Role::Button, "Open or begin a definition");
    click(window, Role::Button, "New in JavaScript");
    write_and_run(window, text);
}

fn row_beginning(window: &Window, name: &str) -> String {
    let rows = window.query_all_by_role(Role::Row);
    let labels = rows.filter_map(|row| row.accesskit_node().label());
    let mut found = labels.filter(|label| label.starts_with(name));
    found.next().unwrap_or_else(|| panic!("no row {name}"))
}

fn select(window: &mut Window, name: &str) {
    let row = row_beginning(window, name);
    click(window, Role::Row, &row);
}

fn find(window: &mut Window, text: &str) {
    let field = window.get_by_role_and_label(Role::TextInput, "Find partition");
    field.focus();
    field.type_text(text);
    settle(window);
}

fn add_break(window: &mut Window, text: &str) {
    let field = window.get_by_role_and_label(Role::TextInput, "Break on");
    field.focus();
    field.type_text(text);
    settle(window);
    window.key_press(Key::Enter);
    settle(window);
}

/// Position and type of the event that the cursor stands on.
fn stands_on(window: &Window) -> (i64, String) {
    let model = window.state().model();
    let log = model.log().expect("open");
    let Bound::Event(event) = model.cursor.bound() else {
        panic!("{:?}", model.cursor.bound());
    };
    let name = log.type_name(log.event_type(event)).to_owned();
    (log.position(event).0, name)
}

#[test]
fn steps_lead_from_event_to_event_and_breaks_stop_them() {
    let mut window = projections("bank.db");
    press(&mut window, Key::Enter);
    find(&mut window, "account-77");
    select(&mut window, "account-77");
    click(&mut window, Role::Button, "First event of the partition");
    let (first, _) = stands_on(&window);
    window.get_by_role_and_label(Role::ColumnHeader, "State before: none");
    click(&mut window, Role::Button, "Next event of the partition");
    let (second, _) = stands_on(&window);
    assert!(second > first);
    click(&mut window, Role::Button, "Previous event of the partition");
    assert_eq!(stands_on(&window).0, first);

    add_break(&mut window, "MoneyWithdrawn");
    click(&mut window, Role::Button, "Run on to the next break");
    let (position, name) = stands_on(&window);
    assert!(
        position > first && name == "MoneyWithdrawn",
        "{position} {name}"
    );
    click(&mut window, Role::Button, "Remove MoneyWithdrawn");
    add_break(&mut window, "bookings >= 20");
    click(&mut window, Role::Button, "Run on to the next break");
    let told = window.state().model().answers.projected.current();
    let (around, _) = told
        .expect("there")
        .as_ref()
        .expect("sound")
        .around
        .clone()
        .expect("event");
    assert_eq!(around.after.as_ref().unwrap().json()["bookings"], 20);
    assert_eq!(around.before.expect("not new").json()["bookings"], 19);
    // It comes to be so only once.
    click(&mut window, Role::Button, "Run on to the next break");
    window.get_by_label_contains("No later event of account-");
    // Said in passing: nothing was pushed down.
    assert_eq!(window.state().model().notes, []);
}

#[test]
fn a_run_that_was_stopped_is_told_as_of_there() {
    let mut window = projections("bank.db");
    write(
        &mut window,
        "fromAll().when({ MoneyDeposited(s, e) { if (s.seen) { const f = () => f(); f(); } s.seen = true; } })",
    );
    press(&mut window, Key::Enter);
    let told = window.state().model().answers.projected.current();
    let told = told.expect("there").as_ref().expect("sound");
    let stopped = told.stopped.as_ref().expect("stopped").0;
    let last = told.last.expect("an event");
    assert_eq!(last.0 + 1, stopped.0);
    let sentence = format!("p to #{}, where it was stopped", told.log.position(last).0);
    // First, so that it is not cut off in a small window.
    window.get_by_label(&format!("U{sentence}: One state"));
    click(&mut window, Role::Tab, "Emitted");
    window.get_by_label(&format!("It would emit, link and copy nothing u{sentence}"));
}

#[test]
fn on_demand_it_stays_as_it_was_run_and_says_how_stale_it_is() {
    let mut window = projections("bank.db");
    move_to(&mut window, "#500");
    press(&mut window, Key::Enter);
    click(&mut window, Role::Button, "Seen by");
    click(&mut window, Role::Button, "on demand, as it was run");
    let then = results(&window);
    move_to(&mut window, "#900");
    assert_eq!(results(&window), then);
    let told = window.query_all_by_label_contains("stale by 400 events and");
    assert!(told.count() > 0);
    click(&mut window, Role::Button, "Run to cursor");
    assert_eq!(results(&window), expected(&window, "balances.js"));
    // Nothing is told of what is after the cursor.
    move_to(&mut window, "#200");
    assert_eq!(results(&window), expected(&window, "balances.js"));
}

const FAILS: &str = "fromCategory('account').foreachStream().when({
  $init: () => ({ n: 0 }),
  $any(s, e) {
    s.n += 1;
    if (e.type === 'AccountOpened' && s.n === 1) s.owner = e.data.nobody.name;
  },
})";

#[test]
fn dead_letters_are_told_with_their_line_and_tried_again() {
    let mut window = projections("bank.db");
    begin(&mut window, FAILS);
    let failed = {
        let told = window.state().model().answers.projected.current();
        told.expect("there").as_ref().expect("sound").dead.len()
    };
    assert!(failed > 0);
    window.get_by_role_and_label(Role::Tab, "Dead letters");
    click(&mut window, Role::Tab, "Dead letters");
    assert!(window.query_all_by_label_contains("line 5").count() >= failed);
    write(
        &mut window,
        &FAILS.replace("e.data.nobody", "e.data.owner && e.data"),
    );
    click(&mut window, Role::Button, "Run these again");
    assert!(window.query_all_by_label_contains("again: handled").count() >= failed);
    // A click selects the letter, and Enter leads to its event.
    let row = {
        let rows = window.query_all_by_role(Role::Row);
        let labels = rows.filter_map(|row| row.accesskit_node().label());
        let mut dead = labels.filter(|label| label.contains("again: handled"));
        dead.next().expect("a letter")
    };
    click(&mut window, Role::Row, &row);
    window.get_by_role_and_label(Role::ColumnHeader, "State that the handler met");
    window
        .get_by_role_and_label(Role::Table, "Dead letters")
        .focus();
    settle(&mut window);
    window.key_press(Key::Enter);
    settle(&mut window);
    assert_eq!(window.state().model().view, View::State);
    assert_eq!(stands_on(&window).1, "AccountOpened");
}

fn wait_for(window: &mut Window, name: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while window.query_by_role_and_label(Role::Button, name).is_none() {
        assert!(Instant::now() < deadline, "no button {name}");
        window.step();
        std::thread::yield_now();
    }
}

#[test]
fn what_takes_too_long_is_paused_goes_on_and_is_called_off() {
    let mut window = projections("bank.db");
    click(&mut window, Role::Button, "Open or begin a definition");
    click(&mut window, Role::Button, "New in JavaScript");
    // Some milliseconds for each event.
    let slow = "fromAll().when({ $init: () => 0, $any(s) { for (let i = 0; i < 1e6; i++) {} return s + 1 } })";
    write(&mut window, slow);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    wait_for(&mut window, "Pause");
    // What is known so far stands there.
    let deadline = Instant::now() + Duration::from_secs(30);
    while window.query_all_by_label_contains("On the way").count() == 0 {
        assert!(Instant::now() < deadline, "nothing is said on the way");
        window.step();
        std::thread::yield_now();
    }
    click(&mut window, Role::Button, "Pause");
    assert!(window.query_all_by_label_contains("Paused after").count() > 0);
    window.get_by_role_and_label(Role::Button, "Resume").click();
    wait_for(&mut window, "Cancel");
    window.get_by_role_and_label(Role::Button, "Cancel").click();
    settle(&mut window);
    window.get_by_label("Run projection.js to see what it holds as of the cursor");
    // It runs again as it stands.
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    wait_for(&mut window, "Pause");
    window.get_by_role_and_label(Role::Button, "Cancel").click();
    settle(&mut window);

    // One that never ends is stopped by itself, in one sentence.
    write_and_run(
        &mut window,
        "fromAll().when({ $any() { while (true) {} } })",
    );
    assert!(
        window
            .query_all_by_label_contains("took too long and was stopped")
            .count()
            > 0
    );
}

#[test]
fn two_definitions_are_compared_and_one_is_delivered_twice() {
    let mut window = projections("bank.db");
    press(&mut window, Key::Enter);
    let text = std::fs::read_to_string(sample("projections/balances.js")).expect("bundled");
    write(&mut window, &text.replace("bookings += 1", "bookings += 2"));
    click(&mut window, Role::Tab, "A | B");
    click(&mut window, Role::Button, "Second definition");
    click(&mut window, Role::Button, "balances.js as it is saved");
    let told = window.state().model().answers.comparison.current();
    let told = told.expect("there").as_ref().expect("sound");
    assert!(told.count > 0 && told.differing[0].paths[0].path == "/bookings");
    let name = told.differing[0].partition.clone();
    select(&mut window, &name);
    window.get_by_role_and_label(Role::Table, "Two states");

    click(&mut window, Role::Tab, "Twice");
    click(&mut window, Role::Button, "Try it");
    assert!(
        window
            .query_all_by_label_contains("delivered twice")
            .count()
            > 0
    );
    assert!(window.query_all_by_label_contains("bookings").count() > 0);

    click(&mut window, Role::Tab, "Snapshots");
    click(&mut window, Role::Button, "Measure");
    for name in ["periodic", "threshold", "eager", "lazy"] {
        let row = row_beginning(&window, name);
        assert!(!row.contains("to come"), "{row}");
    }
}

#[test]
fn what_handlers_say_is_listed_as_of_the_cursor() {
    let mut window = projections("bank.db");
    begin(
        &mut window,
        "fromCategory('account').when({ $any(s, e) {
           if (e.type === 'AccountOpened') { emit('opened', 'Opened', { at: e.position }); log(e.streamId); }
         } })",
    );
    move_to(&mut window, "#300");
    click(&mut window, Role::Tab, "Emitted");
    let model = window.state().model();
    let told = model.answers.projected.current().expect("there");
    let told = told.as_ref().expect("sound");
    let emitted = told.outputs.len();
    assert!(emitted > 0 && told.outputs.iter().all(|one| one.event.0 < 300));
    assert_eq!(told.lines.len(), emitted);
    click(&mut window, Role::RadioButton, &format!("Logged {emitted}"));
    assert!(window.query_all_by_label_contains("account-").count() >= emitted);
}

#[test]
fn a_built_in_one_is_filled_in() {
    let mut window = projections("bank.db");
    click(&mut window, Role::Button, "Open or begin a definition");
    click(&mut window, Role::Button, "New built in, no code");
    click(&mut window, Role::Button, "Told apart by");
    click(&mut window, Role::Button, "category");
    press(&mut window, Key::Enter);
    let log = window.state().model().log().expect("open").clone();
    assert_eq!(results(&window).len(), log.categories().len());
    assert_eq!(results(&window)["account"], 1361);
    click(&mut window, Role::RadioButton, "JSON");
    let text = window
        .get_by_role_and_label(Role::MultilineTextInput, "Definition")
        .value();
    assert!(text.expect("text").contains(r#""by": "category""#));
}

#[test]
fn a_definition_is_kept_in_the_workspace_and_taken_from_it() {
    let home = tempfile::tempdir().expect("a folder");
    let workspace = Workspace::at(home.path());
    let file = home.path().join("projections/balances.js");
    let mut window = open_app_in(&sample("bank.db"), workspace.clone());
    click(&mut window, Role::Button, "Projections");
    write(&mut window, "fromAll().when({ $init: () => 1 })");
    assert!(
        window
            .query_by_role_and_label(Role::Tab, "balances.js •")
            .is_some()
    );
    press(&mut window, Key::S);
    assert!(
        window
            .query_by_role_and_label(Role::Tab, "balances.js")
            .is_some()
    );
    let saved = std::fs::read_to_string(&file).expect("saved");
    assert_eq!(saved, "fromAll().when({ $init: () => 1 })");
    // Another program writes it; the window looks when it is looked at again.
    std::fs::write(&file, "// from elsewhere\nfromAll()").expect("written");
    window.event(egui::Event::WindowFocused(true));
    settle(&mut window);
    let field = window.get_by_role_and_label(Role::MultilineTextInput, "Definition");
    assert!(
        field
            .value()
            .expect("text")
            .starts_with("// from elsewhere")
    );
    // What is not saved comes back.
    write(&mut window, "fromAll() // draft");
    drop(window);
    let mut window = open_app_in(&sample("bank.db"), workspace);
    click(&mut window, Role::Button, "Projections");
    let field = window.get_by_role_and_label(Role::MultilineTextInput, "Definition");
    assert_eq!(field.value().as_deref(), Some("fromAll() // draft"));
}
