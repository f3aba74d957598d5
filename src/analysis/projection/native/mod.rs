//! The folds that need no code: chosen from a form, run natively. What they need of payloads is read
//! once and kept in columns, so that going back in time reads no file. Nothing here knows checkpoints.

mod built;
mod columns;
mod key;
mod machine;
mod merge;
mod rule;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use key::Key;

use self::built::Built;
use self::machine::Native;
use self::merge::Merge;
use self::rule::{Count, Latest, Open, Rule, Sum};
use super::machine::Machine;
use super::script::From;
use super::selection::Selection;
use super::{Reading, RunOptions};
use crate::log::Log;
use crate::model::StreamIx;

/// Brings a built-in projection to life.
pub(super) fn machine(
    built_in: &BuiltIn,
    reading: &Reading,
    options: &RunOptions,
) -> Box<dyn Machine> {
    let needs = match &built_in.fold {
        Fold::Merge => return Box::new(Built::new(Merge::new(built_in, reading.clone(), options))),
        Fold::Latest { by } | Fold::Counts { by } | Fold::Open { by, .. } => (by, None),
        Fold::Figures { field, by } => (by, Some(field.as_str())),
    };
    match &built_in.fold {
        Fold::Merge | Fold::Latest { .. } => {
            over_columns(built_in, Latest, needs, reading, options)
        }
        Fold::Counts { .. } => over_columns(built_in, Count, needs, reading, options),
        Fold::Figures { .. } => over_columns(built_in, Sum, needs, reading, options),
        Fold::Open { .. } => {
            let open = Open::new(built_in, &reading.log);
            over_columns(built_in, open, needs, reading, options)
        }
    }
}

fn over_columns<R: Rule + 'static>(
    built_in: &BuiltIn,
    rule: R,
    needs: (&Key, Option<&str>),
    reading: &Reading,
    options: &RunOptions,
) -> Box<dyn Machine> {
    let native = Native::new(built_in, rule, needs, reading.clone(), options);
    Box::new(Built::new(native))
}

/// A projection that needs no code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BuiltIn {
    /// What is done.
    #[serde(flatten)]
    pub fold: Fold,
    /// Of which events: all, where it is left out.
    #[serde(default)]
    pub from: From,
    /// Of which types: all, where there are none.
    #[serde(default)]
    pub types: Vec<String>,
    /// What brings payloads of old schema versions up to date before.
    #[serde(skip)]
    pub upcasters: Option<Arc<str>>,
}

/// What a built-in projection does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fold", rename_all = "snake_case")]
pub enum Fold {
    /// Merges payloads (RFC 7396), one state a stream.
    Merge,
    /// The latest event of each key.
    Latest {
        /// What events are told apart by.
        #[serde(default)]
        by: Key,
    },
    /// How many events each key has.
    Counts {
        /// What events are told apart by.
        #[serde(default = "Key::event_type")]
        by: Key,
    },
    /// Count, sum, least, greatest and average of a number in payloads, by key. Exact to 28 digits.
    Figures {
        /// A pointer to the number.
        field: String,
        /// What events are told apart by.
        #[serde(default)]
        by: Key,
    },
    /// What was opened and is not closed yet.
    Open {
        /// Types of events that open.
        opened: Vec<String>,
        /// Types of events that close.
        closed: Vec<String>,
        /// What opened and closed things are called.
        #[serde(default)]
        by: Key,
    },
}

impl BuiltIn {
    /// The events of a log that it folds: those of one stream only, where there is one.
    pub(super) fn selection(&self, log: &Log, only: Option<StreamIx>) -> Selection {
        Selection::of_types(log, &self.from, &self.folded_types()).only(log, only)
    }

    /// The types of the events that it folds; all, where there are none.
    fn folded_types(&self) -> Vec<String> {
        match &self.fold {
            Fold::Open { opened, closed, .. } => opened.iter().chain(closed).cloned().collect(),
            _ => self.types.clone(),
        }
    }
}
