//! The icons: polylines, circles and rectangles on a grid of 16, painted in any colour and size.
//! The shapes are data in `assets/icons.json`; only their names and their painting are code.

use std::collections::HashMap;
use std::sync::LazyLock;

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, pos2};
use serde::Deserialize;
use serde_json::Value;

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
    Left = "left", Right = "right", Up = "up", Copy = "copy", Export = "export", Flag = "flag",
    Warning = "warning", Error = "error", Info = "info", Check = "check", Pin = "pin",
    Settings = "settings", Help = "help", Folder = "folder", Filter = "filter", Link = "link",
    Retry = "retry", Dots = "dots", File = "file", Enter = "enter",
}

/// One stroke or fill of an icon. Lengths are in units of the grid.
#[derive(Clone, Debug, PartialEq)]
enum Op {
    Line {
        points: Vec<[f32; 2]>,
        width: f32,
    },
    Polygon(Vec<[f32; 2]>),
    Ring {
        x: f32,
        y: f32,
        radius: f32,
        width: f32,
    },
    Disc {
        x: f32,
        y: f32,
        radius: f32,
    },
    Frame {
        rect: [f32; 4],
        radius: f32,
        width: f32,
    },
    Block {
        rect: [f32; 4],
        radius: f32,
    },
}

/// The file as it is written: each stroke is `["stroke_polyline", [[x, y], …], {"stroke": 2}]`, the
/// last part only where the width is not the usual one.
#[derive(Deserialize)]
struct File {
    grid: f32,
    stroke: f32,
    icons: HashMap<String, Vec<Vec<Value>>>,
}

struct Icons {
    grid: f32,
    ops: HashMap<String, Vec<Op>>,
}

static ICONS: LazyLock<Icons> = LazyLock::new(|| {
    let file: File = serde_json::from_str(include_str!("../../../assets/icons.json"))
        .expect("assets/icons.json is part of the program and a test reads it");
    let ops = file.icons.iter().map(|(name, ops)| {
        let ops = ops.iter().filter_map(|op| read_op(op, file.stroke));
        (name.clone(), ops.collect())
    });
    Icons {
        grid: file.grid,
        ops: ops.collect(),
    }
});

fn read_op(op: &[Value], usual: f32) -> Option<Op> {
    let number = |value: &Value| value.as_f64().map(|number| number as f32);
    let (kind, args) = (op.first()?.as_str()?, op.get(1)?.as_array()?);
    let width = op
        .get(2)
        .and_then(|style| number(style.get("stroke")?))
        .unwrap_or(usual);
    let points = || {
        let point = |p: &Value| Some([number(p.get(0)?)?, number(p.get(1)?)?]);
        args.iter().map(point).collect::<Option<Vec<_>>>()
    };
    let numbers = || args.iter().map(number).collect::<Option<Vec<_>>>();
    Some(match kind {
        "stroke_polyline" => Op::Line {
            points: points()?,
            width,
        },
        "fill_polygon" => Op::Polygon(points()?),
        "stroke_circle" | "fill_circle" => {
            let [x, y, radius] = numbers()?[..] else {
                return None;
            };
            match kind {
                "fill_circle" => Op::Disc { x, y, radius },
                _ => Op::Ring {
                    x,
                    y,
                    radius,
                    width,
                },
            }
        }
        "stroke_rect" | "fill_rect" => {
            let [x, y, w, h, radius] = numbers()?[..] else {
                return None;
            };
            let rect = [x, y, x + w, y + h];
            match kind {
                "fill_rect" => Op::Block { rect, radius },
                _ => Op::Frame {
                    rect,
                    radius,
                    width,
                },
            }
        }
        _ => return None,
    })
}

/// Paints an icon into a square.
pub fn paint(painter: &Painter, rect: Rect, icon: Icon, colour: Color32) {
    let icons = &*ICONS;
    let Some(ops) = icons.ops.get(icon.name()) else {
        return;
    };
    let scale = rect.width().min(rect.height()) / icons.grid;
    let origin = rect.center() - egui::Vec2::splat(scale * icons.grid / 2.0);
    let pen = Pen {
        origin,
        scale,
        colour,
    };
    painter.extend(ops.iter().map(|op| pen.shape(op)));
}

/// Where the grid lies on the screen, and what draws on it.
struct Pen {
    origin: Pos2,
    scale: f32,
    colour: Color32,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        self.origin + self.scale * egui::vec2(x, y)
    }

    fn rect(&self, [left, top, right, bottom]: [f32; 4]) -> Rect {
        Rect::from_min_max(self.at(left, top), self.at(right, bottom))
    }

    fn stroke(&self, width: f32) -> Stroke {
        Stroke::new(width * self.scale, self.colour)
    }

    fn shape(&self, op: &Op) -> Shape {
        match op {
            Op::Line { points, width } => self.polyline(points, self.stroke(*width)),
            Op::Polygon(points) => {
                let points = points.iter().map(|&[x, y]| self.at(x, y)).collect();
                Shape::convex_polygon(points, self.colour, Stroke::NONE)
            }
            Op::Ring {
                x,
                y,
                radius,
                width,
            } => Shape::circle_stroke(self.at(*x, *y), radius * self.scale, self.stroke(*width)),
            Op::Disc { x, y, radius } => {
                Shape::circle_filled(self.at(*x, *y), radius * self.scale, self.colour)
            }
            Op::Frame {
                rect,
                radius,
                width,
            } => Shape::rect_stroke(
                self.rect(*rect),
                radius * self.scale,
                self.stroke(*width),
                StrokeKind::Middle,
            ),
            Op::Block { rect, radius } => {
                Shape::rect_filled(self.rect(*rect), radius * self.scale, self.colour)
            }
        }
    }

    /// A line that returns to its start is closed, so that its last corner is joined like the others.
    fn polyline(&self, points: &[[f32; 2]], stroke: Stroke) -> Shape {
        let mut points: Vec<Pos2> = points.iter().map(|&[x, y]| self.at(x, y)).collect();
        if points.len() > 2 && points.first() == points.last() {
            points.pop();
            Shape::closed_line(points, stroke)
        } else {
            Shape::line(points, stroke)
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
                ICONS.ops.contains_key(icon.name()),
                "{} is missing",
                icon.name()
            );
        }
        assert_eq!(ICONS.ops.len(), Icon::ALL.len());
    }

    #[test]
    fn every_stroke_of_every_icon_is_understood() {
        let file: File = serde_json::from_str(include_str!("../../../assets/icons.json")).unwrap();
        for (name, ops) in &file.icons {
            assert_eq!(ops.len(), ICONS.ops[name].len(), "{name}");
        }
    }
}
