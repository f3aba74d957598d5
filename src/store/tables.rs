//! Tables of files beside a store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::OpenError;
use super::merge::{Tables, file_names};
use super::sqlite::SqliteTables;
use crate::log::TableSource;
use crate::model::Task;

/// The tables of a store together with those of SQLite files beside it, which need not be stores of
/// events. A table is called `file/name` where several have one of that name.
///
/// # Errors
/// A file is no SQLite database, or cannot be read.
pub fn attached(
    store: (&Path, Arc<dyn TableSource>),
    files: &[PathBuf],
    task: &Task,
) -> Result<Arc<dyn TableSource>, OpenError> {
    let (path, own) = store;
    if files.is_empty() {
        return Ok(own);
    }
    let mut sources = vec![own];
    for file in files {
        let tables = SqliteTables::of_file(file, task)?;
        sources.push(Arc::new(tables));
    }
    let paths: Vec<&Path> = std::iter::once(path)
        .chain(files.iter().map(PathBuf::as_path))
        .collect();
    let names = file_names(&paths).into_iter().map(Arc::from);
    Ok(Arc::new(Tables(names.zip(sources).collect())))
}
