//! The state view as its users meet it: a moment is typed, the answer is read, the blame is asked
//! for, the history is walked, the answer is copied, two moments are compared.

mod common;

use std::path::{Path, PathBuf};

use asof::gui::App;
use asof::gui::model::View;
use asof::log::Bound;
use asof::model::{EventIx, StreamIx};
use asof::workspace::{StorePath, StoreWorkspace, Workspace};
use common::{open_app, open_app_in, settle};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("sample-data")
        .join(name)
}

/// The classic example: one user, three facts.
fn classic() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cli/users.json")
}

fn show_state(harness: &mut Harness<'_, App>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    settle(harness);
    assert_eq!(harness.state().model().view, View::State);
}

fn type_moment(harness: &mut Harness<'_, App>, text: &str) {
    type_into(harness, "Moment", text);
}

fn type_into(harness: &mut Harness<'_, App>, field: &str, text: &str) {
    let node = harness.get_by_role_and_label(Role::TextInput, field);
    node.focus();
    node.type_text(text);
    harness.step();
    harness.key_press(Key::Enter);
    settle(harness);
}

fn click(harness: &mut Harness<'_, App>, role: Role, name: &str) {
    harness.get_by_role_and_label(role, name).click();
    settle(harness);
}

fn users_at_december() -> Harness<'static, App> {
    let mut harness = open_app(&classic());
    show_state(&mut harness);
    type_moment(&mut harness, "2023-12-01");
    harness
}

fn has(harness: &Harness<'_, App>, role: Role, name: &str) -> bool {
    harness.query_by_role_and_label(role, name).is_some()
}

#[test]
fn the_email_on_a_day_and_the_event_that_set_it() {
    let mut harness = users_at_december();
    harness.get_by_role_and_label(
        Role::Heading,
        "user-123 was at version 2 with 2 fields: email \"new@example.com\", name \"Alice\"",
    );
    harness.get_by_role_and_label(Role::Status, "by v2: ~1 changed");
    harness.get_by_role_and_label(Role::Row, "v3 NameUpdated, after the cursor");

    click(&mut harness, Role::Row, "email \"new@example.com\" v2");
    assert!(has(
        &harness,
        Role::Heading,
        "user-123 had email \"new@example.com\""
    ));
    // In the sentence and in the popover.
    let links = harness.get_all_by_role_and_label(Role::Link, "EmailChanged");
    assert_eq!(links.count(), 2);
    harness.get_by_role_and_label(Role::Table, "Last values");
    click(&mut harness, Role::Button, "Copy value");
    assert_eq!(harness.state().copied(), Some("new@example.com"));
}

#[test]
fn what_is_copied_is_what_is_read() {
    let mut harness = users_at_december();
    click(&mut harness, Role::Button, "Copy answer");
    let copied = harness
        .state()
        .copied()
        .expect("something was copied")
        .to_owned();
    let model = harness.state().model();
    let answer = &model.answers.state.get().expect("an answer").answer;
    assert_eq!(copied, format!("{answer}\nStore: users.json."));
    assert!(copied.contains("email \"new@example.com\""), "{copied}");

    click(&mut harness, Role::Button, "More ways to copy");
    click(&mut harness, Role::Button, "State as JSON");
    let state: serde_json::Value = serde_json::from_str(harness.state().copied().unwrap()).unwrap();
    assert_eq!(state["email"], "new@example.com");
}

#[test]
fn a_note_on_the_state_goes_with_its_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("late.jsonl");
    let event = |stream: &str, version: u32| {
        format!(
            r#"{{"stream":"{stream}","version":{version},"type":"Counted","data":{{"n":{version}}},"time":"2024-05-0{version}T00:00:00Z"}}"#
        )
    };
    let events = [event("a-1", 1), event("a-2", 4), event("a-2", 5)];
    std::fs::write(&path, events.join("\n") + "\n").expect("written");
    let mut harness = open_app(&path);
    show_state(&mut harness);
    // No stream is selected: one is searched and chosen.
    assert!(has(&harness, Role::Row, "Choose a-1"));
    type_into(&mut harness, "Search the streams to choose from", "2");
    assert!(!has(&harness, Role::Row, "Choose a-1"));
    click(&mut harness, Role::Row, "Choose a-2");
    click(&mut harness, Role::Button, "Copy answer");
    let copied = harness.state().copied().expect("something was copied");
    assert!(copied.contains("n 5"), "{copied}");
    assert!(
        copied.contains("\nNote: the first event of this stream here is v4"),
        "{copied}"
    );
}

