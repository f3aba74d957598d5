//! What follows what in the map: lines that are wider the more often, their figures beside them on a ground
//! of their own, so that no line runs through a figure.

use egui::{Color32, Painter, Rect, Sense, Stroke, Ui, Vec2, vec2};
use hashbrown::HashMap;

use super::Marked;
use super::lens::Lens;
use super::place::Placed;
use super::route::{Route, line};
use crate::analysis::saga::{Follows, Meaning, Passed, ProcessMap};
use crate::gui::theme::{Face, Tokens, TokensExt};
use crate::gui::views::sagas::timeline::arrow_head;
use crate::gui::widgets::{one_line, one_line_of};
use crate::log::Log;
use crate::model::time::Span;
use crate::render::grouped;

/// So many lines stand beside each other between two columns, so far apart, so that no two are one.
const BESIDE: usize = 6;
const ASIDE: f32 = 5.0;
/// So much nearer to its own line than to any other a figure has to be.
const NEARER: f32 = 4.0;

/// How near the pointer has to be to a line.
const NEAR: f32 = 5.0;

/// Draws the lines between boxes, the rarest first; which of them was clicked.
pub(super) fn paint(
    ui: &mut Ui,
    (log, lens): (&Log, &Lens),
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
        let at = lens.back(at);
        let near = routes
            .iter()
            .map(|(follows, _, route)| (*follows, route.distance(at)));
        let near = near.filter(|(_, distance)| *distance * lens.size < NEAR);
        near.min_by(|(_, a), (_, b)| a.total_cmp(b))
            .map(|(follows, _)| follows)
    });
    for (follows, (from, to), route) in routes.iter().rev() {
        let share = (f64::from(follows.count).ln_1p() / f64::from(most).ln_1p()) as f32;
        let width = 1.0 + 3.5 * share * share * lens.size;
        let is_marked = marked.has_pair(follows) || pointed == Some(*follows);
        let stroke = match is_marked {
            true => Stroke::new(width.max(2.5), t.accent),
            false => Stroke::new(width, colour(t, from, to)),
        };
        draw(ui.painter(), lens, route, stroke);
    }
    let clicked = figures(ui, (log, lens), (placed, &routes), |follows| {
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
    (log, lens): (&Log, &Lens),
    (placed, routes): (&[Placed<'_>], &[Line<'a>]),
    is_asked: impl Fn(&Follows) -> bool,
) -> Option<&'a Follows> {
    let t = ui.tokens();
    let mut taken: Vec<Rect> = placed.iter().map(|own| own.rect.expand(1.0)).collect();
    let mut clicked = None;
    let all: Vec<Vec<Rect>> = routes
        .iter()
        .map(|(.., route)| route.parts().collect())
        .collect();
    // Where there is no room for all, the most frequent stay. That something came once the thin line tells.
    for (at, (follows, (from, to), route)) in routes.iter().enumerate() {
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
        let own = (route, at, &all[..]);
        let Some(rect) = label(ui.painter(), lens, own, (&words, ink), &mut taken) else {
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

/// A figure beside its line, where nothing else stands and no other line is as near: whose it is has to be seen.
fn label(
    painter: &Painter,
    lens: &Lens,
    (route, own, all): (&Route, usize, &[Vec<Rect>]),
    (words, colour): (&str, Color32),
    taken: &mut Vec<Rect>,
) -> Option<Rect> {
    let face = Face::Cell;
    let measured = one_line(painter, words, face, colour, 200.0);
    let size: Vec2 = measured.size() + vec2(4.0, 0.0);
    let mut places = route.places(size);
    let place = places.find(|rect| is_clear(*rect, (own, all), taken))?;
    taken.push(place);
    let rect = lens.rect(place);
    let t = painter.ctx().tokens();
    painter.rect_filled(rect, 0.0, t.panel);
    let galley = one_line_of(painter, words, lens.font(face), colour, f32::INFINITY);
    painter.galley((rect.min + vec2(2.0, 0.0)).round(), galley, colour);
    Some(rect)
}

/// Whether the figure of a line may stand there: in sight, where nothing else does and no line passes, and
/// nearer to its own line than to any other.
fn is_clear(rect: Rect, (own, all): (usize, &[Vec<Rect>]), taken: &[Rect]) -> bool {
    let is_free = rect.min.x >= 0.0 && !taken.iter().any(|other| other.intersects(rect));
    let far = |parts: &[Rect]| {
        let gaps = parts.iter().map(|part| apart(*part, rect));
        gaps.fold(f32::INFINITY, f32::min)
    };
    let mine = far(&all[own]);
    let mut others = all.iter().enumerate().filter(|(at, _)| *at != own);
    // A figure through which a line runs is worse than none.
    is_free && mine > 0.0 && others.all(|(_, parts)| far(parts) >= mine + NEARER)
}

/// How far apart two rectangles are; nothing where they touch.
fn apart(one: Rect, other: Rect) -> f32 {
    let x = (one.min.x - other.max.x).max(other.min.x - one.max.x);
    let y = (one.min.y - other.max.y).max(other.min.y - one.max.y);
    vec2(x.max(0.0), y.max(0.0)).length()
}

fn draw(painter: &Painter, lens: &Lens, route: &Route, stroke: Stroke) {
    for pair in route.path.windows(2) {
        painter.line_segment([lens.pos(pair[0]), lens.pos(pair[1])], stroke);
    }
    if let Some(tip) = route.path.last() {
        arrow_head(painter, lens.pos(*tip), route.towards, stroke.color);
    }
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    #[test]
    fn a_figure_stands_where_its_own_line_is_the_nearest() {
        let part = |x0: f32, y0: f32, x1: f32, y1: f32| {
            vec![Rect::from_two_pos(pos2(x0, y0), pos2(x1, y1)).expand(1.0)]
        };
        // Two lines that run beside each other, of which one goes on.
        let all = [part(0.0, 50.0, 100.0, 50.0), part(0.0, 55.0, 300.0, 55.0)];
        let above = |x: f32| Rect::from_min_size(pos2(x, 34.0), vec2(40.0, 12.0));
        assert!(is_clear(above(20.0), (0, &all), &[]));
        assert!(!is_clear(above(20.0), (1, &all), &[]));
        assert!(is_clear(above(150.0), (1, &all), &[]));
        // Not where something stands, where a line runs through it, or out of sight.
        assert!(!is_clear(above(20.0), (0, &all), &[above(30.0)]));
        let on = Rect::from_min_size(pos2(20.0, 46.0), vec2(40.0, 12.0));
        assert!(!is_clear(on, (0, &all), &[]));
        assert!(!is_clear(above(-10.0), (0, &all), &[]));
    }
}
