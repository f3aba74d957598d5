//! How parts of a system talk to each other: requests or events, and who leads a process of several steps.

use super::{Choice, Criteria, Criterion, Decision, Question, Seen};
use crate::analysis::words::{grouped, many};
use crate::log::SideKind;

const REQUESTS: usize = 0;
const EVENTS: usize = 1;

const REQUEST_OR_EVENT_OPTIONS: [Choice; 2] = [
    Choice {
        name: "Requests",
        when: "The caller cannot go on without the answer, and both sides are up together.",
        cost: "Whoever is called has to be up; each new reader is a change of the caller.",
    },
    Choice {
        name: "Events",
        when: "Something has happened, and others may react to it in their own time.",
        cost: "Outcomes come later; duplicates, order and lag become everybody's business.",
    },
];

const REQUEST_OR_EVENT_QUESTIONS: [Question; 2] = [
    Question {
        key: "needs_answer",
        text: "Does the caller need the outcome before it can go on?",
        answers: &[
            ("Mostly", Some(REQUESTS)),
            ("Now and then", None),
            ("Hardly ever", Some(EVENTS)),
        ],
    },
    Question {
        key: "new_readers",
        text: "Will others want to react to the same facts that you do not know today?",
        answers: &[("Likely", Some(EVENTS)), ("Hardly", Some(REQUESTS))],
    },
];

/// Requests or events.
pub(super) fn request_or_event(seen: &Seen) -> Decision {
    let store = &seen.store;
    let consumers = &seen.consumers;
    Decision {
        key: "request_or_event",
        title: "Request or event",
        options: &REQUEST_OR_EVENT_OPTIONS,
        in_use: (store.events > 0 && consumers.consumers > 0).then_some(EVENTS),
        criteria: request_or_event_criteria(seen),
        questions: &REQUEST_OR_EVENT_QUESTIONS,
    }
}

fn request_or_event_criteria(seen: &Seen) -> Vec<Criterion> {
    let (store, consumers) = (&seen.store, &seen.consumers);
    let mut criteria = Criteria::default();
    let readers = many(consumers.consumers, "consumer", "consumers");
    match consumers.consumers {
        0 if store.tells_consumers() => criteria.add(
            "Who reacts to events",
            "no consumer".to_owned(),
            &[REQUESTS],
            "Events without anybody who reads them are requests with more work.",
        ),
        0 => criteria.add(
            "Who reacts to events",
            "not told: this store keeps no consumers".to_owned(),
            &[],
            "Consumers may keep elsewhere how far they are.",
        ),
        1 => criteria.add(
            "Who reacts to events",
            readers.unwrap_or_default(),
            &[],
            "One reader could as well be called.",
        ),
        _ => criteria.add(
            "Who reacts to events",
            readers.unwrap_or_default(),
            &[EVENTS],
            "Several readers of one fact need not know of each other, nor the writer of them.",
        ),
    }
    if store.across > 0 {
        criteria.add(
            "Effects in another service",
            format!(
                "{} of {} effects",
                grouped(store.across),
                grouped(store.caused)
            ),
            &[EVENTS],
            "Work already crosses services by events, and goes on while one of them is down.",
        );
    }
    let commands = store.commands.max(store.found("command-as-event"));
    if commands > 0 {
        let (reads, all) = (
            if commands == 1 {
                "reads like a command"
            } else {
                "read like commands"
            },
            grouped(store.events),
        );
        let shows = format!("{} of {all} events {reads}", grouped(commands));
        // A few are mistakes, and no way to talk.
        let (favours, because): (&[usize], _) = match commands as f64 >= store.events as f64 * RARE
        {
            true => (
                &[REQUESTS],
                "Somebody is told to do something and an outcome is expected: that is a request.",
            ),
            false => (&[], "So few are exceptions, and decide nothing."),
        };
        criteria.add("Events that are commands", shows, favours, because);
    }
    if let Some(p95) = consumers.slowest_p95_ms {
        let shows = format!("95 in 100 events within {}", span(p95));
        let (favours, because): (&[usize], _) = match p95 <= 1000.0 {
            true => (
                &[EVENTS],
                "Reactions follow within a second: few will notice that they are later.",
            ),
            false => (
                &[REQUESTS],
                "Who waits for the outcome waits longer than a call would take.",
            ),
        };
        criteria.add("How soon the slowest reacts", shows, favours, because);
    }
    criteria.0
}

const CHOREOGRAPHY: usize = 0;
const ORCHESTRATION: usize = 1;

