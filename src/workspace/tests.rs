//! The workspace as a whole: round trips, damage, versions, instances.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::log::Clock;
use crate::model::Timestamp;
use crate::model::time::Zone;
use crate::store::layout;

fn folder() -> (TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::at(folder.path().join("asof"));
    (folder, workspace)
}

fn store(path: &str) -> StorePath {
    StorePath::of(Path::new(path))
}

fn file(path: &str, second: i64) -> RecentFile {
    RecentFile {
        path: store(path),
        kind: "Emmett".to_owned(),
        events: 184_203,
        opened_at: Timestamp::from_micros(second * 1_000_000),
        ..RecentFile::default()
    }
}

fn recent(files: &[(u8, i64)]) -> RecentFiles {
    let files = files
        .iter()
        .map(|(name, second)| file(&format!("/data/{name}.db"), *second));
    RecentFiles::from(files.collect::<Vec<_>>())
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn any_zone() -> impl Strategy<Value = Zone> {
    let named = "Europe/Berlin".parse().unwrap();
    prop::sample::select(vec![Zone::Utc, Zone::Local, named])
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    (0_i64..4_000_000_000_000_000, 0_u16..1000)
        .prop_map(|(micros, nanos)| Timestamp::with_nanos(micros, nanos))
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<i64>().prop_map(|number| json!(number)),
        ".*".prop_map(|text| json!(text)),
        Just(serde_json::from_str("1.50").unwrap()),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop::collection::btree_map(".{0,3}", inner, 0..3).prop_map(|map| json!(map))
    })
}

prop_compose! {
    fn any_file()(
        path in "[a-zé /]{1,12}", kind in ".*", events in 0..=i64::MAX as u64,
        opened_at in any_time(), cursor in proptest::option::of(".*"),
    ) -> RecentFile {
        RecentFile { path: store(&format!("/{path}")), kind, events, opened_at, cursor, ..RecentFile::default() }
    }
}

prop_compose! {
    fn any_settings()(
        theme in prop::sample::select(vec![Theme::System, Theme::Dark, Theme::Light]),
        zone in any_zone(), debug_panel: bool,
        view in proptest::option::of(".*"),
        inspector_width in proptest::option::of(1_f32..10_000.0),
        columns in prop::collection::btree_map(".*", prop::collection::vec(".*", 0..3), 0..3),
        views in prop::collection::btree_map(".*", any_json(), 0..3),
        files in prop::collection::vec(any_file(), 0..15),
    ) -> Settings {
        let window = Window { view, inspector_width, columns, views, ..Window::default() };
        Settings { theme, zone, debug_panel, window, recent: files.into(), ..Settings::default() }
    }
}

prop_compose! {
    fn any_store_workspace()(
        zone in proptest::option::of(any_zone()),
        clock in prop::sample::select(vec![None, Some(Clock::Recorded), Some(Clock::Occurred)]),
        texts in prop::array::uniform3(proptest::option::of(".*")),
        bookmarks in prop::collection::vec((".*", ".*", any_time()), 0..3),
        mapping in proptest::option::of(prop::sample::select(layout::built_in())),
    ) -> StoreWorkspace {
        let [cursor, view, selection] = texts;
        let bookmarks = bookmarks.into_iter().map(|(name, moment, created)| {
            Bookmark { name, moment, created, ..Bookmark::default() }
        });
        StoreWorkspace {
            zone, clock, cursor, view, selection, mapping,
            bookmarks: bookmarks.collect(),
            ..StoreWorkspace::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn settings_read_back_as_saved(settings in any_settings()) {
        let (_folder, workspace) = folder();
        workspace.save_settings(&settings).unwrap();
        let loaded = workspace.load_settings().unwrap();
        prop_assert_eq!(loaded.set_aside, None);
        prop_assert_eq!(loaded.value, settings);
    }

    #[test]
    fn what_is_remembered_of_a_store_reads_back(remembered in any_store_workspace()) {
        let (_folder, workspace) = folder();
        let store = store("/data/orders.db");
        workspace.save_store(&store, &remembered).unwrap();
        let loaded = workspace.load_store(&store).unwrap();
        prop_assert_eq!(loaded.set_aside, None);
        // Layouts have no equality; what they are written as has.
        prop_assert_eq!(toml::to_string(&loaded.value), toml::to_string(&remembered));
    }

    #[test]
    fn whatever_stands_in_a_file_loads(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (_folder, workspace) = folder();
        let path = workspace.settings_file().unwrap();
        write(&path, "");
        fs::write(&path, &bytes).unwrap();
        let loaded = workspace.load_settings().unwrap();
        if let Some(aside) = loaded.set_aside {
            prop_assert_eq!(fs::read(aside).unwrap(), bytes);
            prop_assert!(!path.exists());
        }
    }

    #[test]
    fn a_file_cut_off_anywhere_loads(settings in any_settings(), share in 0_usize..100) {
        let (_folder, workspace) = folder();
        workspace.save_settings(&settings).unwrap();
        let path = workspace.settings_file().unwrap();
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() * share / 100]).unwrap();
        workspace.load_settings().unwrap();
    }

    #[test]
    fn merging_is_the_same_from_both_sides_and_done_at_once(
        a in prop::collection::vec((0_u8..20, 0_i64..50), 0..20),
        b in prop::collection::vec((0_u8..20, 0_i64..50), 0..20),
    ) {
        let (a, b) = (recent(&a), recent(&b));
        let (mut ab, mut ba) = (a.clone(), b.clone());
        ab.merge(&b);
        ba.merge(&a);
        prop_assert_eq!(&ab, &ba);
        let once = ab.clone();
        ab.merge(&b);
        ab.merge(&a);
        prop_assert_eq!(&ab, &once);
        prop_assert!(ab.files().len() <= RecentFiles::MOST);
        prop_assert!(ab.files().is_sorted_by(|a, b| a.opened_at >= b.opened_at));
    }
}

