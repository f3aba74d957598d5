//! Which instances are looked at: by status, process, name, history, participant, kind of failure and
//! how long they last.

use hashbrown::HashMap;

use super::called::Called;
use super::course::Courses;
use super::failure::{self, Class};
use super::instances::Seen;
use super::over_time::Counts;
use super::paths::Node;
use super::report::Asking;
use super::standings::Status;
use super::status::Judged;
use super::steps::Instance;
use crate::model::Cancelled;
use crate::model::time::Span;

/// Conditions, all of which hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// With one of these; with any where there is none.
    pub statuses: Vec<Status>,
    /// Of this process, by number.
    pub process: Option<u16>,
    /// With this in what they are called.
    pub text: String,
    /// That this history led to, by the types of their events.
    pub variant: Option<Vec<u32>>,
    /// In which this happened.
    pub passed: Option<Passed>,
    /// In which this participant does a step, or did.
    pub participant: Option<String>,
    /// In which something of this kind went wrong.
    pub class: Option<Class>,
    /// That last at least so long.
    pub at_least: Option<Span>,
    /// That last at most so long.
    pub at_most: Option<Span>,
}

/// A part of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Passed {
    /// An event of this type.
    Type(u32),
    /// One of the first type, and one of the second right after it.
    Pair(u32, u32),
}

/// Which histories have that part, found out once for each.
#[derive(Default)]
struct Histories(HashMap<Node, bool>);

impl Histories {
    fn have(&mut self, judged: &Judged, node: Node, passed: Passed) -> bool {
        *self.0.entry(node).or_insert_with(|| {
            let labels = judged.at.paths.labels(node);
            let types: Vec<u32> = labels.iter().map(|label| label.event_type()).collect();
            match passed {
                Passed::Type(own) => types.contains(&own),
                Passed::Pair(from, to) => types.windows(2).any(|pair| pair == [from, to]),
            }
        })
    }
}

/// What is left of all instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// Their places among all.
    pub places: Vec<u32>,
    /// How many would have which status if the status were no condition, in the order of [`Status::ALL`].
    pub counts: Counts,
}

/// An instance that is of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its place among all.
    pub place: u32,
    /// The process, by number.
    pub process: u16,
    /// How it stands.
    pub status: Status,
}

impl Judged {
    /// The instances for which `by` holds, `statuses` being how each of all stands. Calls `each` with every
    /// one that is of a process.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn narrowed(
        &self,
        asking: Asking<'_>,
        (statuses, by): (&[Status], &Narrowing),
        mut each: impl FnMut(Standing),
    ) -> Result<Narrowed, Cancelled> {
        let mut places = Vec::new();
        let mut courses = Courses::default();
        let mut histories = Histories::default();
        let text = by.text.trim().to_lowercase();
        for (seen, place) in self.at.seen.iter().zip(0..) {
            if place % 4096 == 0 {
                asking.task.check()?;
            }
            let Some(process) = self.process_number(seen) else {
                continue;
            };
            let status = statuses[place as usize];
            each(Standing {
                place,
                process,
                status,
            });
            if by.process.is_none_or(|wanted| wanted == process)
                && by
                    .variant
                    .as_ref()
                    .is_none_or(|types| *types == self.types_of(seen))
                && by
                    .passed
                    .is_none_or(|passed| histories.have(self, seen.node, passed))
                && self.lasts_as(asking, seen, by)
                && (text.is_empty() || self.is_called(asking, seen, &text))
                && (by.participant.as_ref()).is_none_or(|who| self.does(seen, who, &mut courses))
            {
                places.push(place);
            }
        }
        if let Some(class) = by.class {
            places = self.of_class(asking, places, class, &mut courses)?;
        }
        let mut counts = Counts::default();
        for place in &places {
            let status = statuses[*place as usize];
            let at = Status::ALL.iter().position(|own| *own == status);
            counts[at.unwrap_or_default()] += 1;
        }
        if !by.statuses.is_empty() {
            places.retain(|place| by.statuses.contains(&statuses[*place as usize]));
        }
        Ok(Narrowed { places, counts })
    }

    fn lasts_as(&self, asking: Asking<'_>, seen: &Seen, by: &Narrowing) -> bool {
        if by.at_least.is_none() && by.at_most.is_none() {
            return true;
        }
        let lasts = self.lasts(asking.log, seen);
        by.at_least.is_none_or(|least| lasts >= least.micros())
            && by.at_most.is_none_or(|most| lasts <= most.micros())
    }

    fn is_called(&self, asking: Asking<'_>, seen: &Seen, text: &str) -> bool {
        let process = self.process(seen);
        process.is_some_and(|process| {
            let holds = |name: &str| name.to_lowercase().contains(text);
            self.is_named(asking.log, (seen, process), holds) != Called::Otherwise
        })
    }

    fn does(&self, seen: &Seen, who: &str, courses: &mut Courses) -> bool {
        let Some(process) = self.process(seen) else {
            return false;
        };
        let steps = &process.definition.steps;
        let mut runs = courses.of(self, seen).runs.iter();
        runs.any(|run| steps[usize::from(run.step)].participant == who)
    }

    /// Those of `places` in which something of that kind went wrong. Reads what they say of it.
    fn of_class(
        &self,
        asking: Asking<'_>,
        mut places: Vec<u32>,
        class: Class,
        courses: &mut Courses,
    ) -> Result<Vec<u32>, Cancelled> {
        let seen = |place: &u32| &self.at.seen[*place as usize];
        places.retain(|place| courses.of(self, seen(place)).went_wrong);
        let told: Vec<(u32, Instance)> = places
            .iter()
            .filter_map(|place| Some((*place, self.instance(asking.log, seen(place))?)))
            .collect();
        let (places, instances): (Vec<u32>, Vec<Instance>) = told.into_iter().unzip();
        let failures = failure::of(asking.log, asking.payloads, &instances, asking.task)?;
        let found = places.into_iter().zip(failures).filter(|(_, told)| {
            let failure = told.failure.as_ref();
            failure.is_some_and(|failure| failure.class == class)
        });
        Ok(found.map(|(place, _)| place).collect())
    }
}
