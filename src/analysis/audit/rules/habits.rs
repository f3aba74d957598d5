//! Habits that make a store hard to live with: no metadata, events that only say that something was
//! saved.

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::Severity;
use super::super::rule::Rule;
use super::commands::words;
use crate::analysis::words::{grouped, listed, listed_or, many};
use crate::model::{Cancelled, EventIx, Task, TypeIx};

/// Events without what is needed to follow them.
pub(super) const METADATA: Rule = Rule {
    name: "missing-metadata",
    severity: Severity::Warning,
    title: "Events lack metadata",
    about: "Some events have no id or no time though others of their type have (a warning). It is a note where this is so of all events of a type, or where no event at all has an id, a time, a correlation id or a schema version.",
    why: "Without an id nobody can tell a repeated event from a new one, without a time there is no past to look at, without a correlation no story.",
    advice: "Let one place in the code write id, time, correlation id, causation id and schema version into every event.",
    example: "88 of 300 events have no id.",
    find: metadata,
};

/// Events that say no more than that something was saved.
pub(super) const CRUD: Rule = Rule {
    name: "crud-event",
    severity: Severity::Info,
    title: "Event only says that something was saved",
    about: "The name of an event type ends in Updated, Modified, Edited, Saved or the like: it tells that a record changed, not what happened.",
    why: "Why something changed cannot be recovered later; readers have to compare states to guess it.",
    advice: "Name what happened in the words of the business: AddressCorrected, CustomerMoved.",
    example: "RecordUpdated.",
    find: crud,
};

/// Events that lack something, of which so many are shown.
const SHOWN: usize = 20;

/// What events should have, and which have not.
struct Lacking {
    what: &'static str,
    count: u64,
    /// The first of them.
    first: Vec<EventIx>,
    /// How many by type.
    by_type: Vec<u64>,
}

impl Lacking {
    fn see(&mut self, event: EventIx, kind: TypeIx) {
        self.count += 1;
        self.by_type[kind.at()] += 1;
        if self.first.len() < SHOWN {
            self.first.push(event);
        }
    }

    /// The types that lack it, where no event of them has it: then this is how they are written.
    fn whole_types(&self, of_type: &[u64]) -> Option<Vec<TypeIx>> {
        let types = self.by_type.iter().zip(of_type).enumerate();
        let types = types.filter(|(_, (lack, _))| **lack > 0);
        let whole = types.map(|(at, (lack, all))| (lack == all).then_some(TypeIx(at as u32)));
        whole.collect()
    }
}

fn lacking(facts: &Facts<'_>, task: &Task) -> Result<([Lacking; 4], Vec<u64>), Cancelled> {
    let log = facts.whole.log;
    let mut of_type = vec![0; log.types().len()];
    let names = ["id", "time", "correlation id", "schema version"];
    let mut lacking = names.map(|what| Lacking {
        what,
        count: 0,
        first: Vec::new(),
        by_type: vec![0; log.types().len()],
    });
    for (nth, event) in facts.events().enumerate() {
        if nth.is_multiple_of(1 << 14) {
            task.check()?;
        }
        let kind = log.event_type(event);
        of_type[kind.at()] += 1;
        let has = [
            log.event_id(event).is_some(),
            log.own_time(event, facts.whole.cut.clock()).is_some(),
            log.correlation(event).is_some(),
            log.schema_version(event).is_some(),
        ];
        let lack = lacking.iter_mut().zip(has).filter(|(_, has)| !has);
        lack.for_each(|(own, _)| own.see(event, kind));
    }
    Ok((lacking, of_type))
}

fn metadata(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let all = u64::from(facts.whole.cut.count());
    let (lacking, of_type) = lacking(facts, task)?;
    let of_all = |count: u64, what: &str| {
        let have = if count == 1 { "has" } else { "have" };
        format!(
            "{} of {} events {have} no {what}",
            grouped(count),
            grouped(all)
        )
    };
    let some = || {
        lacking[..2]
            .iter()
            .filter(|own| (1..all).contains(&own.count))
    };
    for own in some().filter(|own| own.whole_types(&of_type).is_none()) {
        show(proofs, own);
        proofs.count_more(own.count);
        proofs.because(why(own.what));
        proofs.found(|count| format!("{}.", of_all(count, own.what)));
    }
    // What is so of all events, or of all of a type, is how they are written: one note of it.
    let (mut told, mut reasons) = (Vec::new(), Vec::new());
    let none = lacking.iter().filter(|own| all > 0 && own.count == all);
    let none: Vec<&str> = none.map(|own| own.what).collect();
    reasons.extend(none.iter().map(|what| why(what)));
    let articled = none.iter().map(|what| match *what {
        "id" => "an id".to_owned(),
        what => format!("a {what}"),
    });
    let articled: Vec<String> = articled.collect();
    if !articled.is_empty() {
        told.push(format!("No event has {}.", listed_or(&articled)));
    }
    for own in some() {
        let Some(types) = own.whole_types(&of_type) else {
            continue;
        };
        show(proofs, own);
        let names: Vec<&str> = types
            .iter()
            .map(|kind| facts.whole.log.type_name(*kind))
            .collect();
        told.push(format!(
            "{}: all of {}.",
            of_all(own.count, own.what),
            listed(&names)
        ));
        reasons.push(why(own.what));
    }
    proofs.count_more(told.len() as u64);
    proofs.because(reasons.join(" "));
    proofs.found_as(Severity::Info, |_| told.join(" "));
    Ok(())
}

fn show(proofs: &mut Proofs<'_>, own: &Lacking) {
    for event in &own.first {
        proofs.show(*event, || format!("no {}", own.what));
    }
}

/// Why it matters that something lacks.
fn why(what: &str) -> &'static str {
    match what {
        "id" => "Without an id nobody can tell a repeated event from a new one.",
        "time" => "Without a time there is no past to look at, only positions.",
        "correlation id" => {
            "Without a correlation id nobody can tell which events belong to one story."
        }
        _ => "Without a schema version a reader knows the form of a payload only by trying.",
    }
}

fn crud(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    const SAVED: &[&str] = &["updated", "modified", "edited", "saved", "upserted"];
    let mut names: Vec<&str> = Vec::new();
    for kind in &facts.schemas.types {
        let is_saved = words(&kind.name)
            .iter()
            .any(|word| SAVED.contains(&word.as_str()));
        if let Some(version) = kind.versions.first().filter(|_| is_saved) {
            let events: u64 = kind.versions.iter().map(|version| version.events).sum();
            proofs.noted(version.first, || {
                many(events, "event", "events").unwrap_or_default()
            });
            names.push(&kind.name);
        }
    }
    proofs.found(|_| {
        format!(
            "These types only tell that something was saved: {}.",
            names.join(", ")
        )
    });
    Ok(())
}
