//! The sagas view as a user meets it: the list with its filters, one saga over time and as a diagram,
//! the map, and the cursor that moves under all of them.

mod common;

use asof::gui::App;
use asof::log::Bound;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use common::{click, move_to, open_view, settle};

fn sagas() -> Harness<'static, App> {
    open_view("orders.db", "Sagas")
}

fn rows(harness: &Harness<'_, App>) -> usize {
    let list = harness.state().model().answers.sagas.current();
    list.map_or(0, |list| list.rows.len())
}

#[test]
fn sagas_are_listed_filtered_and_searched() {
    let mut harness = sagas();
    let all = rows(&harness);
    assert!(all > 150, "{all}");
    let list = harness.state().model().answers.sagas.current().unwrap();
    let counted: u32 = list.counts.iter().sum();
    assert_eq!(counted as usize, all);
    let completed = list.counts[6];
    click(
        &mut harness,
        Role::CheckBox,
        &format!("Completed {completed}"),
    );
    assert_eq!(rows(&harness), completed as usize);
    click(
        &mut harness,
        Role::CheckBox,
        &format!("Completed {completed}"),
    );
    let field = harness.get_by_role_and_label(Role::TextInput, "Search sagas");
    field.focus();
    field.type_text("order-1042");
    settle(&mut harness);
    assert_eq!(rows(&harness), 1);
}

#[test]
fn a_saga_is_what_it_was_at_the_cursor() {
    let mut harness = sagas();
    let at_the_head = rows(&harness);
    move_to(&mut harness, "2024-11-20 12:00");
    let before = rows(&harness);
    assert!(
        before < at_the_head && before > 10,
        "{before} {at_the_head}"
    );
    move_to(&mut harness, "2024-11-01");
    assert_eq!(rows(&harness), 0);
    harness.get_by_label("No saga has begun at the cursor");
    // One stands in the time panel, and one in the empty list.
    let words = harness.query_all_by_role_and_label(Role::Button, "To the head");
    assert_eq!(words.count(), 2);
    move_to(&mut harness, "head");
    assert_eq!(harness.state().model().cursor.bound(), Bound::Head);
}

#[test]
fn a_click_in_timeline_and_diagram_selects_the_event() {
    let mut harness = sagas();
    let field = harness.get_by_role_and_label(Role::TextInput, "Search sagas");
    field.focus();
    field.type_text("order-1042");
    settle(&mut harness);
    harness
        .get_by_role_and_label(Role::Row, "order-1042 Completed")
        .click();
    settle(&mut harness);
    let saga = harness.state().model().answers.saga.current().unwrap();
    assert_eq!(saga.as_ref().unwrap().report.id, "order-1042");
    let first = saga.as_ref().unwrap().instance.first;
    click(&mut harness, Role::Button, "OrderPlaced");
    assert_eq!(harness.state().model().selection.event, Some(first));
    click(&mut harness, Role::RadioButton, "Sequence");
    click(&mut harness, Role::Button, "OrderCompleted");
    assert_ne!(harness.state().model().selection.event, Some(first));
    click(&mut harness, Role::Button, "Copy Mermaid");
    let copied = harness.state().copied().unwrap_or_default();
    assert!(copied.starts_with("sequenceDiagram"), "{copied}");
}

#[test]
fn a_variant_of_the_map_narrows_the_list() {
    let mut harness = sagas();
    click(&mut harness, Role::RadioButton, "Map");
    let answer = harness.state().model().answers.saga_map.current().unwrap();
    let variant = answer.variants[0].clone();
    assert!(!answer.map.follows.is_empty());
    let name = format!("{} sagas: {}", variant.count, variant.steps.join(" › "));
    harness.get_by_role_and_label(Role::Row, &name).click();
    settle(&mut harness);
    assert_eq!(rows(&harness) as u64, variant.count);
    click(&mut harness, Role::Button, "All variants");
    assert!(rows(&harness) as u64 > variant.count);
}
