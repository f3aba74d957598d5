//! What an export is ordered with, and what comes of it. Nothing is written here.

use std::io::{self, Write};
use std::path::PathBuf;

use super::super::job::Subject;
use super::super::search::StreamsWanted;
use crate::analysis::events::{EventFilter, EventRow};
use crate::analysis::streams::StreamRow;
use crate::log::{AsOf, Cut};
use crate::model::StreamIx;

/// What goes into an exported file, as of the order's cut.
#[derive(Clone, Debug, PartialEq)]
pub enum Exports {
    /// The events of a filter.
    Events(EventFilter),
    /// A list of streams.
    Streams(StreamsWanted),
    /// The state of a stream, always as JSON.
    State(StreamIx),
}

/// How rows and states become bytes. The caller brings it, since `render` stands above this room.
pub trait ExportForm: std::fmt::Debug + Send {
    /// Writes some events; called at least once, perhaps with none.
    ///
    /// # Errors
    /// What `to` fails with.
    fn events(&mut self, rows: &[EventRow], to: &mut dyn Write) -> io::Result<()>;

    /// Writes some streams; called at least once, perhaps with none.
    ///
    /// # Errors
    /// What `to` fails with.
    fn streams(&mut self, rows: &[StreamRow], to: &mut dyn Write) -> io::Result<()>;

    /// Writes what closes a list.
    ///
    /// # Errors
    /// What `to` fails with.
    fn end(&mut self, to: &mut dyn Write) -> io::Result<()>;

    /// Writes a state.
    ///
    /// # Errors
    /// What `to` fails with.
    fn state(&mut self, state: &serde_json::Value, to: &mut dyn Write) -> io::Result<()>;
}

/// An export to be written.
#[derive(Debug)]
pub struct Export {
    /// The log.
    pub subject: Subject,
    /// What.
    pub what: Exports,
    /// As of when.
    pub cut: Cut,
    /// In which form.
    pub form: Box<dyn ExportForm>,
    /// Where to.
    pub path: PathBuf,
    /// The open store's file or folder, which is never written.
    pub store: PathBuf,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The file.
    pub path: PathBuf,
    /// What it holds: "1,204 events".
    pub what: String,
    /// As of when.
    pub as_of: AsOf,
}
