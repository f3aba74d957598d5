//! Keeps the house in order: the invariants of `ARCHITECTURE.md` that the compiler does not keep,
//! read off the sources as text. A failure says the rule, the reason and the places.

#[path = "tidy/source.rs"]
mod source;

use std::fs;
use std::path::Path;

use source::{Source, read_all, whole_words};

/// Who may name whom: arrows only point down. A room may always name itself.
const ROOMS: &[(&str, &str)] = &[
    (
        "gui",
        "cli render worker workspace sql analysis store log model",
    ),
    (
        "cli",
        "render worker workspace sql analysis store log model simulate",
    ),
    (
        "worker",
        "render workspace sql analysis store log model simulate",
    ),
    ("render", "sql analysis store log model"),
    ("workspace", "store log model"),
    ("sql", "analysis store log model"),
    ("analysis", "log model"),
    ("store", "log model"),
    ("log", "model"),
    ("model", ""),
    ("simulate", "model"),
];

/// What rooms may not reach for outside the package, tests aside.
const OUTSIDE: &[(&str, &str)] = &[
    ("gui", "std::fs std::thread rusqlite memmap2 tempfile"),
    ("render", "std::fs std::thread rusqlite memmap2 tempfile"),
    (
        "analysis",
        "std::fs std::thread rusqlite memmap2 tempfile crossbeam_channel",
    ),
    (
        "log",
        "std::fs std::thread rusqlite memmap2 tempfile crossbeam_channel",
    ),
    (
        "model",
        "std::fs std::thread rusqlite memmap2 tempfile crossbeam_channel",
    ),
    ("workspace", "std::thread rusqlite crossbeam_channel"),
    (
        "sql",
        "std::fs std::thread memmap2 tempfile crossbeam_channel",
    ),
    ("cli", "rusqlite"),
    ("worker", "rusqlite"),
];

/// Files of those rooms that may all the same: path, what, why.
const OUTSIDE_EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "src/gui/app/stores.rs",
        "std::thread",
        "a file dialog blocks, so it has a thread of its own",
    ),
    (
        "src/model/beside.rs",
        "std::thread",
        "analyses use two cores through it, and stay functions: the same comes out on one",
    ),
];

/// Files that may say `unsafe`, and why.
const UNSAFE: &[(&str, &str)] = &[
    (
        "src/store/sqlite/connect/raw.rs",
        "a SQLite file system that can neither write nor create is registered through its C interface",
    ),
    (
        "src/sql/vtab.rs",
        "virtual tables are structs that begin as SQLite's own do, which only an unsafe trait can say",
    ),
];

/// Where colours are made.
const TOKENS: &str = "src/gui/theme/tokens.rs";

const MOST_LINES: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn src() -> Vec<Source> {
    read_all(root(), &["src"])
}

/// Fails with the rule, the reason and all places.
fn keep(rule: &str, reason: &str, broken: &[String]) {
    assert!(
        broken.is_empty(),
        "\n\nRule: {rule}\nReason: {reason}\n  {}\n",
        broken.join("\n  ")
    );
}

#[test]
fn egui_lives_in_gui_and_nowhere_else() {
    let mut broken = Vec::new();
    for source in src() {
        if source.room() == Some("gui") || source.path == "src/main.rs" {
            continue;
        }
        for (at, word) in source.identifiers() {
            if matches!(word, "egui" | "eframe") || word.starts_with("egui_") {
                broken.push(format!("{} names {word}", source.place(at)));
            }
        }
    }
    keep(
        "only src/gui/ and src/main.rs name egui, eframe or egui_*",
        "everything below the window is also the command line's, and is tested without a window",
        &broken,
    );
}

#[test]
fn imports_point_down() {
    let mut broken = Vec::new();
    for source in src() {
        let Some(room) = source.room() else { continue };
        let Some((_, below)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            broken.push(format!("{}: no room {room} is planned", source.path));
            continue;
        };
        for named in source.paths_in_crate() {
            let [to, inner @ ..] = &named.segments[..] else {
                continue;
            };
            let layout_only = room == "workspace" && to == "store";
            let may = to == room
                || below.split(' ').any(|room| room == to) && !layout_only
                || layout_only && inner.first().is_some_and(|inner| inner == "layout");
            if !may {
                let path = named.segments.join("::");
                broken.push(format!("{}: {room} names {path}", source.place(named.at)));
            }
        }
    }
    keep(
        "gui > cli > render > worker > workspace > sql > analysis > store > log > model: a room \
         names only rooms below it, as the table ROOMS of tests/tidy.rs has it",
        "a layer that knows what is above it cannot be understood, tested or replaced alone; \
         analyses that knew a store would be answers about files instead of events",
        &broken,
    );
}

