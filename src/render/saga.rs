//! A saga in words: how it stands in a line, each step in a line, and all of it as of its moment for a ticket.

use super::harmless;
use super::markdown::escaped;
use crate::analysis::saga::{Outcome, SagaReport, Status, Step, may_come, waits_for};
use crate::analysis::words::listed;
use crate::log::Log;
use crate::model::time::{Span, Style, Zone};
use crate::model::{EventIx, Timestamp};

/// How a saga stands: its name, its process, its status, since when, what it waits for, how long it is silent
/// and what went wrong.
#[must_use]
pub fn saga_line(saga: &SagaReport, zone: Zone) -> String {
    let time = |time: Option<Timestamp>| time.map(|time| zone.format(time, Style::AsNeeded));
    let mut line = format!("{}  {}  {}", saga.id, saga.process, saga.status.name());
    if let Some(unsure) = saga.may_have_ended {
        line += &format!(", may have ended ({})", unsure.name());
    }
    match (time(saga.started), time(saga.ended)) {
        (Some(from), Some(to)) => line += &format!("  {from} to {to}"),
        (Some(from), None) => line += &format!("  since {from}"),
        _ => {}
    }
    let step = saga.waiting_for.as_deref();
    if let Some(waiting) = waits_for(saga.status, step) {
        line += &format!("  waits for {waiting}");
    }
    let may = may_come((saga.status, step), saga.silence.as_ref());
    if let Some(next) = may {
        line += &format!("  usually {next} comes next");
    }
    if let Some(silence) = &saga.silence {
        line += &format!("  {}", silence.words(step.or(may)));
    }
    if let Some(stuck) = &saga.stuck {
        let allowed = Span::from_millis(stuck.threshold_ms);
        line += &format!(", {allowed} are allowed");
    } else if let Some(allowed) = late(saga).filter(|_| saga.status != Status::Parked) {
        line += &format!(", called stuck after {allowed}");
    }
    if let Some(failure) = &saga.failure {
        let class = failure.class.name();
        let recovered = match saga.status {
            Status::Completed => "recovered from ",
            _ => "",
        };
        line += &format!(
            "  {recovered}{class}: {} ({})",
            failure.reason, failure.position
        );
    }
    line
}

/// Who leads it, and by what that is told.
#[must_use]
pub fn saga_why(saga: &SagaReport) -> String {
    format!("{}: {}", saga.kind.name(), saga.why)
}

/// What it was called before, and until when, if that was another name.
#[must_use]
pub fn saga_before(saga: &SagaReport) -> Option<String> {
    let before = saga.called_before.as_ref()?;
    Some(format!("was called {} until {}", before.id, before.until))
}

/// What more is known of why it stands so.
#[must_use]
pub fn saga_reasons(saga: &SagaReport, zone: Zone) -> Vec<String> {
    saga.reasons(|time| zone.format(time, Style::AsNeeded))
}

/// How one of its steps stands, how long that took and in how many attempts, and whether it is undone.
#[must_use]
pub fn saga_step(saga: &SagaReport, step: &Step) -> String {
    let mut line = format!("{}  {}", step.name, step.status_words());
    // What nobody saw begin took no time that anybody knows, and what did not come took none.
    let is_told =
        step.status != Outcome::Abandoned && step.events.ended != Some(step.events.started);
    if let Some(took) = step.took().filter(|_| is_told) {
        line += &format!(" {took}");
    }
    if step.attempts.len() > 1 && step.status != Outcome::Abandoned {
        line += &format!(", {} attempts", step.attempts.len());
        let apart = step.apart();
        if !apart.is_empty() {
            line += &format!(" ({} apart)", listed(&apart));
        }
    }
    if let Some(undone) = saga.undoing(step) {
        line += &format!(", {undone}");
    }
    line
}

/// After how long one is called stuck that is silent for longer than is usual.
fn late(saga: &SagaReport) -> Option<Span> {
    let silence = saga.silence.as_ref().filter(|silence| silence.is_long())?;
    silence.stuck_after_ms.map(Span::from_millis)
}

/// What is known of a saga as of a moment, as `asof sagas` tells it; `moment` carries its zone.
#[must_use]
pub fn saga_answer(saga: &SagaReport, moment: &str, zone: Zone) -> String {
    let mut text = format!("As of {moment}:\n{}\n", harmless(&saga_line(saga, zone)));
    let facts = saga_before(saga)
        .into_iter()
        .chain(saga_reasons(saga, zone));
    for line in std::iter::once(saga_why(saga))
        .chain(facts)
        .chain(steps(saga))
    {
        text.push_str(&format!("  {}\n", harmless(&line)));
    }
    text
}

/// The same as Markdown, with the events of each step.
#[must_use]
pub fn saga_markdown(saga: &SagaReport, (moment, log): (&str, &Log), zone: Zone) -> String {
    let line = escaped(&saga_line(saga, zone));
    let mut text = format!("**As of {}:** {line}\n\n", escaped(moment));
    let facts = saga_before(saga)
        .into_iter()
        .chain(saga_reasons(saga, zone));
    for line in std::iter::once(saga_why(saga)).chain(facts) {
        text.push_str(&format!("{}\n", escaped(&line)));
    }
    for (at, (step, line)) in saga.steps.iter().zip(steps(saga)).enumerate() {
        let before = if at == 0 { "\n" } else { "" };
        let events = listed(&places(step, log));
        text.push_str(&format!("{before}- {} ({events})\n", escaped(&line)));
    }
    text
}

fn steps(saga: &SagaReport) -> impl Iterator<Item = String> {
    saga.steps.iter().map(|step| saga_step(saga, step))
}

/// The places of the events of a step, each once: those it began and ended with, and those that undid it.
fn places(step: &Step, log: &Log) -> Vec<String> {
    let undone = step.events.undone;
    let undone = undone.into_iter().flat_map(|(from, to)| [Some(from), to]);
    let own = [Some(step.events.started), step.events.ended];
    let mut events: Vec<EventIx> = own.into_iter().chain(undone).flatten().collect();
    events.dedup();
    let name = |event: &EventIx| log.position_name(*event).to_string();
    events.iter().map(name).collect()
}
