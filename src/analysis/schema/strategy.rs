//! Which of the usual ways of evolving a type has taken, as far as the store shows it.

use serde::Serialize;

use super::report::{Verdict, VersionSchema};

/// A way of evolving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// It never changed.
    Unchanged,
    /// Only in ways that old and new readers bear: optional fields.
    OptionalFields,
    /// Versions that do not read each other stand side by side: readers have to bring old ones up to date.
    Upcasting,
    /// A new type took its place, such as `…V2`.
    NewType,
    /// What was wrong is put right by events of a type of its own, such as `…Corrected`.
    CompensatingEvents,
    /// It changed in a way that breaks readers, and no version says so.
    None,
}

impl Strategy {
    /// In words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unchanged => "never changed",
            Self::OptionalFields => "optional fields",
            Self::Upcasting => "upcasting",
            Self::NewType => "new type",
            Self::CompensatingEvents => "compensating events",
            Self::None => "none",
        }
    }
}

/// The name without a version at its end.
fn stem(name: &str) -> &str {
    let digits = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if digits.len() == name.len() {
        return name;
    }
    let stem = digits.strip_suffix(['V', 'v']).unwrap_or(name);
    stem.trim_end_matches(['_', '-', '.'])
}

pub(super) fn strategy(
    name: &str,
    versions: &[VersionSchema],
    verdicts: &[Verdict],
    names: &[&str],
) -> Strategy {
    let own = stem(name);
    if names
        .iter()
        .any(|other| *other != name && stem(other) == own)
    {
        return Strategy::NewType;
    }
    let breaking = verdicts.iter().any(|verdict| !verdict.full);
    let corrects = |other: &&&str| {
        let stem = other
            .strip_suffix("Corrected")
            .or_else(|| other.strip_suffix("Corrections"));
        stem.is_some_and(|stem| !stem.is_empty() && name.starts_with(stem) && **other != name)
    };
    match (versions.len(), breaking) {
        (0 | 1, _) if names.iter().any(|other| corrects(&other)) => Strategy::CompensatingEvents,
        (0 | 1, _) => Strategy::Unchanged,
        (_, false) => Strategy::OptionalFields,
        (_, true) if versions.iter().all(|version| version.declared) => Strategy::Upcasting,
        (_, true) => Strategy::None,
    }
}
