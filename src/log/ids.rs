//! Columns of ids. UUIDs, which most ids are, take 16 bytes however they were spelled.

use std::fmt;
use std::hash::{Hash, Hasher};

/// How a column's UUIDs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Spelling {
    #[default]
    DashedLower,
    DashedUpper,
    PlainLower,
    PlainUpper,
}

/// One id, by value: two spellings of one UUID are the same id.
#[derive(Clone, Copy, Debug)]
pub struct IdRef<'a>(Repr<'a>);

#[derive(Clone, Copy, Debug)]
enum Repr<'a> {
    Uuid(u128, Spelling),
    Text(&'a str),
}

impl<'a> IdRef<'a> {
    /// The id that `text` spells.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self(
            parse_uuid(text).map_or(Repr::Text(text), |(uuid, spelling)| {
                Repr::Uuid(uuid, spelling)
            }),
        )
    }
}

impl PartialEq for IdRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.0, other.0) {
            (Repr::Uuid(a, _), Repr::Uuid(b, _)) => a == b,
            (Repr::Text(a), Repr::Text(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for IdRef<'_> {}

impl Hash for IdRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0 {
            Repr::Uuid(uuid, _) => uuid.hash(state),
            Repr::Text(text) => text.hash(state),
        }
    }
}

/// As the store spells it.
impl fmt::Display for IdRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (uuid, spelling) = match self.0 {
            Repr::Text(text) => return f.write_str(text),
            Repr::Uuid(uuid, spelling) => (uuid, spelling),
        };
        let plain = match spelling {
            Spelling::DashedLower | Spelling::PlainLower => format!("{uuid:032x}"),
            Spelling::DashedUpper | Spelling::PlainUpper => format!("{uuid:032X}"),
        };
        match spelling {
            Spelling::PlainLower | Spelling::PlainUpper => f.write_str(&plain),
            Spelling::DashedLower | Spelling::DashedUpper => {
                let (a, rest) = plain.split_at(8);
                let (b, rest) = rest.split_at(4);
                let (c, rest) = rest.split_at(4);
                let (d, e) = rest.split_at(4);
                write!(f, "{a}-{b}-{c}-{d}-{e}")
            }
        }
    }
}

/// By byte: the digit's value in the low four bits, and above them what kind of byte it is.
static DIGITS: [u8; 256] = {
    let mut digits = [OTHER; 256];
    let mut value = 0;
    while value < 16 {
        match value {
            0..10 => digits[b'0' as usize + value] = value as u8,
            _ => {
                digits[b'a' as usize + value - 10] = value as u8 | LOWER;
                digits[b'A' as usize + value - 10] = value as u8 | UPPER;
            }
        }
        value += 1;
    }
    digits
};
const LOWER: u8 = 0x10;
const UPPER: u8 = 0x20;
const OTHER: u8 = 0x40;

/// Reads a UUID in one of its usual spellings. Mixed case is not a UUID to us, since it could not
/// be written back as it was.
fn parse_uuid(text: &str) -> Option<(u128, Spelling)> {
    let bytes = text.as_bytes();
    let mut plain = [0; 32];
    let dashed = match bytes.len() {
        36 => {
            if [bytes[8], bytes[13], bytes[18], bytes[23]] != *b"----" {
                return None;
            }
            plain[..8].copy_from_slice(&bytes[..8]);
            plain[8..12].copy_from_slice(&bytes[9..13]);
            plain[12..16].copy_from_slice(&bytes[14..18]);
            plain[16..20].copy_from_slice(&bytes[19..23]);
            plain[20..].copy_from_slice(&bytes[24..]);
            true
        }
        32 => {
            plain.copy_from_slice(bytes);
            false
        }
        _ => return None,
    };
    let (mut halves, mut kinds) = ([0_u64; 2], 0);
    for (half, bytes) in halves.iter_mut().zip(plain.chunks_exact(16)) {
        for &byte in bytes {
            let digit = DIGITS[byte as usize];
            kinds |= digit;
            *half = *half << 4 | u64::from(digit & 15);
        }
    }
    let spelling = match (dashed, kinds & LOWER != 0, kinds & UPPER != 0) {
        _ if kinds & OTHER != 0 => return None,
        (_, true, true) => return None,
        (true, _, false) => Spelling::DashedLower,
        (true, _, true) => Spelling::DashedUpper,
        (false, _, false) => Spelling::PlainLower,
        (false, _, true) => Spelling::PlainUpper,
    };
    Some((
        u128::from(halves[0]) << 64 | u128::from(halves[1]),
        spelling,
    ))
}

