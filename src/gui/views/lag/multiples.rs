//! The small multiples side by side, as many as fit, the worst first. Only those in sight are drawn.

use egui::{Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::legend;
use super::multiple::{self, Scene, Whys};
use super::scale::{Scale, Unit};
use super::standing;
use crate::analysis::lag::{ConsumerId, ConsumerLag, LagReport};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{focus_ring, paint_line};
use crate::render;
use crate::worker::LagCharts;

/// The least width of one.
const WIDTH: f32 = 296.0;
/// The least height of one, the usual one, and the most.
const LEAST: f32 = 136.0;
const USUAL: f32 = 176.0;
const HIGHEST: f32 = 420.0;
/// Height of what explains the bands.
const LEGEND: f32 = 26.0;

/// Draws all; gives the consumer that was clicked.
pub(super) fn show(
    ui: &mut Ui,
    model: &Model,
    report: &LagReport,
    charts: Option<&LagCharts>,
    (unit, selected): (Unit, Option<&ConsumerId>),
) -> Option<ConsumerId> {
    let all = ui.available_rect_before_wrap();
    legend(ui, all, unit);
    let room = all.with_max_y(all.max.y - LEGEND);
    let count = report.consumers.len();
    // A few get more room each.
    let columns = columns_of(count, room.width());
    let own = || report.consumers.iter().map(|own| &own.id);
    let shown = charts
        .iter()
        .flat_map(|charts| own().filter_map(|id| charts.chart(id)));
    let scale = Scale::fitting(unit, shown, report.consumers.iter());
    let rows = count.div_ceil(columns);
    let height = height_of(rows, room.height());
    let now = model.cursor.time();
    let mut all = report.consumers.iter();
    let whys = match all.any(|own| render::held_up(own, model.zone()).is_some()) {
        true => Whys::Some,
        false => Whys::None,
    };
    let missing = missing(model);
    // While a store is written to, the cursor is ahead of what was measured last.
    let stretch = charts.and_then(|charts| charts.stretch);
    let stretch = stretch.map(|(from, to)| (from, now.map_or(to, |now| now.max(to))));
    let mut clicked = None;
    let builder = egui::UiBuilder::new().max_rect(room);
    let ui = &mut ui.new_child(builder);
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().auto_shrink(false);
    area.show_rows(ui, height, rows, |ui, visible| {
        for row in visible {
            let width = ui.available_width();
            let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
            let first = row * columns;
            let own = report.consumers.iter().skip(first).take(columns);
            for (column, own) in own.enumerate() {
                let width = (rect.width() / columns as f32).floor();
                let left = rect.min.x + column as f32 * width;
                let cell = Rect::from_min_size(pos2(left, rect.min.y), vec2(width, rect.height()));
                let scene = Scene {
                    scale,
                    stretch,
                    chart: charts.and_then(|charts| charts.chart(&own.id)),
                    spells: charts.map_or(&[], |charts| charts.spells(&own.id)),
                    now,
                    whys,
                    zone: model.zone(),
                    missing,
                };
                if cell_of(ui, cell, own, scene, selected) == Clicked::Yes {
                    clicked = Some(own.id.clone());
                }
            }
        }
    });
    clicked
}

/// What a plot says that has nothing to show yet.
fn missing(model: &Model) -> &'static str {
    let charts = &model.answers.lag_charts;
    match (charts.pending_since(), charts.unanswered()) {
        (_, Some(_)) => "its lag over time could not be worked out",
        (Some(_), _) => "its lag over time is being worked out",
        (None, None) => "",
    }
}

/// As many side by side as have room, and no more than that takes as few rows: none is left alone where it
/// could have a neighbour.
fn columns_of(count: usize, width: f32) -> usize {
    let most = ((width / WIDTH).floor() as usize).clamp(1, 6);
    let count = count.max(1);
    count.div_ceil(count.div_ceil(most))
}

