//! Opening, the overview and the dialogs, through the real window: what a user does, and what they
//! then see.

mod common;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use asof::gui::App;
use asof::gui::command::Command;
use asof::gui::model::View;
use asof::log::Clock;
use asof::model::{EventIx, Timestamp};
use asof::workspace::{Theme, Workspace};
use common::{open_app, open_app_in, open_nothing, settle};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

type Window = Harness<'static, App>;

fn sample(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("sample-data")
        .join(file)
}

/// The classic example: one user, three facts.
fn classic() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cli/users.json")
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window);
}

fn write(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("written");
    file
}

fn type_in(window: &mut Window, text: &str) {
    window.event(egui::Event::Text(text.to_owned()));
    settle(window);
}

fn open_palette(window: &mut Window, text: &str) {
    press(window, Modifiers::COMMAND, Key::K);
    type_in(window, text);
}

#[test]
fn the_welcome_page_opens_a_sample_by_its_card() {
    let mut window = open_nothing(Workspace::none());
    window.get_by_label("Open file…");
    window.get_by_label("Open sample users.json").click();
    settle(&mut window);
    let model = window.state().model();
    let session = model.session.as_ref().expect("an open store");
    assert_eq!((session.log.len(), model.view), (300, View::Overview));
    window.get_by_label("Events at cursor 300 of 300");
    window.get_by_label("Time span 1 y 11 mo from 2023-06-01");
}

#[test]
fn recent_stores_are_listed_opened_and_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let workspace = Workspace::at(folder.path());
    let mut window = open_app_in(&sample("users.json"), workspace);
    press(&mut window, Modifiers::COMMAND, Key::W);
    window.get_by_label("Open recent users.json").click();
    settle(&mut window);
    assert!(window.state().model().session.is_some());
    press(&mut window, Modifiers::COMMAND, Key::W);
    window.get_by_label("Clear").click();
    settle(&mut window);
    assert!(window.query_by_label("Open recent users.json").is_none());
}

#[test]
fn the_overview_is_as_of_the_cursor() {
    let mut window = open_app(&classic());
    press(&mut window, Modifiers::COMMAND, Key::Home);
    window.get_by_label("Events at cursor 1 of 3");
    window.get_by_label("Event types 1 2 not yet seen");
    window.get_by_label("UserCreated 1 100.0 %");
    window.get_by_label("EmailChanged 0 0.0 %");
    window.get_by_label("Copy report").click();
    settle(&mut window);
    let copied = window.state().copied().expect("a report");
    assert!(
        copied.contains("UserCreated") && !copied.contains("EmailChanged"),
        "{copied}"
    );
}

#[test]
fn the_palette_finds_a_stream_by_pieces_of_its_name() {
    let mut window = open_app(&sample("bank.db"));
    open_palette(&mut window, "acc 77");
    window.get_by_label_contains("account-77 ");
    press(&mut window, Modifiers::NONE, Key::Enter);
    let model = window.state().model();
    let log = model.log().expect("a log");
    let stream = model.selection.stream.expect("a stream");
    assert_eq!(log.stream_name(stream), "account-77");
    assert_eq!(model.view, View::State);
    assert!(
        window.query_by_label("Go to").is_none(),
        "the palette is closed"
    );
}

#[test]
fn the_palette_moves_the_cursor_and_runs_commands() {
    let mut window = open_app(&sample("bank.db"));
    open_palette(&mut window, "#1042");
    press(&mut window, Modifiers::NONE, Key::Enter);
    let position = window.state().model().cursor.as_of().position.clone();
    assert_eq!(position.map(|position| position.position.0), Some(1042));
    open_palette(&mut window, ">light");
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(window.state().model().settings.theme, Theme::Light);
    open_palette(&mut window, ">");
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert!(window.query_by_label("Go to").is_none(), "Escape closes");
    press(&mut window, Modifiers::COMMAND, Key::K);
    press(&mut window, Modifiers::COMMAND, Key::K);
    assert!(
        window.query_by_label("Go to").is_none(),
        "its keys close it too"
    );
}

#[test]
fn help_lists_every_command() {
    let mut window = open_nothing(Workspace::none());
    press(&mut window, Modifiers::NONE, Key::F1);
    for listed in Command::listed() {
        assert!(
            window.query_all_by_value(&listed.title).next().is_some()
                || window.query_all_by_label(&listed.title).next().is_some(),
            "{} is not there",
            listed.title
        );
    }
    window.get_by_label_contains("yesterday 14:34");
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert!(window.query_by_label_contains("yesterday 14:34").is_none());
}

#[test]
fn settings_change_theme_and_zone_at_once() {
    let mut window = open_nothing(Workspace::none());
    press(&mut window, Modifiers::COMMAND, Key::Comma);
    window.get_by_label("Light").click();
    settle(&mut window);
    assert_eq!(window.state().model().settings.theme, Theme::Light);
    assert_eq!(window.ctx.theme(), egui::Theme::Light);
    window.get_by_label("Named…").click();
    settle(&mut window);
    window.get_by_label("Find a zone").focus();
    settle(&mut window);
    type_in(&mut window, "berl");
    window.get_by_label("Europe/Berlin").click();
    settle(&mut window);
    assert_eq!(window.state().model().zone().to_string(), "Europe/Berlin");
}

