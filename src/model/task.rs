//! One piece of long work as seen from inside and outside: how far it is, and whether to go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The work was called off; whatever it had produced so far is to be thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

/// How far a task is. `total` is 0 while it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Units done (the task says what a unit is: events, bytes).
    pub done: u64,
    /// Units there are in all; 0 while unknown.
    pub total: u64,
}

impl Progress {
    /// No more than all: what comes after the work that was counted is a small rest of it.
    #[must_use]
    pub fn within_total(self) -> Self {
        let most = if self.total > 0 { self.total } else { u64::MAX };
        Self {
            done: self.done.min(most),
            ..self
        }
    }
}

#[derive(Debug, Default)]
struct Shared {
    done: AtomicU64,
    total: AtomicU64,
    cancelled: Arc<AtomicBool>,
    /// Of the work that this is a part of.
    whole_cancelled: Option<Arc<AtomicBool>>,
}

/// A handle shared by whoever does the work and whoever waits for it. Cloning shares.
///
/// The worker bumps plain atomics and the window reads them, so that progress costs no messages.
#[derive(Clone, Debug, Default)]
pub struct Task(Arc<Shared>);

impl Task {
    /// A task that nobody has cancelled yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether it is the same work.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A part of this work, which can be called off by itself and ends with the whole.
    #[must_use]
    pub fn part(&self) -> Self {
        Self(Arc::new(Shared {
            whole_cancelled: Some(self.flag()),
            ..Shared::default()
        }))
    }

    /// To be called at least every few milliseconds of work.
    ///
    /// # Errors
    /// [`Cancelled`] once [`Task::cancel`] was called.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }

    /// Whether the work was called off.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        let whole = self.0.whole_cancelled.as_ref();
        self.0.cancelled.load(Ordering::Relaxed)
            || whole.is_some_and(|whole| whole.load(Ordering::Relaxed))
    }

    /// Calls the work off; it ends at its next check.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// What says that the work was called off, for those who can do no more than set it, such as
    /// signals.
    #[must_use]
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0.cancelled)
    }

    /// Sets how much there is to do.
    pub fn set_total(&self, total: u64) {
        self.0.total.store(total, Ordering::Relaxed);
    }

    /// Sets how much is done.
    pub fn set_done(&self, done: u64) {
        self.0.done.store(done, Ordering::Relaxed);
    }

    /// Adds to what is done.
    pub fn advance(&self, by: u64) {
        self.0.done.fetch_add(by, Ordering::Relaxed);
    }

    /// How far the work is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress {
            done: self.0.done.load(Ordering::Relaxed),
            total: self.0.total.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_ends_by_itself_or_with_the_whole() {
        let whole = Task::new();
        let [one, other] = [whole.part(), whole.part()];
        one.cancel();
        assert_eq!(
            [&whole, &one, &other].map(Task::is_cancelled),
            [false, true, false]
        );
        whole.cancel();
        assert_eq!(other.check(), Err(Cancelled));
    }
}
