//! What becomes of concurrent writes: what the last one in the log keeps and loses, and what a merge that
//! knows the kind of a field would give.
//!
//! # How it works
//!
//! Each side is folded on top of the state that both had before. A field that several sides have written is
//! merged by its kind: of a number, the changes of all sides are added up (a PN-counter; a grow-only
//! counter where nobody took anything away); of a list, what was added stays unless somebody who saw it
//! took it away (an observed-remove set), or everything stays (a grow-only set); of anything else the later
//! write wins by a clock that both trust (a register). These are the merges of conflict-free replicated data
//! types, computed from states, since a log of states is all that there is. What only says what one write was
//! about, and numbers that follow from others, are left out (`roles`).

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use super::concurrent::Conflict;
use super::roles::{Change, Roles};
use super::ways::{Written, counted, gathered};
use crate::analysis::bodies::{Bodies, BodiesError, Stamp};
use crate::analysis::replay::{FoldRules, MergeFold};
use crate::log::{Body, Clock, Cut, Log, PayloadReader, Unreadable};
use crate::model::json::pointer;
use crate::model::{EventIx, PositionName, StreamIx, Task, Timestamp};

/// What became of the writes of one conflict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Merge {
    /// The stream.
    pub stream: String,
    /// The sides in the order in which they came into the log.
    pub sides: Vec<MergeSide>,
    /// The fields that several sides have written, in the order of their names.
    pub fields: Vec<FieldMerge>,
}

/// One side of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MergeSide {
    /// The replica.
    pub name: String,
    /// Its events.
    pub positions: Vec<PositionName>,
    /// The same.
    #[serde(skip)]
    pub events: Vec<EventIx>,
}

/// A field that several sides have written. Null is what is not there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldMerge {
    /// A JSON pointer.
    pub field: String,
    /// How it should be merged.
    pub kind: MergeKind,
    /// Before the conflict.
    pub before: Value,
    /// What each side has made of it; null of a side that has not written it.
    pub sides: Vec<Value>,
    /// What stands there if the last write in the log wins.
    pub last_write: Value,
    /// What the merge gives.
    pub merged: Value,
    /// What other merges would give, by name.
    pub others: BTreeMap<MergeKind, Value>,
}

impl FieldMerge {
    /// Whether the last write loses something that the merge keeps.
    #[must_use]
    pub fn loses(&self) -> bool {
        let set = |value: &Value| match value {
            Value::Array(items) => {
                let mut items: Vec<String> = items.iter().map(Value::to_string).collect();
                items.sort_unstable();
                items
            }
            other => vec![other.to_string()],
        };
        set(&self.merged) != set(&self.last_write)
    }
}

/// A way to merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MergeKind {
    /// A counter that only grows.
    Counter,
    /// A counter that goes up and down.
    PnCounter,
    /// A set from which nothing is taken away.
    GrowOnlySet,
    /// A set from which that is taken away which was seen there.
    OrSet,
    /// The later write wins.
    LwwRegister,
}

impl MergeKind {
    /// As people call it, one of them.
    #[must_use]
    pub const fn one(self) -> &'static str {
        match self {
            Self::Counter => "a grow-only counter",
            Self::PnCounter => "a PN-counter",
            Self::GrowOnlySet => "a grow-only set",
            Self::OrSet => "an observed-remove set",
            Self::LwwRegister => "a last-write-wins register",
        }
    }
}

/// The merges of conflicts known at a cut, in their order.
///
/// # Errors
/// [`BodiesError`] when the task was called off, or the store was rewritten meanwhile.
pub fn merges(
    log: &Log,
    cut: &Cut,
    bodies: &Bodies,
    reading: (&dyn PayloadReader, &FoldRules),
    conflicts: &[Conflict],
    task: &Task,
) -> Result<Vec<Merge>, BodiesError> {
    let work = Merging {
        log,
        cut,
        bodies,
        payloads: reading.0,
        rules: reading.1,
        task,
    };
    let mut roles = Roles::default();
    let folded = conflicts
        .iter()
        .map(|conflict| work.folded(conflict, &mut roles));
    let folded: Vec<Folded<'_>> = folded.collect::<Result<_, _>>()?;
    Ok(folded.iter().map(|own| work.merge(own, &roles)).collect())
}

