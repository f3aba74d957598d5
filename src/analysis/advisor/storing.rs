//! What is kept and how it is read: events or states, one model or several, and when read models are
//! brought up to date.

use super::messaging::{has_outbox, span};
use super::{Choice, Criteria, Criterion, Decision, Question, Seen};
use crate::analysis::words::{grouped, many};
use crate::log::SideKind;

const STATE: usize = 0;
const SOURCED: usize = 1;

const EVENT_SOURCING_OPTIONS: [Choice; 2] = [
    Choice {
        name: "State",
        when: "Only the present is asked for, and the rules are those of forms.",
        cost: "What was true before, and why, cannot be told.",
    },
    Choice {
        name: "Event sourcing",
        when: "The past is asked for: audits, disputes, decisions that are looked into later.",
        cost: "Schemas live for ever; reading needs read models; deleting needs a plan.",
    },
];

const EVENT_SOURCING_QUESTIONS: [Question; 2] = [
    Question {
        key: "asks_past",
        text: "Does anybody ask what was true at an earlier moment, or why?",
        answers: &[
            ("Yes", Some(SOURCED)),
            ("Seldom", None),
            ("Never", Some(STATE)),
        ],
    },
    Question {
        key: "must_delete",
        text: "Must personal data be deleted on request, and is there a way to (crypto-shredding, tombstones)?",
        answers: &[
            ("Yes, and there is a way", None),
            ("Yes, and there is none", Some(STATE)),
            ("No", None),
        ],
    },
];

/// Event sourcing or not.
pub(super) fn event_sourcing(seen: &Seen) -> Decision {
    let store = &seen.store;
    Decision {
        key: "event_sourcing",
        title: "Event sourcing or state",
        options: &EVENT_SOURCING_OPTIONS,
        in_use: (store.events > 0).then_some(SOURCED),
        criteria: event_sourcing_criteria(seen),
        questions: &EVENT_SOURCING_QUESTIONS,
    }
}

fn event_sourcing_criteria(seen: &Seen) -> Vec<Criterion> {
    let store = &seen.store;
    let mut criteria = Criteria::default();
    let crud = store.found("crud-event");
    if crud > 0 {
        criteria.add(
            "Events that say no more than that something was saved",
            many(crud, "case", "cases").unwrap_or_default(),
            &[STATE],
            "Who keeps whole entities under names like Updated keeps states, only with more effort.",
        );
    } else if store.types > 0 {
        criteria.add(
            "Names of events",
            format!("{} types, none of them about saving", grouped(store.types)),
            &[SOURCED],
            "Facts of the business are what a later question can be answered from.",
        );
    }
    if store.streams.count > 0 {
        let median = store.streams.median;
        let shows = format!(
            "half of {} streams have {median} events or fewer, the longest {}",
            grouped(store.streams.count),
            grouped(store.streams.longest)
        );
        match median {
            0..=1 => criteria.add(
                "Length of streams",
                shows,
                &[STATE],
                "With one event to a stream there is no history to fold.",
            ),
            _ => criteria.add(
                "Length of streams",
                shows,
                &[SOURCED],
                "Things have a history here, and a state that is a fold of it.",
            ),
        }
    }
    let kept = store.keeps(SideKind::Snapshots);
    if store.long_streams > 0 {
        let shows = format!(
            "{} with a thousand events and more, snapshots {}",
            many(store.long_streams, "stream", "streams").unwrap_or_default(),
            if kept { "are kept" } else { "are not kept" }
        );
        criteria.add(
            "Very long streams",
            shows,
            if kept { &[] } else { &[STATE] },
            "Each load replays them whole unless snapshots are kept or the books are closed now and then.",
        );
    }
    criteria.0
}

const ONE_MODEL: usize = 0;
const TWO_MODELS: usize = 1;
const OWN_STORES: usize = 2;

const CQRS_OPTIONS: [Choice; 3] = [
    Choice {
        name: "A: one model",
        when: "What is read looks like what is written.",
        cost: "Queries bend the model that decides, or the other way round.",
    },
    Choice {
        name: "B: two models, one database",
        when: "Reads have shapes of their own and must be right at once.",
        cost: "Writes wait for the views; both scale together.",
    },
    Choice {
        name: "C: read models of their own",
        when: "Many shapes, many more reads than writes, other stores (search, graph).",
        cost: "Readers see the past; each model needs a checkpoint, a rebuild and a watch.",
    },
];

const CQRS_QUESTIONS: [Question; 2] = [
    Question {
        key: "reads_per_write",
        text: "How many reads come to one write?",
        answers: &[
            ("About as many", Some(ONE_MODEL)),
            ("Ten", Some(TWO_MODELS)),
            ("A hundred and more", Some(OWN_STORES)),
        ],
    },
    Question {
        key: "read_own_write",
        text: "Must people see at once what they wrote?",
        answers: &[
            ("Always", Some(TWO_MODELS)),
            ("A second later is all right", Some(OWN_STORES)),
        ],
    },
];

/// How far commands and queries are kept apart.
pub(super) fn cqrs(seen: &Seen) -> Decision {
    let consumers = &seen.consumers;
    Decision {
        key: "cqrs",
        title: "CQRS: A, B or C",
        options: &CQRS_OPTIONS,
        in_use: match consumers.consumers {
            0 => None,
            _ => Some(OWN_STORES),
        },
        criteria: cqrs_criteria(seen),
        questions: &CQRS_QUESTIONS,
    }
}

