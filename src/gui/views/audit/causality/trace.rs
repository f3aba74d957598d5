//! What led to the selected event and what came of it: lanes over time, and the tree with how long after its
//! cause each event came.

use egui::{Label, Panel, ScrollArea, Ui};

use super::lanes;
use super::prepared::Prepared;
use super::tree::tree;
use crate::analysis::causality::{Subject, TraceReport};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, Reordered, Session};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::Standing;
use crate::gui::widgets::{Button, EmptyState, PaneHead, Segments, Side, SidePane};
use crate::gui::words;
use crate::log::{Bound, Cut, Log};
use crate::model::EventIx;
use crate::render::{self, grouped};
use crate::worker::AskTrace;

/// How far around an event is looked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum By {
    /// Along causes.
    #[default]
    Causes,
    /// All with its correlation id.
    Correlation,
}

/// The trace.
#[derive(Debug, Default)]
pub(super) struct Trace {
    by: By,
    /// The event around which is looked. A click on another one of its trace leaves it.
    around: Option<EventIx>,
    prepared: Option<Prepared>,
    lanes: Option<f32>,
    /// Services in the order of their colours: one has the same along causes and along a correlation.
    services: Vec<String>,
}

impl Trace {
    /// Is about the same event in a log of another order.
    pub fn reordered(&mut self, moved: &Reordered) {
        self.around = self.around.and_then(|event| moved.event(event));
        self.prepared = None;
    }

    /// What is traced, as the command line takes it.
    pub fn traced(&self, model: &Model, log: &Log) -> Option<String> {
        let around = self
            .around
            .filter(|_| model.answers.trace.get().is_some())?;
        match (self.by, log.correlation(around)) {
            (By::Correlation, Some(id)) => Some(id.to_string()),
            _ => Some(log.position_name(around).to_string()),
        }
    }

    pub fn show(&mut self, ui: &mut Ui, model: &Model, session: &Session, outbox: &mut Outbox) {
        let log = &session.log;
        let selected = model.selection.event.filter(|event| event.at() < log.len());
        let is_new = selected.is_some_and(|event| {
            let shown = self.prepared.as_ref().is_some_and(|own| own.holds(event));
            self.around.is_none() || (!shown && model.answers.trace.current().is_some())
        });
        if is_new {
            self.around = selected;
        }
        let Some(around) = self.around.filter(|event| event.at() < log.len()) else {
            let sentence = "Select an event, here or in any other view, to see what led to it and what came of it";
            let cut = model.cursor.cut();
            let last = last(log, cut);
            let word = match last.filter(|_| cut.bound() != Bound::Head) {
                Some(event) => format!("Take {}", words::position(log, event)),
                None => "Take the last event".to_owned(),
            };
            if EmptyState::new(Icon::Link, sentence).button(&word).show(ui) {
                outbox.send(Command::SelectEvent(last));
            }
            return;
        };
        let question = AskTrace {
            subject: session.subject(),
            cut: *model.cursor.cut(),
            traced: match (self.by, log.correlation(around)) {
                (By::Correlation, Some(id)) => Subject::Correlation(id.to_string()),
                _ => Subject::Event(around),
            },
        };
        outbox.ask(|answers| &mut answers.trace, question);
        let slot = &model.answers.trace;
        let standing = Standing::of(ui, slot);
        let report = slot.get();
        self.head(ui, model, (log, around), report, outbox);
        standing.tell(ui, "The trace", outbox);
        let Some(report) = report else {
            EmptyState::new(Icon::Link, "The causes are being traced").show(ui);
            return;
        };
        standing.fade(ui);
        if report.nodes.is_empty() {
            let sentence = "This event was not known yet at the cursor";
            if EmptyState::new(Icon::Link, sentence)
                .button("Move the cursor to it")
                .show(ui)
            {
                outbox.send(Command::MoveTo(Bound::Event(around)));
            }
            return;
        }
        if self
            .prepared
            .as_ref()
            .is_none_or(|own| own.number != slot.number())
        {
            let known = &mut self.services;
            self.prepared = Some(Prepared::new(slot.number(), log, report, known));
        }
        let Some(prepared) = &self.prepared else {
            return;
        };
        notes(ui, report);
        let mut height = self.lanes;
        let room = ui.available_height();
        let lanes = (lanes::height(prepared) + sizes::GAP).min(room * LANES);
        SidePane::new("tree", Side::Bottom, &mut height, room - lanes)
            .range(100.0, (room - LEAST_LANES).max(100.0))
            .show(ui, |ui| tree(ui, model, (report, prepared), outbox));
        self.lanes = height;
        let area = ScrollArea::vertical().id_salt("lanes").auto_shrink(false);
        area.show(ui, |ui| lanes::show(ui, model, (report, prepared), outbox));
    }

