//! The `asof` binary: everything is in the library.

use std::path::PathBuf;

fn main() {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let start = asof::gui::Start {
        workspace: asof::workspace::Workspace::of_user(),
        clock: || chrono::Utc::now().into(),
        samples: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data")),
    };
    if let Err(error) = asof::gui::run(paths, start) {
        eprintln!("{error}");
        std::process::exit(2);
    }
}
