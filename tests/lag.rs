//! Consumer lag: against the truth of simulated stores, and while another process writes.

// A step that fails is a failed test, in helpers as well.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "lag/live.rs"]
mod live;
#[path = "stores/opened.rs"]
mod opened;
#[path = "lag/truth.rs"]
mod truth;
#[path = "untouched/writer.rs"]
#[allow(dead_code, reason = "other tests ask for more")]
mod writer;

/// Not a test: the process that [`writer::Writer`] starts.
#[test]
#[ignore = "started by other tests"]
fn writer_process() {
    writer::serve();
}
