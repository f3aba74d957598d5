//! SQLite stores: opening without touching, recognising, indexing, following, reading payloads back.
//! SQL stands here and nowhere above.

pub mod connect;
mod facts;
mod functions;
mod payloads;
mod plan;
mod scan;
mod source;
mod stored;

pub use source::News;
pub(in crate::store) use source::SqliteSource;
