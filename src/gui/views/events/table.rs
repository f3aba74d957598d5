//! The table of events: its rows, the cursor's line between past and future, and where clicks lead.

use egui::{Align2, Color32, CursorIcon, Rect, Ui};

use super::columns::{self, Col};
use super::menu;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{EventRows, Model, Reordered, View};
use crate::gui::theme::{Face, TokensExt, faded};
use crate::gui::widgets::{
    Column, RowCells, TableResponse, TableState, VirtualTable, Widths, middle_ellipsis,
};
use crate::gui::words::{self, TimeFormat};
use crate::log::{Bound, IdRef, Log};
use crate::model::EventIx;
use crate::worker::AskLines;

/// What the table keeps between frames.
#[derive(Default)]
pub(super) struct EventTable {
    state: TableState,
    seen: Seen,
    /// A new filter was set: the cursor stays in the middle until its rows stand still or the user
    /// goes elsewhere.
    settling: Option<()>,
}

/// What was shown at the last frame.
#[derive(Default)]
struct Seen {
    bound: Option<Bound>,
    event: Option<EventIx>,
    rows: usize,
    /// The row above the cursor's line.
    edge: u64,
}

/// Whether something is on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    In,
    Out,
}

/// Something in a row that a click follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Stream(EventIx),
    Correlation(EventIx),
}

impl EventTable {
    /// What moved with the log has not moved by itself.
    pub fn reordered(&mut self, moved: &Reordered) {
        self.seen.bound = self.seen.bound.map(|bound| moved.bound(bound, Bound::Head));
        self.seen.event = self.seen.event.and_then(|event| moved.event(event));
    }

    /// Brings the cursor's line into the middle.
    pub fn go_to_cursor(&mut self) {
        self.seen.bound = None;
    }

    /// The widths that the user gave its columns.
    pub fn widths(&self) -> &Widths {
        self.state.widths()
    }

    /// Takes up widths that were kept.
    pub fn set_widths(&mut self, widths: Widths) {
        self.state.set_widths(widths);
    }

    /// Another filter is in force.
    pub fn filtered(&mut self) {
        self.settling = Some(());
    }

