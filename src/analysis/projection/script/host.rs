//! What the engine may ask of Rust while a handler runs: facts and payloads of events, saved states,
//! and where to put what handlers say.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use hashbrown::HashMap;
use rquickjs::{Ctx, Exception, Function, Object, Result};

use super::ScriptError;
use super::feed::{Output, OutputKind};
use super::learning::{Kind, note_lost};
use crate::analysis::projection::lookup::Lookups;
use crate::analysis::projection::{SHARED, State, States, Told};
use crate::log::{Body, Clock, Interner, Log, PayloadReader};
use crate::model::{EventIx, Position, Task};

/// What stands for the state that all partitions share, instead of a number.
pub(super) const JS_SHARED: i32 = -1;

/// What the engine and Rust share.
pub(super) struct Host {
    pub log: RefCell<Log>,
    pub payloads: Arc<dyn PayloadReader>,
    pub clock: Clock,
    pub lookups: Lookups,
    /// Bytes that the engine may take.
    pub memory: usize,
    /// Bodies at hand, of the batch that is being fed.
    pub bodies: RefCell<HashMap<EventIx, Body>>,
    /// Payloads as upcasters made them.
    pub upcast: RefCell<HashMap<EventIx, String>>,
    pub kinds: RefCell<HashMap<u32, Kind>>,
    /// Partitions by number.
    pub partitions: RefCell<Interner>,
    pub saved: RefCell<States>,
    /// What handlers have said since somebody listened.
    pub told: RefCell<Told>,
    /// The event being handled.
    pub current: Cell<EventIx>,
    /// How many calls the quick way has taken: dice are thrown anew for each.
    pub turn: Cell<u32>,
    /// Whether handlers are run a second time, so that what they say was said before.
    pub quiet: Cell<Quiet>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quiet {
    No,
    Yes,
}

impl Host {
    fn body<T>(&self, event: EventIx, look: impl FnOnce(&Body) -> T) -> Option<T> {
        if !self.bodies.borrow().contains_key(&event) {
            let mut found = None;
            // Whoever called the work off will notice at the next event.
            let _ = self.payloads.read(
                &self.log.borrow(),
                &[event],
                &Task::new(),
                &mut |_, body| {
                    found = body.ok();
                },
            );
            self.bodies.borrow_mut().insert(event, found?);
        }
        self.bodies.borrow().get(&event).map(look)
    }

    /// The payload as it is stored.
    pub fn stored(&self, event: EventIx) -> Option<String> {
        self.body(event, |body| body.data.json().map(str::to_owned))?
    }

    /// The same for JavaScript, which does not keep all digits.
    fn handed_stored(&self, event: EventIx) -> Option<String> {
        let text = self.stored(event)?;
        self.note_lost(event, "", &text);
        Some(text)
    }

    /// Whether the payload is JSON, and not text that was to be and was cut off.
    pub fn is_json(&self, event: EventIx) -> bool {
        if self.upcast.borrow().contains_key(&event) {
            return true;
        }
        let is_json = |body: &Body| body.data.json().is_some() && !body.data.is_broken();
        self.body(event, is_json).unwrap_or(false)
    }

    fn whole(&self, event: EventIx) -> Option<String> {
        let upcast = self.upcast.borrow().get(&event).cloned();
        let text = upcast.or_else(|| self.stored(event))?;
        self.note_lost(event, "", &text);
        Some(text)
    }

    /// What is handed over of the payload.
    fn data(&self, event: EventIx) -> Option<String> {
        let mut kinds = self.kinds.borrow_mut();
        let kind = kinds
            .entry(self.log.borrow().event_type(event).0)
            .or_default();
        kind.ask();
        let text = match self.upcast.borrow().get(&event) {
            Some(text) => kind.sparse(text).into_owned(),
            None => self.body(event, |body| {
                body.data.json().map(|json| kind.sparse(json).into_owned())
            })??,
        };
        self.note_lost(event, "", &text);
        Some(text)
    }

    /// Notes what is lost of `text`, which stands at `path` in the payload.
    pub fn note_lost(&self, event: EventIx, path: &str, text: &str) {
        if self.quiet.get() == Quiet::No {
            note_lost(&mut self.told.borrow_mut(), (event, path), text);
        }
    }

    /// The time of the event that is handled.
    fn millis(&self) -> f64 {
        let time = self.log.borrow().time(self.current.get(), self.clock);
        time.map_or(0.0, |time| (time.micros() / 1000) as f64)
    }

    /// Dice are thrown anew for each event, by its place in the store.
    fn seed(&self) -> u32 {
        let position = position(&self.log.borrow(), self.current.get());
        let [low, high] = [position.0 as u32, (position.0 >> 32) as u32];
        (low ^ high).wrapping_mul(0x9E37_79B9) | 1
    }

    fn is_whole(&self, event: EventIx) -> bool {
        let kinds = self.kinds.borrow();
        kinds
            .get(&self.log.borrow().event_type(event).0)
            .is_some_and(Kind::is_whole)
    }

    fn touched(&self, event: EventIx, key: &str) {
        let mut kinds = self.kinds.borrow_mut();
        kinds
            .entry(self.log.borrow().event_type(event).0)
            .or_default()
            .touch(key);
    }

