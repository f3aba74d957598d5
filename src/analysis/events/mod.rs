//! Which events match a filter, completely and in log order, and what they say. Behind `asof events`
//! and the Events view. How matches are drawn, sorted by people or counted over time is not here.

mod filter;
mod matches;
mod rows;
#[cfg(test)]
mod tests;
mod text;

pub use filter::{CorrelationFilter, EventFilter, TypeFilter};
pub use matches::{Matches, Search};
pub use rows::{Content, EachRow, EventRow, EventsReport, each_row, hex, report, rows, streamed};
pub use text::{Case, TextFilter};
