//! A trace over time: a lane for each service, a mark for each event, a line from each cause to each of its
//! effects. One that leads back in time is an effect that was recorded before its cause.

use egui::{Align2, Painter, Pos2, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::prepared::Prepared;
use super::ticks::ticks;
use crate::analysis::causality::TraceReport;
use crate::analysis::density::Axis;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Tokens, TokensExt, sizes};
use crate::gui::widgets::paint_line;
use crate::model::Timestamp;
use crate::model::time::Span;

/// Room for the names of lanes.
const NAMES: f32 = sizes::PLOT_LEFT;
/// Height of a lane.
const LANE: f32 = 26.0;
/// Height of the axis.
const AXIS: f32 = 34.0;
/// Marks that are drawn; a trace with more is told by its tree.
const MOST: usize = 2000;
/// Marks that can be clicked: more of them are too near to each other to be hit.
const CLICKED: usize = 400;

struct Scene<'a> {
    report: &'a TraceReport,
    prepared: &'a Prepared,
    axis: &'a Axis,
    plot: Rect,
    t: &'a Tokens,
}

/// How high it would like to be.
pub(super) fn height(prepared: &Prepared) -> f32 {
    prepared.lanes.len() as f32 * LANE + AXIS
}

/// Draws it over the room there is.
pub(super) fn show(
    ui: &mut Ui,
    model: &Model,
    (report, prepared): (&TraceReport, &Prepared),
    outbox: &mut Outbox,
) {
    let Some(axis) = &prepared.axis else {
        let words = "This store holds no times, so nothing can be drawn over them";
        ui.label(Face::Body.text(words, ui.tokens().text2));
        return;
    };
    let size = vec2(ui.available_width(), height(prepared));
    let (_, all) = ui.allocate_space(size);
    let scene = Scene {
        report,
        prepared,
        axis,
        plot: Rect::from_min_max(
            pos2(all.min.x + NAMES, all.min.y),
            pos2(all.max.x - sizes::PLOT_RIGHT, all.max.y - AXIS),
        ),
        t: ui.tokens(),
    };
    scene.ground(ui.painter(), all);
    scene.lines(ui.painter());
    scene.marks(ui, model, outbox);
    scene.cursor(ui.painter(), model);
}

impl Scene<'_> {
    fn x(&self, time: Timestamp) -> f32 {
        self.plot.min.x + self.plot.width() * self.axis.place(time.micros()) as f32
    }

    fn point(&self, node: usize) -> Option<Pos2> {
        let time = self.report.nodes[node].time?;
        let lane = self.prepared.rows[node].lane;
        let y = self.plot.min.y + LANE * (lane as f32 + 0.5);
        Some(pos2(self.x(time), y))
    }

    fn ground(&self, painter: &Painter, all: Rect) {
        let t = self.t;
        for (at, name) in self.prepared.lanes.iter().enumerate() {
            let top = self.plot.min.y + LANE * at as f32;
            painter.hline(all.x_range(), top + LANE - 0.5, (1.0, t.border));
            let dot = pos2(all.min.x + sizes::PAD + sizes::DOT / 2.0, top + LANE / 2.0);
            painter.circle_filled(dot, sizes::DOT / 2.0, t.category(self.prepared.colours[at]));
            let words = Rect::from_min_max(
                pos2(dot.x + sizes::DOT, top),
                pos2(self.plot.min.x - 4.0, top + LANE),
            );
            paint_line(
                painter,
                words,
                Align2::LEFT_CENTER,
                name,
                Face::DenseStrong,
                t.text,
            );
        }
        for (gap, left, right) in self.axis.gaps() {
            let x = |place: f64| self.plot.min.x + self.plot.width() * place as f32;
            let rect = self.plot.with_min_x(x(left)).with_max_x(x(right));
            painter.rect_filled(rect, 0.0, t.bg);
            let words = Span::from_micros(gap.to - gap.from).to_string();
            let middle = pos2(rect.center().x, self.plot.max.y + 8.0);
            let label = Rect::from_center_size(middle, vec2(80.0, 14.0));
            paint_line(
                painter,
                label,
                Align2::CENTER_CENTER,
                &words,
                Face::Tiny,
                t.text3,
            );
        }
        let first = self.report.nodes.iter().filter_map(|node| node.time).min();
        let Some(first) = first else { return };
        let last = self.report.nodes.iter().filter_map(|node| node.time).max();
        let ends = [first, last.unwrap_or(first)].map(Timestamp::micros);
        for tick in ticks(self.axis, self.plot.width(), ends) {
            let x = self.x(Timestamp::from_micros(tick.at));
            painter.vline(x, self.plot.y_range(), (1.0, t.border));
            let label = Rect::from_center_size(pos2(x, self.plot.max.y + 24.0), vec2(90.0, 14.0));
            if label.center().x + 24.0 <= all.max.x {
                let middle = Align2::CENTER_CENTER;
                paint_line(painter, label, middle, &tick.words, Face::Cell, t.text3);
            }
        }
    }

    /// From causes to effects, along the lane of the cause and then down or up.
    fn lines(&self, painter: &Painter) {
        for [from, to] in self.prepared.edges.iter().take(MOST) {
            let (Some(cause), Some(effect)) = (self.point(*from), self.point(*to)) else {
                continue;
            };
            let stroke = match effect.x < cause.x - 0.5 {
                true => Stroke::new(1.6, self.t.error),
                false => Stroke::new(1.0, self.t.text3),
            };
            let bend = pos2(effect.x, cause.y);
            painter.line_segment([cause, bend], stroke);
            painter.line_segment([bend, effect], stroke);
        }
    }

    fn marks(&self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        for (at, node) in self.report.nodes.iter().enumerate().take(MOST) {
            let Some(centre) = self.point(at) else {
                continue;
            };
            let is_selected = model.selection.event == Some(node.event);
            let early = self.prepared.rows[at].delay.is_some_and(|ms| ms < 0);
            let colour = match early {
                true => self.t.error,
                false => self.t.category(self.prepared.colour(at)),
            };
            ui.painter().circle_filled(centre, 4.0, colour);
            if is_selected {
                ui.painter()
                    .circle_stroke(centre, 7.0, (2.0, self.t.accent));
            }
            if at >= CLICKED {
                continue;
            }
            let hit = Rect::from_center_size(centre, vec2(12.0, 16.0));
            let response = ui.interact(hit, ui.scope_id().with(("mark", at)), Sense::click());
            let name = format!("{} {}", node.event_type, node.position);
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &name));
            if response.clicked() {
                outbox.send(Command::SelectEvent(Some(node.event)));
            }
            let when = node.time.map(|time| model.time(time)).unwrap_or_default();
            response.on_hover_text(format!("{name}\n{}\n{when}", node.stream));
        }
    }

    fn cursor(&self, painter: &Painter, model: &Model) {
        let now = model.cursor.time();
        if let Some(now) = now.filter(|now| self.axis.contains(now.micros())) {
            let x = self.x(now);
            painter.vline(x, self.plot.y_range(), (sizes::CURSOR_LINE, self.t.cursor));
        }
    }
}