#[test]
fn the_sentence_is_about_the_field_one_chooses() {
    let mut harness = users_at_december();
    click(&mut harness, Role::Button, "Field email");
    click(&mut harness, Role::Row, "Choose name");
    assert!(has(&harness, Role::Heading, "user-123 had name \"Alice\""));
    click(&mut harness, Role::Button, "Field name");
    click(&mut harness, Role::Row, "The whole state");
    assert_eq!(harness.state().model().selection.field, None);
}

#[test]
fn walking_the_history_shows_events_and_moves_the_cursor() {
    let mut harness = users_at_december();
    click(&mut harness, Role::Row, "v1 UserCreated");
    assert_eq!(harness.state().model().selection.event, Some(EventIx(0)));
    // The cursor stays, the card shows the event.
    assert!(has(&harness, Role::Code, "Payload"));
    let shown = harness.state().model().answers.beside.get();
    assert_eq!(shown.map(|shown| shown.event), Some(EventIx(0)));

    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(
        harness.state().model().cursor.bound(),
        Bound::Event(EventIx(0))
    );
    assert!(has(&harness, Role::Row, "email \"old@example.com\" v1"));

    click(&mut harness, Role::Button, "Next event of this stream");
    assert!(has(&harness, Role::Row, "email \"new@example.com\" v2"));

    type_moment(&mut harness, "2023-01-01");
    assert!(has(&harness, Role::Heading, "user-123 did not exist yet"));
    click(&mut harness, Role::Button, "Go to its first event");
    assert!(has(&harness, Role::Row, "email \"old@example.com\" v1"));
}

#[test]
fn two_moments_are_compared() {
    let mut harness = users_at_december();
    click(&mut harness, Role::Button, "Compare with…");
    type_into(&mut harness, "Moment to compare with", "v1");
    harness.get_by_role_and_label(
        Role::Row,
        "email from \"old@example.com\" to \"new@example.com\"",
    );
    harness.get_by_role_and_label(Role::Status, "1 difference");
    click(&mut harness, Role::Button, "Stop comparing");
    assert_eq!(harness.state().model().compare, None);
    click(&mut harness, Role::RadioButton, "JSON");
    assert!(has(&harness, Role::Code, "State as JSON"));
}

#[test]
fn without_a_stream_the_view_sends_to_the_streams() {
    let mut harness = open_app(&sample("bank.db"));
    show_state(&mut harness);
    let streams = harness.get_all_by_role_and_label(Role::Button, "Streams");
    streams
        .last()
        .expect("the button of the empty state")
        .click();
    settle(&mut harness);
    assert_eq!(harness.state().model().view, View::Streams);
}

#[test]
fn a_long_history_is_filtered_and_its_event_hangs_together() {
    let store = sample("bank.db");
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::at(folder.path());
    let remembered = StoreWorkspace {
        selection: Some("account-77".to_owned()),
        ..StoreWorkspace::default()
    };
    let path = StorePath::of(&store);
    workspace.save_store(&path, &remembered).unwrap();
    let mut harness = open_app_in(&store, workspace);
    show_state(&mut harness);
    type_moment(&mut harness, "2024-12-31 23:59");
    let log = harness.state().model().log().expect("a store").clone();
    let stream = log
        .streams()
        .find("account-77")
        .expect("the account of the story");
    let last = log.stream_events(StreamIx(stream))[40];
    harness.get_by_role_and_label(Role::Row, "v41 MoneyWithdrawn");
    harness.get_by_role_and_label(Role::Row, "v42 InterestAccrued, after the cursor");
    let model = harness.state().model();
    assert_eq!(
        model.answers.beside.get().map(|shown| shown.event),
        Some(last)
    );

    click(&mut harness, Role::Row, "amount 1284.50 v41");
    harness.get_by_role_and_label(Role::Image, "balance.amount over time");

    click(&mut harness, Role::Button, "Filter by event type");
    let field = harness.get_by_role_and_label(Role::TextInput, "Event type contains");
    field.focus();
    field.type_text("statement");
    settle(&mut harness);
    assert!(has(
        &harness,
        Role::Row,
        "v43 StatementIssued, after the cursor"
    ));
    assert!(!has(&harness, Role::Row, "v41 MoneyWithdrawn"));
}

