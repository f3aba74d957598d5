//! The Lag view as a user meets it: consumers sorted by trouble as of the cursor, one that is looked into,
//! and the further pages.

mod common;
#[path = "gui_lag/pages.rs"]
mod pages;
#[path = "simulate/store.rs"]
#[allow(dead_code, clippy::unwrap_used)]
mod store;

use std::path::Path;

use asof::gui::App;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, SnapshotResults};

use std::sync::Arc;

use asof::analysis::lag::{Note, Sample};
use asof::log::{Mark, Marked};
use asof::model::time::{Span, Zone};
use asof::model::{Position, Timestamp};
use asof::simulate::{Dose, Fault, Faults, Scenario};
use asof::workspace::{StorePath, Workspace};
use common::{can_draw, click, drawn, move_to, open_app, open_app_in, open_view, sample, settle};

const ORDERS: &str = "orders.db";
const USERS: &str = "users.json";

fn lag(store: &str) -> Harness<'static, App> {
    open_view(store, "Lag")
}

/// While it was stalled, by the truth.
const STALLED: &str = "2024-11-15 06:37:24.018896";

#[test]
fn the_worst_is_first_and_says_what_holds_it_up() {
    let mut harness = lag(ORDERS);
    harness.get_by_label("7 consumers, worst first");
    move_to(&mut harness, STALLED);
    let report = harness
        .state()
        .model()
        .answers
        .lag
        .current()
        .expect("measured");
    assert_eq!(report.consumers[0].name, "sales-report");
    click(
        &mut harness,
        Role::Button,
        "sales-report: Stalled, 23 events",
    );
    harness.get_by_label("It stands before this event");
    harness.get_by_label("stands before #258 ShipmentDispatched");
    harness.get_by_label("exact");
    click(&mut harness, Role::Button, "Close the pane of the consumer");
    assert!(
        harness
            .query_by_label("It stands before this event")
            .is_none()
    );
    // The same consumer two days later.
    move_to(&mut harness, "2024-11-20");
    let report = harness
        .state()
        .model()
        .answers
        .lag
        .current()
        .expect("measured");
    let own = report
        .consumers
        .iter()
        .find(|own| own.name == "sales-report");
    assert_eq!(
        own.and_then(|own| own.status),
        Some(asof::analysis::lag::Status::Ok)
    );
}

#[test]
fn a_relay_that_publishes_nothing_is_named_where_consumers_wait_for_it() {
    let faults = Faults::none().with(Fault::RelayOutage, Dose::Count(2));
    let store = store::simulate(Scenario::OrdersChoreographed, 2500, 5, faults);
    let mut harness = open_app(&store.path);
    settle(&mut harness);
    click(&mut harness, Role::Button, "Lag");
    settle(&mut harness);
    let report = harness.state().model().answers.lag.current();
    let outbox = report.and_then(|report| report.outbox.clone());
    let outages = outbox.expect("an outbox").outages;
    let longest = (outages.iter()).max_by_key(|outage| outage.to.expect("over") - outage.from);
    let to = longest.and_then(|outage| outage.to).expect("an outage");
    let near = to.saturating_sub(Span::from_secs(60));
    move_to(&mut harness, &near.to_string());
    let report = harness.state().model().answers.lag.current();
    let hold = report.expect("measured").relay.clone();
    let hold = hold.expect("consumers that wait for the relay");
    assert!(!hold.consumers.is_empty() && hold.pending > 0, "{hold:?}");
    let sentence = format!("{}.", asof::render::relay(&hold, Zone::Utc));
    harness.get_by_label(&sentence);
    click(&mut harness, Role::Link, "The outbox");
    harness.get_by_label("Messages that waited in the outbox over time");
    // The part that waits says since when.
    click(&mut harness, Role::RadioButton, "Pipeline");
    let waits = format!("{} wait, the oldest for ", hold.pending);
    let relay = harness.query_by_label_contains(&waits);
    assert!(relay.is_some(), "{waits}");
}

