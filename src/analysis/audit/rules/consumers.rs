//! Consumers that do not get on, by the history of their checkpoints. Nothing is said of a store that
//! keeps none.

use hashbrown::HashMap;

use super::super::facts::{AuditError, Facts};
use super::super::proofs::Proofs;
use super::super::report::Evidence;
use super::super::rule::{Rule, Severity};
use super::outbox::Outbox;
use crate::analysis::words::many;
use crate::log::{Bound, Checkpoint, CheckpointHistory, Mark, Says, SideKind};
use crate::model::time::Span;
use crate::model::{EventIx, Task, Timestamp};

/// A consumer that shows life and does not get on.
pub(super) const STALLED: Rule = Rule {
    name: "consumer-stalled",
    severity: Severity::Warning,
    title: "Consumer did not get past an event",
    about: "A consumer stored the same checkpoint several times while events waited. The evidence is the event that it stood before.",
    why: "One event that cannot be handled holds up all that come after it. What the consumer shows is old, and it looks alive.",
    advice: "Let it put such an event aside after some attempts (a dead letter) and go on. Watch its lag, not whether it runs.",
    example: "sales-report stood before #386 for two days.",
    find: stalled,
};

/// A consumer that did nothing.
pub(super) const STOPPED: Rule = Rule {
    name: "consumer-stopped",
    severity: Severity::Warning,
    title: "Consumer did not run for a time",
    about: "Events waited far longer for a consumer than they usually do, and it stored no checkpoint meanwhile. The evidence is the first event that waited.",
    why: "Whatever it keeps up to date was old for that time.",
    advice: "Watch the time of its last checkpoint, and start it again by itself.",
    example: "receipt-mailer stored no checkpoint for 34 h while #901 waited.",
    find: stopped,
};

/// A consumer that went back.
pub(super) const REWOUND: Rule = Rule {
    name: "consumer-rewound",
    severity: Severity::Warning,
    title: "Consumer went back and processed again",
    about: "A checkpoint stands before the one that the consumer had stored before. The evidence is the event to which it went back.",
    why: "All events from there on were handled once more. Unless its handlers are idempotent, their effects are there twice.",
    advice: "Rewind only consumers whose handlers are idempotent, or throw their read model away first.",
    example: "licence-usage went back from #1204 to #987.",
    find: rewound,
};

/// What a consumer gave up on.
pub(super) const DEAD: Rule = Rule {
    name: "dead-letter",
    severity: Severity::Warning,
    title: "Consumer gave up on events",
    about: "Dead letters: events that a consumer could not handle and put aside.",
    why: "Their effects are missing until somebody handles them, and nobody is told by itself.",
    advice: "Mend the handler or the event, then process the dead letters again.",
    example: "mailer gave up on #386 after 5 attempts: unsupported Unicode escape sequence.",
    find: dead,
};

/// A consumer that one event holds up.
pub(super) const NO_DEAD_LETTERS: Rule = Rule {
    name: "no-dead-letters",
    severity: Severity::Info,
    title: "Consumer has no dead letters",
    about: "A consumer was held up by an event and has never put one aside. The evidence is the event that it stood before.",
    why: "One event that it cannot handle is enough to stop it altogether, and the next one will.",
    advice: "After some attempts write the event, the error and the state to a table of dead letters, and go on with the next.",
    example: "sales-report stood before #386 and has no dead letters.",
    find: no_dead_letters,
};

/// A stored checkpoint.
#[derive(Clone, Copy, Debug)]
struct Sample {
    at: Timestamp,
    /// The first event behind it, in log order.
    next: EventIx,
}

/// A consumer, what it processes, and how it got on.
struct Consumer {
    name: String,
    samples: Vec<Sample>,
    /// The events that it processes and when it could have each, in log order.
    tail: Vec<(EventIx, Timestamp)>,
}

type Key = (u32, String, Option<String>);

/// The same checkpoint so often is no chance.
const AGAIN: usize = 3;
/// A wait is long from here on, and where it is so many times what is usual.
const LONG: Span = Span::from_secs(600);
const TIMES_USUAL: i64 = 10;

