//! Processes of a simulated shop: finding them, moving the cursor, and what follows what beside pm4py on
//! the same events.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use asof::analysis::saga::{Asking, Definition, Judged, Narrowing, Sagas, Status};
use asof::log::Bound;
use asof::model::EventIx;
use asof::simulate::Scenario;

use super::Ready;
use crate::data::Failure;
use crate::run::Case;

/// A Python that has pm4py.
const PYTHON: &str = "ASOF_BENCH_PYTHON";

fn asking(ready: &Ready) -> Asking<'_> {
    Asking {
        log: &ready.log,
        payloads: &*ready.payloads,
        task: &ready.task,
    }
}

fn statuses(ready: &Ready, judged: &Judged) -> Vec<Status> {
    let seen = judged.at.seen.iter();
    seen.map(|seen| judged.status(&ready.log, seen)).collect()
}

/// Cases over a store of `Scenario::OrdersChoreographed`.
///
/// # Errors
/// When its processes cannot be found.
pub fn sagas<'a>(ready: &'a Ready, store: &'a Path) -> Result<Vec<Case<'a>>, Failure> {
    let definition = Definition::from_toml(&Scenario::OrdersChoreographed.saga_definition())?;
    let head = ready.log.at_head();
    let mut cases = vec![Case::new("sagas found (< 3 s)", {
        let definition = definition.clone();
        move |_| {
            let mut sagas = Sagas::find(asking(ready), Some(&definition), &head)?;
            Ok(sagas.at(asking(ready), &head, None)?.at.seen.len() as u64)
        }
    })];
    let declared = Sagas::find(asking(ready), Some(&definition), &head)?;
    let mined = Sagas::find(asking(ready), None, &head)?;
    let near = EventIx(ready.log.len() as u32 / 4 * 3);
    let clock = ready.log.default_clock();
    let time = ready.log.time(near, clock);
    let cut = ready
        .log
        .cut(clock, time.map_or(Bound::Event(near), Bound::Time));
    let named = [
        (declared, "sagas at a cursor, declared (< 50 ms)"),
        (mined, "sagas at a cursor, mined (< 50 ms)"),
    ];
    for (mut sagas, what) in named {
        cases.push(Case::new(what, move |_| {
            let judged = sagas.at(asking(ready), &cut, None)?;
            let statuses = statuses(ready, &judged);
            let by = Narrowing::default();
            Ok(judged
                .narrowed(asking(ready), (&statuses, &by), |_| {})?
                .places
                .len() as u64)
        }));
    }
    let mut sagas = Sagas::find(asking(ready), Some(&definition), &head)?;
    let judged = sagas.at(asking(ready), &head, None)?;
    cases.push(Case::new("follows and variants", move |_| {
        let map = judged.map(&ready.log, None, &ready.task)?;
        Ok((map.follows.len() + judged.variants(&ready.log).len()) as u64)
    }));
    let mut sagas = Sagas::find(asking(ready), Some(&definition), &head)?;
    let judged = sagas.at(asking(ready), &head, None)?;
    let all: Vec<u32> = (0..judged.at.seen.len() as u32).collect();
    cases.push(Case::new(
        "how long sagas and their steps took",
        move |_| {
            let of = (&all[..], None);
            let told = judged.durations(&ready.log, of, &[], &ready.task)?;
            Ok(told.map_or(0, |told| u64::from(told.instances)))
        },
    ));
    cases.extend(pm4py(store));
    Ok(cases)
}

/// pm4py's own measure of the same, without what it takes to read the events.
fn pm4py(store: &Path) -> Option<Case<'_>> {
    let python = std::env::var(PYTHON).ok()?;
    Some(Case::new("pm4py: follows and variants", move |watch| {
        let mut command = Command::new(&python);
        command
            .arg("benches/pm4py.py")
            .arg(store)
            .arg("OrderPlaced");
        let output = command.output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        let text = String::from_utf8(output.stdout)?;
        let last = text.lines().last().unwrap_or_default();
        let (seconds, count) = last.split_once(' ').ok_or("pm4py told no time")?;
        watch.set(Duration::from_secs_f64(seconds.parse()?));
        Ok(count.parse()?)
    }))
}
