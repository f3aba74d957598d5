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
use crate::model::{Cancelled, EventIx, PositionName, Timestamp};

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
    fn off(&self, one: &str, other: &str) -> Option<i64> {
        let of = |own: &&Backward| {
            let two = [own.participant.as_str(), own.than_participant.as_str()];
            one != other && (two == [one, other] || two == [other, one])
        };
        self.events.iter().filter(of).map(|own| own.behind_ms).max()
    }

    /// Says of steps between two clocks that disagree that their lengths are doubtful.
    pub fn doubt(&self, steps: &mut [Step]) {
        for step in steps.iter_mut().filter(|_| !self.events.is_empty()) {
            let ended = step.events.ended.and_then(|event| self.whose.get(&event));
            let ends = self.whose.get(&step.events.started).zip(ended);
            step.clocks_off_ms = ends.and_then(|(began, ended)| self.off(began, ended));
        }
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
    let pairs: Vec<Vec<Pair>> = seen.iter().map(|seen| judged.pairs(asking, seen)).collect();
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
    let by = Span::from_millis(most.behind_ms);
    let (own, than) = (&most.participant, &most.than_participant);
    Some(match own == than {
        true => format!("times run backwards {times}, by {by} at {own}"),
        false => {
            format!("times run backwards {times}: the clock of {own} is {by} behind that of {than}")
        }
    })
}
