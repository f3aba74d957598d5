//! What must not come apart between the window and its background: a store that is rewritten while it
//! is open, copies of what is asked now, command lines that give what the window shows.

mod common;

use std::path::Path;
use std::time::{Duration, Instant};

use asof::cli::{self, Request, Streams};
use asof::gui::App;
use asof::gui::model::View;
use asof::model::Timestamp;
use asof::workspace::Workspace;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use common::{open_app, open_app_in, settle};

const ORDERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/orders.db");
const USERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/cli/users.json");

fn press(harness: &mut Harness<'_, App>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    settle(harness);
}

fn go_to(harness: &mut Harness<'_, App>, text: &str) {
    press(harness, Modifiers::COMMAND, Key::K);
    let field = harness.get_by_role_and_label(Role::TextInput, "Go to");
    field.type_text(text);
    settle(harness);
    press(harness, Modifiers::NONE, Key::Enter);
}

fn copied(harness: &mut Harness<'_, App>, modifiers: Modifiers, key: Key) -> String {
    press(harness, modifiers, key);
    harness.state().copied().expect("copied").to_owned()
}

/// What the terminal prints for a command line that was copied from the window.
fn printed(line: &str, more: &str) -> serde_json::Value {
    let words = shell(&format!("{line} {more}"));
    let asked = cli::parse(words.into_iter().map(Into::into)).expect("a command line");
    let Request::Answer(answer) = asked else {
        panic!("not a subcommand: {line}");
    };
    let (mut out, mut beside) = (Vec::new(), Vec::new());
    let mut streams = Streams {
        out: &mut out,
        beside: &mut beside,
    };
    answer
        .print(Timestamp::from_micros(1_735_732_800_000_000), &mut streams)
        .expect("an answer");
    serde_json::from_slice(&out).expect("JSON")
}

