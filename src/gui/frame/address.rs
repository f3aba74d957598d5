//! The command line that gives what a view shows: the view says its subcommand, here is added what all
//! take.

use crate::gui::model::{Cursor, Model, Session};
use crate::log::Bound;
use crate::model::time::Zone;
use crate::render::Shell;

/// `asof state orders.db order-1 --at …`
pub(super) fn address(model: &Model, session: &Session, own: &Shell, at: Bound) -> Shell {
    let mut paths = session.opened.paths.iter().map(|path| path.display());
    let mut words = own.words().iter();
    let subcommand = words.next().map_or("info", String::as_str);
    let mut line = Shell::new("asof").word(subcommand);
    if let Some(path) = paths.next() {
        line = line.word(path);
    }
    for word in words {
        line = line.word(word);
    }
    for path in paths {
        line = line.option("--with", path);
    }
    line = line.option_if("--at", moment(model, session, at));
    if model.clock() != session.log.default_clock() {
        line = line.option("--clock", clock(model));
    }
    match model.zone() {
        Zone::Utc => {}
        Zone::Local => line = line.option("--zone", "local"),
        zone => line = line.option("--zone", zone),
    }
    // What is remembered of a store is read on a terminal only where it is named.
    let judged_by = model.store.saga_definition.as_ref();
    let judged_by = judged_by.filter(|_| subcommand == "sagas");
    let read = model.store.mapping.is_some() || !model.store.masked.is_empty();
    let remembers = read || judged_by.is_some();
    let folder = model.workspace.folder().filter(|_| remembers);
    line.option_if("--workspace", folder.map(std::path::Path::display))
}

/// A moment as it can be typed; nothing for the head.
fn moment(model: &Model, session: &Session, at: Bound) -> Option<String> {
    match at {
        Bound::Head => None,
        at => Cursor::new(&session.log, model.clock(), at).as_text(),
    }
}

const fn clock(model: &Model) -> &'static str {
    match model.cursor.clock() {
        crate::log::Clock::Recorded => "recorded",
        crate::log::Clock::Occurred => "occurred",
    }
}
