//! The way of events: how long each part of it took as of the cursor, and how many are in it.

use egui::{Align2, Color32, Frame, Margin, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use super::delays::span;
use super::levels;
use crate::analysis::lag::{
    Clocks, ConsumerLag, LagReport, Level, Percentiles, Point, Since, Stage, StageKind, Status,
};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, Tone, sizes};
use crate::gui::views::Standing;
use crate::gui::widgets::{EmptyState, paint_grounded, paint_line};
use crate::model::Timestamp;
use crate::render::grouped;
use crate::worker::LagCharts;

/// Height of a part.
const ROW: f32 = 48.0;
/// Room for its name, at most.
const NAME: f32 = 280.0;
/// Room for its figures, and for each of them: as much as the longest takes ("39 min 50 s").
const FIGURES: f32 = 3.0 * FIGURE;
const FIGURE: f32 = 104.0;
/// What they are called.
const NAMES: [&str; 3] = ["p50", "p95", "p99"];

/// Height of the scale of the bars.
const SCALE: f32 = 18.0;
/// Room for a mark of the scale.
const MARK: f32 = 52.0;
/// The marks that the scale may have, in milliseconds.
const MARKS: [(f64, &str); 9] = [
    (1.0, "1 ms"),
    (10.0, "10 ms"),
    (100.0, "100 ms"),
    (1_000.0, "1 s"),
    (10_000.0, "10 s"),
    (60_000.0, "1 min"),
    (600_000.0, "10 min"),
    (3_600_000.0, "1 h"),
    (86_400_000.0, "1 d"),
];

/// Draws the page.
pub(super) fn show(ui: &mut Ui, model: &Model, report: &LagReport) {
    let slot = &model.answers.stages;
    let standing = Standing::of(ui, slot);
    let Some(stages) = slot.get() else {
        EmptyState::new(Icon::Lag, "The way of events is being measured").show(ui);
        return;
    };
    standing.fade(ui);
    if stages.is_empty() {
        let sentence = "This store holds no outbox, and not when events were processed";
        EmptyState::new(Icon::Lag, sentence).show(ui);
        return;
    }
    let longest = stages.iter().filter_map(|stage| stage.took);
    let longest = longest.map(|took| took.p99_ms).fold(1.0, f64::max);
    let area = ScrollArea::vertical().auto_shrink(false);
    area.show(ui, |ui| {
        let margin = Margin::same(sizes::PAD_TEXT as i8);
        Frame::NONE.inner_margin(margin).show(ui, |ui| {
            let t = ui.tokens();
            let words = "From its recording on, an event passes these. A bar is where half of them were through, its pale end where 99 in 100 were, on a log scale; the line is how many were in it over time.";
            ui.label(Face::Body.text(words, t.text2));
            ui.add_space(sizes::GAP);
            let charts = model.answers.lag_charts.get();
            let worst = worst(stages, report);
            marks(ui, longest);
            for (number, stage) in stages.iter().enumerate() {
                let look = match worst == Some(number) {
                    true => Look::Worst,
                    false => Look::Usual,
                };
                row(ui, (stage, look), longest, (charts, model.cursor.time()));
            }
            let is_there = |own: &&ConsumerLag| {
                let mut ids = stages.iter().filter_map(|stage| stage.id.as_ref());
                ids.any(|id| *id == own.id)
            };
            let others = report.consumers.iter().filter(|own| !is_there(own));
            let names: Vec<&str> = others.map(|own| own.name.as_str()).collect();
            if !names.is_empty() {
                ui.add_space(sizes::GAP);
                let words = format!(
                    "Not here, since this store does not hold when they processed each event: {}.",
                    names.join(", ")
                );
                ui.label(Face::Secondary.text(words, t.text2));
            }
        });
    });
}

/// How a part is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Usual,
    /// More wait in it than in any other that does not get on.
    Worst,
}

