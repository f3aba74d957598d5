//! Events in what carries them, and what is read of them all the same: envelopes of services, numbers that
//! are none, events that name no stream.

use asof::log::{Bound, Clock};
use asof::model::time::Zone;
use asof::model::{EventIx, Task};
use serde_json::json;

use crate::foreign::{kinds, streams};
use crate::made::made;
use crate::opened::Opened;

fn lines(text: &str) -> (Opened, tempfile::NamedTempFile) {
    let file = tempfile::Builder::new()
        .suffix(".jsonl")
        .tempfile()
        .unwrap();
    std::fs::write(file.path(), text).unwrap();
    (Opened::open(file.path()), file)
}

/// What `asof info` says of it: how much is unreadable, and its warnings with the first places.
fn told(store: &Opened) -> (u64, Vec<(String, Vec<String>)>) {
    let facts = asof::analysis::overview::StoreFacts::default();
    let (log, cut) = (&store.log, store.log.at_head());
    let payloads = store.store.payloads();
    let report =
        asof::analysis::overview::info(log, &*payloads, &cut, &facts, Zone::Utc, &Task::new())
            .unwrap();
    assert_eq!(report.unreadable, report.problems.len() as u64);
    let warnings = report.warnings.into_iter();
    let warnings = warnings.map(|own| (own.message, own.places));
    (report.unreadable, warnings.collect())
}

#[test]
fn what_is_read_whole_is_a_warning_and_nothing_unread() {
    let line = |n: u32| {
        format!(r#"{{"type":"Noted","stream":"s-1","ts":17000000000{n:02},"data":{{"a":NaN}}}}"#)
    };
    let text: Vec<String> = (0..3).map(line).collect();
    let (store, _file) = lines(&text.join("\n"));
    let places = ["line 1", "line 2", "line 3"].map(str::to_owned).to_vec();
    let message = "NaN is not JSON; it is read as null".to_owned();
    assert_eq!(told(&store), (0, vec![(message, places)]));
    assert_eq!(store.log.known_losses(&store.log.at_head()).count, 0);

    let store = made(
        "CREATE TABLE stored_events (id INTEGER PRIMARY KEY, aggregate_uuid TEXT, aggregate_version INTEGER, event_class TEXT, event_properties TEXT, created_at TEXT);
         WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < 11)
         INSERT INTO stored_events SELECT n + 1, iif(n % 4 = 3, NULL, 'order-' || (n % 4)), n / 4 + 1, iif(n < 4, 'OrderPlaced', 'OrderPaid'), json_object('n', n), printf('2024-03-01 08:%02d:00', n) FROM i;",
    );
    let store = Opened::open(&store.path);
    let places = ["row 4", "row 8", "row 12"].map(str::to_owned).to_vec();
    let message = "Events that name no stream are shown under “(none)”".to_owned();
    assert_eq!(told(&store), (0, vec![(message, places)]));
    assert_eq!(store.events("(none)").len(), 3);
}

/// As of a moment, only what is said of events known by then.
#[test]
fn what_is_said_of_later_events_is_not_known_before() {
    let text = r#"{"type":"Noted","stream":"s","ts":1700000000,"data":{}}
{"type":"Noted","stream":"s","ts":1700000060,"data":{"a":NaN}}"#;
    let (store, _file) = lines(text);
    let log = &store.log;
    let first = log.cut(Clock::Recorded, Bound::Event(EventIx(0)));
    assert_eq!(log.known_notes(&first).count, 0);
    assert_eq!(log.known_notes(&log.at_head()).count, 1);
}

