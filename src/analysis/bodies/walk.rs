//! One walk over the text of a payload: which kind of value stands at which place. The text is JSON
//! already; what is not is left where that shows, and nothing here can fail on it.

use memchr::memchr2;

use super::format::Kind;
use super::paths::{PathIx, Paths};

/// Deeper than this a payload is not looked into.
const DEEPEST: usize = 64;

/// Walks over payloads, one after the other.
#[derive(Debug, Default)]
pub(super) struct Walker {
    /// Kinds by place, of this payload where the number beside them is the present one.
    marks: Vec<(u32, u16)>,
    round: u32,
    found: Vec<PathIx>,
    shape: Vec<(PathIx, u16)>,
    stack: Vec<(PathIx, Holder)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    Object,
    Array,
}

impl Walker {
    /// The places of the last payload with the kinds that stand there, in the order of places.
    pub fn found(&self) -> &[(PathIx, u16)] {
        &self.shape
    }

    fn mark(&mut self, path: PathIx, kind: Kind) {
        let at = path.0 as usize;
        if at >= self.marks.len() {
            self.marks.resize(at + 64, (0, 0));
        }
        let mark = &mut self.marks[at];
        if mark.0 == self.round {
            mark.1 |= kind.bit();
        } else {
            *mark = (self.round, kind.bit());
            self.found.push(path);
        }
    }

    /// Walks over one payload of the type whose places begin at `root`; `text` sees every text. Says
    /// whether it came to the end.
    pub fn walk(
        &mut self,
        json: &str,
        root: PathIx,
        paths: &mut Paths,
        text: &mut dyn FnMut(PathIx, &str),
    ) -> bool {
        self.round = self.round.wrapping_add(1).max(1);
        self.found.clear();
        self.stack.clear();
        let whole = self.values(json, root, paths, text).is_some();
        self.found.sort_unstable();
        let Self {
            found,
            marks,
            shape,
            ..
        } = self;
        shape.clear();
        shape.extend(found.iter().map(|path| (*path, marks[path.0 as usize].1)));
        whole
    }

    fn values(
        &mut self,
        json: &str,
        root: PathIx,
        paths: &mut Paths,
        text: &mut dyn FnMut(PathIx, &str),
    ) -> Option<()> {
        let bytes = json.as_bytes();
        let (mut at, mut path) = (0, root);
        loop {
            at = blank(bytes, at);
            match *bytes.get(at)? {
                open @ (b'{' | b'[') => {
                    let holder = if open == b'{' {
                        Holder::Object
                    } else {
                        Holder::Array
                    };
                    let kind = if open == b'{' {
                        Kind::Object
                    } else {
                        Kind::Array
                    };
                    self.mark(path, kind);
                    at = blank(bytes, at + 1);
                    if matches!(bytes.get(at)?, b'}' | b']') {
                        at += 1;
                    } else if self.stack.len() >= DEEPEST {
                        return None;
                    } else {
                        self.stack.push((path, holder));
                        (path, at) = inner(json, at, path, holder, paths)?;
                        continue;
                    }
                }
                b'"' => {
                    let end = quoted(bytes, at + 1)?;
                    let inside = json.get(at + 1..end)?;
                    self.mark(path, Kind::of_text(inside.as_bytes()));
                    text(path, inside);
                    at = end + 1;
                }
                b't' | b'f' | b'n' => {
                    let kind = if bytes[at] == b'n' {
                        Kind::Null
                    } else {
                        Kind::Bool
                    };
                    self.mark(path, kind);
                    at += if bytes[at] == b'f' { 5 } else { 4 };
                }
                _ => {
                    let (end, kind) = number(bytes, at)?;
                    self.mark(path, kind);
                    at = end;
                }
            }
            // The value has ended, and perhaps what holds it.
            loop {
                let Some(&(holder, of)) = self.stack.last() else {
                    return Some(());
                };
                at = blank(bytes, at);
                match *bytes.get(at)? {
                    b',' => {
                        (path, at) = inner(json, blank(bytes, at + 1), holder, of, paths)?;
                        break;
                    }
                    b'}' | b']' => {
                        at += 1;
                        self.stack.pop();
                    }
                    _ => return None,
                }
            }
        }
    }
}

/// The place of the next value in what holds it, and where its text begins.
fn inner(
    json: &str,
    at: usize,
    holder: PathIx,
    of: Holder,
    paths: &mut Paths,
) -> Option<(PathIx, usize)> {
    if of == Holder::Array {
        return Some((paths.each(holder), at));
    }
    let bytes = json.as_bytes();
    if *bytes.get(at)? != b'"' {
        return None;
    }
    let end = quoted(bytes, at + 1)?;
    let path = paths.member(holder, json.get(at + 1..end)?);
    let colon = blank(bytes, end + 1);
    (*bytes.get(colon)? == b':').then_some((path, colon + 1))
}

#[inline]
fn blank(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// Where the text that begins at `from` ends: its closing quote.
#[inline]
fn quoted(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

fn number(bytes: &[u8], from: usize) -> Option<(usize, Kind)> {
    let (mut at, mut kind) = (from, Kind::Integer);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' | b'-' | b'+' => {}
            b'.' | b'e' | b'E' => kind = Kind::Number,
            _ => break,
        }
        at += 1;
    }
    (at > from).then_some((at, kind))
}
