//! The quick way through the JSON that most envelopes are: one object of plain keys and values, with
//! nothing nested and nothing escaped. What is anything more has to go the thorough way; the answers
//! are the same.

/// Calls `each` with every key and the written text of its value. `None` where `json` is not such an
/// object, perhaps after some calls.
pub(super) fn members<'a>(json: &'a str, mut each: impl FnMut(&'a str, &'a str)) -> Option<()> {
    // Byte by byte, since all that counts are signs of ASCII: what is made of characters is not put in line.
    let bytes = json.as_bytes();
    // Without control characters and escapes a string ends at the next quotation mark.
    // All of them are looked at: a processor does many at once.
    let is_odd = |byte: &u8| (*byte < b' ') | (*byte == b'\\');
    if bytes.iter().fold(false, |odd, byte| odd | is_odd(byte)) {
        return None;
    }
    let mut at = after(bytes, spaces(bytes, 0), b'{')?;
    at = spaces(bytes, at);
    if bytes.get(at) == Some(&b'}') {
        return is_end(bytes, at + 1);
    }
    loop {
        let first = after(bytes, at, b'"')?;
        let last = quote(bytes, first)?;
        let colon = spaces(bytes, last + 1);
        let start = spaces(bytes, after(bytes, colon, b':')?);
        let end = value(bytes, start)?;
        each(&json[first..last], &json[start..end]);
        at = spaces(bytes, end);
        match bytes.get(at)? {
            b',' => at = spaces(bytes, at + 1),
            b'}' => return is_end(bytes, at + 1),
            _ => return None,
        }
    }
}

/// Behind the spaces that begin there.
#[inline]
fn spaces(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// Behind a byte that has to stand there.
#[inline]
fn after(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    (bytes.get(at) == Some(&byte)).then_some(at + 1)
}

/// Whether nothing follows.
fn is_end(bytes: &[u8], at: usize) -> Option<()> {
    (spaces(bytes, at) == bytes.len()).then_some(())
}

/// Where the next quotation mark stands: mostly so near that looking for it in many bytes at once does not
/// pay.
#[inline]
fn quote(bytes: &[u8], from: usize) -> Option<usize> {
    const NEAR: usize = 16;
    let rest = bytes.get(from..)?;
    let mut near = rest.iter().take(NEAR);
    let found = match near.position(|byte| *byte == b'"') {
        Some(found) => found,
        None => NEAR + memchr::memchr(b'"', rest.get(NEAR..)?)?,
    };
    Some(from + found)
}

/// The end of the value that begins there.
#[inline]
fn value(bytes: &[u8], start: usize) -> Option<usize> {
    if bytes.get(start) == Some(&b'"') {
        return Some(quote(bytes, start + 1)? + 1);
    }
    let rest = bytes.get(start..)?;
    let is_end = |byte: &u8| matches!(byte, b',' | b' ' | b'}');
    let length = rest.iter().position(is_end)?;
    let value = &rest[..length];
    let is_value = match value.first()? {
        b't' => value == b"true",
        b'f' => value == b"false",
        b'n' => value == b"null",
        _ => is_number(value),
    };
    is_value.then_some(start + length)
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
    if let [b'.', fraction @ ..] = rest {
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
