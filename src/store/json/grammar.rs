//! The grammar of JSON as a loop: checks one object of any depth without recursion and without
//! allocating, and hands out its top-level members as written. Knows nothing of files.

use std::ops::Range;

use super::words::string_stop;

/// Why a text is no JSON object, and at which of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The 0-based byte of the text.
    pub at: usize,
    /// What is wrong there.
    pub why: Why,
}

/// What is wrong with a text that is no JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The text ends before the value does.
    Cut,
    /// Something other than what the grammar asks for, which is named.
    Expected(&'static str),
    /// A raw control character inside a string.
    Control,
    /// An escape that JSON does not have.
    Escape,
    /// Something after the value.
    Trailing,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let column = self.at + 1;
        match self.why {
            Why::Cut => write!(f, "the object is cut off after {} bytes", self.at),
            Why::Expected(what) => write!(f, "not valid JSON: {what} expected at column {column}"),
            Why::Control => write!(
                f,
                "not valid JSON: a control character in a string at column {column}"
            ),
            Why::Escape => write!(f, "not valid JSON: an unknown escape at column {column}"),
            Why::Trailing => write!(f, "more text follows the object at column {column}"),
        }
    }
}

/// One top-level member of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// The key as written, without its quotes; escapes are still escapes.
    pub key: &'a str,
    /// The value as written.
    pub value: &'a str,
}

/// Walks over objects. Keep one for many records: it owns the stack of what is open.
#[derive(Debug, Default)]
pub struct Walk {
    /// One bit for each open container, set for objects.
    open: Vec<u64>,
    depth: usize,
}

impl Walk {
    /// A walk over nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks that `text` is one JSON object and nothing else but blanks, and hands out its
    /// top-level members in order, duplicates included.
    ///
    /// # Errors
    /// The first fault. Members handed out before it are whole.
    pub fn object<'a>(
        &mut self,
        text: &'a str,
        each: &mut impl FnMut(Member<'a>),
    ) -> Result<(), Fault> {
        let end = self.prefix(text.as_bytes(), &mut |key, value| {
            each(Member {
                key: &text[key],
                value: &text[value],
            });
        })?;
        let rest = skip_space(text.as_bytes(), end);
        if rest < text.len() {
            return fault(rest, Why::Trailing);
        }
        Ok(())
    }

    /// Where the object that `bytes` begin with ends; hands out its members' keys (without
    /// quotes) and values as ranges, which begin and end at ASCII characters.
    pub(super) fn prefix(
        &mut self,
        bytes: &[u8],
        each: &mut impl FnMut(Range<usize>, Range<usize>),
    ) -> Result<usize, Fault> {
        let at = skip_space(bytes, 0);
        expect(bytes, at, b'{', "an object")?;
        let mut at = skip_space(bytes, at + 1);
        if bytes.get(at) == Some(&b'}') {
            return Ok(at + 1);
        }
        loop {
            let (key, value) = key(bytes, at)?;
            let end = self.value(bytes, value)?;
            each(key, value..end);
            at = skip_space(bytes, end);
            match bytes.get(at) {
                Some(b',') => at = skip_space(bytes, at + 1),
                Some(b'}') => return Ok(at + 1),
                Some(_) => return fault(at, Why::Expected(AFTER_VALUE)),
                None => return fault(at, Why::Cut),
            }
        }
    }

    /// The end of the value that begins at `at`.
    fn value(&mut self, bytes: &[u8], at: usize) -> Result<usize, Fault> {
        match bytes.get(at) {
            Some(b'{' | b'[') => self.nested(bytes, at),
            Some(_) => scalar(bytes, at),
            None => fault(at, Why::Cut),
        }
    }

    /// The end of the object or array that begins at `at`.
    fn nested(&mut self, bytes: &[u8], mut at: usize) -> Result<usize, Fault> {
        self.depth = 0;
        loop {
            match bytes.get(at) {
                Some(b'{') => {
                    self.push(Container::Object);
                    at = skip_space(bytes, at + 1);
                    if bytes.get(at) != Some(&b'}') {
                        at = key(bytes, at)?.1;
                        continue;
                    }
                }
                Some(b'[') => {
                    self.push(Container::Array);
                    at = skip_space(bytes, at + 1);
                    if bytes.get(at) != Some(&b']') {
                        continue;
                    }
                }
                Some(_) => at = scalar(bytes, at)?,
                None => return fault(at, Why::Cut),
            }
            at = self.after_value(bytes, at)?;
            if self.depth == 0 {
                return Ok(at);
            }
        }
    }

