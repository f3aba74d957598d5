//! The pages of a view that can be gone to by their names.

use serde::{Deserialize, Serialize};

/// What the Lag view shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LagPage {
    /// Every consumer over time.
    #[default]
    Lag,
    /// How long events took.
    Distribution,
    /// What readers missed.
    Reread,
    /// The way of events.
    Pipeline,
    /// What waits to be published.
    Outbox,
    /// What consumers gave up on.
    DeadLetters,
}

impl LagPage {
    /// All of them, in the order in which they stand.
    pub const ALL: [Self; 6] = [
        Self::Lag,
        Self::Distribution,
        Self::Reread,
        Self::Pipeline,
        Self::Outbox,
        Self::DeadLetters,
    ];

    /// As people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lag => "Lag",
            Self::Distribution => "Distribution",
            Self::Reread => "Read your writes",
            Self::Pipeline => "Pipeline",
            Self::Outbox => "Outbox",
            Self::DeadLetters => "Dead letters",
        }
    }
}
