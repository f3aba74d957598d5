//! What events say of each row of a read model: every field that was there, in log order, and what comes
//! of it.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde_json::Value;

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::table::{KeyedBy, ReadModel};
use super::worth::Worth;
use crate::log::Unreadable;
use crate::model::{EventIx, Task, TypeIx};

/// A field of one event type, by its number.
pub(super) type Source = u32;

/// A value that a field had.
#[derive(Clone, Debug)]
pub(super) struct Observed {
    pub event: EventIx,
    pub source: Source,
    pub text: Box<str>,
    pub number: Option<Worth>,
}

/// What came of a field so far.
#[derive(Clone, Debug)]
pub(super) struct Total {
    pub source: Source,
    /// Where it stands last in [`Seen::of`].
    pub last: usize,
    pub count: u64,
    /// What its numbers come to; none where one is no number, or that has too many digits.
    pub sum: Option<Worth>,
}

/// All that was seen, by the row's place in the table.
#[derive(Debug, Default)]
pub(super) struct Seen {
    observed: Vec<Vec<Observed>>,
    totals: Vec<Vec<Total>>,
    /// The pointer of each source.
    pub pointers: Vec<u32>,
    /// Pointers by number.
    pub names: Vec<String>,
    numbers: HashMap<String, u32, FixedState>,
    sources: HashMap<(TypeIx, u32), Source, FixedState>,
}

/// Tables about more events are left alone.
const MOST_EVENTS: usize = 300_000;
/// Deeper fields no read model is made of.
const DEEPEST: usize = 6;

impl Seen {
    pub fn gather(facts: &Facts<'_>, table: &ReadModel, task: &Task) -> Result<Self, AuditError> {
        let mut seen = Self {
            observed: vec![Vec::new(); table.rows.len()],
            ..Self::default()
        };
        let log = facts.whole.log;
        let mut rewritten = false;
        match &table.keyed_by {
            KeyedBy::Stream => {
                let mut left = MOST_EVENTS;
                for (at, row) in table.rows.iter().enumerate() {
                    let Some(stream) = row.stream else { continue };
                    let mut own = log.stream_events(stream);
                    own.retain(|event| facts.knows(*event));
                    if own.len() > left {
                        continue;
                    }
                    left -= own.len();
                    facts
                        .whole
                        .payloads
                        .read(log, &own, task, &mut |event, body| {
                            rewritten |= matches!(body, Err(Unreadable::Rewritten));
                            let json = body.as_ref().ok().and_then(|body| body.data.json());
                            seen.see(at, event, log.event_type(event), json);
                        })?;
                }
            }
            KeyedBy::Field(pointer) => {
                let rows = table.rows.iter().enumerate();
                let rows: HashMap<&str, usize, FixedState> =
                    rows.map(|(at, row)| (row.key.as_str(), at)).collect();
                let own = holding(facts, pointer);
                if own.len() <= MOST_EVENTS {
                    facts
                        .whole
                        .payloads
                        .read(log, &own, task, &mut |event, body| {
                            rewritten |= matches!(body, Err(Unreadable::Rewritten));
                            let Ok(body) = body else { return };
                            let key = super::table::field(&body.data, pointer);
                            if let Some(at) = key.and_then(|key| rows.get(key.as_str()).copied()) {
                                seen.see(at, event, log.event_type(event), body.data.json());
                            }
                        })?;
                }
            }
        }
        if rewritten {
            return Err(AuditError::Rewritten);
        }
        for observed in &seen.observed {
            let mut totals = Vec::new();
            add(&mut totals, observed, 0);
            seen.totals.push(totals);
        }
        Ok(seen)
    }

    /// What was observed of the one row that there is.
    #[cfg(test)]
    pub fn of_one_row(payloads: &[&str]) -> Self {
        let mut seen = Self {
            observed: vec![Vec::new()],
            ..Self::default()
        };
        for (nth, payload) in payloads.iter().enumerate() {
            seen.see(0, EventIx(nth as u32), TypeIx(0), Some(payload));
        }
        let mut totals = Vec::new();
        add(&mut totals, &seen.observed[0], 0);
        seen.totals.push(totals);
        seen
    }

    fn see(&mut self, row: usize, event: EventIx, kind: TypeIx, json: Option<&str>) {
        let value = json.and_then(|json| serde_json::from_str::<Value>(json).ok());
        if let Some(value) = value {
            let mut path = String::new();
            self.look(row, event, kind, &value, &mut path, 0);
        }
    }

    fn look(
        &mut self,
        row: usize,
        event: EventIx,
        kind: TypeIx,
        value: &Value,
        path: &mut String,
        depth: usize,
    ) {
        let text = match value {
            Value::Object(members) if depth < DEEPEST => {
                for (key, value) in members {
                    let length = path.len();
                    crate::model::json::pointer::push(path, key);
                    self.look(row, event, kind, value, path, depth + 1);
                    path.truncate(length);
                }
                return;
            }
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            // As SQLite keeps them.
            Value::Bool(true) => "1".to_owned(),
            Value::Bool(false) => "0".to_owned(),
            _ => return,
        };
        let source = self.source(kind, path);
        self.observed[row].push(Observed {
            event,
            source,
            number: Worth::written(&text),
            text: text.into(),
        });
    }

    fn source(&mut self, kind: TypeIx, path: &str) -> Source {
        let Self { names, numbers, .. } = self;
        let name = match numbers.get(path) {
            Some(name) => *name,
            None => {
                names.push(path.to_owned());
                let name = names.len() as u32 - 1;
                numbers.insert(path.to_owned(), name);
                name
            }
        };
        let pointers = &mut self.pointers;
        *self.sources.entry((kind, name)).or_insert_with(|| {
            pointers.push(name);
            pointers.len() as u32 - 1
        })
    }

    /// What was observed of a row, in log order.
    pub fn of(&self, row: usize) -> &[Observed] {
        &self.observed[row]
    }

    /// What came of it by now.
    pub fn totals(&self, row: usize) -> &[Total] {
        &self.totals[row]
    }

    /// The last event that said anything of a row.
    pub fn last(&self, row: usize) -> Option<EventIx> {
        self.observed[row].last().map(|last| last.event)
    }
}

/// Adds observations that stand from the place `from` on to what came of those before.
pub(super) fn add(totals: &mut Vec<Total>, observed: &[Observed], from: usize) {
    for (at, one) in observed.iter().enumerate() {
        let last = from + at;
        match totals.iter_mut().find(|own| own.source == one.source) {
            Some(own) => {
                own.last = last;
                own.count += 1;
                let both = own.sum.zip(one.number);
                own.sum = both.and_then(|(sum, number)| sum.and(number));
            }
            None => totals.push(Total {
                source: one.source,
                last,
                count: 1,
                sum: one.number,
            }),
        }
    }
}

/// The known events whose payload has such a field.
fn holding(facts: &Facts<'_>, pointer: &str) -> Vec<EventIx> {
    let shapes = facts.bodies.shapes();
    let has = |shape: &crate::analysis::bodies::Shape| {
        let mut places = shape.places.iter();
        places.any(|(path, _)| shapes.paths.pointer(*path) == pointer)
    };
    let has: Vec<bool> = shapes.all().iter().map(has).collect();
    let of = |event: &EventIx| {
        let shape = facts.bodies.shape(*event).0 as usize;
        has.get(shape).copied().unwrap_or(false)
    };
    facts.events().filter(of).collect()
}
