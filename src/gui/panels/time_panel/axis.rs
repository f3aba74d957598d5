//! The axis under the lanes: marks at round moments, the lengths of gaps, and over all of it the
//! cursor with its flag.

use egui::{Align2, Galley, Painter, Rect, Shape, Ui, pos2, vec2};

use super::lanes::cursor_x;
use super::ticks::flag;
use super::{Scene, input};
use crate::analysis::density::Scale;
use crate::gui::theme::{Face, Tokens, TokensExt, sizes};
use crate::log::Bound;
use crate::model::time::Span;

/// From the lanes to the cursor's flag.
const FLAG_TOP: f32 = 4.0;
/// Between two labels.
const BETWEEN: f32 = 8.0;

/// Draws the axis and the cursor, over everything that was drawn before.
pub(super) fn show(ui: &Ui, scene: &Scene<'_>) {
    let (painter, tokens) = (ui.painter(), ui.tokens());
    let flag = Flag::new(painter, scene, tokens);
    let mut taken = vec![flag.rect.expand2(vec2(BETWEEN / 2.0, 0.0))];
    gap_labels(painter, scene, tokens, &mut taken);
    let row = scene.geometry.axis;
    for tick in &scene.ticks {
        let galley = painter.layout_no_wrap(tick.label.clone(), Face::Cell.font(), tokens.text2);
        place(painter, scene.x(tick.value), row, galley, &mut taken);
    }
    flag.paint(painter, scene, tokens);
}

fn gap_labels(painter: &Painter, scene: &Scene<'_>, tokens: &Tokens, taken: &mut Vec<Rect>) {
    for (gap, left, right) in scene.axis.gaps() {
        let length = Span::from_micros(gap.to.saturating_sub(gap.from));
        let text = format!("{length} idle");
        let galley = painter.layout_no_wrap(text, Face::Tiny.font(), tokens.text3);
        let centre = scene.geometry.x(left.midpoint(right));
        place(painter, centre, scene.geometry.axis, galley, taken);
    }
}

/// Puts a label under `x` unless another is there.
fn place(
    painter: &Painter,
    x: f32,
    row: Rect,
    galley: std::sync::Arc<Galley>,
    taken: &mut Vec<Rect>,
) {
    let size = galley.size();
    let centre = pos2(x, row.top() + FLAG_TOP + sizes::CURSOR_FLAG / 2.0);
    let rect = Rect::from_center_size(centre, size);
    let room = rect.expand2(vec2(BETWEEN / 2.0, 0.0));
    // Half a label may stand out, over the gutter or the margin, but not beyond the window.
    let inside = rect.left() > row.left() - 40.0 && rect.right() < row.right() + sizes::PLOT_RIGHT;
    if inside && !taken.iter().any(|other| other.intersects(room)) {
        painter.galley(
            pos2(rect.left().round(), rect.top().round()),
            galley,
            egui::Color32::PLACEHOLDER,
        );
        taken.push(rect);
    }
}

/// The cursor's flag on the axis.
struct Flag {
    text: String,
    rect: Rect,
    /// The line, where it can be seen.
    x: Option<f32>,
}

impl Flag {
    fn new(painter: &Painter, scene: &Scene<'_>, tokens: &Tokens) -> Self {
        let x = cursor_x(scene);
        let moment = text(scene);
        let text = if x == f32::NEG_INFINITY {
            format!("← {moment}")
        } else if x == f32::INFINITY {
            format!("{moment} →")
        } else {
            moment
        };
        let font = Face::CellStrong.font();
        let width = painter
            .layout_no_wrap(text.clone(), font, tokens.on_cursor)
            .size()
            .x
            + 12.0;
        let row = scene.geometry.axis;
        let (least, most) = (
            row.left() - 40.0,
            row.right() + sizes::PLOT_RIGHT - 2.0 - width,
        );
        let left = (x - width / 2.0).clamp(least, most.max(least)).round();
        let top = row.top() + FLAG_TOP;
        Self {
            text,
            rect: Rect::from_min_size(pos2(left, top), vec2(width, sizes::CURSOR_FLAG)),
            x: x.is_finite().then(|| x.round()),
        }
    }

    fn paint(&self, painter: &Painter, scene: &Scene<'_>, tokens: &Tokens) {
        if let Some(x) = self.x {
            let y = egui::Rangef::new(scene.geometry.flags.top() + 2.0, self.rect.top());
            painter.vline(x, y, (sizes::CURSOR_LINE, tokens.cursor));
            let top = self.rect.top();
            let tip = vec![pos2(x - 4.0, top), pos2(x, top - 4.0), pos2(x + 4.0, top)];
            painter.add(Shape::convex_polygon(
                tip,
                tokens.cursor,
                egui::Stroke::NONE,
            ));
        }
        painter.rect_filled(self.rect, sizes::RADIUS_BAR, tokens.cursor);
        let font = Face::CellStrong.font();
        let centre = self.rect.center();
        painter.text(
            centre,
            Align2::CENTER_CENTER,
            &self.text,
            font,
            tokens.on_cursor,
        );
    }
}

fn text(scene: &Scene<'_>) -> String {
    let cursor = &scene.model.cursor;
    match (scene.view.scale, cursor.time()) {
        (_, _) if cursor.bound() == Bound::Start => "start".to_owned(),
        (Scale::Time(_), Some(time)) => flag(time, scene.model.zone(), scene.view.window.length()),
        (Scale::Time(_), None) => "start".to_owned(),
        (Scale::Order, _) => input::moment(scene, scene.view.cursor),
    }
}
