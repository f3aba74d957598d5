//! What a scan hands out: records, the fields around them, and the problems between them.

use std::fmt;
use std::sync::Arc;

/// A file's place among the files of a store; 0 unless the store is a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileIx(pub u32);

impl FileIx {
    /// As an index into a slice.
    #[must_use]
    pub const fn at(self) -> usize {
        self.0 as usize
    }
}

/// Where one record is, enough to read it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecordPlace {
    /// The file it is in.
    pub file: FileIx,
    /// Its first byte in the (unpacked) file; in a file of columns its 0-based row.
    pub start: u64,
    /// Its length in bytes. Reading back a row of columns does not look at it; of a record that stands
    /// deeper in a value, which of the records in that value it is.
    pub length: u32,
    /// Its 1-based line in JSON lines, else its 1-based rank among the values of the file. Counted
    /// from the start of the block where a block begins in the middle of a file.
    pub number: u64,
}

/// The fields that stand around a record and hold for it too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The name of the file without its endings; only in folders, where it often is the stream.
    pub file: Option<Arc<str>>,
    /// The key that it came under: of its array, where arrays are kept by stream, or of the record itself
    /// in an object of records.
    pub key: Option<Arc<str>>,
    /// Which of the items of an array it is, from 0, where a value holds several records.
    pub item: Option<u32>,
    /// The scalar members of the outer object: key, and value as written in JSON.
    pub fields: Arc<[(String, String)]>,
}

/// One record of a store, as it passes by in a scan.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Where it is.
    pub place: RecordPlace,
    /// Which source of the layout it is of; 0 where the layout has but one.
    pub source: u8,
    /// One JSON object as written; bytes that are not UTF-8 are replaced by U+FFFD.
    pub text: &'a str,
    /// What stands around it.
    pub context: &'a Context,
}

/// A record taken out of the scan, to recognise a layout by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// One JSON object as written.
    pub text: String,
    /// What stands around it.
    pub context: Context,
}

/// Where in a file something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A 1-based line of JSON lines.
    Line(u64),
    /// A byte of the (unpacked) file, from 0.
    Byte(u64),
    /// A 1-based element of an array, or value among values.
    Item(u64),
    /// A 1-based row of a file of columns.
    Row(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("file"),
            Self::Line(number) => write!(f, "line {number}"),
            Self::Byte(at) => write!(f, "byte {at}"),
            Self::Item(number) => write!(f, "item {number}"),
            Self::Row(number) => write!(f, "row {number}"),
        }
    }
}

/// Something that is wrong with a store. It never ends a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file it is in.
    pub file: FileIx,
    /// Where in the file.
    pub place: Place,
    /// What is wrong, for the user.
    pub message: String,
    /// What that keeps from being read.
    pub weight: Weight,
}

/// How much of a record something that is wrong keeps from being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weight {
    /// The record is left out.
    All,
    /// Something of the record that comes next.
    Part,
    /// Nothing of the record that comes next.
    Nothing,
}

impl Problem {
    /// The same problem with its line or item counted from the start of the file, where its scan
    /// began after `before` of them.
    #[must_use]
    pub fn counted_from(mut self, before: u64) -> Self {
        match &mut self.place {
            Place::Line(number) | Place::Item(number) => *number += before,
            Place::File | Place::Byte(_) | Place::Row(_) => {}
        }
        self
    }
}

/// What a scan comes across.
#[derive(Clone, Debug)]
pub enum Item<'a> {
    /// A record.
    Record(Record<'a>),
    /// Something that is wrong.
    Problem(Problem),
}