/// So high that no row is cut off: all in sight where they fit, else as many as have their usual height.
fn height_of(rows: usize, room: f32) -> f32 {
    let most = (room / LEAST).floor().max(1.0);
    let in_sight = match rows as f32 <= most {
        true => rows.max(1) as f32,
        false => (room / USUAL).round().clamp(1.0, most),
    };
    (room / in_sight).clamp(LEAST, HIGHEST).floor()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clicked {
    Yes,
    No,
}

fn cell_of(
    ui: &Ui,
    rect: Rect,
    own: &ConsumerLag,
    scene: Scene<'_>,
    selected: Option<&ConsumerId>,
) -> Clicked {
    let t = ui.tokens();
    let id = ui.scope_id().with(("consumer", &own.id));
    let response = ui.interact(rect.shrink(1.0), id, Sense::click());
    let (_, _, word) = standing::status(own);
    let whole = standing::name(own);
    let name = format!("{whole}: {word}, {}", standing::lag_events(own));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let painter = ui.painter();
    if selected == Some(&own.id) {
        let head = rect.with_max_y(rect.min.y + scene.whys.head() - 4.0);
        painter.rect_filled(head, 0.0, t.selection);
    } else if response.hovered() {
        let head = rect.with_max_y(rect.min.y + scene.whys.head() - 4.0);
        painter.rect_filled(head, 0.0, t.hover);
    }
    multiple::paint(painter, rect, own, scene);
    painter.hline(rect.x_range(), rect.max.y - 0.5, (1.0, t.border));
    painter.vline(rect.max.x - 0.5, rect.y_range(), (1.0, t.border));
    focus_ring(ui, &response);
    let whole = match render::held_up(own, scene.zone) {
        Some(why) => format!("{whole} {}", render::harmless(&why)),
        None => whole,
    };
    let response = response.on_hover_text(whole);
    match response.clicked() {
        true => Clicked::Yes,
        false => Clicked::No,
    }
}

/// What the bands mean.
fn legend(ui: &Ui, all: Rect, unit: Unit) {
    let t = ui.tokens();
    let rect = all.with_min_y(all.max.y - LEGEND);
    let painter = ui.painter();
    painter.hline(rect.x_range(), rect.min.y + 0.5, (1.0, t.border));
    let inner = rect.shrink2(vec2(sizes::PAD_TEXT, 0.0));
    let notes = ["log scale, the worst of each moment", "log scale"];
    match unit {
        Unit::Seconds => legend::paint(painter, inner, notes),
        Unit::Events => {
            let (left, right) = (egui::Align2::LEFT_CENTER, egui::Align2::RIGHT_CENTER);
            let words = "events that wait, a shade for every power of ten";
            let ink = paint_line(painter, inner, left, words, Face::Secondary, t.text2);
            let room = inner.with_min_x(ink.max.x + sizes::GAP_GROUP);
            paint_line(painter, room, right, notes[0], Face::Secondary, t.text3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_as_even_as_they_can_be() {
        let wide = 6.5 * WIDTH;
        let told = [1, 4, 6, 7, 8, 12, 13].map(|count| columns_of(count, wide));
        assert_eq!(told, [1, 4, 6, 4, 4, 6, 5]);
        assert_eq!([7, 9].map(|count| columns_of(count, 4.5 * WIDTH)), [4, 3]);
        assert_eq!(columns_of(0, 10.0), 1);
    }

    #[test]
    fn no_row_is_cut_off() {
        for room in [340.0, 560.0, 1_000.0] {
            for rows in 1..40 {
                let height = height_of(rows, room);
                let whole = (room / height).floor().min(rows as f32);
                let rest = room - whole * height;
                // What is left over is less than a point a row, or below the last.
                assert!(
                    rest < whole + 1.0 || whole as usize == rows,
                    "{rows} in {room}: {height}"
                );
                assert!(height >= LEAST);
            }
        }
        // As in the picture: nine in three rows, and two rows in a small window.
        assert!((186.0 - height_of(3, 560.0)).abs() < 1.0);
        assert!((170.0 - height_of(2, 340.0)).abs() < 1.0);
    }
}
