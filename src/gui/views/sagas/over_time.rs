//! How many sagas were open with which status when: stacked, up to the cursor.

use std::sync::Arc;

use egui::{Align2, Painter, Rangef, Rect, Ui, pos2, vec2};

use super::look;
use crate::analysis::density::{Axis, Scale};
use crate::analysis::saga::{Counts, Status};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Tokens, TokensExt, sizes};
use crate::gui::widgets::{paint_line, paint_status};
use crate::render::grouped;

/// Whether the plot is shown or only its figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fold {
    #[default]
    Open,
    Folded,
}

impl Fold {
    /// Height of the pane, in as much room: what is above it needs the rest.
    pub fn height(self, room: f32) -> f32 {
        match self {
            Self::Open => (room * 0.19).clamp(72.0, 104.0),
            Self::Folded => 24.0,
        }
    }
}

/// Left of the plot there is room for its scale, at least.
const GUTTER: f32 = 72.0;
/// Room for its name, above it.
const NAME: f32 = 108.0;
/// Columns of the plot.
const COLUMNS: usize = 240;

/// From the bottom to the top; those that have come to a good end are left out.
const STACK: [Status; 5] = [
    Status::Running,
    Status::Compensating,
    Status::Parked,
    Status::Failed,
    Status::Stuck,
];

/// The moments that are counted: where the columns of the plot end, on the axis of the time panel, in
/// microseconds. None in a store without times.
pub(super) fn moments(model: &Model) -> Option<Arc<Vec<i64>>> {
    let axis = axis(model)?;
    let end = |column: usize| axis.value((column + 1) as f64 / COLUMNS as f64);
    Some(Arc::new((0..COLUMNS).map(end).collect()))
}

/// What the time panel shows, as far as it goes by the clock.
fn axis(model: &Model) -> Option<&Axis> {
    let axis = &model.answers.timeline.get()?.axis;
    matches!(axis.scale(), Scale::Time(_)).then_some(axis)
}

/// Where so many stretches of equal length end, over what the store spans, in microseconds.
pub(super) fn stretches(model: &Model, count: usize) -> Option<Arc<Vec<i64>>> {
    let (first, last) = model.log()?.time_span(model.clock())?;
    let (first, last) = (first.micros(), last.micros());
    let step = (i128::from(last) - i128::from(first)).max(1);
    let at = |column: usize| {
        let along = step * (column as i128 + 1) / count as i128;
        (i128::from(first) + along) as i64
    };
    Some(Arc::new((0..count).map(at).collect()))
}

