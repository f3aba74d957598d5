//! What a store's file and the files beside it look like at one moment, by looking only.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::pin::Pin;

/// Which file a path leads to, whatever it is called; a replaced file has another one.
///
/// Device and inode on Unix; elsewhere the time of creation, the nearest thing the system tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileId(u64, u64);

impl FileId {
    #[cfg(unix)]
    pub(in crate::store::sqlite) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(metadata.dev(), metadata.ino())
    }

    #[cfg(not(unix))]
    pub(in crate::store::sqlite) fn of(metadata: &Metadata) -> Self {
        let created = metadata.created().unwrap_or(SystemTime::UNIX_EPOCH);
        let since = created
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Self(since.as_secs(), u64::from(since.subsec_nanos()))
    }
}

/// What tells of a file, without reading it, that it was written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) id: FileId,
    /// In bytes.
    pub(super) length: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            id: FileId::of(metadata),
            length: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}

/// SQLite's header: the first 100 bytes, or as many as there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header(Vec<u8>);

impl Header {
    pub(super) const LENGTH: usize = 100;

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn has_magic(&self) -> bool {
        self.0.starts_with(super::MAGIC)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.0.len() == Self::LENGTH
    }

    /// Byte 19, the "read version": 2 says that readers must know about a write-ahead log.
    fn says_wal(&self) -> bool {
        self.0.get(19) == Some(&2)
    }

    /// How long the file should be by its own count, in bytes; `None` where the count is not kept
    /// (written by a very old SQLite).
    pub(super) fn promised_length(&self) -> Option<u64> {
        let at = |from: usize| -> Option<u32> {
            let bytes = self.0.get(from..from + 4)?;
            Some(u32::from_be_bytes(bytes.try_into().ok()?))
        };
        let page = match u16::from_be_bytes([*self.0.get(16)?, *self.0.get(17)?]) {
            1 => 65_536,
            size => u64::from(size),
        };
        (at(24)? == at(92)?).then_some(page * u64::from(at(28)?))
    }
}

/// The file and its companions at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Around {
    pub(super) main: Stamp,
    pub(super) header: Header,
    /// The write-ahead log, also when it is empty, with its header (salts, checkpoint number).
    pub(super) wal: Option<(Stamp, Vec<u8>)>,
    /// Its shared index. Live writers change it at will, so only its identity counts.
    pub(super) shm: Option<FileId>,
    /// A rollback journal that is not empty.
    pub(super) journal: Option<Journal>,
}

/// A rollback journal that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Journal {
    pub(super) stamp: Stamp,
    pub(super) heat: Heat,
}

/// Whether a journal still waits to be played back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heat {
    /// Zeroed by a commit (`journal_mode=PERSIST`), no more than a leftover.
    Cold,
    /// Its header stands: a transaction is under way, or its writer died in it. SQLite tells the two
    /// apart by the writer's lock.
    Hot,
}

impl Around {
    /// Looks at `path` (resolved) and beside it.
    pub(super) fn look(path: &Path, pin: &Pin) -> io::Result<Self> {
        let mut header = vec![0; Header::LENGTH];
        let read = pin.read_at(&mut header, 0)?;
        header.truncate(read);
        let wal = match present(&beside(path, "-wal"))? {
            Some(metadata) => {
                let head = first_bytes(&beside(path, "-wal"), 32)?;
                Some((Stamp::of(&metadata), head))
            }
            None => None,
        };
        let journal = match present(&beside(path, "-journal"))? {
            Some(metadata) if metadata.len() > 0 => {
                let head = first_bytes(&beside(path, "-journal"), 8)?;
                // SQLite goes by the first byte alone.
                let heat = match head.first() {
                    None | Some(0) => Heat::Cold,
                    Some(_) => Heat::Hot,
                };
                Some(Journal {
                    stamp: Stamp::of(&metadata),
                    heat,
                })
            }
            _ => None,
        };
        Ok(Self {
            main: Stamp::of(&fs::metadata(path)?),
            header: Header(header),
            wal,
            shm: present(&beside(path, "-shm"))?.map(|m| FileId::of(&m)),
            journal,
        })
    }

    /// Bytes in the write-ahead log.
    pub(super) fn wal_length(&self) -> u64 {
        self.wal.as_ref().map_or(0, |(stamp, _)| stamp.length)
    }

    /// Whether SQLite would read through a write-ahead log: the header says so, or one lies there.
    pub(super) fn is_wal(&self) -> bool {
        self.header.says_wal() || self.wal_length() > 0
    }

    /// Whether a log (an empty one, too: a writer at rest leaves it so) lies there with its index.
    pub(super) fn has_shared_log(&self) -> bool {
        self.wal.is_some() && self.shm.is_some()
    }

    /// Whether the last write had been so long before `now` that a further one would have left
    /// another time: file systems count in steps of up to two seconds.
    pub(super) fn was_settled(&self, now: SystemTime) -> bool {
        let wal = self.wal.as_ref().map(|(stamp, _)| stamp);
        let journal = self.journal.as_ref().map(|journal| &journal.stamp);
        let stamps = [Some(&self.main), wal, journal].into_iter().flatten();
        let long_ago = |stamp: &Stamp| {
            let since = stamp.modified.and_then(|at| now.duration_since(at).ok());
            since.is_some_and(|since| since > Duration::from_secs(2))
        };
        stamps.into_iter().all(long_ago)
    }

    pub(super) fn is_hot(&self) -> bool {
        self.journal.is_some_and(|j| j.heat == Heat::Hot)
    }

    /// Whether everything that holds data is as it was in `other`.
    pub(super) fn holds_the_same(&self, other: &Self) -> bool {
        self.main == other.main
            && self.header == other.header
            && self.wal == other.wal
            && self.journal == other.journal
    }
}

/// The companion of `path` whose name ends in `suffix`.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn present(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        // A folder of that name is none of SQLite's.
        Ok(metadata) => Ok(metadata.is_file().then_some(metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Empty if the file has gone since. Not for the main file: see [`super::pin`].
fn first_bytes(path: &Path, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Ok(file) => {
            file.take(length).read_to_end(&mut bytes)?;
            Ok(bytes)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(bytes),
        Err(error) => Err(error),
    }
}
