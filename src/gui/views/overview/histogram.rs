//! Events over time in bars that people count in: known ones solid, later ones faded, the cursor
//! through them. A click moves the cursor there.

use egui::{Align2, Rect, Ui, pos2, vec2};

use super::section;
use crate::analysis::overview::{Bar, Histogram};
use crate::analysis::words::many;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, faded, sizes};
use crate::gui::widgets::{focus_ring, leave_keys, paint_line};
use crate::log::Bound;
use crate::model::Timestamp;
use crate::model::time::{Span, Style};
use crate::render::grouped;
use crate::worker::StoreOverview;

/// The height of the plot, which grows with windows that are tall.
const PLOT: [f32; 2] = [68.0, 180.0];
const TALL: f32 = 800.0;
const AXIS: f32 = 18.0;

pub(super) fn show(ui: &mut Ui, model: &Model, found: &StoreOverview, outbox: &mut Outbox) {
    let t = ui.tokens();
    let Some(histogram) = &found.whole.overview.histogram else {
        section(
            ui,
            "Events over time",
            |_| {},
            |ui| {
                let text = "This store holds no times: the cursor goes by position";
                ui.label(Face::Dense.text(text, t.text2));
            },
        );
        return;
    };
    let title = format!("Events per {}", histogram.bucket);
    let busiest = found.known.iter().zip(&histogram.bars);
    let busiest = busiest.max_by_key(|(events, bar)| (**events, std::cmp::Reverse(bar.from)));
    section(
        ui,
        &title,
        |ui| {
            if let Some((events, bar)) = busiest.filter(|(events, _)| **events > 0) {
                // The first bar may begin before the store does.
                let first = found.whole.overview.first_time.unwrap_or(bar.from);
                let when = date(model, histogram, bar.from.max(first));
                let events = many(*events, "event", "events").unwrap_or_default();
                let text = format!("busiest: {when}, {events}");
                ui.label(Face::Secondary.text(text, t.text2));
            }
        },
        |ui| plot(ui, model, found, histogram, outbox),
    );
}

/// The height of the plot.
pub(super) fn height(ui: &Ui) -> f32 {
    let more = (ui.clip_rect().height() - TALL).max(0.0) * 0.3;
    (PLOT[0] + more).min(PLOT[1]).round()
}

fn plot(
    ui: &mut Ui,
    model: &Model,
    found: &StoreOverview,
    histogram: &Histogram,
    outbox: &mut Outbox,
) {
    let t = ui.tokens();
    let height = height(ui);
    let size = vec2(ui.available_width(), height + AXIS);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click());
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, "Events over time"));
    if response.has_focus() {
        // Left and Right step from event to event, as they do anywhere.
        leave_keys(ui, response.id);
        let arrows = egui::EventFilter {
            horizontal_arrows: true,
            ..egui::EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        focus_ring(ui, &response);
    }
    let plot = rect.with_max_y(rect.top() + height);
    let axis = Axis::new(plot, histogram, found.whole.overview.last_time);
    let most = histogram.busiest.events.max(1) as f32;
    for (at, bar) in histogram.bars.iter().enumerate() {
        let known = found.known.get(at).copied().unwrap_or_default();
        let column = axis.column(at);
        let upto = |events: u64| {
            let height = (plot.height() - 4.0) * events as f32 / most;
            let height = if events == 0 { 0.0 } else { height.max(1.0) };
            column.with_min_y(column.bottom() - height)
        };
        if bar.events > known {
            ui.painter()
                .rect_filled(upto(bar.events), 1.0, faded(t.text3));
        }
        ui.painter().rect_filled(upto(known), 1.0, t.text3);
    }
    ui.painter()
        .hline(plot.x_range(), plot.bottom() + 0.5, (1.0, t.border2));
    labels(ui, model, histogram, &axis, rect);
    if let Some(x) = model.cursor.time().map(|time| axis.x(time)) {
        let line = (sizes::CURSOR_LINE, t.cursor);
        ui.painter().vline(x.round(), plot.y_range(), line);
    }
    let under = response.hover_pos().and_then(|pointer| axis.bar(pointer.x));
    if response.clicked()
        && let Some(pointer) = response.interact_pointer_pos()
        && let Some(time) = axis.time(pointer.x)
    {
        outbox.send(Command::MoveTo(Bound::Time(time)));
    }
    if let Some(at) = under {
        let bar = histogram.bars[at];
        let known = found.known.get(at).copied().unwrap_or_default();
        let events = match bar.events {
            events if events == known => grouped(events),
            events => format!("{} of {}", grouped(known), grouped(events)),
        };
        let when = date(model, histogram, bar.from);
        response.on_hover_text(format!("From {when}: {events} events. Click to go there"));
    }
}

