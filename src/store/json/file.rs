//! One file of a store: how it is opened, and how its plan turns a stretch of it into records.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::cursor::{BLOCK, Cursor, Halt};
use super::follow::{BEFORE, Growing, Identity};
use super::item::{Context, FileIx, Place, Problem, RecordPlace};
use super::lines;
use super::open::{Opened, Plan, Section, open};
use super::records::JsonError;
use super::scan::{Block, Inside, Sink, Stop};
use super::shape::Shape;
use super::values;
use crate::model::Task;
use crate::store::sniff::{Encoding, JsonText, Kind, Packing};
use crate::store::unpack::{Handle, Limits, Text, UnpackError};

/// One file of a store.
#[derive(Debug)]
pub(super) struct SourceFile {
    pub(super) path: PathBuf,
    pub(super) text: Text,
    pub(super) shape: Shape,
    pub(super) plan: Plan,
    pub(super) context: Context,
    pub(super) identity: Identity,
    pub(super) growing: Growing,
}

impl SourceFile {
    pub(super) fn failed(&self, halt: Halt) -> JsonError {
        match halt {
            Halt::Cancelled(cancelled) => cancelled.into(),
            Halt::Io(source) => JsonError::Unreadable {
                source,
                path: self.path.clone(),
            },
        }
    }

    /// The text of one record again.
    pub(super) fn read_back(&self, place: RecordPlace) -> Result<String, Halt> {
        let bytes = match &self.plan {
            Plan::Columns(columns) => columns.row(&self.text, place.start)?,
            Plan::Lines | Plan::Values | Plan::Sections(_) => {
                let end = place.start.saturating_add(u64::from(place.length));
                self.text.read_at(place.start..end)?
            }
        };
        if !bytes.ends_with(b"}") {
            let kind = io::ErrorKind::UnexpectedEof;
            return Err(io::Error::new(kind, "changed since it was indexed").into());
        }
        Ok(String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// What stands around the record that begins at a byte.
    pub(super) fn context_at(&self, start: u64) -> &Context {
        match &self.plan {
            Plan::Sections(sections) => {
                let after = sections.partition_point(|section| section.from <= start);
                let section = after.checked_sub(1).and_then(|ix| sections.get(ix));
                section.map_or(&self.context, |section| &section.context)
            }
            Plan::Lines | Plan::Values | Plan::Columns(_) => &self.context,
        }
    }

    /// The bytes before a place, to know it by.
    pub(super) fn before(&self, byte: u64) -> io::Result<Box<[u8]>> {
        if self.growing == Growing::OnlyAnew {
            return Ok(Box::default());
        }
        let bytes = self.text.read_at(byte.saturating_sub(BEFORE)..byte)?;
        Ok(bytes.into_boxed_slice())
    }

    pub(super) fn scan(
        &self,
        ix: u32,
        block: &Block,
        end: u64,
        sink: &mut Sink<'_>,
        task: &Task,
    ) -> Result<Stop, Halt> {
        let begins = ix == block.files.start;
        let (from, number, inside) = if begins {
            (block.start, block.number, block.inside)
        } else {
            (0, 0, Inside::File)
        };
        let last = ix + 1 == block.files.end;
        let end = if last { end.min(block.end) } else { end };
        let text = &self.text;
        let start = from.max(text.start());
        sink.counted = match &self.plan {
            Plan::Lines => Place::Line,
            Plan::Columns(_) => Place::Row,
            Plan::Values | Plan::Sections(_) => Place::Item,
        };
        match &self.plan {
            Plan::Lines => {
                let mut cursor = Cursor::new(text, start..end, BLOCK, task);
                lines::scan(&mut cursor, number, &self.context, sink)
            }
            Plan::Values => {
                let mut cursor = Cursor::new(text, start..end, BLOCK, task);
                let at = (inside, number);
                values::scan(&mut cursor, at, Inside::File, &self.context, sink)
            }
            Plan::Sections(sections) => scan_sections(text, sections, (start, number), sink, task),
            Plan::Columns(columns) => columns.scan(text, from, &self.context, sink, task),
        }
    }
}

fn scan_sections(
    text: &Text,
    sections: &[Section],
    (start, number): (u64, u64),
    sink: &mut Sink<'_>,
    task: &Task,
) -> Result<Stop, Halt> {
    let mut stop = Stop {
        byte: start,
        number,
        inside: Inside::Array,
        flow: ControlFlow::Continue(()),
    };
    for section in sections {
        if section.to < start || stop.flow.is_break() {
            continue;
        }
        let range = section.from.max(start)..section.to + 1;
        // Small arrays are the rule where there are many.
        let block = BLOCK.min((range.end - range.start) as usize);
        let mut cursor = Cursor::new(text, range, block, task);
        let at = (Inside::Array, stop.number);
        stop = values::scan(&mut cursor, at, Inside::Array, &section.context, sink)?;
    }
    Ok(stop)
}

/// How one file is opened.
pub(super) struct Opening<'a> {
    pub(super) path: &'a Path,
    pub(super) context: Context,
    pub(super) handle: Handle,
    pub(super) limits: Limits,
}

impl Opening<'_> {
    pub(super) fn open(
        self,
        kind: &Kind,
        ix: FileIx,
        problems: &mut Vec<Problem>,
        task: &Task,
    ) -> Result<SourceFile, JsonError> {
        let path = self.path.to_owned();
        let how = match kind {
            Kind::Json(how) => *how,
            Kind::Empty => JsonText {
                packing: Packing::Plain,
                encoding: Encoding::Utf8,
            },
            Kind::Sqlite(_) | Kind::Folder | Kind::Other(_) => {
                let refusal = (kind.refusal())
                    .unwrap_or_else(|| "This is an SQLite database, not JSON".to_owned());
                return Err(JsonError::NotJson { refusal, path });
            }
        };
        let unreadable = |source| JsonError::Unreadable {
            source,
            path: self.path.to_owned(),
        };
        let identity = Identity::of(&path).map_err(unreadable)?;
        let text = match Text::open(&path, how, self.handle, self.limits, task) {
            Ok(text) => text,
            Err(UnpackError::Cancelled(cancelled)) => return Err(cancelled.into()),
            Err(source) => return Err(JsonError::Packed { source, path }),
        };
        let opened = match kind {
            Kind::Empty => Opened::empty(),
            _ => open(&text, self.context, task).map_err(|halt| match halt {
                Halt::Cancelled(cancelled) => cancelled.into(),
                Halt::Io(source) => unreadable(source),
            })?,
        };
        let unpacking = text.problem().map(str::to_owned);
        for message in unpacking.into_iter().chain(opened.problems) {
            problems.push(Problem {
                file: ix,
                place: Place::File,
                message,
            });
        }
        let grows = matches!(opened.plan, Plan::Lines | Plan::Values)
            && opened.shape != Shape::Empty
            && text.unpacked().is_none();
        Ok(SourceFile {
            path,
            text,
            shape: opened.shape,
            plan: opened.plan,
            context: opened.context,
            identity,
            growing: if grows {
                Growing::AtItsEnd
            } else {
                Growing::OnlyAnew
            },
        })
    }
}

/// A file's name without its endings, of which a packed one has two.
pub(super) fn stem(path: &Path) -> String {
    let packed = (path.extension())
        .is_some_and(|ending| ["gz", "zst", "gzip", "zstd"].iter().any(|e| ending == *e));
    let name = if packed {
        path.file_stem()
    } else {
        path.file_name()
    };
    let name = Path::new(name.unwrap_or_default());
    let stem = name.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}
