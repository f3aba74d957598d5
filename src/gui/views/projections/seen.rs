//! As of when a projection is seen. The three kinds of projections are this one choice: synchronous ones
//! are as of the cursor, asynchronous ones at a consumer's checkpoint, those on demand as they were when
//! somebody asked.

use std::sync::Arc;

use egui::{Label, Popup, Ui};

use crate::gui::command::Outbox;
use crate::gui::model::{Model, Reordered, Session};
use crate::gui::theme::{Face, TokensExt};
use crate::gui::widgets::{Button, menu_about, menu_content, menu_item};
use crate::gui::words;
use crate::log::{Bound, Cut, Log};
use crate::model::time::Span;
use crate::worker::{AskConsumers, Projected};

/// As whom a projection is seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Seen {
    /// As of the cursor.
    #[default]
    Cursor,
    /// As this consumer, at its checkpoint as it was known then.
    Consumer(Arc<str>),
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
const ABOUT: &str = "Synchronous: written with the events, so never stale.\n\
                     Asynchronous: a consumer follows; stale by what it has not processed.\n\
                     On demand: as it was when it was run, and stale from then on.";

/// The same beside each.
const SYNCHRONOUS: &str = "Written with the events, so never stale";
const ASYNCHRONOUS: &str = "Follows the events; stale by what it has not processed";
const ON_DEMAND: &str = "As it was when it was run, and stale from then on";

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

    /// Of the same moment in a log of another order.
    pub fn reordered(&mut self, moved: &Reordered) {
        let (Self::OnDemand(Some(asked)), log) = (self, moved.log()) else {
            return;
        };
        let bound = moved.bound(asked.cut.bound(), Bound::Head);
        *asked = Asked {
            cut: log.cut(asked.cut.clock(), bound),
            generation: log.generation(),
        };
    }

    /// It is run anew.
    pub fn renew(&mut self) {
        if let Self::OnDemand(asked) = self {
            *asked = None;
        }
    }

    /// The consumer as whom it is seen.
    pub fn consumer(&self) -> Option<Arc<str>> {
        match self {
            Self::Consumer(name) => Some(Arc::clone(name)),
            Self::Cursor | Self::OnDemand(_) => None,
        }
    }

    /// By how much what is told is behind the cursor: `389 events and 3 d 2 h`; none where it is not.
    pub fn stale(&self, model: &Model, log: &Log, projected: Option<&Projected>) -> Option<String> {
        if let Self::Consumer(_) = self {
            let report = projected?.consumer.as_ref()?;
            let lag = report.lag_events.filter(|lag| *lag > 0)?;
            let events = words::counted(lag as usize, "event", "events");
            return Some(match report.lag_ms {
                Some(millis) if millis > 0 => format!("{events} and {}", Span::from_millis(millis)),
                _ => events,
            });
        }
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
    pub fn choose(
        &mut self,
        ui: &mut Ui,
        (model, session): (&Model, &Session),
        outbox: &mut Outbox,
    ) {
        let words = match self {
            Self::Cursor => "the cursor".to_owned(),
            Self::Consumer(name) => name.to_string(),
            Self::OnDemand(_) => "on demand".to_owned(),
        };
        let button = ui.add(Button::secondary(&words).small().menu().name("Seen by"));
        let button = button.on_hover_text(ABOUT);
        Popup::menu(&button).show(|ui| {
            let question = AskConsumers {
                subject: session.subject(),
                cut: *model.cursor.cut(),
            };
            let consumers = model.answers.consumers.of(&question).cloned();
            outbox.ask(|answers| &mut answers.consumers, question);
            menu_content(ui, |ui| {
                menu_about(ui, SYNCHRONOUS);
                if menu_item(ui, "the cursor (synchronous)").clicked() {
                    *self = Self::Cursor;
                }
                match consumers.as_deref() {
                    None => menu_about(ui, "Consumers are being looked for"),
                    Some([]) => menu_about(ui, "No consumer stores a checkpoint in this store"),
                    Some(names) => {
                        menu_about(ui, ASYNCHRONOUS);
                        for name in names {
                            if menu_item(ui, format!("{name} (asynchronous)")).clicked() {
                                *self = Self::Consumer(name.as_str().into());
                            }
                        }
                    }
                }
                menu_about(ui, ON_DEMAND);
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
