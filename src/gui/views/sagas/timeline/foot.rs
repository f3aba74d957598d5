//! What stands below the lanes: times after the beginning, how long what is drawn short lasts, and what the
//! bars mean.

use std::sync::Arc;

use egui::{Align2, Galley, Painter, Rangef, Rect, Stroke, pos2, vec2};

use super::steps::{self, Edge};
use super::{LONG_NAMES, Labels, STEPS, Scene, expected};
use crate::analysis::saga::{Outcome, Status, Step};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, Tone, sizes};
use crate::gui::views::sagas::look;
use crate::gui::widgets::{one_line, paint_line};
use crate::model::Timestamp;
use crate::model::time::{Span, Style};
use crate::worker::SagaInFull;

/// What the bars of a saga mean, where there is room for it.
pub(super) fn legend(painter: &Painter, room: Rect, saga: &SagaInFull) {
    if room.height() < 20.0 {
        return;
    }
    let t = painter.ctx().tokens();
    let x = explain(painter, room, &marks(saga));
    if saga.report.steps.iter().any(|step| step.attempts.len() > 1) {
        let centre = pos2(x + 6.0, room.min.y + 10.0);
        painter.circle(centre, 4.0, t.panel, Stroke::new(1.5, t.failed));
        let words = Rect::from_min_size(pos2(x + 16.0, room.min.y + 2.0), vec2(180.0, 16.0));
        look::words(painter, words, "tried again", (Face::Secondary, t.text2));
    }
}

