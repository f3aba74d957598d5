//! The time panel as its user meets it: moving the cursor by pointer, by steps and by letting time
//! run, and choosing how much can be seen.

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use asof::gui::App;
use asof::log::Bound;
use asof::model::Timestamp;
use asof::workspace::{StorePath, StoreWorkspace, Workspace};
use common::{open_app, open_app_in, settle};
use egui::accesskit::Role;
use egui::{Event, Modifiers, PointerButton, Pos2, Rect, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

fn bank() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/bank.db")
}

/// Two accounts in turn, an event a minute.
fn accounts(folder: &Path) -> PathBuf {
    let mut text = String::new();
    for n in 0..20 {
        let (account, version) = (n % 2, n / 2 + 1);
        writeln!(
            text,
            r#"{{"position":{},"stream":"account-{account}","version":{version},"type":"Deposited","recorded_at":"2024-12-31T10:{n:02}:00Z","data":{{"amount":{n}}}}}"#,
            n + 1
        )
        .expect("it is there");
    }
    let path = folder.join("accounts.jsonl");
    std::fs::write(&path, text).expect("it is there");
    path
}

fn click(harness: &mut Harness<'_, App>, role: Role, name: &str) {
    harness.get_by_role_and_label(role, name).click();
    settle(harness);
}

fn rect(harness: &Harness<'_, App>, role: Role, name: &str) -> Rect {
    harness.get_by_role_and_label(role, name).rect()
}

fn plot(harness: &Harness<'_, App>) -> Rect {
    rect(harness, Role::Slider, "Timeline")
}

fn press(harness: &mut Harness<'_, App>, pos: Pos2) {
    button(harness, pos, Button::Down);
}

fn release(harness: &mut Harness<'_, App>, pos: Pos2) {
    button(harness, pos, Button::Up);
}

#[derive(Clone, Copy, PartialEq)]
enum Button {
    Down,
    Up,
}

fn button(harness: &mut Harness<'_, App>, pos: Pos2, to: Button) {
    let pressed = to == Button::Down;
    harness.event(Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    });
    harness.step();
}

fn position(harness: &Harness<'_, App>) -> Option<i64> {
    let position = harness.state().model().cursor.as_of().position.clone();
    position.map(|position| position.position.0)
}

fn time(harness: &Harness<'_, App>) -> Timestamp {
    harness.state().model().cursor.time().expect("it is there")
}

fn window(harness: &Harness<'_, App>) -> (i64, i64) {
    let answers = &harness.state().model().answers;
    let timeline = answers.timeline.current().expect("it is there");
    (timeline.axis.from(), timeline.axis.to())
}

#[test]
fn a_click_moves_the_cursor_and_a_drag_takes_it_along() {
    let mut harness = open_app(&bank());
    assert!(harness.state().model().cursor.is_at_head());
    let plot = plot(&harness);
    let at = |share: f32| pos2(plot.left() + plot.width() * share, plot.center().y);
    harness.hover_at(at(0.25));
    harness.step();
    press(&mut harness, at(0.25));
    release(&mut harness, at(0.25));
    settle(&mut harness);
    let quarter = time(&harness);
    assert!(matches!(
        harness.state().model().cursor.bound(),
        Bound::Time(_)
    ));
    press(&mut harness, at(0.25));
    harness.hover_at(at(0.5));
    harness.step();
    harness.hover_at(at(0.6));
    harness.step();
    harness.step();
    let dragged = time(&harness);
    release(&mut harness, at(0.6));
    assert!(quarter < dragged, "{quarter} {dragged}");
    // Past the end is the head, which moves on as the store grows.
    harness.hover_at(at(0.999));
    harness.step();
    press(&mut harness, at(0.999));
    release(&mut harness, at(0.999));
    settle(&mut harness);
    assert!(harness.state().model().cursor.is_at_head());
}

#[test]
fn counts_in_the_gutter_are_as_of_the_cursor() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open_app(&accounts(folder.path()));
    harness.get_by_label("account: 20 events as of the cursor");
    click(&mut harness, Role::Button, "To the first event");
    harness.get_by_label("account: 1 events as of the cursor");
    click(&mut harness, Role::Button, "Next event");
    harness.get_by_label("account: 2 events as of the cursor");
}

