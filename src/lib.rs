//! Asof opens any event store and shows it as of any moment.
//!
//! The folders are the layers, and imports point only down this list: `gui` and `cli` over
//! `render`, `worker`, `workspace`, `sql`, `analysis`, `store`, `log` and `model`; `simulate` stands aside
//! and writes sample stores. `ARCHITECTURE.md` has the map, `tests/tidy.rs` keeps it.

pub mod analysis;
pub mod cli;
pub mod gui;
pub mod log;
pub mod model;
pub mod render;
pub mod simulate;
pub mod sql;
pub mod store;
pub mod worker;
pub mod workspace;
