//! Built-in folds over columns.

use std::ops::Range;

use rust_decimal::Decimal;
use serde_json::json;

use super::built::{Done, Folding};
use super::columns::{Columns, NOWHERE};
use super::rule::{Input, Rule};
use super::{BuiltIn, Key};
use crate::analysis::projection::machine::Swept;
use crate::analysis::projection::script::Fed;
use crate::analysis::projection::selection::Selection;
use crate::analysis::projection::states::{Blocks, Since, State, States};
use crate::analysis::projection::{Counts, Reading, RunOptions};
use crate::log::Names;
use crate::model::{Cancelled, EventIx, StreamIx, Task};

/// How many events ahead of the one that is folded the states are fetched.
const SOON: usize = 16;

/// All built-in folds but merging, which needs whole payloads.
pub(super) struct Native<R> {
    reading: Reading,
    selection: Selection,
    built_in: BuiltIn,
    only: Option<StreamIx>,
    columns: Columns,
    rule: R,
    /// The row of the event folded last.
    row: usize,
}

impl<R: Rule> Native<R> {
    pub fn new(
        built_in: &BuiltIn,
        rule: R,
        (key, number): (&Key, Option<&str>),
        reading: Reading,
        options: &RunOptions,
    ) -> Self {
        let pointer = number.map(|field| match field.starts_with('/') {
            true => field.to_owned(),
            false => format!("/{field}"),
        });
        Self {
            selection: built_in.selection(&reading.log, options.only),
            only: options.only,
            columns: Columns::new(key.clone(), pointer.as_deref()),
            built_in: built_in.clone(),
            rule,
            row: 0,
            reading,
        }
    }

    /// The row of an event that was read.
    fn seek(&mut self, event: EventIx) -> Option<usize> {
        let events = &self.columns.events;
        let near = (self.row..=self.row + 1).find(|&row| events.get(row) == Some(&event));
        let row = near.or_else(|| events.binary_search(&event).ok())?;
        self.row = row;
        Some(row)
    }

    /// Folds the event of a row; its partition, if it is in one.
    fn row(&self, blocks: &mut Blocks<R::Slot>, row: usize) -> Option<u32> {
        let partition = self.columns.partition[row];
        if partition == NOWHERE {
            return None;
        }
        let input = Input {
            event: self.columns.events[row],
            number: self.columns.number.get(row).copied().flatten(),
            log: &self.reading.log,
        };
        let mut place = blocks.place(partition);
        match place.get() {
            Some(slot) => self.rule.fold(slot, input),
            None => place.set(self.rule.begin(input)?),
        }
        Some(partition)
    }
}

impl<R: Rule> Folding for Native<R> {
    fn prepare(&mut self, range: &Range<u32>, task: &Task) -> Result<Vec<EventIx>, Cancelled> {
        task.check()?;
        let rows = self
            .columns
            .rows(&self.reading, &self.selection, range, task)?;
        self.row = rows.start;
        Ok(self.columns.events[rows].to_vec())
    }

    fn fold(
        &mut self,
        states: &mut States,
        event: EventIx,
        _task: &Task,
    ) -> Result<Done, Cancelled> {
        if let Some(why) = self.columns.bad.get(&event) {
            return Ok(Done::Failed(None, why.clone()));
        }
        let Some(row) = self.seek(event) else {
            return Ok(Done::Skipped);
        };
        Ok(match self.row(states.as_kind(), row) {
            Some(partition) => Done::Folded(partition, Fed::Processed),
            None => Done::Skipped,
        })
    }

    fn sweep(
        &mut self,
        states: &mut States,
        range: &Range<u32>,
        most: u32,
        task: &Task,
    ) -> Result<Option<Swept>, Cancelled> {
        task.check()?;
        let rows = self
            .columns
            .rows(&self.reading, &self.selection, range, task)?;
        let bounds = EventIx(range.start)..EventIx(range.end);
        if self.columns.bad.range(bounds).next().is_some() {
            return Ok(None);
        }
        let end = rows.end.min(rows.start.saturating_add(most as usize));
        let mut swept = Swept {
            next: EventIx(range.end),
            counts: Counts::default(),
        };
        if end < rows.end {
            swept.next = EventIx(self.columns.events[end - 1].0 + 1);
        }
        let blocks = states.as_kind();
        for row in rows.start..end {
            // What is folded soon is fetched meanwhile.
            if let Some(&soon) = self.columns.partition.get(row + SOON) {
                blocks.touch(soon);
            }
            match self.row(blocks, row) {
                Some(_) => swept.counts.processed += 1,
                None => swept.counts.skipped += 1,
            }
        }
        Ok(Some(swept))
    }

    fn grow(&mut self, reading: &Reading) {
        self.selection = self.built_in.selection(&reading.log, self.only);
        self.columns.grow();
        self.rule.grow(&self.built_in, &reading.log);
        self.reading = reading.clone();
    }

    fn is_partitioned(&self) -> bool {
        !matches!(self.columns.key(), Key::Whole)
    }

    fn is_per_stream(&self) -> bool {
        matches!(self.columns.key(), Key::Stream)
    }

    fn partitions(&self) -> Names {
        self.columns.names()
    }

    fn text(&self, state: &State) -> String {
        text(&self.reading, state)
    }

    fn result(&self, state: &State) -> Option<String> {
        let is_closed = matches!(
            state,
            State::Open(Since {
                closed: Some(_),
                ..
            })
        );
        (!is_closed).then(|| self.text(state))
    }
}

/// A state as JSON.
fn text(reading: &Reading, state: &State) -> String {
    let log = &reading.log;
    let event = |event: EventIx| {
        json!({
            "position": log.position_name(event),
            "stream": log.stream_name(log.stream(event)),
            "version": log.version(event),
            "type": log.type_name(log.event_type(event)),
            "time": log.time(event, reading.clock),
        })
    };
    match state {
        State::Text(text) => text.to_string(),
        State::Merged(fold) => fold.tree().to_value().to_string(),
        State::Latest(latest) => event(*latest).to_string(),
        State::Count(count) => count.to_string(),
        State::Open(Since { opened, closed }) => {
            json!({ "opened": event(*opened), "closed": closed.map(event) }).to_string()
        }
        State::Figures(figures) => {
            let number = |number: Option<Decimal>| {
                number.map_or_else(
                    || "null".to_owned(),
                    |number| number.normalize().to_string(),
                )
            };
            format!(
                r#"{{"count":{},"sum":{},"min":{},"max":{},"average":{}}}"#,
                figures.count(),
                number(figures.sum()),
                number(Some(figures.min())),
                number(Some(figures.max())),
                number(figures.average()),
            )
        }
    }
}
