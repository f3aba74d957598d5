//! The stores in `sample-data/` are what the writer writes, are read as they should be, and tell the
//! stories that the welcome page promises.
//!
//! `UPDATE_SAMPLES=1 cargo test --test samples the_bundled` writes them anew, with their truths and the
//! definitions of their sagas.

#![allow(clippy::unwrap_used)]

#[path = "stores/opened.rs"]
mod opened;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use asof::log::Clock;
use asof::model::Timestamp;
use asof::simulate::{Format, SAMPLES, Sample, SimulateError};
use opened::Opened;
use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data")
}

fn bundled(sample: &Sample) -> PathBuf {
    folder().join(sample.file)
}

fn sample(name: &str) -> &'static Sample {
    SAMPLES.iter().find(|sample| sample.name == name).unwrap()
}

fn open(name: &str) -> Opened {
    Opened::open(&bundled(sample(name)))
}

fn truth_of(sample: &Sample) -> PathBuf {
    folder().join(format!("truth/{}.truth.json", sample.name))
}

fn truth(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(truth_of(sample(name))).unwrap()).unwrap()
}

/// What the truth tells of a saga.
fn saga(truth: &Value, id: &str) -> Value {
    let mut sagas = truth["sagas"].as_array().unwrap().iter();
    sagas.find(|saga| saga["id"] == id).unwrap().clone()
}

/// All rows of all tables and their definitions: pages may differ between versions of SQLite.
fn dump(path: &Path) -> Vec<(String, Vec<Vec<Cell>>)> {
    let db = Connection::open(path).unwrap();
    let rows = |query: &str| -> Vec<Vec<Cell>> {
        let mut statement = db.prepare(query).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..columns).map(|at| row.get(at)).collect());
        rows.unwrap().map(Result::unwrap).collect()
    };
    let schema = rows("SELECT name, sql FROM sqlite_schema ORDER BY name");
    let tables = rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    let mut all = vec![("schema".to_owned(), schema)];
    for table in tables {
        let [Cell::Text(name)] = &table[..] else {
            panic!("a table has a name")
        };
        let rows = rows(&format!("SELECT * FROM {name} ORDER BY rowid"));
        all.push((name.clone(), rows));
    }
    all
}

fn same(sample: &Sample, kept: &Path, written: &Path) {
    let hint = "UPDATE_SAMPLES=1 cargo test --test samples the_bundled";
    if sample.simulation().format == Format::Sqlite && kept == bundled(sample) {
        let (kept, written) = (dump(kept), dump(written));
        assert_eq!(kept.len(), written.len(), "{}: {hint}", sample.file);
        for (kept, written) in kept.iter().zip(&written) {
            assert!(kept == written, "{}, table {}: {hint}", sample.file, kept.0);
        }
    } else {
        let read = |path| std::fs::read(path).unwrap();
        assert!(read(kept) == read(written), "{}: {hint}", kept.display());
    }
}

#[test]
fn the_bundled_stores_are_what_the_writer_writes() {
    let update = std::env::var_os("UPDATE_SAMPLES").is_some();
    for sample in &SAMPLES {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let (store, truth, saga) = (at(sample.file), at("truth"), at("saga"));
        sample.write(&store, Some(&truth)).unwrap();
        std::fs::write(&saga, sample.scenario.saga_definition()).unwrap();
        let kept_saga = folder().join(format!("sagas/{}.toml", sample.name));
        for (kept, written) in [
            (bundled(sample), store),
            (truth_of(sample), truth),
            (kept_saga, saga),
        ] {
            if update {
                std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
                std::fs::copy(&written, &kept).unwrap();
            } else {
                same(sample, &kept, &written);
            }
        }
    }
}

#[test]
fn there_are_no_other_files() {
    let names = |folder: &Path| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
        let files = entries.filter(|entry| entry.path().is_file());
        let names = files.map(|entry| entry.file_name().into_string().unwrap());
        names.filter(|name| !name.starts_with('.')).collect()
    };
    let all = |name: fn(&Sample) -> String| SAMPLES.iter().map(name).collect::<BTreeSet<_>>();
    assert_eq!(names(&folder()), all(|sample| sample.file.to_owned()));
    assert_eq!(
        names(&folder().join("truth")),
        all(|sample| format!("{}.truth.json", sample.name))
    );
    assert_eq!(
        names(&folder().join("sagas")),
        all(|sample| format!("{}.toml", sample.name))
    );
}

