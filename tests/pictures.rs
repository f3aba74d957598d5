//! Pictures of the main screens, in both themes where they matter. The README shows one of them, so
//! that it cannot go stale. `UPDATE_SNAPSHOTS=true cargo test --test pictures` draws them anew; look
//! at them before you keep them.

mod common;

use std::path::Path;

use asof::gui::{App, Start};
use asof::model::Timestamp;
use asof::workspace::Workspace;
use egui_kittest::kittest::Queryable as _;
use egui_kittest::{Harness, SnapshotResults};

use common::settle;

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
        sample: Some("bank.jsonl"),
        theme: DARK,
        steps: state,
    },
    Screen {
        name: "state_light",
        sample: Some("bank.jsonl"),
        theme: LIGHT,
        steps: state,
    },
    Screen {
        name: "palette_dark",
        sample: Some("bank.jsonl"),
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

fn key(harness: &mut Harness<'_, App>, key: egui::Key) {
    harness.key_press(key);
    settle(harness);
}

fn typed(harness: &mut Harness<'_, App>, moment: &str) {
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::T);
    settle(harness);
    let field = harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Moment");
    field.focus();
    field.type_text(moment);
    settle(harness);
    key(harness, egui::Key::Enter);
}

fn events(harness: &mut Harness<'_, App>) {
    view(harness, "Events");
    typed(harness, "2024-11-18 10:48:04");
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

fn draw(screen: &Screen) -> egui_kittest::SnapshotResult {
    let start = Start {
        workspace: Workspace::none(),
        clock: || Timestamp::from_micros(1_735_732_800_000_000),
        samples: Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data"),
    };
    let sample = screen.sample.map(|name| start.samples.join(name));
    let mut harness = Harness::builder()
        .with_size([1440.0, 900.0])
        .with_theme(screen.theme)
        .wgpu()
        .build_eframe(|cc| {
            let app = App::new(&cc.egui_ctx, start, sample.into_iter().collect())
                .expect("threads can be started");
            cc.egui_ctx.set_theme(screen.theme);
            app
        });
    settle(&mut harness);
    (screen.steps)(&mut harness);
    settle(&mut harness);
    harness.try_snapshot(screen.name)
}

#[test]
fn the_main_screens_look_as_they_did() {
    if let Err(why) = common::image_tests_available() {
        eprintln!("skipped: pictures cannot be drawn here: {why}");
        return;
    }
    let mut results = SnapshotResults::new();
    for screen in SCREENS {
        results.add(draw(screen));
    }
}
