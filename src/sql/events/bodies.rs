//! Payloads of the events that a search goes through: read only when one is looked at, then several
//! ahead, as many as were of use the last time.

use crate::analysis::events::Content;
use crate::log::{Body, Unreadable};
use crate::model::EventIx;
use crate::sql::table::interrupted;

use super::Known;

/// Bodies read at least, and at most, in one go.
const FEWEST: usize = 16;
const MOST: usize = 4096;

/// Bytes of bodies held, as far as those before them tell.
const HELD: usize = 16 << 20;

type Read = Result<Body, Unreadable>;

/// The bodies of some events of a block, the first of them its `first`-th.
#[derive(Default)]
pub(super) struct Bodies {
    first: usize,
    bodies: Vec<Read>,
    /// How many of them were looked at, and the last one that was.
    used: usize,
    last: Option<usize>,
}

impl Bodies {
    /// The body of the event at a place of its block. Places only go up.
    pub fn at(&mut self, known: &Known, block: &[u32], place: usize) -> rusqlite::Result<&Read> {
        let end = self.first + self.bodies.len();
        if !(self.first..end).contains(&place) {
            self.read(known, block, place)?;
        }
        if self.last != Some(place) {
            self.last = Some(place);
            self.used += 1;
        }
        self.bodies.get(place - self.first).ok_or_else(|| {
            rusqlite::Error::ModuleError("a payload was asked for and not answered".to_owned())
        })
    }

    /// Forgets the block, not how many were of use.
    pub fn leave(&mut self) {
        self.bodies.clear();
        self.last = None;
    }

    fn read(&mut self, known: &Known, block: &[u32], place: usize) -> rusqlite::Result<()> {
        let size = |read: &Read| {
            read.as_ref()
                .map_or(0, |body| body.data.size() + body.metadata.size())
        };
        let bytes: usize = self.bodies.iter().map(size).sum();
        let each = bytes / self.bodies.len().max(1);
        let ahead = (self.used * 2)
            .clamp(FEWEST, MOST)
            .min(HELD / each.max(1))
            .max(1);
        let end = (place + ahead).min(block.len());
        let events: Vec<EventIx> = block[place..end].iter().copied().map(EventIx).collect();
        (self.first, self.used, self.last) = (place, 0, None);
        self.bodies.clear();
        let scene = &known.scene;
        let bodies = &mut self.bodies;
        let mut each = |_, body| bodies.push(body);
        let read = scene
            .payloads
            .read(&scene.log, &events, &known.task, &mut each);
        read.map_err(interrupted)
    }
}

/// A payload as `asof events --json` writes it.
pub(in crate::sql) fn text(content: &Content) -> Option<String> {
    match content {
        Content::Absent => None,
        Content::Json(raw) => Some(raw.get().to_owned()),
        // Texts and bytes always have a JSON.
        other => serde_json::to_string(other).ok(),
    }
}
