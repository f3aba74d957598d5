//! What is opened, and what is known of it before the first event is read.

use std::path::PathBuf;
use std::sync::Arc;

use super::questions::{fold_rules, store_facts};
use super::subject::SessionId;
use crate::analysis::overview::{FileFacts, StoreFacts};
use crate::analysis::replay::FoldRules;
use crate::log::{PayloadReader, RowSource, TableSource};
use crate::model::Timestamp;
use crate::store::layout::{Contents, Layout, Role, SideKind};
use crate::store::{OpenOptions, Recognition, SideRows, Store};
use crate::workspace::{StorePath, StoreWorkspace, Workspace};

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
    /// The computer's clock: when something was seen while the store is followed.
    pub clock: fn() -> Timestamp,
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
    /// What reports say of the file.
    pub facts: Arc<StoreFacts>,
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
    pub sides: Vec<(SideKind, Option<SideRows>)>,
    /// What it does not hold.
    pub lacks: Vec<String>,
    /// In bytes.
    pub size: u64,
    /// Its payloads.
    pub payloads: Arc<dyn PayloadReader>,
    /// What stands beside its events.
    pub rows: Arc<dyn RowSource>,
    /// Its other tables.
    pub tables: Arc<dyn TableSource>,
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
        let facts = store_facts(store);
        Self {
            session,
            path: store.path().to_owned(),
            store_path: StorePath::of_all(&store.paths()),
            paths: store.paths(),
            files: facts.files.clone(),
            facts: Arc::new(facts),
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
            rows: store.rows(),
            tables: store.tables(),
            rules: fold_rules(store),
            remembered,
            notice,
        }
    }
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
