//! Outbox and events that disagree, and a relay that could not publish.

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::outbox::{Fate, Troubled};
use super::super::proofs::Proofs;
use super::super::report::Severity;
use super::super::rule::Rule;
use crate::analysis::lag::RelayOutage;
use crate::analysis::words::{grouped, listed, many};
use crate::model::time::{Style, Zone};
use crate::model::{EventIx, Task};

/// An event that never came into the outbox.
pub(super) const LOST: Rule = Rule {
    name: "outbox-missing",
    severity: Severity::Warning,
    title: "Event never came into the outbox",
    about: "An event has no row in the outbox, though nearly all others of its type or of its category have one, and the outbox keeps what it has published.",
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
    about: "Messages of the outbox took several attempts, or wait still and could not be published when they were tried, or were given up; or nothing has been published for ten minutes and more although a message waits. Told with when nothing was published, and with the consumers for which nothing else waited: that they did nothing is not their fault.",
    why: "Everybody downstream stood still for that time, and looked as if they had failed.",
    advice: "Watch the age of the oldest message that waits. See what the relay or the broker said at that time.",
    example: "38 messages took up to 42 attempts to publish. Nothing was published from 2024-11-02 02:10:00 UTC to 2024-11-02 05:40:00 UTC (3 h 30 min): 38 messages waited, and with them mailer and shipping-service.",
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

fn lost(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    let course = facts.course.as_ref();
    let lost = course.and_then(|course| course.without_message(&facts.whole.cut));
    let mut lost = lost.unwrap_or_default();
    lost.sort_unstable();
    lost.iter().for_each(|event| proofs.case(&[*event]));
    proofs.found(|count| {
        let events = many(count, "event has", "events have").unwrap_or_default();
        format!("{events} no row in the outbox, though nearly all others of the type or the category have one.")
    });
    Ok(())
}

/// `given up after 3 attempts: broker down`.
fn note(row: &Troubled) -> String {
    let tried = match (row.fate, row.attempts) {
        (Fate::GivenUp, None) => "given up".to_owned(),
        (Fate::GivenUp, Some(attempts)) => format!("given up after {attempts} attempts"),
        (_, None) => "waits".to_owned(),
        (_, Some(attempts)) => format!("{attempts} attempts"),
    };
    match &row.error {
        Some(error) => format!("{tried}: {error}"),
        None => tried,
    }
}

/// Outages that a finding names, the last ones.
const OUTAGES: usize = 8;

/// Consumers that it names of each.
const CONSUMERS: usize = 8;

fn outage(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let troubled = facts.outbox.iter().flat_map(|outbox| &outbox.troubled);
    let troubled: Vec<&Troubled> = troubled.collect();
    for row in &troubled {
        proofs.noted(row.event, || note(row));
    }
    let mut events: Vec<EventIx> = troubled.iter().map(|row| row.event).collect();
    events.sort_unstable();
    let is_told = |event: &EventIx| events.binary_search(event).is_ok();
    let cut = &facts.whole.cut;
    let mut outages = match &facts.course {
        Some(course) => course.relay_outages(cut, task)?,
        None => Vec::new(),
    };
    // While one lasts nobody knows yet what was tried; of one that is over the attempts tell.
    outages.retain(|own| own.outage.to.is_none() || own.events.iter().any(is_told));
    if let Some(lasts) = outages.last().filter(|own| own.outage.to.is_none()) {
        let others = lasts.events.iter().filter(|event| !is_told(event));
        others.for_each(|event| proofs.noted(*event, || "waits".to_owned()));
    }
    proofs.found(|_| {
        let told = [took(&troubled), when(facts, &outages)];
        let told = told.iter().filter(|told| !told.is_empty());
        told.map(String::as_str).collect::<Vec<_>>().join(" ")
    });
    Ok(())
}

/// `38 messages took up to 42 attempts to publish: 3 wait still.`; nothing where none is known to have been tried.
fn took(troubled: &[&Troubled]) -> String {
    let Some(messages) = many(troubled.len() as u64, "message", "messages") else {
        return String::new();
    };
    let most = troubled.iter().filter_map(|row| row.attempts).max();
    let with = |fate| troubled.iter().filter(|row| row.fate == fate).count() as u64;
    let given_up = many(with(Fate::GivenUp), "was given up", "were given up");
    let waiting = many(with(Fate::Waits), "waits still", "wait still");
    let took = match most {
        Some(most) => format!("{messages} took up to {most} attempts to publish"),
        None => format!("{messages} could not be published"),
    };
    let told: Vec<String> = given_up.into_iter().chain(waiting).collect();
    match told.is_empty() {
        true => format!("{took}."),
        false => format!("{took}: {}.", told.join(", ")),
    }
}

/// When nothing was published, and who waited for that.
fn when(facts: &Facts<'_>, outages: &[RelayOutage]) -> String {
    let more = outages.len().saturating_sub(OUTAGES);
    let mut told: Vec<String> = Vec::new();
    if more > 0 {
        told.push(format!(
            "{} times nothing was published; the last {OUTAGES} are these.",
            grouped(outages.len() as u64)
        ));
    }
    told.extend(outages[more..].iter().map(|own| said(facts, own)));
    told.join(" ")
}

/// `Nothing was published from 02:10 to 05:40 (3 h 30 min): 38 messages waited, and with them mailer.`
fn said(facts: &Facts<'_>, own: &RelayOutage) -> String {
    let cut = &facts.whole.cut;
    let time = |at| Zone::Utc.format(at, Style::Seconds);
    let (from, to) = (own.outage.from, own.outage.to);
    let began = match to {
        Some(to) => format!(
            "Nothing was published from {} to {} ({})",
            time(from),
            time(to),
            to - from
        ),
        None => {
            let now = cut.time(facts.whole.log);
            let lasts = now.map_or_else(String::new, |now| format!(" ({})", now - from));
            format!("Nothing has been published since {}{lasts}", time(from))
        }
    };
    let (one, several) = match to {
        Some(_) => ("message waited", "messages waited"),
        None => ("message waits", "messages wait"),
    };
    let messages = many(own.messages, one, several);
    let course = facts.course.as_ref();
    let mut names = course.map_or_else(Vec::new, |course| course.held_by(&own.outage, cut));
    let more = names.len().saturating_sub(CONSUMERS);
    names.truncate(CONSUMERS);
    if more > 0 {
        names.push(format!("{} more", grouped(more as u64)));
    }
    let with = match names.is_empty() {
        true => String::new(),
        false => format!(", and with {} {}", it(own.messages), listed(&names)),
    };
    let waited = messages.map_or_else(String::new, |messages| format!(": {messages}{with}"));
    format!("{began}{waited}.")
}

const fn it(messages: u64) -> &'static str {
    if messages == 1 { "it" } else { "them" }
}

fn repeated(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    let again = facts.outbox.iter().flat_map(|outbox| &outbox.again);
    again.for_each(|event| proofs.case(&[*event]));
    proofs.found(|count| {
        let events = many(count, "event has", "events have").unwrap_or_default();
        format!("{events} a further row in the outbox.")
    });
    Ok(())
}
