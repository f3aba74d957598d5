//! The card of one event: what it is, when it was, what it hangs together with, what it carries.
//! It shows the event that was last inspected, in any view that has room for it.

mod body;
mod chain;
mod facts;

use egui::{ScrollArea, Ui};
use serde::{Deserialize, Serialize};

use crate::analysis::links::{Cause, Links};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Answers, Direction, Model};
use crate::gui::standing::Standing;
use crate::gui::theme::{Icon, TokensExt, sizes};
use crate::gui::widgets::{IconButton, PaneHead, Side, SidePane};
use crate::gui::words;
use crate::log::Log;
use crate::model::{EventIx, StreamIx};
use crate::worker::{AskEvent, AskLinks, Inspected, Slot};
use body::When;
use facts::Facts;

/// Below this width of a view its card stands under it.
const NARROW: f32 = 860.0;

/// Where less height than this is left, a state matters more than the event behind it: of its card the head
/// is seen, which can be pulled up.
const SHORT: f32 = 400.0;

/// The card of one event.
#[derive(Default)]
pub(in crate::gui) struct EventCard {
    of: Beside,
}

/// How large the user made a card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::gui) struct CardSize {
    /// At the right of its view.
    width: Option<f32>,
    /// Under it.
    height: Option<f32>,
}

/// What a card stands beside. Two cards may be seen at once, with an event each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::gui) enum Beside {
    /// A list of events: it shows the selected one.
    #[default]
    List,
    /// A state: it shows the event that made it, or one of the stream's that is selected.
    State,
}

impl Beside {
    /// Whether a card stands under its view.
    pub fn is_below(ui: &Ui) -> bool {
        ui.available_width() < NARROW
    }

    /// The pane of a card: at the right of a wide view, under a narrow one.
    pub fn pane<'a>(self, ui: &Ui, size: &'a mut CardSize) -> SidePane<'a> {
        let room = ui.available_size();
        if Self::is_below(ui) {
            let usual = match self {
                Self::State if room.y < SHORT => sizes::PANE_HEAD,
                _ => (room.y * 0.45).max(160.0),
            };
            return SidePane::new("event card", Side::Bottom, &mut size.height, usual)
                .range(sizes::PANE_HEAD, room.y * 0.7);
        }
        let share = match self {
            Self::List => 0.27,
            Self::State => 0.47,
        };
        let usual = (room.x * share).clamp(340.0, 640.0);
        SidePane::new("event card", Side::Right, &mut size.width, usual).range(280.0, room.x * 0.5)
    }

    fn body(self, answers: &Answers) -> &Slot<AskEvent> {
        match self {
            Self::List => &answers.inspected,
            Self::State => &answers.beside,
        }
    }

    fn links(self, answers: &Answers) -> &Slot<AskLinks> {
        match self {
            Self::List => &answers.links,
            Self::State => &answers.beside_links,
        }
    }

    fn ask(self, outbox: &mut Outbox, body: AskEvent) {
        outbox.ask(
            match self {
                Self::List => |answers: &mut Answers| &mut answers.inspected,
                Self::State => |answers: &mut Answers| &mut answers.beside,
            },
            body,
        );
    }

    fn ask_links(self, outbox: &mut Outbox, links: AskLinks) {
        outbox.ask(
            match self {
                Self::List => |answers: &mut Answers| &mut answers.links,
                Self::State => |answers: &mut Answers| &mut answers.beside_links,
            },
            links,
        );
    }
}

impl EventCard {
    /// A card beside `of`.
    pub fn beside(of: Beside) -> Self {
        Self { of }
    }

    /// Draws `wanted` into `ui`; the one shown before stays until it has come, so that nothing
    /// flickers.
    pub fn show(&self, ui: &mut Ui, model: &Model, wanted: EventIx, outbox: &mut Outbox) {
        ui.spacing_mut().item_spacing.y = 0.0;
        if let Some(question) = model.ask_event(wanted) {
            self.of.ask(outbox, question);
        }
        let Some((session, event)) = model.session.as_ref().zip(self.shown(model, wanted)) else {
            return;
        };
        let log: &Log = &session.log;
        let inspected = self.of.body(&model.answers).get();
        let inspected = inspected.filter(|inspected| inspected.event == event);
        let question = AskLinks {
            subject: session.subject(),
            event,
            cut: *model.cursor.cut(),
        };
        self.of.ask_links(outbox, question);
        if event != wanted {
            Standing::of(ui, self.of.body(&model.answers)).fade(ui);
        }
        head(ui, model, log, event, outbox);
        let scroll = ScrollArea::vertical()
            .id_salt("event-card")
            .auto_shrink(false);
        scroll.show(ui, |ui| {
            self.content(ui, model, log, event, inspected, outbox);
        });
    }

    /// The event to show.
    fn shown(&self, model: &Model, wanted: EventIx) -> Option<EventIx> {
        let len = model.log()?.len();
        let slot = self.of.body(&model.answers);
        let before = slot.get().map(|inspected| inspected.event);
        let event = before.filter(|_| slot.is_pending()).unwrap_or(wanted);
        (event.at() < len).then_some(event)
    }

    fn content(
        &self,
        ui: &mut Ui,
        model: &Model,
        log: &Log,
        event: EventIx,
        inspected: Option<&Inspected>,
        outbox: &mut Outbox,
    ) {
        let links = self.of.links(&model.answers).known();
        let links = links.filter(|(question, _)| question.event == event);
        let links = links.map(|(_, links)| links);
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
                facts.show(ui, links, outbox);
                let alone = |links: &&Links| links.cause == Cause::None && links.effects.is_empty();
                if links.is_some_and(|links| alone(&links)) {
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
        if let Some(links) = links {
            let shown = chain::Shown {
                model,
                log,
                event,
                links,
                follow: match self.of {
                    Beside::List => Command::FollowEvent,
                    Beside::State => Command::GoToEvent,
                },
            };
            chain::show(ui, &shown, outbox);
        }
        ui.add_space(6.0);
        let Some(inspected) = inspected else { return };
        let when = if model.is_known(event) {
            When::Past
        } else {
            When::Future
        };
        let schema = log.schema_version(event);
        // In a list, what the filter looked for is shown in what it found.
        let looked_for = model.filter.text.as_ref().map(|text| text.text.as_str());
        let marked = looked_for.filter(|_| self.of == Beside::List);
        if let Some(text) = body::show(ui, inspected, schema, (when, marked)) {
            outbox.send(Command::Copy(text));
        }
    }
}

/// The stream that versions are told in: the selected one if the event stands in it.
pub(super) fn stream_shown(model: &Model, log: &Log, event: EventIx) -> StreamIx {
    let own = log.stream(event);
    match model.selection.stream {
        Some(stream) if stream != own && log.version_in(event, stream).is_some() => stream,
        _ => own,
    }
}

fn head(ui: &mut Ui, model: &Model, log: &Log, event: EventIx, outbox: &mut Outbox) {
    let stream = stream_shown(model, log, event);
    let place = words::place(log, stream, event);
    let dot = ui
        .tokens()
        .category(model.colour(log.category(log.stream(event))));
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
            if ui.add(copy).clicked() {
                outbox.send(Command::CopyEvent(event));
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
