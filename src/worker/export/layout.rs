//! A mapping as a layout file, which another store can be read by and which can be passed on.

use std::path::PathBuf;

use super::{Existing, ExportError, refuse_the_store, spare, write_whole};
use crate::store::layout::Layout;
use crate::worker::{Asked, Question, Room, Unanswered};

/// A layout to be written to a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportLayout {
    /// The layout.
    pub layout: Layout,
    /// Where to.
    pub path: PathBuf,
    /// What becomes of a file that is there.
    pub existing: Existing,
    /// The open store's files and folders, which are never written.
    pub store: Vec<PathBuf>,
}

impl Question for ExportLayout {
    type Answer = Result<PathBuf, ExportError>;
    const ROOM: Room = Room::Exports;

    fn answer(&self, asked: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let text = self.layout.to_toml().map_err(Unanswered::Failed)?;
        let path = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        let allowed = refuse_the_store(&path, &self.store);
        let written = allowed
            .and_then(|()| spare(&path, self.existing))
            .and_then(|()| {
                write_whole(&path, asked.task, &mut |writer| {
                    Ok(writer.write_all(text.as_bytes())?)
                })
            });
        Ok(written.map(|()| path))
    }
}
