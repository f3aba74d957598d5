//! Numbers that are none, as Python, JavaScript and others write them into JSON: `NaN`, `Infinity` and
//! `-Infinity`. JSON has no such words, so that nothing else of a record could be read: they are read as
//! null, and that is said.

use std::fmt;

use memchr::memmem;

use super::words::string_stop;

/// The words, the longest first of those that begin alike.
const WORDS: [&[u8]; 3] = [b"-Infinity", b"Infinity", b"NaN"];

/// A text without such words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mended {
    pub text: String,
    /// The first of them.
    pub word: &'static str,
}

impl fmt::Display for Mended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not JSON; it is read as null", self.word)
    }
}

/// The text with nulls for such words; none where there are none outside of strings.
pub(super) fn mended(text: &str) -> Option<Mended> {
    let bytes = text.as_bytes();
    if has_none(bytes) {
        return None;
    }
    let mut mended: Option<Mended> = None;
    let (mut at, mut kept) = (0, 0);
    while at < bytes.len() {
        if bytes[at] == b'"' {
            at = behind_string(bytes, at);
            continue;
        }
        let Some(word) = WORDS.iter().find(|word| bytes[at..].starts_with(word)) else {
            at += 1;
            continue;
        };
        let own = mended.get_or_insert_with(|| Mended {
            text: String::with_capacity(text.len() + 8),
            word: std::str::from_utf8(word).unwrap_or_default(),
        });
        own.text.push_str(&text[kept..at]);
        own.text.push_str("null");
        at += word.len();
        kept = at;
    }
    let mut mended = mended?;
    mended.text.push_str(&text[kept..]);
    Some(mended)
}

/// Nearly no record has the letters anywhere, and this is the quickest way to see that.
fn has_none(bytes: &[u8]) -> bool {
    let has = |word: &[u8]| memmem::find(bytes, word).is_some();
    !has(b"NaN") && !has(b"Infinity")
}

/// The same for the beginning of a text, whose bytes keep their places: such words become zeros, and
/// blanks. Good enough to see what shape it has.
pub(super) fn shaped(bytes: &mut [u8]) {
    if has_none(bytes) {
        return;
    }
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'"' {
            at = behind_string(bytes, at);
            continue;
        }
        let word = WORDS.iter().find(|word| bytes[at..].starts_with(word));
        match word {
            Some(word) => {
                bytes[at..at + word.len()].fill(b' ');
                bytes[at] = b'0';
                at += word.len();
            }
            None => at += 1,
        }
    }
}

/// The byte behind the string that begins at `at`.
fn behind_string(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    loop {
        at = string_stop(bytes, at);
        match bytes.get(at) {
            None => return bytes.len(),
            Some(b'"') => return at + 1,
            Some(b'\\') => at = (at + 2).min(bytes.len()),
            Some(_) => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_numbers_that_are_none_become_null() {
        let text = r#"{"a":NaN,"b":[-Infinity,Infinity],"c":"NaN \" NaN"}"#;
        let own = mended(text).unwrap();
        assert_eq!(own.text, r#"{"a":null,"b":[null,null],"c":"NaN \" NaN"}"#);
        assert_eq!(own.word, "NaN");
        for whole in [r#"{"a":"NaN"}"#, "{}", "", r#"{"NaN":"Infinity"#] {
            assert_eq!(mended(whole), None, "{whole}");
        }
        let mut bytes = text.as_bytes().to_vec();
        shaped(&mut bytes);
        assert_eq!(bytes.len(), text.len());
        assert!(serde_json::from_slice::<serde_json::Value>(&bytes).is_ok());
    }
}
