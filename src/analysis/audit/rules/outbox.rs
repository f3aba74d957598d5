//! Outbox and events that disagree, and a relay that could not publish.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::super::facts::{AuditError, Facts};
use super::super::proofs::Proofs;
use super::super::rule::{Rule, Severity};
use crate::analysis::words::many;
use crate::log::{Mark, Says, SideKind};
use crate::model::{CategoryIx, EventIx, Task, Timestamp};

/// An event that never came into the outbox.
pub(super) const LOST: Rule = Rule {
    name: "outbox-missing",
    severity: Severity::Warning,
    title: "Event never came into the outbox",
    about: "An event has no row in the outbox, though nearly all others of its category have one.",
    why: "It was recorded and never published: whoever waits for it waits for ever, and no retry will mend that.",
    advice: "Write the event and its outbox row in one transaction, or publish from the log itself. Publish this one by hand.",
    example: "ShipmentCreated at #423 has no row in the outbox; the other 158 have one.",
    find: lost,
};

/// A time in which nothing could be published.
pub(super) const OUTAGE: Rule = Rule {
    name: "relay-outage",
    severity: Severity::Warning,
    title: "The outbox could not be published for a time",
    about: "Messages of the outbox took several attempts, or wait still and have been tried, or were given up.",
    why: "Everybody downstream stood still for that time, and looked as if they had failed.",
    advice: "Watch the age of the oldest message that waits. See what the relay or the broker said at that time.",
    example: "38 messages between 02:10 and 05:40 took up to 42 attempts.",
    find: outage,
};

/// A message that is twice in the outbox.
pub(super) const REPEATED: Rule = Rule {
    name: "outbox-duplicate",
    severity: Severity::Info,
    title: "Event is more than once in the outbox",
    about: "The outbox has several rows for one event id.",
    why: "It was or will be published more than once. At least once is what an outbox promises, so consumers have to expect it.",
    advice: "Make the event id unique in the outbox, if nothing speaks against it.",
    example: "Event 0192f58b-… has two rows in the outbox.",
    find: repeated,
};

/// Of so many of a hundred events of a category there has to be a row, for its events to be published.
const NEARLY_ALL: u64 = 80;

/// What the outbox says of events.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// The events that have a row, with when it was published.
    pub rows: HashMap<EventIx, Option<Timestamp>, FixedState>,
    /// Events that have another row.
    again: Vec<EventIx>,
    /// Events whose row was tried in vain, with how often it was tried.
    tried: Vec<(EventIx, i64)>,
}

impl Outbox {
    pub(super) fn read(facts: &Facts<'_>, task: &Task) -> Result<Self, AuditError> {
        let mut outbox = Self::default();
        let now = facts.cut.time(facts.log);
        let is_head = facts.cut.bound() == crate::log::Bound::Head;
        facts.rows(SideKind::Outbox, task, &mut |file, says| {
            let Says::Outbox(row) = says else { return };
            let event = row
                .of
                .as_ref()
                .and_then(|mark: &Mark| facts.log.marked(file, mark));
            let Some(event) = event.filter(|event| facts.knows(*event)) else {
                return;
            };
            let known = |time: &Timestamp| is_head || now.is_some_and(|now| *time <= now);
            let published = row.published_at.filter(known);
            if outbox.rows.insert(event, published).is_some() {
                outbox.again.push(event);
            }
            // How often it was tried is known once it was published, or at the head.
            let attempts = row.attempts.filter(|_| published.is_some() || is_head);
            if let Some(attempts) = attempts.filter(|attempts| *attempts > 1) {
                outbox.tried.push((event, attempts));
            }
        })?;
        outbox.again.sort_unstable();
        outbox.tried.sort_unstable();
        Ok(outbox)
    }

    /// The categories whose events are published.
    pub(super) fn published(&self, facts: &Facts<'_>) -> Vec<bool> {
        let log = facts.log;
        let mut counts = vec![(0_u64, 0_u64); log.categories().len()];
        let of = |event: EventIx| log.category(log.stream(event));
        for event in facts.events() {
            counts[of(event).at()].0 += 1;
        }
        for event in self.rows.keys() {
            counts[of(*event).at()].1 += 1;
        }
        let enough = |(all, rows): (u64, u64)| rows > 0 && rows * 100 >= all * NEARLY_ALL;
        counts.into_iter().map(enough).collect()
    }
}

fn lost(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    if !facts.has(SideKind::Outbox) {
        return Ok(());
    }
    let outbox = Outbox::read(facts, task)?;
    let published = outbox.published(facts);
    let repeated: std::collections::HashSet<EventIx> =
        facts.repeated().iter().map(|(event, _)| *event).collect();
    for event in facts.events() {
        let category: CategoryIx = facts.log.category(facts.log.stream(event));
        // Of two events with one id the row is found as the first one's.
        if published[category.at()]
            && !outbox.rows.contains_key(&event)
            && !repeated.contains(&event)
        {
            proofs.case(&[event]);
        }
    }
    proofs.found(|count| {
        let events = many(count, "event has", "events have").unwrap_or_default();
        format!("{events} no row in the outbox, though nearly all others of the category have one.")
    });
    Ok(())
}

fn outage(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let outbox = Outbox::read(facts, task)?;
    let most = outbox.tried.iter().map(|(_, attempts)| *attempts).max();
    for (event, attempts) in outbox.tried {
        proofs.noted(event, || format!("{attempts} attempts"));
    }
    proofs.found(|count| {
        let messages = many(count, "message", "messages").unwrap_or_default();
        format!(
            "{messages} took up to {} attempts to publish.",
            most.unwrap_or(0)
        )
    });
    Ok(())
}

fn repeated(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let outbox = Outbox::read(facts, task)?;
    for event in outbox.again {
        proofs.case(&[event]);
    }
    proofs.found(|count| {
        let events = many(count, "event has", "events have").unwrap_or_default();
        format!("{events} a further row in the outbox.")
    });
    Ok(())
}
