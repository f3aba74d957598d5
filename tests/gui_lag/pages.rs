//! The pages of the Lag view: each is exported as it is, and gone to by its name.

use std::sync::Arc;

use asof::gui::App;
use asof::worker::{Existing, Export, ExportFormat, Slot, Worker};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::common::{click, move_to, open_app, sample, settle};
use super::{ORDERS, STALLED, lag};

/// What an export of the page that is shown writes, in a form.
fn exported(harness: &Harness<'_, App>, ending: &str) -> (String, String) {
    let (what, _) = harness.state().exports().expect("something to write");
    let model = harness.state().model();
    let session = model.session.as_ref().expect("open");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(format!("page.{ending}"));
    let wake: asof::worker::Wake = Arc::new(|| {});
    let worker = Worker::start(&wake).expect("threads");
    let mut slot = Slot::default();
    let export = Export {
        subject: session.subject(),
        what,
        cut: *model.cursor.cut(),
        format: ExportFormat::of(&path),
        path: path.clone(),
        existing: Existing::Spared,
        store: session.opened.paths.clone(),
    };
    slot.ask(&worker, export);
    while slot.is_pending() {
        slot.poll();
        std::thread::yield_now();
    }
    let file = slot.get().expect("ended").as_ref().expect("written");
    let text = std::fs::read_to_string(path).expect("there");
    (file.what.clone(), text)
}

#[test]
fn each_page_is_exported_as_it_is() {
    let mut harness = lag(ORDERS);
    move_to(&mut harness, STALLED);
    let (what, csv) = exported(&harness, "csv");
    assert_eq!(what, "7 consumers");
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let head = reader.headers().expect("a head").clone();
    let worst = reader.records().next().expect("a row").expect("whole");
    let of = |name: &str| {
        let at = head.iter().position(|own| own == name).expect(name);
        &worst[at]
    };
    // In milliseconds and events a second: plain numbers.
    assert_eq!((of("name"), of("status")), ("sales-report", "stalled"));
    assert!(of("lag_ms").parse::<i64>().expect("a number") > 600_000);
    assert!(of("throughput").parse::<f64>().is_ok(), "{worst:?}");
    assert_eq!(
        (of("blocking_event"), of("cause"), of("partition")),
        ("258", "", "")
    );
    for (page, written, head, least) in [
        (
            "Distribution",
            "Delays of",
            "consumer,partition,share,took_ms",
            500,
        ),
        (
            "Read your writes",
            "What readers missed of",
            "consumer,partition,after_ms,share_missed",
            500,
        ),
        (
            "Pipeline",
            "8 parts of the way of events",
            "stage,consumer,since,count,p50_ms,p95_ms,p99_ms,most_ms,waiting,oldest",
            9,
        ),
        (
            "Outbox",
            "",
            "position,stream,version,type,created_at,published_at,status,attempts",
            100,
        ),
        (
            "Dead letters",
            "0 dead letters",
            "at,consumer,position,stream,type,attempts,consumer_position,error",
            1,
        ),
    ] {
        click(&mut harness, Role::RadioButton, page);
        let (what, csv) = exported(&harness, "csv");
        assert!(what.starts_with(written), "{what}");
        assert_eq!(csv.lines().next(), Some(head));
        assert!(
            csv.lines().count() >= least,
            "{page}: {}",
            csv.lines().count()
        );
        let (_, json) = exported(&harness, "json");
        serde_json::from_str::<serde_json::Value>(&json).expect("JSON");
    }
}

#[test]
fn pages_are_gone_to_by_name_and_escape_closes_a_consumer() {
    let mut harness = open_app(&sample(ORDERS));
    let go = |harness: &mut Harness<'_, App>, name: &str| {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
        settle(harness);
        harness.event(Event::Text(name.to_owned()));
        settle(harness);
        harness.key_press(Key::Enter);
        settle(harness);
    };
    go(&mut harness, "pipeline");
    harness.get_by_label(
        "Delivered by the broker: within the time of each consumer, not held by this store",
    );
    go(&mut harness, "dead letters");
    harness.get_by_role_and_label(Role::Table, "Dead letters");
    click(&mut harness, Role::RadioButton, "Lag");
    click(&mut harness, Role::Button, "mailer: OK, caught up");
    let pane = "Close the pane of the consumer";
    harness.get_by_role_and_label(Role::Button, pane);
    // A dialog over it goes first.
    harness.key_press(Key::F1);
    settle(&mut harness);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, pane);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert!(
        harness
            .query_by_role_and_label(Role::Button, pane)
            .is_none()
    );
}
