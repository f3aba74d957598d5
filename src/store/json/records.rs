//! A JSON event store, open: its files, a scan over their records in order, and any of the records
//! again by its place. Shared by reference between threads.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::file::{Opening, SourceFile, stem};
use super::follow::{Growing, Growth, Listing};
use super::item::{Context, FileIx, Item, Place, Problem, RecordPlace, Sample};
use super::lines;
use super::open::Plan;
use super::scan::{Block, Resume, ScanEnd, ScanOptions, Sink};
use super::shape::Shape;
use crate::model::{Cancelled, Task};
use crate::store::sniff::{Kind, SniffError, sniff};
use crate::store::unpack::{Handle, Limits, UnpackError, Unpacked};

/// A folder of more files than this does not hold them all open.
const HELD_FILES: usize = 64;

/// A store that cannot be opened or read on.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// The path cannot be looked at.
    #[error(transparent)]
    Sniff(#[from] SniffError),
    /// The file is no JSON.
    #[error("{refusal}: {path}")]
    NotJson {
        /// What it is, in one sentence.
        refusal: String,
        /// The file.
        path: PathBuf,
    },
    /// The folder has no file that is JSON.
    #[error("The folder holds no JSON event stores: {path}")]
    EmptyFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The file is packed and cannot be unpacked.
    #[error("The file {source}: {path}")]
    Packed {
        /// Why it cannot.
        source: UnpackError,
        /// The file.
        path: PathBuf,
    },
    /// The file system refuses to read on.
    #[error("The file cannot be read ({source}): {path}")]
    Unreadable {
        /// Why not.
        source: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The task was called off.
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
}

/// A JSON event store.
#[derive(Debug)]
pub struct Records {
    path: PathBuf,
    files: Vec<SourceFile>,
    listing: Option<Listing>,
    left_out: Vec<(PathBuf, String)>,
    problems: Vec<Problem>,
}

impl Records {
    /// Opens a file or a folder of files. The task's unit is bytes: of the packed file while it
    /// is unpacked, then of the text while a large object is looked through.
    ///
    /// # Errors
    /// See [`JsonError`]. A damaged file opens as far as it can be read; what is wrong with it is
    /// in [`Records::problems`] and comes up in the scan.
    pub fn open(path: &Path, task: &Task) -> Result<Self, JsonError> {
        Self::open_within(path, Limits::default(), task)
    }

    /// As [`Records::open`], with other limits to unpacking.
    ///
    /// # Errors
    /// As [`Records::open`].
    pub fn open_within(path: &Path, limits: Limits, task: &Task) -> Result<Self, JsonError> {
        match sniff(path)? {
            Kind::Folder => Self::open_folder(path, limits, task),
            kind => {
                let mut problems = Vec::new();
                let how = Opening {
                    path,
                    context: Context::default(),
                    handle: Handle::Held,
                    limits,
                };
                let file = how.open(&kind, FileIx(0), &mut problems, task)?;
                Ok(Self {
                    path: path.to_owned(),
                    files: vec![file],
                    listing: None,
                    left_out: Vec::new(),
                    problems,
                })
            }
        }
    }

    fn open_folder(folder: &Path, mut limits: Limits, task: &Task) -> Result<Self, JsonError> {
        let unreadable = |source| JsonError::Unreadable {
            source,
            path: folder.to_owned(),
        };
        let listing = Listing::of(folder).map_err(unreadable)?;
        let handle = if listing.0.len() > HELD_FILES {
            Handle::Reopened
        } else {
            Handle::Held
        };
        let mut files = Vec::new();
        let mut left_out = Vec::new();
        let mut problems = Vec::new();
        for listed in &listing.0 {
            task.check()?;
            let path = &listed.path;
            let how = Opening {
                path,
                context: Context {
                    file: Some(stem(path).into()),
                    ..Context::default()
                },
                handle,
                limits,
            };
            let ix = FileIx(files.len() as u32);
            let opened = sniff(path)
                .map_err(JsonError::from)
                .and_then(|kind| how.open(&kind, ix, &mut problems, task));
            match opened {
                Ok(file) => {
                    if let Some(Unpacked::InMemory(size)) = file.text.unpacked() {
                        limits.memory = limits.memory.saturating_sub(size as usize);
                    }
                    files.push(file);
                }
                Err(JsonError::Cancelled(cancelled)) => return Err(cancelled.into()),
                Err(error) => left_out.push((path.clone(), error.to_string())),
            }
        }
        if files.is_empty() {
            let path = folder.to_owned();
            return Err(JsonError::EmptyFolder { path });
        }
        Ok(Self {
            path: folder.to_owned(),
            files,
            listing: Some(listing),
            left_out,
            problems,
        })
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

    /// The files of the folder that are no JSON, each with the reason.
    #[must_use]
    pub fn left_out(&self) -> &[(PathBuf, String)] {
        &self.left_out
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
        let file = (self.listing.as_ref())
            .and_then(|_| self.files.get(problem.file.at())?.path.file_name());
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
            ..Block::of_files(from.file.0..self.files.len() as u32)
        }
    }

    /// Everything, as at most `parts` blocks of about equal size that can be scanned side by side:
    /// JSON lines are cut at newlines, folders between files, anything else not at all. Numbers
    /// within a block count from its start; `ScanEnd::resume.number` says how many to add to those
    /// of the next block of the same file.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn split_blocks(&self, parts: usize) -> io::Result<Vec<Block>> {
        let [file] = self.files.as_slice() else {
            return self.split_files(parts as u64);
        };
        if !matches!(file.plan, Plan::Lines) {
            return Ok(vec![self.whole()]);
        }
        let (start, end) = (file.text.start(), file.text.end()?);
        let cuts = lines::cuts(&file.text, start, end, parts as u64)?;
        Ok(self.cut_at(start, cuts))
    }

    /// A single file of JSON lines as blocks that can be scanned side by side, numbered as those of
    /// [`Records::split_blocks`]: one of about each size in `first`, then of about `size` bytes.
    /// `None` for anything else.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn split_lines(&self, first: &[u64], size: u64) -> io::Result<Option<Vec<Block>>> {
        let [file] = self.files.as_slice() else {
            return Ok(None);
        };
        if !matches!(file.plan, Plan::Lines) {
            return Ok(None);
        }
        let (start, end) = (file.text.start(), file.text.end()?);
        let sizes = first.iter().copied().chain(std::iter::repeat(size));
        let aims = sizes.scan(start, |at, size| {
            *at = at.saturating_add(size);
            (*at < end).then_some(*at)
        });
        let cuts = lines::cuts_at(&file.text, start, end, aims)?;
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

    fn split_files(&self, parts: u64) -> io::Result<Vec<Block>> {
        let all = self.size()?;
        let mut blocks = Vec::new();
        let (mut first, mut passed) = (0, 0);
        for (ix, file) in self.files.iter().enumerate() {
            passed += file.text.end()?;
            let last = ix as u32 + 1;
            let due = all * (blocks.len() as u64 + 1) / parts.max(1);
            if passed >= due || last as usize == self.files.len() {
                blocks.push(Block::of_files(first..last));
                first = last;
            }
        }
        Ok(blocks)
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
        let mut sink = Sink::new(options, each);
        let mut resume = None;
        let mut held_back = 0;
        for ix in block.files.clone() {
            let file = &self.files[ix as usize];
            sink.file = FileIx(ix);
            let metadata = std::fs::metadata(&file.path).ok();
            let failed = |halt| file.failed(halt);
            let end = file.text.end().map_err(|error| failed(error.into()))?;
            let stop = file.scan(ix, block, end, &mut sink, task).map_err(failed)?;
            if file.growing == Growing::AtItsEnd {
                held_back = end.min(block.end).saturating_sub(stop.byte);
            }
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
        };
        Ok(ScanEnd {
            records: sink.records,
            problems: sink.problems,
            comments: sink.comments,
            held_back,
            resume: resume.unwrap_or_else(nowhere),
        })
    }

    /// The text of one record again, the same as the scan gave it.
    ///
    /// # Errors
    /// Where the file system refuses, or the file has been cut since.
    pub fn read_back(&self, place: RecordPlace) -> Result<String, JsonError> {
        let Some(file) = self.files.get(place.file.at()) else {
            return Ok(String::new());
        };
        file.read_back(place).map_err(|halt| file.failed(halt))
    }

    /// What stands around a record.
    #[must_use]
    pub fn context(&self, place: RecordPlace) -> &Context {
        self.files[place.file.at()].context_at(place.start)
    }

    /// About the first `count` records, from several files where there are several.
    ///
    /// # Errors
    /// As [`Records::scan`].
    pub fn sample(&self, count: usize) -> Result<Vec<Sample>, JsonError> {
        let mut samples = Vec::new();
        for ix in 0..self.files.len() as u32 {
            let left = count - samples.len();
            if left == 0 {
                break;
            }
            let enough = samples.len() + (count / self.files.len()).clamp(1, left);
            let mut take = |item: Item<'_>| {
                if let Item::Record(record) = item {
                    samples.push(Sample {
                        text: record.text.to_owned(),
                        context: record.context.clone(),
                    });
                }
                if samples.len() >= enough {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            };
            let block = Block::of_files(ix..ix + 1);
            self.scan(&block, ScanOptions::default(), &Task::new(), &mut take)?;
        }
        Ok(samples)
    }

    /// Whether the store grew since a scan of all of it ended at `since`. Only JSON lines, values
    /// one after another and arrays without an end grow; everything else is written anew.
    ///
    /// # Errors
    /// Where the file system refuses; a file that is gone may come back.
    pub fn grown(&self, since: &Resume) -> io::Result<Growth> {
        if let Some(listing) = &self.listing {
            let same = Listing::of(&self.path)? == *listing;
            return Ok(if same {
                Growth::Same
            } else {
                Growth::Rewritten
            });
        }
        match self.files.get(since.file.at()) {
            Some(file) => file.identity.growth(&file.path, file.growing, since),
            None => Ok(Growth::Rewritten),
        }
    }
}
