//! Payload and metadata of the shown event, drawn in place.

use egui::{Frame, Label, Margin, Ui};

use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{HexView, IconButton, JsonView, Notice, Severity};
use crate::log::Payload;
use crate::render::grouped;
use crate::worker::{Inspected, PayloadText};

/// When the event stands as seen from the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// It was known.
    Past,
    /// It comes later.
    Future,
}

/// Draws payload and metadata; what is to be copied, if that was asked.
pub(super) fn show(
    ui: &mut Ui,
    inspected: &Inspected,
    schema: Option<&str>,
    (when, marked): (When, Option<&str>),
) -> Option<String> {
    let body = match &inspected.body {
        Ok(body) => body,
        Err(error) => {
            let sentence = format!("Payload could not be read: {error}");
            line(ui);
            padded(ui, |ui| Notice::new(Severity::Error, &sentence).show(ui));
            return None;
        }
    };
    let part = |name, prepared, payload| Part {
        name,
        prepared,
        payload,
        when,
        marked,
    };
    let data = part("Payload", &inspected.data, &body.data);
    let metadata = part("Metadata", &inspected.metadata, &body.metadata);
    let copied = data.show(ui, &data.note(schema));
    copied.or(metadata.show(ui, &metadata.note(None)))
}

const fn encoding(text: &PayloadText) -> &'static str {
    match text {
        PayloadText::Absent => "none",
        PayloadText::Json(_) => "JSON",
        PayloadText::Viewed(..) => "shown as JSON",
        PayloadText::Text(_) => "text",
        PayloadText::Bytes => "bytes of no known encoding",
    }
}

fn copied(text: &PayloadText, payload: &Payload) -> Option<String> {
    match (text, payload) {
        (PayloadText::Json(text) | PayloadText::Text(text) | PayloadText::Viewed(text, _), _) => {
            Some(text.pretty())
        }
        (PayloadText::Bytes, Payload::Opaque(bytes)) => {
            Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
        }
        _ => None,
    }
}

/// One of the two on its way to the screen.
struct Part<'a> {
    name: &'static str,
    prepared: &'a PayloadText,
    payload: &'a Payload,
    when: When,
    /// The text that was looked for.
    marked: Option<&'a str>,
}

impl Part<'_> {
    /// `JSON, 214 bytes, schema v2`
    fn note(&self, schema: Option<&str>) -> String {
        if matches!(self.payload, Payload::Absent) {
            return String::new();
        }
        let size = self.payload.size() as u64;
        let schema = schema.map_or(String::new(), |schema| {
            let digits = schema.starts_with(|c: char| c.is_ascii_digit());
            format!(", schema {}{schema}", if digits { "v" } else { "" })
        });
        format!(
            "{}, {} bytes{schema}",
            encoding(self.prepared),
            grouped(size)
        )
    }

    fn show(&self, ui: &mut Ui, note: &str) -> Option<String> {
        let t = ui.tokens();
        line(ui);
        let mut copied = None;
        let (_, head) = ui.allocate_space(egui::vec2(ui.available_width(), 32.0));
        let inner = head.shrink2(egui::vec2(sizes::PAD, 0.0));
        let builder = egui::UiBuilder::new()
            .id_salt(self.name)
            .max_rect(inner)
            .layout(egui::Layout::right_to_left(egui::Align::Center));
        let mut right = ui.new_child(builder);
        if !matches!(self.payload, Payload::Absent) {
            let name = format!("Copy {}", self.name.to_lowercase());
            if right
                .add(IconButton::new(Icon::Copy, &name).small())
                .clicked()
            {
                copied = self::copied(self.prepared, self.payload);
            }
        }
        right.add(Label::new(Face::Secondary.text(note, t.text2)).truncate());
        let left = inner.with_max_x(right.min_rect().min.x.max(inner.min.x));
        crate::gui::widgets::paint_line(
            ui.painter(),
            left,
            egui::Align2::LEFT_CENTER,
            self.name,
            Face::Secondary,
            t.text2,
        );
        padded(ui, |ui| self.content(ui));
        ui.add_space(sizes::PAD);
        copied
    }

    fn content(&self, ui: &mut Ui) {
        match (self.prepared, self.payload) {
            (
                PayloadText::Json(text) | PayloadText::Text(text) | PayloadText::Viewed(text, _),
                _,
            ) => {
                let view = JsonView::new(self.name, text).marked(self.marked);
                match self.when {
                    When::Past => view.show(ui),
                    When::Future => view.future().show(ui),
                };
                self.stored(ui);
            }
            (PayloadText::Bytes, Payload::Opaque(bytes)) => {
                HexView::new(self.name, bytes).show(ui);
            }
            _ => {
                let text = format!("This event carries no {}", self.name.to_lowercase());
                ui.add(Label::new(Face::Secondary.text(text, ui.tokens().text3)));
            }
        }
    }
}

impl Part<'_> {
    /// Under the view of another encoding what is stored.
    fn stored(&self, ui: &mut Ui) {
        let (PayloadText::Viewed(_, text), Payload::Viewed(viewed)) = (self.prepared, self.payload)
        else {
            return;
        };
        let head = format!(
            "{} as stored, {}",
            self.name,
            viewed.encoding.to_uppercase()
        );
        ui.add(Label::new(Face::Secondary.text(&head, ui.tokens().text3)));
        match text {
            Some(text) => {
                JsonView::new(&head, text).show(ui);
            }
            None => {
                HexView::new(&head, &viewed.stored).show(ui);
            }
        }
    }
}

/// The line between two sections of the card.
pub(super) fn line(ui: &mut Ui) {
    let (_, rect) = ui.allocate_space(egui::vec2(ui.available_width(), 1.0));
    let colour = ui.tokens().border;
    ui.painter().rect_filled(rect, 0.0, colour);
}

fn padded<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let margin = Margin {
        left: sizes::PAD as i8,
        right: 0,
        top: 0,
        bottom: 0,
    };
    Frame::NONE.inner_margin(margin).show(ui, add).inner
}
