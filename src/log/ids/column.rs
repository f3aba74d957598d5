//! A column of ids as a reader fills it, one after another. Does not look for repeated ones.

use std::fmt::Write as _;

use super::{IdRef, Repr, Spelling, parse_uuid};
use crate::log::ints::Ints;

/// A column of ids, some of which may be missing.
#[derive(Clone, Debug)]
pub struct IdColumn(Column);

#[derive(Clone, Debug)]
enum Column {
    /// None so far, of so many: most stores lack one id or another, which is to cost nothing. Room
    /// is made for so many once there is one.
    Missing { count: usize, room: usize },
    /// 0 stands for a missing id; a nil UUID makes the column text.
    Uuids {
        values: Vec<u128>,
        spelling: Option<Spelling>,
    },
    /// Where each ends; the complement of that for a missing one.
    Texts { text: String, ends: Ints },
}

impl Default for IdColumn {
    fn default() -> Self {
        Self::with_room(0)
    }
}

impl IdColumn {
    /// An empty column that will hold so many.
    #[must_use]
    pub fn with_room(ids: usize) -> Self {
        Self(Column::Missing {
            count: 0,
            room: ids,
        })
    }

    /// Adds an id at the end, as it is written.
    pub fn push(&mut self, id: Option<IdRef<'_>>) {
        if let Column::Missing { count, room } = &mut self.0 {
            if id.is_none() {
                *count += 1;
                return;
            }
            let mut values = Vec::with_capacity((*room).max(*count + 1));
            values.resize(*count, 0);
            self.0 = Column::Uuids {
                values,
                spelling: None,
            };
        }
        if let Column::Uuids { values, spelling } = &mut self.0 {
            match id {
                None => {
                    values.push(0);
                    return;
                }
                Some(IdRef(Repr::Uuid(uuid, own))) if uuid != 0 => {
                    // All digits decimal fits either case; it takes the column's.
                    let as_written = |column| {
                        let [own, column] =
                            [own, column].map(|spelling| IdRef(Repr::Uuid(uuid, spelling)));
                        column.to_string() == own.to_string()
                    };
                    if spelling.is_none_or(|column| column == own || as_written(column)) {
                        spelling.get_or_insert(own);
                        values.push(uuid);
                        return;
                    }
                }
                Some(_) => {}
            }
            self.spell_out();
        }
        if let Column::Texts { text, ends } = &mut self.0 {
            push_text(text, ends, id);
        }
    }

    /// As [`IdColumn::push`], of the text itself.
    pub fn push_text(&mut self, text: Option<&str>) {
        // What nearly all are, in one go.
        if let Column::Uuids {
            values,
            spelling: Some(column),
        } = &mut self.0
            && let Some((uuid, own)) = text.and_then(parse_uuid)
            && uuid != 0
            && own == *column
        {
            return values.push(uuid);
        }
        self.push(text.map(IdRef::new));
    }

    fn spell_out(&mut self) {
        let (mut text, mut ends) = (String::new(), Ints::default());
        for id in self.iter() {
            push_text(&mut text, &mut ends, id);
        }
        self.0 = Column::Texts { text, ends };
    }

    /// The id at `i`.
    ///
    /// # Panics
    /// Where `i` is not below [`IdColumn::len`].
    #[must_use]
    #[inline]
    pub fn get(&self, i: usize) -> Option<IdRef<'_>> {
        match &self.0 {
            Column::Missing { count, .. } => {
                assert!(i < *count, "row {i} of {count} ids");
                None
            }
            Column::Uuids { values, spelling } => {
                let value = values[i];
                (value != 0).then(|| IdRef(Repr::Uuid(value, spelling.unwrap_or_default())))
            }
            Column::Texts { text, ends } => {
                let end = usize::try_from(ends.get(i)).ok()?;
                let start = i.checked_sub(1).map_or(0, |before| ends.get(before));
                // Negative where the one before is missing.
                Some(IdRef::new(&text[start.max(!start) as usize..end]))
            }
        }
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<IdRef<'_>>> {
        (0..self.len()).map(|i| self.get(i))
    }

    /// How many, missing ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Column::Missing { count, .. } => *count,
            Column::Uuids { values, .. } => values.len(),
            Column::Texts { ends, .. } => ends.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether all are missing.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self.0, Column::Missing { .. })
    }

    /// Some of its ids, packed.
    ///
    /// # Panics
    /// Where there are not so many.
    #[must_use]
    pub fn select(&self, ids: &[usize]) -> Self {
        if let Column::Uuids { values, spelling } = &self.0 {
            return Self(Column::Uuids {
                values: ids.iter().map(|id| values[*id]).collect(),
                spelling: *spelling,
            });
        }
        let mut own = Self::with_room(ids.len());
        for id in ids {
            own.push(self.get(*id));
        }
        own.packed()
    }

    /// The same in no more room than it takes. Nothing will be added any more.
    #[must_use]
    pub fn packed(mut self) -> Self {
        match &mut self.0 {
            Column::Missing { .. } => {}
            Column::Uuids { values, .. } => values.shrink_to_fit(),
            Column::Texts { text, ends } => {
                text.shrink_to_fit();
                *ends = std::mem::take(ends).packed();
            }
        }
        self
    }

    /// Bytes held.
    #[must_use]
    pub fn memory(&self) -> usize {
        match &self.0 {
            Column::Missing { .. } => 0,
            Column::Uuids { values, .. } => values.capacity() * 16,
            Column::Texts { text, ends } => text.capacity() + ends.memory(),
        }
    }
}

fn push_text(text: &mut String, ends: &mut Ints, id: Option<IdRef<'_>>) {
    match id {
        None => {}
        Some(IdRef(Repr::Text(own))) => text.push_str(own),
        // Writing to a String cannot fail.
        Some(uuid) => _ = write!(text, "{uuid}"),
    }
    let end = text.len() as i64;
    ends.push(if id.is_none() { !end } else { end });
}

#[cfg(test)]
pub(super) mod tests {
    use super::{IdColumn, IdRef};
    use proptest::prelude::*;

    pub fn id() -> impl Strategy<Value = Option<String>> {
        prop_oneof![
            Just(None),
            any::<u128>().prop_map(|v| Some(IdRef::new(&format!("{v:032x}")).to_string())),
            any::<u128>().prop_map(|v| Some(format!("{v:032X}"))),
            "[a-z0-9-]{0,40}".prop_map(Some),
            Just(Some("00000000-0000-0000-0000-000000000000".to_owned())),
            Just(Some("12345678-1234-1234-1234-123456789012".to_owned())),
            Just(Some("DEADBEEF-1234-1234-1234-12345678abcd".to_owned())),
        ]
    }

    /// A column of these.
    pub fn column(ids: &[Option<String>]) -> IdColumn {
        let mut column = IdColumn::default();
        for id in ids {
            column.push_text(id.as_deref());
        }
        column
    }

    proptest! {
        #[test]
        fn ids_come_back_as_they_were_spelled(ids in prop::collection::vec(id(), 0..40)) {
            let column = column(&ids);
            for column in [column.clone(), column.packed()] {
                let back: Vec<_> = column.iter().map(|id| id.map(|id| id.to_string())).collect();
                prop_assert_eq!(&back, &ids);
            }
        }
    }

    #[test]
    fn ids_of_equal_length_take_no_more_than_their_text() {
        let ids: Vec<_> = (0..500).map(|n| Some(format!("event-{n:04}"))).collect();
        assert_eq!(column(&ids).packed().memory(), 500 * "event-0000".len());
    }
}
