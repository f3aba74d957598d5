//! The quick way through the JSON that most envelopes are: one object of plain keys and values, with
//! nothing nested and nothing escaped. What is anything more has to go the thorough way; the answers
//! are the same.

/// Calls `each` with every key and the written text of its value. `None` where `json` is not such an
/// object, perhaps after some calls.
pub(super) fn members<'a>(json: &'a str, mut each: impl FnMut(&'a str, &'a str)) -> Option<()> {
    // Without control characters and escapes a string ends at the next quotation mark.
    // All of them are looked at: a processor does many at once.
    let is_odd = |byte: u8| (byte < b' ') | (byte == b'\\');
    if json.bytes().fold(false, |odd, byte| odd | is_odd(byte)) {
        return None;
    }
    let mut rest = json
        .trim_matches(' ')
        .strip_prefix('{')?
        .strip_suffix('}')?;
    rest = rest.trim_start_matches(' ');
    if rest.is_empty() {
        return Some(());
    }
    loop {
        let (key, after) = string(rest)?;
        let after = after.trim_start_matches(' ').strip_prefix(':')?;
        let (value, after) = value(after.trim_start_matches(' '))?;
        each(&key[1..key.len() - 1], value);
        rest = after.trim_start_matches(' ');
        if rest.is_empty() {
            return Some(());
        }
        rest = rest.strip_prefix(',')?.trim_start_matches(' ');
    }
}

/// The string that `text` begins with, in its quotation marks, and the rest.
fn string(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('"')?;
    let length = memchr::memchr(b'"', inner.as_bytes())?;
    Some(text.split_at(length + 2))
}

/// The value that `text` begins with, and the rest.
fn value(text: &str) -> Option<(&str, &str)> {
    if text.starts_with('"') {
        return string(text);
    }
    let end = |byte: &u8| matches!(byte, b',' | b' ');
    let length = text
        .bytes()
        .position(|byte| end(&byte))
        .unwrap_or(text.len());
    let (value, rest) = text.split_at(length);
    let is_value = matches!(value, "true" | "false" | "null") || is_number(value.as_bytes());
    is_value.then_some((value, rest))
}

/// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
fn is_number(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(rest);
    if whole == 0 || whole > 1 && rest[0] == b'0' {
        return false;
    }
    rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let unsigned = match exponent {
            [b'+' | b'-', unsigned @ ..] => unsigned,
            unsigned => unsigned,
        };
        let length = digits(unsigned);
        return length > 0 && length == unsigned.len();
    }
    rest.is_empty()
}
