//! What a projection is, as somebody wrote it down.

use std::path::Path;
use std::sync::Arc;

use super::native::{BuiltIn, Fold};
use super::script::ScriptError;

/// A projection's definition.
#[derive(Clone, Debug, PartialEq)]
pub enum Definition {
    /// JavaScript.
    Script(Script),
    /// One of the folds that need no code.
    BuiltIn(BuiltIn),
}

/// A definition in JavaScript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The projection.
    pub text: Arc<str>,
    /// What brings payloads of old schema versions up to date before any handler sees them.
    pub upcasters: Option<Arc<str>>,
}

impl<T: AsRef<str>> From<T> for Script {
    fn from(text: T) -> Self {
        Self {
            text: text.as_ref().into(),
            upcasters: None,
        }
    }
}

impl Definition {
    /// Reads a definition: a file whose name ends in `.json` holds a built-in one, any other JavaScript.
    ///
    /// # Errors
    /// Where a built-in one does not hold; scripts are judged when they are brought to life.
    pub fn read(name: &Path, text: &str) -> Result<Self, ScriptError> {
        if name.extension().is_none_or(|ending| ending != "json") {
            return Ok(Self::Script(text.into()));
        }
        match serde_json::from_str(text) {
            Ok(fold) => Ok(Self::BuiltIn(fold)),
            Err(error) => Err(ScriptError {
                line: u32::try_from(error.line()).ok(),
                column: u32::try_from(error.column()).ok(),
                // Line and column are told beside it.
                message: match error.to_string().split_once(" at line ") {
                    Some((message, _)) => message.to_owned(),
                    None => error.to_string(),
                },
            }),
        }
    }

    /// How many events should lie between two checkpoints: a jump folds half as many on the average, and
    /// each checkpoint costs the states that have changed, which of random ones are soon all. Handlers and
    /// merging take microseconds an event, figures a good part of one, folds over columns a small one.
    #[must_use]
    pub const fn spacing(&self) -> u32 {
        match self {
            Self::Script(_) => 1 << 12,
            Self::BuiltIn(fold) => match fold.fold {
                Fold::Merge => 1 << 12,
                Fold::Figures { .. } => 1 << 15,
                Fold::Latest { .. } | Fold::Counts { .. } | Fold::Open { .. } => 1 << 16,
            },
        }
    }

    /// The definition with upcasters that apply before any handler. Built-in folds have none.
    #[must_use]
    pub fn after(self, upcasters: &str) -> Self {
        match self {
            Self::Script(script) => Self::Script(Script {
                upcasters: Some(upcasters.into()),
                ..script
            }),
            Self::BuiltIn(fold) => Self::BuiltIn(BuiltIn {
                upcasters: Some(upcasters.into()),
                ..fold
            }),
        }
    }
}
