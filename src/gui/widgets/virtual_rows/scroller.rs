//! Wheel, keys and scroll bar for a list of rows: they turn input into row arithmetic.

use egui::{EventFilter, Id, Key, Modifiers, Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::arithmetic::{RowScroll, RowView};
use crate::gui::theme::{TokensExt, sizes};

const HANDLE_LEAST: f32 = 24.0;
const HANDLE_WIDTH: f32 = 6.0;

/// What the keys move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gui::widgets) enum Moves {
    /// The list itself.
    Scroll,
    /// The selected row; the list follows.
    Selection {
        /// The one that is selected.
        now: Option<u64>,
        /// The one that a first step selects; without it the first in sight.
        first: Option<u64>,
    },
}

/// Lets the wheel scroll the list while the pointer is over it, and nothing around it.
pub(in crate::gui::widgets) fn scroll_wheel(
    ui: &Ui,
    rect: Rect,
    view: &RowView,
    scroll: &mut RowScroll,
) {
    if view.fits() || !ui.rect_contains_pointer(rect) {
        return;
    }
    let delta = ui.input(|input| input.smooth_scroll_delta().y);
    if delta != 0.0 {
        *scroll = view.moved(*scroll, -delta);
        ui.input_mut(|input| input.smooth_scroll_delta.y = 0.0);
    }
}

/// Lets arrows, Page, Home and End act while the list has the keyboard; the row to select, if they
/// say so.
pub(in crate::gui::widgets) fn scroll_keys(
    ui: &Ui,
    list: &Response,
    view: &RowView,
    scroll: &mut RowScroll,
    moves: Moves,
) -> Option<u64> {
    if !list.has_focus() || view.rows == 0 {
        return None;
    }
    let filter = EventFilter {
        vertical_arrows: true,
        // Left to the window, but not to lead the focus away.
        horizontal_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(list.id, filter));
    let key = [
        Key::ArrowUp,
        Key::ArrowDown,
        Key::PageUp,
        Key::PageDown,
        Key::Home,
        Key::End,
    ]
    .into_iter()
    .find(|key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, *key)))?;
    match moves {
        Moves::Scroll => {
            *scroll = scrolled(view, *scroll, key);
            None
        }
        Moves::Selection { now, first } => {
            let row = next_row(view, *scroll, (now, first), key);
            *scroll = view.revealing(*scroll, row);
            Some(row)
        }
    }
}

fn scrolled(view: &RowView, scroll: RowScroll, key: Key) -> RowScroll {
    let page = view.page() as f32 * view.row_height;
    match key {
        Key::ArrowUp => view.moved(scroll, -view.row_height),
        Key::ArrowDown => view.moved(scroll, view.row_height),
        Key::PageUp => view.moved(scroll, -page),
        Key::PageDown => view.moved(scroll, page),
        Key::Home => view.at_fraction(0.0),
        _ => view.at_fraction(1.0),
    }
}

/// The row a key leads to. Without a selection the first step selects the first row in sight.
fn next_row(
    view: &RowView,
    scroll: RowScroll,
    (selected, first): (Option<u64>, Option<u64>),
    key: Key,
) -> u64 {
    let last = view.rows.saturating_sub(1);
    let Some(now) = selected else {
        return match key {
            Key::Home => 0,
            Key::End => last,
            _ => first.unwrap_or(view.visible(scroll).start).min(last),
        };
    };
    let row = match key {
        Key::ArrowUp => now.saturating_sub(1),
        Key::ArrowDown => now.saturating_add(1),
        Key::PageUp => now.saturating_sub(view.page()),
        Key::PageDown => now.saturating_add(view.page()),
        Key::Home => 0,
        _ => last,
    };
    row.min(last)
}

/// The scroll bar in the gutter at the right of the list. Its handle never shrinks below 24 points; a
/// click on the track goes there.
pub(in crate::gui::widgets) fn scroll_bar(
    ui: &Ui,
    list: Rect,
    view: &RowView,
    scroll: &mut RowScroll,
    id: Id,
) {
    if view.fits() {
        return;
    }
    let track = list.with_min_x(list.max.x - sizes::GUTTER);
    let response = ui.interact(track, id, Sense::CLICK | Sense::DRAG);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ScrollBar, true, "Scroll bar");
        info.value = Some(view.fraction(*scroll));
        info
    });
    let length = view.handle(track.height(), HANDLE_LEAST);
    let room = track.height() - length;
    let top = |scroll: RowScroll| track.min.y + view.fraction(scroll) as f32 * room;
    let grip = id.with("grip");
    if let Some(pointer) = response.interact_pointer_pos()
        && room > 0.0
    {
        if response.drag_started() || response.clicked() {
            // Where on the handle it was taken; beside it, the handle jumps under the pointer.
            let inside = pointer.y - top(*scroll);
            let held = if (0.0..=length).contains(&inside) {
                inside
            } else {
                length / 2.0
            };
            ui.data_mut(|data| data.insert_temp(grip, held));
        }
        let held = ui.data(|data| data.get_temp(grip)).unwrap_or(length / 2.0);
        let at = (pointer.y - held - track.min.y) / room;
        *scroll = view.at_fraction(f64::from(at));
    }
    let t = ui.tokens();
    let lit = response.hovered() || response.dragged();
    let handle = Rect::from_min_size(
        egui::pos2(track.center().x - HANDLE_WIDTH / 2.0, top(*scroll)),
        vec2(HANDLE_WIDTH, length),
    );
    let colour = if lit { t.text3 } else { t.border2 };
    ui.painter().rect_filled(handle, HANDLE_WIDTH / 2.0, colour);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VIEW: RowView = RowView {
        rows: 5_000_000,
        row_height: 24.0,
        height: 240.0,
    };

    #[test]
    fn a_page_is_what_fits() {
        let top = RowScroll::default();
        assert_eq!(next_row(&VIEW, top, (Some(3), None), Key::PageDown), 13);
        assert_eq!(next_row(&VIEW, top, (Some(3), None), Key::PageUp), 0);
        assert_eq!(next_row(&VIEW, top, (Some(3), None), Key::End), 4_999_999);
        assert_eq!(scrolled(&VIEW, top, Key::PageDown).first, 10);
    }

    #[test]
    fn without_a_selection_the_first_row_in_sight_is_next() {
        let scroll = VIEW.centring(1000);
        let first = VIEW.visible(scroll).start;
        assert_eq!(next_row(&VIEW, scroll, (None, None), Key::ArrowDown), first);
        // Where somebody said which comes first, it does.
        let own = (None, Some(7));
        assert_eq!(next_row(&VIEW, scroll, own, Key::ArrowDown), 7);
    }

    proptest! {
        #[test]
        fn no_key_leads_outside(rows in 1u64..1_000_000_000, at in 0u64..1_000_000_000, which in 0usize..6) {
            let view = RowView { rows, ..VIEW };
            let keys = [Key::ArrowUp, Key::ArrowDown, Key::PageUp, Key::PageDown, Key::Home, Key::End];
            let row = next_row(&view, RowScroll::default(), (Some(at), None), keys[which]);
            prop_assert!(row < rows);
        }
    }
}
