//! The window by keyboard: keys go to whoever has them, menus and bookmarks need no mouse, and one can
//! go back to where one was.

mod common;
#[path = "gui_keys/sagas.rs"]
mod sagas;

use std::path::{Path, PathBuf};

use asof::analysis::events::TypeFilter;
use asof::gui::App;
use asof::gui::model::View;
use asof::log::Bound;
use asof::model::EventIx;
use asof::workspace::{Theme, Workspace};
use common::{open_app, open_nothing, settle};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

type Window = Harness<'static, App>;

fn sample(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    folder.join(name)
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window);
}

fn click(window: &mut Window, role: Role, name: &str) {
    window.get_by_role_and_label(role, name).click();
    settle(window);
}

fn focus(window: &mut Window, role: Role, name: &str) {
    window.get_by_role_and_label(role, name).focus();
    settle(window);
}

fn has_focus(window: &Window, role: Role, name: &str) -> bool {
    let node = window.get_by_role_and_label(role, name);
    node.accesskit_node().is_focused()
}

fn position(window: &Window) -> Option<i64> {
    let position = window.state().model().cursor.as_of().position.clone();
    position.map(|position| position.position.0)
}

/// A key that goes down and up.
fn stroke(key: Key, modifiers: Modifiers) -> [Event; 2] {
    [true, false].map(|pressed| Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers,
    })
}

#[test]
fn what_is_typed_right_behind_a_shortcut_arrives() {
    for (shortcut, role, field) in [
        (Key::K, Role::TextInput, "Go to"),
        (Key::T, Role::TextInput, "Moment"),
    ] {
        let mut window = open_app(&sample("users.json"));
        // All of it before the next frame.
        for event in stroke(shortcut, Modifiers::COMMAND) {
            window.event(event);
        }
        window.event(Event::Text("#2".to_owned()));
        settle(&mut window);
        let value = window.get_by_role_and_label(role, field).value();
        assert_eq!(value.as_deref(), Some("#2"), "{field}");
    }
}

#[test]
fn escape_clears_a_moment_that_was_half_typed() {
    let mut window = open_app(&sample("users.json"));
    press(&mut window, Modifiers::COMMAND, Key::T);
    window.event(Event::Text("2023-".to_owned()));
    settle(&mut window);
    press(&mut window, Modifiers::NONE, Key::Escape);
    let value = window
        .get_by_role_and_label(Role::TextInput, "Moment")
        .value();
    assert_eq!(value.unwrap_or_default(), "");
}

