//! The middle pane: the state as tree, as JSON or as differences, with what one must know about it.

use egui::{Frame, Label, Margin, Ui};

use super::difference::{self, DifferenceView};
use super::tree::TreeView;
use crate::analysis::replay::{Existence, Notice as Oddity, NoticeKind};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::panels::words;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{Button, JsonText, JsonView, Notice, PaneHead, Segments, Severity};
use crate::log::{Bound, StreamEnd};
use crate::model::time::relative;
use crate::model::{EventIx, StreamIx};
use crate::render::grouped;
use crate::worker::{Family, Found};

/// How the state is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Page {
    #[default]
    Tree,
    Json,
    Diff,
}

/// The state of a stream.
#[derive(Default)]
pub(super) struct StatePane {
    page: Page,
    stream: Option<StreamIx>,
    tree: TreeView,
    json: Option<(u64, JsonText)>,
    difference: DifferenceView,
}

impl StatePane {
    /// Goes to what differs.
    pub fn show_difference(&mut self) {
        self.page = Page::Diff;
    }

    /// Draws it; `history` are all events of the stream.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        found: Option<&Found>,
        history: &[EventIx],
        outbox: &mut Outbox,
    ) {
        ui.spacing_mut().item_spacing.y = 0.0;
        if self.stream != model.selection.stream {
            self.stream = model.selection.stream;
            self.tree.unpin();
        }
        self.head(ui, model);
        let Some(found) = found else {
            let text = folding(model, history.len());
            let colour = ui.tokens().text2;
            padded(ui, |ui| ui.label(Face::Body.text(text, colour)));
            return;
        };
        notices(ui, found, outbox);
        match found.at.existence {
            Existence::Exists => self.state(ui, model, found, outbox),
            Existence::NotYet => not_yet(ui, found, outbox),
            Existence::Ended { how, by } => ended(ui, found, how, by, history, outbox),
        }
    }

    fn head(&mut self, ui: &mut Ui, model: &Model) {
        let hints = self.page == Page::Diff && model.compare.is_none();
        let page = &mut self.page;
        PaneHead::new("State").show_with(
            ui,
            |ui| {
                Segments::new("Form of the state", page)
                    .option(Page::Tree, "Tree")
                    .option(Page::Json, "JSON")
                    .option(Page::Diff, "Diff")
                    .show(ui);
            },
            |ui| {
                if hints {
                    difference::hint(ui);
                    return;
                }
                let colour = ui.tokens().text2;
                let text = Face::Secondary.text("by default fold (merge)", colour);
                ui.add(Label::new(text).truncate()).on_hover_text(
                    "Payloads are merged in log order: a null removes its field, an array is \
                     replaced whole, and {old, new} sets the field that the event type names",
                );
            },
        );
    }

    fn state(&mut self, ui: &mut Ui, model: &Model, found: &Found, outbox: &mut Outbox) {
        match self.page {
            Page::Tree if found.at.tree().children().next().is_none() => {
                let sentence =
                    "The events of this stream hold no fields: no payload is a JSON object";
                crate::gui::widgets::EmptyState::new(Icon::State, sentence).show(ui);
            }
            Page::Tree => self.tree.show(ui, model, found, outbox),
            Page::Json => self.json(ui, model, found, outbox),
            Page::Diff => self.difference.show(ui, model, found, outbox),
        }
    }

    fn json(&mut self, ui: &mut Ui, model: &Model, found: &Found, outbox: &mut Outbox) {
        let number = model.answers.state.number();
        if self.json.as_ref().is_none_or(|(of, _)| *of != number) {
            let text = found.at.tree().to_value().to_string();
            self.json = Some((number, JsonText::new(&text)));
        }
        let Some((_, text)) = &self.json else { return };
        let room = ui.available_rect_before_wrap();
        padded(ui, |ui| {
            let height = ui.available_height().max(sizes::ROW_CODE);
            JsonView::new("State as JSON", text)
                .max_height(height)
                .show(ui);
        });
        let corner = egui::Rect::from_min_max(
            egui::pos2(room.max.x - sizes::GUTTER - 32.0, room.min.y + 6.0),
            egui::pos2(room.max.x - sizes::GUTTER, room.min.y + 34.0),
        );
        let copy = crate::gui::widgets::IconButton::new(Icon::Copy, "Copy state as JSON");
        if ui.put(corner, copy).clicked() {
            outbox.send(Command::CopyState);
        }
    }
}

