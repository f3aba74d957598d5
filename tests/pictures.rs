//! Pictures of the main screens, in both themes where they matter. The README shows one of them, so
//! that it cannot go stale. `UPDATE_SNAPSHOTS=true cargo test --test pictures` draws them anew; look
//! at them before you keep them.

mod common;

use asof::gui::App;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, SnapshotResults};

use common::{move_to as typed, settle};

/// A screen, and what is done to get there.
struct Screen {
    name: &'static str,
    sample: Option<&'static str>,
    theme: egui::Theme,
    steps: fn(&mut Harness<'_, App>),
}

const DARK: egui::Theme = egui::Theme::Dark;
const LIGHT: egui::Theme = egui::Theme::Light;

const SCREENS: &[Screen] = &[
    Screen {
        name: "welcome_dark",
        sample: None,
        theme: DARK,
        steps: |_| {},
    },
    Screen {
        name: "overview_dark",
        sample: Some("orders.db"),
        theme: DARK,
        steps: |h| typed(h, "2024-12-02 12:00"),
    },
    Screen {
        name: "overview_light",
        sample: Some("orders.db"),
        theme: LIGHT,
        steps: |h| typed(h, "2024-12-02 12:00"),
    },
    Screen {
        name: "events_dark",
        sample: Some("orders.db"),
        theme: DARK,
        steps: events,
    },
    Screen {
        name: "events_light",
        sample: Some("orders.db"),
        theme: LIGHT,
        steps: events,
    },
    Screen {
        name: "streams_dark",
        sample: Some("orders.db"),
        theme: DARK,
        steps: |h| view(h, "Streams"),
    },
    Screen {
        name: "state_dark",
        sample: Some("bank.db"),
        theme: DARK,
        steps: state,
    },
    Screen {
        name: "state_light",
        sample: Some("bank.db"),
        theme: LIGHT,
        steps: state,
    },
    Screen {
        name: "projections_dark",
        sample: Some("bank.db"),
        theme: DARK,
        steps: projections,
    },
    Screen {
        name: "projections_light",
        sample: Some("orders.db"),
        theme: LIGHT,
        steps: |h| {
            typed(h, "2024-12-02 12:00");
            view(h, "Projections");
            button(h, egui::accesskit::Role::Tab, "open-orders.json");
            button(h, egui::accesskit::Role::Tab, "Twice");
            view(h, "Try it");
        },
    },
    Screen {
        name: "sagas_dark",
        sample: Some("orders.db"),
        theme: DARK,
        steps: |h| saga(h, "Timeline"),
    },
    Screen {
        name: "sagas_light",
        sample: Some("orders.db"),
        theme: LIGHT,
        steps: |h| saga(h, "Timeline"),
    },
    Screen {
        name: "sagas_sequence_dark",
        sample: Some("orders.db"),
        theme: DARK,
        steps: |h| saga(h, "Sequence"),
    },
    Screen {
        name: "sagas_sequence_light",
        sample: Some("orders.db"),
        theme: LIGHT,
        steps: |h| saga(h, "Sequence"),
    },
    Screen {
        name: "sagas_durations_dark",
        sample: Some("orders.db"),
        theme: DARK,
        steps: |h| durations(h, "Step"),
    },
    Screen {
        name: "sagas_durations_light",
        sample: Some("orders.db"),
        theme: LIGHT,
        steps: |h| durations(h, "Outcome"),
    },
    Screen {
        name: "sagas_failures_dark",
        sample: Some("orders.db"),
        theme: DARK,
        steps: |h| durations(h, "Failures over time"),
    },
    Screen {
        name: "sagas_compared_dark",
        sample: Some("orders.db"),
        theme: DARK,
        steps: compared,
    },
    Screen {
        name: "sagas_compared_light",
        sample: Some("orders.db"),
        theme: LIGHT,
        steps: |h| {
            compared(h);
            button(h, egui::accesskit::Role::Button, "Filter sagas");
        },
    },
    Screen {
        name: "sagas_map_dark",
        sample: Some("orders.db"),
        theme: DARK,
        steps: |h| saga(h, "Map"),
    },
    Screen {
        name: "sagas_map_light",
        sample: Some("orders.db"),
        theme: LIGHT,
        steps: |h| saga(h, "Map"),
    },
    Screen {
        name: "audit_dark",
        sample: Some("users.json"),
        theme: DARK,
        steps: |h| finding(h, "Field changed type between versions"),
    },
    Screen {
        name: "audit_light",
        sample: Some("carts.db"),
        theme: LIGHT,
        steps: |h| view(h, "Audit"),
    },
    Screen {
        name: "sql_dark",
        sample: Some("orders.db"),
        theme: DARK,
        steps: |h| statement(h, "Events by type"),
    },
    Screen {
        name: "sql_light",
        sample: Some("orders.db"),
        theme: LIGHT,
        steps: |h| {
            statement(h, "Events per day");
            button(h, egui::accesskit::Role::RadioButton, "Over time");
        },
    },
    Screen {
        name: "palette_dark",
        sample: Some("bank.db"),
        theme: DARK,
        steps: palette,
    },
    Screen {
        name: "help_light",
        sample: Some("users.json"),
        theme: LIGHT,
        steps: |h| key(h, egui::Key::F1),
    },
];

fn view(harness: &mut Harness<'_, App>, name: &str) {
    harness
        .get_by_role_and_label(egui::accesskit::Role::Button, name)
        .click();
    settle(harness);
}

fn finding(harness: &mut Harness<'_, App>, name: &str) {
    view(harness, "Audit");
    button(harness, egui::accesskit::Role::Button, name);
}

fn key(harness: &mut Harness<'_, App>, key: egui::Key) {
    harness.key_press(key);
    settle(harness);
}

fn events(harness: &mut Harness<'_, App>) {
    view(harness, "Events");
    typed(harness, "2024-11-22 15:54:38");
}

fn button(harness: &mut Harness<'_, App>, role: egui::accesskit::Role, name: &str) {
    harness.get_by_role_and_label(role, name).click();
    settle(harness);
}

/// An example of the SQL view, as of a moment before the head.
fn statement(harness: &mut Harness<'_, App>, example: &str) {
    typed(harness, "2024-12-02 12:00");
    view(harness, "SQL");
    view(harness, example);
}

/// A saga that went back, in one of its forms, as of a moment before the head.
fn saga(harness: &mut Harness<'_, App>, shown: &str) {
    typed(harness, "2024-12-14 12:00");
    view(harness, "Sagas");
    let search = harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Search sagas");
    search.focus();
    search.type_text("order-1004");
    settle(harness);
    {
        let mut rows = harness.query_all_by_role(egui::accesskit::Role::Row);
        let is_it = |label: String| label.starts_with("order-1004 Failed");
        let row = rows.find(|row| row.accesskit_node().label().is_some_and(is_it));
        row.expect("it failed").click();
    }
    settle(harness);
    if shown != "Timeline" {
        button(harness, egui::accesskit::Role::RadioButton, shown);
    }
}

/// How long sagas took, told apart by one thing or the other.
fn durations(harness: &mut Harness<'_, App>, by: &str) {
    typed(harness, "2024-12-14 12:00");
    view(harness, "Sagas");
    button(harness, egui::accesskit::Role::RadioButton, "Durations");
    if by != "Outcome" {
        button(harness, egui::accesskit::Role::RadioButton, by);
    }
}

/// Some sagas from a common start.
fn compared(harness: &mut Harness<'_, App>) {
    saga(harness, "Timeline");
    harness
        .get_by_role_and_label(egui::accesskit::Role::TextInput, "Search sagas")
        .focus();
    key(harness, egui::Key::Backspace);
    let rows = harness.query_all_by_role(egui::accesskit::Role::Row);
    let named = rows.filter(|row| {
        let label = row.accesskit_node().label();
        label.is_some_and(|label| label.starts_with("order-100"))
    });
    let names: Vec<String> = named
        .filter_map(|row| row.accesskit_node().label())
        .take(5)
        .collect();
    for name in names {
        harness
            .get_by_role_and_label(egui::accesskit::Role::Row, &name)
            .click_modifiers(egui::Modifiers::COMMAND);
        settle(harness);
    }
}

fn open_palette(harness: &mut Harness<'_, App>, text: &str) {
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::K);
    settle(harness);
    harness.event(egui::Event::Text(text.to_owned()));
    settle(harness);
}

