//! What a folder looks like from outside: names, bytes and times, to be compared before and after.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::TempDir;

/// One file: its bytes and when it was last written.
#[derive(PartialEq, Eq)]
pub struct Seen {
    bytes: Vec<u8>,
    modified: SystemTime,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sum = self
            .bytes
            .iter()
            .fold(0u64, |h, b| h.wrapping_mul(31).wrapping_add(u64::from(*b)));
        write!(
            f,
            "{} bytes, {sum:016x}, {:?}",
            self.bytes.len(),
            self.modified
        )
    }
}

/// Every file of a folder.
pub type Folder = BTreeMap<PathBuf, Seen>;

pub fn look(folder: &Path) -> Folder {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let modified = fs::symlink_metadata(&path).unwrap().modified().unwrap();
            let bytes = fs::read(&path).unwrap();
            (path, Seen { bytes, modified })
        })
        .collect()
}

/// Names alone, for folders that a live writer changes.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// A temporary folder with copies of fixtures; the first is the store.
pub fn stage(fixtures: &[&str]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/broken");
    for name in fixtures {
        let to = folder.path().join(name);
        fs::write(&to, fs::read(from.join(name)).unwrap()).unwrap();
        // Old enough that any write would show in the time.
        let then = filetime::FileTime::from_unix_time(1_700_000_000, 0);
        filetime::set_file_mtime(&to, then).unwrap();
    }
    let store = folder.path().join(fixtures[0]);
    (folder, store)
}
