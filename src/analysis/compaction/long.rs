//! Streams that are long enough to want snapshots, and what a replay of them reads.

use hashbrown::HashMap;

use super::report::{Amount, LongStream};
use super::{Compacted, CompactionError};
use crate::analysis::{scan, side};
use crate::log::{Says, SideKind};
use crate::model::{StreamIx, Task, Version};

/// So many events can be read in no time.
pub(super) const LONG: u32 = 100;

/// The streams of a hundred events and more that have not ended, the longest since its snapshot first.
///
/// # Errors
/// [`CompactionError`] when the task was called off, or the store could not be read.
pub fn long_streams(of: Compacted<'_>, task: &Task) -> Result<Vec<LongStream>, CompactionError> {
    let Compacted { whole, bodies } = of;
    let (log, cut) = (whole.log, whole.cut);
    let mut lengths = vec![0_u32; log.streams().len()];
    scan::known(log, &cut, 0..cut.outside().0, task, |run| {
        for stream in run.streams() {
            lengths[*stream as usize] += 1;
        }
    })?;
    let lengths = lengths.into_iter().enumerate();
    let long = lengths.filter(|(_, length)| *length >= LONG);
    let long: Vec<StreamIx> = long.map(|(at, _)| StreamIx::from_usize(at)).collect();
    if long.is_empty() {
        return Ok(Vec::new());
    }
    let covered = covered(of, task)?;
    let mut found = Vec::new();
    for stream in long {
        task.check()?;
        let mut own = log.stream_events(stream);
        own.retain(|event| log.stream(*event) == stream && cut.holds(log, *event));
        let ended = own.iter().any(|event| log.stream_end(*event).is_some());
        let Some(last) = own.last().copied().filter(|_| !ended) else {
            continue;
        };
        let snapshot = covered.get(&stream).copied();
        let (mut whole, mut since) = (Amount::default(), Amount::default());
        for event in own {
            let one = Amount::one(bodies.size(event));
            whole += one;
            if snapshot.is_none_or(|covered| log.version(event) > covered) {
                since += one;
            }
        }
        found.push(LongStream {
            stream: log.stream_name(stream).to_owned(),
            whole,
            snapshot,
            since,
            last,
        });
    }
    found.sort_by_key(|own| std::cmp::Reverse((own.since.events, own.last)));
    Ok(found)
}

/// The version of the last snapshot of each stream.
fn covered(of: Compacted<'_>, task: &Task) -> Result<HashMap<StreamIx, Version>, CompactionError> {
    let log = of.whole.log;
    let mut covered: HashMap<StreamIx, Version> = HashMap::new();
    side::known(
        log,
        &of.whole.cut,
        of.whole.rows,
        SideKind::Snapshots,
        task,
        &mut |row| {
            let file = row.file;
            let Says::Snapshot(row) = row.says else {
                return;
            };
            let reached = row.reached.as_ref().and_then(|mark| log.marked(file, mark));
            let stream = match (reached, &row.stream) {
                (Some(event), _) => Some(log.stream(event)),
                (None, Some(name)) => log.streams().find(name).map(StreamIx),
                (None, None) => None,
            };
            let version = row
                .version
                .or_else(|| reached.map(|event| log.version(event)));
            if let Some((stream, version)) = stream.zip(version) {
                let last = covered.entry(stream).or_insert(version);
                *last = version.max(*last);
            }
        },
    )?;
    Ok(covered)
}
