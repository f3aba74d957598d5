//! What kind of failure something is, by the words of those who wrote it down, and the evidence.

use serde::Serialize;

use super::mining::words;
use super::standings::Status;
use super::steps::Instance;
use crate::log::{Body, Log, PayloadReader};
use crate::model::json::{Picker, Pointer};
use crate::model::{Cancelled, EventIx, PositionName, Task, Timestamp};

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
    /// What its event says of it; where that says nothing what the event that ended all says, else its type.
    pub reason: String,
    /// The event.
    pub position: PositionName,
}

/// That a person is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parked {
    /// The type of the event that says so.
    #[serde(rename = "type")]
    pub event_type: String,
    /// What that says of it.
    pub reason: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// The event.
    pub position: PositionName,
}

/// What an instance tells of what went wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct WentWrong {
    /// Why it turned back or ended.
    pub failure: Option<Failure>,
    /// Why what was done is not undone, where that failed.
    pub not_undone: Option<Failure>,
    /// Why it waits for a person.
    pub parked: Option<Parked>,
}

/// What is read of an instance's events.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tells {
    Failure,
    End,
    NotUndone,
    Parked,
}

/// What tells the kind, the most telling first: words in a row, of which one with a star may go on. Where
/// nothing stands, a rule of the trade said no.
const WORDS: [(Class, &[&str]); 3] = [
    (
        Class::Transient,
        &[
            "timeout*",
            "timed out",
            "timedout",
            "no answer",
            "not answer",
            "unavailable",
            "bad gateway",
            "too many requests",
            "throttl*",
            "temporar*",
            "try again",
            "busy",
            "connection*",
            "overload*",
            "heartbeat*",
            "rate limit",
        ],
    ),
    (
        Class::System,
        &[
            "exception*",
            "internal",
            "panic*",
            "null",
            "corrupt*",
            "crash*",
            "bug",
            "deserial*",
            "serializ*",
            "stack",
            "assert*",
            "no longer valid",
            "terminated",
        ],
    ),
    (
        Class::Business,
        &[
            "sold out",
            "out of stock",
            "not in stock",
            "no longer available",
            "insufficient",
            "declined",
            "rejected",
            "refused",
            "denied",
            "not allowed",
            "taken",
            "exceed*",
        ],
    ),
];

/// Numbers by which a service answers, and what they tell.
const CODES: [(Class, &[&str]); 2] = [
    (Class::Transient, &["429", "502", "503", "504"]),
    (Class::System, &["500"]),
];
/// After these words a number is such an answer and no amount.
const ANSWERS: [&str; 9] = [
    "http", "status", "code", "error", "answer", "answers", "answered", "returned", "got",
];

/// Where events say why.
const REASONS: [&str; 17] = [
    "/reason",
    "/error",
    "/error/message",
    "/failure/message",
    "/failure/reason",
    "/failure",
    "/message",
    "/cancellation/reason",
    "/rejection",
    "/rejection/reason",
    "/refusal",
    "/refusal/reason",
    "/refused/reason",
    "/why",
    "/cause",
    "/detail",
    "/code",
];

/// What went wrong in each of `instances`. Reads their events all at once.
///
/// # Errors
/// [`Cancelled`].
pub(super) fn of(
    log: &Log,
    payloads: &dyn PayloadReader,
    instances: &[Instance],
    task: &Task,
) -> Result<Vec<WentWrong>, Cancelled> {
    let told = instances.iter().enumerate().flat_map(|(n, own)| {
        let end = own
            .ended
            .filter(|end| own.wrong.is_some_and(|wrong| wrong != *end));
        let all = [
            (Tells::Failure, own.wrong),
            (Tells::End, end),
            (Tells::NotUndone, own.hindered),
            (Tells::Parked, own.parked),
        ];
        (all.into_iter()).filter_map(move |(tells, event)| Some((n, tells, event?)))
    });
    let told: Vec<(usize, Tells, EventIx)> = told.collect();
    let events: Vec<EventIx> = told.iter().map(|(.., event)| *event).collect();
    let pointers = REASONS.map(Pointer::from);
    let picker = Picker::new(&pointers);
    let mut all = vec![WentWrong::default(); instances.len()];
    let mut next = told.iter();
    // Whose cause cannot be read: then what the end says has to do.
    let mut unread = None;
    payloads.read(log, &events, task, &mut |event, body| {
        let Some((n, tells, _)) = next.next() else {
            return;
        };
        let (instance, own) = (&instances[*n], &mut all[*n]);
        let body = body.ok();
        let is_read = body.as_ref().is_some_and(|body| !body.data.is_broken());
        let said = body.and_then(|body| reason(&picker, &body));
        match tells {
            Tells::Failure => {
                unread = (!is_read).then_some(*n);
                own.failure = Some(failure(log, event, said, Stays::of(instance)));
            }
            Tells::End => {
                let cause = instance
                    .wrong
                    .filter(|_| said.is_some() && unread == Some(*n));
                if let Some(cause) = cause {
                    own.failure = Some(failure(log, cause, said, Stays::of(instance)));
                }
            }
            Tells::NotUndone => own.not_undone = Some(failure(log, event, said, Stays::Open)),
            Tells::Parked => {
                own.parked = Some(Parked {
                    event_type: log.type_name(log.event_type(event)).to_owned(),
                    reason: said,
                    since: instance.parked_at,
                    position: log.position_name(event),
                });
            }
        }
    })?;
    Ok(all)
}