/// Draws the plot over the room there is.
pub(super) fn show(
    ui: &mut Ui,
    model: &Model,
    fold: &mut Fold,
    (moments, counts): (&[i64], Option<&Vec<Counts>>),
) {
    let t = ui.tokens();
    let all = ui.max_rect();
    let painter = ui.painter().clone();
    painter.hline(all.x_range(), all.min.y + 0.5, (1.0, t.border));
    // Over the lanes of the time panel, which reach from edge to edge of the window.
    let window = ui.ctx().content_rect();
    let left = (window.min.x + sizes::PLOT_LEFT).max(all.min.x + GUTTER);
    let right = (window.max.x - sizes::PLOT_RIGHT).min(all.max.x);
    let plot = Rect::from_min_max(
        pos2(left, all.min.y + 24.0),
        pos2(right.max(left), all.max.y - 8.0),
    );
    let label = Rect::from_min_size(all.min + vec2(sizes::PAD, 4.0), vec2(NAME, 16.0));
    fold_by(ui, fold, label);
    let heads = Rect::from_min_max(
        pos2(label.max.x + sizes::GAP, all.min.y + 4.0),
        pos2(right, all.min.y + 20.0),
    );
    if *fold == Fold::Folded {
        let list = model.answers.sagas.get();
        let at_cursor = list.map_or_else(Counts::default, |list| list.counts);
        return legend(&painter, t, heads, &at_cursor);
    }
    let Some(counts) = counts.filter(|counts| counts.len() == moments.len()) else {
        return;
    };
    let now = model
        .cursor
        .time()
        .map_or(i64::MAX, crate::model::Timestamp::micros);
    let known = moments.partition_point(|moment| *moment <= now);
    let shown = &counts[..known];
    let list = model.answers.sagas.get();
    let at_cursor = list.map_or_else(Counts::default, |list| list.counts);
    let most = top(shown, &at_cursor);
    let gutter = Rect::from_min_max(
        pos2(all.min.x + sizes::PAD, plot.min.y),
        pos2(plot.min.x - 4.0, plot.max.y),
    );
    scale(&painter, t, gutter, (most, open(&at_cursor)));
    let width = plot.width() / moments.len().max(1) as f32;
    let place = axis(model).zip(model.cursor.time());
    let place = place.filter(|(axis, time)| axis.contains(time.micros()));
    let x = place.map(|(axis, time)| plot.min.x + plot.width() * axis.place(time.micros()) as f32);
    // What came since the end of the last whole column stands as it is at the cursor.
    let mut columns = whole(plot, shown, width);
    columns.extend(
        x.and_then(|x| last(&columns, plot.min.x, x))
            .map(|own| (own, &at_cursor)),
    );
    painter.add(stacks(t, plot, (&columns, most)));
    painter.hline(plot.x_range(), plot.max.y, (1.0, t.border));
    if let Some(x) = x {
        painter.vline(x, all.min.y..=plot.max.y, (sizes::CURSOR_LINE, t.cursor));
    }
    legend(&painter, t, heads, &at_cursor);
}

/// The greatest value and zero at the foot, and between them how many are open at the cursor.
fn scale(painter: &Painter, t: &Tokens, gutter: Rect, (most, now): (u32, u32)) {
    let row = |y: f32| Rect::from_x_y_ranges(gutter.x_range(), y - 7.0..=y + 7.0);
    let right = Align2::RIGHT_CENTER;
    let paint = |y: f32, words: &str, ink| {
        paint_line(painter, row(y), right, words, Face::Tiny, ink);
    };
    paint(gutter.min.y + 4.0, &grouped(u64::from(most)), t.text3);
    paint(gutter.max.y - 4.0, "0", t.text3);
    let words = format!("now {}", grouped(u64::from(now)));
    paint(gutter.center().y, &words, t.text);
}

/// The name of the plot, and what folds it.
fn fold_by(ui: &mut Ui, fold: &mut Fold, label: Rect) {
    let t = ui.tokens();
    let response = ui.interact(label, ui.scope_id().with("fold"), egui::Sense::click());
    let is_open = *fold == Fold::Open;
    response.widget_info(|| {
        let name = "Open or failed over time";
        egui::WidgetInfo::selected(egui::Role::Button, true, is_open, name)
    });
    let ink = if response.hovered() { t.text } else { t.text2 };
    let centre = pos2(label.min.x + 4.0, label.center().y);
    let corners = match is_open {
        true => [vec2(-4.0, -2.0), vec2(4.0, -2.0), vec2(0.0, 3.0)],
        false => [vec2(-2.0, -4.0), vec2(3.0, 0.0), vec2(-2.0, 4.0)],
    };
    let points = corners.map(|corner| centre + corner).to_vec();
    let triangle = egui::Shape::convex_polygon(points, ink, egui::Stroke::NONE);
    ui.painter().add(triangle);
    let words = label.with_min_x(label.min.x + 12.0);
    look::words(ui.painter(), words, "Open or failed", (Face::Dense, t.text));
    crate::gui::widgets::focus_ring(ui, &response);
    if response.clicked() {
        *fold = match is_open {
            true => Fold::Folded,
            false => Fold::Open,
        };
    }
}

