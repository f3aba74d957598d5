//! The files opened last. Pure: merging what two instances remember is a function of the two.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::StorePath;
use crate::model::Timestamp;

/// A file that was opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecentFile {
    /// Which.
    pub path: StorePath,
    /// What it was taken for: the layout's name for people.
    pub kind: String,
    /// How many events it had.
    pub events: u64,
    /// When it was opened last.
    pub opened_at: Timestamp,
    /// Where the cursor stood, as it can be typed; none for the head.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// What a newer version wrote.
    #[serde(flatten)]
    pub extra: toml::Table,
}

/// At most [`RecentFiles::MOST`] files, each once, the one opened last first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<RecentFile>", into = "Vec<RecentFile>")]
pub struct RecentFiles {
    files: Vec<RecentFile>,
    /// Files taken off the list in this session and when they had been opened, so that merging
    /// does not bring them back. Not saved.
    forgotten: BTreeMap<StorePath, Timestamp>,
}

impl RecentFiles {
    /// How many are kept.
    pub const MOST: usize = 12;

    /// The files, the one opened last first.
    #[must_use]
    pub fn files(&self) -> &[RecentFile] {
        &self.files
    }

    /// Puts a file on the list. A path that is not Unicode cannot be written down and is left out.
    pub fn note(&mut self, file: RecentFile) {
        self.forgotten.remove(&file.path);
        self.files.retain(|known| known.path != file.path);
        self.files.push(file);
        self.tidy();
    }

    /// Takes a file off the list.
    pub fn forget(&mut self, path: &StorePath) {
        let gone = self.files.extract_if(.., |file| file.path == *path);
        self.forgotten
            .extend(gone.map(|file| (file.path, file.opened_at)));
    }

    /// Takes all files off the list.
    pub fn forget_all(&mut self) {
        let gone = self.files.drain(..);
        self.forgotten
            .extend(gone.map(|file| (file.path, file.opened_at)));
    }

    /// Takes over what another instance remembers, without what was forgotten here since.
    pub fn merge(&mut self, other: &Self) {
        let wanted = other.files.iter().filter(|file| {
            let forgotten = self.forgotten.get(&file.path);
            forgotten.is_none_or(|opened_at| file.opened_at > *opened_at)
        });
        self.files.extend(wanted.cloned());
        self.tidy();
    }

    fn tidy(&mut self) {
        self.files.retain(|file| {
            file.path
                .path()
                .to_str()
                .is_some_and(|path| !path.is_empty())
        });
        // Stable, so that of equals the one that was there first stays.
        self.files.sort_by(|a, b| {
            let latest = b.opened_at.cmp(&a.opened_at);
            latest.then_with(|| a.path.cmp(&b.path))
        });
        let mut seen = std::collections::BTreeSet::new();
        self.files.retain(|file| seen.insert(file.path.clone()));
        self.files.truncate(Self::MOST);
    }
}

impl From<Vec<RecentFile>> for RecentFiles {
    fn from(files: Vec<RecentFile>) -> Self {
        let mut recent = Self {
            files,
            forgotten: BTreeMap::new(),
        };
        recent.tidy();
        recent
    }
}

impl From<RecentFiles> for Vec<RecentFile> {
    fn from(recent: RecentFiles) -> Self {
        recent.files
    }
}
