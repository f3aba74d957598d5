//! What `asof lag` answers.

use super::{BANK, ORDERS, SYSTEM, UNTIMED, USERS, json, session};

const OUTBOX: &str = "tests/fixtures/eventsource_py_orders/store.db";

golden!(
    lag_in_words,
    ["lag", ORDERS],
    ["lag", ORDERS, "--at", "2024-11-15 06:37:24"],
    [
        "lag",
        ORDERS,
        "--at",
        "2024-11-29 12:00",
        "--zone",
        "Europe/Berlin"
    ],
    [
        "lag",
        ORDERS,
        "--at",
        "2024-11-29 12:00",
        "--consumer",
        "sales",
        "--over"
    ],
    ["lag", BANK, "--at", "2023-06"],
    ["lag", BANK, "--at", "2020"],
    ["lag", USERS],
);
golden!(
    lag_as_json,
    [
        "lag",
        ORDERS,
        "--at",
        "2024-11-15 06:37:24.018896",
        "--consumer",
        "sales-report",
        "--json"
    ],
    ["lag", UNTIMED, "--json"],
    // A part of a name that no other has.
    [
        "lag",
        ORDERS,
        "--at",
        "2024-11-15",
        "--consumer",
        "MAIL",
        "--json"
    ],
);
golden!(
    lag_of_real_stores,
    ["lag", OUTBOX],
    ["lag", OUTBOX, "--json"],
    ["lag", "tests/fixtures/evento_bank/store.db"],
    ["lag", "tests/fixtures/emmett_cart/store.db"],
    [&["lag"], &SYSTEM[..]].concat(),
    ["lag", SYSTEM[0]],
);
golden!(
    lag_that_cannot_be_asked_for,
    ["lag", ORDERS, "--consumer", "mailers"],
    ["lag", USERS, "--consumer", "mailer"],
    ["lag", ORDERS, "--at", "v3"],
);

#[test]
fn the_series_ends_with_the_moment() {
    let at = "2024-11-15 06:37:24.018896";
    let report = json(&[
        "lag",
        ORDERS,
        "--at",
        at,
        "--consumer",
        "sales-report",
        "--over",
        "--json",
    ]);
    let own = &report["consumers"][0];
    let over = own["over"].as_array().unwrap();
    assert_eq!(over.len(), 200);
    let last = over.last().unwrap();
    assert_eq!(last["at"], report["as_of"]["time"]);
    for field in ["position", "head", "lag_events", "lag_ms"] {
        assert_eq!(last[field], own[field], "{field}");
    }
    assert!(over.iter().all(|point| {
        point["lag_ms"].is_null() || point["most_ms"].as_i64() >= point["lag_ms"].as_i64()
    }));
}
