//! From a path to a whole log, and from a typed moment to a cut.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Common;
use crate::analysis::overview::StoreFacts;
use crate::analysis::replay::{FoldRules, ReplayError};
use crate::analysis::streams::Unresolved;
use crate::log::{Bound, Clock, Cut, Log, PayloadReader};
use crate::model::time::{Edge, InputContext, InputError, Moment, input};
use crate::model::{Cancelled, StreamIx, Task, Timestamp};
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
        Ok(Self {
            payloads: store.payloads(),
            facts: facts(&store),
            rules: FoldRules {
                drop_keys: store.envelope_copies(),
            },
            log,
            clock,
        })
    }

    /// The cut at a typed moment; everything without one. `v7` needs a stream.
    pub fn cut(
        &self,
        typed: Option<&str>,
        edge: Edge,
        stream: Option<StreamIx>,
        now: Timestamp,
        common: &Common,
    ) -> Result<Cut, CliError> {
        let bound = match typed {
            None => Bound::Head,
            Some(text) => self.bound(text, edge, stream, now, common)?,
        };
        Ok(self.log.cut(self.clock, bound))
    }

    /// What a typed moment means in this store.
    pub fn bound(
        &self,
        text: &str,
        edge: Edge,
        stream: Option<StreamIx>,
        now: Timestamp,
        common: &Common,
    ) -> Result<Bound, CliError> {
        let log = &self.log;
        let context = InputContext {
            now,
            head: log.head_time(self.clock),
            cursor: None,
            zone: common.zone,
            edge,
        };
        if let Some(bound) = log.at_position_name(text) {
            return Ok(bound);
        }
        let typed = input::parse(text, &context)?;
        Ok(match typed.moment {
            Moment::Head => Bound::Head,
            Moment::Time(_) if !log.has_clock(self.clock) => {
                return Err(InputError::NoTimes {
                    text: text.to_owned(),
                }
                .into());
            }
            Moment::Time(time) => Bound::Time(time),
            Moment::Position(position) if !log.sources().is_empty() => {
                let file = &log.sources()[0].name;
                return Err(CliError::Other(format!(
                    "several files are open, so a position needs its file: #{file}:{}",
                    position.0
                )));
            }
            Moment::Position(position) => {
                log.at_position(position).map_or(Bound::Start, Bound::Event)
            }
            Moment::Version(version) => {
                let Some(stream) = stream else {
                    return Err(CliError::Other(format!(
                        "\"{text}\" is a version, which needs a stream; type a time or #position"
                    )));
                };
                let found = crate::analysis::replay::at_version(log, stream, version);
                let found = found.ok_or_else(|| {
                    let (_, _, count) = log.stream_extent(stream).unwrap_or((
                        crate::model::EventIx(0),
                        crate::model::EventIx(0),
                        0,
                    ));
                    CliError::Other(format!(
                        "{} has no {version}; it has {count} events",
                        log.stream_name(stream)
                    ))
                })?;
                Bound::Event(found)
            }
        })
    }
}

fn layout(file: &PathBuf) -> Result<crate::store::layout::Layout, CliError> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| LayoutError {
        file: name.clone(),
        message: error.to_string(),
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
