//! Keys as caps: "Ctrl" "K".

use egui::{
    Align2, Color32, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Widget, WidgetInfo, pos2,
    vec2,
};

use super::line::{one_line, paint_galley};
use crate::gui::theme::{Face, TokensExt, sizes};

/// One cap per key of a shortcut, written as egui formats it ("Ctrl+Shift+C").
#[derive(Clone, Copy, Debug)]
#[must_use = "add it with ui.add"]
pub struct Keycap<'a> {
    keys: &'a str,
}

const HEIGHT: f32 = 18.0;
const GAP: f32 = 4.0;

impl<'a> Keycap<'a> {
    /// Keys joined by "+" or a space.
    pub fn new(keys: &'a str) -> Self {
        Self { keys }
    }
}

impl Widget for Keycap<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = ui.tokens();
        let caps: Vec<_> = self
            .keys
            .split(['+', ' '])
            .filter(|key| !key.is_empty())
            .map(|key| {
                one_line(
                    ui.painter(),
                    key,
                    Face::Cell,
                    Color32::PLACEHOLDER,
                    f32::INFINITY,
                )
            })
            .collect();
        let width = |cap: &egui::Galley| (cap.size().x + 10.0).ceil().max(HEIGHT);
        let gaps = GAP * caps.len().saturating_sub(1) as f32;
        let total = caps.iter().map(|cap| width(cap)).sum::<f32>() + gaps;
        let (rect, response) = ui.allocate_exact_size(vec2(total, HEIGHT), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, self.keys));
        let mut left = rect.min.x;
        for cap in caps {
            let place = Rect::from_min_size(pos2(left, rect.min.y), vec2(width(&cap), HEIGHT));
            left = place.max.x + GAP;
            let frame = Stroke::new(1.0, t.border2);
            ui.painter()
                .rect_stroke(place, sizes::RADIUS - 1, frame, StrokeKind::Inside);
            paint_galley(ui.painter(), place, Align2::CENTER_CENTER, cap, t.text2);
        }
        response
    }
}
