//! What must be in sight and in its place in windows of the sizes that people have, and what several
//! files and stores that lack something look like.

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use asof::gui::App;
use asof::model::CategoryIx;
use asof::workspace::Workspace;
use common::{click, open_app, open_nothing, open_together, sample, settle};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

type Window = Harness<'static, App>;

const SIZES: [[f32; 2]; 3] = [[1280.0, 720.0], [1440.0, 900.0], [2560.0, 1440.0]];

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window);
}

fn resize(window: &mut Window, [width, height]: [f32; 2]) {
    window.set_size(vec2(width, height));
    settle(window);
}

fn rect(window: &Window, role: Role, name: &str) -> Rect {
    window.get_by_role_and_label(role, name).rect()
}

fn value(window: &Window, label: &str) -> String {
    window.get_by_label(label).value().unwrap_or_default()
}

/// Events without times and ids: places in the file are all there is.
fn positions_only(folder: &Path) -> PathBuf {
    let path = folder.join("notime.jsonl");
    let mut text = String::new();
    for n in 1..=30 {
        let (stream, version) = (n % 3, n / 3 + 1);
        let line = format!(
            r#"{{"stream":"s-{stream}","version":{version},"type":"Added","data":{{"n":{n}}}}}"#
        );
        writeln!(text, "{line}").expect("written");
    }
    std::fs::write(&path, text).expect("written");
    path
}

/// Events whose kinds stand under `kind`, in another file than usual.
fn kinds(folder: &Path) -> PathBuf {
    let path = folder.join("kinds.jsonl");
    let mut text = String::new();
    for n in 1..=12 {
        let (kind, event) = (["Opened", "Closed"][n % 2], ["Made", "Sold"][n / 2 % 2]);
        let line = format!(
            r#"{{"type":"{event}","kind":"{kind}","stream":"door-{}","time":"2024-01-01T00:00:{n:02}Z","data":{{"n":{n}}}}}"#,
            n % 3
        );
        writeln!(text, "{line}").expect("written");
    }
    std::fs::write(&path, text).expect("written");
    path
}

#[test]
fn several_files_are_told_of_one_by_one() {
    let files = vec![sample("users.json"), sample("bank.db")];
    let mut window = open_together(files, Workspace::none());
    let told = window.get_all_by_label("2 files, read as one");
    assert_eq!(told.count(), 2, "in the top bar and on the page");
    let users = "users.json: Stream of events (JSON), JSON object from stream to events, 99 % sure";
    assert!(
        window
            .get_by_role_and_label(Role::RadioButton, users)
            .accesskit_node()
            .toggled()
            .is_some()
    );
    window.get_by_label("How users.json is read");
    let bank = "bank.db: Asof sample, SQLite, 99 % sure";
    click(&mut window, Role::RadioButton, bank);
    window.get_by_label("Why we think so of bank.db");
    window.get_by_label("How bank.db is read");
    click(&mut window, Role::Button, "Correct…");
    assert_eq!(value(&window, "Source of event type"), "type");
    click(&mut window, Role::Button, "File");
    click(&mut window, Role::Button, "users.json");
    assert_eq!(value(&window, "Source of event type"), "/event_type");
}

#[test]
fn a_mapping_is_corrected_for_one_of_several_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let workspace = || Workspace::at(folder.path().join("workspace"));
    let files = vec![sample("users.json"), kinds(folder.path())];
    let mut window = open_together(files.clone(), workspace());
    let types = |window: &Window| -> Vec<String> {
        let log = window.state().model().log().expect("a log");
        log.types().iter().map(str::to_owned).collect()
    };
    assert!(types(&window).contains(&"Made".to_owned()));
    let kinds = window.get_all_by_role(Role::RadioButton);
    let kinds = kinds.rev().find(|node| {
        let label = node.accesskit_node().label();
        label.is_some_and(|label| label.starts_with("kinds.jsonl:"))
    });
    kinds.expect("a row").click();
    settle(&mut window);
    click(&mut window, Role::Button, "Correct…");
    let field = window.get_by_label("Source of event type");
    field.focus();
    settle(&mut window);
    press(&mut window, Modifiers::COMMAND, Key::A);
    window.event(egui::Event::Text("/kind".to_owned()));
    settle(&mut window);
    window.get_by_label_contains("#1 Closed");
    click(&mut window, Role::Button, "Save and read anew");
    let holds = |window: &Window| {
        let types = types(window);
        let has = |name: &str| types.iter().any(|own| own == name);
        has("Opened") && has("UserCreated") && !has("Made")
    };
    assert!(holds(&window), "{:?}", types(&window));
    drop(window);
    let window = open_together(files, workspace());
    assert!(holds(&window), "it is kept with the file that it is of");
}

