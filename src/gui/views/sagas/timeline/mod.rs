//! One saga over time: a lane for each participant, bars for steps and what undoes them, ticks for
//! events, lines for what led to what, and the cursor through it. Gaps in which nothing happens may be
//! drawn short.

mod expected;
mod foot;
mod idle;
mod labels;
mod steps;

use egui::{Align2, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};

use super::look;
use crate::analysis::density::{Axis, Gap, Scale};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Tokens, TokensExt, sizes};
use crate::gui::widgets::{one_line, paint_line};
use crate::log::Clock;
use crate::model::Timestamp;
use crate::worker::SagaInFull;
pub(super) use foot::explain;
pub(super) use idle::idle_gaps;
pub(super) use labels::Labels;
pub(super) use steps::Edge;
use steps::Taken;

/// Room for the names of lanes: the least, and the most.
const NAMES: f32 = 132.0;
const LONG_NAMES: f32 = 208.0;
/// Height of a lane where there is little room: its bar, and its words above or below it.
const LOW: f32 = 56.0;
const AXIS: f32 = 34.0;
const LEGEND: f32 = 22.0;
/// In less height than that the lanes need what the legend would take.
const SMALL: f32 = 320.0;
/// Stretches of the axis with a time at each end.
const STEPS: i32 = 6;

/// What happens to stretches without events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Gaps {
    #[default]
    Collapsed,
    Shown,
}

/// A frame's material.
struct Scene<'a> {
    saga: &'a SagaInFull,
    lanes: Vec<&'a str>,
    axis: Axis,
    plot: Rect,
    lane: f32,
    t: &'a Tokens,
}

impl Scene<'_> {
    fn x(&self, time: Timestamp) -> f32 {
        self.plot.min.x + self.plot.width() * self.axis.place(time.micros()) as f32
    }

    fn lane(&self, at: usize) -> Rect {
        let top = self.plot.min.y + self.lane * at as f32;
        Rect::from_x_y_ranges(self.plot.x_range(), top..=top + self.lane)
    }

    fn lane_of(&self, participant: &str) -> Option<usize> {
        self.lanes.iter().position(|own| *own == participant)
    }
}

/// Draws the saga over the room there is.
pub(super) fn show(ui: &mut Ui, model: &Model, saga: &SagaInFull, gaps: Gaps, outbox: &mut Outbox) {
    let Some((from, to)) = extent(model, saga) else {
        let sentence = "This store holds no times, so nothing can be drawn over them";
        crate::gui::widgets::EmptyState::new(crate::gui::theme::Icon::Sagas, sentence).show(ui);
        return;
    };
    let lanes = lanes(saga);
    let all = ui.available_rect_before_wrap();
    // Axis and legend stay in sight however many lanes there are.
    let legend_room = if all.height() < SMALL { 0.0 } else { LEGEND };
    let foot = all.with_min_y(all.max.y - AXIS - legend_room);
    let above = all.with_max_y(foot.min.y);
    let names = names(ui.painter(), &lanes).min(all.width() / 3.0);
    let across = all.min.x + names..=all.max.x - sizes::PAD_TEXT * 2.0;
    let axis = axis(saga, gaps, (from, to));
    let each = above.height() / lanes.len().max(1) as f32;
    let lane = each.floor().clamp(LOW, sizes::LANE_SAGA);
    let mut scene = Scene {
        saga,
        axis,
        plot: Rect::from_x_y_ranges(
            across,
            above.min.y..=above.min.y + lane * lanes.len() as f32,
        ),
        lanes,
        lane,
        t: ui.tokens(),
    };
    let upper = egui::UiBuilder::new().max_rect(above).id_salt("lanes");
    let mut upper = ui.new_child(upper);
    let area = egui::ScrollArea::vertical().id_salt("saga-timeline");
    area.auto_shrink(false).show(&mut upper, |ui| {
        let height = scene.plot.height().max(above.height());
        let (_, all) = ui.allocate_space(vec2(ui.available_width(), height));
        scene.plot = scene
            .plot
            .translate(vec2(0.0, all.min.y - scene.plot.min.y));
        scene.ground(ui.painter(), all);
        scene.too_long(ui.painter(), model);
        scene.causes(ui.painter());
        // Below the words, which have a ground of their own.
        scene.cursor(ui.painter(), model);
        scene.ticks(ui, model, outbox);
        let mut taken = scene.steps(ui, model, outbox);
        scene.names(ui.painter(), &mut taken);
    });
    let foot = foot.with_min_y(foot.min.y.min(scene.plot.max.y.max(above.min.y)));
    ui.painter()
        .hline(all.x_range(), foot.min.y - 0.5, (1.0, scene.t.border));
    scene.gap_lengths(ui.painter(), foot.min.y);
    scene.moments(ui.painter(), model, (from, foot.min.y));
    let legend = foot.with_min_y(foot.min.y + AXIS);
    foot::legend(ui.painter(), legend, saga);
}

