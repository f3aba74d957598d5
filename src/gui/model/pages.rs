//! The pages of a view that can be gone to by their names.

use serde::{Deserialize, Serialize};

use super::View;

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

/// What the Sagas view shows beside its list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SagaPage {
    /// One saga over time.
    #[default]
    Timeline,
    /// One saga as a sequence diagram.
    Sequence,
    /// What follows what in all of them.
    Map,
    /// How long they took.
    Durations,
    /// Several from a common start.
    Beside,
    /// What the store keeps of them beside its events.
    Stored,
}

impl SagaPage {
    /// Those that every store has, in the order in which they stand.
    pub const ALL: [Self; 5] = [
        Self::Timeline,
        Self::Sequence,
        Self::Map,
        Self::Durations,
        Self::Beside,
    ];

    /// As people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Timeline => "Timeline",
            Self::Sequence => "Sequence",
            Self::Map => "Map",
            Self::Durations => "Durations",
            Self::Beside => "Compare",
            Self::Stored => "Stored",
        }
    }

    /// Under which it is found by whoever types what they want to see.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Timeline => "Timeline of a saga",
            Self::Sequence => "Sequence diagram of a saga",
            Self::Map => "Process map of the sagas",
            Self::Durations => "Durations of the sagas",
            Self::Beside => "Compare sagas",
            Self::Stored => "Stored states of the sagas",
        }
    }
}

/// A page of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Of the Lag view.
    Lag(LagPage),
    /// Of the Sagas view.
    Sagas(SagaPage),
}

impl Page {
    /// Whose page it is.
    #[must_use]
    pub const fn view(self) -> View {
        match self {
            Self::Lag(_) => View::Lag,
            Self::Sagas(_) => View::Sagas,
        }
    }
}
