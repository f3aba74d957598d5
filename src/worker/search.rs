//! The long lists of the window: events of a filter, sent as they are found; streams; counts by type
//! and category. What a filter means is `analysis::events`'s, what a list holds `analysis::streams`'s.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::job::{Job, Reply, Subject};
use super::lane::Sender;
use super::outcome::Outcome;
use crate::analysis::events::{self, EventFilter, Search};
use crate::analysis::overview;
use crate::analysis::streams::{self, StreamList, StreamQuery};
use crate::log::{Bound, Clock, Cut, Names};
use crate::model::time::Zone;
use crate::model::{Cancelled, CategoryIx, EventIx, Task, TypeIx};

/// Between two sendings of what was found; the first find is sent at once.
const PAUSE: Duration = Duration::from_millis(60);

/// Which streams to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamsWanted {
    /// Search and order.
    pub query: StreamQuery,
    /// Only of this category.
    pub category: Option<CategoryIx>,
}

/// Events by type and category as of a cut, most first; those with none are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By type.
    pub types: Vec<(TypeIx, u64)>,
    /// By category.
    pub categories: Vec<(CategoryIx, u64)>,
}

/// The end of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchEnd {
    /// How many events of the log were looked at, from its beginning.
    pub searched: u32,
    /// Events whose text could not be looked at.
    pub unread: u64,
}

/// Searches the log from `first` on, the future included: the window fades it.
pub(super) fn matches(
    (subject, number): (&Subject, u64),
    filter: &EventFilter,
    (clock, first): (Clock, EventIx),
    task: &Task,
    sender: &Sender,
) -> Result<(), Cancelled> {
    let log = &*subject.log;
    let search = Search {
        log,
        cut: &log.cut(clock, Bound::Head),
        filter,
        payloads: &*subject.payloads,
    };
    let send = |events: &mut Vec<EventIx>, end: Option<SearchEnd>| {
        let events = std::mem::take(events);
        sender.send(Outcome::Reply {
            session: subject.session,
            number,
            reply: Reply::Matches { events, end },
        });
    };
    let mut unsent = Vec::new();
    let mut sent: Option<Instant> = None;
    let found = search.run_from(first, task, &mut |events| {
        unsent.extend_from_slice(events);
        if sent.is_none_or(|sent| sent.elapsed() > PAUSE) {
            send(&mut unsent, None);
            sent = Some(Instant::now());
        }
    })?;
    let end = SearchEnd {
        searched: found.searched,
        unread: found.unread,
    };
    send(&mut unsent, Some(end));
    Ok(())
}

/// Answers the jobs about lists; any other is called off.
pub(super) fn answer(job: Job, task: &Task) -> Result<Reply, Cancelled> {
    match job {
        Job::Streams {
            subject,
            cut,
            wanted,
        } => Ok(Reply::Streams(Box::new(streams(
            &subject, &cut, &wanted, task,
        )?))),
        Job::Counts { subject, cut } => Ok(Reply::Counts(counts(&subject, &cut, task)?)),
        Job::Row { subject, event } => Ok(Reply::Row(row(&subject, event, task)?)),
        _ => Err(Cancelled),
    }
}

/// The streams that are wanted, as of `cut`.
pub(super) fn streams(
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

/// An event in full as JSON over several lines.
fn row(subject: &Subject, event: EventIx, task: &Task) -> Result<String, Cancelled> {
    let rows = events::rows(&subject.log, &*subject.payloads, &[event], task)?;
    let text = rows
        .first()
        .and_then(|row| serde_json::to_string_pretty(row).ok());
    Ok(text.unwrap_or_default())
}
