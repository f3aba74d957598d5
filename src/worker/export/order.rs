//! What an export is ordered with, and what comes of it. Nothing is written here.

use std::path::PathBuf;

use crate::analysis::events::EventFilter;
use crate::log::{AsOf, Cut};
use crate::model::StreamIx;
use crate::worker::{ProjectionSettings, StreamsWanted, Subject, Written};

/// What goes into an exported file, as of the order's cut.
#[derive(Clone, Debug, PartialEq)]
pub enum Exports {
    /// The events of a filter.
    Events(EventFilter),
    /// A list of streams.
    Streams(StreamsWanted),
    /// The state of a stream, always as JSON.
    State(StreamIx),
    /// What a statement answers.
    Sql(String),
    /// What a projection holds.
    Projection(Written, ProjectionSettings),
    /// A text as it is: a drawing, a definition.
    Text(TextFile),
    /// How all consumers stand.
    Lag,
}

/// A text that goes into a file as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFile {
    /// What it is: "The sequence diagram of order-1042".
    pub what: String,
    /// How names of such files end: `svg`.
    pub ending: &'static str,
    /// The text.
    pub text: String,
}

/// The form of an exported list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExportFormat {
    /// One array.
    Json,
    /// One object a line.
    #[default]
    JsonLines,
    /// A header and one row a line.
    Csv,
}

impl ExportFormat {
    /// By the ending of a file's name; JSON lines where it is another.
    #[must_use]
    pub fn of(path: &std::path::Path) -> Self {
        let ending = path.extension().and_then(|ending| ending.to_str());
        match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("json") => Self::Json,
            Some("csv") => Self::Csv,
            _ => Self::JsonLines,
        }
    }
}

/// An export to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// The log.
    pub subject: Subject,
    /// What.
    pub what: Exports,
    /// As of when.
    pub cut: Cut,
    /// In which form.
    pub format: ExportFormat,
    /// Where to.
    pub path: PathBuf,
    /// The open store's files and folders, which are never written.
    pub store: Vec<PathBuf>,
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
