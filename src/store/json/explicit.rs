//! Files whose records a layout says where to find: the plan of a file by paths into it. Without such
//! paths the shape of the file decides.

use std::ops::ControlFlow;
use std::sync::Arc;

use hashbrown::HashMap;

use super::cursor::{BLOCK, Cursor, Halt};
use super::deeper::beside;
use super::file::SourceFile;
use super::follow::Growing;
use super::item::{Context, Item, RecordPlace, Sample};
use super::members::key_and_value;
use super::mend::mended;
use super::open::{Holds, Plan, Section, fields, within};
use super::outline::{BoneValue, outline};
use super::parts::{Inner, Part, take_apart};
use super::{Block, JsonError, Records, ScanOptions};
use crate::model::Task;
use crate::model::json::{EACH, Picker, Pointer, scalar};
use crate::store::layout::{Layout, Lookup};
use crate::store::unpack::Text;

/// A record read again.
#[derive(Clone, Debug, Default)]
pub(super) struct Again {
    /// Which source of the layout it is of.
    pub source: u8,
    pub text: String,
    pub context: Context,
}

/// A way through a file: its plan, and how each of its values is taken apart.
pub(super) type Way = (Plan, Arc<[Part]>);

impl SourceFile {
    /// The way to the records at these paths.
    pub(super) fn way_to(&self, parts: &[Part], task: &Task) -> Result<Way, Halt> {
        let each = |part: &Part| part.path.iter().position(|key| key == EACH);
        let Some(at) = self
            .document
            .filter(|_| parts.iter().all(|part| each(part).is_some()))
        else {
            return Ok((self.values(), in_values(parts)));
        };
        let mut sections: Vec<(Section, Vec<Part>)> = Vec::new();
        for part in parts {
            let (before, behind) = part.path.split_at(each(part).unwrap_or(0));
            let Some(section) = locate(&self.text, at, before, &self.context, task)? else {
                continue;
            };
            let inner = Part {
                source: part.source,
                path: behind[1..].to_vec(),
            };
            match sections
                .iter_mut()
                .find(|(own, _)| own.from == section.from)
            {
                Some((_, parts)) => parts.push(inner),
                None => sections.push((section, vec![inner])),
            }
        }
        sections.sort_by_key(|(section, _)| section.from);
        let sections = sections.into_iter().map(|(section, parts)| Section {
            parts: parts.into(),
            ..section
        });
        Ok((Plan::Sections(sections.collect()), Arc::default()))
    }

    /// Value by value, or line by line where it is so already.
    fn values(&self) -> Plan {
        match self.plan {
            Plan::Lines => Plan::Lines,
            Plan::Values | Plan::Sections(_) | Plan::Columns(_) => Plan::Values,
        }
    }

    /// The records of the value that begins at a byte, which are taken out of it.
    pub(super) fn inner_at(&self, start: u64) -> Result<Vec<Again>, Halt> {
        let (parts, holds) = self.parts_at(start);
        let (key, text) = value_at(&self.text, start, holds)?;
        let text = mended(&text).map_or(text, |own| own.text);
        let mut context = self.context_at(start).clone();
        if key.is_some() {
            context.key = key.map(Arc::from);
        }
        let mut all = Vec::new();
        // What has become of it is seen by what is missing.
        let _ = take_apart(
            &text,
            &parts,
            &context,
            &mut |Inner {
                      source,
                      text,
                      context,
                  }| {
                all.push(Again {
                    source,
                    text: text.to_owned(),
                    context,
                });
            },
        );
        Ok(all)
    }

    /// How the value that begins at a byte is taken apart.
    pub(super) fn parts_at(&self, start: u64) -> (Arc<[Part]>, Holds) {
        match self.section_at(start) {
            Some(section) => (Arc::clone(&section.parts), section.holds),
            None => (Arc::clone(&self.parts), Holds::Items),
        }
    }
}

