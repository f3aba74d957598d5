//! Laws of the tables, and what they say of made-up figures.

use std::collections::BTreeSet;

use super::*;
use crate::log::{Bound, Clock};

fn seen() -> Seen {
    Seen {
        as_of: AsOf {
            time: None,
            position: None,
            clock: Clock::Recorded,
            out_of_order: 0,
            bound: Bound::Head,
        },
        store: StoreFigures::default(),
        processes: ProcessFigures::default(),
        consumers: ConsumerFigures::default(),
    }
}

fn decision<'a>(advice: &'a Advice, key: &str) -> &'a Decision {
    let own = advice.decisions.iter().find(|own| own.key == key);
    own.expect("there is such a decision")
}

#[test]
fn the_issue_has_seven_tables_and_each_is_whole() {
    let mut full = seen();
    full.store.events = 10;
    full.store.types = 3;
    full.store.steps = 2;
    full.store.breaking_steps = 1;
    full.store.days = Some(30.0);
    full.store.streams = Length {
        count: 2,
        median: 5,
        longest: 2000,
    };
    full.store.long_streams = 1;
    full.store.copies = [1, 1];
    full.store.in_window = [1, 2];
    full.processes = ProcessFigures {
        processes: 1,
        instances: 40,
        went_wrong: 10,
        stuck: 1,
        most_steps: 9,
        most_participants: 4,
        most_variants: 20,
        led: 0,
        with_compensation: 1,
    };
    full.consumers = ConsumerFigures {
        consumers: 5,
        in_trouble: 1,
        worst_lag_ms: Some(120_000),
        slowest_p95_ms: Some(500.0),
        dead_letters: 2,
    };
    for seen in [seen(), full] {
        let advice = advise(&seen);
        assert_eq!(advice.decisions.len(), 7);
        let mut keys = BTreeSet::new();
        for decision in &advice.decisions {
            assert!(keys.insert(decision.key));
            assert!(decision.options.len() >= 2, "{}", decision.key);
            assert!(!decision.questions.is_empty(), "{}", decision.key);
            let options = decision.options.len();
            let criteria = decision.criteria.iter().flat_map(|own| &own.favours);
            let answers = decision.questions.iter().flat_map(|own| own.answers);
            let named = criteria.chain(answers.filter_map(|(_, option)| option.as_ref()));
            assert!(
                named.chain(&decision.in_use).all(|at| *at < options),
                "{}",
                decision.key
            );
            for question in decision.questions {
                assert!(keys.insert(question.key), "{}", question.key);
            }
        }
    }
}

#[test]
fn many_steps_that_fail_want_a_leader() {
    let mut long = seen();
    long.processes = ProcessFigures {
        processes: 1,
        instances: 100,
        went_wrong: 20,
        most_steps: 9,
        most_participants: 5,
        most_variants: 30,
        ..ProcessFigures::default()
    };
    let advice = advise(&long);
    let own = decision(&advice, "choreography_or_orchestration");
    assert_eq!(
        (own.in_use, own.leaning(&Answers::default())),
        (Some(0), Some(1))
    );
    let mut short = long.clone();
    short.processes.went_wrong = 1;
    short.processes.most_steps = 3;
    short.processes.most_variants = 2;
    short.processes.most_participants = 3;
    let advice = advise(&short);
    let own = decision(&advice, "choreography_or_orchestration");
    assert_eq!(own.leaning(&Answers::default()), Some(0));
}

#[test]
fn answers_weigh_as_much_as_figures() {
    let advice = advise(&seen());
    let own = decision(&advice, "choreography_or_orchestration");
    let mut answers = Answers::default();
    assert_eq!(own.leaning(&answers), None);
    assert!(own.conclusion(&answers).contains("the questions decide"));
    answers.answer(&own.questions[0], Some(0));
    assert_eq!(own.leaning(&answers), Some(1));
    answers.answer(&own.questions[1], Some(1));
    assert_eq!(own.leaning(&answers), None, "one for each is open");
    answers.answer(&own.questions[1], None);
    assert_eq!(own.leaning(&answers), Some(1));
    // What is no answer is none.
    answers.answer(&own.questions[0], Some(99));
    assert_eq!(own.weights(&answers), [0, 0]);
}

#[test]
fn copies_that_come_late_want_more_than_a_window() {
    let mut early = seen();
    early.store.copies = [4, 0];
    early.store.in_window = [4, 4];
    let advice = advise(&early);
    let leaning = decision(&advice, "idempotency").leaning(&Answers::default());
    assert_eq!(leaning, Some(1));
    early.store.in_window = [1, 4];
    let advice = advise(&early);
    let leaning = decision(&advice, "idempotency").leaning(&Answers::default());
    assert_eq!(leaning, Some(2));
}
