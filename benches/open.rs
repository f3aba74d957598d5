//! How long opening and reading a big store takes, beside the `sqlite3` tool on the same file in
//! the same run.
//!
//! `cargo bench --bench open`, with `ASOF_BENCH_EVENTS` (default 5,000,000) and `ASOF_BENCH_RUNS`
//! (default 5). Runs of all cases take turns, so that a busy moment of the machine hits all of
//! them; ratios within one table mean something, milliseconds of two tables do not. Everything is
//! read once before it counts: the page cache is warm.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its table"
)]

mod data;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use data::{Failure, Shape};

/// The stores of a run.
struct Stores {
    sqlite: PathBuf,
    json: PathBuf,
    long: PathBuf,
}

/// Something measured: `run` does all of it once and returns a count that must not change.
struct Case<'a> {
    what: &'a str,
    run: Box<dyn FnMut() -> Result<u64, Failure> + 'a>,
    times: Vec<Duration>,
    count: Option<u64>,
}

impl<'a> Case<'a> {
    fn new(what: &'a str, run: impl FnMut() -> Result<u64, Failure> + 'a) -> Self {
        Self {
            what,
            run: Box::new(run),
            times: Vec::new(),
            count: None,
        }
    }

    fn once(&mut self) -> Result<Duration, Failure> {
        let started = Instant::now();
        let count = (self.run)()?;
        let took = started.elapsed();
        if self
            .count
            .replace(count)
            .is_some_and(|before| before != count)
        {
            return Err(format!("{}: two runs counted differently", self.what).into());
        }
        Ok(took)
    }

    fn median(&self) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }
}

/// The peer that every ratio refers to.
const PEER: &str = "select event_type, count(*) from events group by 1";

fn main() -> Result<(), Failure> {
    let stores = Stores {
        sqlite: data::sqlite(Shape::sqlite())?,
        json: data::json_lines(Shape::json())?,
        long: data::sqlite(Shape::long())?,
    };
    let runs = std::env::var("ASOF_BENCH_RUNS")
        .ok()
        .and_then(|text| text.parse().ok());
    let mut cases = peers(&stores);
    cases.extend(floors(&stores));
    cases.extend(measured(&stores));
    run_in_turns(&mut cases, runs.unwrap_or(5))?;
    print_table(&cases);
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
        Case::new(PEER, || sqlite3(file, PEER)),
        Case::new("sqlite3: payloads of one stream", || {
            let stream = data::HOT_STREAM;
            sqlite3(
                file,
                &format!("select sum(length(data)) from events where stream_id = '{stream}'"),
            )
        }),
        Case::new("sqlite3: text in payloads", || {
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
        Case::new("read all bytes of the SQLite file", || {
            read_bytes(&stores.sqlite)
        }),
        Case::new("read all bytes of the JSON lines", || {
            read_bytes(&stores.json)
        }),
        Case::new("read all bytes of the one-stream file", || {
            read_bytes(&stores.long)
        }),
    ]
}

/// What Asof does with them.
fn measured(_stores: &Stores) -> Vec<Case<'_>> {
    Vec::new()
}

fn run_in_turns(cases: &mut [Case<'_>], runs: usize) -> Result<(), Failure> {
    for run in 0..=runs {
        for case in &mut *cases {
            let took = case.once()?;
            if run > 0 {
                case.times.push(took);
            }
        }
        eprintln!(
            "run {run} of {runs} done{}",
            if run == 0 { " (to warm up)" } else { "" }
        );
    }
    Ok(())
}

fn print_table(cases: &[Case<'_>]) {
    let peer = cases
        .iter()
        .find(|case| case.what == PEER)
        .map(Case::median);
    let width = cases.iter().map(|case| case.what.len()).max().unwrap_or(0);
    println!(
        "{:width$}  {:>10}  {:>21}  {:>7}  count",
        "what", "median ms", "range ms", "ratio"
    );
    for case in cases {
        let millis = |time: &Duration| time.as_secs_f64() * 1000.0;
        let low = case.times.iter().min().map_or(0.0, millis);
        let high = case.times.iter().max().map_or(0.0, millis);
        let median = case.median();
        let ratio = peer.map_or_else(
            || "-".to_owned(),
            |peer| format!("{:.3}", median.as_secs_f64() / peer.as_secs_f64()),
        );
        println!(
            "{:width$}  {:>10.2}  {:>21}  {ratio:>7}  {}",
            case.what,
            millis(&median),
            format!("{low:.2} to {high:.2}"),
            case.count.unwrap_or(0),
        );
    }
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
