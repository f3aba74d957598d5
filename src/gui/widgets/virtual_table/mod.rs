//! The table of the window: any number of rows of one height, of which only those in sight cost
//! anything. It scrolls, selects, names its rows and draws the cursor's line; what stands in a cell,
//! and what it means, is the caller's.

mod aside;
mod columns;
mod row;

use std::ops::Range;

use egui::{
    Id, Key, Modifiers, Painter, Pos2, Rangef, Rect, Response, Role, Sense, Shape, Stroke, Ui,
    WidgetInfo, pos2, vec2,
};

use super::virtual_rows::{Moves, RowScroll, RowView, scroll_bar, scroll_keys, scroll_wheel};
use super::{control, menu};
use crate::gui::theme::{TokensExt, sizes};

pub use columns::{Column, Widths};
pub use row::RowCells;

/// What a table keeps between frames; the view owns it.
#[derive(Clone, Debug, Default)]
pub struct TableState {
    scroll: RowScroll,
    /// Points that the columns are moved to the left.
    aside: f32,
    widths: Widths,
    wanted: Option<Wanted>,
    visible: Range<u64>,
    by_hand: Option<()>,
}

/// A scroll asked for before the room is known.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    Reveal(u64),
    Centre(u64),
}

impl TableState {
    /// Brings a row into sight at the next frame, moving as little as possible.
    pub fn scroll_to_row(&mut self, row: u64) {
        self.wanted = Some(Wanted::Reveal(row));
    }

    /// Brings a row to the middle at the next frame.
    pub fn centre_row(&mut self, row: u64) {
        self.wanted = Some(Wanted::Centre(row));
    }

    /// The widths the user gave the columns, to be kept; empty while none was changed.
    #[must_use]
    pub fn widths(&self) -> &Widths {
        &self.widths
    }

    /// Takes up widths that were kept. A width that is missing is the column's own.
    pub fn set_widths(&mut self, widths: Widths) {
        self.widths = widths;
    }

    /// Whether the user scrolled at the last frame, by wheel, by keys or by the bar.
    #[must_use]
    pub fn was_scrolled_by_hand(&self) -> bool {
        self.by_hand.is_some()
    }

    /// The rows that were in sight at the last frame: what to read ahead for.
    #[must_use]
    pub fn visible(&self) -> Range<u64> {
        self.visible.clone()
    }
}

/// A place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Row, counted from 0.
    pub row: u64,
    /// Column under the pointer; `None` right of the last.
    pub column: Option<usize>,
}

/// What happened to a table in this frame.
#[derive(Clone, Debug)]
pub struct TableResponse {
    /// The whole body; it has the keyboard after a click.
    pub response: Response,
    /// The cell under the pointer.
    pub hovered: Option<Hit>,
    /// The cell that was clicked.
    pub clicked: Option<Hit>,
    /// The cell that was clicked twice.
    pub double_clicked: Option<Hit>,
    /// The cell that was clicked with the secondary button.
    pub secondary_clicked: Option<Hit>,
    /// The row the keys lead to; to be selected by the caller.
    pub moved_to: Option<u64>,
    /// The selected row on which Enter was pressed.
    pub activated: Option<u64>,
    /// The column whose head was clicked, of those that [sort](Column::sorts).
    pub head_clicked: Option<usize>,
    /// The width of a column was changed: worth keeping.
    pub resized: Option<()>,
    /// The rows in sight.
    pub visible: Range<u64>,
}

/// A table over the room there is. One column takes what is left; where the others need more than
/// there is, the table scrolls sideways.
#[derive(Debug)]
#[must_use = "call show"]
pub struct VirtualTable<'a> {
    name: &'a str,
    state: &'a mut TableState,
    columns: &'a [Column],
    rows: u64,
    row_height: f32,
    head_height: f32,
    selected: Option<u64>,
    cursor: Option<u64>,
    wants_keys: Option<()>,
    height: Option<f32>,
}

impl<'a> VirtualTable<'a> {
    /// A table called `name` (for assistive technology; two in one view need two names).
    pub fn new(name: &'a str, state: &'a mut TableState, columns: &'a [Column], rows: u64) -> Self {
        Self {
            name,
            state,
            columns,
            rows,
            row_height: sizes::ROW_TABLE,
            head_height: sizes::TABLE_HEAD,
            selected: None,
            cursor: None,
            wants_keys: None,
            height: None,
        }
    }

    /// Another row height than 24.
    pub fn row_height(mut self, height: f32) -> Self {
        self.row_height = height;
        self
    }

    /// Another height of the heads than 28; 0 for none.
    pub fn head_height(mut self, height: f32) -> Self {
        self.head_height = height;
        self
    }

    /// Another height than the room there is.
    pub fn height(mut self, height: f32) -> Self {
        self.height = Some(height);
        self
    }

