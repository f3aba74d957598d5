//! Payloads as upcasters make them, for projections that are no JavaScript.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Engine, Halt, Limits, ScriptError};
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

    /// The body after them.
    ///
    /// # Errors
    /// The task was called off.
    fn upcast(
        &self,
        engine: &mut Engine,
        event: EventIx,
        body: Body,
        task: &Task,
    ) -> Result<Result<Body, ScriptError>, Cancelled> {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = &*ended {
            return Ok(Err(error.clone()));
        }
        Ok(match engine.upcast_payload(event, body.clone(), task) {
            Ok(made) => made.map(|made| match made {
                Some(text) => Body {
                    data: Payload::from_text(text),
                    ..body
                },
                None => body,
            }),
            Err(Halt::Cancelled(cancelled)) => return Err(cancelled),
            Err(Halt::Fatal(error) | Halt::Anew(error)) => {
                *ended = Some(error.clone());
                Err(error)
            }
        })
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
        let mut cancelled = None;
        self.inner.read(log, events, task, &mut |event, body| {
            if cancelled.is_some() {
                return;
            }
            let upcast = match (body, &mut engine) {
                (Err(unreadable), _) => return each(event, Err(unreadable)),
                (Ok(_), Err(error)) => Ok(Err(error.clone())),
                (Ok(body), Ok(engine)) => self.upcast(engine, event, body, task),
            };
            match upcast {
                Ok(body) => {
                    let damaged = |error: ScriptError| Unreadable::Damaged(error.to_string());
                    each(event, body.map_err(damaged));
                }
                Err(called_off) => cancelled = Some(called_off),
            }
        })?;
        cancelled.map_or(Ok(()), Err)
    }

    fn masks(&self, event_type: &str, pointer: &str) -> bool {
        self.inner.masks(event_type, pointer)
    }

    fn file(&self, log: &Log, event: EventIx) -> Option<String> {
        self.inner.file(log, event)
    }
}
