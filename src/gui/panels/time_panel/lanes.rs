//! The lanes: bars of density by category or type, counts as of the cursor beside them, gaps, and
//! the selected stream's own events.

use std::borrow::Cow;

use egui::{
    Align2, Color32, Painter, Pos2, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::{Scene, TimePanel, bars};
use crate::analysis::density::LaneBy;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Known, StreamEvents};
use crate::gui::theme::{Face, Tokens, TokensExt, faded, sizes};
use crate::gui::widgets::{
    context_menu, focus_ring, menu_item, middle_ellipsis, one_line, paint_line,
};
use crate::model::{CategoryIx, TypeIx};
use crate::render::grouped;
use crate::worker::Timeline;

/// Between the last lane and that of the selected stream: where there is room, and where there is none
/// and it reaches into the air over the axis.
const STREAM_APART: f32 = 6.0;
const STREAM_LEAST_APART: f32 = 4.0;

/// A lane as it is drawn.
struct Lane<'a> {
    name: &'a str,
    /// Its place among the colours; none for what shares a lane.
    colour: Option<usize>,
    /// Shows its events; none for what shares a lane.
    events: Option<Command>,
    /// Events as of the cursor.
    count: u32,
    bins: Cow<'a, [u32]>,
}

impl TimePanel {
    pub(super) fn paint_lanes(&mut self, ui: &mut Ui, scene: &Scene<'_>, outbox: &mut Outbox) {
        let tokens = ui.tokens();
        let geometry = &scene.geometry;
        let painter = ui.painter().clone();
        let ground = Ground {
            painter: &painter,
            scene,
            tokens,
        };
        ground.stream(self.stream_lane(scene));
        ground.grid();
        ground.veil();
        let lanes = self.lanes_shown(scene);
        let peak = lanes
            .iter()
            .flat_map(|lane| lane.bins.iter().copied())
            .max()
            .unwrap_or(0);
        let cursor = cursor_x(scene);
        for (at, lane) in lanes.iter().enumerate() {
            let rect = geometry.lane(at);
            let colour = lane.colour.map_or(tokens.text3, |ix| tokens.category(ix));
            if let Some(timeline) = scene.timeline {
                let place =
                    |(bin, count): (usize, &u32)| scene.bin_x(timeline, bin).map(|x| (x, *count));
                let places = lane.bins.iter().enumerate().filter_map(place);
                painter.add(bars::mesh(places, peak, rect, colour, cursor));
            }
            let response = gutter(ui, geometry.gutter(rect), lane, colour);
            if let (true, Some(events)) = (response.clicked(), &lane.events) {
                outbox.send(events.clone());
            }
            context_menu(&response, |ui| {
                if menu_item(ui, "Copy counts as of the cursor").clicked() {
                    outbox.send(Command::Copy(table(&lanes)));
                }
            });
        }
        ground.gaps();
        drop(lanes);
        self.stream_marks(ui, scene);
    }

    /// The lane of the selected stream, below all others.
    pub(super) fn stream_lane(&self, scene: &Scene<'_>) -> Option<Rect> {
        scene.model.selection.stream?;
        let room = scene.geometry.room();
        let at = self.lane_count(scene).min(room.saturating_sub(1));
        let lane = scene.geometry.lane(at);
        // Apart from the last lane, whose bars would stand on it.
        let below = scene.geometry.lanes.bottom() - lane.bottom();
        let below = below.clamp(STREAM_LEAST_APART, STREAM_APART);
        Some(lane.translate(vec2(0.0, if at > 0 { below } else { 0.0 })))
    }

    /// How many lanes there are beside the stream's.
    fn lane_count(&self, scene: &Scene<'_>) -> usize {
        let stream = usize::from(scene.model.selection.stream.is_some());
        let room = scene.geometry.room().saturating_sub(stream);
        scene
            .timeline
            .map_or(room, |timeline| occupied(timeline).min(room))
    }

