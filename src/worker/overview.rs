//! The overview as the window shows it: the report as of the cursor beside the same of the whole
//! store, bars of both on one axis, and everything odd with places that can be gone to.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use super::job::{SessionId, Subject};
use crate::analysis::overview::{
    self, FileFacts, InfoReport, LayoutFacts, Overview, Reason, RunnerUp, StoreFacts,
};
use crate::log::{Bound, Cut, Log, Problem};
use crate::model::time::Zone;
use crate::model::{Cancelled, CategoryIx, EventIx, Position, StreamIx, Task, TypeIx};
use crate::store::{Recognition, Store};

/// Places of a finding that are named; the rest is counted.
const PLACES: usize = 3;

/// Kinds of problems of single records that are listed one by one.
const PROBLEMS: usize = 8;

/// The overview as of a cut.
#[derive(Clone, Debug)]
pub struct StoreOverview {
    /// What `asof info` says as of the cut.
    pub report: InfoReport,
    /// The same of everything.
    pub whole: Arc<WholeStore>,
    /// Known events in each bar of the whole's histogram.
    pub known: Vec<u64>,
    /// What is odd, errors first.
    pub findings: Vec<Finding>,
}

/// What is the same at every cut.
#[derive(Clone, Debug)]
pub struct WholeStore {
    /// The figures as of the head.
    pub overview: Overview,
    /// What rows about event types need, by name.
    pub types: HashMap<String, TypeFacts>,
    /// What rows about categories need, by name.
    pub categories: HashMap<String, CategoryFacts>,
}

/// About an event type, whenever.
#[derive(Clone, Copy, Debug)]
pub struct TypeFacts {
    /// Which.
    pub event_type: TypeIx,
    /// The category of its first event.
    pub category: CategoryIx,
    /// Its events in the whole store.
    pub count: u64,
}

/// About a category, whenever.
#[derive(Clone, Copy, Debug)]
pub struct CategoryFacts {
    /// Which.
    pub category: CategoryIx,
    /// Its events in the whole store.
    pub events: u64,
    /// Its streams in the whole store.
    pub streams: u64,
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
pub(super) struct WholeKey {
    session: SessionId,
    generation: u64,
    events: usize,
    clock: crate::log::Clock,
    zone: Zone,
}

/// The figures of the whole store, kept while only the cursor moves.
#[derive(Default)]
pub(super) struct Kept(Option<(WholeKey, Arc<WholeStore>)>);

impl Kept {
    /// The overview as of `cut`.
    pub fn overview(
        &mut self,
        subject: &Subject,
        cut: &Cut,
        zone: Zone,
        facts: &StoreFacts,
        task: &Task,
    ) -> Result<StoreOverview, Cancelled> {
        let log = &subject.log;
        let whole = self.whole(subject, cut, zone, task)?;
        let report = overview::info(log, cut, facts, zone, task)?;
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
            session: subject.session,
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
            categories: categories(log, &overview),
            overview,
        });
        self.0 = Some((key, Arc::clone(&whole)));
        Ok(whole)
    }
}

/// The files that a store is made of, in the words of reports; none where it is a single one.
#[must_use]
pub fn file_facts(store: &Store) -> Vec<FileFacts> {
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
#[must_use]
pub fn layout_facts(recognition: &Recognition) -> LayoutFacts {
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
) -> Result<HashMap<String, TypeFacts>, Cancelled> {
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
        let facts = TypeFacts {
            event_type: TypeIx::from_usize(at),
            category: first[at]?,
            count: figures.count,
        };
        Some((figures.name.clone(), facts))
    });
    Ok(facts.collect())
}

fn categories(log: &Log, overview: &Overview) -> HashMap<String, CategoryFacts> {
    let numbers: HashMap<&str, usize> = log.categories().iter().zip(0..).collect();
    let facts = overview.categories.iter().filter_map(|figures| {
        let facts = CategoryFacts {
            category: CategoryIx::from_usize(*numbers.get(figures.name.as_str())?),
            events: figures.events,
            streams: figures.streams,
        };
        Some((figures.name.clone(), facts))
    });
    facts.collect()
}

fn findings(log: &Log, report: &InfoReport) -> Vec<Finding> {
    let mut findings = unreadable(&report.problems, report.unreadable);
    let warnings = report.overview.warnings().into_iter();
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
        let message = sentence(&problem.message);
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
    if let Some(records) = crate::analysis::words::many(others, "further record", "further records")
    {
        findings.push(Finding {
            kind: FindingKind::Unreadable,
            message: format!("{records} could not be read, or not wholly"),
            places: Vec::new(),
            more: 0,
        });
    }
    findings
}

/// With a capital at its beginning.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
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
        if let Some(position) = place.text.strip_prefix('#').and_then(|n| n.parse().ok()) {
            place.target = log.at_position(Position(position)).map(PlaceTarget::Event);
        } else if let Some(Bound::Event(event)) = log.at_position_name(&place.text) {
            place.target = Some(PlaceTarget::Event(event));
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
                "2 further records could not be read, or not wholly at 0 +0"
            ]
        );
        assert_eq!(stream_of("my stream v14–v15"), Some("my stream"));
        assert_eq!(stream_of("row 3"), None);
    }
}