/// EventBridge, CloudTrail: the version is that of the envelope, and what was asked for is the payload.
#[test]
fn a_number_that_is_the_same_in_all_envelopes_is_no_version() {
    let line = |n: usize| {
        let kind = ["OrderPlaced", "ItemAdded", "OrderPaid", "OrderShipped"][n / 3];
        format!(
            r#"{{"version":"0","id":"c9f80afe-ab7d-54ba-87a3-0000000000{n:02}","detail-type":"{kind}","source":"com.shop","account":"1","time":"2024-03-01T08:{n:02}:00Z","region":"eu","resources":[],"detail":{{"orderId":"o-{}","n":{n}}}}}"#,
            n % 3
        )
    };
    let text: Vec<String> = (0..12).map(line).collect();
    let (store, _file) = lines(&text.join("\n"));
    assert_eq!(streams(&store), ["o-0", "o-1", "o-2"]);
    let own = store.events("o-1");
    let versions: Vec<i64> = own
        .iter()
        .map(|event| store.log.version(*event).0)
        .collect();
    assert_eq!(versions, [1, 2, 3, 4]);
    assert_eq!(store.log.schema_version(own[0]), None);
    assert_eq!(store.data(own[1]), json!({"orderId": "o-1", "n": 4}));
}

#[test]
fn what_was_asked_for_is_the_payload_and_not_who_asked() {
    let record = |n: usize| {
        let kind = ["CreateBucket", "PutObject", "GetObject", "DeleteBucket"][n / 2];
        format!(
            r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","userName":"ann"}},"eventTime":"2024-03-01T08:{n:02}:00Z","eventSource":"s3.amazonaws.com","eventName":"{kind}","awsRegion":"eu","requestParameters":{{"bucketName":"b{n}"}},"responseElements":null,"eventID":"c9f80afe-ab7d-54ba-87a3-0000000000{n:02}","eventType":"AwsApiCall"}}"#
        )
    };
    let all: Vec<String> = (0..8).map(record).collect();
    let (store, _file) = lines(&format!(r#"{{"Records":[{}]}}"#, all.join(",")));
    assert_eq!(store.kind(EventIx(2)), "PutObject");
    assert_eq!(store.data(EventIx(2)), json!({"bucketName": "b2"}));
}

/// As a table of DynamoDB is exported, with its sort key as the number of the event.
#[test]
fn sort_keys_that_count_are_versions() {
    let item = |n: usize| {
        format!(
            r##"{{"Item":{{"pk":{{"S":"ORDER#{}"}},"sk":{{"N":"{}"}},"eventType":{{"S":"{}"}},"occurredAt":{{"S":"2024-03-01T08:{n:02}:00Z"}},"data":{{"M":{{"n":{{"N":"{n}"}}}}}}}}}}"##,
            n % 2,
            n / 2 + 5,
            ["OrderPlaced", "OrderPaid"][n / 4]
        )
    };
    let all: Vec<String> = (0..8).map(item).collect();
    let (store, _file) = lines(&all.join("\n"));
    assert_eq!(streams(&store), ["ORDER#0", "ORDER#1"]);
    let versions = store.events("ORDER#1").into_iter();
    let versions: Vec<i64> = versions.map(|own| store.log.version(own).0).collect();
    assert_eq!(versions, [5, 6, 7, 8]);
    assert_eq!(kinds(&store, "ORDER#0")[3], "OrderPaid");
}

/// As serde writes a choice of several kinds; one without data is a word.
#[test]
fn events_may_be_tagged_by_what_happened() {
    let line = |n: usize| {
        let event = match n / 2 {
            0 => format!(r#"{{"OrderPlaced":{{"n":{n}}}}}"#),
            1 => format!(r#"{{"OrderPaid":{{"n":{n}}}}}"#),
            _ => r#""OrderShipped""#.to_owned(),
        };
        format!(
            r#"{{"id":"o-{}","time":"2024-03-01T08:{n:02}:00Z","event":{event}}}"#,
            n % 2
        )
    };
    let all: Vec<String> = (0..6).map(line).collect();
    let (store, _file) = lines(&all.join("\n"));
    assert_eq!(streams(&store), ["o-0", "o-1"]);
    let expected = ["OrderPlaced", "OrderPaid", "OrderShipped"];
    assert_eq!(kinds(&store, "o-1"), expected);
    let own = store.events("o-1");
    assert_eq!(store.data(own[1]), json!({"n": 3}));
    assert_eq!(store.time(own[2]), "2024-03-01T08:05:00.000000Z");
}
