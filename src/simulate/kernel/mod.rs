//! The engine that all scenarios run on: one agenda, one log, its relay, its consumers and what they
//! write, with the places at which faults happen. It knows no scenario; a scenario is a [`World`]
//! that says what there is, and a [`Story`] that says what happens.

mod agenda;
mod arrivals;
mod beside;
mod consumer;
mod entry;
mod event;
mod fold;
mod later;
mod log;
mod mishap;
mod process;
mod relay;
mod schema;
mod sim;
mod snapshots;
mod standing;
mod system;
mod view;
mod world;

pub use arrivals::Arrivals;
pub use consumer::{ATTEMPTS, Inbox, OnPoison, Role, Source, Spec};
pub use entry::Entry;
pub use event::{Draft, Event, EventId, Kind, Payload, SagaId, Stream, Trail};
pub use fold::fold;
pub use process::{Class, Failure, Mark, Process, Status, Step, Style};
pub use relay::AsOf as OutboxAsOf;
pub use schema::json_schema;
pub use sim::{Sim, run};
pub use snapshots::{Strategy, Taken};
pub use standing::{AsOf as ConsumerAsOf, Regime};
pub use system::{Scale, Setup, Totals};
pub use view::{Column, KeyedBy, Take, View, ViewSpec};
pub use world::{Interruption, Story, World};
