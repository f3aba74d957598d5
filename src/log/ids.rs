//! Ids, and columns of them. UUIDs, which most ids are, take 16 bytes however they were spelled.

mod column;
mod named;

use std::fmt;
use std::hash::{Hash, Hasher};

pub use column::IdColumn;
pub(super) use named::{Form, Named, RowIds};

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

    /// Whether both are written alike; ids that are may yet be said not to be.
    fn is_spelled_as(self, other: Self) -> bool {
        match (self.0, other.0) {
            (Repr::Uuid(a, own), Repr::Uuid(b, spelling)) => a == b && own == spelling,
            _ => self == other,
        }
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

/// The same byte eight times.
const fn eight(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// What eight hexadecimal digits are, and in what case their letters: a bit a byte, at its fourth
/// place. None where they are no digits. All eight are looked at at once.
fn digits(bytes: [u8; 8]) -> Option<(u32, Letters)> {
    let text = u64::from_be_bytes(bytes);
    let letter = (text >> 6) & eight(1);
    let values = (text & eight(0x0f)) + letter * 9;
    // From ten on is a letter, and nothing is from sixteen on.
    let from_ten = ((values + eight(6)) >> 4) & eight(1);
    let lower = (text >> 5) & letter;
    let spelled = values + eight(b'0') + letter * (b'A' - b'0' - 10) as u64 + lower * 0x20;
    if from_ten != letter || values & eight(0x10) != 0 || spelled != text {
        return None;
    }
    let pairs = (values | values >> 4) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff;
    let value = (fours | fours >> 16) as u32;
    let upper = letter & !lower;
    let letters = Letters { lower, upper };
    Some((value, letters))
}

/// Which of eight digits are letters.
#[derive(Clone, Copy, Default)]
struct Letters {
    lower: u64,
    upper: u64,
}

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
    let (mut uuid, mut all) = (0_u128, Letters::default());
    for bytes in plain.as_chunks::<8>().0 {
        let (value, letters) = digits(*bytes)?;
        uuid = uuid << 32 | u128::from(value);
        all.lower |= letters.lower;
        all.upper |= letters.upper;
    }
    let spelling = match (dashed, all.lower != 0, all.upper != 0) {
        (_, true, true) => return None,
        (true, _, false) => Spelling::DashedLower,
        (true, _, true) => Spelling::DashedUpper,
        (false, _, false) => Spelling::PlainLower,
        (false, _, true) => Spelling::PlainUpper,
    };
    Some((uuid, spelling))
}

#[cfg(test)]
mod tests {
    use super::{IdRef, digits};

    #[test]
    fn eight_bytes_are_digits_where_each_is_one() {
        for place in 0..8 {
            for byte in 0..=u8::MAX {
                let mut bytes = *b"09afAF7d";
                bytes[place] = byte;
                let expected = std::str::from_utf8(&bytes)
                    .ok()
                    .filter(|_| byte.is_ascii_hexdigit());
                let expected = expected.map(|text| u32::from_str_radix(text, 16).unwrap());
                let found = digits(bytes);
                assert_eq!(found.map(|(value, _)| value), expected, "{bytes:?}");
                if let Some((_, letters)) = found {
                    let count = |is: fn(&u8) -> bool| bytes.iter().filter(|byte| is(byte)).count();
                    let counted = [letters.lower, letters.upper].map(u64::count_ones);
                    assert_eq!(counted[0] as usize, count(u8::is_ascii_lowercase));
                    assert_eq!(counted[1] as usize, count(u8::is_ascii_uppercase));
                }
            }
        }
    }

    #[test]
    fn a_uuid_is_the_same_in_every_spelling() {
        let dashed = IdRef::new("9ab5356d-bde3-4723-be25-cadfde9c481d");
        assert_eq!(dashed, IdRef::new("9AB5356DBDE34723BE25CADFDE9C481D"));
        assert_ne!(dashed, IdRef::new("9ab5356d"));
    }
}
