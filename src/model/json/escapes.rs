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

/// The same JSON with letters of other alphabets as they are read, where they were written as escapes:
/// `"\u6f22"` becomes `"漢"`. What needs an escape keeps it, and so does what is not to be seen.
#[must_use]
pub fn lettered(json: &str) -> Cow<'_, str> {
    if memchr::memmem::find(json.as_bytes(), b"\\u").is_none() {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        let Escape { character, length } = escape(&rest[at..]);
        let seen = |c: &char| length > 2 && (c.is_alphabetic() || is_picture(*c));
        match character.filter(seen) {
            Some(letter) => text.push(letter),
            None => text.push_str(&rest[at..at + length]),
        }
        rest = &rest[at + length..];
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// Signs beyond ASCII that are to be seen: punctuation of other scripts, currencies, emoji.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{ff}' | '\u{2010}'..='\u{2027}' | '\u{20a0}'..='\u{2bff}'
        | '\u{3000}'..='\u{303f}' | '\u{fe0f}' | '\u{ff00}'..='\u{ffef}' | '\u{1f000}'..='\u{1faff}')
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

    proptest! {
        #[test]
        fn letters_in_the_place_of_escapes_mean_the_same(text in any::<String>()) {
            let ascii: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            let written = format!("\"{ascii}\"");
            let read = lettered(&written);
            prop_assert_eq!(serde_json::from_str::<String>(&read).unwrap(), text);
        }
    }

    #[test]
    fn what_can_be_seen_is_written_as_it_is_read() {
        let read = lettered(
            r#"{"k":"\u6f22\u5b57 \u20ac5 \ud83d\uded2","n":"a\u000a\u200bb\"\n\\u6f22"}"#,
        );
        assert_eq!(
            read,
            r#"{"k":"漢字 €5 🛒","n":"a\u000a\u200bb\"\n\\u6f22"}"#
        );
        assert_eq!(lettered(r#""\ud83d x""#), r#""\ud83d x""#);
    }

    #[test]
    fn half_a_pair_is_no_panic() {
        assert_eq!(unescaped(r#""\ud83d x""#), "\"\u{fffd} x\"");
        assert_eq!(unescaped(r"\"), r"\");
        assert_eq!(unescaped("\\u00é"), "\\u00é");
    }
}
