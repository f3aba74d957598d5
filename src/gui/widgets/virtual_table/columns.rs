//! The columns of a table: their heads, widths and how a drag changes them.

use std::collections::BTreeMap;

use egui::{Align2, CursorIcon, Id, Rangef, Rect, Role, Sense, Ui, WidgetInfo, pos2};

use super::super::control;
use super::super::line::paint_line;
use crate::gui::theme::{Face, TokensExt, sizes};

/// The widths that columns were given, by the names of the columns.
pub type Widths = BTreeMap<String, f32>;

/// A column: its head, how wide it starts, and which side its text stands on.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub(super) head: String,
    name: Option<&'static str>,
    pub(super) width: f32,
    pub(super) least: f32,
    pub(super) align: Align2,
    pub(super) rest: Option<()>,
    pub(super) resize: Option<()>,
    pub(super) sorts: Option<()>,
}

impl Column {
    /// A column of text, `width` points wide with its padding.
    #[must_use]
    pub fn new(head: impl Into<String>, width: f32) -> Self {
        Self {
            head: head.into(),
            name: None,
            width,
            least: 32.0,
            align: Align2::LEFT_CENTER,
            rest: None,
            resize: None,
            sorts: None,
        }
    }

    /// A column that takes the room the others leave, at least `least` points. The last one such wins.
    #[must_use]
    pub fn rest(head: impl Into<String>, least: f32) -> Self {
        Self {
            least,
            rest: Some(()),
            ..Self::new(head, least)
        }
    }

    /// The name its width is kept by, where that is not its head: heads change with zone and order.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// Text at the right edge: numbers.
    #[must_use]
    pub fn right(mut self) -> Self {
        self.align = Align2::RIGHT_CENTER;
        self
    }

    /// The width can be dragged at the right edge of the head.
    #[must_use]
    pub fn resizable(mut self) -> Self {
        self.resize = Some(());
        self
    }

    /// A click on the head, or Enter while it has the keyboard, is told to the caller.
    #[must_use]
    pub fn sorts(mut self) -> Self {
        self.sorts = Some(());
        self
    }

    fn key(&self) -> &str {
        self.name.unwrap_or(&self.head)
    }

    fn own_width(&self, widths: &Widths) -> f32 {
        let kept = widths.get(self.key()).copied();
        kept.unwrap_or(self.width).max(self.least)
    }
}

/// Left and right padding of a cell; with two of them numbers end 12 from the next column.
pub(super) const CELL_PAD: f32 = 6.0;

/// The x range all columns share: the first one's text stands where the pane's head begins.
pub(super) fn room(list: Rect) -> Rangef {
    Rangef::new(list.min.x + sizes::PAD - CELL_PAD, list.max.x)
}

/// The x range of each column inside `room`: kept widths, then the rest to the column that takes it.
/// Where they need more than there is, they stand out at the right.
pub(super) fn spans(columns: &[Column], widths: &Widths, room: Rangef) -> Vec<Rangef> {
    let rest = columns.iter().rposition(|column| column.rest.is_some());
    let taken: f32 = columns
        .iter()
        .enumerate()
        .filter(|(i, _)| Some(*i) != rest)
        .map(|(_, column)| column.own_width(widths))
        .sum();
    let mut left = room.min;
    columns
        .iter()
        .enumerate()
        .map(|(i, column)| {
            let wide = if Some(i) == rest {
                (room.span() - taken).max(column.least)
            } else {
                column.own_width(widths)
            };
            let span = Rangef::new(left, left + wide);
            left = span.max;
            span
        })
        .collect()
}

/// What happened to the heads.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct HeadsResponse {
    /// The head that was clicked or entered.
    pub clicked: Option<usize>,
    /// A width was changed and let go of.
    pub resized: Option<()>,
    /// The head that the keyboard came to.
    pub focused: Option<usize>,
}

