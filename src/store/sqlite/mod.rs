//! SQLite stores: opening without touching, recognising, indexing, following, reading payloads back.
//! SQL stands here and nowhere above.

mod bodies;
pub mod connect;
mod damage;
mod facts;
mod fit;
mod functions;
mod kept;
mod known;
mod likely;
mod links;
mod lot;
mod mingled;
mod oddities;
mod paged;
mod pages;
mod part;
mod payloads;
mod picks;
mod place;
mod plan;
mod pool;
mod range;
mod rows;
mod scan;
mod settle;
mod sides;
mod source;
mod statements;
mod stored;
mod tables;
mod tally;
mod watch;

pub(in crate::store) use fit::{Choice, Fitted, Unfit};
pub use sides::SideRows;
pub(in crate::store) use source::SqliteSource;
pub use source::{News, facts_of};
pub(in crate::store) use tables::SqliteTables;
