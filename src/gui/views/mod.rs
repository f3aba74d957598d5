//! The views of the rail, a folder each; [`screen`] says what a view is.

mod audit;
mod code;
mod events;
mod lag;
mod overview;
mod projections;
mod sagas;
mod screen;
mod sql;
mod state;
mod streams;
mod welcome;

pub(in crate::gui) use screen::{Form, Screen, Text, screens};
pub(in crate::gui) use welcome::Welcome;

use crate::gui::model::Model;
use crate::gui::standing::Standing;
use audit::Audit;
use events::Events;
use lag::Lag;
use overview::Overview;
use projections::Projections;
use sagas::Sagas;
use sql::Sql;
use state::State;
use streams::Streams;

/// A name for a file about what is called so.
fn file_name(of: &str) -> String {
    let plain = |c: char| match c.is_alphanumeric() || "-_.".contains(c) {
        true => c,
        false => '_',
    };
    of.chars().map(plain).take(80).collect()
}

/// A stem for names of files made of the open store.
fn stem(model: &Model) -> String {
    let session = model.session.as_ref();
    let stem = session.and_then(|session| session.opened.path.file_stem());
    stem.map_or_else(|| "asof".into(), |stem| stem.to_string_lossy().into_owned())
}
