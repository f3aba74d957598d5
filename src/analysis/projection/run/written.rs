//! The states of a run, written down: for a checkpoint and for a moment. One that is no JSON stops the run
//! at the very event that made it so, whatever moment is asked: where writing fails, what came since the
//! last checkpoint is folded again, a batch at a time, and the batch in which it fails event by event.

use std::ops::Range;

use super::{BATCH, Beside, Checkpoint, Counts, Known, Outcome, Run, States, Stopped, Way};
use crate::analysis::projection::OnError;
use crate::analysis::projection::script::{Fed, Halt, ScriptError};
use crate::model::{Cancelled, EventIx, Task};

impl Run {
    /// Keeps a checkpoint here.
    pub(super) fn keep(&mut self, task: &Task) -> Result<(), Cancelled> {
        self.since = 0;
        let states = self.written(task)?;
        // What is as it was at first by the time that somebody comes back was not, perhaps.
        self.has_strayed();
        self.checkpoints.keep(self.next, states, self.counts);
        Ok(())
    }

    /// All states where the run stands. Where they cannot be written, it stands before the event that made
    /// them so from here on, and has stopped there.
    pub(super) fn written(&mut self, task: &Task) -> Result<States, Cancelled> {
        match self.machine.save() {
            Ok(states) => Ok(states),
            Err(_) => {
                let stood = self.next;
                // Called off on the way, it stands nowhere.
                self.leave_the_way();
                self.written_before(stood, task)
            }
        }
    }

    /// Goes back (or forward) to where all events below `next` are folded.
    pub(super) fn back_to(&mut self, next: EventIx, states: States, counts: Counts) {
        self.machine.restore(states);
        self.next = next;
        self.counts = counts;
        self.since = 0;
    }

    fn written_before(&mut self, end: EventIx, task: &Task) -> Result<States, Cancelled> {
        let Checkpoint {
            mut next,
            mut states,
            mut counts,
            ..
        } = self.nearest(end);
        let mut wide = BATCH;
        self.back_to(next, states.clone(), counts);
        while next < end {
            // By places in the log, so that where the run had a checkpoint does not matter.
            let to = ((next.0 / wide + 1) * wide).min(end.0);
            self.fold(next.0..to, Way::Known, task)?;
            let is_on_the_way = self.is_on_the_way();
            let saved = is_on_the_way.then(|| self.machine.save());
            let again = match &saved {
                // A handler was stopped in the middle of an event: up to there, once more.
                None => true,
                Some(saved) => saved.is_err() && wide > 1,
            };
            if again && self.has_strayed() {
                // A world that begins anew begins before the first event.
                Checkpoint {
                    next,
                    states,
                    counts,
                    ..
                } = self.nearest(EventIx(0));
            }
            match saved {
                None => self.back_to(next, states.clone(), counts),
                Some(Ok(saved)) => (next, states, counts) = (self.next, saved, self.counts),
                Some(Err(_)) if wide > 1 => {
                    wide = 1;
                    self.back_to(next, states.clone(), counts);
                }
                Some(Err(error)) => {
                    self.stop_unwritten(next, error);
                    self.back_to(next, states.clone(), counts);
                }
            }
            if self.is_blocked() {
                break;
            }
        }
        Ok(states)
    }

    /// Has stopped at this event, as if nothing behind it had been gone through.
    fn stop_unwritten(&mut self, event: EventIx, error: ScriptError) {
        self.stopped = Some(Stopped::Fatal(event, error));
        self.farthest = event;
        self.heard = self.heard.min(event);
        self.dead.truncate(self.dead_before(event).len());
        self.record.forget_from(event);
    }

    /// Folds the events beyond a hole, on top of these states; all states then.
    pub(super) fn beyond(
        &mut self,
        known: &Known,
        states: States,
        beside: &mut Beside,
        task: &Task,
    ) -> Result<States, Cancelled> {
        let before = beside.counts;
        self.machine.guard();
        for range in known.beyond() {
            self.fold_beside(range, beside, task)?;
        }
        if let Ok(states) = self.machine.save() {
            return Ok(states);
        }
        if self.has_strayed() {
            self.leave_the_way();
            self.go_to(known.whole(), task)?;
            self.leave_the_way();
        } else {
            self.machine.restore(states.clone());
        }
        *beside = Beside {
            counts: before,
            ..Beside::default()
        };
        let mut written = states;
        for event in known.beyond().flatten() {
            let before = beside.counts;
            self.fold_beside(event..event + 1, beside, task)?;
            match self.machine.save() {
                Ok(states) => written = states,
                Err(error) => {
                    beside.counts = before;
                    let stopped = Stopped::Fatal(EventIx(event), error);
                    beside.stopped.get_or_insert(stopped);
                }
            }
            if beside.stopped.is_some() {
                break;
            }
        }
        Ok(written)
    }

    fn fold_beside(
        &mut self,
        range: Range<u32>,
        beside: &mut Beside,
        task: &Task,
    ) -> Result<(), Cancelled> {
        let mut start = range.start;
        while start < range.end && beside.stopped.is_none() {
            let part = start..(start + BATCH).min(range.end);
            start = part.end;
            for event in self.machine.prepare(&part, task)? {
                let Outcome { fed, dead, told } = self.feed(event, task);
                beside.told.add(told.unwrap_or_default());
                match fed {
                    Ok(fed) => beside.counts.add(fed),
                    Err(Halt::Cancelled(cancelled)) => return Err(cancelled),
                    Err(Halt::Anew(_)) => beside.counts.add(Fed::Failed),
                    Err(Halt::Fatal(error)) => {
                        beside.stopped = Some(Stopped::Fatal(event, error));
                        break;
                    }
                }
                let Some(dead) = dead else { continue };
                beside.dead.push(dead.clone());
                if self.options.on_error == OnError::Stop {
                    beside.stopped = Some(Stopped::Failed(Box::new(dead)));
                    break;
                }
            }
        }
        Ok(())
    }
}