#[test]
fn time_runs_to_the_head_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open_app(&accounts(folder.path()));
    click(&mut harness, Role::Button, "To the first event");
    harness.get_by_role_and_label(Role::Button, "Play").click();
    harness.step();
    harness.step();
    let model = harness.state().model();
    assert!(model.playback.is_playing());
    let (before, first) = (time(&harness), position(&harness));
    harness.run_steps(2);
    assert!(time(&harness) > before, "{before} and {first:?}");
    // Nineteen minutes at an hour a second, a tenth of a second a frame.
    harness.run_steps(10);
    let model = harness.state().model();
    assert!(!model.playback.is_playing() && model.cursor.is_at_head());
    harness.get_by_role_and_label(Role::Button, "Play");
}

#[test]
fn segments_and_buttons_choose_how_much_can_be_seen() {
    let mut harness = open_app(&bank());
    let whole = window(&harness);
    click(&mut harness, Role::RadioButton, "1 d");
    let day = window(&harness);
    assert_eq!(day.1 - day.0, 86_400_000_000);
    let cursor = time(&harness).micros();
    assert!((day.0..=day.1).contains(&cursor));
    click(&mut harness, Role::Button, "Zoom in");
    let half = window(&harness);
    assert_eq!(half.1 - half.0, 43_200_000_000);
    assert!((half.0..=half.1).contains(&cursor));
    // A cursor that moves out of the window takes it along.
    click(&mut harness, Role::Button, "To the first event");
    let cursor = time(&harness).micros();
    let moved = window(&harness);
    assert!((moved.0..=moved.1).contains(&cursor) && moved.1 < half.0);
    click(&mut harness, Role::RadioButton, "All");
    assert_eq!(window(&harness), whole);
}

#[test]
fn the_wheel_zooms_around_the_pointer() {
    let mut harness = open_app(&bank());
    let whole = window(&harness);
    let plot = plot(&harness);
    harness.hover_at(pos2(plot.left() + plot.width() * 0.25, plot.center().y));
    harness.step();
    harness.event(Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, 400.0),
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
        source: egui::MouseWheelSource::Unknown,
    });
    harness.run_steps(20);
    settle(&mut harness);
    let zoomed = window(&harness);
    let length = |window: (i64, i64)| (window.1 - window.0) as f64;
    assert!(length(zoomed) < length(whole) / 2.0);
    // What was under the pointer still is.
    let under = |window: (i64, i64)| window.0 as f64 + length(window) * 0.25;
    let moved = (under(zoomed) - under(whole)).abs();
    assert!(moved < length(zoomed) * 0.01, "{whole:?} {zoomed:?}");
}

#[test]
fn the_frame_in_the_strip_can_be_dragged() {
    let mut harness = open_app(&bank());
    click(&mut harness, Role::RadioButton, "1 mo");
    let before = window(&harness);
    let strip = rect(&harness, Role::ScrollBar, "Whole store");
    let from = pos2(strip.right() - 6.0, strip.center().y);
    let to = pos2(strip.center().x, strip.center().y);
    harness.hover_at(from);
    harness.step();
    press(&mut harness, from);
    harness.hover_at(to);
    harness.step();
    release(&mut harness, to);
    settle(&mut harness);
    let after = window(&harness);
    assert_eq!(after.1 - after.0, before.1 - before.0);
    assert!(after.1 < before.0, "{before:?} {after:?}");
    assert!(harness.state().model().cursor.is_at_head());
}

#[test]
fn the_edge_of_the_panel_can_be_dragged_and_is_remembered() {
    let mut harness = open_app(&bank());
    let plot = plot(&harness);
    let edge = pos2(plot.center().x, plot.bottom() - 204.0);
    let higher = pos2(edge.x, edge.y - 64.0);
    harness.hover_at(edge);
    harness.step();
    press(&mut harness, edge);
    harness.hover_at(higher);
    harness.step();
    release(&mut harness, higher);
    settle(&mut harness);
    let height = harness.state().model().settings.window.time_panel_height;
    assert!(
        height.is_some_and(|height| (260.0..276.0).contains(&height)),
        "{height:?}"
    );
}

