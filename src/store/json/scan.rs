//! What a scan is told, what it says at its end, and the sink that judges each record on its way
//! to the caller.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use std::time::SystemTime;

use super::explicit::is_whole;
use super::item::{Context, FileIx, Item, Place, Problem, Record, RecordPlace, Weight};
use super::judge::{Judge, repeats};
use super::mend::mended;
use super::parts::{Part, take_apart};

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
    /// Bytes of the longest record: one that is longer is stepped over and reported, and never held
    /// in memory as a whole.
    pub longest: usize,
}

/// Bytes of the longest record that is read, 256 MiB.
pub const LONGEST: usize = 256 << 20;

impl Default for ScanOptions {
    fn default() -> Self {
        Self {
            tail: Tail::AtRest,
            check: Check::Grammar,
            longest: LONGEST,
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
    /// After the last element of an array whose end was seen, and nothing after it.
    Closed,
    /// In a line that was too long and has been reported.
    Line,
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
    /// The trace of the values before `start`.
    pub(super) trace: Trace,
}

/// By what the values of a file are known again that is stored anew whenever it grows: what each of
/// them was and where it stood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Trace(u64);

impl Trace {
    pub(super) fn add(&mut self, bytes: &[u8], start: u64) {
        use std::hash::BuildHasher as _;
        self.0 = foldhash::fast::FixedState::with_seed(self.0 ^ start).hash_one(bytes);
    }
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
    /// The trace of all values before `byte`; of lines there is none.
    pub(super) trace: Trace,
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
    /// How many bytes stand between `start` and it: the key that it came under.
    pub(super) before: usize,
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
    /// The trace of the values so far.
    pub(super) trace: Trace,
    /// Where the records are in each value, if they are not that themselves.
    pub(super) parts: Arc<[Part]>,
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
            trace: Trace::default(),
            parts: Arc::default(),
            each,
            judge: Judge::default(),
        }
    }

    /// Reports a record that is left out.
    pub(super) fn problem(&mut self, place: Place, message: impl Into<String>) -> Flow {
        self.tell(place, message, Weight::All)
    }

    fn tell(&mut self, place: Place, message: impl Into<String>, weight: Weight) -> Flow {
        self.problems += 1;
        (self.each)(Item::Problem(Problem {
            file: self.file,
            place,
            message: message.into(),
            weight,
        }))
    }

    /// Reports a record that is longer than any is read.
    pub(super) fn too_long(&mut self, place: Place) -> Flow {
        let longest = match self.options.longest {
            bytes if bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
            bytes => format!("{bytes} bytes"),
        };
        self.problem(place, format!("larger than {longest}, so it is left out"))
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
        let length = match u32::try_from(candidate.before + bytes.len()) {
            Ok(length) if bytes.len() <= self.options.longest => length,
            _ => return self.too_long(place),
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
        let mended = mended(text);
        let text = mended.as_ref().map_or(text, |own| &own.text);
        let repeated = match self.judge(text) {
            Ok(repeated) => repeated,
            Err(message) => return self.problem(place, message),
        };
        if valid.is_none() {
            let message = "holds bytes that are not UTF-8, shown as \u{fffd}";
            self.tell(place, message, Weight::Part)?;
        }
        if let Some(key) = repeated {
            self.tell(place, repeats(&key), Weight::Part)?;
        }
        if let Some(own) = &mended {
            self.tell(place, own.to_string(), Weight::Nothing)?;
        }
        let file = self.file;
        let place_of = |length| RecordPlace {
            file,
            start: candidate.start,
            length,
            number: candidate.number,
        };
        let Some(source) = is_whole(&self.parts) else {
            return self.take_apart(text, place, &place_of, context);
        };
        self.records += 1;
        (self.each)(Item::Record(Record {
            place: place_of(length),
            source,
            text,
            context,
        }))
    }

    /// Passes on the records that stand in a value. Who has enough of them in the middle still gets
    /// the others of that value, since a scan goes on after it.
    fn take_apart(
        &mut self,
        text: &str,
        place: Place,
        place_of: &dyn Fn(u32) -> RecordPlace,
        context: &Context,
    ) -> Flow {
        let parts = Arc::clone(&self.parts);
        let (mut nth, mut flow) = (0, ControlFlow::Continue(()));
        let mut keep = |next: Flow| {
            if next.is_break() {
                flow = next;
            }
        };
        let taken = take_apart(text, &parts, context, &mut |inner| {
            let length = nth;
            nth += 1;
            if !inner.text.starts_with('{') {
                let found = what(inner.text.as_bytes());
                return keep(
                    self.problem(place, format!("an event is an object, this is {found}")),
                );
            }
            self.records += 1;
            keep((self.each)(Item::Record(Record {
                place: place_of(length),
                source: inner.source,
                text: inner.text,
                context: &inner.context,
            })));
        });
        if let Err(error) = taken {
            keep(self.problem(place, format!("not valid JSON: {error}")));
        }
        flow
    }

    /// The first key that stands twice, or what is wrong with the record.
    fn judge(&mut self, text: &str) -> Result<Option<String>, String> {
        match self.options.check {
            Check::Grammar => self.judge.object(text, &mut |_| {}),
            Check::Framing if text.ends_with('}') => Ok(None),
            // What is wrong with it is worth a second look.
            Check::Framing => match self.judge.object(text, &mut |_| {}) {
                Err(fault) => Err(fault),
                Ok(_) => Err(format!("the object is cut off after {} bytes", text.len())),
            },
        }
    }
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