#[test]
fn nothing_is_saved_that_makes_no_events() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notes.jsonl");
    let lines = (1..=9).map(|n| format!("{{\"headline\":\"Note number {n}\",\"text\":\"{n}\"}}\n"));
    std::fs::write(&path, lines.collect::<String>()).expect("written");
    let mut window = open_app(&path);
    window.get_by_label("Choose its columns…").click();
    settle(&mut window);
    let save = |window: &Window| {
        let save = window.get_by_role_and_label(Role::Button, "Save and read anew");
        !save.accesskit_node().is_disabled()
    };
    assert!(!save(&window), "nothing has a type");
    let fields = ["event type", "recorded time", "payload", "metadata"];
    let ends =
        fields.map(|role| rect(&window, Role::TextInput, &format!("Source of {role}")).right());
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
    window.get_by_label("Source of event type").focus();
    settle(&mut window);
    window.event(egui::Event::Text("headline".to_owned()));
    settle(&mut window);
    assert!(save(&window));
}

#[test]
fn all_samples_are_in_sight() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("none.txt");
    std::fs::write(&path, "no store at all").expect("written");
    for [width, height] in SIZES {
        let mut window = open_nothing(Workspace::none());
        resize(&mut window, [width, height]);
        let last = |window: &Window| rect(window, Role::Button, "Open sample carts.db");
        assert!(
            last(&window).bottom() <= height - 24.0,
            "{width} x {height}"
        );
        assert!(last(&window).height() >= 74.0);
    }
    let mut window = open_app(&path);
    window.get_by_label("Dismiss");
    resize(&mut window, [1440.0, 900.0]);
    let last = rect(&window, Role::Button, "Open sample carts.db");
    assert!(last.bottom() <= 876.0, "beside a notice: {last}");
}

#[test]
fn columns_that_a_store_does_not_hold_keep_no_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = open_app(&positions_only(folder.path()));
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    let heads = |window: &Window| -> Vec<String> {
        let heads = window.query_all_by_role(Role::ColumnHeader);
        heads
            .filter_map(|head| head.accesskit_node().label())
            .collect()
    };
    let shown = heads(&window);
    assert_eq!(shown, ["Position", "Event type", "Stream", "v", "Payload"]);
    click(&mut window, Role::Button, "Columns");
    let time = window.get_by_role_and_label(Role::CheckBox, "Column Time");
    assert!(time.accesskit_node().is_disabled());
    press(&mut window, Modifiers::COMMAND, Key::Num3);
    assert!(heads(&window).contains(&"First".to_owned()));
    // Another store has them again.
    let mut window = open_app(&sample("orders.db"));
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    assert!(heads(&window).contains(&"Correlation".to_owned()));
}

#[test]
fn between_positions_nothing_is_idle() {
    let folder = tempfile::tempdir().expect("a folder");
    let window = open_app(&positions_only(folder.path()));
    let gaps = |window: &Window| {
        let box_of = window.query_by_role_and_label(Role::CheckBox, "Collapse idle gaps");
        box_of.is_some()
    };
    assert!(!gaps(&window));
    let timeline = window.state().model().answers.timeline.current();
    let axis = &timeline.expect("counts").axis;
    assert_eq!((axis.from(), axis.to()), (-1, 30), "all of the plot");
    assert!(gaps(&open_app(&sample("orders.db"))));
}

