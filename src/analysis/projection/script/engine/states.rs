//! The states of an engine: looked at, saved, and gone back to.

use hashbrown::HashMap;
use rquickjs::Array;

use super::Engine;
use crate::analysis::projection::script::error::End;
use crate::analysis::projection::script::host::JS_SHARED;
use crate::analysis::projection::script::{ScriptError, plain};
use crate::analysis::projection::{SHARED, State, States};
use crate::model::EventIx;

impl Engine {
    /// The state of a partition as JSON.
    #[must_use]
    pub fn state(&self, partition: &str) -> Option<String> {
        let kept = self.kept(partition)?;
        Some(plain(&kept).to_owned())
    }

    /// The same as it is kept.
    pub(in crate::analysis::projection) fn kept(&self, partition: &str) -> Option<String> {
        let number = self.host.known(partition)?;
        self.call(|ctx, api| api.state.clone().restore(ctx)?.call((number,)))
            .ok()?
    }

    /// The state that a handler of a partition meets, as it is kept; the first one where it has none yet.
    pub(super) fn met(&self, partition: &str) -> Option<String> {
        let number = self.place(partition);
        self.call(|ctx, api| api.met.clone().restore(ctx)?.call((number,)))
            .ok()?
    }

    /// The state that all partitions share, as it is kept; none where there is none.
    pub(super) fn shared(&self) -> Option<String> {
        self.plan.shared.then(|| self.met(SHARED)).flatten()
    }

    /// What `transformBy` and `filterBy` make of a state, both as they are kept; none where it is filtered
    /// out.
    ///
    /// # Errors
    /// What went wrong in them.
    pub fn result(&self, state: &str) -> Result<Option<String>, ScriptError> {
        if self.plan.transforms == 0 {
            return Ok(Some(state.to_owned()));
        }
        self.call(|ctx, api| api.result.clone().restore(ctx)?.call((state,)))
    }

    /// The number by which JavaScript knows a partition, which may be new.
    fn place(&self, partition: &str) -> i32 {
        let known = self.host.known(partition);
        known.unwrap_or_else(|| self.host.number(partition) as i32)
    }

    pub(in crate::analysis::projection) fn put(&self, partition: &str, state: &str) {
        let number = self.place(partition);
        let _ = self.call(|ctx, api| {
            let put = api.put.clone().restore(ctx)?;
            put.call::<_, ()>((number, state))
        });
    }

    /// All states as they are now; what is folded from here on is folded from them.
    ///
    /// # Errors
    /// Where a state cannot be written as JSON, or memory does not suffice.
    pub fn save(&mut self) -> Result<States, ScriptError> {
        let mut last: HashMap<u32, EventIx> = HashMap::new();
        last.extend((self.journal.iter()).map(|(event, partition)| (*partition, *event)));
        let mut numbers: Vec<u32> = last.keys().copied().collect();
        numbers.sort_unstable();
        let changed = self.call(|ctx, api| {
            let changed = api.changed.clone().restore(ctx)?;
            let changed: Array<'_> = changed.call((numbers,))?;
            Ok((changed.get::<Vec<i32>>(0)?, changed.get::<Vec<String>>(1)?))
        });
        let (numbers, texts) = changed.map_err(|error: ScriptError| match error.end() {
            // A text that grows takes its memory when it is written.
            Some(End::Memory) => self.sentence(error),
            Some(End::Time) => {
                ScriptError::new("a state takes too long to be written as JSON, and was stopped")
            }
            _ => error.of_saving(),
        })?;
        let mut saved = self.host.saved.borrow_mut();
        let mut partitions = self.host.partitions.borrow_mut();
        let newest = (self.journal.last()).map_or(self.host.current.get(), |(event, _)| *event);
        for (number, text) in numbers.into_iter().zip(texts) {
            let number = match number {
                JS_SHARED => partitions.intern(SHARED),
                own => own as u32,
            };
            // The shared state is of all partitions' events.
            let last = last.get(&number).copied().unwrap_or(newest);
            saved.set(number, State::Text(text.into()), last);
        }
        self.journal.clear();
        Ok(saved.clone())
    }

    /// Goes back (or forward) to states that were saved.
    pub fn restore(&mut self, states: States) {
        let _ = self.call(|ctx, api| api.reset.clone().restore(ctx)?.call::<_, ()>(()));
        *self.host.saved.borrow_mut() = states;
        self.journal.clear();
    }
}
