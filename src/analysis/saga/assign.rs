//! Telling the instances of one group apart: an instance for each event that nothing in the group
//! caused, with what it led to. A pure function of the group's known events.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use crate::log::{CauseRef, IdRef, Log};
use crate::model::{EventIx, StreamIx, TypeIx};

/// An event of no instance: it stands in the group before anything that could begin one.
pub(super) const NOBODY: u32 = u32::MAX;
/// One whose instance is not settled yet.
const OPEN: u32 = NOBODY - 1;
/// One that is being settled.
const ON_WAY: u32 = OPEN - 1;

/// What begins instances.
#[derive(Clone, Debug)]
pub(super) struct Starts {
    /// Events of these types; without them all that nothing in their group has caused.
    pub types: Option<Vec<u32>>,
    /// The first event of the store that says what caused it. Where none does a group is one instance,
    /// since nothing tells more.
    pub causes_from: Option<u32>,
    /// Whether events without a cause belong to whoever had their stream before.
    pub strays: Strays,
}

/// Whose an event is that nothing in its group has caused and that begins nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strays {
    /// Of the instance that had its stream before.
    ByStream,
    /// Of nobody but itself: groups are made of causes, and of nothing else.
    Alone,
}

impl Starts {
    /// Whether the store says of some event what caused it.
    fn tells_causes(&self) -> bool {
        self.causes_from.is_some()
    }
}

/// Where causes stand in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Causes {
    /// Before all that they led to.
    Before,
    /// One stands behind its effect, so that what is known of the group at an earlier moment may belong
    /// together otherwise.
    Behind,
}

/// Tells instances apart, group after group; what it holds is used again.
#[derive(Debug)]
pub(super) struct Assigner<'a> {
    log: &'a Log,
    starts: &'a Starts,
    /// By place in the group: its instance.
    pub owners: Vec<u32>,
    /// By place in the group: the place of what caused it, or [`NOBODY`].
    pub causes: Vec<u32>,
    /// The first event of each instance.
    begun: Vec<u32>,
    /// Who had the last event of a stream.
    streams: HashMap<u32, u32>,
    way: Vec<usize>,
    /// All that repeat an id, ascending.
    copies: Arc<[u32]>,
    /// Those of the group by their id, each the first of its own; none before anybody asks.
    of_group: Option<HashMap<IdRef<'a>, usize>>,
    /// Where causes stand in the group that was told apart last.
    pub order: Causes,
}

impl<'a> Assigner<'a> {
    pub fn new(log: &'a Log, starts: &'a Starts, copies: &Arc<[u32]>) -> Self {
        Self {
            log,
            starts,
            owners: Vec::new(),
            causes: Vec::new(),
            begun: Vec::new(),
            streams: HashMap::new(),
            way: Vec::new(),
            copies: Arc::clone(copies),
            of_group: None,
            order: Causes::Before,
        }
    }

    /// Tells apart the instances that `events` are, which are all that is known of a group, ascending;
    /// [`Assigner::owners`] says then whose each is.
    pub fn assign(&mut self, events: &[u32]) {
        self.owners.clear();
        self.owners.resize(events.len(), OPEN);
        self.causes.clear();
        self.causes.resize(events.len(), NOBODY);
        self.begun.clear();
        self.streams.clear();
        self.of_group = None;
        self.order = Causes::Before;
        for at in 0..events.len() {
            self.follow(events, at);
        }
    }

    /// Settles an event and, before it, what caused it. Of causes in a circle the first event is
    /// where it begins.
    fn follow(&mut self, events: &[u32], at: usize) {
        self.way.clear();
        let mut now = at;
        let (owner, root) = loop {
            match self.owners[now] {
                ON_WAY => {
                    let from = self.way.iter().position(|own| *own == now);
                    let circle = &self.way[from.unwrap_or_default()..];
                    break (None, circle.iter().copied().min().unwrap_or(now));
                }
                OPEN => {}
                NOBODY => break (None, self.way.last().copied().unwrap_or(now)),
                owner => break (Some(owner), now),
            }
            self.owners[now] = ON_WAY;
            self.way.push(now);
            match self.cause(events, now) {
                Some(cause) => {
                    self.causes[now] = cause as u32;
                    if cause > now {
                        self.order = Causes::Behind;
                    }
                    now = cause;
                }
                None => break (None, now),
            }
        };
        if self.way.is_empty() {
            return;
        }
        let owner = owner.unwrap_or_else(|| self.begin(events, root));
        while let Some(settled) = self.way.pop() {
            self.owners[settled] = owner;
            if owner != NOBODY {
                let stream = self.log.stream(EventIx(events[settled]));
                self.streams.insert(stream.0, owner);
            }
        }
    }