/// Of the parts that do not get on the one in which most wait: of a relay that publishes nothing, and of
/// consumers that are warned of and do not wait for it.
fn worst(stages: &[Stage], report: &LagReport) -> Option<usize> {
    let outages = report.outbox.iter().flat_map(|outbox| &outbox.outages);
    let is_out = outages.last().is_some_and(|outage| outage.to.is_none());
    let is_held = |stage: &Stage| {
        let mut all = report.consumers.iter();
        let own = all.find(|own| Some(&own.id) == stage.id.as_ref());
        own.is_some_and(|own| own.cause.is_none() && !matches!(own.status, None | Some(Status::Ok)))
    };
    let all = stages
        .iter()
        .enumerate()
        .filter(|(_, stage)| match stage.kind {
            StageKind::Relay => is_out,
            StageKind::Consumer => is_held(stage),
            StageKind::Outbox | StageKind::Broker => false,
        });
    let waiting = all.filter(|(_, stage)| stage.waiting > Some(0));
    let worst = waiting.max_by_key(|(_, stage)| stage.waiting);
    worst.map(|(number, _)| number)
}

/// Where the name of a part stands, its bar, and the plot of how many were in it.
struct Columns {
    name: Rect,
    bar: Rect,
    plot: Rect,
}

impl Columns {
    fn of(rect: Rect) -> Self {
        let rest = rect.width() - FIGURES - 2.0 * sizes::GAP_GROUP;
        let name_width = (rest * 0.4).clamp(150.0, NAME);
        let name = rect.with_max_x(rect.min.x + name_width);
        let over = rest - name_width;
        let bar = Rect::from_min_max(
            pos2(name.max.x + sizes::GAP_GROUP, rect.min.y),
            pos2(name.max.x + over * 0.5, rect.max.y),
        );
        let plot = Rect::from_min_max(
            pos2(bar.max.x + sizes::GAP_GROUP, rect.min.y + 5.0),
            pos2(rect.max.x - FIGURES - sizes::GAP_GROUP, rect.max.y - 5.0),
        );
        Self { name, bar, plot }
    }
}

/// Where its figures stand, at the right of a part.
fn figures_in(rect: Rect) -> [Rect; 3] {
    [2.0, 1.0, 0.0].map(|from_right| {
        let right = rect.max.x - from_right * FIGURE;
        rect.with_min_x(right - FIGURE + sizes::GAP)
            .with_max_x(right)
    })
}

/// Where a time stands on the scale of the bars.
fn x_of(bar: Rect, ms: f64, longest: f64) -> f32 {
    let part = (ms + 1.0).ln() / (longest + 1.0).ln();
    bar.min.x + part as f32 * bar.width()
}

/// The marks that have room, each with where it stands, from the longest down.
fn marks_in(bar: Rect, longest: f64) -> Vec<(f32, &'static str)> {
    let mut free = bar.max.x + MARK / 2.0;
    let shown = MARKS.iter().rev().filter(|(ms, _)| *ms <= longest);
    let placed = shown.filter_map(|(ms, words)| {
        let x = x_of(bar, *ms, longest);
        let fits = x + MARK / 2.0 <= free && x >= bar.min.x + MARK / 2.0;
        fits.then(|| {
            free = x - MARK / 2.0;
            (x, *words)
        })
    });
    placed.collect()
}

/// The scale of the bars, above them.
fn marks(ui: &mut Ui, longest: f64) {
    let t = ui.tokens();
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), SCALE), Sense::hover());
    let bar = Columns::of(rect).bar;
    for (room, name) in figures_in(rect).into_iter().zip(NAMES) {
        let (align, face) = (Align2::RIGHT_CENTER, Face::Cell);
        paint_line(ui.painter(), room, align, name, face, t.text3);
    }
    for (x, words) in marks_in(bar, longest) {
        let room = Rect::from_center_size(pos2(x, rect.center().y), vec2(MARK, SCALE));
        let (align, face) = (Align2::CENTER_CENTER, Face::Cell);
        paint_line(ui.painter(), room, align, words, face, t.text3);
    }
}

