//! Finds a byte among the next few, eight at a time: most strings in events are shorter than what a
//! vector search costs to begin. Knows no grammar.

const ONES: u64 = u64::MAX / 255;
const HIGHS: u64 = ONES * 0x80;
const QUOTES: u64 = ONES * b'"' as u64;
const SLASHES: u64 = ONES * b'\\' as u64;
const BLANKS: u64 = ONES * 0x20;

/// Bytes looked at in words before a vector search pays.
const SHORT: usize = 32;

/// High bits of the bytes of `word` that are zero; the lowest of them is exact.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// High bits of the quotes and backslashes in `word`.
const fn quotes_or_slashes(word: u64) -> u64 {
    zeros(word ^ QUOTES) | zeros(word ^ SLASHES)
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let chunk = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*chunk))
}

/// The next quote or backslash.
pub(super) fn quote_or_slash(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < SHORT {
        let Some(word) = word(bytes, at) else { break };
        let hits = quotes_or_slashes(word);
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    memchr::memchr2(b'"', b'\\', &bytes[at..]).map(|more| at + more)
}

/// The next quote, backslash or control character, or the end.
pub(super) fn string_stop(bytes: &[u8], mut at: usize) -> usize {
    while let Some(word) = word(bytes, at) {
        let controls = word.wrapping_sub(BLANKS) & !word & HIGHS;
        let hits = quotes_or_slashes(word) | controls;
        if hits != 0 {
            return at + hits.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let stops = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(stops).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_find_what_bytes_find(bytes in prop::collection::vec(prop::sample::select(b"\"\\\x00\x1f \x20a\x7f\x80\xa2\xff".to_vec()), 0..80), rare in prop::collection::vec(any::<u8>(), 0..80)) {
            for bytes in [bytes, rare] {
                let quoted = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\'));
                prop_assert_eq!(quote_or_slash(&bytes), quoted);
                let stop = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
                prop_assert_eq!(string_stop(&bytes, 0), stop.unwrap_or(bytes.len()));
            }
        }
    }
}
