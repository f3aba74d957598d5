//! Events, streams and exports as a user meets them: filters that are complete, chips that go away,
//! lists that are searched and sorted, files that hold what was on the screen.

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use asof::analysis::events::{CorrelationFilter, EventFilter, TextFilter, TypeFilter};
use asof::gui::App;
use asof::gui::model::View;
use asof::log::{Bound, Clock, Log};
use asof::model::{EventIx, Task, TypeIx};
use asof::worker::{
    Existing, Export, ExportFormat, Exports, OpenRequest, Outcome, Slot, StreamsWanted, Subject,
    Worker,
};
use asof::workspace::Workspace;
use egui::accesskit::Role;
use egui::{Key, Modifiers, PointerButton, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use common::{move_to, open_app, settle};

const ORDERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/orders.db");

fn show(view: Key) -> Harness<'static, App> {
    let mut harness = open_app(std::path::Path::new(ORDERS));
    harness.key_press_modifiers(Modifiers::COMMAND, view);
    settle(&mut harness);
    harness
}

fn click(harness: &mut Harness<'_, App>, role: Role, name: &str) {
    harness.get_by_role_and_label(role, name).click();
    settle(harness);
}

fn type_into(harness: &mut Harness<'_, App>, name: &str, text: &str) {
    let field = harness.get_by_role_and_label(Role::TextInput, name);
    field.focus();
    field.type_text(text);
    settle(harness);
    harness.key_press(Key::Enter);
    settle(harness);
}

fn log(harness: &Harness<'_, App>) -> Arc<Log> {
    Arc::clone(harness.state().model().log().expect("a store is open"))
}

fn of_type(log: &Log, name: &str) -> Vec<EventIx> {
    let is = |event: &EventIx| log.type_name(log.event_type(*event)) == name;
    log.events().filter(is).collect()
}

/// Straightforward: every payload and metadata, one after the other.
fn with_text(harness: &Harness<'_, App>, text: &str) -> Vec<EventIx> {
    let session = harness.state().model().session.as_ref().expect("open");
    let subject = session.subject();
    let events: Vec<EventIx> = subject.log.events().collect();
    let mut found = Vec::new();
    let mut look = |event, body: Result<asof::log::Body, _>| {
        let body = body.expect("the sample is readable");
        let holds = |payload: &asof::log::Payload| {
            let json = payload.json().unwrap_or_default();
            json.to_lowercase().contains(&text.to_lowercase())
        };
        if holds(&body.data) || holds(&body.metadata) {
            found.push(event);
        }
    };
    let read = subject
        .payloads
        .read(&subject.log, &events, &Task::new(), &mut look);
    read.expect("not cancelled");
    found
}

fn matched(harness: &Harness<'_, App>) -> Vec<EventIx> {
    let rows = harness.state().model().event_rows();
    (0..rows.len()).filter_map(|row| rows.get(row)).collect()
}

#[test]
fn the_keyboard_stays_in_the_filter_while_it_is_open() {
    let mut harness = show(Key::Num2);
    // Types that come later are offered, too: the table shows them and is filtered with them.
    move_to(&mut harness, "#1");
    let at = harness.state().model().cursor.bound();
    click(&mut harness, Role::Button, "Filter");
    assert!(harness.query_all_by_label_contains(" 0 not chosen").count() > 3);
    for key in [Key::ArrowDown, Key::ArrowDown, Key::Enter] {
        harness.key_press(key);
        settle(&mut harness);
    }
    let model = harness.state().model();
    assert!(
        matches!(&model.filter.types, TypeFilter::Only(types) if types.len() == 1),
        "{:?}",
        model.filter.types
    );
    assert_eq!(model.selection.event, None);
    assert_eq!(model.cursor.bound(), at);
}

