//! The card of one event: what it is, when it was, what it hangs together with, what it carries.
//! It shows the event that was last inspected, in any view that has room for it.

mod body;
mod chain;
mod copied;
mod facts;
mod links;
pub(in crate::gui) mod words;

use egui::{ScrollArea, Ui};

use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Direction, Inspected, Model, View};
use crate::gui::theme::{Icon, TokensExt, sizes};
use crate::gui::widgets::{EmptyState, IconButton, PaneHead};
use crate::log::Log;
use crate::model::{EventIx, StreamIx};
use body::{Bodies, Side};
use facts::Facts;
use links::{Cause, Links};

/// The card of one event.
#[derive(Default)]
pub(in crate::gui) struct EventCard {
    links: Links,
    bodies: Bodies,
}

impl EventCard {
    /// Draws the inspected event into `ui`.
    pub fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        ui.spacing_mut().item_spacing.y = 0.0;
        let Some((session, event)) = model.session.as_ref().zip(shown_event(model)) else {
            nothing(ui, model);
            return;
        };
        let log: &Log = &session.log;
        let inspected = model.answers.inspected.get();
        let inspected = inspected.filter(|inspected| inspected.event == event);
        self.links.load(log, session.revision, event);
        head(ui, model, log, event, inspected, outbox);
        let scroll = ScrollArea::vertical()
            .id_salt("event-card")
            .auto_shrink(false);
        scroll.show(ui, |ui| {
            self.content(ui, model, log, event, inspected, outbox);
        });
    }

    fn content(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        log: &Log,
        event: EventIx,
        inspected: Option<&Inspected>,
        outbox: &mut Outbox,
    ) {
        let body = inspected.and_then(|inspected| inspected.body.as_ref().ok());
        let facts = Facts {
            model,
            log,
            event,
            native_position: body.and_then(|body| body.native_position.as_deref()),
        };
        egui::Frame::NONE
            .inner_margin(egui::Margin::symmetric(sizes::PAD as i8, 8))
            .show(ui, |ui| {
                facts.show(ui, &mut self.links, outbox);
                if self.links.cause == Cause::None && self.links.effects.is_empty() {
                    let why = if log.is_complete() {
                        "neither cause nor effect recorded"
                    } else {
                        "not indexed yet"
                    };
                    crate::gui::widgets::KeyValue::new("Cause")
                        .name_width(facts::NAMES)
                        .absent(ui, why);
                }
            });
        chain::show(ui, model, log, event, &self.links, outbox);
        ui.add_space(6.0);
        let Some(inspected) = inspected else { return };
        self.bodies
            .load(model.answers.inspected.number(), inspected);
        let side = if model.is_known(event) {
            Side::Past
        } else {
            Side::Future
        };
        let schema = log.schema_version(event);
        if let Some(text) = self.bodies.show(ui, inspected, schema, side) {
            outbox.send(Command::Copy(text));
        }
    }
}

/// The event to show: the selected one, in the state view else the one that made the state. The last
/// one shown stays until the next has come, so that nothing flickers.
fn shown_event(model: &Model) -> Option<EventIx> {
    let made = || match model.view {
        View::State => model.answers.state.get()?.at.last,
        _ => None,
    };
    let wanted = model.selection.event.or_else(made)?;
    let len = model.log()?.len();
    let slot = &model.answers.inspected;
    let before = slot.get().map(|inspected| inspected.event);
    before
        .filter(|_| slot.is_pending())
        .or(Some(wanted))
        .filter(|event| event.at() < len)
}

/// The stream that versions are told in: the selected one if the event stands in it.
pub(super) fn stream_shown(model: &Model, log: &Log, event: EventIx) -> StreamIx {
    let own = log.stream(event);
    match model.selection.stream {
        Some(stream) if stream != own && log.version_in(event, stream).is_some() => stream,
        _ => own,
    }
}

fn head(
    ui: &mut Ui,
    model: &Model,
    log: &Log,
    event: EventIx,
    inspected: Option<&Inspected>,
    outbox: &mut Outbox,
) {
    let stream = stream_shown(model, log, event);
    let place = words::place(log, stream, event);
    let dot = ui.tokens().category(log.category(log.stream(event)).at());
    let (step, back, forward): (fn(Direction) -> Command, _, _) =
        if model.selection.stream == Some(stream) {
            let step = Command::StepSelection;
            (
                step,
                "Previous event of this stream",
                "Next event of this stream",
            )
        } else {
            (Command::StepEvent, "Previous event", "Next event")
        };
    PaneHead::new(words::type_of(log, event))
        .dot(dot)
        .secondary_mono(&place)
        .show(ui, |ui| {
            let copy = IconButton::new(Icon::Copy, "Copy event as JSON").small();
            if ui.add(copy).clicked()
                && let Some(text) = inspected.and_then(|inspected| copied::json(log, inspected))
            {
                outbox.send(Command::Copy(text));
            }
            if ui
                .add(IconButton::new(Icon::Down, forward).small())
                .clicked()
            {
                outbox.send(step(Direction::Forward));
            }
            if ui.add(IconButton::new(Icon::Up, back).small()).clicked() {
                outbox.send(step(Direction::Back));
            }
        });
}

fn nothing(ui: &mut Ui, model: &Model) {
    let state = &model.answers.state;
    let sentence = match model.view {
        View::State if state.is_pending() || state.get().is_none() => {
            "The last event is shown once the state is folded; any event of the history can be selected"
        }
        View::State => "No event of this stream was known at the cursor",
        _ => "Select an event to see what it carries",
    };
    EmptyState::new(Icon::Events, sentence).show(ui);
}