/// How many were in it over time.
fn levels_of(stage: &Stage, charts: &LagCharts) -> Vec<Level> {
    let backlog = &charts.backlog;
    match stage.kind {
        StageKind::Outbox => backlog.unsent.clone(),
        StageKind::Relay => backlog.pending.clone(),
        StageKind::Broker => Vec::new(),
        StageKind::Consumer => {
            let mut in_hand = backlog.in_hand.iter();
            let in_hand = in_hand.find(|(id, _)| Some(id) == stage.id.as_ref());
            if let Some((_, levels)) = in_hand.filter(|_| stage.since == Since::Publication) {
                return levels.clone();
            }
            let chart = stage.id.as_ref().and_then(|id| charts.chart(id));
            let points = chart.iter().flat_map(|chart| &chart.points);
            let level = |point: &Point| Level {
                at: point.at,
                count: point.lag_events.unwrap_or(0),
                most: point.most_events.unwrap_or(0),
            };
            points.map(level).collect()
        }
    }
}

/// `10 wait, the oldest for 1 d 7 h`.
fn waits(count: u64, stage: &Stage, now: Option<Timestamp>) -> String {
    let since = stage.oldest.zip(now).filter(|(oldest, now)| now >= oldest);
    let wait = match count {
        1 => "waits",
        _ => "wait",
    };
    let waits = format!("{} {wait}", grouped(count));
    match (since, count) {
        (None, _) => waits,
        (Some((oldest, now)), 1) => format!("{waits} for {}", now - oldest),
        (Some((oldest, now)), _) => format!("{waits}, the oldest for {}", now - oldest),
    }
}

/// By what its time is measured.
const fn after(stage: &Stage) -> &'static str {
    match stage.since {
        Since::Recording => "after its recording",
        Since::Message => "after its message was there",
        Since::Publication => "after its publication",
    }
}

/// Its name, how many are in it, and how long it took.
fn words(stage: &Stage, now: Option<Timestamp>) -> [String; 3] {
    let after = after(stage);
    let name = match (stage.kind, &stage.consumer) {
        (StageKind::Outbox, _) => "Into the outbox".to_owned(),
        (StageKind::Relay, _) => "Published by the relay".to_owned(),
        (StageKind::Broker, _) => "Delivered by the broker".to_owned(),
        (StageKind::Consumer, Some(name)) => format!("Processed by {name}"),
        (StageKind::Consumer, None) => "Processed".to_owned(),
    };
    let waiting = match (stage.kind, stage.waiting) {
        (StageKind::Broker, _) => "not held by this store".to_owned(),
        (StageKind::Outbox, None) => format!("{after} · which should come is not known"),
        (_, None) => "backlog not held by this store".to_owned(),
        (_, Some(0)) => format!("{after} · none waits"),
        (StageKind::Outbox, Some(count)) => {
            format!("{after} · {} without a message", grouped(count))
        }
        (_, Some(count)) => match stage.oldest {
            // Since when says more than what it is measured by.
            Some(_) => waits(count, stage, now),
            None => format!("{after} · {}", waits(count, stage, now)),
        },
    };
    let took = match (stage.kind, stage.took) {
        (StageKind::Broker, _) => "within the time of each consumer".to_owned(),
        (_, None) if stage.clocks == Clocks::Apart => "not known: dated by two clocks".to_owned(),
        (_, None) => "none is through".to_owned(),
        (_, Some(took)) => {
            let told = NAMES.iter().zip(figures(took));
            let told = told.map(|(name, figure)| format!("{name} {figure}"));
            told.collect::<Vec<_>>().join("   ")
        }
    };
    [name, waiting, took]
}

fn figures(took: Percentiles) -> [String; 3] {
    [took.p50_ms, took.p95_ms, took.p99_ms].map(span)
}

/// What is known of all over time, and the cursor.
type Over<'a> = (Option<&'a LagCharts>, Option<Timestamp>);

