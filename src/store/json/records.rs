//! A JSON event store, open: its files, a scan over their records in order, and any of the records
//! again by its place. Shared by reference between threads.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::error::JsonError;
use super::explicit::Way;
use super::file::{Opening, SourceFile};
use super::follow::Listing;
use super::item::{Context, FileIx, Item, Place, Problem, Sample, Weight};
use super::lines;
use super::open::{Look, Plan};
use super::scan::{Block, Resume, ScanEnd, ScanOptions, Sink};
use super::shape::Shape;
use crate::model::Task;
use crate::store::sniff::{Kind, sniff};
use crate::store::stem::stem;
use crate::store::unpack::{Handle, Limits, Unpacked};

/// Bytes that a record has at most to be recognised by, and about so many all samples together.
pub(in crate::store) const SAMPLED: usize = 8 << 20;

/// Problems looked at to tell of the first of each kind.
const LOOKED_AT: usize = 1_000;

/// Files of a folder, and bytes of a file: together they name a record by one positive number.
pub(super) const MOST_FILES: usize = 1 << 19;
pub(super) const MOST_BYTES: u64 = 1 << BYTE_BITS;
pub(super) const BYTE_BITS: u32 = 44;

/// A JSON event store.
#[derive(Debug)]
pub struct Records {
    pub(super) path: PathBuf,
    pub(super) files: Vec<SourceFile>,
    pub(super) listing: Option<Listing>,
    /// Files of the folder that belong to something else.
    pub(super) without: Vec<PathBuf>,
    pub(super) problems: Vec<Problem>,
}

impl Records {
    /// As [`Records::open_without`], with all files of a folder.
    ///
    /// # Errors
    /// As there.
    pub fn open(path: &Path, look: Look, task: &Task) -> Result<Self, JsonError> {
        Self::open_without(path, &[], look, task)
    }

    /// Opens a file, or the files of a folder but `without` these. The task's unit is bytes: of the packed file while it
    /// is unpacked, then of the text while a large object is looked through.
    ///
    /// # Errors
    /// See [`JsonError`]. A damaged file opens as far as it can be read; what is wrong with it is
    /// in [`Records::problems`] and comes up in the scan.
    pub fn open_without(
        path: &Path,
        without: &[PathBuf],
        look: Look,
        task: &Task,
    ) -> Result<Self, JsonError> {
        match sniff(path)? {
            Kind::Folder => Self::open_folder(path, without, task),
            kind => {
                let mut problems = Vec::new();
                let how = Opening {
                    path,
                    context: Context {
                        file: Some(stem(path).into()),
                        ..Context::default()
                    },
                    handle: Handle::Held,
                    limits: Limits::default(),
                    look,
                };
                let file = how.open(&kind, FileIx(0), &mut problems, task)?;
                Ok(Self {
                    path: path.to_owned(),
                    files: vec![file],
                    listing: None,
                    without: Vec::new(),
                    problems,
                })
            }
        }
    }

    /// The file or folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the values of its only file leave a trace by which they are known again.
    pub(super) fn is_traced(&self) -> bool {
        matches!(&self.files[..], [file] if !self.is_folder() && file.is_traced())
    }

