//! What `asof project` answers.

use super::{BANK, ORDERS, USERS, asof};

const BALANCES: &str = "sample-data/projections/balances.js";

macro_rules! assert_snapshot {
    ($($all:tt)+) => {
        let all = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots");
        insta::with_settings!({ omit_expression => true, snapshot_path => all }, {
            insta::assert_snapshot!($($all)+);
        });
    };
}

/// Without how fast it went.
fn timeless(answer: &str) -> String {
    let lines = answer
        .lines()
        .map(|line| match line.contains("\"events_per_second\"") {
            true => "  \"events_per_second\": 0.0,".to_owned(),
            false => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

fn written(folder: &tempfile::TempDir, name: &str, text: &str) -> String {
    let file = folder.path().join(name);
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}

#[test]
fn a_projection_at_a_moment() {
    assert_snapshot!(asof(&[
        "project",
        BANK,
        BALANCES,
        "--at",
        "2024-12-31 23:59"
    ]));
    assert_snapshot!(asof(&[
        "project",
        BANK,
        BALANCES,
        "--partition",
        "account-77"
    ]));
    let json = asof(&[
        "project",
        BANK,
        BALANCES,
        "--partition",
        "account-77",
        "--at",
        "2024-12-31 23:59",
        "--json",
    ]);
    assert_snapshot!(timeless(&json));
    assert_snapshot!(asof(&[
        "project",
        ORDERS,
        "sample-data/projections/open-orders.json"
    ]));
}

#[test]
fn what_handlers_fail_on_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let failing = written(
        &folder,
        "failing.js",
        "fromAll().when({\n  NameUpdated(s, e) {\n    throw new Error('no ' + e.data.new);\n  },\n})",
    );
    let json = asof(&[
        "project",
        USERS,
        &failing,
        "--json",
        "--on-error",
        "retry:2",
    ]);
    assert_snapshot!(timeless(&json));
    assert_snapshot!(asof(&["project", USERS, &failing, "--on-error", "stop"]));
}

/// One of which all events failed is not denied, and what is of others is not told of it.
#[test]
fn a_partition_is_told_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = "fromCategory('account').foreachStream().when({\n  $init: () => ({ n: 0 }),\n  $any(s, e) {\n    s.n += 1;\n    if (e.streamId === 'account-61' && e.position < 400 || e.position === 9) throw new Error('no');\n  },\n})";
    let failing = written(&folder, "failing.js", text);
    let other = written(&folder, "other.js", &text.replace("s.n += 1", "s.n += 2"));
    let own = [
        "project",
        BANK,
        &failing,
        "--at",
        "#300",
        "--partition",
        "61",
    ];
    assert_snapshot!(asof(&own));
    let own = [
        "project",
        BANK,
        &failing,
        "--at",
        "#300",
        "--partition",
        "account-60",
    ];
    assert_snapshot!(asof(&[&own[..], &["--compare", &other]].concat()));
}

/// A state as long as memory allows is for programs.
#[test]
fn a_long_state_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        "fromAll().when({ $init: () => ({ t: 'x' }), $any(s) { s.t = 'long'.repeat(10000); } })";
    let long = written(&folder, "long.js", text);
    let told = asof(&["project", USERS, &long]);
    assert!(
        told.len() < 2_000 && told.contains("more characters; --json has them"),
        "{told}"
    );
    assert!(asof(&["project", USERS, &long, "--json"]).len() > 40_000);
}

#[test]
fn two_definitions_and_one_twice() {
    let folder = tempfile::tempdir().unwrap();
    let names = written(
        &folder,
        "names.js",
        "fromAll().foreachStream().when({ $init: () => ({ changes: 0 }), UserCreated(s, e) { s.name = e.data.name; }, NameUpdated(s, e) { s.name = e.data.new; s.changes += 1; } })",
    );
    let first = written(
        &folder,
        "first.js",
        "fromAll().foreachStream().when({ $init: () => ({ changes: 0 }), UserCreated(s, e) { s.name = e.data.name; }, NameUpdated(s, e) { s.changes += 1; } })",
    );
    assert_snapshot!(asof(&[
        "project",
        USERS,
        &names,
        "--compare",
        &first,
        "--twice"
    ]));
    let json = asof(&[
        "project",
        USERS,
        &names,
        "--compare",
        &first,
        "--twice",
        "--json",
    ]);
    assert_snapshot!(timeless(&json));
    assert_snapshot!(timeless(&asof(&[
        "project",
        USERS,
        &names,
        "--compare",
        &names,
        "--json"
    ])));
}

#[test]
fn a_definition_that_does_not_hold() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().display().to_string();
    for (name, text) in [
        ("unfinished.js", "fromAll().when({\n  A(s, e) {"),
        ("nowhere.js", "const x = 1;"),
        ("endless.js", "while (true) {}"),
        ("sum.json", "{\"fold\": \"sum\"}"),
    ] {
        let file = written(&folder, name, text);
        let told = asof(&["project", USERS, &file]).replace(&here, "…");
        assert_snapshot!(name, told);
    }
    assert_snapshot!(asof(&["project", USERS, "nowhere.js"]));
    assert_snapshot!(asof(&["project", USERS, BALANCES, "--on-error", "ignore"]));
}

