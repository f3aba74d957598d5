//! The audit against what the simulation knew of its stores: all that was done to one is found, and
//! nothing as bad as a warning that was neither done to it nor belongs to its story.

#![allow(clippy::unwrap_used)]

#[path = "audit/expected.rs"]
mod expected;
#[path = "audit/explained.rs"]
mod explained;
#[path = "audit/known.rs"]
mod known;
#[path = "audit/merges.rs"]
mod merges;
#[path = "simulate/store.rs"]
#[allow(dead_code)]
mod store;

use asof::analysis::audit::{self, AuditOptions, AuditReport, Audited, Severity};
use asof::analysis::replay::FoldRules;
use asof::analysis::whole::Whole;
use asof::log::{Bound, Log, LogBuilder};
use asof::model::Task;
use asof::simulate::{Dose, Fault, Faults, Scenario};
use asof::store::{OpenOptions, Store, Tail};
use store::{Simulated, clean, faulty};

/// The most events of a simulated store.
const EVENTS: u64 = 1_200;

/// A store with its log.
struct Opened {
    store: Store,
    log: Log,
}

impl Opened {
    fn new(path: &std::path::Path) -> Self {
        let task = Task::new();
        let mut store = Store::open(path, &OpenOptions::default(), &task).unwrap();
        let mut builder: LogBuilder = store.builder();
        store
            .index(&mut builder, Tail::AtRest, &task, &mut |_| {})
            .unwrap();
        let log = builder.finish().0;
        Self { store, log }
    }

    fn audit(&self) -> AuditReport {
        let Self { store, log } = self;
        let (payloads, rows, tables) = (store.payloads(), store.rows(), store.tables());
        let fold = FoldRules {
            drop_keys: store.envelope_copies(),
        };
        let audited = Audited {
            whole: Whole {
                cut: log.cut(log.default_clock(), Bound::Head),
                log,
                payloads: &*payloads,
                shown: &*payloads,
                rows: &*rows,
                fold: &fold,
            },
            tables: &*tables,
        };
        let options = AuditOptions {
            evidence: usize::MAX,
            ..AuditOptions::default()
        };
        audit::audit(&audited, &options, &Task::new()).unwrap()
    }
}

/// What is wrong with the audit of a store.
fn mistakes(name: &str, store: &Simulated) -> Vec<String> {
    let report = Opened::new(&store.path).audit();
    let known = known::Known::new(store);
    let missed = expected::missed(&report, &known);
    let missed = missed
        .into_iter()
        .map(|what| format!("{name}: not found: {what}"));
    let invented = explained::invented(&report, &known);
    let invented = invented
        .into_iter()
        .map(|what| format!("{name}: not so: {what}"));
    missed.chain(invented).collect()
}

/// Two stores at a time.
const THREADS: usize = 2;

fn measure(seeds: std::ops::RangeInclusive<u64>) {
    let all = Scenario::ALL.iter();
    let all: Vec<(Scenario, u64)> = all
        .flat_map(|own| seeds.clone().map(|seed| (*own, seed)))
        .collect();
    let part = |nth: usize| {
        let mut found = Vec::new();
        for (scenario, seed) in all.iter().skip(nth).step_by(THREADS) {
            let store = clean(*scenario, EVENTS, *seed);
            found.extend(mistakes(&format!("{scenario} {seed}"), &store));
            let store = faulty(*scenario, EVENTS, *seed, 1);
            found.extend(mistakes(&format!("{scenario} {seed} with faults"), &store));
        }
        found
    };
    let part = &part;
    let mut all: Vec<String> = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..THREADS)
            .map(|nth| scope.spawn(move || part(nth)))
            .collect();
        let found = parts.into_iter().map(|part| part.join().unwrap());
        found.flatten().collect()
    });
    all.sort();
    assert!(
        all.is_empty(),
        "{} mistakes:\n{}",
        all.len(),
        all.join("\n")
    );
}

#[test]
fn what_was_done_is_found_and_nothing_else() {
    measure(1..=2);
}

/// `cargo test --test audit -- --ignored` looks at 50 seeds of each scenario, clean and with every fault that
/// it has a place for; `ASOF_AUDIT_SEEDS=7-9` at those.
#[test]
#[ignore = "takes minutes"]
fn what_was_done_is_found_and_nothing_else_over_fifty_seeds() {
    let seeds = std::env::var("ASOF_AUDIT_SEEDS").unwrap_or_default();
    match seeds.split_once('-') {
        Some((from, to)) => measure(from.parse().unwrap()..=to.parse().unwrap()),
        None => measure(1..=50),
    }
}