#[test]
fn rooms_leave_alone_what_is_not_theirs() {
    let mut broken = Vec::new();
    for source in src() {
        let rule = OUTSIDE
            .iter()
            .find(|(room, _)| source.room() == Some(*room));
        for what in rule.map_or("", |(_, banned)| banned).split_whitespace() {
            let excepted = |(path, excepted, _): &&(&str, &str, &str)| {
                *path == source.path && *excepted == what
            };
            if OUTSIDE_EXCEPTIONS.iter().find(excepted).is_some() {
                continue;
            }
            let places: Vec<usize> = match what.split_once("::") {
                Some((krate, module)) => source
                    .paths(krate)
                    .into_iter()
                    .filter(|named| named.segments.first().is_some_and(|first| first == module))
                    .map(|named| named.at)
                    .collect(),
                None => source.words(what).collect(),
            };
            let places = places.into_iter().filter(|at| !source.is_test(*at));
            broken.extend(places.map(|at| format!("{} names {what}", source.place(at))));
        }
        if source.room() == Some("gui") {
            let opens = source.words("File::open").filter(|at| !source.is_test(*at));
            broken.extend(opens.map(|at| format!("{} opens a file", source.place(at))));
        }
    }
    keep(
        "no files, SQLite or threads where the table OUTSIDE of tests/tidy.rs has none",
        "the window's thread never waits (the worker opens, reads and computes), and analyses are \
         pure functions of a log",
        &broken,
    );
}

#[test]
fn colours_are_made_in_one_file() {
    let mut broken = Vec::new();
    for source in src().iter().filter(|source| source.path != TOKENS) {
        for (at, word) in source.identifiers() {
            let rest = &source.code[at + word.len()..];
            let raw = match word {
                "Color32" | "Rgba" | "Hsva" => rest.strip_prefix("::").is_some_and(makes_colour),
                "hex_color" | "color_hex" => true,
                _ => false,
            };
            if raw {
                let end = rest.find(['(', ',', ')', ';', ' ', '\n']).unwrap_or(0);
                broken.push(format!("{}: {word}{}", source.place(at), &rest[..end]));
            }
        }
        if source.room() == Some("gui") {
            let texts = source
                .strings
                .iter()
                .filter(|text| is_hex_colour(&source.text[(*text).clone()]));
            broken.extend(texts.map(|text| {
                format!(
                    "{}: \"{}\"",
                    source.place(text.start),
                    &source.text[text.clone()]
                )
            }));
        }
    }
    keep(
        "colours are made in src/gui/theme/tokens.rs only",
        "a colour has a meaning and a value for each theme; name a token instead",
        &broken,
    );
}

/// Whether what follows `Color32::` is a colour of its own rather than the absence of one.
fn makes_colour(rest: &str) -> bool {
    let name: String = rest
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    let constant = name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    name.starts_with("from_")
        || matches!(name.as_str(), "new")
        || constant && !matches!(name.as_str(), "PLACEHOLDER" | "TRANSPARENT" | "")
}

fn is_hex_colour(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 6 | 8)
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
            && digits.bytes().any(|byte| byte.is_ascii_alphabetic())
    })
}

#[test]
fn every_file_says_what_it_is_for() {
    let sources = read_all(root(), &["src", "tests", "benches"]);
    let silent = sources
        .iter()
        .filter(|source| !source.text.starts_with("//!"));
    let broken: Vec<String> = silent.map(|source| format!("{}:1", source.path)).collect();
    keep(
        "every .rs file begins with a //! doc",
        "whoever opens a file first reads what it is for and what may not enter",
        &broken,
    );
}

#[test]
fn files_stay_short() {
    let mut broken = Vec::new();
    for source in read_all(root(), &["src", "tests", "benches"]) {
        let lines = source.text.lines().count();
        if lines > MOST_LINES {
            broken.push(format!("{}:{lines} is its last line", source.path));
        }
    }
    keep(
        "no .rs file has more than 500 lines",
        "a file that long holds two things; give each its own",
        &broken,
    );
}

#[test]
fn unsafe_is_where_it_is_argued() {
    let mut broken = Vec::new();
    for source in read_all(root(), &["src", "tests", "benches"]) {
        if !UNSAFE.iter().any(|(path, _)| *path == source.path) {
            broken.extend(source.words("unsafe").map(|at| source.place(at)));
        }
    }
    keep(
        "unsafe stands only in the files listed in tests/tidy.rs",
        "each needs an argument why it is sound, and somebody who checks it when it changes",
        &broken,
    );
}

#[test]
fn nothing_is_left_for_later_in_the_sources() {
    let mut broken = Vec::new();
    for source in src() {
        for word in ["todo!", "unimplemented!"] {
            let places = source.words(word);
            broken.extend(places.map(|at| format!("{}: {word}", source.place(at))));
        }
        for word in ["FIXME", "XXX"] {
            let places = whole_words(&source.text, word);
            broken.extend(places.map(|at| format!("{}: {word}", source.place(at))));
        }
    }
    keep(
        "no todo!, unimplemented!, FIXME or XXX under src/",
        "what is missing is an issue, and what is there works",
        &broken,
    );
}

