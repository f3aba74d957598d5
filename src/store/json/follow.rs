//! Whether a store grew, stayed or was written anew since it was scanned.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::scan::{Block, Inside, Resume};
use crate::store::unpack::fill_from;

/// How many of a file's first bytes are remembered.
const HEAD: usize = 256;
/// How many of the bytes before the end of a scan are remembered.
pub(super) const BEFORE: u64 = 64;

/// What became of a store since it was scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Growth {
    /// Nothing.
    Same,
    /// There is more, to be scanned by this block.
    Appended(Block),
    /// Something other than an end was changed: open it again.
    Rewritten,
}

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
    let got = fill_from(file, from, &mut bytes)?;
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
    ) -> io::Result<Growth> {
        let metadata = fs::metadata(path)?;
        if inode(&metadata) != self.inode {
            return Ok(Growth::Rewritten);
        }
        let size = metadata.len();
        if size == since.seen && metadata.modified().ok() == since.modified {
            return Ok(Growth::Same);
        }
        if size < since.seen || growing == Growing::OnlyAnew {
            return Ok(Growth::Rewritten);
        }
        let file = File::open(path)?;
        let from = since.byte - since.before.len() as u64;
        if bytes(&file, 0, self.head.len())? != self.head
            || bytes(&file, from, since.before.len())? != since.before
        {
            return Ok(Growth::Rewritten);
        }
        if size == since.seen {
            return Ok(Growth::Same);
        }
        Ok(Growth::Appended(Block {
            files: since.file.0..since.file.0 + 1,
            start: since.byte,
            end: u64::MAX,
            number: since.number,
            inside: since.inside,
        }))
    }
}

impl Block {
    /// All of some files.
    pub(super) const fn of_files(files: std::ops::Range<u32>) -> Self {
        Self {
            files,
            start: 0,
            end: u64::MAX,
            number: 0,
            inside: Inside::File,
        }
    }
}

/// The files of a folder as they were: name, size, time of last change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listing(pub(super) Vec<Listed>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Listed {
    pub(super) path: std::path::PathBuf,
    pub(super) size: u64,
    modified: Option<SystemTime>,
}

impl Listing {
    /// The files directly in a folder by name, hidden ones left out.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let hidden = (path.file_name()).is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
            // A file that vanishes in between is no longer of the folder.
            let Ok(metadata) = fs::metadata(&path) else {
                continue;
            };
            if !hidden && metadata.is_file() {
                files.push(Listed {
                    path,
                    size: metadata.len(),
                    modified: metadata.modified().ok(),
                });
            }
        }
        files.sort();
        Ok(Self(files))
    }
}