#[test]
fn without_a_folder_nothing_is_read_or_written() {
    let workspace = Workspace::none();
    assert_eq!(
        workspace.load_settings().unwrap().value,
        Settings::default()
    );
    workspace.save_settings(&Settings::default()).unwrap();
    let store = store("/data/orders.db");
    workspace
        .save_store(&store, &StoreWorkspace::default())
        .unwrap();
    assert_eq!(workspace.store_file(&store), None);
}

#[test]
fn loading_makes_no_folder() {
    let (_folder, workspace) = folder();
    workspace.load_settings().unwrap();
    workspace.load_store(&store("/data/orders.db")).unwrap();
    assert!(!workspace.folder().unwrap().exists());
}

#[test]
fn a_damaged_file_is_set_aside_each_time_under_a_new_name() {
    let (_folder, workspace) = folder();
    let path = workspace.settings_file().unwrap();
    for (n, damage) in ["theme = 'dar", "\0\0\0\0"].into_iter().enumerate() {
        write(&path, damage);
        let loaded = workspace.load_settings().unwrap();
        assert_eq!(loaded.value, Settings::default());
        let notice = loaded.notice().unwrap();
        let aside = loaded.set_aside.unwrap();
        let name = format!("settings.toml.damaged-{}", n + 1);
        assert_eq!(aside.file_name().unwrap(), name.as_str());
        assert_eq!(fs::read_to_string(&aside).unwrap(), damage);
        assert!(notice.ends_with(&name), "{notice}");
    }
    assert!(workspace.load_settings().unwrap().set_aside.is_none());
}

#[test]
fn a_file_that_became_empty_is_damaged() {
    let (_folder, workspace) = folder();
    write(&workspace.settings_file().unwrap(), "");
    assert!(workspace.load_settings().unwrap().set_aside.is_some());
}

#[test]
fn one_unreadable_key_does_not_cost_the_others() {
    let (_folder, workspace) = folder();
    let store = store("/data/orders.db");
    let path = workspace.store_file(&store).unwrap();
    let text = "zone = 'Nowhere/Atlantis'\ncursor = '#1042'\n[[bookmarks]]\nname = 'year end'\nmoment = '2024-12-31T23:59:00Z'\n[mapping]\nfrom_the_future = 1\n";
    write(&path, text);
    let loaded = workspace.load_store(&store).unwrap();
    assert_eq!(fs::read_to_string(loaded.set_aside.unwrap()).unwrap(), text);
    assert_eq!(loaded.value.cursor.as_deref(), Some("#1042"));
    assert_eq!(loaded.value.bookmarks[0].name, "year end");
    assert!(loaded.value.zone.is_none() && loaded.value.mapping.is_none());
}

#[test]
fn keys_of_a_newer_version_survive() {
    let (_folder, workspace) = folder();
    let text = "theme = 'dark'\nsince = 2024-12-31T23:59:00Z\nscale = 1.5\n[window]\nrail = 'wide'\n[window.views]\nevents = '{\"filter\": null}'\n[[recent]]\npath = '/data/a.db'\nstarred = true\n[hints.shown]\npalette = [1, 2]\n";
    let path = workspace.settings_file().unwrap();
    write(&path, text);
    let settings = workspace.load_settings().unwrap().value;
    assert_eq!(settings.theme, Theme::Dark);
    workspace.save_settings(&settings).unwrap();
    let table = |text: &str| text.parse::<toml::Table>().unwrap();
    let (before, after) = (table(text), table(&fs::read_to_string(&path).unwrap()));
    for key in ["since", "scale", "hints"] {
        assert_eq!(before[key], after[key], "{key}");
    }
    assert_eq!(after["window"]["rail"].as_str(), Some("wide"));
    assert_eq!(after["recent"][0]["starred"].as_bool(), Some(true));

    let store = store("/data/orders.db");
    let path = workspace.store_file(&store).unwrap();
    write(
        &path,
        "[[bookmarks]]\nname = 'x'\ncolour = 'red'\n[notes]\na = 1\n",
    );
    let remembered = workspace.load_store(&store).unwrap().value;
    workspace.save_store(&store, &remembered).unwrap();
    let after = table(&fs::read_to_string(&path).unwrap());
    assert_eq!(after["bookmarks"][0]["colour"].as_str(), Some("red"));
    assert_eq!(after["notes"]["a"].as_integer(), Some(1));
}

