//! A saga among others: what it did as bars over the time since it began, in rows in which no name of a bar
//! runs into another.

use crate::gui::theme::{Tone, sizes};
use crate::gui::views::sagas::look;
use crate::gui::views::sagas::timeline::Edge;
use crate::model::{EventIx, Timestamp};
use crate::worker::SagaInFull;

/// From one row of bars to the next.
pub(super) const ROW: f32 = 20.0;
/// Rows of a saga in which each bar has room for its name.
const ROWS: usize = 6;
/// The least width of a bar; from its edge to its name within it, and beside it.
pub(super) const LEAST: f32 = 4.0;
pub(super) const INSIDE: f32 = 5.0;
pub(super) const BESIDE: f32 = 5.0;

/// Something a saga did, from when to when after its beginning, in microseconds.
pub(super) struct Bar {
    pub from: i64,
    pub to: i64,
    pub tone: Tone,
    pub words: String,
    pub name: String,
    pub event: EventIx,
    pub row: usize,
    pub at: NameAt,
}

/// Where the name of a bar stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameAt {
    /// On it.
    Inside,
    /// Right of it.
    After,
    /// Left of it, where the plot ends behind it.
    Before,
    /// There is no room: the pointer tells.
    Nowhere,
}

/// A saga as it is drawn.
pub(super) struct Lane<'a> {
    pub saga: &'a SagaInFull,
    pub began: Timestamp,
    /// Up to its end, or the cursor.
    pub lasts: i64,
    pub bars: Vec<Bar>,
    pub rows: usize,
}

impl<'a> Lane<'a> {
    pub fn of(saga: &'a SagaInFull, now: Option<Timestamp>) -> Option<Self> {
        let began = saga.report.started?;
        let messages = saga.sequence.messages.iter();
        let last = messages.filter_map(|message| message.time).max()?;
        let until = match saga.report.ended {
            Some(ended) => ended.max(last),
            None => now.unwrap_or(last).max(last),
        };
        let after = |time: Timestamp| (time - began).micros().max(0);
        let mut bars = Vec::new();
        for step in &saga.report.steps {
            let Some(from) = step.started else { continue };
            let to = step.ended.unwrap_or(until).max(from);
            bars.push(Bar {
                from: after(from),
                to: after(to),
                tone: look::outcome(step.status),
                words: format!("{}, {}", step.name, to - from),
                name: step.name.clone(),
                event: step.events.ended.unwrap_or(step.events.started),
                row: 0,
                at: NameAt::Nowhere,
            });
            let undone = step.compensation.as_ref().zip(step.events.undone);
            let Some((undone, (begun, ended))) = undone else {
                continue;
            };
            let Some(from) = undone.started else { continue };
            let to = undone.ended.unwrap_or(until).max(from);
            bars.push(Bar {
                from: after(from),
                to: after(to),
                tone: match undone.ended {
                    Some(_) => Tone::Compensated,
                    None => Tone::Compensating,
                },
                words: format!("undoes {}, {}", step.name, to - from),
                name: format!("undoes {}", step.name),
                event: ended.unwrap_or(begun),
                row: 0,
                at: NameAt::Nowhere,
            });
        }
        bars.sort_by_key(|bar| (bar.from, bar.to));
        Some(Self {
            saga,
            began,
            lasts: after(until),
            bars,
            rows: 1,
        })
    }

    /// Gives each bar its row and its name a place, where `place` is how far along the plot a time is, in
    /// points of its `width`, and `wide` how wide a name is.
    pub fn arrange(&mut self, width: f32, place: impl Fn(i64) -> f32, wide: impl Fn(&str) -> f32) {
        self.rows = arrange(&mut self.bars, width, place, wide);
    }

    /// The kinds of its bars.
    pub fn marks(&self) -> impl Iterator<Item = (Tone, Edge, &'static str)> {
        let word = |tone| match tone {
            Tone::Running => "running",
            Tone::Completed => "completed",
            Tone::Failed => "failed",
            Tone::Compensated => "undone",
            Tone::Compensating => "to be undone",
            _ => "expected, did not come",
        };
        let bars = self.bars.iter();
        bars.map(move |bar| (bar.tone, Edge::Whole, word(bar.tone)))
    }

    /// What it takes of the plot.
    pub fn height(&self) -> f32 {
        (self.rows as f32 * ROW + 16.0).max(44.0)
    }
}

/// Gives bars, which ascend, their rows and their names places; how many rows that takes.
fn arrange(
    bars: &mut [Bar],
    width: f32,
    place: impl Fn(i64) -> f32,
    wide: impl Fn(&str) -> f32,
) -> usize {
    let mut ends: Vec<f32> = Vec::new();
    for bar in bars {
        let (from, to) = (place(bar.from), place(bar.to));
        let to = to.max(from + LEAST);
        let name = wide(&bar.name);
        let (after, before) = (to + BESIDE + name, from - BESIDE - name);
        let (at, left, right) = if name + 2.0 * INSIDE <= to - from {
            (NameAt::Inside, from, to)
        } else if after <= width {
            (NameAt::After, from, after)
        } else if before >= 0.0 {
            (NameAt::Before, before, to)
        } else {
            (NameAt::Nowhere, from, to)
        };
        let row = |left: f32| ends.iter().position(|end| *end <= left);
        // Rather without its name than in a row of its own, where there are many.
        let (at, right, row) = match (row(left), ends.len() < ROWS) {
            (Some(row), _) => (at, right, row),
            (None, true) => (at, right, ends.len()),
            (None, false) => (NameAt::Nowhere, to, row(from).unwrap_or(ends.len())),
        };
        (bar.at, bar.row) = (at, row);
        let end = right + sizes::GAP;
        match ends.get_mut(row) {
            Some(own) => *own = end,
            None => ends.push(end),
        }
    }
    ends.len().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_bar_runs_into_another() {
        let bar = |from: i64, to: i64| Bar {
            from,
            to,
            tone: Tone::Completed,
            words: String::new(),
            name: "a step".to_owned(),
            event: EventIx(0),
            row: 0,
            at: NameAt::Nowhere,
        };
        let arranged = |bars: &[(i64, i64)]| {
            let mut bars: Vec<Bar> = bars.iter().map(|(from, to)| bar(*from, *to)).collect();
            let rows = arrange(&mut bars, 400.0, |time| time as f32, |_| 40.0);
            let all = bars.iter().map(|bar| (bar.row, bar.at));
            (rows, all.collect::<Vec<_>>())
        };
        // A long one has it inside; a short one beside it, and what would stand there in another row.
        let (rows, all) = arranged(&[(0, 100), (120, 122), (125, 128), (396, 400)]);
        use NameAt::{After, Before, Inside};
        assert_eq!(rows, 2);
        assert_eq!(all, [(0, Inside), (0, After), (1, After), (0, Before)]);
        // Of very many not all are named, and none stands on another.
        let many: Vec<(i64, i64)> = (0..40).map(|at| (at * 3, at * 3 + 30)).collect();
        let (rows, all) = arranged(&many);
        assert!(rows < 25, "{rows}");
        assert!(all.iter().any(|(_, at)| *at == NameAt::Nowhere));
    }
}
