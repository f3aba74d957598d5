//! The analyses: each is pure, from a log, a cut in time, options and a task to a report. No I/O, no SQLite, no threads, no egui.

pub mod advisor;
pub mod audit;
pub mod bodies;
pub mod causality;
pub mod causes;
pub mod compaction;
pub mod deeper;
pub mod density;
pub mod events;
pub mod lag;
#[cfg(test)]
mod laws;
pub mod links;
pub mod nearest;
pub mod overview;
pub mod projection;
pub mod replay;
pub mod saga;
mod scan;
pub mod schema;
pub mod side;
pub mod streams;
#[cfg(test)]
pub(crate) mod testing;
pub mod whole;
pub mod words;
