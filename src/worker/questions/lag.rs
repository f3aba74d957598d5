//! Consumers as the window shows them. What a lag is, is `analysis::lag`'s to say; here stands what is
//! kept between questions: the course of all consumers, as long as the log is the same.

use std::sync::Arc;

use crate::analysis::lag::{
    self, Chart, Course, Delays, LagOptions, LagReport, Looked, Pending, Samples, Stage,
};
use crate::log::{Clock, Cut, RowsError};
use crate::model::{Task, Timestamp};
use crate::worker::{Asked, Question, Room, Subject, Unanswered};

/// Asks how all consumers stand.
#[derive(Clone, Debug, PartialEq)]
pub struct AskLag {
    /// The log.
    pub subject: Subject,
    /// The moment.
    pub cut: Cut,
    /// The clock, where the store grows and the moment is its head.
    pub live: Option<Timestamp>,
}

/// Asks for the lag of all consumers over time, as known at the head: what comes after the cursor is for
/// the window to fade.
#[derive(Clone, Debug, PartialEq)]
pub struct AskLagCharts {
    /// The log.
    pub subject: Subject,
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
    /// By the number of the consumer.
    pub charts: Vec<Chart>,
    /// Messages that waited in the outbox.
    pub pending: Vec<Pending>,
}

/// Asks how long a consumer took for its events.
#[derive(Clone, Debug, PartialEq)]
pub struct AskDelays {
    /// The log.
    pub subject: Subject,
    /// The moment.
    pub cut: Cut,
    /// The consumer's number.
    pub consumer: usize,
    /// Of events recorded from here on.
    pub from: Option<Timestamp>,
}

/// Asks for the way of events, part by part.
#[derive(Clone, Debug, PartialEq)]
pub struct AskStages {
    /// The log.
    pub subject: Subject,
    /// The moment.
    pub cut: Cut,
}

/// The course of a log's consumers.
#[derive(Default)]
struct Kept {
    course: Option<(Subject, Arc<Course>)>,
    /// Checkpoints as they were seen while the store grew.
    samples: Samples,
}

impl Kept {
    fn course(
        &mut self,
        subject: &Subject,
        clock: Clock,
        task: &Task,
    ) -> Result<Arc<Course>, Unanswered> {
        if let Some((of, course)) = &self.course
            && of == subject
            && course.clock() == clock
        {
            return Ok(Arc::clone(course));
        }
        let samples = &self.samples;
        let course = Course::read(&subject.log, &*subject.rows, samples, clock, task);
        let course = Arc::new(course.map_err(unanswered)?);
        self.course = Some((subject.clone(), Arc::clone(&course)));
        Ok(course)
    }
}

fn unanswered(error: RowsError) -> Unanswered {
    match error {
        RowsError::Cancelled(_) => Unanswered::Cancelled,
        other => Unanswered::Failed(other.to_string()),
    }
}

impl Question for AskLag {
    type Answer = LagReport;
    const ROOM: Room = Room::Scans;
    const LABEL: Option<&'static str> = Some("Measuring lag");

    fn answer(&self, asked: Asked<'_>) -> Result<LagReport, Unanswered> {
        let kept: &mut Kept = asked.desk.of(self.subject.session);
        if let Some(now) = self.live {
            let rows = &*self.subject.rows;
            let looked = kept.samples.take(rows, now, asked.task);
            if looked.map_err(unanswered)? == Looked::Now {
                // Whatever stands beside the events may be another than it was.
                kept.course = None;
            }
        }
        let course = kept.course(&self.subject, self.cut.clock(), asked.task)?;
        let payloads = &*self.subject.payloads;
        let options = LagOptions {
            now: self.live,
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
        let kept: &mut Kept = asked.desk.of(self.subject.session);
        let course = kept.course(&self.subject, self.clock, asked.task)?;
        let log = &*self.subject.log;
        let head = log.cut(self.clock, crate::log::Bound::Head);
        let Some(stretch) = self.stretch.or_else(|| log.time_span(self.clock)) else {
            return Ok(LagCharts::default());
        };
        let charts = (0..course.len())
            .map(|number| course.chart(number, &head, stretch, self.points, asked.task));
        Ok(LagCharts {
            stretch: Some(stretch),
            charts: charts.collect::<Result<_, _>>()?,
            pending: course.pending(&head, stretch, self.points),
        })
    }
}

impl Question for AskDelays {
    type Answer = Delays;
    const ROOM: Room = Room::Scans;

    fn outdates(&self, before: &Self) -> bool {
        self.consumer != before.consumer
    }

    fn answer(&self, asked: Asked<'_>) -> Result<Delays, Unanswered> {
        let kept: &mut Kept = asked.desk.of(self.subject.session);
        let course = kept.course(&self.subject, self.cut.clock(), asked.task)?;
        Ok(course.delays(self.consumer, &self.cut, self.from, asked.task)?)
    }
}

impl Question for AskStages {
    type Answer = Vec<Stage>;
    const ROOM: Room = Room::Scans;

    fn answer(&self, asked: Asked<'_>) -> Result<Vec<Stage>, Unanswered> {
        let kept: &mut Kept = asked.desk.of(self.subject.session);
        let course = kept.course(&self.subject, self.cut.clock(), asked.task)?;
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
    let course = kept.course(subject, cut.clock(), asked.task)?;
    let (payloads, options) = (&*subject.payloads, LagOptions::default());
    let report = lag::report(&course, payloads, cut, &options, asked.task)?;
    let mut slowest: Option<f64> = None;
    for own in report.consumers.iter().take(MEASURED) {
        let delays = course.delays(own.number, cut, None, asked.task)?;
        let p95 = delays.figures.map(|figures| figures.p95_ms);
        slowest = p95.into_iter().chain(slowest).reduce(f64::max);
    }
    Ok((report, slowest))
}

/// How all consumers stand, for a file.
pub(in crate::worker) fn lag(
    subject: &Subject,
    cut: &Cut,
    task: &Task,
) -> Result<LagReport, Unanswered> {
    let course = Kept::default().course(subject, cut.clock(), task)?;
    let options = LagOptions::default();
    Ok(lag::report(
        &course,
        &*subject.payloads,
        cut,
        &options,
        task,
    )?)
}
