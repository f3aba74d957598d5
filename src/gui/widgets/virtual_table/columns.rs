//! The columns of a table: their heads, widths and how a drag changes them.

use egui::{Align2, CursorIcon, Id, Rangef, Rect, Role, Sense, Ui, WidgetInfo, pos2};

use super::super::line::paint_line;
use crate::gui::theme::{Face, TokensExt, sizes};

/// A column: its head, how wide it starts, and which side its text stands on.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub(super) head: String,
    pub(super) width: f32,
    pub(super) least: f32,
    pub(super) align: Align2,
    pub(super) rest: Option<()>,
    pub(super) resize: Option<()>,
}

impl Column {
    /// A column of text, `width` points wide with its padding.
    #[must_use]
    pub fn new(head: impl Into<String>, width: f32) -> Self {
        Self {
            head: head.into(),
            width,
            least: 32.0,
            align: Align2::LEFT_CENTER,
            rest: None,
            resize: None,
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
}

/// Left and right padding of a cell; with two of them numbers end 12 from the next column.
pub(super) const CELL_PAD: f32 = 6.0;

/// The x range all columns share: the first one's text stands where the pane's head begins.
pub(super) fn room(list: Rect) -> Rangef {
    Rangef::new(list.min.x + sizes::PAD - CELL_PAD, list.max.x)
}

/// The x range of each column inside `room`: kept widths, then the rest to the column that takes it.
pub(super) fn spans(columns: &[Column], widths: &[f32], room: Rangef) -> Vec<Rangef> {
    let width = |i: usize, column: &Column| {
        widths
            .get(i)
            .copied()
            .unwrap_or(column.width)
            .max(column.least)
    };
    let rest = columns.iter().rposition(|column| column.rest.is_some());
    let taken: f32 = columns
        .iter()
        .enumerate()
        .filter(|(i, _)| Some(*i) != rest)
        .map(|(i, column)| width(i, column))
        .sum();
    let mut left = room.min;
    columns
        .iter()
        .enumerate()
        .map(|(i, column)| {
            let wide = if Some(i) == rest {
                (room.span() - taken).max(column.least)
            } else {
                width(i, column)
            };
            let span = Rangef::new(left, left + wide);
            left = span.max;
            span
        })
        .collect()
}

/// Paints the heads, lets widths be dragged, and says which head was clicked.
pub(super) fn heads(
    ui: &Ui,
    rect: Rect,
    columns: &[Column],
    spans: &[Rangef],
    widths: &mut Vec<f32>,
    id: Id,
) -> Option<usize> {
    let t = ui.tokens();
    let painter = ui.painter_at(rect);
    painter.hline(rect.x_range(), rect.max.y - 0.5, (1.0, t.border));
    let mut clicked = None;
    for (i, (column, span)) in columns.iter().zip(spans).enumerate() {
        let place = Rect::from_x_y_ranges(*span, rect.y_range());
        let response = ui.interact(place, id.with(("head", i)), Sense::CLICK);
        response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, &column.head));
        if response.clicked() {
            clicked = Some(i);
        }
        let inner = place.shrink2(egui::vec2(CELL_PAD, 0.0));
        let ink = if response.hovered() { t.text2 } else { t.text3 };
        paint_line(
            &painter,
            inner,
            column.align,
            &column.head,
            Face::Secondary,
            ink,
        );
        if column.resize.is_some() {
            resize(ui, place, i, columns, widths, id);
        }
    }
    clicked
}

fn resize(ui: &Ui, head: Rect, i: usize, columns: &[Column], widths: &mut Vec<f32>, id: Id) {
    let half = 4.0;
    let grip = Rect::from_min_max(
        pos2(head.max.x - half, head.min.y),
        pos2(head.max.x + half, head.max.y),
    );
    let response = ui
        .interact(grip, id.with(("resize", i)), Sense::DRAG)
        .on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal);
    response.widget_info(|| {
        WidgetInfo::labeled(
            Role::Splitter,
            true,
            format!("Width of {}", columns[i].head),
        )
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
        if widths.len() < columns.len() {
            widths.extend(columns[widths.len()..].iter().map(|column| column.width));
        }
        let most = head.min.x + sizes::PALETTE_WIDTH;
        widths[i] = (pointer.x.min(most) - head.min.x).max(columns[i].least);
    }
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
            let spans = spans(&columns, &[], Rangef::new(10.0, 10.0 + room));
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
        let spans = spans(&columns, &[3.0, 70.0], Rangef::new(0.0, 500.0));
        assert_eq!(spans, [Rangef::new(0.0, 32.0), Rangef::new(32.0, 102.0)]);
    }
}
