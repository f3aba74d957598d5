//! Payloads as upcasters make them, for projections that are no JavaScript.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Engine, Limits, ScriptError};
use crate::analysis::projection::{Reading, Script};
use crate::log::{Body, Clock, Log, NoTables, Payload, PayloadReader, Unreadable};
use crate::model::{Cancelled, EventIx, Task};

/// A definition of which nothing is wanted but its upcasters.
const NOTHING: &str = "fromAll().when({})";

/// A reader whose payloads have been through upcasters.
pub(in crate::analysis::projection) struct Upcasting {
    inner: Arc<dyn PayloadReader>,
    upcasters: Arc<str>,
    clock: Clock,
    limits: Limits,
    /// What they ran out of, if they did: they would again with the next event.
    ended: Mutex<Option<ScriptError>>,
}

impl Upcasting {
    /// What is read of `reading` after these upcasters.
    ///
    /// # Errors
    /// Where they do not hold.
    pub fn over(
        reading: &Reading,
        upcasters: &Arc<str>,
        limits: Limits,
    ) -> Result<Reading, ScriptError> {
        let own = Self {
            inner: Arc::clone(&reading.payloads),
            upcasters: Arc::clone(upcasters),
            clock: reading.clock,
            limits,
            ended: Mutex::default(),
        };
        own.alive(&reading.log)?;
        Ok(Reading {
            payloads: Arc::new(own),
            ..reading.clone()
        })
    }

    fn alive(&self, log: &Log) -> Result<Engine, ScriptError> {
        let script = Script {
            text: NOTHING.into(),
            upcasters: Some(Arc::clone(&self.upcasters)),
        };
        let reading = Reading {
            log: log.clone(),
            payloads: Arc::clone(&self.inner),
            clock: self.clock,
        };
        Engine::new(script, &reading, self.limits, Arc::new(NoTables))
    }

    fn upcast(
        &self,
        engine: &mut Engine,
        event: EventIx,
        body: Body,
        task: &Task,
    ) -> Result<Body, ScriptError> {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = &*ended {
            return Err(error.clone());
        }
        let made = engine.upcast_payload(event, body.clone(), task);
        match made {
            Ok(Some(text)) => Ok(Body {
                data: Payload::from_text(text),
                ..body
            }),
            Ok(None) => Ok(body),
            Err(error) => {
                if error.is_fatal() {
                    *ended = Some(error.clone());
                }
                Err(error)
            }
        }
    }
}

impl PayloadReader for Upcasting {
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        // It cannot be shared by threads, and takes some milliseconds to come to life.
        let mut engine = self.alive(log);
        self.inner.read(log, events, task, &mut |event, body| {
            let body = body.and_then(|body| {
                let engine = engine.as_mut().map_err(|error| error.clone());
                let upcast = engine.and_then(|engine| self.upcast(engine, event, body, task));
                upcast.map_err(|error| Unreadable::Damaged(error.to_string()))
            });
            each(event, body);
        })
    }

    fn masks(&self, event_type: &str, pointer: &str) -> bool {
        self.inner.masks(event_type, pointer)
    }

    fn file(&self, log: &Log, event: EventIx) -> Option<String> {
        self.inner.file(log, event)
    }
}
