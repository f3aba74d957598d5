//! Layouts of which no store written by the library is at hand: stores made after the documented
//! tables, `tests/fixtures/layouts/*.sql`, and all that opening them yields.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use asof::log::{Clock, Mark, Marked, Payload, Published, Says, SideRow};
use asof::model::{EventIx, StreamIx, Timestamp};

use crate::made::made;
use crate::opened::{Opened, fixture};

/// The files of SQL, by their names.
fn documented() -> Vec<(String, PathBuf)> {
    let files = fs::read_dir(fixture("layouts")).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|end| end == "sql"));
    let named = |path: PathBuf| {
        (
            path.file_stem().unwrap().to_string_lossy().into_owned(),
            path,
        )
    };
    let mut files: Vec<_> = files.map(named).collect();
    files.sort();
    files
}

#[test]
fn what_documented_stores_yield() {
    let files = documented();
    assert!(files.len() >= 25);
    for (name, path) in files {
        let made = made(&fs::read_to_string(&path).unwrap());
        let store = Opened::open(&made.path);
        insta::assert_snapshot!(name, told(&store));
    }
}

/// Each is known by a layout of its own, that of its file.
#[test]
fn documented_stores_are_told_apart() {
    for layout in asof::store::layout::built_in() {
        let about = layout.about.as_ref();
        let Some(sql) = about
            .map(|about| &about.fixture)
            .filter(|path| path.ends_with(".sql"))
        else {
            continue;
        };
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(sql);
        let made = made(&fs::read_to_string(&path).unwrap());
        let store = Opened::open(&made.path);
        assert_eq!(store.layout(), layout.id, "{sql}");
        let reasons = &store.store.recognition().reasons;
        assert!(store.store.recognition().confidence >= 60, "{reasons:?}");
    }
}

fn told(store: &Opened) -> String {
    let mut text = String::new();
    let recognition = store.store.recognition();
    writeln!(text, "{} ({} %)", recognition.id, recognition.confidence).unwrap();
    writeln!(text, "lacks {}", store.store.lacks().join(", ")).unwrap();
    for problem in store.problems() {
        writeln!(text, "problem: {problem}").unwrap();
    }
    for event in store.log.events() {
        tell_event(store, event, &mut text);
    }
    for (stream, at) in store.log.streams().iter().zip(0..) {
        let stream_ix = StreamIx(at);
        let category = store.log.category_name(store.log.category(stream_ix));
        let events = store.log.stream_events(stream_ix);
        let events: Vec<String> = events
            .iter()
            .map(|event| (event.0 + 1).to_string())
            .collect();
        writeln!(text, "stream {stream} ({category}): {}", events.join(" ")).unwrap();
    }
    let rows = store.store.rows();
    for kind in rows.kinds() {
        rows.rows(kind, &store.task, &mut |row| match row {
            Ok(row) => tell_row(store, &row, &mut text),
            Err(problem) => {
                writeln!(text, "problem: {}: {}", problem.place, problem.message).unwrap();
            }
        })
        .unwrap();
    }
    text
}

fn tell_event(store: &Opened, event: EventIx, text: &mut String) {
    let log = &store.log;
    let time = |clock| log.own_time(event, clock).map(|time| time.to_string());
    let parts = [
        ("recorded", time(Clock::Recorded)),
        ("occurred", time(Clock::Occurred)),
        ("id", log.event_id(event).map(|id| id.to_string())),
        (
            "correlation",
            log.correlation(event).map(|id| id.to_string()),
        ),
        ("causation", log.causation(event).map(|id| id.to_string())),
        ("schema", log.schema_version(event).map(str::to_owned)),
        (
            "ended",
            log.stream_ended(event).map(|end| format!("{:?}", end.how)),
        ),
    ];
    let parts = parts
        .iter()
        .filter_map(|(name, value)| Some(format!(" {name} {}", value.as_ref()?)));
    let (stream, version) = (log.stream_name(log.stream(event)), log.version(event).0);
    let position = log.position(event).0;
    let kind = store.kind(event);
    writeln!(
        text,
        "#{position} {stream} v{version} {kind}{}",
        parts.collect::<String>()
    )
    .unwrap();
    let body = store.try_body(event).unwrap();
    writeln!(
        text,
        "  {} | {}",
        payload(&body.data),
        payload(&body.metadata)
    )
    .unwrap();
}

