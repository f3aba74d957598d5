//! One instance as a sequence diagram: who told whom what, and when.

use std::collections::BTreeMap;

use super::definition::Style;
use super::instances::Seen;
use super::report::Asking;
use super::standings::Outcome;
use super::status::{Judged, Process};
use super::steps::Instance;
use crate::log::CauseRef;
use crate::model::time::Span;
use crate::model::{Cancelled, EventIx, Timestamp};

/// What passed between the participants of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sequence {
    /// In the order in which they first said something; then those that were only told something.
    pub participants: Vec<String>,
    /// In log order.
    pub messages: Vec<Message>,
    /// Who is at work from when to when, participant by participant.
    pub activity: Vec<Activity>,
}

/// That somebody is at work on what they heard of: from that to what they said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Who, by place.
    pub place: usize,
    /// The message that they heard, by place.
    pub from: usize,
    /// The message with which they reacted.
    pub to: usize,
}

/// An event as a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The event.
    pub event: EventIx,
    /// Its type.
    pub name: String,
    /// Whose event caused it, by place; none where nothing of the instance did.
    pub from: Option<usize>,
    /// Who recorded it, by place.
    pub to: usize,
    /// Who says it, by place; none where nobody is known to have heard of it.
    pub sender: Option<usize>,
    /// Whom it is said to, by place: in an orchestration commands go from who leads to who is told, and
    /// answers the other way; else it goes from who recorded it to who was the first to react to it.
    pub receiver: usize,
    /// Who else reacted to it, by place.
    pub others: Vec<usize>,
    /// Whether it asks for something or answers.
    pub says: Says,
    /// When.
    pub time: Option<Timestamp>,
    /// What it means.
    pub meaning: Meaning,
    /// That it is dated before one that was recorded before it.
    pub behind: Option<Behind>,
}

/// That a message is dated before one that was recorded before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    /// By so much, in milliseconds.
    pub millis: i64,
    /// Who recorded that one, by place.
    pub whose: usize,
}

impl Message {
    /// That it is dated too early, in words; none where it is not.
    #[must_use]
    pub fn behind_words(&self, participants: &[String]) -> Option<String> {
        let behind = self.behind?;
        let by = Span::from_millis(behind.millis);
        let name = |place: usize| participants.get(place).map_or("", String::as_str);
        Some(match behind.whose == self.to {
            true => format!("{by} before what came before it"),
            false => format!(
                "clock of {} is {by} behind that of {}",
                name(self.to),
                name(behind.whose)
            ),
        })
    }

    /// All that it is said to, by place.
    pub fn receivers(&self) -> impl Iterator<Item = usize> + '_ {
        std::iter::once(self.receiver).chain(self.others.iter().copied())
    }

    /// Whether its line is dashed: answers are, and what undoes something where nobody is told to.
    #[must_use]
    pub const fn is_dashed(&self) -> bool {
        matches!(
            (self.meaning, self.says),
            (_, Says::Answer) | (Meaning::Undoing, Says::Event)
        )
    }
}

/// What a message is for those who hear it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Says {
    /// Something happened.
    #[default]
    Event,
    /// Who leads wants something done.
    Command,
    /// What came of that, told to who leads.
    Answer,
}

/// What an event means for its instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Meaning {
    /// It goes on.
    #[default]
    Plain,
    /// Something failed, for good or for the moment.
    Failure,
    /// Something was undone, or is to be.
    Undoing,
}

impl Judged {
    /// An instance as a sequence diagram.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn sequence(
        &self,
        asking: Asking<'_>,
        seen: &Seen,
        instance: &Instance,
    ) -> Result<Sequence, Cancelled> {
        let log = asking.log;
        let events = self.at.events_of(seen);
        let whose = self.participants_of(asking, seen)?;
        let mut sequence = Sequence::default();
        let mut causes = Vec::with_capacity(events.len());
        let mut pairs = self.pairs(asking, seen).into_iter().peekable();
        for (event, participant) in events.iter().zip(whose) {
            let known = sequence
                .participants
                .iter()
                .position(|own| *own == participant);
            let to = known.unwrap_or_else(|| {
                sequence.participants.push(participant);
                sequence.participants.len() - 1
            });
            let event = EventIx(*event);
            let cause = match log.cause(event) {
                Some(CauseRef::Event(cause)) => events.binary_search(&cause.0).ok(),
                _ => None,
            };
            let before = |cause: usize| sequence.messages.get(cause).map(|before| before.to);
            let from = cause.and_then(before);
            causes.push(cause);
            let behind = pairs.next_if(|pair| pair.event == event);
            // So little is not told.
            let behind = behind.filter(|pair| pair.micros >= 1000);
            let behind = behind.and_then(|pair| {
                let than = events.binary_search(&pair.than.0).ok()?;
                Some(Behind {
                    millis: pair.micros / 1000,
                    whose: sequence.messages.get(than)?.to,
                })
            });
            sequence.messages.push(Message {
                event,
                name: log.type_name(log.event_type(event)).to_owned(),
                from,
                to,
                sender: None,
                receiver: to,
                others: Vec::new(),
                says: Says::Event,
                time: log.time(event, self.at.cut.clock()),
                meaning: meaning(instance, event),
                behind,
            });
        }
        tell_reactions(&mut sequence.messages, &causes);
        sequence.activity = activity(&sequence.messages, &causes);
        if let Some(process) = self.process(seen)
            && process.basis.style(&process.definition) == Style::Orchestration
        {
            let types = events.iter().map(|event| log.event_type(EventIx(*event)).0);
            let types: Vec<u32> = types.collect();
            Commands {
                process,
                types: &types,
                causes: &causes,
                ended: instance.ended,
            }
            .tell(&mut sequence);
        }
        Ok(sequence)
    }
}

