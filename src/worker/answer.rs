//! Runs the analyses that the window asks for. A stream's replay is kept while it is looked at, so
//! that moving the cursor costs a short tail instead of a fold.

use std::sync::Arc;
use std::time::Duration;

use super::export;
use super::find::find;
use super::job::{Found, Job, Keep, Reply, SessionId, Subject};
use super::lane::{Queued, Sender, Shared, Turn};
use super::outcome::Outcome;
use super::search;
use super::timeline::Timelines;
use crate::analysis::replay::{self, ReplayError, Series, Source, StateAt};
use crate::log::{Payload, Unreadable};
use crate::model::{EventIx, StreamIx, Task};
use crate::workspace::{Workspace, WorkspaceError};

/// Replays kept at once.
const KEPT: usize = 8;

/// Characters of a payload shown in a list.
const PREVIEW: usize = 240;

/// Nothing happens by itself here, so the wait may be long.
const PATIENCE: Duration = Duration::from_secs(3600);

/// The thread's whole life.
pub(super) fn run(shared: &Shared, sender: &Sender) {
    let mut desk = Desk::default();
    loop {
        match shared.next(PATIENCE) {
            Turn::Closed => return,
            Turn::Idle => {}
            Turn::Work(queued) => desk.work(*queued, sender),
        }
    }
}

/// What is kept between jobs.
#[derive(Default)]
struct Desk {
    series: Vec<(SessionId, Series)>,
    timelines: Timelines,
    whole: super::overview::Kept,
}

impl Desk {
    fn work(&mut self, queued: Queued, sender: &Sender) {
        let Queued { number, job, task } = queued;
        let family = job.family();
        let Some(session) = session_of(&job) else {
            match job {
                Job::Save { workspace, keep } => {
                    if let Err(error) = save(&workspace, &keep) {
                        sender.send(Outcome::Failed {
                            family,
                            number,
                            message: error.to_string(),
                        });
                    }
                }
                Job::Preview { path, layout } => {
                    let preview = super::preview::preview(&path, &layout, &task);
                    sender.send(Outcome::Previewed { number, preview });
                }
                // Not sent here.
                _ => {}
            }
            return;
        };
        let job = match job {
            Job::Matches {
                subject,
                filter,
                clock,
                first,
            } => {
                // Sends by itself; called off, nobody waits for more.
                let about = (&subject, number);
                let _ = search::matches(about, &filter, (clock, first), &task, sender);
                return;
            }
            Job::Export(order) => {
                return sender.send(Outcome::Exported(export::export(&order, &task)));
            }
            job => job,
        };
        match self.answer(job, &task) {
            Ok(reply) => sender.send(Outcome::Reply {
                session,
                number,
                reply,
            }),
            // Called off: nobody waits for it.
            Err(ReplayError::Cancelled(_)) => {}
            Err(error) => sender.send(Outcome::Failed {
                family,
                number,
                message: error.to_string(),
            }),
        }
    }

    fn answer(&mut self, job: Job, task: &Task) -> Result<Reply, ReplayError> {
        match job {
            Job::State {
                subject,
                stream,
                cut,
                compare,
                field,
                zone,
            } => {
                let source = Source {
                    log: &subject.log,
                    payloads: &*subject.payloads,
                    task,
                };
                let series = self.series(&subject, stream);
                series.grow(source)?;
                let at = StateAt::find(series, source, cut)?;
                let compare = compare
                    .map(|cut| StateAt::find(series, source, cut))
                    .transpose()?;
                let answer = replay::answer(&subject.log, &at, field.as_deref(), zone);
                Ok(Reply::State(Box::new(Found {
                    log: Arc::clone(&subject.log),
                    at,
                    compare,
                    answer,
                })))
            }
            Job::Values {
                subject,
                stream,
                pointer,
            } => self.values(&subject, stream, pointer, task),
            Job::Inspect { subject, event } => {
                let mut found = Err(Unreadable::Rewritten);
                subject
                    .payloads
                    .read(&subject.log, &[event], task, &mut |_, body| found = body)?;
                Ok(Reply::Inspect { event, body: found })
            }
            Job::Bodies { subject, events } => {
                Ok(Reply::Bodies(previews(&subject, &events, task)?))
            }
            Job::Streams { .. } | Job::Counts { .. } | Job::Row { .. } => {
                Ok(search::answer(job, task)?)
            }
            Job::Density { subject, request } => {
                let timeline = self.timelines.find(&subject, request, task)?;
                Ok(Reply::Density(Box::new(timeline)))
            }
            Job::Find { subject, cut, text } => {
                Ok(Reply::Find(find(&subject.log, &cut, &text, task)?))
            }
            Job::Overview {
                subject,
                cut,
                zone,
                facts,
            } => {
                let found = self.whole.overview(&subject, &cut, zone, &facts, task)?;
                Ok(Reply::Overview(Box::new(found)))
            }
            // Done before, or by another thread.
            Job::Matches { .. }
            | Job::Export(_)
            | Job::Open(_)
            | Job::Close
            | Job::Save { .. }
            | Job::Preview { .. } => Err(ReplayError::Cancelled(crate::model::Cancelled)),
        }
    }

