//! Gathering evidence into findings: so much of it as is asked for, and all of it counted.

use std::borrow::Cow;

use super::facts::Facts;
use super::report::{Evidence, Severity};
use crate::analysis::causality::Side;
use crate::model::EventIx;

/// The findings of one rule as they come.
#[derive(Debug)]
pub struct Proofs<'a> {
    facts: &'a Facts<'a>,
    most: usize,
    evidence: Vec<Evidence>,
    count: u64,
    why: Option<Cow<'static, str>>,
    advice: Option<&'static str>,
    about: Option<String>,
    found: Vec<Found>,
}

/// What makes a finding, but for what its rule says anyway.
#[derive(Debug)]
pub(super) struct Found {
    /// Where it is less bad than the rule says.
    pub severity: Option<Severity>,
    pub explanation: String,
    /// Where the rule's own words say more than is the case.
    pub why: Option<Cow<'static, str>>,
    /// Where the rule's own does not fit.
    pub advice: Option<&'static str>,
    pub about: Option<String>,
    pub count: u64,
    pub evidence: Vec<Evidence>,
}

impl<'a> Proofs<'a> {
    pub(super) const fn new(facts: &'a Facts<'a>, most: usize) -> Self {
        Self {
            facts,
            most,
            evidence: Vec::new(),
            count: 0,
            why: None,
            advice: None,
            about: None,
            found: Vec::new(),
        }
    }

    /// Counts one case, which these events prove.
    pub(super) fn case(&mut self, events: &[EventIx]) {
        self.count += 1;
        for event in events {
            self.show(*event, String::new);
        }
    }

    /// Counts one case, which an event proves by something that is to be said of it.
    pub(super) fn noted(&mut self, event: EventIx, note: impl FnOnce() -> String) {
        self.count += 1;
        self.show(event, note);
    }

    /// Shows an event without counting it.
    pub(super) fn show(&mut self, event: EventIx, note: impl FnOnce() -> String) {
        if self.evidence.len() < self.most {
            let note = Some(note()).filter(|note| !note.is_empty());
            self.evidence.push(Evidence {
                note,
                ..self.of(event)
            });
        }
    }

    /// Shows the last event of a side of a conflict, for all of them, without counting it.
    pub(super) fn side(&mut self, side: &Side, note: impl FnOnce() -> String) {
        if self.evidence.len() < self.most
            && let Some(last) = side.events.last()
        {
            let log = self.facts.whole.log;
            let names = side.events.iter().map(|event| log.position_name(*event));
            self.evidence.push(Evidence {
                note: Some(note()),
                events: names.collect(),
                ..self.of(*last)
            });
        }
    }

    /// Counts one case with evidence that may be no event.
    pub(super) fn other(&mut self, evidence: impl FnOnce(&Self) -> Evidence) {
        self.count += 1;
        if self.evidence.len() < self.most {
            let evidence = evidence(self);
            self.evidence.push(evidence);
        }
    }

    /// An event as evidence.
    pub(super) fn of(&self, event: EventIx) -> Evidence {
        let log = self.facts.whole.log;
        Evidence {
            position: Some(log.position_name(event)),
            stream: Some(log.stream_name(log.stream(event)).to_owned()),
            version: Some(log.version(event)),
            event_type: Some(log.type_name(log.event_type(event)).to_owned()),
            time: log.own_time(event, self.facts.whole.cut.clock()),
            event: Some(event),
            ..Evidence::default()
        }
    }

    /// Says why the next finding matters, where the rule's own words say more than is the case.
    pub(super) fn because(&mut self, why: impl Into<Cow<'static, str>>) {
        self.why = Some(why.into());
    }

    /// Says what to do about the next finding, where the rule's own advice does not fit it.
    pub(super) const fn advise(&mut self, advice: &'static str) {
        self.advice = Some(advice);
    }

    /// Says what the next finding is about, in a word or two that no other finding of the rule has.
    pub(super) fn about(&mut self, about: impl Into<String>) {
        self.about = Some(about.into());
    }

    /// Counts cases of which nothing can be shown.
    pub(super) const fn count_more(&mut self, cases: u64) {
        self.count += cases;
    }

    /// Makes a finding of the cases counted since the last one; nothing where there are none.
    pub(super) fn found(&mut self, explain: impl FnOnce(u64) -> String) {
        self.make(None, explain);
    }

    /// The same where it is less bad than the rule says.
    pub(super) fn found_as(&mut self, severity: Severity, explain: impl FnOnce(u64) -> String) {
        self.make(Some(severity), explain);
    }

    fn make(&mut self, severity: Option<Severity>, explain: impl FnOnce(u64) -> String) {
        let count = std::mem::take(&mut self.count);
        let evidence = std::mem::take(&mut self.evidence);
        let (why, advice, about) = (self.why.take(), self.advice.take(), self.about.take());
        if count == 0 {
            return;
        }
        self.found.push(Found {
            severity,
            explanation: explain(count),
            why,
            advice,
            about,
            count,
            evidence,
        });
    }

    pub(super) fn into_found(self) -> Vec<Found> {
        self.found
    }
}
