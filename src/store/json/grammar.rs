//! The grammar of JSON as a loop: checks one object of any depth without recursion and without
//! allocating, and hands out its top-level members as written. Knows nothing of files.

use std::ops::Range;

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

/// What may come next.
#[derive(Clone, Copy)]
enum Next {
    Value,
    /// A value, or the end of the array that was just opened.
    ValueOrEnd,
    Key,
    /// A key, or the end of the object that was just opened.
    KeyOrEnd,
    CommaOrEnd,
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
        self.depth = 0;
        let mut at = skip_space(bytes, 0);
        expect(bytes, at, b'{', "an object")?;
        at += 1;
        self.push(Container::Object);
        let mut next = Next::KeyOrEnd;
        let mut key = 0..0;
        let mut value = 0;
        loop {
            at = skip_space(bytes, at);
            let Some(&byte) = bytes.get(at) else {
                return fault(at, Why::Cut);
            };
            match (next, byte) {
                (Next::KeyOrEnd | Next::CommaOrEnd, b'}') if self.in_object() => {
                    if self.depth == 1 && matches!(next, Next::CommaOrEnd) {
                        each(key.clone(), value..trimmed(bytes, value, at));
                    }
                    self.depth -= 1;
                    at += 1;
                    if self.depth == 0 {
                        return Ok(at);
                    }
                    next = Next::CommaOrEnd;
                }
                (Next::KeyOrEnd | Next::Key, b'"') => {
                    let end = string(bytes, at)?;
                    let colon = skip_space(bytes, end);
                    expect(bytes, colon, b':', "a colon")?;
                    let after = skip_space(bytes, colon + 1);
                    if self.depth == 1 {
                        key = at + 1..end - 1;
                        value = after;
                    }
                    at = after;
                    next = Next::Value;
                }
                (Next::KeyOrEnd | Next::Key, _) => return fault(at, Why::Expected("a key")),
                (Next::CommaOrEnd, b',') => {
                    next = if self.in_object() {
                        if self.depth == 1 {
                            each(key.clone(), value..trimmed(bytes, value, at));
                        }
                        Next::Key
                    } else {
                        Next::Value
                    };
                    at += 1;
                }
                (Next::ValueOrEnd | Next::CommaOrEnd, b']') if !self.in_object() => {
                    self.depth -= 1;
                    at += 1;
                    next = Next::CommaOrEnd;
                }
                (Next::CommaOrEnd, _) => return fault(at, Why::Expected("a comma or an end")),
                (Next::Value | Next::ValueOrEnd, b'{') => {
                    self.push(Container::Object);
                    at += 1;
                    next = Next::KeyOrEnd;
                }
                (Next::Value | Next::ValueOrEnd, b'[') => {
                    self.push(Container::Array);
                    at += 1;
                    next = Next::ValueOrEnd;
                }
                (Next::Value | Next::ValueOrEnd, _) => {
                    at = scalar(bytes, at)?;
                    next = Next::CommaOrEnd;
                }
            }
        }
    }

    fn in_object(&self) -> bool {
        let top = self.depth - 1;
        self.open[top / 64] >> (top % 64) & 1 == 1
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

/// The end of a value that may have blanks behind it.
fn trimmed(bytes: &[u8], from: usize, mut to: usize) -> usize {
    while to > from && is_space(bytes[to - 1]) {
        to -= 1;
    }
    to
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

const ONES: u64 = u64::MAX / 255;
const HIGHS: u64 = ONES * 0x80;

/// High bits of the bytes of `word` that are zero; the lowest of them is exact.
pub(super) const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// The next quote, backslash or control character, or the end: eight bytes at a time, since most
/// strings in events are shorter than what a vector search costs to begin.
fn string_stop(bytes: &[u8], mut at: usize) -> usize {
    const QUOTES: u64 = ONES * b'"' as u64;
    const SLASHES: u64 = ONES * b'\\' as u64;
    const BLANKS: u64 = ONES * 0x20;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*chunk);
        let control = word.wrapping_sub(BLANKS) & !word & HIGHS;
        let hits = zeros(word ^ QUOTES) | zeros(word ^ SLASHES) | control;
        if hits != 0 {
            return at + hits.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while let Some(&byte) = bytes.get(at) {
        if byte == b'"' || byte == b'\\' || byte < 0x20 {
            break;
        }
        at += 1;
    }
    at
}
