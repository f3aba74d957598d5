//! `asof audit`, `asof schema` and `asof trace`: golden answers on stores that real libraries wrote, read by
//! hand for sense, and on the samples.

use asof::cli::{self, Request, Streams, Verdict};
use serde_json::json;

use super::{BANK, ORDERS, SYSTEM, USERS, json as answer, now, session, told};

const CARTS: &str = "sample-data/carts.db";

golden!(
    audits_of_the_samples,
    ["audit", USERS],
    ["audit", BANK],
    ["audit", ORDERS, "--at", "2024-11-25"],
    ["audit", CARTS, "--evidence", "3"]
);

golden!(
    audits_of_stores_that_libraries_wrote,
    ["audit", "tests/fixtures/es_py_bank/store.db"],
    ["audit", "tests/fixtures/emmett_cart/store.db"],
    ["audit", "tests/fixtures/eventsource_py_orders/store.db"],
    ["audit", "tests/fixtures/evento_bank/store.db"],
    [
        "audit", SYSTEM[0], SYSTEM[1], SYSTEM[2], SYSTEM[3], SYSTEM[4]
    ],
    ["audit", "tests/fixtures/json_shapes/cloudevents_store.json"],
    ["audit", "tests/fixtures/broken/duplicate_ids.jsonl"],
    ["audit", "tests/fixtures/broken/version_gaps.jsonl"],
    ["audit", "tests/fixtures/broken/broken_line_100.jsonl"]
);

golden!(
    an_audit_for_programs,
    [
        "audit",
        "tests/fixtures/broken/duplicate_ids.jsonl",
        "--json"
    ],
    [
        "audit",
        "tests/fixtures/broken/duplicate_ids.jsonl",
        "--format",
        "markdown"
    ],
    [
        "audit",
        "tests/fixtures/broken/duplicate_ids.jsonl",
        "--mute",
        "nonsense"
    ]
);

golden!(
    schemas_in_words,
    ["schema", USERS],
    ["schema", ORDERS, "--type", "OrderPlaced"],
    ["schema", ORDERS, "--type", "InventoryPicked"],
    ["schema", BANK, "--type", "MoneyDeposited", "--json"]
);

golden!(
    traces,
    ["trace", ORDERS, "#423"],
    ["trace", ORDERS, "#423", "--at", "#425"],
    ["trace", CARTS, "#76"],
    ["trace", ORDERS, "nobody"]
);

fn verdict(arguments: &[&str]) -> Verdict {
    let all = ["asof"].iter().chain(arguments).map(Into::into);
    let Ok(Request::Answer(answer)) = cli::parse(all) else {
        panic!("a subcommand: {arguments:?}");
    };
    let mut to = Streams {
        out: &mut Vec::new(),
        beside: &mut Vec::new(),
    };
    answer.print(now(), &mut to).unwrap()
}

#[test]
fn the_verdict_is_by_the_worst_finding() {
    // Orders have warnings and no error.
    assert_eq!(verdict(&["audit", ORDERS]), Verdict::Answered);
    assert_eq!(
        verdict(&["audit", ORDERS, "--fail-on", "warning"]),
        Verdict::Found
    );
    assert_eq!(
        verdict(&["audit", BANK, "--fail-on", "warning"]),
        Verdict::Answered
    );
    assert_eq!(
        verdict(&["audit", BANK, "--fail-on", "info"]),
        Verdict::Found
    );
}

#[test]
fn sarif_names_only_rules_that_it_describes() {
    let (text, _) = told(&["audit", CARTS, "--format", "sarif", "--evidence", "2"]);
    let log: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(log["version"], json!("2.1.0"));
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        let at = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[at]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        let locations = result["locations"].as_array().unwrap();
        assert!(
            locations
                .iter()
                .all(|place| place["physicalLocation"].is_object())
        );
    }
}

#[test]
fn a_schema_as_json_schema_holds_what_was_seen() {
    let all = answer(&[
        "schema",
        ORDERS,
        "--type",
        "OrderPlaced",
        "--format",
        "json-schema",
    ]);
    let schema = &all["OrderPlaced"];
    assert_eq!(schema["properties"]["order_id"]["type"], json!("string"));
    assert_eq!(
        schema["properties"]["lines"]["items"]["properties"]["quantity"]["type"],
        json!("integer")
    );
}

#[test]
fn evidence_in_several_files_is_in_the_file_of_its_event() {
    let arguments = ["audit", "sample-data/users.json", "--with", BANK];
    let rest = ["--format", "sarif", "--evidence", "0", "--fail-on", "info"];
    let (text, _) = told(&[&arguments[..], &rest[..]].concat());
    let log: serde_json::Value = serde_json::from_str(&text).unwrap();
    let run = &log["runs"][0];
    let uri = |file: &serde_json::Value| file["uri"].as_str().unwrap().to_owned();
    let artifacts = run["artifacts"].as_array().unwrap();
    let artifacts: Vec<String> = artifacts
        .iter()
        .map(|file| uri(&file["location"]))
        .collect();
    assert_eq!(artifacts, ["sample-data/users.json", BANK]);
    let mut seen = [0, 0];
    for result in run["results"].as_array().unwrap() {
        for place in result["locations"].as_array().unwrap() {
            let file = &place["physicalLocation"]["artifactLocation"];
            let index = file["index"].as_u64().unwrap() as usize;
            assert_eq!(uri(file), artifacts[index]);
            let message = place["message"]["text"].as_str().unwrap_or_default();
            for (at, name) in ["#users:", "#bank:"].into_iter().enumerate() {
                if message.starts_with(name) {
                    assert_eq!(index, at, "{message}");
                    seen[at] += 1;
                }
            }
        }
    }
    assert!(seen[1] > 0, "{seen:?}");
}

#[test]
fn rules_that_are_muted_for_a_store_are_left_out_where_its_workspace_is_named() {
    use asof::workspace::{StorePath, StoreWorkspace, Workspace};
    let folder = tempfile::tempdir().unwrap();
    let store = "tests/fixtures/broken/duplicate_ids.jsonl";
    let remembered = StoreWorkspace {
        muted: vec!["duplicate-id-different-content".to_owned()],
        ..StoreWorkspace::default()
    };
    let of = StorePath::of(std::path::Path::new(store));
    let workspace = Workspace::at(folder.path());
    workspace.save_store(&of, &remembered).unwrap();
    let dir = folder.path().to_str().unwrap();
    let finds = |more: &[&str]| {
        let report = answer(&[&["audit", store, "--json"], more].concat());
        let all = report["findings"].as_array().unwrap();
        all.iter()
            .any(|own| own["rule"] == "duplicate-id-different-content")
    };
    assert!(finds(&[]));
    assert!(!finds(&["--workspace", dir]));
    let told = session(&[&["audit", store, "--workspace", dir]]);
    let said = "1 rule is muted, as is remembered of this store: duplicate-id-different-content";
    assert!(told.contains(said), "{told}");
}
