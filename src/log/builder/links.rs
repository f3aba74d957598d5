//! Links that come later than their events.

use std::ops::Range;
use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use super::LogBuilder;
use crate::log::index::{Chunks, LinkedVersion, Segment};
use crate::log::raw::{FurtherLink, NONE, Place};

impl LogBuilder {
    /// Puts events that are there already, of those whose places `of` says yes to, into further
    /// streams. Links that are known, or whose events are not, are left out. How many came in.
    pub fn link(&mut self, links: &[FurtherLink], of: impl Fn(Place) -> bool) -> usize {
        let events = self.events_at(links.iter().map(|link| link.at), of);
        let mut added: Vec<LinkedVersion> = Vec::new();
        let mut new = HashSet::new();
        for link in links {
            let Some(&event) = events.get(&link.at) else {
                continue;
            };
            let Self {
                streams,
                categories,
                ..
            } = self;
            let stream = streams.intern_with(&link.stream, || categories.intern(&link.category));
            if !self.stands_in(event, stream) && new.insert((event, stream)) {
                self.versions.note_uneven(stream);
                added.push(LinkedVersion {
                    event,
                    stream,
                    version: link.version.unwrap_or(NONE),
                });
            }
        }
        let count = added.len();
        let events: HashSet<u32> = added.iter().map(|link| link.event).collect();
        self.links.extend(added);
        self.links.sort_by_key(|link| link.event);
        self.relink(&events);
        count
    }

    /// The events in the records at these places; of several in one record the first.
    fn events_at(
        &self,
        places: impl Iterator<Item = i64>,
        of: impl Fn(Place) -> bool,
    ) -> HashMap<i64, u32> {
        let wanted: HashSet<i64> = places.collect();
        let mut events = HashMap::new();
        if wanted.is_empty() {
            return events;
        }
        for chunk in &self.log.chunks {
            for (at, event) in chunk.at.iter().zip(chunk.events.clone()) {
                let row = (event - chunk.events.start) as usize;
                if wanted.contains(&at) && of(chunk.place(row)) {
                    events.entry(at).or_insert(event);
                }
            }
        }
        events
    }

    fn stands_in(&self, event: u32, stream: u32) -> bool {
        let own = Chunks(&self.log.chunks).row(event);
        let own = own.map(|(chunk, row)| chunk.stream[row]);
        let mut links = within(&self.links, &(event..event + 1)).iter();
        own == Some(stream) || links.any(|link| link.stream == stream)
    }

    /// Makes the postings anew that `events` stand in.
    fn relink(&mut self, events: &HashSet<u32>) {
        for segment in &mut self.log.segments {
            if !events.iter().any(|event| segment.events.contains(event)) {
                continue;
            }
            let range = segment.events.clone();
            let links = within(&self.links, &range).to_vec();
            let chunks = Chunks(&self.log.chunks);
            let mut new = Segment::build(chunks, range, links, self.streams.names());
            new.ids.clone_from(&segment.ids);
            *segment = Arc::new(new);
        }
    }
}

/// The links of `events`, of links in the order of their events.
pub(super) fn within<'l>(links: &'l [LinkedVersion], events: &Range<u32>) -> &'l [LinkedVersion] {
    let from = links.partition_point(|link| link.event < events.start);
    let to = links.partition_point(|link| link.event < events.end);
    &links[from..to]
}
