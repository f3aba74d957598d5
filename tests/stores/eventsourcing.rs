//! Python's eventsourcing: plain, compressed, and a saga over three files.

use asof::log::Clock;
use asof::store::layout::SideKind;
use serde_json::json;

use crate::opened::{Opened, counted};

/// The same bank was written twice, with other ids.
const BANKS: [(&str, [&str; 3]); 2] = [
    (
        "es_py_bank/store.db",
        [
            "b91bf1b087d542a9b2d4e89d88953f7e",
            "9dcfe1e57f9f4227aaa9475ec1dae772",
            "9250516499d84e788ca66dbf87ee821f",
        ],
    ),
    (
        "es_py_bank_zlib/store.db",
        [
            "9ab5356dbde34723be25cadfde9c481d",
            "532309601b8b43c884ab8269d51a68a7",
            "be50009e259848d9a904010281e075a6",
        ],
    ),
];

#[test]
fn both_banks_are_recognised_and_counted() {
    for (store, [ada, ..]) in BANKS {
        let bank = Opened::fixture(store);
        assert_eq!(bank.layout(), "eventsourcing-python");
        assert_eq!(bank.problems(), [""; 0]);
        assert_eq!((bank.log.len(), bank.log.streams().len()), (231, 8));
        let types = [
            ("BankAccount.Closed", 2),
            ("BankAccount.Opened", 8),
            ("BankAccount.OverdraftLimitSet", 7),
            ("BankAccount.TransactionAppended", 214),
        ];
        assert_eq!(bank.types(), types.into());
        assert_eq!(bank.positions(), (1..=231).collect::<Vec<_>>());
        assert_eq!(
            bank.log.categories().iter().collect::<Vec<_>>(),
            ["BankAccount"]
        );
        assert_eq!(bank.store.side_rows(SideKind::Snapshots), counted(19));
        assert!(!bank.log.has_clock(Clock::Occurred));

        let events = bank.events(ada);
        assert_eq!(events.len(), 35);
        assert_eq!(bank.time(events[0]), "2024-03-01T08:00:00.993909Z");
        assert_eq!(bank.time(events[34]), "2024-04-02T00:29:56.715230Z");
        let versions: Vec<i64> = events
            .iter()
            .map(|event| bank.log.version(*event).0)
            .collect();
        assert_eq!(versions, (1..=35).collect::<Vec<_>>());
    }
}

#[test]
fn the_library_s_states_follow_from_events() {
    for (store, [ada, jose, grace]) in BANKS {
        let bank = Opened::fixture(store);
        let up_to_7 = |event| bank.log.version(event).0 <= 7;
        assert_eq!(bank.sum(ada, "amount", up_to_7), "304.76");
        let ada = bank.at_version(ada, 7);
        assert_eq!(ada.version.map(|version| version.0), Some(7));
        let state = ada.state.unwrap();
        assert_eq!(state["full_name"], json!("Ada Lovelace"));
        assert_eq!(state["currency"], json!("EUR"));

        assert_eq!(bank.sum(jose, "amount", |_| true), "442.26");
        let jose = bank.at_head(jose);
        assert_eq!(jose.version.map(|version| version.0), Some(32));
        let state = jose.state.unwrap();
        assert_eq!(
            (&state["full_name"], &state["limit"]),
            (&json!("José Núñez"), &json!("900"))
        );
        assert_eq!(state.get("timestamp"), None);

        let noon = "2024-03-20T12:00:00Z";
        assert_eq!(bank.sum(grace, "amount", bank.before(noon)), "74.23");
        let grace = bank.at_time(grace, noon);
        assert_eq!(grace.version.map(|version| version.0), Some(18));
    }
}

#[test]
fn all_balances_at_a_moment() {
    for (store, _) in BANKS {
        let bank = Opened::fixture(store);
        let noon = bank.before("2024-03-20T12:00:00Z");
        let cents = bank.log.streams().iter().map(|stream| {
            let sum = bank.sum(stream, "amount", &noon).replace('.', "");
            sum.parse::<i64>().unwrap()
        });
        assert_eq!(cents.sum::<i64>(), 141_365);
    }
}

#[test]
fn three_files_hold_one_saga() {
    let [orders, reservations, payments] = ["orders", "reservations", "payments"]
        .map(|name| Opened::fixture(&format!("es_py_system/{name}.db")));
    let heads = [&orders, &reservations, &payments].map(|file| *file.positions().last().unwrap());
    assert_eq!(heads, [115, 40, 32]);
    // `__migration__` is no consumer.
    let consumers =
        [&orders, &reservations, &payments].map(|file| file.store.side_rows(SideKind::Checkpoints));
    assert_eq!(consumers, [2, 1, 1].map(counted));

    let order = "a14232a6ba3942578464d36c58213a18";
    let types: Vec<&str> = orders
        .events(order)
        .iter()
        .map(|event| orders.kind(*event))
        .collect();
    assert_eq!(types, ["Order.Created", "Order.Reserved", "Order.Paid"]);
    let state = orders.at_head(order).state.unwrap();
    assert_eq!(
        state,
        json!({
            "customer": "cust-2",
            "lines": {"sku-5": 8},
            "reservation_id": "6d0d4cc84f4c4c4d85db11ae1f87692f",
            "payment_id": "180763eea2474885a8560d6773ed629f",
        })
    );
    let reserved = orders.at_version(order, 2).state.unwrap();
    assert_eq!(reserved.get("payment_id"), None);
    assert_eq!(
        reservations
            .events("6d0d4cc84f4c4c4d85db11ae1f87692f")
            .len(),
        1
    );
    assert_eq!(payments.events("180763eea2474885a8560d6773ed629f").len(), 1);

    let last = |stream: &str| {
        let last = *orders.events(stream).last().unwrap();
        orders.kind(last)
    };
    let count = |kind: &str| {
        orders
            .log
            .streams()
            .iter()
            .filter(|name| last(name) == kind)
            .count()
    };
    assert_eq!(
        ["Order.Rejected", "Order.Paid", "Order.Created"].map(count),
        [8, 32, 3]
    );
    for stuck in [
        "4291b306d70b486bacf7a04364c9f767",
        "647692ba48e94ce4bb6a878ff595ac36",
        "cc743ada8099417f9f2a24e90eae9026",
    ] {
        assert_eq!(last(stuck), "Order.Created");
    }
}
