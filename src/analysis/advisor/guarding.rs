//! What keeps a system right over time: handlers that bear an event twice, and readers that bear old
//! events.

use super::storing::outbox_words;
use super::{Choice, Criteria, Criterion, Decision, Question, Seen};
use crate::analysis::words::{grouped, many};
use crate::log::SideKind;

const NATURAL: usize = 0;
const WINDOW: usize = 1;
const ALL_IDS: usize = 2;
const SEQUENCE: usize = 3;

const IDEMPOTENCY_OPTIONS: [Choice; 4] = [
    Choice {
        name: "Handlers that do not mind",
        when: "The effect can be said as a state: set, upsert, put into a set.",
        cost: "Sums, e-mails and payments cannot be said so.",
    },
    Choice {
        name: "A window of ids",
        when: "Copies come soon: retries of a broker or a client.",
        cost: "What comes later than the window is done twice.",
    },
    Choice {
        name: "All ids, in the same transaction",
        when: "Twice is never all right, and the effect is in the same database.",
        cost: "A table that grows with the events.",
    },
    Choice {
        name: "A sequence by entity",
        when: "Order matters as well, and the producer numbers what it sends.",
        cost: "A number by entity; gaps have to be waited for.",
    },
];

const IDEMPOTENCY_QUESTIONS: [Question; 2] = [
    Question {
        key: "effect_kind",
        text: "What is the costliest effect of a handler?",
        answers: &[
            ("It sets a state", Some(NATURAL)),
            ("It adds up", Some(ALL_IDS)),
            ("It leaves the system (mail, payment)", Some(ALL_IDS)),
        ],
    },
    Question {
        key: "retry_span",
        text: "For how long may a producer try again?",
        answers: &[
            ("Minutes", Some(WINDOW)),
            ("Days", Some(ALL_IDS)),
            ("It resends whole files", Some(NATURAL)),
        ],
    },
];

/// How duplicates are borne.
pub(super) fn idempotency(seen: &Seen) -> Decision {
    let store = &seen.store;
    Decision {
        key: "idempotency",
        title: "Idempotency",
        options: &IDEMPOTENCY_OPTIONS,
        in_use: store.keeps(SideKind::Processed).then_some(ALL_IDS),
        criteria: idempotency_criteria(seen),
        questions: &IDEMPOTENCY_QUESTIONS,
    }
}

fn idempotency_criteria(seen: &Seen) -> Vec<Criterion> {
    let store = &seen.store;
    let mut criteria = Criteria::default();
    let [same, new] = store.copies;
    if same > 0 {
        let shows = many(same, "event stands", "events stand").unwrap_or_default();
        criteria.add(
            "Copies under the same id",
            format!("{shows} here twice"),
            &[WINDOW, ALL_IDS],
            "Whoever remembers the id passes over the copy.",
        );
    }
    if new > 0 {
        let shows = many(new, "event repeats", "events repeat").unwrap_or_default();
        criteria.add(
            "Copies under a new id",
            format!("{shows} the content of an earlier one"),
            &[NATURAL],
            "No list of ids catches these; a handler that sets instead of adding does not mind.",
        );
    }
    let [caught, timed] = store.in_window;
    if timed > 0 {
        let shows = format!(
            "{} of {} came within 5 minutes",
            grouped(caught),
            grouped(timed)
        );
        match caught == timed {
            true => criteria.add(
                "When copies come",
                shows,
                &[WINDOW],
                "A window of five minutes catches all.",
            ),
            false => criteria.add(
                "When copies come",
                shows,
                &[ALL_IDS],
                "Some come later than a broker remembers; a list of all ids has no end.",
            ),
        }
    }
    let twice = store.found("processed-twice");
    if twice > 0 {
        criteria.add(
            "Processed twice",
            many(twice, "event", "events").unwrap_or_default(),
            &[ALL_IDS],
            "A unique key over consumer and event id would have stopped these.",
        );
    }
    let late = store.found("out-of-order");
    if late > 0 {
        criteria.add(
            "Events out of order in their stream",
            many(late, "event", "events").unwrap_or_default(),
            &[SEQUENCE],
            "A number by entity tells what comes too early and what came already.",
        );
    }
    criteria.add(
        "Delivery",
        outbox_words(seen).to_owned(),
        &[],
        "A relay publishes at least once: whoever reads from it meets every message twice some day.",
    );
    criteria.0
}

const OPTIONAL: usize = 0;
const UPCAST: usize = 1;
const NEW_TYPE: usize = 2;
const COMPENSATE: usize = 3;

/// So many changes a month are many.
const OFTEN: f64 = 2.0;

