//! The partitions of a projection with their results, as a table.

use std::sync::Arc;

use egui::Ui;
use serde_json::Value;

use super::page;
use super::seen::Seen;
use crate::analysis::streams::Direction;
use crate::analysis::words::capitalised;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::Standing;
use crate::gui::views::state::value::{self, preview};
use crate::gui::widgets::{
    Button, Column, EmptyState, RowCells, TableState, TextField, VirtualTable, menu_item,
};
use crate::gui::words;
use crate::model::StreamIx;
use crate::render::grouped;
use crate::worker::{Arrived, PartitionRow, PartitionSort, PartitionsWanted, Projected};

/// Rows by which the widths of columns are chosen.
const LOOKED_AT: usize = 100;
const CHANGED: f32 = 120.0;
/// The field to find partitions by, and what there is of it in a narrow pane.
const FIELD: f32 = 200.0;
const FIELD_LEAST: f32 = 128.0;
const NARROW: f32 = 760.0;
/// A column is not made narrower than this.
const LEAST: f32 = 84.0;

/// What the table keeps between frames.
#[derive(Default)]
pub(super) struct Results {
    state: TableState,
    /// The partition whose steps stand below.
    stepped: Option<Arc<str>>,
    /// Made for the answer of that number, and for the part of it that came so far.
    columns: ((u64, u32), Vec<Chosen>),
}

/// A column: its field, its width, and on which side its values stand.
type Chosen = (String, f32, Side);

/// On which side the values of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    /// Of numbers, of which the longest has so many digits behind the point.
    Right {
        decimals: usize,
    },
}

/// Digits behind the point for which others make room; more stand out by themselves.
const DECIMALS: usize = 4;

impl Results {
    /// What is searched, and how much there is as of when.
    pub fn bar(
        &mut self,
        ui: &mut Ui,
        (projected, wanted): (&Projected, &mut PartitionsWanted),
        (seen, scene): (&mut Seen, &page::Scene<'_>),
        standing: &Standing,
        outbox: &mut Outbox,
    ) {
        let (model, session) = (scene.model, scene.session);
        let stale = seen.stale(model, &projected.log, Some(projected));
        let is_searched = !wanted.search.trim().is_empty();
        let found = is_searched.then_some(projected.rows.len());
        let sentence = sentence((projected, found), standing, stale.as_deref());
        // In a narrow pane as of when it is comes before a wide field.
        let (wide, hint) = match ui.available_width() < NARROW {
            true => (FIELD_LEAST, "Find"),
            false => (FIELD, "Find partition"),
        };
        let mut begins = false;
        page::bar(
            ui,
            |ui| {
                if projected.is_partitioned {
                    let field = TextField::new("Find partition", &mut wanted.search);
                    let field = field.icon(Icon::Search).hint(hint).clearable();
                    begins = ui.add(field.width(wide)).changed();
                }
                page::say(ui, &sentence);
            },
            |ui| {
                let export = Button::secondary("Export").icon(Icon::Export).small();
                if ui.add(export).clicked() {
                    outbox.send(Command::Export);
                }
                seen.choose(ui, (model, session), outbox);
            },
        );
        if begins {
            self.state.scroll_to_row(0);
        }
    }

    /// Draws the rows of the answer that has this number.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (number, projected, wanted): (u64, &Projected, &mut PartitionsWanted),
        outbox: &mut Outbox,
    ) {
        let rows = &projected.rows;
        if rows.is_empty() {
            let sentence = match wanted.search.trim().is_empty() {
                true => format!("Nothing has a result {}", page::as_of(projected)),
                false if projected.partitions == 0 => {
                    format!("There is no partition {}", page::as_of(projected))
                }
                false => "No partition has such a name".to_owned(),
            };
            EmptyState::new(Icon::Projections, &sentence).show(ui);
            return;
        }
        let of = (number, projected.done.0);
        if self.columns.0 != of {
            self.columns = (of, chosen(projected));
        }
        let room = ui.available_width() - 2.0 * sizes::PAD;
        let columns = columns(&self.columns.1, projected, (wanted, room));
        let chosen = wanted.partition.clone();
        let at = chosen.and_then(|chosen| rows.iter().position(|row| row.name == chosen));
        if wanted.partition != self.stepped {
            // With its steps below it there is less room for rows, of which it stays in sight.
            self.stepped.clone_from(&wanted.partition);
            if let Some(at) = at {
                self.state.scroll_to_row(at as u64);
            }
        }
        let fields = &self.columns.1;
        let table = VirtualTable::new("Results", &mut self.state, &columns, rows.len() as u64)
            .selected(at.map(|at| at as u64));
        let said = table.show(ui, |cells| {
            if let Some(row) = rows.get(cells.index() as usize) {
                paint(cells, model, (projected, row), fields);
                cells.menu(|ui| menu(ui, (projected, row), outbox));
            }
        });
        if let Some(sort) = said.head_clicked.and_then(|head| sort_of(head, fields)) {
            turn(wanted, sort);
            self.state.scroll_to_row(0);
        }
        let pointed = said.clicked.or(said.secondary_clicked).map(|hit| hit.row);
        let row = said.moved_to.or(pointed);
        if let Some(row) = row.and_then(|row| rows.get(row as usize)) {
            wanted.partition = Some(Arc::clone(&row.name));
            // Its events in the time panel, and steps by them.
            if let Some(stream) = projected.log.streams().find(&row.name) {
                outbox.send(Command::SelectStream(StreamIx(stream)));
            }
        }
    }
}

