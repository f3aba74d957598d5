//! The processes of a store as of a moment: which instances there are, one of them in full, the map of
//! what follows what. What they mean is `analysis::saga`'s to say; here they are found once and kept.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::analysis::lag;
use crate::analysis::saga::{
    self, Asking, Beside, Coming, Counts, Definition, Durations, Glance, Instance, Judged,
    Narrowing, SagaReport, Sagas, Seen, Sequence, Status, Stored, StoredStates, Timeout, Until,
    one, stored,
};
use crate::log::{Bound, Cut, Log};
use crate::model::{EventIx, Task};
use crate::worker::{Asked, Question, Room, Subject, Unanswered};

/// Which processes, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct SagasAt {
    /// The log.
    pub subject: Subject,
    /// The moment.
    pub cut: Cut,
    /// A declared process; whatever there is where none is.
    pub definition: Option<Arc<Definition>>,
    /// How long a silence is too long, in place of what is declared or usual.
    pub stuck_after: Option<Timeout>,
}

/// By what instances are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SagaSort {
    /// The most urgent first.
    #[default]
    Status,
    /// The newest first.
    Started,
    /// The longest first.
    Duration,
}

/// Which instances are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SagaFilter {
    /// Those for which all of this holds.
    pub by: Narrowing,
    /// In this order.
    pub sort: SagaSort,
}

/// Asks for a list of instances.
#[derive(Clone, Debug, PartialEq)]
pub struct AskSagas {
    /// Which processes, and when.
    pub at: SagasAt,
    /// Which of their instances.
    pub filter: SagaFilter,
}

/// A list of instances.
#[derive(Clone, Debug)]
pub struct SagaList {
    /// All there are.
    pub judged: Arc<Judged>,
    /// How each of them stands.
    pub statuses: Arc<Vec<Status>>,
    /// Those that were asked for, by place.
    pub rows: Vec<u32>,
    /// How many of the process have which status, in the order of [`Status::ALL`].
    pub counts: Counts,
    /// How many of those that were asked for have which status, were it no condition.
    pub narrowed: Counts,
    /// How many instances each process has.
    pub processes: Vec<u32>,
    /// What the store keeps of them beside its events.
    pub stored: Arc<StoredStates>,
    /// What is to be said of all of them, a sentence each.
    pub notices: Arc<Vec<String>>,
}

impl SagaList {
    /// The instance of a row.
    #[must_use]
    pub fn row(&self, row: u64) -> Option<(&Seen, Status)> {
        let place = *self.rows.get(row as usize)? as usize;
        Some((self.judged.at.seen.get(place)?, self.statuses[place]))
    }
}

/// Processes of a moment, judged.
#[derive(Clone)]
struct AtMoment {
    judged: Arc<Judged>,
    statuses: Arc<Vec<Status>>,
    stored: Arc<StoredStates>,
    notices: Arc<Vec<String>>,
}

/// What is kept between questions.
#[derive(Default)]
struct Kept {
    found: Option<(Subject, Option<Arc<Definition>>, crate::log::Clock, Sagas)>,
    outbox: Option<(Subject, crate::log::Clock, Option<Arc<lag::Course>>)>,
    last: Option<(SagasAt, AtMoment)>,
}

impl SagasAt {
    fn asking<'a>(&'a self, task: &'a Task) -> Asking<'a> {
        Asking {
            log: &self.subject.log,
            payloads: &*self.subject.payloads,
            task,
        }
    }

    fn find(&self, asked: &mut Asked<'_>) -> Result<AtMoment, Unanswered> {
        let kept: &mut Kept = asked.desk.of(self.subject.session);
        if let Some((_, last)) = kept.last.as_ref().filter(|(at, _)| at == self) {
            return Ok(last.clone());
        }
        let asking = self.asking(asked.task);
        let clock = self.cut.clock();
        let same = |found: &&mut (Subject, Option<Arc<Definition>>, crate::log::Clock, Sagas)| {
            found.0 == self.subject && found.1 == self.definition && found.2 == clock
        };
        if kept.found.as_mut().filter(same).is_none() {
            let head = asking.log.cut(clock, crate::log::Bound::Head);
            asked.task.set_total(asking.log.len() as u64);
            let sagas = Sagas::find(asking, self.definition.as_deref(), &head)?;
            kept.found = Some((self.subject.clone(), self.definition.clone(), clock, sagas));
        }
        let Some((_, _, _, sagas)) = &mut kept.found else {
            return Err(Unanswered::Cancelled);
        };
        sagas.call_stuck_after(self.stuck_after);
        let judged = sagas.at(asking, &self.cut, None)?;
        let statuses = judged
            .at
            .seen
            .iter()
            .map(|seen| judged.status(asking.log, seen));
        let statuses: Vec<Status> = statuses.collect();
        let rows = &*self.subject.rows;
        let stored = stored(asking, rows, &judged)?;
        let found = AtMoment {
            statuses: Arc::new(statuses),
            notices: Arc::new(judged.notices()),
            judged: Arc::new(judged),
            stored: Arc::new(stored),
        };
        kept.last = Some((self.clone(), found.clone()));
        Ok(found)
    }
}

