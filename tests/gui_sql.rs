//! The SQL view as a user meets it: an example that is clicked, a statement that is typed, a mistake
//! that is shown with its place, the cursor that moves under an answer.

mod common;

use std::time::{Duration, Instant};

use asof::gui::App;
use asof::gui::model::View;
use asof::worker::{Existing, Export, ExportFormat, Exports, Slot, Unanswered, Worker};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use common::{click, move_to, open_view, settle};

fn sql() -> Harness<'static, App> {
    open_view("orders.db", "SQL")
}

/// Puts a statement in place of the one that stands there.
fn write(harness: &mut Harness<'_, App>, statement: &str) {
    let field = harness.get_by_role_and_label(Role::MultilineTextInput, "Statement");
    field.focus();
    settle(harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    settle(harness);
    let field = harness.get_by_role_and_label(Role::MultilineTextInput, "Statement");
    field.type_text(statement);
    settle(harness);
}

/// The same, and runs it by the keys.
fn run(harness: &mut Harness<'_, App>, statement: &str) {
    write(harness, statement);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    settle(harness);
}

#[test]
fn an_example_is_a_click_away() {
    let mut harness = sql();
    harness.get_by_label("Ask the store in SQL, as of the cursor");
    click(&mut harness, Role::Button, "Events by type");
    let told = harness.state().model().answers.sql.current();
    let answer = &told.expect("answered").as_ref().expect("no mistake").answer;
    assert_eq!(answer.columns, ["type", "events", "streams"]);
    let rows = answer.rows.len();
    harness.get_by_label(&format!("{rows} rows"));
    // No time, no plot.
    assert!(
        harness
            .query_by_role_and_label(Role::RadioButton, "Over time")
            .is_none()
    );
    click(&mut harness, Role::Button, "Examples");
    click(&mut harness, Role::Button, "Events per day");
    click(&mut harness, Role::RadioButton, "Over time");
    click(&mut harness, Role::RadioButton, "Rows");
}

#[test]
fn a_statement_is_as_of_the_cursor_and_mistakes_say_where() {
    let mut harness = sql();
    run(&mut harness, "select count(*) as n from events");
    harness.get_by_role_and_label(Role::Row, "1663");
    move_to(&mut harness, "#100");
    let known = harness.state().model().cursor.cut().count();
    harness.get_by_role_and_label(Role::Row, &known.to_string());

    run(&mut harness, "select nope\nfrom events");
    // Where the rows would stand.
    harness.get_by_label("Line 1, column 8: no such column: nope");
    run(&mut harness, "delete from events");
    harness.get_by_label("Only reading is possible here, and this would write");
    run(&mut harness, "select 1 as a, 2 as a, null");
    harness.get_by_role_and_label(Role::Row, "1 2 null");
    assert!(
        harness
            .query_by_label("Only reading is possible here, and this would write")
            .is_none()
    );
}

#[test]
fn what_is_left_out_is_said_and_a_row_leads_to_its_event() {
    let mut harness = sql();
    run(
        &mut harness,
        "select a.position from events a, events b limit 10001",
    );
    harness.get_by_label("These are the first 10,000 rows; an export has all of them");
    run(
        &mut harness,
        "select position, type from events where type = 'OrderCancelled' limit 1",
    );
    harness.get_by_label("1 row");
    let told = harness.state().model().answers.sql.current();
    let told = told.expect("answered").as_ref().expect("no mistake");
    let asof::sql::Value::Integer(position) = told.answer.rows[0][0] else {
        panic!("{:?}", told.answer.rows);
    };
    let row = format!("{position} OrderCancelled");
    harness.get_by_role_and_label(Role::Row, &row).click();
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    let model = harness.state().model();
    assert_eq!(model.view, View::State);
    let event = model.selection.event.expect("selected");
    assert_eq!(model.log().expect("open").position(event).0, position);
}

#[test]
fn what_never_ends_can_be_called_off() {
    let mut harness = sql();
    run(&mut harness, "select 1");
    let endless =
        "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n";
    write(&mut harness, endless);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    let deadline = Instant::now() + Duration::from_secs(30);
    while harness
        .query_by_role_and_label(Role::Button, "Cancel")
        .is_none()
    {
        assert!(Instant::now() < deadline, "nothing to cancel");
        harness.step();
        std::thread::yield_now();
    }
    // Nothing of the statement before stands there for this one.
    assert!(harness.query_by_role_and_label(Role::Row, "1").is_none());
    click(&mut harness, Role::Button, "Cancel");
    let unanswered = harness.state().model().answers.sql.unanswered();
    assert_eq!(unanswered, Some(&Unanswered::Cancelled));
    run(&mut harness, "select 2");
    harness.get_by_role_and_label(Role::Row, "2");
}

#[test]
fn an_export_is_what_the_terminal_prints() {
    let harness = sql();
    let model = harness.state().model();
    let session = model.session.as_ref().expect("open");
    let folder = tempfile::tempdir().expect("a folder");
    let wake: asof::worker::Wake = std::sync::Arc::new(|| {});
    let worker = Worker::start(&wake).expect("threads");
    let written = |name: &str, statement: &str| {
        let path = folder.path().join(name);
        let mut slot = Slot::default();
        let export = Export {
            subject: session.subject(),
            what: Exports::Sql(statement.to_owned()),
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
        let exported = slot.get().expect("ended").as_ref();
        exported
            .map(|exported| {
                (
                    exported.what.clone(),
                    std::fs::read_to_string(path).expect("there"),
                )
            })
            .map_err(ToString::to_string)
    };
    let two = "select position, type, null as n from events limit 2";
    let expected = "position,type,n\n1,OrderPlaced,\n2,StockReserved,\n";
    let (what, csv) = written("rows.csv", two).expect("written");
    assert_eq!((what.as_str(), csv.lines().count()), ("2 rows", 3));
    assert!(csv.starts_with(&expected[..18]), "{csv}");
    let (_, lines) = written("rows.jsonl", two).expect("written");
    assert!(lines.starts_with(r#"{"position":1,"type":""#), "{lines}");
    let (_, report) = written("rows.json", two).expect("written");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["columns"].as_array().expect("columns").len(), 3);
    assert!(report["as_of"]["position"].is_i64());
    let refused = written("no.csv", "delete from events").expect_err("refused");
    assert!(refused.starts_with("only reading"), "{refused}");
    assert!(!folder.path().join("no.csv").exists());
}
