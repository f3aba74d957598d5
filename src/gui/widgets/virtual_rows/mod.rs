//! Rows of one height, of which only those in sight cost anything. The scrolling, the scroll bar and
//! the keys are here; what a row looks like is the caller's.

mod arithmetic;
mod scroller;

use egui::{Painter, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

pub use arithmetic::{RowScroll, RowView};
pub(super) use scroller::{Moves, scroll_bar, scroll_keys, scroll_wheel};

use super::control;
use crate::gui::theme::sizes;

/// A list of painted rows: code, hex. As high as its rows where it may be, else it scrolls by itself.
#[derive(Clone, Copy, Debug)]
#[must_use = "call show"]
pub struct VirtualRows<'a> {
    name: &'a str,
    rows: u64,
    row_height: f32,
    max_height: f32,
}

/// Longer lists than this scroll by themselves in any case: whole points stay exact.
const MOST_HEIGHT: f32 = 100_000.0;

impl<'a> VirtualRows<'a> {
    /// So many rows of so many points; `name` says what they show, for assistive technology.
    pub fn new(name: &'a str, rows: u64, row_height: f32) -> Self {
        Self {
            name,
            rows,
            row_height,
            max_height: MOST_HEIGHT,
        }
    }

    /// The height from which on the list scrolls by itself.
    pub fn max_height(mut self, height: f32) -> Self {
        self.max_height = height.clamp(self.row_height, MOST_HEIGHT);
        self
    }

    /// Shows the rows over the available width. `paint` gets a painter, a row and where it stands; it
    /// is called only for rows in sight.
    pub fn show(self, ui: &mut Ui, mut paint: impl FnMut(&Painter, u64, Rect)) -> Response {
        let natural = self.rows as f64 * f64::from(self.row_height);
        let scrolls = natural > f64::from(self.max_height);
        let height = if scrolls {
            self.max_height
        } else {
            natural as f32
        };
        let sense = if scrolls {
            Sense::click()
        } else {
            Sense::hover()
        };
        let size = vec2(ui.available_width(), height);
        let (rect, response) = ui.allocate_exact_size(size, sense);
        response.widget_info(|| WidgetInfo::labeled(Role::Code, true, self.name));
        let view = RowView {
            rows: self.rows,
            row_height: self.row_height,
            height,
        };
        if scrolls {
            let id = response.id.with("scroll");
            let scroll = ui.data(|data| data.get_temp(id)).unwrap_or_default();
            let mut scroll = view.clamped(scroll);
            scroll_wheel(ui, rect, &view, &mut scroll);
            if response.has_focus() {
                control::leave_keys(ui, response.id);
            }
            scroll_keys(ui, &response, &view, &mut scroll, Moves::Scroll);
            self.paint(ui, rect, &view, scroll, &mut paint);
            scroll_bar(ui, rect, &view, &mut scroll, response.id.with("bar"));
            ui.data_mut(|data| data.insert_temp(id, scroll));
            control::focus_ring(ui, &response);
        } else {
            // The page around it scrolls: only what it leaves in sight is painted.
            let seen = rect.intersect(ui.clip_rect());
            if seen.is_positive() {
                let above = RowScroll::default();
                let view = RowView {
                    height: seen.height(),
                    ..view
                };
                let whole = RowView { height, ..view };
                let first = whole.row_at(above, seen.min.y - rect.min.y).unwrap_or(0);
                let into = seen.min.y - rect.min.y - whole.top_of(above, first);
                self.paint(ui, seen, &view, RowScroll { first, into }, &mut paint);
            }
        }
        response
    }

    fn paint(
        &self,
        ui: &Ui,
        rect: Rect,
        view: &RowView,
        scroll: RowScroll,
        paint: &mut impl FnMut(&Painter, u64, Rect),
    ) {
        let painter = ui.painter_at(rect);
        for row in view.visible(scroll) {
            let top = rect.min.y + view.top_of(scroll, row);
            let place = Rect::from_min_size(
                pos2(rect.min.x, top.round()),
                vec2(rect.width() - sizes::GUTTER, self.row_height),
            );
            paint(&painter, row, place);
        }
    }
}
