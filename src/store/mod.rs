//! Opens a file, recognises its layout, indexes and follows it. Read-only in the strictest sense.

pub mod json;
pub mod sniff;
pub mod unpack;
