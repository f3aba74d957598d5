//! What a definition keeps beside its states: variables that stand outside its handlers, and built-in objects.
//! States that were saved know nothing of them, so a run that goes back begins anew as soon as one of them has
//! changed, and a handler that fails is not made up for by folding what came before once more. What cannot be
//! looked at from outside is not noticed: variables of a function that was called before, fields of functions,
//! what holds itself.

use rquickjs::{Ctx, Value};

use super::Engine;
use crate::analysis::projection::script::api::{Api, options};
use crate::analysis::projection::script::source::Outside;

impl Engine {
    /// Begins to watch what stands outside the handlers.
    pub(super) fn watch(ctx: &Ctx<'_>, api: &Api, names: &[Outside<'_>]) -> rquickjs::Result<()> {
        let watch = api.watch.clone().restore(ctx)?;
        for Outside { name, is_const } in names {
            // What is declared with let and const is seen by scripts, and by nothing else.
            let look = format!("() => typeof {name} === \"undefined\" ? undefined : {name}");
            let look: rquickjs::Result<Value<'_>> = ctx.eval_with_options(look, options("prelude"));
            match look {
                Ok(look) => watch.call::<_, ()>((*name, *is_const, look))?,
                // What was taken for a name and is none.
                Err(_) => drop(ctx.catch()),
            }
        }
        watch.call(())
    }

    /// What has changed outside the states since the definition was brought to life, by its names.
    #[must_use]
    pub fn strayed(&self) -> Vec<String> {
        let strayed = self.call(|ctx, api| api.strayed.clone().restore(ctx)?.call(()));
        // What is too large to be looked at may have changed.
        strayed.unwrap_or_else(|_| vec!["much".to_owned()])
    }

    /// Guards all types from here on.
    pub(in crate::analysis::projection::script) fn guard(&mut self) {
        self.guards_all = true;
        self.routes.clear();
    }

    /// Takes over what must stay from one that has begun before: the numbers of the partitions, and whether
    /// all is guarded.
    pub(in crate::analysis::projection::script) fn succeed(&mut self, other: &Self) {
        let numbers = other.host.partitions.take();
        self.host.partitions.replace(numbers);
        self.guards_all = other.guards_all;
    }
}