#[test]
fn the_lane_of_a_stream_stands_apart_and_says_its_name() {
    let files = vec![sample("users.json"), sample("bank.db")];
    let mut window = open_together(files, Workspace::none());
    press(&mut window, Modifiers::COMMAND, Key::K);
    window.event(egui::Event::Text("account-77".to_owned()));
    settle(&mut window);
    press(&mut window, Modifiers::NONE, Key::Enter);
    let last = rect(&window, Role::Button, "card: 24 events as of the cursor");
    let own = rect(
        &window,
        Role::Label,
        "account-77: 44 events as of the cursor",
    );
    assert!(own.top() >= last.bottom() + 4.0, "{last} {own}");
}

#[test]
fn wide_windows_are_used() {
    let mut window = open_app(&sample("orders.db"));
    resize(&mut window, SIZES[2]);
    let category = rect(&window, Role::Button, "order 658 173 streams");
    assert!(category.right() > 2500.0, "the page ends at {category}");
    press(&mut window, Modifiers::COMMAND, Key::Num3);
    let head = window.get_by_role_and_label(Role::ColumnHeader, "Category");
    assert!(head.rect().left() < 640.0, "{}", head.rect());
    window.get_by_role_and_label(Role::ColumnHeader, "Last event");
}

/// Beside another view in a low window the overview has one column, in which no figure is cut.
#[test]
fn the_overview_beside_another_view_has_one_column() {
    let mut window = open_app(&sample("orders.db"));
    resize(&mut window, SIZES[0]);
    let figures = "Events at cursor 1,663 of 1,663";
    let alone = rect(&window, Role::Link, figures);
    let beside = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    press(&mut window, beside, Key::Num2);
    let own = rect(&window, Role::Link, figures);
    assert!(own.width() >= alone.width(), "{own} {alone}");
    let types = rect(&window, Role::Button, "OrderPlaced 173 10.4 %");
    let category = rect(&window, Role::Button, "order 658 173 streams");
    assert_eq!(types.left(), category.left());
}

#[test]
fn the_debug_readout_covers_nothing() {
    let mut window = open_app(&sample("orders.db"));
    press(&mut window, Modifiers::NONE, Key::F12);
    let readout = window.get_by_label_contains("worst").rect();
    assert!(readout.top() >= 876.0, "{readout}");
    let whole = window.get_by_label_contains("Whole store: ").rect();
    assert!(readout.left() >= whole.right(), "{readout} {whole}");
}

#[test]
fn categories_keep_their_colours_when_the_file_is_rewritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("shop.jsonl");
    let write = |kinds: &[&str]| {
        let line = |(n, kind): (usize, &&str)| {
            format!(
                r#"{{"stream":"{kind}-1","type":"Made","time":"2024-01-01T00:00:{n:02}Z","data":{{"n":{n}}}}}"#
            ) + "\n"
        };
        let text: String = kinds.iter().enumerate().map(line).collect();
        std::fs::write(&path, text).expect("written");
    };
    let colours = |window: &Window, kinds: &[&str]| -> Vec<usize> {
        let model = window.state().model();
        let categories = model.log().expect("a log").categories();
        let of = |kind: &&str| model.colour(CategoryIx(categories.find(kind).expect("there")));
        kinds.iter().map(of).collect()
    };
    write(&["cart", "order", "payment"]);
    let mut window = open_app(&path);
    assert_eq!(colours(&window, &["cart", "order", "payment"]), [0, 1, 2]);
    write(&["payment", "order"]);
    let deadline = Instant::now() + Duration::from_secs(30);
    while window.state().model().notes.is_empty() {
        assert!(Instant::now() < deadline, "nobody noticed");
        window.step();
        std::thread::yield_now();
    }
    settle(&mut window);
    assert_eq!(colours(&window, &["payment", "order"]), [2, 1]);
}
