//! How many there were over time: a plot with its axis, and a small one in a row.

use egui::{Align2, Painter, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::curves::{self, Axis};
use crate::analysis::lag::{Level, peak};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{paint_grounded, paint_line};
use crate::model::Timestamp;
use crate::model::time::{Span, Style};
use crate::render::grouped;

/// Height of a plot.
const PLOT: f32 = 170.0;
/// Room for the words above its lines, and what its shades mean.
const WORDS: f32 = 20.0;
/// Room for the moments under it.
const AXIS: f32 = 18.0;

/// Of what no event is as late as.
pub(super) const LATER: &str = "dated after the last event";

type Stretch = Option<(Timestamp, Timestamp)>;

/// A line over a stretch of time.
pub(super) struct Line<'a> {
    pub levels: &'a [Level],
    pub stretch: Stretch,
    /// How many there are at the cursor by all that is told, also what is dated later than it.
    pub told: u64,
}
/// Stretches in which something was wrong.
#[derive(Default)]
pub(super) struct Shades {
    pub times: Vec<(Timestamp, Option<Timestamp>)>,
    /// What was wrong.
    pub name: &'static str,
}

/// A plot over the width there is.
pub(super) fn plot(ui: &mut Ui, model: &Model, name: &str, (line, shades): (Line<'_>, Shades)) {
    let Line {
        levels,
        stretch,
        told,
    } = line;
    let t = ui.tokens();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), PLOT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0.0, t.field);
    let Some(stretch) = stretch else {
        return;
    };
    let inner = rect.shrink2(vec2(6.0, 3.0));
    let now = model.cursor.time();
    let area = rect
        .with_min_y(rect.min.y + WORDS)
        .with_max_y(rect.max.y - AXIS);
    let axis = Axis::new(area, stretch);
    for (from, to) in &shades.times {
        let to = to.or(now).map_or(area.max.x, |to| axis.x(to));
        let shade = Rect::from_x_y_ranges(axis.x(*from)..=to, area.y_range());
        painter.rect_filled(shade.intersect(area), 0.0, t.error_bg);
    }
    let most = paint(&painter, area, (levels, stretch), (now, told));
    values(&painter, area, most);
    let words = match most {
        0 if told > 0 => LATER.to_owned(),
        0 => "none by then".to_owned(),
        most => format!("at most {} by then{}", grouped(most), each(levels)),
    };
    let mut row = Rect::from_min_max(inner.min, pos2(inner.max.x, area.min.y));
    if !shades.times.is_empty() {
        let ink = paint_line(
            &painter,
            row,
            Align2::RIGHT_CENTER,
            shades.name,
            Face::Secondary,
            t.text2,
        );
        let swatch = pos2(ink.min.x - sizes::GAP, row.center().y);
        let swatch = Rect::from_center_size(swatch, vec2(sizes::DOT, sizes::DOT));
        painter.rect_filled(swatch, sizes::RADIUS_BAR, t.error_bg);
        row.max.x = swatch.min.x - sizes::GAP;
    }
    paint_line(
        &painter,
        row,
        Align2::LEFT_CENTER,
        &words,
        Face::Cell,
        t.text3,
    );
    let zone = model.zone();
    for (align, at) in [
        (Align2::LEFT_BOTTOM, stretch.0),
        (Align2::RIGHT_BOTTOM, stretch.1),
    ] {
        let words = zone.format_bare(at, Style::Short);
        paint_line(&painter, inner, align, &words, Face::Cell, t.text3);
    }
}

/// How high the most stands that there were by the cursor.
const TOP: f32 = 0.85;

/// The line in a rectangle, as high as what was known at the cursor asks for, at which there are `told`; gives
/// the most that there were by then. What comes after it is drawn, faded, as far as it fits, and nothing is said of it.
pub(super) fn paint(
    painter: &Painter,
    rect: Rect,
    (levels, stretch): (&[Level], (Timestamp, Timestamp)),
    (now, told): (Option<Timestamp>, u64),
) -> u64 {
    let t = painter.ctx().tokens();
    let axis = Axis::new(rect, stretch);
    let (most, here) = peak(levels, now, told);
    let points = steps(levels, (now, here)).map(|(at, level)| {
        let value = level as f32 / most.max(1) as f32 * TOP;
        (value < 1.0).then(|| pos2(axis.x(at), axis.y(value)))
    });
    curves::line(painter, points, t.text, now.map(|now| axis.x(now)));
    if let Some(x) = axis.cursor(now) {
        curves::cursor(painter, rect, x, t);
    }
    most
}

/// From where to where each level holds, as the ends of flat lines: from the moment before, and of the first that
/// comes after the cursor from there on; up to the cursor as many as are `here`, at it.
fn steps(
    levels: &[Level],
    (now, here): (Option<Timestamp>, u64),
) -> impl Iterator<Item = (Timestamp, u64)> {
    let first = levels.first().map(|level| (level.at, level.most));
    let rest = levels.windows(2).flat_map(move |pair| {
        let [before, level] = [&pair[0], &pair[1]];
        let cut = now.filter(|now| (before.at..level.at).contains(now));
        let known = cut.map(|now| [(before.at, here), (now, here)]);
        let begin = cut.map_or(before.at, |now| now.saturating_add(TICK));
        let ends = [(begin, level.most), (level.at, level.most)];
        known.into_iter().flatten().chain(ends)
    });
    first.into_iter().chain(rest)
}

/// The next moment after one.
const TICK: Span = Span::from_micros(1);

/// `; the line shows the most within each 1 h 12 min`: a step is no moment.
fn each(levels: &[Level]) -> String {
    match levels {
        [one, two, ..] if two.at > one.at => {
            format!("; each step shows the most within {}", two.at - one.at)
        }
        _ => String::new(),
    }
}

/// Values beside the plot's right edge: the most, half of it, and nothing.
fn values(painter: &Painter, area: Rect, most: u64) {
    let t = painter.ctx().tokens();
    let scale = Axis::new(area, (Timestamp::MIN, Timestamp::MIN));
    let half = (most > 1).then_some(most / 2);
    let shown = [Some(most.max(1)), half, Some(0)].into_iter().flatten();
    for value in shown {
        let y = scale.y(value as f32 / most.max(1) as f32 * TOP);
        if value > 0 {
            painter.hline(area.x_range(), y, (1.0, t.border));
        }
        let room = Rect::from_x_y_ranges(area.min.x..=area.max.x - 6.0, y - 14.0..=y);
        let ground = (t.text3, t.field);
        paint_grounded(
            painter,
            room,
            Align2::RIGHT_BOTTOM,
            &grouped(value),
            Face::Cell,
            ground,
        );
    }
}

/// In the place of a plot that has not come yet.
pub(super) fn being_counted(ui: &mut Ui) {
    let text = "How many there were over time is being counted…";
    ui.label(Face::Dense.text(text, ui.tokens().text2));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_holds_since_the_one_before_and_after_the_cursor_from_there_on() {
        let at = Timestamp::from_micros;
        let level = |micros, most| Level {
            at: at(micros),
            count: 0,
            most,
        };
        let levels = [level(0, 1), level(10, 2), level(20, 3)];
        let told = |now: Option<i64>| -> Vec<(i64, u64)> {
            steps(&levels, (now.map(at), 3))
                .map(|(at, level)| (at.micros(), level))
                .collect()
        };
        assert_eq!(told(None), [(0, 1), (0, 2), (10, 2), (10, 3), (20, 3)]);
        let cut = [(0, 1), (0, 2), (10, 2), (10, 3), (15, 3), (16, 3), (20, 3)];
        assert_eq!(told(Some(15)), cut);
    }
}
