//! What can be written: the tables of a store, and the formats of a file.

use std::path::Path;

/// A table of the sample layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// The log; the only one that is always there.
    Events,
    /// Stored states of streams.
    Snapshots,
    /// How far each consumer is.
    Checkpoints,
    /// How far it was when.
    CheckpointHistory,
    /// What consumers have handled.
    ProcessedEvents,
    /// What is to be published and what was.
    Outbox,
    /// What consumers gave up on.
    DeadLetters,
    /// What was asked for.
    Commands,
    /// The scenario's read model, under its own name.
    ReadModel,
    /// A small registry of payload schemas.
    Schemas,
    /// The scenario's own tables of what events only name by id.
    Entities,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Events,
        Self::Snapshots,
        Self::Checkpoints,
        Self::CheckpointHistory,
        Self::ProcessedEvents,
        Self::Outbox,
        Self::DeadLetters,
        Self::Commands,
        Self::ReadModel,
        Self::Schemas,
        Self::Entities,
    ];

    /// Its name, as flags have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Snapshots => "snapshots",
            Self::Checkpoints => "checkpoints",
            Self::CheckpointHistory => "checkpoint_history",
            Self::ProcessedEvents => "processed_events",
            Self::Outbox => "outbox",
            Self::DeadLetters => "dead_letters",
            Self::Commands => "commands",
            Self::ReadModel => "read_model",
            Self::Schemas => "schemas",
            Self::Entities => "entities",
        }
    }
}

/// The tables that a store has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tables(u16);

impl Tables {
    /// All tables.
    #[must_use]
    pub const fn all() -> Self {
        Self((1 << Table::ALL.len()) - 1)
    }

    /// The log and nothing else.
    #[must_use]
    pub const fn only_events() -> Self {
        Self(1 << Table::Events as u16)
    }

    /// No table at all, not even the log.
    #[must_use]
    pub(in crate::simulate) const fn none() -> Self {
        Self(0)
    }

    /// Whether there is any beside the log.
    pub(in crate::simulate) const fn has_more(self) -> bool {
        self.0 & !Self::only_events().0 != 0
    }

    /// Without one; the log stays.
    #[must_use]
    pub const fn without(self, table: Table) -> Self {
        Self(self.0 & !(1 << table as u16) | Self::only_events().0)
    }

    /// Whether a table is among them.
    #[must_use]
    pub const fn has(self, table: Table) -> bool {
        self.0 & (1 << table as u16) != 0
    }
}

/// The format of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The sample layout, with all tables.
    Sqlite,
    /// The columns of its log, a JSON object a line.
    JsonLines,
    /// CloudEvents 1.0, one a line.
    CloudEvents,
    /// One JSON object: for each stream an array of its events.
    Streams,
}

impl Format {
    /// What a file's name says; SQLite where it says nothing.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        Self::told_by(path).unwrap_or(Self::Sqlite)
    }

    /// What a file's name says; none where its ending is that of something else.
    #[must_use]
    pub fn told_by(path: &Path) -> Option<Self> {
        let ending = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
        let ending = match &ending {
            None => return Some(Self::Sqlite),
            Some(ending) => ending.to_str()?,
        };
        Some(match ending {
            "jsonl" | "ndjson" => Self::JsonLines,
            "json" => Self::Streams,
            "db" | "sqlite" | "sqlite3" => Self::Sqlite,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_can_be_left_out_but_for_the_log() {
        for table in Table::ALL {
            let rest = Tables::all().without(table);
            assert_eq!(rest.has(table), table == Table::Events);
            assert!(rest.has(Table::Events));
        }
        assert!(Table::ALL.iter().all(|table| Tables::all().has(*table)));
    }

    #[test]
    fn names_of_files_tell_the_format() {
        let format = |name| Format::of(Path::new(name));
        assert_eq!(format("a.jsonl"), Format::JsonLines);
        assert_eq!(format("a.JSON"), Format::Streams);
        assert_eq!(format("a.db"), Format::Sqlite);
        assert_eq!(format("a"), Format::Sqlite);
        assert_eq!(Format::told_by(Path::new("a.json.gz")), None);
        assert_eq!(Format::told_by(Path::new("a")), Some(Format::Sqlite));
    }
}