#[test]
fn the_description_of_each_sample_is_true() {
    let mut wrong = String::new();
    for sample in &SAMPLES {
        let Opened { log, .. } = open(sample.name);
        let times = log
            .events()
            .filter_map(|event| log.time(event, log.default_clock()));
        let times: Vec<i64> = times.map(Timestamp::micros).collect();
        let (first, last) = (times.iter().min().unwrap(), times.iter().max().unwrap());
        let mut activity = [0_u16; 36];
        for at in &times {
            activity[((at - first) * 36 / (last - first + 1)) as usize] += 1;
        }
        let told = (sample.events, sample.streams, sample.activity);
        let found = (log.len() as u32, log.streams().len() as u32, activity);
        if told != found {
            wrong += &format!("{}: {found:?}\n", sample.name);
        }
    }
    assert!(wrong.is_empty(), "src/simulate/samples.rs\n{wrong}");
}

#[test]
fn each_sample_is_read_without_problems_by_a_layout_that_knows_it() {
    let layouts = SAMPLES
        .iter()
        .map(|sample| {
            let opened = Opened::open(&bundled(sample));
            assert_eq!(opened.problems(), [] as [&str; 0], "{}", sample.name);
            (sample.name, opened.layout().to_owned())
        })
        .collect::<HashMap<_, _>>();
    for sample in &SAMPLES {
        let layout = match sample.name {
            "users" => "stream-of-events",
            "rides" => "cloudevents",
            _ => "asof-sample",
        };
        assert_eq!(layouts[sample.name], layout, "{}", sample.name);
    }
}

#[test]
fn bundled_stores_are_small() {
    let mut all = 0;
    for sample in &SAMPLES {
        let bytes = std::fs::metadata(bundled(sample)).unwrap().len();
        assert!(bytes <= 2_000_000, "{} has {bytes} bytes", sample.file);
        all += bytes;
        let opened = Opened::open(&bundled(sample));
        let streams = opened.log.streams();
        let longest = streams.iter().map(|name| opened.events(name).len()).max();
        assert!(longest <= Some(2000), "{}: {longest:?}", sample.file);
    }
    assert!(all <= 8_000_000, "{all} bytes");
}

#[test]
fn a_file_that_exists_is_never_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    for sample in &SAMPLES {
        let path = dir.path().join(sample.file);
        std::fs::write(&path, "precious").unwrap();
        let refused = sample.write(&path, None);
        assert!(matches!(refused, Err(SimulateError::Exists(_))));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    }
}

#[test]
fn stories_are_two_sentences() {
    for sample in &SAMPLES {
        let sentences = sample.story.matches(". ").count() + 1;
        assert_eq!(sentences, 2, "{}: {}", sample.name, sample.story);
        assert!(sample.story.ends_with('.'));
    }
}

#[test]
fn user_123_is_the_classic_example() {
    let classic = r#"[{"seq": 1, "event_type": "UserCreated", "data": {"email": "old@example.com", "name": "Alice"}, "timestamp": "2023-06-01T00:00:00Z"}, {"seq": 2, "event_type": "EmailChanged", "data": {"old": "old@example.com", "new": "new@example.com"}, "timestamp": "2023-09-15T00:00:00Z"}, {"seq": 3, "event_type": "NameUpdated", "data": {"old": "Alice", "new": "Alice B"}, "timestamp": "2024-01-15T00:00:00Z"}]"#;
    let classic: Value = serde_json::from_str(classic).unwrap();
    let text = std::fs::read_to_string(bundled(sample("users"))).unwrap();
    let users: Value = serde_json::from_str(&text).unwrap();
    // As text, since the order of keys counts too.
    assert_eq!(users["user-123"].to_string(), classic.to_string());
    let state = open("users").at_time("user-123", "2023-12-01T23:59:59Z");
    let expected = json!({ "email": "new@example.com", "name": "Alice" });
    assert_eq!(state.state, Some(expected));
}

