//! How much of the store is indexed, and that in words: no part may pass for the whole.

use super::{Model, Session};
use crate::gui::words;
use crate::log::{Bound, Log};
use crate::model::Progress;
use crate::render::grouped;

/// That indexing came to no end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutShort {
    /// How far it was.
    pub progress: Progress,
    /// Why, in one sentence; none where somebody called it off.
    pub trouble: Option<String>,
}

/// How much of the store the log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All of it.
    Whole,
    /// What was read so far, of about so many events.
    SoFar(Option<u64>),
    /// What was read until indexing ended early, of about so many events.
    CutShort(Option<u64>),
}

impl Model {
    /// How much of the open store the log holds.
    #[must_use]
    pub fn reach(&self) -> Reach {
        let Some(session) = &self.session else {
            return Reach::Whole;
        };
        let running = self.running.iter().find(|running| running.is_indexing());
        session.reach(running.map(|running| running.progress))
    }

    /// How much of the store this snapshot of its log holds.
    #[must_use]
    pub fn reach_of(&self, log: &Log) -> Reach {
        match self.reach() {
            _ if log.is_complete() => Reach::Whole,
            Reach::Whole => Reach::SoFar(None),
            part => part,
        }
    }

    /// That indexing ended early and where, with what that means.
    #[must_use]
    pub fn cut_short(&self) -> Option<String> {
        let short = matches!(self.reach(), Reach::CutShort(_));
        let sentence = self.partly().filter(|_| short)?;
        Some(format!("{sentence}; every answer is of that part only"))
    }

    /// That the log is a part of the store only, in a sentence; none for the whole.
    fn partly(&self) -> Option<String> {
        let session = self.session.as_ref()?;
        let events = session.log.len();
        let what = match (&session.cut_short, self.reach()) {
            (_, Reach::Whole) => return None,
            (None, _) => "Indexed so far:",
            (Some(short), _) if short.trouble.is_some() => "Indexing broke off at",
            (Some(_), _) => "Indexing was cancelled at",
        };
        Some(match self.reach() {
            Reach::SoFar(Some(about)) | Reach::CutShort(Some(about)) => {
                format!(
                    "{what} {} of about {} events",
                    grouped(events as u64),
                    grouped(about)
                )
            }
            _ => format!("{what} {}", words::counted(events, "event", "events")),
        })
    }

    /// Where a copied answer is from, in sentences without their stops: the store first, then what must
    /// be known of its moment.
    #[must_use]
    pub fn origin(&self) -> Vec<String> {
        let name = self.session.as_ref().map(Session::name);
        let store = name.map(|name| format!("Store: {name}"));
        store.into_iter().chain(self.provisos()).collect()
    }

    /// What must be said with an answer that leaves the window: that it is of a part of the store only,
    /// or of a moment that the store has not come to.
    #[must_use]
    pub fn provisos(&self) -> Vec<String> {
        let all = [self.typed_note.clone(), self.beyond(), self.partly()];
        all.into_iter().flatten().collect()
    }

    /// Where the log ends, if the cursor stands at a time after that: what is shown then is known of
    /// an earlier moment only.
    #[must_use]
    pub fn beyond(&self) -> Option<String> {
        let (log, Bound::Time(time)) = (self.log()?, self.cursor.bound()) else {
            return None;
        };
        let ends = log.ends_before_time(self.clock(), time)?;
        let words = ends.say(self.zone());
        Some(match self.reach() {
            Reach::Whole => format!("The moment is in the future of the store: {words}"),
            _ => format!("The moment is not indexed yet: {words}, as far as it is indexed"),
        })
    }
}

impl Session {
    fn reach(&self, reading: Option<Progress>) -> Reach {
        if self.log.is_complete() {
            return Reach::Whole;
        }
        let events = self.log.len() as u64;
        match &self.cut_short {
            Some(_) if self.opened.files.len() > 1 => Reach::CutShort(None),
            Some(short) => Reach::CutShort(about(events, short.progress)),
            // Of several files put in order only the first ones are shown meanwhile.
            None if self.opened.files.len() > 1 => Reach::SoFar(None),
            None => Reach::SoFar(reading.and_then(|progress| about(events, progress))),
        }
    }
}

/// About how many events there are, if so many were found in this part of the work.
fn about(events: u64, Progress { done, total }: Progress) -> Option<u64> {
    if done == 0 || total <= done || events == 0 {
        return None;
    }
    // Rows of a table are mostly events: then it is their number, else what the part leads to expect.
    let rows = done >= events && done - events <= events;
    let expected = u128::from(events) * u128::from(total) / u128::from(done);
    Some(if rows {
        total
    } else {
        u64::try_from(expected).ok()?
    })
}

impl Reach {
    /// Whether it is everything.
    #[must_use]
    pub fn is_whole(self) -> bool {
        self == Self::Whole
    }

    /// The events there are, with the word before it: `of 9,000`, `of about 294,888`.
    #[must_use]
    pub fn of_events(self, indexed: usize) -> String {
        let indexed = indexed as u64;
        match self {
            Self::Whole => format!("of {}", grouped(indexed)),
            Self::SoFar(about) | Self::CutShort(about) => match about {
                Some(about) => format!("of about {}", grouped(about)),
                None => format!("of {} so far", grouped(indexed)),
            },
        }
    }

    /// What follows a number that may yet grow.
    #[must_use]
    pub const fn so_far(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::SoFar(_) | Self::CutShort(_) => " so far",
        }
    }

    /// What the head is called.
    #[must_use]
    pub const fn head(self) -> &'static str {
        match self {
            Self::Whole => "head",
            Self::SoFar(_) | Self::CutShort(_) => "last indexed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_many_there_are_is_told_by_rows_or_guessed_by_bytes() {
        let at = |done: u64, total: u64| about(300, Progress { done, total });
        assert_eq!(at(320, 1_000), Some(1_000));
        // Two hundred bytes each.
        assert_eq!(at(60_000, 200_000), Some(1_000));
        assert_eq!(at(0, 1_000), None);
        assert_eq!(at(1_000, 1_000), None);
    }

    #[test]
    fn a_part_never_reads_like_the_whole() {
        let parts = [None, Some(900)].map(|about| [Reach::SoFar(about), Reach::CutShort(about)]);
        for part in parts.as_flattened() {
            assert_ne!(part.of_events(300), Reach::Whole.of_events(300));
            assert_ne!(part.head(), Reach::Whole.head());
        }
    }
}
