//! SQL against plain answers: the same statement over ordinary tables with the same rows, the same
//! store cut short, and statements that would do harm.

mod harm;
mod laws;
mod side;
mod values;

use std::sync::Arc;

use super::{Answer, Most, Scene, SqlError, Value, ask};
use crate::analysis::testing::{MadeUp, Sample, log_of};
use crate::log::{Cut, Log, NoRows};
use crate::model::Task;

const ALL: Most = Most {
    rows: usize::MAX,
    bytes: usize::MAX,
};

fn scene(log: &Log, cut: Cut) -> Scene {
    Scene {
        log: log.clone(),
        cut,
        payloads: Arc::new(MadeUp),
        rows: Arc::new(NoRows),
    }
}

pub(super) fn small() -> Scene {
    let sample = |n: u8| Sample {
        stream: n % 3,
        kind: n % 2,
        recorded: Some(i64::from(n) * 1_000_000),
        version: i64::from(n),
        id: n,
        correlation: Some(n % 2),
        ..Sample::default()
    };
    let log = log_of(&(0..10).map(sample).collect::<Vec<_>>(), 4);
    scene(&log, log.at_head())
}

pub(super) fn run(scene: &Scene, sql: &str) -> Result<Answer, SqlError> {
    ask(scene, sql, ALL, &Task::new())
}

fn rows(scene: &Scene, sql: &str) -> Vec<Vec<Value>> {
    run(scene, sql)
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
        .rows
}
