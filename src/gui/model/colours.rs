//! Which of the theme's colours each category has: in the order in which they first stood in the log,
//! and then the same for as long as the store is open, also where its file is rewritten.

use crate::log::Log;
use crate::model::CategoryIx;

/// Categories that have a colour of their own; all others share one.
pub const COLOURED: usize = 10;

/// Colours of categories, by their places among the theme's.
#[derive(Clone, Debug, Default)]
pub struct CategoryColours {
    /// The name that each colour is kept for, once the index was whole.
    kept: [Option<String>; COLOURED],
    /// The categories of the log that have a colour, with its place.
    places: Vec<(CategoryIx, usize)>,
}

impl CategoryColours {
    /// The place of a category's colour; beyond all of them for those that share one.
    #[must_use]
    pub fn of(&self, category: CategoryIx) -> usize {
        let own = self.places.iter().find(|(own, _)| *own == category);
        own.map_or(usize::MAX, |(_, place)| *place)
    }

    /// Gives the categories of this log their colours. Costs the number of colours, not of categories.
    pub fn learn(&mut self, log: &Log) {
        let categories = log.categories();
        let place = |name: &String| categories.find(name).map(CategoryIx);
        let mut taken = self.kept.clone();
        self.places = (taken.iter().enumerate())
            .filter_map(|(at, name)| Some((name.as_ref().and_then(place)?, at)))
            .collect();
        for (category, name) in (0..).map(CategoryIx).zip(categories.iter()) {
            if self.places.iter().any(|(own, _)| *own == category) {
                continue;
            }
            let is_gone =
                |own: &Option<String>| own.as_ref().is_some_and(|own| place(own).is_none());
            let unused = taken.iter().position(Option::is_none);
            let Some(at) = unused.or_else(|| taken.iter().position(is_gone)) else {
                break;
            };
            taken[at] = Some(name.to_owned());
            self.places.push((category, at));
        }
        // Before the index is whole, what stands first may yet be another.
        if log.is_complete() {
            self.kept = taken;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{LogBuilder, Order, RawChunk, Row};

    fn log(categories: &[String]) -> Log {
        let mut builder = LogBuilder::new(Order::Given);
        let mut raw = RawChunk::default();
        for name in categories {
            let stream = format!("{name}-1");
            let row = Row {
                stream: &stream,
                event_type: "T",
                ..Row::default()
            };
            raw.push(&row, || name.clone());
        }
        builder.append(raw);
        builder.finish().0
    }

    fn names(names: impl IntoIterator<Item = char>) -> Vec<String> {
        names.into_iter().map(String::from).collect()
    }

    fn places(colours: &CategoryColours, count: u32) -> Vec<usize> {
        (0..count).map(|at| colours.of(CategoryIx(at))).collect()
    }

    #[test]
    fn what_was_shown_keeps_its_colour_when_the_file_is_rewritten() {
        let mut colours = CategoryColours::default();
        colours.learn(&log(&names(['a', 'b', 'c'])));
        assert_eq!(places(&colours, 3), [0, 1, 2]);
        colours.learn(&log(&names(['c', 'd', 'b'])));
        assert_eq!(places(&colours, 3), [2, 3, 1]);
        colours.learn(&log(&names(['a', 'b'])));
        assert_eq!(places(&colours, 2), [0, 1]);
    }

    #[test]
    fn colours_of_what_is_gone_are_given_again_when_there_is_no_other() {
        let mut colours = CategoryColours::default();
        colours.learn(&log(&names('a'..='j')));
        colours.learn(&log(&names(['x', 'b', 'y'])));
        assert_eq!(places(&colours, 3), [0, 1, 2]);
        colours.learn(&log(&names('a'..='z')));
        let places = places(&colours, 26);
        let beyond = places.iter().filter(|&&place| place == usize::MAX);
        assert_eq!(beyond.count(), 16);
    }
}