/// So many steps can be followed without a leader.
const FEW_STEPS: u64 = 4;
/// So many histories of one process.
const FEW_VARIANTS: u64 = 6;
/// A share that went wrong and is an exception.
const RARE: f64 = 0.05;

const WHO_LEADS_OPTIONS: [Choice; 2] = [
    Choice {
        name: "Choreography",
        when: "Few steps, few branches, services that belong to teams of their own.",
        cost: "The process stands in no single place; nobody sees when it is stuck.",
    },
    Choice {
        name: "Orchestration",
        when: "Many steps, compensation, timeouts, people who ask how far it is.",
        cost: "One more service that must be up and knows all the others.",
    },
];

const WHO_LEADS_QUESTIONS: [Question; 3] = [
    Question {
        key: "asks_how_far",
        text: "Do people ask how far a single process is?",
        answers: &[
            ("Daily", Some(ORCHESTRATION)),
            ("Hardly ever", Some(CHOREOGRAPHY)),
        ],
    },
    Question {
        key: "one_team",
        text: "Does one team own most of the steps?",
        answers: &[("Yes", Some(ORCHESTRATION)), ("No", Some(CHOREOGRAPHY))],
    },
    Question {
        key: "process_changes",
        text: "How often does the order of the steps change?",
        answers: &[("Often", Some(ORCHESTRATION)), ("Hardly ever", None)],
    },
];

/// Choreography or orchestration.
pub(super) fn who_leads(seen: &Seen) -> Decision {
    let own = &seen.processes;
    Decision {
        key: "choreography_or_orchestration",
        title: "Choreography or orchestration",
        options: &WHO_LEADS_OPTIONS,
        in_use: (own.instances > 0).then_some(match own.led * 2 > own.instances {
            true => ORCHESTRATION,
            false => CHOREOGRAPHY,
        }),
        criteria: who_leads_criteria(seen),
        questions: &WHO_LEADS_QUESTIONS,
    }
}

fn who_leads_criteria(seen: &Seen) -> Vec<Criterion> {
    let own = &seen.processes;
    let mut criteria = Criteria::default();
    let mut rate =
        |about, value: u64, few: u64, words: String, because: [&'static str; 2]| match value <= few
        {
            true => criteria.add(about, words, &[CHOREOGRAPHY], because[0]),
            false => criteria.add(about, words, &[ORCHESTRATION], because[1]),
        };
    if own.instances > 0 {
        rate(
            "Steps of the longest process",
            own.most_steps,
            FEW_STEPS,
            many(own.most_steps, "step", "steps").unwrap_or_else(|| "no step".to_owned()),
            [
                "So few steps can be followed from service to service.",
                "So many steps are in nobody's view unless somebody leads.",
            ],
        );
        rate(
            "Histories that it takes",
            own.most_variants,
            FEW_VARIANTS,
            many(own.most_variants, "variant", "variants").unwrap_or_default(),
            [
                "It mostly goes one way.",
                "Many ways through it are branches, and branches want to stand in one place.",
            ],
        );
    }
    if let Some(failed) = own.failure_rate() {
        let shows = format!(
            "{:.1} % of {} went wrong",
            failed * 100.0,
            grouped(own.instances)
        );
        match failed <= RARE {
            true => criteria.add("How often it fails", shows, &[CHOREOGRAPHY], "Failures are exceptions."),
            false => criteria.add(
                "How often it fails",
                shows,
                &[ORCHESTRATION],
                "Failures are a part of the process: what undoes what is decided best by one who leads.",
            ),
        }
    }
    if own.stuck > 0 {
        criteria.add(
            "Instances that are stuck",
            many(
                own.stuck,
                "instance is silent for too long",
                "instances are silent for too long",
            )
            .unwrap_or_default(),
            &[ORCHESTRATION],
            "Nobody has a timeout for the whole; one who leads would.",
        );
    }
    if own.most_participants > 0 {
        let shows = many(own.most_participants, "participant", "participants").unwrap_or_default();
        criteria.add(
            "Participants of the largest process",
            shows,
            if own.most_participants <= 3 {
                &[CHOREOGRAPHY]
            } else {
                &[]
            },
            "Up to three services can agree on who follows whom; beyond, it depends on the teams.",
        );
    }
    criteria.0
}

/// A length of time for people.
pub(super) fn span(ms: f64) -> String {
    crate::model::time::Span::from_micros((ms * 1000.0) as i64).to_string()
}

/// Whether the store keeps its messages beside its events.
pub(super) fn has_outbox(seen: &Seen) -> bool {
    seen.store.keeps(SideKind::Outbox)
}
