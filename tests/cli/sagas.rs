//! What `asof sagas` answers.

use super::{BANK, ORDERS, SYSTEM, json, session};

const ORDER: &str = "sample-data/sagas/orders.toml";
const CHECKOUTS: &str = "sample-data/orders-orchestrated.db";
const CHECKOUT: &str = "sample-data/sagas/orders-orchestrated.toml";

golden!(
    sagas_by_their_definition,
    ["sagas", ORDERS, "--definition", ORDER, "--status", "stuck"],
    [
        "sagas",
        ORDERS,
        "--definition",
        ORDER,
        "--id",
        "order-1004",
        "--at",
        "2024-11-06 10:15:59"
    ],
    [
        "sagas",
        ORDERS,
        "--definition",
        ORDER,
        "--id",
        "order-1004",
        "--json"
    ],
);

golden!(
    sagas_of_an_orchestrator,
    [
        "sagas",
        CHECKOUTS,
        "--definition",
        CHECKOUT,
        "--status",
        "failed"
    ],
    [
        "sagas",
        CHECKOUTS,
        "--definition",
        CHECKOUT,
        "--status",
        "parked",
        "--at",
        "#393"
    ],
);

golden!(
    sagas_as_they_were_mined,
    ["sagas", ORDERS, "--id", "order-1042"],
    ["sagas", ORDERS, "--status", "stuck"],
    ["sagas", BANK, "--status", "failed"],
    // What was tried again and went well is nothing to be undone.
    ["sagas", CHECKOUTS, "--id", "checkout-5060"],
    ["sagas", CHECKOUTS, "--at", "2024-09-02 12:28:53", "--json"],
);

golden!(
    sagas_that_cannot_be_asked_for,
    [
        "sagas",
        ORDERS,
        "--definition",
        ORDER,
        "--id",
        "order-1",
        "--at",
        "2024-11-06"
    ],
    [
        "sagas",
        ORDERS,
        "--definition",
        "sample-data/projections/orders.js"
    ],
    [
        "sagas",
        ORDERS,
        "--definition",
        "sample-data/sagas/nothing.toml"
    ],
    // It is one for another store.
    [
        "sagas",
        ORDERS,
        "--definition",
        "sample-data/sagas/rides.toml"
    ],
    ["sagas", ORDERS, "--status", "done"],
);

