//! One conversation with the background at a time: work is started, says what it finds in parts, and
//! comes to one end, whatever happens to it.

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::ask::{Asked, Unanswered};
use super::desk::Desk;
use super::lane::{Queued, SlotId, Wake};
use super::{MISTAKE, Room, Worker};
use crate::model::{Progress, Task};

/// What comes back from one piece of work: parts, then one end.
#[derive(Debug)]
pub enum Said<P> {
    /// Something that was found.
    Part(P),
    /// Nothing more will come.
    End(Result<(), Unanswered>),
}

/// The window's end. Starting something new drops what waits, and lets finish what runs.
#[derive(Debug)]
pub struct Parts<P> {
    slot: SlotId,
    number: u64,
    task: Task,
    sender: Sender<(u64, Said<P>)>,
    receiver: Receiver<(u64, Said<P>)>,
}

impl<P> Default for Parts<P> {
    fn default() -> Self {
        // What is found is kept by the window in any case, so a bound would save nothing.
        let (sender, receiver) = unbounded();
        Self {
            slot: SlotId::unique(),
            number: 0,
            task: Task::new(),
            sender,
            receiver,
        }
    }
}

impl<P: Send + 'static> Parts<P> {
    /// Starts `work`, which is given what to say its finds to. Gives its number.
    pub fn start(
        &mut self,
        worker: &Worker,
        (room, label): (Room, Option<&'static str>),
        work: impl FnOnce(Asked<'_>, &mut dyn FnMut(P)) -> Result<(), Unanswered> + Send + 'static,
    ) -> u64 {
        self.number += 1;
        self.task = Task::new();
        let reply = Reply {
            number: self.number,
            channel: self.sender.clone(),
            wake: worker.wake(),
            end: Err(Unanswered::Cancelled),
        };
        let work = move |desk: &mut Desk, task: &Task| {
            let mut reply = reply;
            let end = work(Asked { desk, task }, &mut |part| {
                reply.send(Said::Part(part));
            });
            reply.end = end;
        };
        worker.submit(
            room,
            Queued {
                slot: self.slot,
                label,
                task: self.task.clone(),
                work: Box::new(work),
            },
        );
        self.number
    }

    /// The next thing said, with the number of the work that says it.
    pub fn hear(&mut self) -> Option<(u64, Said<P>)> {
        self.receiver.try_recv().ok()
    }

    /// The number of what was started last; 0 before that.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Calls off what runs and what waits.
    pub fn stop(&self, worker: &Worker) {
        worker.cancel(self.slot);
    }

    /// How far what was started last is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.task.progress()
    }

    /// By what the status bar knows it.
    #[must_use]
    pub const fn slot(&self) -> SlotId {
        self.slot
    }
}

impl<P> Drop for Parts<P> {
    fn drop(&mut self) {
        // Nobody waits for it any more.
        self.task.cancel();
    }
}

/// The background's end. Says how it ended when it is let go of: done, or dropped before its turn, or
/// in the middle of a panic.
struct Reply<P> {
    number: u64,
    channel: Sender<(u64, Said<P>)>,
    wake: Wake,
    end: Result<(), Unanswered>,
}

impl<P> Reply<P> {
    /// Sends, then wakes: the other way round the window would look too early and sleep again.
    fn send(&self, said: Said<P>) {
        // An error means that nobody is interested any more.
        if self.channel.send((self.number, said)).is_ok() {
            (self.wake)();
        }
    }
}

impl<P> Drop for Reply<P> {
    fn drop(&mut self) {
        let end = if std::thread::panicking() {
            Err(Unanswered::Failed(MISTAKE.to_owned()))
        } else {
            std::mem::replace(&mut self.end, Ok(()))
        };
        self.send(Said::End(end));
    }
}
