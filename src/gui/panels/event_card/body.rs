//! Payload and metadata of the shown event, cut into lines once and drawn in place.

use egui::{Frame, Label, Margin, Ui};

use crate::gui::model::Inspected;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{HexView, IconButton, JsonText, JsonView, Notice, Severity};
use crate::log::Payload;
use crate::render::grouped;

/// When the event stands as seen from the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// It was known.
    Past,
    /// It comes later.
    Future,
}

/// A payload made ready to be drawn.
#[derive(Debug, Default)]
enum Prepared {
    #[default]
    Absent,
    Json(JsonText),
    /// Text of no known encoding.
    Text(JsonText),
    Bytes,
}

impl Prepared {
    fn of(payload: &Payload) -> Self {
        match payload {
            Payload::Absent => Self::Absent,
            Payload::Json(raw) => Self::Json(JsonText::new(raw.get())),
            Payload::Opaque(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) if !text.contains(|c: char| c.is_control() && !c.is_whitespace()) => {
                    Self::Text(JsonText::plain(text))
                }
                _ => Self::Bytes,
            },
        }
    }

    const fn encoding(&self) -> &'static str {
        match self {
            Self::Absent => "none",
            Self::Json(_) => "JSON",
            Self::Text(_) => "text",
            Self::Bytes => "bytes of no known encoding",
        }
    }

    fn copied(&self, payload: &Payload) -> Option<String> {
        match (self, payload) {
            (Self::Json(text) | Self::Text(text), _) => Some(text.pretty()),
            (Self::Bytes, Payload::Opaque(bytes)) => {
                Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
            }
            _ => None,
        }
    }
}

/// The two parts of an event that stay in the file, ready to be drawn.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    number: Option<u64>,
    data: Prepared,
    metadata: Prepared,
}

impl Bodies {
    /// Cuts the answer to job `number` into lines, unless that was done.
    pub fn load(&mut self, number: u64, inspected: &Inspected) {
        if self.number == Some(number) {
            return;
        }
        let (data, metadata) = match &inspected.body {
            Ok(body) => (Prepared::of(&body.data), Prepared::of(&body.metadata)),
            Err(_) => Default::default(),
        };
        *self = Self {
            number: Some(number),
            data,
            metadata,
        };
    }

    /// Draws payload and metadata; what is to be copied, if that was asked.
    pub fn show(
        &self,
        ui: &mut Ui,
        inspected: &Inspected,
        schema: Option<&str>,
        side: Side,
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
        let data = Part::new("Payload", &self.data, &body.data, side);
        let metadata = Part::new("Metadata", &self.metadata, &body.metadata, side);
        let copied = data.show(ui, &data.note(schema));
        copied.or(metadata.show(ui, &metadata.note(None)))
    }
}

/// One of the two on its way to the screen.
struct Part<'a> {
    name: &'static str,
    prepared: &'a Prepared,
    payload: &'a Payload,
    side: Side,
}

impl<'a> Part<'a> {
    const fn new(
        name: &'static str,
        prepared: &'a Prepared,
        payload: &'a Payload,
        side: Side,
    ) -> Self {
        Self {
            name,
            prepared,
            payload,
            side,
        }
    }

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
            self.prepared.encoding(),
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
                copied = self.prepared.copied(self.payload);
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
            (Prepared::Json(text) | Prepared::Text(text), _) => {
                let view = JsonView::new(self.name, text);
                match self.side {
                    Side::Past => view.show(ui),
                    Side::Future => view.future().show(ui),
                };
            }
            (Prepared::Bytes, Payload::Opaque(bytes)) => {
                HexView::new(self.name, bytes).show(ui);
            }
            _ => {
                let text = format!("This event carries no {}", self.name.to_lowercase());
                ui.add(Label::new(Face::Secondary.text(text, ui.tokens().text3)));
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
