//! One thread with a queue: of each slot one piece of work runs and at most one waits, the newest.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::model::{Progress, Task};

/// Called after something was sent, to make the window look.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// The place that work belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotId(u64);

impl SlotId {
    /// One that no other place has.
    pub(super) fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// Work under way that is worth a line in the status bar.
#[derive(Clone, Debug)]
pub struct Running {
    /// Whose.
    pub slot: SlotId,
    /// What it is: "Filtering".
    pub label: &'static str,
    /// How far it is.
    pub progress: Progress,
}

impl Running {
    /// Whether it is the store being read.
    #[must_use]
    pub fn is_indexing(&self) -> bool {
        self.label == INDEXING
    }
}

/// What reading the store is called.
pub(super) const INDEXING: &str = "Indexing";

/// What reading on in it is called.
const FOLLOWING: &str = "Reading what came";

/// A look for news that is over by then is not worth a line.
const GLANCE: Duration = Duration::from_millis(300);

/// A piece of work with its task.
#[derive(Debug)]
pub(super) struct Queued<W> {
    pub slot: SlotId,
    /// None for what is shorter than a glance.
    pub label: Option<&'static str>,
    pub task: Task,
    pub work: W,
}

#[derive(Debug)]
struct Queue<W> {
    waiting: VecDeque<Queued<W>>,
    running: Option<Queued<()>>,
    /// What the thread does while nothing is asked of it, and since when.
    aside: Option<(Queued<()>, Instant)>,
    closed: Option<Close>,
}

impl<W> Queue<W> {
    /// What the thread is at.
    fn at_work(&self) -> impl Iterator<Item = &Queued<()>> {
        let aside = self.aside.iter().map(|(own, _)| own);
        self.running.iter().chain(aside)
    }

    fn call_off(&self, slot: SlotId) {
        let own = self.at_work().filter(|own| own.slot == slot);
        own.for_each(|own| own.task.cancel());
    }
}

/// How a lane ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Close {
    /// What runs is called off, what waits is dropped.
    Now,
    /// What waits is done first.
    WhenDone,
}

/// What the thread and its owner share.
#[derive(Debug)]
pub(super) struct Shared<W> {
    queue: Mutex<Queue<W>>,
    news: Condvar,
}

/// What a wait for work brought.
#[derive(Debug)]
pub(super) enum Turn<W> {
    Work(W, Task),
    /// Nothing came in that time.
    Idle,
    Closed,
}

impl<W> Shared<W> {
    fn new() -> Self {
        Self {
            queue: Mutex::new(Queue {
                waiting: VecDeque::new(),
                running: None,
                aside: None,
                closed: None,
            }),
            news: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue<W>> {
        // A panic elsewhere leaves the queue as usable as it was.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next work, at most for `patience`.
    pub fn next(&self, patience: Duration) -> Turn<W> {
        let mut queue = self.lock();
        (queue.running, queue.aside) = (None, None);
        loop {
            if queue.closed == Some(Close::Now) {
                return Turn::Closed;
            }
            if let Some(queued) = queue.waiting.pop_front() {
                let Queued {
                    slot,
                    label,
                    task,
                    work,
                } = queued;
                queue.running = Some(Queued {
                    slot,
                    label,
                    task: task.clone(),
                    work: (),
                });
                return Turn::Work(work, task);
            }
            if queue.closed.is_some() {
                return Turn::Closed;
            }
            let (again, waited) = match self.news.wait_timeout(queue, patience) {
                Ok(woken) => woken,
                Err(poisoned) => poisoned.into_inner(),
            };
            queue = again;
            if waited.timed_out() && queue.waiting.is_empty() && queue.closed.is_none() {
                return Turn::Idle;
            }
        }
    }

    /// Notes that the thread looks for news, which whatever is asked of it meanwhile calls off. It counts
    /// as idle.
    pub fn begin_aside(&self, slot: SlotId, task: &Task) {
        let mut queue = self.lock();
        let own = Queued {
            slot,
            label: Some(FOLLOWING),
            task: task.clone(),
            work: (),
        };
        queue.aside = Some((own, Instant::now()));
        if !queue.waiting.is_empty() || queue.closed.is_some() {
            task.cancel();
        }
    }

    /// Whether something is asked of the thread that it has not begun.
    pub fn is_waited_for(&self) -> bool {
        let queue = self.lock();
        !queue.waiting.is_empty() || queue.closed.is_some()
    }

    /// Notes that the thread has found itself something to do, until it asks for the next work.
    pub fn begin(&self, slot: SlotId, label: &'static str, task: &Task) {
        let mut queue = self.lock();
        queue.aside = None;
        queue.running = Some(Queued {
            slot,
            label: Some(label),
            task: task.clone(),
            work: (),
        });
    }
}

/// The owner's end of a thread.
#[derive(Debug)]
pub(super) struct Lane<W> {
    shared: Arc<Shared<W>>,
    thread: Option<std::thread::JoinHandle<()>>,
    close: Close,
}

impl<W: Send + 'static> Lane<W> {
    /// Starts the thread; `run` is its whole life.
    pub fn start(
        name: &str,
        close: Close,
        run: impl FnOnce(&Shared<W>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::new());
        let inside = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(&inside))?;
        Ok(Self {
            shared,
            thread: Some(thread),
            close,
        })
    }
}

impl<W> Lane<W> {
    /// Puts work at the end of the queue, or in the place of what waited of the same slot, which is dropped
    /// for it: what is asked anew again and again comes to its turn all the same.
    pub fn submit(&self, queued: Queued<W>) {
        let mut queue = self.shared.lock();
        let slot = queued.slot;
        let waits = queue.waiting.iter().position(|own| own.slot == slot);
        let replaced = match waits {
            Some(at) => Some(std::mem::replace(&mut queue.waiting[at], queued)),
            None => {
                queue.waiting.push_back(queued);
                None
            }
        };
        drop(queue);
        // Outside of the lock: dropping work may send.
        drop(replaced);
        self.shared.news.notify_one();
    }

