//! Panels that stand beside the views: the time panel under all of them, the event card at the right
//! of some.

mod event_card;
mod time_panel;

pub(in crate::gui) use event_card::{Beside, CardSize, EventCard};
pub(in crate::gui) use time_panel::TimePanel;
