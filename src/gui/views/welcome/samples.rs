//! The bundled samples: a story each, what the file is, and its activity over time.

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, Rect, Ui, pos2, vec2};

use super::cards::{HEAD, card, clickable};
use crate::gui::command::{Command, Outbox};
use crate::gui::theme::{Face, Tokens, TokensExt};
use crate::gui::widgets::paint_line;
use crate::render::grouped;
use crate::worker::SAMPLES;

/// The height of a row: the usual one, and what is around its story at least.
const ROW: f32 = 100.0;
const AROUND: f32 = 40.0;
const LINE: f32 = 17.0;
const FACTS: f32 = 176.0;
const SIDE: f32 = 16.0;
/// Below this what stands at the right of a row is set closer.
const LOW: f32 = 64.0;

/// How tall the card is: as usual where it has `room` for that, else as low as its longest story lets it be.
pub(super) fn height(ui: &Ui, width: f32, room: f32) -> f32 {
    let of = |text: &str| {
        let galley = (ui.painter()).layout_job(told(text, width - 2.0 * SIDE - FACTS, ui.tokens()));
        galley.rows.len() as f32 * LINE + AROUND
    };
    let least = SAMPLES
        .iter()
        .map(|sample| of(sample.story))
        .fold(0.0, f32::max);
    let rows = SAMPLES.len() as f32;
    let row = ((room - HEAD) / rows).floor().clamp(least, ROW.max(least));
    HEAD + rows * row
}

fn told(story: &str, width: f32, t: &Tokens) -> LayoutJob {
    let mut job = LayoutJob::default();
    let mut format = TextFormat::simple(Face::Dense.font(), t.text2);
    format.line_height = Some(LINE);
    job.append(story, 0.0, format);
    job.wrap = TextWrapping {
        max_width: width,
        max_rows: 3,
        ..TextWrapping::default()
    };
    job
}

/// Draws the card, so tall.
pub(super) fn show(ui: &mut Ui, height: f32, outbox: &mut Outbox) {
    let row = (height - HEAD) / SAMPLES.len() as f32;
    card(
        ui,
        "Bundled samples",
        |ui| {
            let text = "each a story with a known answer";
            ui.label(Face::Secondary.text(text, ui.tokens().text2));
        },
        |ui| {
            for (at, sample) in SAMPLES.iter().enumerate() {
                let (rect, response) = clickable(ui, row, &format!("Open sample {}", sample.file));
                let inner = rect.shrink2(vec2(SIDE, ((row - 76.0) / 2.0).clamp(8.0, 12.0)));
                story(ui, inner.with_max_x(inner.right() - FACTS), at);
                facts(ui, inner.with_min_x(inner.right() - FACTS + 16.0), at);
                if response.clicked() {
                    outbox.send(Command::OpenSample(at));
                }
            }
        },
    );
}

fn story(ui: &Ui, rect: Rect, at: usize) {
    let t = ui.tokens();
    let sample = &SAMPLES[at];
    let head = rect.with_max_y(rect.top() + 20.0);
    let title = Face::Title;
    let drawn = paint_line(
        ui.painter(),
        head,
        Align2::LEFT_CENTER,
        sample.title,
        title,
        t.text,
    );
    paint_line(
        ui.painter(),
        head.with_min_x(drawn.right() + 8.0),
        Align2::LEFT_CENTER,
        sample.file,
        Face::Cell,
        t.text2,
    );
    let galley = (ui.painter()).layout_job(told(sample.story, rect.width(), t));
    ui.painter()
        .galley(pos2(rect.left(), rect.top() + 23.0), galley, t.text2);
}

fn facts(ui: &Ui, rect: Rect, at: usize) {
    let t = ui.tokens();
    let sample = &SAMPLES[at];
    // In a low row closer together, so that the last line keeps clear of the next row.
    let (height, below) = if rect.height() < LOW {
        (16.0, 5.0)
    } else {
        (20.0, 8.0)
    };
    let plot = Rect::from_min_size(rect.left_top() + vec2(0.0, 2.0), vec2(rect.width(), height));
    let most = sample.activity.iter().copied().max().unwrap_or_default();
    let step = plot.width() / sample.activity.len() as f32;
    for (i, events) in sample.activity.iter().enumerate() {
        if *events == 0 || most == 0 {
            continue;
        }
        let height = (plot.height() * f32::from(*events) / f32::from(most)).max(2.0);
        let left = plot.left() + i as f32 * step;
        let bar = Rect::from_min_max(
            pos2(left.round(), plot.bottom() - height),
            pos2((left + step - 1.0).round(), plot.bottom()),
        );
        ui.painter().rect_filled(bar, 0.0, t.text3);
    }
    ui.painter()
        .hline(plot.x_range(), plot.bottom() + 0.5, (1.0, t.border2));
    let streams = if sample.streams == 1 {
        "stream"
    } else {
        "streams"
    };
    let counts = format!(
        "{} events, {} {streams}",
        grouped(sample.events.into()),
        grouped(sample.streams.into())
    );
    for (line, text) in [counts.as_str(), sample.format].into_iter().enumerate() {
        let top = plot.bottom() + below + line as f32 * 16.0;
        let place = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + 16.0));
        let face = Face::Secondary;
        paint_line(
            ui.painter(),
            place,
            Align2::RIGHT_CENTER,
            text,
            face,
            t.text2,
        );
    }
}
