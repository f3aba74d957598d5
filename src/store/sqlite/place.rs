//! Where in a store with keys a reading stands.

use std::fmt;

use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::kept::Kept;
use crate::log::Place;

/// A row's key and, where it holds many events, which of them: as stored, since a store may have
/// anything in its columns and still has to be read on after it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct At {
    pub key: Kept,
    pub part: Kept,
}

impl At {
    /// Behind all that the row with this key holds.
    pub fn end_of(key: i64) -> Self {
        Self {
            key: Kept::Integer(key),
            part: Self::all_parts(),
        }
    }

    /// Greater than every part that a store has.
    pub fn all_parts() -> Kept {
        Kept::Blob(vec![u8::MAX; 2])
    }

    /// Of a row whose first two columns are key and part.
    pub fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            key: row.get_ref(0)?.into(),
            part: row.get_ref(1)?.into(),
        })
    }

    /// As a place of the log, where both are integers.
    pub fn to_place(&self) -> Option<Place> {
        match (&self.key, &self.part) {
            (Kept::Integer(at), Kept::Integer(part)) => {
                let extent = u32::try_from(*part).ok()?;
                Some(Place { at: *at, extent })
            }
            _ => None,
        }
    }

    /// The same as a place of the log; none where key or part is not the integer that it should be.
    pub fn place(row: &Row<'_>) -> rusqlite::Result<Option<Place>> {
        Ok(match (row.get_ref(0)?, row.get_ref(1)?) {
            (ValueRef::Integer(at), ValueRef::Integer(part)) => {
                let extent = u32::try_from(part).ok();
                extent.map(|extent| Place { at, extent })
            }
            _ => None,
        })
    }

    pub fn of_place(place: Place) -> Self {
        Self {
            key: Kept::Integer(place.at),
            part: Kept::Integer(i64::from(place.extent)),
        }
    }

    /// The least key of what follows.
    pub fn least_after(&self) -> Kept {
        match self.key {
            Kept::Integer(key) if self.part == Self::all_parts() => {
                Kept::Integer(key.saturating_add(1))
            }
            _ => self.key.clone(),
        }
    }

    /// The key, if it is an integer.
    pub fn key(&self) -> Option<i64> {
        match self.key {
            Kept::Integer(key) => Some(key),
            _ => None,
        }
    }

    /// Whether a place comes after this one: rows of a damaged page may come in any order, and whoever reads
    /// on after each would read them for ever.
    pub fn is_before(&self, place: Place) -> bool {
        let Kept::Integer(key) = self.key else {
            return true;
        };
        match self.part {
            _ if place.at != key => place.at > key,
            Kept::Integer(part) => i64::from(place.extent) > part,
            _ => self.part != Self::all_parts(),
        }
    }

    /// An integer that is not beyond the key.
    pub fn floor(&self) -> i64 {
        match self.key {
            Kept::Integer(key) => key,
            Kept::Real(key) => key.floor() as i64,
            Kept::Null => i64::MIN,
            Kept::Text(_) | Kept::Blob(_) => i64::MAX,
        }
    }
}

/// As a place is shown: `row 7`, `row 7, part 2`.
impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.key)?;
        match &self.part {
            Kept::Integer(0) | Kept::Blob(_) => Ok(()),
            part => write!(f, ", part {part}"),
        }
    }
}
