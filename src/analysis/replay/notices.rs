//! What a reader of a state must know about the history it came from. Facts come from [`StateAt`];
//! here they are put into sentences.

use hashbrown::HashSet;
use serde::Serialize;

use super::evidence::EventRef;
use super::flaws::Flaw;
use super::moment::StateAt;
use crate::analysis::words::{grouped, many};
use crate::log::{Cut, Log};
use crate::model::json::DEEPEST;
use crate::model::{EventIx, StreamIx, Version};

/// Events named in one notice at most.
const EVIDENCE: usize = 5;
/// Streams of which one tells at which version streams begin.
const STREAMS_LOOKED_AT: usize = 1000;
/// And as many of the events of each.
const EVENTS_LOOKED_AT: usize = 64;

/// What is odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// Records of the store could not be read, so that events may be missing.
    MissingRecords,
    /// Versions are missing in the stream.
    Gap,
    /// The first events of the stream are not in the store.
    BeginsLate,
    /// Events could not be read.
    Unreadable,
    /// The projection failed on events.
    Failed,
    /// The projection left something in the state that JSON has no words for.
    NotJson,
    /// Events left the state as it was: they carry no JSON object, or one that is nested too deep.
    NotFolded,
    /// Events lower in the log are left out, as their time is later.
    OutOfOrder,
    /// The stream was begun anew after its deletion.
    BegunAnew,
    /// Events came after the stream had ended for good.
    AfterEnd,
    /// Two events claim one version.
    Fork,
    /// An event id stands more than once in the stream.
    RepeatedEvent,
    /// A key stands twice in one object of a payload.
    RepeatedKey,
    /// A text has half of a surrogate pair.
    HalfCharacter,
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
    /// How many further events show it.
    #[serde(skip_serializing_if = "is_none")]
    pub more: u64,
}

fn is_none(more: &u64) -> bool {
    *more == 0
}

/// The notices on a state, the gravest first.
#[must_use]
pub fn notices(log: &Log, at: &StateAt) -> Vec<Notice> {
    let all = [
        missing_records(log, at),
        gap(log, at),
        begins_late(log, at),
        unreadable(log, at),
        failed(log, at),
        not_json(log, at),
        not_folded(log, at),
        too_deep(log, at),
        out_of_order(log, at),
        begun_anew(log, at),
        after_end(log, at),
        forked(log, at),
        repeated(log, at),
        repeated_key(log, at),
        half_character(log, at),
    ];
    all.into_iter().flatten().collect()
}

impl Notice {
    fn new(
        kind: NoticeKind,
        message: String,
        (log, at): (&Log, &StateAt),
        mut events: impl Iterator<Item = EventIx>,
    ) -> Self {
        let first = events.by_ref().take(EVIDENCE);
        let evidence = first.map(|event| EventRef::new(log, at.stream, at.cut.clock(), event));
        Self {
            kind,
            message,
            evidence: evidence.collect(),
            more: events.count() as u64,
        }
    }
}

/// A notice on the events with a flaw: how many of what, and what that means.
fn flawed(
    (log, at): (&Log, &StateAt),
    (kind, flaw): (NoticeKind, Flaw),
    [one, several]: [&str; 2],
    meaning: &str,
) -> Option<Notice> {
    let flawed = at.fold.flaws().of(flaw);
    let events = many(flawed.count, one, several)?;
    let message = match &flawed.about {
        Some(about) => format!("{events} {meaning}: {about}"),
        None => format!("{events} {meaning}"),
    };
    let first = flawed.first.iter().copied();
    let notice = Notice::new(kind, message, (log, at), first);
    let more = flawed.count.saturating_sub(notice.evidence.len() as u64);
    Some(Notice { more, ..notice })
}

fn missing_records(log: &Log, at: &StateAt) -> Option<Notice> {
    let message = losses(log, &at.cut)?;
    let message = format!("{message}; events of this stream may be among them");
    Some(Notice::new(
        NoticeKind::MissingRecords,
        message,
        (log, at),
        std::iter::empty(),
    ))
}

