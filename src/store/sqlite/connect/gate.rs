//! Lets go of a file now and then. A file in rollback format is locked while anybody reads it, and one
//! process holds one lock for all its connections: as long as their transactions overlap it is never
//! let go, however short each of them is. So they come in rounds: who comes while a round is young joins
//! it, all read on to its end, and the next begins when the last of them is out.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::FileId;

/// No round lasts longer, as far as those within see to it.
pub(in crate::store::sqlite) const ROUND: Duration = Duration::from_millis(50);

/// Who comes within this time joins a round.
const YOUNG: Duration = Duration::from_millis(40);

/// Who waits longer than this reads all the same: somebody sorts, or hangs.
const PATIENCE: Duration = Duration::from_millis(150);

/// The gate of one file.
#[derive(Debug)]
pub(in crate::store::sqlite) struct Gate {
    round: Mutex<Round>,
    out: Condvar,
}

#[derive(Clone, Copy, Debug)]
struct Round {
    within: u32,
    began: Instant,
}

impl Round {
    /// Whether somebody may come in now, and begins a round where there is none.
    fn admits(&mut self, now: Instant) -> bool {
        if self.within == 0 {
            self.began = now;
        }
        self.within == 0 || now.saturating_duration_since(self.began) < YOUNG
    }
}

impl Gate {
    /// The gate of that file: one for all who read it in this process.
    pub fn of(file: FileId) -> Arc<Self> {
        static GATES: OnceLock<Mutex<HashMap<FileId, Weak<Gate>>>> = OnceLock::new();
        let gates = GATES.get_or_init(Mutex::default);
        // What a panic elsewhere left behind is a map like any other.
        let mut gates = gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.retain(|_, gate| gate.strong_count() > 0);
        if let Some(gate) = gates.get(&file).and_then(Weak::upgrade) {
            return gate;
        }
        let gate = Arc::new(Self {
            round: Mutex::new(Round {
                within: 0,
                began: Instant::now(),
            }),
            out: Condvar::new(),
        });
        gates.insert(file, Arc::downgrade(&gate));
        gate
    }

    fn round(&self) -> MutexGuard<'_, Round> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for its turn.
    pub fn enter(self: &Arc<Self>) -> Within {
        let came = Instant::now();
        let mut round = self.round();
        while !round.admits(Instant::now()) {
            let Some(left) = PATIENCE.checked_sub(came.elapsed()) else {
                break;
            };
            let waited = self.out.wait_timeout(round, left);
            round = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        round.within += 1;
        let began = round.began;
        drop(round);
        Within {
            gate: Arc::clone(self),
            began,
        }
    }
}

/// Somebody who is reading; leaves on being dropped.
#[derive(Debug)]
pub(in crate::store::sqlite) struct Within {
    gate: Arc<Gate>,
    /// When the round began.
    pub began: Instant,
}

impl Drop for Within {
    fn drop(&mut self) {
        let mut round = self.gate.round();
        round.within -= 1;
        if round.within == 0 {
            self.gate.out.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_end_before_others_begin() {
        let began = Instant::now();
        let mut round = Round { within: 0, began };
        let at = |millis| began + Duration::from_millis(millis);
        assert!(round.admits(at(3)));
        round.within = 1;
        assert!(round.admits(at(20)));
        round.within = 2;
        // The round is old: first all of them have to go.
        assert!(!round.admits(at(50)));
        round.within = 1;
        assert!(!round.admits(at(60)));
        round.within = 0;
        assert!(round.admits(at(60)));
        assert_eq!(round.began, at(60));
    }

    #[test]
    fn who_waits_comes_in_when_the_others_are_out() {
        let gate = Gate::of(FileId::of(&std::fs::metadata(".").unwrap()));
        let first = gate.enter();
        gate.round().began -= 2 * YOUNG;
        std::thread::scope(|scope| {
            let other = Arc::clone(&gate);
            let second = scope.spawn(move || other.enter().began);
            let before = first.began;
            drop(first);
            assert!(second.join().unwrap() >= before);
        });
        assert_eq!(gate.round().within, 0);
    }
}