    /// The files that records come from, in the order in which they are scanned.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (&Path, &Shape)> {
        self.files
            .iter()
            .map(|file| (file.path.as_path(), &file.shape))
    }

    /// The shape of the store: that of its first file.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.files[0].shape
    }

    /// What the file is; of a folder what its files are, each kind once.
    #[must_use]
    pub fn format(&self) -> String {
        if !self.is_folder() {
            return self.shape().to_string();
        }
        let mut kinds: Vec<String> = Vec::new();
        for file in &self.files {
            let kind = file.shape.to_string();
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let files = if self.files.len() == 1 {
            "file"
        } else {
            "files"
        };
        format!(
            "folder of {} {files}: {}",
            self.files.len(),
            kinds.join(", ")
        )
    }

    /// The name of the file that a record is in, where there are several.
    #[must_use]
    pub fn file_name(&self, file: FileIx) -> Option<String> {
        let file = self.files.get(file.at()).filter(|_| self.is_folder())?;
        Some(file.path.file_name()?.to_string_lossy().into_owned())
    }

    /// What was found wrong on opening; the scan does not report it again.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Where the text of a file lies, if it had to be unpacked.
    pub fn unpacked(&self) -> impl Iterator<Item = (&Path, Unpacked)> {
        (self.files.iter()).filter_map(|file| Some((file.path.as_path(), file.text.unpacked()?)))
    }

    /// Whether what is between the beginning of the file and its end may say otherwise.
    #[must_use]
    pub fn is_provisional(&self) -> bool {
        self.files.iter().any(|file| file.look == Look::Beginning)
    }

    /// Whether they are the files of a folder, whose names tell them apart.
    #[must_use]
    pub const fn is_folder(&self) -> bool {
        self.listing.is_some()
    }

    /// What the numbers of a file's records count.
    #[must_use]
    pub(super) fn counted(&self, file: FileIx) -> fn(u64) -> Place {
        match self.files.get(file.at()).map(|file| &file.plan) {
            Some(Plan::Lines) => Place::Line,
            Some(Plan::Columns(_)) => Place::Row,
            _ => Place::Item,
        }
    }

    /// Where a problem is, in words: with its file in front where there are several.
    #[must_use]
    pub fn locate(&self, problem: &Problem) -> String {
        let of_several = self.listing.as_ref();
        let file = of_several.and_then(|_| self.files.get(problem.file.at())?.path.file_name());
        match file {
            Some(name) => format!("{} {}", name.to_string_lossy(), problem.place),
            None => problem.place.to_string(),
        }
    }

    /// The bytes of text that a scan of everything reads; what a task that scans has to do.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn size(&self) -> io::Result<u64> {
        let sizes = self.files.iter().map(|file| file.text.end());
        sizes.sum()
    }

    /// Everything, as one block.
    #[must_use]
    pub fn whole(&self) -> Block {
        Block::of_files(0..self.files.len() as u32)
    }

    /// Everything that comes after a place where a scan ended.
    #[must_use]
    pub fn rest(&self, from: &Resume) -> Block {
        Block {
            start: from.byte,
            number: from.number,
            inside: from.inside,
            trace: from.trace,
            ..Block::of_files(from.file.0..self.files.len() as u32)
        }
    }

    /// A single file of JSON lines as blocks that can be scanned side by side, cut at newlines: one of
    /// about each size in `first`, then of about `size` bytes. Numbers within a block count from its
    /// start; `ScanEnd::resume.number` says how many to add to those of the next block. `None` for
    /// anything else.
    ///
    /// # Errors
    /// Cancelled, or the file system refuses.
    pub fn split_lines(
        &self,
        first: &[u64],
        size: u64,
        task: &Task,
    ) -> Result<Option<Vec<Block>>, JsonError> {
        let [file] = self.files.as_slice() else {
            return Ok(None);
        };
        if !matches!(file.plan, Plan::Lines) {
            return Ok(None);
        }
        let failed = |halt| file.failed(halt);
        let start = file.text.start();
        let end = file.text.end().map_err(|error| failed(error.into()))?;
        let sizes = first.iter().copied().chain(std::iter::repeat(size));
        let aims = sizes.scan(start, |at, size| {
            *at = at.saturating_add(size);
            (*at < end).then_some(*at)
        });
        let cuts = lines::cuts(&file.text, start..end, aims, task).map_err(failed)?;
        Ok(Some(self.cut_at(start, cuts)))
    }

    fn cut_at(&self, start: u64, cuts: Vec<u64>) -> Vec<Block> {
        let mut from = start;
        let mut blocks = Vec::new();
        for cut in cuts.into_iter().chain([u64::MAX]) {
            blocks.push(Block {
                start: from,
                end: cut,
                ..self.whole()
            });
            from = cut;
        }
        blocks
    }

    /// Streams the records of a block in the order of the file, and the problems between them, to
    /// `each`, until that breaks. The task advances by bytes read; its total is the caller's to
    /// set, since several scans may share it.
    ///
    /// # Errors
    /// Cancelled, or the file system refuses to read on. No content of a file is an error.
    pub fn scan(
        &self,
        block: &Block,
        options: ScanOptions,
        task: &Task,
        each: &mut dyn FnMut(Item<'_>) -> ControlFlow<()>,
    ) -> Result<ScanEnd, JsonError> {
        self.scan_by(None, block, options, task, each)
    }

    /// The same on another way than its own, of a block of one file.
    pub(super) fn scan_by(
        &self,
        way: Option<&Way>,
        block: &Block,
        options: ScanOptions,
        task: &Task,
        each: &mut dyn FnMut(Item<'_>) -> ControlFlow<()>,
    ) -> Result<ScanEnd, JsonError> {
        let mut sink = Sink::new(options, each);
        let mut resume = None;
        for ix in block.files.clone() {
            let file = &self.files[ix as usize];
            sink.file = FileIx(ix);
            let metadata = std::fs::metadata(&file.path).ok();
            let failed = |halt| file.failed(halt);
            let end = file.text.end().map_err(|error| failed(error.into()))?;
            let way = way.map_or((&file.plan, &file.parts), |(plan, parts)| (plan, parts));
            let stop = file
                .scan(way, ix, block, end, &mut sink, task)
                .map_err(failed)?;
            let seen = metadata.as_ref().map_or(end, std::fs::Metadata::len);
            let modified = metadata.and_then(|metadata| metadata.modified().ok());
            let before = file
                .before(stop.byte)
                .map_err(|error| failed(error.into()))?;
            resume = Some(Resume {
                file: FileIx(ix),
                byte: stop.byte,
                number: stop.number,
                inside: stop.inside,
                seen,
                modified,
                before,
                trace: sink.trace,
            });
            if stop.flow.is_break() {
                break;
            }
        }
        let nowhere = || Resume {
            file: FileIx(block.files.start),
            byte: block.start,
            number: block.number,
            inside: block.inside,
            seen: 0,
            modified: None,
            before: Box::default(),
            trace: block.trace,
        };
        Ok(ScanEnd {
            records: sink.records,
            problems: sink.problems,
            comments: sink.comments,
            resume: resume.unwrap_or_else(nowhere),
        })
    }

    /// About the first `count` records, from several files where there are several, as far as they are
    /// of a size to be looked at: no more than about [`SAMPLED`] bytes each, and together.
    ///
    /// # Errors
    /// As [`Records::scan`].
    pub fn sample(&self, count: usize, task: &Task) -> Result<Vec<Sample>, JsonError> {
        let mut samples = Vec::new();
        for ix in 0..self.files.len() as u32 {
            let left = count.saturating_sub(samples.len());
            if left == 0 {
                break;
            }
            let enough = samples.len() + (count / self.files.len()).clamp(1, left);
            self.sample_file(ix, None, enough, &mut samples, task)?;
        }
        Ok(samples)
    }

    /// What is wrong first of all, with its place.
    ///
    /// # Errors
    /// As [`Records::scan`].
    pub(super) fn first_problems(
        &self,
        count: usize,
        task: &Task,
    ) -> Result<Vec<String>, JsonError> {
        let mut found: Vec<Problem> = self.problems.iter().take(count).cloned().collect();
        let mut seen = 0;
        let mut take = |item: Item<'_>| {
            if let Item::Problem(problem) = item
                && problem.weight != Weight::Nothing
            {
                seen += 1;
                // One of a kind is enough to know what is wrong.
                if found.iter().all(|known| known.message != problem.message) {
                    found.push(problem);
                }
            }
            match found.len() < count && seen < LOOKED_AT {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        };
        if self.problems.len() < count {
            self.scan(&self.whole(), ScanOptions::default(), task, &mut take)?;
        }
        let told = found
            .iter()
            .map(|problem| format!("{}: {}", self.locate(problem), problem.message));
        Ok(told.collect())
    }

    /// Adds records of one file until there are `enough`, or enough bytes.
    pub(super) fn sample_file(
        &self,
        ix: u32,
        way: Option<&Way>,
        enough: usize,
        samples: &mut Vec<Sample>,
        task: &Task,
    ) -> Result<(), JsonError> {
        let options = ScanOptions {
            longest: SAMPLED,
            ..ScanOptions::default()
        };
        let mut bytes: usize = samples.iter().map(|sample| sample.text.len()).sum();
        if bytes > SAMPLED {
            return Ok(());
        }
        let mut take = |item: Item<'_>| {
            let has_room = samples.len() < enough && bytes <= SAMPLED;
            if let (Item::Record(record), true) = (item, has_room) {
                bytes += record.text.len();
                samples.push(Sample {
                    text: record.text.to_owned(),
                    context: record.context.clone(),
                });
            }
            match samples.len() >= enough || bytes > SAMPLED {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        self.scan_by(way, &Block::of_files(ix..ix + 1), options, task, &mut take)?;
        Ok(())
    }
}