/// The consumers that keep a history and of which it is known what they process.
fn consumers(facts: &Facts<'_>, task: &Task) -> Result<Vec<Consumer>, AuditError> {
    if !facts.has(SideKind::CheckpointHistory) {
        return Ok(Vec::new());
    }
    let log = facts.log;
    let mut samples: HashMap<Key, Vec<Sample>> = HashMap::new();
    facts.rows(SideKind::CheckpointHistory, task, &mut |file, says| {
        let Says::CheckpointHistory(CheckpointHistory {
            consumer,
            partition,
            reached,
            at: Some(at),
        }) = says
        else {
            return;
        };
        let bound = reached
            .as_ref()
            .and_then(|mark: &Mark| log.reached(file, mark));
        let next = match bound {
            Some(Bound::Event(event)) => EventIx(event.0 + 1),
            Some(Bound::Start) => EventIx(0),
            _ => return,
        };
        samples
            .entry((file, consumer, partition))
            .or_default()
            .push(Sample { at, next });
    })?;
    let mut rows: Vec<(Key, Checkpoint)> = Vec::new();
    facts.rows(SideKind::Checkpoints, task, &mut |file, says| {
        if let Says::Checkpoint(row) = says {
            rows.push(((file, row.consumer.clone(), row.partition.clone()), row));
        }
    })?;
    let outbox = match facts.has(SideKind::Outbox) {
        true => Some(Outbox::read(facts, task)?),
        false => None,
    };
    let published = outbox.as_ref().map(|outbox| outbox.published(facts));
    let mut all = Vec::new();
    for (key, row) in rows {
        let Some(mut samples) = samples.remove(&key) else {
            continue;
        };
        samples.sort_by_key(|sample| sample.at);
        let mut tail = Vec::new();
        for event in facts.events() {
            let category = log.category(log.stream(event));
            let name = log.category_name(category);
            let kind = log.type_name(log.event_type(event));
            let reads = (row.categories.is_empty() || row.categories.iter().any(|own| own == name))
                && (row.types.is_empty() || row.types.iter().any(|own| own == kind));
            let Some(recorded) = facts.recorded(event).filter(|_| reads) else {
                continue;
            };
            let is_published = published.as_ref().is_some_and(|all| all[category.at()]);
            let ready = match outbox.as_ref().filter(|_| is_published) {
                None => Some(recorded),
                // What was never published never came.
                Some(outbox) => outbox.rows.get(&event).copied().flatten(),
            };
            tail.extend(ready.map(|ready| (event, ready.max(recorded))));
        }
        let name = key.1;
        all.push(Consumer {
            name,
            samples,
            tail,
        });
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

impl Consumer {
    /// The first event that waited behind a checkpoint, and since when it could be had.
    fn first_waiting(&self, sample: Sample) -> Option<(EventIx, Timestamp)> {
        let at = self.tail.partition_point(|(event, _)| *event < sample.next);
        self.tail.get(at).copied()
    }

    /// Stretches of the same checkpoint while an event waited, each with the event, from when and until
    /// when.
    fn stalls(&self) -> Vec<(EventIx, Timestamp, Timestamp)> {
        let mut found = Vec::new();
        for same in self.samples.chunk_by(|a, b| a.next == b.next) {
            let Some((event, ready)) = self.first_waiting(same[0]) else {
                continue;
            };
            let waited: Vec<&Sample> = same.iter().filter(|sample| sample.at >= ready).collect();
            if let [first, .., last] = waited[..]
                && waited.len() >= AGAIN
            {
                found.push((event, first.at, last.at));
            }
        }
        found
    }

    /// How long the first waiting event of each checkpoint waited for the next one, with that event and
    /// since when. Not while it makes up for going back, nor where it stood still.
    fn waits(&self) -> Vec<(Span, EventIx, Timestamp)> {
        let mut waits = Vec::new();
        let mut farthest = EventIx(0);
        for pair in self.samples.windows(2) {
            let (one, two) = (pair[0], pair[1]);
            farthest = farthest.max(one.next);
            if one.next < farthest || two.next <= one.next {
                continue;
            }
            if let Some((event, ready)) = self.first_waiting(one) {
                let from = ready.max(one.at);
                waits.push((two.at - from, event, from));
            }
        }
        waits
    }
}

fn stalled(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    for consumer in consumers(facts, task)? {
        let mut longest = Span::ZERO;
        for (event, from, to) in consumer.stalls() {
            longest = longest.max(to - from);
            proofs.other(|proofs| Evidence {
                consumer: Some(consumer.name.clone()),
                note: Some(format!(
                    "{} stood before it for {}",
                    consumer.name,
                    to - from
                )),
                ..proofs.of(event)
            });
        }
        proofs.found(|count| {
            let times = many(count, "time", "times").unwrap_or_default();
            let name = &consumer.name;
            format!("{name} stood still {times}, for up to {longest}, and stored its checkpoint all along.")
        });
    }
    Ok(())
}

fn stopped(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    for consumer in consumers(facts, task)? {
        let waits = consumer.waits();
        let mut lengths: Vec<Span> = waits.iter().map(|(wait, ..)| *wait).collect();
        lengths.sort_unstable();
        let Some(usual) = lengths.get(lengths.len() * 9 / 10) else {
            continue;
        };
        let long = LONG
            .micros()
            .max(usual.micros().saturating_mul(TIMES_USUAL));
        let mut longest = Span::ZERO;
        for (wait, event, _) in waits.into_iter().filter(|(wait, ..)| wait.micros() > long) {
            longest = longest.max(wait);
            proofs.other(|proofs| Evidence {
                consumer: Some(consumer.name.clone()),
                note: Some(format!("waited {wait} for {}", consumer.name)),
                ..proofs.of(event)
            });
        }
        proofs.found(|count| {
            let times = many(count, "time", "times").unwrap_or_default();
            let name = &consumer.name;
            format!("{name} stored no checkpoint for up to {longest} while events waited, {times}.")
        });
    }
    Ok(())
}

fn rewound(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    for consumer in consumers(facts, task)? {
        for pair in consumer.samples.windows(2) {
            let (from, to) = (pair[0].next, pair[1].next);
            if to < from {
                let behind = |next: EventIx| next.0.checked_sub(1).map(EventIx);
                let position = |event: Option<EventIx>| {
                    event.map_or("the start".to_owned(), |event| {
                        facts.log.position_name(event).to_string()
                    })
                };
                let note = format!(
                    "{} went back from {} to {}",
                    consumer.name,
                    position(behind(from)),
                    position(behind(to))
                );
                proofs.other(|proofs| Evidence {
                    consumer: Some(consumer.name.clone()),
                    note: Some(note),
                    ..proofs.of(behind(to).unwrap_or(EventIx(0)))
                });
            }
        }
        proofs.found(|count| {
            let times = many(count, "time", "times").unwrap_or_default();
            format!(
                "{} went back {times} and processed again what it had processed.",
                consumer.name
            )
        });
    }
    Ok(())
}

fn dead(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let mut letters: Vec<(String, Option<EventIx>, String)> = Vec::new();
    facts.rows(SideKind::DeadLetters, task, &mut |file, says| {
        let Says::DeadLetter(row) = says else { return };
        let event = row
            .of
            .as_ref()
            .and_then(|mark: &Mark| facts.log.marked(file, mark));
        let event = event.filter(|event| facts.knows(*event));
        let error = row.error.unwrap_or_default();
        letters.push((row.consumer.unwrap_or_default(), event, error));
    })?;
    letters.sort();
    for same in letters.chunk_by(|a, b| a.0 == b.0) {
        for (consumer, event, error) in same {
            proofs.other(|proofs| Evidence {
                consumer: Some(consumer.clone()).filter(|name| !name.is_empty()),
                note: Some(error.clone()).filter(|error| !error.is_empty()),
                ..event.map_or_else(Evidence::default, |event| proofs.of(event))
            });
        }
        proofs.found(|count| {
            let events = many(count, "event", "events").unwrap_or_default();
            match same[0].0.as_str() {
                "" => format!("{events} could not be handled and became dead letters."),
                consumer => format!("{consumer} gave up on {events}."),
            }
        });
    }
    Ok(())
}

fn no_dead_letters(
    facts: &Facts<'_>,
    proofs: &mut Proofs<'_>,
    task: &Task,
) -> Result<(), AuditError> {
    let mut sets_aside: Vec<String> = Vec::new();
    facts.rows(SideKind::DeadLetters, task, &mut |_, says| {
        if let Says::DeadLetter(row) = says {
            sets_aside.extend(row.consumer);
        }
    })?;
    let mut names: Vec<String> = Vec::new();
    for consumer in consumers(facts, task)? {
        if sets_aside.contains(&consumer.name) {
            continue;
        }
        if let Some((event, ..)) = consumer.stalls().first() {
            proofs.other(|proofs| Evidence {
                consumer: Some(consumer.name.clone()),
                ..proofs.of(*event)
            });
            names.push(consumer.name);
        }
    }
    proofs.found(|_| {
        format!(
            "These were held up by an event and have never put one aside: {}.",
            names.join(", ")
        )
    });
    Ok(())
}
