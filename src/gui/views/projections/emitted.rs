//! What handlers say beside states: events they would emit, links, lines they log, and integers whose
//! digits JavaScript does not keep. Nothing of it is written.

use egui::Ui;

use super::page::{Scene, as_of, bar, go_to, mark, say};
use crate::analysis::projection::{LostDigits, OddPlace, Output, OutputKind};
use crate::gui::command::Outbox;
use crate::gui::theme::{Face, Icon, TokensExt};
use crate::gui::widgets::{Column, EmptyState, RowCells, Segments, TableState, VirtualTable};
use crate::gui::words;
use crate::log::Log;
use crate::model::EventIx;
use crate::render::grouped;
use crate::worker::Projected;

/// What is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Listed {
    #[default]
    Emitted,
    Logged,
    LostDigits,
    NoJson,
}

/// What the page keeps between frames.
#[derive(Default)]
pub(super) struct Emitted {
    table: TableState,
    listed: Listed,
    selected: Option<u64>,
}

impl Emitted {
    pub fn show(&mut self, ui: &mut Ui, scene: &Scene<'_>, outbox: &mut Outbox) {
        let Some(projected) = scene.projected.clone() else {
            let sentence = "Run a projection to see what it would emit, link and log";
            EmptyState::new(Icon::Export, sentence).show(ui);
            return;
        };
        let counts = [
            projected.outputs.len(),
            projected.lines.len(),
            projected.lost.len(),
            projected.odd.len(),
        ];
        let [emitted, logged, lost, odd] = [
            ("Emitted", counts[0]),
            ("Logged", counts[1]),
            ("Lost digits", counts[2]),
            ("No JSON", counts[3]),
        ]
        .map(|(word, count)| format!("{word} {}", grouped(count as u64)));
        let listed = &mut self.listed;
        bar(
            ui,
            |ui| {
                Segments::new("What handlers say", listed)
                    .option(Listed::Emitted, &emitted)
                    .option(Listed::Logged, &logged)
                    .option(Listed::LostDigits, &lost)
                    .option(Listed::NoJson, &odd)
                    .show(ui);
                say(ui, "shown, never written");
            },
            |_| {},
        );
        let rows = counts[self.listed as usize] as u64;
        if rows == 0 {
            let what = match self.listed {
                Listed::Emitted => "It would emit, link and copy nothing",
                Listed::Logged => "It has logged nothing",
                Listed::LostDigits => "All integers keep their digits in JavaScript",
                Listed::NoJson => "All states are JSON as they stand",
            };
            let sentence = format!("{what} {}", as_of(&projected));
            EmptyState::new(mark(&projected), &sentence).show(ui);
            return;
        }
        self.list(ui, &projected, rows, outbox);
    }

    fn list(&mut self, ui: &mut Ui, projected: &Projected, rows: u64, outbox: &mut Outbox) {
        let listed = self.listed;
        let columns = match listed {
            Listed::Emitted => vec![
                Column::new("By event", 86.0).right(),
                Column::new("What", 80.0),
                Column::new("To stream", 170.0).resizable(),
                Column::new("Type", 150.0).resizable(),
                Column::rest("Data", 120.0),
            ],
            Listed::Logged => vec![
                Column::new("By event", 86.0).right(),
                Column::new("Event type", 170.0).resizable(),
                Column::rest("Line", 120.0),
            ],
            Listed::NoJson => vec![
                Column::new("Last event", 86.0).right(),
                Column::new("Partition", 170.0).resizable(),
                Column::new("Field", 170.0).resizable(),
                Column::rest("Is", 120.0),
            ],
            Listed::LostDigits => vec![
                Column::new("In event", 86.0).right(),
                Column::new("Field", 220.0).resizable(),
                Column::rest("As written", 120.0),
            ],
        };
        let selected = self.selected.filter(|row| *row < rows);
        let table = VirtualTable::new("What handlers say", &mut self.table, &columns, rows);
        let log = &*projected.log;
        let said = table.selected(selected).show(ui, |cells| {
            let at = cells.index() as usize;
            match listed {
                Listed::Emitted => {
                    projected
                        .outputs
                        .get(at)
                        .inspect(|one| output(cells, log, one));
                }
                Listed::Logged => {
                    projected.lines.get(at).inspect(|one| line(cells, log, one));
                }
                Listed::NoJson => {
                    projected.odd.get(at).inspect(|one| odd(cells, log, one));
                }
                Listed::LostDigits => {
                    projected.lost.get(at).inspect(|one| lost(cells, log, one));
                }
            }
        });
        let pointed = said.clicked.or(said.secondary_clicked).map(|hit| hit.row);
        self.selected = said.moved_to.or(pointed).or(selected);
        let opened = said.double_clicked.map(|hit| hit.row).or(said.activated);
        let event = opened.and_then(|row| {
            let at = row as usize;
            match listed {
                Listed::Emitted => projected.outputs.get(at).map(|one| one.event),
                Listed::Logged => projected.lines.get(at).map(|one| one.0),
                Listed::LostDigits => projected.lost.get(at).map(|one| one.event),
                Listed::NoJson => projected.odd.get(at).map(|one| one.last),
            }
        });
        go_to(log, event, outbox);
    }
}

fn position(cells: &mut RowCells<'_>, log: &Log, event: EventIx) -> String {
    let t = cells.painter().tokens();
    let position = words::bare_position(&log.position_name(event));
    cells.text(0, Face::Cell, t.accent, &position);
    position
}

fn output(cells: &mut RowCells<'_>, log: &Log, one: &Output) {
    let t = cells.painter().tokens();
    let by = position(cells, log, one.event);
    let kind = match one.kind {
        OutputKind::Emit => "event",
        OutputKind::Link => "link",
        OutputKind::Copy => "copy",
        OutputKind::LinkStream => "stream link",
    };
    let data = one.data.as_deref().unwrap_or_default();
    cells.text(1, Face::Dense, t.text2, kind);
    cells.text(2, Face::Code, t.text, &one.stream);
    cells.text(3, Face::Dense, t.text, &one.event_type);
    cells.text(4, Face::Code, t.text2, data);
    cells.name(|| format!("{by} {kind} {} {} {data}", one.stream, one.event_type));
}

fn line(cells: &mut RowCells<'_>, log: &Log, (event, text): &(EventIx, String)) {
    let t = cells.painter().tokens();
    let by = position(cells, log, *event);
    cells.text(1, Face::Dense, t.text2, words::type_of(log, *event));
    cells.text(2, Face::Code, t.text, text);
    cells.name(|| format!("{by} {text}"));
}

fn lost(cells: &mut RowCells<'_>, log: &Log, one: &LostDigits) {
    let t = cells.painter().tokens();
    let by = position(cells, log, one.event);
    cells.text(1, Face::Code, t.key, &one.path);
    cells.text(2, Face::Code, t.number, &one.number);
    cells.name(|| format!("{by} {} {}", one.path, one.number));
}

fn odd(cells: &mut RowCells<'_>, log: &Log, one: &OddPlace) {
    let t = cells.painter().tokens();
    let position = position(cells, log, one.last);
    let path = match one.odd.path.as_str() {
        "" => "the state",
        path => path.trim_start_matches('/'),
    };
    let partition = match &*one.partition {
        "" => "all",
        partition => partition,
    };
    let is = format!("{}, told as {}", one.odd.what, one.odd.told_as());
    cells.text(1, Face::Code, t.text, partition);
    cells.text(2, Face::Code, t.key, path);
    cells.text(3, Face::Cell, t.warning, &is);
    cells.name(|| format!("{position} {partition} {path} {is}"));
}
