//! Times that run backwards within an instance: what is dated before something that was recorded before it, and
//! whose clocks disagree therefore.

use std::collections::BTreeMap;

use serde::Serialize;

use super::instances::Seen;
use super::paths::ROOT;
use super::report::Asking;
use super::status::Judged;
use super::steps::Step;
use crate::model::time::Span;
use crate::model::{Cancelled, EventIx, PositionName, Task, Timestamp};

/// An event that is dated before one that was recorded before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Backward {
    /// The event.
    pub position: PositionName,
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Who recorded it.
    pub participant: String,
    /// How much earlier it is dated than the latest before it.
    pub behind_ms: i64,
    /// That one.
    pub than: PositionName,
    /// Who recorded that.
    pub than_participant: String,
}

/// What runs backwards in an instance.
#[derive(Clone, Debug, Default)]
pub(super) struct Backwards {
    pub events: Vec<Backward>,
    /// By event: who recorded it.
    whose: BTreeMap<EventIx, String>,
}

impl Backwards {
    /// By how much at least the clocks of two disagree, in milliseconds; none of who agree.
    ///
    /// # Errors
    /// [`Cancelled`].
    fn off(&self, task: &Task) -> Result<BTreeMap<[&str; 2], i64>, Cancelled> {
        let mut off = BTreeMap::new();
        for (n, own) in self.events.iter().enumerate() {
            if n % 4096 == 0 {
                task.check()?;
            }
            if own.participant != own.than_participant {
                let most = off
                    .entry(two(&own.participant, &own.than_participant))
                    .or_insert(own.behind_ms);
                *most = own.behind_ms.max(*most);
            }
        }
        Ok(off)
    }

    /// Says of steps between two clocks that disagree that their lengths are doubtful.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn doubt(&self, steps: &mut [Step], task: &Task) -> Result<(), Cancelled> {
        if self.events.is_empty() {
            return Ok(());
        }
        let off = self.off(task)?;
        for (n, step) in steps.iter_mut().enumerate() {
            if n % 4096 == 0 {
                task.check()?;
            }
            let ended = step.events.ended.and_then(|event| self.whose.get(&event));
            let ends = self.whose.get(&step.events.started).zip(ended);
            step.clocks_off_ms =
                ends.and_then(|(began, ended)| off.get(&two(began, ended)).copied());
        }
        Ok(())
    }
}

/// Two who record events, whichever is named first.
fn two<'a>(one: &'a str, other: &'a str) -> [&'a str; 2] {
    match one <= other {
        true => [one, other],
        false => [other, one],
    }
}

/// An event, and the latest before it, where that is later.
pub(super) struct Pair {
    pub event: EventIx,
    pub than: EventIx,
    pub micros: i64,
}

/// What runs backwards in each of `seen`. Reads of those only who recorded their events.
///
/// # Errors
/// [`Cancelled`].
pub(super) fn of(
    asking: Asking<'_>,
    judged: &Judged,
    seen: &[&Seen],
) -> Result<Vec<Backwards>, Cancelled> {
    let pairs = seen.iter().map(|seen| {
        asking.task.check()?;
        Ok(judged.pairs(asking, seen))
    });
    let pairs: Vec<Vec<Pair>> = pairs.collect::<Result<_, Cancelled>>()?;
    let odd = seen
        .iter()
        .zip(&pairs)
        .filter(|(_, pairs)| !pairs.is_empty());
    let odd = odd.flat_map(|(seen, _)| judged.at.events_of(seen));
    let odd: Vec<EventIx> = odd.map(|event| EventIx(*event)).collect();
    let whose = super::mining::participants(asking, &odd)?;
    let mut whose = odd.into_iter().zip(whose);
    let log = asking.log;
    let all = seen.iter().zip(pairs).map(|(seen, pairs)| {
        if pairs.is_empty() {
            return Backwards::default();
        }
        let count = judged.at.events_of(seen).len();
        let whose: BTreeMap<EventIx, String> = whose.by_ref().take(count).collect();
        let who = |event: &EventIx| whose.get(event).cloned().unwrap_or_default();
        let events = pairs.iter().map(|pair| Backward {
            position: log.position_name(pair.event),
            event_type: log.type_name(log.event_type(pair.event)).to_owned(),
            participant: who(&pair.event),
            behind_ms: pair.micros / 1000,
            than: log.position_name(pair.than),
            than_participant: who(&pair.than),
        });
        Backwards {
            events: events.collect(),
            whose,
        }
    });
    Ok(all.collect())
}

