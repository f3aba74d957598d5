//! What the window keeps of itself from one run to the next: widths, orders, choices. And what it does
//! not.

mod common;

use std::path::{Path, PathBuf};

use asof::analysis::density::LaneBy;
use asof::gui::App;
use asof::gui::model::View;
use asof::workspace::Workspace;
use common::{open_app_in, settle};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

type Window = Harness<'static, App>;

fn sample(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    folder.join(name)
}

fn open(folder: &Path, file: &str) -> Window {
    open_app_in(&sample(file), Workspace::at(folder))
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window);
}

fn click(window: &mut Window, role: Role, name: &str) {
    window.get_by_role_and_label(role, name).click();
    settle(window);
}

/// Ends the program as its user does.
fn close(mut window: Window) {
    eframe::App::on_exit(window.state_mut(), None);
}

fn drag(window: &mut Window, from: Pos2, to: Pos2) {
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    window.hover_at(from);
    window.step();
    window.event(button(from, true));
    window.step();
    window.hover_at(to);
    window.step();
    window.step();
    window.event(button(to, false));
    window.step();
    settle(window);
}

fn width(window: &Window, head: &str) -> f32 {
    let head = window.get_by_role_and_label(Role::ColumnHeader, head);
    head.rect().width()
}

#[test]
fn widths_belong_to_columns_and_not_to_their_places() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = open(folder.path(), "bank.db");
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    let before = width(&window, "Stream");
    let grip = window
        .get_by_role_and_label(Role::Splitter, "Width of Stream")
        .rect()
        .center();
    drag(&mut window, grip, grip + vec2(60.0, 0.0));
    assert_eq!(width(&window, "Stream"), before + 60.0);
    // Without the columns before it, it is the same column.
    click(&mut window, Role::Button, "Columns");
    click(&mut window, Role::CheckBox, "Column Position");
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(width(&window, "Stream"), before + 60.0);
    close(window);

    let window = open(folder.path(), "bank.db");
    assert_eq!(window.state().model().view, View::Events);
    assert_eq!(width(&window, "Stream"), before + 60.0);
}

#[test]
fn streams_come_back_in_their_order_and_the_search_in_its_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = open(folder.path(), "bank.db");
    press(&mut window, Modifiers::COMMAND, Key::Num3);
    click(&mut window, Role::ColumnHeader, "Events");
    let field = window.get_by_role_and_label(Role::TextInput, "Search streams");
    field.focus();
    field.type_text("transfer");
    settle(&mut window);
    close(window);

    let mut window = open(folder.path(), "bank.db");
    press(&mut window, Modifiers::COMMAND, Key::Num3);
    window.get_by_role_and_label(Role::ColumnHeader, "Events ▼");
    let found = |window: &Window| {
        let list = window.state().model().answers.streams.get().expect("there");
        list.streams.len()
    };
    assert_eq!(found(&window), 87);
    close(window);

    // The text means nothing elsewhere.
    let mut window = open(folder.path(), "users.json");
    press(&mut window, Modifiers::COMMAND, Key::Num3);
    window.get_by_role_and_label(Role::ColumnHeader, "Events ▼");
    assert_eq!(found(&window), 80);
}

#[test]
fn lanes_and_gaps_are_as_they_were_chosen() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = open(folder.path(), "bank.db");
    click(&mut window, Role::Button, "Lanes");
    click(&mut window, Role::Button, "Event type");
    click(&mut window, Role::CheckBox, "Collapse idle gaps");
    close(window);
    let window = open(folder.path(), "bank.db");
    let asked = window.state().model().answers.timeline.asked();
    let asked = asked.expect("the panel asks");
    assert_eq!(asked.by, LaneBy::Type);
    assert_eq!(asked.idle, asof::worker::Idle::Shown);
}

#[test]
fn the_card_keeps_the_width_it_was_dragged_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = open(folder.path(), "bank.db");
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    let edge = |window: &Window| {
        let edge = window.get_by_role_and_label(Role::Splitter, "Edge of the event card");
        edge.rect().center()
    };
    let before = edge(&window);
    drag(&mut window, before, before - vec2(50.0, 0.0));
    let after = edge(&window);
    assert!(
        (before.x - after.x - 50.0).abs() <= 1.0,
        "{before:?} {after:?}"
    );
    close(window);
    let window = open(folder.path(), "bank.db");
    assert_eq!(edge(&window), after);
}

#[test]
fn only_a_drag_of_its_edge_changes_the_height_of_the_time_panel() {
    let folder = tempfile::tempdir().expect("a folder");
    let workspace = Workspace::at(folder.path());
    let mut window = open(folder.path(), "bank.db");
    let edge = window.get_by_role_and_label(Role::Splitter, "Edge of the time panel");
    let edge = edge.rect().center();
    drag(&mut window, edge, edge - vec2(0.0, 64.0));
    let kept = |workspace: &Workspace| {
        let settings = workspace.load_settings().expect("readable").value;
        settings.window.time_panel_height
    };
    let height = window.state().model().settings.window.time_panel_height;
    assert!(height.is_some());
    // A low window shows less of it, but what was wanted stays.
    window.set_size(vec2(1000.0, 420.0));
    settle(&mut window);
    click(&mut window, Role::Button, "Events");
    drag(&mut window, pos2(500.0, 100.0), pos2(520.0, 100.0));
    let after = window.state().model().settings.window.time_panel_height;
    assert_eq!(after, height);
    close(window);
    assert_eq!(kept(&workspace), height);
}

