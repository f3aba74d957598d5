//! The program as it is run: exit codes, standard error, and the commands that the README shows.

use std::process::{Command, Output};

use asof::cli::{self, Request};

use super::{USERS, asof};

/// The program itself, with no window system.
fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_asof"))
        .args(arguments)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap()
}

#[test]
fn an_answer_is_0_and_an_error_is_2_with_one_line() {
    let answers: [&[&str]; 4] = [
        &["--version"],
        &["state", "--help"],
        &["state", USERS, "user-123", "--at", "-2h"],
        &["state", USERS, "user-123", "--at", "2022-01-01"],
    ];
    for arguments in answers {
        let output = program(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(output.stderr.is_empty() && !output.stdout.is_empty());
    }
    let errors: [&[&str]; 6] = [
        &["state", USERS, "nobody"],
        &["state", USERS],
        &["info", "nowhere.db"],
        &["info", USERS, "--layout", "README.md"],
        &["events", USERS, "--limit", "x"],
        &["state", USERS, "user-123", "--at", "2023-02-30"],
    ];
    for arguments in errors {
        let output = program(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.starts_with("asof: ") && told.ends_with('\n'), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn what_a_file_is_called_does_not_make_an_answer_of_an_error() {
    for arguments in [
        &["info", "Broken pipe.db"][..],
        &["state", USERS, "Broken pipe"],
        &["sql", USERS, "select 'Broken pipe"],
    ] {
        let output = program(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[cfg(unix)]
#[test]
fn what_a_file_is_called_does_not_steer_the_terminal() {
    let told = String::from_utf8(program(&["info", "a\nb\u{1b}[31mc.db"]).stderr).unwrap();
    assert!(told.ends_with("a\\u{a}b\\u{1b}[31mc.db\n"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_says_so() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_asof"))
        .args(["events", USERS])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.starts_with("asof: the answer could not be written: "),
        "{told}"
    );
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn without_a_window_system_the_subcommands_are_named() {
    for arguments in [&[][..], &[USERS]] {
        let output = program(arguments);
        assert_eq!(output.status.code(), Some(2));
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            told,
            "asof: there is no window system here; ask on the terminal with asof info, asof events, asof state, asof project, asof sagas, asof lag, asof schema, asof trace, asof audit, asof sql or asof simulate
"
        );
    }
}

/// A line of a shell as words: blanks part them, double quotes hold them together.
pub(super) fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted, mut fresh) = (Vec::new(), false, true);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => fresh = true,
            c => {
                if std::mem::take(&mut fresh) {
                    words.push(String::new());
                }
                words.last_mut().unwrap().push(c);
            }
        }
    }
    words
}

#[test]
fn the_commands_of_the_readme_work() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let commands = readme.lines().filter_map(|line| {
        let (cargo, arguments) = line.split_once(" -- ")?;
        cargo.starts_with("cargo run").then(|| words(arguments))
    });
    let commands: Vec<Vec<String>> = commands.collect();
    assert!(commands.len() >= 3);
    for command in commands {
        let arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        match cli::parse(["asof"].iter().chain(&arguments).map(Into::into)).unwrap() {
            Request::Window { stores, .. } => {
                assert!(stores.iter().all(|store| store.exists()), "{stores:?}");
            }
            Request::Answer(_) => {
                let told = asof(&arguments);
                assert!(!told.starts_with("[2]"), "{told}");
            }
        }
    }
}