/// Paints the heads, lets widths be dragged, and says what happened to them.
pub(super) fn heads(
    ui: &Ui,
    rect: Rect,
    columns: &[Column],
    spans: &[Rangef],
    widths: &mut Widths,
    id: Id,
) -> HeadsResponse {
    let t = ui.tokens();
    let painter = ui.painter_at(rect);
    painter.hline(rect.x_range(), rect.max.y - 0.5, (1.0, t.border));
    let mut said = HeadsResponse::default();
    for (i, (column, span)) in columns.iter().zip(spans).enumerate() {
        let whole = Rect::from_x_y_ranges(*span, rect.y_range());
        let place = whole.intersect(rect);
        // What lies beyond the edge can still be reached by keyboard, which brings it into sight.
        let touch = if place.is_positive() { place } else { whole };
        let sense = match column.sorts {
            Some(()) => Sense::click(),
            None => Sense::hover(),
        };
        let response = ui.interact(touch, id.with(("head", column.key())), sense);
        response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, &column.head));
        if response.clicked() {
            said.clicked = Some(i);
        }
        if response.gained_focus() {
            said.focused = Some(i);
        }
        let inner = whole.shrink2(egui::vec2(CELL_PAD, 0.0));
        let lit = column.sorts.is_some() && response.hovered();
        let ink = if lit { t.text2 } else { t.text3 };
        let (face, align) = (Face::Secondary, column.align);
        paint_line(&painter, inner, align, &column.head, face, ink);
        if response.has_focus() {
            control::focus_ring(ui, &response);
        }
        if column.resize.is_some()
            && place.is_positive()
            && resize(ui, whole, column, widths, id).is_some()
        {
            said.resized = Some(());
        }
    }
    said
}

/// Lets a width be dragged; something once it is let go of.
fn resize(ui: &Ui, head: Rect, column: &Column, widths: &mut Widths, id: Id) -> Option<()> {
    let half = 4.0;
    let grip = Rect::from_min_max(
        pos2(head.max.x - half, head.min.y),
        pos2(head.max.x + half, head.max.y),
    );
    let response = ui
        .interact(grip, id.with(("resize", column.key())), Sense::DRAG)
        .on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal);
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Splitter, true, format!("Width of {}", column.head))
    });
    let t = ui.tokens();
    if response.hovered() || response.dragged() {
        ui.painter().vline(
            head.max.x.round() - 0.5,
            head.y_range().shrink(6.0),
            (1.0, t.border2),
        );
    }
    if let Some(pointer) = response.interact_pointer_pos()
        && response.dragged()
    {
        let most = head.min.x + sizes::PALETTE_WIDTH;
        let width = (pointer.x.min(most) - head.min.x).max(column.least);
        widths.insert(column.key().to_owned(), width);
    }
    response.drag_stopped().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn columns_lie_side_by_side_and_fill_the_room(
            widths in proptest::collection::vec(1.0f32..200.0, 0..8),
            room in 0.0f32..2000.0,
        ) {
            let mut columns: Vec<Column> = widths.iter().map(|w| Column::new("c", *w)).collect();
            columns.push(Column::rest("rest", 40.0));
            let spans = spans(&columns, &Widths::new(), Rangef::new(10.0, 10.0 + room));
            prop_assert_eq!(spans[0].min, 10.0);
            for pair in spans.windows(2) {
                prop_assert_eq!(pair[0].max, pair[1].min);
            }
            let end = spans[spans.len() - 1];
            prop_assert!(end.span() >= 39.99);
            prop_assert!(end.max >= 10.0 + room - 0.5);
        }
    }

    #[test]
    fn a_dragged_width_is_kept_but_never_below_the_least() {
        let columns = [Column::new("a", 100.0).resizable(), Column::new("b", 50.0)];
        let widths = [("b", 70.0), ("a", 3.0), ("gone", 9.0)];
        let widths = widths.map(|(name, width)| (name.to_owned(), width)).into();
        let spans = spans(&columns, &widths, Rangef::new(0.0, 500.0));
        assert_eq!(spans, [Rangef::new(0.0, 32.0), Rangef::new(32.0, 102.0)]);
    }
}
