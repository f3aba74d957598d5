//! The command line as people and programs meet it: what is printed for what is asked, as golden
//! outputs. Look at a changed one before accepting it: `docs/contract.md` is the stable shape.

#![allow(clippy::unwrap_used)]

#[path = "cli/program.rs"]
mod program;
#[path = "cli/projections.rs"]
mod projections;
#[path = "cli/shapes.rs"]
mod shapes;
#[path = "cli/simulate.rs"]
mod simulate;

use asof::cli::{self, Request, Streams};
use asof::model::Timestamp;

const USERS: &str = "tests/fixtures/cli/users.json";
const HALF: &str = "tests/fixtures/broken/truncated_half.db";
const CUT_LINE: &str = "tests/fixtures/broken/broken_line_100.jsonl";
const BANK: &str = "sample-data/bank.db";
const ORDERS: &str = "sample-data/orders.db";
const GAPPED: &str = "tests/fixtures/cli/gapped.jsonl";
const UNTIMED: &str = "tests/fixtures/cli/no_times.jsonl";
const SYSTEM: [&str; 5] = [
    "tests/fixtures/es_py_system/orders.db",
    "--with",
    "tests/fixtures/es_py_system/reservations.db",
    "--with",
    "tests/fixtures/es_py_system/payments.db",
];

/// The computer's clock of these tests.
fn now() -> Timestamp {
    "2024-06-15T12:00:00Z".parse().unwrap()
}

/// What `asof` prints, or its sentence with the exit code; and what it tells besides, on standard
/// error.
fn told(arguments: &[&str]) -> (String, String) {
    let all = ["asof"].iter().chain(arguments).map(Into::into);
    let answer = match cli::parse(all) {
        Ok(Request::Answer(answer)) => answer,
        Ok(Request::Window { stores, .. }) => {
            return (format!("(window: {stores:?})\n"), String::new());
        }
        Err(error) if !error.use_stderr() => return (error.render().to_string(), String::new()),
        Err(error) => return (format!("[2] {}\n", cli::sentence(&error)), String::new()),
    };
    let (mut out, mut beside) = (Vec::new(), Vec::new());
    let mut to = Streams {
        out: &mut out,
        beside: &mut beside,
    };
    match answer.print(now(), &mut to) {
        Ok(_) => (
            String::from_utf8(out).unwrap(),
            String::from_utf8(beside).unwrap(),
        ),
        // What there is of an answer stands before the error.
        Err(error) => {
            let out = String::from_utf8(out).unwrap();
            (format!("{out}[2] {error}\n"), String::new())
        }
    }
}

fn asof(arguments: &[&str]) -> String {
    told(arguments).0
}

/// Several questions with their answers, as on a terminal.
fn session(questions: &[&[&str]]) -> String {
    let shown = |word: &&str| match word.contains(char::is_whitespace) || word.is_empty() {
        true => format!("'{word}'"),
        false => (*word).to_owned(),
    };
    let told = questions.iter().map(|arguments| {
        let words: Vec<String> = arguments.iter().map(shown).collect();
        let (out, beside) = told(arguments);
        format!("$ asof {}\n{beside}{out}", words.join(" "))
    });
    told.collect::<Vec<String>>().join("\n")
}