fn payload(payload: &Payload) -> String {
    match payload {
        Payload::Absent => "-".to_owned(),
        Payload::Json(json) => json.get().to_owned(),
        Payload::Viewed(own) => format!("{} ({})", own.json.get(), own.encoding),
        Payload::Opaque(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => format!("“{text}”"),
            Err(_) => format!("{} bytes", bytes.len()),
        },
    }
}

/// One line for a row, with the event that it is about.
fn tell_row(store: &Opened, row: &SideRow, text: &mut String) {
    let mut parts: Vec<String> = vec![format!("{}:", row.place)];
    let mut add = |name: &str, value: Option<String>| {
        parts.extend(value.map(|value| format!("{name} {value}")));
    };
    let time = |time: &Option<Timestamp>| time.map(|time| time.to_string());
    let number = |number: &Option<i64>| number.map(|number| number.to_string());
    match &row.says {
        Says::Checkpoint(own) => {
            add("consumer", Some(own.consumer.clone()));
            add("partition", own.partition.clone());
            add("status", own.status.clone());
            add("error", own.error.clone());
            add("updated", time(&own.updated_at));
        }
        Says::CheckpointHistory(own) => {
            add("consumer", Some(own.consumer.clone()));
            add("partition", own.partition.clone());
            add("at", time(&own.at));
        }
        Says::Snapshot(own) => {
            add("stream", own.stream.clone());
            add("version", own.version.map(|version| version.0.to_string()));
            add("taken", time(&own.taken_at));
            add("state", Some(payload(&own.state)));
        }
        Says::Outbox(own) => {
            add("message", own.id.clone());
            add("type", own.message_type.clone());
            add("stream", own.stream.clone());
            add("created", time(&own.created_at));
            add("published", time(&own.published_at));
            add("published", own.published.map(|is| format!("{is:?}")));
            add("attempts", number(&own.attempts));
            add("payload", Some(payload(&own.payload)));
            assert_eq!(
                own.is_published(None),
                Some(own.published_at.is_some() || own.published == Some(Published::Yes)),
            );
        }
        Says::Processed(own) => {
            add("consumer", own.consumer.clone());
            add("processed", time(&own.processed_at));
            add("attempts", number(&own.attempts));
        }
        Says::DeadLetter(own) => {
            add("consumer", own.consumer.clone());
            add("type", own.message_type.clone());
            add("error", own.error.clone());
            add("at", time(&own.at));
            add("status", own.status.clone());
            add("payload", Some(payload(&own.payload)));
        }
        Says::Saga(own) => {
            add("saga", own.saga.clone());
            add("type", own.saga_type.clone());
            add("status", own.status.clone());
            add("correlations", Some(own.correlations.join("+")));
            add("version", number(&own.version));
            add("started", time(&own.started_at));
            add("updated", time(&own.updated_at));
            add("state", Some(payload(&own.state)));
        }
        Says::Schema(own) => add("type", own.event_type.clone()),
        Says::Command(own) => add("type", own.command_type.clone()),
    }
    if let Some(mark) = row.says.mark() {
        let event = store.log.marked(row.file, mark);
        let found = event.map(|event| format!("= #{}", store.log.position(event).0));
        add(
            "of",
            Some(format!(
                "{}{}",
                named(mark),
                found.map_or_else(String::new, |found| format!(" {found}"))
            )),
        );
    }
    writeln!(text, "{}", parts.join(" ")).unwrap();
}

fn named(mark: &Mark) -> String {
    let event = match &mark.event {
        Marked::Position(position) => format!("position {}", position.0),
        Marked::Id(id) => format!("id {id}"),
        Marked::Version { stream, version } => format!("{stream} v{}", version.0),
    };
    match &mark.application {
        Some(application) => format!("{event} of {application}"),
        None => event,
    }
}
