//! The program, asked for JSON.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What the program answers.
pub fn ask(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_asof"))
        .args(arguments)
        .arg("--json")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A store, asked again and again.
pub struct Asked(PathBuf);

impl Asked {
    pub fn of(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub fn fixture(name: &str) -> Self {
        Self(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/fixtures")
                .join(name),
        )
    }

    pub fn join(&self, name: &str) -> Self {
        Self(self.0.join(name))
    }

    pub fn ask(&self, what: &str, arguments: &[&str]) -> Value {
        let path = self.0.to_str().unwrap();
        ask(&[&[what, path], arguments].concat())
    }

    pub fn info(&self) -> Value {
        self.ask("info", &[])
    }

    pub fn events(&self, arguments: &[&str]) -> Vec<Value> {
        let mut report = self.ask("events", arguments);
        report["events"].as_array_mut().map(std::mem::take).unwrap()
    }

    /// How many events there are of each type.
    pub fn types(&self) -> Vec<(String, u64)> {
        let info = self.info();
        let types = info["event_types"].as_array().unwrap().iter();
        let mut types: Vec<_> = types
            .map(|kind| {
                (
                    kind["name"].as_str().unwrap().to_owned(),
                    kind["count"].as_u64().unwrap(),
                )
            })
            .collect();
        types.sort();
        types
    }
}

/// A folder of stores that are not bundled; says so where it is not at hand.
#[allow(
    clippy::print_stderr,
    reason = "who runs the tests has to see what was left out"
)]
pub fn public(folder: &str) -> Option<PathBuf> {
    match std::env::var_os("ASOF_PUBLIC_STORES") {
        Some(root) => Some(Path::new(&root).join(folder)),
        None => {
            eprintln!("skipped: ASOF_PUBLIC_STORES names no folder with {folder}");
            None
        }
    }
}

/// The texts under `key` of some events.
pub fn texts<'e>(events: &'e [Value], key: &str) -> Vec<&'e str> {
    events
        .iter()
        .map(|event| event[key].as_str().unwrap_or(""))
        .collect()
}