/// A kind of bars, with the word for it.
pub(in crate::gui::views::sagas) type Mark = (Tone, Edge, &'static str);

/// The kinds of bars that a saga has: what is nowhere to be seen needs no explanation.
fn marks(saga: &SagaInFull) -> Vec<Mark> {
    let steps = &saga.report.steps;
    let is_stuck = |step: &Step| expected::hangs_on(saga, step);
    let stands = |outcome| {
        let mut own = steps.iter().filter(|step| !is_stuck(step));
        own.any(|step| step.status == outcome)
    };
    let stuck = saga.report.status == Status::Stuck;
    let mut undoings = steps.iter().filter_map(|step| step.compensation.as_ref());
    let undone = undoings.clone().any(|own| own.ended.is_some());
    let undoing = undoings.any(|own| own.ended.is_none());
    let whole = |tone, word| (tone, Edge::Whole, word);
    let (owed, edge) = steps::owed(&saga.report);
    let coming = (expected::tone(saga), Edge::Dashed, "expected");
    let did_not = (Tone::Neutral, Edge::Dashed, "expected, did not come");
    let all = [
        (stands(Outcome::Running), whole(Tone::Running, "running")),
        (
            stands(Outcome::Completed),
            whole(Tone::Completed, "completed"),
        ),
        (stands(Outcome::Failed), whole(Tone::Failed, "failed")),
        (
            stuck && steps.iter().any(is_stuck),
            whole(Tone::Stuck, "stuck"),
        ),
        (undone, whole(Tone::Compensated, "undone")),
        (undoing, (owed, edge, "to be undone")),
        (stands(Outcome::Abandoned), did_not),
        (saga.coming.is_some(), coming),
    ];
    let seen = all.into_iter().filter(|(is_there, _)| *is_there);
    seen.map(|(_, mark)| mark).collect()
}

/// Draws kinds of bars with their words, as many as there is room for; where that ends.
pub(in crate::gui::views::sagas) fn explain(painter: &Painter, room: Rect, marks: &[Mark]) -> f32 {
    let t = painter.ctx().tokens();
    let mut x = room.min.x + sizes::PAD;
    for (tone, edge, word) in marks {
        let bar = Rect::from_min_size(pos2(x, room.min.y + 5.0), vec2(20.0, 10.0));
        steps::paint_bar(painter, bar, (*tone, *edge));
        let words = Rect::from_min_size(pos2(bar.max.x + 6.0, room.min.y + 2.0), vec2(180.0, 16.0));
        let ink = look::words(painter, words, word, (Face::Secondary, t.text2));
        x = ink.max.x + sizes::GAP_GROUP;
        if x > room.max.x - 140.0 {
            break;
        }
    }
    x
}

impl Scene<'_> {
    /// How long they are, below the lanes.
    pub(super) fn gap_lengths(&self, painter: &Painter, foot: f32) {
        let mut labels = Labels::new(foot + 1.0..=foot + 15.0, Face::Tiny);
        // From where on it is stuck is told first: how long the silence is stands above as well.
        if let Some((x, words)) = self.too_long_at() {
            let galley = one_line(painter, &words, Face::Tiny, self.t.stuck, f32::INFINITY);
            let half = galley.size().x / 2.0 + 1.0;
            let centre = (x - half).max(self.plot.min.x + half);
            labels.paint(painter, centre, &words, self.t.stuck);
            let taken = Rangef::new(centre - half, centre + half);
            labels = Labels::new(foot + 1.0..=foot + 15.0, Face::Tiny).beside(Some(taken));
        }
        for (gap, rect) in self.gaps() {
            let words = Span::from_micros(gap.to - gap.from).to_string();
            labels.paint(painter, rect.center().x, &words, self.t.text3);
        }
    }

    /// The times after the beginning, below the lanes.
    pub(super) fn moments(&self, painter: &Painter, model: &Model, (from, foot): (i64, f32)) {
        let flag = self.flag(painter, model, foot);
        let taken = flag.as_ref().map(|(rect, _)| rect.x_range());
        let mut labels = Labels::new(foot + 15.0..=foot + 29.0, Face::Cell).beside(taken);
        for step in 0..=STEPS {
            let place = f64::from(step) / f64::from(STEPS);
            let value = self.axis.value(place);
            if value < from {
                continue;
            }
            let x = self.plot.min.x + self.plot.width() * place as f32;
            let words = format!("+{}", Span::from_micros(value - from));
            // The last one stands before its line, where there is room.
            let centre = if step == STEPS { x - 24.0 } else { x };
            labels.paint(painter, centre, &words, self.t.text3);
        }
        self.began(painter, model, (from, foot));
        if let Some((rect, galley)) = flag {
            painter.rect_filled(rect, sizes::RADIUS_BAR, self.t.cursor);
            painter.galley((rect.min + vec2(4.0, 1.0)).round(), galley, self.t.panel);
        }
    }

    /// When it began, below the names of lanes: its day, and its time under that.
    fn began(&self, painter: &Painter, model: &Model, (from, foot): (i64, f32)) {
        let began = model.time(Timestamp::from_micros(from));
        let (day, time) = began.split_once(' ').unwrap_or(("", &began));
        let names = painter.clip_rect().min.x.max(self.plot.min.x - LONG_NAMES);
        for (words, top) in [(day, foot + 1.0), (time, foot + 15.0)] {
            let room = Rect::from_x_y_ranges(names..=self.plot.min.x - 2.0, top..=top + 14.0);
            paint_line(
                painter,
                room,
                Align2::RIGHT_CENTER,
                words,
                Face::Cell,
                self.t.text3,
            );
        }
    }

    /// The time of the cursor, and where it stands: nothing else stands there.
    fn flag(&self, painter: &Painter, model: &Model, foot: f32) -> Option<(Rect, Arc<Galley>)> {
        let cursor = model.cursor.time()?;
        if !self.axis.contains(cursor.micros()) {
            return None;
        }
        let words = model.zone().format_bare(cursor, Style::Clock);
        let galley = one_line(painter, &words, Face::Cell, self.t.panel, f32::INFINITY);
        let size = galley.size() + vec2(8.0, 2.0);
        let most = (self.plot.max.x + sizes::PAD_TEXT * 2.0 - size.x).max(self.plot.min.x);
        let left = (self.x(cursor) - size.x / 2.0).clamp(self.plot.min.x, most);
        let rect = Rect::from_min_size(pos2(left, foot + 14.0), size);
        Some((rect, galley))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::saga::Style as SagaStyle;

    #[test]
    fn what_is_to_be_undone_looks_in_the_legend_as_in_the_lanes() {
        let look = |status, kind| steps::owed_by(status, kind);
        let (tone, edge) = look(Status::Stuck, SagaStyle::Orchestration);
        assert_eq!((tone, edge), (Tone::Stuck, Edge::Whole));
        let (tone, edge) = look(Status::Compensating, SagaStyle::Choreography);
        assert_eq!((tone, edge), (Tone::Compensating, Edge::Dashed));
    }
}
