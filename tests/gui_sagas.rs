//! The sagas view as a user meets it: the list with its filters, one saga over time and as a diagram,
//! the map, and the cursor that moves under all of them.

mod common;
#[path = "gui_sagas/known.rs"]
mod known;

use asof::gui::App;
use asof::log::Bound;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use common::{click, move_to, open_view, sample, settle};

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
    // Beside other conditions the statuses count what is left by these.
    harness.get_by_role_and_label(Role::CheckBox, "Completed 1");
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
    assert!(copied.contains("\nsequenceDiagram\n"), "{copied}");
    assert!(
        copied.starts_with("---\ntitle: \"order-1042 of orders"),
        "{copied}"
    );
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
    let remove = format!("Remove Variant of {} events", variant.steps.len());
    click(&mut harness, Role::Button, &remove);
    assert!(rows(&harness) as u64 > variant.count);
    // So do a path and a type of it, which say how many of how many took them.
    let map = harness.state().model().answers.saga_map.current().unwrap();
    let instances = map.map.instances as usize;
    let log = harness.state().model().log().unwrap();
    let name = |kind: u32| log.types().get(kind).to_owned();
    // Of a few there is no room for their figures.
    let rare = map.map.follows.iter().rev().find_map(|follows| {
        let (from, to) = (name(follows.from), name(follows.to));
        let path = format!("{from} › {to}, {} times", follows.count);
        let mut lines = harness.query_all_by_role(Role::Button);
        let line = lines.find(|line| {
            let label = line.accesskit_node().label();
            label.is_some_and(|label| label.starts_with(&path))
        });
        line?.click_accesskit();
        Some((from, to, follows.count as usize))
    });
    let (from, to, count) = rare.unwrap();
    settle(&mut harness);
    let found = rows(&harness);
    assert!(
        (1..=count).contains(&found) && count < instances,
        "{found} of {count}: {from} › {to}"
    );
    click(
        &mut harness,
        Role::Button,
        &format!("Remove With {from} › {to}"),
    );
    assert_eq!(rows(&harness), instances);
    // Where the map is longer than its pane, its box may be out of sight.
    let chosen = harness.get_by_role_and_label(Role::Button, &to);
    chosen.click_accesskit();
    settle(&mut harness);
    assert!(rows(&harness) > 0 && rows(&harness) < instances);
    click(&mut harness, Role::Button, &format!("Remove With {to}"));
}

#[test]
fn a_filter_for_a_participant_and_a_failure_narrows_the_list() {
    let mut harness = sagas();
    let all = rows(&harness);
    click(&mut harness, Role::Button, "Filter sagas");
    click(&mut harness, Role::Button, "payment-service");
    let with_payment = rows(&harness);
    assert!(with_payment < all && with_payment > 0, "{with_payment}");
    click(&mut harness, Role::RadioButton, "business");
    let declined = rows(&harness);
    assert!(declined < with_payment && declined > 0, "{declined}");
    let field = harness.get_by_role_and_label(Role::TextInput, "At least");
    field.focus();
    field.type_text("2d");
    settle(&mut harness);
    let long = rows(&harness);
    assert!(long < declined, "{long}");
    harness.key_press(Key::Escape);
    settle(&mut harness);
    click(&mut harness, Role::Button, "Remove Lasts at least 2 d");
    assert_eq!(rows(&harness), declined);
    click(&mut harness, Role::Button, "Remove Failure business");
    click(&mut harness, Role::Button, "Remove Step by payment-service");
    assert_eq!(rows(&harness), all);
}

fn stuck(harness: &Harness<'_, App>) -> u32 {
    list_counts(harness)[0]
}

#[test]
fn whoever_looks_says_how_long_is_too_long() {
    let mut harness = sagas();
    let usual = stuck(&harness);
    click(&mut harness, Role::Button, "Filter sagas");
    let field = harness.get_by_role_and_label(Role::TextInput, "Stuck after");
    field.focus();
    field.type_text("1s");
    settle(&mut harness);
    assert!(stuck(&harness) > usual);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    click(&mut harness, Role::Button, "Remove Stuck after 1 s");
    assert_eq!(stuck(&harness), usual);
}

