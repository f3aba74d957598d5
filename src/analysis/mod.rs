//! The analyses: each is pure, from a log, a cut in time, options and a task to a report. No I/O, no SQLite, no threads, no egui.

pub mod density;
pub mod events;
#[cfg(test)]
mod laws;
pub mod overview;
pub mod replay;
mod scan;
pub mod streams;
#[cfg(test)]
mod testing;
pub mod words;
