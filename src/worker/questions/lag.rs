//! Consumers as the window shows them. What a lag is, is `analysis::lag`'s to say; here stands what is
//! kept between questions: the course of all consumers, as long as the log is the same.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::analysis::lag::{
    self, Backlog, Chart, ConsumerId, Course, Delays, LagOptions, LagReport, Spell, Stage,
};
use crate::log::{Bound, Clock, Cut};
use crate::model::{Task, Timestamp};
use crate::worker::{Asked, Question, Room, Subject, Unanswered};

/// The consumers of a store, as far as they were watched. What stands beside the events is read once
/// for all questions about one of these.
#[derive(Clone, Debug)]
pub struct Watched {
    /// The log.
    pub subject: Subject,
    /// The clock, a tick at a time, where the store is written to.
    pub tick: Option<Timestamp>,
}

impl PartialEq for Watched {
    fn eq(&self, other: &Self) -> bool {
        let same = self.subject == other.subject && self.tick == other.tick;
        same && self.subject.samples == other.subject.samples
    }
}

/// Asks how all consumers stand.
#[derive(Clone, Debug, PartialEq)]
pub struct AskLag {
    /// The consumers.
    pub watched: Watched,
    /// The moment.
    pub cut: Cut,
}

/// Asks for the lag of all consumers over time, as known at the head: what comes after the cursor is for
/// the window to fade.
#[derive(Clone, Debug, PartialEq)]
pub struct AskLagCharts {
    /// The consumers.
    pub watched: Watched,
    /// The clock of times.
    pub clock: Clock,
    /// From when to when; none for all that there is.
    pub stretch: Option<(Timestamp, Timestamp)>,
    /// How many points of each.
    pub points: usize,
}

/// The lag of all consumers over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LagCharts {
    /// From when to when.
    pub stretch: Option<(Timestamp, Timestamp)>,
    /// That of each, and what befell it.
    pub consumers: HashMap<ConsumerId, (Chart, Vec<Spell>)>,
    /// What was on its way.
    pub backlog: Backlog,
}

impl LagCharts {
    /// The lag of a consumer.
    #[must_use]
    pub fn chart(&self, id: &ConsumerId) -> Option<&Chart> {
        self.consumers.get(id).map(|(chart, _)| chart)
    }

    /// What befell it.
    #[must_use]
    pub fn spells(&self, id: &ConsumerId) -> &[Spell] {
        self.consumers.get(id).map_or(&[], |(_, spells)| spells)
    }
}

/// Asks for the lag of one consumer over a shorter time, as known at the head.
#[derive(Clone, Debug, PartialEq)]
pub struct AskLagChart {
    /// The consumers.
    pub watched: Watched,
    /// The clock of times.
    pub clock: Clock,
    /// The consumer.
    pub consumer: ConsumerId,
    /// From when to when.
    pub stretch: (Timestamp, Timestamp),
    /// How many points.
    pub points: usize,
}

/// Asks how long a consumer took for its events.
#[derive(Clone, Debug, PartialEq)]
pub struct AskDelays {
    /// The consumers.
    pub watched: Watched,
    /// The moment.
    pub cut: Cut,
    /// The consumer.
    pub consumer: ConsumerId,
    /// Of events recorded from here on.
    pub from: Option<Timestamp>,
}

/// Asks for the way of events, part by part.
#[derive(Clone, Debug, PartialEq)]
pub struct AskStages {
    /// The consumers.
    pub watched: Watched,
    /// The moment.
    pub cut: Cut,
}

/// The courses of a log's consumers, the one asked for last at the end.
#[derive(Default)]
struct Kept {
    courses: Vec<(Watched, Arc<Course>)>,
}

/// Courses that are kept: views ask for the one of now, while others ask for that of the log alone.
const COURSES: usize = 2;

impl Kept {
    fn course(
        &mut self,
        watched: &Watched,
        clock: Clock,
        task: &Task,
    ) -> Result<Arc<Course>, Unanswered> {
        let same = |(of, course): &(Watched, Arc<Course>)| of == watched && course.clock() == clock;
        if let Some(at) = self.courses.iter().position(same) {
            let (of, course) = self.courses.remove(at);
            self.courses.push((of, Arc::clone(&course)));
            return Ok(course);
        }
        let Subject {
            log, rows, samples, ..
        } = &watched.subject;
        let course = Course::read(log, &**rows, samples, clock, task);
        let course = Arc::new(course?);
        if self.courses.len() == COURSES {
            self.courses.remove(0);
        }
        self.courses.push((watched.clone(), Arc::clone(&course)));
        Ok(course)
    }
}

