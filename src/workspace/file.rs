//! One TOML file: read with damage set aside, written so that a crash leaves the old or the new
//! one whole. Knows nothing of what is in it.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Loaded, WorkspaceError};

/// Reads a file; the default where there is none.
pub(super) fn read<T: DeserializeOwned + Default>(
    path: &Path,
) -> Result<Loaded<T>, WorkspaceError> {
    let sound = |value| Loaded {
        value,
        set_aside: None,
    };
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(sound(T::default())),
        Err(source) => {
            let path = path.to_owned();
            return Err(WorkspaceError::Read { source, path });
        }
    };
    let text = String::from_utf8(bytes).unwrap_or_default();
    let text = text.trim_start_matches('\u{feff}');
    // Whatever is saved begins with a title, so a file without a byte was cut off.
    if !text.is_empty()
        && let Ok(value) = toml::from_str(text)
    {
        return Ok(sound(value));
    }
    let value = text.parse().map(readable_part).unwrap_or_default();
    Ok(Loaded {
        value,
        set_aside: set_aside(path)?,
    })
}

/// The value without the keys that cannot be read: one that a hand or another version wrote amiss
/// does not cost the others.
fn readable_part<T: DeserializeOwned + Default>(table: toml::Table) -> T {
    let alone = |key: &String, value: &toml::Value| {
        toml::Table::from_iter([(key.clone(), value.clone())])
            .try_into::<T>()
            .is_ok()
    };
    let readable = table.into_iter().filter(|(key, value)| alone(key, value));
    toml::Table::from_iter(readable)
        .try_into()
        .unwrap_or_default()
}

/// Moves a damaged file to the first free `NAME.damaged-N`; none if another instance was faster.
fn set_aside(path: &Path) -> Result<Option<PathBuf>, WorkspaceError> {
    let name = path.file_name().unwrap_or_default();
    let numbered = |n: u32| {
        let mut name = name.to_owned();
        name.push(format!(".damaged-{n}"));
        path.with_file_name(name)
    };
    let free = (1..).map(numbered).find(|aside| !aside.exists());
    let Some(aside) = free else { return Ok(None) };
    match fs::rename(path, &aside) {
        Ok(()) => Ok(Some(aside)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => {
            let path = path.to_owned();
            Err(WorkspaceError::SetAside { source, path })
        }
    }
}

/// Writes a file under a comment that says what it is.
pub(super) fn write(
    path: &Path,
    title: &str,
    value: &impl Serialize,
) -> Result<(), WorkspaceError> {
    let text = toml::to_string(value).map_err(io::Error::other);
    let title = title.replace(char::is_control, "\u{fffd}");
    text.and_then(|text| replace(path, &format!("# {title}\n\n{text}")))
        .map_err(|source| WorkspaceError::Write {
            source,
            path: path.to_owned(),
        })
}

/// Puts `text` in the place of the file in one step.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    // People keep settings as links into a folder of their own: what is replaced is the file meant.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let Some(folder) = path.parent() else {
        return Err(io::ErrorKind::InvalidFilename.into());
    };
    fs::create_dir_all(folder)?;
    let mut new = tempfile::Builder::new()
        .prefix(".asof-")
        .suffix(".tmp")
        .tempfile_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(&path).map_err(|failed| failed.error)?;
    // The rename itself is durable once the folder is; some file systems cannot sync a folder, and
    // there is nothing to be done about it.
    #[cfg(unix)]
    let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}
