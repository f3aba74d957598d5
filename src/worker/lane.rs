//! One thread with a slot per family: one job runs, at most one of a family waits, the newest wins.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::job::{Family, Job};
use super::outcome::Outcome;
use crate::model::{Progress, Task};

/// Called after an outcome was sent, to make the window look.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Where outcomes go.
#[derive(Clone)]
pub(super) struct Sender {
    channel: crossbeam_channel::Sender<Outcome>,
    wake: Wake,
}

impl Sender {
    pub fn new(channel: crossbeam_channel::Sender<Outcome>, wake: Wake) -> Self {
        Self { channel, wake }
    }

    /// Sends, then wakes: the other way round the window would look too early and sleep again.
    pub fn send(&self, outcome: Outcome) {
        if self.channel.send(outcome).is_ok() {
            (self.wake)();
        }
    }
}

/// A job with its number and its task.
#[derive(Debug)]
pub(super) struct Queued {
    pub number: u64,
    pub job: Job,
    pub task: Task,
}

/// Work under way.
#[derive(Clone, Debug)]
pub struct Running {
    /// What it is.
    pub family: Family,
    /// How far it is.
    pub progress: Progress,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Queued>,
    running: Option<(Family, Task)>,
    number: u64,
    closed: bool,
}

/// What the thread and its owner share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    queue: Mutex<Queue>,
    news: Condvar,
}

/// What a wait for work brought.
pub(super) enum Turn {
    Work(Box<Queued>),
    /// Nothing came in that time.
    Idle,
    Closed,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // A panic elsewhere leaves the queue as usable as it was.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next job, at most for `patience`.
    pub fn next(&self, patience: Duration) -> Turn {
        let mut queue = self.lock();
        queue.running = None;
        loop {
            if queue.closed {
                return Turn::Closed;
            }
            if let Some(queued) = queue.waiting.pop_front() {
                queue.running = Some((queued.job.family(), queued.task.clone()));
                return Turn::Work(Box::new(queued));
            }
            let (again, waited) = match self.news.wait_timeout(queue, patience) {
                Ok(woken) => woken,
                Err(poisoned) => poisoned.into_inner(),
            };
            queue = again;
            if waited.timed_out() && queue.waiting.is_empty() && !queue.closed {
                return Turn::Idle;
            }
        }
    }
}

/// The owner's end of a thread.
#[derive(Debug)]
pub(super) struct Lane {
    shared: Arc<Shared>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Lane {
    pub fn start(name: &str, sender: Sender, run: fn(&Shared, &Sender)) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let inside = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(&inside, &sender))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    pub fn submit(&self, job: Job) -> u64 {
        let mut queue = self.shared.lock();
        queue.number += 1;
        let number = queue.number;
        let family = job.family();
        queue.waiting.retain(|queued| queued.job.family() != family);
        if let Some((running, task)) = &queue.running
            && *running == family
            && job.supersedes_running()
        {
            task.cancel();
        }
        queue.waiting.push_back(Queued {
            number,
            job,
            task: Task::new(),
        });
        drop(queue);
        self.shared.news.notify_one();
        number
    }

    pub fn cancel(&self, family: Family) {
        let mut queue = self.shared.lock();
        queue.waiting.retain(|queued| queued.job.family() != family);
        if let Some((running, task)) = &queue.running
            && *running == family
        {
            task.cancel();
        }
    }

    pub fn running(&self) -> Option<Running> {
        let queue = self.shared.lock();
        let (family, task) = queue.running.as_ref()?;
        Some(Running {
            family: *family,
            progress: task.progress(),
        })
    }

    pub fn is_idle(&self) -> bool {
        let queue = self.shared.lock();
        queue.running.is_none() && queue.waiting.is_empty()
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let mut queue = self.shared.lock();
        queue.closed = true;
        queue.waiting.clear();
        if let Some((_, task)) = &queue.running {
            task.cancel();
        }
        drop(queue);
        self.shared.news.notify_all();
        // Not joined: a thread that waits for a full channel ends when the window lets go of it.
        drop(self.thread.take());
    }
}