#[test]
fn filters_are_complete_and_chips_take_them_away() {
    let mut harness = show(Key::Num2);
    let log = log(&harness);
    assert_eq!(matched(&harness).len(), log.len());
    harness.get_by_label("1,663 events");

    click(&mut harness, Role::Button, "Filter");
    type_into(&mut harness, "Search event types", "cancel");
    click(&mut harness, Role::Row, "OrderCancelled 24 not chosen");
    let cancelled = of_type(&log, "OrderCancelled");
    assert_eq!(matched(&harness), cancelled);
    harness.get_by_label("24 match");
    harness.get_by_role_and_label(Role::Row, "OrderCancelled 24 chosen");
    click(&mut harness, Role::RadioButton, "Without");
    assert_eq!(matched(&harness).len(), log.len() - cancelled.len());
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert!(
        harness
            .query_by_role_and_label(Role::RadioButton, "Without")
            .is_none()
    );

    type_into(&mut harness, "Text in payload", "KETTle");
    let mut expected = with_text(&harness, "kettle");
    assert!(expected.len() > 10);
    expected.retain(|event| !cancelled.contains(event));
    assert_eq!(matched(&harness), expected);

    let chip = "Remove Event type without OrderCancelled";
    click(&mut harness, Role::Button, chip);
    assert_eq!(matched(&harness), with_text(&harness, "kettle"));
    let field = harness.get_by_role_and_label(Role::TextInput, "Text in payload");
    field.focus();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.key_press(Key::Backspace);
    harness.run_steps(4);
    settle(&mut harness);
    assert_eq!(harness.state().model().filter, EventFilter::default());
}

#[test]
fn a_range_is_typed_and_read_back() {
    let mut harness = show(Key::Num2);
    let log = log(&harness);
    click(&mut harness, Role::Button, "Filter");
    click(&mut harness, Role::Tab, "Time");
    type_into(&mut harness, "From time or position", "2024-12-01");
    // What was entered shows in the table; the popover is out of its way.
    let typed = |harness: &Harness<'_, App>| {
        let role = Role::TextInput;
        let field = harness.query_by_role_and_label(role, "Until time or position");
        field.is_some()
    };
    assert!(!typed(&harness));
    click(&mut harness, Role::Button, "Filter");
    type_into(&mut harness, "Until time or position", "2024-12-02");
    harness.get_by_role_and_label(Role::Button, "Recorded from 12-01 00:00");
    harness.get_by_role_and_label(Role::Button, "Recorded until 12-02");
    let day = |event: &EventIx| {
        let time = log
            .time(*event, Clock::Recorded)
            .expect("timed")
            .to_string();
        time.starts_with("2024-12-01") || time.starts_with("2024-12-02")
    };
    let expected: Vec<EventIx> = log.events().filter(day).collect();
    assert!(!expected.is_empty());
    assert_eq!(matched(&harness), expected);
    click(&mut harness, Role::Button, "Filter");
    type_into(&mut harness, "From time or position", "nonsense");
    assert!(typed(&harness), "it stays until it is understood");
    harness.get_by_label_contains("is not a moment");
    assert_eq!(matched(&harness), expected);
}

#[test]
fn a_row_is_selected_followed_and_faded_by_the_cursor() {
    let mut harness = show(Key::Num2);
    let log = log(&harness);
    // The table shows the cursor, which is at the head.
    let last = EventIx::from_usize(log.len() - 1);
    let name = |event: EventIx| {
        let position = event.0 + 1;
        let position = format!("{},{:03}", position / 1000, position % 1000);
        let (kind, stream) = (log.event_type(event), log.stream(event));
        format!(
            "{position} {} {}",
            log.type_name(kind),
            log.stream_name(stream)
        )
    };
    click(&mut harness, Role::Row, &name(last));
    assert_eq!(harness.state().model().selection.event, Some(last));
    let inspected = harness.state().model().answers.inspected.current();
    assert_eq!(inspected.map(|inspected| inspected.event), Some(last));
    harness.key_press(Key::ArrowUp);
    settle(&mut harness);
    let before = EventIx(last.0 - 1);
    assert_eq!(harness.state().model().selection.event, Some(before));
    assert!(harness.state().model().answers.bodies.get(last).is_some());

    // The secondary button narrows.
    harness
        .get_by_role_and_label(Role::Row, &name(last))
        .click_secondary();
    settle(&mut harness);
    harness.get_by_label("Same correlation").click();
    settle(&mut harness);
    let id = log.correlation(last).expect("correlated");
    assert_eq!(matched(&harness), log.correlated_by(id));
    assert!(matched(&harness).len() > 1);

    // Into the past: what had not happened is counted apart.
    harness.key_press(Key::ArrowLeft);
    settle(&mut harness);
    let rows = matched(&harness).len();
    harness.get_by_label(&format!("{rows} match, {} by the cursor", rows - 1));

    // Enter leads to the state.
    let first = matched(&harness)[0];
    click(&mut harness, Role::Row, &name(first));
    harness.key_press(Key::Enter);
    settle(&mut harness);
    let model = harness.state().model();
    assert_eq!(
        (model.view, model.selection.stream),
        (View::State, Some(log.stream(first)))
    );
}

