//! One visible row: what the caller paints it with.

use egui::{
    Align2, Color32, Id, Painter, Rangef, Rect, Response, Role, Ui, WidgetInfo, pos2, vec2,
};

use super::super::line::{one_line, paint_galley};
use super::super::menu::{MenuKey, menu_of};
use super::columns::{CELL_PAD, Column};
use crate::gui::theme::{Face, sizes};

/// A row on its way to the screen. Columns are numbered as they were given to the table; cells of a
/// column that does not exist are not painted.
pub struct RowCells<'a> {
    pub(super) row: u64,
    pub(super) rect: Rect,
    pub(super) painter: Painter,
    /// Paints under the gutter too, where tinted and selected ground runs to the pane's edge.
    pub(super) ground: Painter,
    pub(super) columns: &'a [Column],
    pub(super) spans: &'a [Rangef],
    pub(super) response: Response,
    pub(super) selected: Option<()>,
    pub(super) named: Option<()>,
    /// The whole of a cut cell under the pointer.
    pub(super) whole: Option<String>,
    /// Cut cells show their whole text on hover.
    pub(super) tooltip: Option<()>,
    /// Gets the keyboard back when the row's menu closes.
    pub(super) table: Id,
    pub(super) menu_key: MenuKey,
}

impl RowCells<'_> {
    /// Which row this is, counted from 0.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.row
    }

    /// The row over the full width, without the gutter.
    #[must_use]
    pub fn rect(&self) -> Rect {
        self.rect
    }

    /// Whether this is the selected row: text is then [`Face::BodyStrong`] and never `text3`.
    #[must_use]
    pub fn is_selected(&self) -> bool {
        self.selected.is_some()
    }

    /// The row's response, for a context menu or a tooltip.
    #[must_use]
    pub fn response(&self) -> &Response {
        &self.response
    }

    /// Paints anything; clipped to the table's body.
    #[must_use]
    pub fn painter(&self) -> &Painter {
        &self.painter
    }

    /// A cell without its padding.
    #[must_use]
    pub fn cell(&self, column: usize) -> Option<Rect> {
        let span = self.spans.get(column)?;
        let cell = Rect::from_x_y_ranges(*span, self.rect.y_range());
        Some(cell.shrink2(vec2(CELL_PAD, 0.0)))
    }

    /// Names the row for assistive technology ("2,871,604 PaymentAuthorized payment-88121"). A row
    /// that was not named is called by its number.
    pub fn name(&mut self, name: impl Fn() -> String) {
        self.named = Some(());
        let selected = self.selected.is_some();
        self.response
            .widget_info(|| WidgetInfo::selected(Role::Row, true, selected, name()));
    }

    /// The row's menu: of the secondary button under the pointer, and of the menu key under the
    /// selected row.
    pub fn menu(&self, content: impl FnOnce(&mut Ui)) {
        let under = self.rect.left_bottom() + vec2(24.0, 0.0);
        menu_of(&self.response, self.table, self.menu_key, under, content);
    }

    /// Leaves cut cells without a tooltip, where the row has one of its own.
    pub fn no_tooltip(&mut self) {
        self.tooltip = None;
    }

    /// Text in a cell, on the column's side, cut at the end; the whole appears on hover.
    pub fn text(&mut self, column: usize, face: Face, colour: Color32, text: &str) {
        if let Some(cell) = self.cell(column) {
            let align = self.columns[column].align;
            self.text_in(cell, align, face, colour, text);
        }
    }

    /// Text in a cell in place of a longer one; that appears on hover.
    pub fn short(
        &mut self,
        column: usize,
        (face, colour): (Face, Color32),
        short: &str,
        whole: &str,
    ) {
        let Some(cell) = self.cell(column) else {
            return;
        };
        let align = self.columns[column].align;
        self.text_in(cell, align, face, colour, short);
        if short != whole {
            self.tell(cell, whole);
        }
    }

    /// Tells `whole` where the pointer is over `rect`.
    fn tell(&mut self, rect: Rect, whole: &str) {
        let pointer = self.response.hover_pos();
        if self.tooltip.is_some() && pointer.is_some_and(|at| rect.contains(at)) {
            self.whole = Some(whole.chars().take(2000).collect());
        }
    }

    /// A category's dot and the text after it.
    pub fn dot_text(
        &mut self,
        column: usize,
        dot: Color32,
        face: Face,
        colour: Color32,
        text: &str,
    ) {
        if let Some(cell) = self.cell(column) {
            let centre = pos2(cell.min.x + sizes::DOT / 2.0, cell.center().y);
            self.painter.circle_filled(centre, sizes::DOT / 2.0, dot);
            let rest = cell.with_min_x(cell.min.x + 16.0);
            self.text_in(rest, Align2::LEFT_CENTER, face, colour, text);
        }
    }

    /// Text in two colours one after the other ("11-29" dim, "14:32:08.306550" bright).
    pub fn two_texts(
        &mut self,
        column: usize,
        face: Face,
        first: (&str, Color32),
        second: (&str, Color32),
    ) {
        if let Some(cell) = self.cell(column) {
            let ink = self.text_in(cell, Align2::LEFT_CENTER, face, first.1, first.0);
            let rest = cell.with_min_x((ink.max.x + 6.0).min(cell.max.x));
            self.text_in(rest, Align2::LEFT_CENTER, face, second.1, second.0);
        }
    }

    /// Text anywhere in the row, cut to `rect`; the whole appears on hover. Returns where the ink is.
    pub fn text_in(
        &mut self,
        rect: Rect,
        align: Align2,
        face: Face,
        colour: Color32,
        text: &str,
    ) -> Rect {
        let galley = one_line(&self.painter, text, face, colour, rect.width());
        if galley.elided {
            self.tell(rect, text);
        }
        paint_galley(&self.painter, rect, align, galley, colour)
    }

    /// The 2-point mark at the left edge: rows of the same correlation (`selection_line`).
    pub fn edge_mark(&self, colour: Color32) {
        self.edge(sizes::EDGE_MARK, colour);
    }

    /// A tint over the whole row with its 3-point edge: changed, added, removed.
    pub fn tint(&self, edge: Color32, ground: Color32) {
        let whole = self.rect.with_max_x(self.rect.max.x + sizes::GUTTER);
        self.ground.rect_filled(whole, 0.0, ground);
        self.edge(sizes::EDGE, edge);
    }

    fn edge(&self, width: f32, colour: Color32) {
        let mark = self.rect.with_max_x(self.rect.min.x + width);
        self.painter.rect_filled(mark, 0.0, colour);
    }
}
