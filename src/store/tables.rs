//! Tables of files beside a store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::merge::{Tables, file_names};
use super::sqlite::SqliteTables;
use super::{OpenError, Store};
use crate::log::TableSource;
use crate::model::Task;

/// These tables together with those of a SQLite file beside them, as [`attached`] has them.
///
/// # Errors
/// The file is no SQLite database, or cannot be read.
pub fn with_attached(
    (own, tables): (&Path, Arc<dyn TableSource>),
    file: &Path,
    task: &Task,
) -> Result<Arc<dyn TableSource>, OpenError> {
    let more: Arc<dyn TableSource> = Arc::new(SqliteTables::of_file(file, task)?);
    let names = file_names(&[own, file]).into_iter().map(Arc::from);
    Ok(Arc::new(Tables(names.zip([tables, more]).collect())))
}

/// The tables of a store together with those of SQLite files beside it, which need not be stores of
/// events. A table is called `file/name` where several have one of that name.
///
/// # Errors
/// A file is no SQLite database, or cannot be read.
pub fn attached(
    store: &Store,
    files: &[PathBuf],
    task: &Task,
) -> Result<Arc<dyn TableSource>, OpenError> {
    if files.is_empty() {
        return Ok(store.tables());
    }
    let mut all = store.tables_by_file();
    for file in files {
        let tables: Arc<dyn TableSource> = Arc::new(SqliteTables::of_file(file, task)?);
        all.push((file, tables));
    }
    let paths: Vec<&Path> = all.iter().map(|(path, _)| *path).collect();
    let names = file_names(&paths).into_iter().map(Arc::from);
    let tables = all.into_iter().map(|(_, tables)| tables);
    Ok(Arc::new(Tables(names.zip(tables).collect())))
}