#[test]
fn scales_and_stretches_can_be_chosen() {
    let mut harness = lag(ORDERS);
    move_to(&mut harness, STALLED);
    let stretch = |harness: &Harness<'_, App>| {
        let charts = harness.state().model().answers.lag_charts.current();
        charts.expect("measured").stretch.expect("times")
    };
    let all = stretch(&harness);
    click(&mut harness, Role::RadioButton, "Events");
    click(&mut harness, Role::RadioButton, "1 day");
    let day = stretch(&harness);
    assert_eq!((day.1 - day.0).micros(), 86_400_000_000);
    assert!(all.0 < day.0 && day.1 < all.1);
    let now = harness.state().model().cursor.time().expect("a time");
    assert!(day.0 < now && now < day.1);
}

#[test]
fn delays_and_rereads_are_of_the_selected_consumer() {
    let mut harness = lag(ORDERS);
    click(&mut harness, Role::RadioButton, "Distribution");
    harness.get_by_label("Share of events that took no longer");
    click(&mut harness, Role::RadioButton, "mailer");
    harness.get_by_label("How long mailer takes");
    let (asked, delays) = harness
        .state()
        .model()
        .answers
        .delays
        .known()
        .expect("measured");
    let figures = delays.figures.expect("history");
    assert!(figures.count > 500 && figures.p50_ms <= figures.p95_ms);
    assert!(delays.ecdf.is_sorted_by(|a, b| a.0 <= b.0 && a.1 <= b.1));
    let consumer = asked.consumer.clone();
    click(&mut harness, Role::RadioButton, "Read your writes");
    harness.get_by_label("What a remedy costs on these data");
    let (asked, delays) = harness
        .state()
        .model()
        .answers
        .delays
        .known()
        .expect("measured");
    assert_eq!(asked.consumer, consumer);
    assert!(delays.missed.is_sorted_by(|a, b| a.share >= b.share));
    assert_eq!(delays.remedies.len(), 4);
}

#[test]
fn the_way_the_outbox_and_the_dead_letters_are_as_of_the_cursor() {
    let mut harness = lag(ORDERS);
    click(&mut harness, Role::RadioButton, "Pipeline");
    let stages = harness
        .state()
        .model()
        .answers
        .stages
        .current()
        .expect("measured");
    // The outbox, the relay, the broker and five consumers that note what they have processed.
    assert_eq!(stages.len(), 8, "{stages:?}");
    harness.get_by_label(
        "Delivered by the broker: within the time of each consumer, not held by this store",
    );
    click(&mut harness, Role::RadioButton, "Outbox");
    harness.get_by_label("Messages that waited in the outbox over time");
    click(&mut harness, Role::RadioButton, "Dead letters");
    harness.get_by_role_and_label(Role::Table, "Dead letters");
    let letters = |harness: &Harness<'_, App>| {
        let report = harness.state().model().answers.lag.current();
        report.expect("measured").dead_letters.len()
    };
    assert_eq!(letters(&harness), 3);
    select_letter(&mut harness);
    harness.get_by_label("gave up on this event");
    harness.get_by_label("#819");
    let error =
        "unsupported Unicode escape sequence: \\u0000 cannot be converted to text, mailer, 3";
    click(&mut harness, Role::RadioButton, error);
    move_to(&mut harness, "2024-11-18");
    assert_eq!(letters(&harness), 0);
    harness.get_by_label("No consumer has given up on an event at the cursor");
}

#[test]
fn a_store_that_tells_of_nobody_says_so() {
    let mut harness = lag(USERS);
    move_to(&mut harness, "2001");
    harness.get_by_label("Nothing in this store tells of a consumer at the cursor");
    click(&mut harness, Role::RadioButton, "Outbox");
    harness.get_by_label("This store holds no outbox");
}

