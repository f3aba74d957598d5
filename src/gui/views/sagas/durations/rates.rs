//! How many in a hundred runs of each step failed or were undone, over the time of the store.

use egui::{Align2, Painter, Pos2, Rect, ScrollArea, Sense, Shape, Stroke, Ui, pos2, vec2};

use super::share;
use crate::analysis::saga::{Durations, Rate, StepDurations};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{EmptyState, paint_line};
use crate::model::Timestamp;
use crate::model::time::Style;
use crate::render::grouped;

/// Height of a step.
const HEIGHT: f32 = 88.0;
/// Room for what it is called.
const NAMES: f32 = 212.0;
/// Room for the scale.
const SCALE: f32 = 44.0;

/// Draws a plot for each step over the room there is.
pub(super) fn show(ui: &mut Ui, model: &Model, durations: &Durations, moments: &[i64]) {
    let steps: Vec<&StepDurations> = durations
        .steps
        .iter()
        .filter(|step| step.all.ended > 0)
        .collect();
    if steps.is_empty() || moments.is_empty() {
        let sentence = "No step of these sagas has ended at the cursor";
        EmptyState::new(Icon::Sagas, sentence).show(ui);
        return;
    }
    let t = ui.tokens();
    let (legend, _) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    let mut x = legend.min.x + sizes::PAD;
    let kinds = [(t.failed, "failed"), (t.compensated, "undone since")];
    for (colour, word) in kinds {
        let line = [
            pos2(x, legend.center().y),
            pos2(x + 14.0, legend.center().y),
        ];
        ui.painter().line_segment(line, Stroke::new(2.0, colour));
        let room = legend.with_min_x(x + 20.0);
        let ink = paint_line(
            ui.painter(),
            room,
            Align2::LEFT_CENTER,
            word,
            Face::Secondary,
            t.text2,
        );
        x = ink.max.x + 16.0;
    }
    let note = "of the runs of a step that ended in each sixtieth of the store's time";
    let room = legend.with_min_x(x);
    paint_line(
        ui.painter(),
        room,
        Align2::LEFT_CENTER,
        note,
        Face::Secondary,
        t.text3,
    );
    let area = ScrollArea::vertical()
        .id_salt("saga-rates")
        .auto_shrink(false);
    area.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for step in steps {
            let size = vec2(ui.available_width(), HEIGHT);
            let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
            response.widget_info(|| {
                let (failed, undone) = words(step);
                let name = format!("{}: {failed}, {undone}", step.name);
                egui::WidgetInfo::labeled(egui::Role::Image, true, name)
            });
            if ui.is_rect_visible(rect) {
                paint(ui.painter(), model, step, (rect, moments));
            }
        }
        edges(ui, model, moments);
    });
}

fn words(step: &StepDurations) -> (String, String) {
    let all = step.all;
    let of = |count: u32| {
        format!(
            "{} of {}",
            grouped(u64::from(count)),
            grouped(u64::from(all.ended))
        )
    };
    (
        format!(
            "{} failed, {}",
            share(all.failed, all.ended),
            of(all.failed)
        ),
        format!(
            "{} undone, {}",
            share(all.undone, all.ended),
            of(all.undone)
        ),
    )
}

fn plot_of(rect: Rect) -> Rect {
    Rect::from_min_max(
        pos2(rect.min.x + NAMES + SCALE, rect.min.y + 8.0),
        pos2(rect.max.x - sizes::PAD_TEXT, rect.max.y - 8.0),
    )
}

