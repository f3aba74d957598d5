//! Payloads as upcasters make them: before handlers see them, and for whoever wants nothing else of a definition.

use rquickjs::function::Args;

use super::{Engine, FACTS, Halt};
use crate::analysis::projection::machine::Payload;
use crate::analysis::projection::script::ScriptError;
use crate::analysis::projection::script::limits::Stopped;
use crate::log::Body;
use crate::model::{Cancelled, EventIx, Task};

impl Engine {
    /// The payload of an event as it is stored and as upcasters make it, each with its schema version;
    /// none where they leave it as it is, or fail.
    pub(in crate::analysis::projection::script) fn upcast_of(
        &mut self,
        event: EventIx,
        task: &Task,
    ) -> Option<(Payload, Payload)> {
        self.meter.work_for(task);
        self.host.bodies.borrow_mut().clear();
        self.host.upcast.borrow_mut().clear();
        self.host.current.set(event);
        self.upcast(event).ok()?;
        let made = self.host.upcast.borrow_mut().remove(&event)?;
        let log = self.host.log.borrow();
        let stored = log.schema_version(event).unwrap_or("1").to_owned();
        let steps = self
            .plan
            .upcasters
            .get(log.type_name(log.event_type(event)))?;
        let mut version = stored.clone();
        while steps.contains(&version) {
            let Ok(number) = version.parse::<u32>() else {
                break;
            };
            version = (number + 1).to_string();
        }
        Some(((self.host.stored(event)?, stored), (made, version)))
    }

    pub(super) fn upcast(&self, event: EventIx) -> Result<(), ScriptError> {
        if self.plan.upcasters.is_empty() {
            return Ok(());
        }
        let log = &*self.host.log.borrow();
        let name = log.type_name(log.event_type(event));
        let version = log.schema_version(event).unwrap_or("1");
        let steps = self.plan.upcasters.get(name);
        if !steps.is_some_and(|steps| steps.iter().any(|step| step == version)) {
            return Ok(());
        }
        let made: Option<String> = self.call(|ctx, api| {
            let upcast = api.upcast.clone().restore(ctx)?;
            let mut args = Args::new(ctx.clone(), FACTS + 1);
            self.push_facts(&mut args, event)?;
            args.push_arg(version)?;
            upcast.call_arg(args)
        })?;
        if let Some(made) = made {
            self.host.upcast.borrow_mut().insert(event, made);
        }
        Ok(())
    }

    /// The payload of an event as upcasters make it, none where they leave it as it is; or what went wrong in
    /// them.
    ///
    /// # Errors
    /// The task was called off, or they took too much: then nothing of it can be used any more.
    pub(in crate::analysis::projection::script) fn upcast_payload(
        &mut self,
        event: EventIx,
        body: Body,
        task: &Task,
    ) -> Result<Result<Option<String>, ScriptError>, Halt> {
        self.meter.work_for(task);
        self.host.bodies.borrow_mut().clear();
        self.host.upcast.borrow_mut().clear();
        self.host.told.take();
        self.host.bodies.borrow_mut().insert(event, body);
        self.host.current.set(event);
        let error = match self.upcast(event) {
            Ok(()) => {
                let made = self.host.upcast.borrow_mut().remove(&event);
                return Ok(match self.host.told.take().lost_digits.first() {
                    Some(lost) => Err(ScriptError::new(format!(
                        "the payload has more digits than upcasters keep, at {}",
                        lost.path
                    ))),
                    None => Ok(made),
                });
            }
            Err(error) => error,
        };
        match self.meter.stopped() {
            Some(Stopped::Cancelled) => Err(Cancelled.into()),
            Some(Stopped::Time) => Err(Halt::Fatal(ScriptError {
                message: "an upcaster took too long and was stopped".to_owned(),
                ..error
            })),
            None if error.is_fatal() => Err(Halt::Fatal(self.sentence(error))),
            None => Ok(Err(error)),
        }
    }
}