#[test]
fn space_and_arrows_belong_to_the_widget_that_has_the_keyboard() {
    let mut window = open_app(&sample("bank.db"));
    press(&mut window, Modifiers::NONE, Key::ArrowLeft);
    let before = position(&window);
    assert_eq!(before, Some(1588), "without a focus they are the window's");

    focus(&mut window, Role::Button, "Settings");
    press(&mut window, Modifiers::NONE, Key::Space);
    assert!(window.query_by_label("Kept in").is_some(), "Space clicks");
    assert!(!window.state().model().playback.is_playing());
    press(&mut window, Modifiers::NONE, Key::Escape);

    focus(&mut window, Role::RadioButton, "All");
    press(&mut window, Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(position(&window), before, "arrows lead to other segments");

    // A table has no use for Left, nor has the timeline.
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    focus(&mut window, Role::Table, "Events");
    press(&mut window, Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(position(&window), Some(1587));
    assert!(has_focus(&window, Role::Table, "Events"));
    focus(&mut window, Role::Slider, "Timeline");
    press(&mut window, Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(position(&window), Some(1586));
}

#[test]
fn home_and_end_stay_in_a_text() {
    let mut window = open_app(&sample("users.json"));
    press(&mut window, Modifiers::COMMAND, Key::T);
    press(&mut window, Modifiers::COMMAND, Key::Home);
    assert!(window.state().model().cursor.is_at_head());
    press(&mut window, Modifiers::NONE, Key::Escape);
    press(&mut window, Modifiers::COMMAND, Key::Home);
    assert_eq!(position(&window), Some(1));
}

#[test]
fn a_dialog_gives_way_to_another_and_hides_no_command() {
    let mut window = open_app(&sample("users.json"));
    press(&mut window, Modifiers::NONE, Key::F1);
    assert!(window.query_by_label("With the mouse").is_some());
    // What acts on the view behind it waits.
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    assert_eq!(window.state().model().view, View::Overview);
    press(&mut window, Modifiers::COMMAND, Key::K);
    assert!(window.query_by_label("With the mouse").is_none());
    window.event(Event::Text(">dark".to_owned()));
    settle(&mut window);
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(window.state().model().settings.theme, Theme::Dark);
}

#[test]
fn heads_of_columns_sort_by_keyboard() {
    let mut window = open_app(&sample("bank.db"));
    press(&mut window, Modifiers::COMMAND, Key::Num3);
    focus(&mut window, Role::ColumnHeader, "Events");
    press(&mut window, Modifiers::NONE, Key::Enter);
    window.get_by_role_and_label(Role::ColumnHeader, "Events ▼");
    let list = window.state().model().answers.streams.get().expect("there");
    assert!(
        list.streams
            .is_sorted_by_key(|row| std::cmp::Reverse(row.events))
    );
}

#[test]
fn a_row_has_its_menu_by_keyboard() {
    let mut window = open_app(&sample("bank.db"));
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    focus(&mut window, Role::Table, "Events");
    press(&mut window, Modifiers::NONE, Key::End);
    assert_eq!(
        window.state().model().selection.event,
        Some(EventIx(1588)),
        "the last row is selected"
    );
    press(&mut window, Modifiers::SHIFT, Key::F10);
    assert!(has_focus(&window, Role::Button, "Go to the state it made"));
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    assert!(has_focus(&window, Role::Button, "Move the cursor here"));
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_ne!(window.state().model().filter.types, TypeFilter::Any);
    assert!(window.query_by_label("Move the cursor here").is_none());
    // Escape closes it, and the table has the keyboard again.
    press(&mut window, Modifiers::SHIFT, Key::F10);
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert!(window.query_by_label("Move the cursor here").is_none());
    assert!(has_focus(&window, Role::Table, "Events"));
}

#[test]
fn bookmarks_are_named_renamed_and_removed_by_keyboard() {
    let mut window = open_app(&sample("users.json"));
    press(&mut window, Modifiers::COMMAND, Key::Home);
    press(&mut window, Modifiers::COMMAND, Key::B);
    // The automatic name is chosen, so that typing replaces it.
    window.event(Event::Text("The beginning".to_owned()));
    settle(&mut window);
    press(&mut window, Modifiers::NONE, Key::Enter);
    let names = |window: &Window| -> Vec<String> {
        let bookmarks = &window.state().model().store.bookmarks;
        bookmarks.iter().map(|mark| mark.name.clone()).collect()
    };
    assert_eq!(names(&window), ["The beginning"]);

    focus(&mut window, Role::Button, "Bookmark The beginning");
    press(&mut window, Modifiers::NONE, Key::F2);
    window.event(Event::Text("Signed up".to_owned()));
    settle(&mut window);
    click(&mut window, Role::Button, "Save");
    assert_eq!(names(&window), ["Signed up"]);

    focus(&mut window, Role::Button, "Bookmark Signed up");
    press(&mut window, Modifiers::SHIFT, Key::F10);
    click(&mut window, Role::Button, "Remove bookmark");
    assert!(names(&window).is_empty());

    // Escape keeps the name it was given.
    press(&mut window, Modifiers::COMMAND, Key::B);
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(names(&window), ["2023-06-01 00:00:00 UTC"]);
    focus(
        &mut window,
        Role::Button,
        "Bookmark 2023-06-01 00:00:00 UTC",
    );
    press(&mut window, Modifiers::NONE, Key::Delete);
    assert!(names(&window).is_empty());
}

#[test]
fn back_leads_to_where_one_was_and_forward_there_again() {
    let mut window = open_app(&sample("orders.db"));
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    focus(&mut window, Role::Table, "Events");
    press(&mut window, Modifiers::NONE, Key::End);
    let selected = window.state().model().selection.clone();
    assert!(selected.event.is_some());

    click(&mut window, Role::Button, "Go to cursor");
    let here = |window: &Window| {
        let model = window.state().model();
        (
            model.view,
            model.cursor.bound(),
            model.selection.clone(),
            model.filter.clone(),
        )
    };
    let first = here(&window);
    press(&mut window, Modifiers::COMMAND, Key::Home);
    press(&mut window, Modifiers::COMMAND, Key::Num4);
    let last = here(&window);
    assert_eq!((last.0, last.1), (View::State, Bound::Event(EventIx(0))));
    press(&mut window, Modifiers::ALT, Key::ArrowLeft);
    press(&mut window, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!(here(&window), first);
    click(&mut window, Role::Button, "Forward again");
    click(&mut window, Role::Button, "Forward again");
    assert_eq!(here(&window).0, View::State);
    assert_eq!(here(&window).1, Bound::Event(EventIx(0)));
    // Steps and drags are not gone back through.
    press(&mut window, Modifiers::NONE, Key::ArrowRight);
    press(&mut window, Modifiers::NONE, Key::ArrowRight);
    press(&mut window, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!(here(&window).0, View::Events);
}

#[test]
fn an_effect_is_followed_without_leaving_the_list() {
    let mut window = open_app(&sample("orders.db"));
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    let caused = {
        let log = window.state().model().log().expect("open").clone();
        log.events().find(|event| !log.effects(*event).is_empty())
    };
    let event = caused.expect("the sample has causes");
    let log = window.state().model().log().expect("open").clone();
    press(&mut window, Modifiers::COMMAND, Key::Home);
    focus(&mut window, Role::Table, "Events");
    press(&mut window, Modifiers::NONE, Key::Home);
    for _ in 0..event.0 {
        window.key_press(Key::ArrowDown);
        window.step();
    }
    settle(&mut window);
    assert_eq!(window.state().model().selection.event, Some(event));
    let cursor = window.state().model().cursor.bound();
    let effect = log.effects(event)[0];
    let name = format!("Effect {}", log.type_name(log.event_type(effect)));
    window
        .get_all_by_role_and_label(Role::Link, &name)
        .next()
        .expect("a node")
        .click();
    settle(&mut window);
    let model = window.state().model();
    assert_eq!((model.view, model.cursor.bound()), (View::Events, cursor));
    assert_ne!(model.selection.event, Some(event));
    press(&mut window, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!(window.state().model().selection.event, Some(event));
}

#[test]
fn nothing_is_remembered_where_there_is_no_workspace() {
    let mut window = common::open_nothing(Workspace::none());
    press(&mut window, Modifiers::COMMAND, Key::Comma);
    assert!(window.query_by_label_contains("Nowhere").is_some());
}

/// Nobody has clicked into a list yet: the first arrow selects the row at the cursor.
#[test]
fn lists_are_entered_by_their_keys() {
    let mut window = open_app(&sample("bank.db"));
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    press(&mut window, Modifiers::NONE, Key::ArrowUp);
    let events = window.state().model().log().expect("a log").len() as u32;
    let selected = window.state().model().selection.event;
    assert_eq!(selected, Some(EventIx(events - 1)));
    press(&mut window, Modifiers::NONE, Key::ArrowUp);
    let selected = window.state().model().selection.event;
    assert_eq!(selected, Some(EventIx(events - 2)));
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(window.state().model().view, View::State);

    press(&mut window, Modifiers::COMMAND, Key::Num3);
    let before = window.state().model().selection.stream;
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    assert_ne!(window.state().model().selection.stream, before);
}

/// Strokes that all come within one frame.
fn at_once(window: &mut Window, events: Vec<Event>) {
    window.input_mut().events.extend(events);
    settle(window);
}

/// A text as it is typed, key by key.
fn typed(text: &str) -> Vec<Event> {
    let key = |c: char| Key::from_name(&c.to_uppercase().to_string()).unwrap_or(Key::Minus);
    let one = |c: char| {
        let key = if c == ' ' { Key::Space } else { key(c) };
        let [down, up] = stroke(key, Modifiers::NONE);
        [down, Event::Text(c.to_string()), up]
    };
    text.chars().flat_map(one).collect()
}

#[test]
fn a_moment_is_typed_within_one_frame() {
    let mut window = open_app(&sample("bank.db"));
    let shortcut = stroke(Key::T, Modifiers::COMMAND).to_vec();
    let enter = stroke(Key::Enter, Modifiers::NONE).to_vec();
    let moment = typed("2024-01-01 12:00");
    at_once(&mut window, [shortcut, moment, enter].concat());
    let model = window.state().model();
    assert!(matches!(model.cursor.bound(), Bound::Time(_)));
    let time = model.cursor.time().expect("a store with times");
    assert_eq!(time.to_string(), "2024-01-01T12:00:00.000000Z");
    assert!(!model.playback.is_playing(), "the space was in the text");
}

#[test]
fn what_is_typed_while_a_store_is_opened_waits_for_it() {
    let mut window = open_nothing(Workspace::none());
    let mut events = stroke(Key::K, Modifiers::COMMAND).to_vec();
    events.extend(typed("users.json"));
    events.extend(stroke(Key::Enter, Modifiers::NONE));
    events.extend(stroke(Key::T, Modifiers::COMMAND));
    events.extend(typed("#2"));
    events.extend(stroke(Key::Enter, Modifiers::NONE));
    events.extend(stroke(Key::K, Modifiers::COMMAND));
    events.extend(typed("user-123"));
    events.extend(stroke(Key::Enter, Modifiers::NONE));
    at_once(&mut window, events);
    assert_eq!(position(&window), Some(2));
    let model = window.state().model();
    assert_eq!(model.view, View::State);
    assert!(model.selection.stream.is_some());
}

#[test]
fn a_list_is_walked_without_a_pause() {
    for view in [Key::Num2, Key::Num3] {
        let mut window = open_app(&sample("bank.db"));
        let show = stroke(view, Modifiers::COMMAND).to_vec();
        let down = || stroke(Key::ArrowDown, Modifiers::NONE).to_vec();
        let enter = stroke(Key::Enter, Modifiers::NONE).to_vec();
        let strokes = [show, down(), down(), down(), enter].concat();
        at_once(&mut window, strokes);
        // The focus stayed in the list, so Enter led to a state.
        assert_eq!(window.state().model().view, View::State, "{view:?}");
        assert!(window.state().model().selection.stream.is_some());
    }
}

#[test]
fn a_key_leads_to_what_a_view_is_searched_with() {
    let mut window = open_app(&sample("bank.db"));
    let find = |window: &mut Window| {
        let keys = stroke(Key::F, Modifiers::COMMAND).to_vec();
        at_once(window, [keys, typed("ab")].concat());
    };
    let value = |window: &Window, field: &str| {
        let field = window.get_by_role_and_label(Role::TextInput, field);
        field.value().unwrap_or_default()
    };
    // A view without a field of its own leads to the text of events.
    find(&mut window);
    assert_eq!(window.state().model().view, View::Events);
    assert_eq!(value(&window, "Text in payload"), "ab");
    for (view, field) in [(Key::Num3, "Search streams"), (Key::Num6, "Search sagas")] {
        press(&mut window, Modifiers::COMMAND, view);
        find(&mut window);
        assert_eq!(value(&window, field), "ab");
    }
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    settle(&mut window);
    let stream = window.state().model().selection.stream;
    assert_eq!(stream, None, "no stream was chosen, so none is shown");
}

#[test]
fn a_stream_is_chosen_by_keyboard_where_a_state_is_asked_of_none() {
    let mut window = open_app(&sample("users.json"));
    press(&mut window, Modifiers::COMMAND, Key::Num4);
    assert_eq!(window.state().model().view, View::State);
    for _ in 0..2 {
        press(&mut window, Modifiers::NONE, Key::ArrowDown);
    }
    assert_eq!(
        window.state().model().selection.stream,
        None,
        "it is only marked"
    );
    press(&mut window, Modifiers::NONE, Key::Enter);
    let model = window.state().model();
    let log = model.log().unwrap();
    let chosen = model.selection.stream.map(|stream| log.stream_name(stream));
    let mut names: Vec<&str> = (0..log.streams().len() as u32)
        .map(|at| log.stream_name(asof::model::StreamIx(at)))
        .collect();
    names.sort_by(|a, b| asof::analysis::streams::natural_order(a, b));
    assert_eq!(chosen, Some(names[1]));
}

#[test]
fn what_was_wrong_with_a_moment_does_not_follow_into_another_view() {
    let mut window = open_app(&sample("users.json"));
    press(&mut window, Modifiers::COMMAND, Key::T);
    at_once(&mut window, typed("v4"));
    press(&mut window, Modifiers::NONE, Key::Enter);
    let complains = |window: &Window| {
        let all = window.query_all_by_label_contains("needs a selected stream");
        all.count() > 0
    };
    assert!(complains(&window));
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    assert!(!complains(&window));
}
