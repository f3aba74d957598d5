//! What only happens while a large store is read, said to the window at a chosen moment.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::{App, Start};
use crate::analysis::events::EventFilter;
use crate::gui::model::View;
use crate::log::{Bound, Log};
use crate::model::{EventIx, Progress, StreamIx, Task, Timestamp};
use crate::store::{OpenOptions, Store, Tail};
use crate::worker::Outcome;
use crate::workspace::Workspace;

type Window = Harness<'static, App>;

fn samples() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data")
}

fn settle(window: &mut Window) {
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut quiet = 0;
    while quiet < 4 {
        assert!(
            Instant::now() < deadline,
            "the window does not come to rest"
        );
        window.step();
        quiet = if window.state().is_settled() {
            quiet + 1
        } else {
            0
        };
    }
}

/// The users, of whose store more is still to be read.
fn partly_read() -> Window {
    let start = Start {
        workspace: Workspace::none(),
        clock: || Timestamp::from_micros(1_735_732_800_000_000),
        samples: samples(),
    };
    let path = samples().join("users.json");
    let mut window = Harness::builder()
        .with_size([1440.0, 900.0])
        .build_eframe(|cc| App::new(&cc.egui_ctx, start, vec![path]).unwrap());
    settle(&mut window);
    let app = window.state_mut();
    let session = app.model.session.as_ref().unwrap().opened.session;
    app.take(Outcome::Indexed {
        session,
        log: Arc::new(part()),
        arrangement: None,
    });
    settle(&mut window);
    window
}

/// An index that was never finished.
fn part() -> Log {
    let (path, task) = (samples().join("users.json"), Task::new());
    let mut store = Store::open(&path, &OpenOptions::default(), &task).unwrap();
    let mut builder = store.builder();
    store
        .index(&mut builder, Tail::AtRest, &task, &mut |_| ())
        .unwrap();
    builder.snapshot()
}

fn cut_short(window: &mut Window) {
    let app = window.state_mut();
    let session = app.model.session.as_ref().unwrap().opened.session;
    app.take(Outcome::CutShort {
        session,
        progress: Progress {
            done: 300,
            total: 900,
        },
        trouble: None,
    });
    settle(window);
}

#[test]
fn a_store_that_is_still_read_does_not_pass_for_the_whole() {
    let window = partly_read();
    window.get_by_label("Events at cursor 300 of 300 so far");
    window.get_by_label_contains("last indexed");
    window.get_by_label_contains("Indexed so far: 300 events");
    window.get_by_label("Order is provisional until all is read");
    assert!(window.query_by_label_contains("Whole store:").is_none());
}

#[test]
fn an_index_that_was_called_off_says_how_far_it_is_and_goes_on_when_asked() {
    let mut window = partly_read();
    cut_short(&mut window);
    window.get_by_label("Events at cursor 300 of about 900");
    window.get_by_label_contains("Indexed so far: 300 events of about 900");
    window.get_by_label_contains("Indexing was cancelled at 300 of about 900 events");

    window.state_mut().model.selection.stream = Some(StreamIx(0));
    let copy = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    window.key_press_modifiers(copy, Key::C);
    settle(&mut window);
    let copied = window.state().copied().unwrap().to_owned();
    assert!(copied.contains(" was at version "), "{copied}");
    assert!(
        copied.contains("as of the last event indexed so far, "),
        "{copied}"
    );
    let origin = "\nStore: users.json. Indexing was cancelled at 300 of about 900 events.";
    assert!(copied.ends_with(origin), "{copied}");

    window.get_by_label("Read on").click();
    settle(&mut window);
    window.get_by_label("Events at cursor 300 of 300");
    window.get_by_label_contains("Whole store: 300 events");
    assert!(window.query_by_label("Read on").is_none());
}