    /// The most frequent lanes that fit, the others together in the last one.
    fn lanes_shown<'a>(&'a self, scene: &Scene<'a>) -> Vec<Lane<'a>> {
        let (Some(timeline), Some(counts)) = (scene.timeline, &self.counts) else {
            return Vec::new();
        };
        let all = occupied(timeline);
        let shown = self.lane_count(scene);
        let by = timeline.request.by;
        let alone = if shown < all {
            shown.saturating_sub(1)
        } else {
            shown
        };
        let lane = |at: usize| {
            let (name, place) = &timeline.whole.names[at];
            let colour = match by {
                LaneBy::Category => place.map(|place| scene.model.colour(CategoryIx(place))),
                _ => place.map(|_| at),
            };
            let count = counts.by_lane.get(at).copied().unwrap_or(0);
            let bins = Cow::Borrowed(&timeline.density.lanes[at].counts[..]);
            let events = place.map(|place| match by {
                LaneBy::Category => Command::FilterCategory(CategoryIx(place)),
                _ => Command::FilterType(TypeIx(place)),
            });
            Lane {
                name,
                colour,
                events,
                count,
                bins,
            }
        };
        let mut lanes: Vec<Lane<'_>> = (0..alone).map(lane).collect();
        if alone < shown {
            lanes.push(together(timeline, &counts.by_lane, alone));
        }
        lanes
    }

    /// Which lane is under a point, and how many events in its bar there.
    pub(super) fn lane_at<'a>(&'a self, scene: &Scene<'a>, point: Pos2) -> Option<(String, u32)> {
        let timeline = scene
            .timeline
            .filter(|timeline| timeline.axis == scene.axis)?;
        let lanes = self.lanes_shown(scene);
        let at =
            (0..lanes.len()).find(|&at| scene.geometry.lane(at).y_range().contains(point.y))?;
        let lane = lanes.get(at)?;
        let bins = timeline.starts.len();
        let bin = (scene.geometry.place(point) * bins as f64) as usize;
        let count = lane.bins.get(bin.min(bins.saturating_sub(1)))?;
        Some((lane.name.to_owned(), *count))
    }

    fn stream_marks(&self, ui: &mut Ui, scene: &Scene<'_>) {
        let (Some(lane), Some(timeline)) = (self.stream_lane(scene), scene.timeline) else {
            return;
        };
        let (Some(stream), Some(log)) = (scene.model.selection.stream, scene.model.log()) else {
            return;
        };
        let tokens = ui.tokens();
        let name = log.stream_name(stream);
        let painter = ui.painter();
        let gutter = scene.geometry.gutter(lane);
        // Counted as the lanes of the categories are.
        let events = StreamEvents::of(log, stream);
        let known = Known::of(log, scene.model.cursor.cut(), |event| events.below(event));
        stream_name(painter, gutter, name, known.count as u64, tokens);
        if timeline.request.stream == Some(stream) {
            for mark in &timeline.marks {
                if !scene.axis.contains(mark.value) {
                    continue;
                }
                let x = scene.x(mark.value).round();
                let known = mark.value <= scene.view.cursor;
                let colour = if known {
                    tokens.text
                } else {
                    faded(tokens.text)
                };
                let top = pos2(x - 1.0, lane.top() + 3.0);
                let rect = Rect::from_min_max(top, pos2(x + 1.0, lane.bottom() - 3.0));
                painter.rect_filled(rect, 0.0, colour);
            }
        }
        let response = ui.interact(gutter, ui.scope_id().with("stream-lane"), Sense::hover());
        let text = format!(
            "{name}: {} events as of the cursor",
            grouped(known.count as u64)
        );
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text.clone()));
        response.on_hover_text(name);
    }
}

/// Lanes with events, that of the others among them.
fn occupied(timeline: &Timeline) -> usize {
    let all = timeline.density.lanes.len();
    let spare = !timeline.whole.lanes.has_others() && all > 1;
    all - usize::from(spare)
}

/// All lanes from one on as one.
fn together<'a>(timeline: &'a Timeline, counts: &[u32], from: usize) -> Lane<'a> {
    let lanes = timeline.density.lanes.get(from..).unwrap_or_default();
    let mut bins = vec![0_u32; timeline.starts.len()];
    for lane in lanes {
        for (sum, count) in bins.iter_mut().zip(&lane.counts) {
            *sum += count;
        }
    }
    Lane {
        name: if from == 0 { "all events" } else { "other" },
        colour: None,
        events: None,
        count: counts.get(from..).unwrap_or_default().iter().sum(),
        bins: Cow::Owned(bins),
    }
}

