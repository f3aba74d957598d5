//! What a store holds as of a moment: its streams, types, times and oddities, each counted in one pass
//! over the columns. Behind `asof info` and the Overview; of payloads only a few are read, to see whether
//! they are what they are written as, and what only the file can tell comes in as [`StoreFacts`].

mod backwards;
mod buckets;
mod histogram;
mod info;
mod payloads;
mod repeats;
#[cfg(test)]
mod tests;
mod versions;
mod warnings;

use serde::{Serialize, Serializer};

pub use backwards::{Backwards, SlidBack};
pub use buckets::Bucket;
pub use histogram::{Bar, Histogram, over as histogram};
pub use info::{FileFacts, InfoReport, LayoutFacts, Reason, RunnerUp, StoreFacts, info};
pub use payloads::PayloadFigures;
pub use versions::{Fork, Gap, VersionFigures};
pub use warnings::Warning;

use super::scan;
use crate::log::{Arranged, AsOf, Clock, Cut, Log, NO_CATEGORY, Run, Times};
use crate::model::time::{Span, Zone};
use crate::model::{Cancelled, CategoryIx, EventIx, StreamIx, Task, Timestamp};
use backwards::Watch;
use versions::Versions;

/// Examples kept of each oddity; the rest is counted.
const EXAMPLES: usize = 10;

/// A log as of a moment, in figures. The whole store is the same as of its head.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Overview {
    /// The moment. Times below are by its clock.
    pub as_of: AsOf,
    /// How many events.
    pub events: u64,
    /// How many streams have at least one.
    pub streams: u64,
    /// Most events first, then by name.
    pub categories: Vec<CategoryFigures>,
    /// Most events first, then by name.
    pub event_types: Vec<TypeFigures>,
    /// The earliest time.
    pub first_time: Option<Timestamp>,
    /// The latest time.
    pub last_time: Option<Timestamp>,
    /// Events without a time of their own among others that have one.
    pub untimed: u64,
    /// Whether the events were put in order and the file has them otherwise: a fact of the file,
    /// whatever the moment.
    pub put_in_order: bool,
    /// How.
    #[serde(skip)]
    pub arranged: Arranged,
    /// Where time runs backwards.
    pub backwards: Backwards,
    /// The longest time between the recording and the occurrence of an event, in microseconds; null
    /// where the store does not have both.
    #[serde(rename = "clocks_apart_us")]
    pub clocks_apart: Option<Span>,
    /// Gaps and forks.
    pub versions: VersionFigures,
    /// Events whose id an earlier one has; null until all ids are indexed.
    pub repeated_ids: Option<u64>,
    /// Events over time; null where there are no times.
    pub histogram: Option<Histogram>,
}

/// A category in figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CategoryFigures {
    /// Its name; null in JSON where it is [`NO_CATEGORY`].
    #[serde(serialize_with = "told")]
    pub name: String,
    /// Events that stand in one of its streams, each counted once.
    pub events: u64,
    /// Streams with at least one event.
    pub streams: u64,
}

fn told<S: Serializer>(name: &str, serializer: S) -> Result<S::Ok, S::Error> {
    Some(name)
        .filter(|name| *name != NO_CATEGORY)
        .serialize(serializer)
}

/// An event type in figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TypeFigures {
    /// Its name.
    pub name: String,
    /// How many events.
    pub count: u64,
}

/// Looks the log over as of `cut`, with bars of the calendar of `zone`.
///
/// # Errors
/// [`Cancelled`] when the task was called off.
pub fn overview(log: &Log, cut: &Cut, zone: Zone, task: &Task) -> Result<Overview, Cancelled> {
    let rows = cut.outside().0;
    task.set_total(u64::from(rows) * 2);
    let mut tally = Tally::new(log, cut.clock());
    scan::known(log, cut, 0..rows, task, |run| tally.add(&run))?;
    for (event, stream) in scan::links(log) {
        if cut.holds(log, event) {
            tally.add_link(log, event, stream);
        }
    }
    let span = tally.first_time.zip(tally.last_time);
    let histogram = match span {
        Some(span) => Some(histogram::over(log, cut, span, zone, task)?),
        None => None,
    };
    Ok(Overview {
        as_of: cut.as_of(log),
        events: u64::from(cut.count()),
        streams: tally.versions.seen(),
        categories: tally.categories(log),
        event_types: tally.event_types(log),
        first_time: tally.first_time,
        last_time: tally.last_time,
        untimed: if span.is_some() { tally.untimed } else { 0 },
        put_in_order: log.arranged() != Arranged::AsRead,
        arranged: log.arranged(),
        backwards: tally.backwards.figures(log),
        clocks_apart: tally.clocks_apart,
        versions: tally.versions.figures(log, cut, task)?,
        repeated_ids: repeats::count(log, cut),
        histogram,
    })
}

