//! Questions about stores that real libraries wrote in SQLite, asked on the terminal: the answers are those that
//! the libraries themselves gave. What takes a fold of a library's own (a balance as a sum, a list that
//! grows) is asked of projections; here the fields are compared that events carry as they are.

#![allow(clippy::unwrap_used)]

use asof::cli::{self, Request, Streams};
use asof::model::Timestamp;
use serde_json::{Value, json};

/// What the program answers, as JSON.
fn asof(arguments: &[&str]) -> Value {
    let all = ["asof"]
        .iter()
        .chain(arguments)
        .chain(&["--json"])
        .map(Into::into);
    let Ok(Request::Answer(answer)) = cli::parse(all) else {
        panic!("{arguments:?} is asked for an answer");
    };
    let now: Timestamp = "2025-06-15T12:00:00Z".parse().unwrap();
    let (mut out, mut beside) = (Vec::new(), Vec::new());
    let mut to = Streams {
        out: &mut out,
        beside: &mut beside,
    };
    answer.print(now, &mut to).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn fixture(name: &str) -> String {
    format!("tests/fixtures/{name}")
}

/// Each event type with how many events there are of it.
fn types(info: &Value) -> Vec<(String, u64)> {
    let all = info["event_types"].as_array().unwrap().iter();
    let mut all: Vec<_> = all
        .map(|own| {
            (
                own["name"].as_str().unwrap().to_owned(),
                own["count"].as_u64().unwrap(),
            )
        })
        .collect();
    all.sort();
    all
}

fn texts<'v>(answer: &'v Value, field: &str) -> Vec<&'v str> {
    let events = answer["events"].as_array().unwrap().iter();
    events
        .map(|event| event[field].as_str().unwrap_or_default())
        .collect()
}

fn numbers(answer: &Value, field: &str) -> Vec<i64> {
    let events = answer["events"].as_array().unwrap().iter();
    events.map(|event| event[field].as_i64().unwrap()).collect()
}

#[test]
fn accounts_of_python_s_eventsourcing() {
    // The library writes ids without dashes and prints them with.
    let banks = [
        (
            "es_py_bank",
            "b91bf1b0-87d5-42a9-b2d4-e89d88953f7e",
            "92505164-99d8-4e78-8ca6-6dbf87ee821f",
        ),
        (
            "es_py_bank_zlib",
            "9ab5356d-bde3-4723-be25-cadfde9c481d",
            "be50009e-2598-48d9-a904-010281e075a6",
        ),
    ];
    for (bank, ada, grace) in banks {
        let store = fixture(&format!("{bank}/store.db"));
        let info = asof(&["info", &store]);
        assert_eq!(
            (&info["events"], &info["streams"]),
            (&json!(231), &json!(8))
        );
        assert_eq!(info["layout"]["name"], json!("eventsourcing (Python)"));
        let events = asof(&["events", &store, "--stream", ada]);
        assert_eq!(events["total"], json!(35));
        let times = texts(&events, "recorded_at");
        assert_eq!(times[0], "2024-03-01T08:00:00.993909Z");
        assert_eq!(times[34], "2024-04-02T00:29:56.715230Z");
        let state = asof(&["state", &store, ada, "--version", "7"]);
        assert_eq!(state["version"], json!(7));
        assert_eq!(state["state"]["full_name"], json!("Ada Lovelace"));
        assert_eq!(state["state"]["currency"], json!("EUR"));
        let state = asof(&["state", &store, grace, "--at", "2024-03-20T12:00:00Z"]);
        assert_eq!(state["version"], json!(18));
        assert_eq!(state["state"]["full_name"], json!("Grace Hopper"));
    }
}

#[test]
fn one_saga_over_three_files() {
    let [orders, reservations, payments] = ["orders", "reservations", "payments"]
        .map(|name| fixture(&format!("es_py_system/{name}.db")));
    for (file, head) in [(&orders, 115), (&reservations, 40), (&payments, 32)] {
        let last = asof(&["events", file, "--from", &format!("#{head}")]);
        assert_eq!(numbers(&last, "position"), [head]);
    }
    let order = "a14232a6-ba39-4257-8464-d36c58213a18";
    let all = [&*orders, "--with", &reservations, "--with", &payments];
    let state = |more: &[&str]| asof(&[&["state"][..], &all, &[order], more].concat());
    let now = state(&[]);
    assert_eq!(now["version"], json!(3));
    assert_eq!(now["last_event"]["type"], json!("Order.Paid"));
    assert_eq!(
        now["state"]["reservation_id"],
        json!("6d0d4cc84f4c4c4d85db11ae1f87692f")
    );
    assert_eq!(
        now["state"]["payment_id"],
        json!("180763eea2474885a8560d6773ed629f")
    );
    assert_eq!(
        state(&["--version", "2"])["last_event"]["type"],
        json!("Order.Reserved")
    );
    // The streams of the saga are those that hold the order's id.
    let digits = order.replace('-', "");
    let saga = asof(&[&["events"][..], &all, &["--contains", &digits]].concat());
    let mut sources = texts(&saga, "source");
    sources.sort_unstable();
    sources.dedup();
    assert_eq!(sources, ["payments", "reservations"]);
}

