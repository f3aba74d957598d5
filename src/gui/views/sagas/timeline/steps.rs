//! Steps of a saga as bars in the lanes of those who do them, and what undoes them, tied to them.

use egui::{Align2, Painter, Rect, Sense, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use super::{Scene, arrow_head};
use crate::analysis::saga::{Outcome, Step};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Tone, sizes};
use crate::gui::views::sagas::look;
use crate::gui::widgets::{middle_ellipsis, paint_line};
use crate::model::Timestamp;

const BAR: f32 = 18.0;

impl Scene<'_> {
    pub(super) fn steps(&self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let now = model.cursor.time();
        // How far names reach above and below the bars of each lane.
        let mut reach = vec![[f32::NEG_INFINITY; 2]; self.lanes.len()];
        for (at, step) in self.saga.report.steps.iter().enumerate() {
            let Some(lane) = self.lane_of(&step.participant) else {
                continue;
            };
            let Some(started) = step.started else {
                continue;
            };
            let ended = step.ended.or(now).unwrap_or(started).max(started);
            let rect = self.bar(lane, started, ended);
            let response = ui.interact(
                rect.expand(2.0),
                ui.scope_id().with(("step", at)),
                Sense::click(),
            );
            self.step(ui, step, rect);
            self.name(ui.painter(), step, rect, &mut reach[lane]);
            response.widget_info(|| {
                let words = format!("{}, {}", step.name, word(step.status));
                egui::WidgetInfo::labeled(egui::Role::Button, true, words)
            });
            let event = step.events.ended.unwrap_or(step.events.started);
            if response.clicked() {
                outbox.send(Command::SelectEvent(Some(event)));
            }
            response.on_hover_text(self.tells(step, model));
            self.undoing(ui.painter(), step, lane, rect, now);
        }
    }

    fn bar(&self, lane: usize, from: Timestamp, to: Timestamp) -> Rect {
        let (x0, x1) = (self.x(from), self.x(to));
        let middle = self.lane(lane).min.y + 38.0;
        Rect::from_min_max(
            pos2(x0, middle - BAR / 2.0),
            pos2(x1.max(x0 + 4.0), middle + BAR / 2.0),
        )
    }

    fn step(&self, ui: &Ui, step: &Step, rect: Rect) {
        let t = self.t;
        let tone = look::outcome(step.status);
        let painter = ui.painter();
        let stroke = Stroke::new(1.0, t.tone(tone));
        painter.rect(
            rect,
            sizes::RADIUS_BAR,
            t.tone_bg(tone),
            stroke,
            StrokeKind::Inside,
        );
        let edge = rect.with_max_x(rect.min.x + 2.0);
        painter.rect_filled(edge, 0.0, t.tone(tone));
        for attempt in step.attempts.iter().skip(1).flatten() {
            let centre = pos2(self.x(*attempt), rect.center().y);
            painter.circle(centre, 4.0, t.panel, Stroke::new(1.5, t.failed));
        }
    }

    /// The name of a step above its bar, or below it where another name stands; where both are taken
    /// the pointer tells.
    fn name(&self, painter: &Painter, step: &Step, bar: Rect, reach: &mut [f32; 2]) {
        let took = step.started.zip(step.ended);
        let took = took.map(|(from, to)| (to - from).to_string());
        let attempts = match step.attempts.len() {
            0 | 1 => String::new(),
            several => format!(", {several} attempts"),
        };
        let figures = format!("{}{attempts}", took.unwrap_or_else(|| "running".to_owned()));
        let name = format!("{}  {figures}", capital(&step.name));
        let Some(row) = reach.iter().position(|reach| bar.min.x >= *reach) else {
            return;
        };
        let top = [bar.min.y - 17.0, bar.max.y + 2.0][row];
        let words = Rect::from_min_size(pos2(bar.min.x, top), vec2(320.0, 15.0));
        let words = words.intersect(
            self.plot
                .with_max_x(self.plot.max.x + sizes::PAD_TEXT * 2.0),
        );
        let ink = look::words(painter, words, &name, (Face::Dense, self.t.text));
        reach[row] = ink.max.x + sizes::GAP;
    }

    /// What undoes a step, tied to it.
    fn undoing(
        &self,
        painter: &Painter,
        step: &Step,
        lane: usize,
        undone: Rect,
        now: Option<Timestamp>,
    ) {
        let Some(compensation) = &step.compensation else {
            return;
        };
        let Some(started) = compensation.started else {
            return;
        };
        let done = compensation.ended.is_some();
        let tone = if done {
            Tone::Compensated
        } else {
            Tone::Compensating
        };
        let until = compensation.ended.or(self.saga.report.ended).or(now);
        let ended = until.unwrap_or(started).max(started);
        let rect = self.bar(lane, started, ended);
        let t = self.t;
        let stroke = Stroke::new(1.0, t.tone(tone));
        painter.rect(
            rect,
            sizes::RADIUS_BAR,
            t.tone_bg(tone),
            stroke,
            StrokeKind::Inside,
        );
        let y = rect.max.y + 8.0;
        let (from, to) = (rect.center().x, undone.center().x);
        let path = [
            pos2(from, rect.max.y),
            pos2(from, y),
            pos2(to, y),
            pos2(to, undone.max.y),
        ];
        for line in path.windows(2) {
            painter.extend(Shape::dashed_line(line, stroke, 3.0, 3.0));
        }
        arrow_head(
            painter,
            pos2(to, undone.max.y),
            vec2(0.0, -1.0),
            t.tone(tone),
        );
        let words = format!("undoes {}", step.name);
        let label =
            Rect::from_min_max(pos2(to + 6.0, y - 1.0), pos2(from.max(to + 60.0), y + 14.0));
        paint_line(
            painter,
            label,
            Align2::CENTER_CENTER,
            &words,
            Face::Tiny,
            t.tone(tone),
        );
    }

    fn tells(&self, step: &Step, model: &Model) -> String {
        let mut lines = vec![format!("{}, {}", capital(&step.name), word(step.status))];
        let mut time = |what: &str, time: Option<Timestamp>| {
            lines.extend(time.map(|time| format!("{what} {}", model.time(time))));
        };
        time("Began", step.started);
        for attempt in step.attempts.iter().skip(1) {
            time("Tried again", *attempt);
        }
        time("Ended", step.ended);
        if let Some(compensation) = &step.compensation {
            time("To be undone from", compensation.started);
            time("Undone", compensation.ended);
        }
        lines.join("\n")
    }
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Running => "running",
        Outcome::Completed => "completed",
        Outcome::Failed => "failed",
        Outcome::Abandoned => "abandoned",
    }
}

fn capital(text: &str) -> String {
    crate::analysis::words::capitalised(&middle_ellipsis(text, 40))
}
