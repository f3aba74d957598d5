//! Going through a projection event by event: what the last event of a partition did to it, and which
//! event is the next that matters. A moment is always that of a cursor; nothing here keeps one.

use rust_decimal::Decimal;
use serde_json::Value;

use super::differ::{number, same};
use super::{Held, Known, Run, ScriptError, States, Worded};
use crate::model::{Cancelled, EventIx, Task};

/// Events looked at between two looks at the task.
const BATCH: u32 = 1024;

/// What the last event of a partition did to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Around {
    /// The event.
    pub event: EventIx,
    /// The event of the partition before it.
    pub previous: Option<EventIx>,
    /// The result before it; none where the partition is new and the handler did not fail.
    pub before: Option<Worded>,
    /// The result after it; where its handler failed, as before.
    pub after: Option<Worded>,
    /// Why its handler failed.
    pub failed: Option<ScriptError>,
}

/// Where a run forward is to end.
#[derive(Clone, Debug, PartialEq)]
pub enum Break {
    /// At events of this type.
    Type(String),
    /// Where an event changes what stands at this JSON pointer.
    Changes(String),
    /// Where the number at this JSON pointer comes to be so.
    Becomes(String, Comparing, Decimal),
}

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparing {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `!=`
    Other,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

/// Longer signs first.
const SIGNS: [(&str, Comparing); 8] = [
    ("<=", Comparing::AtMost),
    (">=", Comparing::AtLeast),
    ("!=", Comparing::Other),
    ("===", Comparing::Equal),
    ("==", Comparing::Equal),
    ("<", Comparing::Less),
    (">", Comparing::More),
    ("=", Comparing::Equal),
];

/// Which events a run forward stops at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Towards<'a> {
    /// Only those of this partition; all that any partition takes where absent.
    pub partition: Option<&'a str>,
    /// Only those at which one of these holds; any event where there are none.
    pub breaks: &'a [Break],
}

impl Break {
    /// Reads what somebody typed: an event type, a path (`items.0.price`, `/items/0/price`), or a
    /// comparison (`balance < 0`). None where it is none of these.
    #[must_use]
    pub fn read(text: &str, is_type: impl Fn(&str) -> bool) -> Option<Self> {
        let text = text.trim();
        if is_type(text) {
            return Some(Self::Type(text.to_owned()));
        }
        for (sign, comparing) in SIGNS {
            if let Some((path, value)) = text.split_once(sign) {
                return Some(Self::Becomes(pointer(path)?, comparing, number(value)?));
            }
        }
        Some(Self::Changes(pointer(text)?))
    }

    const fn needs_states(&self) -> bool {
        !matches!(self, Self::Type(_))
    }

    fn holds(&self, event_type: &str, before: &Value, after: &Value) -> bool {
        match self {
            Self::Type(name) => name == event_type,
            Self::Changes(path) => match (before.pointer(path), after.pointer(path)) {
                (Some(before), Some(after)) => !same(before, after),
                (None, None) => false,
                _ => true,
            },
            Self::Becomes(path, comparing, value) => {
                let is_so = |state: &Value| comparing.is_so(state.pointer(path), *value);
                is_so(after) && !is_so(before)
            }
        }
    }
}

/// A pointer from a path as people type it.
fn pointer(path: &str) -> Option<String> {
    let path = path.trim();
    if path.is_empty() || path.contains(char::is_whitespace) {
        return None;
    }
    Some(match path.starts_with('/') {
        true => path.to_owned(),
        false => format!("/{}", path.replace('.', "/")),
    })
}

impl Comparing {
    fn is_so(self, found: Option<&Value>, than: Decimal) -> bool {
        let Some(Value::Number(found)) = found else {
            return false;
        };
        let Some(found) = number(found.as_str()) else {
            return false;
        };
        match self {
            Self::Less => found < than,
            Self::AtMost => found <= than,
            Self::Equal => found == than,
            Self::Other => found != than,
            Self::AtLeast => found >= than,
            Self::More => found > than,
        }
    }
}

