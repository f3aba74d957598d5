//! Whether a store grew, stayed or was written anew since it was scanned.

use std::collections::HashSet;
use std::fs::{self, File, Metadata};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::cursor::Step;
use super::records::MOST_FILES;
use super::scan::{Block, Check, Inside, Resume, ScanOptions, Tail, Trace};
use super::shape::Shape;
use super::{JsonError, Records};
use crate::model::Task;
use crate::store::{Followed, pread};

/// How many of a file's first bytes are remembered.
const HEAD: usize = 256;
/// How many of the bytes before the end of a scan are remembered.
pub(super) const BEFORE: u64 = 64;

/// Whether new records can come after the last one of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Growing {
    AtItsEnd,
    OnlyAnew,
}

/// By what a file is known again.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    inode: Inode,
    head: Box<[u8]>,
}

#[cfg(unix)]
type Inode = (u64, u64);
#[cfg(not(unix))]
type Inode = ();

#[cfg(unix)]
fn inode(metadata: &Metadata) -> Inode {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> Inode {}

fn bytes(file: &File, from: u64, count: usize) -> io::Result<Box<[u8]>> {
    let mut bytes = vec![0; count];
    let got = pread::fill(file, from, &mut bytes)?;
    bytes.truncate(got);
    Ok(bytes.into_boxed_slice())
}

impl Identity {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        Ok(Self {
            inode: inode(&file.metadata()?),
            head: bytes(&file, 0, HEAD)?,
        })
    }

    pub(super) fn growth(
        &self,
        path: &Path,
        growing: Growing,
        since: &Resume,
    ) -> io::Result<Followed> {
        let metadata = fs::metadata(path)?;
        if inode(&metadata) != self.inode {
            return Ok(Followed::Rewritten);
        }
        let size = metadata.len();
        if size == since.seen && metadata.modified().ok() == since.modified {
            return Ok(Followed::Same);
        }
        let closed = since.inside == Inside::Closed;
        if size < since.seen || growing == Growing::OnlyAnew || closed {
            return Ok(Followed::Rewritten);
        }
        let file = File::open(path)?;
        let from = since.byte - since.before.len() as u64;
        if bytes(&file, 0, self.head.len())? != self.head
            || bytes(&file, from, since.before.len())? != since.before
        {
            return Ok(Followed::Rewritten);
        }
        if size == since.seen {
            return Ok(Followed::Same);
        }
        Ok(Followed::Appended)
    }
}

/// What a file that was written anew has to do with what was read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Succession {
    /// It begins with all of that, at the same places.
    GoesOn,
    /// It ends before it says.
    Unfinished,
    /// It is something else.
    Another,
}

impl Records {
    /// Whether the store grew since a scan of all of it ended at `since`. Only JSON lines, values
    /// one after another and arrays without an end grow; everything else is written anew.
    ///
    /// # Errors
    /// Where the file system refuses; a file that is gone may come back.
    pub fn grown(&self, since: &Resume) -> io::Result<Followed> {
        if let Some(listing) = &self.listing {
            let now = Listing::of(&self.path, MOST_FILES)?;
            let now = now.map(|now| now.without(&self.without));
            return Ok(match now.as_ref() == Some(listing) {
                true => Followed::Same,
                false => Followed::Rewritten,
            });
        }
        match self.files.get(since.file.at()) {
            Some(file) => file.identity.growth(&file.path, file.growing, since),
            None => Ok(Followed::Rewritten),
        }
    }

    /// Whether new records can come after the last one without the file being written anew.
    pub(super) fn can_grow(&self) -> bool {
        let file = self.files.first().filter(|_| !self.is_folder());
        file.is_some_and(|file| file.growing == Growing::AtItsEnd)
    }

