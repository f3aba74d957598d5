//! Projections that the user has written: a folder of `.js` and `.json` files, which any editor may
//! change.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Workspace, WorkspaceError, file};

/// Larger files are no definitions that somebody has written.
const MOST: u64 = 4 << 20;

/// A projection in the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectionFile {
    /// The file's name: `balances.js`.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// Whether a projection can be kept under this name: a plain one, with an ending that says what is in
/// it.
#[must_use]
pub fn is_projection_name(name: &str) -> bool {
    let path = Path::new(name);
    let is_plain = path.file_name().is_some_and(|own| own == name);
    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':');
    let ending = path.extension().and_then(|ending| ending.to_str());
    is_plain && !name.contains(odd) && matches!(ending, Some("js" | "json"))
}

impl Workspace {
    /// The folder of the user's projections; made when the first is saved.
    #[must_use]
    pub fn projections_folder(&self) -> Option<PathBuf> {
        Some(self.folder()?.join("projections"))
    }

    /// The user's projections by name.
    ///
    /// # Errors
    /// If the folder is there and cannot be read. Files that cannot be read are left out.
    pub fn load_projections(&self) -> Result<Vec<ProjectionFile>, WorkspaceError> {
        let Some(folder) = self.projections_folder() else {
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
        let mut found: Vec<ProjectionFile> = entries
            .filter_map(|entry| projection(&entry.ok()?.path()))
            .collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Writes a projection. A name that is none is refused.
    ///
    /// # Errors
    /// If the file or its folder cannot be written; the file is then as it was.
    pub fn save_projection(&self, kept: &ProjectionFile) -> Result<(), WorkspaceError> {
        let Some(folder) = self.projections_folder() else {
            return Ok(());
        };
        let path = folder.join(&kept.name);
        let written = match is_projection_name(&kept.name) {
            true => file::replace(&path, &kept.text),
            false => Err(io::ErrorKind::InvalidFilename.into()),
        };
        written.map_err(|source| WorkspaceError::Write { source, path })
    }
}

fn projection(path: &Path) -> Option<ProjectionFile> {
    let name = path.file_name()?.to_str()?.to_owned();
    let is_small = |path: &Path| fs::metadata(path).is_ok_and(|found| found.len() <= MOST);
    if !is_projection_name(&name) || !is_small(path) {
        return None;
    }
    let text = fs::read_to_string(path).ok()?;
    Some(ProjectionFile { name, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projections_come_back_and_no_other_file() {
        let home = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(home.path());
        assert_eq!(workspace.load_projections().unwrap(), []);
        let kept = |name: &str, text: &str| ProjectionFile {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        let two = [kept("a.js", "fromAll()"), kept("b.json", "{}")];
        for one in two.iter().rev() {
            workspace.save_projection(one).unwrap();
        }
        let folder = workspace.projections_folder().unwrap();
        fs::write(folder.join("notes.txt"), "x").unwrap();
        fs::write(folder.join("odd.js"), [0xff, 0xfe]).unwrap();
        assert_eq!(workspace.load_projections().unwrap(), two);
        for name in ["../a.js", "a", "", ".js", "a/b.js", "a.toml", "c:\\a.js"] {
            assert!(
                workspace.save_projection(&kept(name, "")).is_err(),
                "{name}"
            );
        }
        Workspace::none().save_projection(&two[0]).unwrap();
    }
}