/// Events of four orders, with room between their positions.
fn lines(late: &[u32]) -> String {
    let line = |position: u32| {
        let (n, order) = (position / 10, position / 10 % 4);
        let version = n / 4;
        let event_type = ["Placed", "Paid", "Sent"][version as usize % 3];
        serde_json::json!({
            "position": position,
            "stream": format!("order-{order}"),
            "version": version + 1,
            "type": event_type,
            "id": format!("e{position}"),
            "recorded_at": format!("2024-05-01T10:{:02}:00Z", n),
            "correlation_id": format!("c{order}"),
            "data": {"n": position},
        })
        .to_string()
    };
    let usual = (1..=24).map(|n| n * 10).chain(late.iter().copied());
    usual.map(|position| line(position) + "\n").collect()
}

fn log_of(path: &Path) -> Log {
    let task = Task::new();
    let mut store = Store::open(path, &OpenOptions::default(), &task).unwrap();
    let mut builder = store.builder();
    let tail = Tail::AtRest;
    store.index(&mut builder, tail, &task, &mut |_| ()).unwrap();
    builder.finish().0
}

/// A window with those, and the log that they become when two more sort before the head.
fn followed() -> (tempfile::TempDir, Window, Arc<Log>) {
    let folder = tempfile::tempdir().unwrap();
    let (path, later) = (folder.path().join("a.jsonl"), folder.path().join("b.jsonl"));
    std::fs::write(&path, lines(&[])).unwrap();
    std::fs::write(&later, lines(&[15, 45])).unwrap();
    let start = Start {
        workspace: Workspace::none(),
        clock: || Timestamp::from_micros(1_735_732_800_000_000),
        samples: samples(),
    };
    let mut window = Harness::builder()
        .with_size([1440.0, 900.0])
        .build_eframe(|cc| App::new(&cc.egui_ctx, start, vec![path]).unwrap());
    settle(&mut window);
    (folder, window, Arc::new(log_of(&later)))
}

fn reorder(window: &mut Window, log: &Arc<Log>) {
    let app = window.state_mut();
    let session = app.model.session.as_ref().unwrap();
    assert_ne!(session.log.generation(), log.generation());
    let session = session.opened.session;
    app.take(Outcome::Indexed {
        session,
        log: Arc::clone(log),
        arrangement: Some(crate::log::Arrangement::Sorted),
    });
    settle(window);
}

/// The event at a position of the log as it is now.
fn at(window: &Window, position: i64) -> EventIx {
    let log = window.state().model.log().unwrap();
    log.at_position(crate::model::Position(position)).unwrap()
}

fn positions(window: &Window, bounds: [Bound; 2]) -> [i64; 2] {
    let log = window.state().model.log().unwrap();
    bounds.map(|bound| match bound {
        Bound::Event(event) => log.position(event).0,
        bound => panic!("{bound:?} is no event"),
    })
}

#[test]
fn a_filter_between_two_events_stays_there_when_events_sort_before_them() {
    let (_folder, mut window, log) = followed();
    let filter = EventFilter {
        from: Bound::Event(at(&window, 100)),
        to: Bound::Event(at(&window, 200)),
        ..EventFilter::default()
    };
    window.state_mut().model.filter = filter;
    window.state_mut().model.view = View::Events;
    settle(&mut window);
    reorder(&mut window, &log);
    let filter = window.state().model.filter.clone();
    assert_eq!(positions(&window, [filter.from, filter.to]), [100, 200]);
    let found = &window.state().model.answers.matching.found().events;
    assert_eq!(found.len(), 11);
    assert_eq!((found[0], found[10]), (at(&window, 100), at(&window, 200)));
}

#[test]
fn a_trace_stays_around_its_event_when_events_sort_before_it() {
    let (_folder, mut window, log) = followed();
    window.state_mut().model.view = View::Audit;
    settle(&mut window);
    window
        .get_by_role_and_label(Role::RadioButton, "Causality")
        .click();
    let event = at(&window, 100);
    window.state_mut().model.selection.event = Some(event);
    settle(&mut window);
    let traced = |window: &Window| {
        let trace = window.state().model.answers.trace.current().unwrap();
        trace.nodes[0].position.to_string()
    };
    assert_eq!(traced(&window), "#100");
    // What is traced is the view's own.
    window.state_mut().model.selection.event = None;
    reorder(&mut window, &log);
    assert_eq!(traced(&window), "#100");
}