impl Records {
    /// One record again, the same as the scan gave it.
    ///
    /// # Errors
    /// Where the file system refuses, or the file has been cut since.
    pub(super) fn read_back(&self, place: RecordPlace) -> Result<Again, JsonError> {
        let Some(file) = self.files.get(place.file.at()) else {
            return Ok(Again::default());
        };
        file.read_back(place).map_err(|halt| file.failed(halt))
    }

    /// Whether the record there is one of several in a value, by which it is read back.
    pub(super) fn is_inner(&self, place: RecordPlace) -> bool {
        let file = self.files.get(place.file.at());
        file.is_some_and(|file| is_whole(&file.parts_at(place.start).0).is_none())
    }

    /// The records of the value at a place.
    ///
    /// # Errors
    /// As [`Records::read_back`].
    pub(super) fn inner(&self, place: RecordPlace) -> Result<Vec<Again>, JsonError> {
        let file = &self.files[place.file.at()];
        file.inner_at(place.start).map_err(|halt| file.failed(halt))
    }

    /// Finds the records where a layout says, if it says so.
    ///
    /// # Errors
    /// As [`Records::scan`].
    pub fn plan_by(&mut self, layout: &Layout, task: &Task) -> Result<(), JsonError> {
        let parts = parts(layout);
        if parts.is_empty() {
            return Ok(());
        }
        for file in &mut self.files {
            let way = file
                .way_to(&parts, task)
                .map_err(|halt| file.failed(halt))?;
            if file.document.is_some() {
                file.growing = Growing::OnlyAnew;
            }
            (file.plan, file.parts) = way;
        }
        Ok(())
    }

    /// About the first `count` records of a layout that says where they are, of the first file; none
    /// where the file has not what it names.
    ///
    /// # Errors
    /// As [`Records::scan`].
    pub(super) fn sample_of(
        &self,
        layout: &Layout,
        count: usize,
        task: &Task,
    ) -> Result<Vec<Sample>, JsonError> {
        let mut parts = parts(layout);
        parts.truncate(1);
        let file = &self.files[0];
        let way = file
            .way_to(&parts, task)
            .map_err(|halt| file.failed(halt))?;
        let mut samples = Vec::new();
        self.sample_file(0, Some(&way), count, &mut samples, task)?;
        Ok(samples)
    }

    /// The names of the members of the object that the first file is.
    pub(super) fn members(&self) -> &[String] {
        &self.files[0].members
    }

    /// All values that a layout's look-up names, by their keys.
    ///
    /// # Errors
    /// As [`Records::scan`].
    pub(super) fn look_up(&self, lookup: &Lookup, task: &Task) -> Result<Known, JsonError> {
        let part = Part {
            source: 0,
            path: lookup.records.keys().to_vec(),
        };
        let own = lookup.values.iter();
        let mut known = Known::from_iter(own.map(|(key, value)| (key.clone(), value.clone())));
        if lookup.records == Pointer::default() {
            return Ok(known);
        }
        for (ix, file) in self.files.iter().enumerate() {
            let way = file
                .way_to(std::slice::from_ref(&part), task)
                .map_err(|halt| file.failed(halt))?;
            let block = Block::of_files(ix as u32..ix as u32 + 1);
            let mut take = |item: Item<'_>| {
                if let Item::Record(record) = item {
                    known.extend(lookup.entry(record.text, record.context));
                }
                match known.len() < MOST_KNOWN {
                    true => ControlFlow::Continue(()),
                    false => ControlFlow::Break(()),
                }
            };
            self.scan_by(Some(&way), &block, ScanOptions::default(), task, &mut take)?;
        }
        Ok(known)
    }
}

/// Values by keys, as a look-up names them.
pub(super) type Known = HashMap<String, String>;

/// Keys that are remembered at most of a look-up.
const MOST_KNOWN: usize = 4 << 20;

