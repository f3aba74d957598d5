//! The left pane: the events of the stream, the cursor between past and future.

use egui::{Align2, Ui};

use super::event_list::{self, EventList, Row};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, Session};
use crate::gui::panels::words;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{
    Column, EmptyState, IconButton, PaneHead, RowCells, TableResponse, TableState, TextField,
    VirtualTable,
};
use crate::log::Bound;
use crate::model::time::Style;
use crate::model::{EventIx, StreamIx};
use crate::render::grouped;
use crate::worker::Found;

/// The history of a stream.
#[derive(Default)]
pub(super) struct History {
    list: EventList,
    table: TableState,
    /// The filter being typed, while its field is open.
    search: Option<String>,
    /// What was brought into sight last, so that it is done once.
    revealed: Option<(StreamIx, usize, Option<EventIx>)>,
}

impl History {
    /// Every event of the stream.
    pub fn list(&self) -> &EventList {
        &self.list
    }

    /// Takes the stream's events from the log, unless it has them.
    pub fn load(&mut self, session: &Session, stream: StreamIx) {
        self.list.load(&session.log, session.revision, stream);
    }

    /// Draws it.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        session: &Session,
        stream: StreamIx,
        found: Option<&Found>,
        outbox: &mut Outbox,
    ) {
        ui.spacing_mut().item_spacing.y = 0.0;
        let cut = model.cursor.cut();
        self.head(ui, model, session, stream, found);
        self.list.advance(&session.log);
        if self.list.is_filtering() {
            ui.request_repaint();
        }
        let edge = self.list.edge(cut.outside());
        let shown = self.list.shown().len();
        if shown == 0 && self.list.is_filtered() && !self.list.is_filtering() {
            if EmptyState::new(Icon::Search, "No event of this stream has such a type")
                .button("Show all")
                .show(ui)
            {
                self.search = None;
                self.list.filter(&session.log, "");
            }
            return;
        }
        let selected = model
            .selection
            .event
            .or_else(|| found.and_then(|found| found.at.last));
        self.reveal(stream, edge, selected);
        let row = selected.and_then(|event| self.list.row_of(event, edge));
        let columns = columns(model, self.list.all().len());
        let list = &self.list;
        let said = VirtualTable::new("History", &mut self.table, &columns, shown as u64 + 1)
            .selected(row)
            .show(ui, |cells| match event_list::at(cells.index(), edge) {
                Row::Cursor => cursor(cells, model),
                Row::Event(at) => {
                    if let Some(&event) = list.shown().get(at) {
                        event_row(cells, model, session, stream, event);
                    }
                }
            });
        self.act(&said, row, edge, outbox);
    }

    fn act(&self, said: &TableResponse, row: Option<u64>, edge: usize, outbox: &mut Outbox) {
        let shown = self.list.shown();
        let event_at = |row: u64| match event_list::at(row, edge) {
            Row::Event(at) => shown.get(at).copied(),
            Row::Cursor => None,
        };
        if let Some(event) = said.clicked.and_then(|hit| event_at(hit.row)) {
            outbox.send(Command::SelectEvent(Some(event)));
        }
        if let Some(to) = said.moved_to
            && let Some(at) = event_list::stepped(row, to, edge, shown.len())
        {
            outbox.send(Command::SelectEvent(shown.get(at).copied()));
        }
        let there = said
            .activated
            .or_else(|| said.double_clicked.map(|hit| hit.row));
        if let Some(event) = there.and_then(event_at) {
            outbox.send(Command::MoveTo(Bound::Event(event)));
        }
    }

    /// Keeps the cursor in sight when it moves, and the selected row when another one is selected.
    fn reveal(&mut self, stream: StreamIx, edge: usize, selected: Option<EventIx>) {
        let now = Some((stream, edge, selected));
        if self.revealed == now {
            return;
        }
        let same_edge = self
            .revealed
            .is_some_and(|(before, at, _)| (before, at) == (stream, edge));
        let row = match selected.and_then(|event| self.list.row_of(event, edge)) {
            Some(row) if same_edge => row,
            _ => edge as u64,
        };
        let visible = self.table.visible();
        let margin = u64::from(!same_edge) * 2;
        let inside = row >= visible.start.saturating_add(margin) && row + margin < visible.end;
        if same_edge && self.revealed.is_some() {
            self.table.scroll_to_row(row);
        } else if !inside {
            self.table.centre_row(row);
        }
        self.revealed = now;
    }

    fn head(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        session: &Session,
        stream: StreamIx,
        found: Option<&Found>,
    ) {
        let log = &session.log;
        let dot = ui.tokens().category(log.category(stream).at());
        let counts = self.counts(model, found);
        let mut toggled = false;
        PaneHead::new(log.stream_name(stream))
            .mono()
            .dot(dot)
            .secondary(&counts)
            .show(ui, |ui| {
                let open = self.search.is_some();
                let button = IconButton::new(Icon::Search, "Filter by event type")
                    .small()
                    .toggled(open);
                toggled = ui.add(button).clicked();
            });
        let mut focus = false;
        if toggled {
            focus = self.search.is_none();
            self.search = focus.then(String::new);
            self.list.filter(log, "");
        }
        let Some(text) = &mut self.search else { return };
        let mut changed = false;
        egui::Frame::NONE
            .inner_margin(egui::Margin::symmetric(sizes::PAD as i8, 6))
            .show(ui, |ui| {
                let field = TextField::new("Event type contains", text)
                    .icon(Icon::Search)
                    .hint("Event type contains…")
                    .small();
                let response = ui.add(field);
                if focus {
                    response.request_focus();
                }
                changed = response.changed();
            });
        if changed {
            self.list.filter(log, text);
        }
    }

    /// `41 of 44 versions`, and what the filter leaves.
    fn counts(&self, model: &Model, found: Option<&Found>) -> String {
        let cut = model.cursor.cut();
        let all = self.list.all();
        let before = all.partition_point(|&event| event < cut.outside());
        let known = match found {
            Some(found) if !cut.is_prefix() && found.at.cut == *cut => found.at.events,
            _ => before,
        };
        let mut text = if known == all.len() {
            words::counted(all.len(), "version", "versions")
        } else {
            let versions = words::counted(all.len(), "version", "versions");
            format!("{} of {versions}", grouped(known as u64))
        };
        if self.list.is_filtered() {
            let shown = grouped(self.list.shown().len() as u64);
            text = format!(
                "{shown} of {}",
                words::counted(all.len(), "event", "events")
            );
        }
        text
    }
}