    /// Whether the row before the cursor's line is in sight.
    pub fn cursor_sight(&self) -> Sight {
        let visible = self.state.visible();
        if visible.is_empty() || visible.contains(&self.seen.edge) {
            Sight::In
        } else {
            Sight::Out
        }
    }

    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (log, times): (&Log, TimeFormat),
        outbox: &mut Outbox,
    ) {
        let rows = model.event_rows();
        let shown = columns::shown(model);
        let room = ui.available_width();
        let column = |col: &columns::Col| col.column(model, &times, room);
        let columns: Vec<Column> = shown.iter().map(column).collect();
        let cut = model.cursor.cut();
        let line = rows.line(log, cut);
        self.follow(model, &rows, line);
        let selected = model.selection.event.filter(|event| event.at() < log.len());
        let row = selected.and_then(|event| rows.row_of(event));
        let cells = Cells {
            model,
            log,
            rows,
            shown: &shown,
            times,
            selected,
            correlation: selected.and_then(|event| log.correlation(event)),
        };
        let mut link = None;
        let table = VirtualTable::new("Events", &mut self.state, &columns, rows.len() as u64)
            .selected(row.map(|row| row as u64))
            .cursor_above(Some(line as u64));
        let table = match model.view {
            View::Events => table.takes_keys(),
            _ => table,
        };
        let said = table.show(ui, |row| cells.paint(row, &mut link, outbox));
        self.react(ui, model, &rows, &said, link, outbox);
        self.ask_for_lines(model, &rows, outbox);
        self.seen.rows = rows.len();
    }

    /// Keeps what moved in sight: the cursor, the selection, the end of a growing log.
    fn follow(&mut self, model: &Model, rows: &EventRows<'_>, line: usize) {
        let edge = line.saturating_sub(1) as u64;
        let visible = self.state.visible();
        let bound = model.cursor.bound();
        let first = self.seen.bound.is_none();
        let searching = model.answers.matching.state() != crate::gui::model::SearchState::Done;
        if self.state.was_scrolled_by_hand() {
            self.settling = None;
        }
        if first || self.settling.is_some() {
            let kept = model.selection.event.and_then(|event| rows.row_of(event));
            let centre = kept.filter(|_| !first).map_or(edge, |row| row as u64);
            self.state.centre_row(centre);
            if !searching {
                self.settling = None;
            }
        } else if self.seen.bound != Some(bound) && !visible.contains(&edge) {
            self.state.centre_row(edge);
        } else if model.selection.event != self.seen.event
            && let Some(row) = model.selection.event.and_then(|event| rows.row_of(event))
            && !visible.contains(&(row as u64))
        {
            self.state.centre_row(row as u64);
        } else if model.cursor.is_at_head()
            && rows.len() > self.seen.rows
            && visible.end == self.seen.rows as u64
        {
            self.state.scroll_to_row(edge);
        }
        self.seen.bound = Some(bound);
        self.seen.event = model.selection.event;
        self.seen.edge = edge;
    }

    fn react(
        &mut self,
        ui: &Ui,
        model: &Model,
        rows: &EventRows<'_>,
        said: &TableResponse,
        link: Option<Link>,
        outbox: &mut Outbox,
    ) {
        let event = |row: u64| usize::try_from(row).ok().and_then(|row| rows.get(row));
        let mut select = |row: u64| {
            if let Some(event) = event(row) {
                // What the user just pointed at is in sight.
                self.seen.event = Some(event);
                if model.selection.event != Some(event) {
                    outbox.send(Command::SelectEvent(Some(event)));
                }
            }
            self.settling = None;
        };
        let pointed = said.clicked.or(said.secondary_clicked).map(|hit| hit.row);
        if let Some(row) = said.moved_to.or(pointed) {
            select(row);
        }
        if let (Some(_), Some(link)) = (said.clicked, link) {
            match link {
                Link::Stream(event) => {
                    if let Some(log) = model.log() {
                        outbox.send(Command::GoToStream(log.stream(event)));
                    }
                }
                Link::Correlation(event) => outbox.send(Command::FilterCorrelation(event)),
            }
            return;
        }
        let opened = said.double_clicked.map(|hit| hit.row).or(said.activated);
        if let Some(event) = opened.and_then(event) {
            outbox.send(Command::GoToEvent(event));
        }
        let copies = |input: &egui::InputState| {
            let copy = |event: &egui::Event| matches!(event, egui::Event::Copy);
            input.events.iter().any(copy)
        };
        if let Some(event) = model.selection.event
            && said.response.has_focus()
            && ui.input(copies)
        {
            outbox.send(Command::CopyEvent(event));
        }
    }

    /// Asks for the payloads of the rows in sight that are not at hand.
    fn ask_for_lines(&self, model: &Model, rows: &EventRows<'_>, outbox: &mut Outbox) {
        let Some(session) = &model.session else {
            return;
        };
        let visible = self.state.visible();
        let in_sight = visible.filter_map(|row| rows.get(row as usize));
        let bodies = &model.answers.bodies;
        let events: Vec<EventIx> = in_sight
            .filter(|event| bodies.get(*event).is_none())
            .collect();
        if !events.is_empty() {
            let subject = session.subject();
            outbox.ask(|answers| &mut answers.lines, AskLines { subject, events });
        }
    }
}

/// What all rows of a frame share.
struct Cells<'a> {
    model: &'a Model,
    log: &'a Log,
    rows: EventRows<'a>,
    shown: &'a [Col],
    times: TimeFormat,
    selected: Option<EventIx>,
    /// Of the selected event.
    correlation: Option<IdRef<'a>>,
}

/// The colours of a row.
struct Inks {
    strong: Color32,
    plain: Color32,
    dim: Color32,
    link: Color32,
    dot: Color32,
}

