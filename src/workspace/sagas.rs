//! Processes that the user has declared: a folder of TOML files, which any editor may change.

use std::path::PathBuf;

use super::{Workspace, WorkspaceError, texts};

/// A saga definition in the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SagaFile {
    /// The file's name: `order-fulfilment.toml`.
    pub name: String,
    /// What it says.
    pub text: String,
}

impl SagaFile {
    /// One for a process of that name, in plain letters.
    #[must_use]
    pub fn named(process: &str, text: String) -> Self {
        let plain = |c: char| {
            if c.is_alphanumeric() || "-_. ".contains(c) {
                c
            } else {
                '-'
            }
        };
        let stem: String = process.chars().map(plain).collect();
        let stem = stem.trim_matches(['.', ' ']);
        let stem = if stem.is_empty() { "saga" } else { stem };
        Self {
            name: format!("{stem}.toml"),
            text,
        }
    }
}

fn is_saga_name(name: &str) -> bool {
    texts::is_plain_name(name, &["toml"])
}

impl Workspace {
    /// The folder of the user's saga definitions; made when the first is saved.
    #[must_use]
    pub fn sagas_folder(&self) -> Option<PathBuf> {
        Some(self.folder()?.join("sagas"))
    }

    /// The user's saga definitions by name.
    ///
    /// # Errors
    /// If the folder is there and cannot be read. Files that cannot be read are left out.
    pub fn load_sagas(&self) -> Result<Vec<SagaFile>, WorkspaceError> {
        let found = texts::load(self.sagas_folder(), is_saga_name)?.into_iter();
        Ok(found.map(|(name, text)| SagaFile { name, text }).collect())
    }

    /// Writes a saga definition. A name that is none is refused.
    ///
    /// # Errors
    /// If the file or its folder cannot be written; the file is then as it was.
    pub fn save_saga(&self, kept: &SagaFile) -> Result<(), WorkspaceError> {
        texts::save(self.sagas_folder(), (&kept.name, &kept.text), is_saga_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_come_back_under_plain_names() {
        let home = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(home.path());
        assert_eq!(workspace.load_sagas().unwrap(), []);
        let kept = ["OrderPlaced", "shop/orders:Placed", ".."]
            .map(|name| SagaFile::named(name, name.to_owned()));
        for one in &kept {
            workspace.save_saga(one).unwrap();
        }
        let names = workspace.load_sagas().unwrap();
        let names: Vec<&str> = names.iter().map(|kept| &*kept.name).collect();
        assert_eq!(
            names,
            ["OrderPlaced.toml", "saga.toml", "shop-orders-Placed.toml"]
        );
    }
}
