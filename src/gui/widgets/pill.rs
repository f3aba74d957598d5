//! A verdict: a status shape with its word, on a tint in heads and bare in lists. Never colour alone.

use egui::{
    Align2, Color32, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, Widget,
    WidgetInfo, pos2, vec2,
};

use super::line::{one_line, paint_galley};
use crate::gui::theme::{Face, TokensExt, Tone, icons, sizes};

/// The shape that says a status without its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusShape {
    /// Saga running.
    TriangleRight,
    /// Saga compensating.
    TriangleLeft,
    /// Saga stuck; a consumer's warning.
    TriangleUp,
    /// Consumer rewound.
    DoubleTriangleLeft,
    /// Saga completed; consumer OK.
    Disc,
    /// Saga compensated.
    Ring,
    /// Saga failed.
    Cross,
    /// Saga parked; consumer stalled.
    Bars,
    /// Consumer stopped.
    Square,
}

/// Paints a status shape into a square, 8 points as a rule.
pub fn paint_status(painter: &Painter, rect: Rect, shape: StatusShape, colour: Color32) {
    let pen = Pen {
        rect: icons::centred(rect, rect.width().min(rect.height())),
        colour,
    };
    match shape {
        StatusShape::TriangleRight => pen.polygon(painter, &[(0.1, 0.0), (1.0, 0.5), (0.1, 1.0)]),
        StatusShape::TriangleLeft => pen.polygon(painter, &[(0.9, 0.0), (0.9, 1.0), (0.0, 0.5)]),
        StatusShape::TriangleUp => pen.polygon(painter, &[(0.5, 0.05), (1.0, 0.95), (0.0, 0.95)]),
        StatusShape::DoubleTriangleLeft => {
            pen.polygon(painter, &[(0.5, 0.05), (0.5, 0.95), (-0.05, 0.5)]);
            pen.polygon(painter, &[(1.05, 0.05), (1.05, 0.95), (0.5, 0.5)]);
        }
        StatusShape::Disc => {
            painter.circle_filled(pen.rect.center(), pen.rect.width() / 2.0, colour);
        }
        StatusShape::Ring => {
            let stroke = Stroke::new(1.6, colour);
            painter.circle_stroke(pen.rect.center(), pen.rect.width() / 2.0 - 0.8, stroke);
        }
        StatusShape::Cross => {
            let stroke = Stroke::new(1.8, colour);
            painter.line_segment([pen.at(0.08, 0.08), pen.at(0.92, 0.92)], stroke);
            painter.line_segment([pen.at(0.92, 0.08), pen.at(0.08, 0.92)], stroke);
        }
        StatusShape::Bars => {
            for x in [0.05, 0.62] {
                let bar = Rect::from_min_max(pen.at(x, 0.0), pen.at(x + 0.33, 1.0));
                painter.rect_filled(bar, 0.5, colour);
            }
        }
        StatusShape::Square => {
            painter.rect_filled(pen.rect.shrink(0.5), 1.0, colour);
        }
    }
}

struct Pen {
    rect: Rect,
    colour: Color32,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        self.rect.min + vec2(x, y) * self.rect.size()
    }

    fn polygon(&self, painter: &Painter, corners: &[(f32, f32)]) {
        let points = corners.iter().map(|&(x, y)| self.at(x, y)).collect();
        painter.add(Shape::convex_polygon(points, self.colour, Stroke::NONE));
    }
}

/// A status shape and its word; 20 high on its tint, or bare for rows of a list.
#[derive(Clone, Copy, Debug)]
#[must_use = "add it with ui.add"]
pub struct Pill<'a> {
    tone: Tone,
    shape: Option<StatusShape>,
    word: &'a str,
    ground: Ground,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ground {
    Tint,
    None,
}

impl<'a> Pill<'a> {
    /// A pill on its tint, for heads and summaries.
    pub fn new(tone: Tone, shape: StatusShape, word: &'a str) -> Self {
        Self {
            tone,
            shape: Some(shape),
            word,
            ground: Ground::Tint,
        }
    }

    /// A pill of a word alone ("3 warnings").
    pub fn word(tone: Tone, word: &'a str) -> Self {
        Self {
            tone,
            shape: None,
            word,
            ground: Ground::Tint,
        }
    }

    /// Without ground, for rows of a list.
    pub fn bare(mut self) -> Self {
        self.ground = Ground::None;
        self
    }
}

impl Widget for Pill<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = ui.tokens();
        let colour = t.tone(self.tone);
        let word = one_line(
            ui.painter(),
            self.word,
            Face::SecondaryStrong,
            colour,
            f32::INFINITY,
        );
        let padding = if self.ground == Ground::Tint {
            8.0
        } else {
            0.0
        };
        let shape_width = if self.shape.is_some() {
            sizes::DOT + 6.0
        } else {
            0.0
        };
        let size = vec2(
            (word.size().x + shape_width + 2.0 * padding).ceil(),
            sizes::PILL,
        );
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, self.word));
        if self.ground == Ground::Tint {
            ui.painter()
                .rect_filled(rect, sizes::RADIUS, t.tone_bg(self.tone));
        }
        let mut inner = rect.shrink2(vec2(padding, 0.0));
        if let Some(shape) = self.shape {
            let centre = pos2(inner.min.x + sizes::DOT / 2.0, inner.center().y);
            let square = Rect::from_center_size(centre, vec2(sizes::DOT, sizes::DOT));
            paint_status(ui.painter(), square, shape, colour);
            inner.min.x += shape_width;
        }
        paint_galley(ui.painter(), inner, Align2::LEFT_CENTER, word, colour);
        response
    }
}