#[test]
fn account_77_holds_1284_50_at_the_end_of_the_year() {
    let bank = open("bank");
    let state = bank.at_time("account-77", "2024-12-31T23:59:00Z");
    assert_eq!(
        state.state.unwrap()["balance"].to_string(),
        r#"{"amount":1284.50,"currency":"EUR"}"#
    );
    let mistaken = bank.types()["InterestCorrected"];
    assert_eq!(mistaken, 1);
}

#[test]
fn order_1042_is_amended_redirected_and_delivered_while_others_wait() {
    let orders = open("orders");
    let events = orders.events("order-1042");
    let types: Vec<&str> = events.iter().map(|event| orders.kind(*event)).collect();
    assert_eq!(
        types,
        [
            "OrderPlaced",
            "OrderAmended",
            "ShippingAddressChanged",
            "OrderPaid",
            "OrderShipped",
            "OrderCompleted",
        ]
    );
    let at = |nth: usize| orders.log.time(events[nth], Clock::Recorded).unwrap();
    let hour = 3_600_000_000;
    assert!(
        at(3).micros() + hour < at(4).micros(),
        "an hour before is a good question"
    );
    let truth = truth("orders");
    for stuck in ["order-1063", "order-1088", "order-1097", "order-1119"] {
        assert_eq!(saga(&truth, stuck)["status"], "stuck", "{stuck}");
    }
    let waits = saga(&truth, "order-1097")["at"].as_array().unwrap().clone();
    assert!(
        waits
            .iter()
            .any(|seen| seen["waiting_for"] == "RefundIssued"),
        "the refund that never came: {waits:?}"
    );
}

#[test]
fn both_shops_hold_sagas_of_at_least_three_statuses() {
    for name in ["orders", "orders-orchestrated"] {
        let statuses = truth(name)["totals"]["sagas"].as_object().unwrap().len();
        assert!(statuses >= 3, "{name}: {statuses}");
    }
}

#[test]
fn checkout_5042_is_parked_and_goes_on() {
    let told = saga(&truth("orders-orchestrated"), "checkout-5042");
    let changes = told["statuses"].as_array().unwrap().iter();
    let statuses: Vec<&str> = changes.map(|c| c["status"].as_str().unwrap()).collect();
    assert_eq!(
        statuses,
        [
            "running",
            "compensating",
            "parked",
            "compensating",
            "compensated"
        ]
    );
}

#[test]
fn the_receipts_of_8_october_came_on_wednesday() {
    let text = std::fs::read_to_string(bundled(sample("rides"))).unwrap();
    let events = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let events: Vec<Value> = events.collect();
    let on = |kind: &str, day: &str| {
        let is = |event: &&Value| {
            event["type"] == kind && event["recordedtime"].as_str().unwrap().starts_with(day)
        };
        events.iter().filter(is).count()
    };
    let (tuesday, wednesday) = ("2024-10-08", "2024-10-09T09:05");
    assert_eq!(on("ReceiptSent", tuesday), 0);
    assert!(on("RideCompleted", tuesday) > 15);
    assert!(on("ReceiptSent", wednesday) >= on("RideCompleted", tuesday));
}

#[test]
fn licence_7_hears_of_some_uses_out_of_order() {
    let downloads = open("downloads");
    let of = |clock| {
        let events = downloads.events("licence-7");
        let times = events
            .iter()
            .map(|event| downloads.log.time(*event, clock).unwrap());
        times.collect::<Vec<_>>()
    };
    assert!(of(Clock::Recorded).is_sorted());
    assert!(!of(Clock::Occurred).is_sorted());
}

#[test]
fn in_cart_307_the_last_write_alone_would_lose_something() {
    let truth = truth("carts");
    let mut findings = truth["inherent"].as_array().unwrap().iter();
    let told = findings
        .find(|finding| finding["kind"] == "concurrent-writes" && finding["stream"] == "cart-307");
    let merges = told.unwrap()["merges"].as_array().unwrap().iter();
    let kinds: BTreeSet<&str> = merges
        .clone()
        .map(|merge| merge["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        BTreeSet::from(["lww-register", "or-set", "pn-counter"])
    );
    let lost = merges.filter(|merge| merge["last_write"] != merge["merged"]);
    assert!(lost.count() >= 2);
}
