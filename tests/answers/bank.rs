//! One bank's events in the envelopes of CloudEvents, KurrentDB and Kafka.

use serde_json::Value;

use crate::asked::{Asked, texts};

const ADA: &str = "b91bf1b087d542a9b2d4e89d88953f7e";

/// The sum of the amounts of some events, in hundredths.
fn balance(events: &[Value]) -> i64 {
    let amounts = events
        .iter()
        .filter_map(|event| event["data"]["amount"].as_str());
    let hundredths = amounts.map(|amount| {
        let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
        format!("{whole}{fraction:0<2}").parse::<i64>().unwrap()
    });
    hundredths.sum()
}

fn is_the_whole_bank(store: &Asked, kinds: &str) {
    let info = store.info();
    assert_eq!(
        (&info["events"], &info["streams"]),
        (&231.into(), &8.into())
    );
    assert_eq!(info["problems"], serde_json::json!([]));
    let kind = |name: &str, count| (format!("{kinds}{name}"), count);
    let types = [
        kind("Closed", 2),
        kind("Opened", 8),
        kind("OverdraftLimitSet", 7),
        kind("TransactionAppended", 214),
    ];
    assert_eq!(store.types(), types);
}

/// The last event, and the balance after seven events and at a moment, that moment included.
fn is_ada(store: &Asked, stream: &str, base: i64) {
    let events = store.events(&["--stream", stream]);
    assert_eq!(events.len(), 35);
    let last = &store.ask("state", &[stream])["last_event"];
    assert_eq!(last["version"], 34 + base);
    assert!(
        last["type"]
            .as_str()
            .unwrap()
            .ends_with("TransactionAppended")
    );
    assert!(
        last["time"]
            .as_str()
            .unwrap()
            .starts_with("2024-04-02T00:29:56.715")
    );
    assert_eq!(balance(&events[..7]), 30_476);
    // Kafka has milliseconds only.
    let then = "2024-03-16T12:41:50.385537Z";
    let known = store.events(&["--stream", stream, "--at", then]);
    assert_eq!(balance(&known), 40_932);
}

#[test]
fn cloudevents_in_every_form() {
    for name in [
        "cloudevents_store.json",
        "cloudevents_store.jsonl",
        "cloudevents_base64.json",
    ] {
        let store = Asked::fixture("json_shapes").join(name);
        assert_eq!(store.info()["layout"]["name"], "CloudEvents");
        is_the_whole_bank(&store, "com.example.bank.");
        is_ada(&store, ADA, 1);
    }
}

#[test]
fn kurrentdb_s_recorded_events() {
    let store = Asked::fixture("json_shapes").join("recorded_events.json");
    assert_eq!(
        store.info()["layout"]["name"],
        "KurrentDB / EventStoreDB events"
    );
    is_the_whole_bank(&store, "");
    is_ada(&store, &format!("account-{ADA}"), 0);
}

#[test]
fn kurrentdb_s_feed_of_one_stream() {
    let store = Asked::fixture("json_shapes").join("atom_embed_body.json");
    assert_eq!(
        store.info()["layout"]["name"],
        "KurrentDB / EventStoreDB feed"
    );
    is_ada(&store, &format!("account-{ADA}"), 0);
    let events = store.events(&[]);
    let (oldest, newest) = (&events[0], &events[34]);
    assert_eq!(
        (&oldest["version"], &newest["version"]),
        (&0.into(), &34.into())
    );
}

#[test]
fn kafka_s_messages() {
    let store = Asked::fixture("json_shapes").join("kcat_J.jsonl");
    assert_eq!(store.info()["layout"]["name"], "Kafka messages (kcat -J)");
    is_the_whole_bank(&store, "");
    is_ada(&store, ADA, 1);
    // The head of each partition.
    let events = store.events(&[]);
    let mut heads = std::collections::BTreeMap::new();
    for place in texts(&events, "native_position") {
        let (partition, position) = place.split_once(':').unwrap();
        let head = heads.entry(partition).or_insert(0);
        *head = position.parse::<i64>().unwrap().max(*head);
    }
    assert_eq!(
        heads.into_iter().collect::<Vec<_>>(),
        [("0", 55), ("1", 53), ("2", 120)]
    );
}
