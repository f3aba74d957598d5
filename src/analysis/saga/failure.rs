//! What kind of failure something is, by the words of those who wrote it down, and the evidence.

use serde::Serialize;

use super::standings::Status;
use super::steps::Instance;
use crate::log::{Body, Log, PayloadReader};
use crate::model::json::{Picker, Pointer};
use crate::model::{Cancelled, EventIx, PositionName, Task};

/// What kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// It would pass by itself.
    Transient,
    /// A rule of the trade says no.
    Business,
    /// Something is broken.
    System,
    /// What was done was not undone.
    Unrecoverable,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Transient,
        Self::Business,
        Self::System,
        Self::Unrecoverable,
    ];

    /// Its name within a sentence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Business => "business",
            Self::System => "system",
            Self::Unrecoverable => "unrecoverable",
        }
    }
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// What kind it is.
    pub class: Class,
    /// What its event says of it; where that says nothing, the event's type.
    pub reason: String,
    /// The event.
    pub position: PositionName,
}

/// Words that tell the kind, the most telling first: where none stands, a rule of the trade said no.
const WORDS: [(Class, &[&str]); 2] = [
    (
        Class::Transient,
        &[
            "timeout",
            "timed out",
            "timedout",
            "no answer",
            "not answer",
            "unavailable",
            "503",
            "502",
            "504",
            "429",
            "throttl",
            "temporar",
            "try again",
            "busy",
            "connection",
            "overload",
            "heartbeat",
            "rate limit",
        ],
    ),
    (
        Class::System,
        &[
            "exception",
            "internal",
            "500",
            "panic",
            "null",
            "corrupt",
            "crash",
            "bug",
            "deserial",
            "serializ",
            "stack",
            "assert",
            "no longer valid",
            "terminated",
        ],
    ),
];

/// Where events say why.
const REASONS: [&str; 12] = [
    "/reason",
    "/error",
    "/error/message",
    "/failure/message",
    "/failure/reason",
    "/failure",
    "/message",
    "/cancellation/reason",
    "/why",
    "/cause",
    "/detail",
    "/code",
];

/// The failures of `instances`, where they have one. Reads their events all at once.
///
/// # Errors
/// [`Cancelled`].
pub(super) fn of(
    log: &Log,
    payloads: &dyn PayloadReader,
    instances: &[Instance],
    task: &Task,
) -> Result<Vec<Option<Failure>>, Cancelled> {
    let wrong: Vec<(usize, EventIx)> = instances
        .iter()
        .enumerate()
        .filter_map(|(n, instance)| Some((n, instance.wrong?)))
        .collect();
    let events: Vec<EventIx> = wrong.iter().map(|(_, event)| *event).collect();
    let pointers = REASONS.map(Pointer::from);
    let picker = Picker::new(&pointers);
    let mut failures = vec![None; instances.len()];
    let mut next = wrong.iter();
    payloads.read(log, &events, task, &mut |event, body| {
        let Some((instance, _)) = next.next() else {
            return;
        };
        let said = body.ok().and_then(|body| reason(&picker, &body));
        failures[*instance] = Some(failure(log, event, said, &instances[*instance]));
    })?;
    Ok(failures)
}

fn failure(log: &Log, event: EventIx, said: Option<String>, instance: &Instance) -> Failure {
    let kind = log.type_name(log.event_type(event));
    let gone = instance.status == Status::Failed && !instance.uncompensated.is_empty();
    Failure {
        class: match gone {
            true => Class::Unrecoverable,
            false => class(kind, said.as_deref().unwrap_or_default()),
        },
        reason: said.unwrap_or_else(|| kind.to_owned()),
        position: log.position_name(event),
    }
}

fn class(kind: &str, said: &str) -> Class {
    let text = format!("{kind} {said}").to_lowercase();
    let told = |(_, words): &&(Class, &[&str])| words.iter().any(|word| text.contains(word));
    WORDS
        .iter()
        .find(told)
        .map_or(Class::Business, |(class, _)| *class)
}

fn reason(picker: &Picker, body: &Body) -> Option<String> {
    let mut slots = [None; REASONS.len()];
    picker.pick(body.data.json()?, &mut slots).ok()?;
    let mut texts = slots.into_iter().flatten();
    // Objects say it further within.
    texts.find_map(|text| match serde_json::from_str(text) {
        Ok(serde_json::Value::String(text)) if !text.is_empty() => Some(text),
        Ok(serde_json::Value::Number(number)) => Some(number.to_string()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_the_kind() {
        let cases = [
            (
                "PaymentUnavailable",
                "gateway answers 503",
                Class::Transient,
            ),
            ("AnswerTimedOut", "", Class::Transient),
            (
                "CheckoutParked",
                "refund failed: card no longer valid",
                Class::System,
            ),
            ("HandlerFailed", "NullReferenceException", Class::System),
            ("PaymentDeclined", "card declined", Class::Business),
        ];
        for (kind, said, expected) in cases {
            assert_eq!(class(kind, said), expected, "{kind} {said}");
        }
    }
}
