//! The last resort: a private copy of a database and its journals, in the temporary folder.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::around::{Around, beside};
use super::error::ConnectError;
use super::pin::Pin;
use crate::model::Task;
use crate::store::private;

/// Bytes between two looks at whether the task goes on.
const STEP: usize = 1 << 20;
/// How often a copy is begun anew because the original changed under it.
const ATTEMPTS: usize = 3;

/// A copy that is removed when the last connection to it goes.
#[derive(Debug)]
pub(super) struct Copied {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    /// As the original was while it was copied.
    pub(super) original: Around,
    // Last, and never read: its drop removes the folder.
    _folder: TempDir,
}

impl Copied {
    /// Copies `path` (resolved) and its journals; the task counts bytes.
    pub(super) fn of(path: &Path, pin: &Pin, task: &Task) -> Result<Self, ConnectError> {
        for _ in 0..ATTEMPTS {
            let original = look(path, pin)?;
            let folder = private_folder(path)?;
            let copied = folder.path().join("copy.db");
            let bytes = copy_all(path, &original, pin, &copied, task)?;
            // A writer that came in between makes a copy that never was.
            if look(path, pin)?.holds_the_same(&original) {
                return Ok(Self {
                    path: copied,
                    bytes,
                    original,
                    _folder: folder,
                });
            }
        }
        Err(ConnectError::Busy {
            path: path.to_path_buf(),
        })
    }
}

fn look(path: &Path, pin: &Pin) -> Result<Around, ConnectError> {
    Around::look(path, pin).map_err(|e| ConnectError::from_io(e, path))
}

fn private_folder(path: &Path) -> Result<TempDir, ConnectError> {
    let root = private::folder_for(path);
    let mut builder = tempfile::Builder::new();
    builder.prefix("asof-");
    // The original may be for its owner's eyes only.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let folder = builder
        .tempdir_in(&root)
        .map_err(|source| ConnectError::Io { source, path: root })?;
    private::remember(folder.path());
    Ok(folder)
}

fn copy_all(
    path: &Path,
    original: &Around,
    pin: &Pin,
    to: &Path,
    task: &Task,
) -> Result<u64, ConnectError> {
    let wal = original.wal_length();
    let journal = original.journal.map_or(0, |j| j.stamp.length);
    let bytes = original.main.length + wal + journal;
    task.set_total(bytes);
    task.set_done(0);
    copy_file(pin, to, path, task)?;
    for (suffix, length) in [("-wal", wal), ("-journal", journal)] {
        if length > 0 {
            let companion = beside(path, suffix);
            match Pin::open(&companion) {
                Ok(pin) => copy_file(&pin, &beside(to, suffix), &companion, task)?,
                // Gone since: the look after the copy tells.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(ConnectError::from_io(error, &companion)),
            }
        }
    }
    Ok(bytes)
}

/// Shares the blocks where the file system can, else copies them.
fn copy_file(from: &Pin, to: &Path, path: &Path, task: &Task) -> Result<(), ConnectError> {
    task.check()?;
    if reflink_copy::reflink_file_to_path(from.file(), to).is_ok() {
        task.advance(fs::metadata(to).map_or(0, |m| m.len()));
        // It comes with the original's rights, and SQLite must recover in it.
        return make_writable(to).map_err(|e| ConnectError::from_io(e, path));
    }
    let mut out = File::create(to).map_err(|e| ConnectError::from_io(e, to))?;
    let mut buffer = vec![0; STEP];
    let mut at = 0;
    loop {
        task.check()?;
        let read = from
            .read_at(&mut buffer, at)
            .map_err(|e| ConnectError::from_io(e, path))?;
        if read == 0 {
            return Ok(());
        }
        out.write_all(&buffer[..read])
            .map_err(|e| ConnectError::from_io(e, to))?;
        at += read as u64;
        task.advance(read as u64);
    }
}

#[cfg(unix)]
fn make_writable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn make_writable(path: &Path) -> io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    permissions.set_readonly(false);
    fs::set_permissions(path, permissions)
}
