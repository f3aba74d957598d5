//! The window. egui lives here and nowhere else; nothing here opens a file, runs SQL or scans the log.
//!
//! [`model`] is what is shown; views and panels read it and put [`command::Command`]s into an
//! [`command::Outbox`]; [`app`] carries the commands out once a frame and asks the worker for whatever
//! the view, the cursor and the selection now need. `theme` and `widgets` know none of this.

pub mod app;
pub mod command;
mod dialogs;
mod frame;
mod kept;
pub mod model;
mod panels;
mod standing;
pub mod theme;
mod views;
pub mod widgets;
mod words;

use std::path::PathBuf;

pub use app::{App, Start};

/// Opens the window and runs until it is closed.
///
/// # Errors
/// Where no window can be had, in a sentence.
pub fn run(paths: Vec<PathBuf>, start: Start) -> Result<(), String> {
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_app_id("asof")
            .with_title("Asof")
            .with_inner_size([1440.0, 900.0])
            .with_min_inner_size([960.0, 600.0])
            .with_drag_and_drop(true),
        renderer: eframe::Renderer::Glow,
        ..Default::default()
    };
    let create = move |cc: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, _> {
        Ok(Box::new(App::new(&cc.egui_ctx, start, paths)?))
    };
    eframe::run_native("Asof", options, Box::new(create))
        .map_err(|error| format!("No window could be opened: {error}"))
}
