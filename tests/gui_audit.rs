//! The Audit view as a user meets it: findings as of the cursor, a finding that is looked at, the event that
//! proves it, a rule that is muted.

mod common;

use std::path::Path;

use asof::gui::App;
use asof::gui::model::View;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use common::{open_app, settle};

const ORDERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/orders.db");
const USERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/users.json");

fn audit(store: &str) -> Harness<'static, App> {
    let mut harness = open_app(Path::new(store));
    click(&mut harness, Role::Button, "Audit");
    assert_eq!(harness.state().model().view, View::Audit);
    harness
}

fn click(harness: &mut Harness<'_, App>, role: Role, name: &str) {
    harness.get_by_role_and_label(role, name).click();
    settle(harness);
}

fn move_to(harness: &mut Harness<'_, App>, moment: &str) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::T);
    settle(harness);
    let field = harness.get_by_role_and_label(Role::TextInput, "Moment");
    field.focus();
    field.type_text(moment);
    settle(harness);
    harness.key_press(Key::Enter);
    settle(harness);
}

/// How many findings the rule has as of the cursor.
fn findings(harness: &Harness<'_, App>, rule: &str) -> usize {
    let found = harness.state().model().answers.audit.current();
    let report = &found.expect("an audit").report;
    report
        .findings
        .iter()
        .filter(|finding| finding.rule == rule)
        .count()
}

#[test]
fn what_is_wrong_is_as_of_the_cursor() {
    let mut harness = audit(ORDERS);
    // One event never came into the outbox at #423, another one later.
    assert_eq!(findings(&harness, "outbox-missing"), 1);
    move_to(&mut harness, "#300");
    assert_eq!(findings(&harness, "outbox-missing"), 0);
}

#[test]
fn the_evidence_leads_to_its_event() {
    let mut harness = audit(ORDERS);
    click(
        &mut harness,
        Role::Button,
        "Event never came into the outbox",
    );
    click(&mut harness, Role::Link, "#423");
    assert_eq!(harness.state().model().view, View::State);
}

#[test]
fn a_muted_rule_is_silent_until_it_is_heard_again() {
    let mut harness = audit(ORDERS);
    click(
        &mut harness,
        Role::Button,
        "Event never came into the outbox",
    );
    click(&mut harness, Role::Button, "Mute rule");
    assert_eq!(findings(&harness, "outbox-missing"), 0);
    click(&mut harness, Role::Button, "Hear outbox-missing again");
    assert_eq!(findings(&harness, "outbox-missing"), 1);
}

#[test]
fn a_finding_about_a_schema_shows_it() {
    let mut harness = audit(USERS);
    click(
        &mut harness,
        Role::Button,
        "Field changed type between versions",
    );
    harness.get_by_label_contains("Schema of ");
    click(&mut harness, Role::RadioButton, "Rule");
    harness.get_by_label_contains("Schema of ");
}
