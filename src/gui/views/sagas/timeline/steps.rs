//! Steps of a saga as bars in the lanes of those who do them, and what undoes them, tied to them.

use std::sync::Arc;

use egui::{Galley, Painter, Pos2, Rect, Sense, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use super::{NAMED, Scene, arrow_head, expected};
use crate::analysis::saga::{Outcome, SagaReport, Status, Step, Style as SagaStyle, took_words};
use crate::analysis::words::listed;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Tokens, TokensExt, Tone, sizes};
use crate::gui::views::sagas::look;
use crate::gui::widgets::{middle_ellipsis, one_line};
use crate::model::Timestamp;

pub(super) const BAR: f32 = 18.0;
/// From the top of a lane to the middle of its bars.
const MIDDLE: f32 = 32.0;
/// From the foot of a bar to the line that ties what undoes a step to it.
const TIE: f32 = 18.0;

/// Where words and bars stand, so that no word runs over another.
#[derive(Default)]
pub(super) struct Taken {
    all: Vec<Rect>,
    /// Lines that tie what undoes a step to it, with whose they are.
    ties: Vec<(usize, Rect)>,
}

impl Taken {
    pub fn is_free(&self, rect: Rect) -> bool {
        self.is_free_on(rect, None)
    }

    /// Whether nothing stands there but a tie of that number.
    fn is_free_on(&self, rect: Rect, tie: Option<usize>) -> bool {
        let room = rect.expand2(vec2(3.0, 0.0));
        let mut ties = self.ties.iter().filter(|(own, _)| Some(*own) != tie);
        !self.all.iter().any(|own| own.intersects(room))
            && !ties.any(|(_, own)| own.intersects(room))
    }

    /// Nothing is to be written over a bar or a mark.
    pub fn bar(&mut self, rect: Rect) {
        self.all.push(rect);
    }

    /// Draws words on a ground of their own, so that no line runs through them.
    pub fn take(&mut self, painter: &Painter, rect: Rect, galley: Arc<Galley>, t: &Tokens) {
        painter.rect_filled(rect.expand2(vec2(2.0, 0.0)), 0.0, t.panel);
        painter.galley(rect.min.round(), galley, t.text);
        self.all.push(rect);
    }
}

/// How a bar is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gui::views::sagas) enum Edge {
    /// What happened.
    Whole,
    /// What is expected, or was.
    Dashed,
}

/// Draws a bar.
pub(super) fn paint_bar(painter: &Painter, rect: Rect, (tone, edge): (Tone, Edge)) {
    let t = painter.ctx().tokens();
    let stroke = Stroke::new(1.0, t.tone(tone));
    if edge == Edge::Whole {
        let ground = t.tone_bg(tone);
        painter.rect(rect, sizes::RADIUS_BAR, ground, stroke, StrokeKind::Inside);
        return;
    }
    let inner = rect.shrink(0.5);
    let corners = [
        inner.left_top(),
        inner.right_top(),
        inner.right_bottom(),
        inner.left_bottom(),
        inner.left_top(),
    ];
    painter.extend(Shape::dashed_line(&corners, stroke, 4.0, 3.0));
}

/// Whether somebody told that it began, or it is only waited for.
fn edge(step: &Step) -> Edge {
    match step.status {
        Outcome::Abandoned => Edge::Dashed,
        _ => Edge::Whole,
    }
}

/// How what is still to be undone looks, in the lanes and in the legend.
pub(super) const fn owed(report: &SagaReport) -> (Tone, Edge) {
    owed_by(report.status, report.kind)
}

/// The same of one that stands so, and is led so.
pub(super) const fn owed_by(status: Status, kind: SagaStyle) -> (Tone, Edge) {
    let tone = match status {
        Status::Stuck => Tone::Stuck,
        _ => Tone::Compensating,
    };
    // Where nobody leads no event says that it begins: it is owed from what went wrong on.
    match kind {
        SagaStyle::Orchestration => (tone, Edge::Whole),
        SagaStyle::Choreography => (tone, Edge::Dashed),
    }
}

