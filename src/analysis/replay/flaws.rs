//! What events of a stream could not give to its state as they stand: counted, with the first of each
//! kind. Noted by the fold, put into sentences elsewhere.

use std::sync::Arc;

use crate::model::EventIx;

/// Events named of each kind at most.
const NAMED: usize = 5;

/// In which way an event falls short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It could not be read and left the state as it was.
    Unreadable,
    /// It carries no JSON object and left the state as it was.
    NoObject,
    /// Its object is nested too deep and left the state as it was.
    TooDeep,
    /// A key stands twice in one of its objects; the last value counts.
    RepeatedKey,
    /// One of its texts has half of a surrogate pair, which became U+FFFD.
    HalfCharacter,
    /// It came after the stream had ended for good and left the state as it was.
    AfterEnd,
    /// The projection failed on it and left the state as it was.
    Failed,
    /// The projection left something in the state that JSON has no words for.
    NotJson,
}

impl Flaw {
    const COUNT: usize = 8;
}

/// Events with one flaw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flawed {
    /// How many.
    pub count: u64,
    /// The first few.
    pub first: Vec<EventIx>,
    /// Of the very first: why, or where in its payload.
    pub about: Option<Arc<str>>,
}

/// Events by flaw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flaws([Flawed; Flaw::COUNT]);

impl Flaws {
    /// The events with a flaw.
    #[must_use]
    pub const fn of(&self, flaw: Flaw) -> &Flawed {
        &self.0[flaw as usize]
    }

    /// How many events left the state as it was for one of these flaws.
    #[must_use]
    pub fn count(&self, flaws: &[Flaw]) -> u64 {
        flaws.iter().map(|&flaw| self.of(flaw).count).sum()
    }

    pub(super) fn note(&mut self, flaw: Flaw, event: EventIx, about: Option<&str>) {
        let flawed = &mut self.0[flaw as usize];
        if flawed.count == 0 {
            flawed.about = about.map(Arc::from);
        }
        flawed.count += 1;
        if flawed.first.len() < NAMED {
            flawed.first.push(event);
        }
    }
}
