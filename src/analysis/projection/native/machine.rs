//! Built-in folds over columns: what each does with an event.

use std::ops::Range;

use rust_decimal::Decimal;
use serde_json::json;

use super::built::{Done, Folding};
use super::columns::{Columns, NOWHERE};
use super::{BuiltIn, Figures, Fold, Key, Since};
use crate::analysis::projection::script::Fed;
use crate::analysis::projection::selection::Selection;
use crate::analysis::projection::states::{Held, State, States};
use crate::analysis::projection::{Reading, RunOptions};
use crate::log::{Log, Names};
use crate::model::{Cancelled, EventIx, StreamIx, Task};

/// All built-in folds but merging, which needs whole payloads.
pub(super) struct Native {
    reading: Reading,
    selection: Selection,
    built_in: BuiltIn,
    only: Option<StreamIx>,
    columns: Columns,
    rule: Rule,
    /// The row of the event folded last.
    row: usize,
}

/// What is done with an event.
enum Rule {
    Latest,
    Count,
    Figures,
    /// By type: whether it opens.
    Open(Vec<bool>),
}

impl Native {
    /// `None` for merging.
    pub fn new(built_in: &BuiltIn, reading: Reading, options: &RunOptions) -> Option<Self> {
        let rule = Rule::of(built_in, &reading.log)?;
        let (key, number): (&Key, Option<&str>) = match &built_in.fold {
            Fold::Merge => return None,
            Fold::Latest { by } | Fold::Counts { by } | Fold::Open { by, .. } => (by, None),
            Fold::Figures { field, by } => (by, Some(field)),
        };
        let pointer = number.map(|field| match field.starts_with('/') {
            true => field.to_owned(),
            false => format!("/{field}"),
        });
        Some(Self {
            selection: built_in.selection(&reading.log, options.only),
            only: options.only,
            columns: Columns::new(key.clone(), pointer.as_deref()),
            built_in: built_in.clone(),
            rule,
            row: 0,
            reading,
        })
    }

    /// The row of an event that was read.
    fn seek(&mut self, event: EventIx) -> Option<usize> {
        let events = &self.columns.events;
        let near = (self.row..=self.row + 1).find(|&row| events.get(row) == Some(&event));
        let row = near.or_else(|| events.binary_search(&event).ok())?;
        self.row = row;
        Some(row)
    }
}

impl Rule {
    /// `None` for merging.
    fn of(built_in: &BuiltIn, log: &Log) -> Option<Self> {
        Some(match &built_in.fold {
            Fold::Merge => return None,
            Fold::Latest { .. } => Self::Latest,
            Fold::Counts { .. } => Self::Count,
            Fold::Figures { .. } => Self::Figures,
            Fold::Open { opened, .. } => {
                let opens = |name: &str| opened.iter().any(|own| own == name);
                Self::Open(log.types().iter().map(opens).collect())
            }
        })
    }

    /// The state of a partition with its first event; none where that makes none.
    fn begin(&self, input: Input) -> Option<State> {
        match self {
            Self::Count => Some(State::Count(1)),
            Self::Latest => Some(State::Latest(input.event)),
            Self::Figures => input
                .number
                .map(|number| State::Figures(Figures::of(number))),
            // What is closed first was opened before the store begins.
            Self::Open(opens) => opened(opens, input).then_some(State::Open(Since {
                opened: input.event,
                closed: None,
            })),
        }
    }

    /// Folds a further event.
    fn fold(&self, state: &mut State, input: Input) {
        match (self, state) {
            (Self::Count, State::Count(count)) => *count += 1,
            (Self::Latest, State::Latest(latest)) => *latest = input.event,
            (Self::Figures, State::Figures(figures)) => {
                if let Some(number) = input.number {
                    figures.add(number);
                }
            }
            (Self::Open(opens), State::Open(since)) => match (opened(opens, input), since.closed) {
                (true, None) => {}
                (true, Some(_)) => {
                    *since = Since {
                        opened: input.event,
                        closed: None,
                    }
                }
                (false, _) => {
                    since.closed.get_or_insert(input.event);
                }
            },
            // A partition has states of one kind.
            _ => {}
        }
    }
}

/// Whether an event opens.
fn opened(opens: &[bool], input: Input) -> bool {
    opens.get(input.event_type as usize) == Some(&true)
}

/// What an event is to a rule.
#[derive(Clone, Copy)]
struct Input {
    event: EventIx,
    event_type: u32,
    number: Option<Decimal>,
}

impl Folding for Native {
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
        if !self.columns.bad.is_empty()
            && let Some(why) = self.columns.bad.get(&event)
        {
            return Ok(Done::Failed(None, why.clone()));
        }
        let Some(row) = self.seek(event) else {
            return Ok(Done::Skipped);
        };
        let partition = self.columns.partition[row];
        if partition == NOWHERE {
            return Ok(Done::Skipped);
        }
        let input = Input {
            event,
            event_type: self.reading.log.event_type(event).0,
            number: self.columns.number.get(row).copied().flatten(),
        };
        let mut place = states.place(partition);
        if let Some(held) = place.get() {
            held.last = event;
            self.rule.fold(&mut held.state, input);
            return Ok(Done::Folded(partition, Fed::Processed));
        }
        let Some(state) = self.rule.begin(input) else {
            return Ok(Done::Skipped);
        };
        place.set(Held { state, last: event });
        Ok(Done::Folded(partition, Fed::Processed))
    }

    fn grow(&mut self, reading: &Reading) {
        self.selection = self.built_in.selection(&reading.log, self.only);
        if let Some(rule) = Rule::of(&self.built_in, &reading.log) {
            self.rule = rule;
        }
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
