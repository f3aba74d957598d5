//! The `asof` binary: arguments to an answer on the terminal, or to the window. Everything else is in
//! the library.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use asof::cli::{self, Request, Streams, Verdict};
use asof::gui::{self, Start};
use asof::render;
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
            return failed(&cli::sentence(&error));
        }
    };
    let done = match asked {
        Request::Answer(answer) => print(&answer),
        Request::Window { stores, workspace } => {
            window(stores, workspace).map(|()| Verdict::Answered)
        }
    };
    match done {
        Ok(Verdict::Answered) => ExitCode::SUCCESS,
        Ok(Verdict::Found) => ExitCode::from(1),
        Err(sentence) => failed(&sentence),
    }
}

/// One line, whatever a file is called.
fn failed(sentence: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "asof: {}", render::harmless(sentence));
    ExitCode::from(2)
}

/// Ctrl+C calls the work off where something half done would stay, and ends the program where not,
/// or when it comes twice. No copies of a store are left behind.
fn obey_interrupts(called_off: Option<Arc<AtomicBool>>) {
    // Without a handler the program just ends.
    let _ = ctrlc::set_handler(move || {
        let is_first = |flag: &Arc<AtomicBool>| !flag.swap(true, Ordering::Relaxed);
        if !called_off.as_ref().is_some_and(is_first) {
            asof::store::remove_private_files();
            std::process::exit(130);
        }
    });
}

fn print(answer: &cli::Answer) -> Result<Verdict, String> {
    obey_interrupts(answer.to_call_off().map(|task| task.flag()));
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut to = Streams {
        out: &mut out,
        beside: &mut std::io::stderr(),
    };
    let printed = answer.print(chrono::Utc::now().into(), &mut to);
    match (printed, out.flush()) {
        // Whoever reads us may have read enough.
        (printed, Err(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            Ok(printed.unwrap_or(Verdict::Answered))
        }
        (Err(error), _) if error.is_of_a_reader_who_left() => Ok(Verdict::Answered),
        (printed, flushed) => {
            let verdict = printed.and_then(|verdict| Ok(flushed.map(|()| verdict)?));
            verdict.map_err(|error| error.to_string())
        }
    }
}

fn window(stores: Vec<PathBuf>, workspace: Option<PathBuf>) -> Result<(), String> {
    if cfg!(all(unix, not(target_os = "macos"))) {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
            return Err(cli::without_window());
        }
    }
    obey_interrupts(None);
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
