//! Rows of many chunks as one chunk in another order.

use crate::log::Clock;
use crate::log::chunk::{Chunk, Marks, TimeColumn};
use crate::log::ids::{Form, IdColumn, Named, RowIds};
use crate::log::index::Chunks;
use crate::log::ints::Ints;
use crate::log::raw::Times;
use crate::model::Timestamp;

/// The rows of `from` in the order of `events`, as one chunk beginning at `first`. `before` are the
/// times, by clock, of the event before it.
pub(super) fn gather(
    from: Chunks<'_>,
    events: impl Iterator<Item = u32>,
    first: u32,
    before: [Option<Timestamp>; 2],
) -> Chunk {
    let rows = Rows(events.filter_map(|event| from.row(event)).collect());
    let positions = rows.0.iter().all(|(chunk, _)| chunk.position.is_some());
    Chunk {
        events: first..first + rows.0.len() as u32,
        stream: rows.numbers(|chunk, row| chunk.stream[row]),
        event_type: rows.numbers(|chunk, row| chunk.event_type[row]),
        version: rows.ints(|chunk, row| chunk.version.get(row)),
        counted: Marks::new(rows.0.iter().map(|&(chunk, row)| chunk.counted.get(row))),
        position: positions.then(|| rows.ints(Chunk::own_position)),
        recorded: rows.times(Clock::Recorded, before[Clock::Recorded as usize]),
        occurred: rows.times(Clock::Occurred, before[Clock::Occurred as usize]),
        at: rows.ints(|chunk, row| chunk.at.get(row)),
        extent: rows.ints(|chunk, row| chunk.extent.get(row)),
        schema_version: rows.ints(|chunk, row| chunk.schema_version.get(row)),
        ids: RowIds::pack(
            rows.own_ids(),
            rows.named(RowIds::correlations),
            rows.named(RowIds::causes),
        ),
        ends: rows.marked(Chunk::end),
        ended: rows.marked(|chunk, row| Some(chunk.ended(row)?.how)),
        ended_since: rows.marked(|chunk, row| chunk.ended(row)?.since),
    }
}

/// Rows with the chunks that they stand in.
struct Rows<'a>(Vec<(&'a Chunk, usize)>);

impl<'a> Rows<'a> {
    fn numbers(&self, get: impl Fn(&Chunk, usize) -> u32) -> Vec<u32> {
        self.0.iter().map(|&(chunk, row)| get(chunk, row)).collect()
    }

    fn ints(&self, get: impl Fn(&Chunk, usize) -> i64) -> Ints {
        let values: Vec<i64> = self.0.iter().map(|&(chunk, row)| get(chunk, row)).collect();
        Ints::pack(&values)
    }

    fn times(&self, clock: Clock, before: Option<Timestamp>) -> Option<TimeColumn> {
        let mut times = Times::default();
        for &(chunk, row) in &self.0 {
            let own = chunk.times(clock).filter(|column| !column.is_untimed(row));
            times.push(own.map(|column| column.get(row)));
        }
        TimeColumn::new(&times, before)
    }

    fn own_ids(&self) -> IdColumn {
        let mut ids = IdColumn::with_room(self.0.len());
        for &(chunk, row) in &self.0 {
            ids.push(chunk.ids.own(row));
        }
        ids
    }

    fn named(&self, of: impl Fn(&'a RowIds) -> Named<'a>) -> (IdColumn, Form) {
        let mut ids = IdColumn::with_room(self.0.len());
        let mut form = Form::Either;
        for &(chunk, row) in &self.0 {
            let named = of(&chunk.ids);
            ids.push(named.get(row));
            form = form.max(named.form());
        }
        (ids, form)
    }

    fn marked<T>(&self, get: impl Fn(&Chunk, usize) -> Option<T>) -> Vec<(u32, T)> {
        let rows = self.0.iter().zip(0..);
        rows.filter_map(|(&(chunk, row), to)| Some((to, get(chunk, row)?)))
            .collect()
    }
}
