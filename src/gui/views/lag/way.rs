//! The way of events: how long each part of it took as of the cursor, and how many are in it.

use egui::{Align2, Frame, Margin, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use super::delays::span;
use crate::analysis::lag::{Percentiles, Stage, StageKind};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::Standing;
use crate::gui::widgets::{EmptyState, paint_line};
use crate::render::grouped;

/// Height of a part.
const ROW: f32 = 44.0;
/// Room for its name.
const NAME: f32 = 230.0;
/// Room for its figures.
const FIGURES: f32 = 330.0;

/// Draws the page.
pub(super) fn show(ui: &mut Ui, model: &Model) {
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
            let words = "From its recording on, an event passes these. A bar is where half of them were through, its pale end where 99 in 100 were; log scale.";
            ui.label(Face::Body.text(words, t.text2));
            ui.add_space(sizes::GAP);
            for stage in stages {
                row(ui, stage, longest);
            }
        });
    });
}

/// Its name, how many are in it, and how long it took.
fn words(stage: &Stage) -> [String; 3] {
    let name = match (stage.kind, &stage.consumer) {
        (StageKind::Outbox, _) => "Into the outbox".to_owned(),
        (StageKind::Relay, _) => "Published by the relay".to_owned(),
        (StageKind::Consumer, Some(name)) => format!("Processed by {name}"),
        (StageKind::Consumer, None) => "Processed".to_owned(),
    };
    let waiting = match (stage.kind, stage.waiting) {
        (_, None) => "backlog not held by this store".to_owned(),
        (_, Some(0)) => "none waits".to_owned(),
        (StageKind::Outbox, Some(count)) => format!("{} without a message", grouped(count)),
        (_, Some(count)) => format!("{} wait", grouped(count)),
    };
    let took = match stage.took {
        None => "none is through".to_owned(),
        Some(took) => format!(
            "p50 {}   p95 {}   p99 {}",
            span(took.p50_ms),
            span(took.p95_ms),
            span(took.p99_ms)
        ),
    };
    [name, waiting, took]
}

fn row(ui: &mut Ui, stage: &Stage, longest: f64) {
    let t = ui.tokens();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let [name, waiting, took] = words(stage);
    response.widget_info(|| {
        let said = format!("{name}: {took}, {waiting}");
        egui::WidgetInfo::labeled(egui::Role::Label, true, &said)
    });
    let painter = ui.painter();
    painter.hline(rect.x_range(), rect.max.y - 0.5, (1.0, t.border));
    let left = rect.with_max_x(rect.min.x + NAME);
    let upper = left.with_max_y(rect.center().y + 2.0);
    paint_line(
        painter,
        upper,
        Align2::LEFT_BOTTOM,
        &name,
        Face::BodyStrong,
        t.text,
    );
    let lower = left.with_min_y(rect.center().y + 2.0);
    paint_line(
        painter,
        lower,
        Align2::LEFT_TOP,
        &waiting,
        Face::Secondary,
        t.text2,
    );
    let right = rect.with_min_x(rect.max.x - FIGURES);
    paint_line(
        painter,
        right,
        Align2::RIGHT_CENTER,
        &took,
        Face::Cell,
        t.text2,
    );
    let plot = Rect::from_min_max(
        pos2(left.max.x, rect.center().y - 6.0),
        pos2(right.min.x, rect.center().y + 6.0),
    );
    if let Some(took) = stage.took {
        bars(ui, plot, took, longest);
    }
}

/// Where half of them were through, and where nearly all.
fn bars(ui: &Ui, plot: Rect, took: Percentiles, longest: f64) {
    let t = ui.tokens();
    let to = |ms: f64| {
        let part = (ms + 1.0).ln() / (longest + 1.0).ln();
        plot.min.x + part as f32 * plot.width()
    };
    let bar = |ms: f64| plot.with_max_x(to(ms).max(plot.min.x + 2.0));
    let painter = ui.painter();
    painter.rect_filled(bar(took.p99_ms), sizes::RADIUS_BAR, t.border2);
    painter.rect_filled(bar(took.p50_ms), sizes::RADIUS_BAR, t.accent);
}
