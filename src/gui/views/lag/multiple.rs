//! One consumer as a small multiple: its name and status, its lag, and its lag over time.

use egui::{Align2, Painter, Rect, pos2, vec2};

use super::curves::{self, Axis};
use super::marks;
use super::scale::{Scale, Unit, value};
use super::standing;
use crate::analysis::lag::{Chart, ConsumerLag, Evidence, Spell};
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{middle_ellipsis, one_line, paint_line, paint_status};
use crate::model::Timestamp;
use crate::model::time::Zone;
use crate::render::{self, grouped};

/// Height of its head.
const HEAD: f32 = 60.0;
/// Height of the line that says why one does not get on.
const WHY: f32 = 18.0;
/// Room for the labels of its scale.
const LABELS: f32 = 58.0;

/// Whether there is a line for the reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whys {
    Some,
    None,
}

impl Whys {
    /// Height of the head above a plot.
    pub const fn head(self) -> f32 {
        match self {
            Self::Some => HEAD + WHY,
            Self::None => HEAD,
        }
    }
}

/// What a small multiple is drawn with.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub scale: Scale,
    pub stretch: Option<(Timestamp, Timestamp)>,
    pub chart: Option<&'a Chart>,
    pub spells: &'a [Spell],
    pub now: Option<Timestamp>,
    /// Whether any of those shown says why it does not get on: all have the line then.
    pub whys: Whys,
    pub zone: Zone,
    /// What to say while there is nothing to draw.
    pub missing: &'a str,
}

/// Draws a consumer into a rectangle.
pub(super) fn paint(painter: &Painter, rect: Rect, own: &ConsumerLag, scene: Scene<'_>) {
    let inner = rect.shrink2(vec2(sizes::PAD_TEXT, 8.0));
    let why = render::held_up(own, scene.zone);
    head(painter, inner, own, (scene.scale.unit, scene.zone));
    if let Some(why) = why {
        let left = inner.min + vec2(0.0, HEAD - 16.0);
        let line = Rect::from_min_size(left, vec2(inner.width(), WHY));
        let (align, face) = (Align2::LEFT_CENTER, Face::Secondary);
        let ink = painter.ctx().tokens().text;
        paint_line(painter, line, align, &render::harmless(&why), face, ink);
    }
    let plot = Rect::from_min_max(
        pos2(inner.min.x + LABELS, rect.min.y + scene.whys.head()),
        inner.max,
    );
    ground(painter, plot, scene.scale);
    let t = painter.ctx().tokens();
    let say = |words: &str| {
        let (middle, face) = (Align2::CENTER_CENTER, Face::Secondary);
        paint_line(painter, plot, middle, words, face, t.text3);
    };
    let (Some(stretch), Some(chart)) = (scene.stretch, scene.chart) else {
        say(scene.missing);
        return;
    };
    let axis = Axis::new(plot, stretch);
    if chart.points.is_empty() {
        say(match own.source {
            Evidence::Effects => "only how quickly it reacted is known: see Distribution",
            _ => "no history of it is held by this store",
        });
    }
    let now = scene.now.map(|now| axis.x(now));
    let colour = standing::line(own, t);
    let points = chart.points.iter().map(|point| {
        let value = value(scene.scale.unit, point)?;
        Some(pos2(axis.x(point.at), axis.y(scene.scale.at(value))))
    });
    let here = scene.scale.unit.of(own);
    let here = here.map(|here| axis.y(scene.scale.at(here)));
    // What was measured last may be of a moment before the cursor.
    let last = chart.points.last().map(|point| axis.x(point.at));
    let end = now.filter(|now| last.is_some_and(|last| last < *now));
    let points = points.chain(end.zip(here).map(|(x, y)| Some(pos2(x, y))));
    let painter = painter.with_clip_rect(plot.expand(2.0).intersect(painter.clip_rect()));
    marks::bands(&painter, &axis, scene.spells, scene.now);
    curves::line(&painter, points, colour, now);
    if let Some(x) = axis.cursor(scene.now) {
        curves::cursor(&painter, plot, x, t);
        if let Some(y) = here {
            painter.circle_filled(pos2(x, y), sizes::DOT / 2.0 - 1.0, colour);
        }
    }
    marks::names(&painter, &axis, scene.spells, scene.now);
}