fn of(counts: &Counts, status: Status) -> u32 {
    let at = Status::ALL.iter().position(|own| *own == status);
    at.map_or(0, |at| counts[at])
}

fn open(counts: &Counts) -> u32 {
    STACK.iter().map(|status| of(counts, *status)).sum()
}

fn legend(painter: &Painter, t: &Tokens, room: Rect, counts: &Counts) {
    let mut x = room.min.x;
    for status in STACK {
        let (tone, shape, word) = look::status(status);
        let text = format!("{word} {}", grouped(u64::from(of(counts, status))));
        let corner = pos2(x, room.min.y + 4.0);
        let square = Rect::from_min_size(corner, vec2(sizes::DOT, sizes::DOT));
        paint_status(painter, square, shape, t.tone(tone));
        let rect = Rect::from_min_size(pos2(x + 14.0, room.min.y), vec2(140.0, 16.0));
        let ink = look::on_ground(painter, rect, &text, (Face::Secondary, t.text2));
        x = ink.max.x + 16.0;
    }
    let note = Rect::from_min_max(pos2(x, room.min.y), pos2(room.max.x, room.min.y + 16.0));
    let text =
        "as known at the cursor; same time axis as below; completed and compensated are left out";
    look::on_ground(painter, note, text, (Face::Secondary, t.text3));
}

/// A column of the plot: from where to where, and how many have which status.
type Stack<'a> = (Rangef, &'a Counts);

/// The greatest value of the scale: none of the columns goes beyond it, nor does what is open at the cursor.
fn top(shown: &[Counts], at_cursor: &Counts) -> u32 {
    let all = shown.iter().chain([at_cursor]);
    all.map(open).max().unwrap_or(0).max(1)
}

fn whole(plot: Rect, shown: &[Counts], width: f32) -> Vec<Stack<'_>> {
    let left = |column: usize| plot.min.x + width * column as f32;
    let columns = shown.iter().enumerate();
    columns
        .map(|(at, counts)| (Rangef::new(left(at), left(at + 1)), counts))
        .collect()
}

/// Where the column ends that the cursor stands in: what comes behind the whole ones, up to it.
fn last(columns: &[Stack<'_>], least: f32, cursor: f32) -> Option<Rangef> {
    let from = columns.last().map_or(least, |(own, _)| own.max);
    (from < cursor).then(|| Rangef::new(from, cursor))
}

fn stacks(t: &Tokens, plot: Rect, (columns, most): (&[Stack<'_>], u32)) -> egui::Mesh {
    let mut mesh = egui::Mesh::default();
    for (across, counts) in columns {
        let mut bottom = plot.max.y;
        for status in STACK {
            let top = bottom - plot.height() * of(counts, status) as f32 / most as f32;
            if top < bottom {
                let (tone, _, _) = look::status(status);
                let rect = Rect::from_x_y_ranges(*across, top..=bottom);
                mesh.add_colored_rect(rect, t.tone(tone));
            }
            bottom = top;
        }
    }
    mesh
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plot_reaches_the_cursor_and_its_scale_what_is_open_there() {
        let counts = |running: u32| {
            let mut counts = Counts::default();
            let at = Status::ALL.iter().position(|own| *own == Status::Running);
            counts[at.unwrap()] = running;
            counts
        };
        let shown = [counts(20), counts(22)];
        assert_eq!(top(&shown, &counts(23)), 23);
        assert_eq!(top(&shown, &counts(3)), 22);
        assert_eq!(top(&[], &counts(0)), 1);
        let plot = Rect::from_min_max(pos2(100.0, 0.0), pos2(200.0, 50.0));
        let columns = whole(plot, &shown, 10.0);
        assert_eq!(
            last(&columns, 100.0, 127.0),
            Some(Rangef::new(120.0, 127.0))
        );
        assert_eq!(last(&columns, 100.0, 120.0), None);
        assert_eq!(last(&[], 100.0, 103.0), Some(Rangef::new(100.0, 103.0)));
    }
}
