//! The bundled samples: a story each, what the file is, and its activity over time.

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, Rect, Ui, pos2, vec2};

use super::cards::{card, clickable};
use crate::gui::command::{Command, Outbox};
use crate::gui::theme::{Face, TokensExt};
use crate::gui::widgets::paint_line;
use crate::render::grouped;
use crate::worker::SAMPLES;

const ROW: f32 = 100.0;
const FACTS: f32 = 176.0;

pub(super) fn show(ui: &mut Ui, outbox: &mut Outbox) {
    card(
        ui,
        "Bundled samples",
        |ui| {
            let text = "each a story with a known answer";
            ui.label(Face::Secondary.text(text, ui.tokens().text2));
        },
        |ui| {
            for (at, sample) in SAMPLES.iter().enumerate() {
                let (rect, response) = clickable(ui, ROW, &format!("Open sample {}", sample.file));
                let inner = rect.shrink2(vec2(16.0, 12.0));
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
    let mut job = LayoutJob::default();
    let mut format = TextFormat::simple(Face::Dense.font(), t.text2);
    format.line_height = Some(17.0);
    job.append(sample.story, 0.0, format);
    job.wrap = TextWrapping {
        max_width: rect.width(),
        max_rows: 3,
        ..TextWrapping::default()
    };
    let galley = ui.painter().layout_job(job);
    ui.painter()
        .galley(pos2(rect.left(), rect.top() + 23.0), galley, t.text2);
}

fn facts(ui: &Ui, rect: Rect, at: usize) {
    let t = ui.tokens();
    let sample = &SAMPLES[at];
    let plot = Rect::from_min_max(
        pos2(rect.left(), rect.top() + 2.0),
        rect.right_top() + vec2(0.0, 22.0),
    );
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
        let top = plot.bottom() + 8.0 + line as f32 * 16.0;
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