#[test]
fn emmett_s_carts() {
    let store = fixture("emmett_cart/store.db");
    let info = asof(&["info", &store]);
    assert_eq!(
        (&info["events"], &info["streams"]),
        (&json!(119), &json!(18))
    );
    let expected = [
        ("ProductItemAddedToShoppingCart", 92),
        ("ProductItemRemovedFromShoppingCart", 15),
        ("ShoppingCartConfirmed", 12),
    ];
    assert_eq!(
        types(&info),
        expected.map(|(name, count)| (name.to_owned(), count))
    );
    let cart = asof(&["events", &store, "--stream", "shopping_cart-006"]);
    assert_eq!(numbers(&cart, "version"), (1..=12).collect::<Vec<_>>());
    let positions = [12, 26, 35, 36, 37, 38, 56, 57, 67, 68, 69, 85];
    assert_eq!(numbers(&cart, "position"), positions);
    let now = asof(&["state", &store, "shopping_cart-006"]);
    assert_eq!(now["version"], json!(12));
    assert_eq!(
        now["state"]["confirmedAt"],
        json!("2024-05-04T15:38:07.698Z")
    );
    let then = asof(&[
        "state",
        &store,
        "shopping_cart-006",
        "--at",
        "2024-05-02T05:54:47Z",
    ]);
    assert_eq!(then["version"], json!(6));
    assert_eq!(then["state"]["clientId"], json!("client-4"));
}

#[test]
fn orders_of_eventsource_py() {
    let store = fixture("eventsource_py_orders/store.db");
    let info = asof(&["info", &store]);
    assert_eq!(info["events"], json!(143));
    let categories = info["categories"].as_array().unwrap().iter();
    let mut streams: Vec<_> = categories
        .map(|own| {
            (
                own["name"].as_str().unwrap(),
                own["streams"].as_u64().unwrap(),
            )
        })
        .collect();
    streams.sort_unstable();
    assert_eq!(streams, [("Order", 25), ("Stock", 4)]);
    let order = "40d77d93-0a7a-4b43-a44e-75f1f5e2f8d5";
    let then = asof(&[
        "state",
        &store,
        order,
        "--at",
        "2025-02-02T09:15:41.981121+00:00",
    ]);
    assert_eq!(then["version"], json!(3));
    assert_eq!(then["as_of"]["clock"], json!("occurred"));
    let now = asof(&["state", &store, order]);
    assert_eq!(
        (&now["version"], &now["state"]["amount"]),
        (&json!(9), &json!(1462.46))
    );
    let first = asof(&["events", &store, "--limit", "1"]);
    let correlation = first["events"][0]["correlation_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let known = asof(&["events", &store, "--correlation", &correlation]);
    assert_eq!(
        texts(&known, "category"),
        ["Order", "Order", "Order", "Stock"]
    );
    assert_eq!(
        texts(&known, "type"),
        ["OrderPlaced", "LineAdded", "OrderPaid", "StockAdjusted"]
    );
    assert_eq!(numbers(&known, "version"), [1, 2, 3, 1]);
}

#[test]
fn evento_s_accounts_whose_payloads_nobody_can_read() {
    let store = fixture("evento_bank/store.db");
    let info = asof(&["info", &store]);
    assert_eq!(info["streams"], json!(7));
    let expected = [
        ("AccountFrozen", 8),
        ("AccountOpened", 7),
        ("MoneyDeposited", 94),
        ("MoneyWithdrawn", 49),
    ];
    assert_eq!(
        types(&info),
        expected.map(|(name, count)| (name.to_owned(), count))
    );
    let account = "01J93QKA0JJ55WAAPKF6QFHKA6";
    let events = asof(&["events", &store, "--stream", account]);
    assert_eq!(numbers(&events, "version"), (1..=19).collect::<Vec<_>>());
    let times = texts(&events, "recorded_at");
    assert_eq!(
        (times[0], times[18]),
        ("2024-10-01T09:48:27.300000Z", "2024-10-05T23:55:09.300000Z")
    );
    let then = asof(&["state", &store, account, "--at", "2024-10-03T00:41:33.900Z"]);
    assert_eq!(
        (&then["version"], &then["last_event"]["type"]),
        (&json!(6), &json!("MoneyDeposited"))
    );
    // An honest answer: events there are, but no state.
    assert_eq!(
        (&then["exists"], &then["not_folded"]),
        (&json!(true), &json!(6))
    );
}

/// A stream is found by its id where its name is that of its kind and its id.
#[test]
fn a_stream_by_its_own_id() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let sql = std::fs::read_to_string(fixture("layouts/cqrs-es.sql")).unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch(&sql).unwrap();
    connection
        .execute_batch("INSERT INTO events VALUES ('customer', '21', 1, 'NameAdded', '1.0', '{}', '{}'), ('order', '21', 1, 'Opened', '1.0', '{}', '{}'), ('order', '7', 1, 'Opened', '1.0', '{}', '{}')")
        .unwrap();
    let store = path.to_string_lossy().into_owned();
    let state = asof(&["state", &store, "customer-1"]);
    assert_eq!(
        state["state"],
        json!({"name": "Ada", "new_email": "ada@example.org"})
    );
    assert_eq!(asof(&["state", &store, "7"])["stream"], json!("order-7"));
}