fn json(arguments: &[&str]) -> serde_json::Value {
    let text = asof(arguments);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

macro_rules! golden {
    ($name:ident, $($question:expr),+ $(,)?) => {
        #[test]
        fn $name() {
            let all = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots");
            insta::with_settings!({ omit_expression => true, snapshot_path => all }, {
                insta::assert_snapshot!(stringify!($name), session(&[$(&$question[..]),+]));
            });
        }
    };
}

#[path = "cli/audit.rs"]
mod audit;
#[path = "cli/lag.rs"]
mod lag;
#[path = "cli/odd.rs"]
mod odd;
#[path = "cli/sagas.rs"]
mod sagas;
#[path = "cli/sql.rs"]
mod sql;

golden!(
    help,
    ["--help"],
    ["info", "--help"],
    ["events", "--help"],
    ["state", "--help"],
    ["project", "--help"],
    ["sagas", "--help"],
    ["lag", "--help"],
    ["audit", "--help"],
    ["schema", "--help"],
    ["trace", "--help"],
    ["sql", "--help"],
    ["simulate", "--help"]
);

golden!(
    info_in_words,
    ["info", USERS],
    ["info", BANK],
    ["info", ORDERS]
);
golden!(
    info_as_of_a_moment,
    ["info", USERS, "--at", "2023-10"],
    ["info", USERS, "--at", "2020"],
    [
        "info",
        ORDERS,
        "--clock",
        "occurred",
        "--at",
        "2024-11-05 12:00",
        "--zone",
        "Europe/Berlin"
    ],
);
golden!(info_as_json, ["info", USERS, "--json"]);

golden!(
    events_as_a_table,
    ["events", USERS],
    ["events", BANK, "--limit", "3"],
    ["events", ORDERS, "--limit", "3", "--zone", "Europe/Berlin"],
    ["events", ORDERS, "--limit", "3", "--clock", "occurred"],
);
golden!(
    events_filtered,
    ["events", BANK, "--stream", "account-61", "--to", "2023-02"],
    [
        "events",
        BANK,
        "--category",
        "card",
        "--type",
        "CardBlocked",
        "--limit",
        "2"
    ],
    [
        "events",
        BANK,
        "--type",
        "interestcorrected",
        "--type",
        "CardBlocked",
        "--limit",
        "3"
    ],
    ["events", BANK, "--contains", "almeida", "--limit", "0"],
    [
        "events",
        BANK,
        "--correlation",
        "01864ae1-ebb5-747e-a733-0b1ec7c62db8"
    ],
    [
        "events",
        BANK,
        "--from",
        "2024-12-31",
        "--to",
        "2025-01-01",
        "--type",
        "MoneyDeposited"
    ],
    ["events", BANK, "--from", "2023-02-01", "--to", "2023-01-01"],
    ["events", BANK, "--at", "#2"],
);
golden!(
    events_for_programs,
    ["events", USERS, "--json", "--limit", "2"],
    ["events", USERS, "--format", "jsonl"],
    ["events", USERS, "--format", "csv"],
    ["events", ORDERS, "--json", "--limit", "1"],
    ["events", BANK, "--format", "jsonl", "--limit", "2"],
);
golden!(
    what_programs_are_told_of_typed_times,
    [
        "state",
        USERS,
        "user-123",
        "--at",
        "2023-10-29 02:30",
        "--diff-to",
        "2024-03-31 02:30",
        "--zone",
        "Europe/Berlin",
        "--json"
    ],
    [
        "events",
        USERS,
        "--from",
        "2023-10-29 02:30",
        "--zone",
        "Europe/Berlin",
        "--format",
        "csv"
    ],
    [
        "events",
        USERS,
        "--to",
        "yesterday",
        "--at",
        "#2",
        "--format",
        "jsonl"
    ],
    ["events", USERS, "--at", "-2h", "--json", "--limit", "1"],
);
golden!(
    a_range_that_begins_between_positions,
    ["events", GAPPED, "--from", "#15"],
    ["events", GAPPED, "--from", "#20"],
    ["events", GAPPED, "--to", "#15"],
    ["events", GAPPED, "--from", "#31"],
    ["events", GAPPED, "--from", "#1"],
    [
        "events",
        "tests/fixtures/es_py_system/orders.db",
        "--with",
        GAPPED,
        "--from",
        "#gapped:15",
        "--to",
        "#gapped:25"
    ],
    ["events", GAPPED, "--with", USERS, "--from", "#nobody:15"],
    ["events", GAPPED, "--from", "#gapped:15"],
);

golden!(
    events_that_cannot_be_asked_for,
    ["events", BANK, "--type", "Nope"],
    ["events", BANK, "--category", "x"],
    ["events", BANK, "--stream", "61"],
    ["events", BANK, "--at", "v3"],
    ["events", BANK, "--limit", "-1"],
    ["events", BANK, "--format", "csv", "--json"],
    ["events", USERS, "--clock", "occurred"],
);

golden!(
    state_in_words,
    ["state", USERS, "user-123", "--at", "2023-12-01"],
    [
        "state",
        USERS,
        "user-123",
        "--at",
        "2023-12-01",
        "--blame",
        "--diff-to",
        "head"
    ],
    ["state", BANK, "account-61", "--at", "2023-01-31 23:59"],
    ["state", ORDERS, "order-1042", "--at", "2024-11-18 09:48:03"],
);
golden!(
    state_as_json,
    ["state", USERS, "user-123", "--at", "2023-12-01", "--json"],
    [
        "state",
        USERS,
        "user-123",
        "--at",
        "v1",
        "--blame",
        "--diff-to",
        "head",
        "--json"
    ],
    ["state", USERS, "user-123", "--at", "2022-01-01", "--json"],
);

golden!(
    moments_as_people_type_them,
    ["state", USERS, "user-123", "--at", "2023-09-15"],
    ["state", USERS, "user-123", "--at", "2023-09-14 23:59"],
    [
        "state",
        USERS,
        "user-123",
        "--at",
        "2023-09-15T01:30:00+02:00"
    ],
    [
        "state",
        USERS,
        "user-123",
        "--at",
        "2023-09-15 02:00",
        "--zone",
        "Europe/Berlin"
    ],
    [
        "state",
        USERS,
        "user-123",
        "--at",
        "2023-10-29 02:30",
        "--zone",
        "Europe/Berlin"
    ],
    [
        "state",
        USERS,
        "user-123",
        "--at",
        "2024-03-31 02:30",
        "--zone",
        "Europe/Berlin"
    ],
    ["state", USERS, "user-123", "--at", "-2h"],
    ["state", USERS, "user-123", "--at=-1d"],
    ["state", USERS, "user-123", "--at", "yesterday 14:34"],
    ["state", USERS, "user-123", "--at", "#2"],
    ["state", USERS, "user-123", "--at", "v2"],
    ["state", USERS, "user-123", "--version", "2"],
    ["state", USERS, "user-123", "--at", "head"],
    ["state", USERS, "user-123", "--at", "2022"],
);
golden!(
    moments_that_are_none,
    ["state", USERS, "user-123", "--at", "tomorrowish"],
    ["state", USERS, "user-123", "--at", "2023-02-30"],
    ["state", USERS, "user-123", "--at", "01/02/2023"],
    ["state", USERS, "user-123", "--at", "1042"],
    ["state", USERS, "user-123", "--at", ""],
    ["state", USERS, "user-123", "--at", "v7"],
    ["state", USERS, "user-123", "--version", "7"],
    ["state", USERS, "user-123", "--version", "2", "--at", "head"],
    ["state", USERS, "user-123", "--zone", "Europe/Nowhere"],
);

golden!(
    streams_by_name_uuid_or_part,
    [
        "state",
        SYSTEM[0],
        "a14232a6-ba39-4257-8464-d36c58213a18",
        "--version",
        "1"
    ],
    [
        "state",
        SYSTEM[0],
        "A14232A6BA3942578464D36C58213A18",
        "--version",
        "1"
    ],
    ["state", SYSTEM[0], "a14232a6", "--version", "1"],
    ["state", USERS, "123", "--version", "1"],
    ["state", BANK, "account-9999"],
    ["state", BANK, "account-7"],
    ["state", USERS, "nobody"],
);

golden!(
    a_store_without_times,
    ["info", UNTIMED],
    ["events", UNTIMED, "--at", "#2"],
    ["state", UNTIMED, "cart-1", "--at", "#3"],
    ["state", UNTIMED, "cart-1", "--at", "v2", "--json"],
    ["state", UNTIMED, "cart-1", "--at", "2024-01-01"],
    ["state", UNTIMED, "cart-1", "--at", "-2h"],
);

golden!(
    several_files,
    [&["info"], &SYSTEM[..]].concat(),
    [&["events"], &SYSTEM[..], &["--at", "#payments:1"]].concat(),
    [&["events"], &SYSTEM[..], &["--limit", "1", "--json"]].concat(),
    [
        &["state"],
        &SYSTEM[..],
        &["180763eea2474885a8560d6773ed629f", "--blame"]
    ]
    .concat(),
    [&["events"], &SYSTEM[..], &["--at", "#3"]].concat(),
    ["events", USERS, "--with", USERS],
    ["events", USERS, "--with", UNTIMED],
    ["events", USERS, "--with", UNTIMED, "--order", "listed"],
    ["events", USERS, "--order", "listed"],
);

golden!(
    layouts,
    ["info", USERS, "--layout", "assets/layouts/article.toml"],
    ["info", USERS, "--layout", "assets/layouts/emmett.toml"],
    ["info", USERS, "--layout", "README.md"],
    ["info", USERS, "--layout", "nope.toml"],
);

golden!(
    damaged_and_foreign_files,
    ["info", HALF],
    ["info", CUT_LINE],
    ["events", HALF, "--limit", "1", "--json"],
    ["state", CUT_LINE, "acc-2"],
    ["state", "tests/fixtures/broken/version_gaps.jsonl", "acc-2"],
    ["info", "tests/fixtures/broken/not_sqlite.db"],
    ["info", "tests/fixtures/broken/png_named.json"],
    ["info", "tests/fixtures/broken/empty_array.json"],
    ["info", "tests/fixtures/broken/scalar_array.json"],
    ["info", "tests/fixtures/broken/empty_tables.db"],
    ["info", "tests/fixtures/broken/zero.db"],
    ["info", "Cargo.toml"],
    ["info", "nowhere.db"],
);

golden!(
    misuse,
    ["info"],
    ["info", USERS, "more"],
    ["events", USERS, "--frobnicate"],
    ["state", USERS],
    [USERS, BANK],
);
