//! Values as they come and as they are written.

use super::*;
use crate::log::{Body, PayloadReader, Unreadable};
use crate::model::{Cancelled, EventIx};
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn payloads_are_asked_as_json_and_keep_their_digits() {
    let scene = small();
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        rows(
            &scene,
            "select data, data -> '$.n', data ->> '$.name', metadata ->> '$.by' from events where position = 43"
        ),
        [[
            text(r#"{"n": 4.50, "name": "M\u00fcller 4"}"#),
            text("4.50"),
            text("Müller 4"),
            text("User1"),
        ]]
    );
    // Bytes of no known encoding, none at all, and what cannot be read are what `asof events` says.
    assert_eq!(
        rows(
            &scene,
            "select data, data ->> '$.n' from events where version < 3 order by position"
        ),
        [
            [Value::Null, Value::Null],
            [text(r#"{"$bytes":"ff416201"}"#), Value::Null],
            [
                text(r#"{"$unreadable":"the row is cut short"}"#),
                Value::Null
            ],
        ]
    );
}

#[test]
fn an_answer_as_json() {
    let answer = run(
        &small(),
        "select 1 a, 1.5 b, 'x' c, null c, x'00ff' d, 9e999 e, 2.0 f, 9007199254740993 g",
    )
    .unwrap();
    assert_eq!(
        serde_json::to_string(&answer).unwrap(),
        concat!(
            r#"{"as_of":{"time":"1970-01-01T00:00:09.000000Z","position":93,"clock":"recorded","out_of_order":0},"#,
            r#""columns":["a","b","c","c","d","e","f","g"],"#,
            r#""rows":[[1,1.5,"x",null,{"$bytes":"00ff"},9e999,2.0,9007199254740993]],"truncated":false}"#
        )
    );
}

/// Counts what is read.
struct Counting(AtomicUsize);

impl PayloadReader for Counting {
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        self.0.fetch_add(events.len(), Ordering::Relaxed);
        MadeUp.read(log, events, task, each)
    }
}

#[test]
fn payloads_are_read_only_where_they_are_looked_at() {
    let log = log_of(&vec![Sample::default(); 5000], 1000);
    let reader = Arc::new(Counting(AtomicUsize::new(0)));
    let scene = Scene {
        payloads: reader.clone(),
        ..scene(&log, log.at_head())
    };
    let reads = |sql: &str| {
        reader.0.store(0, Ordering::Relaxed);
        rows(&scene, sql);
        reader.0.load(Ordering::Relaxed)
    };
    assert_eq!(reads("select count(*), max(type), min(id) from events"), 0);
    assert_eq!(reads("select data from events"), 5000);
    assert_eq!(
        reads("select count(data ->> '$.n') from events where metadata like '%'"),
        5000
    );
    assert!(reads("select data from events limit 1") <= 16);
    assert!(reads("select data from events order by position desc limit 3") <= 16);
    assert_eq!(reads("select data from events where position = 703"), 1);
    // One in a hundred is looked at: not all of them are read for it.
    assert!(reads("select data from events where position % 1000 = 3") < 1000);
}
