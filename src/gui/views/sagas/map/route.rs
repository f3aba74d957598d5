//! How lines run between the boxes of the map, and where their figures may stand.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use super::place::Placed;

/// What leads back stands so much below the middle of boxes.
const BACK: Vec2 = vec2(0.0, 9.0);
/// Lines that go around boxes run so many times nearer to each other than those between columns.
const BESIDE_ROWS: f32 = 6.0;

/// How a line runs, and where its figure stands.
pub(super) struct Route {
    pub path: Vec<Pos2>,
    /// The way its arrow points.
    pub towards: Vec2,
    label: Pos2,
}

impl Route {
    fn new(path: &[Pos2], towards: Vec2, label: Pos2) -> Self {
        let path = path.to_vec();
        Self {
            path,
            towards,
            label,
        }
    }

    /// Its stretches, as thin as lines are.
    pub fn parts(&self) -> impl Iterator<Item = Rect> + '_ {
        let pairs = self.path.windows(2);
        pairs.map(|pair| Rect::from_two_pos(pair[0], pair[1]).expand(1.0))
    }

    /// Where its figure may stand: where it is best told apart, then along the line from its end on.
    pub fn places(&self, size: Vec2) -> impl Iterator<Item = Rect> + '_ {
        let along = self.path.windows(2).rev().flat_map(move |pair| {
            let (from, way) = (pair[0], pair[1] - pair[0]);
            let beside = match way.x.abs() > way.y.abs() {
                true => [vec2(-size.x / 2.0, -size.y - 2.0), vec2(-size.x / 2.0, 3.0)],
                false => [vec2(7.0, -size.y / 2.0), vec2(-size.x - 7.0, -size.y / 2.0)],
            };
            let parts = [0.5, 0.75, 0.25, 0.9, 0.1].into_iter();
            parts.flat_map(move |part| beside.map(|beside| from + way * part + beside))
        });
        let corners = std::iter::once(self.label).chain(along);
        corners.map(move |corner| Rect::from_min_size(corner, size))
    }

    /// How far it is from a place.
    pub fn distance(&self, to: Pos2) -> f32 {
        let parts = self.path.windows(2).map(|pair| {
            let along = Rect::from_two_pos(pair[0], pair[1]);
            along.distance_to_pos(to)
        });
        parts.fold(f32::INFINITY, f32::min)
    }
}

