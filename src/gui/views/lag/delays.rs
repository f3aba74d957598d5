//! How long events took: the share that took no longer, for one consumer and the time shown; and the
//! share of readers who miss what they wrote, with what each remedy costs on these data.

use egui::{Align2, CentralPanel, Frame, Margin, Panel, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use super::curves;
use super::scale::{Scale, Unit};
use crate::analysis::lag::{Delays, LagReport, Remedy};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::Standing;
use crate::gui::widgets::{EmptyState, PaneHead, focus_ring, paint_line};
use crate::model::time::Span;
use crate::render::grouped;

/// Width of the list of consumers.
const LIST: f32 = 220.0;
/// Height of the plot.
const PLOT: f32 = 260.0;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Distribution,
    Reread,
}

/// Draws the page. Where nobody is selected, the first is.
pub(super) fn show(
    ui: &mut Ui,
    model: &Model,
    report: &LagReport,
    selected: &mut Option<usize>,
    shown: Shown,
) {
    let is_there = report
        .consumers
        .iter()
        .any(|own| Some(own.number) == *selected);
    if !is_there {
        *selected = report.consumers.first().map(|own| own.number);
    }
    let panel = Panel::left("lag-consumers")
        .exact_size(LIST)
        .resizable(false);
    panel
        .frame(Frame::NONE)
        .show(ui, |ui| list(ui, report, selected));
    CentralPanel::no_frame().show(ui, |ui| {
        let slot = &model.answers.delays;
        let asked = slot
            .known()
            .filter(|(asked, _)| Some(asked.consumer) == *selected);
        let standing = Standing::of(ui, slot);
        let own = report
            .consumers
            .iter()
            .find(|own| Some(own.number) == *selected);
        let name = own.map_or("", |own| own.name.as_str());
        let title = match shown {
            Shown::Distribution => format!("How long {name} takes"),
            Shown::Reread => format!("Reading what {name} keeps, right after writing"),
        };
        PaneHead::new(&title).show(ui, |_| {});
        let Some((_, delays)) = asked else {
            EmptyState::new(Icon::Lag, "The delays are being measured").show(ui);
            return;
        };
        standing.fade(ui);
        if delays.figures.is_none() {
            let sentence = "This store does not hold when it processed its events";
            EmptyState::new(Icon::Lag, sentence).show(ui);
            return;
        }
        let area = ScrollArea::vertical().auto_shrink(false);
        area.show(ui, |ui| {
            let margin = Margin::same(sizes::PAD_TEXT as i8);
            Frame::NONE.inner_margin(margin).show(ui, |ui| match shown {
                Shown::Distribution => distribution(ui, delays),
                Shown::Reread => reread(ui, delays),
            });
        });
    });
}

fn list(ui: &mut Ui, report: &LagReport, selected: &mut Option<usize>) {
    PaneHead::new("Consumers").show(ui, |_| {});
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().id_salt("list").auto_shrink(false);
    area.show_rows(ui, sizes::ROW_TABLE, report.consumers.len(), |ui, rows| {
        for own in &report.consumers[rows] {
            let t = ui.tokens();
            let size = vec2(ui.available_width(), sizes::ROW_TABLE);
            let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
            let id = ui.scope_id().with(("own", own.number));
            let row = ui.interact(rect, id, Sense::click());
            row.widget_info(|| {
                let on = *selected == Some(own.number);
                egui::WidgetInfo::selected(egui::Role::RadioButton, true, on, &own.name)
            });
            if *selected == Some(own.number) {
                ui.painter().rect_filled(rect, 0.0, t.selection);
            } else if row.hovered() {
                ui.painter().rect_filled(rect, 0.0, t.hover);
            }
            let inner = rect.shrink2(vec2(sizes::PAD, 0.0));
            paint_line(
                ui.painter(),
                inner,
                Align2::LEFT_CENTER,
                &own.name,
                Face::Body,
                t.text,
            );
            focus_ring(ui, &row);
            if row.clicked() {
                *selected = Some(own.number);
            }
        }
    });
}

/// The bands of the scale, with lines at the quarters.
fn ground(painter: &egui::Painter, rect: Rect, plot: Rect, scale: &Scale) {
    let t = painter.ctx().tokens();
    let y = |share: f64| plot.max.y - share as f32 * (plot.height() - 2.0) - 1.0;
    let mut left = plot.min.x;
    for (number, (at, band)) in scale.bands().enumerate() {
        let edge = plot.min.x + at * plot.width();
        if number % 2 == 0 {
            painter.rect_filled(
                Rect::from_x_y_ranges(left..=edge, plot.y_range()),
                0.0,
                t.hover,
            );
        }
        let label = Rect::from_center_size(pos2(edge, rect.max.y - 10.0), vec2(60.0, 16.0));
        paint_line(
            painter,
            label,
            Align2::CENTER_CENTER,
            band.label,
            Face::Cell,
            t.text3,
        );
        left = edge;
    }
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        painter.hline(plot.x_range(), y(share), (1.0, t.border));
        let label = Rect::from_min_max(
            pos2(rect.min.x, y(share) - 8.0),
            pos2(plot.min.x - 6.0, y(share) + 8.0),
        );
        let text = format!("{:.0} %", share * 100.0);
        paint_line(
            painter,
            label,
            Align2::RIGHT_CENTER,
            &text,
            Face::Cell,
            t.text3,
        );
    }
}

