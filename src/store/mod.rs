//! Opens a file, recognises its layout, indexes and follows it. Read-only in the strictest sense:
//! no byte, time or name changes in the folder of the user's file.
//!
//! [`Store::open`] tells what a path holds ([`sniff`]), opens it ([`sqlite`], [`json`]), matches it
//! against the layouts ([`layout`]); [`Store::index`] then fills a [`LogBuilder`], in the background.

mod decode;
mod error;
mod interleave;
pub mod json;
mod kind;
pub mod layout;
mod merge;
mod open;
mod pipeline;
mod pread;
mod private;
mod recognise;
mod row;
pub mod sniff;
pub mod sqlite;
mod stem;
mod tables;
mod unpack;

pub use error::OpenError;
pub use json::Tail;
pub use merge::Join;
pub use open::{Followed, OpenOptions, Recognition, Store};
pub use private::remove_private_files;
pub(crate) use row::NAMELESS;
pub use sqlite::{News, SideRows};
pub use tables::{attached, with_attached};
