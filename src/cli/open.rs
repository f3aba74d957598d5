//! From paths to a whole log with what reports say of its files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Common;
use super::moment::clock_name;
use crate::analysis::overview::StoreFacts;
use crate::analysis::replay::{FoldRules, ReplayError};
use crate::analysis::streams::Unresolved;
use crate::log::{Clock, Log, PayloadReader};
use crate::model::time::InputError;
use crate::model::{Cancelled, Task};
use crate::store::layout::{LayoutError, from_toml};
use crate::store::{OpenError, OpenOptions, Store};
use crate::workspace::{StorePath, Workspace, WorkspaceError};

/// Why there is no answer: one sentence.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The store.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The moment.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The stream.
    #[error(transparent)]
    Stream(#[from] Unresolved),
    /// The replay.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The layout file.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The workspace.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// Called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// Printing.
    #[error("the answer could not be written: {0}")]
    Print(#[from] std::io::Error),
    /// JSON.
    #[error("the answer could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Anything else, in a sentence.
    #[error("{0}")]
    Other(String),
}

/// A store, wholly indexed.
pub(super) struct Opened {
    pub log: Log,
    pub payloads: Arc<dyn PayloadReader>,
    pub facts: StoreFacts,
    pub rules: FoldRules,
    pub clock: Clock,
    /// What the zone made of typed times, to be told.
    pub notes: Vec<String>,
}

impl Opened {
    pub fn new(path: &Path, common: &Common) -> Result<Self, CliError> {
        let chosen = common.layout.as_ref().map(layout).transpose()?;
        let mut files = Vec::with_capacity(1 + common.with.len());
        for path in std::iter::once(path).chain(common.with.iter().map(PathBuf::as_path)) {
            let layout = match (&chosen, &common.workspace) {
                (Some(chosen), _) => Some(chosen.clone()),
                (None, Some(dir)) => {
                    let remembered = Workspace::at(dir).load_store(&StorePath::of(path))?;
                    remembered.value.mapping
                }
                (None, None) => None,
            };
            files.push((path.to_owned(), OpenOptions { layout }));
        }
        let task = Task::new();
        let mut store = Store::open_all(&files, common.order.into(), &task)?;
        let mut builder = store.builder();
        store.index(&mut builder, &task, &mut |_| {})?;
        let (log, _) = builder.finish();
        let clock = common
            .clock
            .map_or_else(|| log.default_clock(), Clock::from);
        if common.clock.is_some() && !log.has_clock(clock) && !log.is_empty() {
            let name = clock_name(clock);
            return Err(CliError::Other(format!("this store has no {name} times")));
        }
        Ok(Self {
            payloads: store.payloads(),
            facts: facts(&store),
            rules: FoldRules {
                drop_keys: store.envelope_copies(),
            },
            log,
            clock,
            notes: Vec::new(),
        })
    }
}

fn layout(file: &PathBuf) -> Result<crate::store::layout::Layout, CliError> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| LayoutError {
        file: name.clone(),
        message: format!("since it cannot be read ({error})"),
    })?;
    Ok(from_toml(&name, &text)?)
}

fn facts(store: &Store) -> StoreFacts {
    let paths = store.paths();
    let paths: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    StoreFacts {
        path: paths.join(" + "),
        files: crate::worker::file_facts(store),
        format: store.format(),
        bytes: store.size(),
        layout: crate::worker::layout_facts(store.recognition()),
        problems: Vec::new(),
        lacks: store.lacks(),
    }
}
