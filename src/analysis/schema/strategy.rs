//! Which of the usual ways of evolving a type has taken, as far as the store shows it.

use serde::Serialize;

use super::verdict::Compatibility;
use super::version::{Verdict, VersionSchema};

/// A way of evolving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// It never changed.
    Unchanged,
    /// Only by fields that may be missing, and in other ways that both old readers and new ones bear.
    OptionalFields,
    /// A new type took its place, such as `…V2`.
    NewType,
    /// What was wrong is put right by events of a type of its own, such as `…Corrected`.
    CompensatingEvents,
    /// It changed in a way that breaks readers. Whether these bring old events up to date (upcasting) stands in
    /// their code: no event tells.
    None,
}

impl Strategy {
    /// In words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unchanged => "never changed",
            Self::OptionalFields => "optional fields",
            Self::NewType => "new type",
            Self::CompensatingEvents => "compensating events",
            Self::None => "none seen",
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
    let breaking = (verdicts.iter()).any(|step| step.transitive != Compatibility::Full);
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
        (_, true) => Strategy::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::schema::tests::version;

    fn step(verdict: Compatibility, transitive: Compatibility) -> Verdict {
        Verdict {
            from: "1".to_owned(),
            to: "2".to_owned(),
            backward: verdict.is_backward(),
            forward: verdict.is_forward(),
            full: verdict == Compatibility::Full,
            verdict,
            transitive,
            changes: Vec::new(),
        }
    }

    #[test]
    fn only_what_every_reader_bears_is_called_optional_fields() {
        use Compatibility::{Backward, Forward, Full, None};
        let versions = [version("1", Vec::new()), version("2", Vec::new())];
        for (verdict, transitive, expected) in [
            (Full, Full, Strategy::OptionalFields),
            (Forward, Forward, Strategy::None),
            (Backward, Backward, Strategy::None),
            (None, None, Strategy::None),
            // The version before is borne, and one before that is not.
            (Full, None, Strategy::None),
        ] {
            let steps = [step(verdict, transitive)];
            let found = strategy("OrderPlaced", &versions, &steps, &["OrderPlaced"]);
            assert_eq!(found, expected, "{verdict:?}, {transitive:?}");
        }
        let names = ["OrderPlaced", "OrderPlacedV2"];
        let found = strategy("OrderPlaced", &versions, &[step(None, None)], &names);
        assert_eq!(found, Strategy::NewType);
    }
}
