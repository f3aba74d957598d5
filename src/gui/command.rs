//! Everything that can be asked of the window. Menus, palette, shortcuts and help are all made from
//! [`Command::LISTED`]; views put commands into an [`Outbox`], and `app` carries them out.

mod outbox;

use std::path::PathBuf;

use egui::{Key, KeyboardShortcut, Modifiers};

pub use outbox::Outbox;

use crate::analysis::events::EventFilter;
use crate::gui::model::{Direction, Model, Note, View};
use crate::log::{Bound, Clock};
use crate::model::time::Zone;
use crate::model::{EventIx, StreamIx, TypeIx};
use crate::store::layout::Layout;
use crate::worker::{Exports, SessionId, StreamsWanted, TimelineRequest};
use crate::workspace::Theme;

/// Something to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Ask for a file and open it.
    OpenDialog,
    /// Ask for a folder and open it.
    OpenFolderDialog,
    /// Open this.
    Open(PathBuf),
    /// Open these files or folders as one store.
    OpenTogether(Vec<PathBuf>),
    /// Open one of the bundled samples, by its place in `simulate::SAMPLES`.
    OpenSample(usize),
    /// Close the store and go back to the welcome page.
    Close,
    /// End the program.
    Quit,
    /// Forget the recent files.
    ClearRecent,
    /// Go to a view.
    Show(View),
    /// Move the cursor.
    MoveTo(Bound),
    /// Move the cursor to what was typed.
    MoveToTyped(String),
    /// Put the keyboard into the time field.
    FocusTime,
    /// Move the cursor by one event of the log.
    StepEvent(Direction),
    /// Move the cursor by one event of the selected stream.
    StepSelection(Direction),
    /// To the first event.
    ToStart,
    /// To the head, and stay there.
    ToHead,
    /// Start or stop time.
    TogglePlay,
    /// Seconds of the store per second.
    SetSpeed(u32),
    /// Go by another clock.
    SetClock(Clock),
    /// Select a stream and look at its state.
    GoToStream(StreamIx),
    /// Select a stream where one is.
    SelectStream(StreamIx),
    /// Select an event where one is.
    SelectEvent(Option<EventIx>),
    /// Select an event, move the cursor to it and look at its stream's state.
    GoToEvent(EventIx),
    /// Select a field of the state.
    SelectField(Option<String>),
    /// Compare the state with another moment, or no longer.
    CompareWith(Option<String>),
    /// Show the events with the correlation id of this one.
    FilterCorrelation(EventIx),
    /// Show the events of this stream.
    FilterStream(StreamIx),
    /// Show the events of this filter.
    SetFilter(Box<EventFilter>),
    /// Go on with a search that was called off.
    GoOnSearching,
    /// List these streams, or none any more.
    ListStreams(Option<Box<StreamsWanted>>),
    /// Count events by type and category.
    WantCounts,
    /// Show these columns of a table, by their names for programs.
    KeepColumns(&'static str, Vec<String>),
    /// Copy an event in full as JSON.
    CopyEvent(EventIx),
    /// Show the events of this type.
    FilterType(TypeIx),
    /// Look for streams, types and ids by this text, or no longer.
    Search(Option<String>),
    /// Read the store by this mapping from now on; by the layout that fits best where absent.
    SetMapping(Option<Box<Layout>>),
    /// Show the first events as this mapping reads them.
    PreviewMapping(Box<Layout>),
    /// Copy what the store is and holds, as text.
    CopyReport,
    /// Copy the answer as text.
    CopyAnswer,
    /// Copy the answer as Markdown with its evidence.
    CopyAnswerMarkdown,
    /// Copy the state as JSON.
    CopyState,
    /// Copy the command line that gives this view.
    CopyAddress,
    /// Copy a text.
    Copy(String),
    /// Ask for a file and write what the view shows to it.
    Export,
    /// Write this to a file, if that store is still open.
    ExportTo(SessionId, Box<Exports>, PathBuf),
    /// Remember this moment.
    AddBookmark,
    /// Forget a bookmark, by its place.
    RemoveBookmark(usize),
    /// Show times in this zone.
    SetZone(Zone),
    /// Dark, light or as the system has it.
    SetTheme(Theme),
    /// Open or close the palette.
    Palette,
    /// Open or close the list of shortcuts.
    Help,
    /// Open or close the settings.
    Settings,
    /// Correct how the store's columns are read.
    CorrectMapping,
    /// Show or hide frame times.
    ToggleDebug,
    /// Call off what runs.
    CancelWork,
    /// Bring the payload lines of these events.
    WantBodies(Vec<EventIx>),
    /// Count these events over time.
    WantTimeline(TimelineRequest),
    /// Remember the height of the time panel, in points.
    SetTimePanelHeight(f32),
    /// Tell the user something.
    Note(Note),
    /// Put a note away.
    DismissNote(usize),
}

