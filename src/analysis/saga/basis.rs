//! By what it is told who leads a process: the view and the report say which of the two kinds it is, and
//! why.

use std::fmt;

use super::definition::{Definition, Style};

/// Why a process is called what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Its definition says so.
    Declared,
    /// This participant tells the others what to do.
    Leader(String),
    /// It is named after somebody who leads.
    Named,
    /// This engine leads whatever it runs.
    Engine(&'static str),
    /// Nobody leads.
    Nobody,
    /// This table keeps its state.
    Stored(String),
}

impl Basis {
    /// Whether nobody has said how it ends.
    #[must_use]
    pub const fn is_mined(&self) -> bool {
        !matches!(self, Self::Declared | Self::Engine(_))
    }

    /// Who leads by it.
    #[must_use]
    pub const fn style(&self, definition: &Definition) -> Style {
        match self {
            Self::Declared => definition.style,
            Self::Leader(_) | Self::Named | Self::Engine(_) | Self::Stored(_) => {
                Style::Orchestration
            }
            Self::Nobody => Style::Choreography,
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declared => f.write_str("as its definition says"),
            Self::Leader(who) => write!(f, "{who} tells the others what to do"),
            Self::Named => f.write_str("named after who leads it"),
            Self::Engine(engine) => write!(f, "{engine} runs it"),
            Self::Nobody => f.write_str("nobody leads"),
            Self::Stored(table) => write!(f, "its state is kept in {table}"),
        }
    }
}
