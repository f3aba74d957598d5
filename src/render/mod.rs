//! Reports as text: tables for people, CSV and JSON lines for programs. `cli` prints them and the
//! window's Copy and Export write them, so that both give the same bytes. Nothing is computed here
//! and nothing is written to a file.

mod advice;
mod audit;
mod bytes;
mod csv;
mod grid;
mod info;
mod json;
mod lag;
mod lag_files;
mod map;
mod markdown;
mod reports;
mod saga;
mod sarif;
mod schema;
mod sequence;
mod shell;
mod storage;
mod table;
#[cfg(test)]
mod tests;
mod trace;

pub use self::advice::advice_markdown;
pub use self::audit::{audit, audit_markdown, finding_markdown};
pub use self::bytes::bytes;
pub use self::csv::{csv, csv_rows, csv_string};
pub use crate::analysis::words::grouped;
pub use grid::{Cell, Column, Grid};
pub use info::info;
pub use json::{answer_lines, json, json_line};
pub use lag::{held_up, lag, rate, relay};
pub use lag_files::{consumers, dead_letters, distribution, messages, rereads, stages};
pub use map::map_mermaid;
pub use reports::{answer, categories, event_types, events, streams};
pub use saga::{
    saga_answer, saga_before, saga_line, saga_markdown, saga_reasons, saga_step, saga_why,
};
pub use sarif::sarif;
pub use schema::schema;
pub use sequence::{Around, mermaid, sequence_svg, times};
pub use shell::Shell;
pub use storage::growth_words;
pub use table::{Width, harmless, inline, json_text, table};
pub use trace::trace;