/// What is missing of a store as far as that is known at `cut`, in a sentence with the first place.
#[must_use]
pub fn losses(log: &Log, cut: &Cut) -> Option<String> {
    let known = log.known_losses(cut);
    let places = many(
        known.count,
        "place of the store could not be read",
        "places of the store could not be read",
    )?;
    Some(match known.first.first() {
        Some(first) => {
            let message = first.message.trim_end_matches('.');
            format!("{places}, first {}: {message}", first.place)
        }
        None => places,
    })
}

fn gap(log: &Log, at: &StateAt) -> Option<Notice> {
    let gap = at.gap.as_ref()?;
    let versions = many(
        gap.missing,
        "version of this stream is",
        "versions of this stream are",
    )?;
    let first = match gap.from == gap.to {
        true => gap.from.to_string(),
        false => format!("{}–{}", gap.from, gap.to),
    };
    let message = match gap.missing == gap.to.0.wrapping_sub(gap.from.0) as u64 + 1 {
        true => format!("{versions} missing ({first}): the state has holes"),
        false => format!("{versions} missing, first {first}: the state has holes"),
    };
    Some(Notice::new(
        NoticeKind::Gap,
        message,
        (log, at),
        [gap.behind].into_iter(),
    ))
}

/// That what came before the first event is gone, as retention leaves it. Only where streams begin at their
/// beginning or count on by one: a store may count versions by something else.
fn begins_late(log: &Log, at: &StateAt) -> Option<Notice> {
    let known = |stream: StreamIx| {
        let events = log.stream_runs(stream).flatten();
        let events = events.map(|event| EventIx(*event));
        let known = events.filter(|event| at.cut.holds(log, *event));
        known.filter_map(move |event| Some((log.version_in(event, stream)?, event)))
    };
    let is_beginning = |version: Version| version <= Version(1);
    // Where they ascend, the first known is the lowest, however many follow.
    let (version, event) = match log.versions_ascend(at.stream) {
        true => known(at.stream).next()?,
        false => known(at.stream).min()?,
    };
    if is_beginning(version) {
        return None;
    }
    // They begin at their beginning, or count on by one.
    let tells = |stream| {
        let mut before = None;
        let mut first = known(stream).take(EVENTS_LOOKED_AT);
        first.any(|(version, _)| {
            let next = before.is_some_and(|before: i64| before.checked_add(1) == Some(version.0));
            before = Some(version.0);
            next || [0, 1].contains(&version.0)
        })
    };
    let others = (0..log.streams().len().min(STREAMS_LOOKED_AT)).map(StreamIx::from_usize);
    let message = format!(
        "the first event of this stream here is {version}: what came before it is not in this store, \
         and the state lacks what that set"
    );
    others.chain([at.stream]).any(tells).then(|| {
        let events = [event].into_iter();
        Notice::new(NoticeKind::BeginsLate, message, (log, at), events)
    })
}

fn unreadable(log: &Log, at: &StateAt) -> Option<Notice> {
    flawed(
        (log, at),
        (NoticeKind::Unreadable, Flaw::Unreadable),
        ["event of this stream", "events of this stream"],
        "could not be read and left the state as it was",
    )
}

fn failed(log: &Log, at: &StateAt) -> Option<Notice> {
    flawed(
        (log, at),
        (NoticeKind::Failed, Flaw::Failed),
        ["event of this stream made", "events of this stream made"],
        "the projection fail and left the state as it was",
    )
}

fn not_json(log: &Log, at: &StateAt) -> Option<Notice> {
    flawed(
        (log, at),
        (NoticeKind::NotJson, Flaw::NotJson),
        ["event of this stream left", "events of this stream left"],
        "in the state what JSON has no words for",
    )
}

