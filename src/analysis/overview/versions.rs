//! Stream versions that are missing or stand twice. Streams that count on by one, which is nearly all,
//! cost one comparison an event; only the others are looked at again.

use serde::Serialize;

use super::EXAMPLES;
use crate::log::{Cut, Log, Run};
use crate::model::{Cancelled, StreamIx, Task, Version};

/// Gaps and forks in the versions of streams, as counted within each from its lowest version on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VersionFigures {
    /// Versions that no event has, between the lowest and the highest of their stream.
    pub missing: u64,
    /// Streams with missing versions.
    pub gapped_streams: u64,
    /// Versions that several events of one stream have.
    pub forks: u64,
    /// Streams with forks.
    pub forked_streams: u64,
    /// Ten gaps, by stream name.
    pub first_gaps: Vec<Gap>,
    /// Ten forks, by stream name.
    pub first_forks: Vec<Fork>,
    /// Streams whose first version here is above 1, where streams count on by one: what came before it is not
    /// in this store, as retention leaves it.
    pub late_streams: u64,
    /// Ten of them, by name.
    pub first_late: Vec<Late>,
}

/// A stream whose beginning is not in the store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Late {
    /// The stream.
    pub stream: String,
    /// Its first version here.
    pub from: Version,
}

/// Consecutive versions that no event has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Gap {
    /// The stream.
    pub stream: String,
    /// The first missing version.
    pub from: Version,
    /// The last missing version.
    pub to: Version,
}

/// A version that several events have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fork {
    /// The stream.
    pub stream: String,
    /// The version.
    pub version: Version,
    /// How many events have it.
    pub events: u64,
}

/// A stream as far as it was seen.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    last: i64,
    lowest: i64,
    events: u32,
    linked: bool,
    uneven: bool,
}

impl Seen {
    /// The first version, where that is above 1.
    fn begins_late(self) -> Option<Version> {
        (self.events > 0 && self.lowest > 1).then_some(Version(self.lowest))
    }
}

/// Watches versions go by.
#[derive(Debug)]
pub(super) struct Versions {
    streams: Vec<Seen>,
}

impl Versions {
    pub(super) fn new(streams: usize) -> Self {
        Self {
            streams: vec![Seen::default(); streams],
        }
    }

    /// Events of their own streams.
    pub(super) fn add(&mut self, run: &Run<'_>) {
        for (&stream, version) in run.streams().iter().zip(run.versions()) {
            let seen = &mut self.streams[stream as usize];
            seen.uneven |= seen.events > 0 && version.0 != seen.last.wrapping_add(1);
            seen.lowest = match seen.events {
                0 => version.0,
                _ => seen.lowest.min(version.0),
            };
            seen.last = version.0;
            seen.events += 1;
        }
    }

    /// A stream into which an event is linked.
    pub(super) fn see(&mut self, stream: StreamIx) {
        self.streams[stream.at()].linked = true;
    }

    /// How many streams were seen.
    pub(super) fn seen(&self) -> u64 {
        self.streams().count() as u64
    }

    /// The streams seen, with the number of events whose own stream each is.
    pub(super) fn streams(&self) -> impl Iterator<Item = (StreamIx, u64)> + '_ {
        let seen = self.streams.iter().enumerate();
        seen.filter(|(_, seen)| seen.events > 0 || seen.linked)
            .map(|(ix, seen)| (StreamIx::from_usize(ix), u64::from(seen.events)))
    }

    /// Whether versions count the events of their streams: those with several events do so mostly.
    fn count_on(&self) -> bool {
        let several = self.streams.iter().filter(|seen| seen.events > 1);
        let (all, uneven) = several.fold((0_usize, 0_usize), |(all, uneven), seen| {
            (all + 1, uneven + usize::from(seen.uneven))
        });
        all > 0 && uneven * 2 <= all
    }

    /// Looks at the streams that do not count on by one.
    pub(super) fn figures(
        &self,
        log: &Log,
        cut: &Cut,
        task: &Task,
    ) -> Result<VersionFigures, Cancelled> {
        let mut figures = VersionFigures::default();
        // Asked once: it looks at all streams.
        let looked_at = match self.count_on() {
            true => &self.streams[..],
            false => &[],
        };
        for (ix, seen) in looked_at.iter().enumerate() {
            let Some(from) = seen.begins_late() else {
                continue;
            };
            figures.late_streams += 1;
            let stream = log.stream_name(StreamIx::from_usize(ix)).to_owned();
            keep_least(&mut figures.first_late, Late { stream, from });
        }
        for (ix, _) in self.streams.iter().enumerate().filter(|(_, s)| s.uneven) {
            task.check()?;
            let stream = StreamIx::from_usize(ix);
            let mut versions: Vec<i64> = log
                .stream_events(stream)
                .into_iter()
                .filter(|&event| log.stream(event) == stream && cut.holds(log, event))
                .map(|event| log.version(event).0)
                .collect();
            versions.sort_unstable();
            figures.add(log.stream_name(stream), &versions);
        }
        Ok(figures)
    }
}

impl VersionFigures {
    /// Adds what is odd about a stream with these versions, ascending.
    fn add(&mut self, stream: &str, versions: &[i64]) {
        let runs: Vec<&[i64]> = versions.chunk_by(|a, b| a == b).collect();
        let (missing, forks) = (self.missing, self.forks);
        for pair in runs.windows(2) {
            let (before, after) = (pair[0][0], pair[1][0]);
            // Versions may lie farther apart than an i64 holds, but never farther than a u64.
            let between = after.wrapping_sub(before) as u64 - 1;
            if between > 0 {
                self.missing = self.missing.saturating_add(between);
                let gap = Gap {
                    stream: stream.to_owned(),
                    from: Version(before + 1),
                    to: Version(after - 1),
                };
                keep_least(&mut self.first_gaps, gap);
            }
        }
        for run in runs.iter().filter(|run| run.len() > 1) {
            self.forks += 1;
            let fork = Fork {
                stream: stream.to_owned(),
                version: Version(run[0]),
                events: run.len() as u64,
            };
            keep_least(&mut self.first_forks, fork);
        }
        self.gapped_streams += u64::from(self.missing > missing);
        self.forked_streams += u64::from(self.forks > forks);
    }
}

/// Keeps `kept` the least few of all it is offered: a choice that does not depend on when a stream
/// was first seen.
fn keep_least<T: Ord>(kept: &mut Vec<T>, new: T) {
    let at = kept.partition_point(|other| *other < new);
    if at < EXAMPLES {
        kept.insert(at, new);
        kept.truncate(EXAMPLES);
    }
}