#[test]
fn where_only_effects_tell_of_consumers_it_says_what_can_be_seen() {
    let mut harness = lag("rides.jsonl");
    assert!(
        harness
            .query_by_label_contains("nobody's lag is known")
            .is_some()
    );
    click(&mut harness, Role::Link, "How quickly they reacted");
    harness.get_by_label("Share of events that took no longer");
}

/// A store that keeps the present only: a hundred events, one a minute, and a consumer at the last.
fn of_the_present(folder: &Path) -> std::path::PathBuf {
    let store = folder.join("present.db");
    let db = rusqlite::Connection::open(&store).expect("a store");
    db.execute_batch(
        "CREATE TABLE events (
           position INTEGER PRIMARY KEY, stream TEXT NOT NULL, category TEXT NOT NULL, version INTEGER NOT NULL,
           type TEXT NOT NULL, schema_version INTEGER, event_id TEXT NOT NULL, recorded_at INTEGER NOT NULL,
           occurred_at INTEGER, correlation_id TEXT, causation_id TEXT, data TEXT NOT NULL, metadata TEXT
         );
         CREATE TABLE checkpoints (
           consumer TEXT NOT NULL, partition TEXT NOT NULL DEFAULT '', position INTEGER NOT NULL,
           updated_at INTEGER, categories TEXT, PRIMARY KEY (consumer, partition)
         );
         WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100)
         INSERT INTO events (position, stream, category, version, type, event_id, recorded_at, data)
           SELECT n, 'order-1', 'order', n, 'OrderPlaced', 'event-' || n, 1700000000000000 + n * 60000000, '{}' FROM n;
         INSERT INTO checkpoints (consumer, position) VALUES ('mailer', 100);",
    )
    .expect("events");
    store
}

#[test]
fn what_was_seen_while_following_is_known_the_next_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = of_the_present(folder.path());
    let workspace = Workspace::at(folder.path().join("home"));
    let minute = |n: i64| Timestamp::from_micros((1_700_000_000 + n * 60) * 1_000_000);
    let moved = |n: i64| {
        Note::Moved(Arc::new(Sample {
            file: 0,
            consumer: "mailer".to_owned(),
            partition: None,
            reached: Mark {
                application: None,
                event: Marked::Position(Position(n)),
            },
            written: None,
            seen: minute(n + 3),
        }))
    };
    let mut notes = vec![Note::Began(minute(20))];
    notes.extend((20..40).map(moved));
    notes.push(Note::Until(minute(43)));
    workspace
        .add_seen(&StorePath::of(&store), &notes)
        .expect("kept");
    let mut harness = open_app_in(&store, workspace);
    click(&mut harness, Role::Button, "Lag");
    click(&mut harness, Role::Button, "mailer: OK, caught up");
    move_to(&mut harness, "#33");
    harness.get_by_label("sampled");
    harness.get_by_label("from samples taken while following");
    harness.get_by_label("mailer: Warning, 3 events");
    // Nobody looked then.
    move_to(&mut harness, "#60");
    harness.get_by_label("unknown");
    harness.get_by_label("this store does not tell of the cursor's moment");
}

