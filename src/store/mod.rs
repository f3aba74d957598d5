//! Opens a file, recognises its layout, indexes and follows it. Read-only in the strictest sense.

pub mod sqlite;
