//! Values that columns are looked up in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::json::Pointer;

/// Values by keys: of a document, the kinds of objects by their ids, say; or words that a layout has for
/// codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// The same in every document.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// The path to what holds a key and a value each, `/objects/*`.
    #[serde(default)]
    pub records: Pointer,
    /// Where in it the key is; the name of the member that it is, where absent.
    #[serde(default)]
    pub key: Option<Pointer>,
    /// Where in it the value is.
    #[serde(default)]
    pub value: Pointer,
}