#[test]
fn a_file_that_is_no_store_gets_one_sentence() {
    let file = write("not an event store at all\n");
    let mut window = open_app(file.path());
    let notes = &window.state().model().notes;
    assert_eq!(notes.len(), 1);
    assert!(
        notes[0].sentence.len() > 20 && !notes[0].sentence.contains('\n'),
        "{notes:?}"
    );
    window.get_by_label("Open file…");
    window.get_by_label("Dismiss").click();
    settle(&mut window);
    assert!(window.state().model().notes.is_empty());
}

/// What a table reads like stands in the lines from the start; an encoding is chosen beside them, and
/// the first thirty events follow what stands there.
#[test]
fn a_mapping_is_proposed_and_shown_as_it_is_changed() {
    let lines: Vec<String> = (1..=40)
        .map(|n| {
            format!(
                "{{\"label\":\"k{}\",\"made_at\":{},\"body\":{{}}}}\n",
                n % 3,
                1_700_000_000 + n
            )
        })
        .collect();
    let file = write(&lines.concat());
    let mut window = open_app_in(file.path(), Workspace::none());
    window.get_by_label("Choose its columns…").click();
    settle(&mut window);
    let value = |window: &egui_kittest::Harness<'_, asof::gui::App>, label: &str| {
        window.get_by_label(label).value().unwrap_or_default()
    };
    assert_eq!(value(&window, "Source of payload"), "/body");
    assert_eq!(value(&window, "Source of event type"), "/label");
    window.get_by_label_contains("#30 k0");
    assert!(
        window.query_by_label_contains("#31 ").is_none(),
        "thirty of them"
    );
    assert_eq!(value(&window, "Source of recorded time"), "/made_at");
    window.get_by_label("Encoding of recorded time").click();
    settle(&mut window);
    window.get_by_label("epoch_millis").click();
    settle(&mut window);
    window.get_by_label("Save and read anew").click();
    settle(&mut window);
    let model = window.state().model();
    let log = model.log().expect("an open store");
    let first = log.time(EventIx(0), Clock::Recorded).map(Timestamp::micros);
    assert_eq!(first, Some(1_700_000_001_000), "read as milliseconds");
}

#[test]
fn a_file_without_recognised_events_is_read_by_a_mapping() {
    let file = write("{\"colour\":\"red\",\"size\":1}\n{\"colour\":\"blue\",\"size\":2}\n");
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = open_app_in(file.path(), Workspace::at(folder.path()));
    assert!(window.state().model().session.is_none());
    window.get_by_label("Choose its columns…").click();
    settle(&mut window);
    window.get_by_label("Source of event type").focus();
    settle(&mut window);
    type_in(&mut window, "colour");
    settle(&mut window);
    window.get_by_label_contains("#1 red");
    window.get_by_label("Save and read anew").click();
    settle(&mut window);
    let model = window.state().model();
    let log = model.log().expect("an open store");
    let types: Vec<&str> = log.types().iter().collect();
    assert_eq!(types, ["red", "blue"]);
    drop(window);
    // It is kept for the next time.
    let mut window = open_app_in(file.path(), Workspace::at(folder.path()));
    assert_eq!(window.state().model().log().map(|log| log.len()), Some(2));
    press(&mut window, Modifiers::COMMAND, Key::Num1);
    window.get_by_label("Correct…").click();
    settle(&mut window);
    window.get_by_label("Use the recognised layout").click();
    settle(&mut window);
    assert!(
        window.state().model().unread.is_some(),
        "nothing is recognised: {:?} {:?} {:?}",
        window.state().model().notes,
        window.state().model().opening,
        window
            .state()
            .model()
            .session
            .as_ref()
            .map(|s| &s.opened.recognition)
    );
}

#[test]
fn a_zone_is_chosen_by_its_name_and_enter() {
    let mut window = open_app(&classic());
    press(&mut window, Modifiers::COMMAND, Key::Comma);
    window.get_by_label("Named…").click();
    settle(&mut window);
    type_in(&mut window, "Europe/Berlin");
    press(&mut window, Modifiers::NONE, Key::Enter);
    let zone = window.state().model().zone().to_string();
    assert_eq!(zone, "Europe/Berlin");
}

/// In a window as low as this all views and the two buttons below them have a place of their own.
#[test]
fn the_rail_fits_a_low_window() {
    let mut window = open_app(&classic());
    window.set_size(egui::vec2(1280.0, 720.0));
    settle(&mut window);
    let bottom = |name: &str| {
        let role = egui::accesskit::Role::Button;
        window.get_by_role_and_label(role, name).rect()
    };
    let help = bottom("Keyboard shortcuts").top();
    for view in View::ALL {
        assert!(bottom(view.name()).bottom() <= help, "{}", view.name());
    }
}

#[test]
fn two_views_in_a_low_window_do_not_print_over_each_other() {
    let mut window = open_app(&sample("carts.db"));
    window.set_size(egui::vec2(1280.0, 720.0));
    press(&mut window, Modifiers::COMMAND, Key::Num4);
    let beside = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    press(&mut window, beside, Key::Num2);
    let filter = window.get_by_role_and_label(egui::accesskit::Role::Button, "Filter");
    let count = window.get_by_role_and_label(egui::accesskit::Role::Status, "1,148 events");
    let (filter, count) = (filter.rect(), count.rect());
    assert!(filter.right() <= count.left(), "{filter} {count}");
}
