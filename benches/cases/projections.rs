//! Projections from the file to their states, beside Python doing the same fold over the same file, and
//! jumps to moments once they were run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use asof::analysis::projection::{Definition, Reading, Run, RunOptions, asks_for_causes};
use asof::log::Bound;
use asof::model::EventIx;
use asof::simulate::{Rng, Seed};

use super::Ready;
use crate::data::Failure;
use crate::run::{Case, Watch};

/// Random moments of a run; of their times the 99th percentile counts.
const JUMPS: usize = 200;

/// The amount of each customer, without code.
const BUILT_IN: &str = r#"{"fold": "figures", "field": "/amount", "by": "/customer"}"#;

/// The same in JavaScript.
const SCRIPT: &str = "fromAll().partitionBy(e => e.data.customer)
  .when({ $init: () => ({ sum: 0 }), $any(s, e) { s.sum += e.data.amount; } })";

/// The same in Python, with the fastest parser that there is.
const PYTHON: &str = r#"
import sqlite3, sys
try:
    from orjson import loads
except ImportError:
    from json import loads
sums = {}
store = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
for (data,) in store.execute("select data from events order by global_position"):
    data = loads(data)
    customer = data["customer"]
    sums[customer] = sums.get(customer, 0) + data["amount"]
print(len(sums))
"#;

/// A sum by key from the file on, by Python, built in, and in JavaScript.
pub fn from_the_file(path: &Path) -> Vec<Case<'_>> {
    let mut cases = Vec::new();
    if let Some(parser) = parser() {
        let what = format!("Python with {parser}: a sum by key, from the file");
        cases.push(Case::new(what, |_| python(path)));
    } else {
        println!("No python3 in PATH: projections have nothing beside them.");
    }
    cases.push(Case::new(
        "built in: a sum by key, from the file (< Python / 4)",
        |_| folded(path, "sum.json", BUILT_IN),
    ));
    cases.push(Case::new(
        "JavaScript: a sum by key, from the file (< Python)",
        |_| folded(path, "sum.js", SCRIPT),
    ));
    cases
}

fn parser() -> Option<String> {
    let asked = "try: import orjson; print('orjson', orjson.__version__)\nexcept ImportError: print('json')";
    let output = Command::new("python3").args(["-c", asked]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

fn python(path: &Path) -> Result<u64, Failure> {
    let output = Command::new("python3")
        .args(["-c", PYTHON])
        .arg(path)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

fn definition(name: &str, text: &str) -> Result<Definition, Failure> {
    Ok(Definition::read(&PathBuf::from(name), text)?)
}

fn run_over(ready: &Ready, definition: &Definition) -> Result<Run, Failure> {
    let reading = Reading {
        log: ready.log.clone(),
        payloads: ready.payloads.clone(),
        clock: ready.log.default_clock(),
    };
    Ok(Run::new(definition, reading, RunOptions::default())?)
}

fn folded(path: &Path, name: &str, text: &str) -> Result<u64, Failure> {
    let definition = definition(name, text)?;
    // As the command line does it.
    let ready = match asks_for_causes(&definition) {
        true => Ready::new(path)?,
        false => Ready::without_causes(path)?,
    };
    let mut run = run_over(&ready, &definition)?;
    let moment = run.at(&ready.log.at_head(), &ready.task)?;
    Ok(moment.states.len() as u64)
}

/// Jumps to random moments of built-in projections that were run to the end.
///
/// # Errors
/// When a definition does not hold.
pub fn jumps(ready: &Ready) -> Result<Vec<Case<'_>>, Failure> {
    let all = [
        ("jump of a sum by key, p99 (< 16 ms)", BUILT_IN),
        (
            "jump of counts by stream, p99 (< 16 ms)",
            r#"{"fold": "counts", "by": "stream"}"#,
        ),
        (
            "jump of the latest by stream, p99 (< 16 ms)",
            r#"{"fold": "latest", "by": "stream"}"#,
        ),
        (
            "jump of counts by type, p99 (< 16 ms)",
            r#"{"fold": "counts", "by": "type"}"#,
        ),
    ];
    let cases = all.map(|(what, text)| Ok(jump(what, ready, definition("one.json", text)?)));
    cases.into_iter().collect()
}

fn jump<'a>(what: &'a str, ready: &'a Ready, definition: Definition) -> Case<'a> {
    let mut kept: Option<Run> = None;
    Case::new(what, move |watch: &mut Watch| {
        let run = match &mut kept {
            Some(run) => run,
            None => {
                let mut run = run_over(ready, &definition)?;
                let began = Instant::now();
                run.advance(&ready.task)?;
                let (checkpoints, bytes) = run.held();
                eprintln!(
                    "{what}: run in {:.2} s, {checkpoints} checkpoints of {} MB",
                    began.elapsed().as_secs_f64(),
                    bytes >> 20
                );
                kept.insert(run)
            }
        };
        let mut rng = Rng::new(Seed(7));
        let (mut sum, mut times) = (0, Vec::with_capacity(JUMPS));
        for _ in 0..JUMPS {
            let event = EventIx(rng.below(ready.log.len() as u64) as u32);
            let clock = ready.log.default_clock();
            let bound = ready.log.time(event, clock);
            let cut = ready
                .log
                .cut(clock, bound.map_or(Bound::Event(event), Bound::Time));
            let began = Instant::now();
            sum += run.at(&cut, &ready.task)?.counts.processed;
            times.push(began.elapsed());
        }
        times.sort_unstable();
        let p99: Duration = times[JUMPS * 99 / 100 - 1];
        watch.set(p99);
        Ok(sum)
    })
}
