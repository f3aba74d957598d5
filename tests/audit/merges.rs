//! Merges of concurrent writes against what the scenario knows of its carts.

use std::collections::{BTreeMap, BTreeSet};

use asof::analysis::bodies::Bodies;
use asof::analysis::causality::{FieldMerge, Merge, MergeKind, conflicts, merges};
use asof::analysis::replay::FoldRules;
use asof::model::Task;
use asof::simulate::Scenario;
use serde_json::Value;

use super::store::clean;

/// Lists are sets here.
fn as_set(value: &Value) -> Value {
    let Value::Array(items) = value else {
        return value.clone();
    };
    let items: BTreeSet<String> = items.iter().map(Value::to_string).collect();
    Value::from(items.into_iter().collect::<Vec<_>>())
}

fn check(merge: &Merge, field: &FieldMerge, told: &Value) {
    let side = |name: &str| {
        let at = merge.sides.iter().position(|side| side.name == name);
        as_set(&field.sides[at.unwrap()])
    };
    let kind = match told["kind"].as_str().unwrap() {
        "pn-counter" => MergeKind::PnCounter,
        "or-set" => MergeKind::OrSet,
        _ => MergeKind::LwwRegister,
    };
    assert_eq!(field.kind, kind, "{told}");
    for name in ["phone", "laptop"] {
        assert_eq!(side(name), as_set(&told[name]), "{name}: {told} {field:?}");
    }
    assert_eq!(
        as_set(&field.last_write),
        as_set(&told["last_write"]),
        "{told} {field:?}"
    );
    assert_eq!(
        as_set(&field.merged),
        as_set(&told["merged"]),
        "{told} {field:?}"
    );
}

/// The fields that the last write does not lose and is said to, and those that it loses and is not said to.
fn not_as_lost(found: &[Merge], store: &super::store::Simulated) -> impl Iterator<Item = String> {
    let lost = found.iter().flat_map(|merge| {
        let fields = merge.fields.iter().filter(|field| field.loses());
        fields.map(|field| format!("{} {}", merge.stream, field.field))
    });
    let lost: BTreeSet<String> = lost.collect();
    let truths = store.findings("inherent", "concurrent-writes");
    let truth = truths.into_iter().flat_map(|truth| {
        let merges = truth["merges"].as_array().into_iter().flatten();
        let lost = merges.filter(|told| as_set(&told["last_write"]) != as_set(&told["merged"]));
        let stream = truth["stream"].as_str().unwrap();
        lost.map(move |told| format!("{stream} {}", told["field"].as_str().unwrap()))
    });
    let truth: BTreeSet<String> = truth.collect();
    let wrong: Vec<String> = lost.symmetric_difference(&truth).cloned().collect();
    wrong.into_iter()
}

#[test]
fn merges_are_what_the_devices_meant() {
    let mut kinds: BTreeMap<MergeKind, usize> = BTreeMap::new();
    let mut wrong: Vec<String> = Vec::new();
    for seed in 1..=4 {
        let store = clean(Scenario::Carts, super::EVENTS, seed);
        let opened = super::Opened::new(&store.path);
        let (log, task) = (&opened.log, Task::new());
        let cut = log.at_head();
        let payloads = opened.store.payloads();
        let fold = FoldRules::default();
        let bodies = Bodies::gather(log, &cut, &*payloads, &fold, &task).unwrap();
        let all = conflicts(log, &cut, &bodies);
        let found = merges(log, &cut, &bodies, (&*payloads, &fold), &all, &task).unwrap();
        wrong.extend(not_as_lost(&found, &store).map(|what| format!("{seed}: {what}")));
        for truth in store.findings("inherent", "concurrent-writes") {
            let positions = super::known::positions(truth);
            let of = |merge: &&Merge| {
                let sides = merge.sides.iter().flat_map(|side| &side.positions);
                let mut own: Vec<i64> = sides.map(|name| name.position.0).collect();
                own.sort_unstable();
                own == positions
            };
            let merge = found.iter().find(of);
            let merge = merge.unwrap_or_else(|| panic!("no conflict for {truth}"));
            for told in truth["merges"].as_array().into_iter().flatten() {
                let name = told["field"].as_str().unwrap();
                let field = merge.fields.iter().find(|field| field.field == name);
                let field = field.unwrap_or_else(|| panic!("{name} is not in {merge:?}"));
                check(merge, field, told);
                *kinds.entry(field.kind).or_default() += 1;
            }
        }
    }
    assert!(kinds.len() >= 3, "{kinds:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
