//! Where the user has been: the places that jumps led away from, to go back to. Pure.

use super::{Direction, Selection, View};
use crate::analysis::events::EventFilter;
use crate::log::Bound;
use crate::model::StreamIx;

/// What the window was about.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The view.
    pub view: View,
    /// The moment.
    pub bound: Bound,
    /// A second moment to compare with.
    pub compare: Option<Bound>,
    /// What the views are about.
    pub selection: Selection,
    /// The events that the events view shows.
    pub filter: EventFilter,
}

/// Places kept in one direction.
const MOST: usize = 100;

/// Places behind and, after going back, before.
#[derive(Debug, Default)]
pub struct Trail {
    back: Vec<Place>,
    forward: Vec<Place>,
}

impl Trail {
    /// A jump led away from `place`.
    pub fn leave(&mut self, place: Place) {
        self.forward.clear();
        if self.back.last() == Some(&place) {
            return;
        }
        if self.back.len() == MOST {
            self.back.remove(0);
        }
        self.back.push(place);
    }

    /// The next place in `direction`; `now` can be come back to.
    pub fn go(&mut self, direction: Direction, now: Place) -> Option<Place> {
        let (from, to) = match direction {
            Direction::Back => (&mut self.back, &mut self.forward),
            Direction::Forward => (&mut self.forward, &mut self.back),
        };
        let place = from.pop()?;
        to.push(now);
        Some(place)
    }

    /// Whether there is a place in `direction`.
    #[must_use]
    pub fn leads(&self, direction: Direction) -> bool {
        match direction {
            Direction::Back => !self.back.is_empty(),
            Direction::Forward => !self.forward.is_empty(),
        }
    }

    /// The streams that places behind were about, each once, the last one first.
    #[must_use]
    pub fn streams(&self, most: usize) -> Vec<StreamIx> {
        let mut streams: Vec<StreamIx> = Vec::new();
        for stream in self
            .back
            .iter()
            .rev()
            .filter_map(|place| place.selection.stream)
        {
            if streams.len() < most && !streams.contains(&stream) {
                streams.push(stream);
            }
        }
        streams
    }

    /// Another store, or another order of its log: the places mean nothing any more.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::EventIx;

    fn place(at: u32) -> Place {
        Place {
            view: View::Events,
            bound: Bound::Event(EventIx(at)),
            compare: None,
            selection: Selection::default(),
            filter: EventFilter::default(),
        }
    }

    proptest! {
        #[test]
        fn going_back_and_forward_ends_where_it_began(jumps in 1u32..30, back in 0usize..40) {
            let mut trail = Trail::default();
            for at in 0..jumps {
                trail.leave(place(at));
            }
            let mut now = place(jumps);
            let mut went = 0;
            for _ in 0..back {
                if let Some(before) = trail.go(Direction::Back, now.clone()) {
                    prop_assert_eq!(&before, &place(jumps - 1 - went));
                    now = before;
                    went += 1;
                }
            }
            prop_assert_eq!(went, jumps.min(back as u32));
            for _ in 0..went {
                now = trail.go(Direction::Forward, now).expect("as far as it went back");
            }
            prop_assert_eq!(now, place(jumps));
            prop_assert!(!trail.leads(Direction::Forward));
        }
    }

    #[test]
    fn a_jump_from_the_past_forgets_what_came_after() {
        let mut trail = Trail::default();
        trail.leave(place(0));
        trail.leave(place(1));
        let back = trail.go(Direction::Back, place(2));
        assert_eq!(back, Some(place(1)));
        trail.leave(place(1));
        assert!(!trail.leads(Direction::Forward));
        assert_eq!(trail.go(Direction::Back, place(9)), Some(place(1)));
    }
}
