//! What is odd about a log, a sentence each. The window and the terminal show the same ones.

use serde::Serialize;

use super::{EXAMPLES, Overview, PayloadFigures};
use crate::analysis::words::{capitalised, grouped, many};
use crate::log::{Arranged, KnownProblems};
use crate::model::time::Span;

/// Something worth a look, with the first places where to look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// One sentence without a full stop.
    pub message: String,
    /// Places: `#41882`, `account-19 v14–v15`.
    pub places: Vec<String>,
    /// How many places there are beyond these.
    pub more: u64,
}

impl Warning {
    fn new(message: String, places: Vec<String>, of: u64) -> Self {
        let more = of.saturating_sub(places.len() as u64);
        Self {
            message,
            places,
            more,
        }
    }
}

/// What is said of records that were read whole all the same: once of all of which the same is said.
pub(super) fn of_notes(notes: &KnownProblems<'_>) -> Vec<Warning> {
    let mut found: Vec<Warning> = Vec::new();
    for note in &notes.first {
        let known = found.iter().position(|own| own.message == note.message);
        let at = known.unwrap_or_else(|| {
            found.push(Warning::new(note.message.clone(), Vec::new(), 0));
            found.len() - 1
        });
        match found[at].places.len() < EXAMPLES {
            true => found[at].places.push(note.place.clone()),
            false => found[at].more += 1,
        }
    }
    // Beyond the first thousand it is not known of what kind they are: nearly always of one.
    if let Some(first) = found.first_mut() {
        first.more += notes.count - notes.first.len() as u64;
    }
    found
}

impl Overview {
    /// What is odd as of the moment.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let all = [
            self.order_warning(),
            self.clocks_warning(),
            self.backwards_warning(),
            self.untimed_warning(),
            self.gap_warning(),
            self.late_warning(),
            self.fork_warning(),
            self.repeats_warning(),
        ];
        all.into_iter().flatten().collect()
    }

    fn order_warning(&self) -> Option<Warning> {
        // What a layout says of the order of its stores is nothing odd.
        let odd = Some(self.arranged).filter(|how| {
            matches!(
                how,
                Arranged::ByTimeForVersions | Arranged::ByTimeNewestFirst
            )
        });
        let message = format!("The events are put in order {}", odd?.words()?);
        Some(Warning::new(message, Vec::new(), 0))
    }

    /// A store whose recording times are those of an import.
    fn clocks_warning(&self) -> Option<Warning> {
        let (first, last) = (self.first_time?, self.last_time?);
        let spans = last - first;
        // A single moment spans nothing, whatever the clocks say.
        let apart = self.clocks_apart.filter(|&apart| apart > spans)?;
        if spans == Span::ZERO {
            return None;
        }
        let message = format!(
            "Recorded and occurred time differ by up to {apart}, more than the store spans ({spans})"
        );
        Some(Warning::new(message, Vec::new(), 0))
    }

    fn backwards_warning(&self) -> Option<Warning> {
        let back = &self.backwards;
        let message = format!(
            "{} time runs backwards {}, by {} at most",
            capitalised(self.as_of.clock.name()),
            times(back.events)?,
            exact(back.most)
        );
        let places = back.first.iter().map(|back| back.position.to_string());
        Some(Warning::new(message, places.collect(), back.events))
    }

    fn untimed_warning(&self) -> Option<Warning> {
        let clock = self.as_of.clock.name();
        let one = format!("event has no {clock} time and counts at that of the event before");
        let several = format!("events have no {clock} time and count at that of the event before");
        let message = many(self.untimed, &one, &several)?;
        Some(Warning::new(message, Vec::new(), 0))
    }

    fn gap_warning(&self) -> Option<Warning> {
        let versions = &self.versions;
        let message = format!(
            "{} missing in {}",
            many(versions.missing, "version is", "versions are")?,
            many(versions.gapped_streams, "stream", "streams")?
        );
        let places = versions.first_gaps.iter().map(|gap| {
            if gap.from == gap.to {
                format!("{} {}", gap.stream, gap.from)
            } else {
                format!("{} {}–{}", gap.stream, gap.from, gap.to)
            }
        });
        let places: Vec<String> = places.collect();
        // How many gaps there are is not known beyond the first, only the streams that have some.
        let mut shown: Vec<&str> = Vec::new();
        for gap in &versions.first_gaps {
            if !shown.contains(&gap.stream.as_str()) {
                shown.push(&gap.stream);
            }
        }
        let more = versions.gapped_streams.saturating_sub(shown.len() as u64);
        Some(Warning {
            message,
            places,
            more,
        })
    }

    fn late_warning(&self) -> Option<Warning> {
        let versions = &self.versions;
        let message = format!(
            "{} late: the events before their first version are not in this store",
            many(versions.late_streams, "stream begins", "streams begin")?
        );
        let late = versions.first_late.iter();
        let places = late.map(|late| format!("{} {}", late.stream, late.from));
        Some(Warning::new(
            message,
            places.collect(),
            versions.late_streams,
        ))
    }

    fn fork_warning(&self) -> Option<Warning> {
        let versions = &self.versions;
        let message = format!(
            "{} more than once in {}",
            many(versions.forks, "version stands", "versions stand")?,
            many(versions.forked_streams, "stream", "streams")?
        );
        let forks = versions.first_forks.iter();
        let places = forks.map(|fork| format!("{} {}", fork.stream, fork.version));
        Some(Warning::new(message, places.collect(), versions.forks))
    }

    fn repeats_warning(&self) -> Option<Warning> {
        let events = many(self.repeated_ids?, "event has", "events have")?;
        let message = format!("{events} an id that an earlier event has");
        Some(Warning::new(message, Vec::new(), 0))
    }
}

impl PayloadFigures {
    /// That none of them can be read.
    pub(super) fn unreadable_warning(&self) -> Option<Warning> {
        if self.opaque == 0 || self.opaque < self.present {
            return None;
        }
        let what = match self.looked_at == self.of {
            true => "No payload can be read".to_owned(),
            false => format!("None of {} payloads can be read", grouped(self.looked_at)),
        };
        let message = format!("{what}: encrypted, or in an encoding that is not known");
        Some(Warning::new(message, Vec::new(), 0))
    }

    /// What is odd about them.
    pub(super) fn warning(&self) -> Option<Warning> {
        let all = self.looked_at == self.of;
        let broken = many(self.broken, "payload", "payloads")?;
        let message = match all {
            true => format!("{broken}: JSON that is cut off or damaged, shown as text"),
            false => format!(
                "{broken} of the {} looked at, of {} in all: JSON that is cut off or damaged, shown as text",
                grouped(self.looked_at),
                grouped(self.of)
            ),
        };
        let places = self.first_broken.iter().map(ToString::to_string);
        Some(Warning::new(message, places.collect(), self.broken))
    }
}

fn times(count: u64) -> Option<String> {
    match count {
        1 => Some("once".to_owned()),
        2 => Some("twice".to_owned()),
        count => many(count, "", "times"),
    }
}

/// Below a minute with its milliseconds: clocks that run backwards mostly do so by little.
fn exact(span: Span) -> String {
    let millis = span.millis();
    if (1_000..60_000).contains(&millis) {
        return format!("{}.{:03} s", millis / 1_000, millis % 1_000);
    }
    span.to_string()
}