/// A line from one box to another; where its figure stands.
/// What runs up or down between columns does so a little aside, and none runs behind a box.
pub(super) fn line((from, to): (Rect, Rect), placed: &[Placed<'_>], aside: f32) -> Route {
    let route = plain((from, to), placed, aside);
    let hidden = |route: &Route| {
        let boxes = placed.iter().map(|own| own.rect);
        let mut others = boxes.filter(|own| *own != from && *own != to);
        others.any(|own| route.parts().any(|part| part.intersects(own)))
    };
    match hidden(&route) {
        true => around((from, to), placed, aside).unwrap_or(route),
        false => route,
    }
}

/// A line that goes around whatever boxes stand between two: along a free stretch between rows, from and to a
/// side of them.
fn around((from, to): (Rect, Rect), placed: &[Placed<'_>], aside: f32) -> Option<Route> {
    let is_free = |a: Pos2, b: Pos2| {
        let way = Rect::from_two_pos(a, b).expand(1.0);
        !placed.iter().any(|own| own.rect.intersects(way))
    };
    let rows = placed.iter().map(|own| own.rect);
    let shift = aside / BESIDE_ROWS;
    let mut rows: Vec<f32> = rows
        .flat_map(|own| [own.min.y - 4.0 - shift, own.max.y + 4.0 + shift])
        .collect();
    let far = |y: &f32| (y - from.center().y).abs() + (y - to.center().y).abs();
    rows.sort_by(|a, b| far(a).total_cmp(&far(b)));
    // To the next column on either side there is that much room.
    let out = 12.0 + aside;
    let right = |own: Rect| (own.right_center(), own.max.x + out, vec2(-1.0, 0.0));
    let left = |own: Rect| (own.left_center(), own.min.x - out, vec2(1.0, 0.0));
    let sides = [
        (right(from), left(to)),
        (right(from), right(to)),
        (left(from), left(to)),
        (left(from), right(to)),
    ];
    rows.into_iter().find_map(|y| {
        sides
            .iter()
            .find_map(|((start, x0, _), (end, x1, towards))| {
                let (start, end) = (*start + BACK, *end - BACK);
                let corners = [
                    start,
                    pos2(*x0, start.y),
                    pos2(*x0, y),
                    pos2(*x1, y),
                    pos2(*x1, end.y),
                ];
                let free = corners[1..]
                    .windows(2)
                    .all(|pair| is_free(pair[0], pair[1]));
                let path = corners.into_iter().chain([end]).collect::<Vec<_>>();
                let label = pos2((x0 + x1) / 2.0 - 20.0, y - 16.0);
                (free && *x1 > 2.0 && *x0 > 2.0).then(|| Route::new(&path, *towards, label))
            })
    })
}

fn plain((from, to): (Rect, Rect), placed: &[Placed<'_>], aside: f32) -> Route {
    let straight = (from.center().x - to.center().x).abs() < 1.0;
    let next = to.min.y > from.max.y && to.min.y - from.max.y < from.height();
    if straight && next {
        let (start, tip) = (from.center_bottom(), to.center_top());
        let label = pos2(start.x + 8.0, (start.y + tip.y) / 2.0 - 8.0);
        return Route::new(&[start, tip], vec2(0.0, 1.0), label);
    }
    if straight {
        // Around what stands between them, the farther the further out.
        let out = from.min.x - 8.0 - (((to.min.y - from.min.y).abs() / 60.0).min(4.0) * 7.0);
        let (start, end) = (from.left_center(), to.left_center());
        let path = [start, pos2(out, start.y), pos2(out, end.y), end];
        let label = pos2(out + 2.0, (start.y + end.y) / 2.0);
        return Route::new(&path, vec2(1.0, 0.0), label);
    }
    if to.center().x > from.center().x {
        return rightwards((from, to), placed, aside);
    }
    // Below the middle, so that forth and back are two lines.
    let (start, end) = (from.left_center() + BACK, to.right_center() + BACK);
    let middle = start.x - 14.0 - aside;
    let path = [start, pos2(middle, start.y), pos2(middle, end.y), end];
    Route::new(&path, vec2(-1.0, 0.0), pos2(middle - 2.0, start.y + 2.0))
}

/// A line to a box further right. Its figure stands at the part of it that no other line shares: what leads
/// down or up to where it ends.
fn rightwards((from, to): (Rect, Rect), placed: &[Placed<'_>], aside: f32) -> Route {
    let start = from.right_center();
    let down = to.center().y >= start.y;
    let end = if down {
        to.center_top()
    } else {
        to.center_bottom()
    };
    let east = vec2(1.0, 0.0);
    if (end.y - start.y).abs() < 8.0 || down && end.y < start.y {
        // Onto its edge, also where it stands a little higher or lower.
        let y = start
            .y
            .clamp(to.min.y + 6.0, (to.max.y - 6.0).max(to.min.y + 6.0));
        let bend = to.min.x - 14.0 - aside;
        let path = match y == start.y {
            true => vec![start, pos2(to.min.x, y)],
            false => vec![start, pos2(bend, start.y), pos2(bend, y), pos2(to.min.x, y)],
        };
        let middle = (start.x + to.min.x) / 2.0;
        return Route::new(&path, east, pos2(middle - 8.0, start.y - 16.0));
    }
    let is_free = |way: Rect| !placed.iter().any(|own| own.rect.intersects(way));
    let beside = |y: f32| pos2(end.x + 6.0, (y + end.y) / 2.0 - 8.0);
    let direction = vec2(0.0, if down { 1.0 } else { -1.0 });
    let across = Rect::from_x_y_ranges(from.max.x + 2.0..=end.x, start.y..=start.y + 1.0);
    // Below the boxes that stand in the way.
    let y = match down && !is_free(across) {
        true => from.max.y + 8.0,
        false => start.y,
    };
    let x = start.x + if y > start.y { 10.0 + aside } else { 0.0 };
    let lane = Rect::from_two_pos(pos2(end.x, y), end - direction * 3.0);
    if !is_free(lane) {
        // Beside the boxes that stand above it.
        let (x1, to) = (to.min.x - 14.0 - aside, to.left_center());
        let path = [
            start,
            pos2(x, start.y),
            pos2(x, y),
            pos2(x1, y),
            pos2(x1, to.y),
            to,
        ];
        return Route::new(&path, east, pos2(x1 + 3.0, to.y - 16.0));
    }
    let path = [start, pos2(x, start.y), pos2(x, y), pos2(end.x, y), end];
    Route::new(&path, direction, beside(y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::saga::{MapType, Meaning};

    #[test]
    fn figures_of_lines_from_one_box_stand_at_what_no_other_line_shares() {
        let found = MapType {
            event_type: 0,
            count: 1,
            starts: 0,
            ends: 0,
            open: 0,
            rank: 0,
            meaning: Meaning::Plain,
        };
        let at = |x: f32, y: f32| Placed {
            found: &found,
            rect: Rect::from_min_size(pos2(x, y), vec2(160.0, 40.0)),
        };
        // Two that fail stand below each other beside what they follow.
        let placed = [
            at(0.0, 0.0),
            at(230.0, 60.0),
            at(460.0, 60.0),
            at(460.0, 120.0),
        ];
        let figure = |to: usize| {
            let boxes = (placed[0].rect, placed[to].rect);
            line(boxes, &placed, 0.0).label
        };
        let all = [figure(1), figure(2), figure(3)];
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            assert!((all[one] - all[other]).length() > 20.0, "{all:?}");
        }
        // Nearer to where it leads than to where it begins.
        for (place, figure) in all.iter().enumerate() {
            let to = placed[place + 1].rect;
            assert!(to.distance_to_pos(*figure) < 40.0, "{place}: {figure:?}");
        }
    }

    #[test]
    fn no_line_runs_behind_a_box() {
        let found = MapType {
            event_type: 0,
            count: 1,
            starts: 0,
            ends: 0,
            open: 0,
            rank: 0,
            meaning: Meaning::Plain,
        };
        // Three columns, of which the last begins half a row lower.
        let at = |column: usize, row: usize| {
            let lower = if column == 2 { 29.0 } else { 0.0 };
            let corner = pos2(
                48.0 + 228.0 * column as f32,
                16.0 + 58.0 * row as f32 + lower,
            );
            Placed {
                found: &found,
                rect: Rect::from_min_size(corner, vec2(164.0, 33.0)),
            }
        };
        let placed: Vec<Placed<'_>> = (0..12).map(|n| at(n % 3, n / 3)).collect();
        for (from, to) in (0..12).flat_map(|from| (0..12).map(move |to| (from, to))) {
            let boxes = (placed[from].rect, placed[to].rect);
            if from == to {
                continue;
            }
            let route = line(boxes, &placed, 5.0);
            for (other, own) in placed.iter().enumerate() {
                if other == from || other == to {
                    continue;
                }
                let hides = route.parts().any(|part| part.intersects(own.rect));
                assert!(!hides, "{from} to {to} behind {other}: {:?}", route.path);
            }
        }
    }
}
