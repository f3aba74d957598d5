//! What the sagas view tells and lets one take along: the words of its list, the answer for the clipboard, the map
//! as a whole, and where a definition is kept.

use asof::gui::App;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::common::{self, click, move_to, open_view, sample, settle};
use super::{look_at, sagas};

/// Runs what the palette finds first for a text.
fn run(harness: &mut Harness<'_, App>, text: &str) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(harness);
    harness.event(egui::Event::Text(format!(">{text}")));
    settle(harness);
    harness.key_press(Key::Enter);
    settle(harness);
}

#[test]
fn what_is_known_of_a_saga_is_copied_with_its_moment() {
    let mut harness = sagas();
    look_at(&mut harness, "order-1119");
    let copy = |harness: &mut Harness<'_, App>| {
        harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
        settle(harness);
        harness.state().copied().unwrap_or_default().to_owned()
    };
    let report = |harness: &Harness<'_, App>| {
        let saga = harness.state().model().answers.saga.current().unwrap();
        saga.as_ref().unwrap().report.clone()
    };
    let copied = copy(&mut harness);
    let saga = report(&harness);
    // In the words of the terminal.
    let line = asof::render::saga_line(&saga, asof::model::time::Zone::Utc);
    assert!(line.contains("stuck") && line.contains("waits for payment processed"));
    let begins = format!("As of 2024-12-20 15:51:31.395741 UTC:\n{line}\n");
    assert!(copied.starts_with(&begins), "{copied}");
    assert!(copied.contains("choreography: nobody leads"), "{copied}");
    assert!(copied.contains("inventory reserved  completed"), "{copied}");
    assert!(copied.ends_with("Store: orders.db."), "{copied}");

    // As of another moment, and for a ticket.
    move_to(&mut harness, "2024-12-07");
    let copied = copy(&mut harness);
    assert!(
        copied.starts_with("As of 2024-12-07 23:59:59 UTC:\norder-1119"),
        "{copied}"
    );
    assert!(copied.contains("running"), "{copied}");
    run(&mut harness, "Copy answer as Markdown with evidence");
    let copied = harness.state().copied().unwrap_or_default().to_owned();
    assert!(
        copied.starts_with("**As of 2024-12-07 23:59:59 UTC:** order-1119"),
        "{copied}"
    );
    let step = &report(&harness).steps[0];
    let log = harness.state().model().log().unwrap();
    let place = log.position_name(step.events.started).to_string();
    let line = copied.lines().find(|line| line.starts_with("- "));
    assert!(line.is_some_and(|line| line.contains(&place)), "{copied}");

    // Before it began there is nothing to copy, and it is said so.
    move_to(&mut harness, "2024-11-20");
    let before = copied;
    assert_eq!(copy(&mut harness), before);
    harness.get_by_label("The chosen saga has not begun at the cursor");
    harness.get_by_label("The saga that begins in order-1119 has not begun at the cursor");
}

/// The names of the rows of sagas that are in sight and stand so.
fn named(harness: &Harness<'_, App>, status: &str) -> Vec<String> {
    let rows = harness.query_all_by_role(Role::Row);
    let labels = rows.filter_map(|row| row.accesskit_node().label());
    let words = format!(" {status}");
    labels.filter(|label| label.contains(&words)).collect()
}

#[test]
fn the_list_tells_what_is_waited_for_and_what_went_wrong() {
    let harness = sagas();
    let stuck = named(&harness, "Stuck");
    assert_eq!(stuck.len(), 3);
    // What is usual, and not once more how long it has lasted.
    for row in &stuck {
        assert!(row.contains(", usually "), "{row}");
        assert!(!row.contains("silent"), "{row}");
    }
    let failed = named(&harness, "Failed");
    assert_eq!(failed.len(), 4);
    for row in &failed {
        let class = ["transient: ", "business: ", "system: ", "unrecoverable: "];
        assert!(class.iter().any(|class| row.contains(class)), "{row}");
    }
    let open = failed.iter().filter(|row| row.contains("not undone: "));
    assert_eq!(open.count(), 2, "{failed:?}");
    let compensated = named(&harness, "Compensated");
    let told = compensated.iter().filter(|row| row.contains(": "));
    assert!(told.count() > 0, "{compensated:?}");
    // It is what the saga itself tells.
    let log = harness.state().model().log().unwrap();
    let answers = &harness.state().model().answers;
    let list = answers.sagas.current().unwrap();
    let (seen, _) = list.row(3).unwrap();
    let first = asof::model::EventIx(list.judged.at.events_of(seen)[0]);
    let glance = &answers.saga_glances.current().unwrap()[&first];
    let id = list
        .judged
        .id(log, seen, list.judged.process(seen).unwrap());
    let row = failed.iter().find(|row| row.starts_with(&id)).unwrap();
    assert!(row.ends_with(&glance.words().unwrap()), "{row}");
}

/// What went wrong with a saga is read after the list: until it is there its row tells nothing of it, rather than
/// what the moment before knew, which may have come later.
#[test]
fn no_row_tells_what_another_moment_knows() {
    let mut harness = sagas();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::T);
    settle(&mut harness);
    let field = harness.get_by_role_and_label(Role::TextInput, "Moment");
    field.focus();
    field.type_text("2024-12-07");
    settle(&mut harness);
    harness.key_press(Key::Enter);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        assert!(std::time::Instant::now() < deadline);
        harness.step();
        let model = harness.state().model();
        let list = model.answers.sagas.known().map(|(asked, _)| &asked.at);
        let told = model.answers.saga_glances.known();
        let is_same = told.map(|(asked, _)| &asked.at) == list;
        for row in named(&harness, "Failed") {
            assert!(is_same || row.ends_with(" Failed"), "{row}");
        }
        let moved = list.is_some_and(|at| at.cut.bound() != asof::log::Bound::Head);
        if moved && is_same {
            break;
        }
    }
    let failed = named(&harness, "Failed");
    assert!(failed.iter().all(|row| row.contains(": ")), "{failed:?}");
}