/// Where a layout says that its records are; nothing where it does not say.
pub(super) fn parts(layout: &Layout) -> Vec<Part> {
    let sources = layout.sources().enumerate();
    let parts = sources.filter_map(|(at, events)| {
        Some(Part {
            source: u8::try_from(at).ok()?,
            path: events.records.as_ref()?.keys().to_vec(),
        })
    });
    parts.collect()
}

impl Lookup {
    /// The key and the value that stand in a record.
    fn entry(&self, text: &str, around: &Context) -> Option<(String, String)> {
        let at = |pointer: &Pointer| {
            let picker = Picker::new([pointer]);
            let mut slots = [None];
            picker.pick(text, &mut slots).ok()?;
            Some(scalar(slots[0]?)?.into_owned())
        };
        let key = match &self.key {
            Some(key) => at(key)?,
            None => around.key.as_deref()?.to_owned(),
        };
        Some((key, at(&self.value)?))
    }
}

/// Whether a value with these parts is one record itself, and of which source.
pub(super) fn is_whole(parts: &[Part]) -> Option<u8> {
    match parts {
        [] => Some(0),
        [Part { source, path }] if path.is_empty() => Some(*source),
        _ => None,
    }
}

/// Arrays of values are gone into anyhow.
fn in_values(parts: &[Part]) -> Arc<[Part]> {
    let parts = parts.iter().map(|part| {
        let inner = part.path.strip_prefix(&[EACH.to_owned()][..]);
        Part {
            path: inner.unwrap_or(&part.path).to_vec(),
            ..part.clone()
        }
    });
    parts.collect()
}

/// What holds the records, at the end of the way through `keys` from the object that begins at `at`.
fn locate(
    text: &Text,
    mut at: u64,
    keys: &[String],
    around: &Context,
    task: &Task,
) -> Result<Option<Section>, Halt> {
    let mut context = around.clone();
    let Some((last, way)) = keys.split_last() else {
        let section = Section {
            from: at + 1,
            to: text.end()?,
            holds: Holds::Members,
            context,
            parts: Arc::default(),
        };
        return Ok(Some(section));
    };
    for key in way.iter().chain([last]) {
        let mut cursor = Cursor::new(text, at..text.end()?, BLOCK, task);
        cursor.peek()?;
        let outline = outline(&mut cursor)?;
        let around = beside(fields(&outline), &context.fields);
        context = within(&context, around);
        let Some(bone) = outline.members.iter().find(|bone| bone.key == *key) else {
            return Ok(None);
        };
        let (from, to, holds) = match &bone.value {
            BoneValue::Array(run) => (run.from, run.to, Holds::Items),
            BoneValue::Object(range) => {
                (range.start + 1, range.end.saturating_sub(1), Holds::Members)
            }
            BoneValue::Scalar(_) => return Ok(None),
        };
        if std::ptr::eq(key, last) {
            return Ok(Some(Section {
                from,
                to,
                holds,
                context,
                parts: Arc::default(),
            }));
        }
        if holds == Holds::Items {
            return Ok(None);
        }
        at = from - 1;
    }
    Ok(None)
}

/// Bytes read at once to read one value again.
const VALUE_BLOCK: usize = 16 << 10;

/// The value that begins at a byte, and its key where it is a member.
pub(super) fn value_at(
    text: &Text,
    start: u64,
    holds: Holds,
) -> Result<(Option<String>, String), Halt> {
    let task = Task::new();
    let mut cursor = Cursor::new(text, start..text.end()?, VALUE_BLOCK, &task);
    cursor.mark(usize::MAX);
    cursor.skip_value()?;
    if holds == Holds::Members && cursor.peek_solid()? == Some(b':') {
        cursor.advance(1);
        cursor.peek_solid()?;
        cursor.skip_value()?;
    }
    let bytes = cursor.marked().unwrap_or_default();
    Ok(match holds {
        Holds::Items => (None, String::from_utf8_lossy(bytes).into_owned()),
        Holds::Members => {
            let (key, value) = key_and_value(bytes);
            (Some(key), String::from_utf8_lossy(value).into_owned())
        }
    })
}
