//! One instance as the report tells it.

use serde::Serialize;

use super::backwards::{self, Backward, Backwards};
use super::basis::Basis;
use super::definition::Style;
use super::failure::{self, Failure, Parked, WentWrong};
use super::instances::Seen;
use super::report::Asking;
use super::silence::Quiet;
use super::standings::{Outcome, Status, Unsure};
use super::status::Judged;
use super::steps::{Instance, Step};
use super::stored::StoredStates;
use super::unheard::Unheard;
use crate::analysis::lag::Publications;
use crate::model::{Cancelled, EventIx, PositionName, Timestamp};

/// What a store keeps beside its events.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    /// States of sagas.
    pub stored: &'a StoredStates,
    /// What was published when; none where the store has no outbox.
    pub outbox: Option<&'a Publications<'a>>,
}

impl<'a> From<&'a StoredStates> for Beside<'a> {
    /// Without an outbox.
    fn from(stored: &'a StoredStates) -> Self {
        Self {
            stored,
            outbox: None,
        }
    }
}

/// One instance.
#[derive(Clone, Debug, Serialize)]
pub struct SagaReport {
    /// What it is about: a stream.
    pub id: String,
    /// Who leads.
    pub kind: Style,
    /// By what that is told, and what ties its events together.
    pub why: String,
    /// The process.
    #[serde(rename = "type")]
    pub process: String,
    /// How it stands.
    pub status: Status,
    /// The time of its first event.
    pub started: Option<Timestamp>,
    /// The time of the event that ended it.
    pub ended: Option<Timestamp>,
    /// From the one to the other.
    pub duration_ms: Option<i64>,
    /// Its steps as far as they have begun.
    pub steps: Vec<Step>,
    /// Steps that succeeded, could be undone and are not, of one that turned back or failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncompensated: Vec<String>,
    /// Why it turned back or ended; of one that goes on what went wrong last.
    pub failure: Option<Failure>,
    /// Why what is to be undone was not, where that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_undone: Option<Failure>,
    /// Since when and why it waits for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parked: Option<Parked>,
    /// A step, or the event type that undoes one.
    pub waiting_for: Option<String>,
    /// Where it is silent for too long.
    pub stuck: Option<Stuck>,
    /// How long it is silent, of one that has not ended.
    pub silence: Option<Quiet>,
    /// Why it may have ended although nothing says so, of one that is running.
    pub may_have_ended: Option<Unsure>,
    /// What it waits for may never have heard of: what begins the awaited step, else its last event, where
    /// nobody has published that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpublished: Option<Unheard>,
    /// Events that are dated before one that was recorded before them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub out_of_order: Vec<Backward>,
    /// What it was called before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub called_before: Option<CalledBefore>,
}

impl SagaReport {
    /// What more is known of why it stands so, a sentence each; `time` is how moments are written.
    #[must_use]
    pub fn reasons(&self, time: impl Fn(Timestamp) -> String) -> Vec<String> {
        let undone = self.not_undone.as_ref().map(|own| {
            let Failure {
                class,
                reason,
                position,
            } = own;
            format!(
                "could not be undone, {}: {reason} ({position})",
                class.name()
            )
        });
        let parked = self.parked.as_ref().map(|own| {
            let since = own.since.as_ref();
            let since = since.map_or(String::new(), |since| format!(" since {}", time(*since)));
            let reason = own.reason.as_ref();
            let reason = reason.map_or(String::new(), |reason| format!(": {reason}"));
            format!(
                "parked by {} ({}){since}{reason}",
                own.event_type, own.position
            )
        });
        // What has only just been put there is on its way.
        let is_late =
            self.status == Status::Stuck || self.silence.as_ref().is_some_and(Quiet::is_long);
        let unheard = self.unpublished.as_ref();
        let unheard = unheard.filter(|own| own.since.is_none() || is_late);
        let unheard = unheard.map(|own| own.words(&time));
        let backwards = backwards::words(&self.out_of_order);
        let all = [undone, parked, unheard, backwards];
        all.into_iter().flatten().collect()
    }