impl Question for AskLag {
    type Answer = LagReport;
    const ROOM: Room = Room::Scans;
    const LABEL: Option<&'static str> = Some("Measuring lag");

    fn moment(&self) -> Option<Bound> {
        Some(self.cut.bound())
    }

    fn answer(&self, asked: Asked<'_>) -> Result<LagReport, Unanswered> {
        let kept: &mut Kept = asked.desk.of(self.watched.subject.session);
        let course = kept.course(&self.watched, self.cut.clock(), asked.task)?;
        let payloads = &*self.watched.subject.payloads;
        let options = LagOptions {
            now: self.watched.tick,
            ..LagOptions::default()
        };
        Ok(lag::report(
            &course, payloads, &self.cut, &options, asked.task,
        )?)
    }
}

impl Question for AskLagCharts {
    type Answer = LagCharts;
    const ROOM: Room = Room::Scans;

    fn answer(&self, asked: Asked<'_>) -> Result<LagCharts, Unanswered> {
        let kept: &mut Kept = asked.desk.of(self.watched.subject.session);
        let course = kept.course(&self.watched, self.clock, asked.task)?;
        let log = &*self.watched.subject.log;
        let head = log.cut(self.clock, crate::log::Bound::Head);
        let now = self.watched.tick.or(head.time(log));
        // While a store is written to, all that there is goes on until now.
        let all = log.time_span(self.clock);
        let all = all.map(|(from, to)| (from, now.map_or(to, |now| now.max(to))));
        let Some(stretch) = self.stretch.or(all) else {
            return Ok(LagCharts::default());
        };
        let mut consumers = HashMap::with_capacity(course.len());
        for (number, id) in course.ids().enumerate() {
            let chart = course.chart(number, &head, stretch, self.points, asked.task)?;
            let spells = course.spells(number, &head, now, asked.task)?;
            consumers.insert(id.clone(), (chart, spells));
        }
        Ok(LagCharts {
            stretch: Some(stretch),
            consumers,
            backlog: course.backlog(&head, stretch, self.points, asked.task)?,
        })
    }
}

impl Question for AskLagChart {
    type Answer = Chart;
    const ROOM: Room = Room::Scans;

    fn answer(&self, asked: Asked<'_>) -> Result<Chart, Unanswered> {
        let kept: &mut Kept = asked.desk.of(self.watched.subject.session);
        let course = kept.course(&self.watched, self.clock, asked.task)?;
        let head = course.log().cut(self.clock, crate::log::Bound::Head);
        let Some(consumer) = course.number(&self.consumer) else {
            return Ok(Chart::default());
        };
        Ok(course.chart(consumer, &head, self.stretch, self.points, asked.task)?)
    }
}

impl Question for AskDelays {
    type Answer = Delays;
    const ROOM: Room = Room::Scans;

    fn moment(&self) -> Option<Bound> {
        Some(self.cut.bound())
    }

    fn outdates(&self, before: &Self) -> bool {
        self.consumer != before.consumer
    }

    fn answer(&self, asked: Asked<'_>) -> Result<Delays, Unanswered> {
        let kept: &mut Kept = asked.desk.of(self.watched.subject.session);
        let course = kept.course(&self.watched, self.cut.clock(), asked.task)?;
        let Some(consumer) = course.number(&self.consumer) else {
            return Ok(Delays::default());
        };
        Ok(course.delays(consumer, &self.cut, self.from, asked.task)?)
    }
}

impl Question for AskStages {
    type Answer = Vec<Stage>;
    const ROOM: Room = Room::Scans;

    fn moment(&self) -> Option<Bound> {
        Some(self.cut.bound())
    }

    fn answer(&self, asked: Asked<'_>) -> Result<Vec<Stage>, Unanswered> {
        let kept: &mut Kept = asked.desk.of(self.watched.subject.session);
        let course = kept.course(&self.watched, self.cut.clock(), asked.task)?;
        Ok(course.stages(&self.cut, asked.task)?)
    }
}

/// Of so many consumers it is asked how long they took.
const MEASURED: usize = 32;

