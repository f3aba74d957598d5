//! The overview as the window shows it: the report as of the cursor beside the same of the whole
//! store, bars of both on one axis, and everything odd with places that can be gone to.

mod findings;

use std::sync::Arc;

use hashbrown::HashMap;

use crate::analysis::overview::{
    self, FileFacts, InfoReport, LayoutFacts, Overview, Reason, RunnerUp, StoreFacts,
};
use crate::analysis::replay::FoldRules;
use crate::log::{Bound, Cut, Log};
use crate::model::time::Zone;
use crate::model::{Cancelled, CategoryIx, Task, TypeIx};
use crate::store::{Recognition, Store};
use crate::worker::{Asked, Question, Room, Subject, Unanswered};
pub use findings::{Finding, FindingKind, FoundPlace, PlaceTarget};

/// Asks what the store is and holds.
#[derive(Clone, Debug, PartialEq)]
pub struct AskOverview {
    /// The log.
    pub subject: Subject,
    /// The moment.
    pub cut: Cut,
    /// The zone of the bars.
    pub zone: Zone,
}

impl Question for AskOverview {
    type Answer = StoreOverview;
    const ROOM: Room = Room::Scans;

    fn moment(&self) -> Option<Bound> {
        Some(self.cut.bound())
    }

    fn answer(&self, asked: Asked<'_>) -> Result<StoreOverview, Unanswered> {
        let kept: &mut Kept = asked.desk.of(self.subject.session);
        Ok(kept.overview(&self.subject, &self.cut, self.zone, asked.task)?)
    }
}

/// The overview as of a cut.
#[derive(Clone, Debug)]
pub struct StoreOverview {
    /// What `asof info` says as of the cut.
    pub report: InfoReport,
    /// The same of everything.
    pub whole: Arc<WholeStore>,
    /// Known events in each bar of the whole's histogram.
    pub known: Vec<u64>,
    /// Event types, the most frequent as of the cut first; behind them those that came later.
    pub types: Vec<TypeRow>,
    /// Categories, the largest of the whole store first, so that none jumps while the cursor moves.
    pub categories: Vec<CategoryRow>,
    /// What is odd, errors first.
    pub findings: Vec<Finding>,
}

/// What is the same at every cut.
#[derive(Clone, Debug)]
pub struct WholeStore {
    /// The figures as of the head.
    pub overview: Overview,
    /// Event types with the whole store's figures, by name.
    types: HashMap<String, TypeRow>,
    /// The places of the categories in the log's dictionary, by name.
    categories: HashMap<String, CategoryIx>,
}

/// An event type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeRow {
    /// Which.
    pub event_type: TypeIx,
    /// Its name.
    pub name: String,
    /// The category of its first event.
    pub category: CategoryIx,
    /// Its events as of the cut.
    pub known: u64,
    /// Its events in the whole store.
    pub all: u64,
}

/// A category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryRow {
    /// Which.
    pub category: CategoryIx,
    /// Its name.
    pub name: String,
    /// Its events as of the cut.
    pub events: u64,
    /// Its streams as of the cut.
    pub streams: u64,
    /// Its events in the whole store.
    pub all_events: u64,
    /// Its streams in the whole store.
    pub all_streams: u64,
}

/// What the figures of the whole store depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct WholeKey {
    generation: u64,
    events: usize,
    clock: crate::log::Clock,
    zone: Zone,
}

/// The figures of the whole store, kept while only the cursor moves.
#[derive(Default)]
struct Kept(Option<(WholeKey, Arc<WholeStore>)>);

impl Kept {
    /// The overview as of `cut`.
    fn overview(
        &mut self,
        subject: &Subject,
        cut: &Cut,
        zone: Zone,
        task: &Task,
    ) -> Result<StoreOverview, Cancelled> {
        let log = &subject.log;
        let whole = self.whole(subject, cut, zone, task)?;
        let report = overview::info(log, &*subject.payloads, cut, &subject.facts, zone, task)?;
        let span = whole.overview.first_time.zip(whole.overview.last_time);
        let known = match span {
            Some(span) if cut.count() > 0 => {
                let bars = overview::histogram(log, cut, span, zone, task)?.bars;
                bars.iter().map(|bar| bar.events).collect()
            }
            _ => Vec::new(),
        };
        let findings = findings::of(log, &report);
        Ok(StoreOverview {
            types: type_rows(&report.overview, &whole),
            categories: category_rows(&report.overview, &whole),
            report,
            whole,
            known,
            findings,
        })
    }

