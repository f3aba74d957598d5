//! What the tests of the window share. No test may live here.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use asof::gui::{App, Start};
use asof::model::Timestamp;
use asof::workspace::Workspace;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

/// Whether pictures can be drawn here, and if not, why. Asks for a renderer the same way the harness
/// does, so that the answer is the harness's own.
///
/// # Errors
/// What the harness said when it found no adapter.
fn image_tests_available() -> Result<(), String> {
    static ANSWER: OnceLock<Result<(), String>> = OnceLock::new();
    ANSWER
        .get_or_init(|| {
            std::panic::catch_unwind(|| drop(egui_kittest::wgpu::WgpuTestRenderer::new())).map_err(
                |panic| {
                    panic
                        .downcast_ref::<String>()
                        .cloned()
                        .unwrap_or_else(|| "no graphics adapter was found".to_owned())
                },
            )
        })
        .clone()
}

/// Whether pictures can be drawn here. Where they must be (`ASOF_PICTURES=required`), a machine that
/// cannot is a failure; anywhere else it is said and the test is skipped.
#[expect(clippy::print_stderr, reason = "a test that was skipped says so")]
pub fn can_draw() -> bool {
    let Err(why) = image_tests_available() else {
        return true;
    };
    let required = std::env::var("ASOF_PICTURES").is_ok_and(|value| value == "required");
    assert!(!required, "pictures cannot be drawn here: {why}");
    eprintln!("skipped: pictures cannot be drawn here: {why}");
    false
}

/// The window with a store being opened, remembering nothing, at a fixed time of the computer.
pub fn open_app(path: &Path) -> Harness<'static, App> {
    open_app_in(path, Workspace::none())
}

/// The same with a workspace.
pub fn open_app_in(path: &Path, workspace: Workspace) -> Harness<'static, App> {
    open_paths(vec![path.to_owned()], workspace)
}

/// Several files as one store.
pub fn open_together(paths: Vec<PathBuf>, workspace: Workspace) -> Harness<'static, App> {
    open_paths(paths, workspace)
}

/// The welcome page.
pub fn open_nothing(workspace: Workspace) -> Harness<'static, App> {
    open_paths(Vec::new(), workspace)
}

/// A bundled store.
pub fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("sample-data")
        .join(name)
}

/// One of the views of a bundled store.
pub fn open_view(sample_name: &str, view: &str) -> Harness<'static, App> {
    let mut harness = open_app(&sample(sample_name));
    click(&mut harness, Role::Button, view);
    assert_eq!(harness.state().model().view.name(), view);
    harness
}

/// Clicks what is called so, and waits for what comes of it.
pub fn click(harness: &mut Harness<'_, App>, role: Role, name: &str) {
    harness.get_by_role_and_label(role, name).click();
    settle(harness);
}

/// Moves the cursor to a typed moment.
pub fn move_to(harness: &mut Harness<'_, App>, moment: &str) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::T);
    settle(harness);
    let field = harness.get_by_role_and_label(Role::TextInput, "Moment");
    field.focus();
    field.type_text(moment);
    settle(harness);
    harness.key_press(Key::Enter);
    settle(harness);
}

fn start(workspace: Workspace) -> Start {
    Start {
        workspace,
        clock: || Timestamp::from_micros(1_735_732_800_000_000),
        samples: Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data"),
    }
}

/// The window with these stores, to be drawn: of that size and in that theme, remembering nothing.
pub fn drawn(paths: Vec<PathBuf>, theme: egui::Theme, size: [f32; 2]) -> Harness<'static, App> {
    let start = start(Workspace::none());
    let mut harness = Harness::builder()
        .with_size(size)
        .with_theme(theme)
        .wgpu()
        .build_eframe(|cc| {
            let app = App::new(&cc.egui_ctx, start, paths).expect("threads can be started");
            cc.egui_ctx.set_theme(theme);
            app
        });
    settle(&mut harness);
    harness
}

fn open_paths(paths: Vec<PathBuf>, workspace: Workspace) -> Harness<'static, App> {
    let start = start(workspace);
    let mut harness = Harness::builder()
        .with_size([1440.0, 900.0])
        .build_eframe(|cc| App::new(&cc.egui_ctx, start, paths).expect("threads can be started"));
    settle(&mut harness);
    harness
}

/// Steps until the background has nothing left to do and the window has taken it in.
pub fn settle(harness: &mut Harness<'_, App>) {
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut quiet = 0;
    while quiet < 4 {
        assert!(
            Instant::now() < deadline,
            "the window does not come to rest: {:?}",
            harness.state().unsettled()
        );
        harness.step();
        quiet = if harness.state().is_settled() {
            quiet + 1
        } else {
            0
        };
        if quiet == 0 {
            std::thread::yield_now();
        }
    }
}
