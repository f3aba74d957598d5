//! What a run tells of itself.

use super::Run;
use crate::analysis::projection::Told;
use crate::analysis::projection::script::{LostDigits, Output};

impl Run {
    /// How many checkpoints there are, and the bytes they hold, roughly.
    #[must_use]
    pub fn held(&self) -> (usize, usize) {
        (self.checkpoints.len(), self.checkpoints.bytes())
    }

    /// What handlers would have written, the first thousand, and how many in all.
    #[must_use]
    pub fn outputs(&self) -> (Vec<Output>, u64) {
        let told = self.record.all();
        (told.outputs.clone(), told.totals.outputs)
    }

    /// Integers whose digits JavaScript does not keep: the first thousand.
    #[must_use]
    pub fn lost_digits(&self) -> (Vec<LostDigits>, u64) {
        let lost = &self.record.all().lost_digits;
        (lost.clone(), lost.len() as u64)
    }

    /// How many events were folded since the last checkpoint.
    #[must_use]
    pub const fn since_checkpoint(&self) -> u32 {
        match self.strayed {
            // None is of use any more.
            true => self.next.0,
            false => self.since,
        }
    }

    /// How many events were folded, those that were folded again among them.
    #[must_use]
    pub const fn folded(&self) -> u64 {
        self.folded
    }

    /// What handlers have said so far.
    #[must_use]
    pub const fn told(&self) -> &Told {
        self.record.all()
    }
}
