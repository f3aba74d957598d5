//! Reads what a run needs of the events to come on a thread of its own, while those before them are folded.
//! What is read, and how it is folded, is for others.

use std::ops::Range;
use std::sync::Arc;

use crate::model::beside::{Begun, begin};
use crate::model::{Cancelled, Task};

/// Events of the log that are read at once, at most.
pub(super) const MOST: u32 = 1 << 16;

/// Events of the log read between two looks at how much memory they take: few at first, and again where they
/// have taken much.
const FIRST: u32 = 1 << 10;
const STEP: u32 = 1 << 14;

/// What reads something of the events of a log.
pub(super) trait Source: Send + Sync + 'static {
    /// What is read of some events.
    type Part: Part;

    /// How many events the log has.
    fn end(&self) -> u32;

    /// Reads the events of a range into `part`, which holds what was read of those before.
    ///
    /// # Errors
    /// The task was called off.
    fn read(&self, range: Range<u32>, part: &mut Self::Part, task: &Task) -> Result<(), Cancelled>;
}

/// What was read of the events of a part of the log.
pub(super) trait Part: Send + 'static {
    /// None yet; what is read begins there.
    fn begin(at: u32) -> Self;

    /// Whether so much was read that no more should be yet.
    fn is_full(&self) -> bool;
}

/// Reads ahead of who folds.
pub(super) struct Reader<S: Source> {
    source: Option<Arc<S>>,
    coming: Option<Coming<S::Part>>,
    /// So many events are read before one looks at how much memory they take.
    step: u32,
}

/// What is being read.
struct Coming<P> {
    start: u32,
    work: Begun<Result<(P, u32), Cancelled>>,
}

impl<S: Source> Default for Reader<S> {
    fn default() -> Self {
        Self {
            source: None,
            coming: None,
            step: FIRST,
        }
    }
}

impl<S: Source> Drop for Reader<S> {
    fn drop(&mut self) {
        self.leave();
    }
}

impl<S: Source> Reader<S> {
    /// What is read has changed: it is asked for again.
    pub fn forget(&mut self) {
        self.leave();
        self.source = None;
    }

    fn leave(&mut self) {
        if let Some(coming) = self.coming.take() {
            coming.work.leave();
        }
    }

    /// Reads the events of a range, and more behind it up to `wide` in all; and begins to read as many behind
    /// those, where somebody will want them soon. What was read, and up to where.
    ///
    /// # Errors
    /// The task was called off.
    pub fn read(
        &mut self,
        range: &Range<u32>,
        wide: u32,
        then: Then,
        source: impl FnOnce() -> S,
        task: &Task,
    ) -> Result<(S::Part, u32), Cancelled> {
        let source = Arc::clone(self.source.get_or_insert_with(|| Arc::new(source())));
        let read = match self.take(range, task)? {
            Some(read) => read,
            None => {
                let to = Steps {
                    least: range.end,
                    wide,
                    first: self.step,
                };
                read_on(&*source, range.start, to, task)?
            }
        };
        self.step = if read.0.is_full() { FIRST } else { STEP };
        if then == Then::GoOn && read.1 < source.end() {
            self.begin(source, read.1, wide);
        }
        Ok(read)
    }

    /// What is coming, if it is what is asked for.
    fn take(
        &mut self,
        range: &Range<u32>,
        task: &Task,
    ) -> Result<Option<(S::Part, u32)>, Cancelled> {
        let Some(coming) = self.coming.take_if(|coming| coming.start == range.start) else {
            self.leave();
            return Ok(None);
        };
        let read = coming.work.wait(task)?;
        Ok(read.ok().filter(|(_, end)| *end >= range.end))
    }

    /// Begins to read, on behalf of whoever will ask for it. Where the system grants no thread it is read then.
    fn begin(&mut self, source: Arc<S>, start: u32, wide: u32) {
        let to = Steps {
            least: start,
            wide,
            first: self.step,
        };
        let work = move |task: &Task| read_on(&*source, start, to, task);
        self.coming = begin(work).map(|work| Coming { start, work });
    }
}