/// What stands there and as of when; of what is searched, how many were found.
fn sentence(
    (projected, found): (&Projected, Option<usize>),
    standing: &Standing,
    stale: Option<&str>,
) -> String {
    let partitions = match projected.is_partitioned {
        true if let Some(found) = found => format!(
            "{} of {}",
            grouped(found as u64),
            words::counted(projected.partitions as usize, "partition", "partitions")
        ),
        true => words::counted(projected.partitions as usize, "partition", "partitions"),
        false => "One state".to_owned(),
    };
    if projected.stopped.is_some() {
        return format!("{}: {partitions}", capitalised(&page::as_of(projected)));
    }
    let last = projected.last;
    let at = last.map(|last| words::position(&projected.log, last));
    let at = at.unwrap_or_else(|| "the beginning".to_owned());
    // What makes it less than the whole answer stands first, with the moment: there it is never cut off.
    let late = match (projected.arrived, standing) {
        (Arrived::OnTheWay, _) => Some(format!("On the way, as of {at}")),
        (Arrived::There, Standing::Late) => Some(format!("Still as of {at}")),
        (Arrived::There, _) => stale.map(|by| format!("As of {at}, stale by {by}")),
    };
    match late {
        Some(late) => format!("{late} · {partitions}"),
        None => format!("{partitions} as of {at}"),
    }
}

fn sort_of(head: usize, fields: &[Chosen]) -> Option<PartitionSort> {
    match head.checked_sub(1) {
        None => Some(PartitionSort::Name),
        Some(at) if at == fields.len() => Some(PartitionSort::LastChange),
        Some(at) => fields
            .get(at)
            .map(|(field, ..)| PartitionSort::Field(field.clone())),
    }
}

/// Names begin with the first, all else with the most.
fn turn(wanted: &mut PartitionsWanted, sort: PartitionSort) {
    wanted.direction = match (wanted.sort == sort, wanted.direction, &sort) {
        (true, Direction::Ascending, _) => Direction::Descending,
        (true, Direction::Descending, _) | (false, _, PartitionSort::Name) => Direction::Ascending,
        (false, ..) => Direction::Descending,
    };
    wanted.sort = sort;
}

/// The fields of the results with the widths that they take.
fn chosen(projected: &Projected) -> Vec<Chosen> {
    let looked_at = &projected.rows[..projected.rows.len().min(LOOKED_AT)];
    let fields: Vec<String> = match projected.columns.is_empty() {
        true => vec!["Result".to_owned()],
        false => projected.columns.to_vec(),
    };
    let made = fields.into_iter().map(|field| {
        let values = || looked_at.iter().filter_map(|row| in_field(row, &field));
        let longest = values().map(|value| written(value).chars().count()).max();
        let letters = longest.unwrap_or_default().max(field.chars().count() + 2);
        let side = match values().all(|value| value.is_number() || value.is_null()) {
            true => Side::Right {
                decimals: values()
                    .map(|value| decimals(&written(value)))
                    .filter(|count| *count <= DECIMALS)
                    .max()
                    .unwrap_or_default(),
            },
            false => Side::Left,
        };
        let wide = (letters as f32 * 7.0 + 16.0).clamp(64.0, 260.0);
        (field, wide, side)
    });
    made.collect()
}