    /// Puts work at the end of the queue in place of all that runs or waits of its slot.
    pub fn replace(&self, queued: Queued<W>) {
        let mut queue = self.shared.lock();
        queue.call_off(queued.slot);
        let replaced = remove(&mut queue.waiting, queued.slot);
        queue.waiting.push_back(queued);
        drop(queue);
        drop(replaced);
        self.shared.news.notify_one();
    }

    /// Calls off what runs or waits of `slot`.
    pub fn cancel(&self, slot: SlotId) {
        let mut queue = self.shared.lock();
        let waiting = remove(&mut queue.waiting, slot);
        queue.call_off(slot);
        drop(queue);
        drop(waiting);
    }

    /// What runs, if it is worth a line.
    pub fn running(&self) -> Option<Running> {
        let queue = self.shared.lock();
        let lasting = |(_, since): &&(Queued<()>, Instant)| since.elapsed() > GLANCE;
        let aside = || queue.aside.as_ref().filter(lasting).map(|(own, _)| own);
        let running = queue.running.as_ref().or_else(aside)?;
        Some(Running {
            slot: running.slot,
            label: running.label?,
            progress: running.task.progress().within_total(),
        })
    }

    /// Whether nothing runs and nothing waits.
    pub fn is_idle(&self) -> bool {
        let queue = self.shared.lock();
        queue.running.is_none() && queue.waiting.is_empty()
    }
}

fn remove<W>(waiting: &mut VecDeque<Queued<W>>, slot: SlotId) -> Vec<Queued<W>> {
    let (gone, kept) = std::mem::take(waiting)
        .into_iter()
        .partition(|queued| queued.slot == slot);
    *waiting = kept;
    Vec::from(gone)
}

impl<W> Drop for Lane<W> {
    fn drop(&mut self) {
        let mut queue = self.shared.lock();
        queue.closed = Some(self.close);
        if self.close == Close::Now {
            queue.at_work().for_each(|own| own.task.cancel());
        }
        drop(queue);
        self.shared.news.notify_all();
        if let (Some(thread), Close::WhenDone) = (self.thread.take(), self.close) {
            // Its work is short, and losing it would lose what the user has chosen.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queued(slot: SlotId) -> Queued<()> {
        Queued {
            slot,
            label: None,
            task: Task::new(),
            work: (),
        }
    }

    /// A thread that does nothing but look aside until that is called off.
    fn looking(slot: SlotId) -> (Lane<()>, crossbeam_channel::Receiver<&'static str>) {
        let (said, heard) = crossbeam_channel::unbounded();
        let run = move |shared: &Shared<()>| {
            loop {
                let task = Task::new();
                shared.begin_aside(slot, &task);
                let _ = said.send("looks");
                while !task.is_cancelled() {
                    std::thread::yield_now();
                }
                let _ = said.send("called off");
                match shared.next(Duration::ZERO) {
                    Turn::Work(..) => {
                        let _ = said.send("works");
                    }
                    Turn::Idle => {}
                    Turn::Closed => return,
                }
            }
        };
        (Lane::start("asof-test", Close::Now, run).unwrap(), heard)
    }

    #[test]
    fn a_look_aside_gives_way() {
        let slot = SlotId::unique();
        let (lane, heard) = looking(slot);
        let next = || heard.recv().unwrap();
        assert_eq!(next(), "looks");
        assert!(lane.is_idle());
        lane.cancel(SlotId::unique());
        lane.cancel(slot);
        assert_eq!([next(), next()], ["called off", "looks"]);
        lane.replace(queued(slot));
        assert_eq!([next(), next(), next()], ["called off", "works", "looks"]);
        drop(lane);
        assert_eq!(next(), "called off");
        assert!(heard.recv().is_err());
    }
}
