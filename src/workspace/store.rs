//! What is remembered about one store.

use serde::{Deserialize, Serialize};

use crate::log::{Clock, MaskedFields};
use crate::model::Timestamp;
use crate::model::time::Zone;
use crate::store::layout::Layout;

/// A moment with a name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bookmark {
    /// The name.
    pub name: String,
    /// The moment as it can be typed: `2024-12-31T23:59:00Z`, `#1042`.
    pub moment: String,
    /// When the bookmark was made.
    pub created: Timestamp,
    /// What a newer version wrote.
    #[serde(flatten)]
    pub extra: toml::Table,
}

/// The filter of the events view, in names and moments that outlive an index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeptFilter {
    /// Streams.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub streams: Vec<String>,
    /// Categories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Event types.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// Event types that are left out; only where none is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// The moment it begins at, as it can be typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The moment it ends at, as it can be typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// A correlation id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
    /// Whether there is to be one at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlated: Option<bool>,
    /// A text in the payload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether its capitals count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<bool>,
    /// What a newer version wrote.
    #[serde(flatten)]
    pub extra: toml::Table,
}

/// Choices made about one store, and where its user was. None stands for no choice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StoreWorkspace {
    /// The zone of times shown and typed for this store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    /// The clock that decides what was known when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// Where the cursor stood, as it can be typed; none for the head.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// The view shown last, by its name for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
    /// The stream selected last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection: Option<String>,
    /// The filter of the events view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<KeptFilter>,
    /// Moments with names, in the user's order.
    pub bookmarks: Vec<Bookmark>,
    /// How the store's columns are to be read, where somebody corrected or chose it. The same as a
    /// file in `assets/layouts`, so that it can be passed on as one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Layout>,
    /// The saga definition that processes are judged by, by its file's name; they are mined where none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saga_definition: Option<String>,
    /// Rules of the audit that are left out, by their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub muted: Vec<String>,
    /// Fields of payloads that the window masks: JSON pointers by event type.
    #[serde(skip_serializing_if = "MaskedFields::is_empty")]
    pub masked: MaskedFields,
    /// What a newer version wrote.
    #[serde(flatten)]
    pub extra: toml::Table,
}
