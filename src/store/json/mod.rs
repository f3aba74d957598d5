//! From a path to the records of a JSON event store, whatever shape the file has. What a key of a
//! record means is none of this room's business: that is the mapping's.

mod columns;
mod cursor;
mod file;
mod follow;
mod grammar;
mod item;
mod lines;
mod mapping;
mod open;
mod outline;
mod records;
mod scan;
mod shape;
mod source;
mod values;

pub use follow::Growth;
pub use grammar::{Fault, Member, Walk, Why};
pub use item::{Context, FileIx, Item, Place, Problem, Record, RecordPlace, Sample};
pub use records::{JsonError, Records};
pub use scan::{Block, Check, Inside, Resume, ScanEnd, ScanOptions, Tail};
pub use shape::{Shape, looks_like_json};

pub(in crate::store) use source::JsonSource;

#[cfg(test)]
mod tests;