const SCHEMA_OPTIONS: [Choice; 4] = [
    Choice {
        name: "Optional fields",
        when: "Fields come and go, and old readers may ignore them.",
        cost: "Everything is optional in the end, and every reader checks.",
    },
    Choice {
        name: "Upcasting",
        when: "The meaning stays and the form changes: splits, renames, types.",
        cost: "A chain of functions to be kept and tested for ever.",
    },
    Choice {
        name: "A new type (…V2)",
        when: "The meaning changes: it is another fact.",
        cost: "Every reader handles both, for as long as old events live.",
    },
    Choice {
        name: "Compensating events",
        when: "Old facts were wrong, and the correction is a fact of its own.",
        cost: "Readers have to look for corrections.",
    },
];

const SCHEMA_QUESTIONS: [Question; 3] = [
    Question {
        key: "readers_known",
        text: "Can all readers be changed together with the writer?",
        answers: &[("Yes", Some(UPCAST)), ("No", Some(OPTIONAL))],
    },
    Question {
        key: "meaning",
        text: "Does the next change alter what the event means, or how it is written?",
        answers: &[
            ("What it means", Some(NEW_TYPE)),
            ("How it is written", Some(UPCAST)),
        ],
    },
    Question {
        key: "wrong_facts",
        text: "Are there old events whose facts are wrong?",
        answers: &[("Yes", Some(COMPENSATE)), ("No", None)],
    },
];

/// How schemas evolve.
pub(super) fn schema(seen: &Seen) -> Decision {
    Decision {
        key: "schema",
        title: "Schema evolution",
        options: &SCHEMA_OPTIONS,
        in_use: in_use(seen),
        criteria: schema_criteria(seen),
        questions: &SCHEMA_QUESTIONS,
    }
}

fn schema_criteria(seen: &Seen) -> Vec<Criterion> {
    let store = &seen.store;
    let mut criteria = Criteria::default();
    if store.types > 0 {
        let shows = format!(
            "{} of {} types changed, {} of {} steps break readers",
            grouped(store.changed_types),
            grouped(store.types),
            grouped(store.breaking_steps),
            grouped(store.steps)
        );
        match store.breaking_steps {
            0 => criteria.add(
                "Changes so far",
                shows,
                &[OPTIONAL],
                "Optional fields have been enough.",
            ),
            _ => criteria.add(
                "Changes so far",
                shows,
                &[UPCAST],
                "Old events have to be brought up to date somewhere: in one place, on reading. No event tells whether readers do.",
            ),
        }
    }
    if let Some(rate) = store.steps_a_month().filter(|_| store.steps > 0) {
        let shows = format!("{rate:.1} a month");
        match rate > OFTEN {
            true => criteria.add(
                "How often schemas change",
                shows,
                &[OPTIONAL, UPCAST],
                "A new type with every change would leave a museum of types.",
            ),
            false => criteria.add(
                "How often schemas change",
                shows,
                &[NEW_TYPE],
                "So seldom that a new type is no burden, and says plainly that something else is meant.",
            ),
        }
    }
    declared(seen, &mut criteria);
    criteria.0
}

/// What versions and a registry tell.
fn declared(seen: &Seen, criteria: &mut Criteria) {
    let store = &seen.store;
    if store.types > 0 {
        let shows = format!(
            "{} of {} types declare a version",
            grouped(store.declared_types),
            grouped(store.types)
        );
        match store.declared_types * 2 >= store.types {
            true => criteria.add(
                "Declared versions",
                shows,
                &[UPCAST],
                "An upcaster knows by the version what it has before it.",
            ),
            false => criteria.add(
                "Declared versions",
                shows,
                &[OPTIONAL],
                "Without a version an upcaster has to guess by the shape.",
            ),
        }
    }
    for (name, count) in &store.strategies {
        criteria.add(
            "Seen in this store",
            format!(
                "{name}: {}",
                many(*count, "type", "types").unwrap_or_default()
            ),
            &[],
            "What events show by type; an upcaster stands in the code of readers.",
        );
    }
    let wrong = store.found("schema-registry-disagrees");
    if wrong > 0 {
        criteria.add(
            "Registry against events",
            many(wrong, "field is otherwise", "fields are otherwise").unwrap_or_default(),
            &[],
            "Whatever is chosen, the registry has to be checked when events are written.",
        );
    }
}

/// The strategy that most types that changed have taken.
fn in_use(seen: &Seen) -> Option<usize> {
    use crate::analysis::schema::Strategy;
    let options = [
        (Strategy::OptionalFields, OPTIONAL),
        (Strategy::NewType, NEW_TYPE),
        (Strategy::CompensatingEvents, COMPENSATE),
    ];
    let count = |strategy: Strategy| {
        seen.store
            .strategies
            .get(strategy.name())
            .copied()
            .unwrap_or(0)
    };
    let best = options
        .into_iter()
        .max_by_key(|(strategy, option)| (count(*strategy), std::cmp::Reverse(*option)));
    best.filter(|(strategy, _)| count(*strategy) > 0)
        .map(|(_, option)| option)
}
