//! What is told of the processes of a store as of a moment: `asof sagas` and the window's view.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::called::Called;
use super::definition::{Correlate, Definition, Timeout};
use super::instances::{How, Instances, Seen};
use super::paths::ROOT;
use super::standings::Status;
use super::status::{Judged, Processes, Verdicts};
use super::steps::Instance;
use super::stored::Stored;
use super::told::{Beside, SagaReport, told};
use super::variants::Variant;
use super::waits::Wait;
use super::{backwards, failure};
use crate::analysis::streams::is_same_name;
use crate::log::{AsOf, Cut, Log, PayloadReader};
use crate::model::{Cancelled, EventIx, Task, Timestamp};

/// What is asked of a log's processes.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// The log.
    pub log: &'a Log,
    /// What its events carry.
    pub payloads: &'a dyn PayloadReader,
    /// Whoever waits.
    pub task: &'a Task,
}

/// The processes of a log: its instances, found once and judged as of any moment.
#[derive(Clone, Debug)]
pub struct Sagas {
    how: How,
    definition: Option<Definition>,
    instances: Arc<Instances>,
    judged_by: Option<(Arc<Processes>, Arc<Verdicts>)>,
    stuck_after: Option<Timeout>,
}

impl Sagas {
    /// Finds the instances of a declared process, or of whatever processes there are, among all
    /// events; `cut` says by which clock.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn find(
        asking: Asking<'_>,
        definition: Option<&Definition>,
        cut: &Cut,
    ) -> Result<Self, Cancelled> {
        let how = How {
            correlate: definition.map(|definition| definition.correlate.clone()),
            starts: definition.map(|definition| definition.start.clone()),
        };
        Self::found(asking, definition, how, cut)
    }

    /// Finds whatever processes there are by what ties their events together.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn find_by(asking: Asking<'_>, correlate: Correlate, cut: &Cut) -> Result<Self, Cancelled> {
        let how = How {
            correlate: Some(correlate),
            starts: None,
        };
        Self::found(asking, None, how, cut)
    }

    fn found(
        asking: Asking<'_>,
        definition: Option<&Definition>,
        how: How,
        cut: &Cut,
    ) -> Result<Self, Cancelled> {
        let instances = Instances::find(asking, cut, &how)?;
        Ok(Self {
            how,
            definition: definition.cloned(),
            instances: Arc::new(instances),
            judged_by: None,
            stuck_after: None,
        })
    }

    /// From here on each is called stuck after so long a silence, whatever is declared or usual; by
    /// those where none is said.
    pub fn call_stuck_after(&mut self, silence: Option<Timeout>) {
        self.stuck_after = silence;
    }

    /// How they all stand as of `cut`. Silence is measured up to `now`, else up to the moment itself.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn at(
        &mut self,
        asking: Asking<'_>,
        cut: &Cut,
        now: Option<Timestamp>,
    ) -> Result<Judged, Cancelled> {
        let Asking { log, task, .. } = asking;
        let at = self.instances.at(asking, cut, &self.how)?;
        let processes = match &self.definition {
            Some(definition) => Arc::new(Processes::only(definition.clone(), log)),
            None => Arc::new(super::mining::mine(asking, &at)?),
        };
        let same = Arc::ptr_eq(&at.instances, &self.instances);
        let known = self
            .judged_by
            .as_ref()
            .filter(|(by, _)| same && by.judges_like(&processes));
        let verdicts = match known {
            Some((_, verdicts)) => Arc::clone(verdicts),
            None => Arc::new(Verdicts::new(&at.instances.paths, &processes, None, task)?),
        };
        if same {
            self.judged_by = Some((Arc::clone(&processes), Arc::clone(&verdicts)));
        }
        let now = now.or_else(|| cut.time(log)).map(Timestamp::micros);
        let said = self.stuck_after.map(|silence| silence.0.micros());
        Judged::new(asking, at, (processes, verdicts), (now, said))
    }
}

/// `asof sagas`.
#[derive(Clone, Debug, Serialize)]
pub struct SagasReport {
    /// Each instance that was asked for, in the order of their first events.
    pub sagas: Vec<SagaReport>,
    /// What happened to how many, the most frequent first.
    pub variants: Vec<Variant>,
    /// How many have which status.
    pub statuses: BTreeMap<&'static str, u64>,
    /// How many of those that run may have ended although nothing says so.
    pub may_have_ended: u64,
    /// How many groups of events are no sagas: most are a single event, several that were written at once,
    /// or an entity to which the same happens again and again.
    pub aside: u64,
    /// What is to be said of all of them beside that, a sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
    /// The states of sagas that the store keeps beside its events.
    pub stored: Vec<Stored>,
    /// The moment.
    pub as_of: AsOf,
}