/// Whether what was done stays as it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stays {
    /// It ended without its being undone.
    Forever,
    /// It does not, or nobody knows.
    Open,
}

impl Stays {
    fn of(instance: &Instance) -> Self {
        match instance.status == Status::Failed && !instance.uncompensated.is_empty() {
            true => Self::Forever,
            false => Self::Open,
        }
    }
}

fn failure(log: &Log, event: EventIx, said: Option<String>, stays: Stays) -> Failure {
    let kind = log.type_name(log.event_type(event));
    Failure {
        class: match stays {
            Stays::Forever => Class::Unrecoverable,
            Stays::Open => class(kind, said.as_deref().unwrap_or_default()),
        },
        reason: said.unwrap_or_else(|| kind.to_owned()),
        position: log.position_name(event),
    }
}

/// By what the event says, and by its type where that tells nothing.
fn class(kind: &str, said: &str) -> Class {
    let told = told(&words(said)).or_else(|| told(&words(kind)));
    told.unwrap_or(Class::Business)
}

/// Whether a type is called after what passes by itself, and is no failure where another try follows.
pub(super) fn passes(kind: &str) -> bool {
    told(&words(kind)) == Some(Class::Transient)
}

/// What words tell, if they do.
fn told(words: &[String]) -> Option<Class> {
    let stands = |phrase: &&str| {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        let mut rows = words.windows(phrase.len());
        rows.any(|row| row.iter().zip(&phrase).all(|(own, word)| is(own, word)))
    };
    let answered = |code: &&str| {
        let mut places = words.iter().enumerate();
        places.any(|(at, own)| {
            let before = at.checked_sub(1).map(|before| words[before].as_str());
            let after = || before.is_some_and(|before| ANSWERS.contains(&before));
            own == code && (words.len() == 1 || after())
        })
    };
    let by_code = CODES.iter().find(|(_, codes)| codes.iter().any(answered));
    let by_word = || {
        let mut all = WORDS.iter();
        all.find(|(_, phrases)| phrases.iter().any(stands))
    };
    by_code.or_else(by_word).map(|(class, _)| *class)
}

fn is(own: &str, word: &str) -> bool {
    match word.strip_suffix('*') {
        Some(stem) => own.starts_with(stem),
        None => own == word,
    }
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
            // Within other words and numbers the same letters tell nothing.
            ("Refused", "limit of 5000 EUR exceeded", Class::Business),
            ("Refused", "limit of 500 EUR exceeded", Class::Business),
            ("OrderFailed", "order 50233 declined", Class::Business),
            ("ContractFailed", "annulled", Class::Business),
            ("OrderFailed", "debugging was asked for", Class::Business),
            ("ChargeFailed", "HTTP 502", Class::Transient),
            ("ChargeFailed", "status code: 500", Class::System),
            ("ChargeFailed", "503", Class::Transient),
            // What it says counts before what it is called.
            ("InventoryUnavailable", "sold out", Class::Business),
            ("InventoryUnavailable", "", Class::Transient),
        ];
        for (kind, said, expected) in cases {
            assert_eq!(class(kind, said), expected, "{kind} {said}");
        }
    }
}