    fn fact(&self, event: EventIx, name: &str) -> Option<String> {
        let log = &*self.log.borrow();
        match name {
            "category" => Some(
                log.category_name(log.category(log.stream(event)))
                    .to_owned(),
            ),
            "id" => log.event_id(event).map(|id| id.to_string()),
            "time" => log.time(event, self.clock).map(|time| time.to_string()),
            "recorded" => log
                .own_time(event, Clock::Recorded)
                .map(|time| time.to_string()),
            "occurred" => log
                .own_time(event, Clock::Occurred)
                .map(|time| time.to_string()),
            "correlation" => log.correlation(event).map(|id| id.to_string()),
            "causation" => log.causation(event).map(|id| id.to_string()),
            "schema" => log.schema_version(event).map(str::to_owned),
            _ => None,
        }
    }

    /// The number of a partition, which may be new.
    pub fn number(&self, partition: &str) -> u32 {
        self.partitions.borrow_mut().intern(partition)
    }

    /// The number by which JavaScript knows a partition, if it does.
    pub fn known(&self, partition: &str) -> Option<i32> {
        match partition {
            SHARED => Some(JS_SHARED),
            own => Some(self.partitions.borrow().find(own)? as i32),
        }
    }

    /// The state that a partition was saved with.
    fn saved(&self, number: i32) -> Option<String> {
        let number = match number {
            JS_SHARED => self.partitions.borrow().find(SHARED)?,
            own => u32::try_from(own).ok()?,
        };
        self.saved
            .borrow()
            .get(number)
            .and_then(|held| match held.state {
                State::Text(text) => Some(text.to_string()),
                _ => None,
            })
    }

    fn output(
        &self,
        kind: &str,
        texts: [String; 2],
        data: Option<String>,
        metadata: Option<String>,
    ) {
        if self.quiet.get() == Quiet::Yes {
            return;
        }
        let [stream, event_type] = texts;
        if let Some(kind) = OutputKind::named(kind) {
            self.told.borrow_mut().output(Output {
                event: self.current.get(),
                kind,
                stream,
                event_type,
                data,
                metadata,
            });
        }
    }

    fn line(&self, line: String) {
        if self.quiet.get() == Quiet::No {
            self.told.borrow_mut().line(self.current.get(), line);
        }
    }

    /// An entity as it was at the time of the event that is handled.
    fn lookup(&self, ctx: &Ctx<'_>, table: &str, key: &str) -> Result<Option<String>> {
        let event = self.current.get();
        let time = self.log.borrow().time(event, self.clock);
        // Whoever called the work off will notice at the next event.
        let found = self.lookups.find((table, key), event, time, &Task::new());
        let (entity, looked_up) =
            found.map_err(|error| Exception::throw_message(ctx, &error.to_string()))?;
        if self.quiet.get() == Quiet::No {
            self.told.borrow_mut().lookup(looked_up);
        }
        Ok(entity)
    }

    /// The object that the prelude is given.
    pub fn object<'js>(self: &Rc<Self>, ctx: &Ctx<'js>) -> Result<Object<'js>> {
        /// Bytes of an item of an array in the engine.
        const ITEM: usize = 16;
        let host = Object::new(ctx.clone())?;
        macro_rules! give {
            ($name:literal, |$own:ident $(, $arg:ident: $kind:ty)*| $body:expr) => {{
                let $own = Rc::clone(self);
                let function = Function::new(ctx.clone(), move |$($arg: $kind),*| $body)?;
                host.set($name, function)?;
            }};
        }
        give!("data", |own, n: u32| own.data(EventIx(n)));
        give!("isJson", |own, n: u32| own.is_json(EventIx(n)));
        give!("whole", |own, n: u32| own.whole(EventIx(n)));
        give!("stored", |own, n: u32| own.handed_stored(EventIx(n)));
        give!("isWhole", |own, n: u32| own.is_whole(EventIx(n)));
        give!("touched", |own, n: u32, key: String| own
            .touched(EventIx(n), &key));
        give!("metadata", |own, n: u32| own
            .body(EventIx(n), |body| body.metadata.json().map(str::to_owned))
            .flatten());
        give!("fact", |own, n: u32, name: String| own
            .fact(EventIx(n), &name));
        give!("saved", |own, number: i32| own.saved(number));
        give!("number", |own, key: String| own.number(&key));
        give!("turn", |own| own.turn.get());
        give!("millis", |own| own.millis());
        give!("seed", |own| own.seed());
        give!("lookup", |own,
                         ctx: Ctx<'js>,
                         table: String,
                         key: String| own
            .lookup(&ctx, &table, &key));
        let is_end = |text: String| ScriptError::new(text).end().is_some();
        host.set("longest", (self.memory / ITEM) as f64)?;
        host.set("isEnd", Function::new(ctx.clone(), is_end)?)?;
        give!("log", |own, line: String| own.line(line));
        give!(
            "output",
            |own,
             kind: String,
             stream: String,
             event_type: String,
             data: Option<String>,
             metadata: Option<String>| own.output(
                &kind,
                [stream, event_type],
                data,
                metadata
            )
        );
        Ok(host)
    }
}

/// The position in its own file: where several are open, the place among all is not known before all
/// are.
pub(super) fn position(log: &Log, event: EventIx) -> Position {
    log.position_name(event).position
}