fn columns(model: &Model, events: usize) -> [Column; 3] {
    // As wide as the longest version, so that the types stand close by.
    let digits = events.max(10).ilog10() as f32 + 1.0;
    let has_times = model.cursor.time().is_some();
    let head = if has_times {
        "before cursor"
    } else {
        "position"
    };
    [
        Column::new("v", 20.0 + 7.0 * digits),
        Column::rest("Event type", 60.0),
        Column::new(head, 90.0).right(),
    ]
}

fn event_row(
    cells: &mut RowCells<'_>,
    model: &Model,
    session: &Session,
    stream: StreamIx,
    event: EventIx,
) {
    let log = &session.log;
    let t = cells.painter().tokens();
    let known = model.cursor.cut().holds(log, event);
    let (version, name) = (
        words::version(log, stream, event),
        words::type_of(log, event),
    );
    let (ink, quiet) = if known {
        (t.text, t.text2)
    } else {
        (t.future, t.future)
    };
    let face = if cells.is_selected() {
        Face::BodyStrong
    } else {
        Face::Body
    };
    cells.text(0, Face::Cell, quiet, &version);
    cells.text(1, face, ink, name);
    let age = words::age(log, model.clock(), event, model.cursor.time());
    cells.text(2, Face::Secondary, quiet, &age);
    cells.name(|| {
        let when = if known { "" } else { ", after the cursor" };
        format!("{version} {name}{when}")
    });
}

/// The line between past and future, with the cursor's moment at its end.
fn cursor(cells: &mut RowCells<'_>, model: &Model) {
    let t = cells.painter().tokens();
    let text = match (model.cursor.bound(), model.cursor.time()) {
        (Bound::Head, _) => "head".to_owned(),
        (Bound::Start, _) => "start".to_owned(),
        (_, Some(time)) => model.zone().format_bare(time, Style::Short),
        (_, None) => model
            .cursor
            .as_of()
            .position
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
    };
    let rect = cells.rect();
    let inner = rect.with_max_x(rect.max.x - 6.0);
    let ink = cells.text_in(inner, Align2::RIGHT_CENTER, Face::Cell, t.cursor, &text);
    let y = rect.center().y.round();
    let line = egui::Rangef::new(rect.min.x, (ink.min.x - 6.0).max(rect.min.x));
    cells
        .painter()
        .hline(line, y, (sizes::CURSOR_LINE, t.cursor));
    cells.name(|| format!("Cursor {text}"));
}
