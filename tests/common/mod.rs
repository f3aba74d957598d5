//! What the tests of the window share. No test may live here.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use asof::gui::{App, Start};
use asof::model::Timestamp;
use asof::workspace::Workspace;
use egui_kittest::Harness;

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

/// The welcome page.
pub fn open_nothing(workspace: Workspace) -> Harness<'static, App> {
    open_paths(Vec::new(), workspace)
}

fn open_paths(paths: Vec<std::path::PathBuf>, workspace: Workspace) -> Harness<'static, App> {
    let start = Start {
        workspace,
        clock: || Timestamp::from_micros(1_735_732_800_000_000),
        samples: Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data"),
    };
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
            "the window does not come to rest"
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
