//! Text as bytes that can be read at any place: a plain file as it lies on disk, anything packed
//! or in UTF-16 unpacked once. Knows nothing of JSON or lines.
//!
//! Plain files are read by position and never mapped into memory: a writer may cut the file while
//! it is open, and touching a mapped page that is gone kills the process.

mod recode;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use tempfile::{SpooledData, spooled_tempfile_in};

use self::recode::Recoder;
use super::sniff::{Encoding, JsonText, Packing};
use super::{pread, private};
use crate::model::{Cancelled, Task};

/// How far unpacking may go.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes up to which unpacked text is held in memory; beyond, in a private temporary file.
    pub memory: usize,
    /// Bytes that no file may unpack to more than.
    pub total: u64,
    /// How many times its packed size a file may unpack to, once it is beyond 1 GiB.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 64 << 20,
            total: 64 << 30,
            ratio: 2_000,
        }
    }
}

/// Below this many bytes no ratio is suspicious.
const RATIO_FROM: u64 = 1 << 30;

/// Whether a plain file's handle is kept between reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    /// Kept, so that a file that is replaced stays readable as it was.
    Held,
    /// Opened for each read: for folders of more files than a process may hold open.
    Reopened,
}

/// Where unpacked text lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unpacked {
    /// In memory; the size in bytes.
    InMemory(u64),
    /// In a private temporary file that vanishes with the process; the size in bytes.
    InTemporaryFile(u64),
}

/// Text that could not be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// The file system refused to read the file or to hold its unpacked text.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The file unpacks to more than is allowed.
    #[error(
        "unpacks to more than {limit} bytes; unpack it by hand if it is meant to be that large"
    )]
    TooLarge {
        /// What was allowed, in bytes.
        limit: u64,
    },
    /// Nothing at all could be unpacked.
    #[error("is damaged: nothing of it can be unpacked ({0})")]
    Damaged(io::Error),
    /// The task was called off.
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
}

#[derive(Debug)]
enum Source {
    Held(File),
    Reopened(PathBuf),
    Memory(Box<[u8]>),
    Spilled(File),
}

/// Text in UTF-8, or what claims to be, readable at any place from any thread.
#[derive(Debug)]
pub struct Text {
    source: Source,
    start: u64,
    unpacked: Option<Unpacked>,
    problem: Option<String>,
}

impl Text {
    /// Opens the text of `path`, unpacking it first where it is compressed or in UTF-16. The
    /// task's unit is bytes of the file; it advances only while unpacking.
    ///
    /// # Errors
    /// See [`UnpackError`]. A file that is damaged after its first bytes is no error: what could be
    /// unpacked is there, and [`Text::problem`] says what was not.
    pub fn open(
        path: &Path,
        kind: JsonText,
        handle: Handle,
        limits: Limits,
        task: &Task,
    ) -> Result<Self, UnpackError> {
        let file = File::open(path)?;
        let wide = matches!(kind.encoding, Encoding::Utf16Le | Encoding::Utf16Be);
        if kind.packing == Packing::Plain && !wide {
            let marked = kind.encoding == Encoding::Utf8Marked;
            return Ok(Self {
                source: match handle {
                    Handle::Held => Source::Held(file),
                    Handle::Reopened => Source::Reopened(path.to_owned()),
                },
                start: if marked { 3 } else { 0 },
                unpacked: None,
                problem: None,
            });
        }
        let mut spool = spooled_tempfile_in(limits.memory, private::folder_for(path));
        let (size, problem) = unpack(file, kind, limits, &mut spool, task)?;
        let (source, unpacked) = match spool.into_inner() {
            SpooledData::InMemory(bytes) => {
                let bytes = bytes.into_inner().into_boxed_slice();
                (Source::Memory(bytes), Unpacked::InMemory(size))
            }
            SpooledData::OnDisk(file) => (Source::Spilled(file), Unpacked::InTemporaryFile(size)),
        };
        let mut text = Self {
            source,
            start: 0,
            unpacked: Some(unpacked),
            problem,
        };
        if text.read_at(0..3)? == b"\xef\xbb\xbf" {
            text.start = 3;
        }
        Ok(text)
    }

    /// A text that was put together from that of a file.
    #[must_use]
    pub fn of(text: String) -> Self {
        Self {
            unpacked: Some(Unpacked::InMemory(text.len() as u64)),
            source: Source::Memory(text.into_bytes().into_boxed_slice()),
            start: 0,
            problem: None,
        }
    }

    /// Where the text begins, in bytes: after a byte order mark.
    #[must_use]
    pub const fn start(&self) -> u64 {
        self.start
    }

    /// Where the text ends now, in bytes.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn end(&self) -> io::Result<u64> {
        match &self.source {
            Source::Held(file) | Source::Spilled(file) => Ok(file.metadata()?.len()),
            Source::Reopened(path) => Ok(std::fs::metadata(path)?.len()),
            Source::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }

    /// Where unpacked text lies; `None` for a file that is read as it is.
    #[must_use]
    pub const fn unpacked(&self) -> Option<Unpacked> {
        self.unpacked
    }

