//! The Lag view as a user meets it: consumers sorted by trouble as of the cursor, one that is looked into,
//! and the further pages.

mod common;

use std::path::Path;

use asof::gui::App;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use egui_kittest::{Harness, SnapshotResults};

use common::{can_draw, click, drawn, move_to, open_view, sample};

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
    harness.get_by_label("It does not get past one event");
    harness.get_by_label("exact");
    click(&mut harness, Role::Button, "Close the pane of the consumer");
    assert!(
        harness
            .query_by_label("It does not get past one event")
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
    let consumer = asked.consumer;
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
    assert!(stages.len() >= 4, "{stages:?}");
    click(&mut harness, Role::RadioButton, "Outbox");
    harness.get_by_label("Messages that waited in the outbox over time");
    click(&mut harness, Role::RadioButton, "Dead letters");
    harness.get_by_role_and_label(Role::Table, "Dead letters");
    let letters = |harness: &Harness<'_, App>| {
        let report = harness.state().model().answers.lag.current();
        report.expect("measured").dead_letters.len()
    };
    assert_eq!(letters(&harness), 3);
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

/// A store with so many consumers, as the bundled one has seven.
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
         DELETE FROM checkpoint_history; DELETE FROM checkpoints;
         DELETE FROM processed_events; DELETE FROM dead_letters;
         INSERT INTO checkpoint_history SELECT made.name, partition, position, at FROM history JOIN made USING (consumer);
         INSERT INTO checkpoints SELECT made.name, partition, position, updated_at, categories FROM now JOIN made USING (consumer);"
    );
    db.execute_batch(&sql).expect("consumers");
    store
}

#[test]
fn few_and_many_consumers_look_as_they_did() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (count, theme, name) in [
        (3, egui::Theme::Dark, "lag_3_dark"),
        (3, egui::Theme::Light, "lag_3_light"),
        (30, egui::Theme::Dark, "lag_30_dark"),
        (30, egui::Theme::Light, "lag_30_light"),
        (100, egui::Theme::Dark, "lag_100_dark"),
        (100, egui::Theme::Light, "lag_100_light"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let store = with_consumers(folder.path(), count);
        let mut harness = drawn(vec![store], theme, [1440.0, 900.0]);
        click(&mut harness, Role::Button, "Lag");
        move_to(&mut harness, STALLED);
        if count == 3 {
            click(
                &mut harness,
                Role::Button,
                "sales-report-1: Stalled, 23 events",
            );
        }
        results.add(harness.try_snapshot(name));
    }
}
