//! Text in payloads and metadata, as it was decoded from the store.

use std::borrow::Cow;

use regex::bytes::{Regex, RegexBuilder};

use crate::log::{Body, Payload};

/// Text to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFilter {
    /// A part of the payload or the metadata.
    pub text: String,
    /// Whether capitals count.
    pub case: Case,
}

/// Whether capitals count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// `order` finds `Order`, in any script.
    #[default]
    Ignored,
    /// It does not.
    Exact,
}

/// A text made ready for the search.
pub(super) enum Needle {
    Found(Regex),
    /// No program can be made of it (it would be too large): compared as it is.
    Plain(Box<memchr::memmem::Finder<'static>>),
}

impl Needle {
    pub(super) fn new(filter: &TextFilter) -> Self {
        let regex = RegexBuilder::new(&regex::escape(&filter.text))
            .case_insensitive(filter.case == Case::Ignored)
            .size_limit(1 << 28)
            .build();
        regex.map_or_else(
            |_| {
                Self::Plain(Box::new(
                    memchr::memmem::Finder::new(&filter.text).into_owned(),
                ))
            },
            Self::Found,
        )
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Found(regex) => regex.is_match(bytes),
            Self::Plain(finder) => finder.find(bytes).is_some(),
        }
    }

    /// Whether what is stored as these bytes may match: it has the text, or escapes that may hide it.
    pub(super) fn may_be_in(&self, stored: &[u8]) -> bool {
        self.is_in(stored) || memchr::memchr(b'\\', stored).is_some()
    }

    pub(super) fn matches(&self, body: &Body) -> bool {
        self.is_in_payload(&body.data) || self.is_in_payload(&body.metadata)
    }

    /// In JSON both as written and with its escapes resolved: `Müller` finds `M\u00fcller`, which
    /// is how many libraries write it.
    fn is_in_payload(&self, payload: &Payload) -> bool {
        match payload {
            Payload::Absent => false,
            Payload::Opaque(bytes) => self.is_in(bytes),
            Payload::Json(raw) => {
                let written = raw.get();
                self.is_in(written.as_bytes())
                    || matches!(unescaped(written), Cow::Owned(text) if self.is_in(text.as_bytes()))
            }
        }
    }
}

/// JSON text with the escapes in its strings resolved; no JSON any more.
fn unescaped(json: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\\', json.as_bytes()) else {
        return Cow::Borrowed(json);
    };
    let mut text = String::with_capacity(json.len());
    let mut rest = json;
    let mut next = Some(first);
    while let Some(at) = next {
        text.push_str(&rest[..at]);
        let (read, length) = escape(&rest[at..]);
        text.push(read);
        rest = &rest[at + length..];
        next = memchr::memchr(b'\\', rest.as_bytes());
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The character that the escape at the start of `text` stands for, and the escape's length. Valid
/// JSON holds no others than these; half a surrogate pair is shown as what it is, damage.
fn escape(text: &str) -> (char, usize) {
    let unit = |at: usize| -> Option<u32> {
        let digits = text.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        u32::from_str_radix(digits, 16).ok()
    };
    match text.as_bytes().get(1) {
        Some(b'n') => ('\n', 2),
        Some(b't') => ('\t', 2),
        Some(b'r') => ('\r', 2),
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'u') => match (unit(0), unit(6)) {
            (Some(high @ 0xd800..0xdc00), Some(low @ 0xdc00..0xe000)) => {
                let scalar = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                (char::from_u32(scalar).unwrap_or('\u{fffd}'), 12)
            }
            (Some(scalar), _) => (char::from_u32(scalar).unwrap_or('\u{fffd}'), 6),
            (None, _) => ('\\', 1),
        },
        Some(&(b'"' | b'\\' | b'/')) => (char::from(text.as_bytes()[1]), 2),
        _ => ('\\', 1),
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