    /// The selected row.
    pub fn selected(mut self, row: Option<u64>) -> Self {
        self.selected = row;
        self
    }

    /// Takes the keys of lists up while nothing else has the keyboard: for the table that a view is
    /// about.
    pub fn takes_keys(mut self) -> Self {
        self.wants_keys = Some(());
        self
    }

    /// The first row of the future: the cursor's line runs above it. The number of rows puts the line
    /// below the last.
    pub fn cursor_above(mut self, row: Option<u64>) -> Self {
        self.cursor = row;
        self
    }

    /// The room that its columns have where it is shown in all of `ui`.
    pub fn room(ui: &Ui) -> f32 {
        let rect = ui.available_rect_before_wrap();
        columns::room(rect.with_max_x(rect.max.x - sizes::GUTTER)).span()
    }

    /// Shows the table; `paint` is called for each row in sight.
    pub fn show(mut self, ui: &mut Ui, mut paint: impl FnMut(&mut RowCells<'_>)) -> TableResponse {
        let room = ui.available_size();
        let size = vec2(room.x, self.height.unwrap_or(room.y));
        let (_, rect) = ui.allocate_space(size);
        let id = ui.make_persistent_id(self.name);
        let head = rect.with_max_y(rect.min.y + self.head_height);
        let list_width = rect.with_max_x(rect.max.x - sizes::GUTTER);
        let aside = aside::Aside::new(self.columns, &self.state.widths, list_width);
        let body = aside.body(rect.with_min_y(head.max.y));
        let list = body.with_max_x(list_width.max.x);

        let response = ui.interact(body, id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Table, ui.is_enabled(), self.name));
        self.take_focus(ui, &response);
        if response.has_focus() {
            control::leave_keys(ui, id);
        }
        let view = RowView {
            rows: self.rows,
            row_height: self.row_height,
            height: body.height(),
        };
        let asks_menu = response.has_focus() && self.selected.is_some();
        let menu_key = match asks_menu && menu::is_menu_key(ui.ctx()) {
            true => menu::MenuKey::Pressed,
            false => menu::MenuKey::NotPressed,
        };
        let moved_to = self.scroll(ui, body, &view, &response);
        aside.scroll(ui, rect, &mut self.state.aside, id.with("aside"));
        let scroll = self.state.scroll;
        let visible = view.visible(scroll);
        self.state.visible = visible.clone();

        let spans = aside.spans(self.columns, &self.state.widths, self.state.aside);
        let mut heads = columns::HeadsResponse::default();
        if self.head_height > 0.0 {
            let head = head.with_max_x(list_width.max.x);
            heads = columns::heads(ui, head, self.columns, &spans, &mut self.state.widths, id);
            aside.reveal(&spans, heads.focused, &mut self.state.aside);
        }
        let mut said = TableResponse {
            hovered: None,
            clicked: None,
            double_clicked: None,
            secondary_clicked: None,
            moved_to,
            activated: None,
            head_clicked: heads.clicked,
            resized: heads.resized,
            visible: visible.clone(),
            response,
        };
        let painter = ui.painter_at(body);
        let frame = Frame {
            id,
            list,
            view,
            scroll,
            spans: &spans,
            painter: &painter,
            menu_key,
        };
        for row in visible {
            self.row(ui, &frame, row, &mut said, &mut paint);
        }
        scroll_bar(ui, body, &view, &mut self.state.scroll, id.with("bar"));
        if self.state.scroll != scroll {
            self.state.by_hand = Some(());
        }
        if let Some(row) = self.cursor {
            cursor_line(&painter, body, view.top_of(scroll, row));
        }
        // The selected row shows where the keyboard is; without one in sight the ring does.
        if !self.selected.is_some_and(|row| said.visible.contains(&row)) {
            control::focus_ring(ui, &said.response);
        }
        let enter = |input: &mut egui::InputState| input.consume_key(Modifiers::NONE, Key::Enter);
        if said.response.has_focus() && self.selected.is_some() && ui.input_mut(enter) {
            said.activated = self.selected;
        }
        said
    }

    fn take_focus(&self, ui: &Ui, response: &Response) {
        let is_called = self.wants_keys.is_some() && list_key(ui);
        if response.clicked() || is_called {
            response.request_focus();
        }
        if is_called {
            // The key that brought the keyboard here is not to lead it away again.
            ui.memory_mut(|memory| memory.move_focus(egui::FocusDirection::None));
        }
    }

