//! A choice of one out of two to six, side by side.

use egui::{Align2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::control::{self, ControlSize};
use super::line::{one_line, paint_galley};
use crate::gui::theme::{Face, TokensExt, sizes};

/// Exclusive views side by side, the one that is on raised.
#[derive(Debug)]
#[must_use = "call show"]
pub struct Segments<'a, T> {
    name: &'a str,
    current: &'a mut T,
    options: Vec<(T, &'a str)>,
    size: ControlSize,
}

impl<'a, T: PartialEq + Clone> Segments<'a, T> {
    /// `name` says what is chosen ("View of the state"), for assistive technology.
    pub fn new(name: &'a str, current: &'a mut T) -> Self {
        Self {
            name,
            current,
            options: Vec::new(),
            size: ControlSize::Small,
        }
    }

    /// One more segment.
    pub fn option(mut self, value: T, word: &'a str) -> Self {
        self.options.push((value, word));
        self
    }

    /// 28 instead of 24 points.
    pub fn tall(mut self) -> Self {
        self.size = ControlSize::Normal;
        self
    }

    /// Shows the segments; the response is `changed` when another one was chosen.
    pub fn show(self, ui: &mut Ui) -> Response {
        let t = ui.tokens();
        let painter = ui.painter().clone();
        let words: Vec<_> = self
            .options
            .iter()
            .map(|(_, word)| {
                one_line(
                    &painter,
                    word,
                    Face::DenseStrong,
                    egui::Color32::PLACEHOLDER,
                    f32::INFINITY,
                )
            })
            .collect();
        let widths: Vec<f32> = words
            .iter()
            .map(|word| (word.size().x + 20.0).ceil())
            .collect();
        let size = vec2(widths.iter().sum(), self.size.height());
        let (rect, mut whole) = ui.allocate_exact_size(size, Sense::hover());
        whole.widget_info(|| WidgetInfo::labeled(Role::RadioGroup, ui.is_enabled(), self.name));
        painter.rect(
            rect,
            sizes::RADIUS,
            t.raised,
            Stroke::new(1.0, t.border),
            StrokeKind::Inside,
        );
        let mut left = rect.min.x;
        for (((value, word), galley), width) in self.options.into_iter().zip(words).zip(widths) {
            let part = Rect::from_min_size(pos2(left, rect.min.y), vec2(width, rect.height()));
            left += width;
            let response = ui.interact(part, whole.id.with(word), Sense::click());
            let on = *self.current == value;
            response
                .widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), on, word));
            if on {
                let frame = Stroke::new(1.0, t.border2);
                painter.rect(part, sizes::RADIUS, t.overlay, frame, StrokeKind::Inside);
            }
            let ink = if on || response.hovered() {
                t.text
            } else {
                t.text2
            };
            let ink = control::enabled(ui, ink);
            paint_galley(&painter, part, Align2::CENTER_CENTER, galley, ink);
            control::focus_ring(ui, &response);
            if response.clicked() && !on {
                *self.current = value;
                whole.mark_changed();
            }
        }
        whole
    }
}
