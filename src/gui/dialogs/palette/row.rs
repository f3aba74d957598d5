//! One entry of the palette: picture, title with the letters that match, a note, keys.

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align, Align2, Color32, Layout, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo,
};
use egui::{pos2, vec2};

use super::Mark;
use super::entries::{Entry, Standing};
use crate::gui::theme::{Face, TokensExt, icons, sizes};
use crate::gui::widgets::{Keycap, Toggle, paint_line};

pub(super) fn show(ui: &mut Ui, entry: &Entry, chosen: Toggle) -> Response {
    let t = ui.tokens();
    let size = vec2(ui.available_width(), sizes::ROW_PALETTE);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(
            Role::ListBoxOption,
            true,
            chosen == Toggle::On,
            entry.words(),
        )
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    if chosen == Toggle::On || response.hovered() {
        let ground = if chosen == Toggle::On {
            t.selection
        } else {
            t.hover
        };
        ui.painter().rect_filled(rect, sizes::RADIUS, ground);
    }
    let square =
        Rect::from_center_size(pos2(rect.left() + 16.0, rect.center().y), vec2(16.0, 16.0));
    match entry.mark {
        Mark::Icon(icon) => icons::paint(ui.painter(), square, icon, t.text2),
        Mark::Dot(category) => {
            let colour = t.category(category);
            ui.painter()
                .circle_filled(square.center(), sizes::DOT / 2.0, colour);
        }
    }
    let right = keys(ui, entry, rect, chosen);
    let ink = match entry.standing {
        Standing::Known => t.text,
        Standing::Future => t.future,
    };
    let words = Rect::from_min_max(
        pos2(rect.left() + 36.0, rect.top()),
        pos2(right - 12.0, rect.bottom()),
    );
    let job = title(
        &entry.title,
        &entry.marks,
        (ink, t.accent),
        words.width() * 0.75,
    );
    let galley = ui.painter().layout_job(job);
    let y = (words.center().y - galley.size().y / 2.0).round();
    let end = words.left() + galley.size().x;
    ui.painter().galley(pos2(words.left(), y), galley, ink);
    paint_line(
        ui.painter(),
        words.with_min_x(end + 12.0),
        Align2::LEFT_CENTER,
        &entry.note,
        Face::Secondary,
        t.text2,
    );
    response
}

/// The caps at the right; gives where they begin.
fn keys(ui: &mut Ui, entry: &Entry, rect: Rect, chosen: Toggle) -> f32 {
    let keys = match (&entry.keys, chosen) {
        (Some(keys), _) => keys.as_str(),
        (None, Toggle::On) => "Enter",
        (None, Toggle::Off) => return rect.right() - 8.0,
    };
    let builder = UiBuilder::new()
        .max_rect(rect.shrink2(vec2(8.0, 0.0)))
        .layout(Layout::right_to_left(Align::Center));
    let mut child = ui.new_child(builder);
    child.add(Keycap::new(keys)).rect.left()
}

/// The title on one line, the letters at `marks` in the second colour.
fn title(text: &str, marks: &[u32], (ink, mark): (Color32, Color32), width: f32) -> LayoutJob {
    let mut job = LayoutJob::default();
    let plain = TextFormat::simple(Face::Body.font(), ink);
    let marked = TextFormat::simple(Face::Title.font(), mark);
    let mut run = String::new();
    let mut in_mark = false;
    for (at, letter) in text.chars().take(400).enumerate() {
        let is_mark = marks.binary_search(&(at as u32)).is_ok();
        if is_mark != in_mark && !run.is_empty() {
            let format = if in_mark { &marked } else { &plain };
            job.append(&run, 0.0, format.clone());
            run.clear();
        }
        in_mark = is_mark;
        run.push(if letter.is_control() { ' ' } else { letter });
    }
    let format = if in_mark { &marked } else { &plain };
    job.append(&run, 0.0, format.clone());
    job.wrap = TextWrapping::truncate_at_width(width.max(40.0));
    job
}
