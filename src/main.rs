//! The `asof` binary: arguments to an answer on the terminal, or to the window. Everything else is in
//! the library.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use asof::cli::{self, Asked};
use asof::gui::{self, Start};
use asof::workspace::Workspace;

fn main() -> ExitCode {
    let asked = match cli::parse(std::env::args_os()) {
        Ok(asked) => asked,
        Err(error) => {
            if !error.use_stderr() {
                // Help and the version are answers.
                let _ = error.print();
                return ExitCode::SUCCESS;
            }
            let _ = writeln!(std::io::stderr(), "asof: {}", cli::sentence(&error));
            return ExitCode::from(2);
        }
    };
    let done = match asked {
        Asked::Answer(answer) => print(&answer),
        Asked::Window { stores, workspace } => window(stores, workspace),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            let _ = writeln!(std::io::stderr(), "asof: {sentence}");
            ExitCode::from(2)
        }
    }
}

fn print(answer: &cli::Answer) -> Result<(), String> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let printed = answer
        .print(chrono::Utc::now().into(), &mut out)
        .map_err(|error| error.to_string());
    match (printed, out.flush()) {
        // Whoever reads us may have read enough.
        (_, Err(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        (Err(sentence), _) if sentence.contains("Broken pipe") => Ok(()),
        (printed, flushed) => printed.and(flushed.map_err(|error| error.to_string())),
    }
}

fn window(stores: Vec<PathBuf>, workspace: Option<PathBuf>) -> Result<(), String> {
    if cfg!(all(unix, not(target_os = "macos"))) {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
            let sentence = "there is no window system here; ask on the terminal with asof info, asof events or asof state";
            return Err(sentence.to_owned());
        }
    }
    let workspace = workspace.map_or_else(Workspace::of_user, Workspace::at);
    let start = Start {
        workspace,
        clock: || chrono::Utc::now().into(),
        samples: samples(),
    };
    gui::run(stores, start)
}

/// The folder of the bundled samples: beside the sources, beside the program, or in the current folder.
fn samples() -> PathBuf {
    let beside = std::env::current_exe()
        .ok()
        .and_then(|exe| Some(exe.parent()?.join("sample-data")));
    let built = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data"));
    let places = [Some(built), beside, Some(PathBuf::from("sample-data"))];
    places
        .into_iter()
        .flatten()
        .find(|place| place.is_dir())
        .unwrap_or_else(|| PathBuf::from("sample-data"))
}
