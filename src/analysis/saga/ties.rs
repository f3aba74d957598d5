//! What ties the events of instances together in a store where nobody said it: the first of a few things
//! that it has.

use std::collections::BTreeMap;
use std::ops::Range;

use super::definition::Correlate;
use super::groups::{Ground, is_known};
use crate::analysis::scan;
use crate::log::{CauseRef, Log};
use crate::model::json::Pointer;
use crate::model::{Cancelled, EventIx, StreamIx};

/// The first events that have what events are tied by.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct First {
    correlation: Option<u32>,
    /// One that says what caused it.
    pub causation: Option<u32>,
    /// One that was caused by an event of another stream.
    across: Option<u32>,
}

/// How it was chosen what ties events together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    /// Somebody said so.
    BySomebody,
    /// An event has it, of which this is the first.
    By(u32),
    /// Nothing has it, so that what else there is decides.
    ByGuess,
}

/// What ties events where none has a correlation id and nothing leads from stream to stream: a business
/// key, else the streams.
pub(super) fn guess(ground: Ground<'_>) -> Result<Correlate, Cancelled> {
    Ok(key(ground)?.map_or(Correlate::Stream(None), Correlate::Key))
}

/// Types whose first events are looked at for business keys.
const TYPES: usize = 200;

impl First {
    pub fn of(ground: Ground<'_>) -> Result<Self, Cancelled> {
        let Ground {
            log, known, task, ..
        } = ground;
        let mut first = Self::default();
        for range in known {
            scan::runs(log, range.clone(), task, |run| {
                if first.correlation.is_some() && first.causation.is_some() {
                    return;
                }
                for (row, event) in run.events().enumerate() {
                    if first.correlation.is_none() && run.correlation(row).is_some() {
                        first.correlation = Some(event);
                    }
                    if run.causation(row).is_none() {
                        continue;
                    }
                    first.causation = first.causation.or(Some(event));
                    // With a correlation id nobody asks who caused whom.
                    if first.correlation.is_some() {
                        return;
                    }
                    if first.across.is_none() && leads_across(log, known, event) {
                        first.across = Some(event);
                    }
                }
            })?;
        }
        Ok(first)
    }

    /// What ties events together, and how that was chosen.
    pub fn choice(self, ground: Ground<'_>) -> Result<(Correlate, Chosen), Cancelled> {
        Ok(match (self.correlation, self.across) {
            (Some(event), _) => (Correlate::CorrelationId, Chosen::By(event)),
            (None, Some(event)) => (Correlate::Causation, Chosen::By(event)),
            (None, None) => (guess(ground)?, Chosen::ByGuess),
        })
    }
}

fn leads_across(log: &Log, known: &[Range<u32>], event: u32) -> bool {
    let event = EventIx(event);
    match log.cause(event) {
        Some(CauseRef::Event(cause)) => {
            is_known(known, cause.0) && log.stream(cause) != log.stream(event)
        }
        _ => false,
    }
}

/// The field by which the most types name a stream of another category, looked for in the first event of
/// each type.
fn key(ground: Ground<'_>) -> Result<Option<Pointer>, Cancelled> {
    let Ground {
        log,
        known,
        payloads,
        task,
    } = ground;
    // Where events stand in several streams, those tie them.
    if log.links().any(|(event, _, _)| is_known(known, event.0)) {
        return Ok(None);
    }
    let mut firsts: BTreeMap<&str, EventIx> = BTreeMap::new();
    let mut seen = vec![Seen::No; log.types().len()];
    for range in known {
        scan::runs(log, range.clone(), task, |run| {
            for (kind, event) in run.types().iter().zip(run.events()) {
                let before = std::mem::replace(&mut seen[*kind as usize], Seen::Yes);
                if before == Seen::No && firsts.len() < TYPES {
                    firsts.insert(log.types().get(*kind), EventIx(event));
                }
            }
        })?;
    }
    let events: Vec<EventIx> = firsts.into_values().collect();
    let mut fields: BTreeMap<String, u32> = BTreeMap::new();
    payloads.read(log, &events, task, &mut |event, body| {
        let value = body.ok().and_then(|body| body.data.value());
        let Some(serde_json::Value::Object(members)) = value else {
            return;
        };
        for (name, value) in &members {
            let Some(text) = text_of(value) else { continue };
            let named = stream_called(log, text).filter(|stream| {
                let mut events = log.stream_runs(*stream).flatten();
                let there = events.any(|event| is_known(known, *event));
                there && log.category(*stream) != log.category(log.stream(event))
            });
            if named.is_some() {
                *fields.entry(name.clone()).or_default() += 1;
            }
        }
    })?;
    // Of equals the first by name.
    let best = fields.into_iter().rev().max_by_key(|(_, count)| *count);
    Ok(best.map(|(name, _)| Pointer::through([name])))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    No,
    Yes,
}

/// A value that could name something: a text, also one that is wrapped with the name of its kind.
pub(super) fn text_of(value: &serde_json::Value) -> Option<&str> {
    match value {
        serde_json::Value::String(text) => Some(text.as_str()),
        serde_json::Value::Object(wrapped) if wrapped.len() == 2 => {
            wrapped.get("_type_")?;
            wrapped.get("_data_")?.as_str()
        }
        _ => None,
    }
}

fn stream_called(log: &Log, text: &str) -> Option<StreamIx> {
    let plain = || plain(text);
    let found = log
        .streams()
        .find(text)
        .or_else(|| log.streams().find(&plain()));
    found.map(StreamIx)
}

/// A key in one spelling: UUIDs without dashes, in lower case.
pub(super) fn plain(text: &str) -> String {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let is_uuid = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    match is_uuid {
        true => digits.to_lowercase(),
        false => text.to_owned(),
    }
}
