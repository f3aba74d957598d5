//! How many rows of a table bear out what a column is thought to be made of, and how many are enough.

/// How many rows agree with what a column should hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Agreement {
    /// And both say something.
    pub yes: usize,
    pub no: usize,
}

/// Fewer rows prove nothing.
const LEAST: usize = 8;
/// So many of a hundred rows agree where it is understood what a column holds.
const NEARLY_ALL: usize = 90;
/// So many of a hundred where it is likely, in a table of which other columns are understood.
const MOST: usize = 70;
/// So many of a hundred where all others are as they should have been some time ago.
const MANY: usize = 60;
impl Agreement {
    pub fn is_good(self) -> bool {
        self.yes >= LEAST && self.yes * 100 >= (self.yes + self.no) * NEARLY_ALL
    }

    pub fn is_likely(self) -> bool {
        self.yes >= LEAST && self.yes * 100 >= (self.yes + self.no) * MOST
    }

    pub fn is_possible(self) -> bool {
        self.yes >= LEAST && self.yes * 100 >= (self.yes + self.no) * MANY
    }

    /// Whether it is worth to be looked at more closely.
    pub fn is_promising(self) -> bool {
        self.yes >= 2 && self.yes * 2 >= self.no
    }

    pub fn score(self) -> i64 {
        self.yes as i64 - 2 * self.no as i64
    }
}
