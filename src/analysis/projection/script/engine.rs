//! One definition, alive: its world, its states, and the way of an event through its handlers.

mod outside;
mod quick;
mod states;
mod upcast;

pub(super) use quick::Given;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use hashbrown::HashMap;
use rquickjs::function::Args;
use rquickjs::{Context, Ctx, Runtime};

use super::ScriptError;
use super::api::{Api, define};
use super::catches::Guarded;
use super::error::End;
use super::feed::{DeadLetter, Fed};
use super::host::{Host, Quiet, position};
use super::lanes::{LaneIx, Lanes};
use super::limits::{Limits, Meter, Stopped, world};
use super::plan::{DELETED, Plan};
use super::source::outside;
use crate::analysis::projection::lookup::Lookups;
use crate::analysis::projection::{Reading, SHARED, Script, Told, WHOLE};
use crate::log::{Body, Log, Names, TableSource};
use crate::model::{Cancelled, EventIx, Task};

/// How many facts of an event the prelude is told.
const FACTS: usize = 5;

/// Why an engine stopped for good.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// The task was called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The script took too much.
    #[error("{0}")]
    Fatal(ScriptError),
    /// A handler failed, and what was changed outside the states does not let what came before be folded
    /// again: all has to begin anew, and will not come to this again.
    #[error("{0}")]
    Anew(ScriptError),
}

/// The states that a handler was given.
#[derive(Default)]
struct Met {
    own: Option<String>,
    shared: Option<String>,
}

/// A live definition.
pub struct Engine {
    // Functions of the context go before it.
    api: Api,
    lanes: Lanes,
    context: Context,
    _runtime: Runtime,
    host: Rc<Host>,
    meter: Meter,
    plan: Plan,
    source: Guarded,
    limits: Limits,
    /// Handlers by event type; `None` for types that nobody handles.
    handlers: HashMap<u32, Option<Rc<str>>>,
    /// Events processed since the states were saved, with their partitions: what has to be folded
    /// again where a handler fails in the middle of changing a state.
    journal: Vec<(EventIx, u32)>,
    /// By event type the lane that it goes, as far as that was asked; what is guarded goes none.
    routes: Vec<Option<Option<LaneIx>>>,
    /// By stream its partition, where each has its own, as far as that was asked.
    streams: Vec<Option<u32>>,
    /// Types on which handlers have failed: their states are copied before each event.
    guarded: HashMap<u32, ()>,
    /// Whether all types are, since a handler has failed after something was changed outside the states:
    /// folding again would change that once more.
    guards_all: bool,
    dead: Vec<DeadLetter>,
    /// The partition of the event fed last, if a handler took it.
    folded: Option<u32>,
}

impl Engine {
    /// Brings `definition` to life over `reading`.
    ///
    /// # Errors
    /// Where the definition does not hold, with line and column.
    pub fn new(
        definition: impl Into<Script>,
        reading: &Reading,
        limits: Limits,
        tables: Arc<dyn TableSource>,
    ) -> Result<Self, ScriptError> {
        let (runtime, context, meter) = world(limits)?;
        let host = Rc::new(Host {
            log: RefCell::new(reading.log.clone()),
            payloads: Arc::clone(&reading.payloads),
            clock: reading.clock,
            lookups: Lookups::new(tables),
            memory: limits.memory,
            bodies: RefCell::default(),
            upcast: RefCell::default(),
            kinds: RefCell::default(),
            partitions: RefCell::default(),
            saved: RefCell::default(),
            told: RefCell::default(),
            current: Cell::new(EventIx(0)),
            turn: Cell::new(0),
            quiet: Cell::new(Quiet::No),
        });
        let definition = definition.into();
        let defined = context.with(|ctx| {
            let (api, plan, source) = define(&ctx, &host, &definition)?;
            let mut names = outside(&definition.text);
            names.extend(
                definition
                    .upcasters
                    .as_deref()
                    .map(outside)
                    .into_iter()
                    .flatten(),
            );
            let watched = Self::watch(&ctx, &api, &names);
            watched.map_err(|error| ScriptError::of(&ctx, error))?;
            Ok((api, plan, source))
        });
        let (api, plan, source) = defined.map_err(|error: ScriptError| match meter.stopped() {
            Some(_) => ScriptError::new("the definition took too long and was stopped"),
            None => error,
        })?;
        Ok(Self {
            lanes: Lanes::of(&plan),
            api,
            context,
            _runtime: runtime,
            host,
            meter,
            plan,
            source,
            limits,
            handlers: HashMap::new(),
            journal: Vec::new(),
            routes: Vec::new(),
            streams: Vec::new(),
            guarded: HashMap::new(),
            guards_all: false,
            dead: Vec::new(),
            folded: None,
        })
    }

    /// What the definition says of itself.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The partition of the event fed last, if a handler took it.
    #[must_use]
    pub const fn folded(&self) -> Option<u32> {
        self.folded
    }

    /// Whether states are told apart by anything.
    #[must_use]
    pub const fn is_partitioned(&self) -> bool {
        self.plan.per_stream || self.plan.partition_by
    }

