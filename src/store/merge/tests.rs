//! Several files as one log: the order, the names, the payloads, and following them, told a second
//! time in the plainest way; and three real files of one system.

mod watched;

use std::fs::{self, OpenOptions as FileOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::super::OpenOptions;
use super::super::layout::from_toml;
use super::*;
use crate::log::{Arrangement, Bound, Picked};
use crate::model::json::{Picker, Pointer};
use crate::model::time::input;

/// An event of a made-up file: which file, which stream, and its second, if it has one.
type Made = (usize, u8, Option<u32>);

const FILES: [&str; 3] = ["a.jsonl", "b.jsonl", "c.jsonl"];

fn line(n: usize, (_, stream, second): Made) -> String {
    let time = second.map_or(String::new(), |s| {
        format!(r#""time":"2024-01-01T00:{:02}:{:02}Z","#, s / 60, s % 60)
    });
    // A name that looks as if it had the name of a file before it.
    let stream = if stream == 3 {
        "b/s-0".to_owned()
    } else {
        format!("s-{stream}")
    };
    format!(r#"{{"id":"e{n}","stream":"{stream}","type":"Happened",{time}"data":{{"n":{n}}}}}"#)
}

fn append(folder: &Path, n: usize, made: Made) {
    let path = folder.join(FILES[made.0]);
    let mut file = FileOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .unwrap();
    writeln!(file, "{}", line(n, made)).unwrap();
}

/// How the made-up files are read, so that no guess depends on how many events have a time.
const LAYOUT: &str = r#"
id = "made"
name = "Made up"
medium = "json"
[events]
[events.columns]
stream = "/stream"
type = "/type"
event_id = "/id"
recorded_at = "/time"
payload = "/data"
"#;

fn options(path: &Path) -> OpenOptions {
    let made_up = path.extension().is_some_and(|end| end == "jsonl");
    OpenOptions {
        layout: made_up.then(|| from_toml("made", LAYOUT).unwrap()),
    }
}

fn open(paths: &[PathBuf], join: Join) -> Result<Store, OpenError> {
    let files: Vec<_> = paths
        .iter()
        .map(|path| (path.clone(), options(path)))
        .collect();
    Store::open_all(&files, join, &Task::new())
}

struct Read {
    store: Store,
    builder: LogBuilder,
    log: Log,
}

fn read(paths: &[PathBuf], join: Join) -> Read {
    let mut store = open(paths, join).unwrap();
    let mut builder = store.builder();
    store
        .index(&mut builder, Tail::AtRest, &Task::new(), &mut |_| {})
        .unwrap();
    let log = builder.finish().0;
    Read {
        store,
        builder,
        log,
    }
}

/// Everything about every event, in order.
fn told(read: &Read) -> Vec<String> {
    let log = &read.log;
    let events: Vec<EventIx> = log.events().collect();
    let mut lines = Vec::new();
    let mut each = |event, body: Result<crate::log::Body, _>| {
        let stream = log.stream_name(log.stream(event));
        let time = log
            .time(event, Clock::Recorded)
            .or(log.time(event, Clock::Occurred));
        let id = log.event_id(event).map(|id| id.to_string());
        let body = body.unwrap();
        lines.push(format!(
            "{} {stream} {} {time:?} {id:?} {:?}",
            log.position_name(event),
            log.version(event),
            body.data.json()
        ));
    };
    read.store
        .payloads()
        .read(log, &events, &Task::new(), &mut each)
        .unwrap();
    lines
}

/// The ids in the order that they must have.
fn expected(made: &[Made]) -> Vec<String> {
    let mut last = [None; 3];
    let mut count = [0; 3];
    let mut keyed: Vec<_> = made
        .iter()
        .enumerate()
        .map(|(n, &(file, _, second))| {
            last[file] = second.or(last[file]);
            count[file] += 1;
            (last[file], file, count[file], n)
        })
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(.., n)| format!("e{n}")).collect()
}

fn ids(log: &Log) -> Vec<String> {
    let id = |event| log.event_id(event).map(|id| id.to_string()).unwrap();
    log.events().map(id).collect()
}

fn made() -> impl Strategy<Value = Vec<Made>> {
    let one = (0..3_usize, 0..4_u8, prop::option::weighted(0.9, 0..40_u32));
    prop::collection::vec(one, 0..24).prop_map(|rest| {
        // Each file begins with an event by which it is recognised.
        let first = (0..3).map(|file| (file, file as u8, Some(0)));
        first.chain(rest).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn files_followed_are_files_read_at_once(made in made(), stops in prop::collection::vec(3..27_usize, 1..5)) {
        let folder = tempfile::tempdir().unwrap();
        let paths = FILES.map(|file| folder.path().join(file));
        let mut stops: Vec<usize> = stops.into_iter().map(|stop| stop.min(made.len())).collect();
        stops.push(made.len());
        stops.sort_unstable();
        let mut from = 0;
        let mut followed: Option<Read> = None;
        for stop in stops {
            for (n, one) in made.iter().enumerate().take(stop).skip(from) {
                append(folder.path(), n, *one);
            }
            from = stop;
            let Some(read_on) = &mut followed else {
                followed = Some(read(&paths, Join::Time));
                continue;
            };
            let Read { store, builder, log } = read_on;
            match store.follow(builder, &Task::new()).unwrap() {
                Followed::Rewritten => followed = Some(read(&paths, Join::Time)),
                Followed::Same => {}
                Followed::Appended => {
                    let (now, arrangement) = builder.finish();
                    let kept = ids(&now)[..log.len()] == ids(log);
                    prop_assert_eq!(kept, arrangement == Arrangement::AsRead);
                    prop_assert_eq!(kept, now.generation() == log.generation());
                    *log = now;
                }
            }
        }
        let followed = followed.unwrap();
        prop_assert_eq!(ids(&followed.log), expected(&made));
        prop_assert_eq!(told(&followed), told(&read(&paths, Join::Time)));
        let log = &followed.log;
        for event in log.events() {
            // A position's name leads back to its event.
            let name = input::position(&log.position_name(event).to_string()).unwrap();
            prop_assert_eq!(log.at_position_name(&name), Ok(Bound::Event(event)));
            // One stream here is one stream of one file.
            let of = |event| {
                let (source, own) = log.source(event).unwrap();
                (source.name.to_string(), source.log.stream_name(source.log.stream(own)).to_owned())
            };
            for other in log.stream_events(log.stream(event)) {
                prop_assert_eq!(of(other), of(event));
            }
        }
    }
}

#[test]
fn names_of_files_are_short_and_no_two_are_equal() {
    let names = |paths: &[&str]| {
        let paths: Vec<&Path> = paths.iter().map(Path::new).collect();
        file_names(&paths)
    };
    assert_eq!(
        names(&["x/orders.db", "payments.jsonl.gz"]),
        ["orders", "payments"]
    );
    assert_eq!(
        names(&["orders.db", "orders.json"]),
        ["orders.db", "orders.json"]
    );
    assert_eq!(
        names(&["a/o.db", "b/o.db", "o-2.db"]),
        ["o", "o-2", "o-2-2"]
    );
    assert_eq!(names(&[".hidden", "folder/"]), [".hidden", "folder"]);
}

#[test]
fn files_without_times_stand_one_after_the_other_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    for (n, made) in [(0, 0, Some(7)), (0, 1, Some(9)), (1, 1, None), (1, 2, None)]
        .into_iter()
        .enumerate()
    {
        append(folder.path(), n, made);
    }
    let paths = [folder.path().join(FILES[1]), folder.path().join(FILES[0])];
    let mut store = open(&paths, Join::Time).unwrap();
    let mut builder = store.builder();
    let refused = store.index(&mut builder, Tail::AtRest, &Task::new(), &mut |_| {});
    assert_eq!(
        refused.unwrap_err().to_string(),
        format!(
            "The events of this file have no times, so they cannot be put among those of the others; --order listed puts one file after the other: {}",
            paths[0].display()
        )
    );
    let listed = read(&paths, Join::Listed);
    assert_eq!(ids(&listed.log), ["e2", "e3", "e0", "e1"]);
    assert_eq!(
        listed
            .log
            .at_position_name(&input::position("#b:2").unwrap()),
        Ok(Bound::Event(EventIx(1)))
    );
    let streams: Vec<&str> = listed.log.streams().iter().collect();
    assert_eq!(streams, ["b/s-1", "s-2", "s-0", "a/s-1"]);
}

#[test]
fn a_file_is_not_its_own_neighbour() {
    let folder = tempfile::tempdir().unwrap();
    append(folder.path(), 0, (0, 0, Some(1)));
    let path = folder.path().join(FILES[0]);
    let error = open(&[path.clone(), path.clone()], Join::Time).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("This file is given twice: {}", path.display())
    );
}

#[test]
fn problems_say_in_which_file() {
    let folder = tempfile::tempdir().unwrap();
    append(folder.path(), 0, (0, 0, Some(1)));
    append(folder.path(), 1, (1, 0, Some(2)));
    let path = folder.path().join(FILES[1]);
    let good = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{good}{{ no event\n")).unwrap();
    let read = read(&[folder.path().join(FILES[0]), path], Join::Time);
    assert_eq!(read.log.problem_count(), 1);
    assert_eq!(read.log.problems()[0].place, "b: line 2");
}

/// `FACTS.md` of the store: three files, one saga across them.
#[test]
fn a_system_of_three_files_is_one_history() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/es_py_system");
    let paths = ["orders.db", "reservations.db", "payments.db"].map(|file| folder.join(file));
    let read = read(&paths, Join::Time);
    let log = &read.log;
    assert_eq!(
        (log.len(), log.streams().len()),
        (115 + 40 + 32, 43 + 40 + 32)
    );
    let events: Vec<EventIx> = log.events().collect();
    assert!(events.is_sorted_by_key(|&event| log.time(event, Clock::Recorded)));
    let first: Vec<String> = events
        .iter()
        .take(3)
        .map(|&event| log.position_name(event).to_string())
        .collect();
    assert_eq!(first, ["#orders:1", "#reservations:1", "#orders:2"]);
    let stream = |name: &str| StreamIx(log.streams().find(name).unwrap());
    let positions = |name: &str| {
        let events = log.stream_events(stream(name)).into_iter();
        let names = events.map(|event| log.position_name(event).to_string());
        names.collect::<Vec<String>>()
    };
    assert_eq!(
        positions("a14232a6ba3942578464d36c58213a18"),
        ["#orders:5", "#orders:6", "#orders:7"]
    );
    assert_eq!(
        positions("180763eea2474885a8560d6773ed629f"),
        ["#payments:1"]
    );
    let lines = told(&read);
    assert!(lines.iter().all(|line| line.contains("timestamp")));
    let recognition = read.store.recognition();
    assert_eq!(
        (&*recognition.id, recognition.reasons.len()),
        ("eventsourcing-python", 3)
    );
    assert_eq!(
        read.store
            .side_rows(crate::store::layout::SideKind::Checkpoints),
        Some(crate::store::SideRows::Exactly(4))
    );
}

/// Databases with the events of a folder among theirs.
#[test]
fn what_is_picked_and_the_file_of_it_are_those_of_the_parts() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("days");
    fs::create_dir(&folder).unwrap();
    for (n, made) in [(0, 0, Some(1)), (1, 1, Some(70)), (0, 0, Some(2000))]
        .into_iter()
        .enumerate()
    {
        append(&folder, n, made);
    }
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    let paths = [samples.join("bank.db"), folder, samples.join("carts.db")];
    let picker = Picker::new(&[Pointer::through(["n"]), Pointer::through(["account_id"])]);
    let picked = |read: &Read| {
        let mut picked = Vec::new();
        let (log, payloads) = (&read.log, read.store.payloads());
        let events: Vec<EventIx> = log.events().collect();
        let mut each = |event, found: Picked<'_>| {
            let found = match found {
                Picked::Values(values) => format!("{values:?}"),
                Picked::Body(body) => format!("body {:?}", body.unwrap().data.json()),
            };
            let id = log.event_id(event).map(|id| id.to_string());
            let file = payloads.file(log, event);
            picked.push((id, file, found));
        };
        payloads
            .pick(log, &events, &picker, &Task::new(), &mut each)
            .unwrap();
        picked.sort();
        picked
    };
    let mut parts: Vec<_> = paths
        .iter()
        .flat_map(|path| picked(&read(std::slice::from_ref(path), Join::Time)))
        .collect();
    parts.sort();
    let all = picked(&read(&paths, Join::Time));
    assert_eq!(all, parts);
    let of = |file: &str| {
        all.iter()
            .filter(|own| own.1.as_deref() == Some(file))
            .count()
    };
    assert_eq!((of("a.jsonl"), of("b.jsonl")), (2, 1));
    let values = all.iter().filter(|own| own.2.starts_with('[')).count();
    assert!(values > 1_000, "{values}");
}