fn palette(harness: &mut Harness<'_, App>) {
    open_palette(harness, "acc 77");
}

fn state(harness: &mut Harness<'_, App>) {
    open_palette(harness, "account-77");
    key(harness, egui::Key::Enter);
    typed(harness, "2024-12-31 23:59");
}

/// A partition at a moment, with what its last event did.
fn projections(harness: &mut Harness<'_, App>) {
    typed(harness, "2024-12-31 23:59");
    view(harness, "Projections");
    view(harness, "Run to cursor");
    let rows = harness.query_all_by_role(egui::accesskit::Role::Row);
    let names = rows.filter_map(|row| row.accesskit_node().label());
    let name = names
        .into_iter()
        .find(|name| name.starts_with("account-77"));
    let name = name.unwrap_or_default();
    button(harness, egui::accesskit::Role::Row, &name);
}

fn draw(screen: &Screen) -> egui_kittest::SnapshotResult {
    let paths = screen.sample.map(common::sample).into_iter().collect();
    let mut harness = common::drawn(paths, screen.theme, [1440.0, 900.0]);
    (screen.steps)(&mut harness);
    settle(&mut harness);
    harness.try_snapshot(screen.name)
}

#[test]
fn the_main_screens_look_as_they_did() {
    if !common::can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    for screen in SCREENS {
        results.add(draw(screen));
    }
}
