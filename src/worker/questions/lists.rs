//! Lists of the whole store as of a cut: streams, and counts by type and category. What a list holds is
//! `analysis::streams`'s to say.

use std::collections::HashMap;

use crate::analysis::overview;
use crate::analysis::streams::{self, StreamList, StreamQuery};
use crate::log::{Bound, Cut, Names};
use crate::model::time::Zone;
use crate::model::{Cancelled, CategoryIx, Task, TypeIx};
use crate::worker::{Asked, Question, Room, Subject, Unanswered};

/// Which streams to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamsWanted {
    /// Search and order.
    pub query: StreamQuery,
    /// Only of this category.
    pub category: Option<CategoryIx>,
}

/// Asks for a list of streams.
#[derive(Clone, Debug, PartialEq)]
pub struct AskStreams {
    /// The log.
    pub subject: Subject,
    /// The moment.
    pub cut: Cut,
    /// Which.
    pub wanted: StreamsWanted,
}

impl Question for AskStreams {
    type Answer = StreamList;
    const ROOM: Room = Room::Scans;

    fn moment(&self) -> Option<Bound> {
        Some(self.cut.bound())
    }

    fn answer(&self, asked: Asked<'_>) -> Result<StreamList, Unanswered> {
        Ok(streams(&self.subject, &self.cut, &self.wanted, asked.task)?)
    }
}

/// Asks for the numbers of events by type and category.
#[derive(Clone, Debug, PartialEq)]
pub struct AskCounts {
    /// The log.
    pub subject: Subject,
    /// The moment.
    pub cut: Cut,
}

/// Events by type and category as of a cut, most first; those with none are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By type.
    pub types: Vec<(TypeIx, u64)>,
    /// By category.
    pub categories: Vec<(CategoryIx, u64)>,
}

impl Question for AskCounts {
    type Answer = Counts;
    const ROOM: Room = Room::Scans;

    fn moment(&self) -> Option<Bound> {
        Some(self.cut.bound())
    }

    fn answer(&self, asked: Asked<'_>) -> Result<Counts, Unanswered> {
        Ok(counts(&self.subject, &self.cut, asked.task)?)
    }
}

/// The streams that are wanted, as of `cut`.
pub(in crate::worker) fn streams(
    subject: &Subject,
    cut: &Cut,
    wanted: &StreamsWanted,
    task: &Task,
) -> Result<StreamList, Cancelled> {
    let log = &*subject.log;
    let mut list = streams::list(log, cut, &wanted.query, task)?;
    if let Some(category) = wanted.category {
        list.streams
            .retain(|figures| log.category(figures.stream) == category);
    }
    Ok(list)
}

/// Events by type and by category as of `cut`, most first.
fn counts(subject: &Subject, cut: &Cut, task: &Task) -> Result<Counts, Cancelled> {
    let log = &*subject.log;
    let figures = overview::overview(log, cut, Zone::Utc, task)?;
    let (types, categories) = (places(log.types()), places(log.categories()));
    let typed = figures.event_types.iter().filter_map(|figures| {
        let ix = types.get(figures.name.as_str())?;
        Some((TypeIx(*ix), figures.count))
    });
    let categorised = figures.categories.iter().filter_map(|figures| {
        let ix = categories.get(figures.name.as_str())?;
        Some((CategoryIx(*ix), figures.events))
    });
    Ok(Counts {
        types: typed.collect(),
        categories: categorised.collect(),
    })
}

fn places(names: &Names) -> HashMap<&str, u32> {
    names.iter().zip(0..).collect()
}
