//! Learning how long something takes, from those that came first on: what took too long by what was known
//! when it happened tells of a disturbance, and is no measure for the next one.

use super::usual::{ENOUGH, TOO_LONG};
use super::waits::{Length, Lengths};

/// Where clocks disagree on more than one in so many, what is too long is not told well enough.
const AGREE: u32 = 10;

/// Lengths of one kind, learnt one by one.
#[derive(Clone, Debug, Default)]
pub(super) struct Learning {
    learnt: Lengths,
    so_far: u32,
    /// What is longer was called stuck, in microseconds; none before enough is known.
    limit: Option<i64>,
    /// The limit is looked at again when so many are known.
    next: u32,
}

impl Learning {
    /// Takes in the next: what something took after what came in between for which nothing waits.
    #[inline]
    pub fn learn(&mut self, wait: Length, beside: Option<Length>) {
        let length = wait.after(beside);
        let was_stuck = |limit| length.is_measured() && length.micros() > limit;
        if self.limit.is_some_and(was_stuck) {
            return;
        }
        let agree = wait.is_measured() && beside.is_none_or(Length::is_measured);
        match agree {
            true => self.learnt.add(length),
            false => self.learnt.add_doubted(length),
        }
        self.so_far += u32::from(length.is_measured());
        // Rarely among many: another one of many hardly moves it.
        if self.so_far >= self.next.max(ENOUGH) {
            self.next = self.so_far + self.so_far / 8 + 1;
            let usual = self
                .learnt
                .wait()
                .filter(|wait| wait.back <= wait.count / AGREE);
            let usual = usual.map(|wait| wait.p99).filter(|usual| *usual > 0);
            self.limit = usual.map(|usual| usual.saturating_mul(TOO_LONG));
        }
    }

    /// What was learnt.
    pub const fn learnt(&self) -> &Lengths {
        &self.learnt
    }
}
