//! Merges of concurrent writes against what the scenario knows of its carts.

use std::collections::{BTreeMap, BTreeSet};

use asof::analysis::bodies::Bodies;
use asof::analysis::causality::{FieldMerge, Merge, MergeKind, merges};
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

#[test]
fn merges_are_what_the_devices_meant() {
    let mut kinds: BTreeMap<MergeKind, usize> = BTreeMap::new();
    for seed in 1..=4 {
        let store = clean(Scenario::Carts, super::EVENTS, seed);
        let opened = super::Opened::new(&store.path);
        let (log, task) = (&opened.log, Task::new());
        let cut = log.at_head();
        let payloads = opened.store.payloads();
        let fold = FoldRules::default();
        let bodies = Bodies::gather(log, &cut, &*payloads, &fold, &task).unwrap();
        let found = merges(log, &cut, &bodies, (&*payloads, &fold), usize::MAX, &task).unwrap();
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
}