    /// Closes what ends at `at`, up to where the next value begins or everything is closed.
    fn after_value(&mut self, bytes: &[u8], mut at: usize) -> Result<usize, Fault> {
        loop {
            at = skip_space(bytes, at);
            match (bytes.get(at), self.top()) {
                (Some(b','), Container::Object) => {
                    return Ok(key(bytes, skip_space(bytes, at + 1))?.1);
                }
                (Some(b','), Container::Array) => return Ok(skip_space(bytes, at + 1)),
                (Some(b'}'), Container::Object) | (Some(b']'), Container::Array) => {
                    self.depth -= 1;
                    at += 1;
                    if self.depth == 0 {
                        return Ok(at);
                    }
                }
                (Some(_), _) => return fault(at, Why::Expected(AFTER_VALUE)),
                (None, _) => return fault(at, Why::Cut),
            }
        }
    }

    /// The innermost container that is open; there is one.
    fn top(&self) -> Container {
        let top = self.depth - 1;
        match self.open[top / 64] >> (top % 64) & 1 {
            1 => Container::Object,
            _ => Container::Array,
        }
    }

    fn push(&mut self, container: Container) {
        let (word, bit) = (self.depth / 64, 1 << (self.depth % 64));
        if word == self.open.len() {
            self.open.push(0);
        }
        match container {
            Container::Object => self.open[word] |= bit,
            Container::Array => self.open[word] &= !bit,
        }
        self.depth += 1;
    }
}

#[derive(Clone, Copy)]
enum Container {
    Object,
    Array,
}

/// What may follow a value.
const AFTER_VALUE: &str = "a comma or an end";

const fn fault<T>(at: usize, why: Why) -> Result<T, Fault> {
    Err(Fault { at, why })
}

fn expect(bytes: &[u8], at: usize, byte: u8, what: &'static str) -> Result<(), Fault> {
    match bytes.get(at) {
        Some(&found) if found == byte => Ok(()),
        Some(_) => fault(at, Why::Expected(what)),
        None => fault(at, Why::Cut),
    }
}

pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).copied().is_some_and(is_space) {
        at += 1;
    }
    at
}

/// The key at `at`, without its quotes, and where its value begins.
fn key(bytes: &[u8], at: usize) -> Result<(Range<usize>, usize), Fault> {
    expect(bytes, at, b'"', "a key")?;
    let end = string(bytes, at)?;
    let colon = skip_space(bytes, end);
    expect(bytes, colon, b':', "a colon")?;
    Ok((at + 1..end - 1, skip_space(bytes, colon + 1)))
}

fn scalar(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    match bytes[at] {
        b'"' => string(bytes, at),
        b't' => literal(bytes, at, b"true"),
        b'f' => literal(bytes, at, b"false"),
        b'n' => literal(bytes, at, b"null"),
        b'-' | b'0'..=b'9' => number(bytes, at),
        _ => fault(at, Why::Expected("a value")),
    }
}

fn literal(bytes: &[u8], at: usize, word: &'static [u8]) -> Result<usize, Fault> {
    let found = &bytes[at..bytes.len().min(at + word.len())];
    if found == word {
        Ok(at + word.len())
    } else if word.starts_with(found) {
        fault(bytes.len(), Why::Cut)
    } else {
        fault(at, Why::Expected("a value"))
    }
}

fn number(bytes: &[u8], mut at: usize) -> Result<usize, Fault> {
    if bytes[at] == b'-' {
        at += 1;
    }
    if bytes.get(at) == Some(&b'0') {
        at += 1;
    } else {
        at = digits(bytes, at)?;
    }
    if bytes.get(at) == Some(&b'.') {
        at = digits(bytes, at + 1)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        if matches!(bytes.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        at = digits(bytes, at)?;
    }
    Ok(at)
}

fn digits(bytes: &[u8], from: usize) -> Result<usize, Fault> {
    let mut at = from;
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    match bytes.get(at) {
        _ if at > from => Ok(at),
        Some(_) => fault(at, Why::Expected("a digit")),
        None => fault(at, Why::Cut),
    }
}

/// The byte after a string that begins with the quote at `at`.
fn string(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    let mut at = at + 1;
    loop {
        at = string_stop(bytes, at);
        match bytes.get(at) {
            None => return fault(at, Why::Cut),
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => at = escape(bytes, at)?,
            Some(_) => return fault(at, Why::Control),
        }
    }
}

fn escape(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    match bytes.get(at + 1) {
        None => fault(bytes.len(), Why::Cut),
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => {
            let digits = &bytes[at + 2..bytes.len().min(at + 6)];
            if !digits.iter().all(u8::is_ascii_hexdigit) {
                fault(at, Why::Escape)
            } else if digits.len() < 4 {
                fault(bytes.len(), Why::Cut)
            } else {
                Ok(at + 6)
            }
        }
        Some(_) => fault(at, Why::Escape),
    }
}
