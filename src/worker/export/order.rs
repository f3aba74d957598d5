//! What an export is ordered with, and what comes of it. Nothing is written here.

use std::path::PathBuf;

use super::lag::LagFile;
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
    /// What a page of consumers and their lag shows.
    Lag(LagFile),
}

impl Exports {
    /// Whether it is written in one of several forms.
    #[must_use]
    pub const fn has_forms(&self) -> bool {
        !matches!(self, Self::State(_) | Self::Text(_))
    }
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
        Self::told_by(path).unwrap_or_default()
    }

    /// The same; none where the ending is that of something else.
    pub(super) fn told_by(path: &std::path::Path) -> Option<Self> {
        let Some(ending) = path.extension() else {
            return Some(Self::default());
        };
        match ending.to_str()?.to_ascii_lowercase().as_str() {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

/// What becomes of a file of that name which is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and nothing is written.
    Spared,
    /// It is written over: somebody has said so.
    Replaced,
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
    /// What becomes of a file that is there.
    pub existing: Existing,
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn an_ending_that_names_no_form_is_none() {
        let told = |name: &str| ExportFormat::told_by(Path::new(name));
        let lines = Some(ExportFormat::JsonLines);
        assert_eq!([told("a.jsonl"), told("a.NDJSON"), told("a")], [lines; 3]);
        assert_eq!(told("a.Json"), Some(ExportFormat::Json));
        assert_eq!(told("a.csv"), Some(ExportFormat::Csv));
        assert_eq!([told("a.xyz"), told("a.csv.bak")], [None; 2]);
        assert!(Exports::Lag(LagFile::Consumers).has_forms());
        assert!(!Exports::State(StreamIx(0)).has_forms());
    }
}