fn cqrs_criteria(seen: &Seen) -> Vec<Criterion> {
    let consumers = &seen.consumers;
    let mut criteria = Criteria::default();
    let readers = many(consumers.consumers, "consumer keeps", "consumers keep");
    let readers = readers.map_or_else(
        || "no consumer that this store knows of".to_owned(),
        |readers| format!("{readers} something of its own"),
    );
    let (favours, because): (&[usize], _) = match consumers.consumers {
        0 => (
            &[ONE_MODEL],
            "Nothing is read in another shape than it is written.",
        ),
        1..=2 => (
            &[TWO_MODELS],
            "A view or two can live in the same database and be right at once.",
        ),
        _ => (
            &[OWN_STORES],
            "So many shapes of reading pay for stores of their own.",
        ),
    };
    criteria.add("Read models", readers, favours, because);
    if let Some(worst) = consumers.worst_lag_ms {
        let shows = format!("the longest wait is {}", span(worst as f64));
        match worst > 60_000 {
            true => criteria.add(
                "How far they are behind",
                shows,
                &[TWO_MODELS],
                "Readers see the past by more than a minute; in one database they would not.",
            ),
            false => criteria.add(
                "How far they are behind",
                shows,
                &[OWN_STORES],
                "What reading models of their own cost is paid already, and is small.",
            ),
        }
    }
    if consumers.in_trouble > 0 {
        criteria.add(
            "Consumers in trouble",
            many(consumers.in_trouble, "consumer", "consumers").unwrap_or_default(),
            &[ONE_MODEL, TWO_MODELS],
            "Each model of its own has to be watched, rebuilt and repaired by somebody.",
        );
    }
    criteria.0
}

const SYNC: usize = 0;
const ASYNC: usize = 1;
const ON_DEMAND: usize = 2;

const PROJECTIONS_OPTIONS: [Choice; 3] = [
    Choice {
        name: "Synchronous",
        when: "Readers must see it at once, and there are few projections.",
        cost: "Each write takes longer and fails with the projection.",
    },
    Choice {
        name: "Asynchronous",
        when: "Many projections, heavy ones, or ones in other stores.",
        cost: "Lag, checkpoints, dead letters.",
    },
    Choice {
        name: "On demand",
        when: "Short streams, few reads, questions that nobody foresaw.",
        cost: "Each read replays; nothing can be searched across streams.",
    },
];

const PROJECTIONS_QUESTIONS: [Question; 2] = [
    Question {
        key: "stale_reads",
        text: "How old may an answer be?",
        answers: &[
            ("Not at all", Some(SYNC)),
            ("Seconds", Some(ASYNC)),
            ("Minutes", Some(ASYNC)),
        ],
    },
    Question {
        key: "searched",
        text: "Is the projection searched across streams, or read one stream at a time?",
        answers: &[("Across", Some(ASYNC)), ("One at a time", Some(ON_DEMAND))],
    },
];

/// When read models are brought up to date.
pub(super) fn projections(seen: &Seen) -> Decision {
    let consumers = &seen.consumers;
    Decision {
        key: "projections",
        title: "Projections: at once, behind, or on demand",
        options: &PROJECTIONS_OPTIONS,
        in_use: match consumers.consumers {
            0 => None,
            _ => Some(ASYNC),
        },
        criteria: projections_criteria(seen),
        questions: &PROJECTIONS_QUESTIONS,
    }
}

fn projections_criteria(seen: &Seen) -> Vec<Criterion> {
    let (store, consumers) = (&seen.store, &seen.consumers);
    let mut criteria = Criteria::default();
    if let Some(p95) = consumers.slowest_p95_ms {
        let shows = format!("95 in 100 events within {}", span(p95));
        let (favours, because): (&[usize], _) = match p95 {
            ..100.0 => (&[SYNC], "So quick that writes could wait for it."),
            ..60_000.0 => (
                &[ASYNC],
                "Too long to wait for with each write, and soon enough for most readers.",
            ),
            _ => (
                &[ON_DEMAND],
                "Who reads folds the stream sooner than the projection arrives.",
            ),
        };
        criteria.add("How soon the slowest is there", shows, favours, because);
    }
    if store.streams.count > 0 {
        let shows = format!(
            "half have {} events or fewer, the longest {}",
            grouped(store.streams.median),
            grouped(store.streams.longest)
        );
        match store.streams.longest {
            0..=100 => criteria.add(
                "Length of streams",
                shows,
                &[ON_DEMAND],
                "So short a stream is folded when it is asked for, and needs no table.",
            ),
            _ => criteria.add(
                "Length of streams",
                shows,
                &[ASYNC],
                "Folding the longest with every read costs more than keeping a table.",
            ),
        }
    }
    if consumers.consumers > 2 {
        criteria.add(
            "Consumers",
            many(consumers.consumers, "consumer", "consumers").unwrap_or_default(),
            &[ASYNC],
            "A write that waits for so many is as slow as the slowest and as reliable as all together.",
        );
    }
    if consumers.dead_letters > 0 {
        criteria.add(
            "Events that handlers gave up on",
            many(consumers.dead_letters, "dead letter", "dead letters").unwrap_or_default(),
            &[ASYNC],
            "A handler that fails within the write would have stopped the write.",
        );
    }
    criteria.0
}

/// Whether messages are kept with the events, for decisions about delivery.
pub(super) fn outbox_words(seen: &Seen) -> &'static str {
    match has_outbox(seen) {
        true => "an outbox stands beside the events",
        false => "no outbox in this store",
    }
}
