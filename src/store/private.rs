//! Where private files go: what was unpacked or copied of a store, for as long as it is open.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What is to go where the program is ended from outside, when nothing is dropped any more.
static MADE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Remembers a private file or folder with a name, which goes by itself when its store is closed.
pub(super) fn remember(path: &Path) {
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.retain(|path| path.exists());
    made.push(path.to_owned());
}

/// Removes all private files that are still there. For the moment before the program is ended from
/// outside: open stores cannot be read after it.
pub fn remove_private_files() {
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    remove(std::mem::take(&mut *made));
}

fn remove(made: Vec<PathBuf>) {
    for path in made {
        // What is left is in the temporary folder.
        let _ = match path.is_dir() {
            true => std::fs::remove_dir_all(&path),
            false => std::fs::remove_file(&path),
        };
    }
}

/// The temporary folder, except where the store itself lies in there: nothing comes beside it.
pub(super) fn folder_for(store: &Path) -> PathBuf {
    let resolved = store.canonicalize();
    let here = resolved.as_deref().unwrap_or(store).parent();
    let own = directories::BaseDirs::new();
    let own = own
        .iter()
        .flat_map(|dirs| [dirs.cache_dir(), dirs.home_dir()]);
    let own = own.map(Path::to_path_buf);
    let apart = |root: &PathBuf| {
        let root = root.canonicalize();
        root.is_ok_and(|root| Some(root.as_path()) != here)
    };
    std::iter::once(env::temp_dir())
        .chain(own)
        .find(apart)
        .unwrap_or_else(env::temp_dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_can_be_removed_without_a_drop() {
        let (file, folder) = (tempfile::NamedTempFile::new(), tempfile::tempdir());
        let (file, folder) = (file.unwrap(), folder.unwrap());
        std::fs::write(folder.path().join("copy"), "x").unwrap();
        let made = vec![file.path().to_owned(), folder.path().to_owned()];
        remove(made.clone());
        assert!(made.iter().all(|path| !path.exists()));
    }

    #[test]
    fn nothing_comes_beside_a_store_in_the_temporary_folder() {
        let beside = tempfile::NamedTempFile::new().unwrap();
        let below = tempfile::tempdir().unwrap();
        assert_ne!(folder_for(beside.path()), env::temp_dir());
        assert_eq!(folder_for(&below.path().join("store.gz")), env::temp_dir());
    }
}
