//! What the palette's text may mean, in groups. Streams and types come from the worker; commands,
//! moments and stores are few and matched here. Draws nothing.

use super::Mark;
use crate::gui::command::{Command, Listed};
use crate::gui::model::Model;
use crate::gui::theme::Icon;
use crate::log::Log;
use crate::model::time::{Moment, Style, input, relative};
use crate::model::{Position, StreamIx};
use crate::render::grouped;
use crate::worker::{FoundStream, Fuzzy, Names, SAMPLES};

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

/// What is asked, by its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Query<'a> {
    Anything(&'a str),
    Commands(&'a str),
    Time(&'a str),
    /// With its `#`.
    Position(&'a str),
    Types(&'a str),
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
            _ => None,
        }
    }

    /// Whether the worker's answer may come first.
    pub fn wants_streams(&self) -> bool {
        self.names().is_some()
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
    fn new(icon: Icon, title: impl Into<String>, command: Command) -> Self {
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

    fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// All that `query` may mean, empty groups left out.
pub(super) fn groups(model: &Model, query: &Query<'_>) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut add = |name, entries: Vec<Entry>| {
        if !entries.is_empty() {
            groups.push(Group { name, entries });
        }
    };
    match *query {
        Query::Commands(text) => add("Commands", commands(model, text, usize::MAX)),
        Query::Help(text) => add("Help", help(model, text)),
        Query::Time(text) | Query::Position(text) => {
            add("Move the cursor", moment(model, text));
        }
        Query::Types(_) => add("Event types", types(model)),
        Query::Anything("") => {
            add("Recent stores", stores(model, ""));
            add("Commands", commands(model, "", usize::MAX));
        }
        Query::Anything(text) => {
            let meant = moment(model, text);
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
            add("Stores", stores(model, text));
            add("Commands", commands(model, text, COMMANDS));
        }
    }
    groups
}

fn found(model: &Model) -> Option<(&Log, &Names)> {
    model.search.as_ref()?;
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
    let versions = |count: usize| match count {
        1 => "1 event".to_owned(),
        count => format!("{} events", grouped(count as u64)),
    };
    let mut note = format!("{}, ", log.category_name(category));
    if found.known < found.events {
        note.push_str(&format!("{} of ", grouped(found.known as u64)));
    }
    note.push_str(&versions(found.events));
    let last = found.last.filter(|last| last.at() < log.len());
    let last = last.and_then(|last| log.time(last, model.clock()));
    if let (Some(last), Some(cursor)) = (last, model.cursor.time()) {
        note.push_str(&format!(", last {}", relative(last, cursor)));
    }
    let standing = if found.known == 0 {
        note.push_str(", begins after the cursor");
        Standing::Future
    } else {
        Standing::Known
    };
    Entry {
        mark: Mark::Dot(category.at()),
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
        let note = format!("{}, the event with this id", log.position(event));
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

/// Moments that were typed, and what a bare number may be.
fn moment(model: &Model, text: &str) -> Vec<Entry> {
    let Some(log) = model.log().filter(|_| !text.is_empty()) else {
        return Vec::new();
    };
    let stream = model.selection.stream;
    if let Ok(typed) = input::parse(text, &model.input_context()) {
        let go = Command::MoveToTyped(text.to_owned());
        return match typed.moment {
            Moment::Time(_) => vec![Entry::new(Icon::Pin, format!("To {}", typed.echo), go)],
            Moment::Head => vec![Entry::new(Icon::Last, "To the head", Command::ToHead)],
            Moment::Position(position) => vec![position_entry(model, log, position)],
            Moment::Version(version) => {
                vec![version_entry(log, stream, &version.to_string())]
            }
        };
    }
    let Ok(number) = text.parse::<i64>() else {
        return Vec::new();
    };
    let mut entries = vec![position_entry(model, log, Position(number))];
    if stream.is_some() {
        entries.push(version_entry(log, stream, &format!("v{number}")));
    }
    entries
}

fn position_entry(model: &Model, log: &Log, position: Position) -> Entry {
    let event = log.at_position(position);
    let note = match event {
        None => "before the first event".to_owned(),
        Some(event) => {
            let kind = log.type_name(log.event_type(event));
            let time = log.time(event, model.clock());
            let at = time.map(|time| model.zone().format(time, Style::AsNeeded));
            let own = log.position(event);
            let behind = if own == position {
                String::new()
            } else {
                format!("{own} is the last before it, ")
            };
            format!(
                "{behind}{kind}{}",
                at.map_or(String::new(), |at| format!(", {at}"))
            )
        }
    };
    let title = format!("To position {position}");
    let command = Command::MoveToTyped(position.to_string());
    Entry::new(Icon::Pin, title, command).note(note)
}

fn version_entry(log: &Log, stream: Option<StreamIx>, version: &str) -> Entry {
    let title = match stream {
        Some(stream) => format!("To version {version} of {}", log.stream_name(stream)),
        None => format!("To version {version}: select a stream first"),
    };
    Entry::new(Icon::State, title, Command::MoveToTyped(version.to_owned()))
}

/// Recent files and samples.
fn stores(model: &Model, text: &str) -> Vec<Entry> {
    let mut fuzzy = Fuzzy::new(text);
    let mut entries = Vec::new();
    for recent in model.settings.recent.files() {
        let path = recent.path.path();
        let name = path.file_name().unwrap_or(path.as_os_str());
        let open = Command::Open(path.to_owned());
        let entry = Entry::new(Icon::File, format!("Open {}", name.to_string_lossy()), open);
        let folder = path.parent().map(|folder| folder.display().to_string());
        entries.push(entry.note(folder.unwrap_or_default()));
    }
    entries.truncate(5);
    if model.session.is_none() || !text.is_empty() {
        for (at, sample) in SAMPLES.iter().enumerate() {
            let title = format!("Open sample {}", sample.file);
            let open = Command::OpenSample(at);
            entries.push(Entry::new(Icon::Folder, title, open).note(sample.title));
        }
    }
    matching(entries, &mut fuzzy)
}

/// The commands that can be carried out now, best first.
fn commands(model: &Model, text: &str, most: usize) -> Vec<Entry> {
    let possible = Command::LISTED.iter().filter(|listed| {
        listed.needs.are_met(model) && listed.title != "Go to stream, event or command"
    });
    let mut entries = matching(possible.map(command).collect(), &mut Fuzzy::new(text));
    entries.truncate(most);
    entries
}

fn command(listed: &Listed) -> Entry {
    let icon = match (listed.command)() {
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
        _ => Icon::Right,
    };
    Entry {
        keys: listed.shortcut().map(|keys| keys_text(&keys)),
        ..Entry::new(icon, listed.title, (listed.command)())
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
    let commands = Command::LISTED
        .iter()
        .filter(|listed| listed.keys.is_some());
    let entries = entries.into_iter().chain(commands.map(command));
    let met = |entry: &Entry| {
        let listed = Command::LISTED
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
    use super::Query;

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
}
