//! One of a store's sources of events: how far it was read, and reading on.

use std::sync::Arc;

use super::connect::{ConnectError, Database, Traces};
use super::known::{Before, Known};
use super::links;
use super::plan::Plan;
use super::range;
use super::scan::{Landmarks, Reached, Scan, Span, Stop};
use super::source::News;
use super::tally::{Stands, Stretches};
use super::watch::{Print, Spot};
use crate::log::LogBuilder;
use crate::model::Task;

/// A source of events, and how far it was read.
#[derive(Debug)]
pub(super) struct Part {
    pub plan: Plan,
    pub reached: Reached,
    pub landmarks: Arc<Landmarks>,
    stretches: Stretches,
    /// What the file looked like before that.
    pub before: Arc<Before>,
    /// As it was indexed; `None` until then.
    pub known: Option<Known>,
}

impl Part {
    pub fn new(plan: Plan) -> Self {
        Self {
            reached: Reached::nowhere(&plan),
            plan,
            landmarks: Arc::default(),
            stretches: Stretches::default(),
            before: Arc::default(),
            known: None,
        }
    }

    /// Nothing was read.
    pub fn forget(&mut self) {
        self.known = None;
        self.before.forget();
        self.reached = Reached::nowhere(&self.plan);
        self.landmarks.clear();
        self.stretches = Stretches::default();
    }

    /// Reads what was not read yet, of a store whose traces were these before; how many links were
    /// added to what had been read. `file` names the only stream of a store that knows none.
    pub fn read(
        &mut self,
        (database, traces): (&Database, Traces),
        file: &str,
        builder: &mut LogBuilder,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<usize, Stop> {
        if let Some(span) = self.begin(database, traces, builder)? {
            let known = self.known.clone();
            let scan = Scan {
                database,
                plan: &self.plan,
                file,
                span,
                first: known.as_ref().and_then(|known| known.first.clone()),
                last: known.and_then(|known| known.last),
                landmarks: &self.landmarks,
            };
            let (reached, stretches) = (&mut self.reached, &mut self.stretches);
            scan.run(task, &mut |to, piece| {
                builder.append(piece.chunk);
                if let Reached::Key(to) = to {
                    stretches.read(to, piece.tally);
                }
                *reached = to;
                publish(builder);
            })?;
        }
        let mut count = 0;
        let last = Print::of(database, &self.plan, self.reached.spot())?;
        if let Some(known) = &mut self.known {
            known.last = last;
            if let (Some(after), Reached::Key(to)) = (&mut known.links, &self.reached) {
                count = links::follow(database, &self.plan, builder, after, *to, task)?;
            }
        }
        Ok(count)
    }

    /// Makes sure that what is known still stands, and says what there is to be read.
    fn begin(
        &mut self,
        database: &Database,
        traces: Traces,
        builder: &mut LogBuilder,
    ) -> Result<Option<Span>, Stop> {
        let mark = database.changed()?;
        if let Some(known) = &self.known
            && !known.stands(mark, database, &self.plan)?
        {
            return Err(Stop::Rewritten);
        }
        let (span, begins) = match &self.reached {
            Reached::Rank(ranked) => (Some(Span::Ranks(ranked.clone())), Some(Spot::Rank(1))),
            Reached::Key(after) => {
                let range = range::of(database, &self.plan)?;
                if self.known.is_none() {
                    builder.report(range::keyless(database, &self.plan, &range)?);
                }
                let begins = range.least().map(Spot::Key);
                (range.after(*after, database), begins)
            }
        };
        let first = self.known.as_ref().and_then(|known| known.first.clone());
        let first = match (first, begins) {
            (None, Some(spot)) => Print::of(database, &self.plan, spot)?,
            (first, _) => first,
        };
        let links = match &self.known {
            Some(known) => known.links,
            None => links::last(database, &self.plan)?,
        };
        if self.known.is_none() {
            self.before.begin(traces.clone());
        }
        self.known = Some(Known {
            traces,
            mark,
            first,
            last: self.known.take().and_then(|known| known.last),
            links,
        });
        Ok(span)
    }

    /// Whether not all of it has been looked at since somebody wrote to the store.
    pub fn is_in_doubt(&self) -> bool {
        self.stretches.are_in_doubt()
    }

    /// Whether there is something new, of a store whose traces are these now.
    pub fn news(&mut self, database: &Database, traces: Traces) -> Result<News, ConnectError> {
        let mark = database.changed()?;
        let Some(known) = &mut self.known else {
            return Ok(News::Appended);
        };
        if !known.stands(mark, database, &self.plan)? {
            return Ok(News::Rewritten);
        }
        let Reached::Key(reached) = self.reached else {
            // Without keys what was added may stand anywhere.
            let same = traces.shows_the_same(&known.traces);
            known.traces = traces;
            return Ok(if same { News::None } else { News::Rewritten });
        };
        if !traces.is_as(&known.traces) {
            self.stretches.doubt();
        }
        if self.stretches.stand(database, &self.plan)? == Stands::No {
            return Ok(News::Rewritten);
        }
        let most = range::of(database, &self.plan)?.most();
        let linked = links::last(database, &self.plan)?;
        if most.is_some_and(|most| most > reached) || linked > known.links {
            return Ok(News::Appended);
        }
        (known.traces, known.mark) = (traces, mark);
        Ok(News::None)
    }
}
