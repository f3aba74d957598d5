//! What a store held before it was rewritten and what it holds since, in a sentence.

use crate::analysis::words::{listed, many};
use crate::log::{Clock, Log};
use crate::model::Timestamp;
use crate::model::time::Zone;

/// The note while the store is read again; it goes when that is done.
pub(super) const ANEW: &str = "The store has changed and is indexed anew";

/// What a whole store holds, in figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    events: u64,
    streams: u64,
    /// The first and the last time by the clock in use.
    span: Option<(Timestamp, Timestamp)>,
}

impl Held {
    /// Of a log that is whole.
    pub fn of(log: &Log, clock: Clock) -> Self {
        Self {
            events: log.len() as u64,
            streams: log.streams().len() as u64,
            span: log.time_span(clock),
        }
    }

    /// What has become of it.
    pub fn since(self, now: Self, zone: Zone) -> String {
        let counts = [
            difference(self.events, now.events, "event", "events"),
            difference(self.streams, now.streams, "stream", "streams"),
        ];
        let counts: Vec<String> = counts.into_iter().flatten().collect();
        let mut parts = Vec::new();
        if !counts.is_empty() {
            parts.push(format!("it holds {}", listed(&counts)));
        }
        if let (Some(before), Some(now)) = (self.span, now.span) {
            if before.0 != now.0 {
                parts.push(format!("it begins at {}", zone.say(now.0)));
            }
            if before.1 != now.1 {
                parts.push(format!("it ends at {}", zone.say(now.1)));
            }
        }
        if parts.is_empty() {
            parts.push("it holds as many events and streams of the same days".to_owned());
        }
        format!("The store was rewritten: {}", parts.join("; "))
    }
}

fn difference(before: u64, now: u64, one: &str, several: &str) -> Option<String> {
    let count = many(before.abs_diff(now), one, several)?;
    let way = if now < before { "fewer" } else { "more" };
    Some(format!("{count} {way}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_become_of_a_store_is_told_in_figures() {
        let day = |day: i64| Timestamp::from_micros(day * 86_400_000_000);
        let held = |events, streams, from, to| Held {
            events,
            streams,
            span: Some((day(from), day(to))),
        };
        let since = |now: Held| held(1663, 504, 0, 9).since(now, Zone::Utc);
        assert_eq!(
            since(held(1464, 453, 7, 9)),
            "The store was rewritten: it holds 199 events fewer and 51 streams fewer; \
             it begins at 1970-01-08 00:00:00 UTC"
        );
        assert_eq!(
            since(held(1664, 504, 0, 10)),
            "The store was rewritten: it holds 1 event more; it ends at 1970-01-11 00:00:00 UTC"
        );
        assert_eq!(
            since(held(1663, 504, 0, 9)),
            "The store was rewritten: it holds as many events and streams of the same days"
        );
    }
}
