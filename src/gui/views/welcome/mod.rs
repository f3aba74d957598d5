//! What stands where no store is open: the way to open one, the ones opened lately, three keys, and
//! the bundled samples with the story of each.

mod cards;
mod recent;
mod samples;

use egui::{Rect, ScrollArea, Shape, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};

use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, faded, icons, sizes};
use crate::gui::widgets::{Button, Keycap, ProgressLine, middle_ellipsis};
use crate::render::grouped;
use cards::card;

/// The welcome page; it keeps nothing.
#[derive(Default)]
pub(in crate::gui) struct Welcome {}

const LEFT: f32 = 432.0;
const RIGHT: f32 = 648.0;
/// In a low window, where stories have two lines instead of three.
const RIGHT_LOW: f32 = 800.0;
const LOW: f32 = 760.0;
const GAP: f32 = 24.0;
/// From the heading to what stands below it, and the air over it and at the foot of the page.
const HEADING: f32 = 76.0;
const AIR: f32 = 64.0;
const DROP: f32 = 176.0;
/// The line of progress, with its counts and a word that calls it off.
const PROGRESS: f32 = 356.0;

impl Welcome {
    /// Draws it.
    pub fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        ScrollArea::vertical()
            .auto_shrink(false)
            .show(ui, |ui| page(ui, model, outbox));
    }
}

fn page(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let room = ui.max_rect();
    let right = if room.height() < LOW {
        RIGHT_LOW
    } else {
        RIGHT
    };
    let width = (LEFT + GAP + right).min(room.width() - 48.0);
    let left = (room.center().x - width / 2.0).round().max(24.0);
    let narrow = ((width - GAP) * LEFT / (LEFT + right)).round();
    // Higher than the middle, never lost at the top of a large window, and with all samples in sight where
    // that can be.
    let samples = samples::height(ui, width - narrow - GAP, room.height() - HEADING - AIR);
    let spare = room.height() - HEADING - samples - GAP;
    let top = (room.height() * 0.055).clamp(24.0, 120.0);
    let top = top.min(spare.max(GAP / 2.0));
    let below = HEADING + (spare - top).clamp(-16.0, 0.0);
    let top = (room.top() + top).round();
    heading(ui, pos2(left, top));
    let below = (top + below).round();
    let column = |ui: &mut Ui, salt, from: f32, width: f32| {
        let rect = Rect::from_min_size(pos2(from, below), vec2(width, 10_000.0));
        ui.new_child(UiBuilder::new().id_salt(salt).max_rect(rect))
    };
    let mut first = column(ui, "left", left, narrow);
    first.spacing_mut().item_spacing.y = GAP;
    drop_card(&mut first, model, outbox);
    recent::show(&mut first, model, outbox);
    keys(&mut first);
    let mut second = column(ui, "right", left + narrow + GAP, width - narrow - GAP);
    samples::show(&mut second, samples, outbox);
    let bottom = first.min_rect().bottom().max(second.min_rect().bottom());
    ui.allocate_space(vec2(room.width(), bottom + GAP / 2.0 - room.top()));
}

/// The mark, what the program answers, and what it leaves alone.
fn heading(ui: &mut Ui, at: egui::Pos2) {
    let t = ui.tokens();
    logo(
        ui,
        Rect::from_min_size(at + vec2(2.0, 4.0), vec2(36.0, 36.0)),
    );
    let builder = UiBuilder::new()
        .id_salt("heading")
        .max_rect(Rect::from_min_size(
            at + vec2(56.0, -2.0),
            vec2(900.0, 60.0),
        ));
    let mut ui = ui.new_child(builder);
    ui.spacing_mut().item_spacing.y = 0.0;
    let question = "What was true at that moment, and why?";
    ui.label(Face::Welcome.text(question, t.text));
    let promise =
        "Open any event store and move through its time. The file is only read, never written.";
    ui.label(Face::Body.text(promise, t.text2));
}

/// Three lines of events, and the cursor through them: what comes after it is faded.
fn logo(ui: &Ui, rect: Rect) {
    let t = ui.tokens();
    let painter = ui.painter();
    let unit = rect.width() / 36.0;
    let cursor = rect.left() + 21.0 * unit;
    for (row, length) in [(9.0, 19.0), (18.0, 21.0), (27.0, 21.0)] {
        let y = rect.top() + row * unit;
        let line = 2.5 * unit;
        painter.hline(rect.left()..=rect.left() + length * unit, y, (line, t.text));
        let after = rect.left() + (length + 2.0) * unit;
        painter.hline(after..=rect.right(), y, (line, faded(t.text)));
    }
    painter.vline(cursor, rect.y_range(), (2.5 * unit, t.cursor));
    let flag = [
        (-6.0, 0.0),
        (6.0, 0.0),
        (6.0, 5.0),
        (0.0, 10.0),
        (-6.0, 5.0),
    ];
    let flag = flag.map(|(x, y)| pos2(cursor + x * unit, rect.top() + y * unit));
    painter.add(Shape::convex_polygon(flag.into(), t.cursor, Stroke::NONE));
}