/// A step with its bars.
struct Drawn<'a> {
    step: &'a Step,
    bar: Rect,
    /// What undoes it.
    undoing: Option<(Rect, (Tone, Edge))>,
}

impl Drawn<'_> {
    /// The lines that tie what undoes it to it: down, along and up again.
    fn path(&self) -> Option<[[Pos2; 2]; 3]> {
        let (rect, _) = self.undoing?;
        let y = rect.max.y + TIE;
        let (from, to) = (rect.center().x, self.bar.center().x);
        let corners = [pos2(from, y), pos2(to, y)];
        Some([
            [pos2(from, rect.max.y), corners[0]],
            corners,
            [corners[1], pos2(to, self.bar.max.y)],
        ])
    }
}

impl Scene<'_> {
    /// Draws all; gives where words and bars stand.
    pub(super) fn steps(&self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) -> Taken {
        let now = model.cursor.time();
        let mut drawn: Vec<Drawn<'_>> = Vec::new();
        let mut taken = Taken::default();
        for (at, step) in self.saga.report.steps.iter().enumerate() {
            let Some((lane, started)) = self.lane_of(&step.participant).zip(step.started) else {
                continue;
            };
            let ended = step.ended.or(now).unwrap_or(started).max(started);
            let bar = self.bar(lane, started, ended);
            let id = ui.scope_id().with(("step", at));
            let response = ui.interact(bar.expand(2.0), id, Sense::click());
            self.step(ui, step, bar);
            response.widget_info(|| {
                let words = format!("{}, {}", step.name, self.stands(step));
                egui::WidgetInfo::labeled(egui::Role::Button, true, words)
            });
            let event = step.events.ended.unwrap_or(step.events.started);
            if response.clicked() {
                outbox.send(Command::SelectEvent(Some(event)));
            }
            response.on_hover_text(self.tells(step, model));
            let undoing = self.undoing(step, lane, now);
            if let Some((rect, look)) = undoing {
                paint_bar(ui.painter(), rect, look);
            }
            taken.bar(bar);
            taken.all.extend(undoing.map(|(rect, _)| rect));
            drawn.push(Drawn { step, bar, undoing });
        }
        for message in self.saga.sequence.messages.iter().take(NAMED) {
            let mark = message
                .time
                .map(|time| pos2(self.x(time), self.baseline(message.to)));
            taken
                .all
                .extend(mark.map(|mark| Rect::from_center_size(mark, vec2(6.0, 6.0))));
        }
        // No name stands on what ties a step to what undoes it.
        for (at, own) in drawn.iter().enumerate() {
            let lines = own.path().into_iter().flatten();
            let lines = lines.map(|[a, b]| Rect::from_two_pos(a, b).expand(1.0));
            taken.ties.extend(lines.map(|line| (at, line)));
        }
        for own in &drawn {
            self.name(ui.painter(), own, &mut taken);
        }
        self.coming(ui, model, &mut taken);
        for (at, own) in drawn.iter().enumerate() {
            self.tie(ui.painter(), (at, own), &mut taken);
        }
        taken
    }

    pub(super) fn bar(&self, lane: usize, from: Timestamp, to: Timestamp) -> Rect {
        let (x0, x1) = (self.x(from), self.x(to));
        let middle = self.lane(lane).min.y + MIDDLE;
        Rect::from_min_max(
            pos2(x0, middle - BAR / 2.0),
            pos2(x1.max(x0 + 4.0), middle + BAR / 2.0),
        )
    }

    fn step(&self, ui: &Ui, step: &Step, rect: Rect) {
        let t = self.t;
        let tone = match expected::hangs_on(self.saga, step) {
            true => Tone::Stuck,
            false => look::outcome(step.status),
        };
        let painter = ui.painter();
        paint_bar(painter, rect, (tone, edge(step)));
        if edge(step) == Edge::Whole {
            let edge = rect.with_max_x(rect.min.x + 2.0);
            painter.rect_filled(edge, 0.0, t.tone(tone));
        }
        self.breaks(painter, rect);
        for attempt in step.attempts.iter().skip(1).flatten() {
            let centre = pos2(self.x(*attempt), rect.center().y);
            painter.circle(centre, 4.0, t.panel, Stroke::new(1.5, t.failed));
        }
        for pair in step.attempts.windows(2) {
            let (Some(from), Some(to)) = (pair[0], pair[1]) else {
                continue;
            };
            let words = (to - from).to_string();
            let galley = one_line(painter, &words, Face::Tiny, t.text2, 120.0);
            let middle = pos2((self.x(from) + self.x(to)) / 2.0, rect.center().y);
            // Between the marks, where there is room.
            if self.x(to) - self.x(from) > galley.size().x + 20.0 {
                let place = Rect::from_center_size(middle, galley.size());
                painter.galley(place.min.round(), galley, t.text2);
            }
        }
    }

    /// Where a stretch is drawn short the bar is broken, so that nobody takes its length for its time.
    fn breaks(&self, painter: &Painter, bar: Rect) {
        for (_, gap) in self.gaps() {
            let inside = bar.x_range().contains(gap.center().x) && bar.width() > 12.0;
            if !inside {
                continue;
            }
            let (x, y) = (gap.center().x, bar.y_range());
            let cut = |x: f32| [pos2(x - 2.0, y.max + 2.0), pos2(x + 2.0, y.min - 2.0)];
            let ([a, b], [c, d]) = (cut(x - 2.0), cut(x + 2.0));
            let points = vec![a, b, d, c];
            painter.add(Shape::convex_polygon(points, self.t.bg, Stroke::NONE));
            for line in [[a, b], [c, d]] {
                painter.line_segment(line, Stroke::new(1.0, self.t.text2));
            }
        }
    }

    /// The name of a step above its bar, or below it where something else stands; where both are taken
    /// the pointer tells.
    fn name(&self, painter: &Painter, own: &Drawn<'_>, taken: &mut Taken) {
        let step = own.step;
        let figures = self.figures(step);
        let long = format!("{}  {figures}", capital(&step.name));
        let edge = self.plot.max.x + sizes::PAD_TEXT;
        // Rather without its figures than not at all.
        for words in [long, capital(&step.name)] {
            let galley = one_line(painter, &words, Face::Dense, self.t.text, 320.0);
            let size = vec2(galley.size().x, 15.0);
            let left = own.bar.min.x.min(edge - size.x).max(self.plot.min.x);
            for top in [own.bar.min.y - 17.0, own.bar.max.y + 2.0] {
                let rect = Rect::from_min_size(pos2(left, top), size);
                if taken.is_free(rect) {
                    return taken.take(painter, rect, galley, self.t);
                }
            }
        }
    }

    /// The bar of what undoes a step.
    fn undoing(
        &self,
        step: &Step,
        lane: usize,
        now: Option<Timestamp>,
    ) -> Option<(Rect, (Tone, Edge))> {
        let compensation = step.compensation.as_ref()?;
        let started = compensation.started?;
        let look = match compensation.ended {
            Some(_) => (Tone::Compensated, Edge::Whole),
            None => owed(&self.saga.report),
        };
        let until = compensation.ended.or(self.saga.report.ended).or(now);
        let ended = until.unwrap_or(started).max(started);
        Some((self.bar(lane, started, ended), look))
    }

    /// What undoes a step, tied to it, with a word where there is room for one.
    fn tie(&self, painter: &Painter, (at, own): (usize, &Drawn<'_>), taken: &mut Taken) {
        let Some(((_, (tone, _)), path)) = own.undoing.zip(own.path()) else {
            return;
        };
        let t = self.t;
        let stroke = Stroke::new(1.0, t.tone(tone));
        for line in &path {
            painter.extend(Shape::dashed_line(line, stroke, 3.0, 3.0));
        }
        let [_, [left, right], [_, tip]] = path;
        let (from, to, y) = (left.x, right.x, left.y);
        arrow_head(painter, tip, vec2(0.0, -1.0), t.tone(tone));
        let is_done = own.step.compensation.as_ref();
        let is_done = is_done.is_some_and(|undone| undone.ended.is_some());
        let words = match is_done {
            true => format!("undoes {}", own.step.name),
            false => format!("{} is to be undone", own.step.name),
        };
        let galley = one_line(painter, &words, Face::Tiny, t.tone(tone), 240.0);
        let label = Rect::from_center_size(pos2((from + to) / 2.0, y), galley.size());
        // On the line, where that is long enough and nobody else stands there.
        if label.width() + 16.0 <= (from - to).abs() && taken.is_free_on(label, Some(at)) {
            painter.rect_filled(label.expand2(vec2(4.0, 0.0)), 0.0, t.panel);
            painter.galley(label.min.round(), galley, t.tone(tone));
            taken.all.push(label);
        }
    }

    fn tells(&self, step: &Step, model: &Model) -> String {
        let mut lines = vec![format!("{}, {}", capital(&step.name), self.stands(step))];
        let mut time = |what: &str, time: Option<Timestamp>| {
            lines.extend(time.map(|time| format!("{what} {}", model.time(time))));
        };
        match step.status {
            Outcome::Abandoned => time("Expected from", step.started),
            _ => time("Began", step.started),
        }
        for attempt in step.attempts.iter().skip(1) {
            time("Tried again", *attempt);
        }
        let apart = step.apart();
        if !apart.is_empty() {
            lines.push(format!("Attempts {} apart", listed(&apart)));
        }
        let mut time = |what: &str, time: Option<Timestamp>| {
            lines.extend(time.map(|time| format!("{what} {}", model.time(time))));
        };
        match step.status {
            Outcome::Abandoned => time("No longer expected from", step.ended),
            _ => time("Ended", step.ended),
        }
        if let Some(compensation) = &step.compensation {
            time("To be undone from", compensation.started);
            time("Undone", compensation.ended);
        }
        lines.join("\n")
    }
}