/// Filters by a text and, as a menu would, by a type.
fn filter(window: &mut Window) {
    press(window, Modifiers::COMMAND, Key::Num2);
    press(window, Modifiers::COMMAND, Key::F);
    window.event(Event::Text("Pharmacy".to_owned()));
    settle(window);
    press(window, Modifiers::NONE, Key::Enter);
    let filter = &window.state().model().filter;
    assert_eq!(
        filter.text.as_ref().map(|text| text.text.as_str()),
        Some("Pharmacy")
    );
}

#[test]
fn the_filter_of_events_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = open(folder.path(), "bank.db");
    filter(&mut window);
    let found = window.state().model().answers.matching.found().events.len();
    assert!(found > 0);
    close(window);

    let window = open(folder.path(), "bank.db");
    assert_eq!(window.state().model().view, View::Events);
    let field = window.get_by_role_and_label(Role::TextInput, "Text in payload");
    assert_eq!(field.value().as_deref(), Some("Pharmacy"));
    let again = window.state().model().answers.matching.found().events.len();
    assert_eq!(again, found);
}

#[test]
fn a_program_that_is_ended_from_outside_has_lost_little() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = open(folder.path(), "bank.db");
    filter(&mut window);
    press(&mut window, Modifiers::NONE, Key::Escape);
    press(&mut window, Modifiers::COMMAND, Key::Home);
    // Seconds go by; nobody closes anything.
    window.run_steps(20);
    settle(&mut window);
    let bound = window.state().model().cursor.bound();
    drop(window);

    let window = open(folder.path(), "bank.db");
    let model = window.state().model();
    assert_eq!(model.view, View::Events);
    assert_eq!(model.cursor.bound(), bound);
    assert!(model.filter.text.is_some());
}

/// What the clipboard gets by the command of that name.
fn copied(window: &mut Window, command: &str) -> String {
    run(window, command);
    window.state().copied().unwrap_or_default().to_owned()
}

/// Runs a command by its name.
fn run(window: &mut Window, command: &str) {
    press(window, Modifiers::COMMAND, Key::K);
    window.event(Event::Text(command.to_owned()));
    settle(window);
    press(window, Modifiers::NONE, Key::Enter);
}

/// What a terminal answers.
fn asof(words: &[&str]) -> String {
    let program = std::process::Command::new(env!("CARGO_BIN_EXE_asof"))
        .args(words)
        .output();
    let output = program.expect("the program runs");
    String::from_utf8(output.stdout).expect("a text")
}

fn is_masked(text: &str) {
    assert!(!text.contains("example.com"), "{text}");
    assert!(text.contains("•••"), "{text}");
}

#[test]
fn personal_data_is_masked_wherever_it_is_shown_until_it_is_to_be_seen_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let classic = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cli/users.json");
    let open = || open_app_in(&classic, Workspace::at(folder.path()));
    let mut window = open();
    assert!(copied(&mut window, "Copy answer").contains("new@example.com"));
    let audit = |window: &Window| {
        let found = window.state().model().answers.audit.current();
        found.expect("an audit").clone()
    };
    click(&mut window, Role::Button, "Audit");
    let findings = audit(&window).report.findings.len();
    click(&mut window, Role::Button, "Personal data");
    click(&mut window, Role::Button, "Mask these fields");
    // The audit judges what is there, and quotes it as it may be shown.
    let found = audit(&window);
    assert_eq!(found.report.findings.len(), findings);
    is_masked(&format!("{:?}", found.report.storage.questions.examples));
    is_masked(&copied(&mut window, "Copy answer"));
    // Whoever opens it again is not to see it either, nor whoever asks on a terminal for the same.
    close(window);
    let mut window = open();
    is_masked(&copied(&mut window, "Copy answer"));
    let folder = folder.path().to_str().expect("a path");
    let line = copied(&mut window, "Copy command line of this view");
    assert!(line.contains(&format!("--workspace {folder}")), "{line}");
    let store = classic.to_str().expect("a path");
    is_masked(&asof(&["state", store, "user-123", "--workspace", folder]));
    is_masked(&asof(&["audit", store, "--json", "--workspace", folder]));
    run(&mut window, "Show the fields that are masked");
    assert!(copied(&mut window, "Copy answer").contains("new@example.com"));
    assert!(!copied(&mut window, "Copy command line").contains("--workspace"));
    // Nobody needs to know where the audit says it.
    run(&mut window, "Mask personal data");
    is_masked(&copied(&mut window, "Copy answer"));
}
