//! The files of a store that is several: a line each with what it was taken for, of which one is chosen.

use egui::{Align2, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{Toggle, focus_ring, paint_line};
use crate::worker::{Opened, StoreFile};

/// A file stands on two lines: its name with how sure it is, and what it was taken for.
const ROW: f32 = 2.0 * sizes::ROW_TREE;
/// Files that are seen at once.
const SEEN: f32 = 6.5;
const TRACK: f32 = 48.0;

/// What was found out about all files that is said of none of them: what was passed over.
pub(super) fn passed_over(opened: &Opened) -> impl Iterator<Item = &str> {
    let of_one = |sentence: &str| {
        opened.parts.iter().any(|file| {
            let own = sentence.strip_prefix(&format!("{}: ", file.called));
            let mut reasons = file.recognition.reasons.iter();
            reasons.any(|(reason, _)| reason == own.unwrap_or(sentence))
        })
    };
    let all = opened.recognition.reasons.iter();
    all.map(|(sentence, _)| sentence.as_str())
        .filter(move |sentence| !of_one(sentence))
}

/// A row for each file; the one that was clicked is chosen.
pub(super) fn choice(ui: &mut Ui, files: &[StoreFile], chosen: &mut usize) {
    let area = ScrollArea::vertical().id_salt("files");
    area.max_height(SEEN * ROW).show(ui, |ui| {
        for (at, file) in files.iter().enumerate() {
            if row(ui, file, (*chosen == at).into()).clicked() {
                *chosen = at;
            }
        }
    });
}

fn row(ui: &mut Ui, file: &StoreFile, chosen: Toggle) -> Response {
    let t = ui.tokens();
    let name = &file.name;
    let recognition = &file.recognition;
    let kind = format!("{}, {}", recognition.name, file.format);
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        let words = format!("{name}: {kind}, {} % sure", recognition.confidence);
        let on = chosen == Toggle::On;
        WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), on, words)
    });
    let ground = match (chosen, response.hovered()) {
        (Toggle::On, _) => t.selection,
        (Toggle::Off, true) => t.hover,
        (Toggle::Off, false) => t.panel,
    };
    ui.painter().rect_filled(rect, 0.0, ground);
    let inner = rect.shrink2(vec2(sizes::PAD_TEXT, 2.0));
    let (above, below) = inner.split_top_bottom_at_fraction(0.5);
    let (left, right) = (Align2::LEFT_CENTER, Align2::RIGHT_CENTER);
    let percent = format!("{} %", recognition.confidence);
    let ink = paint_line(ui.painter(), above, right, &percent, Face::Cell, t.text2);
    let track = Rect::from_min_size(
        pos2(ink.left() - sizes::GAP - TRACK, above.center().y - 3.0),
        vec2(TRACK, 6.0),
    );
    certainty(ui, track, recognition.confidence);
    let words = above.with_max_x(track.left() - sizes::GAP);
    paint_line(ui.painter(), words, left, name, Face::DenseStrong, t.text);
    paint_line(ui.painter(), below, left, &kind, Face::Secondary, t.text2);
    focus_ring(ui, &response);
    let hover = format!("{}\n{kind}", file.path.display());
    response.on_hover_text(hover)
}

/// How sure a guess is, as a bar.
pub(super) fn certainty(ui: &Ui, track: Rect, percent: u8) {
    let t = ui.tokens();
    let colour = match percent {
        75.. => t.ok,
        45.. => t.warning,
        _ => t.error,
    };
    ui.painter().rect_filled(track, sizes::RADIUS_BAR, t.border);
    let sure = track.with_max_x(track.left() + track.width() * f32::from(percent) / 100.0);
    ui.painter().rect_filled(sure, sizes::RADIUS_BAR, colour);
}
