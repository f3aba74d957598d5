//! As of when a projection is seen. The three kinds of projections are this one choice: synchronous ones
//! are as of the cursor, asynchronous ones at a consumer's checkpoint, those on demand as they were when
//! somebody asked.

use egui::{Label, Popup, Ui};

use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt};
use crate::gui::widgets::{Button, menu_content, menu_item};
use crate::gui::words;
use crate::log::{Bound, Cut, Log};

/// As whom a projection is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Seen {
    /// As of the cursor.
    #[default]
    Cursor,
    /// As of when it was run last.
    OnDemand(Option<Asked>),
}

/// When somebody asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Asked {
    cut: Cut,
    /// The order of the log that the cut is one of.
    generation: u64,
}

/// What the choices mean, where they stand.
const ABOUT: &str = "Synchronous: always as of the cursor.\n\
                     On demand: as it was when it was run, and stale from then on.";

impl Seen {
    /// The moment. Never one after the cursor: nothing may have learnt from the future.
    pub fn cut(&mut self, model: &Model, log: &Log) -> Cut {
        let cursor = model.cursor.cut();
        let Self::OnDemand(asked) = self else {
            return *cursor;
        };
        let is_past = asked.is_some_and(|asked| {
            asked.generation == log.generation()
                && asked.cut.clock() == cursor.clock()
                && asked.cut.count() <= cursor.count()
        });
        match asked {
            Some(asked) if is_past => asked.cut,
            _ => {
                let cut = fixed(cursor, log);
                *asked = Some(Asked {
                    cut,
                    generation: log.generation(),
                });
                cut
            }
        }
    }

    /// It is run anew.
    pub fn renew(&mut self) {
        if let Self::OnDemand(asked) = self {
            *asked = None;
        }
    }

    /// By how much it is behind the cursor: `389 events and 3 d 2 h`; none where it is not.
    pub fn stale(&self, model: &Model, log: &Log) -> Option<String> {
        let Self::OnDemand(Some(asked)) = self else {
            return None;
        };
        let cursor = model.cursor.cut();
        let events = cursor.count().saturating_sub(asked.cut.count());
        if events == 0 {
            return None;
        }
        let events = words::counted(events as usize, "event", "events");
        Some(match (cursor.time(log), asked.cut.time(log)) {
            (Some(now), Some(then)) if now > then => format!("{events} and {}", now - then),
            _ => events,
        })
    }

    /// The choice; from the right.
    pub fn choose(&mut self, ui: &mut Ui) {
        let words = match self {
            Self::Cursor => "the cursor",
            Self::OnDemand(_) => "on demand",
        };
        let button = ui.add(Button::secondary(words).small().menu().name("Seen by"));
        let button = button.on_hover_text(ABOUT);
        Popup::menu(&button).show(|ui| {
            menu_content(ui, |ui| {
                if menu_item(ui, "the cursor (synchronous)").clicked() {
                    *self = Self::Cursor;
                }
                if menu_item(ui, "on demand, as it was run").clicked() {
                    *self = Self::OnDemand(None);
                }
            });
        });
        let t = ui.tokens();
        ui.add(Label::new(Face::Secondary.text("Seen by", t.text2)));
    }
}

/// The same set of events, which stays what it is when the log grows.
fn fixed(cut: &Cut, log: &Log) -> Cut {
    match (cut.bound(), cut.last()) {
        (Bound::Head, Some(last)) => log.cut(cut.clock(), Bound::Event(last)),
        _ => *cut,
    }
}
