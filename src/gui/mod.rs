//! The window. egui lives here and nowhere else; nothing here opens a file, runs SQL or scans the log.

pub mod theme;
pub mod widgets;
