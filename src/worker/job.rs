//! What can be asked of the background, and what comes back.

use std::path::PathBuf;
use std::sync::Arc;

use super::export::Export;
use super::find::Names;
use super::overview::{StoreOverview, file_facts, layout_facts};
use super::search::{Counts, SearchEnd, StreamsWanted};
use super::timeline::{Timeline, TimelineRequest};
use crate::analysis::events::EventFilter;
use crate::analysis::overview::{FileFacts, StoreFacts};
use crate::analysis::replay::{Answer, FoldRules, StateAt, ValueChange};
use crate::analysis::streams::StreamList;
use crate::log::{Body, Clock, Cut, Log, PayloadReader, Unreadable};
use crate::model::time::Zone;
use crate::model::{EventIx, StreamIx};
use crate::store::layout::{Contents, Layout, Role, SideKind};
use crate::store::{OpenOptions, Recognition, Store};
use crate::workspace::{Settings, StorePath, StoreWorkspace, Workspace};

/// One opening of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(pub u64);

/// Kinds of work. Of each kind one job runs and at most one waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Opening, indexing, following.
    Session,
    /// A stream's state.
    State,
    /// One event with its cause and effects.
    Inspect,
    /// Payloads of the rows on screen.
    Bodies,
    /// A field's values over time.
    Values,
    /// Streams, types and ids that a typed text may mean.
    Find,
    /// The first events as a mapping reads them.
    Preview,
    /// Writing settings.
    SaveSettings,
    /// Writing what is remembered of a store.
    SaveStore,
    /// What the store is.
    Overview,
    /// The list of streams.
    Streams,
    /// Events that match a filter.
    Matches,
    /// Counts over time.
    Density,
    /// Writing a file of results.
    Export,
    /// Events by type and category.
    Counts,
    /// An event in full, for the clipboard.
    Row,
}

/// What an analysis is about: a snapshot of the log with its payloads.
#[derive(Clone)]
pub struct Subject {
    /// The opening it belongs to.
    pub session: SessionId,
    /// The log.
    pub log: Arc<Log>,
    /// Its payloads.
    pub payloads: Arc<dyn PayloadReader>,
    /// What the layout says of folding.
    pub rules: FoldRules,
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject")
            .field("session", &self.session)
            .field("events", &self.log.len())
            .finish()
    }
}

/// What to open.
#[derive(Clone, Debug)]
pub struct OpenRequest {
    /// Files or folders, at least one; several are opened as one store.
    pub paths: Vec<PathBuf>,
    /// How; the mapping kept in the workspace serves where no layout is given.
    pub options: OpenOptions,
    /// Where what is remembered of the store is kept.
    pub workspace: Workspace,
    /// What is remembered of the store where that has just changed and may not be written yet; read
    /// from the workspace where absent.
    pub remembered: Option<Box<StoreWorkspace>>,
}

/// What to write into the workspace.
#[derive(Clone, Debug)]
pub enum Keep {
    /// The settings.
    Settings(Box<Settings>),
    /// What is remembered of a store.
    Store(StorePath, Box<StoreWorkspace>),
}

