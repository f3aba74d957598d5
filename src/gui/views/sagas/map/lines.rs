//! What follows what in the map: lines that are wider the more often, their figures beside them on a ground
//! of their own, so that no line runs through a figure.

use egui::{Color32, Painter, Pos2, Rect, Sense, Stroke, Ui, Vec2, pos2, vec2};
use hashbrown::HashMap;

use super::Marked;
use super::place::Placed;
use crate::analysis::saga::{Follows, Meaning, Passed, ProcessMap};
use crate::gui::theme::{Face, Tokens, TokensExt};
use crate::gui::views::sagas::timeline::arrow_head;
use crate::gui::widgets::one_line;
use crate::log::Log;
use crate::model::time::Span;
use crate::render::grouped;

/// So many lines stand beside each other between two columns, so far apart, so that no two are one.
const BESIDE: usize = 6;
const ASIDE: f32 = 5.0;

/// What leads back stands so much below the middle of boxes.
const BACK: Vec2 = vec2(0.0, 9.0);

/// How near the pointer has to be to a line.
const NEAR: f32 = 5.0;

/// How a line runs, and where its figure stands.
struct Route {
    path: Vec<Pos2>,
    towards: Vec2,
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

    fn paint(&self, painter: &Painter, stroke: Stroke) {
        for pair in self.path.windows(2) {
            painter.line_segment([pair[0], pair[1]], stroke);
        }
        if let Some(tip) = self.path.last() {
            arrow_head(painter, *tip, self.towards, stroke.color);
        }
    }

    /// Its stretches, as thin as lines are.
    fn parts(&self) -> impl Iterator<Item = Rect> + '_ {
        let pairs = self.path.windows(2);
        pairs.map(|pair| Rect::from_two_pos(pair[0], pair[1]).expand(1.0))
    }

    /// Where its figure may stand: where it is best told apart, then along the line from its end on.
    fn places(&self, size: Vec2) -> impl Iterator<Item = Rect> + '_ {
        let along = self.path.windows(2).rev().flat_map(move |pair| {
            let (from, way) = (pair[0], pair[1] - pair[0]);
            let beside = match way.x.abs() > way.y.abs() {
                true => [vec2(-size.x / 2.0, -size.y - 2.0), vec2(-size.x / 2.0, 3.0)],
                false => [vec2(7.0, -size.y / 2.0), vec2(-size.x - 7.0, -size.y / 2.0)],
            };
            let parts = [0.5, 0.75, 0.25].into_iter();
            parts.flat_map(move |part| beside.map(|beside| from + way * part + beside))
        });
        let corners = std::iter::once(self.label).chain(along);
        corners.map(move |corner| Rect::from_min_size(corner, size))
    }

    fn distance(&self, to: Pos2) -> f32 {
        let parts = self.path.windows(2).map(|pair| {
            let along = Rect::from_two_pos(pair[0], pair[1]);
            along.distance_to_pos(to)
        });
        parts.fold(f32::INFINITY, f32::min)
    }
}

/// Draws the lines between boxes, the rarest first; which of them was clicked.
pub(super) fn paint(
    ui: &mut Ui,
    log: &Log,
    map: &ProcessMap,
    placed: &[Placed<'_>],
    marked: &Marked,
) -> Option<Passed> {
    let t = ui.tokens();
    let ground = ui.interact(ui.clip_rect(), ui.scope_id().with("lines"), Sense::click());
    let most = map
        .follows
        .first()
        .map_or(1, |follows| follows.count)
        .max(1);
    let by_type: HashMap<u32, &Placed<'_>> = placed
        .iter()
        .map(|own| (own.found.event_type, own))
        .collect();
    let boxes =
        |follows: &Follows| Some((*by_type.get(&follows.from)?, *by_type.get(&follows.to)?));
    let all = map.drawn().into_iter().enumerate();
    let routes = all.filter_map(|(at, follows)| {
        let (from, to) = boxes(follows)?;
        let aside = (at % BESIDE) as f32 * ASIDE;
        let route = line((from.rect, to.rect), placed, aside);
        Some((follows, (from, to), route))
    });
    // The most frequent first.
    let routes: Vec<Line<'_>> = routes.collect();
    let pointed = ground.hover_pos().and_then(|at| {
        let near = routes
            .iter()
            .map(|(follows, _, route)| (*follows, route.distance(at)));
        let near = near.filter(|(_, distance)| *distance < NEAR);
        near.min_by(|(_, a), (_, b)| a.total_cmp(b))
            .map(|(follows, _)| follows)
    });
    for (follows, (from, to), route) in routes.iter().rev() {
        let share = (f64::from(follows.count).ln_1p() / f64::from(most).ln_1p()) as f32;
        let width = 1.0 + 3.5 * share * share;
        let is_marked = marked.has_pair(follows) || pointed == Some(*follows);
        let stroke = match is_marked {
            true => Stroke::new(width.max(2.5), t.accent),
            false => Stroke::new(width, colour(t, from, to)),
        };
        route.paint(ui.painter(), stroke);
    }
    let clicked = figures(ui, log, (placed, &routes), |follows| {
        marked.has_pair(follows) || pointed == Some(follows)
    });
    let picked = clicked.or(pointed.filter(|_| ground.clicked()));
    if let Some(follows) = pointed {
        ground.on_hover_text_at_pointer(told(log, follows));
    }
    picked.map(|follows| Passed::Pair(follows.from, follows.to))
}

/// A line that is drawn, with the boxes that it joins.
type Line<'a> = (&'a Follows, (&'a Placed<'a>, &'a Placed<'a>), Route);

