//! What the processes of a store are where nobody declared them: a definition for each type that begins
//! instances, guessed from who caused what, from what follows what and from names. It learns of nothing
//! that is not known at its moment.

mod counts;
mod ends;
mod known;
mod participants;
mod rests;
mod style;
mod words;

use std::collections::BTreeMap;

use hashbrown::HashMap;

use counts::Counts;
pub(super) use counts::Streams;
use participants::Participants;
pub(super) use participants::of_events as participants;
use words::{kinship, spoken};
pub(super) use words::{told, words};

use super::basis::Basis;
use super::definition::{Correlate, Definition, End, Parking, Step, Style};
use super::instances::AtMoment;
use super::paths::Label;
use super::report::Asking;
use super::status::{Process, Processes};
use crate::log::{Log, Names};
use crate::model::Cancelled;

use rests::Rests;
use style::Led;

/// Instances that have to be known before their numbers tell anything.
const ENOUGH: u32 = 20;

/// Ends of a step that its name holds.
const ABREAST: usize = 3;

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

/// How often a step ended.
type Often = u64;

/// Types of one participant that are begun by the same type.
#[derive(Default)]
struct Outcomes {
    success: Vec<u32>,
    failure: Vec<u32>,
    retry: Vec<u32>,
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
            steps: self.steps(&led, &[&completed[..], &cancelled[..]].concat()),
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

    fn steps(&self, led: &Led, ends: &[u32]) -> Vec<Step> {
        let name = self.name;
        let is_step = |kind: &u32| {
            let told = told(name(*kind));
            let commands = led.leader == Some(self.participants.of(*kind));
            let named = told.turned_back || told.parked || told.resumed || commands;
            *kind != self.counts.start && !ends.contains(kind) && !named
        };
        let mut groups: BTreeMap<(u32, u32), Outcomes> = BTreeMap::new();
        let mut undoing: Vec<u32> = Vec::new();
        for kind in self.counts.types().filter(is_step) {
            let told = told(name(kind));
            if told.undone && self.done_before(kind) {
                // A refund that failed has undone nothing, and ends no step either.
                if !told.failed {
                    undoing.push(kind);
                }
                continue;
            }
            let Some(begins) = self.beginning(kind) else {
                continue;
            };
            let group = groups
                .entry((begins, self.participants.of(kind)))
                .or_default();
            match told.failed {
                true => group.failure.push(kind),
                false => group.success.push(kind),
            }
        }
        let groups = self.with_retries(groups);
        let mut steps: Vec<(u32, (Often, Step))> = groups
            .into_iter()
            .map(|((begins, participant), outcomes)| self.step(begins, participant, &outcomes))
            .collect();
        steps.sort_by_key(|(rank, _)| *rank);
        let mut steps: Vec<(Often, Step)> = steps.into_iter().map(|(_, step)| step).collect();
        for kind in undoing {
            self.undoes(kind, &mut steps);
        }
        steps.into_iter().map(|(_, step)| step).collect()
    }

    /// Whether something of the same participant could be what a type undoes: what is called alike, or
    /// all that it does.
    fn done_before(&self, kind: u32) -> bool {
        let own = self.participants.of(kind);
        let done: Vec<u32> = (self.counts.types())
            .filter(|other| {
                let told = told((self.name)(*other));
                let is_own = self.participants.of(*other) == own;
                *other != kind && is_own && !told.failed && !told.undone
            })
            .collect();
        let akin = |other: &u32| kinship((self.name)(*other), (self.name)(kind)) > 0;
        done.iter().any(akin) || matches!(done[..], [only] if only != self.counts.start)
    }

    /// A failure after which the same participant comes to another outcome of the same step was an
    /// attempt.
    fn with_retries(
        &self,
        mut groups: BTreeMap<(u32, u32), Outcomes>,
    ) -> BTreeMap<(u32, u32), Outcomes> {
        let keys: Vec<(u32, u32)> = groups.keys().copied().collect();
        for key in &keys {
            let all = &groups[key];
            let outcomes = [&all.success[..], &all.failure[..]].concat();
            let again = |failed: &u32| {
                let mut others = outcomes.iter();
                others.any(|other| other != failed && self.counts.causes(*failed, *other))
            };
            let retry: Vec<u32> = all.failure.iter().copied().filter(again).collect();
            if let Some(group) = groups.get_mut(key) {
                group.failure.retain(|kind| !retry.contains(kind));
                group.retry = retry;
            }
        }
        groups
    }

    /// A step with its place among the others: where it begins usually.
    fn step(&self, begins: u32, participant: u32, outcomes: &Outcomes) -> (u32, (Often, Step)) {
        let name = self.name;
        let names = |kinds: &[u32]| kinds.iter().map(|kind| name(*kind).to_owned()).collect();
        let all = [
            &outcomes.success[..],
            &outcomes.failure[..],
            &outcomes.retry[..],
        ]
        .concat();
        let most = |kinds: &[u32]| {
            let kinds = kinds.iter().copied();
            kinds.max_by_key(|kind| (self.counts.count(*kind), u32::MAX - kind))
        };
        let usual = most(&outcomes.success).or(most(&all)).unwrap_or(begins);
        let often: Often = all
            .iter()
            .map(|kind| u64::from(self.counts.count(*kind)))
            .sum();
        // What mostly does not come is not waited for: it begins with its end.
        let waited_for = often * 2 >= u64::from(self.counts.count(begins));
        let step = Step {
            name: self.spoken(usual, &outcomes.success),
            participant: self.participants.name(participant).to_owned(),
            begins: waited_for
                .then(|| name(begins).to_owned())
                .into_iter()
                .collect(),
            success: names(&outcomes.success),
            retry: names(&outcomes.retry),
            failure: names(&outcomes.failure),
            compensation: Vec::new(),
            timeout: None,
        };
        (self.counts.rank(usual), (often, step))
    }

    /// What a step is called: by what it usually ends with, and where nothing is usual by all that it ends
    /// with.
    fn spoken(&self, usual: u32, success: &[u32]) -> String {
        let count = |kind: &u32| u64::from(self.counts.count(*kind));
        let all: u64 = success.iter().map(count).sum();
        if success.len() > ABREAST || count(&usual) * 2 > all {
            return spoken((self.name)(usual));
        }
        let names = success.iter().map(|kind| spoken((self.name)(*kind)));
        names.collect::<Vec<String>>().join(" or ")
    }

    /// Adds a type to the step that it undoes: the one of its participant that is most like it.
    fn undoes(&self, kind: u32, steps: &mut [(Often, Step)]) {
        let name = (self.name)(kind);
        let participant = self.participants.name(self.participants.of(kind));
        let own = steps
            .iter_mut()
            .filter(|(_, step)| step.participant == participant && !step.success.is_empty());
        // Of equals the one that is done most often.
        let like = |(often, step): &&mut (Often, Step)| {
            let kin = step.success.iter().map(|done| kinship(done, name));
            (kin.max(), *often)
        };
        if let Some((_, step)) = own.max_by_key(like) {
            step.compensation.push(name.to_owned());
        }
    }
}
