//! Fields that are picked of many payloads at once are those that reading the payloads gives, whatever is
//! stored and however the file is read.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use asof::log::{Body, Picked, Unreadable};
use asof::model::json::{Picker, Pointer};
use asof::model::{EventIx, Task};
use rusqlite::{Connection, params};

use super::{Opened, opened};

/// When a store was written to last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    JustNow,
    LongAgo,
}

/// Enough for two readers.
const EVENTS: i64 = 20_000;

fn payload(n: i64) -> rusqlite::types::Value {
    use rusqlite::types::Value::{Blob, Integer, Null, Real, Text};
    match n % 97 {
        0 => Null,
        1 => Integer(7),
        2 => Real(1.5),
        3 => Text("no json".to_owned()),
        4 => Text(format!(r#"{{"n":{n},"broken"#)),
        5 => Text("[1,2]".to_owned()),
        6 => Blob(vec![0xff, 1, 2]),
        7 => Blob(format!(r#"{{"n":{n},"s":"blob"}}"#).into_bytes()),
        8 => Text(format!("  {{\"n\" : {n} , \"deep\" : {{\"n\": [{n}]}}}} ")),
        9 => Text(r#"{"n":1,"n":2,"s":"\u0041\"x"}"#.to_owned()),
        10 => Text(format!(r#"{{"n":{n},"long":"{}"}}"#, "x".repeat(9000))),
        11 => Text(r#"{"n":{"x":null},"s":null}"#.to_owned()),
        _ => Text(format!(
            r#"{{"n":{n}.50,"s":"text {n}","other":[{{"n":1}}]}}"#
        )),
    }
}

/// Long before the index begins, so that a further write is sure to leave another time.
fn long_ago() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn date(path: &Path) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(long_ago()).unwrap();
}

fn made(path: &Path, mode: &str, written: Written) -> (Opened, Connection) {
    let mut db = Connection::open(path).unwrap();
    db.pragma_update(None, "journal_mode", mode).unwrap();
    db.execute_batch(
        "CREATE TABLE events (global_position INTEGER PRIMARY KEY, stream_id TEXT, version INTEGER,
         event_type TEXT, data, metadata TEXT, timestamp TEXT)",
    )
    .unwrap();
    let tx = db.transaction().unwrap();
    for n in 1..=EVENTS {
        let time = format!(
            "2024-01-01T00:{:02}:{:02}.{:03}Z",
            n / 60_000,
            n / 1000 % 60,
            n % 1000
        );
        tx.execute(
            "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, '{\"user\":1}', ?6)",
            params![
                n * (1 + n / 15_000),
                format!("s-{}", n % 50),
                n / 50 + 1,
                "Added",
                payload(n),
                time
            ],
        )
        .unwrap();
    }
    tx.commit().unwrap();
    if written == Written::LongAgo {
        date(path);
    }
    (opened(path), db)
}

/// The values of an event, or why there are none.
type Values = Result<Vec<Option<String>>, String>;

fn of_body(picker: &Picker, body: Result<Body, Unreadable>) -> Values {
    let body = body.map_err(|error| error.to_string())?;
    let Some(text) = body.data.json() else {
        return Err("no JSON".to_owned());
    };
    let mut slots = vec![None; picker.slots()];
    picker
        .pick(text, &mut slots)
        .map_err(|error| error.to_string())?;
    Ok(slots
        .into_iter()
        .map(|slot| slot.map(str::to_owned))
        .collect())
}

fn picked_as_read(opened: &Opened, events: &[EventIx]) -> usize {
    let pointers = ["/n", "/s", "/deep/n"].map(Pointer::from);
    let picker = Picker::new(&pointers);
    let (task, reading) = (Task::new(), &opened.reading);
    let mut expected: Vec<(EventIx, Values)> = Vec::new();
    (reading.payloads)
        .read(&reading.log, events, &task, &mut |event, body| {
            expected.push((event, of_body(&picker, body)));
        })
        .unwrap();
    let (mut found, mut values) = (Vec::new(), 0);
    (reading.payloads)
        .pick(
            &reading.log,
            events,
            &picker,
            &task,
            &mut |event, picked| {
                found.push(match picked {
                    Picked::Values(own) => {
                        values += 1;
                        let own = own.iter().map(|value| value.map(str::to_owned));
                        (event, Ok(own.collect()))
                    }
                    Picked::Body(body) => (event, of_body(&picker, body)),
                });
            },
        )
        .unwrap();
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), events.len());
    values
}

#[test]
fn what_is_picked_is_what_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        ("delete", Written::JustNow),
        ("delete", Written::LongAgo),
        ("wal", Written::JustNow),
    ];
    for (mode, written) in cases {
        let path = folder.path().join(format!("{mode}-{written:?}.db"));
        let (opened, db) = made(&path, mode, written);
        let all: Vec<EventIx> = opened.reading.log.events().collect();
        let values = picked_as_read(&opened, &all);
        assert!(
            values * 10 > all.len() * 8,
            "{mode}: {values} of {}",
            all.len()
        );
        let some: Vec<EventIx> = all.iter().copied().step_by(3).collect();
        picked_as_read(&opened, &some);
        let few: Vec<EventIx> = all.iter().copied().step_by(700).collect();
        picked_as_read(&opened, &few);
        let backwards: Vec<EventIx> = all.iter().rev().copied().take(100).collect();
        picked_as_read(&opened, &backwards);
        // What is no longer the event that was indexed is not taken for it.
        db.execute_batch(
            "DELETE FROM events WHERE global_position % 101 = 0;
             UPDATE events SET stream_id = 'other' WHERE global_position % 103 = 0;
             UPDATE events SET data = '{\"n\":0}' WHERE global_position % 107 = 0;",
        )
        .unwrap();
        picked_as_read(&opened, &all);
        // Not even where nobody can tell by its time that the file was written to.
        date(&path);
        picked_as_read(&opened, &all);
    }
}
