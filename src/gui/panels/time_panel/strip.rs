//! The strip: the whole store at a glance, with a frame around what the plot shows that can be
//! dragged.

use egui::{Align2, CursorIcon, Role, Sense, Ui, WidgetInfo, pos2};

use super::geometry::{Geometry, StripScale};
use super::transport::View;
use super::{TimePanel, bars};
use crate::analysis::density::Axis;
use crate::gui::model::{Model, Reach};
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::paint_line;
use crate::worker::Timeline;

/// Less than this is not worth its words.
const MISSING: f32 = 0.03;

impl TimePanel {
    pub(super) fn strip(
        &mut self,
        ui: &mut Ui,
        geometry: &Geometry,
        view: View,
        model: &Model,
        timeline: Option<&Timeline>,
    ) {
        let Some((first, last)) = self.extent else {
            return;
        };
        let whole = geometry.strip;
        let known = 1.0 - missing(model);
        let scale = StripScale {
            rect: whole.with_max_x(whole.left() + whole.width() * known),
            axis: Axis::new(view.scale, first, last),
        };
        let tokens = ui.tokens();
        let label = geometry.gutter(whole);
        let left = Align2::LEFT_CENTER;
        paint_line(
            ui.painter(),
            label,
            left,
            "Whole store",
            Face::Secondary,
            tokens.text3,
        );
        ui.painter().rect_filled(whole, 0.0, tokens.field);
        if known < 1.0 {
            let rest = whole.with_min_x(scale.rect.right());
            let words = "not indexed yet";
            let middle = Align2::CENTER_CENTER;
            paint_line(
                ui.painter(),
                rest,
                middle,
                words,
                Face::Secondary,
                tokens.text3,
            );
        }
        let cursor = scale.x(view.cursor);
        if let Some(timeline) = timeline {
            let strip = &timeline.whole.strip;
            let step = f64::from(scale.rect.width()) / strip.len().max(1) as f64;
            // While a part is missing, bins are narrower than bars.
            let together = (whole.width() / scale.rect.width().max(1.0)).ceil() as usize;
            let counts: Vec<u32> = strip
                .chunks(together.max(1))
                .map(|bins| bins.iter().sum())
                .collect();
            let peak = counts.iter().copied().max().unwrap_or(0);
            let x = |bar: usize| scale.rect.left() + ((bar * together) as f64 * step) as f32;
            let places = counts
                .into_iter()
                .enumerate()
                .map(|(bar, count)| (x(bar), count));
            ui.painter()
                .add(bars::mesh(places, peak, whole, tokens.text3, cursor));
        }
        self.strip_input(ui, &scale, view);
        let frame = scale.frame(view.window);
        let inside = egui::StrokeKind::Inside;
        ui.painter()
            .rect_filled(frame, sizes::RADIUS_BAR, tokens.accent.gamma_multiply(0.12));
        ui.painter()
            .rect_stroke(frame, sizes::RADIUS_BAR, (1.0, tokens.accent), inside);
        let line = whole.expand2(egui::vec2(0.0, 1.0)).y_range();
        ui.painter()
            .vline(cursor, line, (sizes::CURSOR_LINE, tokens.cursor));
    }

    fn strip_input(&mut self, ui: &mut Ui, scale: &StripScale, view: View) {
        let response = ui.interact(
            scale.rect,
            ui.scope_id().with("strip"),
            Sense::click_and_drag(),
        );
        response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, "Whole store"));
        let View { window, limits, .. } = view;
        if let Some(point) = response.interact_pointer_pos() {
            let value = scale.value(point.x);
            let inside = window.contains(value);
            if response.drag_started() {
                self.grabbed = inside.then(|| value.saturating_sub(window.from()));
            }
            if response.clicked() || response.dragged() {
                let half = (window.length() / 2) as i64;
                let hold = self.grabbed.filter(|_| response.dragged()).unwrap_or(half);
                let from = value.saturating_sub(hold);
                self.see(
                    window.pan(from.saturating_sub(window.from()), limits),
                    limits,
                );
            }
        }
        if response.drag_stopped() {
            self.grabbed = None;
        }
        let over = response.hover_pos().map(|point| {
            scale
                .frame(window)
                .contains(pos2(point.x, scale.rect.center().y))
        });
        let at = response.hover_pos().map(|point| scale.value(point.x));
        if let Some(at) = at {
            self.wheel(ui, at, view);
        }
        if response.dragged() {
            ui.set_cursor_icon(CursorIcon::Grabbing);
        } else if over == Some(true) && self.window.is_some() {
            ui.set_cursor_icon(CursorIcon::Grab);
        }
    }
}

/// The part of the store that is not read yet, 0 to 1.
fn missing(model: &Model) -> f32 {
    let Some(session) = &model.session else {
        return 0.0;
    };
    let (Reach::SoFar(Some(about)) | Reach::CutShort(Some(about))) = model.reach() else {
        return 0.0;
    };
    let missing = 1.0 - session.log.len() as f32 / about.max(1) as f32;
    if missing > MISSING {
        missing.min(0.95)
    } else {
        0.0
    }
}