    /// Reads a log that has grown from here on.
    pub(super) fn grow(&self, log: &Log) {
        self.host.log.replace(log.clone());
    }

    /// Whether each stream has a state of its own.
    #[must_use]
    pub const fn is_per_stream(&self) -> bool {
        self.plan.per_stream && !self.plan.partition_by
    }

    /// The partitions so far, by number.
    #[must_use]
    pub fn partitions(&self) -> Names {
        self.host.partitions.borrow().names().clone()
    }

    /// The handler of an event's type.
    fn handler(&mut self, event_type: u32) -> Option<Rc<str>> {
        let (plan, log) = (&self.plan, self.host.log.borrow());
        let known = self.handlers.entry(event_type).or_insert_with(|| {
            let name = log.type_name(crate::model::TypeIx(event_type));
            let own = |wanted: &str| plan.handlers.iter().any(|own| own == wanted);
            match own(name) {
                true => Some(name.into()),
                false => own("$any").then(|| "$any".into()),
            }
        });
        known.clone()
    }

    /// The handler of an event: that of its type, else `$deleted` where its stream ends with it.
    fn handler_of(&mut self, event: EventIx) -> Option<Rc<str>> {
        let event_type = self.host.log.borrow().event_type(event);
        let handler = self.handler(event_type.0);
        if !self.ends(event) {
            return handler;
        }
        let own = handler.filter(|own| **own == *self.host.log.borrow().type_name(event_type));
        own.or_else(|| Some(DELETED.into()))
    }

    /// Whether the stream of an event ends with it, and the definition wants to know.
    pub(super) fn ends(&self, event: EventIx) -> bool {
        self.plan.minds_deletion() && self.host.log.borrow().stream_end(event).is_some()
    }

    /// Whether any handler takes an event.
    pub fn handles(&mut self, event: EventIx) -> bool {
        self.handler_of(event).is_some()
    }

    /// Whether the payload of another event of this type should be read ahead.
    pub fn wants_payload(&mut self, event_type: u32) -> bool {
        let mut kinds = self.host.kinds.borrow_mut();
        kinds.entry(event_type).or_default().wants_payload()
    }

    /// Folds one event; its body if it was read ahead.
    ///
    /// # Errors
    /// The task was called off, or the script took too much: then nothing of it can be used any more.
    pub fn feed(&mut self, event: EventIx, body: Option<Body>, task: &Task) -> Result<Fed, Halt> {
        self.folded = None;
        let event_type = self.host.log.borrow().event_type(event).0;
        let Some(handler) = self.handler_of(event) else {
            return Ok(Fed::Skipped);
        };
        self.meter.work_for(task);
        self.host.bodies.borrow_mut().clear();
        self.host.upcast.borrow_mut().clear();
        if let Some(body) = body {
            self.host.bodies.borrow_mut().insert(event, body);
        }
        self.host.current.set(event);
        self.handle(event, event_type, &handler)
    }

    fn handle(&mut self, event: EventIx, event_type: u32, handler: &str) -> Result<Fed, Halt> {
        if let Err(error) = self.upcast(event) {
            // Unless a function tells it of the payload, it is known all the same.
            let key = match self.plan.partition_by {
                true => None,
                false => self.partition(event).ok().flatten(),
            };
            let met = match error.is_fatal() || self.meter.stopped().is_some() {
                true => Met::default(),
                false => Met {
                    own: key.as_deref().and_then(|key| self.met(key)),
                    shared: self.shared(),
                },
            };
            return self.fail(event, key, error, met);
        }
        let key = match self.partition(event) {
            Ok(Some(key)) => key,
            Ok(None) => return Ok(Fed::Skipped),
            Err(error) => return self.fail(event, None, error, Met::default()),
        };
        let number = self.host.number(&key);
        let guarded = self.guards_all || self.guarded.contains_key(&event_type);
        let before = match guarded {
            true => self.kept(&key).map(|own| (own, self.shared())),
            false => None,
        };
        match self.step(event, (&key, number), handler) {
            Ok(()) => {
                self.journal.push((event, number));
                self.folded = Some(number);
                Ok(Fed::Processed)
            }
            Err(error) => match before {
                Some((own, shared)) if !error.is_fatal() && self.meter.stopped().is_none() => {
                    self.put(&key, &own);
                    if let Some(shared) = &shared {
                        self.put(SHARED, shared);
                    }
                    let own = Some(own);
                    self.fail(event, Some(key), error, Met { own, shared })
                }
                _ => self.failed_in(event, event_type, key, error),
            },
        }
    }

    /// Puts an event among the dead letters that no handler has seen.
    pub(in crate::analysis::projection) fn refuse(&mut self, event: EventIx, why: String) -> Fed {
        self.folded = None;
        self.dead.push(DeadLetter {
            event,
            partition: None,
            error: ScriptError::new(why),
            state_before: None,
            shared_before: None,
            attempts: 1,
        });
        Fed::Failed
    }