    fn head(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (log, around): (&Log, EventIx),
        report: Option<&TraceReport>,
        outbox: &mut Outbox,
    ) {
        let title = format!(
            "{} {}",
            words::type_of(log, around),
            words::position(log, around)
        );
        let sentence = report.map_or_else(String::new, |report| {
            let services: std::collections::BTreeSet<_> = report
                .nodes
                .iter()
                .take(1000)
                .filter_map(|node| node.service.as_deref())
                .collect();
            let events = words::counted(report.nodes.len(), "event", "events");
            match (services.len(), report.left_out) {
                _ if report.is_alone() => format!("{events}, no cause and no effect recorded"),
                (0 | 1, 0) => events,
                (count, 0) => format!("{events} of {count} services"),
                (_, left_out) => format!("{events}, and {} more", grouped(left_out)),
            }
        });
        let correlated = log.correlation(around).is_some();
        let by = &mut self.by;
        PaneHead::new(&title).secondary(&sentence).show(ui, |ui| {
            let copy = Button::ghost("Copy")
                .icon(Icon::Copy)
                .small()
                .name("Copy the trace");
            if let Some(report) = report
                && ui.add(copy).clicked()
            {
                let moment = super::super::moment(&report.as_of, model.zone());
                outbox.send(Command::Copy(render::trace(report, &moment, model.zone())));
            }
            ui.add_enabled_ui(correlated, |ui| {
                Segments::new("Traced along", by)
                    .option(By::Causes, "Causes")
                    .option(By::Correlation, "Correlation")
                    .show(ui);
            });
        });
    }
}

/// The part of the room that lanes take at most, where nobody made more, and what they have at least.
const LANES: f32 = 0.55;
const LEAST_LANES: f32 = 60.0;

/// The last event known.
fn last(log: &Log, cut: &Cut) -> Option<EventIx> {
    let last = cut.known(log).into_iter().next_back()?;
    last.end.checked_sub(1).map(EventIx)
}

/// What the clocks say against each other, in a line.
fn notes(ui: &mut Ui, report: &TraceReport) {
    let mut parts: Vec<String> = report.circles_in_words().collect();
    if parts.is_empty() && report.skew.is_empty() && report.disagreements.is_empty() {
        return;
    }
    let t = ui.tokens();
    for skew in &report.skew {
        parts.push(skew.to_string());
    }
    // In the order of the orders.
    for same in report.disagreements.chunk_by(|a, b| a.by == b.by) {
        let pairs = words::counted(same.len(), "pair of neighbours", "pairs of neighbours");
        let most = same.iter().filter_map(|own| own.apart_us).max();
        let most = most.map_or_else(String::new, |most| format!(", by up to {}", most.precise()));
        parts.push(format!(
            "The {} order turns {pairs} round{most}.",
            same[0].by
        ));
    }
    let panel = Panel::top("trace-notes")
        .resizable(false)
        .show_separator_line(false);
    let margin = egui::Margin::symmetric(sizes::PAD as i8, 6);
    panel
        .frame(egui::Frame::NONE.inner_margin(margin))
        .show(ui, |ui| {
            ui.add(Label::new(Face::Secondary.text(parts.join(" "), t.warning)).wrap());
        });
}