impl Run {
    /// What the last event of a partition among those known did to it, be it that its handler failed;
    /// none where the partition has none.
    ///
    /// # Errors
    /// The task was called off.
    pub fn around(
        &mut self,
        known: &Known,
        partition: &str,
        task: &Task,
    ) -> Result<Option<Around>, Cancelled> {
        let moment = self.of(known, task)?;
        let after = moment.get(partition);
        let last = after.as_ref().map(|after| after.last);
        let mut letters = moment.dead_of(partition).rev();
        if let Some(letter) = letters.next().filter(|letter| Some(letter.event) > last) {
            // What the handler met; the first state where the partition has none yet.
            let state = after.map(|after| self.shown(&after));
            let state = state.or_else(|| letter.met());
            return Ok(Some(Around {
                event: letter.event,
                previous: letters.next().map(|letter| letter.event).max(last),
                before: state.clone(),
                after: state,
                failed: Some(letter.error.clone()),
            }));
        }
        let Some(after) = after else { return Ok(None) };
        let below = after.last.0.checked_sub(1).map(EventIx);
        let moment = self.of(&known.up_to(below), task)?;
        let before = moment.get(partition);
        let failed = moment.dead_of(partition).next_back();
        let last = before.as_ref().map(|before| before.last);
        Ok(Some(Around {
            event: after.last,
            previous: failed.map(|letter| letter.event).max(last),
            before: before.map(|before| self.shown(&before)),
            after: Some(self.shown(&after)),
            failed: None,
        }))
    }

    /// The result of a partition; its state where the result is filtered out or cannot be made.
    fn shown(&self, held: &Held) -> Worded {
        match self.result_value(held) {
            Ok(Some(result)) => result,
            Ok(None) | Err(_) => self.value(Some(held)),
        }
    }

    /// The first event from `from` on, in log order, that stops a run forward.
    ///
    /// # Errors
    /// The task was called off.
    pub fn next_stop(
        &mut self,
        from: EventIx,
        towards: Towards<'_>,
        task: &Task,
    ) -> Result<Option<EventIx>, Cancelled> {
        self.go_to(from, task)?;
        let found = self.look_on(from, towards, task);
        self.stepped = States::default();
        self.leave_the_way();
        found
    }

    fn look_on(
        &mut self,
        from: EventIx,
        towards: Towards<'_>,
        task: &Task,
    ) -> Result<Option<EventIx>, Cancelled> {
        let len = self.reading().log.len() as u32;
        let with_states = towards.breaks.iter().any(Break::needs_states);
        if with_states {
            self.stepped = self.machine.save().unwrap_or_default();
        }
        task.set_total(u64::from(len));
        let mut start = from.0;
        while start < len {
            task.set_done(u64::from(start));
            let range = start..(start + BATCH).min(len);
            for event in self.prepared(&range, task)? {
                let stops = match with_states {
                    true => self.stops_by_state(event, towards, task)?,
                    false => self.stops_by_type(event, towards, task)?,
                };
                match stops {
                    Some(true) => return Ok(Some(event)),
                    Some(false) => {}
                    None => return Ok(None),
                }
            }
            start = range.end;
        }
        Ok(None)
    }

    /// None where nothing can be folded any more.
    fn stops_by_type(
        &mut self,
        event: EventIx,
        Towards { partition, breaks }: Towards<'_>,
        task: &Task,
    ) -> Result<Option<bool>, Cancelled> {
        let dead = match self.over(event, task) {
            Ok(dead) => dead,
            Err(ended) => return ended.over(),
        };
        let partitions = self.machine.partitions();
        let found = match &dead {
            Some(letter) => letter.partition.as_deref(),
            None => self.machine.folded().map(|folded| partitions.get(folded)),
        };
        let is_own = found.is_some_and(|found| partition.is_none_or(|own| found == own));
        Ok(Some(is_own && self.stops_at(event, breaks)))
    }

    /// Whether an event stops a run whatever it changes.
    fn stops_at(&self, event: EventIx, breaks: &[Break]) -> bool {
        let log = &self.reading().log;
        let name = log.type_name(log.event_type(event));
        let none = Value::Null;
        breaks.is_empty() || breaks.iter().any(|one| one.holds(name, &none, &none))
    }

    fn stops_by_state(
        &mut self,
        event: EventIx,
        Towards { partition, breaks }: Towards<'_>,
        task: &Task,
    ) -> Result<Option<bool>, Cancelled> {
        let step = match self.step_or_letter(event, task) {
            Ok((Some(step), _)) => step,
            Ok((None, letter)) => {
                let found = letter.and_then(|letter| letter.partition);
                let is_own = found.is_some_and(|found| partition.is_none_or(|own| found == own));
                return Ok(Some(is_own && self.stops_at(event, breaks)));
            }
            Err(ended) => return ended.over(),
        };
        if partition.is_some_and(|own| own != step.partition) {
            return Ok(Some(false));
        }
        let before = self.value(step.before.as_ref());
        let log = &self.reading().log;
        let name = log.type_name(log.event_type(event));
        let holds = |one: &Break| one.holds(name, before.whole(), step.after.whole());
        Ok(Some(breaks.iter().any(holds)))
    }
}
