//! Head and checkpoint of one consumer as two lines, near the cursor: so near that what holds it up can
//! be seen.

use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::curves::{self, Axis};
use super::standing;
use crate::analysis::lag::{ConsumerLag, Point};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, faded};
use crate::gui::widgets::{one_line, paint_line};
use crate::gui::words;
use crate::model::Timestamp;
use crate::model::time::{Span, Style};
use crate::worker::{AskLagChart, Watched};

/// Height of the plot, with its axis.
const PLOT: f32 = 148.0;
/// Room for the moments under it.
const AXIS: f32 = 18.0;
/// Points of a line.
const POINTS: usize = 120;
/// The shortest trouble that is shown, in microseconds.
const LEAST: i64 = 60_000_000;
/// What is shown where there is none.
const USUAL: i64 = 3 * 3_600_000_000;

/// What the plot shows.
pub(super) fn question(model: &Model, watched: &Watched, own: &ConsumerLag) -> Option<AskLagChart> {
    Some(AskLagChart {
        watched: watched.clone(),
        clock: model.clock(),
        consumer: own.id.clone(),
        stretch: stretch(
            own,
            model.cursor.time()?,
            watched.subject.log.time_span(model.clock())?,
        ),
        points: POINTS,
    })
}

/// From before its trouble on, else the last hours; and a part of what comes after the cursor, as far as
/// the store goes.
fn stretch(
    own: &ConsumerLag,
    now: Timestamp,
    (first, last): (Timestamp, Timestamp),
) -> (Timestamp, Timestamp) {
    let waits = own.lag_ms.unwrap_or(0).saturating_mul(1000);
    let since = own.since.map_or(0, |since| (now - since).micros());
    let trouble = match waits.max(since) {
        0 => USUAL,
        trouble => trouble.max(LEAST),
    };
    let span = |share: i64| Span::from_micros(trouble.saturating_mul(share) / 100);
    let from = now.saturating_sub(span(160)).max(first.min(now));
    let room = (now - from).micros() / 4;
    let to = now.saturating_add(span(60)).min(last.max(now));
    // Room for how many wait.
    (from, to.max(now.saturating_add(Span::from_micros(room))))
}

/// Draws it.
pub(super) fn plot(ui: &mut Ui, model: &Model, own: &ConsumerLag) {
    let t = ui.tokens();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), PLOT), Sense::hover());
    response.widget_info(|| {
        let name = format!("Head and checkpoint of {} over time", own.name);
        WidgetInfo::labeled(Role::Image, true, &name)
    });
    let painter = ui.painter_at(rect);
    let area = rect.with_max_y(rect.max.y - AXIS);
    painter.rect_filled(area, 0.0, t.field);
    let known = model.answers.lag_chart.known();
    let Some((asked, chart)) = known.filter(|(asked, _)| asked.consumer == own.id) else {
        return;
    };
    if chart.points.is_empty() {
        let words = "no history of it is held by this store";
        let face = Face::Secondary;
        paint_line(&painter, area, Align2::CENTER_CENTER, words, face, t.text3);
        return;
    }
    let axis = Axis::new(area, asked.stretch);
    let now = model.cursor.time();
    // Beyond the last event nothing has been yet.
    let span = model.log().and_then(|log| log.time_span(model.clock()));
    let last = span.map(|(_, last)| last).max(now);
    let known = |point: &&Point| last.is_none_or(|last| point.at <= last);
    let points: Vec<Point> = chart.points.iter().filter(known).cloned().collect();
    lines(&painter, &axis, own, (&points, now));
    let zone = model.zone();
    let below = rect.with_min_y(area.max.y);
    for (align, at) in [
        (Align2::LEFT_CENTER, asked.stretch.0),
        (Align2::RIGHT_CENTER, asked.stretch.1),
    ] {
        let words = zone.format_bare(at, Style::Short);
        paint_line(&painter, below, align, &words, Face::Cell, t.text3);
    }
}

fn lines(
    painter: &egui::Painter,
    axis: &Axis,
    own: &ConsumerLag,
    (all, now): (&[Point], Option<Timestamp>),
) {
    let t = painter.ctx().tokens();
    let points = || all.iter();
    let most = points().map(|point| point.events).max().unwrap_or(0);
    let least = points().filter_map(|point| point.covered).min();
    let least = least.unwrap_or(0);
    let span = most.saturating_sub(least).max(1) as f32;
    let y = |events: u64| axis.y(0.08 + events.saturating_sub(least) as f32 / span * 0.78);
    let cursor = now.map(|now| axis.x(now));
    let curve = |of: fn(&Point) -> Option<u64>| {
        points().map(move |point| Some(pos2(axis.x(point.at), y(of(point)?))))
    };
    let colour = standing::line(own, t);
    // What lies between them is the lag.
    for pair in all.windows(2) {
        let is_past = now.is_none_or(|now| pair[1].at <= now);
        if let (Some(covered), true) = (pair[1].covered.filter(|c| *c < pair[1].events), is_past) {
            let x = axis.x(pair[0].at)..=axis.x(pair[1].at);
            let rect = Rect::from_x_y_ranges(x, y(pair[1].events)..=y(covered));
            painter.rect_filled(rect, 0.0, faded(colour).gamma_multiply(0.5));
        }
    }
    curves::line(painter, curve(|point| Some(point.events)), t.text2, cursor);
    curves::line(painter, curve(|point| point.covered), colour, cursor);
    let Some(x) = axis.cursor(now) else {
        return;
    };
    curves::cursor(painter, axis.rect, x, t);
    let room = axis.rect.shrink2(vec2(6.0, 3.0)).with_max_x(x - 6.0);
    let name = |word: &str, position: &Option<crate::model::PositionName>| {
        let position = position.as_ref().map(words::position_named);
        format!("{word} {}", position.unwrap_or_default())
    };
    let (head, checkpoint) = (name("head", &own.head), name("checkpoint", &own.position));
    let face = Face::Secondary;
    let after = axis.rect.with_min_x(x + 6.0);
    let behind = standing::lag_events(own);
    for (room, align, words, ink) in [
        (room, Align2::RIGHT_TOP, &head, t.text2),
        (room, Align2::RIGHT_BOTTOM, &checkpoint, colour),
        (after, Align2::LEFT_CENTER, &behind, t.text),
    ] {
        let galley = one_line(painter, words, face, ink, room.width());
        let ground = align.align_size_within_rect(galley.size(), room);
        painter.rect_filled(ground.expand2(vec2(3.0, 0.0)), 2.0, t.field);
        painter.galley(ground.min.round(), galley, ink);
    }
}