    /// What this, the path of `before` opened again, has to do with what was read of that up to
    /// `since`.
    ///
    /// # Errors
    /// As [`Records::scan`].
    pub(super) fn succession(
        &self,
        before: &Self,
        since: &Resume,
        task: &Task,
    ) -> Result<Succession, JsonError> {
        let ([now], [old]) = (&self.files[..], &before.files[..]) else {
            return Ok(Succession::Another);
        };
        if !now.is_traced() || !now.surrounds_as(old, since) {
            let unfinished = now.step == Step::Cut || now.shape == Shape::Empty;
            return Ok(match unfinished {
                true => Succession::Unfinished,
                false => Succession::Another,
            });
        }
        let passed = Block {
            end: since.byte,
            ..self.whole()
        };
        let options = ScanOptions {
            tail: Tail::Following,
            check: Check::Framing,
            ..ScanOptions::default()
        };
        let end = self.scan(&passed, options, task, &mut |_| ControlFlow::Continue(()))?;
        let end = end.resume;
        let place = |resume: &Resume| (resume.byte, resume.number, resume.trace);
        let size = now.text.end().map_err(|error| now.failed(error.into()))?;
        Ok(match place(&end) == place(since) {
            true => Succession::GoesOn,
            false if end.inside == Inside::Array && size <= since.byte => Succession::Unfinished,
            false => Succession::Another,
        })
    }
}

impl Block {
    /// All of some files.
    pub(super) fn of_files(files: std::ops::Range<u32>) -> Self {
        Self {
            files,
            start: 0,
            end: u64::MAX,
            number: 0,
            inside: Inside::File,
            trace: Trace::default(),
        }
    }
}

/// The files of a folder as they were: name, size, time of last change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listing(pub(super) Vec<Listed>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Listed {
    pub(super) path: PathBuf,
    pub(super) size: u64,
    modified: Option<SystemTime>,
}

impl Listing {
    /// The others.
    pub(super) fn without(mut self, files: &[PathBuf]) -> Self {
        let files: HashSet<&Path> = files.iter().map(PathBuf::as_path).collect();
        self.0.retain(|file| !files.contains(file.path.as_path()));
        self
    }

    /// The files directly in a folder by name, hidden ones left out; `None` where there are more than
    /// `most`.
    pub(super) fn of(folder: &Path, most: usize) -> io::Result<Option<Self>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let hidden = (path.file_name()).is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
            // A file that vanishes in between is no longer of the folder.
            let Ok(metadata) = fs::metadata(&path) else {
                continue;
            };
            if !hidden && metadata.is_file() {
                if files.len() == most {
                    return Ok(None);
                }
                files.push(Listed {
                    path,
                    size: metadata.len(),
                    modified: metadata.modified().ok(),
                });
            }
        }
        files.sort_by_cached_key(|file: &Listed| natural(&file.path.to_string_lossy()));
        Ok(Some(Self(files)))
    }
}

/// A name in the order in which people count: `part-2` before `part-10`.
fn natural(name: &str) -> (Vec<(String, u128)>, String) {
    let mut parts = Vec::new();
    let mut rest = name;
    while let Some(from) = rest.find(|c: char| c.is_ascii_digit()) {
        let (text, digits) = rest.split_at(from);
        let end = digits.find(|c: char| !c.is_ascii_digit());
        let (digits, after) = digits.split_at(end.unwrap_or(digits.len()));
        // Longer numbers than these are no counts.
        parts.push((text.to_owned(), digits.parse().unwrap_or(u128::MAX)));
        rest = after;
    }
    parts.push((rest.to_owned(), 0));
    (parts, name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::natural;

    #[test]
    fn names_stand_as_people_count() {
        let mut names = [
            "part-10.json",
            "part-2.json",
            "part-1.json",
            "part.json",
            "2024-01-09",
            "a",
        ];
        names.sort_by_key(|name| natural(name));
        let sorted = [
            "2024-01-09",
            "a",
            "part-1.json",
            "part-2.json",
            "part-10.json",
            "part.json",
        ];
        assert_eq!(names, sorted);
    }
}
