//! One file of a store: how it is opened, and how its plan turns a stretch of it into records.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cursor::{BLOCK, Cursor, Halt, Step};
use super::error::JsonError;
use super::explicit::{Again, is_whole};
use super::follow::{BEFORE, Growing, Identity};
use super::item::{Context, FileIx, Place, Problem, RecordPlace, Weight};
use super::lines;
use super::members::{self, key_and_value};
use super::mend::mended;
use super::open::{Holds, Look, Opened, Plan, Section, open};
use super::parts::Part;
use super::records::MOST_BYTES;
use super::rewrite::rewritten;
use super::scan::{Block, Inside, Resume, Sink, Stop, Trace};
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
    /// Whether the end of the object was there, where the file is one.
    pub(super) step: Step,
    /// How much of it was looked at.
    pub(super) look: Look,
    /// Where the one object begins that it is, if it is one.
    pub(super) document: Option<u64>,
    /// The names of that object's members.
    pub(super) members: Vec<String>,
    /// Where the records are in each of its values, if they are not that themselves.
    pub(super) parts: Arc<[Part]>,
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

    /// One record again, which is a value of its own.
    pub(super) fn read_back(&self, place: RecordPlace) -> Result<Again, Halt> {
        let (parts, holds) = self.parts_at(place.start);
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
        let mut context = self.context_at(place.start).clone();
        let mut text = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        if holds == Holds::Members {
            let (key, value) = key_and_value(text.as_bytes());
            context.key = Some(key.into());
            let before = text.len() - value.len();
            text.drain(..before);
        }
        Ok(Again {
            source: is_whole(&parts).unwrap_or(0),
            text: mended(&text).map_or(text, |own| own.text),
            context,
        })
    }

    /// What stands around the record that begins at a byte.
    pub(super) fn context_at(&self, start: u64) -> &Context {
        let section = self.section_at(start);
        section.map_or(&self.context, |section| &section.context)
    }

    /// The section that a byte is in.
    pub(super) fn section_at(&self, start: u64) -> Option<&Section> {
        let Plan::Sections(sections) = &self.plan else {
            return None;
        };
        let after = sections.partition_point(|section| section.from <= start);
        sections.get(after.checked_sub(1)?)
    }

    /// The bytes before a place, to know it by.
    pub(super) fn before(&self, byte: u64) -> io::Result<Box<[u8]>> {
        if self.growing == Growing::OnlyAnew {
            return Ok(Box::default());
        }
        let bytes = self.text.read_at(byte.saturating_sub(BEFORE)..byte)?;
        Ok(bytes.into_boxed_slice())
    }

    /// Whether its values leave a trace by which they are known again.
    pub(super) fn is_traced(&self) -> bool {
        let values = matches!(self.plan, Plan::Values | Plan::Sections(_));
        values && self.shape != Shape::Empty && self.text.unpacked().is_none()
    }

    /// Whether the same stands around the records up to `resume` as in `other`.
    pub(super) fn surrounds_as(&self, other: &Self, resume: &Resume) -> bool {
        let sections = |file: &Self| -> Vec<(u64, Context)> {
            match &file.plan {
                Plan::Sections(sections) => {
                    let passed = sections
                        .iter()
                        .take_while(|section| section.from <= resume.byte);
                    passed
                        .map(|section| (section.from, section.context.clone()))
                        .collect()
                }
                Plan::Lines | Plan::Values | Plan::Columns(_) => Vec::new(),
            }
        };
        self.shape == other.shape
            && self.context == other.context
            && sections(self) == sections(other)
    }

    pub(super) fn scan(
        &self,
        (plan, parts): (&Plan, &Arc<[Part]>),
        ix: u32,
        block: &Block,
        end: u64,
        sink: &mut Sink<'_>,
        task: &Task,
    ) -> Result<Stop, Halt> {
        let begins = ix == block.files.start;
        let (from, number, inside, trace) = if begins {
            (block.start, block.number, block.inside, block.trace)
        } else {
            (0, 0, Inside::File, Trace::default())
        };
        sink.trace = trace;
        sink.parts = Arc::clone(parts);
        let last = ix + 1 == block.files.end;
        let end = if last { end.min(block.end) } else { end };
        let text = &self.text;
        let start = from.max(text.start());
        sink.counted = match plan {
            Plan::Lines => Place::Line,
            Plan::Columns(_) => Place::Row,
            Plan::Values | Plan::Sections(_) => Place::Item,
        };
        match plan {
            Plan::Lines => {
                let mut cursor = Cursor::new(text, start..end, BLOCK, task);
                lines::scan(&mut cursor, (inside, number), &self.context, sink)
            }
            Plan::Values => {
                let mut cursor = Cursor::new(text, start..end, BLOCK, task);
                let at = (inside, number);
                values::scan(&mut cursor, at, Inside::File, &self.context, sink)
            }
            Plan::Sections(sections) => {
                let from = Stop {
                    byte: start,
                    number,
                    inside,
                    flow: ControlFlow::Continue(()),
                };
                scan_sections(text, sections, from, end, sink, task)
            }
            Plan::Columns(columns) => columns.scan(text, from, &self.context, sink, task),
        }
    }
}

