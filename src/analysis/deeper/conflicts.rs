//! Writes that did not know of each other, side by side: what a fold keeps that takes the later one, and
//! what it loses.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{MOST, Place};
use crate::analysis::audit::Facts;
use crate::analysis::bodies::BodiesError;
use crate::analysis::causality::{Merge, ToldBy};
use crate::log::{Log, PayloadReader, Unreadable};
use crate::model::{EventIx, Task};

/// Concurrent writes of a store.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Conflicts {
    /// How many there are.
    pub count: u64,
    /// Those of them of which only clocks that are apart say so.
    pub by_clocks: u64,
    /// The first of them.
    pub shown: Vec<Conflict>,
    /// What would become of the first, in their order.
    pub merges: Vec<Merge>,
}

impl Conflicts {
    /// How many there are that writers themselves tell of.
    #[must_use]
    pub const fn known(&self) -> u64 {
        self.count - self.by_clocks
    }

    /// What would become of one of those that are shown.
    #[must_use]
    pub fn merge_of(&self, conflict: &Conflict) -> Option<&Merge> {
        let at = self.shown.iter().position(|own| own == conflict)?;
        self.merges.get(at)
    }
}

/// Writes to one stream that fall apart into sides of which none knew of the others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conflict {
    /// The sides, in the order in which they came into the log; two at least.
    pub sides: Vec<Writer>,
    /// What says so.
    pub told_by: ToldBy,
}

/// One side of a conflict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Writer {
    /// The replica, or `write 1` and so on.
    pub name: String,
    /// What it wrote, in log order; one event at least.
    pub writes: Vec<Place>,
}

impl Conflict {
    /// The last writes of the first side and of that which wrote last of the others.
    #[must_use]
    pub fn last_writes(&self) -> Option<[&Place; 2]> {
        let mut last = self.sides.iter().filter_map(|side| side.writes.last());
        Some([last.next()?, last.max_by_key(|place| place.event)?])
    }
}

pub(super) fn conflicts(facts: &Facts<'_>) -> Conflicts {
    let log = facts.whole.log;
    let shown = facts.conflicts.iter().take(MOST).map(|conflict| Conflict {
        told_by: conflict.told_by,
        sides: (conflict.sides.iter())
            .map(|side| Writer {
                name: side.name.clone(),
                writes: (side.events.iter())
                    .map(|event| Place::of(log, *event))
                    .collect(),
            })
            .collect(),
    });
    Conflicts {
        count: facts.conflicts.len() as u64,
        by_clocks: facts
            .conflicts
            .iter()
            .filter(|conflict| conflict.told_by == ToldBy::Clocks)
            .count() as u64,
        shown: shown.collect(),
        merges: facts.merges.clone(),
    }
}

/// Two payloads, field by field.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sides {
    /// The fields of both, by path.
    pub fields: Vec<Shared>,
    /// Which of the two was recorded later by its own stamp, 0 or 1; null where that is not told.
    pub recorded_later: Option<usize>,
    /// Fields whose value in the first write is overwritten.
    pub lost: usize,
}

/// A field of one or both.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shared {
    /// Where, as a JSON pointer; empty for a payload that is no object.
    pub path: String,
    /// Its value in the first write.
    pub one: Option<Value>,
    /// Its value in the second.
    pub two: Option<Value>,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of a field where the later write wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Both say the same.
    Same,
    /// The second is kept, and what the first says is lost.
    Lost,
    /// Only the first has it: a fold that merges keeps it, one that replaces loses it.
    OnlyOne,
    /// Only the second has it.
    OnlyTwo,
}

/// Reads both payloads and puts them side by side.
///
/// # Errors
/// [`BodiesError`] when the task was called off or the store was rewritten meanwhile.
pub fn sides(
    log: &Log,
    payloads: &dyn PayloadReader,
    events: [EventIx; 2],
    task: &Task,
) -> Result<Sides, BodiesError> {
    let mut found: [Option<Value>; 2] = [None, None];
    let mut rewritten = false;
    payloads.read(log, &events, task, &mut |event, body| match body {
        Ok(body) => {
            for (own, place) in events.iter().zip(&mut found) {
                if *own == event {
                    *place = body.data.value();
                }
            }
        }
        Err(Unreadable::Damaged(_)) => {}
        Err(Unreadable::Rewritten) => rewritten = true,
    })?;
    if rewritten {
        return Err(BodiesError::Rewritten);
    }
    let times = events.map(|event| log.own_time(event, crate::log::Clock::Recorded));
    let recorded_later = match times {
        [Some(one), Some(two)] if one != two => Some(usize::from(two > one)),
        _ => None,
    };
    let [one, two] = found;
    Ok(Sides {
        recorded_later,
        ..beside(one.as_ref(), two.as_ref())
    })
}

/// Deeper than this an object is one value.
const DEEPEST: usize = 32;

fn beside(one: Option<&Value>, two: Option<&Value>) -> Sides {
    let mut all: BTreeMap<String, [Option<&Value>; 2]> = BTreeMap::new();
    for (at, value) in [one, two].into_iter().enumerate() {
        if let Some(value) = value {
            leaves(value, String::new(), 0, &mut |path, value| {
                all.entry(path).or_default()[at] = Some(value);
            });
        }
    }
    let fields = all.into_iter().map(|(path, [one, two])| Shared {
        fate: match (one, two) {
            (Some(one), Some(two)) if one == two => Fate::Same,
            (Some(_), Some(_)) => Fate::Lost,
            (Some(_), None) => Fate::OnlyOne,
            (None, _) => Fate::OnlyTwo,
        },
        path,
        one: one.cloned(),
        two: two.cloned(),
    });
    let fields: Vec<Shared> = fields.collect();
    let lost = fields.iter().filter(|field| field.fate == Fate::Lost);
    Sides {
        lost: lost.count(),
        fields,
        recorded_later: None,
    }
}

/// What stands in objects; lists are values.
fn leaves<'a>(
    value: &'a Value,
    path: String,
    depth: usize,
    each: &mut dyn FnMut(String, &'a Value),
) {
    match value {
        Value::Object(members) if depth < DEEPEST && !members.is_empty() => {
            for (key, inner) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                leaves(inner, format!("{path}/{key}"), depth + 1, each);
            }
        }
        value => each(path, value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_only_the_later_write_says_otherwise_is_lost() {
        let one = json!({ "sku": "MUG", "quantity": 3, "gift": { "note": "hello" } });
        let two = json!({ "sku": "MUG", "quantity": 5, "from": "phone" });
        let sides = beside(Some(&one), Some(&two));
        let told: Vec<(&str, Fate)> = sides
            .fields
            .iter()
            .map(|field| (field.path.as_str(), field.fate))
            .collect();
        assert_eq!(
            told,
            [
                ("/from", Fate::OnlyTwo),
                ("/gift/note", Fate::OnlyOne),
                ("/quantity", Fate::Lost),
                ("/sku", Fate::Same),
            ]
        );
        assert_eq!(sides.lost, 1);
    }

    #[test]
    fn a_payload_that_is_no_object_is_one_value() {
        let sides = beside(Some(&json!([1, 2])), None);
        assert_eq!(sides.fields.len(), 1);
        assert_eq!(sides.fields[0].fate, Fate::OnlyOne);
    }
}
