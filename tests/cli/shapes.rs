//! What programs rely on, whatever the figures are.

use std::path::Path;

use super::{BANK, UNTIMED, USERS, asof, json};

#[test]
fn as_of_is_in_every_report() {
    let reports = [
        vec!["info", BANK, "--at", "2024", "--json"],
        vec!["events", BANK, "--at", "2024", "--json", "--limit", "1"],
        vec!["state", BANK, "account-61", "--at", "2024", "--json"],
        vec!["lag", BANK, "--at", "2024", "--json"],
    ];
    for arguments in reports {
        let report = json(&arguments);
        assert_eq!(report["as_of"]["time"], "2024-12-31T23:59:59.999999Z");
        assert_eq!(report["as_of"]["clock"], "recorded");
        assert_eq!(report["as_of"]["out_of_order"], 0);
        assert!(report["as_of"]["position"].is_i64());
    }
}

#[test]
fn numbers_keep_their_digits() {
    let text = asof(&["state", UNTIMED, "cart-1", "--at", "#2", "--json"]);
    assert!(text.contains("\"total\": 12.50"), "{text}");
}

#[test]
fn all_events_are_given_to_programs() {
    let report = json(&["events", BANK, "--json"]);
    let events = report["events"].as_array().unwrap();
    assert_eq!(report["total"], events.len());
    assert_eq!(report["truncated"], false);
    let lines = |format| asof(&["events", BANK, "--format", format]).lines().count();
    assert_eq!(lines("jsonl"), events.len());
    assert_eq!(lines("csv"), 1 + events.len());
}

#[test]
fn a_mapping_is_remembered_only_in_the_workspace_that_is_named() {
    use asof::workspace::{StorePath, StoreWorkspace, Workspace};
    let folder = tempfile::tempdir().unwrap();
    let layout = std::fs::read_to_string("assets/layouts/article.toml").unwrap();
    let mapping = asof::store::layout::from_toml("article", &layout).unwrap();
    let remembered = StoreWorkspace {
        mapping: Some(mapping),
        ..StoreWorkspace::default()
    };
    let store = StorePath::of(Path::new(USERS));
    Workspace::at(folder.path())
        .save_store(&store, &remembered)
        .unwrap();
    let dir = folder.path().to_str().unwrap();
    let confidence = |arguments: &[&str]| json(arguments)["layout"]["confidence"].clone();
    assert_eq!(confidence(&["info", USERS, "--json"]), 99);
    assert_eq!(
        confidence(&["info", USERS, "--json", "--workspace", dir]),
        100
    );
}
