//! The facts of an event that the index holds: times, ids, correlation.

use egui::{Label, Ui};

use crate::analysis::links::Links;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, View};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{IconButton, KeyValue, Link};
use crate::gui::words;
use crate::log::{Clock, Log};
use crate::model::EventIx;
use crate::model::time::Style;
use crate::render::grouped;

/// Where the values begin.
pub(super) const NAMES: f32 = 76.0;

/// The event, and what is known around it.
pub(super) struct Facts<'a> {
    pub model: &'a Model,
    pub log: &'a Log,
    pub event: EventIx,
    pub native_position: Option<&'a str>,
}

impl Facts<'_> {
    /// Draws them one below the other.
    pub fn show(&self, ui: &mut Ui, links: Option<&Links>, outbox: &mut Outbox) {
        self.stream(ui, outbox);
        self.time(ui, "Recorded", Clock::Recorded);
        self.time(ui, "Occurred", Clock::Occurred);
        if let Some(position) = self.native_position {
            row("Position").show(ui, |ui| copyable(ui, "Copy position", position, outbox));
        }
        let id = self.log.event_id(self.event).map(|id| id.to_string());
        match id {
            Some(id) => {
                row("Event id").show(ui, |ui| copyable(ui, "Copy event id", &id, outbox));
            }
            None => row("Event id").absent(ui, "not held by this store"),
        }
        self.correlation(ui, links, outbox);
    }

    /// The stream, where the view around does not name it.
    fn stream(&self, ui: &mut Ui, outbox: &mut Outbox) {
        let (log, selection) = (self.log, &self.model.selection);
        let stream = log.stream(self.event);
        if self.model.view == View::State && selection.stream == Some(stream) {
            return;
        }
        let name = log.stream_name(stream);
        row("Stream").show(ui, |ui| {
            let link = Link::mono(name).middle(40);
            if ui.add(link).on_hover_text("Look at its state").clicked() {
                outbox.send(Command::GoToStream(stream));
            }
            let category = log.category_name(log.category(stream));
            quiet(ui, category);
        });
    }

    fn time(&self, ui: &mut Ui, name: &str, clock: Clock) {
        let Some(time) = self.log.own_time(self.event, clock) else {
            let why = if self.log.has_clock(clock) {
                "not given for this event; it counts at the time of the event before it"
            } else {
                "not held by this store"
            };
            row(name).absent(ui, why);
            return;
        };
        row(name).show(ui, |ui| {
            let text = self.model.zone().format(time, Style::AsNeeded);
            let colour = ui.tokens().text;
            ui.add(Label::new(Face::Code.text(text, colour)).truncate());
            let far = words::distance(Some(time), self.model.cursor.time(), self.model.zone());
            if let Some(far) = far.filter(|_| clock == self.model.clock()) {
                quiet(ui, &far);
            }
        });
    }

    fn correlation(&self, ui: &mut Ui, links: Option<&Links>, outbox: &mut Outbox) {
        let Some(id) = self.log.correlation(self.event) else {
            row("Correlation").absent(ui, "no correlation id");
            return;
        };
        row("Correlation").show(ui, |ui| {
            let most = (ui.available_width() / 16.0) as usize;
            let link = ui.add(Link::mono(&id.to_string()).middle(most.clamp(9, 36)));
            if link.on_hover_text("Show the events with this id").clicked() {
                outbox.send(Command::FilterCorrelation(self.event));
            }
            if !self.log.is_complete() {
                quiet(ui, "not indexed yet");
                return;
            }
            let Some(counts) = links.map(|links| links.correlated) else {
                return;
            };
            if counts.known > 0 {
                let events = words::counted(counts.known, "event", "events");
                let streams = words::counted(counts.streams, "stream", "streams");
                quiet(ui, &format!("{events} in {streams}"));
            }
            if counts.later > 0 {
                let later = format!("{} after the cursor", grouped(counts.later as u64));
                let colour = ui.tokens().future;
                ui.add(Label::new(Face::Secondary.text(later, colour)).truncate());
            }
        });
    }
}

fn row(name: &str) -> KeyValue<'_> {
    KeyValue::new(name).name_width(NAMES)
}

fn quiet(ui: &mut Ui, text: &str) {
    let colour = ui.tokens().text2;
    ui.add(Label::new(Face::Secondary.text(text, colour)).truncate());
}

/// An id, cut in the middle where it must be, with a button that copies the whole.
fn copyable(ui: &mut Ui, name: &str, id: &str, outbox: &mut Outbox) {
    let digit = ui.fonts_mut(|fonts| fonts.glyph_width(&Face::Code.font(), '0'));
    let room = (ui.available_width() - sizes::BUTTON_SMALL - sizes::GAP).max(0.0);
    let shown = crate::gui::widgets::middle_ellipsis(id, (room / digit) as usize);
    let colour = ui.tokens().text;
    ui.add(Label::new(Face::Code.text(shown, colour)).truncate())
        .on_hover_text(id);
    if ui
        .add(IconButton::new(Icon::Copy, name).small().tiny_icon())
        .clicked()
    {
        outbox.send(Command::Copy(id.to_owned()));
    }
}
