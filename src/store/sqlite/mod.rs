//! SQLite stores: opening without touching, recognising, indexing, following, reading payloads back.
//! SQL stands here and nowhere above.

pub mod connect;
mod facts;
mod functions;
mod likely;
mod payloads;
mod plan;
mod scan;
mod source;
mod stored;

pub(in crate::store) use source::SqliteSource;
pub use source::{News, facts_of};