#[test]
fn steps_go_by_the_log_or_by_the_selected_stream() {
    let folder = tempfile::tempdir().unwrap();
    let store = accounts(folder.path());
    let workspace = Workspace::at(folder.path().join("workspace"));
    let remembered = StoreWorkspace {
        selection: Some("account-1".to_owned()),
        ..StoreWorkspace::default()
    };
    workspace
        .save_store(&StorePath::of(&store), &remembered)
        .unwrap();
    let mut harness = open_app_in(&store, workspace);
    harness.get_by_label("account-1: 10 events as of the cursor");
    click(&mut harness, Role::Button, "Previous event");
    assert_eq!(position(&harness), Some(19));
    click(&mut harness, Role::Button, "Step by");
    click(&mut harness, Role::Button, "event of account-1");
    // The state before #18, which is the stream's last as of #19.
    click(&mut harness, Role::Button, "Previous event of the stream");
    assert_eq!(position(&harness), Some(16));
    click(&mut harness, Role::Button, "Next event of the stream");
    assert_eq!(position(&harness), Some(18));
}

#[test]
fn bookmarks_stand_over_the_lanes_and_lead_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open_app(&accounts(folder.path()));
    click(&mut harness, Role::Button, "To the first event");
    click(&mut harness, Role::Button, "Next event");
    click(&mut harness, Role::Button, "Bookmark");
    click(&mut harness, Role::Button, "To the head");
    click(
        &mut harness,
        Role::Button,
        "Bookmark 2024-12-31 10:01:00 UTC",
    );
    assert_eq!(position(&harness), Some(2));
}

#[test]
fn lanes_can_be_event_types() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open_app(&accounts(folder.path()));
    click(&mut harness, Role::Button, "Lanes");
    click(&mut harness, Role::Button, "Event type");
    harness.get_by_label("Deposited: 20 events as of the cursor");
}

#[test]
fn a_store_without_times_has_an_axis_of_positions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("untimed.jsonl");
    let line = |n: usize| {
        format!(
            r#"{{"position":{n},"stream":"cart-1","version":{n},"type":"Added","data":{{"n":{n}}}}}"#
        )
    };
    let lines: Vec<String> = (1..=300).map(line).collect();
    std::fs::write(&path, lines.join("\n")).unwrap();
    let mut harness = open_app(&path);
    let plot = plot(&harness);
    let middle = plot.center();
    harness.hover_at(middle);
    harness.step();
    press(&mut harness, middle);
    release(&mut harness, middle);
    settle(&mut harness);
    assert!(matches!(
        harness.state().model().cursor.bound(),
        Bound::Event(_)
    ));
    let at = position(&harness).unwrap();
    assert!((140..160).contains(&at), "{at}");
    click(&mut harness, Role::RadioButton, "100");
    let (from, to) = window(&harness);
    assert_eq!(to - from, 100);
    harness.get_by_role_and_label(Role::Button, "Play").click();
    // Slowly enough to be followed, and to the end.
    harness.run_steps(6);
    assert!(!harness.state().model().cursor.is_at_head());
    for _ in 0..1000 {
        harness.step();
    }
    assert!(harness.state().model().cursor.is_at_head());
}

#[test]
fn a_local_time_that_does_not_exist_is_told_of() {
    let mut harness = open_app(&bank());
    let field = harness.get_by_role_and_label(Role::TextInput, "Moment");
    field.focus();
    field.type_text("2024-03-31 02:30 Europe/Berlin");
    harness.step();
    harness.key_press(egui::Key::Enter);
    settle(&mut harness);
    let told = "2024-03-31 02:30:00 does not exist";
    assert!(harness.query_by_label_contains(told).is_some());
    // It belongs to that moment only.
    harness.key_press_modifiers(Modifiers::COMMAND, egui::Key::End);
    settle(&mut harness);
    assert!(harness.query_by_label_contains(told).is_none());
}

/// Six busy minutes on six days: what is drawn short leaves no empty third at the end.
#[test]
fn all_of_a_store_fills_the_plot() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = String::new();
    for n in 0..36 {
        let (day, minute) = (n / 6 + 1, n % 6);
        writeln!(
            text,
            r#"{{"position":{},"stream":"a-1","version":{},"type":"Noted","recorded_at":"2024-12-{day:02}T10:{minute:02}:00Z","data":{{"n":{n}}}}}"#,
            n + 1,
            n + 1
        )
        .expect("it is there");
    }
    let path = folder.path().join("days.jsonl");
    std::fs::write(&path, text).expect("it is there");
    let harness = open_app(&path);
    let timeline = harness.state().model().answers.timeline.current();
    let axis = &timeline.expect("it is there").axis;
    let last: Timestamp = "2024-12-06T10:05:00Z".parse().expect("a time");
    assert!(axis.gaps().count() > 0);
    assert!(
        axis.place(last.micros()) > 0.9,
        "{}",
        axis.place(last.micros())
    );
}