#[test]
fn what_is_pasted_names_its_store() {
    let mut harness = users_at_december();
    click(&mut harness, Role::Button, "Copy answer");
    let copied = harness.state().copied().expect("an answer").to_owned();
    assert!(copied.ends_with(".\nStore: users.json."), "{copied}");

    type_moment(&mut harness, "2030-01-01");
    let end = "the log ends at 2024-01-15 00:00:00 UTC, 5 y 11 mo earlier";
    let told = format!("The moment is in the future of the store: {end}");
    assert!(harness.query_by_label(&told).is_some());
    click(&mut harness, Role::Button, "Copy answer");
    let copied = harness.state().copied().expect("an answer").to_owned();
    assert!(copied.contains("name \"Alice B\""), "{copied}");
    assert!(copied.ends_with(&format!("{told}.")), "{copied}");
}

#[test]
fn a_moment_to_compare_with_is_typed_at_once() {
    let mut harness = users_at_december();
    click(&mut harness, Role::Button, "Compare with…");
    harness.event(egui::Event::Text("#1".to_owned()));
    harness.step();
    harness.key_press(Key::Enter);
    settle(&mut harness);
    let compare = harness.state().model().compare;
    assert_eq!(compare, Some(Bound::Event(EventIx(0))));
}

/// A step through the log leads into other streams: a typed version is of the one that is seen.
#[test]
fn a_typed_version_is_of_the_stream_that_is_shown() {
    let mut harness = open_app(&sample("bank.db"));
    type_moment(&mut harness, "#500");
    harness.key_press(Key::ArrowRight);
    settle(&mut harness);
    let model = harness.state().model();
    let event = model.selection.event.expect("a selected event");
    let stream = model.log().expect("a log").stream(event);
    type_moment(&mut harness, "v1");
    let model = harness.state().model();
    let Bound::Event(first) = model.cursor.bound() else {
        panic!("{:?}", model.cursor.bound());
    };
    assert_eq!(model.log().expect("a log").stream(first), stream);
}

#[test]
fn the_types_of_a_history_are_found_by_a_key() {
    let mut harness = users_at_december();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    settle(&mut harness);
    harness.event(egui::Event::Text("email".to_owned()));
    settle(&mut harness);
    let field = harness.get_by_role_and_label(Role::TextInput, "Event type contains");
    assert_eq!(field.value().as_deref(), Some("email"));
    assert!(has(&harness, Role::Row, "v2 EmailChanged"));
    assert!(!has(&harness, Role::Row, "v1 UserCreated"));
}

#[test]
fn versions_that_stand_more_than_once_are_marked_in_the_history() {
    let mut harness = open_app(&sample("carts.db"));
    let log = harness.state().model().log().expect("open").clone();
    let stream = log.streams().find("cart-307").expect("in the sample");
    show_stream(&mut harness, "cart-307");
    let model = harness.state().model();
    assert_eq!(model.selection.stream, Some(StreamIx(stream)));
    let found = model.answers.state.get().expect("an answer");
    let forked = found.at.forked();
    assert!(forked.len() > 5, "{forked:?}");
    let answer = found.answer.to_string();
    assert!(
        answer.contains(" versions stand more than once) with "),
        "{answer}"
    );
    let said = ", its version stands more than once";
    let marked = harness.get_all_by_role(Role::Row).filter(|row| {
        let label = row.accesskit_node().label();
        label.is_some_and(|label| label.ends_with(said))
    });
    assert_eq!(marked.count(), forked.len());
    let notice = found.answer.notices.iter().find(|notice| notice.more > 0);
    let notice = notice.expect("not all are named");
    assert_eq!(notice.evidence.len() + notice.more as usize, forked.len());
    harness.get_by_label(&format!("and {} more", notice.more));
}

fn show_stream(harness: &mut Harness<'_, App>, name: &str) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(harness);
    let field = harness.get_by_role_and_label(Role::TextInput, "Go to");
    field.type_text(name);
    settle(harness);
    harness.key_press(Key::Enter);
    settle(harness);
}

#[test]
fn another_stream_is_chosen_from_those_nearby() {
    let mut harness = open_app(&sample("bank.db"));
    show_stream(&mut harness, "account-69");
    show_stream(&mut harness, "account-77");
    click(&mut harness, Role::Button, "Stream account-77");
    let names = harness
        .state()
        .model()
        .answers
        .names
        .get()
        .expect("an answer");
    let log = harness.state().model().log().expect("open");
    let streams: Vec<&str> = names
        .streams
        .iter()
        .map(|found| log.stream_name(found.stream))
        .collect();
    // The one before comes first, then those of its kind that were written to last; never itself.
    assert_eq!(streams[0], "account-69");
    assert!(
        streams[1..5]
            .iter()
            .all(|name| name.starts_with("account-")),
        "{streams:?}"
    );
    assert!(!streams.contains(&"account-77"));
}
