//! The share that took no longer, over a logarithmic scale of time: a curve for each row of the table, the
//! selected one in front with its marks.

use egui::{Align2, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};

use super::Line;
use crate::gui::theme::{Face, TokensExt};
use crate::gui::widgets::{paint_line, paint_marks};
use crate::model::time::Span;

/// Lengths of time that people think in, in microseconds.
const LADDER: [i64; 16] = [
    1,
    10,
    100,
    1_000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    60_000_000,
    600_000_000,
    3_600_000_000,
    21_600_000_000,
    86_400_000_000,
    604_800_000_000,
    2_629_746_000_000,
    31_556_952_000_000,
];
/// Height of the names above the plot.
const MARKS: f32 = 18.0;
/// Labels of the scale do not come closer.
const APART: f32 = 56.0;

/// Where lengths and shares stand.
struct Scale {
    plot: Rect,
    from: f64,
    to: f64,
}

impl Scale {
    fn of(lines: &[Line<'_>], plot: Rect) -> Self {
        let points = || lines.iter().flat_map(|line| &line.spread.curve);
        let least = points().map(|(micros, _)| *micros).min().unwrap_or(1);
        let most = points()
            .map(|(micros, _)| *micros)
            .max()
            .unwrap_or(1)
            .max(1);
        // What took no time stands at the left edge, and leaves room for the rest.
        let least = least.max(most / 10_000_000).max(1);
        let from = (least as f64).log10() - 0.1;
        let to = (most as f64).log10() + 0.1;
        // What always took the same still has a width.
        let to = to.max(from + 0.6);
        Self { plot, from, to }
    }

    fn x(&self, micros: i64) -> f32 {
        let at = (micros.max(1) as f64).log10();
        let place = ((at - self.from) / (self.to - self.from)).max(0.0);
        self.plot.min.x + self.plot.width() * place as f32
    }

    fn y(&self, share: f32) -> f32 {
        self.plot.max.y - share * (self.plot.height() - 2.0) - 1.0
    }

    fn curve(&self, line: &Line<'_>) -> Vec<Pos2> {
        let mut before = 0.0;
        let mut points = vec![pos2(self.plot.min.x, self.y(0.0))];
        for (micros, share) in &line.spread.curve {
            let x = self.x(*micros);
            points.push(pos2(x, self.y(before)));
            points.push(pos2(x, self.y(*share)));
            before = *share;
        }
        points.push(pos2(self.plot.max.x, self.y(1.0)));
        points
    }
}

/// Draws the curves over the room there is.
pub(super) fn show(ui: &mut Ui, lines: &[Line<'_>], selected: usize) {
    let t = ui.tokens();
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    response.widget_info(|| {
        let name = "Share that took no longer, over time";
        egui::WidgetInfo::labeled(egui::Role::Image, true, name)
    });
    let painter = ui.painter_at(rect);
    let plot = Rect::from_min_max(rect.min + vec2(56.0, MARKS), rect.max - vec2(16.0, 40.0));
    if plot.height() < 24.0 {
        return;
    }
    let scale = Scale::of(lines, plot);
    ground(&painter, rect, &scale);
    for (at, line) in lines.iter().enumerate().filter(|(at, _)| *at != selected) {
        // The first have colours of their own.
        let (share, width) = if at < 10 { (0.8, 1.5) } else { (0.35, 1.0) };
        let colour = line.colour.gamma_multiply(share);
        painter.add(Shape::line(scale.curve(line), Stroke::new(width, colour)));
    }
    if let Some(line) = lines.get(selected) {
        painter.add(Shape::line(
            scale.curve(line),
            Stroke::new(2.5, line.colour),
        ));
        marks(&painter, &scale, line);
    }
    let note = Rect::from_min_max(pos2(plot.min.x, rect.max.y - 18.0), rect.max);
    let words = "Share that took no longer than so long; lengths to within one in a hundred";
    paint_line(
        &painter,
        note,
        Align2::LEFT_CENTER,
        words,
        Face::Secondary,
        t.text3,
    );
}

fn ground(painter: &Painter, rect: Rect, scale: &Scale) {
    let t = painter.ctx().tokens();
    let plot = scale.plot;
    painter.rect_filled(plot, 0.0, t.field);
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let y = scale.y(share);
        painter.hline(plot.x_range(), y, (1.0, t.border));
        let label = Rect::from_min_max(pos2(rect.min.x, y - 8.0), pos2(plot.min.x - 6.0, y + 8.0));
        let text = format!("{:.0} %", share * 100.0);
        paint_line(
            painter,
            label,
            Align2::RIGHT_CENTER,
            &text,
            Face::Cell,
            t.text3,
        );
    }
    let mut last = f32::NEG_INFINITY;
    for step in LADDER {
        let x = scale.x(step);
        if x <= plot.min.x || x > plot.max.x || x - last < APART {
            continue;
        }
        last = x;
        painter.vline(x, plot.y_range(), (1.0, t.border));
        let label = Rect::from_center_size(pos2(x, plot.max.y + 10.0), vec2(APART, 14.0));
        let text = Span::from_micros(step).to_string();
        paint_line(
            painter,
            label,
            Align2::CENTER_CENTER,
            &text,
            Face::Cell,
            t.text3,
        );
    }
}

/// Where half of them are, and nineteen of twenty.
fn marks(painter: &Painter, scale: &Scale, line: &Line<'_>) {
    let t = painter.ctx().tokens();
    let (plot, wait) = (scale.plot, line.spread.wait);
    let named = [("p50", wait.median), ("p95", wait.p95)].map(|(word, micros)| {
        let x = scale.x(micros);
        let ends = [pos2(x, plot.min.y), pos2(x, plot.max.y)];
        painter.extend(Shape::dashed_line(&ends, (1.0, t.accent), 2.0, 3.0));
        (x, format!("{word} {}", Span::from_micros(micros)))
    });
    let row = plot.with_min_y(plot.min.y - MARKS).with_max_y(plot.min.y);
    paint_marks(painter, row, &named, t.text);
}