/// A store with so many consumers, as the bundled one has seven; each has what its model has beside it.
fn with_consumers(folder: &Path, count: u32) -> std::path::PathBuf {
    let store = folder.join("consumers.db");
    std::fs::copy(sample(ORDERS), &store).expect("a copy");
    let db = rusqlite::Connection::open(&store).expect("a store");
    let sql = format!(
        "CREATE TEMP TABLE own AS
           SELECT consumer, row_number() OVER (ORDER BY consumer = 'sales-report' DESC, consumer) - 1 AS at
           FROM checkpoints;
         CREATE TEMP TABLE made AS
           WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < {count})
           SELECT own.consumer AS consumer, own.consumer || '-' || (1 + n / 7) AS name FROM n JOIN own ON own.at = n % 7;
         CREATE TEMP TABLE history AS SELECT * FROM checkpoint_history;
         CREATE TEMP TABLE now AS SELECT * FROM checkpoints;
         CREATE TEMP TABLE done AS SELECT * FROM processed_events;
         CREATE TEMP TABLE dead AS SELECT * FROM dead_letters;
         DELETE FROM checkpoint_history; DELETE FROM checkpoints;
         DELETE FROM processed_events; DELETE FROM dead_letters;
         INSERT INTO checkpoint_history SELECT made.name, partition, position, at FROM history JOIN made USING (consumer);
         INSERT INTO checkpoints SELECT made.name, partition, position, updated_at, categories FROM now JOIN made USING (consumer);
         INSERT INTO processed_events SELECT made.name, event_id, processed_at FROM done JOIN made USING (consumer);
         INSERT INTO dead_letters SELECT made.name, event_id, error, attempts, at FROM dead JOIN made USING (consumer);"
    );
    db.execute_batch(&sql).expect("consumers");
    store
}

/// What is drawn: a store with so many consumers, as of a moment, and what is done there.
struct Picture {
    name: &'static str,
    consumers: u32,
    at: &'static str,
    steps: fn(&mut Harness<'_, App>),
}

const PICTURES: [Picture; 8] = [
    Picture {
        name: "lag_3",
        consumers: 3,
        at: STALLED,
        steps: |h| click(h, Role::Button, "sales-report-1: Stalled, 23 events"),
    },
    Picture {
        name: "lag_30",
        consumers: 30,
        at: STALLED,
        steps: |_| {},
    },
    Picture {
        name: "lag_100",
        consumers: 100,
        at: STALLED,
        steps: |_| {},
    },
    Picture {
        name: "lag_distribution",
        consumers: 30,
        at: "2024-12-02 12:00",
        steps: |h| {
            click(h, Role::RadioButton, "Distribution");
            click(h, Role::RadioButton, "payment-service-2");
        },
    },
    Picture {
        name: "lag_reread",
        consumers: 3,
        at: "2024-12-02 12:00",
        steps: |h| click(h, Role::RadioButton, "Read your writes"),
    },
    Picture {
        name: "lag_pipeline",
        consumers: 100,
        at: "2024-12-02 12:00",
        steps: |h| click(h, Role::RadioButton, "Pipeline"),
    },
    Picture {
        name: "lag_outbox",
        consumers: 7,
        at: "2024-12-02 12:00",
        steps: |h| click(h, Role::RadioButton, "Outbox"),
    },
    Picture {
        name: "lag_letters",
        consumers: 7,
        at: "2024-12-14 12:00",
        steps: |h| {
            click(h, Role::RadioButton, "Dead letters");
            select_letter(h);
        },
    },
];

/// Selects the newest dead letter.
fn select_letter(harness: &mut Harness<'_, App>) {
    let rows = harness.query_all_by_role(Role::Row);
    let names = rows.filter_map(|row| row.accesskit_node().label());
    let name = names.into_iter().find(|name| name.contains("Unicode"));
    click(harness, Role::Row, &name.expect("a letter"));
}

fn draw(picture: &Picture, theme: egui::Theme) -> egui_kittest::SnapshotResult {
    let folder = tempfile::tempdir().expect("a folder");
    let store = with_consumers(folder.path(), picture.consumers);
    let mut harness = drawn(vec![store], theme, [1440.0, 900.0]);
    click(&mut harness, Role::Button, "Lag");
    move_to(&mut harness, picture.at);
    (picture.steps)(&mut harness);
    settle(&mut harness);
    let theme = match theme {
        egui::Theme::Dark => "dark",
        egui::Theme::Light => "light",
    };
    harness.try_snapshot(format!("{}_{theme}", picture.name))
}

#[test]
fn few_and_many_consumers_and_all_pages_look_as_they_did() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    for picture in &PICTURES {
        for theme in [egui::Theme::Dark, egui::Theme::Light] {
            results.add(draw(picture, theme));
        }
    }
}
