//! Rows of many chunks as one chunk in another order.

use super::Clock;
use super::chunk::{Chunk, TimeColumn};
use super::ids::IdColumn;
use super::index::Chunks;
use super::ints::Ints;
use super::raw::{NO_NAME, NONE, Times};
use crate::model::Timestamp;

/// The rows of `from` in the order of `rows`, as one chunk beginning at `first`.
pub(super) fn gather(
    from: Chunks<'_>,
    rows: &[u32],
    first: u32,
    last: &mut [Option<Timestamp>; 2],
) -> Chunk {
    let located: Vec<(&Chunk, usize)> = rows.iter().filter_map(|&event| from.row(event)).collect();
    let ints = |get: &dyn Fn(&Chunk, usize) -> i64| {
        Ints::pack(
            &located
                .iter()
                .map(|&(chunk, row)| get(chunk, row))
                .collect::<Vec<_>>(),
        )
    };
    let positions = located.iter().all(|(chunk, _)| chunk.position.is_some());
    let correlated = located.iter().any(|(chunk, _)| chunk.correlation.is_some());
    let mut times = [Clock::Recorded, Clock::Occurred].map(|clock| {
        let mut times = Times::default();
        for &(chunk, row) in &located {
            let own = chunk.times(clock).filter(|column| !column.is_untimed(row));
            times.push(own.map(|column| column.get(row)));
        }
        TimeColumn::new(&times, last[clock as usize])
    });
    for (last, column) in last.iter_mut().zip(&times) {
        *last = column.as_ref().and_then(TimeColumn::last).or(*last);
    }
    let (mut event_id, mut causation) = (IdColumn::default(), IdColumn::default());
    let mut ends = Vec::new();
    for (to, &(chunk, row)) in located.iter().enumerate() {
        event_id.push(chunk.event_id.get(row).map(|id| id.to_string()).as_deref());
        let cause = chunk.causation.as_ref().and_then(|column| column.get(row));
        causation.push(cause.map(|id| id.to_string()).as_deref());
        let own = chunk.ends.iter().filter(|(at, _)| *at as usize == row);
        ends.extend(own.map(|&(_, end)| (to as u32, end)));
    }
    let [recorded, occurred] = [times[0].take(), times[1].take()];
    Chunk {
        events: first..first + rows.len() as u32,
        stream: located
            .iter()
            .map(|&(chunk, row)| chunk.stream[row])
            .collect(),
        kind: located
            .iter()
            .map(|&(chunk, row)| chunk.kind[row])
            .collect(),
        version: ints(&|chunk, row| chunk.version.get(row)),
        position: positions.then(|| {
            ints(&|chunk, row| {
                chunk
                    .position
                    .as_ref()
                    .map_or(NONE, |column| column.get(row))
            })
        }),
        recorded,
        occurred,
        at: ints(&|chunk, row| chunk.at.get(row)),
        extent: ints(&|chunk, row| chunk.extent.get(row)),
        schema_version: ints(&|chunk, row| chunk.schema_version.get(row)),
        correlation: correlated.then(|| {
            located
                .iter()
                .map(|&(chunk, row)| chunk.correlation(row).unwrap_or(NO_NAME))
                .collect()
        }),
        event_id,
        causation: Some(causation),
        ends,
    }
}