impl Scene<'_> {
    /// How a step stands, in words.
    fn stands(&self, step: &Step) -> String {
        match expected::hangs_on(self.saga, step) {
            true => "stuck".to_owned(),
            false => step.status_words(),
        }
    }

    /// How long a step took, and in how many attempts.
    fn figures(&self, step: &Step) -> String {
        let took = match (step.status, step.started.zip(step.ended)) {
            (Outcome::Abandoned, _) => return step.status_words(),
            (_, Some((from, to))) if to < from => took_words(from, to),
            (_, Some((from, to))) if step.is_doubted() => format!("{} or so", to - from),
            (_, Some((from, to))) => (to - from).to_string(),
            (_, None) => self.stands(step),
        };
        match step.attempts.len() {
            0 | 1 => took,
            several => format!("{took}, {several} attempts"),
        }
    }
}

fn capital(text: &str) -> String {
    crate::analysis::words::capitalised(&middle_ellipsis(text, 40))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_stands_on_a_bar_or_on_the_tie_of_another_step() {
        let mut taken = Taken::default();
        let rect = |x: f32, y: f32| Rect::from_min_size(pos2(x, y), vec2(40.0, 12.0));
        taken.bar(rect(0.0, 0.0));
        taken.ties.push((1, rect(0.0, 30.0)));
        assert!(!taken.is_free(rect(20.0, 6.0)));
        assert!(!taken.is_free(rect(20.0, 36.0)));
        assert!(taken.is_free(rect(60.0, 6.0)));
        // Its own words stand on its own tie.
        assert!(taken.is_free_on(rect(20.0, 36.0), Some(1)));
        assert!(!taken.is_free_on(rect(20.0, 36.0), Some(2)));
    }
}