#[test]
fn a_read_model_and_a_consumer() {
    let model = ["--read-model", "account_balances", "--key", "account_id"];
    let right = [
        &["project", BANK, BALANCES, "--partition", "account-77"],
        &model[..],
    ]
    .concat();
    assert_snapshot!(asof(&right));
    let folder = tempfile::tempdir().unwrap();
    let doubled = std::fs::read_to_string(BALANCES).unwrap();
    let doubled = doubled.replace(
        "s.bookings += 1;",
        "s.bookings += e.data.amount > 4000 ? 2 : 1;",
    );
    let doubled = written(&folder, "doubled.js", &doubled);
    let wrong = [
        &[
            "project",
            BANK,
            &doubled,
            "--as-consumer",
            "balances",
            "--partition",
            "account-77",
        ],
        &model[..],
    ]
    .concat();
    assert_snapshot!(asof(&wrong));
    let json = asof(&[&wrong[..], &["--json"]].concat());
    assert_snapshot!(timeless(&json));
    let at = [
        "--at",
        "2024-07-01",
        "--as-consumer",
        "archive",
        "--partition",
        "account-77",
    ];
    assert_snapshot!(asof(&[&["project", BANK, BALANCES], &at[..]].concat()));
    let told = [
        &["project", BANK, BALANCES, "--as-consumer", "nobody"][..],
        &[
            "project",
            BANK,
            BALANCES,
            "--read-model",
            "nowhere",
            "--key",
            "id",
        ],
        &[
            "project",
            BANK,
            BALANCES,
            "--read-model",
            "account_balances",
            "--key",
            "id",
        ],
        &[
            "project",
            BANK,
            BALANCES,
            "--read-model",
            "account_balances",
        ],
        &[&right[..], &["--at", "2024-07-01"]].concat(),
        &["project", BANK, BALANCES, "--attach", "nowhere.db"],
    ];
    let told: Vec<String> = told.iter().map(|arguments| asof(arguments)).collect();
    assert_snapshot!(told.concat());
}

/// What JSON has no words for is told of the partition that is asked for, and is not null to a comparison;
/// a partition that a stop came before is not said to be none.
#[test]
fn what_json_has_no_words_for() {
    let folder = tempfile::tempdir().unwrap();
    let with = |name: &str, value: &str| {
        let text = format!(
            "fromCategory('account').foreachStream().when({{\n  $init: () => ({{ n: 0 }}),\n  MoneyDeposited(s, e) {{ s.n = {value}; }},\n}}).transformBy(s => ({{ own: s.n, by: new Map([[1, s.n]]) }}))"
        );
        written(&folder, name, &text)
    };
    let [a, b] = [with("a.js", "s.n + e.data.nowhere"), with("b.js", "null")];
    let ended = with("ended.js", "e.position > 5 ? (() => { for (;;); })() : 1");
    let own = ["project", BANK, &a, "--partition", "account-61"];
    let told = [
        asof(&own),
        asof(&[&own[..], &["--compare", &b]].concat()),
        asof(&["project", BANK, &ended, "--partition", "account-61"]),
    ];
    assert_snapshot!(told.concat());
}

#[test]
fn entities_that_are_looked_up() {
    let folder = tempfile::tempdir().unwrap();
    let devices = written(
        &folder,
        "devices.js",
        "fromAll().when({ $init: () => ({}), $any(s, e) {\n  if (e.data.device_id === undefined) return;\n  const device = lookup('devices', e.data.device_id);\n  s[device.os] = (s[device.os] || 0) + 1;\n} })",
    );
    assert_snapshot!(asof(&["project", "sample-data/downloads.db", &devices]));
}

#[test]
fn the_state_of_a_stream_by_a_projection() {
    let state = ["state", BANK, "account-77", "--projection", BALANCES];
    let at = [
        "--at",
        "2024-12-31 23:59",
        "--blame",
        "--diff-to",
        "2025-01-02",
    ];
    assert_snapshot!(asof(&[&state[..], &at[..]].concat()));
    assert_snapshot!(asof(
        &[&state[..], &["--json", "--version", "3", "--blame"]].concat()
    ));
    assert_snapshot!(asof(&[
        "state",
        BANK,
        "account-77",
        "--projection",
        "sample-data/projections/earnings.js"
    ]));
}

/// Without the times that it took.
#[test]
fn what_snapshots_cost() {
    let mut report = super::json(&["project", BANK, BALANCES, "--bench-snapshots", "--json"]);
    let bench = report["snapshots"].as_object_mut().unwrap();
    for cost in bench["strategies"].as_array_mut().unwrap() {
        assert!(cost["build_ms"].as_f64().unwrap() >= 0.0);
        assert!(cost["jump_ms"]["p99"].as_f64().unwrap() >= 0.0);
        let cost = cost.as_object_mut().unwrap();
        cost.remove("build_ms");
        cost.remove("jump_ms");
    }
    assert_snapshot!(serde_json::to_string_pretty(bench).unwrap());
}