    /// What could not be unpacked, if anything.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// The bytes of a range, fewer if the text ends before it does.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn read_at(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let wanted = range.end.min(self.end()?).saturating_sub(range.start);
        let wanted = usize::try_from(wanted).map_err(io::Error::other)?;
        let mut bytes = vec![0; wanted];
        let got = self.fill(range.start, &mut bytes)?;
        bytes.truncate(got);
        Ok(bytes)
    }

    /// Fills `into` from a place on and says how many bytes there were; fewer only at the end.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn fill(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        match &self.source {
            Source::Held(file) | Source::Spilled(file) => pread::fill(file, at, into),
            Source::Reopened(path) => pread::fill(&File::open(path)?, at, into),
            Source::Memory(bytes) => {
                let from = usize::try_from(at).map_or(bytes.len(), |at| at.min(bytes.len()));
                let count = into.len().min(bytes.len() - from);
                into[..count].copy_from_slice(&bytes[from..from + count]);
                Ok(count)
            }
        }
    }
}

/// Unpacks a compressed file of any kind (a database too) into a private temporary file that has
/// a name for as long as it is held. Says in words what could not be unpacked, if anything.
///
/// # Errors
/// See [`UnpackError`].
pub fn unpack_to_file(
    path: &Path,
    packing: Packing,
    limits: Limits,
    task: &Task,
) -> Result<(tempfile::NamedTempFile, Option<String>), UnpackError> {
    let kind = JsonText {
        packing,
        encoding: Encoding::Utf8,
    };
    let mut builder = tempfile::Builder::new();
    let mut named = builder
        .prefix("asof-")
        .tempfile_in(private::folder_for(path))?;
    private::remember(named.path());
    let (_, problem) = unpack(File::open(path)?, kind, limits, &mut named, task)?;
    Ok((named, problem))
}

/// Writes what a packed file holds, as UTF-8 where it is text in UTF-16: how many bytes that was, and
/// in words what could not be unpacked.
fn unpack(
    file: File,
    kind: JsonText,
    limits: Limits,
    into: &mut impl Write,
    task: &Task,
) -> Result<(u64, Option<String>), UnpackError> {
    let size = file.metadata()?.len();
    let bounds = Bounds { limits, size };
    task.set_done(0);
    task.set_total(size);
    let ending = file.try_clone()?;
    let counted = Counted {
        inner: file,
        task: task.clone(),
    };
    let mut reader = unpacking(counted, kind.packing)?;
    let mut recoder = Recoder::new(kind.encoding);
    let mut block = vec![0; 256 << 10];
    let mut written = 0;
    let mut problem = None;
    loop {
        task.check()?;
        let count = match reader.read(&mut block) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            // The disk's own errors carry its number; all others are the decoder's.
            Err(error) if error.raw_os_error().is_some() => return Err(error.into()),
            Err(error) if written == 0 => return Err(UnpackError::Damaged(error)),
            // Tapes and block devices fill what is left with zeros.
            Err(_) if packing_ends_in_zeros(&ending, kind.packing)? => 0,
            Err(error) => {
                problem = Some(format!(
                    "the compressed file is cut off or damaged; {written} bytes could be unpacked ({error})"
                ));
                0
            }
        };
        written += recoder.write(&block[..count], into)?;
        bounds.check(written)?;
        if count == 0 {
            break;
        }
    }
    if recoder.damaged {
        problem.get_or_insert_with(|| {
            "some of the UTF-16 is not valid and is shown as \u{fffd}".to_owned()
        });
    }
    Ok((written, problem))
}

/// Zeros behind a gzip file that are taken for padding rather than for damage.
const PADDING: usize = 64;

/// Whether the file ends in zeros, as none that is damaged in its middle or cut off does.
fn packing_ends_in_zeros(mut file: &File, packing: Packing) -> io::Result<bool> {
    use std::io::{Seek as _, SeekFrom};
    if packing != Packing::Gzip {
        return Ok(false);
    }
    let size = file.metadata()?.len();
    let mut last = [1; PADDING];
    if size < PADDING as u64 {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(size - PADDING as u64))?;
    file.read_exact(&mut last)?;
    Ok(last.iter().all(|byte| *byte == 0))
}

/// The largest window, as a power of two, that a Zstandard file is unpacked with: 128 MiB, as much as
/// the zstd tool grants unasked. Its memory is used as far as the text goes.
const WINDOW: u32 = 27;

/// Whether the file asks for a window beyond [`WINDOW`], where nothing of it could be unpacked.
pub(super) fn asks_for_too_much(error: &io::Error) -> bool {
    error.to_string().contains("requires too much memory")
}

/// A reader of what a packed reader holds: several gzip members or Zstandard frames as one.
pub(super) fn unpacking<R: Read + 'static>(
    packed: R,
    packing: Packing,
) -> io::Result<Box<dyn Read>> {
    Ok(match packing {
        Packing::Plain => Box::new(packed),
        Packing::Gzip => Box::new(flate2::read::MultiGzDecoder::new(packed)),
        Packing::Zstd => {
            let mut decoder = zstd::Decoder::new(packed)?;
            decoder.window_log_max(WINDOW)?;
            Box::new(decoder)
        }
    })
}

struct Counted {
    inner: File,
    task: Task,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.task.advance(count as u64);
        Ok(count)
    }
}

#[derive(Clone, Copy)]
struct Bounds {
    limits: Limits,
    size: u64,
}

impl Bounds {
    fn check(self, written: u64) -> Result<(), UnpackError> {
        let by_ratio = self.size.saturating_mul(self.limits.ratio).max(RATIO_FROM);
        let limit = self.limits.total.min(by_ratio);
        if written > limit {
            return Err(UnpackError::TooLarge { limit });
        }
        Ok(())
    }
}