/// The axis, with or without long stretches in which nothing happened.
fn axis(saga: &SagaInFull, gaps: Gaps, (from, to): (i64, i64)) -> Axis {
    let found = match gaps {
        Gaps::Collapsed => {
            let messages = saga.sequence.messages.iter();
            let times = messages.filter_map(|message| message.time);
            let times = times
                .chain(expected::due(saga))
                .chain(expected::too_long(saga));
            idle_gaps(times.map(Timestamp::micros).collect(), from, to)
        }
        Gaps::Shown => Vec::new(),
    };
    // Before the first event there is room for its mark, and behind the cursor for what comes.
    let idle: i64 = found.iter().map(|gap| gap.to - gap.from).sum();
    let margin = (to.saturating_sub(from + idle) / 24).max(1);
    let scale = Scale::Time(Clock::Recorded);
    Axis::with_gaps(scale, from - margin, to + margin * 2, &found)
}

/// How wide the names of lanes are, with their dots.
fn names(painter: &Painter, lanes: &[&str]) -> f32 {
    let ink = painter.ctx().tokens().text;
    let wide = |name: &&str| {
        one_line(painter, name, Face::DenseStrong, ink, LONG_NAMES)
            .size()
            .x
    };
    let widest = lanes.iter().map(wide).fold(0.0, f32::max);
    (widest + 2.0 * sizes::PAD + sizes::DOT).clamp(NAMES, LONG_NAMES)
}

/// From the first event to the cursor, or to the end.
fn extent(model: &Model, saga: &SagaInFull) -> Option<(i64, i64)> {
    let times = saga
        .sequence
        .messages
        .iter()
        .filter_map(|message| message.time);
    let times = times.map(Timestamp::micros);
    let from = times.clone().min()?;
    let last = times.max()?;
    let now = model.cursor.time().map_or(last, Timestamp::micros);
    let due = expected::due(saga).map_or(last, Timestamp::micros);
    let to = match saga.report.ended {
        Some(_) => last,
        None => now.max(last).max(due),
    };
    Some((from, to.max(from + 1000)))
}

fn lanes(saga: &SagaInFull) -> Vec<&str> {
    let mut lanes: Vec<&str> = saga
        .sequence
        .participants
        .iter()
        .map(String::as_str)
        .collect();
    for step in &saga.report.steps {
        if !lanes.contains(&step.participant.as_str()) {
            lanes.push(&step.participant);
        }
    }
    if let Some(coming) = &saga.coming
        && !lanes.contains(&coming.participant.as_str())
    {
        lanes.push(&coming.participant);
    }
    lanes
}