#[test]
fn every_kind_of_fault_has_rules_that_find_it() {
    for fault in Fault::ALL {
        let rules = expected::rules_for(fault.name());
        let known = |rule: &&str| audit::RULES.iter().any(|own| own.name == *rule);
        assert!(rules.iter().all(known), "{fault}: {rules:?}");
        assert!(!rules.is_empty(), "{fault}");
    }
}

#[test]
fn notes_are_no_mistakes() {
    assert!(Severity::Info < Severity::Warning && Severity::Warning < Severity::Error);
}

/// `UPDATE_DOCS=1 cargo test --test audit the_list_of_rules` writes it anew.
#[test]
fn the_list_of_rules_is_what_the_code_says() {
    let mut text = "# The rules of the audit\n\n\
        What `asof audit` and the Audit view look for. Names never change, so that they can be muted \
        (`--mute NAME`) and counted over time. This page is generated from the code.\n\n\
        A finding is an error where an answer that comes out of the store may be wrong, a warning where \
        something went wrong or will, and a note (`info`) where it may well be meant so.\n\n\
        | Rule | Severity | What is found |\n|---|---|---|\n"
        .to_owned();
    for rule in audit::RULES {
        let severity = rule.severity.name();
        text.push_str(&format!(
            "| [`{0}`](#{0}) | {severity} | {1} |\n",
            rule.name, rule.title
        ));
    }
    for rule in audit::RULES {
        text.push_str(&format!(
            "\n## {}\n\n**{}** ({}). {}\n\n*Why it matters.* {}\n\n*What to do.* {}\n\n*For example:* {}\n",
            rule.name,
            rule.title,
            rule.severity.name(),
            rule.about,
            rule.why,
            rule.advice,
            rule.example
        ));
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        text,
        "see the comment of this test"
    );
}

#[test]
fn rules_have_names_of_their_own_and_whole_sentences() {
    let mut names: Vec<&str> = audit::RULES.iter().map(|rule| rule.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), audit::RULES.len());
    for rule in audit::RULES {
        for sentence in [rule.about, rule.why, rule.advice, rule.example] {
            assert!(
                sentence.ends_with('.') && sentence.len() > 10,
                "{}: {sentence}",
                rule.name
            );
        }
        assert!(!rule.title.ends_with('.'), "{}", rule.name);
    }
}

/// Two to four of a dozen rows or so: fewer than nine in ten agree with the events, and the others are as they
/// should have been an event before.
#[test]
fn rows_of_small_tables_that_drifted_are_found() {
    for (scenario, seed, count) in [
        (Scenario::Rides, 11, 2),
        (Scenario::Bank, 11, 2),
        (Scenario::Rides, 501, 4),
    ] {
        let faults = Faults::none().with(Fault::ReadModelDrift, Dose::Count(count));
        let store = store::simulate(scenario, EVENTS, seed, faults);
        let found = mistakes(&format!("{scenario} {seed}"), &store);
        assert!(found.is_empty(), "{found:#?}");
    }
}

/// What happens one after the other is as often, so that a count may be that of the one or of the other; and what
/// follows from an event that was never published is missing.
#[test]
fn rows_that_drifted_are_told_the_event_that_they_missed() {
    for (seed, lost) in [(304, None), (306, None), (301, Some(8)), (303, Some(8))] {
        let mut faults = Faults::none().with(Fault::ReadModelDrift, Dose::Count(4));
        if let Some(lost) = lost {
            faults = faults.with(Fault::LostPublication, Dose::Count(lost));
        }
        let store = store::simulate(Scenario::Rides, 2_500, seed, faults);
        let report = Opened::new(&store.path).audit();
        let drift = (report.findings.iter()).filter(|own| own.rule == "read-model-drift");
        let found: Vec<(Severity, u64)> = drift.map(|own| (own.severity, own.count)).collect();
        assert_eq!(found, [(Severity::Warning, 4)], "{seed}");
    }
}

/// A command has the stamp of whoever sent it, and not the one of the wrong clock that it came after.
#[test]
fn commands_behind_a_wrong_clock_make_nothing_late() {
    for (scenario, seed) in [
        (Scenario::Bank, 6),
        (Scenario::Bank, 8),
        (Scenario::Rides, 4),
        (Scenario::Rides, 7),
        (Scenario::Carts, 1),
    ] {
        let faults = Faults::none()
            .with(Fault::ClockSkew, Dose::Count(1))
            .with(Fault::CommandAsEvent, Dose::Count(20));
        let store = store::simulate(scenario, EVENTS, seed, faults);
        let found = mistakes(&format!("{scenario} {seed}"), &store);
        assert!(found.is_empty(), "{found:#?}");
    }
}
