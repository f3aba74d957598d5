//! Lines of an answer, as short as they can be read.

use std::borrow::Cow;

use crate::analysis::words::{grouped, many};
use crate::render::harmless;

/// Characters of a line, at most.
const LONGEST: usize = 1_000;

/// A line as it is shown: one that would fill the terminal is cut.
pub(super) fn told(line: &str) -> String {
    harmless(&shortened(line)).into_owned()
}

/// A text, cut where it is longer than anybody reads.
pub(super) fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        None => Cow::Borrowed(text),
        Some((end, _)) => {
            let more = grouped(text[end..].chars().count() as u64);
            Cow::Owned(format!(
                "{} … {more} more characters; --json has them",
                &text[..end]
            ))
        }
    }
}

/// How many partitions.
pub(super) fn partitions(count: u64) -> String {
    many(count, "partition", "partitions").unwrap_or_else(|| "no partition".to_owned())
}
