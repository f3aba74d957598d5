//! A search finds the same whether or not its reader can rule rows out by their stored bytes.

// A step that fails is a failed test, in helpers as well.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use asof::analysis::events::{Case, EventFilter, Matches, Search, TextFilter};
use asof::log::{Body, Log, PayloadReader, Unreadable};
use asof::model::{Cancelled, EventIx, Task};
use asof::store::{OpenOptions, Store, Tail};

/// Reads like the reader in it, but rules nothing out.
struct Thorough(Arc<dyn PayloadReader>);

impl PayloadReader for Thorough {
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        self.0.read(log, events, task, each)
    }
}

fn search(log: &Log, payloads: &dyn PayloadReader, text: &str, case: Case) -> Matches {
    let filter = EventFilter {
        text: Some(TextFilter {
            text: text.to_owned(),
            case,
        }),
        ..EventFilter::default()
    };
    let cut = log.at_head();
    let search = Search {
        log,
        cut: &cut,
        filter: &filter,
        payloads,
    };
    search.run(&Task::new(), &mut |_| {}).unwrap()
}

/// All files below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn ruling_rows_out_changes_no_search() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in ["sample-data", "tests/fixtures"] {
        files(&root.join(folder), &mut paths);
    }
    let (mut stores, mut hits) = (0, 0);
    for path in paths {
        let task = Task::new();
        let Ok(mut store) = Store::open(&path, &OpenOptions::default(), &task) else {
            continue;
        };
        let mut builder = store.builder();
        if store
            .index(&mut builder, Tail::AtRest, &task, &mut |_| {})
            .is_err()
        {
            continue;
        }
        let (log, _) = builder.finish();
        let (swift, thorough) = (store.payloads(), Thorough(store.payloads()));
        for (text, case) in [
            ("a", Case::Ignored),
            ("AMOUNT", Case::Ignored),
            ("\":", Case::Exact),
            ("\": ", Case::Exact),
            ("10", Case::Exact),
            ("ü", Case::Ignored),
            ("no event says so", Case::Ignored),
        ] {
            let found = search(&log, &*swift, text, case);
            assert_eq!(
                found,
                search(&log, &thorough, text, case),
                "{text:?} in {}",
                path.display()
            );
            hits += found.len();
        }
        stores += 1;
    }
    assert!(stores > 5 && hits > 1000, "{hits} hits in {stores} stores");
}
