//! Settings, mappings and bookmarks: what the program remembers between sessions. The only writer
//! of user files, all of them in one folder of the user's own: `settings.toml`, and for every store
//! a file in `stores/` and, where its consumers were watched, one in `seen/`. Nothing is ever written
//! beside a store, and nothing about windows, threads or events may enter: the functions here block and
//! are called in the background.
//!
//! A damaged file is set aside, never fatal and never lost; what can be read of it is used.
//! Instances share the folder: the last to write a file wins, and recent files are merged.

mod error;
mod file;
mod projections;
mod recent;
mod sagas;
mod seen;
mod settings;
mod store;
mod store_path;
#[cfg(test)]
mod tests;
mod texts;

use std::path::{Path, PathBuf};

pub use error::WorkspaceError;
pub use projections::{ProjectionFile, is_projection_name};
pub use recent::{RecentFile, RecentFiles};
pub use sagas::SagaFile;
pub use settings::{Settings, Theme, Window};
pub use store::{Bookmark, KeptFilter, StoreWorkspace};
pub use store_path::StorePath;

/// Where the user's files are, if anywhere. Cloning is cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace(Option<PathBuf>);

/// What was read, and whether it was sound.
#[derive(Clone, Debug)]
pub struct Loaded<T> {
    /// The value; what the file does not say, or not readably, has its default.
    pub value: T,
    /// Where a damaged file was moved to; none where it was sound or there was none.
    pub set_aside: Option<PathBuf>,
}

impl<T> Loaded<T> {
    /// What to tell the user, if anything.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        let aside = self.set_aside.as_ref()?;
        Some(format!(
            "A damaged file was set aside, and what could be read of it is used: {}",
            aside.display()
        ))
    }
}

impl Workspace {
    /// The user's configuration folder for this program; [`Workspace::none`] where the system
    /// knows none (no home folder).
    #[must_use]
    pub fn of_user() -> Self {
        let folders = directories::ProjectDirs::from("", "", "asof");
        Self(folders.map(|folders| folders.config_dir().to_owned()))
    }

    /// The folder `folder`; it is made when something is first saved.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self(Some(folder.into()))
    }

    /// No folder: everything has its default, and saving does nothing.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    /// The folder; none for [`Workspace::none`].
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.0.as_deref()
    }

    /// Reads the settings.
    ///
    /// # Errors
    /// If the file is there but cannot be read at all, or is damaged and cannot be moved. Then the
    /// defaults serve.
    pub fn load_settings(&self) -> Result<Loaded<Settings>, WorkspaceError> {
        self.load(self.settings_file())
    }

    /// Writes the settings. Recent files that another instance wrote meanwhile are kept.
    ///
    /// # Errors
    /// If the file or its folder cannot be written; the file is then as it was.
    pub fn save_settings(&self, settings: &Settings) -> Result<(), WorkspaceError> {
        let Some(path) = self.settings_file() else {
            return Ok(());
        };
        let written: Loaded<Settings> = file::read(&path)?;
        let mut settings = settings.clone();
        settings.recent.merge(&written.value.recent);
        file::write(&path, "Asof's settings", &settings)
    }

    /// Reads what is remembered about a store.
    ///
    /// # Errors
    /// As [`Workspace::load_settings`].
    pub fn load_store(&self, store: &StorePath) -> Result<Loaded<StoreWorkspace>, WorkspaceError> {
        self.load(self.store_file(store))
    }

    /// Writes what is to be remembered about a store, never beside the store itself.
    ///
    /// # Errors
    /// If the file or its folder cannot be written; the file is then as it was.
    pub fn save_store(
        &self,
        store: &StorePath,
        remembered: &StoreWorkspace,
    ) -> Result<(), WorkspaceError> {
        let Some(path) = self.store_file(store) else {
            return Ok(());
        };
        let title = format!("What Asof remembers about {}", store.path().display());
        file::write(&path, &title, remembered)
    }

    /// The file of the settings.
    #[must_use]
    pub fn settings_file(&self) -> Option<PathBuf> {
        Some(self.folder()?.join("settings.toml"))
    }

    /// The file of a store's workspace.
    #[must_use]
    pub fn store_file(&self, store: &StorePath) -> Option<PathBuf> {
        let name = format!("{}.toml", store.file_name());
        Some(self.folder()?.join("stores").join(name))
    }

    fn load<T>(&self, path: Option<PathBuf>) -> Result<Loaded<T>, WorkspaceError>
    where
        T: serde::de::DeserializeOwned + Default,
    {
        path.map_or_else(
            || {
                Ok(Loaded {
                    value: T::default(),
                    set_aside: None,
                })
            },
            |path| file::read(&path),
        )
    }
}
