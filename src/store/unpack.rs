//! Text as bytes that can be read at any place: a plain file as it lies on disk, anything packed
//! or in UTF-16 unpacked once. Knows nothing of JSON or lines.
//!
//! Plain files are read by position and never mapped into memory: a writer may cut the file while
//! it is open, and touching a mapped page that is gone kills the process.

use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use tempfile::SpooledData;

use super::sniff::{Encoding, JsonText, Packing};
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
        let size = file.metadata()?.len();
        task.set_done(0);
        task.set_total(size);
        let counted = Counted {
            inner: file,
            task: task.clone(),
        };
        let reader = unpacking(counted, kind.packing)?;
        Self::pump(reader, kind.encoding, Bounds { limits, size }, task)
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
            Source::Held(file) | Source::Spilled(file) => fill_from(file, at, into),
            Source::Reopened(path) => fill_from(&File::open(path)?, at, into),
            Source::Memory(bytes) => {
                let from = usize::try_from(at).map_or(bytes.len(), |at| at.min(bytes.len()));
                let count = into.len().min(bytes.len() - from);
                into[..count].copy_from_slice(&bytes[from..from + count]);
                Ok(count)
            }
        }
    }

    fn pump(
        mut reader: impl Read,
        encoding: Encoding,
        bounds: Bounds,
        task: &Task,
    ) -> Result<Self, UnpackError> {
        let mut spool = tempfile::spooled_tempfile(bounds.limits.memory);
        let mut recoder = Recoder::new(encoding);
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
                Err(error) => {
                    problem = Some(format!(
                        "the compressed file is cut off or damaged; {written} bytes could be unpacked ({error})"
                    ));
                    0
                }
            };
            written += recoder.write(&block[..count], &mut spool)?;
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
        let (source, unpacked) = match spool.into_inner() {
            SpooledData::InMemory(bytes) => {
                let bytes = bytes.into_inner().into_boxed_slice();
                (Source::Memory(bytes), Unpacked::InMemory(written))
            }
            SpooledData::OnDisk(file) => {
                (Source::Spilled(file), Unpacked::InTemporaryFile(written))
            }
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
        encoding: Encoding::Utf8Marked,
    };
    let text = Text::open(path, kind, Handle::Held, limits, task)?;
    let mut named = tempfile::Builder::new().prefix("asof-").tempfile()?;
    let mut block = vec![0; 1 << 20];
    let mut at = 0;
    loop {
        task.check()?;
        let count = text.fill(at, &mut block)?;
        if count == 0 {
            return Ok((named, text.problem));
        }
        named.write_all(&block[..count])?;
        at += count as u64;
    }
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
            // Archives packed with a long window are legal; the memory stays below 2 GiB.
            decoder.window_log_max(31)?;
            Box::new(decoder)
        }
    })
}

#[cfg(unix)]
fn read_once(file: &File, at: u64, into: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, at)
}

#[cfg(windows)]
fn read_once(file: &File, at: u64, into: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, at)
}

/// Fills `into` from a place of a file, wherever other readers of the same handle are.
pub(super) fn fill_from(file: &File, at: u64, into: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while got < into.len() {
        match read_once(file, at + got as u64, &mut into[got..]) {
            Ok(0) => break,
            Ok(count) => got += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
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

/// Passes UTF-8 through and turns UTF-16 into it.
struct Recoder {
    decoder: Option<encoding_rs::Decoder>,
    out: Vec<u8>,
    damaged: bool,
}

impl Recoder {
    fn new(encoding: Encoding) -> Self {
        let decoder = match encoding {
            Encoding::Utf8 | Encoding::Utf8Marked => None,
            Encoding::Utf16Le => Some(encoding_rs::UTF_16LE.new_decoder_with_bom_removal()),
            Encoding::Utf16Be => Some(encoding_rs::UTF_16BE.new_decoder_with_bom_removal()),
        };
        Self {
            decoder,
            out: vec![0; 64 << 10],
            damaged: false,
        }
    }

    /// Writes a block, an empty one being the last, and says how many bytes it became.
    fn write(&mut self, mut block: &[u8], into: &mut impl Write) -> io::Result<u64> {
        let Some(decoder) = &mut self.decoder else {
            into.write_all(block)?;
            return Ok(block.len() as u64);
        };
        let last = block.is_empty();
        let mut total = 0;
        loop {
            let (end, read, written, damaged) = decoder.decode_to_utf8(block, &mut self.out, last);
            self.damaged |= damaged;
            into.write_all(&self.out[..written])?;
            total += written as u64;
            block = &block[read..];
            if end == encoding_rs::CoderResult::InputEmpty {
                return Ok(total);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn packed(packing: Packing) -> JsonText {
        JsonText {
            packing,
            encoding: Encoding::Utf8,
        }
    }

    fn open(bytes: &[u8], kind: JsonText, limits: Limits) -> Result<Text, UnpackError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        Text::open(file.path(), kind, Handle::Held, limits, &Task::new())
    }

    #[test]
    fn beyond_the_memory_limit_text_goes_to_a_temporary_file() {
        let bytes = zstd::encode_all(&[b'x'; 5_000][..], 1).unwrap();
        let limits = Limits {
            memory: 1_000,
            ..Limits::default()
        };
        let text = open(&bytes, packed(Packing::Zstd), limits).unwrap();
        assert_eq!(text.unpacked(), Some(Unpacked::InTemporaryFile(5_000)));
        assert_eq!(text.read_at(4_998..9_000).unwrap(), b"xx");
        let text = open(&bytes, packed(Packing::Zstd), Limits::default()).unwrap();
        assert_eq!(text.unpacked(), Some(Unpacked::InMemory(5_000)));
        assert_eq!(text.read_at(4_998..9_000).unwrap(), b"xx");
        assert_eq!(text.read_at(9_000..9_001).unwrap(), b"");
    }

    #[test]
    fn a_bomb_is_refused() {
        let bytes = zstd::encode_all(&[b'x'; 500_000][..], 1).unwrap();
        let limits = Limits {
            total: 100_000,
            ..Limits::default()
        };
        let error = open(&bytes, packed(Packing::Zstd), limits).unwrap_err();
        assert!(matches!(error, UnpackError::TooLarge { limit: 100_000 }));
    }

    #[test]
    fn cancelling_ends_the_unpacking() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), zstd::encode_all(&b"[]"[..], 1).unwrap()).unwrap();
        let task = Task::new();
        task.cancel();
        let kind = packed(Packing::Zstd);
        let end = Text::open(file.path(), kind, Handle::Held, Limits::default(), &task);
        assert!(matches!(end, Err(UnpackError::Cancelled(_))));
    }

    #[test]
    fn a_database_is_unpacked_under_a_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let bytes = zstd::encode_all(&b"\xef\xbb\xbfSQLite"[..], 1).unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let task = Task::new();
        let (named, problem) =
            unpack_to_file(file.path(), Packing::Zstd, Limits::default(), &task).unwrap();
        assert_eq!(std::fs::read(named.path()).unwrap(), b"\xef\xbb\xbfSQLite");
        assert_eq!(problem, None);
    }
}
