//! Services of which the store keeps nothing but the events that they recorded because of others.

use indexmap::IndexMap;

use super::course::Course;
use super::progress::{ConsumerId, Evidence, Progress, Step, Trace};
use super::tail::{Scope, Tail};
use crate::log::CauseRef;
use crate::model::{Cancelled, Task};

impl Course {
    /// Where nothing stands beside the events: services by what they recorded because of others' events.
    pub(super) fn add_effects(&mut self, task: &Task) -> Result<(), Cancelled> {
        let log = &self.log;
        if !log.sources().is_empty() {
            return Ok(());
        }
        let mut by_category: IndexMap<u32, Vec<Step>> = IndexMap::new();
        let category = |event| log.category(log.stream(event));
        for event in log.events() {
            if event.0 % 4096 == 0 {
                task.check()?;
            }
            let Some(CauseRef::Event(cause)) = log.cause(event) else {
                continue;
            };
            let at = log.time(event, self.clock);
            if at.is_some() && category(cause) != category(event) {
                by_category
                    .entry(category(event).0)
                    .or_default()
                    .push(Step {
                        at,
                        covers: Some(cause.at() + 1),
                        position: Some(log.position(cause)),
                        version: None,
                        event: Some(cause),
                        told_by: Some(event),
                    });
            }
        }
        if by_category.is_empty() {
            return Ok(());
        }
        let tail = Tail::new(log, self.clock, Scope::default(), task)?;
        for (number, mut steps) in by_category {
            steps.sort_by_key(|step| step.at);
            self.consumers.push(Progress {
                id: ConsumerId {
                    file: 0,
                    name: log.categories().get(number).to_owned(),
                    partition: None,
                },
                is_registered: false,
                tail: Some(self.tails.len()),
                file: None,
                traces: vec![Trace {
                    evidence: Evidence::Effects,
                    steps,
                }],
                current: None,
                reads_log: Vec::new(),
            });
        }
        self.tails.push(tail);
        Ok(())
    }
}
