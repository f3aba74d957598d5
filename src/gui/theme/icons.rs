//! The icons: polylines, circles and rectangles on a grid of 16, painted in any colour and size.
//! The shapes are data in `assets/icons.json`; only their names and their painting are code.

use std::collections::HashMap;
use std::sync::LazyLock;

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, pos2};
use serde::Deserialize;

macro_rules! icons {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// A pictogram of the window. A word beside or a tooltip always says what it means.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Icon {
            $(#[doc = concat!("The icon `", $name, "` of `assets/icons.json`.")] $variant),*
        }

        impl Icon {
            /// Every icon there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in `assets/icons.json`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
    };
}

icons! {
    Overview = "overview", Events = "events", Streams = "streams", State = "state",
    Projections = "projections", Sql = "sql", Sagas = "sagas", Lag = "lag", Audit = "audit",
    Search = "search", Menu = "menu", Play = "play", Pause = "pause", Next = "next", Prev = "prev",
    First = "first", Last = "last", Plus = "plus", Minus = "minus", Close = "close", Down = "down",
    Right = "right", Up = "up", Copy = "copy", Export = "export", Flag = "flag",
    Warning = "warning", Error = "error", Info = "info", Check = "check", Pin = "pin",
    Settings = "settings", Help = "help", Folder = "folder", Filter = "filter", Link = "link",
    Retry = "retry", Dots = "dots", File = "file", Enter = "enter",
}

/// One stroke or fill of an icon, as the file has it: `["stroke_polyline", [[x, y], …], {"stroke": 2}]`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Op {
    Styled(String, Args, Style),
    Plain(String, Args),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Args {
    Points(Vec<[f32; 2]>),
    Numbers(Vec<f32>),
}

#[derive(Debug, Deserialize)]
struct Style {
    stroke: f32,
}

#[derive(Debug, Deserialize)]
struct File {
    grid: f32,
    stroke: f32,
    icons: HashMap<String, Vec<Op>>,
}

static FILE: LazyLock<File> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../assets/icons.json"))
        .expect("assets/icons.json is part of the program and a test reads it")
});

/// Paints an icon into a square.
pub fn paint(painter: &Painter, rect: Rect, icon: Icon, colour: Color32) {
    let file = &*FILE;
    let Some(ops) = file.icons.get(icon.name()) else {
        return;
    };
    let scale = rect.width().min(rect.height()) / file.grid;
    let origin = rect.center() - egui::Vec2::splat(scale * file.grid / 2.0);
    for op in ops {
        let (op, args, width) = match op {
            Op::Styled(op, args, style) => (op, args, style.stroke),
            Op::Plain(op, args) => (op, args, file.stroke),
        };
        let pen = Pen {
            origin,
            scale,
            stroke: Stroke::new(width * scale, colour),
        };
        if let Some(shape) = pen.shape(op, args) {
            painter.add(shape);
        }
    }
}

/// Where the grid lies on the screen, and what draws on it.
struct Pen {
    origin: Pos2,
    scale: f32,
    stroke: Stroke,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        self.origin + self.scale * egui::vec2(x, y)
    }

    fn shape(&self, op: &str, args: &Args) -> Option<Shape> {
        let colour = self.stroke.color;
        Some(match (op, args) {
            ("stroke_polyline", Args::Points(points)) => self.polyline(points),
            ("fill_polygon", Args::Points(points)) => {
                let points = points.iter().map(|&[x, y]| self.at(x, y)).collect();
                Shape::convex_polygon(points, colour, Stroke::NONE)
            }
            ("fill_circle", Args::Numbers(n)) => {
                let [x, y, r] = n[..] else { return None };
                Shape::circle_filled(self.at(x, y), r * self.scale, colour)
            }
            ("stroke_circle", Args::Numbers(n)) => {
                let [x, y, r] = n[..] else { return None };
                Shape::circle_stroke(self.at(x, y), r * self.scale, self.stroke)
            }
            ("fill_rect" | "stroke_rect", Args::Numbers(n)) => {
                let [x, y, w, h, r] = n[..] else { return None };
                let rect = Rect::from_min_max(self.at(x, y), self.at(x + w, y + h));
                let radius = r * self.scale;
                if op == "fill_rect" {
                    Shape::rect_filled(rect, radius, colour)
                } else {
                    Shape::rect_stroke(rect, radius, self.stroke, StrokeKind::Middle)
                }
            }
            _ => return None,
        })
    }

    /// A line that returns to its start is closed, so that its last corner is joined like the others.
    fn polyline(&self, points: &[[f32; 2]]) -> Shape {
        let mut points: Vec<Pos2> = points.iter().map(|&[x, y]| self.at(x, y)).collect();
        if points.len() > 2 && points.first() == points.last() {
            points.pop();
            Shape::closed_line(points, self.stroke)
        } else {
            Shape::line(points, self.stroke)
        }
    }
}

/// The square of a given side in the middle of a rectangle.
#[must_use]
pub fn centred(rect: Rect, side: f32) -> Rect {
    let min = rect.center() - egui::Vec2::splat(side / 2.0);
    Rect::from_min_size(pos2(min.x.round(), min.y.round()), egui::Vec2::splat(side))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_is_in_the_file_and_the_file_holds_no_other() {
        for icon in Icon::ALL {
            assert!(
                FILE.icons.contains_key(icon.name()),
                "{} is missing",
                icon.name()
            );
        }
        assert_eq!(FILE.icons.len(), Icon::ALL.len());
    }

    #[test]
    fn every_stroke_of_every_icon_can_be_painted() {
        let pen = Pen {
            origin: Pos2::ZERO,
            scale: 1.0,
            stroke: Stroke::new(1.0, Color32::WHITE),
        };
        for (name, ops) in &FILE.icons {
            for op in ops {
                let (Op::Styled(kind, args, _) | Op::Plain(kind, args)) = op;
                assert!(pen.shape(kind, args).is_some(), "{name}: {op:?}");
            }
        }
    }
}