/// What is being waited for, and how far it is.
fn folding(model: &Model, events: usize) -> String {
    let mut running = model.running.iter();
    let done = running
        .find(|running| running.family == Family::State)
        .map_or(0, |running| running.progress.done);
    if done == 0 {
        return "Folding the events of this stream…".to_owned();
    }
    let events = words::counted(events, "event", "events");
    format!(
        "Folding the events of this stream: {} of {events}",
        grouped(done)
    )
}

fn padded<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let margin = Margin::symmetric(sizes::PAD as i8, 10);
    Frame::NONE.inner_margin(margin).show(ui, add).inner
}

/// What is odd about the history, with links to the events.
fn notices(ui: &mut Ui, found: &Found, outbox: &mut Outbox) {
    let not_folded = found.at.fold.not_folded() as usize;
    if found.answer.notices.is_empty() && not_folded == 0 {
        return;
    }
    let t = ui.tokens();
    let margin = Margin::symmetric(sizes::PAD as i8, 6);
    Frame::NONE.inner_margin(margin).show(ui, |ui| {
        for notice in &found.answer.notices {
            oddity(ui, found, notice, outbox);
        }
        if not_folded > 0 {
            let events = words::counted(not_folded, "event", "events");
            let text = format!("{events} so far carry no JSON object and left the state as it was");
            Notice::new(Severity::Info, &text).show(ui);
        }
    });
    let line = ui.available_rect_before_wrap();
    ui.painter()
        .hline(line.x_range(), line.min.y - 0.5, (1.0, t.border));
}

fn oddity(ui: &mut Ui, found: &Found, notice: &Oddity, outbox: &mut Outbox) {
    let severity = match notice.kind {
        NoticeKind::Unreadable => Severity::Error,
        _ => Severity::Warning,
    };
    let places: Vec<String> = notice
        .evidence
        .iter()
        .map(|event| event.position.to_string())
        .collect();
    let mut shown = Notice::new(severity, &notice.message);
    for place in &places {
        shown = shown.place(place);
    }
    let event = shown
        .show(ui)
        .place
        .and_then(|place| notice.evidence.get(place))
        .and_then(|event| found.log.event_at(&event.position));
    if let Some(event) = event {
        outbox.send(Command::GoToEvent(event));
    }
}

fn not_yet(ui: &mut Ui, found: &Found, outbox: &mut Outbox) {
    let log = &found.log;
    let name = log.stream_name(found.at.stream);
    let text = match found.at.next {
        Some(next) => {
            let begins = words::type_of(log, next);
            let time = log.time(next, found.at.cut.clock());
            let far = time
                .zip(found.at.cut.time(log))
                .map_or(String::new(), |(time, now)| {
                    format!(" {}", relative(time, now))
                });
            format!("{name} did not exist yet at the cursor. It begins with {begins}{far}.")
        }
        None => format!("{name} has no events"),
    };
    words_and_button(ui, &text, "Go to its first event", found.at.next, outbox);
}

fn ended(
    ui: &mut Ui,
    found: &Found,
    how: StreamEnd,
    by: EventIx,
    history: &[EventIx],
    outbox: &mut Outbox,
) {
    let log = &found.log;
    let how = match how {
        StreamEnd::Tombstoned => "tombstoned",
        StreamEnd::Deleted => "deleted",
        StreamEnd::Archived => "archived",
    };
    let far = log
        .time(by, found.at.cut.clock())
        .zip(found.at.cut.time(log))
        .map_or(String::new(), |(time, now)| {
            format!(", {}", relative(time, now))
        });
    let name = log.stream_name(found.at.stream);
    let text = format!("{name} was {how} by {}{far}.", words::type_of(log, by));
    let before = history
        .partition_point(|&event| event < by)
        .checked_sub(1)
        .and_then(|at| history.get(at))
        .copied();
    words_and_button(ui, &text, "Go to the state before", before, outbox);
}

fn words_and_button(
    ui: &mut Ui,
    text: &str,
    button: &str,
    event: Option<EventIx>,
    outbox: &mut Outbox,
) {
    let colour = ui.tokens().text2;
    padded(ui, |ui| {
        ui.spacing_mut().item_spacing.y = sizes::GAP;
        ui.add(Label::new(Face::Body.text(text, colour)).wrap());
        if let Some(event) = event
            && ui.add(Button::secondary(button)).clicked()
        {
            outbox.send(Command::MoveTo(Bound::Event(event)));
        }
    });
}
