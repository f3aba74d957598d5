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
use crate::store::{Recognition, SideRows, Store};
use crate::workspace::{StorePath, StoreWorkspace, Workspace};

/// What to open.
#[derive(Clone, Debug)]
pub struct OpenRequest {
    /// Files or folders, at least one; several are opened as one store.
    pub paths: Vec<PathBuf>,
    /// The mapping of one of them that has just changed and may not be written yet: none where it was
    /// taken back. The others' are read from the workspace.
    pub corrected: Option<(StorePath, Option<Layout>)>,
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
    /// How it is read without touching it.
    pub access: String,
    /// What it was taken for and why; of several files what is said of all of them.
    pub recognition: Recognition,
    /// The files as each is read; itself where it is a single one.
    pub parts: Vec<StoreFile>,
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

/// One of the files of a store, as it is read.
#[derive(Clone, Debug)]
pub struct StoreFile {
    /// What it is called on screen: as on disk, unless several are called so there.
    pub name: String,
    /// What it is called in positions and reports.
    pub called: String,
    /// The file, or the folder that was named where it is of one.
    pub path: PathBuf,
    /// What its mapping is remembered under.
    pub store_path: StorePath,
    /// What the file is: "SQLite".
    pub format: String,
    /// How it is read without touching it.
    pub access: String,
    /// What it was taken for and why.
    pub recognition: Recognition,
    /// Whether it is read by a mapping of the user's.
    pub is_mapped: bool,
    /// The layout it is read by.
    pub layout: Layout,
    /// The tables or keys that a mapping can name.
    pub contents: Contents,
    /// How its columns are read.
    pub readings: Vec<(Role, Option<String>)>,
    /// Its side tables with their rows; none where it has no such table.
    pub sides: Vec<(SideKind, Option<SideRows>)>,
}

impl StoreFile {
    /// `named` are the files and folders that the store was opened by.
    fn of(name: String, called: &str, store: &Store, named: &[PathBuf]) -> Self {
        let own = store.path();
        let path = named.iter().find(|named| own.starts_with(named));
        let path = path.map_or(own, PathBuf::as_path);
        Self {
            name,
            called: called.to_owned(),
            path: path.to_owned(),
            store_path: StorePath::of(path),
            format: store.format(),
            access: store.access(),
            recognition: store.recognition().clone(),
            is_mapped: store.is_mapped(),
            layout: store.layout().clone(),
            contents: store.contents().clone(),
            readings: store.layout().readings(),
            sides: sides(store),
        }
    }

    /// All of a store.
    fn all(store: &Store) -> Vec<Self> {
        let named = store.paths();
        let on_disk = |store: &Store| {
            let name = store.path().file_name().unwrap_or_default();
            name.to_string_lossy().into_owned()
        };
        let files = match store.files() {
            files if files.is_empty() => vec![("", store)],
            files => files,
        };
        let names: Vec<String> = files.iter().map(|(_, own)| on_disk(own)).collect();
        let file = |(at, (called, own)): (usize, &(&str, &Store))| {
            let alone = names.iter().filter(|name| **name == names[at]).count() == 1;
            let name = if alone {
                names[at].clone()
            } else {
                (*called).to_owned()
            };
            Self::of(name, called, own, &named)
        };
        files.iter().enumerate().map(file).collect()
    }
}

fn sides(store: &Store) -> Vec<(SideKind, Option<SideRows>)> {
    let rows = SideKind::ALL.into_iter();
    rows.map(|kind| (kind, store.side_rows(kind))).collect()
}

impl Opened {
    /// Whether this is a table that events, or what stands beside them, are read from; those of an
    /// attached file are not.
    #[must_use]
    pub fn reads(&self, table: &str) -> bool {
        let (file, name) = table.rsplit_once('/').unwrap_or(("", table));
        let stem = |part: &StoreFile| part.path.file_stem().is_some_and(|stem| stem == file);
        let is_own = |part: &&StoreFile| {
            file.is_empty() || file == part.called || part.called.is_empty() && stem(part)
        };
        let mut own = self.parts.iter().filter(is_own);
        own.any(|part| part.layout.reads(name))
    }

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
            access: store.access(),
            recognition: store.recognition().clone(),
            parts: StoreFile::all(store),
            sides: sides(store),
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
    /// All that were to be opened with it, itself among them.
    pub paths: Vec<PathBuf>,
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
