//! An event on its way into the log.

use super::consumer::OnPoison;
use super::event::{Event, SagaId};
use super::process::{Failure, Mark};
use super::relay::Repeated;
use crate::model::Timestamp;

/// How an event gets its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbered {
    Next,
    /// Its writer believed the stream to have this version.
    After(i64),
    LikeTheLast,
    SkippingOne,
}

/// Whether an event comes into the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publication {
    Usual,
    Lost,
}

/// An event on its way into the log.
#[derive(Debug)]
pub struct Entry {
    pub event: Event,
    pub numbered: Numbered,
    pub saga: Option<SagaId>,
    pub marks: &'static [Mark],
    pub failure: Option<Failure>,
    /// When it happened, where its writer says so.
    pub reported: Option<Timestamp>,
    /// Whether its id stands in the log already.
    pub repeated: Repeated,
    pub publication: Publication,
    /// Whom it poisons, and until when.
    pub poison: Option<(OnPoison, Timestamp)>,
}

impl Entry {
    /// An event that means nothing in particular.
    pub const fn new(event: Event) -> Self {
        Self {
            event,
            numbered: Numbered::Next,
            saga: None,
            marks: &[],
            failure: None,
            reported: None,
            repeated: Repeated::No,
            publication: Publication::Usual,
            poison: None,
        }
    }
}