#[test]
fn how_long_sagas_took_is_told_by_outcome_step_and_variant() {
    let mut harness = sagas();
    click(&mut harness, Role::RadioButton, "Durations");
    let answers = &harness.state().model().answers;
    let durations = answers.saga_durations.current().unwrap().clone().unwrap();
    let ended = durations.whole.as_ref().unwrap().wait.count;
    let list = answers.sagas.current().unwrap();
    let by_status = list.counts[2] + list.counts[5] + list.counts[6];
    assert_eq!(ended, by_status);
    let name = format!("All that ended: {ended}");
    harness.get_by_role_and_label(Role::Row, &name);
    click(&mut harness, Role::RadioButton, "Step");
    let step = durations
        .steps
        .iter()
        .find(|step| step.took.is_some())
        .unwrap();
    let runs = step.took.as_ref().unwrap().wait.count;
    let name = format!("{}, {}: {runs}", step.name, step.participant);
    harness.get_by_role_and_label(Role::Row, &name).click();
    settle(&mut harness);
    click(&mut harness, Role::RadioButton, "Variant");
    click(&mut harness, Role::RadioButton, "Failures over time");
    let name = format!("{}: ", step.name);
    let plots = harness.query_all_by_role(Role::Image);
    let named = plots.filter(|plot| {
        let label = plot.accesskit_node().label();
        label.is_some_and(|label| label.starts_with(&name))
    });
    assert_eq!(named.count(), 1);
    // The list's filters hold here as well.
    click(&mut harness, Role::RadioButton, "Outcome");
    let completed = list_counts(&harness)[6];
    click(
        &mut harness,
        Role::CheckBox,
        &format!("Completed {completed}"),
    );
    let name = format!("All that ended: {completed}");
    harness.get_by_role_and_label(Role::Row, &name);
}

fn list_counts(harness: &Harness<'_, App>) -> [u32; 7] {
    let list = harness.state().model().answers.sagas.current();
    list.map(|list| list.counts).unwrap_or_default()
}

#[test]
fn sagas_are_compared_from_a_common_start() {
    let mut harness = sagas();
    let field = harness.get_by_role_and_label(Role::TextInput, "Search sagas");
    field.focus();
    field.type_text("order-104");
    settle(&mut harness);
    let row = |status: &str, id: u32| format!("order-{id} {status}");
    let name = row("Completed", 1042);
    harness.get_by_role_and_label(Role::Row, &name).click();
    settle(&mut harness);
    let list = harness.state().model().answers.sagas.current().unwrap();
    let log = harness.state().model().log().unwrap();
    let names = list.rows.iter().map(|place| {
        let seen = &list.judged.at.seen[*place as usize];
        list.judged
            .id(log, seen, list.judged.process(seen).unwrap())
    });
    let other = names
        .map(|name| (name.clone(), name))
        .find(|(name, _)| name != "order-1042");
    let other = other.unwrap().0;
    {
        let rows = harness.query_all_by_role(Role::Row);
        let mut found = rows.filter(|row| {
            let label = row.accesskit_node().label();
            label.is_some_and(|label| label.starts_with(&other))
        });
        let row = found.next_back().unwrap();
        row.click_modifiers(Modifiers::COMMAND);
    }
    settle(&mut harness);
    let compared = harness.state().model().answers.sagas_beside.current();
    let ids: Vec<String> = compared
        .unwrap()
        .iter()
        .map(|saga| saga.report.id.clone())
        .collect();
    assert_eq!(ids, ["order-1042".to_owned(), other]);
    click(&mut harness, Role::Button, "Clear");
    let compared = harness.state().model().answers.sagas_beside.current();
    assert_eq!(compared.unwrap().len(), 1);
}

