//! The page of causality: what caused what around the selected event, as a tree and over time; how far the
//! clocks of services are apart and where orders disagree; and writes that did not know of each other.

mod clocks;
mod conflicts;
mod lanes;
mod own_merge;
mod prepared;
mod ticks;
mod trace;
mod tree;

use egui::{CentralPanel, Ui};

use crate::gui::command::Outbox;
use crate::gui::model::{Model, Reordered, Session};
use crate::gui::theme::Icon;
use crate::gui::views::Standing;
use crate::gui::widgets::{EmptyState, Tabs};
use crate::log::Log;
use crate::render::grouped;
use crate::worker::FoundAudit;

/// What the page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    Trace,
    Clocks,
    Conflicts,
}

/// The page.
#[derive(Debug, Default)]
pub(super) struct Causality {
    shown: Shown,
    trace: trace::Trace,
    conflicts: conflicts::Conflicts,
}

impl Causality {
    /// Is about the same events in a log of another order.
    pub fn reordered(&mut self, moved: &Reordered) {
        self.trace.reordered(moved);
        self.conflicts.reordered(moved);
    }

    /// What is traced, as the command line takes it.
    pub fn traced(&self, model: &Model, log: &Log) -> Option<String> {
        self.trace.traced(model, log)
    }

    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        session: &Session,
        (found, standing): (Option<&FoundAudit>, &Standing),
        outbox: &mut Outbox,
    ) {
        let deeper = found.map(|found| &found.deeper);
        let early = deeper.map_or(0, |own| own.clocks.early.count);
        // Of what only clocks leave open nobody has to be afraid.
        let conflicts = deeper.map_or(0, |own| own.conflicts.known());
        let mut tabs = Tabs::new("Of causality", &mut self.shown).tab(Shown::Trace, "Trace");
        tabs = match early {
            0 => tabs.tab(Shown::Clocks, "Clocks and orders"),
            early => tabs.tab_with_count(Shown::Clocks, "Clocks and orders", grouped(early)),
        };
        tabs = match conflicts {
            0 => tabs.tab(Shown::Conflicts, "Concurrent writes"),
            count => tabs.tab_with_count(Shown::Conflicts, "Concurrent writes", grouped(count)),
        };
        tabs.show(ui);
        CentralPanel::no_frame().show(ui, |ui| {
            if self.shown == Shown::Trace {
                self.trace.show(ui, model, session, outbox);
                return;
            }
            let Some(deeper) = deeper else {
                EmptyState::new(Icon::Audit, "The store is being audited").show(ui);
                return;
            };
            standing.fade(ui);
            match self.shown {
                Shown::Conflicts => {
                    self.conflicts
                        .show(ui, model, session, &deeper.conflicts, outbox);
                }
                _ => clocks::show(ui, &deeper.clocks, outbox),
            }
        });
    }
}