/// Says of each message who recorded it to those who reacted to it; `causes` are the messages that caused
/// them, by message.
fn tell_reactions(messages: &mut [Message], causes: &[Option<usize>]) {
    let mut reacting: Vec<Vec<usize>> = vec![Vec::new(); messages.len()];
    for (message, cause) in messages.iter().zip(causes) {
        let reacting = cause.and_then(|cause| reacting.get_mut(cause));
        if let Some(reacting) = reacting.filter(|reacting| !reacting.contains(&message.to)) {
            reacting.push(message.to);
        }
    }
    for (message, mut reacting) in messages.iter_mut().zip(reacting) {
        if reacting.is_empty() {
            continue;
        }
        message.sender = Some(message.to);
        // What somebody does on their own word is told only where nobody else heard of it.
        reacting.retain(|who| *who != message.to);
        if !reacting.is_empty() {
            message.receiver = reacting.remove(0);
            message.others = reacting;
        }
    }
}

/// From what somebody else said to each reaction to it; what overlaps is one.
fn activity(messages: &[Message], causes: &[Option<usize>]) -> Vec<Activity> {
    let at_work = |(at, cause): (usize, &Option<usize>)| {
        let (from, place) = ((*cause)?, messages[at].to);
        let heard = messages[from].to != place && from < at;
        heard.then_some((place, from, at))
    };
    let mut all: Vec<(usize, usize, usize)> =
        causes.iter().enumerate().filter_map(at_work).collect();
    all.sort_unstable();
    let mut merged: Vec<Activity> = Vec::with_capacity(all.len());
    for (place, from, to) in all {
        match merged.last_mut() {
            Some(last) if last.place == place && from <= last.to => last.to = last.to.max(to),
            _ => merged.push(Activity { place, from, to }),
        }
    }
    merged
}

/// What is needed to tell commands from answers.
struct Commands<'a> {
    process: &'a Process,
    /// By message.
    types: &'a [u32],
    /// By message: the message that caused it.
    causes: &'a [Option<usize>],
    ended: Option<EventIx>,
}

impl Commands<'_> {
    /// Says of each message who says it to whom.
    fn tell(&self, sequence: &mut Sequence) {
        let Some(leader) = self.leader(&sequence.messages) else {
            return;
        };
        for at in 0..sequence.messages.len() {
            let whose = |message: usize| sequence.messages[message].to;
            let who = whose(at);
            let effects = || {
                let later = at + 1..self.causes.len();
                later
                    .filter(|later| self.causes[*later] == Some(at))
                    .map(whose)
            };
            let is_told = self.causes[at].is_some_and(|cause| whose(cause) == leader);
            let heard = effects().any(|effect| effect == leader);
            let unheard = effects().next().is_none() && self.ended.is_none();
            let (sender, receiver) = if who == leader {
                let told = effects().find(|effect| *effect != leader);
                match told.or_else(|| self.commanded(at, &mut sequence.participants)) {
                    Some(told) => (Some(leader), told),
                    None => (self.causes[at].map(|_| leader), leader),
                }
            } else if heard || is_told && unheard {
                (Some(who), leader)
            } else if is_told {
                (Some(who), who)
            } else {
                continue;
            };
            let message = &mut sequence.messages[at];
            (message.sender, message.receiver) = (sender, receiver);
            message.others.clear();
            message.says = match sender {
                Some(sender) if sender == receiver => Says::Event,
                Some(sender) if sender == leader => Says::Command,
                // What nobody asked for is no answer: it sets who leads to work.
                Some(_) if receiver == leader && is_told => Says::Answer,
                _ => Says::Event,
            };
        }
    }

    /// Who gives most of the commands, if anybody does what they say.
    fn leader(&self, messages: &[Message]) -> Option<usize> {
        let mut commands: BTreeMap<usize, usize> = BTreeMap::new();
        for (message, event_type) in messages.iter().zip(self.types) {
            if self.process.machine.begun_by(*event_type).is_some() {
                *commands.entry(message.to).or_default() += 1;
            }
        }
        let most = commands
            .into_iter()
            .max_by_key(|(who, count)| (*count, usize::MAX - who));
        most.map(|(who, _)| who)
    }

    /// Who is to do what nobody has answered yet, as the definition has it.
    fn commanded(&self, at: usize, participants: &mut Vec<String>) -> Option<usize> {
        let step = self.process.machine.begun_by(self.types[at])?;
        let who = &self.process.definition.steps[usize::from(step)].participant;
        if who.is_empty() {
            return None;
        }
        let known = participants.iter().position(|own| own == who);
        Some(known.unwrap_or_else(|| {
            participants.push(who.clone());
            participants.len() - 1
        }))
    }
}

fn meaning(instance: &Instance, event: EventIx) -> Meaning {
    let mut meaning = match [instance.wrong, instance.hindered].contains(&Some(event)) {
        true => Meaning::Failure,
        false => Meaning::Plain,
    };
    for step in &instance.steps {
        let failed = step.status == Outcome::Failed && step.events.ended == Some(event);
        let again = step
            .events
            .attempts
            .iter()
            .skip(1)
            .any(|attempt| *attempt == event);
        if failed || again {
            meaning = Meaning::Failure;
        }
        if step
            .events
            .undone
            .is_some_and(|(_, ended)| ended == Some(event))
        {
            return Meaning::Undoing;
        }
    }
    meaning
}