/// Where a file can be dropped, or chosen; progress in its place while one is being opened.
fn drop_card(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let t = ui.tokens();
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), DROP));
    ui.painter()
        .rect_filled(rect, sizes::RADIUS_PALETTE, t.panel);
    dashed(ui, rect);
    let builder = UiBuilder::new()
        .id_salt("drop")
        .max_rect(rect.shrink2(vec2(24.0, 0.0)))
        .layout(egui::Layout::top_down(egui::Align::Center));
    let mut ui = ui.new_child(builder);
    ui.spacing_mut().item_spacing.y = 8.0;
    ui.add_space(32.0);
    let (icon, _) = ui.allocate_exact_size(vec2(28.0, 24.0), egui::Sense::hover());
    icons::paint(ui.painter(), icon.expand(2.0), Icon::Folder, t.text2);
    if model.opening.is_some() {
        opening(&mut ui, model, outbox);
        return;
    }
    ui.label(
        Face::TitleLarge
            .text("Drop an event store here", t.text)
            .size(14.0),
    );
    let kinds = "SQLite, JSON, JSON lines; also gzip or zstd. Any library, any name.";
    ui.label(Face::Secondary.text(kinds, t.text2));
    ui.add_space(4.0);
    // Centred by hand: a row of two in a centred column begins at its left.
    let row = 148.0;
    ui.horizontal(|ui| {
        ui.add_space(((ui.available_width() - row) / 2.0).max(0.0));
        if ui.add(Button::primary("Open file…")).clicked() {
            outbox.send(Command::OpenDialog);
        }
        ui.add(Keycap::new("Ctrl+O"));
    });
}

fn opening(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let t = ui.tokens();
    let name = model
        .opening
        .as_ref()
        .and_then(|(_, path)| path.file_name());
    let name = name.unwrap_or_default().to_string_lossy();
    let title = format!("Opening {}…", middle_ellipsis(&name, 40));
    ui.label(Face::Title.text(title, t.text));
    let running = model.running.iter();
    let progress = running
        .filter(|running| running.is_indexing())
        .map(|running| running.progress)
        .next();
    ui.horizontal(|ui| {
        ui.add_space((ui.available_width() - PROGRESS).max(0.0) / 2.0);
        let mut line = ProgressLine::new("Reading").cancellable();
        if let Some(progress) = progress.filter(|progress| progress.total > 0) {
            let part = progress.done as f32 / progress.total as f32;
            line = line.count(grouped(progress.done), grouped(progress.total), part);
        }
        if line.show(ui) {
            outbox.send(Command::CancelWork);
        }
    });
}

/// A dashed frame with round corners: dashes along the sides, arcs at the corners.
fn dashed(ui: &Ui, rect: Rect) {
    let t = ui.tokens();
    let painter = ui.painter();
    let stroke = Stroke::new(1.5, t.border2);
    let radius = f32::from(sizes::RADIUS_PALETTE);
    // The whole frame, then gaps in its straight sides in the ground's colour.
    painter.rect_stroke(rect, radius, stroke, StrokeKind::Inside);
    let inset = rect.shrink(0.75);
    let gap = Stroke::new(2.5, t.panel);
    let (dash, space) = (5.0, 4.0);
    let mut x = rect.left() + radius + dash;
    while x + space < rect.right() - radius {
        for y in [inset.top(), inset.bottom()] {
            painter.hline(x..=x + space, y, gap);
        }
        x += dash + space;
    }
    let mut y = rect.top() + radius + dash;
    while y + space < rect.bottom() - radius {
        for x in [inset.left(), inset.right()] {
            painter.vline(x, y..=y + space, gap);
        }
        y += dash + space;
    }
}

fn keys(ui: &mut Ui) {
    card(
        ui,
        "Three keys to know",
        |_| {},
        |ui| {
            for (keys, words) in [
                ("Ctrl+K", "go to any stream, event or command"),
                ("Ctrl+T", "type a moment: −2h, #1042, v7"),
                ("Space", "play time from the cursor on"),
            ] {
                let rect = cards::row(ui, 32.0);
                let inner = rect.shrink2(vec2(16.0, 0.0));
                let builder = UiBuilder::new()
                    .id_salt(keys)
                    .max_rect(inner)
                    .layout(egui::Layout::left_to_right(egui::Align::Center));
                ui.new_child(builder).add(Keycap::new(keys));
                let builder = UiBuilder::new()
                    .id_salt((keys, words))
                    .max_rect(inner.with_min_x(inner.left() + 128.0))
                    .layout(egui::Layout::left_to_right(egui::Align::Center));
                let text = Face::Body.text(words, ui.tokens().text2);
                ui.new_child(builder).add(egui::Label::new(text).truncate());
            }
        },
    );
}
