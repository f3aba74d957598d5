//! Files of several kinds opened as one store.

use std::path::PathBuf;

use asof::model::Task;
use asof::store::layout::{Layout, from_toml};
use asof::store::{Join, OpenError, OpenOptions, Store};

use crate::opened::fixture;

fn layout(medium: &str, rest: &str) -> Layout {
    let text = format!("id = \"own\"\nname = \"Own\"\nmedium = \"{medium}\"\n[events]\n{rest}");
    from_toml("own", &text).unwrap()
}

fn json() -> Layout {
    layout(
        "json",
        "[events.columns]\nstream = \"/stream\"\ntype = \"/type\"\nrecorded_at = \"/time\"\n",
    )
}

fn sqlite() -> Layout {
    layout(
        "sqlite",
        "from = \"stored_events\"\nkey = \"rowid\"\n[events.columns]\nstream = \"originator_id\"\ntype = \"topic\"\n",
    )
}

/// The layouts by which files are read that were all given the same one.
fn layouts(files: &[PathBuf], layout: &Layout) -> Result<Vec<String>, OpenError> {
    let options = OpenOptions {
        layout: Some(layout.clone()),
    };
    let files: Vec<_> = files
        .iter()
        .map(|file| (file.clone(), options.clone()))
        .collect();
    let store = Store::open_all(&files, Join::Listed, &Task::new())?;
    let own = |(_, store): (&str, &Store)| store.recognition().id.clone();
    Ok(store.files().into_iter().map(own).collect())
}

#[test]
fn a_layout_is_for_the_files_of_its_medium() {
    let (database, lines) = (fixture("es_py_bank/store.db"), fixture("broken/good.jsonl"));
    let both = [database.clone(), lines.clone()];
    let swapped = [lines, database];
    assert_eq!(layouts(&both, &sqlite()).unwrap(), ["own", "generic"]);
    assert_eq!(layouts(&swapped, &sqlite()).unwrap(), ["generic", "own"]);
    assert_eq!(
        layouts(&both, &json()).unwrap(),
        ["eventsourcing-python", "own"]
    );
    let other = fixture("broken/shuffled.jsonl");
    assert_eq!(
        layouts(&[swapped[0].clone(), other.clone()], &json()).unwrap(),
        ["own", "own"]
    );
    // One that is for none of them was meant for some of them.
    let refused = layouts(&[swapped[0].clone(), other], &sqlite()).unwrap_err();
    assert!(matches!(refused, OpenError::Layout(_)), "{refused}");
    let refused = layouts(&swapped[..1], &sqlite()).unwrap_err();
    assert!(matches!(refused, OpenError::Layout(_)), "{refused}");
}
