//! How long events took: the share that took no longer, for one consumer and the time shown; and the
//! share of readers who miss what they wrote, with what each remedy costs on these data.

use egui::{Align2, CentralPanel, Frame, Margin, Panel, Rect, ScrollArea, Sense, Ui, vec2};

use super::multiple::fitting;
use super::shares::{self, Curve};
use super::standing;
use crate::analysis::lag::{Clocks, ConsumerId, Delays, LagReport, Remedy, Status};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::Standing;
use crate::gui::widgets::{EmptyState, PaneHead, focus_ring, paint_line, paint_status};
use crate::model::time::Span;
use crate::render::grouped;

/// Height of a plot: the least, and the most.
const LOWEST: f32 = 130.0;
const HIGHEST: f32 = 520.0;
/// What the remedies take of it.
const REMEDIES: f32 = 200.0;
/// The least height at which a curve can be read, and the width at which they stand beside it.
const ENOUGH: f32 = 200.0;
const BESIDE: f32 = 640.0;
/// Width of the list of consumers.
const LIST: f32 = 220.0;

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
    selected: &mut Option<ConsumerId>,
    shown: Shown,
) {
    let is_there = report
        .consumers
        .iter()
        .any(|own| selected.as_ref() == Some(&own.id));
    if !is_there {
        *selected = report.consumers.first().map(|own| own.id.clone());
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
            .filter(|(asked, _)| selected.as_ref() == Some(&asked.consumer));
        let standing = Standing::of(ui, slot);
        let own = report
            .consumers
            .iter()
            .find(|own| selected.as_ref() == Some(&own.id));
        let name = own.map(standing::name).unwrap_or_default();
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
            let sentence = match delays.clocks {
                Clocks::Same => "This store does not hold when it processed its events",
                Clocks::Apart => {
                    "Events and what was processed are dated by clocks that are further apart than all \
                     events: how long it took is not known"
                }
            };
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

fn list(ui: &mut Ui, report: &LagReport, selected: &mut Option<ConsumerId>) {
    PaneHead::new("Consumers").show(ui, |_| {});
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().id_salt("list").auto_shrink(false);
    area.show_rows(ui, sizes::ROW_TABLE, report.consumers.len(), |ui, rows| {
        for own in &report.consumers[rows] {
            let t = ui.tokens();
            let on = selected.as_ref() == Some(&own.id);
            let size = vec2(ui.available_width(), sizes::ROW_TABLE);
            let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
            let id = ui.scope_id().with(("own", &own.id));
            let row = ui.interact(rect, id, Sense::click());
            row.widget_info(|| {
                egui::WidgetInfo::selected(egui::Role::RadioButton, true, on, &own.name)
            });
            if on {
                ui.painter().rect_filled(rect, 0.0, t.selection);
            } else if row.hovered() {
                ui.painter().rect_filled(rect, 0.0, t.hover);
            }
            let inner = rect.shrink2(vec2(sizes::PAD, 0.0));
            let (tone, shape, word) = standing::status(own);
            let dot = Rect::from_min_size(inner.min, vec2(sizes::DOT, inner.height()));
            paint_status(ui.painter(), dot, shape, t.tone(tone));
            let inner = inner.with_min_x(dot.max.x + sizes::GAP);
            let face = Face::Secondary;
            let ink = match own.status {
                None | Some(Status::Ok) => inner.with_min_x(inner.max.x),
                _ => paint_line(
                    ui.painter(),
                    inner,
                    Align2::RIGHT_CENTER,
                    word,
                    face,
                    t.text2,
                ),
            };
            let inner = inner.with_max_x(ink.min.x - 4.0);
            let (name, face) = (standing::name(own), Face::Body);
            let short = fitting(ui.painter(), &name, face, inner.width());
            paint_line(
                ui.painter(),
                inner,
                Align2::LEFT_CENTER,
                &short,
                face,
                t.text,
            );
            focus_ring(ui, &row);
            let row = row.on_hover_text(name);
            if row.clicked() {
                *selected = Some(own.id.clone());
            }
        }
    });
}

fn distribution(ui: &mut Ui, delays: &Delays) {
    let Some(figures) = delays.figures else {
        return;
    };
    let t = ui.tokens();
    let words = format!(
        "Half of the {} events that were processed took no longer than {}, 95 in 100 no longer than {}, 99 in 100 no longer than {}; the longest took {}.",
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
    let curve = Curve {
        name: "Share of events that took no longer",
        note: "Share of events that took no longer than so long, log scale",
        points: &delays.ecdf,
        marks: &marks,
    };
    let room = ui.clip_rect().max.y - ui.cursor().min.y - sizes::PAD_TEXT;
    shares::plot(ui, room.clamp(LOWEST, HIGHEST), curve);
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
    let curve = Curve {
        name: "Share of readers who miss their own write",
        note: "Share who miss it when they read so long after it, log scale",
        points: &points,
        marks: &[],
    };
    // So that what it costs is in sight: below the plot, or beside it where that would leave too little.
    let room = ui.clip_rect().max.y - ui.cursor().min.y;
    let width = ui.available_width() - sizes::GAP_GROUP;
    if room - REMEDIES >= ENOUGH || width < BESIDE {
        shares::plot(ui, (room - REMEDIES).clamp(LOWEST, HIGHEST), curve);
        ui.add_space(sizes::GAP);
        remedies(ui, delays, 2);
        return;
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = sizes::GAP_GROUP;
        let part = |ui: &mut Ui, share: f32, add: &mut dyn FnMut(&mut Ui)| {
            ui.vertical(|ui| {
                ui.set_width(width * share);
                add(ui);
            });
        };
        part(ui, 0.55, &mut |ui| {
            shares::plot(ui, (room - sizes::PAD_TEXT).clamp(ENOUGH, HIGHEST), curve);
        });
        part(ui, 0.45, &mut |ui| remedies(ui, delays, 1));
    });
}

/// What each remedy costs, so many side by side.
fn remedies(ui: &mut Ui, delays: &Delays, columns: usize) {
    let t = ui.tokens();
    ui.label(Face::Title.text("What a remedy costs on these data", t.text));
    if delays.pending > 0 {
        let words = format!(
            "At least: {} more wait at the cursor, and count with as long as they have waited.",
            grouped(delays.pending)
        );
        ui.label(Face::Secondary.text(words, t.text2));
    }
    let width = (ui.available_width() + sizes::GAP_GROUP) / columns as f32 - sizes::GAP_GROUP;
    for pair in delays.remedies.chunks(columns) {
        ui.add_space(sizes::GAP / 2.0);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = sizes::GAP_GROUP;
            for remedy in pair {
                let (name, cost) = told(remedy);
                ui.vertical(|ui| {
                    ui.set_width(width);
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.label(Face::BodyStrong.text(name, t.text));
                    ui.label(Face::Body.text(cost, t.text2));
                });
            }
        });
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
        Remedy::SynchronousProjection { write_ms } if write_ms <= 0.0 => (
            "Synchronous projection",
            "Nobody misses anything; how much longer each write takes cannot be told: by the clocks, the quickest events were processed before they were recorded."
                .to_owned(),
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
