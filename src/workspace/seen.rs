//! What was seen of a store while it was followed: for each store a file of lines, to which is only
//! added. Knows nothing of what they say.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{StorePath, Workspace, WorkspaceError, file};

/// Lines that a file may have; of more the newer half is kept.
const MOST: usize = 40_000;

impl Workspace {
    /// What earlier watches saw of a store; lines that cannot be read are passed over.
    ///
    /// # Errors
    /// Where there is a file that cannot be read, or tidied up.
    pub fn load_seen<T>(&self, store: &StorePath) -> Result<Vec<T>, WorkspaceError>
    where
        T: DeserializeOwned,
    {
        let Some(path) = self.seen_file(store) else {
            return Ok(Vec::new());
        };
        let text = match fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(WorkspaceError::Read { source, path }),
        };
        // What a crash cut off is let go; what else cannot be read may be a newer program's.
        let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
        let count = whole.lines().count();
        let kept = match count > MOST {
            true => MOST / 2,
            false => count,
        };
        let lines = || whole.lines().skip(count - kept);
        if whole.len() < text.len() || kept < count {
            let text: String = lines().flat_map(|line| [line, "\n"]).collect();
            file::replace(&path, &text).map_err(|source| WorkspaceError::Write { source, path })?;
        }
        Ok(lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect())
    }

    /// Adds what was seen.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn add_seen<T: Serialize>(
        &self,
        store: &StorePath,
        seen: &[T],
    ) -> Result<(), WorkspaceError> {
        let Some(path) = self.seen_file(store).filter(|_| !seen.is_empty()) else {
            return Ok(());
        };
        let add = || {
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            let file = fs::OpenOptions::new().create(true).append(true).open(&path);
            file?.write_all(lines_of(seen)?.as_bytes())
        };
        add().map_err(|source| WorkspaceError::Write {
            source,
            path: path.clone(),
        })
    }

    /// The file of what was seen of a store.
    #[must_use]
    pub fn seen_file(&self, store: &StorePath) -> Option<PathBuf> {
        let name = format!("{}.jsonl", store.file_name());
        Some(self.folder()?.join("seen").join(name))
    }
}

fn lines_of<T: Serialize>(all: &[T]) -> io::Result<String> {
    let mut text = String::new();
    for one in all {
        text.push_str(&serde_json::to_string(one)?);
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_was_seen_comes_back_also_after_a_crash() {
        let home = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(home.path());
        let store = StorePath::of(Path::new("/data/orders.db"));
        let load = || workspace.load_seen::<(i64, String)>(&store).unwrap();
        assert_eq!(load(), []);
        let all = [(i64::MAX, "a \"b\"\n"), (2, ""), (3, "c")];
        let all = all.map(|(number, text)| (number, text.to_owned()));
        for some in all.chunks(2) {
            workspace.add_seen(&store, some).unwrap();
        }
        assert_eq!(load(), all);
        let path = workspace.seen_file(&store).unwrap();
        let mut text = fs::read(&path).unwrap();
        text.truncate(text.len() - 4);
        fs::write(&path, text).unwrap();
        assert_eq!(load(), all[..2]);
        // What comes next begins on a line of its own.
        workspace.add_seen(&store, &all[2..]).unwrap();
        assert_eq!(load(), all);
        Workspace::none().add_seen(&store, &all).unwrap();
    }

    #[test]
    fn lines_of_a_newer_program_stay() {
        let home = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(home.path());
        let store = StorePath::of(Path::new("/data/orders.db"));
        workspace.add_seen(&store, &[1, 2]).unwrap();
        workspace.add_seen(&store, &["unheard of"]).unwrap();
        workspace.add_seen(&store, &[3]).unwrap();
        let path = workspace.seen_file(&store).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(workspace.load_seen::<u32>(&store).unwrap(), [1, 2, 3]);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        // Also where the last line is torn.
        fs::write(&path, format!("{text}4")).unwrap();
        assert_eq!(workspace.load_seen::<u32>(&store).unwrap(), [1, 2, 3]);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }

    #[test]
    fn of_too_many_lines_the_newer_are_kept() {
        let home = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(home.path());
        let store = StorePath::of(Path::new("/data/orders.db"));
        let all: Vec<usize> = (0..=MOST).collect();
        workspace.add_seen(&store, &all).unwrap();
        for _ in 0..2 {
            let kept: Vec<usize> = workspace.load_seen(&store).unwrap();
            assert_eq!(kept, all[all.len() - MOST / 2..]);
        }
    }
}
