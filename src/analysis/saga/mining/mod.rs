//! What the processes of a store are where nobody declared them: a definition for each type that begins
//! instances, guessed from who caused what, from what follows what and from names. It learns of nothing
//! that is not known at its moment.

mod counts;
mod ends;
mod known;
mod participants;
mod rests;
mod steps;
mod style;
mod words;

use hashbrown::HashMap;

use counts::Counts;
pub(super) use counts::Streams;
use participants::Participants;
pub(super) use participants::of_events as participants;
pub(super) use words::{kin, told, words};

use super::basis::Basis;
use super::definition::{Correlate, Definition, End, Parking, Style};
use super::instances::AtMoment;
use super::paths::Label;
use super::report::Asking;
use super::status::{Process, Processes};
use crate::log::{Log, Names};
use crate::model::Cancelled;

use rests::Rests;

/// Instances that have to be known before their numbers tell anything.
const ENOUGH: u32 = 20;

/// The processes of what is known at a moment.
///
/// # Errors
/// [`Cancelled`].
pub(super) fn mine(asking: Asking<'_>, at: &AtMoment) -> Result<Processes, Cancelled> {
    let log = asking.log;
    let kinds = Kinds::new(log);
    let counts = Counts::of(at, &kinds, asking.task)?;
    let participants = Participants::find(asking, at, &kinds, &counts)?;
    let mut by_start = HashMap::new();
    let mut all = Vec::new();
    // Whoever says that streams are processes, is not told otherwise.
    let entities = at.instances.is_guessed();
    let at_once = rests::at_once(at, &kinds, (&counts, &participants), asking.task)?;
    let processes = || {
        let all = counts.processes(entities);
        let all = all.filter(|own| !at_once.contains(&(own.start, own.category)));
        all.take(usize::from(u16::MAX))
    };
    let name = |kind| kinds.name(log, kind);
    let guess = |counts, rests| Guess {
        counts,
        participants: &participants,
        name: &name,
        correlate: at.instances.correlate(),
        rests,
    };
    let doubts = processes().filter_map(|process| {
        let start = (process.start, process.category);
        Some((start, guess(process, None).doubts()?))
    });
    let rests = rests::resting((log, at), &kinds, &doubts.collect(), asking.task)?;
    let rests = |start: &counts::Start| rests.get(start);
    let candidates = processes().filter_map(|process| {
        let start = (process.start, process.category);
        Some((start, guess(process, rests(&start)).candidate()?))
    });
    let together = ends::confirmed(at, &kinds, candidates.collect(), asking.task)?;
    for process in processes() {
        let guess = guess(process, rests(&(process.start, process.category)));
        let category = process.category.map(|own| kinds.categories[own as usize]);
        let start = kinds.types[process.start as usize];
        by_start.insert((start, category), all.len() as u16);
        let known = known::beginning_with(kinds.name(log, process.start), guess.correlate);
        let (mut definition, basis) = match known {
            Some((definition, engine)) => (definition, Basis::Engine(engine)),
            None => {
                let own = together.get(&(process.start, process.category));
                guess.definition(own.map_or(&[], |own| &own.together))
            }
        };
        // Where objects of several kinds begin alike, each kind is a process.
        let mut same = processes().filter(|own| own.start == process.start);
        if let Some(category) = category.filter(|_| same.nth(1).is_some()) {
            let name = log.categories().get(category);
            definition.id = format!("{}, {name}", definition.id);
            definition.correlate = Correlate::Stream(Some(name.to_owned()));
        }
        all.push(Process::new(definition, basis, log));
    }
    Ok(Processes {
        all,
        by_start: Some(by_start),
    })
}

/// The types and the categories of a log by the order of their names. Their own numbers tell which of them
/// came first, and that is another one where less is known.
pub(super) struct Kinds {
    /// By kind: the type.
    types: Vec<u32>,
    /// By type: the kind.
    by_type: Vec<u32>,
    /// By kind of category: the category.
    categories: Vec<u32>,
    /// By category: its kind.
    by_category: Vec<u32>,
}

impl Kinds {
    fn new(log: &Log) -> Self {
        let (types, by_type) = by_name(log.types());
        let (categories, by_category) = by_name(log.categories());
        Self {
            types,
            by_type,
            categories,
            by_category,
        }
    }

    /// What an instance begins with.
    fn start(&self, first: Label) -> counts::Start {
        let category = first.category().map(|own| self.category(own));
        (self.of(first.event_type()), category)
    }

    fn category(&self, category: u32) -> u32 {
        self.by_category[category as usize]
    }

    fn of(&self, event_type: u32) -> u32 {
        self.by_type[event_type as usize]
    }

    fn name<'a>(&self, log: &'a Log, kind: u32) -> &'a str {
        log.types().get(self.types[kind as usize])
    }
}

/// The numbers of names by their order, and the other way round.
fn by_name(names: &Names) -> (Vec<u32>, Vec<u32>) {
    let mut ordered: Vec<u32> = (0..names.len() as u32).collect();
    ordered.sort_by_key(|name| names.get(*name));
    let mut places = vec![0; ordered.len()];
    for (place, name) in ordered.iter().enumerate() {
        places[*name as usize] = place as u32;
    }
    (ordered, places)
}

struct Guess<'a> {
    counts: &'a counts::Process,
    participants: &'a Participants,
    name: &'a dyn Fn(u32) -> &'a str,
    correlate: &'a Correlate,
    /// Who rests in it, where that has been looked at.
    rests: Option<&'a Rests>,
}

impl Guess<'_> {
    /// The process; `together` ends it well once all of it has come.
    fn definition(&self, together: &[u32]) -> (Definition, Basis) {
        let name = self.name;
        let led = style::led(self.counts, self.participants, name);
        let types = || self.counts.types();
        let these = |told: &dyn Fn(u32) -> bool| {
            let found = types().filter(|kind| *kind != self.counts.start && told(*kind));
            found
                .map(|kind| name(kind).to_owned())
                .collect::<Vec<String>>()
        };
        let (mut completed, cancelled) = self.ends();
        if !together.is_empty() {
            // Many end without those.
            completed.clear();
        }
        let basis = match led.leader {
            Some(leader) => Basis::Leader(self.participants.name(leader).to_owned()),
            None if led.style == Style::Orchestration => Basis::Named,
            None => Basis::Nobody,
        };
        let definition = Definition {
            id: name(self.counts.start).to_owned(),
            style: led.style,
            correlate: self.correlate.clone(),
            start: vec![name(self.counts.start).to_owned()],
            turned_back: these(&|kind| told(name(kind)).turned_back),
            timeout: None,
            steps: self.steps(&led, &[&completed[..], &cancelled[..]].concat(), together),
            end: End {
                completed: completed
                    .iter()
                    .map(|kind| name(*kind).to_owned())
                    .collect(),
                cancelled: cancelled
                    .iter()
                    .map(|kind| name(*kind).to_owned())
                    .collect(),
                together: together.iter().map(|kind| name(*kind).to_owned()).collect(),
            },
            parking: Parking {
                parked: these(&|kind| told(name(kind)).parked),
                resumed: these(&|kind| told(name(kind)).resumed),
            },
        };
        (definition, basis)
    }

    /// What begins a type: what caused it mostly, else what it follows mostly.
    fn beginning(&self, kind: u32) -> Option<u32> {
        let caused = self.counts.mostly_caused_by(kind);
        caused.or_else(|| self.counts.mostly_after(kind))
    }
}
