//! What only happens while a large store is read, said to the window at a chosen moment.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::{App, Start};
use crate::log::Log;
use crate::model::{Progress, StreamIx, Task, Timestamp};
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
