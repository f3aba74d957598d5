//! What only happens while a large store is read, said to the window at a chosen moment.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::{App, Start};
use crate::gui::command::{Command, PathFor};
use crate::gui::model::View;
use crate::log::{Bound, Log};
use crate::model::{Progress, StreamIx, Task, Timestamp};
use crate::store::{OpenOptions, Store, Tail};
use crate::worker::Outcome;
use crate::workspace::Workspace;

mod reordered;

use reordered::followed;

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
            "the window does not come to rest: {:?}",
            window.state().unsettled()
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

fn log_of(path: &Path) -> Log {
    let task = Task::new();
    let mut store = Store::open(path, &OpenOptions::default(), &task).unwrap();
    let mut builder = store.builder();
    let tail = Tail::AtRest;
    store.index(&mut builder, tail, &task, &mut |_| ()).unwrap();
    builder.finish().0
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

#[test]
fn a_moment_typed_before_the_first_events_have_come_waits_for_them() {
    let mut window = partly_read();
    let index = |window: &mut Window, log: Log| {
        let app = window.state_mut();
        let session = app.model.session.as_ref().unwrap().opened.session;
        app.take(Outcome::Indexed {
            session,
            log: Arc::new(log),
            arrangement: None,
        });
    };
    index(&mut window, Log::default());
    settle(&mut window);
    let key = |key, modifiers| egui::Event::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers,
    };
    let moment = egui::Event::Text("#2".to_owned());
    let keys = [
        key(Key::T, Modifiers::COMMAND),
        moment,
        key(Key::Enter, Modifiers::NONE),
    ];
    window.input_mut().events.extend(keys);
    (0..8).for_each(|_| window.step());
    assert_eq!(window.state().unsettled(), ["keys and clicks"]);

    index(&mut window, part());
    settle(&mut window);
    let as_of = window.state().model().cursor.as_of();
    assert_eq!(as_of.position.clone().unwrap().position.0, 2);
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

/// The state of a stream as its parts are on screen: the heading's version, the tree's, the history's last.
fn versions(window: &Window) -> [Option<String>; 3] {
    let after = |text: String, before: &str| {
        let (_, rest) = text.split_once(before)?;
        let end = rest.find(|c: char| !c.is_ascii_digit());
        Some(rest[..end.unwrap_or(rest.len())].to_owned())
    };
    let label = |role, before: &str| {
        let nodes = window.query_all_by_role(role);
        let labels = nodes.filter_map(|node| node.accesskit_node().label());
        labels.into_iter().find_map(|label| after(label, before))
    };
    let rows = window.query_all_by_role(Role::Row);
    let rows: Vec<String> = rows
        .filter_map(|node| node.accesskit_node().label())
        .collect();
    let cursor = rows.iter().position(|row| row.starts_with("Cursor "));
    let last = cursor.and_then(|at| rows.get(at.checked_sub(1)?));
    [
        label(Role::Heading, "at version "),
        label(Role::Status, "by v"),
        last.and_then(|row| after(row.clone(), "v")),
    ]
}

fn grow(window: &mut Window, log: &Arc<Log>) {
    let app = window.state_mut();
    let session = app.model.session.as_ref().unwrap().opened.session;
    app.take(Outcome::Indexed {
        session,
        log: Arc::clone(log),
        arrangement: None,
    });
}

/// Lines of one stream.
fn numbers(count: u32) -> String {
    let line = |n| {
        format!(
            "{{\"stream\":\"s-1\",\"version\":{n},\"type\":\"T\",\"id\":\"e{n}\",\
             \"time\":\"2024-01-01T{:02}:{:02}:00Z\",\"data\":{{\"n\":{n}}}}}\n",
            n / 60,
            n % 60,
        )
    };
    (1..=count).map(line).collect()
}

#[test]
fn heading_tree_and_history_change_together_while_a_store_grows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grow.jsonl");
    std::fs::write(&path, numbers(40)).unwrap();
    // The store itself stays; what it would become is said to the window.
    let logs: Vec<Arc<Log>> = (5..=40)
        .map(|count| {
            let path = folder.path().join(format!("{count}.jsonl"));
            std::fs::write(&path, numbers(count)).unwrap();
            Arc::new(log_of(&path))
        })
        .collect();
    let start = Start {
        workspace: Workspace::none(),
        clock: || Timestamp::from_micros(1_735_732_800_000_000),
        samples: samples(),
    };
    let mut window = Harness::builder()
        .with_size([1440.0, 900.0])
        .build_eframe(|cc| App::new(&cc.egui_ctx, start, vec![path]).unwrap());
    settle(&mut window);
    window.state_mut().model.view = View::State;
    settle(&mut window);
    let mut seen = std::collections::BTreeSet::new();
    for log in &logs {
        grow(&mut window, log);
        loop {
            window.step();
            let [heading, tree, history] = versions(&window);
            assert!(heading.is_some());
            assert_eq!((&heading, &heading), (&tree, &history));
            seen.insert(heading);
            if window.state().is_settled() {
                break;
            }
        }
    }
    settle(&mut window);
    assert_eq!(versions(&window)[0].as_deref(), Some("40"));
    assert!(seen.len() > 2, "{seen:?}");
}

