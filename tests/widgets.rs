//! The house widgets as a user and a screen reader meet them, and how they look in both themes.

mod common;

use asof::gui::theme;
use asof::gui::widgets::gallery::Gallery;
use egui::accesskit::Role;
use egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Theme, TouchPhase, pos2, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

fn gallery(theme: Theme) -> Harness<'static, Gallery> {
    Harness::builder()
        .with_size([900.0, 700.0])
        .with_theme(theme)
        .with_context_setup(theme::install)
        .build_ui_state(
            |ui, gallery: &mut Gallery| gallery.show(ui),
            Gallery::default(),
        )
}

fn click(harness: &mut Harness<'_, Gallery>, role: Role, name: &str) {
    harness.get_by_role_and_label(role, name).click();
    harness.run();
}

#[test]
fn every_widget_is_found_by_its_name() {
    for theme in [Theme::Dark, Theme::Light] {
        let mut harness = gallery(theme);
        harness.run();
        for (role, name) in [
            (Role::Button, "Copy answer"),
            (Role::Button, "Play"),
            (Role::Button, "Lanes: Category"),
            (Role::RadioButton, "JSON"),
            (Role::Tab, "Events"),
            (Role::Button, "Recorded from 11-29 00:00"),
            (Role::TextInput, "Text in payload"),
            (Role::Button, "MoneyWithdrawn 34,010 18.5 %"),
            (Role::Link, "Open the audit"),
            (Role::ProgressIndicator, "Indexing"),
            (Role::Image, "Balance over time"),
            (Role::Table, "Events"),
            (Role::ColumnHeader, "Event type"),
            (Role::Row, "3 RefundRequested"),
            (Role::Code, "Payload"),
            (Role::Link, "018f3c2e-77b1-7a40-9d1e-0123456789ab"),
        ] {
            assert!(
                harness.query_by_role_and_label(role, name).is_some(),
                "no {role:?} {name:?}"
            );
        }
        assert!(harness.query_by_value("Compensated").is_some());
    }
}

#[test]
fn a_click_does_what_the_name_says() {
    let mut harness = gallery(Theme::Dark);
    harness.run();
    for (role, name, said) in [
        (Role::Button, "Next", "Next"),
        (Role::Button, "Recorded from 11-29 00:00", "chip"),
        (Role::Button, "Remove Recorded from 11-29 00:00", "closed"),
        (Role::Button, "KycVerified 1,011 0.5 %", "KycVerified"),
        (Role::Link, "Open the audit", "action 0"),
        (Role::Link, "Cancel", "cancelled"),
        (
            Role::Link,
            "018f3c2e-77b1-7a40-9d1e-0123456789ab",
            "followed",
        ),
    ] {
        click(&mut harness, role, name);
        assert_eq!(harness.state().said, said);
    }
}

#[test]
fn segments_and_tabs_choose_one() {
    let mut harness = gallery(Theme::Dark);
    harness.run();
    click(&mut harness, Role::RadioButton, "JSON");
    let json = harness.get_by_role_and_label(Role::RadioButton, "JSON");
    assert_eq!(
        json.accesskit_node().toggled(),
        Some(egui::accesskit::Toggled::True)
    );
    click(&mut harness, Role::Tab, "Nothing here");
    click(&mut harness, Role::Button, "Clear filters");
    assert_eq!(harness.state().said, "cleared");
}

#[test]
fn a_detail_folds_out_and_in() {
    let mut harness = gallery(Theme::Dark);
    harness.run();
    click(&mut harness, Role::Link, "Show detail");
    assert!(
        harness
            .query_by_label_contains("one writer was behind")
            .is_some()
    );
    click(&mut harness, Role::Link, "Hide detail");
    assert!(
        harness
            .query_by_label_contains("one writer was behind")
            .is_none()
    );
}

#[test]
fn typing_into_a_field_changes_its_text() {
    let mut harness = gallery(Theme::Dark);
    harness.run();
    let field = harness.get_by_role_and_label(Role::TextInput, "Text in payload");
    field.focus();
    field.type_text("gift");
    harness.run();
    let field = harness.get_by_role_and_label(Role::TextInput, "Text in payload");
    assert_eq!(field.value().as_deref(), Some("gift"));
}