/// How often and after how long, beside each line; which of them was clicked.
fn figures<'a>(
    ui: &mut Ui,
    log: &Log,
    (placed, routes): (&[Placed<'_>], &[Line<'a>]),
    is_asked: impl Fn(&Follows) -> bool,
) -> Option<&'a Follows> {
    let t = ui.tokens();
    let mut taken: Vec<Rect> = placed.iter().map(|own| own.rect.expand(1.0)).collect();
    let mut clicked = None;
    let all: Vec<Rect> = routes
        .iter()
        .flat_map(|(.., route)| route.parts())
        .collect();
    // Where there is no room for all, the most frequent stay. That something came once the thin line tells.
    for (follows, (from, to), route) in routes {
        let is_asked = is_asked(follows);
        if follows.count == 1 && !is_asked {
            continue;
        }
        let count = grouped(u64::from(follows.count));
        let words = match follows.wait {
            Some(wait) => format!("{count}  {}", Span::from_micros(wait.median)),
            None => count,
        };
        let ink = match colour(t, from, to) {
            _ if is_asked => t.accent,
            ink if ink == t.text3 => t.text2,
            ink => ink,
        };
        let Some(rect) = label(ui.painter(), (route, &all), (&words, ink), &mut taken) else {
            continue;
        };
        let id = ui.scope_id().with(("line", follows.from, follows.to));
        let response = ui.interact(rect, id, Sense::click());
        let name = told(log, follows);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name.as_str()));
        if response.clicked() {
            clicked = Some(*follows);
        }
        response.on_hover_text(name);
    }
    clicked
}

/// What a line tells, in words.
fn told(log: &Log, follows: &Follows) -> String {
    let name = |kind: u32| log.types().get(kind);
    let count = grouped(u64::from(follows.count));
    let mut words = format!(
        "{} › {}, {count} times",
        name(follows.from),
        name(follows.to)
    );
    if let Some(wait) = follows.wait {
        words += &format!(", usually after {}", Span::from_micros(wait.median));
    }
    words
}

fn colour(t: &Tokens, from: &Placed<'_>, to: &Placed<'_>) -> Color32 {
    match (from.found.meaning, to.found.meaning) {
        (_, Meaning::Undoing) => t.compensating,
        (_, Meaning::Failure) => t.failed,
        _ => t.text3,
    }
}

/// A figure beside its line, where nothing else stands; rather where no other line of `all` passes.
fn label(
    painter: &Painter,
    (route, all): (&Route, &[Rect]),
    (words, colour): (&str, Color32),
    taken: &mut Vec<Rect>,
) -> Option<Rect> {
    let galley = one_line(painter, words, Face::Cell, colour, 200.0);
    let size: Vec2 = galley.size() + vec2(4.0, 0.0);
    let is_free = |rect: &Rect| !taken.iter().any(|other| other.intersects(*rect));
    // A figure through which a line runs is worse than none.
    let passes = |rect: &Rect| all.iter().any(|part| part.intersects(*rect));
    let mut quiet = route.places(size).filter(is_free);
    let rect = quiet.find(|rect| !passes(rect))?;
    let t = painter.ctx().tokens();
    painter.rect_filled(rect, 0.0, t.panel);
    painter.galley((rect.min + vec2(2.0, 0.0)).round(), galley, colour);
    taken.push(rect);
    Some(rect)
}

/// A line from one box to another; where its figure stands.
/// What runs up or down between columns does so a little aside.
fn line((from, to): (Rect, Rect), placed: &[Placed<'_>], aside: f32) -> Route {
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
    use crate::analysis::saga::MapType;

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
}