/// Over its three files an order is one process with what the others did for it, as the library that
/// wrote them has it: 32 paid, 8 rejected, 3 that nobody has answered.
#[test]
fn a_system_of_three_files_has_its_sagas() {
    let mut question = vec!["sagas"];
    question.extend(SYSTEM);
    question.push("--json");
    let report = json(&question);
    let sagas = report["sagas"].as_array().unwrap();
    assert_eq!(sagas.len(), 43);
    assert_eq!(report["statuses"]["completed"], 32);
    assert_eq!(report["statuses"]["failed"], 8);
    let paid = sagas
        .iter()
        .find(|saga| saga["id"] == "a14232a6ba3942578464d36c58213a18")
        .unwrap();
    let participants: Vec<&str> = paid["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| step["participant"].as_str())
        .collect();
    assert!(participants.contains(&"Reservation") && participants.contains(&"Payment"));
    let open = sagas.iter().filter(|saga| saga["ended"].is_null());
    let open: Vec<&str> = open.filter_map(|saga| saga["id"].as_str()).collect();
    let expected = [
        "cc743ada8099417f9f2a24e90eae9026",
        "647692ba48e94ce4bb6a878ff595ac36",
        "4291b306d70b486bacf7a04364c9f767",
    ];
    assert_eq!(open.len(), 3);
    assert!(expected.iter().all(|id| open.contains(id)), "{open:?}");
}

golden!(
    sagas_over_several_files,
    [
        "sagas",
        "tests/fixtures/es_py_system/orders.db",
        "--with",
        "tests/fixtures/es_py_system/reservations.db",
        "--with",
        "tests/fixtures/es_py_system/payments.db",
        "--id",
        "a14232a6ba3942578464d36c58213a18"
    ],
);

/// A store of a library of which only the documented tables are at hand.
fn documented(name: &str) -> (tempfile::TempDir, String) {
    let sql = std::fs::read_to_string(format!("tests/fixtures/layouts/{name}.sql")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let made = rusqlite::Connection::open(&path).unwrap();
    made.execute_batch(&sql).unwrap();
    let path = path.to_string_lossy().into_owned();
    (folder, path)
}

/// Rows of states are read beside the events, tied to the saga that they are the state of, and say that
/// somebody leads it.
#[test]
fn sagas_whose_state_the_store_keeps() {
    let mut told = String::new();
    for name in ["axon", "axon-jdbc", "masstransit", "nservicebus"] {
        let (_folder, path) = documented(name);
        let report = json(&["sagas", &path, "--json"]);
        let sagas = report["sagas"].as_array().unwrap().iter();
        let sagas: Vec<String> = sagas
            .map(|saga| format!("{} {}: {}", saga["id"], saga["kind"], saga["why"]))
            .collect();
        let stored = serde_json::to_string_pretty(&report["stored"]).unwrap();
        told += &format!("## {name}\n{}\n{stored}\n", sagas.join("\n"));
        told += &super::asof(&["sagas", &path]);
    }
    let all = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots");
    insta::with_settings!({ omit_expression => true, snapshot_path => all }, {
        insta::assert_snapshot!(told);
    });
}

/// What a row without a date says is a fact of the head: at any other moment nobody knows of it.
#[test]
fn a_state_without_a_date_is_known_at_the_head_only() {
    let (_folder, path) = documented("axon");
    let then = json(&["sagas", &path, "--at", "2024-05-01 10:05", "--json"]);
    assert_eq!(then["stored"], serde_json::json!([]));
    assert_eq!(then["sagas"][0]["kind"], "choreography");
    let now = json(&["sagas", &path, "--json"]);
    assert_eq!(now["stored"][0]["saga"], now["sagas"][0]["id"]);
    assert_eq!(now["sagas"][0]["kind"], "orchestration");
}

/// Real stores that have processes, read by hand for sense.
#[test]
#[allow(clippy::print_stderr, reason = "a test that was skipped says so")]
fn sagas_of_public_stores() {
    let Some(root) = std::env::var_os("ASOF_PUBLIC_STORES") else {
        eprintln!("skipped: ASOF_PUBLIC_STORES names no folder");
        return;
    };
    let root = std::path::Path::new(&root);
    let mut told = String::new();
    for folder in ["temporal_histories", "ocel_pm4py"] {
        let files = std::fs::read_dir(root.join(folder)).unwrap();
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        for file in files {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            if name == "FACTS.md" || name == "truth.json" {
                continue;
            }
            told += &format!("## {folder}/{name}\n");
            told += &super::asof(&["sagas", &file.to_string_lossy()]);
            told += "\n";
        }
    }
    let all = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots");
    insta::with_settings!({ omit_expression => true, snapshot_path => all }, {
        insta::assert_snapshot!(told);
    });
}

golden!(
    sagas_that_are_called_stuck_by_whoever_asks,
    ["sagas", ORDERS, "--status", "stuck", "--stuck-after", "30d"],
    [
        "sagas",
        ORDERS,
        "--status",
        "stuck",
        "--stuck-after",
        "soon"
    ],
);
golden!(
    sagas_of_workflows,
    ["sagas", "tests/fixtures/json_layouts/temporal"],
);

#[test]
fn a_store_is_judged_by_the_definition_that_is_remembered_of_it() {
    use asof::workspace::{StorePath, StoreWorkspace, Workspace};
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::at(folder.path());
    let dir = folder.path().to_str().unwrap();
    let store = StorePath::of(std::path::Path::new(CHECKOUTS));
    let process = |more: &[&str]| {
        let arguments = [&["sagas", CHECKOUTS, "--json"], more].concat();
        json(&arguments)["sagas"][0]["type"].clone()
    };
    let remember = |name: &str| {
        let remembered = StoreWorkspace {
            saga_definition: Some(name.to_owned()),
            ..StoreWorkspace::default()
        };
        workspace.save_store(&store, &remembered).unwrap();
    };
    let by_file = process(&["--definition", CHECKOUT]);
    let mined = process(&[]);
    assert_ne!(by_file, mined);
    remember("orders-orchestrated");
    assert_eq!(process(&["--workspace", dir]), by_file);
    let told = session(&[&["sagas", CHECKOUTS, "--workspace", dir, "--status", "stuck"]]);
    assert!(
        told.contains("judged by the definition orders-orchestrated, as is remembered"),
        "{told}"
    );
    // What was taken away says so, and what the events tell is told.
    remember("elsewhere");
    assert_eq!(process(&["--workspace", dir]), mined);
}