/// A command that stands in menus, palette and help.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// What it does, in the imperative.
    pub title: &'static str,
    /// Under which heading.
    pub group: Group,
    /// Its keys, if it has any.
    pub keys: Option<(Modifiers, Key)>,
    /// Whether it needs an open store.
    pub needs: Needs,
    /// The command.
    pub command: fn() -> Command,
}

/// Headings of the help window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Files.
    Store,
    /// Views.
    View,
    /// The cursor.
    Time,
    /// What is shown.
    Answer,
    /// The rest.
    Window,
}

impl Group {
    /// All of them in order.
    pub const ALL: [Self; 5] = [
        Self::Store,
        Self::View,
        Self::Time,
        Self::Answer,
        Self::Window,
    ];

    /// As people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Store => "Store",
            Self::View => "Views",
            Self::Time => "Time",
            Self::Answer => "Answer",
            Self::Window => "Window",
        }
    }
}

/// When a command makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Always.
    Nothing,
    /// While a store is open.
    Store,
    /// While a stream is selected.
    Stream,
}

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;

const fn listed(
    title: &'static str,
    group: Group,
    keys: Option<(Modifiers, Key)>,
    needs: Needs,
    command: fn() -> Command,
) -> Listed {
    Listed {
        title,
        group,
        keys,
        needs,
        command,
    }
}

