//! A value over time, small: a step line, the cursor through it, and what comes after it faded.

use egui::{
    Color32, Pos2, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2, Widget,
    WidgetInfo, pos2, vec2,
};

use crate::gui::theme::{TokensExt, faded, sizes};

/// A step line on the ground of a field.
#[derive(Clone, Copy, Debug)]
#[must_use = "add it with ui.add"]
pub struct Sparkline<'a> {
    name: &'a str,
    points: &'a [[f32; 2]],
    cursor: Option<f32>,
    colour: Option<Color32>,
    size: Vec2,
}

impl<'a> Sparkline<'a> {
    /// Points in rising x, both coordinates 0 to 1, y upwards; each value holds until the next point.
    /// `name` says what is plotted, for assistive technology.
    pub fn new(name: &'a str, points: &'a [[f32; 2]]) -> Self {
        Self {
            name,
            points,
            cursor: None,
            colour: None,
            size: vec2(300.0, 50.0),
        }
    }

    /// Where the cursor stands, 0 to 1 of the width.
    pub fn cursor(mut self, x: f32) -> Self {
        self.cursor = Some(x.clamp(0.0, 1.0));
        self
    }

    /// Another colour than `changed`.
    pub fn colour(mut self, colour: Color32) -> Self {
        self.colour = Some(colour);
        self
    }

    /// Another size than 300 by 50.
    pub fn size(mut self, size: Vec2) -> Self {
        self.size = size;
        self
    }
}

/// The corners of a step line from `from` to `to`, and the value it has at `to`.
fn steps(points: &[[f32; 2]], from: f32, to: f32) -> (Vec<[f32; 2]>, Option<f32>) {
    let mut corners = Vec::new();
    let mut held = points
        .iter()
        .take_while(|p| p[0] <= from)
        .last()
        .map(|p| p[1]);
    if let Some(y) = held {
        corners.push([from, y]);
    }
    for &[x, y] in points.iter().filter(|p| p[0] > from && p[0] <= to) {
        if let Some(before) = held {
            corners.push([x, before]);
        }
        corners.push([x, y]);
        held = Some(y);
    }
    if let Some(y) = held {
        corners.push([to, y]);
    }
    (corners, held)
}

impl Widget for Sparkline<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = ui.tokens();
        let size = self.size.min(vec2(ui.available_width(), self.size.y));
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, self.name));
        let painter = ui.painter_at(rect);
        painter.rect(
            rect,
            sizes::RADIUS,
            t.field,
            Stroke::new(1.0, t.border),
            StrokeKind::Inside,
        );
        let plot = rect.shrink2(vec2(12.0, 8.0));
        let colour = self.colour.unwrap_or(t.changed);
        let now = self.cursor.unwrap_or(1.0);
        let line = |from: f32, to: f32, colour: Color32| {
            let (corners, held) = steps(self.points, from, to);
            let points: Vec<Pos2> = corners.iter().map(|&[x, y]| place(plot, x, y)).collect();
            if points.len() > 1 {
                painter.add(Shape::line(points, Stroke::new(1.5, colour)));
            }
            held
        };
        if now < 1.0 {
            line(now, 1.0, faded(colour));
        }
        let held = line(0.0, now, colour);
        if self.cursor.is_some() {
            let x = place(plot, now, 0.0).x.round();
            painter.vline(x, rect.y_range(), (sizes::CURSOR_LINE, t.cursor));
            if let Some(y) = held {
                painter.circle_filled(place(plot, now, y), 3.0, colour);
            }
        }
        response
    }
}

fn place(plot: Rect, x: f32, y: f32) -> Pos2 {
    pos2(
        plot.min.x + x * plot.width(),
        plot.max.y - y * plot.height(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_holds_until_the_next_one() {
        let points = [[0.0, 0.2], [0.5, 0.8]];
        let (corners, held) = steps(&points, 0.0, 0.7);
        assert_eq!(corners, [[0.0, 0.2], [0.5, 0.2], [0.5, 0.8], [0.7, 0.8]]);
        assert_eq!(held, Some(0.8));
    }

    #[test]
    fn before_the_first_value_there_is_no_line() {
        let points = [[0.5, 0.8]];
        assert_eq!(steps(&points, 0.0, 0.4), (vec![], None));
        let (corners, _) = steps(&points, 0.0, 1.0);
        assert_eq!(corners, [[0.5, 0.8], [1.0, 0.8]]);
    }
}
