//! The escapes in JSON strings.

use std::borrow::Cow;

/// What an escape stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Escape {
    /// The character; none for half of a surrogate pair, which is no character.
    pub character: Option<char>,
    /// How many bytes it takes.
    pub length: usize,
}

/// JSON text with the escapes in its strings resolved; no JSON any more. Half of a surrogate pair
/// becomes U+FFFD, the sign of damage.
#[must_use]
pub fn unescaped(json: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\\', json.as_bytes()) else {
        return Cow::Borrowed(json);
    };
    let mut text = String::with_capacity(json.len());
    let mut rest = json;
    let mut next = Some(first);
    while let Some(at) = next {
        text.push_str(&rest[..at]);
        let Escape { character, length } = escape(&rest[at..]);
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
        rest = &rest[at + length..];
        next = memchr::memchr(b'\\', rest.as_bytes());
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The escape at the start of `text`. Valid JSON holds no others than these; a backslash before
/// anything else stands for itself.
pub(super) fn escape(text: &str) -> Escape {
    let unit = |at: usize| -> Option<u32> {
        let digits = text.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        u32::from_str_radix(digits, 16).ok()
    };
    let of = |character, length| Escape {
        character: Some(character),
        length,
    };
    match text.as_bytes().get(1) {
        Some(b'n') => of('\n', 2),
        Some(b't') => of('\t', 2),
        Some(b'r') => of('\r', 2),
        Some(b'b') => of('\u{8}', 2),
        Some(b'f') => of('\u{c}', 2),
        Some(b'u') => match (unit(0), unit(6)) {
            (Some(high @ 0xd800..0xdc00), Some(low @ 0xdc00..0xe000)) => Escape {
                character: char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)),
                length: 12,
            },
            (Some(scalar), _) => Escape {
                character: char::from_u32(scalar),
                length: 6,
            },
            (None, _) => of('\\', 1),
        },
        Some(&(b'"' | b'\\' | b'/')) => of(char::from(text.as_bytes()[1]), 2),
        _ => of('\\', 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn escapes_are_read_as_json_does(text in any::<String>()) {
            let ascii: String = text.chars().flat_map(|c| {
                let mut units = [0; 2];
                c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>()
            }).collect();
            let written = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(unescaped(&written), format!("\"{text}\""));
            prop_assert_eq!(unescaped(&ascii), text);
        }
    }

    #[test]
    fn half_a_pair_is_no_panic() {
        assert_eq!(unescaped(r#""\ud83d x""#), "\"\u{fffd} x\"");
        assert_eq!(unescaped(r"\"), r"\");
        assert_eq!(unescaped("\\u00é"), "\\u00é");
    }
}