#[test]
fn the_map_fits_its_pane() {
    let mut harness = open_view("orders-orchestrated.db", "Sagas");
    click(&mut harness, Role::RadioButton, "Map");
    let lowest = |harness: &Harness<'_, App>| {
        let model = harness.state().model();
        let (map, log) = (
            model.answers.saga_map.current().unwrap(),
            model.log().unwrap(),
        );
        let shown = map.map.shown().iter();
        let names = shown.map(|own| log.types().get(own.event_type));
        let feet = names.map(|name| {
            let types = harness.query_all_by_role_and_label(Role::Button, name);
            types.map(|own| own.rect().max.y).fold(0.0, f32::max)
        });
        feet.fold(0.0, f32::max)
    };
    let foot = harness
        .get_by_role_and_label(Role::Table, "Variants")
        .rect()
        .min
        .y;
    assert!(lowest(&harness) > foot);
    click(&mut harness, Role::Button, "Fit the map");
    assert!(lowest(&harness) < foot);
    click(&mut harness, Role::Button, "Look nearer at the map");
    let nearer = lowest(&harness);
    click(&mut harness, Role::Button, "Look at more of the map");
    assert!(lowest(&harness) < nearer);
}

#[test]
fn whoever_writes_a_definition_learns_where_it_is() {
    let home = tempfile::tempdir().unwrap();
    let workspace = asof::workspace::Workspace::at(home.path());
    let mut harness = common::open_app_in(&sample("orders.db"), workspace.clone());
    click(&mut harness, Role::Button, "Sagas");
    run(&mut harness, "Write a saga definition from what was mined");
    let folder = workspace.sagas_folder().unwrap();
    let said = format!("Saved OrderPlaced.toml to {}", folder.display());
    harness.get_by_role_and_label(Role::Status, &said);
    click(&mut harness, Role::Button, "Process: OrderPlaced");
    click(&mut harness, Role::Button, "Copy the path of its file");
    let path = harness.state().copied().unwrap_or_default().to_owned();
    assert_eq!(std::path::Path::new(&path), folder.join("OrderPlaced.toml"));
    assert!(std::fs::exists(&path).unwrap());
}

#[test]
fn idle_gaps_are_drawn_short_or_not_by_one_switch_that_says_which() {
    let mut harness = sagas();
    look_at(&mut harness, "order-1042");
    let wide = |harness: &Harness<'_, App>| {
        let saga = harness.state().model().answers.saga.current().unwrap();
        let steps = saga.as_ref().unwrap().report.steps.clone();
        let step = steps.iter().max_by_key(|step| {
            let (from, to) = step.started.zip(step.ended).unwrap();
            to - from
        });
        let name = format!("{}, ", step.unwrap().name);
        let mut bars = harness.query_all_by_role(Role::Button).filter(|bar| {
            let label = bar.accesskit_node().label();
            label.is_some_and(|label| label.starts_with(&name))
        });
        bars.next().unwrap().rect().width()
    };
    let short = wide(&harness);
    click(&mut harness, Role::CheckBox, "Short gaps");
    assert!((wide(&harness) - short).abs() > 4.0);
    click(&mut harness, Role::CheckBox, "Short gaps");
    assert!((wide(&harness) - short).abs() < 1.0);
}

#[test]
fn a_diagram_says_its_moment_with_its_zone() {
    let mut harness = sagas();
    look_at(&mut harness, "order-1042");
    let moment = "as of 2024-12-20 15:51:31.395741 UTC";
    let (exports, _) = harness.state().exports().unwrap();
    let asof::worker::Exports::Text(written) = exports else {
        panic!("a diagram");
    };
    assert!(written.text.contains(moment), "{}", written.text);
    click(&mut harness, Role::RadioButton, "Sequence");
    click(&mut harness, Role::Button, "Copy Mermaid");
    let copied = harness.state().copied().unwrap_or_default();
    assert!(copied.contains(moment), "{copied}");
}

#[test]
fn a_command_line_names_the_folder_that_knows_the_definition() {
    let home = tempfile::tempdir().unwrap();
    let workspace = asof::workspace::Workspace::at(home.path());
    let mut harness = common::open_app_in(&sample("orders-orchestrated.db"), workspace);
    click(&mut harness, Role::Button, "Sagas");
    let copy = |harness: &mut Harness<'_, App>| {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
        settle(harness);
        harness.state().copied().unwrap_or_default().to_owned()
    };
    assert!(!copy(&mut harness).contains("--workspace"));
    click(&mut harness, Role::Button, "Process: All that were mined");
    let declared = "As declared in orders-orchestrated";
    click(&mut harness, Role::Button, declared);
    let line = copy(&mut harness);
    assert!(line.starts_with("asof sagas "), "{line}");
    let folder = home.path().display().to_string();
    assert!(
        line.contains("--workspace") && line.contains(&folder),
        "{line}"
    );
}