#[test]
fn a_table_of_five_million_rows_lays_out_only_those_in_sight() {
    let mut harness = gallery(Theme::Dark);
    harness.run();
    let rows = harness.get_all_by_role(Role::Row).count();
    assert!((5..20).contains(&rows), "{rows}");
}

#[test]
fn keys_move_the_selection_and_the_table_follows() {
    let mut harness = gallery(Theme::Dark);
    harness.run();
    click(&mut harness, Role::Row, "2 StockReserved");
    assert_eq!(harness.state().selected, Some(1));
    for (key, row) in [
        (Key::ArrowDown, 2),
        (Key::ArrowUp, 1),
        (Key::End, 4_999_999),
        (Key::ArrowDown, 4_999_999),
        (Key::Home, 0),
    ] {
        harness.key_press(key);
        harness.run();
        assert_eq!(harness.state().selected, Some(row));
    }
    harness.key_press(Key::End);
    harness.run();
    assert!(harness.query_by_label("5000000 OrderPlaced").is_some());
    assert!(harness.query_by_label("1 PaymentAuthorized").is_none());
}

#[test]
fn the_wheel_scrolls_the_table_and_stops_at_its_ends() {
    let mut harness = gallery(Theme::Dark);
    harness.run();
    let mut wheel = |y: f32| {
        harness.hover_at(pos2(600.0, 200.0));
        harness.event(Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: vec2(0.0, y),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        for _ in 0..40 {
            harness.step();
        }
        let rows: Vec<_> = harness.get_all_by_role(Role::Row).collect();
        rows[0].accesskit_node().label().unwrap_or_default()
    };
    assert_eq!(wheel(5.0), "1 PaymentAuthorized");
    let down = wheel(-10.0);
    assert_ne!(down, "1 PaymentAuthorized");
    assert_eq!(wheel(500.0), "1 PaymentAuthorized");
}

#[test]
fn the_gallery_looks_as_it_did() {
    if !common::can_draw() {
        return;
    }
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, name) in [
        (Theme::Dark, "widgets_dark"),
        (Theme::Light, "widgets_light"),
    ] {
        let mut harness = Harness::builder()
            .with_size([900.0, 700.0])
            .with_theme(theme)
            .with_context_setup(theme::install)
            .wgpu()
            .build_ui_state(
                |ui, gallery: &mut Gallery| gallery.show(ui),
                Gallery::default(),
            );
        harness.run();
        results.add(harness.try_snapshot(name));
    }
}

fn drag(harness: &mut Harness<'_, Gallery>, from: egui::Pos2, to: egui::Pos2) {
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    harness.hover_at(from);
    harness.run();
    harness.event(button(from, true));
    harness.run();
    harness.hover_at(to);
    harness.run();
    harness.event(button(to, false));
    harness.run();
}

#[test]
fn the_scroll_bar_reaches_both_ends() {
    let mut harness = gallery(Theme::Dark);
    harness.run();
    let bar = harness.get_by_role(Role::ScrollBar).rect();
    let (top, bottom) = (bar.center_top() + vec2(0.0, 8.0), bar.center_bottom());
    drag(&mut harness, top, bottom);
    assert!(harness.query_by_label("5000000 OrderPlaced").is_some());
    drag(&mut harness, bottom - vec2(0.0, 8.0), bar.center_top());
    assert!(harness.query_by_label("1 PaymentAuthorized").is_some());
}

#[test]
fn a_column_is_as_wide_as_it_is_dragged() {
    let mut harness = gallery(Theme::Dark);
    harness.run();
    let width = |harness: &Harness<'_, Gallery>| {
        let head = harness.get_by_role_and_label(Role::ColumnHeader, "Event type");
        head.rect().width()
    };
    let before = width(&harness);
    let grip = harness
        .get_by_role_and_label(Role::Splitter, "Width of Event type")
        .rect()
        .center();
    drag(&mut harness, grip, grip - vec2(40.0, 0.0));
    assert_eq!(width(&harness), before - 40.0);
}
