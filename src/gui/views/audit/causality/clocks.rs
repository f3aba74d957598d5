//! How far the clocks of services are apart, effects that were recorded before their causes, and how often
//! other orders turn neighbours of the log round.

use egui::{Frame, Margin, Rect, ScrollArea, Ui, pos2, vec2};

use crate::analysis::deeper::{ClockPair, Clocks, Disagreeing, Place, Verdict};
use crate::analysis::words::many;
use crate::gui::command::Outbox;
use crate::gui::theme::{Face, TokensExt, Tone, sizes};
use crate::gui::views::audit::cells::{Cells, part};
use crate::model::time::Span;
use crate::render::grouped;

/// Where the columns of two services begin.
const PAIR: [f32; 6] = [0.0, 330.0, 510.0, 660.0, 780.0, 870.0];
/// Where the columns of an early effect begin.
const EARLY: [f32; 3] = [0.0, 120.0, 480.0];
/// Where the columns of an order begin.
const ORDER: [f32; 4] = [0.0, 200.0, 360.0, 600.0];
/// Cases of an order that are shown.
const CASES: usize = 3;

/// Draws the page.
pub(super) fn show(ui: &mut Ui, clocks: &Clocks, outbox: &mut Outbox) {
    let area = ScrollArea::vertical().id_salt("clocks").auto_shrink(false);
    area.show(ui, |ui| {
        let margin = Margin::symmetric(sizes::PAD_TEXT as i8, 0);
        Frame::NONE.inner_margin(margin).show(ui, |ui| {
            pairs(ui, clocks, outbox);
            orders(ui, &clocks.orders, outbox);
            early(ui, clocks, outbox);
            ui.add_space(sizes::GAP_GROUP);
        });
    });
}

fn pairs(ui: &mut Ui, clocks: &Clocks, outbox: &mut Outbox) {
    let sentence = match (clocks.services, clocks.pairs.len()) {
        (0, _) => "The metadata of this store names no service, so no two clocks can be compared.",
        (_, 0) => {
            "No event of one service was caused by one of another, so no two clocks can be compared."
        }
        _ => {
            "An effect comes after its cause. What its stamp says otherwise is how far the clocks are apart at least; the quickest step the other way is the most that they can be."
        }
    };
    part(ui, "Clock skew by pair of services", sentence);
    if clocks.pairs.is_empty() {
        return;
    }
    let heads = [
        "Services",
        "The first is ahead by",
        "",
        "Steps there, back",
        "Impossible",
        "Verdict",
    ];
    Cells::heads(ui, &PAIR, &heads);
    let bounds = clocks
        .pairs
        .iter()
        .flat_map(|pair| [pair.least_ms, pair.most_ms]);
    let most = bounds.flatten().map(i64::abs).max().unwrap_or(1).max(1);
    for (at, pair) in clocks.pairs.iter().enumerate() {
        ui.push_id(("pair", at), |ui| pair_row(ui, pair, most, outbox));
    }
}

/// By how much the first is ahead, in words.
fn ahead(pair: &ClockPair) -> String {
    let span = |ms: i64| Span::from_millis(ms).precise();
    match (pair.least_ms, pair.most_ms) {
        (Some(least), Some(most)) if least <= most => {
            Span::from_millis(least).to(Span::from_millis(most))
        }
        (Some(least), Some(most)) => format!("{} and {} at times", span(least), span(most)),
        (Some(least), None) => format!("{} at least", span(least)),
        (None, Some(most)) => format!("{} at most", span(most)),
        (None, None) => "not told".to_owned(),
    }
}

fn pair_row(ui: &mut Ui, pair: &ClockPair, most: i64, outbox: &mut Outbox) {
    let t = ui.tokens();
    let words = ahead(pair);
    let (tone, verdict) = match pair.verdict() {
        Verdict::Apart => (Tone::Warning, "apart"),
        Verdict::Drifting => (Tone::Error, "drifting"),
        Verdict::Together => (Tone::Ok, "may be equal"),
    };
    let name = format!("{} and {}: ahead by {words}, {verdict}", pair.one, pair.two);
    let cells = Cells::row(ui, &PAIR, &name);
    let services = format!("{} against {}", pair.one, pair.two);
    cells.text(ui, 0, &services, (Face::Body, t.text));
    cells.text(ui, 1, &words, (Face::Cell, t.text));
    range(ui, cells.place(2), pair, most);
    let steps = format!("{}, {}", grouped(pair.there), grouped(pair.back));
    cells.text(ui, 3, &steps, (Face::Cell, t.text2));
    cells.text(ui, 4, &grouped(pair.impossible), (Face::Cell, t.text2));
    cells.pill(ui, 5, tone, verdict);
    if let Some([cause, effect]) = &pair.proof {
        let right = cells.place(5).with_min_x(cells.place(5).min.x + 110.0);
        let builder = egui::UiBuilder::new().id_salt("proof").max_rect(right);
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        let mut child = ui.new_child(builder.layout(layout));
        child.label(Face::Secondary.text("proved by", t.text3));
        super::super::cells::event(&mut child, cause, outbox);
        super::super::cells::event(&mut child, effect, outbox);
    }
}