fn paint(painter: &Painter, model: &Model, step: &StepDurations, (rect, moments): (Rect, &[i64])) {
    let t = painter.ctx().tokens();
    painter.hline(rect.x_range(), rect.max.y - 0.5, (1.0, t.border));
    let name = Rect::from_min_size(
        rect.min + vec2(sizes::PAD, 8.0),
        vec2(NAMES - sizes::PAD - 8.0, 18.0),
    );
    let (failed, undone) = words(step);
    let lines = [
        (step.name.clone(), Face::DenseStrong, t.text),
        (step.participant.clone(), Face::Secondary, t.text2),
        (failed, Face::Secondary, t.failed),
        (undone, Face::Secondary, t.compensated),
    ];
    for (at, (words, face, colour)) in lines.iter().enumerate() {
        let line = name.translate(vec2(0.0, 17.0 * at as f32));
        paint_line(painter, line, Align2::LEFT_CENTER, words, *face, *colour);
    }
    let plot = plot_of(rect);
    painter.rect_filled(plot, 0.0, t.field);
    let most = step
        .over
        .iter()
        .map(|rate| part(rate.failed.max(rate.undone), rate.ended));
    let most = most.flatten().fold(0.0, f32::max);
    let top = [0.05, 0.1, 0.25, 0.5]
        .into_iter()
        .find(|top| *top >= most)
        .unwrap_or(1.0);
    for (at, word) in [
        (0.0, "0 %".to_owned()),
        (1.0, format!("{:.0} %", top * 100.0)),
    ] {
        let y = plot.max.y - plot.height() * at;
        painter.hline(plot.x_range(), y, (1.0, t.border));
        let label = Rect::from_min_max(
            pos2(plot.min.x - SCALE, y - 8.0),
            pos2(plot.min.x - 6.0, y + 8.0),
        );
        paint_line(
            painter,
            label,
            Align2::RIGHT_CENTER,
            &word,
            Face::Cell,
            t.text3,
        );
    }
    let width = plot.width() / moments.len() as f32;
    let line = |which: fn(&Rate) -> u32, colour| {
        let mut points: Vec<Pos2> = Vec::new();
        for (at, rate) in step.over.iter().enumerate() {
            let Some(part) = part(which(rate), rate.ended) else {
                continue;
            };
            let x = plot.min.x + width * (at as f32 + 0.5);
            points.push(pos2(x, plot.max.y - plot.height() * (part / top).min(1.0)));
        }
        if let [only] = points[..] {
            painter.circle_filled(only, 2.0, colour);
        }
        painter.add(Shape::line(points, Stroke::new(1.5, colour)));
    };
    line(|rate| rate.undone, t.compensated);
    line(|rate| rate.failed, t.failed);
    if let Some(x) = cursor(model, moments, plot) {
        painter.rect_filled(plot.with_min_x(x), 0.0, t.future_veil());
        painter.vline(x, plot.y_range(), (sizes::CURSOR_LINE, t.cursor));
    }
}

/// A share of something; none of nothing.
fn part(count: u32, of: u32) -> Option<f32> {
    (of > 0).then(|| count as f32 / of as f32)
}

/// From when to when the stretches are.
fn extent(moments: &[i64]) -> Option<(i64, i64)> {
    let (first, last) = (*moments.first()?, *moments.last()?);
    let step = (last - first) / (moments.len() as i64 - 1).max(1);
    Some((first - step, last))
}

fn cursor(model: &Model, moments: &[i64], plot: Rect) -> Option<f32> {
    let (from, to) = extent(moments)?;
    let now = model.cursor.time()?.micros();
    let place = (now - from) as f64 / (to - from).max(1) as f64;
    (0.0..=1.0)
        .contains(&place)
        .then(|| plot.min.x + plot.width() * place as f32)
}

/// When the stretches begin and end.
fn edges(ui: &mut Ui, model: &Model, moments: &[i64]) {
    let Some((from, to)) = extent(moments) else {
        return;
    };
    let t = ui.tokens();
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    let plot = plot_of(rect.expand2(vec2(0.0, 8.0)));
    for (micros, align) in [(from, Align2::LEFT_CENTER), (to, Align2::RIGHT_CENTER)] {
        let words = model
            .zone()
            .format(Timestamp::from_micros(micros), Style::Seconds);
        paint_line(ui.painter(), plot, align, &words, Face::Cell, t.text3);
    }
}