fn row(ui: &mut Ui, (stage, look): (&Stage, Look), longest: f64, (charts, now): Over<'_>) {
    let t = ui.tokens();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let [name, waiting, took] = words(stage, now);
    response.widget_info(|| {
        let worst = match look {
            Look::Worst => ", the worst",
            Look::Usual => "",
        };
        let said = format!("{name}: {took}, {waiting}{worst}");
        egui::WidgetInfo::labeled(egui::Role::Label, true, &said)
    });
    if !ui.is_rect_visible(rect) {
        return;
    }
    if stage.took.is_some() {
        response.on_hover_text(format!("{name}: measured {}", after(stage)));
    }
    let painter = ui.painter();
    painter.hline(rect.x_range(), rect.max.y - 0.5, (1.0, t.border));
    let Columns {
        name: left,
        bar,
        plot,
    } = Columns::of(rect);
    let (told, fill) = match look {
        Look::Usual => (t.text2, t.accent),
        Look::Worst => (t.tone(Tone::Warning), t.tone(Tone::Warning)),
    };
    let upper = left.with_max_y(rect.center().y + 1.0);
    let lower = left.with_min_y(rect.center().y + 2.0);
    for (room, align, words, face, ink) in [
        (upper, Align2::LEFT_BOTTOM, &name, Face::BodyStrong, t.text),
        (lower, Align2::LEFT_TOP, &waiting, Face::Secondary, told),
    ] {
        paint_line(painter, room, align, words, face, ink);
    }
    for (x, _) in marks_in(bar, longest) {
        painter.vline(x, rect.min.y..=rect.max.y - 1.0, (1.0, t.border));
    }
    let say = |room: Rect, words: &str| {
        let (align, face) = (Align2::RIGHT_CENTER, Face::Cell);
        paint_line(painter, room, align, words, face, t.text2);
    };
    match stage.took {
        None => say(rect.with_min_x(rect.max.x - FIGURES), &took),
        Some(took) => {
            let rooms = figures_in(rect).into_iter().zip(figures(took));
            rooms.for_each(|(room, figure)| say(room, &figure));
        }
    }
    if let Some(took) = stage.took {
        bars(ui, (bar, fill), took, longest);
    }
    let levels = charts.map_or_else(Vec::new, |charts| levels_of(stage, charts));
    let stretch = charts.and_then(|charts| charts.stretch);
    if let (Some(stretch), false) = (stretch, levels.is_empty()) {
        painter.rect_filled(plot, 0.0, t.field);
        let told = stage.waiting.unwrap_or(0);
        let most = levels::paint(&ui.painter_at(plot), plot, (&levels, stretch), (now, told));
        let words = match (most, stage.waiting) {
            (0, Some(1..)) => levels::LATER.to_owned(),
            (0, _) => "none by then".to_owned(),
            _ => format!("at most {}", grouped(most)),
        };
        let corner = plot.shrink(2.0);
        paint_grounded(
            painter,
            corner,
            Align2::LEFT_TOP,
            &words,
            Face::Cell,
            (t.text3, t.field),
        );
    }
}

/// Where half of them were through, and where nearly all.
fn bars(ui: &Ui, (room, fill): (Rect, Color32), took: Percentiles, longest: f64) {
    let t = ui.tokens();
    let high = room.center().y - 6.0..=room.center().y + 6.0;
    let room = Rect::from_x_y_ranges(room.x_range(), high);
    let bar = |ms: f64| room.with_max_x(x_of(room, ms, longest).max(room.min.x + 2.0));
    let painter = ui.painter();
    painter.rect_filled(bar(took.p99_ms), sizes::RADIUS_BAR, t.border2);
    painter.rect_filled(bar(took.p50_ms), sizes::RADIUS_BAR, fill);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_apart_and_on_the_scale() {
        for width in [120.0, 256.0, 700.0] {
            for longest in [1.0, 40.0, 2_300.0, 5e6, 1e9] {
                let bar = Rect::from_min_size(pos2(10.0, 0.0), vec2(width, 10.0));
                let told = marks_in(bar, longest);
                assert!(told.iter().all(|(x, _)| bar.x_range().contains(*x)));
                let apart = |pair: &[(f32, &str)]| pair[0].0 - pair[1].0 >= MARK - 0.01;
                assert!(told.windows(2).all(apart));
            }
        }
    }
}