/// How all consumers stand, and the longest of their 95th percentiles in milliseconds, as far as they are
/// told.
pub(super) fn with_slowest(
    subject: &Subject,
    cut: &Cut,
    asked: &mut Asked<'_>,
) -> Result<(LagReport, Option<f64>), Unanswered> {
    let kept: &mut Kept = asked.desk.of(subject.session);
    let watched = Watched {
        subject: subject.clone(),
        tick: None,
    };
    let course = kept.course(&watched, cut.clock(), asked.task)?;
    let (payloads, options) = (&*subject.payloads, LagOptions::default());
    let report = lag::report(&course, payloads, cut, &options, asked.task)?;
    let mut slowest: Option<f64> = None;
    for own in report.consumers.iter().take(MEASURED) {
        let Some(number) = course.number(&own.id) else {
            continue;
        };
        let delays = course.delays(number, cut, None, asked.task)?;
        let p95 = delays.figures.map(|figures| figures.p95_ms);
        slowest = p95.into_iter().chain(slowest).reduce(f64::max);
    }
    Ok((report, slowest))
}

/// The consumers of a store over time, for a file.
pub(in crate::worker) fn course(
    subject: &Subject,
    cut: &Cut,
    task: &Task,
) -> Result<Arc<Course>, Unanswered> {
    let watched = Watched {
        subject: subject.clone(),
        tick: None,
    };
    Kept::default().course(&watched, cut.clock(), task)
}

/// How long events took each consumer known at a cut, of those recorded from a moment on; in the order of the
/// store.
pub(in crate::worker) fn measured(
    course: &Course,
    cut: &Cut,
    from: Option<Timestamp>,
    task: &Task,
) -> Result<Vec<(ConsumerId, Delays)>, Unanswered> {
    let all = course.ids().enumerate();
    let all = all.map(|(number, id)| Ok((id.clone(), course.delays(number, cut, from, task)?)));
    let mut all = all.collect::<Result<Vec<_>, crate::model::Cancelled>>()?;
    all.retain(|(_, delays)| delays.figures.is_some());
    Ok(all)
}

/// How all consumers stand, for a file.
pub(in crate::worker) fn lag(
    subject: &Subject,
    cut: &Cut,
    task: &Task,
) -> Result<LagReport, Unanswered> {
    let course = course(subject, cut, task)?;
    let options = LagOptions::default();
    Ok(lag::report(
        &course,
        &*subject.payloads,
        cut,
        &options,
        task,
    )?)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::analysis::testing::{MadeUp, Sample, log_of};
    use crate::log::{NoTables, Problem, RowSource, RowsError, SideKind, SideRow};
    use crate::worker::SessionId;

    /// Counts how often it is read.
    #[derive(Default)]
    struct Counted(AtomicUsize);

    impl RowSource for Counted {
        fn kinds(&self) -> Vec<SideKind> {
            vec![SideKind::Checkpoints]
        }

        fn rows(
            &self,
            _kind: SideKind,
            _task: &Task,
            _each: &mut dyn FnMut(Result<SideRow, Problem>),
        ) -> Result<(), RowsError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(())
        }
    }

    #[test]
    fn two_who_ask_by_turns_do_not_read_by_turns() {
        let rows = Arc::new(Counted::default());
        let subject = Subject {
            session: SessionId::unique(),
            log: Arc::new(log_of(&[Sample::default()], 1)),
            payloads: Arc::new(MadeUp),
            rows: Arc::clone(&rows) as Arc<dyn RowSource>,
            tables: Arc::new(NoTables),
            rules: Default::default(),
            facts: Default::default(),
            samples: Default::default(),
        };
        let mut kept = Kept::default();
        let mut ask = |tick: Option<i64>| {
            let watched = Watched {
                subject: subject.clone(),
                tick: tick.map(Timestamp::from_micros),
            };
            kept.course(&watched, Clock::Recorded, &Task::new())
                .unwrap();
            rows.0.load(Ordering::Relaxed)
        };
        ask(None);
        let read = ask(Some(1));
        for _ in 0..3 {
            assert_eq!((ask(None), ask(Some(1))), (read, read));
        }
        // The next tick is another look, and the one before it is of no use any more.
        assert!(ask(Some(2)) > read);
        assert_eq!(ask(None), ask(Some(2)));
    }
}
