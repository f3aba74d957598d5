//! The left pane: the events of the stream, the cursor between past and future.

use egui::{Align2, Ui};

use super::event_list::{self, EventList, Row, Shown};
use super::shown::Seen;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, StreamEvents};
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};
use crate::gui::widgets::{
    Column, EmptyState, IconButton, PaneHead, RowCells, TableResponse, TableState, TextField,
    VirtualTable,
};
use crate::gui::words;
use crate::log::{Bound, Cut};
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
    /// The field is to have the keyboard.
    find: Option<()>,
    reveal: Reveal,
}

/// What decides what is to be in sight.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    stream: StreamIx,
    bound: Bound,
    /// How many rows stand above the cursor.
    edge: usize,
    selected: Option<EventIx>,
}

/// Keeps the cursor in sight when it moves, and the selected row when another one is selected. A head
/// that moves by itself takes nobody along who has scrolled away from it.
#[derive(Debug, Default)]
struct Reveal {
    /// What was brought into sight last, so that it is done once.
    done: Option<Place>,
    /// The user has scrolled since the cursor was set.
    by_hand: Option<()>,
}

impl Reveal {
    fn follow(&mut self, table: &mut TableState, now: Place, row: Option<u64>) {
        let set = |before: Place| (before.stream, before.bound) != (now.stream, now.bound);
        if self.done.is_none_or(set) {
            self.by_hand = None;
        } else if table.was_scrolled_by_hand() {
            self.by_hand = Some(());
        }
        let Some(before) = self.done.replace(now) else {
            return table.centre_row(now.edge as u64);
        };
        if before == now {
            return;
        }
        let moved = (before.stream, before.edge) != (now.stream, now.edge);
        if !moved {
            if let Some(row) = row {
                table.scroll_to_row(row);
            }
            return;
        }
        let (edge, visible) = (now.edge as u64, table.visible());
        let inside = edge >= visible.start.saturating_add(2) && edge + 2 < visible.end;
        if !inside && self.by_hand.is_none() {
            table.centre_row(edge);
        }
    }
}

fn act(
    said: &TableResponse,
    shown: &Shown<'_>,
    row: Option<u64>,
    edge: usize,
    outbox: &mut Outbox,
) {
    let event_at = |row: u64| match event_list::at(row, edge) {
        Row::Event(at) => shown.get(at),
        Row::Cursor => None,
    };
    if let Some(event) = said.clicked.and_then(|hit| event_at(hit.row)) {
        outbox.send(Command::SelectEvent(Some(event)));
    }
    if let Some(to) = said.moved_to
        && let Some(at) = event_list::stepped(row, to, edge, shown.len())
    {
        outbox.send(Command::SelectEvent(shown.get(at)));
    }
    let there = said
        .activated
        .or_else(|| said.double_clicked.map(|hit| hit.row));
    if let Some(event) = there.and_then(event_at) {
        outbox.send(Command::MoveTo(Bound::Event(event)));
    }
}

impl History {
    /// Opens the filter and gives it the keyboard.
    pub fn find(&mut self) {
        self.search.get_or_insert_default();
        self.find = Some(());
    }

    /// Draws it.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (seen, stream): (&Seen, StreamIx),
        found: Option<&Found>,
        outbox: &mut Outbox,
    ) {
        ui.spacing_mut().item_spacing.y = 0.0;
        let (log, cut) = (&*seen.log, &seen.cut);
        self.list.load(log, stream);
        let all = StreamEvents::of(log, stream);
        self.head(ui, model, (seen, stream, &all), found);
        self.list.advance(log, &all);
        if self.list.is_filtering(&all) {
            ui.request_repaint();
        }
        let list = &self.list;
        let shown = list.shown(&all);
        let edge = shown.edge(cut.outside());
        if shown.len() == 0 && list.is_filtered() && !list.is_filtering(&all) {
            if EmptyState::new(Icon::Search, "No event of this stream has such a type")
                .button("Show all")
                .show(ui)
            {
                self.search = None;
                self.list.filter(log, "");
            }
            return;
        }
        let selected = model
            .selection
            .event
            .or_else(|| found.and_then(|found| found.at.last));
        let row = selected.and_then(|event| shown.row_of(event, edge));
        let at = Place {
            stream,
            bound: cut.bound(),
            edge,
            selected,
        };
        self.reveal.follow(&mut self.table, at, row);
        let columns = columns(seen, all.len(), found, ui.available_width());
        let rows = shown.len() as u64 + 1;
        let said = VirtualTable::new("History", &mut self.table, &columns, rows)
            .selected(row)
            .show(ui, |cells| match event_list::at(cells.index(), edge) {
                Row::Cursor => cursor(cells, model, seen),
                Row::Event(at) => {
                    if let Some(event) = shown.get(at) {
                        event_row(cells, (seen, stream), found, event);
                    }
                }
            });
        act(&said, &shown, row, edge, outbox);
    }

    fn head(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (seen, stream, all): (&Seen, StreamIx, &StreamEvents<'_>),
        found: Option<&Found>,
    ) {
        let log = &*seen.log;
        let dot = ui.tokens().category(model.colour(log.category(stream)));
        let counts = self.counts(&seen.cut, all, found);
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
        if toggled {
            self.find = self.search.is_none().then_some(());
            self.search = self.find.map(|()| String::new());
            self.list.filter(log, "");
        }
        let Some(text) = &mut self.search else { return };
        let mut changed = false;
        egui::Frame::NONE
            .inner_margin(egui::Margin::symmetric(sizes::PAD as i8, 6))
            .show(ui, |ui| {
                let id = egui::Id::unique("history-types");
                // Before it is drawn, so that what is typed in this very frame is in it.
                if self.find.take().is_some() {
                    ui.memory_mut(|memory| memory.request_focus(id));
                }
                let field = TextField::new("Event type contains", text)
                    .icon(Icon::Search)
                    .hint("Event type contains…")
                    .small();
                changed = ui.add(field.id(id)).changed();
            });
        if changed {
            self.list.filter(log, text);
        }
    }

    /// `41 of 44 versions`, and what the filter leaves.
    fn counts(&self, cut: &Cut, all: &StreamEvents<'_>, found: Option<&Found>) -> String {
        let before = all.below(cut.outside());
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
            let shown = grouped(self.list.shown(all).len() as u64);
            text = format!(
                "{shown} of {}",
                words::counted(all.len(), "event", "events")
            );
        }
        text
    }
}

