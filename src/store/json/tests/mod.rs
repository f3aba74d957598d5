//! What the tests of JSON reading share: writing a store to a file and gathering what a scan says.

mod broken;
mod follow;
mod grammar;
mod hard;
mod shapes;

use std::ops::ControlFlow;
use std::path::Path;

use super::scan::LONGEST;
use super::*;
use crate::model::Task;

/// What a scan handed out, owned.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    records: Vec<(RecordPlace, String, Context)>,
    problems: Vec<(String, String)>,
}

impl Seen {
    fn texts(&self) -> Vec<&str> {
        self.records
            .iter()
            .map(|(_, text, _)| text.as_str())
            .collect()
    }

    fn values(&self) -> Vec<serde_json::Value> {
        (self.records.iter())
            .map(|(_, text, _)| serde_json::from_str(text).unwrap())
            .collect()
    }

    fn places(&self) -> Vec<&str> {
        self.problems
            .iter()
            .map(|(place, _)| place.as_str())
            .collect()
    }
}

const FOLLOWING: ScanOptions = ScanOptions {
    tail: Tail::Following,
    check: Check::Grammar,
    longest: LONGEST,
};

fn open(path: &Path) -> Records {
    Records::open(path, Look::Whole, &Task::new()).unwrap()
}

fn scan_block(records: &Records, block: &Block, options: ScanOptions, seen: &mut Seen) -> ScanEnd {
    let mut each = |item: Item<'_>| {
        match item {
            Item::Record(record) => {
                let text = record.text.to_owned();
                seen.records
                    .push((record.place, text, record.context.clone()));
            }
            Item::Problem(problem) => {
                seen.problems
                    .push((records.locate(&problem), problem.message));
            }
        }
        ControlFlow::Continue(())
    };
    records
        .scan(block, options, &Task::new(), &mut each)
        .unwrap()
}

fn scan(records: &Records, options: ScanOptions) -> (Seen, ScanEnd) {
    let mut seen = Seen::default();
    let end = scan_block(records, &records.whole(), options, &mut seen);
    (seen, end)
}

/// Opens and scans a file of these bytes at rest.
fn read(bytes: &[u8]) -> (Seen, Records) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let records = open(file.path());
    (scan(&records, ScanOptions::default()).0, records)
}
