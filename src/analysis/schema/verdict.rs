//! Who can read what, by the table of the Confluent Schema Registry.

use serde::Serialize;

use super::change::{Change, ChangeKind};

/// How two versions get on with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Compatibility {
    /// Neither reads the other's events.
    None,
    /// Readers of the new version read old events.
    Backward,
    /// Readers of the old version read new events.
    Forward,
    /// Both.
    Full,
}

impl Compatibility {
    /// By what changed.
    #[must_use]
    pub fn of(changes: &[Change]) -> Self {
        let backward = changes.iter().all(|change| is_backward(change.kind));
        let forward = changes.iter().all(|change| is_forward(change.kind));
        match (backward, forward) {
            (true, true) => Self::Full,
            (true, false) => Self::Backward,
            (false, true) => Self::Forward,
            (false, false) => Self::None,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Backward => "backward",
            Self::Forward => "forward",
            Self::Full => "full",
        }
    }

    /// Whether readers of the new version read old events.
    #[must_use]
    pub const fn is_backward(self) -> bool {
        matches!(self, Self::Backward | Self::Full)
    }

    /// Whether readers of the old version read new events.
    #[must_use]
    pub const fn is_forward(self) -> bool {
        matches!(self, Self::Forward | Self::Full)
    }
}

/// Delete fields; add optional fields; demand less of those that stay.
const fn is_backward(kind: ChangeKind) -> bool {
    !matches!(
        kind,
        ChangeKind::AddedRequired
            | ChangeKind::MadeRequired
            | ChangeKind::Narrowed
            | ChangeKind::Retyped
    )
}

/// Add fields; delete optional fields; promise no less of those that stay.
const fn is_forward(kind: ChangeKind) -> bool {
    !matches!(
        kind,
        ChangeKind::RemovedRequired
            | ChangeKind::MadeOptional
            | ChangeKind::Widened
            | ChangeKind::Retyped
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "Compatibility types" in the documentation of the Confluent Schema Registry: which changes are
    /// allowed by BACKWARD, FORWARD and FULL.
    #[test]
    fn the_documented_table() {
        use ChangeKind::{AddedOptional, AddedRequired, RemovedOptional, RemovedRequired};
        let table = [
            // (change, allowed by BACKWARD, allowed by FORWARD)
            (RemovedRequired, true, false),
            (RemovedOptional, true, true),
            (AddedOptional, true, true),
            (AddedRequired, false, true),
        ];
        for (kind, backward, forward) in table {
            assert_eq!(
                (is_backward(kind), is_forward(kind)),
                (backward, forward),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn whatever_forward_allows_backward_allows_the_other_way_round() {
        use ChangeKind as Kind;
        let turned = [
            (Kind::AddedRequired, Kind::RemovedRequired),
            (Kind::AddedOptional, Kind::RemovedOptional),
            (Kind::MadeOptional, Kind::MadeRequired),
            (Kind::Widened, Kind::Narrowed),
            (Kind::Retyped, Kind::Retyped),
        ];
        for (one, two) in turned {
            assert_eq!(is_backward(one), is_forward(two));
            assert_eq!(is_forward(one), is_backward(two));
        }
    }
}
