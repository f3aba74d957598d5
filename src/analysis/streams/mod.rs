//! The streams of a log as of a moment, and which stream a person means. Behind the Streams view and
//! every `STREAM` argument. What a stream's events add up to is `replay`'s.

mod list;
mod natural;
mod resolve;
#[cfg(test)]
mod tests;

pub use list::{
    Direction, StreamFigures, StreamList, StreamQuery, StreamRow, StreamSort, figures, list, row,
};
pub use natural::compare as natural_order;
pub use resolve::{Unresolved, is_same_name, resolve};
