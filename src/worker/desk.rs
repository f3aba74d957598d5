//! What a thread keeps between two questions about one opening of a store: replays, counts of the
//! whole. Keyed by type, so that a question brings its own without anybody else knowing.

use std::any::{Any, TypeId};
use std::collections::HashMap;

use super::SessionId;

/// What is kept between questions.
#[derive(Default)]
pub(in crate::worker) struct Desk {
    session: Option<SessionId>,
    kept: HashMap<TypeId, Box<dyn Any>>,
}

impl Desk {
    /// What questions about `session` keep of the kind `T`. Nothing outlives its opening.
    pub fn of<T: Default + 'static>(&mut self, session: SessionId) -> &mut T {
        if self.session != Some(session) {
            self.clear();
            self.session = Some(session);
        }
        let kept = self.kept.entry(TypeId::of::<T>());
        let kept = kept.or_insert_with(|| Box::<T>::default());
        kept.downcast_mut().expect("kept under its own type")
    }

    /// Lets go of everything.
    pub fn clear(&mut self) {
        self.session = None;
        self.kept.clear();
    }
}
