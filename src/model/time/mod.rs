//! Moments: how stores spell them, how people type them, how they are shown.

mod timestamp;

pub use timestamp::Timestamp;
