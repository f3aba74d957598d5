//! Projections that the user has written: a folder of `.js` and `.json` files, which any editor may
//! change.

use std::path::PathBuf;

use super::{Workspace, WorkspaceError, texts};

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
    texts::is_plain_name(name, &["js", "json"])
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
        let found = texts::load(self.projections_folder(), is_projection_name)?;
        let found = found.into_iter();
        Ok(found
            .map(|(name, text)| ProjectionFile { name, text })
            .collect())
    }

    /// Writes a projection. A name that is none is refused.
    ///
    /// # Errors
    /// If the file or its folder cannot be written; the file is then as it was.
    pub fn save_projection(&self, kept: &ProjectionFile) -> Result<(), WorkspaceError> {
        let of = (&*kept.name, &*kept.text);
        texts::save(self.projections_folder(), of, is_projection_name)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

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
