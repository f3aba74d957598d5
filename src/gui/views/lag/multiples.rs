//! The small multiples side by side, as many as fit, the worst first. Only those in sight are drawn.

use egui::{Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::multiple::{self, Scene};
use super::scale::{Scale, Unit};
use super::standing;
use crate::analysis::lag::{ConsumerId, ConsumerLag, LagReport};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{focus_ring, one_line, paint_line};
use crate::worker::LagCharts;

/// The least width of one.
const WIDTH: f32 = 296.0;
/// The most height of one.
const HIGHEST: f32 = 300.0;
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
    let columns = ((room.width() / WIDTH).floor() as usize).clamp(1, 6);
    let columns = columns.min(count.max(1));
    let own = || report.consumers.iter().map(|own| &own.id);
    let shown = charts
        .iter()
        .flat_map(|charts| own().filter_map(|id| charts.chart(id)));
    let scale = Scale::fitting(unit, shown);
    let rows = count.div_ceil(columns);
    let height = (room.height() / rows.max(1) as f32).clamp(multiple::HEIGHT, HIGHEST);
    let height = height.floor();
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
                    stretch: charts.and_then(|charts| charts.stretch),
                    chart: charts.and_then(|charts| charts.chart(&own.id)),
                    spells: charts.map_or(&[], |charts| charts.spells(&own.id)),
                    now: model.cursor.time(),
                    zone: model.zone(),
                };
                if cell_of(ui, cell, own, scene, selected) == Clicked::Yes {
                    clicked = Some(own.id.clone());
                }
            }
        }
    });
    clicked
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
    let name = match &own.partition {
        None => own.name.clone(),
        Some(partition) => format!("{} [{partition}]", own.name),
    };
    let name = format!("{name}: {word}, {}", standing::lag_events(own));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let painter = ui.painter();
    if selected == Some(&own.id) {
        let head = rect.with_max_y(rect.min.y + 56.0);
        painter.rect_filled(head, 0.0, t.selection);
    } else if response.hovered() {
        let head = rect.with_max_y(rect.min.y + 56.0);
        painter.rect_filled(head, 0.0, t.hover);
    }
    multiple::paint(painter, rect, own, scene);
    painter.hline(rect.x_range(), rect.max.y - 0.5, (1.0, t.border));
    painter.vline(rect.max.x - 0.5, rect.y_range(), (1.0, t.border));
    focus_ring(ui, &response);
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
    let right = "log scale, the worst of each moment";
    let ink = paint_line(
        painter,
        inner,
        egui::Align2::RIGHT_CENTER,
        right,
        Face::Secondary,
        t.text3,
    );
    if unit == Unit::Events {
        return;
    }
    let mut room = inner.with_max_x(ink.min.x - sizes::GAP_GROUP);
    for (name, span) in [
        ("same process", "under 10 ms"),
        ("same datacentre", "10 to 100 ms"),
        ("across regions", "100 ms to 10 s"),
        ("people wait", "minutes to hours"),
    ] {
        let words = [
            (name, Face::SecondaryStrong, t.text2),
            (span, Face::Secondary, t.text3),
        ];
        let wide = |(text, face, ink)| one_line(painter, text, face, ink, f32::INFINITY).size().x;
        // All of it or nothing.
        if words.map(wide).iter().sum::<f32>() + 5.0 > room.width() {
            break;
        }
        for (text, face, ink) in words {
            let ink = paint_line(painter, room, egui::Align2::LEFT_CENTER, text, face, ink);
            room.min.x = ink.max.x + 5.0;
        }
        room.min.x += sizes::GAP_GROUP;
    }
}
