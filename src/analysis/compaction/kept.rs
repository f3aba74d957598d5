//! Which events log compaction keeps: the last of each key.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::report::{Amount, CategorySaving};
use super::{Compacted, CompactionError};
use crate::analysis::bodies::BodiesError;
use crate::analysis::scan;
use crate::log::{Log, Unreadable};
use crate::model::{EventIx, Task};

/// The key of a compaction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompactBy {
    /// The stream.
    #[default]
    Stream,
    /// The event type within a stream.
    Type,
    /// A field of the payload, by a JSON pointer.
    Field(String),
}

impl CompactBy {
    /// As it is written: `stream`, `type`, or the pointer.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Stream => "stream",
            Self::Type => "type",
            Self::Field(pointer) => pointer,
        }
    }
}

impl std::str::FromStr for CompactBy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "stream" => Ok(Self::Stream),
            "type" => Ok(Self::Type),
            pointer if pointer.starts_with('/') => Ok(Self::Field(pointer.to_owned())),
            _ => Err("write stream, type, or a pointer into the payload such as /order_id".into()),
        }
    }
}

/// What is kept of the events known at a cut.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// By event.
    is_kept: Vec<bool>,
    /// All and what is kept, by category.
    by_category: Vec<[Amount; 2]>,
    pub without_key: u64,
}

impl Kept {
    pub fn is(&self, event: EventIx) -> bool {
        self.is_kept.get(event.at()).copied().unwrap_or(false)
    }

    /// All events, and those that are kept.
    pub fn amounts(&self) -> [Amount; 2] {
        let mut sums = [Amount::default(); 2];
        for own in &self.by_category {
            sums[0] += own[0];
            sums[1] += own[1];
        }
        sums
    }

    pub fn categories(&self, log: &Log) -> Vec<CategorySaving> {
        let own = self.by_category.iter().enumerate();
        let own = own.filter(|(_, [total, _])| total.events > 0);
        let mut all: Vec<CategorySaving> = own
            .map(|(at, [total, keeps])| CategorySaving {
                name: log
                    .category_name(crate::model::CategoryIx(at as u32))
                    .to_owned(),
                total: *total,
                keeps: *keeps,
            })
            .collect();
        let saved = |own: &CategorySaving| (own.total - own.keeps).bytes;
        all.sort_by(|a, b| (saved(b), &a.name).cmp(&(saved(a), &b.name)));
        all
    }
}

pub(super) fn kept(
    of: Compacted<'_>,
    by: &CompactBy,
    task: &Task,
) -> Result<Kept, CompactionError> {
    let Compacted { whole, bodies } = of;
    let (log, cut) = (whole.log, whole.cut);
    let mut kept = Kept {
        is_kept: vec![false; cut.outside().at()],
        by_category: vec![Default::default(); log.categories().len()],
        without_key: 0,
    };
    match by {
        CompactBy::Stream => {
            let mut last = vec![None; log.streams().len()];
            each(of, task, &mut |event, stream, _| {
                last[stream as usize] = Some(event);
            })?;
            last.into_iter()
                .flatten()
                .for_each(|event: EventIx| kept.is_kept[event.at()] = true);
        }
        CompactBy::Type => {
            let mut last: HashMap<(u32, u32), EventIx, FixedState> = HashMap::default();
            each(of, task, &mut |event, stream, kind| {
                last.insert((stream, kind), event);
            })?;
            last.into_values()
                .for_each(|event| kept.is_kept[event.at()] = true);
        }
        CompactBy::Field(pointer) => by_field(of, pointer, &mut kept, task)?,
    }
    each(of, task, &mut |event, stream, _| {
        let category = log.category(crate::model::StreamIx(stream));
        let own = &mut kept.by_category[category.at()];
        let one = Amount::one(bodies.size(event));
        own[0] += one;
        if kept.is_kept[event.at()] {
            own[1] += one;
        }
    })?;
    Ok(kept)
}

/// All known events with stream and type.
fn each(
    of: Compacted<'_>,
    task: &Task,
    see: &mut dyn FnMut(EventIx, u32, u32),
) -> Result<(), CompactionError> {
    let end = of.whole.cut.outside().0;
    Ok(scan::known(
        of.whole.log,
        &of.whole.cut,
        0..end,
        task,
        |run| {
            let rows = run.streams().iter().zip(run.types()).enumerate();
            for (row, (stream, kind)) in rows {
                see(EventIx(run.events().start + row as u32), *stream, *kind);
            }
        },
    )?)
}

/// Payloads read at a time.
const BATCH: usize = 4096;

fn by_field(
    of: Compacted<'_>,
    pointer: &str,
    kept: &mut Kept,
    task: &Task,
) -> Result<(), CompactionError> {
    let known = of
        .whole
        .cut
        .known(of.whole.log)
        .into_iter()
        .flatten()
        .map(EventIx);
    let known: Vec<EventIx> = known.collect();
    let mut last: HashMap<String, EventIx, FixedState> = HashMap::default();
    let mut rewritten = false;
    for batch in known.chunks(BATCH) {
        of.whole
            .payloads
            .read(of.whole.log, batch, task, &mut |event, body| {
                rewritten |= matches!(body, Err(Unreadable::Rewritten));
                let json = body.as_ref().ok().and_then(|body| body.data.json());
                let value = json.and_then(|json| serde_json::from_str::<Value>(json).ok());
                let key = value.as_ref().and_then(|value| value.pointer(pointer));
                match key.filter(|key| !key.is_null()) {
                    Some(key) => {
                        last.insert(key.to_string(), event);
                    }
                    None => {
                        kept.is_kept[event.at()] = true;
                        kept.without_key += 1;
                    }
                }
            })?;
    }
    if rewritten {
        return Err(BodiesError::Rewritten.into());
    }
    last.into_values()
        .for_each(|event| kept.is_kept[event.at()] = true);
    Ok(())
}
