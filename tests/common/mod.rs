//! What the tests of the window share. No test may live here.

use std::sync::OnceLock;

/// Whether pictures can be drawn here, and if not, why. Asks for a renderer the same way the harness
/// does, so that the answer is the harness's own.
///
/// # Errors
/// What the harness said when it found no adapter.
pub fn image_tests_available() -> Result<(), String> {
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
