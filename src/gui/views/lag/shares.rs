//! A share from 0 to 100 % over milliseconds, on a log scale that reaches from the shortest to the longest,
//! with the bands in which people think of consistency.

use egui::{Align2, Painter, Rect, Role, Sense, Shape, Ui, WidgetInfo, pos2, vec2};

use super::delays::span;
use super::{curves, legend};
use crate::gui::theme::{Face, TokensExt};
use crate::gui::widgets::{paint_line, paint_marks};

/// Height of the legend under a plot.
const LEGEND: f32 = 22.0;
/// Room for a label of the axis.
const LABEL: f32 = 56.0;

/// Where the axis has a line.
const TICKS: [(f64, &str); 12] = [
    (0.1, "0.1 ms"),
    (1.0, "1 ms"),
    (10.0, "10 ms"),
    (100.0, "100 ms"),
    (1_000.0, "1 s"),
    (10_000.0, "10 s"),
    (60_000.0, "1 min"),
    (600_000.0, "10 min"),
    (3_600_000.0, "1 h"),
    (36_000_000.0, "10 h"),
    (86_400_000.0, "1 d"),
    (864_000_000.0, "10 d"),
];
/// The bands, as the legend of the small multiples has them: every other is lighter.
const BANDS: [(f64, f64); 2] = [(0.0, 10.0), (100.0, 10_000.0)];

/// From the shortest to the longest time.
struct Axis {
    plot: Rect,
    from: f64,
    length: f64,
}

impl Axis {
    fn new(plot: Rect, points: &[(f64, f64)]) -> Self {
        let least = points.iter().map(|(ms, _)| *ms).filter(|ms| *ms > 0.0);
        let least = least.fold(f64::INFINITY, f64::min);
        let most = points.last().map_or(1.0, |(ms, _)| ms.max(0.1));
        // A decade at least, and a little room at both ends.
        let from = (least.min(most / 10.0).max(0.01) * 0.8).log10();
        Self {
            plot,
            from,
            length: (most * 1.25).log10() - from,
        }
    }

    fn x(&self, ms: f64) -> f32 {
        let part = (ms.max(1e-3).log10() - self.from) / self.length;
        self.plot.min.x + part.clamp(0.0, 1.0) as f32 * self.plot.width()
    }

    fn holds(&self, ms: f64) -> bool {
        (self.from..=self.from + self.length).contains(&ms.log10())
    }

    fn y(&self, share: f64) -> f32 {
        self.plot.max.y - share as f32 * (self.plot.height() - 2.0) - 1.0
    }
}

/// A curve with what is named of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curve<'a> {
    /// What it is of.
    pub name: &'a str,
    /// The same in a line under the plot.
    pub note: &'a str,
    /// Milliseconds and the share.
    pub points: &'a [(f64, f64)],
    /// Named times.
    pub marks: &'a [(&'a str, f64)],
}

/// Draws it, with a legend of its bands, as high as it is told.
pub(super) fn plot(ui: &mut Ui, height: f32, curve: Curve<'_>) {
    let Curve {
        name,
        points,
        marks,
        ..
    } = curve;
    let t = ui.tokens();
    let size = vec2(ui.available_width(), height);
    let (all, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    let painter = ui.painter_at(all);
    let rect = all.with_max_y(all.max.y - LEGEND);
    let below = all.with_min_y(rect.max.y).with_min_x(all.min.x + 44.0);
    legend::paint(
        &painter,
        below.with_max_x(all.max.x - 12.0),
        [curve.note, "log scale"],
    );
    let plot = Rect::from_min_max(rect.min + vec2(44.0, 22.0), rect.max - vec2(12.0, 22.0));
    painter.rect_filled(plot, 0.0, t.field);
    let axis = Axis::new(plot, points);
    ground(&painter, rect, &axis);
    let curve = points
        .iter()
        .map(|(ms, share)| Some(pos2(axis.x(*ms), axis.y(*share))));
    curves::line(&painter, curve, t.text, None);
    named(&painter, rect, &axis, marks);
}

fn ground(painter: &Painter, rect: Rect, axis: &Axis) {
    let t = painter.ctx().tokens();
    let plot = axis.plot;
    for (from, to) in BANDS {
        let band = Rect::from_x_y_ranges(axis.x(from)..=axis.x(to), plot.y_range());
        painter.rect_filled(band, 0.0, t.hover);
    }
    let mut free = rect.min.x;
    for (ms, words) in TICKS.iter().filter(|(ms, _)| axis.holds(*ms)) {
        let x = axis.x(*ms);
        painter.vline(x, plot.y_range(), (1.0, t.border));
        if x - LABEL / 2.0 < free {
            continue;
        }
        let room = Rect::from_center_size(pos2(x, rect.max.y - 10.0), vec2(LABEL, 16.0));
        paint_line(
            painter,
            room,
            Align2::CENTER_CENTER,
            words,
            Face::Cell,
            t.text3,
        );
        free = room.max.x;
    }
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let y = axis.y(share);
        painter.hline(plot.x_range(), y, (1.0, t.border));
        let room = Rect::from_min_max(pos2(rect.min.x, y - 8.0), pos2(plot.min.x - 6.0, y + 8.0));
        let words = format!("{:.0} %", share * 100.0);
        paint_line(
            painter,
            room,
            Align2::RIGHT_CENTER,
            &words,
            Face::Cell,
            t.text3,
        );
    }
}

/// Dashed lines with their names and lengths above the plot.
fn named(painter: &Painter, rect: Rect, axis: &Axis, marks: &[(&str, f64)]) {
    let t = painter.ctx().tokens();
    let named = marks.iter().map(|(word, ms)| {
        let x = axis.x(*ms);
        let ends = [pos2(x, axis.plot.min.y), pos2(x, axis.plot.max.y)];
        painter.extend(Shape::dashed_line(&ends, (1.0, t.accent), 2.0, 3.0));
        (x, format!("{word} {}", span(*ms)))
    });
    let named: Vec<(f32, String)> = named.collect();
    let row = rect.with_max_y(axis.plot.min.y);
    paint_marks(painter, row, &named, t.text2);
}
