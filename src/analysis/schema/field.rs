//! A field of a version of a type.

use serde::Serialize;

use super::samples::Sample;

/// A field of a version.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Field {
    /// Where it stands, as a pointer in which `*` stands for each item, or for keys that are data.
    pub path: String,
    /// Its types as JSON Schema names them.
    pub types: Vec<&'static str>,
    /// The share of payloads that have it, of those that have what it stands in.
    pub presence: f64,
    /// Whether it is missing where it could stand.
    pub optional: bool,
    /// The format of its texts, where all have the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<&'static str>,
    /// Its texts where they are few and come again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// The kinds of its values, as bits.
    #[serde(skip)]
    pub kinds: u16,
    /// Values that it had at the ends of the version, where other versions lack it.
    #[serde(skip)]
    pub(super) sample: Sample,
}

impl Field {
    /// Its types in a few letters: `string?`, `integer | null`.
    #[must_use]
    pub fn words(&self) -> String {
        let types = match (self.format, &self.types[..]) {
            // By itself it would be taken for a number.
            (Some("decimal"), ["string"]) => "string (decimal)".to_owned(),
            (Some(format), ["string"]) => format.to_owned(),
            _ => self.types.join(" | "),
        };
        let count = self.values.len();
        let types = if count > 0 {
            format!("enum({count})")
        } else {
            types
        };
        format!("{types}{}", if self.optional { "?" } else { "" })
    }
}
