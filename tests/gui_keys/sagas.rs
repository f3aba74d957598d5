//! The sagas view by keyboard: its list is walked at once, and the palette has what can be done.

use asof::gui::model::View;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::common::{open_app, settle};
use super::{Window, at_once, press, sample, stroke};

/// The saga that is looked at, by its row in the list.
fn row_of_saga(window: &Window) -> Option<usize> {
    let answers = &window.state().model().answers;
    let first = answers.saga.asked()?.first;
    let list = answers.sagas.current()?;
    let of = |place: &u32| &list.judged.at.seen[*place as usize];
    let mut rows = list.rows.iter();
    rows.position(|place| list.judged.at.events_of(of(place))[0] == first.0)
}

#[test]
fn the_list_of_sagas_is_walked_as_soon_as_it_is_shown() {
    let mut window = open_app(&sample("orders.db"));
    press(&mut window, Modifiers::COMMAND, Key::Num6);
    assert_eq!(row_of_saga(&window), Some(0));
    let rows = window.state().model().answers.sagas.current();
    let last = rows.map(|list| list.rows.len() - 1).expect("a list");
    for (key, row) in [
        (Key::ArrowDown, 1),
        (Key::ArrowDown, 2),
        (Key::ArrowUp, 1),
        (Key::End, last),
        (Key::Home, 0),
    ] {
        press(&mut window, Modifiers::NONE, key);
        assert_eq!(row_of_saga(&window), Some(row), "{key:?}");
    }
    press(&mut window, Modifiers::NONE, Key::PageDown);
    assert!(row_of_saga(&window) > Some(4));
    // All of it before the list is there, and any of these keys is the first.
    for (key, row) in [(Key::ArrowDown, 1), (Key::End, last)] {
        let mut window = open_app(&sample("orders.db"));
        let show = stroke(Key::Num6, Modifiers::COMMAND).to_vec();
        let key = stroke(key, Modifiers::NONE).to_vec();
        at_once(&mut window, [show, key].concat());
        assert_eq!(row_of_saga(&window), Some(row));
    }
}

/// Runs what the palette finds first for a text.
fn run(window: &mut Window, text: &str) {
    press(window, Modifiers::COMMAND, Key::K);
    window.event(Event::Text(format!(">{text}")));
    settle(window);
    press(window, Modifiers::NONE, Key::Enter);
}

/// Whether the palette finds something that is called so.
fn is_offered(window: &mut Window, text: &str) -> bool {
    press(window, Modifiers::COMMAND, Key::K);
    window.event(Event::Text(format!(">{text}")));
    settle(window);
    let found = window.query_all_by_label_contains(text).count() > 0;
    press(window, Modifiers::NONE, Key::Escape);
    found
}

fn is_shown(window: &Window, page: &str) -> bool {
    let node = window.get_by_role_and_label(Role::RadioButton, page);
    node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
}

#[test]
fn all_that_can_be_done_with_sagas_is_in_the_palette() {
    let mut window = open_app(&sample("orders.db"));
    assert!(!is_offered(&mut window, "Copy Mermaid"));
    assert!(!is_offered(&mut window, "List stuck sagas only"));
    for (title, page) in [
        ("Sequence diagram of a saga", "Sequence"),
        ("Process map of the sagas", "Map"),
        ("Durations of the sagas", "Durations"),
        ("Compare sagas", "Compare"),
        ("Timeline of a saga", "Timeline"),
    ] {
        run(&mut window, title);
        assert_eq!(window.state().model().view, View::Sagas);
        assert!(is_shown(&window, page), "{title}");
    }
    run(&mut window, "Copy Mermaid of the sequence diagram");
    let copied = window.state().copied().unwrap_or_default();
    assert!(copied.contains("sequenceDiagram"), "{copied}");
    assert!(!is_offered(&mut window, "Copy Mermaid of the process map"));
    run(&mut window, "Process map of the sagas");
    run(&mut window, "Copy Mermaid of the process map");
    let copied = window.state().copied().unwrap_or_default();
    assert!(copied.starts_with("flowchart"), "{copied}");

    let count = |window: &Window| {
        let list = window.state().model().answers.sagas.current();
        list.map_or(0, |list| list.rows.len())
    };
    let all = count(&window);
    assert!(!is_offered(&mut window, "List sagas of every status"));
    assert!(!is_offered(&mut window, "List parked sagas only"));
    run(&mut window, "List stuck sagas only");
    assert_eq!(count(&window), 3);
    run(&mut window, "List sagas of every status");
    assert_eq!(count(&window), all);
    assert!(is_offered(&mut window, "Write a saga definition"));
}