#[test]
fn a_file_that_is_there_is_written_over_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    std::fs::write(&path, "mine").unwrap();
    let (_store, mut window, _) = followed();
    window.state_mut().model.view = View::Events;
    settle(&mut window);
    let (what, _) = window.state().exports().unwrap();
    let session = window
        .state()
        .model
        .session
        .as_ref()
        .unwrap()
        .opened
        .session;
    let spared = crate::worker::Existing::Spared;
    let command = Command::ExportTo(session, Box::new(what), path.clone(), spared);
    window.state_mut().outbox.send(command.clone());
    settle(&mut window);
    window.get_by_label_contains("is there already");
    window.get_by_label("Keep the file").click();
    settle(&mut window);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");

    window.state_mut().outbox.send(command);
    settle(&mut window);
    window.get_by_label("Write over it").click();
    settle(&mut window);
    assert_ne!(std::fs::read_to_string(&path).unwrap(), "mine");
    let done = &window.state().model.done.as_ref().unwrap().words;
    assert!(done.contains(&path.display().to_string()), "{done}");
}

#[test]
fn a_name_that_is_taken_can_be_typed_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("taken.csv");
    std::fs::write(&path, "mine").unwrap();
    let (_store, mut window, _) = followed();
    window.state_mut().model.view = View::Events;
    let (what, _) = window.state().exports().unwrap();
    let stem = path.with_extension("").display().to_string();
    let command = Command::TypePath(PathFor::Export(Box::new(what), stem));
    window.state_mut().outbox.send(command);
    settle(&mut window);
    let field = |window: &Window| {
        let field = window.get_by_role_and_label(Role::TextInput, "Path of the file to write");
        field.value()
    };
    let written = field(&window).unwrap();
    std::fs::write(&written, "mine").unwrap();
    for round in 0..2 {
        window.key_press(Key::Enter);
        settle(&mut window);
        let asks = window.query_by_label_contains("is there already");
        assert!(asks.is_some(), "round {round}");
        window.key_press(Key::Escape);
        settle(&mut window);
        assert_eq!(field(&window).as_ref(), Some(&written));
    }
    assert_eq!(std::fs::read_to_string(&written).unwrap(), "mine");
}

#[test]
fn a_moment_that_is_indexed_is_answered_once_while_more_is_read() {
    let mut window = partly_read();
    let model = &mut window.state_mut().model;
    model.selection.stream = Some(StreamIx(0));
    model.view = View::State;
    settle(&mut window);
    let answered = |window: &Window| window.state().model.answers.state.number();
    let goes_on = |window: &mut Window| {
        let before = answered(window);
        grow(window, &Arc::new(part()));
        settle(window);
        answered(window) != before
    };
    assert!(
        goes_on(&mut window),
        "at the head every event may be of the stream"
    );
    let app = window.state_mut();
    let log = Arc::clone(app.model.log().unwrap());
    let bound = Bound::Event(log.stream_events(StreamIx(0))[1]);
    app.move_to(bound);
    settle(&mut window);
    let copy = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    window.key_press_modifiers(copy, Key::C);
    settle(&mut window);
    assert!(window.state().copied().is_some());
    assert!(!goes_on(&mut window));
    assert!(window.query_by_label("not yet as of the cursor…").is_none());
}

#[test]
fn events_keep_up_with_the_cursor_while_more_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let logs: Vec<Arc<Log>> = [60, 200]
        .map(|count: u32| {
            let path = folder.path().join(format!("{count}.jsonl"));
            std::fs::write(&path, numbers(count)).unwrap();
            let task = Task::new();
            let mut store = Store::open(&path, &OpenOptions::default(), &task).unwrap();
            let mut builder = store.builder();
            let tail = Tail::AtRest;
            store.index(&mut builder, tail, &task, &mut |_| ()).unwrap();
            Arc::new(builder.snapshot())
        })
        .into();
    let mut window = partly_read();
    window.state_mut().model.view = View::Events;
    for log in logs {
        grow(&mut window, &log);
        settle(&mut window);
        let last = log.len().to_string();
        let rows = window.query_all_by_role(Role::Row);
        let labels: Vec<String> = rows
            .filter_map(|row| row.accesskit_node().label())
            .collect();
        assert!(
            labels.iter().any(|label| label.starts_with(&last)),
            "{labels:?}"
        );
    }
}
