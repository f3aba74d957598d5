//! The analyses: each is pure, from a log, a cut in time, options and a task to a report. No I/O, no SQLite, no threads, no egui.

pub mod replay;
