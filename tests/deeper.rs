//! What lies under the findings against the findings themselves: both are told of the same stores, and a
//! figure on a page is the one that the audit counts.

#![allow(clippy::unwrap_used)]

#[path = "simulate/store.rs"]
#[allow(dead_code)]
mod store;

use asof::analysis::advisor::{
    Answers, ConsumerFigures, ProcessFigures, Seen, StoreFigures, advise,
};
use asof::analysis::audit::{AuditOptions, AuditReport, Audited, Facts, judge};
use asof::analysis::causality::ToldBy;
use asof::analysis::deeper::{self, Deeper, OrderBy, Verdict, sides};
use asof::analysis::replay::FoldRules;
use asof::analysis::whole::Whole;
use asof::log::Bound;
use asof::model::Task;
use asof::render::advice_markdown;
use asof::simulate::Scenario;
use asof::store::{OpenOptions, Store, Tail};
use store::{clean, faulty};

const EVENTS: u64 = 800;

/// Everything that is told of a store, at its head and in the middle of it.
fn told(path: &std::path::Path, mut each: impl FnMut(&AuditReport, &Deeper, &StoreFigures)) {
    let task = Task::new();
    let mut store = Store::open(path, &OpenOptions::default(), &task).unwrap();
    let mut builder = store.builder();
    store
        .index(&mut builder, Tail::AtRest, &task, &mut |_| {})
        .unwrap();
    let log = builder.finish().0;
    let (payloads, rows, tables) = (store.payloads(), store.rows(), store.tables());
    let middle = asof::model::EventIx(log.len() as u32 / 2);
    for bound in [Bound::Head, Bound::Event(middle), Bound::Start] {
        let audited = Audited {
            whole: Whole {
                cut: log.cut(log.default_clock(), bound),
                log: &log,
                payloads: &*payloads,
                shown: &*payloads,
                rows: &*rows,
                fold: &FoldRules::default(),
            },
            tables: &*tables,
        };
        let facts = Facts::gather(&audited, &task).unwrap();
        let options = AuditOptions {
            evidence: usize::MAX,
            ..AuditOptions::default()
        };
        let report = judge(&facts, &options, &task).unwrap();
        let deeper = deeper::deeper(&facts, &task).unwrap();
        for pair in &deeper.conflicts.shown {
            let events = pair.last_writes().unwrap().map(|place| place.event);
            assert!(events.iter().all(|event| facts.knows(*event)));
            let sides = sides(&log, &*payloads, events, &task).unwrap();
            assert!(!sides.fields.is_empty());
        }
        let figures = StoreFigures::of(&facts, &deeper, &report);
        each(&report, &deeper, &figures);
    }
}

fn found(report: &AuditReport, rule: &str) -> u64 {
    let own = report.findings.iter().filter(|own| own.rule == rule);
    own.map(|own| own.count).sum()
}

fn agree(report: &AuditReport, deeper: &Deeper) {
    let clocks = &deeper.clocks;
    let apart = clocks.pairs.iter().map(|pair| match pair.verdict() {
        Verdict::Apart => 1,
        Verdict::Drifting => 2,
        Verdict::Together => 0,
    });
    assert_eq!(apart.sum::<u64>(), found(report, "clock-skew"));
    let skews = report
        .findings
        .iter()
        .filter(|own| own.rule == "clock-skew");
    let proofs = skews.flat_map(|own| own.evidence.chunks(2));
    let proofs: Vec<Vec<_>> = proofs
        .map(|pair| pair.iter().map(|own| own.position.clone()).collect())
        .collect();
    let apart = clocks.pairs.iter();
    for pair in apart.filter(|pair| pair.verdict() == Verdict::Apart) {
        let proof = pair.proof.as_ref().unwrap();
        let proof = proof.each_ref().map(|place| Some(place.position.clone()));
        assert!(proofs.contains(&proof.to_vec()), "{pair:?}");
        assert!(
            pair.least_ms
                .is_none_or(|least| pair.most_ms.is_none_or(|most| least <= most))
        );
    }
    assert_eq!(clocks.early.count, found(report, "effect-before-cause"));
    let recorded = clocks.orders.iter().find(|own| own.by == OrderBy::Recorded);
    assert_eq!(
        recorded.map_or(0, |own| own.turned),
        found(report, "recorded-backwards")
    );
    // Each is told by the rule for what says so.
    let conflicts = deeper.conflicts.shown.iter();
    let forks = conflicts.filter(|own| own.told_by == ToldBy::SameVersion);
    let forks = forks.count() as u64;
    let writes = deeper.conflicts.count - forks;
    assert_eq!(writes, found(report, "concurrent-writes"));
    assert!(forks <= found(report, "version-fork"));
    let own = &deeper.duplicates;
    assert_eq!(own.same_id, found(report, "duplicate-id-same-content"));
    assert_eq!(own.new_id, found(report, "duplicate-content-new-id"));
    assert!(
        own.curve
            .is_sorted_by(|a, b| a.window_ms < b.window_ms && a.caught < b.caught)
    );
    assert_eq!(own.curve.last().map_or(0, |last| last.caught), own.timed());
    assert!(
        own.windows
            .is_sorted_by_key(|window| (window.caught, window.remembered))
    );
    for window in &own.windows {
        let reached = own
            .curve
            .iter()
            .rfind(|point| point.window_ms <= window.window_ms);
        assert_eq!(
            reached.map_or(0, |point| point.caught),
            window.caught,
            "{}",
            window.name
        );
        assert!(window.remembered <= own.events);
    }
}

#[test]
fn figures_are_those_that_the_audit_counts() {
    let mut seen = [0_u64; 4];
    for scenario in Scenario::ALL {
        for path in [
            &clean(*scenario, EVENTS, 1),
            &faulty(*scenario, EVENTS, 2, 2),
        ] {
            told(&path.path, |report, deeper, figures| {
                agree(report, deeper);
                assert_eq!(figures.events, report.events);
                assert!(figures.across <= figures.caused && figures.caused <= figures.events);
                assert!(figures.breaking_steps <= figures.steps);
                seen[0] += deeper.clocks.early.count;
                seen[1] += deeper.conflicts.count;
                seen[2] += deeper.duplicates.timed();
                seen[3] += deeper.clocks.pairs.len() as u64;
            });
        }
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}

#[test]
fn every_store_gets_a_page_of_advice() {
    let store = faulty(Scenario::OrdersChoreographed, EVENTS, 3, 1);
    told(&store.path, |report, _, figures| {
        let advice = advise(&Seen {
            as_of: report.as_of.clone(),
            store: figures.clone(),
            processes: ProcessFigures::default(),
            consumers: ConsumerFigures::default(),
        });
        let page = advice_markdown(&advice, &Answers::default(), "orders.db", "the head");
        let heads = page.lines().filter(|line| line.starts_with("## "));
        assert_eq!(heads.count(), 7);
        // Each table row has as many cells as its head.
        for table in page.split("\n\n").filter(|part| part.starts_with("| ")) {
            let mut cells = table.lines().map(|line| line.matches(" |").count());
            let first = cells.next();
            let _line = cells.next();
            assert!(cells.all(|count| Some(count) == first), "{table}");
        }
    });
}
