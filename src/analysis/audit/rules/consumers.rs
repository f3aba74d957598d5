//! Consumers that do not get on, by the history of their checkpoints, as the lag report judges them. Nothing
//! is said of a store that keeps none.

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::{Evidence, Severity};
use super::super::rule::Rule;
use crate::analysis::lag::{self, HoldUp, LagOptions, SpellKind, Status};
use crate::analysis::words::{listed, many};
use crate::log::{Says, SideKind};
use crate::model::time::Span;
use crate::model::{EventIx, Task};

/// A consumer that shows life and does not get on.
pub(super) const STALLED: Rule = Rule {
    name: "consumer-stalled",
    severity: Severity::Warning,
    title: "Consumer did not get past an event",
    about: "A consumer stored the same checkpoint again and again while events waited, ten times or for ten minutes at least. The evidence is the event that it stood before.",
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
    about: "An event waited for a consumer that stored no checkpoint, for as long as its last ten took, or ten times as long as any waited before one of these (of one that has caught up, but for the longest), and for ten minutes at least. What waited to be published does not count. One that is behind for ten minutes at least where it stands now, and of which the store keeps no history, is a note. The evidence is the first event that waited.",
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
    about: "A checkpoint stands before the one that the consumer had stored before. The evidence is the first event that it processed again.",
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

/// Less than this nobody calls a wait.
const LONG: Span = Span::from_secs(600);

/// So many of the events that waited are looked at, to find when the first was published.
const LOOKED_AT: usize = 1_000;

/// How often a consumer did not get on in one way, consumer by consumer.
fn hold_ups(facts: &Facts<'_>, kind: SpellKind) -> Vec<Vec<HoldUp>> {
    let own = facts.hold_ups.iter().filter(|own| own.kind == kind);
    let own: Vec<HoldUp> = own.cloned().collect();
    let same = |a: &HoldUp, b: &HoldUp| a.consumer == b.consumer;
    own.chunk_by(same).map(<[HoldUp]>::to_vec).collect()
}

/// Makes a finding of the spells of each consumer.
fn found(
    proofs: &mut Proofs<'_>,
    all: Vec<Vec<HoldUp>>,
    note: impl Fn(&HoldUp) -> String,
    explain: impl Fn(&str, &str, Span) -> String,
) {
    for spells in all {
        let longest = spells.iter().map(HoldUp::lasted).max().unwrap_or_default();
        for spell in &spells {
            proofs.other(|proofs| Evidence {
                consumer: Some(spell.consumer.clone()),
                note: Some(note(spell)),
                ..proofs.of(spell.event)
            });
        }
        proofs.found(|count| {
            let times = many(count, "time", "times").unwrap_or_default();
            explain(&spells[0].consumer, &times, longest)
        });
    }
}

fn stalled(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    let note =
        |spell: &HoldUp| format!("{} stood before it for {}", spell.consumer, spell.lasted());
    found(
        proofs,
        hold_ups(facts, SpellKind::Stalled),
        note,
        |name, times, longest| {
            format!(
                "{name} stood still {times}, for up to {longest}, and stored its checkpoint all along."
            )
        },
    );
    Ok(())
}

fn stopped(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let mut all = hold_ups(facts, SpellKind::Stopped);
    let course = facts.course.as_ref();
    let published = course.and_then(|course| course.published(&facts.whole.cut));
    // What was not published yet nobody could have: it waited for it since the first was that it could have.
    let could_have = |spell: &mut HoldUp| {
        let Some(((outbox, published), course)) =
            (facts.outbox.as_ref().zip(published.as_ref())).zip(course)
        else {
            return true;
        };
        let waited = course.waited(spell, &facts.whole.cut).take(LOOKED_AT);
        let ready = waited.filter_map(|(event, recorded)| {
            let at = match published.holds(facts.whole.log, event) {
                true => outbox.rows.get(&event).copied().flatten()?,
                false => recorded,
            };
            Some((at.max(spell.from), event))
        });
        match ready.min() {
            Some((from, event)) => (spell.from, spell.event) = (from, event),
            None => spell.from = spell.to,
        }
        spell.lasted() >= LONG
    };
    all.iter_mut()
        .for_each(|spells| spells.retain_mut(could_have));
    all.retain(|spells| !spells.is_empty());
    let note = |spell: &HoldUp| format!("waited {} for {}", spell.lasted(), spell.consumer);
    found(proofs, all, note, |name, times, longest| {
        format!("{name} stored no checkpoint for up to {longest} while events waited, {times}.")
    });
    stand_now(facts, proofs, task)
}

/// Consumers of which the store tells no more than where they stand, behind for ten minutes at least, as the lag
/// report has it.
fn stand_now(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let Some(course) = &facts.course else {
        return Ok(());
    };
    let options = LagOptions::default();
    let report = lag::report(
        course,
        facts.whole.payloads,
        &facts.whole.cut,
        &options,
        task,
    )?;
    let stand = report.consumers.into_iter().filter(|own| {
        let waits = own.lag_ms.is_some_and(|ms| Span::from_millis(ms) >= LONG);
        let may_stand = matches!(own.status, None | Some(Status::Stopped));
        own.source == lag::Evidence::Checkpoint && waits && may_stand
    });
    let mut names: Vec<String> = Vec::new();
    for own in stand {
        let waits = many(
            own.lag_events.unwrap_or_default(),
            "event waits",
            "events wait",
        );
        let since = own.lag_ms.map_or_else(String::new, |ms| {
            format!(", the first for {}", Span::from_millis(ms))
        });
        let name = match &own.partition {
            Some(part) => format!("{} ({part})", own.name),
            None => own.name.clone(),
        };
        names.push(format!("{name} ({}{since})", waits.unwrap_or_default()));
        proofs.other(|proofs| Evidence {
            consumer: Some(own.name.clone()),
            note: Some(format!("the first that waits for {name}")),
            ..own
                .first
                .map_or_else(Evidence::default, |event| proofs.of(event))
        });
    }
    proofs.found_as(Severity::Info, |count| {
        let one = count == 1;
        format!(
            "{} behind at {} present {}, of which the store keeps no history: {}.",
            if one {
                "This consumer is"
            } else {
                "These consumers are"
            },
            if one { "its" } else { "their" },
            if one { "checkpoint" } else { "checkpoints" },
            listed(&names)
        )
    });
    Ok(())
}

fn rewound(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    let note = |spell: &HoldUp| {
        let [from, to] = [&spell.before, &spell.position].map(|position| match position {
            Some(position) => position.to_string(),
            None => "the start".to_owned(),
        });
        format!("{} went back from {from} to {to}", spell.consumer)
    };
    found(
        proofs,
        hold_ups(facts, SpellKind::Rewound),
        note,
        |name, times, _| {
            format!("{name} went back {times} and processed again what it had processed.")
        },
    );
    Ok(())
}

fn dead(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let mut letters: Vec<(String, Option<EventIx>, String)> = Vec::new();
    facts.rows(SideKind::DeadLetters, task, &mut |file, says| {
        let Says::DeadLetter(row) = says else { return };
        let event = facts.known_event(file, row.of.as_ref());
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
    for stalls in hold_ups(facts, SpellKind::Stalled) {
        let Some(first) = stalls
            .first()
            .filter(|first| !sets_aside.contains(&first.consumer))
        else {
            continue;
        };
        proofs.other(|proofs| Evidence {
            consumer: Some(first.consumer.clone()),
            ..proofs.of(first.event)
        });
        names.push(first.consumer.clone());
    }
    proofs.found(|_| {
        format!(
            "These were held up by an event and have never put one aside: {}.",
            names.join(", ")
        )
    });
    Ok(())
}
