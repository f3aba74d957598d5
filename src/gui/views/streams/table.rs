//! The table of streams: one row each, with where a click leads and which head sorts.

use egui::Ui;

use crate::analysis::streams::{Direction, StreamFigures, StreamList, StreamSort};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, View};
use crate::gui::theme::{Face, TokensExt};
use crate::gui::widgets::{Column, RowCells, TableState, VirtualTable, Widths, menu_item};
use crate::gui::words::{self, TimeFormat, TimeFormats};
use crate::log::Log;
use crate::model::{EventIx, StreamIx};
use crate::render::grouped;

/// What the table keeps between frames.
#[derive(Default)]
pub(super) struct StreamTable {
    state: TableState,
    times: TimeFormats,
    /// The row of the selected stream in the list of that number.
    row: Option<((u64, StreamIx), Option<usize>)>,
}

const HEADS: [(&str, StreamSort); 6] = [
    ("Stream", StreamSort::Name),
    ("Category", StreamSort::Name),
    ("Events", StreamSort::Events),
    ("First", StreamSort::First),
    ("Last", StreamSort::Last),
    ("Last event", StreamSort::Name),
];

/// The columns whose heads sort nothing.
const CATEGORY: usize = 1;
const LAST_EVENT: usize = 5;

/// A table that is this wide is as it was drawn.
const USUAL: f32 = 1400.0;
/// Names of streams take no more: the rest of a wide window tells more of each.
const NAME: [f32; 2] = [200.0, 400.0];
/// What the last event takes at least, where there is room for it.
const EVENT: f32 = 160.0;

impl StreamTable {
    /// The widths that the user gave its columns.
    pub fn widths(&self) -> &Widths {
        self.state.widths()
    }

    /// Takes up widths that were kept.
    pub fn set_widths(&mut self, widths: Widths) {
        self.state.set_widths(widths);
    }

    /// Begins at the top, for another list.
    pub fn begin_anew(&mut self) {
        self.state.scroll_to_row(0);
    }

    /// Draws the list; the order whose head was clicked.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        log: &Log,
        list: &StreamList,
        sorted: (StreamSort, Direction),
        outbox: &mut Outbox,
    ) -> Option<StreamSort> {
        let times = self.times.get(model, log);
        let columns = columns(model, &times, sorted, VirtualTable::room(ui));
        let selected = self.selected(model, list);
        let rows = list.streams.len() as u64;
        let table = VirtualTable::new("Streams", &mut self.state, &columns, rows)
            .selected(selected.map(|row| row as u64));
        let table = match model.view {
            View::Streams => table.takes_keys(),
            _ => table,
        };
        let said = table.show(ui, |row| {
            let Some(figures) = list.streams.get(row.index() as usize) else {
                return;
            };
            // A list of an older snapshot is shown until the new one comes.
            if figures.last.at() < log.len() && figures.stream.at() < log.streams().len() {
                paint(row, model, log, figures, &times, outbox);
            }
        });
        let stream = |row: u64| list.streams.get(row as usize).map(|figures| figures.stream);
        let pointed = said.clicked.or(said.secondary_clicked).map(|hit| hit.row);
        if let Some(stream) = said.moved_to.or(pointed).and_then(stream) {
            outbox.send(Command::SelectStream(stream));
        }
        let opened = said.double_clicked.map(|hit| hit.row).or(said.activated);
        if let Some(stream) = opened.and_then(stream) {
            outbox.send(Command::GoToStream(stream));
        }
        said.head_clicked
            .and_then(|head| HEADS.get(head))
            .map(|(_, sort)| *sort)
    }

    /// Looked for once per list and selection, since a list may have a million rows.
    fn selected(&mut self, model: &Model, list: &StreamList) -> Option<usize> {
        let stream = model.selection.stream?;
        let key = (model.answers.streams.number(), stream);
        if self.row.is_none_or(|(of, _)| of != key) {
            let at = list
                .streams
                .iter()
                .position(|figures| figures.stream == stream);
            self.row = Some((key, at));
        }
        self.row.and_then(|(_, row)| row)
    }
}

