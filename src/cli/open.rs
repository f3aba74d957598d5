//! From paths to a whole log with what reports say of its files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Common;
use super::error::CliError;
use super::told::ReadAs;
use crate::analysis::overview::StoreFacts;
use crate::analysis::projection::{Reading, RunOptions};
use crate::analysis::replay::FoldRules;
use crate::log::{Clock, Log, Mask, Masked, MaskedFields, PayloadReader, RowSource, TableSource};
use crate::model::Task;
use crate::store::layout::{LayoutError, from_toml};
use crate::store::{OpenError, OpenOptions, Store, Tail, attached};
use crate::worker::{fold_rules, store_facts};
use crate::workspace::{StorePath, StoreWorkspace, Workspace};

/// A store, wholly indexed.
pub(super) struct Opened {
    pub log: Log,
    /// As they may be shown: without the values of fields that are remembered as masked.
    pub payloads: Arc<dyn PayloadReader>,
    /// As they are, for schemas and the audit, which judge values themselves and quote them as they may be shown.
    pub unmasked: Arc<dyn PayloadReader>,
    pub rows: Arc<dyn RowSource>,
    pub tables: Arc<dyn TableSource>,
    pub store: Store,
    pub facts: StoreFacts,
    pub rules: FoldRules,
    pub clock: Clock,
    /// How typed times were read, to be told.
    pub read_as: Vec<ReadAs>,
}

/// What is remembered of these files as the store that they are together; nothing where no workspace was named.
pub(super) fn remembered(path: &Path, common: &Common) -> Result<StoreWorkspace, CliError> {
    let Some(workspace) = common.workspace.as_ref().map(Workspace::at) else {
        return Ok(StoreWorkspace::default());
    };
    let paths = std::iter::once(path).chain(common.with.iter().map(PathBuf::as_path));
    let of = StorePath::of_all(&paths.map(Path::to_owned).collect::<Vec<_>>());
    Ok(workspace.load_store(&of)?.value)
}

/// What of each event is indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Indexed {
    /// All that the layout knows.
    All,
    /// That, but for what caused it.
    WithoutCauses,
}

impl Opened {
    pub fn new(path: &Path, common: &Common) -> Result<Self, CliError> {
        Self::indexed(path, common, Indexed::All)
    }

    pub fn indexed(path: &Path, common: &Common, indexed: Indexed) -> Result<Self, CliError> {
        let chosen = common.layout.as_ref().map(layout).transpose()?;
        let mut files = Vec::with_capacity(1 + common.with.len());
        let mut masked = MaskedFields::new();
        for path in std::iter::once(path).chain(common.with.iter().map(PathBuf::as_path)) {
            let mut mapping = None;
            if let Some(dir) = &common.workspace {
                if !dir.is_dir() {
                    return Err(CliError::NoWorkspace(dir.clone()));
                }
                let remembered = Workspace::at(dir).load_store(&StorePath::of(path))?.value;
                for (name, fields) in remembered.masked {
                    masked.entry(name).or_default().extend(fields);
                }
                mapping = remembered.mapping;
            }
            let layout = chosen.clone().or(mapping);
            files.push((path.to_owned(), OpenOptions { layout }));
        }
        let task = Task::new();
        let opened = Store::open_all(&files, common.order.into(), &task);
        let mut store = opened.map_err(|error| named(error, common.layout.as_deref()))?;
        if indexed == Indexed::WithoutCauses {
            store.leave_out_causes();
        }
        let mut builder = store.builder();
        store.index(&mut builder, Tail::AtRest, &task, &mut |_| {})?;
        let (log, _) = builder.finish();
        let clock = common
            .clock
            .map_or_else(|| log.default_clock(), Clock::from);
        if common.clock.is_some() && !log.has_clock(clock) && !log.is_empty() {
            let name = clock.name();
            return Err(CliError::Other(format!("this store has no {name} times")));
        }
        let unmasked = store.payloads();
        Ok(Self {
            payloads: match masked.is_empty() {
                true => Arc::clone(&unmasked),
                false => Arc::new(Masked {
                    payloads: Arc::clone(&unmasked),
                    mask: Mask::new(&masked),
                }),
            },
            unmasked,
            rows: store.rows(),
            tables: store.tables(),
            facts: store_facts(&store),
            rules: fold_rules(&store),
            log,
            clock,
            store,
            read_as: Vec::new(),
        })
    }
}

impl Opened {
    /// What a projection reads.
    pub fn reading(&self) -> Reading {
        Reading {
            log: self.log.clone(),
            payloads: Arc::clone(&self.payloads),
            clock: self.clock,
        }
    }

    /// How a projection is run here, with the tables of these files beside those of the store.
    pub fn run_options(&self, attach: &[PathBuf], task: &Task) -> Result<RunOptions, CliError> {
        Ok(RunOptions {
            fold: self.rules.clone(),
            tables: attached(&self.store, attach, task)?,
            ..RunOptions::default()
        })
    }
}

/// A layout that does not fit is named by the file that it came from.
fn named(error: OpenError, file: Option<&Path>) -> CliError {
    match (error, file) {
        (OpenError::Layout(error), Some(file)) => CliError::Layout(LayoutError {
            file: file.display().to_string(),
            ..error
        }),
        (error, _) => CliError::Open(error),
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
