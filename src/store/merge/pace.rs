//! How far the reading of several files is. Each counts its own way, one rows, another bytes, so the whole
//! is told in bytes.

use crate::model::{Progress, Task};

/// The progress of all files.
pub(super) struct Pace<'a> {
    /// Bytes of the files that are left, the present one first.
    sizes: &'a [u64],
    whole: &'a Task,
    part: Task,
    /// Bytes of the files before.
    before: u64,
}

impl<'a> Pace<'a> {
    /// At the beginning of the first of files of these sizes.
    pub fn new(sizes: &'a [u64], whole: &'a Task) -> Self {
        whole.set_done(0);
        whole.set_total(sizes.iter().sum());
        Self {
            sizes,
            whole,
            part: whole.part(),
            before: 0,
        }
    }

    /// The work on the present file.
    pub const fn part(&self) -> &Task {
        &self.part
    }

    /// Tells how far that is.
    pub fn tell(&self) {
        let Progress { done, total } = self.part.progress().within_total();
        let size = u128::from(self.sizes.first().copied().unwrap_or_default());
        let share = (size * u128::from(done)).checked_div(u128::from(total));
        let share = u64::try_from(share.unwrap_or_default()).unwrap_or_default();
        self.whole.set_done(self.before + share);
    }

    /// Goes on with the next file.
    pub fn next(&mut self) {
        if let Some((size, rest)) = self.sizes.split_first() {
            self.before += size;
            self.sizes = rest;
        }
        self.whole.set_done(self.before);
        self.part = self.whole.part();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_progress_of_several_never_goes_over_the_whole() {
        let whole = Task::new();
        let mut pace = Pace::new(&[600, 400], &whole);
        let done = || whole.progress();
        let of = |done| Progress { done, total: 1_000 };
        // Rows of the first.
        pace.part().set_total(30);
        pace.part().set_done(15);
        pace.tell();
        assert_eq!(done(), of(300));
        pace.next();
        assert_eq!(done(), of(600));
        // The second does not know how much it has.
        pace.part().set_done(9_000);
        pace.tell();
        assert_eq!(done(), of(600));
        pace.part().set_total(8_000);
        pace.tell();
        assert_eq!(done(), of(1_000));
    }
}