/// Dates below the bars, as many as there is room for.
fn labels(ui: &Ui, model: &Model, histogram: &Histogram, axis: &Axis<'_>, rect: Rect) {
    let t = ui.tokens();
    let bars = histogram.bars.len();
    let room = (rect.width() / 92.0).floor().clamp(1.0, 6.0) as usize;
    let every = bars.div_ceil(room).max(1);
    for at in (0..bars).step_by(every) {
        let left = axis.column(at).left();
        let place = Rect::from_min_max(
            pos2(left, rect.bottom() - AXIS + 3.0),
            pos2((left + 90.0).min(rect.right()), rect.bottom()),
        );
        let text = date(model, histogram, histogram.bars[at].from);
        if place.width() < text.chars().count() as f32 * 6.8 {
            continue;
        }
        let face = Face::Cell;
        paint_line(
            ui.painter(),
            place,
            Align2::LEFT_CENTER,
            &text,
            face,
            t.text3,
        );
    }
}

/// The beginning of a bar, as exact as bars are long.
fn date(model: &Model, histogram: &Histogram, from: Timestamp) -> String {
    let zone = model.zone();
    let next = histogram.bars.get(1).map(|bar| bar.from);
    let length = next.map_or(Span::from_secs(86_400), |next| {
        next - histogram.bars[0].from
    });
    let day = zone.format_bare(from, Style::Date);
    if length >= Span::from_secs(86_400 * 27) {
        day.get(..day.len().saturating_sub(3))
            .unwrap_or(&day)
            .to_owned()
    } else if length >= Span::from_secs(86_000) {
        day
    } else if length >= Span::from_secs(60) {
        let text = zone.format_bare(from, Style::Short);
        text.get(..11).unwrap_or(&text).to_owned()
    } else {
        zone.format_bare(from, Style::Clock)
    }
}

/// Bars of equal width, whatever the length of their months.
struct Axis<'a> {
    plot: Rect,
    bars: &'a [Bar],
    end: Timestamp,
}

impl<'a> Axis<'a> {
    fn new(plot: Rect, histogram: &'a Histogram, last: Option<Timestamp>) -> Self {
        let bars = &histogram.bars;
        let last_bar = bars.last().map_or(Timestamp::MIN, |bar| bar.from);
        // The last bar is as long as the first, or reaches to the last event.
        let length = match bars.get(1) {
            Some(second) => second.from - bars[0].from,
            None => Span::from_secs(86_400),
        };
        let end = last_bar
            .saturating_add(length)
            .max(last.unwrap_or(last_bar));
        Self { plot, bars, end }
    }

    fn step(&self) -> f32 {
        self.plot.width() / self.bars.len().max(1) as f32
    }

    fn column(&self, at: usize) -> Rect {
        let left = (self.plot.left() + at as f32 * self.step()).round();
        let right = (self.plot.left() + (at + 1) as f32 * self.step()).round() - 1.0;
        Rect::from_min_max(
            pos2(left, self.plot.top()),
            pos2(right.max(left + 1.0), self.plot.bottom()),
        )
    }

    fn ends(&self, at: usize) -> (Timestamp, Timestamp) {
        let from = self.bars[at].from;
        let to = self.bars.get(at + 1).map_or(self.end, |next| next.from);
        (from, to)
    }

    fn x(&self, time: Timestamp) -> f32 {
        let after = self.bars.partition_point(|bar| bar.from <= time);
        let Some(at) = after.checked_sub(1) else {
            return self.plot.left();
        };
        let (from, to) = self.ends(at);
        let part = (time - from).micros() as f64 / (to - from).micros().max(1) as f64;
        self.plot.left() + (at as f32 + part.min(1.0) as f32) * self.step()
    }

    fn bar(&self, x: f32) -> Option<usize> {
        let at = ((x - self.plot.left()) / self.step()).floor().max(0.0) as usize;
        (at < self.bars.len()).then_some(at)
    }

    fn time(&self, x: f32) -> Option<Timestamp> {
        let at = self.bar(x)?;
        let part = (x - self.plot.left()) / self.step() - at as f32;
        let (from, to) = self.ends(at);
        let into = (to - from).micros() as f64 * f64::from(part.clamp(0.0, 1.0));
        Some(from.saturating_add(Span::from_micros(into as i64)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::overview::Bucket;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_place_and_its_time_are_one(part in 0.0f32..0.999) {
            let at = |text: &str| text.parse::<Timestamp>().unwrap();
            let (first, last) = (at("2023-02-14T00:00:00Z"), at("2025-01-04T00:00:00Z"));
            let bucket = Bucket::covering(first, last);
            let starts = bucket.starts(first, last, crate::model::time::Zone::Utc);
            let bars: Vec<Bar> = starts.into_iter().map(|from| Bar { from, events: 1 }).collect();
            let histogram = Histogram { bucket, busiest: bars[0], bars };
            let plot = Rect::from_min_size(pos2(10.0, 0.0), vec2(500.0, 68.0));
            let axis = Axis::new(plot, &histogram, Some(last));
            let x = plot.left() + plot.width() * part;
            let there = axis.x(axis.time(x).unwrap());
            prop_assert!((there - x).abs() < 0.1, "{x} {there}");
        }
    }
}
