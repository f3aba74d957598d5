//! The command line as people and programs meet it: what is printed for what is asked, as golden
//! outputs. Look at a changed one before accepting it: `docs/contract.md` is the stable shape.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

use asof::cli::{self, Asked};
use asof::model::Timestamp;

const USERS: &str = "sample-data/users.json";
const BANK: &str = "sample-data/bank.jsonl";
const ORDERS: &str = "sample-data/orders.db";
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

/// What `asof` prints, or its sentence with the exit code.
fn asof(arguments: &[&str]) -> String {
    let all = ["asof"].iter().chain(arguments).map(Into::into);
    let answer = match cli::parse(all) {
        Ok(Asked::Answer(answer)) => answer,
        Ok(Asked::Window { stores, .. }) => return format!("(window: {stores:?})\n"),
        Err(error) if !error.use_stderr() => return error.render().to_string(),
        Err(error) => return format!("[2] {}\n", cli::sentence(&error)),
    };
    let mut out = Vec::new();
    match answer.print(now(), &mut out) {
        Ok(()) => String::from_utf8(out).unwrap(),
        Err(error) => format!("[2] {error}\n"),
    }
}

/// Several questions with their answers, as on a terminal.
fn session(questions: &[&[&str]]) -> String {
    let shown = |word: &&str| match word.contains(char::is_whitespace) || word.is_empty() {
        true => format!("'{word}'"),
        false => (*word).to_owned(),
    };
    let told = questions.iter().map(|arguments| {
        let words: Vec<String> = arguments.iter().map(shown).collect();
        format!("$ asof {}\n{}", words.join(" "), asof(arguments))
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
            insta::with_settings!({ omit_expression => true }, {
                insta::assert_snapshot!(stringify!($name), session(&[$(&$question[..]),+]));
            });
        }
    };
}

golden!(
    help,
    ["--help"],
    ["info", "--help"],
    ["events", "--help"],
    ["state", "--help"]
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
        "emailchanged",
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
        "0185969c-c91f-774b-b9fa-cb31b8ffb228"
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
    ["info", "tests/fixtures/broken/truncated_half.db"],
    ["info", "tests/fixtures/broken/broken_line_100.jsonl"],
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

#[test]
fn as_of_is_in_every_report() {
    let reports = [
        vec!["info", BANK, "--at", "2024", "--json"],
        vec!["events", BANK, "--at", "2024", "--json", "--limit", "1"],
        vec!["state", BANK, "account-61", "--at", "2024", "--json"],
    ];
    for arguments in reports {
        let report = json(&arguments);
        assert_eq!(report["as_of"]["time"], "2024-12-31T23:59:59.999999Z");
        assert_eq!(report["as_of"]["clock"], "recorded");
        assert_eq!(report["as_of"]["out_of_order"], 0);
        assert!(report["as_of"]["position"].is_i64());
    }
}

#[test]
fn numbers_keep_their_digits() {
    let text = asof(&["state", UNTIMED, "cart-1", "--at", "#2", "--json"]);
    assert!(text.contains("\"total\": 12.50"), "{text}");
}

#[test]
fn all_events_are_given_to_programs() {
    let report = json(&["events", BANK, "--json"]);
    let events = report["events"].as_array().unwrap();
    assert_eq!(report["total"], events.len());
    assert_eq!(report["truncated"], false);
    assert_eq!(
        asof(&["events", BANK, "--format", "jsonl"]).lines().count(),
        events.len()
    );
}

#[test]
fn a_mapping_is_remembered_only_in_the_workspace_that_is_named() {
    use asof::workspace::{StorePath, StoreWorkspace, Workspace};
    let folder = tempfile::tempdir().unwrap();
    let layout = std::fs::read_to_string("assets/layouts/article.toml").unwrap();
    let mapping = asof::store::layout::from_toml("article", &layout).unwrap();
    let remembered = StoreWorkspace {
        mapping: Some(mapping),
        ..StoreWorkspace::default()
    };
    let store = StorePath::of(Path::new(USERS));
    Workspace::at(folder.path())
        .save_store(&store, &remembered)
        .unwrap();
    let dir = folder.path().to_str().unwrap();
    let confidence = |arguments: &[&str]| json(arguments)["layout"]["confidence"].clone();
    assert_eq!(confidence(&["info", USERS, "--json"]), 99);
    assert_eq!(
        confidence(&["info", USERS, "--json", "--workspace", dir]),
        100
    );
}

/// The program itself, with no window system.
fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_asof"))
        .args(arguments)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap()
}

#[test]
fn an_answer_is_0_and_an_error_is_2_with_one_line() {
    let answers: [&[&str]; 4] = [
        &["--version"],
        &["state", "--help"],
        &["state", USERS, "user-123", "--at", "-2h"],
        &["state", USERS, "user-123", "--at", "2022-01-01"],
    ];
    for arguments in answers {
        let output = program(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(output.stderr.is_empty() && !output.stdout.is_empty());
    }
    let errors: [&[&str]; 6] = [
        &["state", USERS, "nobody"],
        &["state", USERS],
        &["info", "nowhere.db"],
        &["info", USERS, "--layout", "README.md"],
        &["events", USERS, "--limit", "x"],
        &["state", USERS, "user-123", "--at", "2023-02-30"],
    ];
    for arguments in errors {
        let output = program(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.starts_with("asof: ") && told.ends_with('\n'), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
        assert!(output.stdout.is_empty());
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn without_a_window_system_the_subcommands_are_named() {
    for arguments in [&[][..], &[USERS]] {
        let output = program(arguments);
        assert_eq!(output.status.code(), Some(2));
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            told,
            "asof: there is no window system here; ask on the terminal with asof info, asof events or asof state\n"
        );
    }
}

/// A line of a shell as words: blanks part them, double quotes hold them together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted, mut fresh) = (Vec::new(), false, true);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => fresh = true,
            c => {
                if std::mem::take(&mut fresh) {
                    words.push(String::new());
                }
                words.last_mut().unwrap().push(c);
            }
        }
    }
    words
}

#[test]
fn the_commands_of_the_readme_work() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let commands = readme.lines().filter_map(|line| {
        let (cargo, arguments) = line.split_once(" -- ")?;
        cargo.starts_with("cargo run").then(|| words(arguments))
    });
    let commands: Vec<Vec<String>> = commands.collect();
    assert!(commands.len() >= 3);
    for command in commands {
        let arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        match cli::parse(["asof"].iter().chain(&arguments).map(Into::into)).unwrap() {
            Asked::Window { stores, .. } => {
                assert!(stores.iter().all(|store| store.exists()), "{stores:?}");
            }
            Asked::Answer(_) => {
                let told = asof(&arguments);
                assert!(!told.starts_with("[2]"), "{told}");
            }
        }
    }
}