/// A share over milliseconds on a log scale.
fn plot(ui: &mut Ui, name: &str, points: &[(f64, f64)], marks: &[(&str, f64)]) {
    let t = ui.tokens();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), PLOT), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, name));
    let painter = ui.painter_at(rect);
    let plot = Rect::from_min_max(rect.min + vec2(44.0, 8.0), rect.max - vec2(12.0, 22.0));
    painter.rect_filled(plot, 0.0, t.field);
    let most = points.last().map_or(1.0, |point| point.0);
    let scale = Scale::up_to(Unit::Seconds, most);
    let x = |ms: f64| plot.min.x + scale.at(ms) * plot.width();
    let y = |share: f64| plot.max.y - share as f32 * (plot.height() - 2.0) - 1.0;
    ground(&painter, rect, plot, &scale);
    let curve = points
        .iter()
        .map(|(ms, share)| Some(pos2(x(*ms), y(*share))));
    curves::line(&painter, curve, t.text, None);
    for (word, ms) in marks {
        let ends = [pos2(x(*ms), plot.min.y), pos2(x(*ms), plot.max.y)];
        painter.extend(egui::Shape::dashed_line(&ends, (1.0, t.accent), 2.0, 3.0));
        let label = Rect::from_min_size(pos2(x(*ms) + 4.0, plot.min.y + 2.0), vec2(60.0, 14.0));
        paint_line(
            &painter,
            label,
            Align2::LEFT_TOP,
            word,
            Face::Secondary,
            t.text2,
        );
    }
}

fn distribution(ui: &mut Ui, delays: &Delays) {
    let Some(figures) = delays.figures else {
        return;
    };
    let t = ui.tokens();
    let words = format!(
        "Half of {} events took no longer than {}, 95 in 100 no longer than {}, 99 in 100 no longer than {}; the longest took {}.",
        grouped(figures.count),
        span(figures.p50_ms),
        span(figures.p95_ms),
        span(figures.p99_ms),
        span(figures.most_ms),
    );
    ui.label(Face::Body.text(words, t.text));
    if delays.pending > 0 {
        let words = format!("{} more wait at the cursor.", grouped(delays.pending));
        ui.label(Face::Secondary.text(words, t.text2));
    }
    ui.add_space(sizes::GAP);
    let marks = [
        ("p50", figures.p50_ms),
        ("p95", figures.p95_ms),
        ("p99", figures.p99_ms),
    ];
    let name = "Share of events that took no longer";
    plot(ui, name, &delays.ecdf, &marks);
    ui.label(Face::Secondary.text("Share of events that took no longer than so long", t.text3));
}

fn reread(ui: &mut Ui, delays: &Delays) {
    let t = ui.tokens();
    let points: Vec<(f64, f64)> = delays
        .missed
        .iter()
        .map(|at| (at.after_ms, at.share))
        .collect();
    let missed = |ms: f64| {
        let after = delays.missed.iter().find(|at| at.after_ms >= ms);
        // Beyond the longest only those are missed that still wait.
        after.or(delays.missed.last()).map_or(0.0, |at| at.share)
    };
    let words = format!(
        "Who reads 100 ms after writing misses it {} times in 100; after 1 s {}, after 10 s {}.",
        share(missed(100.0)),
        share(missed(1000.0)),
        share(missed(10_000.0)),
    );
    ui.label(Face::Body.text(words, t.text));
    ui.add_space(sizes::GAP);
    plot(
        ui,
        "Share of readers who miss their own write",
        &points,
        &[],
    );
    let note = "Share of readers who miss their own write when they read so long after it";
    ui.label(Face::Secondary.text(note, t.text3));
    ui.add_space(sizes::GAP_GROUP);
    ui.label(Face::Title.text("What a remedy costs on these data", t.text));
    for remedy in &delays.remedies {
        let (name, cost) = told(remedy);
        ui.add_space(sizes::GAP / 2.0);
        ui.label(Face::BodyStrong.text(name, t.text));
        ui.label(Face::Body.text(cost, t.text2));
    }
}

/// A remedy with its cost in a sentence.
fn told(remedy: &Remedy) -> (&'static str, String) {
    match *remedy {
        Remedy::SessionAffinity { bound, longest_ms } => (
            "Session affinity",
            format!(
                "Sessions bound to where they wrote: {} at a time on average, one of them for up to {}.",
                few(bound),
                span(longest_ms)
            ),
        ),
        Remedy::ReadFromLeader {
            for_ms,
            bound,
            missed,
        } => (
            "Read from the leader for a while",
            format!(
                "For {} after each write: {} writers at a time on average, and {} in 100 writes are missed all the same.",
                span(for_ms),
                few(bound),
                share(missed)
            ),
        ),
        Remedy::VersionTracking { mean_ms, p99_ms } => (
            "Version tracking",
            format!(
                "A read right after a write waits {} on average, 99 in 100 no longer than {}.",
                span(mean_ms),
                span(p99_ms)
            ),
        ),
        Remedy::SynchronousProjection { write_ms } => (
            "Synchronous projection",
            format!(
                "Nobody misses anything, and each write takes about {} longer: as long as the quickest twentieth of events took.",
                span(write_ms)
            ),
        ),
    }
}

/// How many at a time.
fn few(many: f64) -> String {
    match many {
        ..0.01 => "less than 0.01".to_owned(),
        ..10.0 => format!("{many:.2}"),
        many => format!("{many:.0}"),
    }
}

fn share(share: f64) -> String {
    match share * 100.0 {
        0.0 => "0".to_owned(),
        percent @ ..1.0 => format!("{percent:.2}"),
        percent @ ..10.0 => format!("{percent:.1}"),
        percent => format!("{percent:.0}"),
    }
}

/// A length of time for people.
pub(super) fn span(ms: f64) -> String {
    Span::from_micros((ms * 1000.0) as i64).to_string()
}
