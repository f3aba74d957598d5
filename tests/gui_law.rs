//! One law over every screen: whatever can be reached by keyboard or clicked has a name that says what
//! it does and a role that says that it does something, and a click on it does.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use asof::gui::App;
use common::{open_app, settle};
use egui::accesskit::{Action, Role};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

type Window = Harness<'static, App>;

/// A screen by its name, and what leads to it.
type Screen = (&'static str, fn(&mut Window));

const SCREENS: [Screen; 12] = [
    ("Overview", |window| control(window, Key::Num1)),
    ("Events", |window| {
        control(window, Key::Num2);
        window.get_by_role_and_label(Role::Table, "Events").focus();
        press(window, Modifiers::NONE, Key::End);
    }),
    ("Streams", |window| control(window, Key::Num3)),
    ("State", |window| {
        palette(window, "order-1");
        press(window, Modifiers::NONE, Key::Enter);
    }),
    ("Projections", |window| {
        control(window, Key::Num5);
        press(window, Modifiers::COMMAND, Key::Enter);
    }),
    ("Sagas", |window| control(window, Key::Num6)),
    ("Lag", |window| control(window, Key::Num7)),
    ("Audit", |window| control(window, Key::Num8)),
    ("SQL", |window| control(window, Key::Num9)),
    ("Palette", |window| palette(window, "order")),
    ("Help", |window| press(window, Modifiers::NONE, Key::F1)),
    ("Settings", |window| control(window, Key::Comma)),
];

fn sample() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    folder.join("orders.db")
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window);
}

fn control(window: &mut Window, key: Key) {
    press(window, Modifiers::COMMAND, key);
}

fn palette(window: &mut Window, text: &str) {
    control(window, Key::K);
    window.event(egui::Event::Text(text.to_owned()));
    settle(window);
}

/// Roles of what does something.
const ACTIVE: &[Role] = &[
    Role::Button,
    Role::CheckBox,
    Role::ColumnHeader,
    Role::Link,
    Role::ListBoxOption,
    Role::MultilineTextInput,
    Role::RadioButton,
    Role::Row,
    Role::ScrollBar,
    Role::Slider,
    Role::SpinButton,
    Role::Splitter,
    Role::Tab,
    Role::Table,
    Role::TextInput,
    Role::Code,
];

#[test]
fn whatever_can_be_reached_is_named_and_does_something() {
    let mut nameless = Vec::new();
    for (screen, go) in SCREENS {
        let mut window = open_app(&sample());
        go(&mut window);
        let mut seen = 0;
        for node in window.root().children_recursive() {
            let node = node.accesskit_node();
            let clicks = node.data().supports_action(Action::Click);
            let focuses = node.data().supports_action(Action::Focus);
            if !clicks && !focuses {
                continue;
            }
            // Text that can be selected is no control, and egui's own scroll bars have no names.
            let said = node.label().or_else(|| node.value());
            let text = matches!(node.role(), Role::Label | Role::Status | Role::TextRun);
            if text && said.is_some_and(|text| !text.is_empty()) || node.role() == Role::ScrollBar {
                continue;
            }
            seen += 1;
            let name = node.label().unwrap_or_default();
            if !ACTIVE.contains(&node.role()) || name.trim().is_empty() {
                let at = node.bounding_box();
                nameless.push(format!("{screen}: {:?} {name:?} {at:?}", node.role()));
            }
        }
        assert!(seen > 20, "{screen} has {seen} controls");
    }
    assert!(nameless.is_empty(), "no names or no roles: {nameless:#?}");
}

/// Controls that have done their work already, or whose work cannot be seen here: they open dialogs of
/// the system, end the program, wait for text, would move what is at its end.
const LEFT_OUT: &[&str] = &[
    "Open file…",
    "Open folder…",
    "Quit",
    "Export",
    "Next event",
    "Next event of this stream",
    "To the head",
    "Zoom in",
    "Zoom out",
];

/// All that a user or a screen reader could notice.
fn noticed(window: &Window) -> String {
    let model = window.state().model();
    let mut text = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        model.view,
        model.cursor.bound(),
        model.selection,
        model.filter,
        window.state().copied(),
        model.settings.window,
        model.notes,
    );
    for node in window.root().children_recursive() {
        let node = node.accesskit_node();
        let label = node.label().unwrap_or_default();
        let value = node.value().unwrap_or_default();
        let (on, selected) = (node.toggled(), node.is_selected());
        let at = node.bounding_box().map(|at| (at.x0 as i64, at.y0 as i64));
        text.push_str(&format!(
            "{:?} {label} {value} {on:?} {selected:?} {at:?}\n",
            node.role()
        ));
    }
    text
}

#[test]
fn a_click_on_any_button_can_be_noticed() {
    let mut idle = Vec::new();
    let mut tried = BTreeSet::new();
    for (screen, go) in SCREENS {
        let mut window = open_app(&sample());
        go(&mut window);
        let mut buttons: BTreeMap<String, usize> = BTreeMap::new();
        for node in window.root().children_recursive() {
            let node = node.accesskit_node();
            let clicks = node.data().supports_action(Action::Click);
            let on = node.is_selected() == Some(true)
                || node.toggled() == Some(egui::accesskit::Toggled::True);
            if matches!(node.role(), Role::Button | Role::Link)
                && clicks
                && !node.is_disabled()
                && !on
            {
                *buttons.entry(node.label().unwrap_or_default()).or_default() += 1;
            }
        }
        for (name, count) in buttons {
            // The buttons around the views are the same on every screen.
            if count > 1 || LEFT_OUT.contains(&name.as_str()) || !tried.insert(name.clone()) {
                continue;
            }
            let mut window = open_app(&sample());
            go(&mut window);
            let before = noticed(&window);
            let Some(node) = window
                .query_all_by_label(&name)
                .find(|node| matches!(node.accesskit_node().role(), Role::Button | Role::Link))
            else {
                continue;
            };
            node.click();
            if name == "Play" {
                window.run_steps(4);
            } else {
                settle(&mut window);
            }
            if noticed(&window) == before {
                idle.push(format!("{screen}: {name}"));
            }
        }
    }
    assert!(idle.is_empty(), "nothing came of {idle:#?}");
}
