//! What is odd about a store, with places that can be gone to.

use hashbrown::{HashMap, HashSet};

use crate::analysis::overview::InfoReport;
use crate::analysis::words::capitalised;
use crate::log::{Bound, Log, Problem};
use crate::model::time::input;
use crate::model::{EventIx, StreamIx};

/// Places of a finding that are named; the rest is counted.
const PLACES: usize = 3;

/// Kinds of problems of single records that are listed one by one.
const PROBLEMS: usize = 8;

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

/// What is odd about a store, errors first.
pub(super) fn of(log: &Log, report: &InfoReport) -> Vec<Finding> {
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