impl Scene<'_> {
    fn ground(&self, painter: &Painter, all: Rect) {
        let t = self.t;
        for (at, name) in self.lanes.iter().enumerate() {
            let lane = self.lane(at);
            painter.hline(all.x_range(), lane.max.y - 0.5, (1.0, t.border));
            let centre = pos2(all.min.x + sizes::PAD + sizes::DOT / 2.0, lane.min.y + 20.0);
            painter.circle_filled(centre, sizes::DOT / 2.0, t.category(at));
            let words = Rect::from_min_max(
                pos2(centre.x + sizes::DOT, lane.min.y + 10.0),
                pos2(self.plot.min.x - 4.0, lane.min.y + 30.0),
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
        for (_, rect) in self.gaps() {
            painter.rect_filled(rect, 0.0, t.bg);
        }
        for step in 0..=STEPS {
            let x = self.plot.min.x + self.plot.width() * step as f32 / STEPS as f32;
            if self.axis.value(f64::from(step) / f64::from(STEPS)) >= self.from() {
                painter.vline(x, self.plot.y_range(), (1.0, t.border));
            }
        }
    }

    /// When the first event was.
    fn from(&self) -> i64 {
        let times = self.saga.sequence.messages.iter();
        let times = times.filter_map(|message| message.time.map(Timestamp::micros));
        times.min().unwrap_or_default()
    }

    /// The stretches that are drawn short, with where they are.
    fn gaps(&self) -> impl Iterator<Item = (Gap, Rect)> + '_ {
        self.axis.gaps().map(move |(gap, left, right)| {
            let x = |place: f64| self.plot.min.x + self.plot.width() * place as f32;
            (gap, self.plot.with_min_x(x(left)).with_max_x(x(right)))
        })
    }

    /// Lines from what led to something to what it led to, between lanes.
    fn causes(&self, painter: &Painter) {
        let messages = &self.saga.sequence.messages;
        for message in messages {
            let (Some(from), Some(time)) = (message.from, message.time) else {
                continue;
            };
            if from == message.to {
                continue;
            }
            let before = messages
                .iter()
                .rev()
                .find(|own| own.to == from && own.event < message.event && own.time.is_some());
            let Some(since) = before.and_then(|own| own.time) else {
                continue;
            };
            let (x0, x1) = (self.x(since), self.x(time));
            let (y0, y1) = (self.baseline(from), self.baseline(message.to));
            let stroke = Stroke::new(1.0, look::meaning(self.t, message.meaning));
            let bend = pos2(x0 + 6.0_f32.min((x1 - x0).abs() / 2.0), y0);
            painter.line_segment([pos2(x0, y0), bend], stroke);
            painter.line_segment([bend, pos2(bend.x, y1)], stroke);
            painter.line_segment([pos2(bend.x, y1), pos2(x1, y1)], stroke);
        }
    }

    fn baseline(&self, lane: usize) -> f32 {
        self.lane(lane).max.y - 10.0
    }

    fn ticks(&self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        for (at, message) in self.saga.sequence.messages.iter().enumerate() {
            let Some(time) = message.time else { continue };
            let centre = pos2(self.x(time), self.baseline(message.to));
            let rect = Rect::from_center_size(centre, vec2(10.0, 12.0));
            let response = ui.interact(rect, ui.scope_id().with(("tick", at)), Sense::click());
            response.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::Button, true, message.name.as_str())
            });
            let selected = model.selection.event == Some(message.event);
            let colour = match selected {
                true => self.t.accent,
                false => look::meaning(self.t, message.meaning),
            };
            diamond(
                ui.painter(),
                centre,
                if selected { 6.0 } else { 4.0 },
                colour,
            );
            if response.clicked() {
                outbox.send(Command::SelectEvent(Some(message.event)));
            }
            response.on_hover_text(format!("{}\n{}", message.name, model.time(time)));
        }
    }

    /// The names of events that no step tells of, where there is room for them.
    fn names(&self, painter: &Painter, taken: &mut Taken) {
        let told = |event| {
            let mut steps = self.saga.report.steps.iter();
            steps.any(|step| step.events.ended == Some(event))
        };
        for message in self.saga.sequence.messages.iter().take(NAMED) {
            let Some(time) = message.time.filter(|_| !told(message.event)) else {
                continue;
            };
            let galley = one_line(painter, &message.name, Face::Tiny, self.t.text2, 200.0);
            // Where there is no room to the right of its mark, to the left, and else above it.
            let (x, y, wide) = (self.x(time), self.baseline(message.to), galley.size().x);
            let corners = [
                pos2(x + 7.0, y - 7.0),
                pos2(x - 7.0 - wide, y - 7.0),
                pos2(x + 2.0, y - 20.0),
                pos2(x - 2.0 - wide, y - 20.0),
            ];
            let rects = corners.map(|corner| Rect::from_min_size(corner, galley.size()));
            let inside = |rect: &&Rect| {
                let room = self.plot.min.x..=self.plot.max.x + sizes::PAD_TEXT;
                room.contains(&rect.min.x) && room.contains(&rect.max.x)
            };
            let free = rects
                .iter()
                .filter(inside)
                .find(|rect| taken.is_free(**rect));
            if let Some(rect) = free {
                taken.take(painter, *rect, galley, self.t);
            }
        }
    }

    fn cursor(&self, painter: &Painter, model: &Model) {
        let Some(cursor) = model
            .cursor
            .time()
            .filter(|time| self.axis.contains(time.micros()))
        else {
            return;
        };
        let x = self.x(cursor);
        painter.vline(x, self.plot.y_range(), (sizes::CURSOR_LINE, self.t.cursor));
    }
}

/// Of so many events names are looked for a place: of more none would be legible.
const NAMED: usize = 300;

fn diamond(painter: &Painter, centre: Pos2, size: f32, colour: egui::Color32) {
    let corners = [
        vec2(0.0, -size),
        vec2(size, 0.0),
        vec2(0.0, size),
        vec2(-size, 0.0),
    ];
    let points = corners.map(|corner| centre + corner).to_vec();
    painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
}

/// The head of an arrow that points along `direction` with its tip at `tip`.
pub(super) fn arrow_head(
    painter: &Painter,
    tip: Pos2,
    direction: egui::Vec2,
    colour: egui::Color32,
) {
    let side = vec2(-direction.y, direction.x) * 3.5;
    let back = tip - direction * 7.0;
    let points = vec![tip, back + side, back - side];
    painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
}