    fn scroll(&mut self, ui: &Ui, body: Rect, view: &RowView, response: &Response) -> Option<u64> {
        let state = &mut *self.state;
        state.scroll = view.clamped(state.scroll);
        match state.wanted.take() {
            Some(Wanted::Reveal(row)) => state.scroll = view.revealing(state.scroll, row),
            Some(Wanted::Centre(row)) => state.scroll = view.centring(row),
            None => {}
        }
        let before = state.scroll;
        scroll_wheel(ui, body, view, &mut state.scroll);
        let at_cursor = self.cursor.map(|row| row.saturating_sub(1));
        let moves = Moves::Selection {
            now: self.selected,
            first: at_cursor.filter(|row| view.visible(state.scroll).contains(row)),
        };
        let moved_to = scroll_keys(ui, response, view, &mut state.scroll, moves);
        state.by_hand = (state.scroll != before).then_some(());
        moved_to
    }

    fn row(
        &self,
        ui: &Ui,
        frame: &Frame<'_>,
        row: u64,
        said: &mut TableResponse,
        paint: &mut impl FnMut(&mut RowCells<'_>),
    ) {
        let t = ui.tokens();
        let top = frame.list.min.y + frame.view.top_of(frame.scroll, row);
        let place = Rect::from_min_size(
            pos2(frame.list.min.x, top.round()),
            vec2(frame.list.width(), self.row_height),
        );
        let sensed = place.intersect(frame.list);
        let response = ui.interact(sensed, frame.id.with(("row", row)), Sense::CLICK);
        let selected = (self.selected == Some(row)).then_some(());
        // Selected and hovered ground runs under the gutter, to the edge of the pane.
        let ground = place.with_max_x(place.max.x + sizes::GUTTER);
        if selected.is_some() {
            frame.painter.rect_filled(ground, 0.0, t.selection);
        } else if response.hovered() {
            frame.painter.rect_filled(ground, 0.0, t.hover);
        }
        let column = response
            .hover_pos()
            .or(response.interact_pointer_pos())
            .and_then(|at| frame.spans.iter().position(|span| span.contains(at.x)));
        let hit = Some(Hit { row, column });
        if response.hovered() {
            said.hovered = hit;
        }
        if response.double_clicked() {
            said.double_clicked = hit;
        }
        if response.clicked() {
            said.clicked = hit;
            said.response.request_focus();
        }
        if response.secondary_clicked() {
            said.secondary_clicked = hit;
        }
        let mut cells = RowCells {
            row,
            rect: place,
            painter: frame
                .painter
                .with_clip_rect(frame.painter.clip_rect().intersect(frame.list)),
            ground: frame.painter.clone(),
            columns: self.columns,
            spans: frame.spans,
            response,
            selected,
            named: None,
            whole: None,
            tooltip: Some(()),
            table: frame.id,
            menu_key: match selected {
                Some(()) => frame.menu_key,
                None => menu::MenuKey::NotPressed,
            },
        };
        paint(&mut cells);
        if cells.named.is_none() {
            cells.name(|| format!("Row {}", row.saturating_add(1)));
        }
        if let Some(whole) = cells.whole.take() {
            cells.response.clone().on_hover_text_at_pointer(whole);
        }
    }
}

/// Whether a key of lists is pressed and nothing else would have it.
fn list_key(ui: &Ui) -> bool {
    let keys = [
        Key::ArrowUp,
        Key::ArrowDown,
        Key::PageUp,
        Key::PageDown,
        Key::Home,
        Key::End,
    ];
    let pressed = ui
        .input(|input| input.modifiers.is_none() && keys.iter().any(|key| input.key_pressed(*key)));
    let free =
        |memory: &egui::Memory| memory.focused().is_none() && memory.top_modal_layer().is_none();
    // A list in a popover has them before what lies behind it.
    let is_above = ui.layer_id().order > egui::Order::Middle;
    pressed && ui.memory(free) && (is_above || !egui::Popup::is_any_open(ui.ctx()))
}

/// What all rows of one frame share.
struct Frame<'a> {
    id: Id,
    list: Rect,
    view: RowView,
    scroll: RowScroll,
    spans: &'a [Rangef],
    painter: &'a Painter,
    menu_key: menu::MenuKey,
}

/// The line between past and future, with its flag in the gutter.
fn cursor_line(painter: &Painter, body: Rect, top: f32) {
    // Kept inside the body, so that the line above the first row and below the last is seen whole.
    let y = (body.min.y + top).round();
    if y < body.min.y - 1.0 || y > body.max.y + 1.0 {
        return;
    }
    let y = y.clamp(body.min.y + 1.0, body.max.y - 1.0);
    let t = painter.tokens();
    painter.hline(body.x_range(), y, (sizes::CURSOR_LINE, t.cursor));
    let right = body.max.x - 2.0;
    let left = right - sizes::GUTTER + 2.0;
    let points: Vec<Pos2> = vec![
        pos2(left - 2.0, y),
        pos2(left + 3.0, y - 6.0),
        pos2(right, y - 6.0),
        pos2(right, y + 6.0),
        pos2(left + 3.0, y + 6.0),
    ];
    painter.add(Shape::convex_polygon(points, t.cursor, Stroke::NONE));
}
