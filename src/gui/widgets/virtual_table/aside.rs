//! Sideways scrolling, for tables whose columns need more room than there is.

use egui::{Id, Rangef, Rect, Role, Sense, Ui, WidgetInfo};

use super::columns::{self, Column, Widths};
use crate::gui::theme::{TokensExt, sizes};

/// Height of the bar under the rows.
const BAR: f32 = 10.0;
const HANDLE: f32 = 6.0;
const HANDLE_LEAST: f32 = 24.0;

/// How far the columns stand out of their room.
pub(super) struct Aside {
    room: Rangef,
    beyond: f32,
}

impl Aside {
    pub fn new(columns: &[Column], widths: &Widths, list: Rect) -> Self {
        let room = columns::room(list);
        let end = columns::spans(columns, widths, room).last().copied();
        let beyond = end.map_or(0.0, |last| (last.max - room.max).max(0.0));
        // A rounding error is nothing to scroll for.
        let beyond = if beyond < 1.0 { 0.0 } else { beyond };
        Self { room, beyond }
    }

    /// What the bar leaves for the rows.
    pub fn body(&self, body: Rect) -> Rect {
        if self.beyond == 0.0 || body.height() < 4.0 * BAR {
            return body;
        }
        body.with_max_y(body.max.y - BAR)
    }

    /// Where the columns stand when moved by so much to the left.
    pub fn spans(&self, columns: &[Column], widths: &Widths, by: f32) -> Vec<Rangef> {
        let moved = |span: Rangef| Rangef::new(span.min - by, span.max - by);
        let spans = columns::spans(columns, widths, self.room);
        spans.into_iter().map(moved).collect()
    }

    /// Lets wheel and bar move the columns.
    pub fn scroll(&self, ui: &Ui, table: Rect, by: &mut f32, id: Id) {
        if self.beyond == 0.0 {
            *by = 0.0;
            return;
        }
        if ui.rect_contains_pointer(table) {
            let delta = ui.input(|input| input.smooth_scroll_delta().x);
            if delta != 0.0 {
                *by -= delta;
                ui.input_mut(|input| input.smooth_scroll_delta.x = 0.0);
            }
        }
        *by = by.clamp(0.0, self.beyond);
        let track = table
            .with_min_y(table.max.y - BAR)
            .with_max_x(table.max.x - sizes::GUTTER);
        let response = ui.interact(track, id, Sense::CLICK | Sense::DRAG);
        response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, "Scroll sideways"));
        let all = self.room.span() + self.beyond;
        let length = (track.width() * self.room.span() / all).max(HANDLE_LEAST);
        let free = (track.width() - length).max(1.0);
        if let Some(pointer) = response.interact_pointer_pos() {
            if response.dragged() {
                *by += response.drag_delta().x * self.beyond / free;
            } else if response.clicked() {
                *by = (pointer.x - length / 2.0 - track.min.x) * self.beyond / free;
            }
            *by = by.clamp(0.0, self.beyond);
        }
        let t = ui.tokens();
        let lit = response.hovered() || response.dragged();
        let colour = if lit { t.text3 } else { t.border2 };
        let handle = Rect::from_min_size(
            egui::pos2(
                track.min.x + *by * free / self.beyond,
                track.center().y - HANDLE / 2.0,
            ),
            egui::vec2(length, HANDLE),
        );
        ui.painter().rect_filled(handle, HANDLE / 2.0, colour);
    }

    /// Brings a column into sight, for the next frame.
    pub fn reveal(&self, spans: &[Rangef], column: Option<usize>, by: &mut f32) {
        let Some(span) = column.and_then(|at| spans.get(at)) else {
            return;
        };
        let right = (span.max - self.room.max).max(0.0);
        let left = (self.room.min - span.min).max(0.0);
        *by = (*by + right - left).clamp(0.0, self.beyond);
    }
}
