//! What follows what in the map: lines that are wider the more often, their figures beside them on a ground
//! of their own, so that no line runs through a figure.

use egui::{Color32, Painter, Pos2, Rect, Stroke, Ui, Vec2, pos2, vec2};
use hashbrown::HashMap;

use super::Figures;
use super::place::Placed;
use crate::analysis::saga::{Follows, Meaning, ProcessMap};
use crate::gui::theme::{Face, Tokens, TokensExt};
use crate::gui::views::sagas::timeline::arrow_head;
use crate::gui::widgets::one_line;
use crate::model::time::Span;
use crate::render::grouped;

/// Lines that are drawn at most from each box.
const LINES: usize = 4;
/// One in so many of the most frequent line is not drawn, unless nothing else leads from its box.
const RARE: u32 = 50;

/// Draws the lines between boxes, the rarest first.
pub(super) fn paint(ui: &Ui, map: &ProcessMap, placed: &[Placed<'_>], figures: Figures) {
    let t = ui.tokens();
    let painter = ui.painter();
    let most = map
        .follows
        .first()
        .map_or(1, |follows| follows.count)
        .max(1);
    let by_type: HashMap<u32, &Placed<'_>> = placed
        .iter()
        .map(|own| (own.found.event_type, own))
        .collect();
    let mut labels: Vec<(Pos2, String, Color32)> = Vec::new();
    for follows in drawn(map, most).into_iter().rev() {
        let (Some(from), Some(to)) = (by_type.get(&follows.from), by_type.get(&follows.to)) else {
            continue;
        };
        let share = (f64::from(follows.count).ln_1p() / f64::from(most).ln_1p()) as f32;
        let colour = colour(t, from, to);
        let stroke = Stroke::new(1.0 + 3.5 * share * share, colour);
        let at = line(painter, (from.rect, to.rect), placed, stroke);
        let words = match (figures, follows.wait) {
            (Figures::Median, Some(wait)) => Span::from_micros(wait.median).to_string(),
            (Figures::Median, None) => continue,
            (Figures::Count, _) => grouped(u64::from(follows.count)),
        };
        labels.push((at, words, if colour == t.text3 { t.text2 } else { colour }));
    }
    let mut taken: Vec<Rect> = placed.iter().map(|own| own.rect.expand(1.0)).collect();
    // The most frequent first: where there is no room for all, they stay.
    for (at, words, colour) in labels.into_iter().rev() {
        label(painter, at, &words, colour, &mut taken);
    }
}

/// The most frequent first.
fn drawn(map: &ProcessMap, most: u32) -> Vec<&Follows> {
    let mut lines: HashMap<u32, usize> = HashMap::new();
    let drawn = map.follows.iter().filter(|follows| {
        let own = lines.entry(follows.from).or_default();
        *own += 1;
        let rare = follows.count.saturating_mul(RARE) < most && *own > 1;
        *own <= LINES && !rare && follows.from != follows.to
    });
    drawn.collect()
}

fn colour(t: &Tokens, from: &Placed<'_>, to: &Placed<'_>) -> Color32 {
    match (from.found.meaning, to.found.meaning) {
        (_, Meaning::Undoing) => t.compensating,
        (_, Meaning::Failure) => t.failed,
        _ => t.text3,
    }
}

/// A figure near `at`, where nothing else stands.
fn label(painter: &Painter, at: Pos2, words: &str, colour: Color32, taken: &mut Vec<Rect>) {
    let galley = one_line(painter, words, Face::Cell, colour, 120.0);
    let size: Vec2 = galley.size() + vec2(4.0, 0.0);
    let tried = [
        (0.0, 0.0),
        (0.0, 13.0),
        (0.0, -13.0),
        (34.0, 0.0),
        (-34.0, 0.0),
        (0.0, 26.0),
    ];
    for (x, y) in tried {
        let rect = Rect::from_min_size(at + vec2(x, y), size);
        if taken.iter().any(|own| own.intersects(rect)) {
            continue;
        }
        let t = painter.ctx().tokens();
        painter.rect_filled(rect, 0.0, t.panel);
        painter.galley((rect.min + vec2(2.0, 0.0)).round(), galley, colour);
        return taken.push(rect);
    }
}

/// A line from one box to another; where its figure stands.
fn line(
    painter: &Painter,
    (from, to): (Rect, Rect),
    placed: &[Placed<'_>],
    stroke: Stroke,
) -> Pos2 {
    let straight = (from.center().x - to.center().x).abs() < 1.0;
    let next = to.min.y > from.max.y && to.min.y - from.max.y < from.height();
    if straight && next {
        let (start, tip) = (from.center_bottom(), to.center_top());
        painter.line_segment([start, tip - vec2(0.0, 5.0)], stroke);
        arrow_head(painter, tip, vec2(0.0, 1.0), stroke.color);
        return pos2(start.x + 6.0, (start.y + tip.y) / 2.0 - 8.0);
    }
    if straight {
        // Around what stands between them, the farther the further out.
        let out = from.min.x - 8.0 - (((to.min.y - from.min.y).abs() / 60.0).min(4.0) * 7.0);
        let (start, end) = (from.left_center(), to.left_center());
        let path = [start, pos2(out, start.y), pos2(out, end.y), end];
        return elbow(
            painter,
            &path,
            vec2(1.0, 0.0),
            stroke,
            pos2(out + 2.0, (start.y + end.y) / 2.0),
        );
    }
    if to.center().x > from.center().x {
        return rightwards(painter, (from, to), placed, stroke);
    }
    let (start, end) = (from.left_center(), to.right_center());
    let middle = start.x - 14.0;
    let path = [start, pos2(middle, start.y), pos2(middle, end.y), end];
    elbow(
        painter,
        &path,
        vec2(-1.0, 0.0),
        stroke,
        pos2(middle - 2.0, start.y + 2.0),
    )
}

/// A line to a box further right. Its figure stands at the part of it that no other line shares: what leads
/// down or up to where it ends.
fn rightwards(
    painter: &Painter,
    (from, to): (Rect, Rect),
    placed: &[Placed<'_>],
    stroke: Stroke,
) -> Pos2 {
    let start = from.right_center();
    let down = to.center().y >= start.y;
    let end = if down {
        to.center_top()
    } else {
        to.center_bottom()
    };
    let east = vec2(1.0, 0.0);
    if (end.y - start.y).abs() < 8.0 || down && end.y < start.y {
        let path = [start, pos2(to.min.x, start.y)];
        let middle = (start.x + to.min.x) / 2.0;
        return elbow(
            painter,
            &path,
            east,
            stroke,
            pos2(middle - 8.0, start.y - 15.0),
        );
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
    let x = start.x + if y > start.y { 10.0 } else { 0.0 };
    let lane = Rect::from_two_pos(pos2(end.x, y), end - direction * 3.0);
    if !is_free(lane) {
        // Beside the boxes that stand above it.
        let (x1, to) = (to.min.x - 14.0, to.left_center());
        let path = [
            start,
            pos2(x, start.y),
            pos2(x, y),
            pos2(x1, y),
            pos2(x1, to.y),
            to,
        ];
        return elbow(painter, &path, east, stroke, pos2(x1 + 3.0, to.y - 16.0));
    }
    let path = [start, pos2(x, start.y), pos2(x, y), pos2(end.x, y), end];
    elbow(painter, &path, direction, stroke, beside(y))
}

fn elbow(painter: &Painter, path: &[Pos2], to: Vec2, stroke: Stroke, label: Pos2) -> Pos2 {
    for pair in path.windows(2) {
        painter.line_segment([pair[0], pair[1]], stroke);
    }
    if let Some(tip) = path.last() {
        arrow_head(painter, *tip, to, stroke.color);
    }
    label
}

#[cfg(test)]
mod tests {
    use egui::{Context, LayerId};

    use super::*;
    use crate::analysis::saga::MapType;

    #[test]
    fn figures_of_lines_from_one_box_stand_at_what_no_other_line_shares() {
        let ctx = Context::default();
        let painter = Painter::new(ctx, LayerId::background(), Rect::EVERYTHING);
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
            line(&painter, boxes, &placed, Stroke::NONE)
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
