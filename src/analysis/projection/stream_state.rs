//! The state of one stream by a projection, in place of the default fold: with changed paths, blame and
//! notices, as [`crate::analysis::replay`] has them. Which event set a field is the one after which the
//! projection had it otherwise than before.

use super::check::per_stream;
use super::run::BATCH;
use super::steps::After;
use super::{Definition, Reading, Run, RunOptions, ScriptError, States, Worded};
use crate::analysis::replay::{LastStep, MergeFold, Series, StateAt};
use crate::log::Cut;
use crate::model::{Cancelled, EventIx, PositionName, StreamIx, Task};

/// Events between two states that are kept.
const WIDE: usize = 256;

/// States kept at most; then every other one goes.
const KEPT: usize = 1024;

/// Why a projection has no state for a stream.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StreamStateError {
    /// The definition does not hold.
    #[error(transparent)]
    Definition(#[from] ScriptError),
    /// Its states are not those of streams.
    #[error(
        "the projection has no state for each stream: it takes foreachStream(), or \"by\": \"stream\""
    )]
    NotPerStream,
    /// It reads other streams: whose state it was to be, and what it reads.
    #[error("does not read {0} (it reads {1})")]
    Elsewhere(String, String),
    /// It took too much, or left a state that is no JSON; the event that did so.
    #[error("it was stopped at {0}: {1}")]
    Stopped(PositionName, ScriptError, EventIx),
    /// Called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// A projection over one stream as if there were no others. Once it has come to a moment, going there
/// again or on from there takes a short way only.
pub struct StreamState {
    run: Run,
    series: Series,
    kept: Vec<Kept>,
    wide: usize,
}

/// A state on the way through the stream.
struct Kept {
    /// The events in it: the first so many of the stream.
    len: usize,
    fold: MergeFold,
    states: States,
}

impl StreamState {
    /// Brings a definition to life for a stream.
    ///
    /// # Errors
    /// The definition does not hold, or has no states of streams.
    pub fn new(
        definition: &Definition,
        reading: &Reading,
        options: &RunOptions,
        stream: StreamIx,
    ) -> Result<Self, StreamStateError> {
        let log = &reading.log;
        if let Some(from) = per_stream(definition, reading).filter(|from| !from.covers(log, stream))
        {
            let stream = log.stream_name(stream).to_owned();
            return Err(StreamStateError::Elsewhere(stream, from.words()));
        }
        let options = RunOptions {
            only: Some(stream),
            ..options.clone()
        };
        let series = Series::new(stream, options.fold.clone());
        let run = Run::new(definition, reading.clone(), options)?;
        if !run.machine.is_per_stream() {
            return Err(StreamStateError::NotPerStream);
        }
        let mut own = Self {
            run,
            series,
            kept: Vec::new(),
            wide: WIDE,
        };
        own.keep(0, &MergeFold::nothing());
        Ok(own)
    }

    /// The stream as of a cut.
    ///
    /// # Errors
    /// The definition took too much, or the task was called off.
    pub fn at(&mut self, cut: Cut, task: &Task) -> Result<StateAt, StreamStateError> {
        let log = self.run.reading().log.clone();
        let stream = self.series.stream();
        let known = StateAt::known(&log, stream, &cut);
        let all = log.stream_events(stream);
        let way = known.iter().zip(&all).take_while(|(a, b)| a == b).count();
        // The last event is folded anew, so that it is known what it did.
        let before_last = match self.run.has_strayed() {
            false => way.min(known.len().saturating_sub(1)),
            true => 0,
        };
        let nearest = self.kept.partition_point(|kept| kept.len <= before_last);
        let nearest = &self.kept[nearest.saturating_sub(1)];
        let mut done = nearest.len;
        let mut step = LastStep {
            before: nearest.fold.clone(),
            now: nearest.fold.clone(),
        };
        self.run.machine.restore(nearest.states.clone());
        for batch in known[done..].chunks(BATCH as usize) {
            let (Some(first), Some(last)) = (batch.first(), batch.last()) else {
                break;
            };
            let mut read = self.run.prepared(&(first.0..last.0 + 1), task)?;
            read.retain(|event| batch.binary_search(event).is_ok());
            for &event in batch {
                if done + 1 == known.len() {
                    step.before = step.now.clone();
                }
                if read.binary_search(&event).is_ok() {
                    self.fold(event, &mut step.now, task)?;
                }
                let own = log.stream(event) == stream;
                if let Some(how) = log.stream_end(event).filter(|_| own) {
                    step.now.end(how, event);
                }
                done += 1;
                let last = self.kept.last().map_or(0, |kept| kept.len);
                if done <= way && done >= last + self.wide {
                    self.keep(done, &step.now);
                }
            }
        }
        Ok(StateAt::of(&log, &self.series, cut, (&known, step)))
    }

    fn fold(
        &mut self,
        event: EventIx,
        fold: &mut MergeFold,
        task: &Task,
    ) -> Result<(), StreamStateError> {
        match self.run.result_after(event, task)? {
            After::Untouched => {}
            After::Result(result) => {
                let odd = result.as_ref().map(Worded::odd).unwrap_or_default();
                fold.turn_into(event, Ok(result.map(Worded::into_json)));
                if let Some(odd) = odd.first() {
                    let place = match odd.path.as_str() {
                        "" => "the state",
                        path => path,
                    };
                    fold.note_odd(
                        event,
                        &format!("{place} is {}, told as {}", odd.what, odd.told_as()),
                    );
                }
            }
            After::Failed(error) => fold.turn_into(event, Err(error.to_string())),
            After::Stopped(error) => {
                let at = self.run.reading().log.position_name(event);
                return Err(StreamStateError::Stopped(at, error, event));
            }
        }
        Ok(())
    }

    fn keep(&mut self, len: usize, fold: &MergeFold) {
        let Ok(states) = self.run.machine.save() else {
            return;
        };
        self.run.has_strayed();
        self.kept.push(Kept {
            len,
            fold: fold.clone(),
            states,
        });
        if self.kept.len() > KEPT {
            self.wide *= 2;
            let mut at = 0;
            self.kept.retain(|_| {
                at += 1;
                at % 2 == 1
            });
        }
    }
}
