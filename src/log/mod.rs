//! The in-memory index of a store: event columns, dictionaries, postings, and the traits by which
//! analyses read payloads and side tables. Knows no file format and no thread.

mod payload;

pub use payload::{Body, Payload, PayloadReader, Unreadable};

/// A snapshot of the index.
#[derive(Clone, Debug, Default)]
pub struct Log {}