/// Work for the background.
#[derive(Debug)]
pub enum Job {
    /// Open a store in place of the one that is open.
    Open(Box<OpenRequest>),
    /// Let go of the store.
    Close,
    /// A stream's state as of a cut.
    State {
        /// The log.
        subject: Subject,
        /// The stream.
        stream: StreamIx,
        /// The moment.
        cut: Cut,
        /// A second moment to compare with.
        compare: Option<Cut>,
        /// The field that the sentence is about; the whole state where none is chosen.
        field: Option<String>,
        /// The zone of the times in the sentence.
        zone: Zone,
    },
    /// An event with its payload.
    Inspect {
        /// The log.
        subject: Subject,
        /// The event.
        event: EventIx,
    },
    /// Payloads of a few events, shortened to a line each.
    Bodies {
        /// The log.
        subject: Subject,
        /// The events.
        events: Vec<EventIx>,
    },
    /// All values that a field of a stream has had.
    Values {
        /// The log.
        subject: Subject,
        /// The stream.
        stream: StreamIx,
        /// The field, as a JSON pointer.
        pointer: String,
    },
    /// The events of a filter, sent as they are found.
    Matches {
        /// The log.
        subject: Subject,
        /// What to look for.
        filter: Box<EventFilter>,
        /// The clock of its bounds.
        clock: Clock,
        /// The event to begin with: an earlier search has seen all before it.
        first: EventIx,
    },
    /// A list of streams as of a cut.
    Streams {
        /// The log.
        subject: Subject,
        /// The moment.
        cut: Cut,
        /// Which.
        wanted: StreamsWanted,
    },
    /// Events by type and category as of a cut.
    Counts {
        /// The log.
        subject: Subject,
        /// The moment.
        cut: Cut,
    },
    /// An event in full as JSON.
    Row {
        /// The log.
        subject: Subject,
        /// The event.
        event: EventIx,
    },
    /// Write a file.
    Export(Box<Export>),
    /// Events counted over time.
    Density {
        /// The log.
        subject: Subject,
        /// What to count.
        request: TimelineRequest,
    },
    /// Streams, event types and the event that a typed text may mean.
    Find {
        /// The log.
        subject: Subject,
        /// The moment of the figures.
        cut: Cut,
        /// The text.
        text: String,
    },
    /// What the store is and holds.
    Overview {
        /// The log.
        subject: Subject,
        /// The moment.
        cut: Cut,
        /// The zone of the bars.
        zone: Zone,
        /// What the file tells.
        facts: Box<StoreFacts>,
    },
    /// The first events of a file as a mapping reads them.
    Preview {
        /// The file or folder.
        path: PathBuf,
        /// The mapping.
        layout: Box<Layout>,
    },
    /// Write to the workspace.
    Save {
        /// Where.
        workspace: Workspace,
        /// What.
        keep: Keep,
    },
}

impl Job {
    /// Which kind of work it is.
    #[must_use]
    pub const fn family(&self) -> Family {
        match self {
            Self::Open(_) | Self::Close => Family::Session,
            Self::State { .. } => Family::State,
            Self::Inspect { .. } => Family::Inspect,
            Self::Bodies { .. } => Family::Bodies,
            Self::Values { .. } => Family::Values,
            Self::Matches { .. } => Family::Matches,
            Self::Streams { .. } => Family::Streams,
            Self::Counts { .. } => Family::Counts,
            Self::Row { .. } => Family::Row,
            Self::Export(_) => Family::Export,
            Self::Density { .. } => Family::Density,
            Self::Find { .. } => Family::Find,
            Self::Overview { .. } => Family::Overview,
            Self::Preview { .. } => Family::Preview,
            Self::Save {
                keep: Keep::Settings(_),
                ..
            } => Family::SaveSettings,
            Self::Save {
                keep: Keep::Store(..),
                ..
            } => Family::SaveStore,
        }
    }

    /// Whether a running job of the family is to be called off for this one. Short work is let
    /// finish: while the cursor is dragged every call-off would be one picture less.
    #[must_use]
    pub const fn supersedes_running(&self) -> bool {
        !matches!(
            self.family(),
            Family::State
                | Family::Overview
                | Family::Bodies
                | Family::Inspect
                | Family::Streams
                | Family::Counts
                | Family::Row
                | Family::Export
                | Family::Density
                | Family::SaveSettings
                | Family::SaveStore
        )
    }
}

/// A store that was opened, before the first event is read.
#[derive(Clone)]
pub struct Opened {
    /// The opening.
    pub session: SessionId,
    /// The file or folder; the first of several.
    pub path: PathBuf,
    /// All of them.
    pub paths: Vec<PathBuf>,
    /// The files of several; what reports say of them.
    pub files: Vec<FileFacts>,
    /// What it is remembered under.
    pub store_path: StorePath,
    /// What the file is: "SQLite".
    pub format: String,
    /// How it is read without touching it.
    pub access: String,
    /// What it was taken for and why.
    pub recognition: Recognition,
    /// The layout it is read by.
    pub layout: Layout,
    /// The tables or keys that a mapping can name.
    pub contents: Contents,
    /// How its columns are read.
    pub readings: Vec<(Role, Option<String>)>,
    /// Its side tables with their rows; none where it has no such table.
    pub sides: Vec<(SideKind, Option<u64>)>,
    /// What it does not hold.
    pub lacks: Vec<String>,
    /// In bytes.
    pub size: u64,
    /// Its payloads.
    pub payloads: Arc<dyn PayloadReader>,
    /// What the layout says of folding.
    pub rules: FoldRules,
    /// What is remembered of it.
    pub remembered: StoreWorkspace,
    /// What went wrong with remembering, in a sentence.
    pub notice: Option<String>,
}