fn head(painter: &Painter, inner: Rect, own: &ConsumerLag, (unit, zone): (Unit, Zone)) {
    let t = painter.ctx().tokens();
    let (tone, shape, word) = standing::status(own);
    let colour = t.tone(tone);
    let first = Rect::from_min_size(inner.min, vec2(inner.width(), 20.0));
    let ink = paint_line(
        painter,
        first,
        Align2::RIGHT_CENTER,
        word,
        Face::SecondaryStrong,
        colour,
    );
    let dot = pos2(ink.min.x - 10.0, first.center().y);
    let dot = Rect::from_center_size(dot, vec2(sizes::DOT, sizes::DOT));
    paint_status(painter, dot, shape, colour);
    let room = first.with_max_x(dot.min.x - sizes::GAP);
    let face = Face::BodyStrong;
    let name = fitting(painter, &standing::name(own), face, room.width());
    paint_line(painter, room, Align2::LEFT_CENTER, &name, face, t.text);
    let second = first.translate(vec2(0.0, 24.0));
    let mut left = second.min.x;
    // What the plot measures comes first.
    let in_time = own.lag_ms.map(|_| standing::lag_time(own));
    let (large, small) = match (unit, own.lag_events) {
        (Unit::Events, Some(events)) => (
            Some(grouped(events)),
            match (events, in_time) {
                (0, _) => "caught up".to_owned(),
                (1, Some(time)) => format!("event, {time}"),
                (_, Some(time)) => format!("events, the first for {time}"),
                (_, None) => "events".to_owned(),
            },
        ),
        _ => (in_time, standing::lag_events(own)),
    };
    if let Some(large) = large {
        let lag = one_line(painter, &large, Face::CodeStrong, t.text, 160.0);
        let width = lag.size().x;
        let y = second.center().y - lag.size().y / 2.0;
        painter.galley(pos2(left, y.round()), lag, t.text);
        left += width + 10.0;
    }
    let room = second.with_min_x(left);
    let ink = paint_line(
        painter,
        room,
        Align2::LEFT_CENTER,
        &small,
        Face::Secondary,
        t.text2,
    );
    let room = room.with_min_x(ink.max.x + sizes::GAP);
    let reason = standing::reason(own, zone);
    paint_line(
        painter,
        room,
        Align2::RIGHT_CENTER,
        &reason,
        Face::Secondary,
        t.text2,
    );
}

/// A name cut in its middle: what tells consumers apart is mostly at the end.
pub(super) fn fitting(painter: &Painter, name: &str, face: Face, width: f32) -> String {
    let of = |text: &str| {
        one_line(
            painter,
            text,
            face,
            painter.ctx().tokens().text,
            f32::INFINITY,
        )
    };
    let whole = of(name).size().x;
    let count = name.chars().count();
    if whole <= width {
        return name.to_owned();
    }
    let first = (count as f32 * width / whole) as usize;
    let mut shorter = (1..=first.min(count))
        .rev()
        .map(|most| middle_ellipsis(name, most));
    let fits = shorter.find(|text| of(text).size().x <= width);
    fits.unwrap_or_default()
}

/// The bands of the scale with their edges.
fn ground(painter: &Painter, plot: Rect, scale: Scale) {
    let t = painter.ctx().tokens();
    painter.rect_filled(plot, 0.0, t.field);
    let y = |value: f32| plot.max.y - value * plot.height();
    let label = |at: f32, words: &str| {
        let left = plot.min.x - LABELS..=plot.min.x - 6.0;
        let room = Rect::from_x_y_ranges(left, at - 8.0..=at + 8.0);
        let (align, face) = (Align2::RIGHT_CENTER, Face::Cell);
        paint_line(painter, room, align, words, face, t.text3);
    };
    let foot = plot.max.y - 4.0;
    label(foot, "0");
    let mut below = plot.max.y;
    let mut last_label = foot;
    for (number, (at, band)) in scale.bands().enumerate() {
        let edge = y(at);
        if number % 2 == 0 {
            let band = Rect::from_x_y_ranges(plot.x_range(), edge..=below);
            painter.rect_filled(band, 0.0, t.hover);
        }
        below = edge;
        if last_label - edge > 14.0 {
            label(edge, band.label);
            last_label = edge;
        }
    }
}
