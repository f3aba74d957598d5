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
        "2024-09-20"
    ],
);

golden!(
    sagas_as_they_were_mined,
    ["sagas", ORDERS, "--id", "order-1042"],
    ["sagas", ORDERS, "--status", "stuck"],
    ["sagas", BANK, "--status", "failed"],
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
