//! The files of a folder as one store. Which files belong to it is not decided here, beyond what is
//! JSON.

use std::path::{Path, PathBuf};

use super::error::JsonError;
use super::file::{Opening, SourceFile};
use super::follow::Listing;
use super::item::{Context, FileIx, Place, Problem, Weight};
use super::open::Look;
use super::records::{MOST_FILES, Records};
use crate::model::Task;
use crate::store::sniff::sniff;
use crate::store::stem::stem;
use crate::store::unpack::{Handle, Limits, Unpacked};

/// A folder of more files than this does not hold them all open.
const HELD_FILES: usize = 64;

/// The file of a problem that is about none of those that records come from.
const NO_FILE: FileIx = FileIx(u32::MAX);

impl Records {
    /// The files of a folder, but `without` these.
    pub(super) fn open_folder(
        folder: &Path,
        without: &[PathBuf],
        task: &Task,
    ) -> Result<Self, JsonError> {
        let listing = listed(folder)?.without(without);
        let handle = if listing.0.len() > HELD_FILES {
            Handle::Reopened
        } else {
            Handle::Held
        };
        let mut limits = Limits::default();
        let mut files: Vec<SourceFile> = Vec::new();
        let mut problems = Vec::new();
        let mut other: Option<String> = None;
        for listed in &listing.0 {
            task.check()?;
            let path = &listed.path;
            let how = Opening {
                path,
                context: Context {
                    file: Some(stem(path).into()),
                    ..Context::default()
                },
                handle,
                limits,
                look: Look::Whole,
            };
            let ix = FileIx(files.len() as u32);
            let opened = sniff(path)
                .map_err(JsonError::from)
                .and_then(|kind| how.open(&kind, ix, &mut problems, task));
            match opened {
                Ok(file) => {
                    if let Some(Unpacked::InMemory(size)) = file.text.unpacked() {
                        limits.memory = limits.memory.saturating_sub(size as usize);
                    }
                    files.push(file);
                }
                Err(JsonError::Cancelled(cancelled)) => return Err(cancelled.into()),
                // Something else may well lie among the events.
                Err(JsonError::NotJson { refusal, .. }) if !is_called_json(path) => {
                    other.get_or_insert(refusal);
                }
                Err(error) => problems.push(Problem {
                    file: NO_FILE,
                    place: Place::File,
                    message: error.to_string(),
                    weight: Weight::All,
                }),
            }
        }
        if files.is_empty() {
            let path = folder.to_owned();
            let why = problems.into_iter().map(|problem| problem.message).next();
            let why = why.or(other.filter(|_| listing.0.len() == 1));
            let why = why.map_or_else(String::new, |why| format!(" ({why})"));
            return Err(JsonError::EmptyFolder { why, path });
        }
        Ok(Self {
            path: folder.to_owned(),
            files,
            listing: Some(listing),
            without: without.to_vec(),
            problems,
        })
    }
}

/// Whether a file's name says that it is JSON.
pub(in crate::store) fn is_called_json(path: &Path) -> bool {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    [".json", ".jsonl", ".ndjson"]
        .iter()
        .any(|ending| name.contains(ending))
}

/// The files of a folder by name, hidden ones left out.
pub(in crate::store) fn files_in(folder: &Path) -> Result<Vec<PathBuf>, JsonError> {
    let files = listed(folder)?.0.into_iter();
    Ok(files.map(|file| file.path).collect())
}

fn listed(folder: &Path) -> Result<Listing, JsonError> {
    let path = || folder.to_owned();
    let listing = Listing::of(folder, MOST_FILES);
    let listing = listing.map_err(|source| JsonError::Unreadable {
        source,
        path: path(),
    })?;
    listing.ok_or_else(|| JsonError::TooManyFiles {
        most: MOST_FILES,
        path: path(),
    })
}