fn not_folded(log: &Log, at: &StateAt) -> Option<Notice> {
    flawed(
        (log, at),
        (NoticeKind::NotFolded, Flaw::NoObject),
        [
            "event of this stream carries",
            "events of this stream carry",
        ],
        "no JSON object and left the state as it was",
    )
}

fn too_deep(log: &Log, at: &StateAt) -> Option<Notice> {
    let meaning = format!(
        "nested more than {} deep and left the state as it was",
        grouped(DEEPEST as u64)
    );
    flawed(
        (log, at),
        (NoticeKind::NotFolded, Flaw::TooDeep),
        ["event of this stream is", "events of this stream are"],
        &meaning,
    )
}

fn repeated_key(log: &Log, at: &StateAt) -> Option<Notice> {
    flawed(
        (log, at),
        (NoticeKind::RepeatedKey, Flaw::RepeatedKey),
        ["event of this stream has", "events of this stream have"],
        "a key twice in one object, of which the last value counts",
    )
}

fn half_character(log: &Log, at: &StateAt) -> Option<Notice> {
    flawed(
        (log, at),
        (NoticeKind::HalfCharacter, Flaw::HalfCharacter),
        ["event of this stream has", "events of this stream have"],
        "half of a surrogate pair in a text, shown as \u{fffd}",
    )
}

fn begun_anew(log: &Log, at: &StateAt) -> Option<Notice> {
    let revival = at.fold.revival().filter(|_| at.exists())?;
    let message =
        "this stream was deleted and begun anew; its state is that of the events since".to_owned();
    let events = [revival.deleted_by, revival.begun_by].into_iter();
    Some(Notice::new(
        NoticeKind::BegunAnew,
        message,
        (log, at),
        events,
    ))
}

fn after_end(log: &Log, at: &StateAt) -> Option<Notice> {
    let (how, _) = at.fold.ended()?;
    let meaning = format!("after it was {}, and left its state as it was", how.name());
    flawed(
        (log, at),
        (NoticeKind::AfterEnd, Flaw::AfterEnd),
        ["event of this stream came", "events of this stream came"],
        &meaning,
    )
}

fn out_of_order(log: &Log, at: &StateAt) -> Option<Notice> {
    let (one, several) = (
        "event lower in the log of this stream had a later time and is left out",
        "events lower in the log of this stream had later times and are left out",
    );
    let left_out = many(at.left_out.len() as u64, one, several)?;
    let message = format!("{left_out}: the state has holes");
    let events = at.left_out.iter().copied();
    Some(Notice::new(
        NoticeKind::OutOfOrder,
        message,
        (log, at),
        events,
    ))
}

fn forked(log: &Log, at: &StateAt) -> Option<Notice> {
    let words = forked_words(at)?;
    let all = match at.forks.len() {
        1 => "both events are",
        _ => "all events are",
    };
    let message = format!("{words} in this stream; {all} folded, in log order");
    let events = at.forked().into_iter();
    Some(Notice::new(NoticeKind::Fork, message, (log, at), events))
}

/// Which versions more than one known event claims.
pub(super) fn forked_words(at: &StateAt) -> Option<String> {
    let version = at.forks.first()?.version;
    let versions: HashSet<_> = at.forks.iter().map(|fork| fork.version).collect();
    Some(match (versions.len(), at.forks.len()) {
        (1, 1) => format!("version {} stands twice", version.0),
        (1, again) => format!("version {} stands {} times", version.0, again + 1),
        (several, _) => format!("{} versions stand more than once", grouped(several as u64)),
    })
}

fn repeated(log: &Log, at: &StateAt) -> Option<Notice> {
    let message = match at.repeated.len() {
        0 => return None,
        1 => "one event id stands more than once in this stream; the event is folded each time"
            .to_owned(),
        count => format!(
            "{} event ids stand more than once in this stream; their events are folded each time",
            grouped(count as u64)
        ),
    };
    let events = at.repeated.iter().flatten().copied();
    Some(Notice::new(
        NoticeKind::RepeatedEvent,
        message,
        (log, at),
        events,
    ))
}
