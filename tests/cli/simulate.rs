//! `asof simulate`: what it writes, what it says of it, and what it refuses.

use serde_json::Value;

use super::{asof, json, told};

#[test]
fn a_store_its_truth_and_its_saga_definition_are_written_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let [store, truth, saga] = ["shop.db", "shop.truth.json", "shop.toml"].map(at);
    let question = [
        "simulate",
        "orders",
        "--events",
        "500",
        "--seed",
        "7",
        "--version-gap",
        "2",
        "--duplicate-delivery",
        "1.5%",
        "--without",
        "outbox,commands",
        "--out",
        &store,
        "--truth",
        &truth,
        "--saga",
        &saga,
        "--json",
    ];
    let told = json(&question);
    assert_eq!(told["scenario"], "orders-choreographed");
    assert_eq!(told["seed"], 7);
    let info = json(&["info", &store, "--json"]);
    assert_eq!(told["events"], info["events"]);
    assert_eq!(told["streams"], info["streams"]);
    let lacks = info["lacks"].to_string();
    assert!(lacks.contains("outbox"), "{lacks}");

    let truth: Value = serde_json::from_slice(&std::fs::read(&truth).unwrap()).unwrap();
    assert_eq!(truth["format"], "asof-truth/1");
    let asked = serde_json::json!({
        "events": 500,
        "size": "fitting",
        "faults": { "duplicate-delivery": "1.5%", "version-gap": "2" },
    });
    assert_eq!(truth["asked"], asked);
    assert_eq!(truth["totals"]["injected"]["version-gap"], 2);
    let saga: toml::Table = std::fs::read_to_string(&saga).unwrap().parse().unwrap();
    assert_eq!(truth["saga_type"].as_str(), saga["id"].as_str());

    // Once more is over what is there.
    let refused = asof(&question);
    let sentence = "[2] A file of that name exists already, choose another name: ";
    assert!(refused.starts_with(sentence), "{refused}");
}

#[test]
fn what_cannot_be_simulated_is_refused_in_one_sentence_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("x.db").to_str().unwrap().to_owned();
    let truth = folder.path().join("x.truth").to_str().unwrap().to_owned();
    for (more, why) in [
        (&["factory"][..], "there are orders-choreographed, "),
        (
            &["carts", "--snapshot-disagrees", "1"],
            "has no place in carts",
        ),
        (&["carts", "--clock-skew", "1%"], "takes a count"),
        (
            &["carts", "--version-gap", "some"],
            "write a count, such as 3",
        ),
        (
            &["carts", "--only", "events", "--without", "outbox"],
            "cannot be used with",
        ),
        (
            &["carts", "--only", "events", "--consumer-stalled", "1"],
            "consumer-stalled would not be seen: the table checkpoint_history is left out",
        ),
        (
            &["carts", "--truth", &truth, "--saga", &truth],
            "Two of the files would have this name",
        ),
        (
            &["carts", "--truth", &store],
            "Two of the files would have this name",
        ),
    ] {
        let question = [&["simulate", "--out", &store], more].concat();
        let refused = asof(&question);
        assert!(
            refused.starts_with("[2] ") && refused.contains(why),
            "{refused}"
        );
        assert_eq!(refused.lines().count(), 1, "{refused}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_name_that_tells_no_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["z.csv", "x.json.gz", "x.parquet"] {
        let store = folder.path().join(name).to_str().unwrap().to_owned();
        let told = asof(&["simulate", "users", "--out", &store]);
        let expected = format!(
            "[2] this ending names no format: take .db, .jsonl or .json, or add --format: {store}\n"
        );
        assert_eq!(told, expected);
    }
    let told = asof(&["simulate", "users", "--out", "-", "--format", "jsonl"]);
    let expected = "[2] a store is written to a file: name one that ends in .db, .jsonl or .json\n";
    assert_eq!(told, expected);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    let store = folder.path().join("x.csv").to_str().unwrap().to_owned();
    let question = [
        "simulate", "users", "--events", "50", "--format", "jsonl", "--out", &store,
    ];
    asof(&question);
    let text = std::fs::read_to_string(&store).unwrap();
    assert!(text.starts_with("{\"position\":1,"), "{text}");
}

#[test]
fn faults_without_enough_occasions_are_told_beside_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("x.db").to_str().unwrap().to_owned();
    let (out, beside) = told(&[
        "simulate",
        "users",
        "--events",
        "200",
        "--clock-skew",
        "9",
        "--version-gap",
        "1",
        "--out",
        &store,
        "--json",
    ]);
    let sentence = "asof: clock-skew: 9 asked for, and occasions for no more than 2\n";
    assert_eq!(beside, sentence);
    let out: Value = serde_json::from_str(&out).unwrap();
    let injected = serde_json::json!({ "clock-skew": 2, "version-gap": 1 });
    assert_eq!(out["injected"], injected);
}

#[test]
fn people_are_told_what_was_written_and_where() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("a.json").to_str().unwrap().to_owned();
    let told = asof(&["simulate", "users", "--events", "100", "--out", &store]);
    let (counts, path) = told.trim_end().split_once(": ").unwrap();
    assert_eq!(path, store);
    let info = json(&["info", &store, "--json"]);
    let expected = format!("{} events in {} streams", info["events"], info["streams"]);
    assert_eq!(counts, expected);
}

#[test]
fn what_cannot_be_is_told_in_words_of_the_question() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("a.db");
    let missing = folder.path().join("none").join("a.db");
    let [store, missing] = [&store, &missing].map(|path| path.to_str().unwrap());
    for (events, out, told) in [
        ("ten", store, "it counts events: try 10000, or 10k"),
        ("-5", store, "it counts events: try 10000, or 10k"),
        ("10", missing, "there is no such folder"),
    ] {
        let refused = asof(&["simulate", "bank", "--events", events, "--out", out]);
        assert!(
            refused.starts_with("[2] ") && refused.contains(told),
            "{refused}"
        );
        assert!(!refused.contains(".part"), "{refused}");
    }
    let told = asof(&[
        "simulate",
        "orders",
        "--events",
        "1k",
        "--version-gap",
        "2",
        "--out",
        store,
    ]);
    assert!(
        told.contains("Faults: ") && told.contains("2 version-gap"),
        "{told}"
    );
}
