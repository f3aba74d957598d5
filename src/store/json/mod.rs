//! From a path to the records of a JSON event store, whatever shape the file has. What a key of a
//! record means is none of this room's business: that is the mapping's.

mod bodies;
mod chunks;
mod columns;
mod cursor;
mod deeper;
mod error;
mod explicit;
mod file;
mod folder;
mod follow;
mod grammar;
mod item;
mod join;
mod judge;
mod lines;
mod mapping;
mod members;
mod mend;
mod open;
mod outline;
mod parts;
mod payloads;
mod records;
mod rewrite;
mod scan;
mod shape;
mod source;
mod values;
mod wanted;
mod words;

pub use error::JsonError;
pub use grammar::{Fault, Member, Walk, Why};
pub use item::{Context, FileIx, Item, Place, Problem, Record, RecordPlace, Sample, Weight};
pub use open::Look;
pub use records::Records;
pub use scan::{Block, Check, Inside, Resume, ScanEnd, ScanOptions, Tail};
pub use shape::{Shape, looks_like_json};

pub(in crate::store) use folder::{files_in, is_called_json};
pub(in crate::store) use records::SAMPLED;
pub(in crate::store) use source::JsonSource;

#[cfg(test)]
mod tests;
