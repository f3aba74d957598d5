//! Stores written by hand, for tests that need to say what stands in them.

use crate::log::{
    Body, Log, LogBuilder, Order, Payload, PayloadReader, Place, RawChunk, Row, Unreadable,
};
use crate::model::{Cancelled, EventIx, Task};

/// The log of these events, in their order. What stands before the first `-` of a stream is its category.
pub(crate) fn log_of_rows(rows: &[Row<'_>]) -> Log {
    let mut builder = LogBuilder::new(Order::Given);
    for (nth, rows) in rows.chunks(4096).enumerate() {
        let mut raw = RawChunk::default();
        for (at, row) in rows.iter().enumerate() {
            let at = (nth * 4096 + at) as i64;
            raw.next_record();
            let position = row.position.or(Some(at + 1));
            let place = Place { at, extent: 0 };
            let row = Row {
                position,
                place,
                ..*row
            };
            let category = row.stream.split('-').next().unwrap_or_default();
            raw.push(&row, || category.to_owned());
        }
        builder.append(raw);
    }
    builder.finish().0
}

/// Payload and metadata of each event; nothing for those beyond.
pub(crate) struct Written<'a>(pub &'a [[&'a str; 2]]);

impl PayloadReader for Written<'_> {
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        for &event in events {
            task.check()?;
            let own = usize::try_from(log.place(event).at).ok();
            let [data, metadata] = own
                .and_then(|at| self.0.get(at))
                .copied()
                .unwrap_or(["", ""]);
            let payload = |text: &str| match text {
                "" => Payload::Absent,
                text => Payload::from_text(text.to_owned()),
            };
            let body = Body {
                data: payload(data),
                metadata: payload(metadata),
                native_position: None,
            };
            each(event, Ok(body));
        }
        Ok(())
    }
}
