//! The table of layouts in the guide is what the files themselves say.

use std::path::Path;

use asof::store::layout::{Layout, MadeBy, Medium, Role, from_toml};

const GUIDE: &str = "docs/layouts.md";
const BEGIN: &str = "<!-- layouts: written by `UPDATE_DOCS=1 cargo test --test stores guide` from the files themselves -->\n";
const END: &str = "<!-- end -->";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn layouts() -> Vec<(String, Layout)> {
    let files = std::fs::read_dir(root().join("assets/layouts")).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let toml = paths.filter(|path| path.extension().is_some_and(|end| end == "toml"));
    let mut all: Vec<(String, Layout)> = toml
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let layout = from_toml(&name, &text).unwrap();
            (name, layout)
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// What such a store tells besides streams, types and payloads.
fn yields(layout: &Layout) -> String {
    let roles = [
        Role::Position,
        Role::Version,
        Role::RecordedAt,
        Role::OccurredAt,
        Role::EventId,
        Role::CorrelationId,
        Role::CausationId,
        Role::SchemaVersion,
        Role::Metadata,
    ];
    let has = |role: &Role| {
        layout
            .sources()
            .any(|events| events.columns.contains_key(role))
    };
    let mut told: Vec<&str> = roles
        .iter()
        .filter(|role| has(role))
        .map(|role| role.name())
        .collect();
    if layout.sources().any(|events| events.links.is_some()) {
        told.push("links");
    }
    told.extend(layout.side.keys().map(|kind| kind.name()));
    told.join(", ")
}

fn table() -> String {
    let mut table = "| Layout | Of | Fixture | Tells, besides streams, types and payloads |\n|---|---|---|---|\n".to_owned();
    for (name, layout) in layouts() {
        let about = layout
            .about
            .as_ref()
            .unwrap_or_else(|| panic!("{name} has no [about]"));
        let made = match (about.made_by, layout.medium) {
            (MadeBy::Library, _) => "written by the library",
            (MadeBy::Ddl, Medium::Sqlite) => "made after the documented tables",
            (MadeBy::Ddl, Medium::Json) => "made after the documented format",
        };
        let (library, versions, fixture) = (&about.library, &about.versions, &about.fixture);
        let told = yields(&layout);
        table.push_str(&format!(
            "| `{name}` | {library}; {versions} | `{fixture}`, {made} | {told} |\n"
        ));
    }
    table
}

#[test]
fn the_guide_has_the_table_of_layouts() {
    let path = root().join(GUIDE);
    let guide = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = guide.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let written = format!("{before}{BEGIN}\n{}\n{END}{after}", table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &written).unwrap();
    } else {
        assert!(
            guide == written,
            "the table in {GUIDE} is old: UPDATE_DOCS=1 writes it anew"
        );
    }
}

#[test]
fn every_layout_recognises_its_own_fixture() {
    for (name, layout) in layouts() {
        let about = layout.about.as_ref().unwrap();
        let path = root().join(&about.fixture);
        if path.extension().is_some_and(|end| end == "sql") {
            continue;
        }
        let store = crate::opened::Opened::open(&path);
        assert_eq!(store.layout(), layout.id, "{name}");
    }
}
