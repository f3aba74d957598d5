//! `asof state` as data: the fields of the contract, read off a [`StateAt`]. The window shows the
//! same numbers. Holds no logic of replay or of wording.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::answer::answer;
use super::diff::{Difference, diff};
use super::evidence::EventRef;
use super::moment::{EndedBy, Existence, StateAt};
use super::notices::{Notice, notices};
use super::series::Series;
use super::source::{ReplayError, Source};
use crate::log::{AsOf, Cut, Log, StreamEnd};
use crate::model::time::Zone;
use crate::model::{EventIx, PositionName, Timestamp, Version};

/// How much a report holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// The state.
    #[default]
    State,
    /// The blame of every leaf too.
    Blame,
}

/// What is asked of a stream.
#[derive(Clone, Copy, Debug)]
pub struct StateRequest<'a> {
    /// The store as the user named it.
    pub store: &'a str,
    /// The moment.
    pub cut: Cut,
    /// Another moment to compare with.
    pub diff_to: Option<Cut>,
    /// How much to report.
    pub detail: Detail,
    /// The zone in which the answer speaks of times.
    pub zone: Zone,
}

/// The event behind a leaf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BlameRef {
    /// Its global position.
    pub position: PositionName,
    /// Its version in the stream.
    pub version: Option<Version>,
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Its own time by the clock of the report; null where it has none.
    pub time: Option<Timestamp>,
}

/// The blame of one leaf: the event that last set it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeafBlame {
    /// The event that last set the leaf, or removed it.
    #[serde(flatten)]
    pub set_by: BlameRef,
    /// The event that gave it this value, where `set_by` only repeated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<BlameRef>,
    /// Whether the leaf is in the state.
    #[serde(
        rename = "removed",
        skip_serializing_if = "Presence::is_present",
        serialize_with = "as_true"
    )]
    pub presence: Presence,
}

/// Whether a leaf is in the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is.
    Present,
    /// It was removed.
    Removed,
}

impl Presence {
    fn is_present(&self) -> bool {
        *self == Self::Present
    }
}

/// The end of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deleted {
    /// In which way it ended.
    pub how: StreamEnd,
    /// The event that ended it, if one did.
    #[serde(flatten)]
    pub by: Option<EventRef>,
    /// Since when the store says so, where it is the store that says it and it tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// `asof state`, field by field as the contract has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StateReport {
    /// The moment.
    pub as_of: AsOf,
    /// The store as the user named it.
    pub store: String,
    /// The stream's name.
    pub stream: String,
    /// Its category, if the store tells one.
    pub category: Option<String>,
    /// Whether the stream was there.
    pub exists: bool,
    /// How it had ended, if it had.
    pub deleted: Option<Deleted>,
    /// Its version; null before its birth.
    pub version: Option<Version>,
    /// The state; null where the stream was not there.
    pub state: Option<Value>,
    /// The answer in one sentence.
    pub answer: String,
    /// Pointers to what the last event changed, at the topmost place where it did.
    pub changed: Vec<String>,
    /// The last event known.
    pub last_event: Option<EventRef>,
    /// The first event after it: the one field that knows the future, and says so by its name.
    pub next_event: Option<EventRef>,
    /// By JSON pointer, in the order of the state; only where asked for.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_map")]
    pub blame: Option<Vec<(String, LeafBlame)>>,
    /// How many events carried no JSON object that could be folded and left the state as it was.
    pub not_folded: u64,
    /// What is odd about this stream's history.
    pub notices: Vec<Notice>,
    /// The other moment; only where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff_to: Option<AsOf>,
    /// What leads from this state to the other; only where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<Vec<Difference>>,
}

/// The state of the series' stream at the moment asked for.
///
/// # Errors
/// The task was called off, or the store was rewritten.
pub fn state(
    series: &Series,
    source: Source<'_>,
    request: &StateRequest<'_>,
) -> Result<StateReport, ReplayError> {
    let at = StateAt::find(series, source, request.cut)?;
    let other = (request.diff_to)
        .map(|cut| StateAt::find(series, source, cut))
        .transpose()?;
    Ok(told(source.log, &at, other.as_ref(), request))
}

/// A state that was found as a report, with what leads from it to another.
#[must_use]
pub fn told(
    log: &Log,
    at: &StateAt,
    other: Option<&StateAt>,
    request: &StateRequest<'_>,
) -> StateReport {
    let mut report = report(log, at, request);
    if let Some(other) = other {
        report.diff_to = Some(other.cut.as_of(log));
        report.diff = Some(diff(at.tree(), other.tree()));
    }
    report
}

/// A state that was found as a report, without a diff.
#[must_use]
pub fn report(log: &Log, at: &StateAt, request: &StateRequest<'_>) -> StateReport {
    let event = |event| EventRef::new(log, at.stream, at.cut.clock(), event);
    let deleted = match at.existence {
        Existence::Ended { how, by } => {
            let (by, since) = match by {
                EndedBy::Event(by) => (Some(event(by)), None),
                EndedBy::Store(since) => (None, since),
            };
            Some(Deleted { how, by, since })
        }
        Existence::NotYet | Existence::Exists => None,
    };
    let last_event = at.last.map(event);
    StateReport {
        as_of: at.cut.as_of(log),
        store: request.store.to_owned(),
        stream: log.stream_name(at.stream).to_owned(),
        category: log.told_category(at.stream).map(str::to_owned),
        exists: at.exists(),
        deleted,
        version: last_event.as_ref().and_then(|event| event.version),
        state: at.exists().then(|| at.tree().to_value()),
        answer: answer(log, at, None, request.zone).to_string(),
        changed: diff(at.before.tree(), at.tree())
            .into_iter()
            .map(|d| d.path)
            .collect(),
        last_event,
        next_event: at.next.map(event),
        blame: (request.detail == Detail::Blame).then(|| blame(log, at)),
        not_folded: at.fold.not_folded(),
        notices: notices(log, at),
        diff_to: None,
        diff: None,
    }
}

fn blame(log: &Log, at: &StateAt) -> Vec<(String, LeafBlame)> {
    let by = |event: EventIx| BlameRef {
        position: log.position_name(event),
        version: log.version_in(event, at.stream),
        event_type: log.type_name(log.event_type(event)).to_owned(),
        time: log.own_time(event, at.cut.clock()),
    };
    let mut leaves = Vec::new();
    at.tree().for_each_leaf(&mut |leaf| {
        let blame = leaf.blame;
        let entry = LeafBlame {
            set_by: by(blame.set_by),
            changed_by: (blame.changed_by != blame.set_by).then(|| by(blame.changed_by)),
            presence: if leaf.value.is_some() {
                Presence::Present
            } else {
                Presence::Removed
            },
        };
        leaves.push((leaf.pointer.to_owned(), entry));
    });
    leaves
}

fn as_map<S: Serializer>(
    blame: &Option<Vec<(String, LeafBlame)>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let leaves = blame.as_deref().unwrap_or_default();
    let mut map = serializer.serialize_map(Some(leaves.len()))?;
    for (pointer, blame) in leaves {
        map.serialize_entry(pointer, blame)?;
    }
    map.end()
}

fn as_true<S: Serializer>(_: &Presence, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(true)
}
