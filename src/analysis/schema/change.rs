//! A field that changed, and what types it may have.

use serde::Serialize;

use super::field::Field;
use crate::analysis::bodies::Kind;

/// One field that changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Where.
    pub path: String,
    /// In which way.
    pub kind: ChangeKind,
    /// What it was; null where it was not there.
    pub from: Option<String>,
    /// What it is; null where it is gone.
    pub to: Option<String>,
    /// Why that is believed, where it is no more than likely.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// In which way a field changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It came, and is always there.
    AddedRequired,
    /// It came, and may be missing.
    AddedOptional,
    /// It went, and had always been there.
    RemovedRequired,
    /// It went, and could be missing.
    RemovedOptional,
    /// It may be missing now.
    MadeOptional,
    /// It is always there now.
    MadeRequired,
    /// It may have more types.
    Widened,
    /// It may have fewer types.
    Narrowed,
    /// It has another type.
    Retyped,
    /// One field went and one came that may be the same; beside the two changes that this is.
    Renamed,
    /// A field that went, or became an object, may stand here now; beside the changes that this is.
    Moved,
    /// Its texts have another format; decides nothing.
    Format,
    /// Its texts are chosen from another list; decides nothing.
    Values,
}

impl ChangeKind {
    /// In a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AddedRequired | Self::AddedOptional => "Added",
            Self::RemovedRequired | Self::RemovedOptional => "Removed",
            Self::MadeOptional => "Optional",
            Self::MadeRequired => "Required",
            Self::Widened => "Widened",
            Self::Narrowed => "Narrowed",
            Self::Retyped => "Retyped",
            Self::Renamed => "Renamed?",
            Self::Moved => "Moved?",
            Self::Format => "Format",
            Self::Values => "Values",
        }
    }
}

/// Types as bits: null, boolean, integer, number, string, object, array. A number may be an integer.
pub(super) fn types(field: &Field) -> u8 {
    let mut bits = 0;
    for kind in Kind::of(field.kinds) {
        bits |= match kind.json_type() {
            "null" => 1,
            "boolean" => 2,
            "integer" => 4,
            "number" => 4 | 8,
            "string" => 16,
            "object" => 32,
            _ => 64,
        };
    }
    bits
}

pub(super) const NULL: u8 = 1;