#[test]
fn the_house_is_complete() {
    let named = [
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "clippy.toml",
        ".ci/run",
        "assets/layouts",
        "sample-data",
        "docs/layouts.md",
        "docs/semantics.md",
    ];
    let missing = named.into_iter().filter(|name| !root().join(name).exists());
    let broken: Vec<String> = missing.map(str::to_owned).collect();
    keep(
        "the files and folders that the documentation names exist",
        "a person who follows a name has to arrive",
        &broken,
    );
}

#[test]
fn every_layout_has_a_fixture() {
    const GUIDE: &str = "docs/layouts.md";
    let guide = fs::read_to_string(root().join(GUIDE)).unwrap_or_default();
    let mut broken = Vec::new();
    for entry in fs::read_dir(root().join("assets/layouts")).expect("layouts") {
        let path = entry.expect("a layout").path();
        if path.extension().is_none_or(|end| end != "toml") {
            continue;
        }
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let written = format!("`{name}`");
        let row = guide.lines().enumerate().find(|(_, line)| {
            let first = line
                .trim_start()
                .strip_prefix('|')
                .and_then(|row| row.split('|').next());
            first.is_some_and(|cell| cell.trim() == written)
        });
        let Some((line, row)) = row else {
            broken.push(format!("{GUIDE}: no row of a table begins with {written}"));
            continue;
        };
        let quoted: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        let fixtures: Vec<&str> = quoted.into_iter().filter(|path| is_fixture(path)).collect();
        let missing = fixtures.iter().filter(|path| !root().join(path).exists());
        broken.extend(missing.map(|path| format!("{GUIDE}:{}: {path} does not exist", line + 1)));
        if fixtures.is_empty() {
            broken.push(format!("{GUIDE}:{}: {written} names no fixture", line + 1));
        }
    }
    keep(
        "every layout of assets/layouts has a row with a fixture in docs/layouts.md",
        "a layout without a store that it was tried on is a guess",
        &broken,
    );
}

fn is_fixture(path: &str) -> bool {
    ["tests/fixtures/", "sample-data/"]
        .iter()
        .any(|folder| path.starts_with(folder))
}

/// The reader of sources is code too.
mod reading {
    use super::source::Source;

    fn source(text: &str) -> Source {
        Source::new("src/store/layout/evidence.rs".to_owned(), text.to_owned())
    }

    fn paths(text: &str) -> Vec<String> {
        let named = source(text).paths_in_crate();
        named
            .into_iter()
            .map(|named| named.segments.join("::"))
            .collect()
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        let source = source(
            "// egui\n/* egui /* egui */ egui */ let a = \"egui \\\" egui\"; let b = r#\"egui \" egui\"#;\n\
             let c = 'e'; let d = '\\''; fn f<'egui_>(x: &'egui_ str) { b\"egui\"; ego } // \"",
        );
        let words: Vec<&str> = source.identifiers().map(|(_, word)| word).collect();
        assert_eq!(words.iter().filter(|word| **word == "egui").count(), 0);
        assert!(words.contains(&"ego"));
        assert_eq!(source.code.len(), source.text.len());
        assert_eq!(
            source.code.matches('\n').count(),
            source.text.matches('\n').count()
        );
        for (at, word) in source.identifiers() {
            assert!(source.text[at..].starts_with(word), "{word} at {at}");
        }
    }

    #[test]
    fn texts_outside_ascii_keep_their_places() {
        let source = source("let a = \"é…\"; // ü\nlet b = 'é'; c");
        assert_eq!(source.code.len(), source.text.len());
        let c = source.words("c").next().expect("found");
        assert_eq!(source.place(c), "src/store/layout/evidence.rs:2");
        assert_eq!(&source.text[source.strings[0].clone()], "é…");
    }

    #[test]
    fn paths_are_written_out() {
        assert_eq!(paths("use crate::gui;"), ["gui"]);
        assert_eq!(
            paths("use crate::{a, b::{c, d as e}, f::*};"),
            ["a", "b::c", "b::d", "f::*"]
        );
        assert_eq!(
            paths("fn f() -> crate::log::Log<u8> { crate::x::y() }"),
            ["log::Log", "x::y"]
        );
        assert_eq!(paths("let s = \"crate::gui\"; // crate::gui"), [""; 0]);
    }

    #[test]
    fn super_leads_out_of_a_room_only_at_its_root() {
        assert_eq!(paths("use super::{Layout, guess};"), [""; 0]);
        assert_eq!(paths("use super::super::super::gui::X;"), ["gui::X"]);
        assert_eq!(
            paths("mod tests { use super::super::super::Row; }"),
            [""; 0]
        );
        assert_eq!(
            paths("mod tests { use super::super::super::super::gui; }"),
            ["gui"]
        );
    }

    #[test]
    fn tests_are_told_apart() {
        let source = source("use a; mod tests { use b; }");
        assert!(!source.is_test(source.words("a").next().expect("found")));
        assert!(source.is_test(source.words("b").next().expect("found")));
    }
}
