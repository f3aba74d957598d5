//! What a definition keeps beside its states: variables that stand outside its handlers. States that were saved
//! know nothing of them, so a run that goes back begins anew as soon as one of them has changed, and a handler
//! that fails is not made up for by folding what came before once more.

use rquickjs::Ctx;

use super::Engine;
use crate::analysis::projection::script::ScriptError;
use crate::analysis::projection::script::api::Api;
use crate::analysis::projection::script::source::Outside;
use crate::model::{EventIx, Task};

impl Engine {
    /// Begins to watch what stands outside the handlers; whether there is any of it that can change.
    pub(super) fn watch(ctx: &Ctx<'_>, api: &Api, names: &[Outside<'_>]) -> rquickjs::Result<bool> {
        let entry = |outside: &Outside<'_>| {
            let Outside { name, is_const } = outside;
            format!(
                "[\"{name}\", {is_const}, typeof {name} === \"undefined\" ? undefined : {name}]"
            )
        };
        let entries: Vec<String> = names.iter().map(entry).collect();
        // What is declared with let and const is seen by scripts, and by nothing else.
        let look: rquickjs::Value<'_> = ctx.eval(format!("() => [{}]", entries.join(", ")))?;
        api.watch.clone().restore(ctx)?.call((look,))
    }

    /// What has changed outside the states since the definition was brought to life, by its names.
    #[must_use]
    pub fn strayed(&self) -> Vec<String> {
        let strayed = self.call(|ctx, api| api.strayed.clone().restore(ctx)?.call(()));
        strayed.unwrap_or_default()
    }

    /// Takes over the numbers of the partitions.
    pub(in crate::analysis::projection::script) fn number_as(&self, other: &Self) {
        let numbers = other.host.partitions.take();
        self.host.partitions.replace(numbers);
    }

    /// The payload of an event as upcasters make it; none where they leave it as it is.
    ///
    /// # Errors
    /// What went wrong in them.
    pub(in crate::analysis::projection::script) fn upcast_payload(
        &mut self,
        event: EventIx,
        body: crate::log::Body,
        task: &Task,
    ) -> Result<Option<String>, ScriptError> {
        self.meter.work_for(task);
        self.host.bodies.borrow_mut().clear();
        self.host.upcast.borrow_mut().clear();
        self.host.bodies.borrow_mut().insert(event, body);
        self.host.current.set(event);
        self.upcast(event).map_err(|error| self.sentence(error))?;
        Ok(self.host.upcast.borrow_mut().remove(&event))
    }
}
