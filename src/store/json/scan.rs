//! What a scan is told, what it says at its end, and the sink that judges each record on its way
//! to the caller.

use std::ops::{ControlFlow, Range};
use std::time::SystemTime;

use super::grammar::{Member, Walk, Why};
use super::item::{Context, FileIx, Item, Place, Problem, Record, RecordPlace};
use super::outline::unescaped;

/// What becomes of a last line without a newline, or of a last value without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// The file is done with: it is a record, or a problem.
    AtRest,
    /// Its writer may be in the middle of it: it is held back without a word.
    Following,
}

/// How closely each record is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Its whole grammar, and whether a top-level key stands twice.
    Grammar,
    /// Only that it begins and ends as an object, for a caller that walks over it anyhow (see
    /// [`super::Walk`]) and reports what it finds.
    Framing,
}

/// How a scan goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanOptions {
    /// What becomes of an unfinished end.
    pub tail: Tail,
    /// How closely each record is looked at.
    pub check: Check,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self {
            tail: Tail::AtRest,
            check: Check::Grammar,
        }
    }
}

/// Whether a place is between whole values or between the elements of an array.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Inside {
    /// Between the values (or lines) of a file.
    #[default]
    File,
    /// Between the elements of an array.
    Array,
}

/// A part of a store that one scan goes over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The files, by their index.
    pub files: Range<u32>,
    /// Where to begin in the first of them: a byte, or a row of columns.
    pub start: u64,
    /// Where to end in the last of them, in bytes; beyond its end means all of it.
    pub end: u64,
    /// How many lines, values or rows come before `start` and are counted in.
    pub number: u64,
    /// What `start` stands in.
    pub inside: Inside,
}

/// Where a scan ended, and where one goes on that wants what comes after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume {
    /// The file.
    pub file: FileIx,
    /// The byte after the last complete line or value; the row in a file of columns.
    pub byte: u64,
    /// How many lines, values or rows were passed up to there.
    pub number: u64,
    /// What that byte stands in.
    pub inside: Inside,
    /// The size of the file when the scan began, in bytes.
    pub(super) seen: u64,
    /// When the file had been written to last by then.
    pub(super) modified: Option<SystemTime>,
    /// The bytes before `byte`, by which a rewritten file is told from one that grew.
    pub(super) before: Box<[u8]>,
}

/// What a scan says at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanEnd {
    /// How many records there were.
    pub records: u64,
    /// How many problems there were.
    pub problems: u64,
    /// How many comment lines were passed over.
    pub comments: u64,
    /// How many bytes after `resume` were held back as unfinished.
    pub held_back: u64,
    /// Where to go on.
    pub resume: Resume,
}

pub(super) type Flow = ControlFlow<()>;

/// Where the scan of one file stopped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    pub(super) byte: u64,
    pub(super) number: u64,
    pub(super) inside: Inside,
    pub(super) flow: Flow,
}

/// A stretch of bytes that claims to be a record.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) bytes: &'a [u8],
    /// The same as text, where that is known already.
    pub(super) text: Option<&'a str>,
    pub(super) start: u64,
    pub(super) number: u64,
}

/// Judges records and passes them on.
pub(super) struct Sink<'a> {
    pub(super) file: FileIx,
    pub(super) options: ScanOptions,
    /// What the numbers of the file's records count.
    pub(super) counted: fn(u64) -> Place,
    pub(super) records: u64,
    pub(super) problems: u64,
    pub(super) comments: u64,
    each: &'a mut dyn FnMut(Item<'_>) -> Flow,
    judge: Judge,
}

impl<'a> Sink<'a> {
    pub(super) fn new(options: ScanOptions, each: &'a mut dyn FnMut(Item<'_>) -> Flow) -> Self {
        Self {
            file: FileIx(0),
            options,
            counted: Place::Item,
            records: 0,
            problems: 0,
            comments: 0,
            each,
            judge: Judge::default(),
        }
    }

    pub(super) fn problem(&mut self, place: Place, message: impl Into<String>) -> Flow {
        self.problems += 1;
        (self.each)(Item::Problem(Problem {
            file: self.file,
            place,
            message: message.into(),
        }))
    }

    pub(super) fn record(&mut self, candidate: Candidate<'_>, context: &Context) -> Flow {
        let place = (self.counted)(candidate.number);
        let bytes = candidate.bytes;
        if !bytes.starts_with(b"{") {
            return self.problem(
                place,
                format!("an event is an object, this is {}", what(bytes)),
            );
        }
        let Ok(length) = u32::try_from(bytes.len()) else {
            return self.problem(place, "larger than 4 GiB");
        };
        let valid = candidate.text.or_else(|| std::str::from_utf8(bytes).ok());
        let lossy;
        let text = match valid {
            Some(text) => text,
            None => {
                lossy = String::from_utf8_lossy(bytes);
                &lossy
            }
        };
        let repeated = match self.judge(text) {
            Ok(repeated) => repeated,
            Err(message) => return self.problem(place, message),
        };
        if valid.is_none() {
            self.problem(place, "holds bytes that are not UTF-8, shown as \u{fffd}")?;
        }
        if let Some(key) = repeated {
            self.problem(place, repeats(&key))?;
        }
        self.records += 1;
        (self.each)(Item::Record(Record {
            place: RecordPlace {
                file: self.file,
                start: candidate.start,
                length,
                number: candidate.number,
            },
            text,
            context,
        }))
    }

    /// The first key that stands twice, or what is wrong with the record.
    fn judge(&mut self, text: &str) -> Result<Option<String>, String> {
        match self.options.check {
            Check::Grammar => self.judge.object(text, &mut |_| {}),
            Check::Framing if text.ends_with('}') => Ok(None),
            Check::Framing => Err(format!("the object is cut off after {} bytes", text.len())),
        }
    }
}