/// Which instances are asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of these; all where none is named.
    pub status: Option<Status>,
    /// The one that is called so.
    pub id: Option<String>,
}

/// The report as of a moment that was judged.
///
/// # Errors
/// [`Cancelled`].
pub fn report(
    asking: Asking<'_>,
    judged: &Judged,
    beside: Beside<'_>,
    wanted: &Wanted,
) -> Result<SagasReport, Cancelled> {
    let Asking { log, task, .. } = asking;
    let mut statuses: BTreeMap<&'static str, u64> = BTreeMap::new();
    let (mut aside, mut unsure) = (0, 0);
    let mut listed: Vec<(&Seen, Status)> = Vec::new();
    let mut once: Vec<(&Seen, Status)> = Vec::new();
    for (n, seen) in judged.at.seen.iter().enumerate() {
        if n % 4096 == 0 {
            task.check()?;
        }
        let Some(process) = judged.process(seen) else {
            aside += 1;
            continue;
        };
        let status = judged.status(log, seen);
        *statuses.entry(status.name()).or_default() += 1;
        unsure += u64::from(judged.may_have_ended(log, seen, status).is_some());
        let named = || match &wanted.id {
            None => Called::So,
            Some(wanted) => {
                judged.is_named(log, (seen, process), |name| is_same_name(name, wanted))
            }
        };
        if wanted.status.is_some_and(|wanted| wanted != status) {
            continue;
        }
        match named() {
            Called::So => listed.push((seen, status)),
            Called::Before => once.push((seen, status)),
            Called::Otherwise => {}
        }
    }
    if listed.is_empty() {
        listed = once;
    }
    Ok(SagasReport {
        sagas: in_full(asking, (judged, beside), &listed)?,
        variants: judged.variants(log),
        statuses,
        may_have_ended: unsure,
        aside,
        notices: judged.notices(),
        stored: beside.stored.all.clone(),
        as_of: judged.at.cut.as_of(log),
    })
}

/// Each of those as the report has it. Reads what it has to read of all of them at once.
fn in_full(
    asking: Asking<'_>,
    (judged, beside): (&Judged, Beside<'_>),
    listed: &[(&Seen, Status)],
) -> Result<Vec<SagaReport>, Cancelled> {
    let Asking {
        log,
        payloads,
        task,
    } = asking;
    let seen: Vec<&Seen> = listed.iter().map(|(seen, _)| *seen).collect();
    let instances = seen.iter().filter_map(|seen| judged.instance(log, seen));
    let instances: Vec<Instance> = instances.collect();
    let wrong = failure::of(log, payloads, &instances, task)?;
    let backwards = backwards::of(asking, judged, &seen)?;
    let read = wrong.into_iter().zip(backwards);
    let all = listed.iter().zip(instances).zip(read);
    let told = all.filter_map(|(((seen, status), instance), read)| {
        told(asking, (judged, beside), (seen, *status), instance, read).transpose()
    });
    told.collect()
}

impl Judged {
    /// The types of an instance's events, by number.
    #[must_use]
    pub fn types_of(&self, seen: &Seen) -> Vec<u32> {
        let labels = self.at.paths.labels(seen.node);
        labels.iter().map(|label| label.event_type()).collect()
    }

    /// How long an instance has lasted, up to the event that ended it or the moment, in microseconds.
    #[must_use]
    pub fn lasts(&self, log: &Log, seen: &Seen) -> i64 {
        let first = EventIx(self.at.events_of(seen)[0]);
        let began = log.time(first, self.at.cut.clock()).map(Timestamp::micros);
        let until = match self.verdict(seen).ended {
            ROOT => self.now,
            ended => {
                let end = EventIx(self.at.event_at(seen, ended));
                log.time(end, self.at.cut.clock()).map(Timestamp::micros)
            }
        };
        began
            .zip(until)
            .map_or(0, |(began, until)| until.saturating_sub(began))
    }

    /// What usually comes after an instance's last event, the most frequent first; nothing of one that
    /// has ended.
    #[must_use]
    pub fn expected(&self, log: &Log, seen: &Seen) -> Vec<(String, Wait)> {
        let verdict = self.verdict(seen);
        let Some(process) = verdict.process.filter(|_| !verdict.status.is_end()) else {
            return Vec::new();
        };
        let usual = &self.usual[usize::from(process)];
        let next = usual.next(verdict.last).iter().map(|next| {
            let name = log.types().get(next.event_type).to_owned();
            (name, next.wait)
        });
        next.collect()
    }

    /// Who recorded each of an instance's events.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn participants_of(
        &self,
        asking: Asking<'_>,
        seen: &Seen,
    ) -> Result<Vec<String>, Cancelled> {
        let events = self.at.events_of(seen).iter();
        let events: Vec<EventIx> = events.map(|event| EventIx(*event)).collect();
        super::mining::participants(asking, &events)
    }
}
