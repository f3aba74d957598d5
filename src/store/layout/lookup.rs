//! Values that columns are looked up in.

use serde::{Deserialize, Serialize};

use crate::model::json::Pointer;

/// Values of a document by keys: the kinds of objects by their ids, say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// The path to what holds a key and a value each, `/objects/*`.
    pub records: Pointer,
    /// Where in it the key is; the name of the member that it is, where absent.
    #[serde(default)]
    pub key: Option<Pointer>,
    /// Where in it the value is.
    pub value: Pointer,
}