#[test]
fn a_definition_is_chosen_and_what_was_mined_is_written_down_by_one_click() {
    let home = tempfile::tempdir().unwrap();
    let workspace = asof::workspace::Workspace::at(home.path());
    let mut harness = common::open_app_in(&sample("orders.db"), workspace.clone());
    click(&mut harness, Role::Button, "Sagas");
    let mined = list_counts(&harness);
    click(&mut harness, Role::Button, "Process: All that were mined");
    click(
        &mut harness,
        Role::Button,
        "As declared in orders-choreographed",
    );
    let list = harness.state().model().answers.sagas.current().unwrap();
    let processes = &list.judged.processes.all;
    assert_eq!(processes.len(), 1);
    assert_eq!(processes[0].basis.to_string(), "as its definition says");
    click(&mut harness, Role::Button, "Process: orders-choreographed");
    click(&mut harness, Role::Button, "Mine them from the events");
    assert_eq!(list_counts(&harness), mined);
    click(&mut harness, Role::RadioButton, "Map");
    click(&mut harness, Role::Button, "Write a definition");
    let written = workspace.load_sagas().unwrap();
    assert_eq!(written[0].name, "OrderPlaced.toml");
    let read = asof::analysis::saga::Definition::from_toml(&written[0].text);
    let list = harness.state().model().answers.sagas.current().unwrap();
    assert_eq!(list.judged.processes.all[0].definition, read.unwrap());
    harness.get_by_role_and_label(Role::Button, "Process: OrderPlaced");
}

#[test]
fn a_definition_is_one_for_the_store_in_which_it_was_chosen() {
    let home = tempfile::tempdir().unwrap();
    let workspace = asof::workspace::Workspace::at(home.path());
    let open = |name: &str| {
        let mut harness = common::open_app_in(&sample(name), workspace.clone());
        click(&mut harness, Role::Button, "Sagas");
        harness
    };
    let mined = list_counts(&open("orders.db"));
    let mut harness = open("orders-orchestrated.db");
    click(&mut harness, Role::RadioButton, "Map");
    click(&mut harness, Role::Button, "Write a definition");
    harness.get_by_role_and_label(Role::Button, "Process: OrderPlaced");
    drop(harness);
    // It is still chosen there, and nowhere else.
    open("orders-orchestrated.db").get_by_role_and_label(Role::Button, "Process: OrderPlaced");
    let mut harness = open("orders.db");
    assert_eq!(list_counts(&harness), mined);
    click(&mut harness, Role::Button, "Process: All that were mined");
    // Nor can it be: most of what it names is not there.
    let others = harness.query_all_by_role(Role::Button).filter(|button| {
        let label = button.accesskit_node().label();
        label.is_some_and(|label| label.starts_with("As declared in OrderPlaced, "))
    });
    let others: Vec<bool> = others
        .map(|button| button.accesskit_node().is_disabled())
        .collect();
    assert_eq!(others, [true]);
}

#[test]
fn all_lanes_are_in_sight_in_a_small_window() {
    if !common::can_draw() {
        return;
    }
    let mut harness = common::drawn(
        vec![sample("orders-orchestrated.db")],
        egui::Theme::Light,
        [1280.0, 720.0],
    );
    click(&mut harness, Role::Button, "Sagas");
    move_to(&mut harness, "2024-09-07");
    let field = harness.get_by_role_and_label(Role::TextInput, "Search sagas");
    field.focus();
    field.type_text("checkout-5039");
    settle(&mut harness);
    let rows = harness.query_all_by_role(Role::Row);
    let own = rows.rev().find(|row| {
        let label = row.accesskit_node().label();
        label.is_some_and(|label| label.starts_with("checkout-5039"))
    });
    own.expect("the saga").click();
    settle(&mut harness);
    let saga = harness.state().model().answers.saga.current().unwrap();
    let steps = &saga.as_ref().expect("one").report.steps;
    assert!(steps.len() > 2);
    // Nor is it cut why they are an orchestration.
    harness.get_by_label("Orchestration: checkout-orchestrator tells the others what to do.");
    // The plot of open sagas stands between them and the time panel.
    let below = harness.get_by_role_and_label(Role::Button, "Play").rect();
    for step in steps {
        let bars = harness.query_all_by_role(Role::Button);
        let mut own = bars.filter(|bar| {
            let label = bar.accesskit_node().label();
            label.is_some_and(|label| label.starts_with(&format!("{}, ", step.name)))
        });
        let bar = own
            .next()
            .unwrap_or_else(|| panic!("a bar of {}", step.name));
        let foot = bar.rect().max.y;
        assert!(foot < below.min.y - 72.0, "{}: {foot}", step.name);
    }
}