/// Checks records one after another: their grammar, and whether a key stands twice.
#[derive(Default)]
pub(super) struct Judge {
    walk: Walk,
    keys: Keys,
}

impl Judge {
    /// Hands out the top-level members of a record; the first key that stands twice, or what is
    /// wrong with the record.
    pub(super) fn object<'t>(
        &mut self,
        text: &'t str,
        each: &mut impl FnMut(Member<'t>),
    ) -> Result<Option<String>, String> {
        self.keys.clear();
        let keys = &mut self.keys;
        self.walk
            .object(text, &mut |member| {
                keys.add(text, member);
                each(member);
            })
            .map_err(|fault| match fault.why {
                Why::Expected(_) | Why::Control if !text.ends_with('}') => {
                    format!("{fault}; the object seems cut off")
                }
                _ => fault.to_string(),
            })?;
        Ok(self.keys.repeated(text))
    }
}

/// What is to be said of a key that stands twice.
pub(super) fn repeats(key: &str) -> String {
    format!("the key \"{key}\" stands twice; the last one counts")
}

/// What stands where an object should, in words.
pub(super) fn what(bytes: &[u8]) -> String {
    match bytes.first() {
        Some(b'"') => "a string".to_owned(),
        Some(b'-' | b'0'..=b'9') => "a number".to_owned(),
        Some(b'[') => "an array".to_owned(),
        _ => match bytes {
            b"null" => "null".to_owned(),
            b"true" | b"false" => "a boolean".to_owned(),
            _ => {
                let start = String::from_utf8_lossy(&bytes[..bytes.len().min(64)]);
                let start: String = start.chars().take(24).collect();
                format!("no JSON: {start:?}")
            }
        },
    }
}

/// The top-level keys of one record, to see whether one stands twice.
#[derive(Default)]
struct Keys {
    /// Byte ranges of the keys in the record.
    ranges: Vec<Range<usize>>,
    /// A bit for each key seen, by a hash of it: only where it is set can a key be a second.
    seen: [u64; 16],
    repeated: Option<Range<usize>>,
    /// Some key has an escape, so that equal keys may look different.
    escaped: Option<Escaped>,
}

struct Escaped;

impl Keys {
    fn clear(&mut self) {
        self.ranges.clear();
        self.seen = [0; 16];
        self.repeated = None;
        self.escaped = None;
    }

    fn add(&mut self, text: &str, member: Member<'_>) {
        let key = member.key.as_bytes();
        let from = member.key.as_ptr() as usize - text.as_ptr() as usize;
        let range = from..from + key.len();
        if key.contains(&b'\\') {
            self.escaped = Some(Escaped);
        }
        let bit = hash(key) as usize % 1024;
        let (word, mask) = (bit / 64, 1 << (bit % 64));
        if self.seen[word] & mask != 0
            && self.repeated.is_none()
            && (self.ranges.iter()).any(|other| &text.as_bytes()[other.clone()] == key)
        {
            self.repeated = Some(range.clone());
        }
        self.seen[word] |= mask;
        self.ranges.push(range);
    }

    fn repeated(&self, text: &str) -> Option<String> {
        let key = |range: &Range<usize>| unescaped(&text.as_bytes()[range.clone()]);
        if self.escaped.is_some() {
            let mut seen = std::collections::HashSet::new();
            return (self.ranges.iter().map(key)).find(|key| !seen.insert(key.clone()));
        }
        self.repeated.as_ref().map(key)
    }
}

fn hash(key: &[u8]) -> u64 {
    let mut hash = key.len() as u64;
    for chunk in key.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^= hash >> 32;
    }
    hash
}