#[test]
fn a_row_is_copied_in_full() {
    let mut harness = show(Key::Num2);
    let log = log(&harness);
    let last = EventIx::from_usize(log.len() - 1);
    let stream = log.stream_name(log.stream(last)).to_owned();
    let row = harness.get_all_by_role(Role::Row).last().expect("a row");
    row.click_secondary();
    settle(&mut harness);
    harness.get_by_label("Copy row as JSON").click();
    settle(&mut harness);
    let copied = harness.state().copied().expect("copied").to_owned();
    let value: serde_json::Value = serde_json::from_str(&copied).expect("JSON");
    assert_eq!(value["stream"], serde_json::Value::String(stream));
    assert!(value["data"].is_object());
}

#[test]
fn a_click_on_a_stream_goes_to_it() {
    let mut harness = show(Key::Num2);
    let row = harness.get_all_by_role(Role::Row).last().expect("a row");
    let rect = row.rect();
    let at = pos2(rect.min.x + 300.0, rect.center().y);
    harness.hover_at(at);
    settle(&mut harness);
    for pressed in [true, false] {
        harness.event(egui::Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    settle(&mut harness);
    assert_eq!(harness.state().model().view, View::State);
}

#[test]
fn columns_come_and_go() {
    let mut harness = show(Key::Num2);
    assert!(
        harness
            .query_by_role_and_label(Role::ColumnHeader, "Correlation")
            .is_some()
    );
    click(&mut harness, Role::Button, "Columns");
    click(&mut harness, Role::CheckBox, "Column Correlation");
    click(&mut harness, Role::CheckBox, "Column Event id");
    assert!(
        harness
            .query_by_role_and_label(Role::ColumnHeader, "Correlation")
            .is_none()
    );
    assert!(
        harness
            .query_by_role_and_label(Role::ColumnHeader, "Event id")
            .is_some()
    );
}

#[test]
fn streams_are_searched_sorted_and_as_of_the_cursor() {
    let mut harness = show(Key::Num3);
    let log = log(&harness);
    let names = |harness: &Harness<'_, App>| -> Vec<String> {
        let list = harness
            .state()
            .model()
            .answers
            .streams
            .get()
            .expect("listed");
        let name = |figures: &asof::analysis::streams::StreamFigures| {
            log.stream_name(figures.stream).to_owned()
        };
        list.streams.iter().map(name).collect()
    };
    assert_eq!(names(&harness).len(), log.streams().len());
    click(&mut harness, Role::ColumnHeader, "Events");
    let most = (0..log.streams().len() as u32)
        .map(|ix| {
            (
                log.stream_events(asof::model::StreamIx(ix)).len(),
                log.streams().get(ix),
            )
        })
        .max_by_key(|(events, _)| *events);
    assert_eq!(
        Some(names(&harness)[0].as_str()),
        most.map(|(_, name)| name)
    );
    harness.get_by_role_and_label(Role::ColumnHeader, "Events ▼");

    type_into(&mut harness, "Search streams", "SHIPMENT-11");
    let all = log.streams().iter();
    let expected = all.filter(|name| name.contains("shipment-11")).count();
    assert_eq!(names(&harness).len(), expected);
    harness.get_by_label(&format!("{expected} found"));

    // At the first event there is one stream, and it is not a shipment.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Home);
    settle(&mut harness);
    harness.get_by_label("1 of 504 streams exist at the cursor");
    click(&mut harness, Role::Button, "Show all streams");
    assert_eq!(names(&harness).len(), 1);
    let only = format!("{} 1 events", names(&harness)[0]);
    click(&mut harness, Role::Row, &only);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(harness.state().model().view, View::State);
}

/// A store in the background without a window.
fn opened() -> (Worker, Subject) {
    let wake: asof::worker::Wake = Arc::new(|| {});
    let worker = Worker::start(&wake).expect("threads can be had");
    worker.open(OpenRequest {
        paths: vec![ORDERS.into()],
        corrected: None,
        workspace: Workspace::none(),
        remembered: Default::default(),
        clock: || asof::model::Timestamp::from_micros(0),
    });
    let mut opened = None;
    loop {
        match wait(&worker) {
            Outcome::Opened(found) => opened = Some(found),
            Outcome::Indexed { session, log, .. } if log.is_complete() => {
                let opened = opened.expect("opened before it is indexed");
                let subject = Subject {
                    samples: Default::default(),
                    session,
                    log,
                    payloads: opened.payloads,
                    rows: opened.rows,
                    tables: opened.tables,
                    rules: opened.rules,
                    facts: opened.facts,
                };
                return (worker, subject);
            }
            _ => {}
        }
    }
}

fn wait(worker: &Worker) -> Outcome {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(outcome) = worker.next() {
            return outcome;
        }
        assert!(Instant::now() < deadline, "nothing came");
        std::thread::yield_now();
    }
}

