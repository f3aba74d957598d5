//! Which of the usual ways of evolving a type has taken, as far as the store shows it.

use serde::Serialize;

use super::changes::{Change, ChangeKind};
use super::report::{Verdict, VersionSchema};

/// A way of evolving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// It never changed.
    Unchanged,
    /// Only by fields that come or go, which readers may take for optional.
    OptionalFields,
    /// What a field holds or is called changed under one name and with a new version: readers have to bring
    /// old events up to date.
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

/// Whether old events have to be written anew to be read as new ones: a field has another type, or what one
/// held stands in another.
fn is_recast(changes: &[Change]) -> bool {
    let has = |kinds: &[ChangeKind]| changes.iter().any(|change| kinds.contains(&change.kind));
    let (came, went) = (
        has(&[ChangeKind::AddedRequired]),
        has(&[ChangeKind::RemovedRequired]),
    );
    came && went || has(&[ChangeKind::Retyped, ChangeKind::Renamed])
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
        (_, true) if versions.iter().all(|version| version.declared) => {
            match verdicts.iter().any(|step| is_recast(&step.changes)) {
                true => Strategy::Upcasting,
                false => Strategy::OptionalFields,
            }
        }
        (_, true) => Strategy::None,
    }
}

#[cfg(test)]
mod tests {
    use super::ChangeKind::{
        AddedRequired, MadeOptional, RemovedRequired, Renamed, Retyped, Widened,
    };
    use super::*;

    #[test]
    fn old_events_are_written_anew_where_what_they_hold_moves_and_not_where_something_is_added() {
        let changes = |kinds: &[ChangeKind]| -> Vec<Change> {
            let change = |kind: &ChangeKind| Change {
                path: "/channel".to_owned(),
                kind: *kind,
                from: None,
                to: None,
                evidence: None,
            };
            kinds.iter().map(change).collect()
        };
        for recast in [
            &[AddedRequired, RemovedRequired][..],
            &[Retyped],
            &[Renamed, AddedRequired],
        ] {
            assert!(is_recast(&changes(recast)), "{recast:?}");
        }
        for kept in [
            &[AddedRequired][..],
            &[RemovedRequired],
            &[MadeOptional, Widened],
        ] {
            assert!(!is_recast(&changes(kept)), "{kept:?}");
        }
    }
}
