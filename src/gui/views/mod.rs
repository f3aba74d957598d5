//! The views of the rail, one folder or file each. A view reads the model, keeps its own small state
//! (scroll, folded nodes, text being typed) and sends commands; it never asks the worker.

mod events;
mod overview;
mod state;
mod streams;
mod welcome;

pub(in crate::gui) use events::Events;
pub(in crate::gui) use overview::Overview;
pub(in crate::gui) use state::State;
pub(in crate::gui) use streams::Streams;
pub(in crate::gui) use welcome::Welcome;