impl SagasAt {
    /// What was published when; none where the store has no outbox. Read when the first saga is looked at.
    fn outbox(&self, asked: &mut Asked<'_>) -> Result<Option<Arc<lag::Course>>, Unanswered> {
        let clock = self.cut.clock();
        let kept: &mut Kept = asked.desk.of(self.subject.session);
        let read = kept.outbox.as_ref();
        if let Some((.., outbox)) = read.filter(|own| own.0 == self.subject && own.1 == clock) {
            return Ok(outbox.clone());
        }
        let Subject { log, rows, .. } = &self.subject;
        let outbox = lag::Course::of_outbox(log, &**rows, clock, asked.task)?.map(Arc::new);
        kept.outbox = Some((self.subject.clone(), clock, outbox.clone()));
        Ok(outbox)
    }
}

/// All there are at a moment, judged.
pub(super) fn judged(at: &SagasAt, asked: &mut Asked<'_>) -> Result<Arc<Judged>, Unanswered> {
    Ok(at.find(asked)?.judged)
}

impl Question for AskSagas {
    type Answer = SagaList;
    const ROOM: Room = Room::Scans;
    const LABEL: Option<&'static str> = Some("Finding sagas");

    fn moment(&self) -> Option<Bound> {
        Some(self.at.cut.bound())
    }

    fn answer(&self, mut asked: Asked<'_>) -> Result<SagaList, Unanswered> {
        let AtMoment {
            judged,
            statuses,
            stored,
            notices,
        } = self.at.find(&mut asked)?;
        let asking = self.at.asking(asked.task);
        let mut counts = Counts::default();
        let mut processes = vec![0; judged.processes.all.len()];
        let by = &self.filter.by;
        let narrowed = judged.narrowed(asking, (&statuses, by), |own| {
            processes[usize::from(own.process)] += 1;
            if by.process.is_none_or(|wanted| wanted == own.process) {
                let at = Status::ALL.iter().position(|status| *status == own.status);
                counts[at.unwrap_or_default()] += 1;
            }
        })?;
        let mut list = SagaList {
            judged,
            statuses,
            rows: narrowed.places,
            counts,
            narrowed: narrowed.counts,
            processes,
            stored,
            notices,
        };
        self.sort(&mut list, asking.log);
        Ok(list)
    }
}

impl AskSagas {
    fn sort(&self, list: &mut SagaList, log: &Log) {
        let urgency = |place: &u32| {
            let status = list.statuses[*place as usize];
            Status::ALL.iter().position(|own| *own == status)
        };
        match self.filter.sort {
            // Of equals the one that began last.
            SagaSort::Status => {
                list.rows.reverse();
                list.rows.sort_by_key(urgency);
            }
            SagaSort::Started => list.rows.reverse(),
            SagaSort::Duration => {
                let judged = &list.judged;
                let lasts = |place: &u32| {
                    let seen = &judged.at.seen[*place as usize];
                    std::cmp::Reverse(judged.lasts(log, seen))
                };
                list.rows.sort_by_cached_key(lasts);
            }
        }
    }
}

/// Asks for one instance in full.
#[derive(Clone, Debug, PartialEq)]
pub struct AskSaga {
    /// Which processes, and when.
    pub at: SagasAt,
    /// The event that the instance begins with.
    pub first: EventIx,
}

/// One instance in full.
#[derive(Clone, Debug)]
pub struct SagaInFull {
    /// As `asof sagas` has it.
    pub report: SagaReport,
    /// With its events.
    pub instance: Instance,
    /// As a sequence diagram.
    pub sequence: Sequence,
    /// What comes next usually, after how long and how often.
    pub next: Vec<(String, crate::analysis::saga::Wait)>,
    /// What comes next, where nothing that is awaited has begun.
    pub coming: Option<Coming>,
    /// What it is silent before, of one that has not ended.
    pub until: Option<Until>,
    /// Its state as the store keeps it beside its events.
    pub stored: Option<Stored>,
}

impl SagaInFull {
    /// What is expected of it, a line each, at most so many.
    #[must_use]
    pub fn expected(&self, most: usize) -> Vec<String> {
        let step = self.report.waiting_for.as_deref();
        saga::expected((self.report.status, step), &self.next, most)
    }
}