impl Command {
    /// The commands that people can find.
    pub const LISTED: &'static [Listed] = &[
        listed(
            "Open file…",
            Group::Store,
            Some((CTRL, Key::O)),
            Needs::Nothing,
            || Self::OpenDialog,
        ),
        listed(
            "Open folder…",
            Group::Store,
            Some((CTRL_SHIFT, Key::O)),
            Needs::Nothing,
            || Self::OpenFolderDialog,
        ),
        listed(
            "Correct how columns are read…",
            Group::Store,
            None,
            Needs::Store,
            || Self::CorrectMapping,
        ),
        listed(
            "Close store",
            Group::Store,
            Some((CTRL, Key::W)),
            Needs::Store,
            || Self::Close,
        ),
        listed(
            "Quit",
            Group::Store,
            Some((CTRL, Key::Q)),
            Needs::Nothing,
            || Self::Quit,
        ),
        listed(
            "Overview",
            Group::View,
            Some((CTRL, Key::Num1)),
            Needs::Store,
            || Self::Show(View::Overview),
        ),
        listed(
            "Events",
            Group::View,
            Some((CTRL, Key::Num2)),
            Needs::Store,
            || Self::Show(View::Events),
        ),
        listed(
            "Streams",
            Group::View,
            Some((CTRL, Key::Num3)),
            Needs::Store,
            || Self::Show(View::Streams),
        ),
        listed(
            "State",
            Group::View,
            Some((CTRL, Key::Num4)),
            Needs::Store,
            || Self::Show(View::State),
        ),
        listed(
            "Type a moment",
            Group::Time,
            Some((CTRL, Key::T)),
            Needs::Store,
            || Self::FocusTime,
        ),
        listed(
            "Play or pause",
            Group::Time,
            Some((NONE, Key::Space)),
            Needs::Store,
            || Self::TogglePlay,
        ),
        listed(
            "Next event",
            Group::Time,
            Some((NONE, Key::ArrowRight)),
            Needs::Store,
            || Self::StepEvent(Direction::Forward),
        ),
        listed(
            "Previous event",
            Group::Time,
            Some((NONE, Key::ArrowLeft)),
            Needs::Store,
            || Self::StepEvent(Direction::Back),
        ),
        listed(
            "Next event of the selected stream",
            Group::Time,
            Some((SHIFT, Key::ArrowRight)),
            Needs::Stream,
            || Self::StepSelection(Direction::Forward),
        ),
        listed(
            "Previous event of the selected stream",
            Group::Time,
            Some((SHIFT, Key::ArrowLeft)),
            Needs::Stream,
            || Self::StepSelection(Direction::Back),
        ),
        listed(
            "To the first event",
            Group::Time,
            Some((CTRL, Key::Home)),
            Needs::Store,
            || Self::ToStart,
        ),
        listed(
            "To the head",
            Group::Time,
            Some((CTRL, Key::End)),
            Needs::Store,
            || Self::ToHead,
        ),
        listed(
            "Bookmark this moment",
            Group::Time,
            Some((CTRL, Key::B)),
            Needs::Store,
            || Self::AddBookmark,
        ),
        listed(
            "Copy answer",
            Group::Answer,
            Some((CTRL_SHIFT, Key::C)),
            Needs::Stream,
            || Self::CopyAnswer,
        ),
        listed(
            "Copy answer as Markdown with evidence",
            Group::Answer,
            None,
            Needs::Stream,
            || Self::CopyAnswerMarkdown,
        ),
        listed(
            "Copy state as JSON",
            Group::Answer,
            None,
            Needs::Stream,
            || Self::CopyState,
        ),
        listed(
            "Copy command line of this view",
            Group::Answer,
            Some((CTRL, Key::L)),
            Needs::Store,
            || Self::CopyAddress,
        ),
        listed(
            "Copy report of the store",
            Group::Answer,
            None,
            Needs::Store,
            || Self::CopyReport,
        ),
        listed(
            "Export…",
            Group::Answer,
            Some((CTRL, Key::E)),
            Needs::Store,
            || Self::Export,
        ),
        listed(
            "Go to stream, event or command",
            Group::Window,
            Some((CTRL, Key::K)),
            Needs::Nothing,
            || Self::Palette,
        ),
        listed(
            "Keyboard shortcuts",
            Group::Window,
            Some((NONE, Key::F1)),
            Needs::Nothing,
            || Self::Help,
        ),
        listed(
            "Settings",
            Group::Window,
            Some((CTRL, Key::Comma)),
            Needs::Nothing,
            || Self::Settings,
        ),
        listed("Dark theme", Group::Window, None, Needs::Nothing, || {
            Self::SetTheme(Theme::Dark)
        }),
        listed("Light theme", Group::Window, None, Needs::Nothing, || {
            Self::SetTheme(Theme::Light)
        }),
        listed(
            "Theme of the system",
            Group::Window,
            None,
            Needs::Nothing,
            || Self::SetTheme(Theme::System),
        ),
        listed(
            "Cancel what runs",
            Group::Window,
            None,
            Needs::Nothing,
            || Self::CancelWork,
        ),
        listed(
            "Frame times",
            Group::Window,
            Some((NONE, Key::F12)),
            Needs::Nothing,
            || Self::ToggleDebug,
        ),
    ];
}

impl Needs {
    /// Whether it can be carried out now.
    #[must_use]
    pub fn are_met(self, model: &Model) -> bool {
        match self {
            Self::Nothing => true,
            Self::Store => model.session.is_some(),
            Self::Stream => model.session.is_some() && model.selection.stream.is_some(),
        }
    }
}

impl Listed {
    /// Its keys as egui takes them.
    #[must_use]
    pub fn shortcut(&self) -> Option<KeyboardShortcut> {
        self.keys
            .map(|(modifiers, key)| KeyboardShortcut::new(modifiers, key))
    }

    /// Its keys as people read them: `Ctrl+K`.
    #[must_use]
    pub fn keys_text(&self, ctx: &egui::Context) -> Option<String> {
        self.shortcut()
            .map(|shortcut| ctx.format_shortcut(&shortcut).replace("Comma", ","))
    }
}

#[cfg(test)]
mod tests {
    use super::Command;

    #[test]
    fn no_two_commands_share_keys_or_titles() {
        let mut keys: Vec<_> = Command::LISTED
            .iter()
            .filter_map(|listed| listed.keys)
            .collect();
        let mut titles: Vec<_> = Command::LISTED.iter().map(|listed| listed.title).collect();
        let (count, titled) = (keys.len(), titles.len());
        keys.sort_by_key(|(modifiers, key)| (format!("{modifiers:?}"), *key));
        keys.dedup();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!((keys.len(), titles.len()), (count, titled));
    }
}
