//! Which store is meant, whatever path led to it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The canonical path of a store: absolute, links resolved. One store has one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StorePath(PathBuf);

impl StorePath {
    /// Asks the file system; a file that is gone keeps its absolute path. Not for the window's thread.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let canonical = std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
        Self(canonical.unwrap_or_else(|_| path.to_owned()))
    }

    /// Several files opened as one; a single one as [`StorePath::of`] has it.
    #[must_use]
    pub fn of_all(paths: &[PathBuf]) -> Self {
        let all: Vec<Self> = paths.iter().map(|path| Self::of(path)).collect();
        let mut all = all.into_iter();
        let first = all.next().unwrap_or_default();
        all.fold(first, |mut joined, one| {
            joined.0.as_mut_os_string().push(" + ");
            joined.0.as_mut_os_string().push(one.0);
            joined
        })
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A name for a file about it: readable, and different for every path.
    pub(super) fn file_name(&self) -> String {
        let stem = self.0.file_stem().unwrap_or_default().to_string_lossy();
        let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
        let stem: String = stem.chars().take(40).map(plain).collect();
        let hash = fnv1a(self.0.as_os_str().as_encoded_bytes());
        format!("{stem}-{hash:016x}")
    }
}

/// FNV-1a of 64 bits: the same for every version of this program and of its dependencies.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_readable_and_never_change() {
        // The published test values of FNV-1a.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
        let path = StorePath(PathBuf::from("/data/my orders (2024).db"));
        let name = path.file_name();
        assert!(name.starts_with("my-orders--2024--"), "{name}");
        let other = StorePath(PathBuf::from("/backup/my orders (2024).db"));
        assert_ne!(name, other.file_name());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_to_the_same_store() {
        let folder = tempfile::tempdir().unwrap();
        let (store, link) = (folder.path().join("store.db"), folder.path().join("link"));
        std::fs::write(&store, "").unwrap();
        std::os::unix::fs::symlink(&store, &link).unwrap();
        assert_eq!(StorePath::of(&store), StorePath::of(&link));
    }
}
