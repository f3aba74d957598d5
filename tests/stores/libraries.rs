//! Emmett, eventsource-py and CloudEvents.

use asof::log::{CauseRef, Clock, IdRef};
use asof::store::layout::SideKind;
use serde_json::json;

use crate::opened::{Opened, counted};

#[test]
fn emmett_s_carts() {
    let carts = Opened::fixture("emmett_cart/store.db");
    assert_eq!(carts.layout(), "emmett");
    assert_eq!(carts.problems(), [""; 0]);
    assert_eq!((carts.log.len(), carts.log.streams().len()), (119, 18));
    assert_eq!(carts.positions(), (1..=119).collect::<Vec<_>>());
    let types = [
        ("ProductItemAddedToShoppingCart", 92),
        ("ProductItemRemovedFromShoppingCart", 15),
        ("ShoppingCartConfirmed", 12),
    ];
    assert_eq!(carts.types(), types.into());
    // The join on the partition that the library writes wrong is not needed.
    assert_eq!(
        carts.log.categories().iter().collect::<Vec<_>>(),
        ["shopping_cart"]
    );
    assert_eq!(carts.store.side_rows(SideKind::Checkpoints), counted(3));

    let events = carts.events("shopping_cart-006");
    let known: Vec<(i64, i64)> = events
        .iter()
        .map(|event| (carts.log.version(*event).0, carts.log.position(*event).0))
        .collect();
    let positions = [12, 26, 35, 36, 37, 38, 56, 57, 67, 68, 69, 85];
    assert_eq!(known, (1..).zip(positions).collect::<Vec<_>>());
    assert_eq!(carts.kind(events[11]), "ShoppingCartConfirmed");
    assert_eq!(carts.time(events[4]), "2024-05-02T05:54:47.000000Z");
    assert_eq!(
        carts.log.correlation(carts.log.events().next().unwrap()),
        Some(IdRef::new("corr-0"))
    );
    assert_eq!(carts.log.schema_version(events[0]), None);
    assert_eq!(carts.metadata(events[0])["streamPosition"], json!("1"));
}

#[test]
fn emmett_s_state_at_a_moment_takes_in_the_ties() {
    let carts = Opened::fixture("emmett_cart/store.db");
    let at = carts.at_time("shopping_cart-006", "2024-05-02T05:54:47Z");
    assert_eq!(at.version.map(|version| version.0), Some(6));
    assert_eq!(at.state.unwrap()["clientId"], json!("client-4"));
    let now = carts.at_head("shopping_cart-006");
    assert_eq!(now.version.map(|version| version.0), Some(12));
    let state = now.state.unwrap();
    assert_eq!(state["confirmedAt"], json!("2024-05-04T15:38:07.698Z"));
    assert_eq!(state["bigNo"], json!("1152921504606846976"));
    let mut items = std::collections::BTreeMap::new();
    for event in &carts.events("shopping_cart-006")[..4] {
        let item = &carts.data(*event)["productItem"];
        let name = item["productId"].as_str().unwrap().to_owned();
        *items.entry(name).or_insert(0) += item["quantity"].as_i64().unwrap();
    }
    let expected = [("naïve-scarf-ß".to_owned(), 6), ("socks".to_owned(), 6)];
    assert_eq!(items, expected.into());
}

#[test]
fn eventsource_py_s_orders() {
    let orders = Opened::fixture("eventsource_py_orders/store.db");
    assert_eq!(orders.layout(), "eventsource-py");
    assert_eq!(orders.problems(), [""; 0]);
    assert_eq!(orders.positions(), (1..=143).collect::<Vec<_>>());
    let types = [
        ("LineAdded", 78),
        ("OrderPaid", 17),
        ("OrderPlaced", 25),
        ("OrderShipped", 6),
        ("StockAdjusted", 17),
    ];
    assert_eq!(orders.types(), types.into());
    let category = |name: &str| {
        let streams = 0..orders.log.streams().len();
        let of = |stream| orders.log.category_name(orders.log.category(stream));
        streams
            .filter(|at| of(asof::model::StreamIx::from_usize(*at)) == name)
            .count()
    };
    assert_eq!((category("Order"), category("Stock")), (25, 4));
    let kinds = [
        SideKind::Outbox,
        SideKind::DeadLetters,
        SideKind::Checkpoints,
        SideKind::Snapshots,
    ];
    let rows = kinds.map(|kind| orders.store.side_rows(kind));
    assert_eq!(rows, [12, 3, 2, 19].map(counted));
    // The rows were written by an import, long after the events happened.
    assert_eq!(orders.log.default_clock(), Clock::Occurred);
    let first = orders.log.events().next().unwrap();
    assert_eq!(orders.time(first), "2025-02-01T10:21:14.570665Z");
    assert_eq!(orders.log.schema_version(first), Some("1"));
    assert_eq!(orders.metadata(first), json!({"ip": "10.0.0.0"}));
}