/// Whether what follows will be wanted soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    GoOn,
    Wait,
}

/// How far is read.
#[derive(Clone, Copy)]
struct Steps {
    /// Up to there at any rate.
    least: u32,
    /// So many events while they take little memory.
    wide: u32,
    /// So many before one looks at that.
    first: u32,
}

/// Reads on from an event.
fn read_on<S: Source>(
    source: &S,
    start: u32,
    Steps { least, wide, first }: Steps,
    task: &Task,
) -> Result<(S::Part, u32), Cancelled> {
    let end = start.saturating_add(wide).min(source.end()).max(least);
    let mut part = S::Part::begin(start);
    let mut at = start;
    let mut step = first;
    let mut to = least.max(start.saturating_add(step)).min(end);
    while at < end {
        source.read(at..to, &mut part, task)?;
        at = to;
        if part.is_full() {
            break;
        }
        step = (2 * step).min(STEP);
        to = to.saturating_add(step).min(end);
    }
    Ok((part, at))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use proptest::prelude::*;

    use super::*;

    /// Numbers, of which so many are much.
    struct Numbers {
        end: u32,
        full: usize,
        read: Arc<Mutex<Vec<Range<u32>>>>,
    }

    struct Few(Vec<u32>, usize);

    impl Part for Few {
        fn begin(_: u32) -> Self {
            Self(Vec::new(), usize::MAX)
        }

        fn is_full(&self) -> bool {
            self.0.len() >= self.1
        }
    }

    impl Source for Numbers {
        type Part = Few;

        fn end(&self) -> u32 {
            self.end
        }

        fn read(&self, range: Range<u32>, part: &mut Few, task: &Task) -> Result<(), Cancelled> {
            task.check()?;
            self.read.lock().unwrap().push(range.clone());
            part.1 = self.full;
            part.0.extend(range);
            Ok(())
        }
    }

    proptest! {
        #[test]
        fn what_is_read_ahead_is_what_is_asked_for(
            end in 1..200_000_u32,
            full in prop_oneof![Just(usize::MAX), 1..50_000_usize],
            asked in prop::collection::vec((0..200_000_u32, 1..3000_u32, any::<bool>(), any::<bool>()), 1..12),
        ) {
            let read = Arc::new(Mutex::new(Vec::new()));
            let mut reader: Reader<Numbers> = Reader::default();
            let mut last = 0;
            for (at, own, on, follows) in asked {
                let start = if follows { last } else { at }.min(end - 1);
                let range = start..(start + own).min(end);
                let then = if on { Then::GoOn } else { Then::Wait };
                let source = || Numbers { end, full, read: Arc::clone(&read) };
                let (part, to) = reader.read(&range, MOST, then, source, &Task::new()).unwrap();
                prop_assert!(to >= range.end && to <= end);
                prop_assert_eq!(part.0, (start..to).collect::<Vec<u32>>());
                last = to;
            }
        }
    }

    #[test]
    fn what_was_called_off_is_not_read() {
        let mut reader: Reader<Numbers> = Reader::default();
        let task = Task::new();
        task.cancel();
        let source = || Numbers {
            end: 10,
            full: 1,
            read: Arc::default(),
        };
        assert!(reader.read(&(0..5), 10, Then::GoOn, source, &task).is_err());
    }

    #[test]
    fn what_one_job_began_another_takes_whatever_became_of_the_first() {
        let mut reader: Reader<Numbers> = Reader::default();
        let source = || Numbers {
            end: 200_000,
            full: usize::MAX,
            read: Arc::default(),
        };
        let first = Task::new();
        let (_, to) = reader
            .read(&(0..5), MOST, Then::GoOn, source, &first)
            .unwrap();
        first.cancel();
        let range = to..to + 5;
        let (part, _) = reader
            .read(&range, MOST, Then::Wait, source, &Task::new())
            .unwrap();
        assert_eq!(part.0[..5], range.collect::<Vec<u32>>());
    }
}
