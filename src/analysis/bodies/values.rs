//! Texts that occur in few forms at a place: candidates for an enumeration.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::paths::PathIx;
use super::shapes::GroupIx;

/// More forms than these are no enumeration.
pub const MOST_VALUES: usize = 16;
/// Longer texts are told, not chosen.
const LONGEST: usize = 40;

/// Texts with how often each was seen; none once they are too many.
type Counted = Option<Vec<(Box<str>, u64)>>;

/// Texts by place, of each type and version.
#[derive(Debug, Default)]
pub struct Values {
    places: HashMap<(GroupIx, PathIx), Counted, FixedState>,
}

impl Values {
    #[inline]
    pub(super) fn see(&mut self, group: GroupIx, path: PathIx, text: &str) {
        let place = self
            .places
            .entry((group, path))
            .or_insert_with(|| Some(Vec::new()));
        let Some(values) = place else { return };
        if let Some(at) = values.iter().position(|(value, _)| **value == *text) {
            values[at].1 += 1;
            if at > 0 && values[at - 1].1 < values[at].1 {
                values.swap(at - 1, at);
            }
        } else if values.len() == MOST_VALUES || text.len() > LONGEST {
            *place = None;
        } else {
            values.push((text.into(), 1));
        }
    }

    /// The texts at a place, as written, each with how often; none where there are many.
    #[must_use]
    pub fn at(&self, group: GroupIx, path: PathIx) -> Option<&[(Box<str>, u64)]> {
        self.places.get(&(group, path))?.as_deref()
    }

    /// Whether there were texts at a place, few or many.
    #[must_use]
    pub fn has(&self, group: GroupIx, path: PathIx) -> bool {
        self.places.contains_key(&(group, path))
    }
}