    /// How a step stands to being undone; none of one that nobody means to undo.
    #[must_use]
    pub fn undoing(&self, step: &Step) -> Option<&'static str> {
        let undone = step.compensation.as_ref();
        let is_open = step.status == Outcome::Completed && self.uncompensated.contains(&step.name);
        match (undone, is_open) {
            (Some(undone), _) if undone.ended.is_some() => Some("undone"),
            // Nobody is at it any more.
            (_, true) if self.status.is_end() => Some("not undone"),
            (Some(_), _) | (None, true) => Some("to be undone"),
            (None, false) => None,
        }
    }
}

/// What an instance was called before who leads it gave the first command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CalledBefore {
    /// So.
    pub id: String,
    /// Before this event.
    pub until: PositionName,
}

/// A silence that lasts too long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stuck {
    /// The time of its last event.
    pub since: Timestamp,
    /// How long that is ago.
    pub waited_ms: i64,
    /// How long would have been all right.
    pub threshold_ms: i64,
}

/// One instance as the report has it, and with its events; none where such are no process.
///
/// # Errors
/// [`Cancelled`].
pub fn one(
    asking: Asking<'_>,
    judged: &Judged,
    beside: Beside<'_>,
    seen: &Seen,
) -> Result<Option<(SagaReport, Instance)>, Cancelled> {
    let Asking {
        log,
        payloads,
        task,
    } = asking;
    let Some(instance) = judged.instance(log, seen) else {
        return Ok(None);
    };
    let instances = [instance.clone()];
    let wrong = failure::of(log, payloads, &instances, task)?.pop();
    let backwards = backwards::of(asking, judged, &[seen])?.pop();
    let read = (wrong.unwrap_or_default(), backwards.unwrap_or_default());
    let status = judged.status(log, seen);
    let report = told(
        asking,
        (judged, beside),
        (seen, status),
        instance.clone(),
        read,
    )?;
    Ok(report.map(|report| (report, instance)))
}

/// One instance, with what was read of its events.
///
/// # Errors
/// [`Cancelled`].
pub(super) fn told(
    asking: Asking<'_>,
    (judged, beside): (&Judged, Beside<'_>),
    (seen, status): (&Seen, Status),
    mut instance: Instance,
    (wrong, backwards): (WentWrong, Backwards),
) -> Result<Option<SagaReport>, Cancelled> {
    let log = asking.log;
    let Some(process) = judged.process(seen) else {
        return Ok(None);
    };
    backwards.doubt(&mut instance.steps, asking.task)?;
    let time = |event: EventIx| log.time(event, judged.at.cut.clock());
    let started = time(instance.first);
    let ended = instance.ended.and_then(time);
    let duration = started
        .zip(ended)
        .map(|(from, to)| (to.micros() - from.micros()) / 1000);
    let silence = judged
        .silence(log, seen)
        .filter(|_| status == Status::Stuck);
    let before = judged.called_before(log, seen, process);
    let basis = match beside.stored.of(seen) {
        Some(stored) => Basis::Stored(stored.table.clone()),
        None => process.basis.clone(),
    };
    Ok(Some(SagaReport {
        kind: basis.style(&process.definition),
        why: format!("{basis}, {}", judged.at.instances.correlate().words()),
        process: process.definition.id.clone(),
        status,
        started,
        ended,
        duration_ms: duration,
        failure: wrong.failure,
        not_undone: wrong.not_undone,
        parked: wrong.parked,
        unpublished: judged.unheard(log, seen, beside.outbox),
        out_of_order: backwards.events,
        called_before: before.map(|(id, until)| CalledBefore {
            id,
            until: log.position_name(until),
        }),
        may_have_ended: judged.may_have_ended(log, seen, status),
        waiting_for: judged.waiting_for(log, seen),
        silence: judged.quiet(log, seen),
        stuck: silence.map(|silence| Stuck {
            since: Timestamp::from_micros(silence.since),
            waited_ms: silence.lasts / 1000,
            threshold_ms: silence.allowed / 1000,
        }),
        uncompensated: {
            let open = instance.uncompensated.iter();
            let steps = open.filter_map(|at| instance.steps.get(*at));
            steps.map(|step| step.name.clone()).collect()
        },
        id: instance.id,
        steps: instance.steps,
    }))
}