struct Merging<'a> {
    log: &'a Log,
    cut: &'a Cut,
    bodies: &'a Bodies,
    payloads: &'a dyn PayloadReader,
    rules: &'a FoldRules,
    task: &'a Task,
}

/// A conflict of which all sides were folded.
struct Folded<'a> {
    conflict: &'a Conflict,
    /// What each side has written, field by field.
    written: Vec<IndexMap<String, Written>>,
    /// The state before it, and that after all of its events in log order.
    before: Value,
    last: Value,
}

impl Merging<'_> {
    fn read(&self, events: &[EventIx]) -> Result<Vec<(EventIx, Option<Body>)>, BodiesError> {
        let (mut read, mut rewritten) = (Vec::with_capacity(events.len()), false);
        let mut each = |event, body: Result<Body, Unreadable>| {
            rewritten |= matches!(body, Err(Unreadable::Rewritten));
            read.push((event, body.ok()));
        };
        self.payloads.read(self.log, events, self.task, &mut each)?;
        match rewritten {
            true => Err(BodiesError::Rewritten),
            false => Ok(read),
        }
    }

    fn fold(&self, fold: &mut MergeFold, event: EventIx, body: &Option<Body>) {
        let kind = self.log.type_name(self.log.event_type(event));
        if let Some(body) = body {
            fold.apply(self.rules, event, kind, &body.data);
        }
    }

    /// The state of a stream before an event.
    fn before(&self, stream: StreamIx, event: EventIx) -> Result<MergeFold, BodiesError> {
        let own = self.log.stream_events(stream).into_iter();
        let own = own.filter(|own| *own < event && self.cut.holds(self.log, *own));
        let mut fold = MergeFold::new();
        for (event, body) in self.read(&own.collect::<Vec<_>>())? {
            self.fold(&mut fold, event, &body);
        }
        Ok(fold)
    }

    fn folded<'c>(
        &self,
        conflict: &'c Conflict,
        roles: &mut Roles,
    ) -> Result<Folded<'c>, BodiesError> {
        let first = conflict.sides[0].events[0];
        let base = self.before(conflict.stream, first)?;
        let before = base.tree().to_value();
        let mut all: Vec<(EventIx, Option<Body>)> = Vec::new();
        let mut written: Vec<IndexMap<String, Written>> = Vec::new();
        for side in &conflict.sides {
            let bodies = self.read(&side.events)?;
            let by = (conflict.stream, side.name.as_str());
            written.push(self.written(by, base.clone(), &bodies, roles));
            all.extend(bodies);
        }
        all.sort_by_key(|(event, _)| *event);
        let mut last = base;
        for (event, body) in &all {
            self.fold(&mut last, *event, body);
        }
        Ok(Folded {
            conflict,
            written,
            before,
            last: last.tree().to_value(),
        })
    }

    fn merge(&self, own: &Folded<'_>, roles: &Roles) -> Merge {
        let Folded {
            conflict, written, ..
        } = own;
        let mut names: Vec<&String> = written.iter().flat_map(IndexMap::keys).collect();
        names.sort_unstable();
        let several = names.chunk_by(|a, b| a == b).filter(|same| same.len() > 1);
        let several = several.map(|same| same[0]);
        let fields = several.filter(|name| !roles.is_aside(name)).map(|name| {
            let sides: Vec<Option<&Written>> = written.iter().map(|side| side.get(name)).collect();
            self.field(name, [&own.before, &own.last], &sides)
        });
        let sides = conflict.sides.iter().map(|side| MergeSide {
            name: side.name.clone(),
            positions: (side.events.iter())
                .map(|event| self.log.position_name(*event))
                .collect(),
            events: side.events.clone(),
        });
        Merge {
            stream: self.log.stream_name(conflict.stream).to_owned(),
            sides: sides.collect(),
            fields: fields.collect(),
        }
    }

    /// What a side has written, field by field, on top of the state that it knew.
    fn written(
        &self,
        (stream, replica): (StreamIx, &str),
        mut fold: MergeFold,
        bodies: &[(EventIx, Option<Body>)],
        roles: &mut Roles,
    ) -> IndexMap<String, Written> {
        let mut written: IndexMap<String, Written> = IndexMap::new();
        let mut before = fold.tree().to_value();
        for (event, body) in bodies {
            self.fold(&mut fold, *event, body);
            let json = body.as_ref().and_then(|body| body.data.json());
            let payload = json.and_then(|json| serde_json::from_str::<Value>(json).ok());
            let Some(payload) = payload else { continue };
            let after = fold.tree().to_value();
            let (mut places, mut texts) = (Vec::new(), Vec::new());
            leaves(&payload, &mut String::new(), &mut places, &mut texts, 0);
            roles.see(&Change {
                stream,
                replica,
                places: &places,
                before: &before,
                after: &after,
            });
            for place in places {
                let value = after.pointer(&place).cloned().unwrap_or_default();
                let own = written.entry(place).or_insert_with(|| Written {
                    values: Vec::new(),
                    last: *event,
                });
                own.values.push((value, texts.clone()));
                own.last = *event;
            }
            before = after;
        }
        written
    }

    fn field(
        &self,
        name: &str,
        [before, last]: [&Value; 2],
        sides: &[Option<&Written>],
    ) -> FieldMerge {
        let at = |state: &Value| state.pointer(name).cloned().unwrap_or_default();
        let (before, last_write) = (at(before), at(last));
        let values: Vec<Value> = sides
            .iter()
            .map(|side| side.map_or(Value::Null, Written::value))
            .collect();
        let mut ways: BTreeMap<MergeKind, Value> = BTreeMap::new();
        let mut kind = MergeKind::LwwRegister;
        if let Some((sum, grows)) = counted(&before, sides) {
            kind = MergeKind::PnCounter;
            ways.insert(kind, sum.clone());
            if grows {
                ways.insert(MergeKind::Counter, sum);
            }
        }
        if let Some([observed, grown]) = gathered(&before, sides) {
            kind = MergeKind::OrSet;
            ways.insert(kind, observed);
            ways.insert(MergeKind::GrowOnlySet, grown);
        }
        ways.insert(MergeKind::LwwRegister, self.latest(sides));
        let merged = ways.remove(&kind).unwrap_or_default();
        FieldMerge {
            field: name.to_owned(),
            kind,
            before,
            sides: values,
            last_write,
            merged,
            others: ways,
        }
    }

    /// The value of the side that wrote last: by hybrid clocks if all have some, else by when it occurred.
    fn latest(&self, sides: &[Option<&Written>]) -> Value {
        let wrote: Vec<&Written> = sides.iter().flatten().copied().collect();
        let stamp = |event: EventIx| -> Option<&Stamp> {
            let stamps = self.bodies.stamps();
            let at = stamps
                .binary_search_by_key(&event, |(event, _)| *event)
                .ok()?;
            Some(&stamps[at].1)
        };
        let hybrid = |own: &&&Written| stamp(own.last).and_then(|own| own.hybrid.clone());
        let time = |own: &&&Written| -> (Option<Timestamp>, EventIx) {
            let occurred = self.log.own_time(own.last, Clock::Occurred);
            let recorded = || self.log.own_time(own.last, Clock::Recorded);
            (occurred.or_else(recorded), own.last)
        };
        let latest = match wrote.iter().all(|own| hybrid(&own).is_some()) {
            true => wrote.iter().max_by_key(hybrid),
            false => wrote.iter().max_by_key(time),
        };
        latest.map_or(Value::Null, |own| own.value())
    }
}

/// Deeper fields are not merged.
const DEEPEST: usize = 8;

/// The places of a payload that hold values or lists, and all its texts outside of lists.
fn leaves(
    value: &Value,
    path: &mut String,
    places: &mut Vec<String>,
    texts: &mut Vec<String>,
    depth: usize,
) {
    match value {
        Value::Object(members) if depth < DEEPEST => {
            for (key, value) in members {
                let length = path.len();
                pointer::push(path, key);
                leaves(value, path, places, texts, depth + 1);
                path.truncate(length);
            }
        }
        Value::Object(_) => {}
        other => {
            texts.extend(other.as_str().map(str::to_owned));
            places.push(path.clone());
        }
    }
}