/// Names and counts for a spreadsheet.
fn table(lanes: &[Lane<'_>]) -> String {
    let lines = lanes
        .iter()
        .map(|lane| format!("{}\t{}\n", lane.name, lane.count));
    lines.collect()
}

fn gutter(ui: &mut Ui, rect: Rect, lane: &Lane<'_>, colour: Color32) -> Response {
    let tokens = ui.tokens();
    let painter = ui.painter();
    let dot = pos2(rect.left() + sizes::DOT / 2.0, rect.center().y);
    painter.circle_filled(dot, sizes::DOT / 2.0, colour);
    let count = grouped(lane.count.into());
    let right = Align2::RIGHT_CENTER;
    let ink = paint_line(painter, rect, right, &count, Face::Cell, tokens.text2);
    let words = rect
        .with_min_x(rect.left() + 16.0)
        .with_max_x(ink.left() - sizes::GAP);
    paint_line(
        painter,
        words,
        Align2::LEFT_CENTER,
        lane.name,
        Face::Dense,
        tokens.text,
    );
    let id = ui.scope_id().with(("lane", lane.name));
    let response = ui.interact(rect, id, Sense::click());
    let name = format!("{}: {count} events as of the cursor", lane.name);
    let role = match lane.events {
        Some(_) => Role::Button,
        None => Role::Label,
    };
    response.widget_info(|| WidgetInfo::labeled(role, true, name.clone()));
    focus_ring(ui, &response);
    match lane.events {
        Some(_) => response.on_hover_text(format!("{name}. Show them")),
        None => response.on_hover_text(name),
    }
}

/// The selected stream's name and how many of its events were known. The name is what the lane is known
/// by, so the count goes first where not both have room, then the middle of the name.
fn stream_name(painter: &Painter, gutter: Rect, name: &str, known: u64, tokens: &Tokens) {
    let (left, right) = (Align2::LEFT_CENTER, Align2::RIGHT_CENTER);
    let width = |text: &str, face| {
        one_line(painter, text, face, tokens.text, f32::INFINITY)
            .size()
            .x
    };
    let own = width(name, Face::CellStrong);
    let count = grouped(known);
    if own + sizes::GAP + width(&count, Face::Cell) <= gutter.width() {
        paint_line(painter, gutter, right, &count, Face::Cell, tokens.text2);
    }
    let short = match own <= gutter.width() {
        true => Cow::Borrowed(name),
        false => {
            let letter = own / name.chars().count().max(1) as f32;
            Cow::Owned(middle_ellipsis(name, (gutter.width() / letter) as usize))
        }
    };
    paint_line(painter, gutter, left, &short, Face::CellStrong, tokens.text);
}

/// Where the cursor is in the plot, out of sight beyond its ends.
pub(super) fn cursor_x(scene: &Scene<'_>) -> f32 {
    let cursor = scene.view.cursor;
    if cursor < scene.axis.from() {
        f32::NEG_INFINITY
    } else if cursor > scene.axis.to() {
        f32::INFINITY
    } else {
        scene.x(cursor)
    }
}

/// What lies under the bars.
struct Ground<'a> {
    painter: &'a Painter,
    scene: &'a Scene<'a>,
    tokens: &'static Tokens,
}

impl Ground<'_> {
    fn stream(&self, lane: Option<Rect>) {
        if let Some(lane) = lane {
            let all = self.scene.geometry.all;
            let lane = lane.with_min_x(all.left()).with_max_x(all.right());
            self.painter
                .rect_filled(lane, 0.0, self.tokens.selection.gamma_multiply(0.6));
        }
    }

    fn grid(&self) {
        let lanes = self.scene.geometry.lanes;
        for tick in &self.scene.ticks {
            let x = self.scene.x(tick.value).round();
            self.painter
                .vline(x, lanes.y_range(), (1.0, self.tokens.border));
        }
    }

    fn veil(&self) {
        let lanes = self.scene.geometry.lanes;
        let from = cursor_x(self.scene).max(lanes.left());
        if from < lanes.right() {
            let future = lanes.with_min_x(from);
            self.painter
                .rect_filled(future, 0.0, self.tokens.future_veil());
        }
    }

    /// Stretches that are drawn short: nothing but two torn edges.
    fn gaps(&self) {
        let geometry = &self.scene.geometry;
        let lanes = geometry.lanes;
        for (_, left, right) in self.scene.axis.gaps() {
            let (left, right) = (geometry.x(left), geometry.x(right));
            let gap = lanes.with_min_x(left).with_max_x(right);
            self.painter.rect_filled(gap, 0.0, self.tokens.panel);
            for x in [left, right] {
                self.painter.line(torn(x, lanes), (1.0, self.tokens.text3));
            }
        }
    }
}

/// A zig-zag from the top of a rectangle to its bottom.
fn torn(x: f32, rect: Rect) -> Vec<Pos2> {
    let teeth = (rect.height() / 4.0).ceil() as usize;
    let point = |n: usize| {
        let side = if n.is_multiple_of(2) { -2.5 } else { 2.5 };
        pos2(x + side, (rect.top() + n as f32 * 4.0).min(rect.bottom()))
    };
    (0..=teeth).map(point).collect()
}