fn columns(
    model: &Model,
    times: &TimeFormat,
    (sort, direction): (StreamSort, Direction),
    room: f32,
) -> Vec<Column> {
    let timed = model.log().is_some_and(|log| log.has_clock(model.clock()));
    let head = |at: usize| {
        let (name, by) = HEADS[at];
        let zone = if timed && (3..LAST_EVENT).contains(&at) {
            format!(", {}", model.zone())
        } else {
            String::new()
        };
        let mark = match direction {
            _ if by != sort || [CATEGORY, LAST_EVENT].contains(&at) => "",
            Direction::Ascending => " ▲",
            Direction::Descending => " ▼",
        };
        format!("{name}{zone}{mark}")
    };
    // In a wide window all of them grow, so that a row is no name at one end and a type at the other.
    let wider = (room / USUAL).clamp(1.0, 1.6);
    let [category, events] = [160.0 * wider, 104.0 * wider];
    let time = times.width().max(120.0) * wider;
    let rest = room - category - events - 2.0 * time;
    let name = |width| Column::new(head(0), width).resizable();
    let first = match rest - EVENT {
        name if name < NAME[0] => Column::rest(head(0), NAME[0]),
        left => name(left.min(NAME[1] * (1.0 + wider) / 2.0)),
    };
    let mut columns = vec![
        first.named("stream").sorts(),
        Column::new(head(1), category).named("category").resizable(),
        Column::new(head(2), events)
            .named("events")
            .right()
            .resizable()
            .sorts(),
        Column::new(head(3), time)
            .named("first")
            .resizable()
            .sorts(),
        Column::new(head(4), time).named("last").resizable().sorts(),
    ];
    if rest - EVENT >= NAME[0] {
        let last = Column::rest(head(LAST_EVENT), EVENT);
        columns.push(last.named("last event"));
    }
    columns
}

fn paint(
    row: &mut RowCells<'_>,
    model: &Model,
    log: &Log,
    figures: &StreamFigures,
    times: &TimeFormat,
    outbox: &mut Outbox,
) {
    let t = row.painter().tokens();
    let (stream, name) = (figures.stream, log.stream_name(figures.stream));
    let category = log.category(stream);
    row.name(|| format!("{name} {} events", grouped(u64::from(figures.events))));
    let strong = row.is_selected();
    let face = if strong { Face::CellStrong } else { Face::Cell };
    row.dot_text(0, t.category(model.colour(category)), face, t.text, name);
    row.text(1, Face::Dense, t.text2, log.category_name(category));
    row.text(2, Face::Cell, t.text, &grouped(u64::from(figures.events)));
    let dim = if strong { t.text2 } else { t.text3 };
    for (at, event) in [(3, figures.first), (4, figures.last)] {
        time(row, at, model, log, event, times, dim);
    }
    let last = log.type_name(log.event_type(figures.last));
    row.text(LAST_EVENT, Face::Dense, t.text2, last);
    row.menu(|ui| {
        ui.set_min_width(180.0);
        let mut item = |word: &str, command: Command| {
            if menu_item(ui, word).clicked() {
                outbox.send(command);
            }
        };
        item("Go to its state", Command::GoToStream(stream));
        item("Show its events", Command::FilterStream(stream));
        item("Copy stream", Command::Copy(name.to_owned()));
    });
}

fn time(
    row: &mut RowCells<'_>,
    at: usize,
    model: &Model,
    log: &Log,
    event: EventIx,
    times: &TimeFormat,
    dim: egui::Color32,
) {
    let t = row.painter().tokens();
    match log.time(event, model.clock()) {
        Some(time) => {
            let (date, clock) = times.parts(time);
            row.two_texts(at, Face::Cell, (&date, dim), (&clock, t.text));
        }
        None if log.has_clock(model.clock()) => {
            row.text(at, Face::Dense, dim, "no time of its own");
        }
        None => row.text(at, Face::Cell, t.text2, &words::position(log, event)),
    }
}