fn export(worker: &Worker, order: Export) -> Result<String, String> {
    let mut slot = Slot::default();
    slot.ask(worker, order);
    let deadline = Instant::now() + Duration::from_secs(60);
    while slot.is_pending() {
        assert!(Instant::now() < deadline, "nothing came");
        std::thread::yield_now();
        slot.poll();
    }
    match slot.get().expect("an export always says what became of it") {
        Ok(file) => Ok(file.what.clone()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn an_export_holds_what_the_filter_holds() {
    let (worker, subject) = opened();
    let folder = tempfile::tempdir().expect("a folder");
    let log = Arc::clone(&subject.log);
    let refunds = log.types().find("RefundIssued").expect("in the sample");
    let order = |what, name: &str, bound| {
        let path = folder.path().join(name);
        Export {
            subject: subject.clone(),
            what,
            cut: log.cut(Clock::Recorded, bound),
            format: ExportFormat::of(&path),
            path,
            existing: Existing::Spared,
            store: vec![ORDERS.into()],
        }
    };
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("written");
    let filter = EventFilter {
        types: TypeFilter::Only(vec![TypeIx(refunds)]),
        correlation: CorrelationFilter::IsSet,
        text: Some(TextFilter {
            text: "refund".to_owned(),
            case: Default::default(),
        }),
        ..EventFilter::default()
    };
    let events = Exports::Events(filter);
    let said = export(&worker, order(events.clone(), "a.jsonl", Bound::Head));
    assert_eq!(said.as_deref(), Ok("7 events"));
    assert_eq!(read("a.jsonl").lines().count(), 7);
    export(&worker, order(events.clone(), "a.json", Bound::Head)).expect("written");
    let list: Vec<serde_json::Value> = serde_json::from_str(&read("a.json")).expect("JSON");
    assert_eq!(list.len(), 7);
    export(&worker, order(events.clone(), "a.csv", Bound::Head)).expect("written");
    let mut reader = csv::Reader::from_path(folder.path().join("a.csv")).expect("written");
    assert_eq!(reader.records().filter(Result::is_ok).count(), 7);

    // As of the cursor, and over what was there.
    let first = of_type(&log, "RefundIssued")[0];
    let again = order(events.clone(), "a.jsonl", Bound::Event(first));
    let refused = export(&worker, again.clone()).expect_err("not unasked");
    assert!(refused.contains("is there already"), "{refused}");
    assert_eq!(read("a.jsonl").lines().count(), 7);
    let said = export(
        &worker,
        Export {
            existing: Existing::Replaced,
            ..again
        },
    );
    assert_eq!(said.as_deref(), Ok("1 event"));
    assert_eq!(read("a.jsonl").lines().count(), 1);

    let streams = Exports::Streams(StreamsWanted::default());
    export(&worker, order(streams, "s.csv", Bound::Head)).expect("written");
    assert_eq!(read("s.csv").lines().count(), log.streams().len() + 1);
    let stream = log.streams().find("order-1042").expect("in the sample");
    let state = Exports::State(asof::model::StreamIx(stream));
    export(&worker, order(state, "order.json", Bound::Head)).expect("written");
    let state: serde_json::Value = serde_json::from_str(&read("order.json")).expect("JSON");
    assert_eq!(state["status"], "completed");

    // Never the store itself, and nothing is left lying about.
    let mut onto = order(events, "x.db", Bound::Head);
    onto.path = ORDERS.into();
    let refused = export(&worker, onto).expect_err("refused");
    assert!(refused.contains("is never written"), "{refused}");
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 5);
}
