//! Between which keys the events of a store stand.

use rusqlite::types::ValueRef;

use super::connect::{ConnectError, Database};
use super::damage::is_of_a_row;
use super::kept::Kept;
use super::plan::Plan;
use super::scan::{Density, Keys, Span};
use crate::log::Problem;

/// Up to so many keys cost nothing, however far apart they lie.
const FEW: u64 = 1 << 20;

/// Keys that are no numbers, of which one problem tells.
const TOLD: u64 = 1_000;

/// Between which keys the events stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyRange {
    /// There are none.
    Empty,
    Known {
        least: i64,
        most: i64,
        /// Whether there are texts or bytes among the keys, too.
        others: bool,
    },
    /// The ends cannot be read: the last page may be the damaged one.
    Unknown,
}

/// The range of the keys that are integers.
pub(super) fn of(database: &Database, plan: &Plan) -> Result<KeyRange, ConnectError> {
    let connection = database.connection();
    let (Some(range), Some(numbers)) = (plan.range_sql(), plan.most_sql()) else {
        return Ok(KeyRange::Empty);
    };
    let ask = || -> rusqlite::Result<(Kept, Kept, bool)> {
        let (least, most): (Kept, Kept) = connection.query_row(&range, [], |row| {
            Ok((row.get_ref(0)?.into(), row.get_ref(1)?.into()))
        })?;
        Ok(match most {
            Kept::Text(_) | Kept::Blob(_) => {
                let most = connection.query_row(&numbers, [], |row| Ok(row.get_ref(0)?.into()))?;
                (least, most, true)
            }
            _ => (least, most, false),
        })
    };
    match ask() {
        Ok((least, most, others)) => Ok(match (floor(&least), ceil(&most)) {
            (Some(least), Some(most)) => KeyRange::Known {
                least,
                most,
                others,
            },
            _ if others => KeyRange::Known {
                least: 0,
                most: -1,
                others,
            },
            _ => KeyRange::Empty,
        }),
        Err(error) if is_of_a_row(&error) => Ok(KeyRange::Unknown),
        Err(error) => Err(database.explain(error)),
    }
}

fn floor(key: &Kept) -> Option<i64> {
    match key {
        Kept::Integer(key) => Some(*key),
        Kept::Real(key) => Some(key.floor() as i64),
        _ => None,
    }
}

fn ceil(key: &Kept) -> Option<i64> {
    match key {
        Kept::Integer(key) => Some(*key),
        Kept::Real(key) => Some(key.ceil() as i64),
        _ => None,
    }
}

impl KeyRange {
    /// The least key, if it is known.
    pub fn least(self) -> Option<i64> {
        match self {
            Self::Known { least, most, .. } if least <= most => Some(least),
            _ => None,
        }
    }

    /// The greatest key, if it is known.
    pub fn most(self) -> Option<i64> {
        match self {
            Self::Known { least, most, .. } if least <= most => Some(most),
            Self::Unknown => Some(i64::MAX),
            _ => None,
        }
    }

    /// What is to be read after the key `after`.
    pub fn after(self, after: i64, database: &Database) -> Option<Span> {
        let keys = match self {
            Self::Known { least, most, .. } if least <= most => Keys {
                after: after.max(least.saturating_sub(1)),
                to: most,
            },
            Self::Unknown => Keys {
                after,
                to: i64::MAX,
            },
            _ => return None,
        };
        // Of a damaged file not even the greatest key is known.
        let whole = self != Self::Unknown && database.damage().is_none();
        let density = match whole && keys.span() <= size(database).max(FEW) {
            true => Density::Dense,
            false => Density::Sparse,
        };
        Some(Span::Keys(keys, density))
    }
}

/// Bytes of the database as its header has them, more than it can hold rows.
fn size(database: &Database) -> u64 {
    let pragma = |name: &str| -> u64 {
        let connection = database.connection();
        let value = connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        value.map_or(0, i64::unsigned_abs)
    };
    pragma("page_count").saturating_mul(pragma("page_size"))
}

/// Tells of rows that no range of integers holds.
pub(super) fn keyless(
    database: &Database,
    plan: &Plan,
    range: &KeyRange,
) -> Result<Option<Problem>, ConnectError> {
    let (KeyRange::Known { others: true, .. }, Some(sql)) = (range, plan.keyless_sql()) else {
        return Ok(None);
    };
    let ask = || -> rusqlite::Result<(u64, String)> {
        let mut statement = database.connection().prepare(&sql)?;
        let mut rows = statement.query([])?;
        let (mut count, mut first) = (0, String::new());
        while count < TOLD
            && let Some(row) = rows.next()?
        {
            if count == 0 {
                let key: ValueRef<'_> = row.get_ref(0)?;
                first = Kept::from(key).to_string();
            }
            count += 1;
        }
        Ok((count, first))
    };
    match ask() {
        Ok((0, _)) => Ok(None),
        Ok((count, first)) => Ok(Some(Problem {
            place: plan.here(&format!("row {first}")),
            message: match count {
                1 => "Its key is no whole number".to_owned(),
                TOLD => format!("Its key and those of at least {TOLD} others are no whole numbers"),
                _ => format!(
                    "Its key and those of {} others are no whole numbers",
                    count - 1
                ),
            },
        })),
        Err(error) if is_of_a_row(&error) => Ok(None),
        Err(error) => Err(database.explain(error)),
    }
}