    fn values(
        &mut self,
        subject: &Subject,
        stream: StreamIx,
        pointer: String,
        task: &Task,
    ) -> Result<Reply, ReplayError> {
        let source = Source {
            log: &subject.log,
            payloads: &*subject.payloads,
            task,
        };
        let events = subject.log.stream_events(stream);
        let series = self.series(subject, stream);
        series.grow(source)?;
        let values = series.values_of(source, &events, &pointer)?;
        Ok(Reply::Values {
            stream,
            pointer,
            values,
        })
    }

    /// The replay of `stream`, the most recently used last.
    fn series(&mut self, subject: &Subject, stream: StreamIx) -> &mut Series {
        self.series
            .retain(|(session, _)| *session == subject.session);
        let known = self
            .series
            .iter()
            .position(|(_, series)| series.stream() == stream);
        let entry = match known {
            Some(at) => self.series.remove(at),
            None => (subject.session, Series::new(stream, subject.rules.clone())),
        };
        if self.series.len() >= KEPT {
            self.series.remove(0);
        }
        self.series.push(entry);
        let last = self.series.len() - 1;
        &mut self.series[last].1
    }
}

fn session_of(job: &Job) -> Option<SessionId> {
    match job {
        Job::Open(_) | Job::Close | Job::Save { .. } | Job::Preview { .. } => None,
        Job::State { subject, .. }
        | Job::Inspect { subject, .. }
        | Job::Bodies { subject, .. }
        | Job::Density { subject, .. }
        | Job::Values { subject, .. }
        | Job::Matches { subject, .. }
        | Job::Streams { subject, .. }
        | Job::Counts { subject, .. }
        | Job::Row { subject, .. }
        | Job::Find { subject, .. }
        | Job::Overview { subject, .. } => Some(subject.session),
        Job::Export(order) => Some(order.subject.session),
    }
}

fn save(workspace: &Workspace, keep: &Keep) -> Result<(), WorkspaceError> {
    match keep {
        Keep::Settings(settings) => workspace.save_settings(settings),
        Keep::Store(path, store) => workspace.save_store(path, store),
    }
}

type Preview = (EventIx, Result<String, Unreadable>);

fn previews(
    subject: &Subject,
    events: &[EventIx],
    task: &Task,
) -> Result<Vec<Preview>, ReplayError> {
    let mut previews = Vec::with_capacity(events.len());
    subject
        .payloads
        .read(&subject.log, events, task, &mut |event, body| {
            previews.push((event, body.map(|body| preview(&body.data))));
        })?;
    Ok(previews)
}

/// A payload on one line.
pub(super) fn preview(payload: &Payload) -> String {
    match payload {
        Payload::Absent => String::new(),
        Payload::Opaque(bytes) => {
            let digits = bytes
                .iter()
                .take(PREVIEW / 3)
                .map(|byte| format!("{byte:02x} "));
            digits.collect::<String>().trim_end().to_owned()
        }
        Payload::Json(raw) => {
            let mut line = String::with_capacity(PREVIEW);
            let mut blank = false;
            for c in raw.get().chars().take(PREVIEW * 4) {
                let space = c.is_whitespace();
                if !(space && blank) {
                    line.push(if space { ' ' } else { c });
                }
                blank = space;
                if line.len() >= PREVIEW {
                    break;
                }
            }
            line
        }
    }
}