/// A column of ids, some of which may be missing.
#[derive(Clone, Debug)]
pub struct IdColumn(Column);

#[derive(Clone, Debug)]
enum Column {
    /// None so far, of so many: most stores lack one id or another, which is to cost nothing.
    Missing(usize),
    /// 0 stands for a missing id; a nil UUID makes the column text.
    Uuids {
        values: Vec<u128>,
        spelling: Option<Spelling>,
    },
    /// `ends[i]` with its highest bit set stands for a missing id.
    Texts { text: String, ends: Vec<u64> },
}

const MISSING: u64 = 1 << 63;

impl Default for IdColumn {
    fn default() -> Self {
        Self(Column::Missing(0))
    }
}

impl IdColumn {
    /// Adds an id at the end.
    pub fn push(&mut self, id: Option<&str>) {
        if let Column::Missing(count) = &mut self.0 {
            if id.is_none() {
                *count += 1;
                return;
            }
            self.0 = Column::Uuids {
                values: vec![0; *count],
                spelling: None,
            };
        }
        if let Column::Uuids { values, spelling } = &mut self.0 {
            match id.map(|text| (text, parse_uuid(text))) {
                None => {
                    values.push(0);
                    return;
                }
                // All digits decimal fits either case; it takes the column's.
                Some((text, Some((uuid, own)))) if uuid != 0 => {
                    let fits = match *spelling {
                        None => true,
                        Some(column) => {
                            column == own || IdRef(Repr::Uuid(uuid, column)).to_string() == text
                        }
                    };
                    if fits {
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
            text.push_str(id.unwrap_or_default());
            ends.push(text.len() as u64 | if id.is_none() { MISSING } else { 0 });
        }
    }

    fn spell_out(&mut self) {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for i in 0..self.len() {
            let id = self.get(i).map(|id| id.to_string());
            text.push_str(id.as_deref().unwrap_or_default());
            ends.push(text.len() as u64 | if id.is_none() { MISSING } else { 0 });
        }
        self.0 = Column::Texts { text, ends };
    }

    /// The id at `i`.
    ///
    /// # Panics
    /// Where `i` is not below [`IdColumn::len`].
    #[must_use]
    pub fn get(&self, i: usize) -> Option<IdRef<'_>> {
        match &self.0 {
            Column::Missing(count) => {
                assert!(i < *count, "row {i} of {count} ids");
                None
            }
            Column::Uuids { values, spelling } => {
                let value = values[i];
                (value != 0).then(|| IdRef(Repr::Uuid(value, spelling.unwrap_or_default())))
            }
            Column::Texts { text, ends } => {
                let end = ends[i];
                let start = if i == 0 { 0 } else { ends[i - 1] & !MISSING };
                (end & MISSING == 0).then(|| IdRef::new(&text[start as usize..end as usize]))
            }
        }
    }

    /// How many, missing ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Column::Missing(count) => *count,
            Column::Uuids { values, .. } => values.len(),
            Column::Texts { ends, .. } => ends.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held.
    #[must_use]
    pub fn memory(&self) -> usize {
        match &self.0 {
            Column::Missing(_) => 0,
            Column::Uuids { values, .. } => values.capacity() * 16,
            Column::Texts { text, ends } => text.capacity() + ends.capacity() * 8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{IdColumn, IdRef};
    use proptest::prelude::*;

    fn id() -> impl Strategy<Value = Option<String>> {
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

    proptest! {
        #[test]
        fn ids_come_back_as_they_were_spelled(ids in prop::collection::vec(id(), 0..40)) {
            let mut column = IdColumn::default();
            for id in &ids {
                column.push(id.as_deref());
            }
            let back: Vec<_> = (0..column.len()).map(|i| column.get(i).map(|id| id.to_string())).collect();
            prop_assert_eq!(back, ids);
        }
    }

    #[test]
    fn a_uuid_is_the_same_in_every_spelling() {
        let dashed = IdRef::new("9ab5356d-bde3-4723-be25-cadfde9c481d");
        assert_eq!(dashed, IdRef::new("9AB5356DBDE34723BE25CADFDE9C481D"));
        assert_ne!(dashed, IdRef::new("9ab5356d"));
    }
}
