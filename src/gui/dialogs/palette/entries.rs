//! What the palette's text may mean, in groups. Streams and types come from the worker; commands,
//! moments and stores are few and matched here. Draws nothing.

use std::path::Path;

use super::{Mark, moments};
use crate::gui::command::{Command, Listed, Offer, SagaAct};
use crate::gui::model::{Direction, LagPage, Model, Page, SagaPage};
use crate::gui::theme::Icon;
use crate::gui::words;
use crate::log::Log;
use crate::model::time::{input, relative};
use crate::render::grouped;
use crate::worker::{FoundStream, Fuzzy, Names, SAMPLES, Sample};

/// What a text may begin with, and what it then is about.
pub(super) const PREFIXES: [(char, &str); 5] = [
    ('>', "commands"),
    ('@', "time"),
    ('#', "position"),
    ('/', "event type"),
    ('?', "help"),
];

/// Commands shown beside streams; alone they are all shown.
const COMMANDS: usize = 6;

/// Files opened lately that are offered.
const RECENT: usize = 5;

/// What is asked, by its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Query<'a> {
    Anything(&'a str),
    Commands(&'a str),
    Time(&'a str),
    /// With its `#`.
    Position(&'a str),
    Types(&'a str),
    /// A stream, of which nothing is typed yet.
    Streams,
    Help(&'a str),
}

impl<'a> Query<'a> {
    pub fn of(text: &'a str) -> Self {
        let text = text.trim();
        let rest = || text.get(1..).unwrap_or_default().trim();
        match text.chars().next() {
            Some('>') => Self::Commands(rest()),
            Some('@') => Self::Time(rest()),
            Some('#') => Self::Position(text),
            Some('/') => Self::Types(rest()),
            Some('?') => Self::Help(rest()),
            _ => Self::Anything(text),
        }
    }

    /// What the worker is to look for.
    pub fn names(&self) -> Option<&'a str> {
        match self {
            Self::Anything(text) if !text.is_empty() => Some(text),
            Self::Types(text) => Some(text),
            Self::Streams => Some(""),
            _ => None,
        }
    }
}

/// Entries under a heading.
pub(super) struct Group {
    pub name: &'static str,
    pub entries: Vec<Entry>,
}

/// Something that can be chosen.
pub(super) struct Entry {
    pub mark: Mark,
    pub title: String,
    /// Places of the letters that match, ascending.
    pub marks: Vec<u32>,
    pub note: String,
    pub keys: Option<String>,
    pub standing: Standing,
    pub command: Command,
}

/// Whether something was there already as of the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Known,
    Future,
}

impl Entry {
    pub(super) fn new(icon: Icon, title: impl Into<String>, command: Command) -> Self {
        Self {
            mark: Mark::Icon(icon),
            title: title.into(),
            marks: Vec::new(),
            note: String::new(),
            keys: None,
            standing: Standing::Known,
            command,
        }
    }

    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// All that `query` may mean, empty groups left out.
pub(super) fn groups((model, offers): (&Model, &[Offer]), query: &Query<'_>) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut add = |name, entries: Vec<Entry>| {
        if !entries.is_empty() {
            groups.push(Group { name, entries });
        }
    };
    match *query {
        Query::Commands(text) => add("Commands", commands((model, offers), text, usize::MAX)),
        Query::Help(text) => add("Help", help(model, text)),
        Query::Time(text) | Query::Position(text) => {
            add("Move the cursor", moments::meant(model, text));
        }
        Query::Types(_) => add("Event types", types(model)),
        Query::Streams => add("Streams", streams(model)),
        // Enter must not do more than somebody who has typed nothing can have meant.
        Query::Anything("") if model.session.is_some() => {
            add("Commands", commands((model, offers), "", usize::MAX));
            add("Bookmarks", bookmarks(model, ""));
            add("Recent stores", recent(model));
        }
        Query::Anything("") => {
            let (recent, samples) = (recent(model), samples());
            add("Recent stores", recent);
            add("Samples", samples);
            add("Commands", commands((model, offers), "", usize::MAX));
        }
        Query::Anything(text) => {
            let meant = moments::meant(model, text);
            let plain = text.bytes().all(|b| b.is_ascii_digit());
            if !meant.is_empty() && !plain {
                add("Move the cursor", meant);
                add("Streams", streams(model));
            } else {
                add("Streams", streams(model));
                add("Move the cursor", meant);
            }
            add("Events", event(model));
            add("Event types", types(model));
            add("Bookmarks", bookmarks(model, text));
            add("Stores", stores(model, text));
            add("Commands", commands((model, offers), text, COMMANDS));
            // What is named as it was typed comes before what only has the letters somewhere.
            groups.sort_by_key(|group| group.closeness(text));
        }
    }
    groups
}

/// How near a name is to what was typed, the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    /// It is the text.
    Same,
    /// It begins with the text.
    Begins,
    /// The text stands in it, whole, or was understood rather than found.
    Together,
    /// Its letters do.
    Scattered,
}

impl Closeness {
    fn of(title: &str, marks: &[u32], text: &str) -> Self {
        let is_next = |pair: &[u32]| pair[1] == pair[0] + 1;
        if title.eq_ignore_ascii_case(text) {
            Self::Same
        } else if marks.first() == Some(&0) && marks.windows(2).all(is_next) {
            Self::Begins
        } else if marks.windows(2).all(is_next) {
            Self::Together
        } else {
            Self::Scattered
        }
    }
}

impl Group {
    /// That of its best entry, which is its first.
    fn closeness(&self, text: &str) -> Option<Closeness> {
        let best = self.entries.first()?;
        Some(Closeness::of(&best.title, &best.marks, text))
    }
}

/// Moments that were given a name.
fn bookmarks(model: &Model, text: &str) -> Vec<Entry> {
    let all = model.store.bookmarks.iter().map(|mark| {
        let go = Command::MoveToTyped(mark.moment.clone());
        let read = input::parse(&mark.moment, &model.input_context());
        Entry::new(Icon::Flag, format!("Go to bookmark {}", mark.name), go)
            .note(read.map_or_else(|_| mark.moment.clone(), |typed| typed.echo))
    });
    matching(all.collect(), &mut Fuzzy::new(text))
}

/// What the worker has found, if it is about a text that may still be being typed.
fn found(model: &Model) -> Option<(&Log, &Names)> {
    Some((model.log()?, model.answers.names.get()?))
}

fn streams(model: &Model) -> Vec<Entry> {
    let Some((log, names)) = found(model) else {
        return Vec::new();
    };
    // The log may be another one than was searched, right after a store was replaced.
    let there = |found: &&FoundStream| found.stream.at() < log.streams().len();
    let entry = |found: &FoundStream| stream(model, log, found);
    names.streams.iter().filter(there).map(entry).collect()
}

fn stream(model: &Model, log: &Log, found: &FoundStream) -> Entry {
    let category = log.category(found.stream);
    let mut note = format!("{}, ", log.category_name(category));
    if found.known < found.events {
        note.push_str(&format!("{} of ", grouped(found.known as u64)));
    }
    note.push_str(&words::counted(found.events, "event", "events"));
    let last = found.last.filter(|last| last.at() < log.len());
    let last = last.and_then(|last| log.time(last, model.clock()));
    if let (Some(last), Some(cursor)) = (last, model.cursor.time()) {
        note.push_str(&format!(", last {}", relative(last, cursor, model.zone())));
    }
    let standing = if found.known == 0 {
        note.push_str(", begins after the cursor");
        Standing::Future
    } else {
        Standing::Known
    };
    Entry {
        mark: Mark::Dot(model.colour(category)),
        marks: found.marks.clone(),
        standing,
        ..Entry::new(
            Icon::Streams,
            log.stream_name(found.stream),
            Command::GoToStream(found.stream),
        )
    }
    .note(note)
}

fn event(model: &Model) -> Vec<Entry> {
    let entry = |(log, names): (&Log, &Names)| {
        let event = names.event.filter(|event| event.at() < log.len())?;
        let title = format!(
            "{} {} of {}",
            log.type_name(log.event_type(event)),
            log.version(event),
            log.stream_name(log.stream(event))
        );
        let note = format!("{}, the event with this id", words::position(log, event));
        Some(Entry::new(Icon::Events, title, Command::GoToEvent(event)).note(note))
    };
    found(model).and_then(entry).into_iter().collect()
}

fn types(model: &Model) -> Vec<Entry> {
    let Some((log, names)) = found(model) else {
        return Vec::new();
    };
    let there = names.types.iter();
    there
        .filter(|found| found.event_type.at() < log.types().len())
        .map(|found| {
            let name = log.type_name(found.event_type);
            let entry = Entry::new(Icon::Filter, name, Command::FilterType(found.event_type));
            Entry {
                marks: found.marks.clone(),
                ..entry
            }
            .note("show its events")
        })
        .collect()
}

/// Recent files and samples that match.
fn stores(model: &Model, text: &str) -> Vec<Entry> {
    let all = recent(model).into_iter().chain(samples());
    matching(all.collect(), &mut Fuzzy::new(text))
}

/// Files opened lately, but for the one that is open.
fn recent(model: &Model) -> Vec<Entry> {
    // A store that was opened by a relative path is remembered by its whole one.
    let open = model.session.as_ref();
    let open = open.and_then(|open| std::path::absolute(&open.opened.path).ok());
    let is_open = |path: &Path| open.as_deref() == Some(path);
    let files = model.settings.recent.files().iter();
    let paths = files.map(|recent| recent.path.path());
    let others = paths.filter(|path| !is_open(path)).take(RECENT);
    let entry = |path: &Path| {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let open = Command::Open(path.to_owned());
        let entry = Entry::new(Icon::File, format!("Open {}", name.to_string_lossy()), open);
        let folder = path.parent().map(|folder| folder.display().to_string());
        entry.note(folder.unwrap_or_default())
    };
    others.map(entry).collect()
}

/// The bundled stores.
fn samples() -> Vec<Entry> {
    let entry = |(at, sample): (usize, &Sample)| {
        let title = format!("Open sample {}", sample.file);
        Entry::new(Icon::Folder, title, Command::OpenSample(at)).note(sample.title)
    };
    SAMPLES.iter().enumerate().map(entry).collect()
}

/// The commands that can be carried out now, best first: of equals those of the view that is shown.
fn commands((model, offers): (&Model, &[Offer]), text: &str, most: usize) -> Vec<Entry> {
    let possible = Command::listed().iter().filter(|listed| {
        listed.needs.are_met(model) && listed.title != "Go to stream, event or command"
    });
    let own = offers.iter().map(offered);
    let listed = possible.map(command).chain(pages(model));
    // Who has typed nothing finds what is always there where it always is.
    let all = match text {
        "" => listed.chain(own).collect(),
        _ => own.chain(listed).collect(),
    };
    let mut entries = matching(all, &mut Fuzzy::new(text));
    entries.truncate(most);
    entries
}

/// The pages of views by their names; the first of Lag is the view itself.
fn pages(model: &Model) -> impl Iterator<Item = Entry> {
    let lag = LagPage::ALL
        .into_iter()
        .filter(|page| *page != LagPage::Lag);
    let lag = lag.map(|page| (Icon::Lag, page.name(), Page::Lag(page)));
    let sagas = SagaPage::ALL.into_iter();
    let sagas = sagas.map(|page| (Icon::Sagas, page.title(), Page::Sagas(page)));
    let all = lag.chain(sagas).filter(|_| model.session.is_some());
    all.map(|(icon, title, page)| {
        let note = format!("a page of {}", page.view().name());
        Entry::new(icon, title, Command::ShowPage(page)).note(note)
    })
}

/// What the view that is shown can do.
fn offered(offer: &Offer) -> Entry {
    let icon = match &offer.command {
        Command::InSagas(SagaAct::CopyMermaid) | Command::Copy(_) => Icon::Copy,
        Command::InSagas(SagaAct::List(_)) => Icon::Filter,
        Command::Export => Icon::Export,
        _ => Icon::Right,
    };
    Entry::new(icon, offer.title.clone(), offer.command.clone()).note(offer.note.clone())
}

fn command(listed: &Listed) -> Entry {
    let icon = match listed.command.clone() {
        Command::OpenDialog | Command::OpenFolderDialog => Icon::Folder,
        Command::Copy(_)
        | Command::CopyAnswer
        | Command::CopyAnswerMarkdown
        | Command::CopyReport
        | Command::CopyState => Icon::Copy,
        Command::CopyAddress => Icon::Link,
        Command::Export => Icon::Export,
        Command::AddBookmark => Icon::Flag,
        Command::Settings | Command::SetTheme(_) => Icon::Settings,
        Command::Help => Icon::Help,
        Command::Retrace(Direction::Back) => Icon::Left,
        _ => Icon::Right,
    };
    Entry {
        keys: listed.shortcut().map(|keys| keys_text(&keys)),
        ..Entry::new(icon, listed.title.clone(), listed.command.clone())
    }
}

/// As on the caps, without a context.
fn keys_text(shortcut: &egui::KeyboardShortcut) -> String {
    let names = &egui::ModifierNames::NAMES;
    let text = shortcut.format(names, cfg!(target_os = "macos"));
    text.replace("Comma", ",")
}

fn help(model: &Model, text: &str) -> Vec<Entry> {
    let topics = [
        (
            "Keyboard shortcuts and ways to write a moment",
            Command::Help,
        ),
        ("Settings", Command::Settings),
    ];
    let entries = topics.map(|(title, command)| Entry::new(Icon::Help, title, command));
    let commands = Command::listed()
        .iter()
        .filter(|listed| listed.keys.is_some());
    let entries = entries.into_iter().chain(commands.map(command));
    let met = |entry: &Entry| {
        let listed = Command::listed()
            .iter()
            .find(|listed| listed.title == entry.title);
        listed.is_none_or(|listed| listed.needs.are_met(model))
    };
    matching(entries.filter(met).collect(), &mut Fuzzy::new(text))
}

/// Those whose titles match, best first; as they are where nothing is asked.
fn matching(entries: Vec<Entry>, fuzzy: &mut Fuzzy) -> Vec<Entry> {
    let mut scored: Vec<(u32, Entry)> = entries
        .into_iter()
        .filter_map(|entry| Some((fuzzy.score(&entry.title)?, entry)))
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let mark = |(_, mut entry): (u32, Entry)| {
        entry.marks = fuzzy.marks(&entry.title);
        entry
    };
    scored.into_iter().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::{Closeness, Query};

    #[test]
    fn a_prefix_says_what_is_asked() {
        assert_eq!(Query::of(" > open "), Query::Commands("open"));
        assert_eq!(Query::of("@-2h"), Query::Time("-2h"));
        assert_eq!(Query::of("#1042"), Query::Position("#1042"));
        assert_eq!(Query::of("/"), Query::Types(""));
        assert_eq!(Query::of("acc 77").names(), Some("acc 77"));
        assert_eq!(Query::of("?").names(), None);
        assert_eq!(Query::of("é").names(), Some("é"));
    }

    #[test]
    fn what_is_named_as_typed_comes_before_scattered_letters() {
        let state = Closeness::of("State", &[0, 1, 2, 3, 4], "state");
        let copy = Closeness::of("Copy state", &[5, 6, 7, 8, 9], "state");
        let begins = Closeness::of("State in a pane beside", &[0, 1, 2, 3, 4], "state");
        let shipment = Closeness::of("ShipmentCreated", &[0, 7, 12, 13, 14], "state");
        assert!(state < begins && begins < copy && copy < shipment);
    }
}