/// What one pass over the columns gathers.
struct Tally {
    clock: Clock,
    types: Vec<u64>,
    categories: Vec<u64>,
    first_time: Option<Timestamp>,
    last_time: Option<Timestamp>,
    untimed: u64,
    backwards: Watch,
    clocks_apart: Option<Span>,
    versions: Versions,
    /// The linked event last seen, and the categories in which it was counted.
    linked: Option<(EventIx, Vec<CategoryIx>)>,
}

impl Tally {
    fn new(log: &Log, clock: Clock) -> Self {
        Self {
            clock,
            types: vec![0; log.types().len()],
            categories: vec![0; log.categories().len()],
            first_time: None,
            last_time: None,
            untimed: 0,
            backwards: Watch::default(),
            clocks_apart: None,
            versions: Versions::new(log.streams().len()),
            linked: None,
        }
    }

    fn add(&mut self, run: &Run<'_>) {
        for &event_type in run.types() {
            self.types[event_type as usize] += 1;
        }
        self.versions.add(run);
        if let Some(times) = run.times(self.clock) {
            self.untimed += times.untimed() as u64;
            self.add_times(run, &times);
        }
        if let (Some(recorded), Some(occurred)) =
            (run.times(Clock::Recorded), run.times(Clock::Occurred))
        {
            for row in 0..run.len() {
                if let (Some(recorded), Some(occurred)) = (recorded.own(row), occurred.own(row)) {
                    let apart = (recorded - occurred).abs();
                    self.clocks_apart = self.clocks_apart.max(Some(apart));
                }
            }
        }
    }

    fn add_times(&mut self, run: &Run<'_>, times: &Times<'_>) {
        // Between the ends of an ascending run nothing is earlier or later than these.
        let ends_only = times.ascending() && times.get(0).is_some();
        let step = if ends_only { run.len().max(2) - 1 } else { 1 };
        for row in (0..run.len()).step_by(step) {
            if let Some(time) = times.get(row) {
                self.first_time = Some(self.first_time.map_or(time, |first| first.min(time)));
                self.last_time = Some(self.last_time.map_or(time, |last| last.max(time)));
                let event = EventIx(run.events().start + row as u32);
                self.backwards.see(event, time);
            }
        }
    }

    fn add_link(&mut self, log: &Log, event: EventIx, stream: StreamIx) {
        self.versions.see(stream);
        let own = log.category(log.stream(event));
        let counted = match &mut self.linked {
            Some((last, counted)) if *last == event => counted,
            linked => &mut linked.insert((event, vec![own])).1,
        };
        let category = log.category(stream);
        if !counted.contains(&category) {
            counted.push(category);
            self.categories[category.at()] += 1;
        }
    }

    fn categories(&mut self, log: &Log) -> Vec<CategoryFigures> {
        let mut streams = vec![0_u64; self.categories.len()];
        for (stream, own) in self.versions.streams() {
            let category = log.category(stream).at();
            streams[category] += 1;
            self.categories[category] += own;
        }
        let figures = self.categories.iter().zip(&streams).enumerate();
        let mut figures: Vec<CategoryFigures> = figures
            .filter(|&(_, (_, &streams))| streams > 0)
            .map(|(ix, (&events, &streams))| CategoryFigures {
                name: log.category_name(CategoryIx::from_usize(ix)).to_owned(),
                events,
                streams,
            })
            .collect();
        figures.sort_by(|a, b| (b.events.cmp(&a.events)).then_with(|| a.name.cmp(&b.name)));
        figures
    }

    fn event_types(&self, log: &Log) -> Vec<TypeFigures> {
        let counts = log.types().iter().zip(&self.types);
        let mut figures: Vec<TypeFigures> = counts
            .filter(|&(_, &count)| count > 0)
            .map(|(name, &count)| TypeFigures {
                name: name.to_owned(),
                count,
            })
            .collect();
        figures.sort_by(|a, b| (b.count.cmp(&a.count)).then_with(|| a.name.cmp(&b.name)));
        figures
    }
}
