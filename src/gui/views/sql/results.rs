//! The rows of an answer as a table, with a way from a row to the event that it names.

use egui::Ui;

use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt};
use crate::gui::widgets::{Column, RowCells, TableState, VirtualTable, menu_item};
use crate::log::Log;
use crate::model::{EventIx, Position, PositionName};
use crate::render;
use crate::sql::{Answer, Value, written};

/// Rows by which the widths of columns are chosen.
const LOOKED_AT: usize = 200;

/// What the table keeps between frames.
#[derive(Default)]
pub(super) struct Results {
    state: TableState,
    selected: Option<u64>,
    /// Made for the answer of that number.
    columns: (u64, Vec<Column>),
}

impl Results {
    /// Draws the rows of the answer that has this number.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (number, answer): (u64, &Answer),
        outbox: &mut Outbox,
    ) {
        if self.columns.0 != number {
            self.columns = (number, columns(answer));
            let rows = answer.rows.len() as u64;
            self.selected = self.selected.filter(|selected| *selected < rows);
        }
        let log = model.log();
        let rows = answer.rows.len() as u64;
        let table = VirtualTable::new("Rows", &mut self.state, &self.columns.1, rows);
        let said = table.selected(self.selected).show(ui, |row| {
            let Some(values) = answer.rows.get(row.index() as usize) else {
                return;
            };
            paint(row, values);
            let event = log.and_then(|log| event(log, answer, values));
            row.menu(|ui| {
                if let Some(event) = event
                    && menu_item(ui, "Go to the event").clicked()
                {
                    outbox.send(Command::GoToEvent(event));
                }
                if menu_item(ui, "Copy the row as JSON").clicked() {
                    outbox.send(Command::Copy(as_json(answer, values)));
                }
            });
        });
        let pointed = said.clicked.or(said.secondary_clicked).map(|hit| hit.row);
        self.selected = said.moved_to.or(pointed).or(self.selected);
        let opened = said.double_clicked.map(|hit| hit.row).or(said.activated);
        let values = opened.and_then(|row| answer.rows.get(row as usize));
        if let (Some(log), Some(values)) = (log, values)
            && let Some(event) = event(log, answer, values)
        {
            outbox.send(Command::GoToEvent(event));
        }
    }
}

/// The event whose position stands in a row under that name.
fn event(log: &Log, answer: &Answer, values: &[Value]) -> Option<EventIx> {
    let column = answer.columns.iter().position(|name| name == "position")?;
    let name = match values.get(column)? {
        Value::Integer(position) => PositionName::from(Position(*position)),
        Value::Text(text) => {
            let (file, position) = text.rsplit_once(':')?;
            PositionName {
                file: Some(file.into()),
                position: Position(position.parse().ok()?),
            }
        }
        _ => return None,
    };
    log.event_at(&name)
}

fn as_json(answer: &Answer, values: &[Value]) -> String {
    let mut line = Vec::new();
    let row = Answer {
        as_of: answer.as_of.clone(),
        columns: answer.columns.clone(),
        rows: vec![values.to_vec()],
        truncated: false,
    };
    // Memory takes whatever is written to it.
    let _ = render::answer_lines(&row, &mut line);
    String::from_utf8_lossy(&line).trim_end().to_owned()
}

/// Columns as wide as what stands in them; two of one name are told apart.
fn columns(answer: &Answer) -> Vec<Column> {
    let looked_at = &answer.rows[..answer.rows.len().min(LOOKED_AT)];
    let last = answer.columns.len().saturating_sub(1);
    let made = answer.columns.iter().enumerate().map(|(at, name)| {
        let before = answer.columns[..at]
            .iter()
            .filter(|other| *other == name)
            .count();
        let head = match before {
            0 => name.clone(),
            before => format!("{name} ({})", before + 1),
        };
        let values = || looked_at.iter().filter_map(|row| row.get(at));
        let longest = values().map(length).max().unwrap_or_default();
        let wide = (longest.max(head.chars().count()) as f32 * 7.0 + 16.0).clamp(56.0, 340.0);
        let number = |value: &Value| matches!(value, Value::Integer(_) | Value::Real(_));
        let numbers =
            values().any(number) && values().all(|value| number(value) || *value == Value::Null);
        match numbers {
            true => Column::new(head, wide).right().resizable(),
            false if at == last => Column::rest(head, wide),
            false => Column::new(head, wide).resizable(),
        }
    });
    made.collect()
}

/// About how many letters a value takes.
fn length(value: &Value) -> usize {
    match value {
        Value::Null => 4,
        Value::Integer(number) => number.to_string().len(),
        Value::Real(number) => written(*number).len(),
        Value::Text(text) => text.chars().take(60).count(),
        Value::Blob(bytes) => 2 + bytes.len().min(24) * 2,
    }
}

fn paint(row: &mut RowCells<'_>, values: &[Value]) {
    let t = row.painter().tokens();
    row.name(|| {
        let said = values.iter().map(said);
        said.collect::<Vec<_>>().join(" ")
    });
    for (at, value) in values.iter().enumerate() {
        match value {
            Value::Null => row.text(at, Face::Cell, t.keyword, "null"),
            Value::Integer(_) | Value::Real(_) => row.text(at, Face::Cell, t.text, &said(value)),
            Value::Text(text) if is_code(text) => row.text(at, Face::Cell, t.text, text),
            Value::Text(text) => row.text(at, Face::Dense, t.text, text),
            Value::Blob(_) => row.text(at, Face::Cell, t.text2, &said(value)),
        }
    }
}

/// A value as a few letters.
fn said(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => written(*number),
        Value::Text(text) => text.chars().take(80).collect(),
        Value::Blob(bytes) => {
            let shown = &bytes[..bytes.len().min(64)];
            format!("0x{}", crate::analysis::events::hex(shown))
        }
    }
}

/// JSON and times, which stand in the letters of code.
fn is_code(text: &str) -> bool {
    let is_time = || text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T');
    text.starts_with(['{', '[']) || is_time()
}
