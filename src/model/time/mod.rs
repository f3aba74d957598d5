//! Moments: how stores spell them, how people type them, how they are shown. Pure: no clock is
//! read here (callers pass `now`), and of the machine only its local zone is ever asked for.

mod apart;
mod civil;
mod detect;
mod encoding;
mod error;
pub mod input;
mod iso;
mod loose;
mod place;
mod reader;
mod span;
mod step;
mod timestamp;
mod zone;

#[cfg(test)]
mod tests;

pub use apart::relative;
pub use civil::Civil;
pub use detect::{Sample, detect};
pub use encoding::TimeEncoding;
pub use error::{InputError, TimeError, ZoneError};
pub use input::{Edge, InputContext, Moment, Typed};
pub use reader::TimeReader;
pub use span::Span;
pub use timestamp::Timestamp;
pub use zone::{Style, Zone, ZoneNote};
