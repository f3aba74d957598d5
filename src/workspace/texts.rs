//! Folders of text files that any editor may change: read all at once, written one by one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{WorkspaceError, file};

/// Larger files are nothing that somebody has written.
const MOST: u64 = 4 << 20;

/// Whether a file can be kept under this name: a plain one, with one of the endings.
pub(super) fn is_plain_name(name: &str, endings: &[&str]) -> bool {
    let path = Path::new(name);
    let is_plain = path.file_name().is_some_and(|own| own == name);
    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':');
    let ending = path.extension().and_then(|ending| ending.to_str());
    is_plain && !name.contains(odd) && ending.is_some_and(|own| endings.contains(&own))
}

/// Name and text of the files in a folder that have such a name, by name; none where there is no folder.
/// Files that cannot be read are left out.
pub(super) fn load(
    folder: Option<PathBuf>,
    is_name: fn(&str) -> bool,
) -> Result<Vec<(String, String)>, WorkspaceError> {
    let Some(folder) = folder else {
        return Ok(Vec::new());
    };
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => {
            return Err(WorkspaceError::Read {
                source,
                path: folder,
            });
        }
    };
    let mut found: Vec<(String, String)> = entries
        .filter_map(|entry| read(&entry.ok()?.path(), is_name))
        .collect();
    found.sort();
    Ok(found)
}

/// Writes a file of a folder. A name that is none is refused; without a folder nothing happens.
pub(super) fn save(
    folder: Option<PathBuf>,
    (name, text): (&str, &str),
    is_name: fn(&str) -> bool,
) -> Result<(), WorkspaceError> {
    let Some(folder) = folder else {
        return Ok(());
    };
    let path = folder.join(name);
    let written = match is_name(name) {
        true => file::replace(&path, text),
        false => Err(io::ErrorKind::InvalidFilename.into()),
    };
    written.map_err(|source| WorkspaceError::Write { source, path })
}

fn read(path: &Path, is_name: fn(&str) -> bool) -> Option<(String, String)> {
    let name = path.file_name()?.to_str()?.to_owned();
    let is_small = |path: &Path| fs::metadata(path).is_ok_and(|found| found.len() <= MOST);
    if !is_name(&name) || !is_small(path) {
        return None;
    }
    Some((name, fs::read_to_string(path).ok()?))
}
