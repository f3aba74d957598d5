//! How instances and their steps stand: the words for it, and nothing of how they come about.

/// How an instance stands, apart from its silence.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It goes on.
    #[default]
    Running,
    /// It came to a good end.
    Completed,
    /// It came to another end, and not all that can be undone was undone.
    Failed,
    /// It goes back.
    Compensating,
    /// It came to an end, and all that could be undone was undone.
    Compensated,
    /// It has not ended and is silent for too long.
    Stuck,
    /// It waits for a person.
    Parked,
}

impl Status {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 7] = [
        Self::Stuck,
        Self::Parked,
        Self::Failed,
        Self::Compensating,
        Self::Running,
        Self::Compensated,
        Self::Completed,
    ];

    /// Its name within a sentence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Compensating => "compensating",
            Self::Compensated => "compensated",
            Self::Stuck => "stuck",
            Self::Parked => "parked",
        }
    }

    /// Whether nothing more is expected.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Compensated)
    }
}

/// How a step stands or ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It has begun.
    #[default]
    Running,
    /// It succeeded.
    Completed,
    /// It failed for good, also where it had succeeded before.
    Failed,
    /// It had begun when the process turned back or ended.
    Abandoned,
}

/// How far a step is undone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Undoing {
    /// Not at all.
    #[default]
    No,
    /// What undoes it is waited for.
    Begun,
    /// It is undone.
    Done,
}

/// What is odd about a compensation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Oddity {
    /// It ran although its step was undone already.
    Twice,
    /// It ran although its step had not succeeded.
    BeforeItsStep,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Waiting {
    /// Nothing in particular.
    #[default]
    Nothing,
    /// The end of a step.
    Step(u16),
    /// What undoes a step.
    Undo(u16),
}

/// Why an instance may have ended although nothing says that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unsure {
    /// Nothing was ever seen to come after its last event.
    NothingFollows,
    /// It is silent for long, and only some of what ends its like together has not come.
    OnlyEffects,
}

impl Unsure {
    /// Why, within a sentence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NothingFollows => "nothing was ever seen to follow its last event",
            Self::OnlyEffects => "nothing goes on from what has not come",
        }
    }
}

/// What is left to come of an instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Left {
    /// Something that others wait for, as far as anybody knows.
    #[default]
    Work,
    /// Only some of what ends its like together.
    Effects,
}

/// What an instance has been through, as far as it tells what comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Course {
    /// Nothing that is still in force.
    #[default]
    Usual,
    /// A step failed for good, and nothing in particular is waited for: what comes of those that go well is
    /// not to come.
    Failed,
}

/// Where an instance stands before something comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// The type of its last event, by number.
    pub event_type: u32,
    /// What it has been through.
    pub course: Course,
}
