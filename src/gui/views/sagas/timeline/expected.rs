//! What is to come of a saga that has not ended, and has not begun yet: a dashed box in the lane of whoever will
//! do it, from when on it usually comes; and from where on its silence is too long.

use egui::{Painter, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};

use super::Scene;
use super::steps::{BAR, Edge, Taken, paint_bar};
use crate::analysis::saga::{Outcome, Status, Step};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Tone, sizes};
use crate::gui::widgets::{middle_ellipsis, one_line};
use crate::model::Timestamp;
use crate::model::time::Span;
use crate::worker::SagaInFull;

/// The least width of the box.
const LEAST: f32 = 36.0;

/// From when on it comes usually, of what has not begun.
pub(super) fn due(saga: &SagaInFull) -> Option<Timestamp> {
    let quiet = saga.report.silence.as_ref();
    let quiet = quiet.filter(|_| saga.coming.is_some())?;
    let usual = quiet.usual_ms.unwrap_or_default();
    Some(later(quiet.since, usual))
}

/// From when on it is called stuck, of one that is.
pub(super) fn too_long(saga: &SagaInFull) -> Option<Timestamp> {
    let stuck = saga.report.stuck.as_ref()?;
    Some(later(stuck.since, stuck.threshold_ms))
}

fn later(time: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_micros(
        time.micros()
            .saturating_add(millis.max(0).saturating_mul(1000)),
    )
}

/// Whether a saga is stuck for want of that step.
pub(super) fn hangs_on(saga: &SagaInFull, step: &Step) -> bool {
    let is_awaited = saga.report.waiting_for.as_deref() == Some(step.name.as_str());
    saga.report.status == Status::Stuck && is_awaited && step.status == Outcome::Running
}

/// The colour of what is expected.
pub(super) fn tone(saga: &SagaInFull) -> Tone {
    match saga.report.status {
        Status::Stuck => Tone::Stuck,
        _ => Tone::Neutral,
    }
}

impl Scene<'_> {
    /// From where on it is called stuck, and after how long a silence.
    pub(super) fn too_long_at(&self) -> Option<(f32, String)> {
        let time = too_long(self.saga)?;
        let stuck = self.saga.report.stuck.as_ref()?;
        let allowed = Span::from_millis(stuck.threshold_ms);
        Some((self.x(time), format!("stuck after {allowed}")))
    }

    /// The mark from where on it is stuck, and the ground behind that, up to the cursor.
    pub(super) fn too_long(&self, painter: &Painter, model: &Model) {
        let Some((x, _)) = self.too_long_at() else {
            return;
        };
        let t = self.t;
        let until = model
            .cursor
            .time()
            .map_or(self.plot.max.x, |now| self.x(now));
        let ground = self.plot.with_min_x(x).with_max_x(until.max(x));
        painter.rect_filled(ground, 0.0, t.tone_bg(Tone::Stuck).gamma_multiply(0.5));
        let stroke = Stroke::new(1.0, t.stuck);
        let line = [pos2(x, self.plot.min.y), pos2(x, self.plot.max.y)];
        painter.extend(Shape::dashed_line(&line, stroke, 4.0, 3.0));
        // At the foot, over its words.
        let tip = pos2(x, self.plot.max.y - 8.0);
        let points = vec![
            tip,
            pos2(x + 5.0, self.plot.max.y),
            pos2(x - 5.0, self.plot.max.y),
        ];
        painter.add(Shape::convex_polygon(points, t.stuck, Stroke::NONE));
    }

    /// The box of what is to come, with its name.
    pub(super) fn coming(&self, ui: &mut Ui, model: &Model, taken: &mut Taken) {
        let Some((coming, due)) = self.saga.coming.as_ref().zip(due(self.saga)) else {
            return;
        };
        let Some(lane) = self.lane_of(&coming.participant) else {
            return;
        };
        let now = model.cursor.time().unwrap_or(due).max(due);
        let bar = self.bar(lane, due, now);
        let right = bar.max.x.max(bar.min.x + LEAST);
        let bar = bar.with_max_x(right.min(self.plot.max.x + sizes::PAD));
        let tone = tone(self.saga);
        paint_bar(ui.painter(), bar, (tone, Edge::Dashed));
        taken.bar(bar);
        let usual = self.saga.report.silence.as_ref();
        let usual = usual
            .and_then(|quiet| quiet.usual_ms)
            .map(Span::from_millis);
        let words = match usual {
            Some(usual) => format!("{}, expected after {usual}", coming.name),
            None => format!("{}, expected", coming.name),
        };
        let id = ui.scope_id().with("coming");
        let response = ui.interact(bar.expand(2.0), id, Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, words.as_str()));
        response.on_hover_text(words.as_str());
        let short = middle_ellipsis(&coming.name, 40);
        let ink = self.t.tone(tone);
        for words in [words, format!("{short}, expected"), short] {
            let galley = one_line(ui.painter(), &words, Face::Dense, ink, 320.0);
            let size = vec2(galley.size().x, BAR - 3.0);
            let edge = self.plot.max.x + sizes::PAD_TEXT;
            // Before the cursor, where it should have come before that.
            let left = match right > bar.min.x + LEAST {
                true => bar.min.x.min(bar.max.x - size.x),
                false => bar.min.x.min(edge - size.x),
            };
            let left = left.max(self.plot.min.x);
            for top in [bar.min.y - 17.0, bar.max.y + 2.0] {
                let rect = Rect::from_min_size(pos2(left, top), size);
                if taken.is_free(rect) {
                    return taken.take(ui.painter(), rect, galley, self.t);
                }
            }
        }
    }
}
