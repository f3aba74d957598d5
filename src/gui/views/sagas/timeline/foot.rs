//! What stands below the lanes: times after the beginning, how long what is drawn short lasts, and what the
//! bars mean.

use egui::{Align2, Painter, Rect, Stroke, pos2, vec2};

use super::steps::{self, Edge};
use super::{LONG_NAMES, Labels, STEPS, Scene};
use crate::analysis::saga::{Outcome, Step};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, Tone, sizes};
use crate::gui::views::sagas::look;
use crate::gui::widgets::{one_line, paint_line};
use crate::model::Timestamp;
use crate::model::time::{Span, Style};

/// What the bars of `steps` mean, where there is room for it.
pub(super) fn legend(painter: &Painter, room: Rect, steps: &[Step]) {
    if room.height() < 20.0 {
        return;
    }
    let t = painter.ctx().tokens();
    let mut x = room.min.x + sizes::PAD;
    let stands = |outcome| steps.iter().any(|step| step.status == outcome);
    let mut undoings = steps.iter().filter_map(|step| step.compensation.as_ref());
    let undone = undoings.clone().any(|own| own.ended.is_some());
    let undoing = undoings.any(|own| own.ended.is_none());
    let again = steps.iter().any(|step| step.attempts.len() > 1);
    let marks = [
        (
            stands(Outcome::Running),
            Tone::Running,
            Edge::Whole,
            "running",
        ),
        (
            stands(Outcome::Completed),
            Tone::Completed,
            Edge::Whole,
            "completed",
        ),
        (stands(Outcome::Failed), Tone::Failed, Edge::Whole, "failed"),
        (undone, Tone::Compensated, Edge::Whole, "undone"),
        (undoing, Tone::Compensating, Edge::Dashed, "to be undone"),
        (
            stands(Outcome::Abandoned),
            Tone::Neutral,
            Edge::Dashed,
            "expected, did not come",
        ),
    ];
    // What is nowhere to be seen needs no explanation.
    for (_, tone, edge, word) in marks.into_iter().filter(|(is_there, ..)| *is_there) {
        let bar = Rect::from_min_size(pos2(x, room.min.y + 5.0), vec2(20.0, 10.0));
        steps::paint_bar(painter, bar, (tone, edge));
        let words = Rect::from_min_size(pos2(bar.max.x + 6.0, room.min.y + 2.0), vec2(180.0, 16.0));
        let ink = look::words(painter, words, word, (Face::Secondary, t.text2));
        x = ink.max.x + sizes::GAP_GROUP;
        if x > room.max.x - 140.0 {
            break;
        }
    }
    if again {
        let centre = pos2(x + 6.0, room.min.y + 10.0);
        painter.circle(centre, 4.0, t.panel, Stroke::new(1.5, t.failed));
        let words = Rect::from_min_size(pos2(x + 16.0, room.min.y + 2.0), vec2(180.0, 16.0));
        look::words(painter, words, "tried again", (Face::Secondary, t.text2));
    }
}

impl Scene<'_> {
    /// How long they are, below the lanes.
    pub(super) fn gap_lengths(&self, painter: &Painter, foot: f32) {
        let mut labels = Labels::new(foot + 1.0..=foot + 15.0, Face::Tiny);
        for (gap, rect) in self.gaps() {
            let words = Span::from_micros(gap.to - gap.from).to_string();
            labels.paint(painter, rect.center().x, &words, self.t.text3);
        }
    }

    /// The times after the beginning, below the lanes.
    pub(super) fn moments(&self, painter: &Painter, model: &Model, (from, foot): (i64, f32)) {
        let mut labels = Labels::new(foot + 15.0..=foot + 29.0, Face::Cell);
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
        self.now(painter, model, foot);
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

    /// The time of the cursor where it is, over whatever else stands there.
    fn now(&self, painter: &Painter, model: &Model, foot: f32) {
        let Some(cursor) = model.cursor.time() else {
            return;
        };
        if !self.axis.contains(cursor.micros()) {
            return;
        }
        let words = model.zone().format_bare(cursor, Style::Clock);
        let galley = one_line(painter, &words, Face::Cell, self.t.panel, f32::INFINITY);
        let size = galley.size() + vec2(8.0, 2.0);
        let most = (self.plot.max.x + sizes::PAD_TEXT * 2.0 - size.x).max(self.plot.min.x);
        let left = (self.x(cursor) - size.x / 2.0).clamp(self.plot.min.x, most);
        let flag = Rect::from_min_size(pos2(left, foot + 14.0), size);
        painter.rect_filled(flag, sizes::RADIUS_BAR, self.t.cursor);
        painter.galley((flag.min + vec2(4.0, 1.0)).round(), galley, self.t.panel);
    }
}