#[test]
fn lengths_that_no_window_has_are_dropped() {
    let (_folder, workspace) = folder();
    for length in ["nan", "inf", "-3.0", "0", "1e30"] {
        let text = format!("[window]\ninspector_width = {length}\n");
        write(&workspace.settings_file().unwrap(), &text);
        let loaded = workspace.load_settings().unwrap();
        assert_eq!(loaded.value.window.inspector_width, None, "{length}");
        assert_eq!(loaded.set_aside, None, "{length}");
    }
}

#[test]
fn what_cannot_be_written_or_read_is_an_error_that_names_the_file_last() {
    // Root may write anywhere, but not below a file.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    let workspace = Workspace::at(&file);
    let error = workspace.save_store(&store("/data/orders.db"), &StoreWorkspace::default());
    let error = error.unwrap_err().to_string();
    assert!(
        error.starts_with("Settings and bookmarks cannot be saved"),
        "{error}"
    );
    assert!(error.ends_with(".toml"), "{error}");
    assert!(workspace.save_settings(&Settings::default()).is_err());
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");

    let workspace = Workspace::at(folder.path().join("asof"));
    fs::create_dir_all(workspace.settings_file().unwrap()).unwrap();
    let error = workspace.load_settings().unwrap_err().to_string();
    assert!(error.ends_with("settings.toml"), "{error}");
}

#[test]
fn saving_leaves_nothing_else_behind() {
    let (_folder, workspace) = folder();
    workspace.save_settings(&Settings::default()).unwrap();
    workspace.save_settings(&Settings::default()).unwrap();
    let names: Vec<_> = fs::read_dir(workspace.folder().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["settings.toml"]);
}

#[cfg(unix)]
#[test]
fn settings_that_are_a_link_stay_one() {
    let (folder, workspace) = folder();
    let (path, real) = (
        workspace.settings_file().unwrap(),
        folder.path().join("mine.toml"),
    );
    write(&real, "theme = 'light'\n");
    fs::create_dir_all(workspace.folder().unwrap()).unwrap();
    std::os::unix::fs::symlink(&real, &path).unwrap();
    let settings = workspace.load_settings().unwrap().value;
    workspace.save_settings(&settings).unwrap();
    assert!(path.symlink_metadata().unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("light"));
}

#[test]
fn instances_keep_each_others_recent_files() {
    let (_folder, workspace) = folder();
    let mut ours = workspace.load_settings().unwrap().value;
    let mut theirs = ours.clone();
    ours.recent.note(file("/data/a.db", 1));
    theirs.recent.note(file("/data/b.db", 2));
    workspace.save_settings(&ours).unwrap();
    workspace.save_settings(&theirs).unwrap();
    let paths = |settings: &Settings| {
        let files = settings.recent.files().iter();
        files
            .map(|file| file.path.path().display().to_string())
            .collect::<Vec<_>>()
    };
    let both = workspace.load_settings().unwrap().value;
    assert_eq!(paths(&both), ["/data/b.db", "/data/a.db"]);

    // What one forgets stays forgotten, unless the other opens it again.
    ours = both;
    ours.recent.forget(&store("/data/b.db"));
    workspace.save_settings(&ours).unwrap();
    let after = workspace.load_settings().unwrap().value;
    assert_eq!(paths(&after), ["/data/a.db"]);
    theirs.recent.note(file("/data/b.db", 3));
    workspace.save_settings(&theirs).unwrap();
    workspace.save_settings(&ours).unwrap();
    let after = workspace.load_settings().unwrap().value;
    assert_eq!(paths(&after), ["/data/b.db", "/data/a.db"]);
}

#[test]
fn a_file_opened_again_moves_up_and_the_oldest_leaves() {
    let mut recent = RecentFiles::default();
    for second in 0..20 {
        recent.note(file(&format!("/data/{second}.db"), second));
    }
    assert_eq!(recent.files().len(), RecentFiles::MOST);
    recent.note(file("/data/10.db", 100));
    assert_eq!(recent.files()[0].path, store("/data/10.db"));
    assert_eq!(recent.files().len(), RecentFiles::MOST);
    recent.forget_all();
    assert!(recent.files().is_empty());
}
