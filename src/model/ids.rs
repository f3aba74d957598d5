//! Newtypes over the integers an event store is full of, so that none stands in for another.

use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The index as a `usize`, for looking into a slice.
            #[must_use]
            pub const fn at(self) -> usize {
                self.0 as usize
            }

            /// From a place in a slice; the log holds fewer than 2³² entries of anything.
            #[must_use]
            pub const fn from_usize(at: usize) -> Self {
                debug_assert!(at <= u32::MAX as usize);
                Self(at as u32)
            }
        }
    };
}

index! {
    /// An event's 0-based place in log order. Stable while a log grows at its end; a new order
    /// (see `log::Log::generation`) gives new ones.
    EventIx
}
index! {
    /// A stream's place in the log's stream dictionary.
    StreamIx
}
index! {
    /// An event type's place in the log's type dictionary.
    TypeIx
}
index! {
    /// A category's (kind of stream's) place in the log's category dictionary.
    CategoryIx
}

/// A global position as users see it: the store's own where that is a unique integer, else the
/// 1-based rank in log order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(pub i64);

/// A stream version as the store counts it (some start at 0, some at 1); where a store has none,
/// the 1-based rank within the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub i64);

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "v{}", self.0)
    }
}

/// A position as it is written: a number in a single file, `file:number` where several are open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PositionName {
    /// The file, where several are open.
    pub file: Option<Arc<str>>,
    /// The position in it.
    pub position: Position,
}

impl std::fmt::Display for PositionName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.file {
            None => self.position.fmt(f),
            Some(file) => write!(f, "#{file}:{}", self.position.0),
        }
    }
}

impl From<Position> for PositionName {
    fn from(position: Position) -> Self {
        Self {
            file: None,
            position,
        }
    }
}

impl Serialize for PositionName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.file {
            None => self.position.serialize(serializer),
            Some(file) => serializer.collect_str(&format_args!("{file}:{}", self.position.0)),
        }
    }
}
