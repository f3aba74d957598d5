//! Files that appear in a folder of stores while it is followed.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::model::{Cancelled, Task};
use crate::store::json::files_in;
use crate::store::sniff::{Kind, sniff};
use crate::store::{OpenError, OpenOptions, Store};

/// What is looked at for files that were not there when the folder was opened.
#[derive(Debug)]
pub(in crate::store) struct Newcomers {
    folder: PathBuf,
    options: OpenOptions,
    /// Those that were there.
    known: HashSet<PathBuf>,
    /// Those that came since and were no stores, as they were then: they may become some.
    tried: HashMap<PathBuf, Stamp>,
}

/// The size of a file, of its log beside it, and when it was written.
type Stamp = (u64, u64, Option<SystemTime>);

impl Newcomers {
    /// `files` were there.
    pub fn new(folder: &Path, options: &OpenOptions, files: Vec<PathBuf>) -> Self {
        Self {
            folder: folder.to_owned(),
            options: options.clone(),
            known: files.into_iter().collect(),
            tried: HashMap::new(),
        }
    }

    /// Whether a file has come that opens as a store.
    ///
    /// # Errors
    /// Where the task was called off.
    pub fn have_come(&mut self, task: &Task) -> Result<bool, Cancelled> {
        // A folder that is gone for a moment has nothing new.
        let files = files_in(&self.folder).unwrap_or_default();
        for path in files {
            task.check()?;
            if self.known.contains(&path) || !self.has_changed(&path) {
                continue;
            }
            if !matches!(sniff(&path), Ok(Kind::Sqlite(_) | Kind::Json(_))) {
                continue;
            }
            match Store::open(&path, &self.options, task) {
                Ok(_) => return Ok(true),
                Err(OpenError::Cancelled(cancelled)) => return Err(cancelled),
                // Its writer may only have begun.
                Err(_) => {}
            }
        }
        Ok(false)
    }

    /// Whether it is another one than when it was tried.
    fn has_changed(&mut self, path: &Path) -> bool {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let about = |path: &Path| std::fs::metadata(path).ok();
        let (own, log) = (about(path), about(Path::new(&log)));
        let size =
            |about: &Option<std::fs::Metadata>| about.as_ref().map_or(0, std::fs::Metadata::len);
        let modified = own.as_ref().and_then(|own| own.modified().ok());
        let stamp = (size(&own), size(&log), modified);
        self.tried.insert(path.to_owned(), stamp) != Some(stamp)
    }
}
