//! A projection beside what else there is: consumers, a read model, upcasters, the state of a stream.

use super::*;

#[test]
fn as_a_consumer_it_stands_at_the_checkpoint_and_says_how_stale_it_is() {
    let mut window = projections("bank.db");
    move_to(&mut window, "#900");
    press(&mut window, Key::Enter);
    click(&mut window, Role::Button, "Seen by");
    // What the kinds mean stands where they are chosen.
    window.get_by_label("Follows the events; stale by what it has not processed");
    click(&mut window, Role::Button, "fraud-check (asynchronous)");
    let told = window.query_all_by_label_contains("stale by 1 event");
    assert!(told.count() > 0, "{:?}", window.root());
    let then = results(&window);
    move_to(&mut window, "#896");
    click(&mut window, Role::Button, "Seen by");
    click(&mut window, Role::Button, "the cursor (synchronous)");
    assert_eq!(results(&window), then);
    assert_eq!(then, expected(&window, "balances.js"));
}

#[test]
fn a_store_without_consumers_says_so_where_they_would_be_chosen() {
    let mut window = projections("users.json");
    press(&mut window, Key::Enter);
    click(&mut window, Role::Button, "Seen by");
    window.get_by_label("No consumer stores a checkpoint in this store");
}

/// The bank, but one balance is wrong, one row is not there, and one should not be.
fn drifted() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("room");
    let path = folder.path().join("bank.db");
    std::fs::copy(sample("bank.db"), &path).expect("copied");
    let store = rusqlite::Connection::open(&path).expect("a database");
    let changes = "UPDATE account_balances SET balance = 1 WHERE account_id = 'account-77';
                   DELETE FROM account_balances WHERE account_id = 'account-60';
                   INSERT INTO account_balances VALUES ('account-00', 'Nobody', 'active', 0, 0);";
    store.execute_batch(changes).expect("changed");
    (folder, path)
}

fn choose_table(window: &mut Window) {
    click(window, Role::Tab, "Read model");
    click(window, Role::Button, "Table");
    click(window, Role::Button, "account_balances");
    window.get_by_role_and_label(Role::Button, "Key column");
}

#[test]
fn a_read_model_is_compared_row_by_row_with_the_events_since_when() {
    let (_folder, path) = drifted();
    let mut window = open_app(&path);
    click(&mut window, Role::Button, "Projections");
    press(&mut window, Key::Enter);
    choose_table(&mut window);
    click(&mut window, Role::Button, "Compare");
    window.get_by_label_contains("20 rows against #1,589: 1 missing, 1 extra, 1 different");
    row_beginning(&window, "missing account-60");
    row_beginning(&window, "extra account-00");
    let different = row_beginning(&window, "different account-77 balance 1251.51 1");
    assert!(different.contains('#'), "since when: {different}");
    // A table has no past.
    move_to(&mut window, "#500");
    window.get_by_label("A table is as it is now: move to the head to compare it");
    click(&mut window, Role::Button, "Go to the head");
    row_beginning(&window, "extra account-00");
}

#[test]
fn tables_that_the_store_is_read_from_stand_behind_its_read_models() {
    let mut window = projections("bank.db");
    press(&mut window, Key::Enter);
    click(&mut window, Role::Tab, "Read model");
    click(&mut window, Role::Button, "Table");
    let top = |name| {
        window
            .get_by_role_and_label(Role::Button, name)
            .rect()
            .min
            .y
    };
    for behind in ["checkpoints", "events", "outbox", "snapshots"] {
        assert!(top("account_balances") < top(behind), "{behind}");
    }
}

#[test]
fn what_came_of_a_trial_is_told_of_that_definition_only() {
    let mut window = projections("bank.db");
    press(&mut window, Key::Enter);
    click(&mut window, Role::Tab, "A | B");
    click(&mut window, Role::Button, "Second definition");
    click(&mut window, Role::Button, "withdrawals.json");
    assert!(
        window
            .query_all_by_label_contains("partitions differ")
            .count()
            > 0
    );
    write(&mut window, "fromAll().when({ $any(s, e) {} })");
    let told = window.query_all_by_label_contains("Before the last edit: ");
    assert!(told.count() > 0);
    click(&mut window, Role::Tab, "withdrawals.json");
    assert_eq!(
        window
            .query_all_by_label_contains("partitions differ")
            .count(),
        0
    );
    window.get_by_label("Choose a second definition to see which partitions it changes");
}

#[test]
fn a_read_model_that_is_right_is_said_to_be() {
    let mut window = projections("bank.db");
    press(&mut window, Key::Enter);
    choose_table(&mut window);
    click(&mut window, Role::Button, "Compare");
    window.get_by_label("Every row is as the projection has it");
}