    /// The place in the group of what caused an event.
    fn cause(&mut self, events: &[u32], at: usize) -> Option<usize> {
        let event = EventIx(events[at]);
        let id = match self.log.cause(event)? {
            CauseRef::Event(cause) => match events.binary_search(&cause.0) {
                Ok(cause) => return (cause != at).then_some(cause),
                Err(_) => self.log.causation(event)?,
            },
            CauseRef::Elsewhere(_) => return None,
        };
        // The first event of that id is no other than a copy of it, as far as the group goes.
        let (log, copies) = (self.log, &self.copies);
        let of_group = self.of_group.get_or_insert_with(|| {
            let places = events.iter().enumerate().rev();
            let again = places.filter(|(_, event)| copies.binary_search(event).is_ok());
            let ids =
                again.filter_map(|(place, event)| Some((log.event_id(EventIx(*event))?, place)));
            ids.collect()
        });
        of_group.get(&id).copied().filter(|copy| *copy != at)
    }

    /// Whose an event is that nothing in the group has caused.
    fn begin(&mut self, events: &[u32], at: usize) -> u32 {
        let event = EventIx(events[at]);
        let (own, newest) = match self.starts.strays {
            Strays::ByStream => (
                self.streams.get(&self.log.stream(event).0).copied(),
                (self.begun.len() as u32).checked_sub(1),
            ),
            Strays::Alone => (None, None),
        };
        let Some(types) = &self.starts.types else {
            return match (own, newest) {
                (Some(own), _) => own,
                (None, Some(_)) if !self.starts.tells_causes() => 0,
                (None, _) => self.add(event),
            };
        };
        let starts = types.contains(&self.log.event_type(event).0);
        let again = own.is_some_and(|own| self.says_the_same(event, own));
        if starts && !again {
            return self.add(event);
        }
        own.or(newest).unwrap_or(NOBODY)
    }

    fn add(&mut self, event: EventIx) -> u32 {
        self.begun.push(event.0);
        self.begun.len() as u32 - 1
    }

    /// Whether an event is the beginning of an instance once more.
    fn says_the_same(&self, event: EventIx, instance: u32) -> bool {
        let first = EventIx(self.begun[instance as usize]);
        saying(self.log, event) == saying(self.log, first)
    }
}

type Saying<'a> = (TypeIx, StreamIx, Option<IdRef<'a>>);

/// What is the same of an event that somebody has recorded twice: its type, its stream and its cause.
fn saying(log: &Log, event: EventIx) -> Saying<'_> {
    (
        log.event_type(event),
        log.stream(event),
        log.causation(event),
    )
}

/// All events that repeat an id, ascending.
pub(super) fn copies(log: &Log) -> Arc<[u32]> {
    let mut copies: Vec<u32> = log.repeated_ids().map(|event| event.0).collect();
    copies.sort_unstable();
    copies.into()
}

/// What an event of an instance adds to those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// It is another event.
    Event,
    /// It says what an earlier one said, from the same cause: delivered and handled twice.
    Again,
    /// It is an earlier one, by its id.
    Copy,
}

/// Finds repetitions within instances.
#[derive(Debug)]
pub(super) struct Repeats<'a> {
    log: &'a Log,
    /// All that repeat an id, ascending.
    copies: Arc<[u32]>,
    starts: &'a Starts,
    /// By type: the last instance that had it.
    seen: Vec<u32>,
    instance: u32,
    said: HashSet<Saying<'a>>,
}

impl<'a> Repeats<'a> {
    pub fn new(log: &'a Log, starts: &'a Starts, copies: &Arc<[u32]>) -> Self {
        Self {
            log,
            copies: Arc::clone(copies),
            starts,
            seen: vec![0; log.types().len()],
            instance: 0,
            said: HashSet::new(),
        }
    }

    /// Calls `each` with the events of an instance, by place, and what each adds to those before it.
    pub fn of(&mut self, events: &[u32], mut each: impl FnMut(usize, EventIx, News)) {
        self.instance += 1;
        self.said.clear();
        for (at, &event) in events.iter().enumerate() {
            let event = EventIx(event);
            let kind = self.log.event_type(event).0;
            let seen = std::mem::replace(&mut self.seen[kind as usize], self.instance);
            let news = match seen == self.instance {
                true => self.news(&events[..at], event),
                false => News::Event,
            };
            if !self.said.is_empty() {
                self.said.insert(saying(self.log, event));
            }
            each(at, event, news);
        }
    }

    /// What an event adds of which the instance had the type already. Where the store tells no causes,
    /// nothing tells a repetition from something that happens twice.
    fn news(&mut self, before: &[u32], event: EventIx) -> News {
        if self.copies.binary_search(&event.0).is_ok() {
            let id = self.log.event_id(event);
            let same = |earlier: &u32| self.log.event_id(EventIx(*earlier)) == id;
            if before.iter().any(same) {
                return News::Copy;
            }
        }
        let own = saying(self.log, event);
        let again = if own.2.is_none() {
            self.starts.tells_causes() && self.is_first(before, own)
        } else {
            if self.said.is_empty() {
                self.said
                    .extend(before.iter().map(|event| saying(self.log, EventIx(*event))));
            }
            self.said.contains(&own)
        };
        if again { News::Again } else { News::Event }
    }

    fn is_first(&self, before: &[u32], own: Saying<'_>) -> bool {
        let first = before.first().map(|event| EventIx(*event));
        first.is_some_and(|first| saying(self.log, first) == own)
    }
}
