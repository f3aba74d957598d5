//! The numbers of the file format: variable-length integers and values as a record holds them.

use rusqlite::types::ValueRef;

/// A variable-length integer and how many bytes it takes.
#[inline]
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    if first < 0x80 {
        return Some((u64::from(first), 1));
    }
    let mut value = u64::from(first & 0x7f);
    for (at, &byte) in bytes.iter().enumerate().take(8).skip(1) {
        value = value << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((value, at + 1));
        }
    }
    // The ninth byte counts whole.
    Some((value << 8 | u64::from(*bytes.get(8)?), 9))
}

/// A big-endian number of two bytes.
#[inline]
pub(super) fn short(bytes: &[u8], at: usize) -> Option<usize> {
    let pair = bytes.get(at..at + 2)?;
    Some(usize::from(u16::from_be_bytes([pair[0], pair[1]])))
}

/// A big-endian number of four bytes.
#[inline]
pub(super) fn long(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

/// How many bytes a value of this serial type takes; none where no SQLite writes such a one.
#[inline]
pub(super) fn width(kind: u64) -> Option<u64> {
    Some(match kind {
        0 | 8 | 9 => 0,
        1..=4 => kind,
        5 => 6,
        6 | 7 => 8,
        10 | 11 => return None,
        _ => (kind - 12) / 2,
    })
}

/// The value of this serial type in `bytes`, which are as many as [`width`] says.
#[inline]
pub(super) fn value(kind: u64, bytes: &[u8]) -> ValueRef<'_> {
    match kind {
        0 => ValueRef::Null,
        7 => match bytes.try_into().map(f64::from_be_bytes) {
            Ok(real) if !real.is_nan() => ValueRef::Real(real),
            _ => ValueRef::Null,
        },
        8 => ValueRef::Integer(0),
        9 => ValueRef::Integer(1),
        1..=6 => ValueRef::Integer(signed(bytes)),
        kind if kind % 2 == 0 => ValueRef::Blob(bytes),
        _ => ValueRef::Text(bytes),
    }
}

#[inline]
fn signed(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|first| *first >= 0x80);
    let begin = if negative { -1 } else { 0 };
    bytes
        .iter()
        .fold(begin, |value, byte| value << 8 | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As SQLite writes it.
    fn written(value: u64) -> Vec<u8> {
        if value >> 56 != 0 {
            let mut bytes = vec![0; 9];
            bytes[8] = value as u8;
            for (at, byte) in bytes[..8].iter_mut().enumerate() {
                *byte = (value >> (8 + 7 * (7 - at))) as u8 | 0x80;
            }
            return bytes;
        }
        let mut bytes = vec![value as u8 & 0x7f];
        let mut rest = value >> 7;
        while rest > 0 {
            bytes.insert(0, rest as u8 | 0x80);
            rest >>= 7;
        }
        bytes
    }

    proptest! {
        #[test]
        fn integers_of_every_length_come_back(value in any::<u64>(), shift in 0..64_u32) {
            let value = value >> shift;
            let bytes = written(value);
            prop_assert_eq!(varint(&bytes), Some((value, bytes.len())));
            prop_assert_eq!(varint(&bytes[..bytes.len() - 1]), None);
        }

        #[test]
        fn signed_numbers_of_every_width_come_back(value in any::<i64>()) {
            for (kind, width) in [(1, 1), (2, 2), (3, 3), (4, 4), (5, 6), (6, 8)] {
                let value = value >> (64 - 8 * width);
                let bytes = &value.to_be_bytes()[8 - width..];
                prop_assert_eq!(super::value(kind, bytes), ValueRef::Integer(value));
                prop_assert_eq!(super::width(kind), Some(width as u64));
            }
        }
    }
}