/// Narrower than this it has no room for times beside types.
const TIMED_FROM: f32 = 240.0;

fn columns(seen: &Seen, events: usize, found: Option<&Found>, room: f32) -> Vec<Column> {
    // As wide as the longest version, so that the types stand close by.
    let digits = events.max(10).ilog10() as f32 + 1.0;
    let sign = match found {
        Some(found) if found.has_forks() => 15.0,
        _ => 0.0,
    };
    let has_times = seen.as_of.time.is_some();
    let head = if has_times {
        "before cursor"
    } else {
        "position"
    };
    let mut columns = vec![
        Column::new("v", 20.0 + 7.0 * digits + sign),
        Column::rest("Event type", 60.0),
    ];
    if room >= TIMED_FROM {
        columns.push(Column::new(head, 90.0).right());
    }
    columns
}

fn event_row(
    cells: &mut RowCells<'_>,
    (seen, stream): (&Seen, StreamIx),
    found: Option<&Found>,
    event: EventIx,
) {
    let log = &*seen.log;
    let t = cells.painter().tokens();
    let known = seen.cut.holds(log, event);
    let is_forked = known && found.is_some_and(|found| found.is_forked(event));
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
    cells.text(1, face, ink, name);
    if is_forked {
        fork(cells, &version);
    } else {
        cells.text(0, Face::Cell, quiet, &version);
    }
    let age = words::age(log, seen.cut.clock(), event, (seen.as_of.time, seen.zone));
    cells.text(2, Face::Secondary, quiet, &age);
    cells.name(|| {
        let when = if known { "" } else { ", after the cursor" };
        let fork = if is_forked { FORKED } else { "" };
        format!("{version} {name}{fork}{when}")
    });
}

/// What is said of an event whose version another one of the stream has too.
const FORKED: &str = ", its version stands more than once";

/// The version of such an event, with a sign.
fn fork(cells: &mut RowCells<'_>, version: &str) {
    let t = cells.painter().tokens();
    let Some(cell) = cells.cell(0) else { return };
    let ink = cells.text_in(
        cell,
        Align2::LEFT_CENTER,
        Face::CellStrong,
        t.warning,
        version,
    );
    // Between the version and the type there is room for it.
    let right = egui::pos2(ink.max.x + 3.0, cell.center().y - 6.0);
    let square = egui::Rect::from_min_size(right, egui::vec2(12.0, 12.0));
    icons::paint(cells.painter(), square, Icon::Warning, t.warning);
    let words = format!("{version}{FORKED}");
    cells.response().clone().on_hover_text_at_pointer(words);
}

/// The line between past and future, with the cursor's moment at its end.
fn cursor(cells: &mut RowCells<'_>, model: &Model, seen: &Seen) {
    let t = cells.painter().tokens();
    let text = match (seen.cut.bound(), seen.as_of.time) {
        (Bound::Head, _) => model.reach().head().to_owned(),
        (Bound::Start, _) => "start".to_owned(),
        (_, Some(time)) => model.zone().format_bare(time, Style::Short),
        (_, None) => seen
            .as_of
            .position
            .as_ref()
            .map_or_else(String::new, words::position_named),
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