impl Opened {
    pub(super) fn of(
        session: SessionId,
        store: &Store,
        remembered: StoreWorkspace,
        notice: Option<String>,
    ) -> Self {
        Self {
            session,
            path: store.path().to_owned(),
            store_path: StorePath::of_all(&store.paths()),
            paths: store.paths(),
            files: file_facts(store),
            format: store.format(),
            access: store.access(),
            recognition: store.recognition().clone(),
            layout: store.layout().clone(),
            contents: store.contents().clone(),
            readings: store.layout().readings(),
            sides: SideKind::ALL
                .map(|kind| (kind, store.side_rows(kind)))
                .to_vec(),
            lacks: store.lacks(),
            size: store.size(),
            payloads: store.payloads(),
            rules: FoldRules {
                drop_keys: store.envelope_copies(),
            },
            remembered,
            notice,
        }
    }

    /// What reports say of the file.
    #[must_use]
    pub fn facts(&self) -> StoreFacts {
        StoreFacts {
            path: joined(&self.paths),
            files: self.files.clone(),
            format: self.format.clone(),
            bytes: self.size,
            layout: layout_facts(&self.recognition),
            problems: Vec::new(),
            lacks: self.lacks.clone(),
        }
    }
}

fn joined(paths: &[PathBuf]) -> String {
    let paths: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    paths.join(" + ")
}

/// A store that could not be read as it is, with what a mapping by hand needs.
#[derive(Clone, Debug)]
pub struct Unread {
    /// The file or folder.
    pub path: PathBuf,
    /// What it is remembered under.
    pub store_path: StorePath,
    /// Why, in a sentence.
    pub message: String,
    /// The tables or keys to choose from, where it came so far.
    pub contents: Option<Contents>,
    /// What is remembered of it; its mapping may be what does not fit.
    pub remembered: StoreWorkspace,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("session", &self.session)
            .field("path", &self.path)
            .finish()
    }
}

/// An answer.
#[derive(Debug)]
pub enum Reply {
    /// To [`Job::State`].
    State(Box<Found>),
    /// To [`Job::Inspect`].
    Inspect {
        /// The event.
        event: EventIx,
        /// What it carries.
        body: Result<Body, Unreadable>,
    },
    /// To [`Job::Bodies`].
    Bodies(Vec<(EventIx, Result<String, Unreadable>)>),
    /// To [`Job::Values`].
    Values {
        /// The stream.
        stream: StreamIx,
        /// The field.
        pointer: String,
        /// Its values, oldest first.
        values: Vec<ValueChange>,
    },
    /// To [`Job::Matches`], several times.
    Matches {
        /// What was found since the last time, in log order.
        events: Vec<EventIx>,
        /// With the last time.
        end: Option<SearchEnd>,
    },
    /// To [`Job::Streams`].
    Streams(Box<StreamList>),
    /// To [`Job::Counts`].
    Counts(Counts),
    /// To [`Job::Row`].
    Row(String),
    /// To [`Job::Density`].
    Density(Box<Timeline>),
    /// To [`Job::Find`].
    Find(Names),
    /// To [`Job::Overview`].
    Overview(Box<StoreOverview>),
}

/// A stream's state, ready to be shown.
#[derive(Debug)]
pub struct Found {
    /// The log it was found in.
    pub log: Arc<Log>,
    /// The state with all that is known around it.
    pub at: StateAt,
    /// The same as of the moment to compare with.
    pub compare: Option<StateAt>,
    /// The sentence.
    pub answer: Answer,
}