impl AtMoment {
    /// What has been published, found out once for all sagas of the moment.
    fn published<'a>(&self, outbox: Option<&'a lag::Course>) -> Option<lag::Publications<'a>> {
        outbox.map(|course| lag::Publications::new(course, self.judged.at.cut))
    }

    fn in_full(
        &self,
        asking: Asking<'_>,
        outbox: Option<&lag::Publications<'_>>,
        first: EventIx,
    ) -> Result<Option<SagaInFull>, Unanswered> {
        let Self { judged, stored, .. } = self;
        let Some(seen) = judged.at.beginning_with(first) else {
            return Ok(None);
        };
        let beside = Beside { stored, outbox };
        let Some((report, instance)) = one(asking, judged, beside, seen)? else {
            return Ok(None);
        };
        Ok(Some(SagaInFull {
            sequence: judged.sequence(asking, seen, &instance)?,
            next: judged.expected(asking.log, seen),
            coming: judged.coming(asking, seen),
            report,
            instance,
            until: judged.until(seen),
            stored: stored.of(seen).cloned(),
        }))
    }
}

impl Question for AskSaga {
    /// None where no instance that is known begins with the event.
    type Answer = Option<SagaInFull>;
    const ROOM: Room = Room::Scans;

    fn moment(&self) -> Option<Bound> {
        Some(self.at.cut.bound())
    }

    fn answer(&self, mut asked: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let found = self.at.find(&mut asked)?;
        let outbox = self.at.outbox(&mut asked)?;
        let published = found.published(outbox.as_deref());
        found.in_full(self.at.asking(asked.task), published.as_ref(), self.first)
    }
}

/// Asks what went wrong with some instances: with those that are in sight.
#[derive(Clone, Debug, PartialEq)]
pub struct AskSagaGlances {
    /// Which processes, and when.
    pub at: SagasAt,
    /// The events that they begin with.
    pub firsts: Vec<EventIx>,
}

impl Question for AskSagaGlances {
    /// With the event that each begins with.
    type Answer = HashMap<EventIx, Glance>;
    const ROOM: Room = Room::Scans;

    fn moment(&self) -> Option<Bound> {
        Some(self.at.cut.bound())
    }

    fn answer(&self, mut asked: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let judged = self.at.find(&mut asked)?.judged;
        let all = judged.glances(self.at.asking(asked.task), &self.firsts)?;
        Ok(all.into_iter().collect())
    }
}

/// Asks for several instances in full, to be compared.
#[derive(Clone, Debug, PartialEq)]
pub struct AskSagasBeside {
    /// Which processes, and when.
    pub at: SagasAt,
    /// The events that they begin with.
    pub firsts: Vec<EventIx>,
}

impl Question for AskSagasBeside {
    /// In that order; without those that are not known.
    type Answer = Vec<SagaInFull>;
    const ROOM: Room = Room::Scans;

    fn moment(&self) -> Option<Bound> {
        Some(self.at.cut.bound())
    }

    fn answer(&self, mut asked: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let found = self.at.find(&mut asked)?;
        let outbox = self.at.outbox(&mut asked)?;
        let asking = self.at.asking(asked.task);
        let all = self.firsts.iter();
        let published = found.published(outbox.as_deref());
        let all = all.map(|first| found.in_full(asking, published.as_ref(), *first));
        let all: Vec<Option<SagaInFull>> = all.collect::<Result<_, _>>()?;
        Ok(all.into_iter().flatten().collect())
    }
}

/// Asks how long instances and their steps took.
#[derive(Clone, Debug, PartialEq)]
pub struct AskSagaDurations {
    /// Which processes, and when.
    pub at: SagasAt,
    /// Which of their instances.
    pub by: Narrowing,
    /// Where stretches of time end, in microseconds; they ascend.
    pub moments: Arc<Vec<i64>>,
}

impl Question for AskSagaDurations {
    /// None where no instance is looked at.
    type Answer = Option<Durations>;
    const ROOM: Room = Room::Scans;

    fn moment(&self) -> Option<Bound> {
        Some(self.at.cut.bound())
    }

    fn answer(&self, mut asked: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let AtMoment {
            judged, statuses, ..
        } = self.at.find(&mut asked)?;
        let asking = self.at.asking(asked.task);
        let narrowed = judged.narrowed(asking, (&statuses, &self.by), |_| {})?;
        let of = (&narrowed.places[..], self.by.process);
        Ok(judged.durations(asking.log, of, &self.moments, asked.task)?)
    }
}

/// Asks how many had which status when.
#[derive(Clone, Debug, PartialEq)]
pub struct AskSagasOverTime {
    /// Which processes, and when.
    pub at: SagasAt,
    /// Those of this process, by number; of all where none is.
    pub process: Option<u16>,
    /// At these moments, which ascend, in microseconds.
    pub moments: Arc<Vec<i64>>,
}

impl Question for AskSagasOverTime {
    type Answer = Vec<Counts>;
    const ROOM: Room = Room::Scans;

    fn answer(&self, mut asked: Asked<'_>) -> Result<Vec<Counts>, Unanswered> {
        let AtMoment { judged, .. } = self.at.find(&mut asked)?;
        let log = &self.at.subject.log;
        Ok(judged.over_time(log, (self.process, &self.moments), asked.task)?)
    }
}
