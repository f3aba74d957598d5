//! The first events of a file as a mapping reads them, before it is kept. Opens the file anew and
//! reads one chunk of it.

use std::path::{Path, PathBuf};

use hashbrown::HashSet;

use crate::log::Log;
use crate::model::{EventIx, Position, StreamIx, Task, Timestamp, Version};
use crate::store::layout::Layout;
use crate::store::{NAMELESS, OpenError, OpenOptions, Store, Tail};
use crate::worker::{Asked, Question, Room, Unanswered};

/// Events shown.
const ROWS: usize = 30;

/// Asks for the first events of a file as a mapping reads them.
#[derive(Clone, Debug, PartialEq)]
pub struct AskPreview {
    /// The file or folder.
    pub path: PathBuf,
    /// The mapping.
    pub layout: Layout,
}

impl Question for AskPreview {
    type Answer = Result<Preview, String>;
    const ROOM: Room = Room::Scans;

    fn outdates(&self, _before: &Self) -> bool {
        true
    }

    fn answer(&self, asked: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let found = preview(&self.path, &self.layout, asked.task);
        asked.task.check()?;
        Ok(found)
    }
}

/// A file as a mapping reads it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// Its first events.
    pub rows: Vec<PreviewRow>,
    /// Whether any of them has an event type.
    pub is_typed: bool,
    /// Records in the first chunk that could not be read, or not wholly.
    pub problems: u64,
    /// What was wrong with the first of them.
    pub problem: Option<String>,
}

/// An event as it would be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct PreviewRow {
    /// Its position.
    pub position: Position,
    /// Its stream.
    pub stream: String,
    /// Its version.
    pub version: Version,
    /// Its type.
    pub event_type: String,
    /// Its time by the store's usual clock.
    pub time: Option<Timestamp>,
    /// Its payload on a line.
    pub payload: String,
}

/// Reads the first events of `path` by `layout`. An error is a sentence.
fn preview(path: &Path, layout: &Layout, task: &Task) -> Result<Preview, String> {
    let options = OpenOptions {
        layout: Some(layout.clone()),
    };
    let sentence = |error: OpenError| error.to_string();
    let mut store = Store::open(path, &options, task).map_err(sentence)?;
    let mut builder = store.builder();
    let mut first: Option<Log> = None;
    // One chunk is enough: the rest is called off.
    let reading = task.part();
    let read = store.index(&mut builder, Tail::Following, &reading, &mut |builder| {
        first.get_or_insert_with(|| builder.snapshot());
        reading.cancel();
    });
    match read {
        Ok(_) | Err(OpenError::Cancelled(_)) => {}
        Err(error) => return Err(error.to_string()),
    }
    let log = first.unwrap_or_else(|| builder.snapshot());
    let events = telling(&log);
    let mut rows: Vec<PreviewRow> = events.iter().map(|event| row(&log, *event)).collect();
    let read = store
        .payloads()
        .read(&log, &events, task, &mut |event, body| {
            let row = events.binary_search(&event).ok();
            if let Some(row) = row.and_then(|row| rows.get_mut(row)) {
                row.payload = match body {
                    Ok(body) => super::event::line(&body.data),
                    Err(unreadable) => unreadable.to_string(),
                };
            }
        });
    read.map_err(|cancelled| cancelled.to_string())?;
    Ok(Preview {
        is_typed: rows.iter().any(|row| row.event_type != NAMELESS),
        rows,
        problems: log.problem_count(),
        problem: log
            .problems()
            .first()
            .map(|problem| format!("{}: {}", problem.place, problem.message)),
    })
}

/// The first events, ascending. Where each of them begins another stream they would say nothing of versions:
/// then half of them make room for what comes next in the streams of the others.
fn telling(log: &Log) -> Vec<EventIx> {
    let first: Vec<EventIx> = log.events().take(ROWS).collect();
    let streams: HashSet<StreamIx> = first.iter().map(|event| log.stream(*event)).collect();
    if streams.len() < first.len() {
        return first;
    }
    let half = first.len().div_ceil(2);
    let streams: HashSet<StreamIx> = first[..half]
        .iter()
        .map(|event| log.stream(*event))
        .collect();
    let next = log.events().skip(first.len());
    let next = next.filter(|event| streams.contains(&log.stream(*event)));
    let next: Vec<EventIx> = next.take(first.len() - half).collect();
    let kept = first.len() - next.len();
    first.into_iter().take(kept).chain(next).collect()
}

fn row(log: &Log, event: EventIx) -> PreviewRow {
    PreviewRow {
        position: log.position(event),
        stream: log.stream_name(log.stream(event)).to_owned(),
        version: log.version(event),
        event_type: log.type_name(log.event_type(event)).to_owned(),
        time: log.time(event, log.default_clock()),
        payload: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{LogBuilder, Order, RawChunk, Row};

    fn shown(streams: impl IntoIterator<Item = u32>) -> Vec<usize> {
        let mut raw = RawChunk::default();
        for stream in streams {
            let stream = format!("order-{stream}");
            let row = Row {
                stream: &stream,
                event_type: "OrderPlaced",
                ..Row::default()
            };
            raw.push(&row, String::new);
        }
        let mut builder = LogBuilder::new(Order::Given);
        builder.append(raw);
        let events = telling(&builder.finish().0);
        events.iter().map(|event| event.at()).collect()
    }

    #[test]
    fn the_first_events_are_shown_and_some_stream_twice() {
        assert_eq!(shown([1, 2, 1]), [0, 1, 2]);
        assert_eq!(shown(0..3), [0, 1, 2]);
        let streams: Vec<u32> = (0..200).map(|at| at % 100).collect();
        let expected: Vec<usize> = (0..15).chain(100..115).collect();
        assert_eq!(shown(streams.clone()), expected);
        // Nobody comes twice.
        assert_eq!(shown(0..100), (0..30).collect::<Vec<_>>());
    }
}