/// The bounds on a log scale with zero in its middle.
fn range(ui: &Ui, place: Rect, pair: &ClockPair, most: i64) {
    let t = ui.tokens();
    let track = Rect::from_center_size(place.center(), vec2(place.width() - 16.0, 6.0));
    let x = |ms: i64| {
        let part = (ms.unsigned_abs() as f64 + 1.0).ln() / (most as f64 + 1.0).ln();
        let side = if ms < 0 { -1.0 } else { 1.0 };
        track.center().x + side * part as f32 * track.width() / 2.0
    };
    let left = pair.least_ms.map_or(track.min.x, x);
    let right = pair.most_ms.map_or(track.max.x, x);
    let painter = ui.painter();
    painter.rect_filled(track, sizes::RADIUS_BAR, t.raised);
    let bar = Rect::from_x_y_ranges(
        left.min(right)..=left.max(right).max(left.min(right) + 2.0),
        track.y_range(),
    );
    let colour = match pair.verdict() {
        Verdict::Together => t.border2,
        Verdict::Apart => t.warning,
        Verdict::Drifting => t.error,
    };
    painter.rect_filled(bar, sizes::RADIUS_BAR, colour);
    let zero = track.center().x;
    painter.line_segment(
        [pos2(zero, track.min.y - 3.0), pos2(zero, track.max.y + 3.0)],
        (1.0, t.text3),
    );
}

fn orders(ui: &mut Ui, orders: &[Disagreeing], outbox: &mut Outbox) {
    part(
        ui,
        "Orders against that of the log",
        "How often another order puts two neighbours of the log the other way round.",
    );
    if orders.is_empty() {
        let words = "This store tells no other order than its positions.";
        ui.label(Face::Body.text(words, ui.tokens().text2));
        return;
    }
    Cells::heads(
        ui,
        &ORDER,
        &[
            "Order by",
            "Events that carry it",
            "Turned round",
            "First cases",
        ],
    );
    for (at, order) in orders.iter().enumerate() {
        ui.push_id(("order", at), |ui| {
            let t = ui.tokens();
            let turned = many(order.turned, "pair", "pairs").unwrap_or_else(|| "none".to_owned());
            let most = order
                .most_us
                .map(|most| format!("{turned}, by up to {}", most.precise()));
            let turned = most.unwrap_or(turned);
            let cells = Cells::row(ui, &ORDER, &format!("{}: {turned}", order.by.name()));
            cells.text(ui, 0, order.by.name(), (Face::Body, t.text));
            cells.text(ui, 1, &grouped(order.events), (Face::Cell, t.text2));
            let colour = if order.turned > 0 { t.warning } else { t.text2 };
            cells.text(ui, 2, &turned, (Face::Cell, colour));
            let cases: Vec<&Place> = order.shown.iter().take(CASES).flatten().collect();
            cells.events(ui, 3, &cases, outbox);
        });
    }
}

fn early(ui: &mut Ui, clocks: &Clocks, outbox: &mut Outbox) {
    let own = &clocks.early;
    let sentence = match many(own.count, "effect", "effects") {
        None => "No effect was recorded before its cause.".to_owned(),
        Some(words) if own.count > own.shown.len() as u64 => {
            format!("{words}; those that are earliest by most")
        }
        Some(words) => words,
    };
    part(ui, "Recorded before the cause", &sentence);
    if own.shown.is_empty() {
        return;
    }
    Cells::heads(ui, &EARLY, &["Too early by", "Cause", "Effect"]);
    for (at, (ms, [cause, effect])) in own.shown.iter().enumerate() {
        ui.push_id(("early", at), |ui| {
            let t = ui.tokens();
            let span = Span::from_millis(*ms).precise();
            let name = format!("{} before {}, by {span}", effect.position, cause.position);
            let cells = Cells::row(ui, &EARLY, &name);
            if !ui.is_rect_visible(cells.rect) {
                return;
            }
            cells.text(ui, 0, &span, (Face::Cell, t.error));
            for (column, place) in [(1, cause), (2, effect)] {
                cells.events(ui, column, &[place], outbox);
                let words = cells
                    .place(column)
                    .with_min_x(cells.place(column).min.x + 84.0);
                let text = format!("{}  {} {}", place.event_type, place.stream, place.version);
                let align = egui::Align2::LEFT_CENTER;
                crate::gui::widgets::paint_line(
                    ui.painter(),
                    words,
                    align,
                    &text,
                    Face::Dense,
                    t.text2,
                );
            }
        });
    }
}
