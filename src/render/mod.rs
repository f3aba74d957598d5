//! Reports as text: tables for people, CSV and JSON lines for programs. `cli` prints them and the
//! window's Copy and Export write them, so that both give the same bytes. Nothing is computed here
//! and nothing is written to a file.

mod csv;
mod grid;
mod info;
mod json;
mod reports;
mod table;
#[cfg(test)]
mod tests;

pub use self::csv::{csv, csv_string};
pub use crate::analysis::words::grouped;
pub use grid::{Cell, Column, Grid};
pub use info::info;
pub use json::{json, json_line};
pub use reports::{categories, event_types, events, streams};
pub use table::{Width, inline, table};
