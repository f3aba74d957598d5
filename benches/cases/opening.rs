//! From a path to a log: all of it, and what the window can show first.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use asof::model::Timestamp;
use asof::worker::{OpenRequest, Outcome, Worker};
use asof::workspace::Workspace;

use super::Ready;
use crate::data::Failure;
use crate::run::{Case, Watch};

/// Opening a store of both kinds.
pub fn opening<'a>(sqlite: &'a Path, json: &'a Path) -> Vec<Case<'a>> {
    vec![
        Case::new("open and index SQLite", |_| all(sqlite)),
        Case::new("open and index JSON lines", |_| all(json)),
        Case::new("first events of SQLite (< 100 ms)", |watch| {
            first(sqlite, watch)
        }),
        Case::new("first events of JSON lines (< 100 ms)", |watch| {
            first(json, watch)
        }),
    ]
}

fn all(path: &Path) -> Result<u64, Failure> {
    Ok(Ready::new(path)?.log.len() as u64)
}

/// From the command to open to the first events in the window's hands, on the worker.
fn first(path: &Path, watch: &mut Watch) -> Result<u64, Failure> {
    let window = std::thread::current();
    let wake: asof::worker::Wake = Arc::new(move || window.unpark());
    let worker = Worker::start(&wake)?;
    watch.restart();
    worker.open(OpenRequest {
        paths: vec![path.to_owned()],
        corrected: None,
        workspace: Workspace::none(),
        remembered: None,
        clock: || Timestamp::from_micros(0),
    });
    loop {
        match worker.next() {
            Some(Outcome::Indexed { log, .. }) if !log.is_empty() => {
                watch.stop();
                return Ok(1);
            }
            Some(Outcome::OpenFailed { message, .. }) => return Err(message.into()),
            Some(_) => {}
            None => std::thread::park_timeout(Duration::from_secs(5)),
        }
    }
}
