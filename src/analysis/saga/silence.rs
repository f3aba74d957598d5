//! What an instance waits for, how long it is silent and what is usual of that: the same in each place that
//! tells of it.

use serde::Serialize;

use super::instances::Seen;
use super::standings::Status;
use super::status::Judged;
use super::usual::Comes;
use super::waits::Wait;
use crate::log::Log;
use crate::model::Timestamp;
use crate::model::time::Span;

/// A silence, and what is usual of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quiet {
    /// The time of its last event.
    pub since: Timestamp,
    /// How long that is ago.
    pub waited_ms: i64,
    /// What the silence usually ends with: what is waited for, or an event type.
    pub until: Option<String>,
    /// How long it usually lasts until then: half of all lasted no longer. Null where clocks disagree on it.
    pub usual_ms: Option<i64>,
    /// By how many that is told.
    pub usual_of: Option<u32>,
    /// After how long it is called stuck; null where never.
    pub stuck_after_ms: Option<i64>,
}

impl Quiet {
    /// It in words; `waiting` is what is waited for, as far as that was told before.
    #[must_use]
    pub fn words(&self, waiting: Option<&str>) -> String {
        let silent = self.silent_words();
        match self.usual_words(waiting) {
            Some(usual) => format!("{silent}, {usual}"),
            None => silent,
        }
    }

    /// How long it lasts, in words.
    #[must_use]
    pub fn silent_words(&self) -> String {
        format!("silent for {}", Span::from_millis(self.waited_ms))
    }

    /// What is usual of it, in words; none where nothing is known to end it.
    #[must_use]
    pub fn usual_words(&self, waiting: Option<&str>) -> Option<String> {
        let usual = match (self.usual_ms, self.usual_of) {
            (Some(median), Some(count)) => usually(Span::from_millis(median), count),
            (None, Some(_)) => "what is usual is not known: clocks disagree".to_owned(),
            (_, None) => return None,
        };
        let until = self.until.as_deref().filter(|until| waiting != Some(until));
        Some(match until {
            Some(until) => format!("until {until} {usual}"),
            None => usual,
        })
    }

    /// Whether it lasts for so much longer than is usual that somebody wants to know.
    #[must_use]
    pub fn is_long(&self) -> bool {
        /// So many times the usual, and so many milliseconds more, are nothing to talk about.
        const FAR: (i64, i64) = (10, 1000);
        let usual = self.usual_ms.filter(|_| self.usual_of > Some(1));
        usual.is_some_and(|usual| self.waited_ms > usual.saturating_mul(FAR.0) + FAR.1)
    }
}

/// How long something usually takes: of a single case nothing is usual.
#[must_use]
pub fn usually(median: Span, count: u32) -> String {
    match count {
        1 => format!("it took {median} the one time"),
        _ => format!("usually {median}"),
    }
}

/// How long something usually takes after what came before.
#[must_use]
pub fn usually_after(wait: &Wait) -> String {
    let median = Span::from_micros(wait.median);
    match wait.count {
        _ if !wait.is_told() => format!("{} times, clocks disagree on when", wait.came()),
        1 => format!("after {median} the one time"),
        _ => format!("usually after {median}"),
    }
}

/// What one with that status waits for, where `step` is what its process waits for: a person first.
#[must_use]
pub fn waits_for(status: Status, step: Option<&str>) -> Option<String> {
    match (status, step) {
        (Status::Parked, Some(step)) => Some(format!("a person, then {step}")),
        (Status::Parked, None) => Some("a person".to_owned()),
        (_, step) => step.map(str::to_owned),
    }
}

/// What is expected of one with that status, a line each: a person first, then what its process waits for;
/// else what came `next` of its like, at most `most`.
#[must_use]
pub fn expected(
    (status, step): (Status, Option<&str>),
    next: &[(String, Wait)],
    most: usize,
) -> Vec<String> {
    let comes = next.iter().map(|(name, wait)| (name, usually_after(wait)));
    let mut lines: Vec<String> = match status {
        _ if status.is_end() => Vec::new(),
        Status::Parked => {
            let mut resumes = comes.map(|(name, after)| format!("a person: {name}, {after}"));
            let person = resumes.next().unwrap_or_else(|| "a person".to_owned());
            let then = step.map(|step| format!("then {step}"));
            std::iter::once(person).chain(then).collect()
        }
        _ => comes
            .map(|(name, after)| format!("{name}, {after}"))
            .collect(),
    };
    lines.truncate(most);
    lines
}

impl Judged {
    /// What an instance waits for; none where it has ended or nothing in particular is to come.
    #[must_use]
    pub fn waiting_for(&self, log: &Log, seen: &Seen) -> Option<String> {
        let verdict = self.verdict(seen);
        let process = self.process(seen)?;
        if let Some(name) = process.waiting_for(verdict.waiting) {
            return Some(name.to_owned());
        }
        // Nobody said what comes then; what a person does is not waited for beside the person.
        let mined = process.basis.is_mined() && verdict.status != Status::Parked;
        let until = self.until(seen).filter(|_| mined)?;
        match until.what {
            Comes::Type(kind) => Some(log.types().get(kind).to_owned()),
            Comes::Awaited => None,
        }
    }

    /// How long an instance is silent, and what is usual of that; none of one that has ended.
    #[must_use]
    pub fn quiet(&self, log: &Log, seen: &Seen) -> Option<Quiet> {
        let verdict = self.verdict(seen);
        let process = self.process(seen)?;
        if verdict.status.is_end() {
            return None;
        }
        let (since, lasts) = self.silent(log, seen)?;
        let until = self.until(seen);
        // What is waited for has one name, also where something else mostly comes first.
        let awaited = process.waiting_for(verdict.waiting);
        let what = until.and_then(|until| match (until.what, awaited) {
            (Comes::Awaited, own) => own,
            (Comes::Type(kind), None) => Some(log.types().get(kind)),
            (Comes::Type(_), Some(_)) => None,
        });
        let told = until.filter(|until| until.wait.is_told());
        let allowed = self.silence(log, seen).map(|silence| silence.allowed);
        Some(Quiet {
            since: Timestamp::from_micros(since),
            waited_ms: lasts / 1000,
            until: what.map(str::to_owned),
            usual_ms: told.map(|until| until.wait.median / 1000),
            usual_of: until.map(|until| match told {
                Some(told) => told.wait.count,
                None => until.wait.came(),
            }),
            stuck_after_ms: allowed.map(|allowed| allowed / 1000),
        })
    }
}
