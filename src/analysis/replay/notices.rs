//! What a reader of a state must know about the history it came from. Facts come from [`StateAt`];
//! here they are put into sentences.

use serde::Serialize;

use super::moment::StateAt;
use super::report::EventRef;
use crate::log::Log;
use crate::model::EventIx;

/// Events named in one notice at most.
const EVIDENCE: usize = 5;

/// What is odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// An event id stands more than once in the stream.
    RepeatedEvent,
    /// Two events claim one version.
    Fork,
    /// Events lower in the log are left out, as their time is later.
    OutOfOrder,
    /// Events could not be read.
    Unreadable,
}

/// Something odd about a history, with the events that show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// What kind of oddity.
    pub kind: NoticeKind,
    /// One sentence.
    pub message: String,
    /// The first events that show it.
    pub evidence: Vec<EventRef>,
}

/// The notices on a state, the gravest first.
#[must_use]
pub fn notices(log: &Log, at: &StateAt) -> Vec<Notice> {
    let mut notices = Vec::new();
    let mut note = |kind, message, events: &mut dyn Iterator<Item = EventIx>| {
        let evidence = events.take(EVIDENCE);
        let evidence = evidence.map(|event| EventRef::new(log, at.stream, at.cut.clock(), event));
        notices.push(Notice {
            kind,
            message,
            evidence: evidence.collect(),
        });
    };
    if at.fold.unreadable() > 0 {
        let (count, reason) = (
            plural(at.fold.unreadable(), "event"),
            at.first_damaged.as_ref(),
        );
        let reason = reason.map_or(String::new(), |damaged| format!(": {}", damaged.reason));
        let message = format!(
            "{count} of this stream could not be read and left the state as it was{reason}"
        );
        note(NoticeKind::Unreadable, message, &mut reason_events(at));
    }
    if !at.left_out.is_empty() {
        let count = plural(at.left_out.len() as u64, "event");
        let message = format!(
            "{count} lower in the log of this stream had later times and are left out: the state has holes"
        );
        note(
            NoticeKind::OutOfOrder,
            message,
            &mut at.left_out.iter().copied(),
        );
    }
    if let Some(fork) = at.forks.first() {
        let message = match at.forks.len() {
            1 => format!(
                "version {} stands twice in this stream; both events are folded, in log order",
                fork.version.0
            ),
            count => format!(
                "{count} versions of this stream stand more than once; all events are folded, in log order"
            ),
        };
        note(
            NoticeKind::Fork,
            message,
            &mut at.forks.iter().flat_map(|fork| [fork.first, fork.again]),
        );
    }
    if !at.repeated.is_empty() {
        let message = match at.repeated.len() {
            1 => "one event id stands more than once in this stream; the event is folded each time"
                .to_owned(),
            count => format!(
                "{count} event ids stand more than once in this stream; their events are folded each time"
            ),
        };
        note(
            NoticeKind::RepeatedEvent,
            message,
            &mut at.repeated.iter().flatten().copied(),
        );
    }
    notices
}

fn reason_events(at: &StateAt) -> impl Iterator<Item = EventIx> {
    at.first_damaged.iter().map(|damaged| damaged.event)
}

fn plural(count: u64, thing: &str) -> String {
    match count {
        1 => format!("1 {thing}"),
        count => format!("{count} {thing}s"),
    }
}