/// Takes a line apart as a shell does: words in single quotes stay whole.
fn shell(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().expect("never empty").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn a_store_that_is_rewritten_is_shown_as_it_is_now() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("users.json");
    let text = std::fs::read_to_string(USERS).expect("the sample");
    std::fs::write(&path, &text).expect("written");
    let mut harness = open_app(&path);
    go_to(&mut harness, "user-123");
    let answer = copied(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    assert!(answer.contains("Alice B"), "{answer}");

    std::fs::write(&path, text.replace("Alice B", "Alicia")).expect("written");
    let deadline = Instant::now() + Duration::from_secs(30);
    while harness.state().model().notes.is_empty() {
        assert!(Instant::now() < deadline, "nobody noticed");
        harness.step();
        std::thread::yield_now();
    }
    settle(&mut harness);
    let answer = copied(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    assert!(answer.contains("Alicia"), "{answer}");
    assert_eq!(harness.state().model().view, View::State);
}

#[test]
fn what_is_copied_is_what_is_asked_now() {
    let mut harness = open_app(Path::new(ORDERS));
    go_to(&mut harness, "order-1042");
    let first = copied(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    assert!(first.starts_with("order-1042"), "{first}");
    // In another view, with another stream and another moment.
    press(&mut harness, Modifiers::COMMAND, Key::Num3);
    let row = harness.get_all_by_role(Role::Row).nth(3).expect("streams");
    row.click();
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Home);
    let model = harness.state().model();
    let stream = model.selection.stream.expect("selected");
    let name = model.log().expect("open").stream_name(stream).to_owned();
    assert_ne!(name, "order-1042");
    let second = copied(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    assert!(second.starts_with(&name), "{second}");
    assert!(second.contains("2024-11-04"), "{second}");
}

#[test]
fn a_copied_command_line_gives_what_the_window_shows() {
    let mut harness = open_app(Path::new(ORDERS));
    go_to(&mut harness, "order-1042");
    go_to(&mut harness, "@2024-11-18 09:48");
    let answer = copied(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    let line = copied(&mut harness, Modifiers::COMMAND, Key::L);
    let report = printed(&line, "--json");
    let said = report["answer"].as_str().expect("a sentence");
    assert!(answer.starts_with(said), "{answer}\n{said}");

    // Events, with a filter and as of an event.
    go_to(&mut harness, "/OrderCancelled");
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    let matching = harness.state().model().event_rows().len();
    let known = harness.state().model();
    let known = known.event_rows().known(
        known.log().expect("open"),
        harness.state().model().cursor.cut(),
    );
    assert!(matching > known, "the cursor stands before some of them");
    let line = copied(&mut harness, Modifiers::COMMAND, Key::L);
    assert!(line.contains("--type OrderCancelled"), "{line}");
    let report = printed(&line, "--json");
    assert_eq!(report["total"], known);
    let position = harness.state().model().cursor.as_of().position.clone();
    assert_eq!(
        report["as_of"]["position"],
        serde_json::to_value(position).expect("a position")
    );

    press(&mut harness, Modifiers::COMMAND, Key::Num1);
    let line = copied(&mut harness, Modifiers::COMMAND, Key::L);
    let report = printed(&line, "--json");
    let count = harness.state().model().cursor.cut().count();
    assert_eq!(report["events"], count);
}

#[test]
fn bookmarks_made_at_the_head_are_kept_from_run_to_run() {
    let home = tempfile::tempdir().expect("a folder");
    let workspace = Workspace::at(home.path());
    let mut harness = open_app_in(Path::new(ORDERS), workspace.clone());
    press(&mut harness, Modifiers::COMMAND, Key::B);
    let made = harness.state().model().store.bookmarks.clone();
    assert_eq!(made.len(), 1);
    drop(harness);
    let mut harness = open_app_in(Path::new(ORDERS), workspace);
    settle(&mut harness);
    let kept = &harness.state().model().store.bookmarks;
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (&kept[0].name, &kept[0].moment),
        (&made[0].name, &made[0].moment)
    );
    let recent = harness.state().model().settings.recent.files();
    assert_eq!(recent.len(), 1);
}

#[test]
fn views_stand_beside_each_other_and_stay_so() {
    let home = tempfile::tempdir().expect("a folder");
    let workspace = Workspace::at(home.path());
    let mut harness = open_app_in(Path::new(ORDERS), workspace.clone());
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    let both = Modifiers::COMMAND | Modifiers::SHIFT;
    press(&mut harness, both, Key::Num4);
    assert_eq!(harness.state().model().view, View::State);
    // Both tables are there, and a click into one makes it the view that commands are about.
    let rows = harness.get_all_by_role(Role::Row);
    let places: Vec<egui::Pos2> = rows.map(|row| row.rect().center()).collect();
    let left = places.iter().find(|at| at.x < 700.0);
    // On the event's type: the stream's name would be a link.
    let at = egui::pos2(200.0, left.expect("events at the left").y);
    for pressed in [true, false] {
        // A press that lasts as long as settling takes would be no click.
        harness.hover_at(at);
        harness.event(egui::Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        harness.step();
    }
    settle(&mut harness);
    assert_eq!(harness.state().model().view, View::Events);
    let model = harness.state().model();
    let event = model.selection.event.expect("selected");
    let stream = model.log().expect("open").stream(event);
    // The state beside follows.
    assert_eq!(model.selection.stream, Some(stream));
    let found = model.answers.state.current().expect("shown");
    assert_eq!(found.at.stream, stream);
    drop(harness);

    let mut harness = open_app_in(Path::new(ORDERS), workspace);
    let close = harness.get_all_by_role_and_label(Role::Button, "Close");
    close.last().expect("two panes").click();
    settle(&mut harness);
    let left = harness.query_all_by_role_and_label(Role::Button, "Close");
    assert_eq!(left.count(), 0, "a single view has no tab");
}

/// A line of a stream of its own.
fn line(stream: &str, n: u32) -> String {
    format!(
        "{{\"stream\":\"{stream}\",\"version\":{n},\"type\":\"T\",\"id\":\"{stream}-{n}\",\
         \"time\":\"2024-01-01T00:{n:02}:00Z\",\"data\":{{\"n\":{n}}}}}\n"
    )
}

#[test]
fn a_stream_that_a_rewritten_store_has_no_more_gives_way_to_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.jsonl");
    std::fs::write(&path, line("s-1", 1) + &line("s-1", 2)).expect("written");
    let mut harness = open_app(&path);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    harness.get_by_label_contains("s-1 is at version 2");

    std::fs::write(&path, line("z-1", 1)).expect("written");
    let deadline = Instant::now() + Duration::from_secs(30);
    let told = |harness: &Harness<'_, App>| {
        let notes = &harness.state().model().notes;
        notes
            .iter()
            .any(|note| note.sentence == "s-1 is no longer in this store")
    };
    while !told(&harness) {
        assert!(Instant::now() < deadline, "nobody noticed");
        harness.step();
        std::thread::yield_now();
    }
    settle(&mut harness);
    assert_eq!(harness.state().model().selection.stream, None);
    assert!(
        harness
            .query_by_label_contains("z-1 is at version")
            .is_none()
    );
}