impl Judged {
    /// What is dated before something before it, in log order.
    pub(super) fn pairs(&self, asking: Asking<'_>, seen: &Seen) -> Vec<Pair> {
        let mut pairs = Vec::new();
        if self.at.is_in_order(seen) {
            return pairs;
        }
        let (mut latest, mut before): (Option<(Timestamp, EventIx)>, _) = (None, ROOT);
        for (event, node) in self.at.events_of(seen).iter().zip(self.at.nodes_of(seen)) {
            let event = EventIx(*event);
            // A copy is the event that it is a copy of.
            if std::mem::replace(&mut before, *node) == *node {
                continue;
            }
            let Some(time) = asking.log.time(event, self.at.cut.clock()) else {
                continue;
            };
            match latest {
                Some((earlier, than)) if time < earlier => pairs.push(Pair {
                    event,
                    than,
                    micros: earlier.micros() - time.micros(),
                }),
                _ => latest = Some((time, event)),
            }
        }
        pairs
    }
}

/// What runs backwards, in words; none where nothing does.
pub(super) fn words(events: &[Backward]) -> Option<String> {
    let most = events.iter().max_by_key(|own| own.behind_ms)?;
    let times = match events.len() {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    };
    let by = match most.behind_ms {
        0 => "less than 1 ms".to_owned(),
        millis => Span::from_millis(millis).to_string(),
    };
    let (own, than) = (&most.participant, &most.than_participant);
    Some(match own == than {
        true => format!("times run backwards {times}, by {by} at {own}"),
        false => {
            format!("times run backwards {times}: the clock of {own} is {by} behind that of {than}")
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::standings::Outcome;
    use super::super::steps::StepEvents;
    use super::*;
    use crate::model::Position;

    fn backward((one, other, behind_ms): (u8, u8, i64)) -> Backward {
        let place = PositionName {
            file: None,
            position: Position(7),
        };
        Backward {
            position: place.clone(),
            event_type: String::new(),
            participant: one.to_string(),
            behind_ms,
            than: place,
            than_participant: other.to_string(),
        }
    }

    fn step((started, ended): (u32, Option<u32>)) -> Step {
        Step {
            name: String::new(),
            participant: String::new(),
            status: Outcome::Running,
            started: None,
            ended: None,
            attempts: Vec::new(),
            compensation: None,
            clocks_off_ms: None,
            failed_by: None,
            events: StepEvents {
                started: EventIx(started),
                ended: ended.map(EventIx),
                attempts: Vec::new(),
                undone: None,
            },
        }
    }

    /// What disagrees the most of all that names the two.
    fn one_by_one(backwards: &Backwards, step: &Step) -> Option<i64> {
        let began = backwards.whose.get(&step.events.started)?;
        let ended = backwards.whose.get(&step.events.ended?)?;
        let names = |own: &&Backward| {
            let both = [&own.participant, &own.than_participant];
            began != ended && (both == [began, ended] || both == [ended, began])
        };
        let all = backwards.events.iter().filter(names);
        all.map(|own| own.behind_ms).max()
    }

    proptest! {
        #[test]
        fn who_is_off_by_the_most_is_found_at_once_as_one_by_one(
            events in prop::collection::vec((0_u8..4, 0_u8..4, 0_i64..50), 0..12),
            whose in prop::collection::vec(0_u8..4, 8),
            steps in prop::collection::vec((0_u32..10, prop::option::of(0_u32..10)), 0..8),
        ) {
            let whose = (0..).map(EventIx).zip(whose.iter().map(u8::to_string));
            let backwards = Backwards {
                events: events.into_iter().map(backward).collect(),
                whose: whose.collect(),
            };
            let mut steps: Vec<Step> = steps.into_iter().map(step).collect();
            backwards.doubt(&mut steps, &Task::new()).unwrap();
            for step in &steps {
                prop_assert_eq!(step.clocks_off_ms, one_by_one(&backwards, step));
            }
        }
    }

    #[test]
    fn whoever_waits_may_call_it_off() {
        let backwards = Backwards {
            events: vec![backward((0, 1, 5))],
            whose: BTreeMap::new(),
        };
        let task = Task::new();
        task.cancel();
        assert!(backwards.doubt(&mut [], &task).is_err());
    }
}
