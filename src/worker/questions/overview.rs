//! The overview as the window shows it: the report as of the cursor beside the same of the whole
//! store, bars of both on one axis, and everything odd with places that can be gone to.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use crate::analysis::overview::{
    self, FileFacts, InfoReport, LayoutFacts, Overview, Reason, RunnerUp, StoreFacts,
};
use crate::analysis::replay::FoldRules;
use crate::analysis::words::capitalised;
use crate::log::{Bound, Cut, Log, Problem};
use crate::model::time::{Zone, input};
use crate::model::{Cancelled, CategoryIx, EventIx, StreamIx, Task, TypeIx};
use crate::store::{Recognition, Store};
use crate::worker::{Asked, Question, Room, Subject, Unanswered};

/// Places of a finding that are named; the rest is counted.
const PLACES: usize = 3;

/// Kinds of problems of single records that are listed one by one.
const PROBLEMS: usize = 8;

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

/// Something odd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether records could not be read, rather than read and found odd.
    pub kind: FindingKind,
    /// One sentence.
    pub message: String,
    /// The first places.
    pub places: Vec<FoundPlace>,
    /// How many more there are.
    pub more: u64,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// A part of the file that could not be read.
    Unreadable,
    /// Read, and odd.
    Odd,
}

/// Where something odd is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundPlace {
    /// As people read it: `#41882`, `account-19 v14`, `row 88412`.
    pub text: String,
    /// What can be gone to there.
    pub target: Option<PlaceTarget>,
}

/// What can be gone to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceTarget {
    /// An event.
    Event(EventIx),
    /// A stream.
    Stream(StreamIx),
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
        let findings = findings(log, &report);
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

fn findings(log: &Log, report: &InfoReport) -> Vec<Finding> {
    let mut findings = unreadable(&report.problems, report.unreadable);
    let warnings = report.warnings.iter().cloned();
    findings.extend(warnings.map(|warning| {
        let unnamed = warning.places.len().saturating_sub(PLACES) as u64;
        let places = warning.places.into_iter().take(PLACES);
        Finding {
            kind: FindingKind::Odd,
            message: warning.message,
            places: places
                .map(|text| FoundPlace { text, target: None })
                .collect(),
            more: warning.more + unnamed,
        }
    }));
    resolve(log, &mut findings);
    findings
}

/// Problems of single records, one finding for all of the same kind.
fn unreadable(problems: &[Problem], count: u64) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut others = count.saturating_sub(problems.len() as u64);
    for problem in problems {
        let message = capitalised(&problem.message);
        let known = findings.iter().position(|known| known.message == message);
        match known {
            Some(at) if findings[at].places.len() >= PLACES => findings[at].more += 1,
            Some(at) => findings[at].places.push(place(&problem.place)),
            None if findings.len() < PROBLEMS => findings.push(Finding {
                kind: FindingKind::Unreadable,
                message,
                places: vec![place(&problem.place)],
                more: 0,
            }),
            None => others += 1,
        }
    }
    if let Some(places) = crate::analysis::words::many(others, "further place", "further places") {
        findings.push(Finding {
            kind: FindingKind::Unreadable,
            message: format!("{places} could not be read, or not wholly"),
            places: Vec::new(),
            more: 0,
        });
    }
    findings
}

fn place(text: &str) -> FoundPlace {
    FoundPlace {
        text: text.to_owned(),
        target: None,
    }
}

/// Finds the events and streams that places name; one look at all stream names at most.
fn resolve(log: &Log, findings: &mut [Finding]) {
    let mut wanted: HashSet<String> = HashSet::new();
    for place in findings.iter_mut().flat_map(|finding| &mut finding.places) {
        if let Some(position) = input::position(&place.text) {
            if let Ok(Bound::Event(event)) = log.at_position_name(&position) {
                place.target = Some(PlaceTarget::Event(event));
            }
        } else if let Some(name) = stream_of(&place.text) {
            wanted.insert(name.to_owned());
        }
    }
    if wanted.is_empty() {
        return;
    }
    let named = log.streams().iter().zip(0..);
    let found: HashMap<&str, u32> = named.filter(|(name, _)| wanted.contains(*name)).collect();
    for place in findings.iter_mut().flat_map(|finding| &mut finding.places) {
        if let (None, Some(name)) = (place.target, stream_of(&place.text)) {
            let stream = found.get(name).copied().map(StreamIx);
            place.target = stream.map(PlaceTarget::Stream);
        }
    }
}

/// The stream of `account-19 v14–v15`.
fn stream_of(place: &str) -> Option<&str> {
    let (name, version) = place.rsplit_once(" v")?;
    version
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_of_one_kind_are_one_finding() {
        let problem = |n: u32, message: &str| Problem {
            place: format!("row {n}"),
            message: message.to_owned(),
        };
        let mut problems: Vec<Problem> = (1..=5).map(|n| problem(n, "not JSON")).collect();
        problems.push(problem(9, "no type"));
        let found = unreadable(&problems, 8);
        let lines: Vec<String> = found
            .iter()
            .map(|one| format!("{} at {} +{}", one.message, one.places.len(), one.more))
            .collect();
        assert_eq!(
            lines,
            [
                "Not JSON at 3 +2",
                "No type at 1 +0",
                "2 further places could not be read, or not wholly at 0 +0"
            ]
        );
        assert_eq!(stream_of("my stream v14–v15"), Some("my stream"));
        assert_eq!(stream_of("row 3"), None);
    }
}