    /// Puts the event among the dead letters, unless the engine is at its end.
    fn fail(
        &mut self,
        event: EventIx,
        partition: Option<String>,
        error: ScriptError,
        met: Met,
    ) -> Result<Fed, Halt> {
        match self.meter.stopped() {
            Some(Stopped::Cancelled) => return Err(Cancelled.into()),
            Some(Stopped::Time) => {
                return Err(Halt::Fatal(ScriptError {
                    message: "a handler took too long and was stopped".to_owned(),
                    ..error
                }));
            }
            None if error.is_fatal() => return Err(Halt::Fatal(self.sentence(error))),
            None => {}
        }
        let error = match self.host.is_json(event) {
            true => error,
            false => ScriptError {
                message: format!("{}; the payload is not valid JSON", error.message),
                ..error
            },
        };
        self.dead.push(DeadLetter {
            event,
            partition,
            error,
            state_before: met.own,
            shared_before: met.shared,
            attempts: 1,
        });
        Ok(Fed::Failed)
    }

    /// What running out of something means for who wrote the definition.
    fn sentence(&self, error: ScriptError) -> ScriptError {
        let message = match error.end() {
            Some(End::Memory) => format!(
                "the projection needs more than {} MB",
                self.limits.memory >> 20
            ),
            Some(End::Depth) => "a handler called itself too deeply".to_owned(),
            Some(End::Time) | None => error.message,
        };
        ScriptError { message, ..error }
    }

    /// A handler failed in the middle: the state of its partition is what was saved, and what came
    /// since folded again. A state that all share is so by the events of all.
    fn fold_again(&mut self, number: u32) -> Result<(), Halt> {
        let is_shared = self.plan.shared;
        let _ = self.call(|ctx, api| match is_shared {
            true => api.reset.clone().restore(ctx)?.call::<_, ()>(()),
            false => api.forget.clone().restore(ctx)?.call((number,)),
        });
        let journal = self.journal.iter();
        let journal: Vec<(EventIx, u32)> = journal
            .filter(|(_, own)| is_shared || *own == number)
            .copied()
            .collect();
        let partitions = self.partitions();
        let quiet = self.host.quiet.replace(Quiet::Yes);
        let current = self.host.current.get();
        for (event, own) in journal {
            let key = partitions.get(own);
            let Some(handler) = self.handler_of(event) else {
                continue;
            };
            self.host.current.set(event);
            // What was folded once is folded again, with the same outcome.
            let _ = self
                .upcast(event)
                .and_then(|()| self.step(event, (key, own), &handler));
        }
        self.host.current.set(current);
        self.host.quiet.set(quiet);
        match self.meter.stopped() {
            Some(Stopped::Cancelled) => Err(Cancelled.into()),
            _ => Ok(()),
        }
    }

    fn partition(&self, event: EventIx) -> Result<Option<String>, ScriptError> {
        let log = &*self.host.log.borrow();
        if self.plan.partition_by {
            return self.call(|ctx, api| {
                let partition = api.partition.clone().restore(ctx)?;
                let mut args = Args::new(ctx.clone(), FACTS);
                self.push_facts(&mut args, event)?;
                partition.call_arg(args)
            });
        }
        Ok(Some(if self.plan.per_stream {
            log.stream_name(log.stream(event)).to_owned()
        } else {
            WHOLE.to_owned()
        }))
    }

    fn step(
        &self,
        event: EventIx,
        (key, number): (&str, u32),
        handler: &str,
    ) -> Result<(), ScriptError> {
        self.call(|ctx, api| {
            let step = api.step.clone().restore(ctx)?;
            let mut args = Args::new(ctx.clone(), FACTS + 3);
            args.push_arg(handler)?;
            args.push_arg(key)?;
            args.push_arg(number)?;
            self.push_facts(&mut args, event)?;
            step.call_arg::<()>(args)
        })
    }

    /// What the prelude is told of every event; the rest it asks for.
    fn push_facts(&self, args: &mut Args<'_>, event: EventIx) -> rquickjs::Result<()> {
        let log = &*self.host.log.borrow();
        args.push_arg(event.0)?;
        args.push_arg(log.type_name(log.event_type(event)))?;
        args.push_arg(log.stream_name(log.stream(event)))?;
        args.push_arg(log.version(event).0 as f64)?;
        args.push_arg(position(log, event).0 as f64)
    }

    /// How many states have changed since they were saved, at most.
    #[must_use]
    pub fn changes(&self) -> usize {
        // Counting the states themselves would cost a call for each event.
        self.journal.len()
    }

    /// Dead letters since the last time.
    pub fn take_dead(&mut self) -> Vec<DeadLetter> {
        std::mem::take(&mut self.dead)
    }

    /// What handlers have said since the last time; none where they said nothing.
    pub fn take_told(&mut self) -> Option<Told> {
        let mut told = self.host.told.borrow_mut();
        (!told.is_empty()).then(|| std::mem::take(&mut *told))
    }

    fn call<T>(
        &self,
        call: impl FnOnce(&Ctx<'_>, &Api) -> rquickjs::Result<T>,
    ) -> Result<T, ScriptError> {
        self.meter.begin();
        self.context.with(|ctx| {
            let made = call(&ctx, &self.api);
            made.map_err(|error| self.source.as_written(ScriptError::of(&ctx, error)))
        })
    }
}
