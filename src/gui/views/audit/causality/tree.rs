//! A trace as a tree: each event behind its cause, with how long after it it came.

use egui::{Align2, Rect, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::prepared::{Prepared, Row};
use crate::analysis::causality::{TraceNode, TraceReport};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{focus_ring, paint_line};
use crate::gui::words;
use crate::model::time::{Span, Style};
use crate::render::grouped;

/// Where the columns of the tree begin, from the right.
const FROM_RIGHT: [f32; 5] = [600.0, 430.0, 290.0, 108.0, 12.0];
/// Deeper than this a tree goes no further to the right.
const DEEPEST: u32 = 24;

/// Draws it over the room there is.
pub(super) fn tree(
    ui: &mut Ui,
    model: &Model,
    (report, prepared): (&TraceReport, &Prepared),
    outbox: &mut Outbox,
) {
    let t = ui.tokens();
    ui.painter().rect_filled(ui.max_rect(), 0.0, t.panel);
    heads(ui, prepared, model);
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().id_salt("tree").auto_shrink(false);
    area.show_rows(ui, sizes::ROW_TREE, report.nodes.len(), |ui, rows| {
        for at in rows {
            row(ui, model, (at, &report.nodes[at]), prepared, outbox);
        }
    });
}

/// Where a column stands in a row.
fn column(rect: Rect, at: usize) -> Rect {
    let right = rect.max.x - FROM_RIGHT[at + 1];
    let left = rect.max.x - FROM_RIGHT[at];
    Rect::from_min_max(pos2(left, rect.min.y), pos2(right - 8.0, rect.max.y))
}

fn heads(ui: &mut Ui, prepared: &Prepared, model: &Model) {
    let t = ui.tokens();
    let size = vec2(ui.available_width(), sizes::TABLE_HEAD);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let left = rect.with_min_x(rect.min.x + sizes::PAD);
    let early = match prepared.early {
        0 => "Event".to_owned(),
        count => format!(
            "Event ({} recorded before the cause)",
            grouped(count as u64)
        ),
    };
    let align = Align2::LEFT_CENTER;
    let painter = ui.painter();
    paint_line(painter, left, align, &early, Face::Secondary, t.text3);
    let recorded = format!("Time ({})", model.zone());
    for (at, name) in ["Stream", "Service", &recorded].into_iter().enumerate() {
        paint_line(
            painter,
            column(rect, at),
            align,
            name,
            Face::Secondary,
            t.text3,
        );
    }
    paint_line(
        painter,
        column(rect, 3),
        Align2::RIGHT_CENTER,
        "After cause",
        Face::Secondary,
        t.text3,
    );
    painter.hline(rect.x_range(), rect.max.y - 0.5, (1.0, t.border));
}

fn row(
    ui: &mut Ui,
    model: &Model,
    (at, node): (usize, &TraceNode),
    prepared: &Prepared,
    outbox: &mut Outbox,
) {
    let t = ui.tokens();
    let size = vec2(ui.available_width(), sizes::ROW_TREE);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let is_selected = model.selection.event == Some(node.event);
    let own = prepared.rows[at];
    let delay = after(own);
    let name = format!("{} {} {delay}", node.event_type, node.position);
    response.widget_info(|| WidgetInfo::selected(egui::Role::Row, true, is_selected, name.trim()));
    if is_selected {
        ui.painter().rect_filled(rect, 0.0, t.selection);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, t.hover);
    }
    let face = if is_selected {
        Face::BodyStrong
    } else {
        Face::Body
    };
    event(ui, rect, (node, prepared.colour(at)), face);
    facts(ui, model, rect, (node, own));
    focus_ring(ui, &response);
    if response.clicked() {
        outbox.send(Command::SelectEvent(Some(node.event)));
    }
    if response.double_clicked() {
        outbox.send(Command::GoToEvent(node.event));
    }
}

/// How long after its cause, with a sign; empty where that is not told.
fn after(row: Row) -> String {
    row.delay.map_or_else(String::new, |ms| {
        let sign = if ms < 0 { "−" } else { "+" };
        format!("{sign}{}", Span::from_millis(ms.abs()).precise())
    })
}

/// The event at its depth, with its position.
fn event(ui: &Ui, rect: Rect, (node, colour): (&TraceNode, usize), face: Face) {
    let t = ui.tokens();
    let painter = ui.painter();
    let align = Align2::LEFT_CENTER;
    let indent = sizes::PAD + node.depth.min(DEEPEST) as f32 * 16.0;
    let dot = pos2(rect.min.x + indent + 4.0, rect.center().y);
    if node.depth > 0 {
        let stroke = (1.0, t.border2);
        let corner = pos2(dot.x - 12.0, dot.y);
        painter.line_segment([pos2(corner.x, rect.min.y), corner], stroke);
        painter.line_segment([corner, pos2(dot.x - 5.0, dot.y)], stroke);
    }
    painter.circle_filled(dot, sizes::DOT / 2.0, t.category(colour));
    let left = Rect::from_min_max(
        pos2(dot.x + 10.0, rect.min.y),
        pos2(column(rect, 0).min.x - 8.0, rect.max.y),
    );
    let ink = paint_line(painter, left, align, &node.event_type, face, t.text);
    let rest = left.with_min_x(ink.right() + 8.0);
    let position = words::position_named(&node.position);
    let words = match (&node.cause_elsewhere, &node.cause_in_circle) {
        (Some(id), _) => format!("{position}, its cause is not here: {id}"),
        (None, Some(cause)) => {
            let cause = words::position_named(cause);
            format!("{position}, its cause: {cause}, in a circle")
        }
        (None, None) => position,
    };
    paint_line(painter, rest, align, &words, Face::Cell, t.text2);
}

/// Where, by whom, when, and how long after the cause.
fn facts(ui: &Ui, model: &Model, rect: Rect, (node, own): (&TraceNode, Row)) {
    let t = ui.tokens();
    let painter = ui.painter();
    let align = Align2::LEFT_CENTER;
    let stream = format!("{} {}", node.stream, node.version);
    let service = node.service.as_deref().unwrap_or("not told");
    let time = node
        .time
        .map(|time| model.zone().format_bare(time, Style::Millis));
    let time = time.as_deref().unwrap_or("not told");
    for (at, (text, face)) in [
        (stream.as_str(), Face::Cell),
        (service, Face::Dense),
        (time, Face::Cell),
    ]
    .into_iter()
    .enumerate()
    {
        paint_line(painter, column(rect, at), align, text, face, t.text2);
    }
    let colour = match own.delay {
        Some(ms) if ms < 0 => t.error,
        _ => t.text,
    };
    let right = Align2::RIGHT_CENTER;
    paint_line(
        painter,
        column(rect, 3),
        right,
        &after(own),
        Face::Cell,
        colour,
    );
}
