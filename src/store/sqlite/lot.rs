//! Which of a store's sources of events an event is from. A place in the log holds it beside the part
//! of a row, so that stores with one source, nearly all, have room for parts without end.

use crate::log::Place;

/// One of a store's sources of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lot {
    /// The only one.
    Only,
    /// One of several, by its number.
    Of(u16),
}

/// Parts that a row may have where there are several sources.
const BITS: u32 = 16;

impl Lot {
    /// The numbers of `count` sources; none where there are too many.
    pub fn all(count: usize) -> Option<Vec<Self>> {
        match count {
            1 => Some(vec![Self::Only]),
            _ => (0..count)
                .map(|n| u16::try_from(n).ok().map(Self::Of))
                .collect(),
        }
    }

    /// The place in the log of an event that stands there in this source; none where its part of a row
    /// is beyond counting.
    pub fn place(self, own: Place) -> Option<Place> {
        match self {
            Self::Only => Some(own),
            Self::Of(number) => (own.extent >> BITS == 0).then(|| Place {
                extent: u32::from(number) << BITS | own.extent,
                ..own
            }),
        }
    }

    /// Where in this source stands what has that place in the log.
    pub fn own(self, place: Place) -> Place {
        match self {
            Self::Only => place,
            Self::Of(_) => Place {
                extent: place.extent & ((1 << BITS) - 1),
                ..place
            },
        }
    }

    /// Of which of several sources an event at that place is.
    pub fn number(place: Place) -> usize {
        (place.extent >> BITS) as usize
    }

    /// Whether an event at that place is of this source.
    pub fn has(self, place: Place) -> bool {
        match self {
            Self::Only => true,
            Self::Of(number) => Self::number(place) == usize::from(number),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_of_several_sources_stay_apart(at: i64, extent: u32, number: u16, other: u16) {
            let own = Place { at, extent };
            prop_assert_eq!(Lot::Only.place(own).map(|place| Lot::Only.own(place)), Some(own));
            let small = Place { at, extent: extent & 0xffff };
            let place = Lot::Of(number).place(small).unwrap();
            prop_assert_eq!(Lot::Of(number).own(place), small);
            prop_assert_eq!(Lot::Of(other).has(place), number == other);
            prop_assert_eq!(Lot::Of(number).place(own).is_some(), extent <= 0xffff);
        }
    }
}
