//! How long opening and reading a big store takes, beside the `sqlite3` tool on the same file in
//! the same run.
//!
//! `cargo bench --bench open`, with `ASOF_BENCH_EVENTS` (default 5,000,000) and `ASOF_BENCH_RUNS`
//! (default 5), and `cargo bench --bench open -- density` for a part;
//! `-- followed` for what it costs a writer that its store is followed, which is no part of the rest. Runs of all cases take turns, so that a busy moment of the machine hits all of
//! them; ratios within one table mean something, milliseconds of two tables do not. Everything is
//! read once before it counts: the page cache is warm. `ASOF_BENCH_PYTHON` names a Python that has pm4py,
//! for what follows what in processes.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its table"
)]

mod cases;
mod data;
mod run;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cases::Ready;
use data::{Failure, Shape};
use run::Case;

/// The stores of a run.
struct Stores {
    sqlite: PathBuf,
    json: PathBuf,
    long: PathBuf,
    shop: PathBuf,
}

/// The peer that every ratio refers to.
const PEER: &str = "select event_type, count(*) from events group by 1";

fn main() -> Result<(), Failure> {
    if cases::serve()? {
        return Ok(());
    }
    let runs = std::env::var("ASOF_BENCH_RUNS")
        .ok()
        .and_then(|text| text.parse().ok());
    let runs = runs.unwrap_or(5);
    // A part of a name leaves out the cases that do not have it; cargo's own `--bench` is none.
    let only = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    if only.as_deref() == Some("followed") {
        return cases::following(runs);
    }
    let stores = Stores {
        sqlite: data::sqlite(Shape::sqlite())?,
        json: data::json_lines(Shape::json())?,
        long: data::sqlite(Shape::long())?,
        shop: data::shop()?,
    };
    let [sqlite, json, long, shop] = [
        Ready::new(&stores.sqlite)?,
        Ready::new(&stores.json)?,
        Ready::new(&stores.long)?,
        Ready::new(&stores.shop)?,
    ];
    println!("index of SQLite: {}", sqlite.memory());
    println!("index of JSON lines: {}", json.memory());
    let mut measured = peers(&stores);
    measured.extend(floors(&stores));
    measured.extend(cases::opening(&stores.sqlite, &stores.json));
    measured.extend(cases::from_the_file(&stores.sqlite));
    measured.extend(cases::asking(&sqlite, &json, &long)?);
    measured.extend(cases::sagas(&shop, &stores.shop)?);
    measured.extend(cases::drawing(&stores.sqlite));
    if let Some(only) = only {
        measured.retain(|case| case.is(PEER) || case.is(&only));
    }
    run::in_turns(&mut measured, runs)?;
    run::print_table(&measured, PEER);
    Ok(())
}

/// The `sqlite3` tool on the same questions, its start included; none where it is not installed.
fn peers(stores: &Stores) -> Vec<Case<'_>> {
    let Some(version) = sqlite3_version() else {
        println!("No sqlite3 tool in PATH: no ratios. Debian and Ubuntu: apt install sqlite3");
        return Vec::new();
    };
    println!("peer: sqlite3 {version}; ratios are to its first line");
    let file = &stores.sqlite;
    vec![
        Case::new(PEER, |_| sqlite3(file, PEER)),
        Case::new("sqlite3: payloads of one stream", |_| {
            let stream = data::HOT_STREAM;
            sqlite3(
                file,
                &format!("select sum(length(data)) from events where stream_id = '{stream}'"),
            )
        }),
        Case::new("sqlite3: text in payloads", |_| {
            let text = data::NEEDLE;
            sqlite3(
                file,
                &format!("select count(*) from events where instr(data, '{text}')"),
            )
        }),
    ]
}

/// What no reader can beat: every byte once.
fn floors(stores: &Stores) -> Vec<Case<'_>> {
    vec![
        Case::new("read all bytes of the SQLite file", |_| {
            read_bytes(&stores.sqlite)
        }),
        Case::new("read all bytes of the JSON lines", |_| {
            read_bytes(&stores.json)
        }),
        Case::new("read all bytes of the one-stream file", |_| {
            read_bytes(&stores.long)
        }),
    ]
}

fn sqlite3_version() -> Option<String> {
    let output = Command::new("sqlite3").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().next().map(str::to_owned)
}

/// Runs one query; the sum of the last column.
fn sqlite3(store: &Path, query: &str) -> Result<u64, Failure> {
    let output = Command::new("sqlite3")
        .args(["-readonly", "-batch", "-list"])
        .arg(store)
        .arg(query)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err("the sqlite3 tool failed".into());
    }
    let mut sum = 0;
    for line in String::from_utf8(output.stdout)?.lines() {
        let number = line.rsplit('|').next().unwrap_or(line);
        sum += number.parse::<u64>().unwrap_or(0);
    }
    Ok(sum)
}

fn read_bytes(path: &Path) -> Result<u64, Failure> {
    let mut file = std::fs::File::open(path)?;
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(bytes),
            read => bytes += read as u64,
        }
    }
}
