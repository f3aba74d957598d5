//! The results of a projection as rows.

use serde::Serialize;
use serde_json::Value as Json;

use super::ExportError;
use crate::analysis::projection::{self, ProjectReport, Run, WHOLE, Wanted};
use crate::log::Cut;
use crate::model::Task;
use crate::sql::{Answer, Value};
use crate::worker::questions::reading;
use crate::worker::{ProjectionSettings, Subject, Written};

/// What the terminal tells of it.
pub(super) fn report(
    subject: &Subject,
    (written, settings): (&Written, ProjectionSettings),
    cut: &Cut,
    task: &Task,
) -> Result<ProjectReport, ExportError> {
    let reading = reading(subject, cut.clock());
    let mut run = Run::new(&written.read()?, reading, settings.options(subject))?;
    Ok(projection::project(&mut run, cut, Wanted::All, task)?)
}

/// The result of a partition.
#[derive(Debug, Serialize)]
pub(super) struct Row<'r> {
    partition: &'r str,
    result: &'r Json,
}

/// The results by partition.
pub(super) fn rows(report: &ProjectReport) -> Vec<Row<'_>> {
    let whole = report.state.iter().map(|result| Row {
        partition: WHOLE,
        result,
    });
    let states = report.states.iter().flatten();
    let states = states.map(|(partition, result)| Row { partition, result });
    whole.chain(states).collect()
}

/// The same as a table: a column for each field, where results have fields.
pub(super) fn table(report: &ProjectReport) -> Answer {
    let rows = rows(report);
    let mut fields: Vec<&str> = Vec::new();
    for row in &rows {
        for field in row
            .result
            .as_object()
            .into_iter()
            .flat_map(|result| result.keys())
        {
            if !fields.contains(&field.as_str()) {
                fields.push(field);
            }
        }
    }
    let cells = |row: &Row<'_>| {
        let mut cells = vec![Value::Text(row.partition.to_owned())];
        match fields.is_empty() {
            true => cells.push(cell(Some(row.result))),
            false => cells.extend(fields.iter().map(|field| cell(row.result.get(*field)))),
        }
        cells
    };
    let rows = rows.iter().map(cells).collect();
    let mut columns = vec!["partition".to_owned()];
    match fields.is_empty() {
        true => columns.push("result".to_owned()),
        false => columns.extend(fields.iter().map(|field| (*field).to_owned())),
    }
    Answer {
        as_of: report.as_of.clone(),
        columns,
        rows,
        truncated: false,
    }
}

/// Numbers keep their written digits.
fn cell(value: Option<&Json>) -> Value {
    match value {
        None | Some(Json::Null) => Value::Null,
        Some(Json::String(text)) => Value::Text(text.clone()),
        Some(other) => Value::Text(other.to_string()),
    }
}