    fn whole(
        &mut self,
        subject: &Subject,
        cut: &Cut,
        zone: Zone,
        task: &Task,
    ) -> Result<Arc<WholeStore>, Cancelled> {
        let log = &subject.log;
        let key = WholeKey {
            generation: log.generation(),
            events: log.len(),
            clock: cut.clock(),
            zone,
        };
        if let Some((known, whole)) = &self.0
            && *known == key
        {
            return Ok(Arc::clone(whole));
        }
        let head = log.cut(cut.clock(), crate::log::Bound::Head);
        let overview = overview::overview(log, &head, zone, task)?;
        let whole = Arc::new(WholeStore {
            types: types(log, &overview, task)?,
            categories: categories(log),
            overview,
        });
        self.0 = Some((key, Arc::clone(&whole)));
        Ok(whole)
    }
}

fn type_rows(now: &Overview, whole: &WholeStore) -> Vec<TypeRow> {
    let known: HashMap<&str, u64> = now
        .event_types
        .iter()
        .map(|figures| (figures.name.as_str(), figures.count))
        .collect();
    let row = |name: &str| {
        let mut row = whole.types.get(name)?.clone();
        row.known = known.get(name).copied().unwrap_or(0);
        Some(row)
    };
    let first = now.event_types.iter().map(|figures| figures.name.as_str());
    let all = whole.overview.event_types.iter();
    let later = all.map(|figures| figures.name.as_str());
    let later = later.filter(|name| !known.contains_key(name));
    first.chain(later).filter_map(row).collect()
}

fn category_rows(now: &Overview, whole: &WholeStore) -> Vec<CategoryRow> {
    let known: HashMap<&str, (u64, u64)> = now
        .categories
        .iter()
        .map(|figures| (figures.name.as_str(), (figures.events, figures.streams)))
        .collect();
    let rows = whole.overview.categories.iter().filter_map(|all| {
        let (events, streams) = known.get(all.name.as_str()).copied().unwrap_or((0, 0));
        Some(CategoryRow {
            category: *whole.categories.get(&all.name)?,
            name: all.name.clone(),
            events,
            streams,
            all_events: all.events,
            all_streams: all.streams,
        })
    });
    rows.collect()
}

/// What reports say of a store.
#[must_use]
pub fn store_facts(store: &Store) -> StoreFacts {
    let paths = store.paths();
    let paths: Vec<String> = (paths.iter())
        .map(|path| path.display().to_string())
        .collect();
    StoreFacts {
        path: paths.join(" + "),
        files: file_facts(store),
        format: store.format(),
        bytes: store.size(),
        layout: layout_facts(store.recognition()),
        problems: Vec::new(),
        lacks: store.lacks(),
    }
}

/// What the layout of a store says of folding.
#[must_use]
pub fn fold_rules(store: &Store) -> FoldRules {
    FoldRules {
        drop_keys: store.envelope_copies(),
    }
}

/// The files that a store is made of, in the words of reports; none where it is a single one.
fn file_facts(store: &Store) -> Vec<FileFacts> {
    let files = store.files().into_iter().map(|(name, file)| FileFacts {
        name: name.to_owned(),
        path: file.path().display().to_string(),
        format: file.format(),
        bytes: file.size(),
        layout: file.recognition().name.clone(),
    });
    files.collect()
}

/// Which layout was recognised and why, in the words of reports.
fn layout_facts(recognition: &Recognition) -> LayoutFacts {
    let reasons = recognition.reasons.iter().map(|(text, points)| Reason {
        text: text.clone(),
        points: *points as i32,
    });
    let runner_up = recognition.runner_up.as_ref();
    LayoutFacts {
        name: recognition.name.clone(),
        confidence: recognition.confidence,
        reasons: reasons.collect(),
        runner_up: runner_up.map(|(name, confidence)| RunnerUp {
            name: name.clone(),
            confidence: *confidence,
        }),
    }
}

fn types(
    log: &Log,
    overview: &Overview,
    task: &Task,
) -> Result<HashMap<String, TypeRow>, Cancelled> {
    let mut first: Vec<Option<CategoryIx>> = vec![None; log.types().len()];
    let mut left = first.len();
    for event in log.events() {
        if event.0 % 8192 == 0 {
            task.check()?;
        }
        let slot = &mut first[log.event_type(event).at()];
        if slot.is_none() {
            *slot = Some(log.category(log.stream(event)));
            left -= 1;
            if left == 0 {
                break;
            }
        }
    }
    let numbers: HashMap<&str, usize> = log.types().iter().zip(0..).collect();
    let facts = overview.event_types.iter().filter_map(|figures| {
        let at = *numbers.get(figures.name.as_str())?;
        let row = TypeRow {
            event_type: TypeIx::from_usize(at),
            name: figures.name.clone(),
            category: first[at]?,
            known: 0,
            all: figures.count,
        };
        Some((figures.name.clone(), row))
    });
    Ok(facts.collect())
}

fn categories(log: &Log) -> HashMap<String, CategoryIx> {
    let names = log.categories().iter().zip(0..);
    let places = names.map(|(name, at)| (name.to_owned(), CategoryIx::from_usize(at)));
    places.collect()
}
