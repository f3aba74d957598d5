//! Events that sort before the head while a store is followed: whatever names an event goes on naming it.

use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::{Window, log_of, samples, settle};
use crate::analysis::events::EventFilter;
use crate::gui::app::{App, Start};
use crate::gui::model::View;
use crate::log::{Bound, Log};
use crate::model::{EventIx, Timestamp};
use crate::worker::Outcome;
use crate::workspace::Workspace;

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

/// A window with those, and the log that they become when two more sort before the head.
pub(super) fn followed() -> (tempfile::TempDir, Window, Arc<Log>) {
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