fn columns(
    fields: &[(String, f32, Side)],
    projected: &Projected,
    (wanted, room): (&PartitionsWanted, f32),
) -> Vec<Column> {
    let mark = |sort: &PartitionSort| match wanted.direction {
        _ if wanted.sort != *sort => "",
        Direction::Ascending => " ▲",
        Direction::Descending => " ▼",
    };
    let head = |name: &str, sort: &PartitionSort| format!("{name}{}", mark(sort));
    let name = match projected.is_partitioned {
        true => head("Partition", &PartitionSort::Name),
        false => "State".to_owned(),
    };
    let looked_at = projected.rows.iter().take(LOOKED_AT);
    let longest = looked_at.map(|row| row.name.chars().count()).max();
    let wide = (longest.unwrap_or_default() as f32 * 7.5 + 20.0).clamp(120.0, 320.0);
    // Where that puts all of them in sight, they are narrower.
    let mut widths = vec![(wide, LEAST)];
    widths.extend(fields.iter().map(|(field, wide, _)| {
        let head = field.chars().count() as f32 * 7.0 + 16.0;
        (*wide, head.max(LEAST).min(*wide))
    }));
    let over = widths.iter().map(|(wide, _)| wide).sum::<f32>() + CHANGED - room;
    let slack: f32 = widths.iter().map(|(wide, least)| wide - least).sum();
    let part = match over > 0.0 && over <= slack {
        true => over / slack,
        false => 0.0,
    };
    let mut fitted = (widths.iter()).map(|(wide, least)| (wide - (wide - least) * part).floor());
    let first = Column::new(name, fitted.next().unwrap_or(wide)).named("partition");
    let mut columns = vec![first.resizable().sorts()];
    for ((field, _, side), wide) in fields.iter().zip(fitted) {
        let sort = PartitionSort::Field(field.clone());
        let column = Column::new(head(field, &sort), wide).resizable().sorts();
        columns.push(match side {
            Side::Left => column,
            Side::Right { .. } => column.right(),
        });
    }
    let last = head("Last change", &PartitionSort::LastChange);
    columns.push(Column::rest(last, CHANGED).named("changed").sorts());
    columns
}

/// What a row has in a field; its whole result where results have no fields.
fn in_field<'r>(row: &'r PartitionRow, field: &str) -> Option<&'r Value> {
    match &*row.result {
        Value::Object(fields) => fields.get(field),
        other => (field == "Result").then_some(other),
    }
}

/// How many digits stand behind the point of a written number.
fn decimals(number: &str) -> usize {
    number.split_once('.').map_or(0, |(_, behind)| behind.len())
}

/// A number with room behind it, so that its point stands under those of others. No digit is made up.
fn at_the_point(mut number: String, most: usize) -> String {
    let own = decimals(&number);
    if own < most {
        let point = usize::from(own == 0);
        number.extend(std::iter::repeat_n(' ', most - own + point));
    }
    number
}

/// A value in few letters: texts without quotes.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.chars().take(80).collect(),
        other => preview(other, 80),
    }
}

fn paint(
    cells: &mut RowCells<'_>,
    model: &Model,
    (projected, row): (&Projected, &PartitionRow),
    fields: &[(String, f32, Side)],
) {
    let t = cells.painter().tokens();
    let log = &projected.log;
    let name = match row.name.is_empty() {
        true => "all",
        false => &*row.name,
    };
    // On one line with the values beside it.
    cells.text(0, Face::Cell, t.accent, name);
    let mut said = vec![name.to_owned()];
    for (at, (field, _, side)) in fields.iter().enumerate() {
        let Some(found) = in_field(row, field) else {
            continue;
        };
        let text = match side {
            Side::Left => written(found),
            Side::Right { decimals } => at_the_point(written(found), *decimals),
        };
        let ink = match found {
            Value::String(_) => t.text,
            Value::Number(_) => t.text,
            other => value::tint(t, other),
        };
        cells.text(at + 1, Face::Cell, ink, &text);
        said.push(text.trim_end().to_owned());
    }
    // While the cursor has moved back and the answer has not, nothing is told to be of later.
    let (own, cursor) = (projected.cut.time(log), model.cursor.time());
    let now = match projected.stopped {
        Some(_) => own,
        None => own.max(cursor),
    };
    let age = words::age(log, model.clock(), row.last, (now, model.zone()));
    let version = words::version(log, log.stream(row.last), row.last);
    let ink = if cells.is_selected() {
        t.text2
    } else {
        t.text3
    };
    let changed = fields.len() + 1;
    let text = match version.is_empty() {
        true => age,
        false => format!("{version} · {age}"),
    };
    cells.text(changed, Face::Cell, ink, &text);
    cells.name(|| said.join(" "));
}

fn menu(ui: &mut Ui, (projected, row): (&Projected, &PartitionRow), outbox: &mut Outbox) {
    if menu_item(ui, "Go to its last event").clicked() {
        outbox.send(Command::GoToEvent(row.last));
    }
    if let Some(stream) = projected.log.streams().find(&row.name)
        && menu_item(ui, "State of the stream").clicked()
    {
        outbox.send(Command::GoToStream(StreamIx(stream)));
    }
    if menu_item(ui, "Copy the result as JSON").clicked() {
        outbox.send(Command::Copy(format!("{:#}", row.result)));
    }
}
