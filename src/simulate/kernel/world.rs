//! What a scenario consists of: what there is, and what happens.

use std::ops::Range;

use super::consumer::Spec;
use super::event::{Kind, Stream};
use super::process::Process;
use super::sim::Sim;
use super::snapshots::Rules;
use super::standing::Regime;
use super::view::ViewSpec;
use crate::model::Timestamp;
use crate::simulate::fault::{Fault, Off};
use crate::simulate::output::Extra;

/// What there is, before anything happens.
#[derive(Debug)]
pub struct World {
    pub name: &'static str,
    /// From the first event to the moment at which the file was copied.
    pub span: Range<Timestamp>,
    /// The services whose clock may be off, and in which direction that would be seen.
    pub clocks: &'static [(&'static str, Off)],
    pub consumers: &'static [Spec],
    /// The categories that go through the outbox.
    pub published: &'static [&'static str],
    pub view: &'static ViewSpec,
    pub snapshots: Rules,
    pub process: &'static Process,
    /// What a command would be called that somebody takes for an event.
    pub command: &'static Kind,
    /// A type and a number in its payload that a careless release could turn into a text.
    pub breaking: (&'static str, &'static str),
    /// Streams of the story, whose states the truth always tells.
    pub shown: &'static [Stream],
    /// A moment at which the log has long been idle.
    pub quiet: Option<Timestamp>,
    /// When consumers stand still because the story says so.
    pub interruptions: Vec<Interruption>,
    pub extra: &'static [Extra],
    /// Faults that have no place here.
    pub lacks: &'static [Fault],
}

/// A consumer stands still, as the story has it.
#[derive(Clone, Debug)]
pub struct Interruption {
    pub consumer: &'static str,
    pub when: Range<Timestamp>,
    pub regime: Regime,
}

/// What happens: tasks that record events and plan further tasks.
pub trait Story {
    /// Something that is to be done at its time.
    type Task;

    /// Plans the first tasks.
    fn begin(&mut self, sim: &mut Sim<Self::Task>);

    /// Does one.
    fn work(&mut self, task: Self::Task, sim: &mut Sim<Self::Task>);

    /// Writes down what is still open when the file is copied.
    fn end(&mut self, _sim: &mut Sim<Self::Task>) {}
}
