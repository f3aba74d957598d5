//! What one pass over the columns finds in each stream: versions that do not count by one, times that run
//! backwards, and how long it is.

use crate::analysis::scan;
use crate::log::{Clock, Cut, Log, Run};
use crate::model::{Cancelled, EventIx, StreamIx, Task, Timestamp};

/// What was found going through all streams.
#[derive(Debug, Default)]
pub struct Streams {
    /// Events that each stream has.
    pub lengths: Vec<u32>,
    /// Versions that several events of one stream have, with these events in log order.
    pub forks: Vec<Vec<EventIx>>,
    /// Gaps: the event behind one, and how many versions are missing before it.
    pub gaps: Vec<(EventIx, i64)>,
    /// Events that occurred before one that stands before them in their stream, with that one.
    pub late: Vec<(EventIx, EventIx)>,
    /// Events recorded before the one before them in the log, with that one.
    pub backwards: Vec<(EventIx, EventIx)>,
    /// Streams with more than one event.
    pub several: u32,
    /// Of those, the ones with gaps.
    pub gapped: u32,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    version: i64,
    /// The latest time at which one of its events occurred, and that event.
    occurred: Option<Timestamp>,
    by: EventIx,
    uneven: bool,
}

impl Streams {
    pub(super) fn gather(log: &Log, cut: &Cut, task: &Task) -> Result<Self, Cancelled> {
        let mut found = Self {
            lengths: vec![0; log.streams().len()],
            ..Self::default()
        };
        let nothing = Seen {
            version: 0,
            occurred: None,
            by: EventIx(0),
            uneven: false,
        };
        let mut seen = vec![nothing; log.streams().len()];
        let mut last: Option<(Timestamp, EventIx)> = None;
        scan::known(log, cut, 0..cut.outside().0, task, |run| {
            found.take(&run, &mut seen, &mut last);
        })?;
        found.several = found.lengths.iter().filter(|length| **length > 1).count() as u32;
        for (stream, _) in seen.iter().enumerate().filter(|(_, seen)| seen.uneven) {
            task.check()?;
            found.look_again(log, cut, StreamIx::from_usize(stream));
        }
        Ok(found)
    }

    fn take(&mut self, run: &Run<'_>, seen: &mut [Seen], last: &mut Option<(Timestamp, EventIx)>) {
        let (occurred, recorded) = (run.times(Clock::Occurred), run.times(Clock::Recorded));
        let rows = run.streams().iter().zip(run.versions()).enumerate();
        for (row, (stream, version)) in rows {
            let event = EventIx(run.events().start + row as u32);
            let length = &mut self.lengths[*stream as usize];
            let seen = &mut seen[*stream as usize];
            if *length > 0 && version.0 != seen.version.saturating_add(1) {
                seen.uneven = true;
            }
            seen.version = version.0;
            *length += 1;
            if let Some(own) = occurred.as_ref().and_then(|times| times.own(row)) {
                match seen.occurred {
                    Some(latest) if own < latest => self.late.push((event, seen.by)),
                    _ => (seen.occurred, seen.by) = (Some(own), event),
                }
            }
            if let Some(own) = recorded.as_ref().and_then(|times| times.own(row)) {
                if let Some((before, by)) = *last
                    && own < before
                {
                    self.backwards.push((event, by));
                }
                *last = Some((own, event));
            }
        }
    }

    /// Looks at a stream whose versions do not simply count on.
    fn look_again(&mut self, log: &Log, cut: &Cut, stream: StreamIx) {
        let own = log.stream_events(stream).into_iter();
        let own = own.filter(|&event| log.stream(event) == stream && cut.holds(log, event));
        let mut events: Vec<(i64, EventIx)> =
            own.map(|event| (log.version(event).0, event)).collect();
        events.sort_unstable();
        let before = self.gaps.len();
        let mut last: Option<i64> = None;
        for same in events.chunk_by(|a, b| a.0 == b.0) {
            let (version, first) = same[0];
            if same.len() > 1 {
                self.forks
                    .push(same.iter().map(|(_, event)| *event).collect());
            }
            let missing = last.map_or(0, |last| version.saturating_sub(last) - 1);
            if missing > 0 {
                self.gaps.push((first, missing));
            }
            last = Some(version);
        }
        self.gapped += u32::from(self.gaps.len() > before);
    }
}