#[test]
fn eventsource_py_s_states() {
    let orders = Opened::fixture("eventsource_py_orders/store.db");
    let order = "40d77d93-0a7a-4b43-a44e-75f1f5e2f8d5";
    let at = orders.at_time(order, "2025-02-02T09:15:41.981121Z");
    assert_eq!(at.version.map(|version| version.0), Some(3));
    // The default fold knows no lists that grow; what it has are the last event's fields.
    let expected = json!({
        "customer_id": "fe4dcc7b-5667-5a52-80e7-01968ba30d38",
        "lines": [{"sku": "A1", "qty": 4, "price": 9.99}],
        "sku": "Ü4", "qty": 2, "price": 100.0,
    });
    assert_eq!(at.state.unwrap(), expected);
    let now = orders.at_head(order);
    assert_eq!(now.version.map(|version| version.0), Some(9));
    assert_eq!(now.state.unwrap()["amount"].to_string(), "1462.46");
    let lines: Vec<_> = orders.events(order)[1..7]
        .iter()
        .map(|event| {
            let line = orders.data(*event);
            (
                line["sku"].as_str().unwrap().to_owned(),
                line["qty"].as_i64().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("Ü4", 7),
        ("Ü4", 2),
        ("C3", 4),
        ("Ü4", 5),
        ("C3", 6),
        ("Ü4", 3),
    ];
    assert_eq!(lines, expected.map(|(sku, qty)| (sku.to_owned(), qty)));
}

#[test]
fn eventsource_py_s_correlations() {
    let orders = Opened::fixture("eventsource_py_orders/store.db");
    let first = orders.log.events().next().unwrap();
    let known: Vec<_> = orders
        .log
        .correlated(first)
        .into_iter()
        .map(|event| {
            let stream = orders.log.stream(event);
            let category = orders.log.category_name(orders.log.category(stream));
            (category, orders.kind(event), orders.log.version(event).0)
        })
        .collect();
    assert_eq!(
        known,
        [
            ("Order", "OrderPlaced", 1),
            ("Order", "LineAdded", 2),
            ("Order", "OrderPaid", 3),
            ("Stock", "StockAdjusted", 1),
        ]
    );
    assert!(orders.log.cause(first).is_none());
    let effects = orders.log.effects(first);
    assert!(!effects.is_empty());
    assert_eq!(orders.log.cause(effects[0]), Some(CauseRef::Event(first)));
    let last = asof::log::IdRef::new("9f2bfbc8-c93c-4e0d-9b7a-7b9f51940c81");
    let last = orders.log.find_event(last).unwrap();
    assert_eq!(orders.log.position(last).0, 134);
}

#[test]
fn evento_s_aggregates_are_the_streams() {
    let bank = Opened::fixture("evento_bank/store.db");
    assert_eq!(bank.layout(), "evento");
    assert_eq!(bank.problems(), [""; 0]);
    assert_eq!((bank.log.len(), bank.log.streams().len()), (158, 7));
    let types = [
        ("AccountFrozen", 8),
        ("AccountOpened", 7),
        ("MoneyDeposited", 94),
        ("MoneyWithdrawn", 49),
    ];
    assert_eq!(bank.types(), types.into());
    let events = bank.events("01J93QKA0JJ55WAAPKF6QFHKA6");
    assert_eq!(events.len(), 19);
    assert_eq!(bank.log.version(events[18]).0, 19);
    assert_eq!(bank.kind(events[18]), "MoneyDeposited");
    // Seconds and milliseconds are columns of their own.
    assert_eq!(bank.time(events[0]), "2024-10-01T09:48:27.300000Z");
    assert_eq!(bank.time(events[18]), "2024-10-05T23:55:09.300000Z");
    let at = bank.at_time("01J93QKA0JJ55WAAPKF6QFHKA6", "2024-10-03T00:41:33.900Z");
    assert_eq!(at.version.map(|version| version.0), Some(6));
    assert_eq!(at.last_event.unwrap().event_type, "MoneyDeposited");
    // Bitcode cannot be looked into, which is no error.
    let body = bank.try_body(events[0]).unwrap();
    assert_eq!(body.data.json(), None);
    assert!(body.data.size() > 0);
}

#[test]
fn cloudevents_in_every_dress() {
    for store in [
        "cloudevents_store.json",
        "cloudevents_store.jsonl",
        "cloudevents_base64.json",
    ] {
        let events = Opened::fixture(&format!("json_shapes/{store}"));
        assert_eq!(events.layout(), "cloudevents", "{store}");
        assert_eq!(events.problems(), [""; 0]);
        assert_eq!((events.log.len(), events.log.streams().len()), (231, 8));
        let types = [
            ("com.example.bank.Closed", 2),
            ("com.example.bank.Opened", 8),
            ("com.example.bank.OverdraftLimitSet", 7),
            ("com.example.bank.TransactionAppended", 214),
        ];
        assert_eq!(events.types(), types.into());
        assert_eq!(
            events.log.categories().iter().collect::<Vec<_>>(),
            ["accounts"]
        );
        let ada = "b91bf1b087d542a9b2d4e89d88953f7e";
        let up_to_7 = |event| events.log.version(event).0 <= 7;
        assert_eq!(events.sum(ada, "amount", up_to_7), "304.76");
        let then = "2024-03-16T12:41:50.385537Z";
        assert_eq!(events.sum(ada, "amount", events.before(then)), "409.32");
        let last = events.at_head(ada).last_event.unwrap();
        assert_eq!(last.version.map(|version| version.0), Some(35));
        assert_eq!(last.event_type, "com.example.bank.TransactionAppended");
        assert_eq!(
            last.time.unwrap().to_string(),
            "2024-04-02T00:29:56.715230Z"
        );
        assert_eq!(
            events.id(events.events(ada)[1]),
            "e1e5b788-f429-5a32-9f7e-63865921a5e5"
        );
    }
}