impl Cells<'_> {
    fn paint(&self, row: &mut RowCells<'_>, link: &mut Option<Link>, outbox: &mut Outbox) {
        let found = usize::try_from(row.index()).ok();
        let Some(event) = found.and_then(|at| self.rows.get(at)) else {
            return;
        };
        let log = self.log;
        let t = row.painter().tokens();
        let inks = self.inks(event, row);
        row.name(|| {
            let name = log.type_name(log.event_type(event));
            let stream = log.stream_name(log.stream(event));
            let position = words::bare_position(&log.position_name(event));
            format!("{position} {name} {stream}")
        });
        let same = self.correlation.is_some() && log.correlation(event) == self.correlation;
        if same || self.selected == Some(event) {
            row.edge_mark(if self.selected == Some(event) {
                t.accent
            } else {
                t.selection_line
            });
        }
        for (at, col) in self.shown.iter().enumerate() {
            self.cell(row, at, *col, event, &inks, link);
        }
        row.menu(|ui| menu::show(ui, self.model, log, event, outbox));
    }

    fn inks(&self, event: EventIx, row: &RowCells<'_>) -> Inks {
        let (log, t) = (self.log, row.painter().tokens());
        let dot = t.category(self.model.colour(log.category(log.stream(event))));
        let known = self.model.cursor.cut().holds(log, event);
        if !known && !row.is_selected() {
            return Inks {
                strong: t.future,
                plain: t.future,
                dim: t.future,
                link: t.future,
                dot: faded(dot),
            };
        }
        Inks {
            strong: t.text,
            plain: t.text2,
            // The dimmest text cannot be read on the selection's ground.
            dim: if row.is_selected() { t.text2 } else { t.text3 },
            link: t.accent,
            dot: if known { dot } else { faded(dot) },
        }
    }

    fn cell(
        &self,
        row: &mut RowCells<'_>,
        at: usize,
        col: Col,
        event: EventIx,
        inks: &Inks,
        link: &mut Option<Link>,
    ) {
        let log = self.log;
        match col {
            Col::Position => {
                let position = words::bare_position(&log.position_name(event));
                row.text(at, Face::Cell, inks.plain, &position);
            }
            Col::Type => {
                let face = if row.is_selected() {
                    Face::BodyStrong
                } else {
                    Face::Body
                };
                let name = log.type_name(log.event_type(event));
                row.dot_text(at, inks.dot, face, inks.strong, name);
            }
            Col::Stream => {
                let name = log.stream_name(log.stream(event));
                follow(row, at, inks.link, name, Link::Stream(event), link);
            }
            Col::Version => {
                let version = log.version(event).0.to_string();
                row.text(at, Face::Cell, inks.plain, &version);
            }
            Col::Time => self.time(row, at, event, inks),
            Col::Correlation => {
                if let Some(id) = log.correlation(event) {
                    let id = id.to_string();
                    follow(row, at, inks.link, &id, Link::Correlation(event), link);
                }
            }
            Col::Category => {
                let name = log.category_name(log.category(log.stream(event)));
                row.text(at, Face::Dense, inks.plain, name);
            }
            Col::Id => {
                if let Some(id) = log.event_id(event) {
                    let id = id.to_string();
                    let width = row.cell(at).map_or(0.0, |cell| cell.width());
                    row.text(at, Face::Cell, inks.plain, &fitted(&id, width));
                }
            }
            Col::Payload => match self.model.answers.bodies.get(event) {
                Some(Ok(line)) if line.is_empty() => {
                    row.text(at, Face::Dense, inks.dim, "no payload");
                }
                Some(Ok(line)) => row.text(at, Face::Cell, inks.plain, line),
                Some(Err(why)) => {
                    let error = row.painter().tokens().error;
                    row.text(at, Face::Dense, error, &format!("Unreadable: {why}"));
                }
                None => {}
            },
        }
    }

    fn time(&self, row: &mut RowCells<'_>, at: usize, event: EventIx, inks: &Inks) {
        let clock = self.model.clock();
        match self.log.own_time(event, clock) {
            Some(time) => {
                let (date, clock) = self.times.parts(time);
                row.two_texts(at, Face::Cell, (&date, inks.dim), (&clock, inks.strong));
            }
            None if self.log.has_clock(clock) => {
                row.text(at, Face::Dense, inks.dim, "no time of its own");
            }
            None => row.text(at, Face::Dense, inks.dim, "not held by this store"),
        }
    }
}

/// A link in a cell: underlined under the pointer, which a click then follows.
fn follow(
    row: &mut RowCells<'_>,
    at: usize,
    colour: Color32,
    text: &str,
    to: Link,
    link: &mut Option<Link>,
) {
    let Some(cell) = row.cell(at) else { return };
    let shown = fitted(text, cell.width());
    let ink = row.text_in(cell, Align2::LEFT_CENTER, Face::Cell, colour, &shown);
    let touch = Rect::from_x_y_ranges(ink.x_range(), cell.y_range());
    if row
        .response()
        .hover_pos()
        .is_some_and(|at| touch.contains(at))
    {
        let y = ink.max.y - 1.0;
        row.painter().hline(ink.x_range(), y, (1.0, colour));
        row.painter()
            .ctx()
            .set_cursor_icon(CursorIcon::PointingHand);
        *link = Some(to);
        if shown != text {
            row.response().clone().on_hover_text_at_pointer(text);
        }
    }
}

/// An id as wide as its cell, the middle left out: ids differ at both ends.
fn fitted(text: &str, width: f32) -> String {
    // A cell's letters are 6.6 wide.
    middle_ellipsis(text, (width / 6.6) as usize)
}