const UPCASTS: &str = "upcast({ AccountOpened: { 1: e => ({ ...e.data, is_old: true }) } });
fromCategory('account').foreachStream().when({
  $init: () => ({ old: false }),
  AccountOpened(s, e) { s.old = e.data.is_old === true },
  MoneyDeposited(s, e) { s.old = s.old },
})";

#[test]
fn an_event_that_an_upcaster_changes_is_shown_stored_and_upcast() {
    let mut window = projections("bank.db");
    begin(&mut window, UPCASTS);
    find(&mut window, "account-77");
    select(&mut window, "account-77");
    click(&mut window, Role::Button, "First event of the partition");
    click(&mut window, Role::RadioButton, "Stored | upcast");
    window.get_by_role_and_label(Role::ColumnHeader, "Stored, schema version 1");
    window.get_by_role_and_label(Role::ColumnHeader, "Upcast to 2   +1 added");
    row_beginning(&window, "is_old true");
    click(&mut window, Role::RadioButton, "Before | after");
    window.get_by_role_and_label(Role::ColumnHeader, "State before: none");
    // An event that none changes has nothing to choose.
    click(&mut window, Role::Button, "Next event of the partition");
    let choice = window.query_by_role_and_label(Role::RadioButton, "Stored | upcast");
    assert!(choice.is_none());
}

#[test]
fn the_state_of_a_stream_is_folded_by_a_projection_where_one_is_chosen() {
    let mut window = projections("bank.db");
    press(&mut window, Key::Enter);
    find(&mut window, "account-77");
    select(&mut window, "account-77");
    move_to(&mut window, "#900");
    let wanted = expected(&window, "balances.js")["account-77"].clone();
    click(&mut window, Role::Button, "State");
    let state = |window: &Window| {
        let found = window.state().model().answers.state.current();
        found.expect("folded").at.tree().to_value()
    };
    let merged = state(&window);
    assert_ne!(merged, wanted);
    click(&mut window, Role::Button, "Folded by");
    click(&mut window, Role::Button, "balances.js");
    assert_eq!(state(&window), wanted);
    // Which event set a field is told as ever, and it follows the cursor.
    let found = window.state().model().answers.state.current().cloned();
    let found = found.expect("folded");
    let bookings = found.at.tree().node("/bookings").expect("a field");
    let set_by = found.log.position(bookings.blame().set_by).0;
    assert!(set_by > 0 && set_by <= 900, "{set_by}");
    move_to(&mut window, "#1200");
    let wanted = expected(&window, "balances.js")["account-77"].clone();
    assert_eq!(state(&window), wanted);
    move_to(&mut window, "#900");
    click(&mut window, Role::Button, "Folded by");
    click(&mut window, Role::Button, "default fold (merge)");
    assert_eq!(state(&window), merged);
}

#[test]
fn tables_of_another_file_stand_beside_those_of_the_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("people.db");
    let database = rusqlite::Connection::open(&file).expect("a database");
    let people = "create table people (id text primary key, name text);
                  insert into people values ('account-77', 'Ada');";
    database.execute_batch(people).expect("a table");
    drop(database);
    let mut window = projections("bank.db");
    let looks_up = "fromCategory('account').foreachStream().when({
        $any(s, e) { s.name = (lookup('people', e.streamId) || {}).name },
      })";
    begin(&mut window, looks_up);
    window
        .query_all_by_label_contains("there is no table people")
        .next()
        .expect("told before the run");
    press(&mut window, Key::K);
    window.event(egui::Event::Text("attach tables by path".to_owned()));
    settle(&mut window);
    window.key_press(Key::Enter);
    settle(&mut window);
    let field = window.get_by_role_and_label(Role::TextInput, "Path of a SQLite file");
    field.focus();
    field.type_text(&file.display().to_string());
    settle(&mut window);
    window.key_press(Key::Enter);
    settle(&mut window);
    settle(&mut window);
    press(&mut window, Key::Enter);
    assert_eq!(results(&window)["account-77"]["name"], "Ada");
    click(&mut window, Role::Tab, "Read model");
    click(&mut window, Role::Button, "Table");
    click(&mut window, Role::Button, "people");
    window.get_by_label("Press Compare to see which rows of the table are not right");
}

#[test]
fn what_json_has_no_words_for_is_told_beside_the_results() {
    let mut window = projections("bank.db");
    begin(
        &mut window,
        "fromAll().when({ $any(s, e) { s.mean = NaN; s.by = new Map(); } })",
    );
    let told = window.query_all_by_label_contains("2 values are no JSON");
    assert!(told.count() > 0);
    click(&mut window, Role::Tab, "Emitted");
    click(&mut window, Role::RadioButton, "No JSON 2");
    row_beginning(&window, "1,589 all mean NaN, told as null");
}
