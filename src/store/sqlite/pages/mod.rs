//! Reads a table's pages straight from the file, which takes a fraction of the time that stepping
//! through a statement does. Only where it is proved to give the same: no log goes with the file, a
//! transaction of SQLite's own keeps it as it is, and the statement selects plain columns of one
//! ordinary table. Whatever is out of the ordinary in a page is left to SQLite, which alone judges
//! damage: [`Odd`] says that the rest of a block is to be read by the statement.
//!
//! The format: <https://www.sqlite.org/fileformat2.html>.

mod bytes;
mod page;
mod record;
mod shape;
#[cfg(test)]
mod tests;
mod walk;
mod window;

pub(super) use shape::Shape;
pub(super) use walk::Walk;

/// Something is not as pages mostly are: not for us to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Odd;