fn scan_sections(
    text: &Text,
    sections: &[Section],
    from: Stop,
    end: u64,
    sink: &mut Sink<'_>,
    task: &Task,
) -> Result<Stop, Halt> {
    let mut stop = from;
    if from.inside == Inside::Closed {
        return Ok(stop);
    }
    for section in sections {
        if section.to < from.byte || section.from >= end || stop.flow.is_break() {
            continue;
        }
        let range = section.from.max(from.byte)..end.min(section.to.saturating_add(1));
        // Small arrays are the rule where there are many.
        let block = BLOCK.min((range.end - range.start) as usize);
        let mut cursor = Cursor::new(text, range, block, task);
        sink.parts = Arc::clone(&section.parts);
        stop = match section.holds {
            Holds::Members => members::scan(&mut cursor, stop.number, &section.context, sink)?,
            Holds::Items => {
                let at = (Inside::Array, stop.number);
                values::scan(&mut cursor, at, Inside::Array, &section.context, sink)?
            }
        };
    }
    Ok(stop)
}

/// How one file is opened.
pub(super) struct Opening<'a> {
    pub(super) path: &'a Path,
    pub(super) context: Context,
    pub(super) handle: Handle,
    pub(super) limits: Limits,
    pub(super) look: Look,
}

impl Opening<'_> {
    pub(super) fn open(
        self,
        kind: &Kind,
        ix: FileIx,
        problems: &mut Vec<Problem>,
        task: &Task,
    ) -> Result<SourceFile, JsonError> {
        let how = self.how(kind)?;
        let unreadable = |source| JsonError::Unreadable {
            source,
            path: self.path.to_owned(),
        };
        let identity = Identity::of(self.path).map_err(unreadable)?;
        let mut text = match Text::open(self.path, how, self.handle, self.limits, task) {
            Ok(text) => text,
            Err(UnpackError::Cancelled(cancelled)) => return Err(cancelled.into()),
            Err(source) => {
                return Err(JsonError::Packed {
                    source,
                    path: self.path.to_owned(),
                });
            }
        };
        if text.end().map_err(unreadable)? > MOST_BYTES {
            return Err(JsonError::TooLarge {
                path: self.path.to_owned(),
            });
        }
        let failed = |halt| match halt {
            Halt::Cancelled(cancelled) => cancelled.into(),
            Halt::Io(source) => unreadable(source),
        };
        let look = |text: &Text| {
            let context = self.context.clone();
            open(text, context, self.look, task).map_err(failed)
        };
        let mut opened = match kind {
            Kind::Empty => Opened::empty(),
            _ => look(&text)?,
        };
        if let Some(own) = rewritten(&text, &opened.members).map_err(unreadable)? {
            text = Text::of(own.text);
            opened = look(&text)?;
            opened.shape = Shape::Wrapped { key: own.key };
        }
        let unpacking = text.problem().map(str::to_owned);
        for message in unpacking.into_iter().chain(opened.problems) {
            problems.push(Problem {
                file: ix,
                place: Place::File,
                message,
                weight: Weight::All,
            });
        }
        let grows = matches!(opened.plan, Plan::Lines | Plan::Values)
            && opened.shape != Shape::Empty
            && text.unpacked().is_none();
        Ok(SourceFile {
            path: self.path.to_owned(),
            text,
            shape: opened.shape,
            plan: opened.plan,
            context: opened.context,
            identity,
            growing: match grows {
                true => Growing::AtItsEnd,
                false => Growing::OnlyAnew,
            },
            step: opened.step,
            look: opened.look,
            document: opened.document,
            members: opened.members,
            parts: opened.parts,
        })
    }

    /// How the text is kept in the file.
    fn how(&self, kind: &Kind) -> Result<JsonText, JsonError> {
        match kind {
            Kind::Json(how) => Ok(*how),
            Kind::Empty => Ok(JsonText {
                packing: Packing::Plain,
                encoding: Encoding::Utf8,
            }),
            Kind::Sqlite(_) | Kind::Folder | Kind::Other(_) => Err(JsonError::NotJson {
                refusal: (kind.refusal())
                    .unwrap_or_else(|| "This is an SQLite database, not JSON".to_owned()),
                path: self.path.to_owned(),
            }),
        }
    }
}