/// Looks at one saga of those that are listed.
fn look_at(harness: &mut Harness<'_, App>, id: &str) {
    let field = harness.get_by_role_and_label(Role::TextInput, "Search sagas");
    field.focus();
    field.type_text(id);
    settle(harness);
    let rows = harness.query_all_by_role(Role::Row);
    let own = rows.rev().find(|row| {
        let label = row.accesskit_node().label();
        label.is_some_and(|label| label.starts_with(id))
    });
    own.expect("the saga").click();
    settle(harness);
}

#[test]
fn a_stuck_saga_says_what_is_expected_of_whom_and_from_when_on() {
    let mut harness = open_view("orders-orchestrated.db", "Sagas");
    look_at(&mut harness, "checkout-5028");
    let saga = harness.state().model().answers.saga.current().unwrap();
    let saga = saga.as_ref().unwrap();
    let coming = saga.coming.as_ref().unwrap();
    assert_eq!(coming.name, "ChargePayment");
    assert_eq!(coming.participant, "payment-service");
    harness.get_by_label("ChargePayment, expected after 1.4 s");
    // One that hangs in a step is drawn so.
    let mut harness = sagas();
    look_at(&mut harness, "order-1119");
    let saga = harness.state().model().answers.saga.current().unwrap();
    assert_eq!(saga.as_ref().unwrap().coming, None);
    harness.get_by_role_and_label(Role::Button, "payment processed, stuck");
}

#[test]
fn a_declared_saga_tells_what_may_come_between_two_steps() {
    let mut harness = open_view("orders-orchestrated.db", "Sagas");
    look_at(&mut harness, "checkout-5028");
    harness.get_by_label("Waiting for ChargePayment.");
    click(&mut harness, Role::Button, "Process: All that were mined");
    let declared = "As declared in orders-orchestrated";
    click(&mut harness, Role::Button, declared);
    harness.get_by_label("Usually ChargePayment comes next.");
    let saga = harness.state().model().answers.saga.current().unwrap();
    assert_eq!(saga.as_ref().unwrap().report.waiting_for, None);
}

#[test]
fn the_list_stays_where_it_is_while_somebody_searches() {
    let mut harness = sagas();
    let top = |harness: &Harness<'_, App>| {
        let rows = harness.query_all_by_role(Role::Row);
        let tops = rows.map(|row| row.rect().min.y);
        tops.fold(f32::INFINITY, f32::min)
    };
    let before = top(&harness);
    let chosen = harness.state().model().answers.saga.current().unwrap();
    let chosen = chosen.as_ref().unwrap().report.id.clone();
    assert!(harness.query_by_label("Not in the list.").is_none());
    let field = harness.get_by_role_and_label(Role::TextInput, "Search sagas");
    field.focus();
    field.type_text("order-1042");
    settle(&mut harness);
    assert_eq!(rows(&harness), 1);
    assert!((top(&harness) - before).abs() < 0.5);
    // What is shown beside it is still the saga from before, and says so.
    let shown = harness.state().model().answers.saga.current().unwrap();
    assert_eq!(shown.as_ref().unwrap().report.id, chosen);
    harness.get_by_label("Not in the list.");
}
