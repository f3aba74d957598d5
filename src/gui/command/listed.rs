//! The commands that people can find, with their keys: what menus, palette, shortcuts and the help
//! window are made from.

use std::borrow::Cow;
use std::sync::LazyLock;

use egui::{Key, KeyboardShortcut, Modifiers};

use super::{Command, PathFor};
use crate::gui::model::{Direction, Model, Reach, View};
use crate::log::MaskedFields;
use crate::workspace::Theme;

/// A command that stands in menus, palette and help.
#[derive(Clone, Debug)]
pub struct Listed {
    /// What it does, in the imperative.
    pub title: Cow<'static, str>,
    /// Under which heading.
    pub group: Group,
    /// Its keys, if it has any.
    pub keys: Option<(Modifiers, Key)>,
    /// Whether it needs an open store.
    pub needs: Needs,
    /// The command.
    pub command: Command,
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
    /// While an index is cut short.
    Rest,
    /// While a stream is selected.
    Stream,
    /// While something is looked at of which something is known: a stream, a saga or a projection.
    Answer,
    /// While there is a place to go back or forward to.
    Place(Direction),
}

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
const ALT: Modifiers = Modifiers::ALT;

type Keys = Option<(Modifiers, Key)>;

/// The keys of the views, in the order of the rail; with Shift they open beside the present one.
const DIGITS: [Key; 9] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
];

static LISTED: LazyLock<Vec<Listed>> =
    LazyLock::new(|| [store(), views(), time(), answer(), window()].concat());

fn views() -> Vec<Listed> {
    let mut listed = Vec::new();
    let keys = |modifiers, at: usize| DIGITS.get(at).map(|key| (modifiers, *key));
    for (at, view) in View::ALL.into_iter().enumerate() {
        let keys = keys(CTRL, at);
        let show = Command::Show(view);
        listed.push(Listed::new(
            view.name(),
            Group::View,
            keys,
            Needs::Store,
            show,
        ));
    }
    for (at, view) in View::ALL.into_iter().enumerate() {
        let title = format!("{} in a pane beside", view.name());
        let keys = keys(CTRL_SHIFT, at);
        let beside = Command::ShowBeside(view);
        listed.push(Listed::new(title, Group::View, keys, Needs::Store, beside));
    }
    listed
}

fn store() -> Vec<Listed> {
    let listed =
        |title, keys: Keys, needs, command| Listed::new(title, Group::Store, keys, needs, command);
    vec![
        listed(
            "Open file…",
            Some((CTRL, Key::O)),
            Needs::Nothing,
            Command::OpenDialog,
        ),
        listed(
            "Open folder…",
            Some((CTRL_SHIFT, Key::O)),
            Needs::Nothing,
            Command::OpenFolderDialog,
        ),
        listed(
            "Open by path…",
            None,
            Needs::Nothing,
            Command::TypePath(PathFor::Opening),
        ),
        listed(
            "Attach the tables of a SQLite file…",
            None,
            Needs::Store,
            Command::AttachDialog,
        ),
        listed(
            "Attach tables by path…",
            None,
            Needs::Store,
            Command::TypePath(PathFor::Attaching),
        ),
        listed(
            "Correct how columns are read…",
            None,
            Needs::Store,
            Command::CorrectMapping(0),
        ),
        listed(
            "Mask personal data",
            None,
            Needs::Store,
            Command::MaskPersonal,
        ),
        listed(
            "Show the fields that are masked",
            None,
            Needs::Store,
            Command::Mask(MaskedFields::new()),
        ),
        listed(
            "Read on to the end of the store",
            None,
            Needs::Rest,
            Command::ReadOn,
        ),
        listed(
            "Close store",
            Some((CTRL, Key::W)),
            Needs::Store,
            Command::Close,
        ),
        listed("Quit", Some((CTRL, Key::Q)), Needs::Nothing, Command::Quit),
    ]
}

fn time() -> Vec<Listed> {
    let listed =
        |title, keys: Keys, needs, command| Listed::new(title, Group::Time, keys, needs, command);
    vec![
        listed(
            "Type a moment",
            Some((CTRL, Key::T)),
            Needs::Store,
            Command::FocusTime,
        ),
        listed(
            "Play or pause",
            Some((NONE, Key::Space)),
            Needs::Store,
            Command::TogglePlay,
        ),
        listed(
            "Next event",
            Some((NONE, Key::ArrowRight)),
            Needs::Store,
            Command::StepEvent(Direction::Forward),
        ),
        listed(
            "Previous event",
            Some((NONE, Key::ArrowLeft)),
            Needs::Store,
            Command::StepEvent(Direction::Back),
        ),
        listed(
            "Next event of the selected stream",
            Some((SHIFT, Key::ArrowRight)),
            Needs::Stream,
            Command::StepSelection(Direction::Forward),
        ),
        listed(
            "Previous event of the selected stream",
            Some((SHIFT, Key::ArrowLeft)),
            Needs::Stream,
            Command::StepSelection(Direction::Back),
        ),
        listed(
            "To the first event",
            Some((CTRL, Key::Home)),
            Needs::Store,
            Command::ToStart,
        ),
        listed(
            "To the head",
            Some((CTRL, Key::End)),
            Needs::Store,
            Command::ToHead,
        ),
        listed(
            "Back to where I was",
            Some((ALT, Key::ArrowLeft)),
            Needs::Place(Direction::Back),
            Command::Retrace(Direction::Back),
        ),
        listed(
            "Forward again",
            Some((ALT, Key::ArrowRight)),
            Needs::Place(Direction::Forward),
            Command::Retrace(Direction::Forward),
        ),
        listed(
            "Bookmark this moment",
            Some((CTRL, Key::B)),
            Needs::Store,
            Command::AddBookmark,
        ),
    ]
}

fn answer() -> Vec<Listed> {
    let listed =
        |title, keys: Keys, needs, command| Listed::new(title, Group::Answer, keys, needs, command);
    vec![
        listed(
            "Copy answer",
            Some((CTRL_SHIFT, Key::C)),
            Needs::Answer,
            Command::CopyAnswer,
        ),
        listed(
            "Copy answer as Markdown with evidence",
            None,
            Needs::Answer,
            Command::CopyAnswerMarkdown,
        ),
        listed(
            "Copy state as JSON",
            None,
            Needs::Stream,
            Command::CopyState,
        ),
        listed(
            "Copy command line of this view",
            Some((CTRL, Key::L)),
            Needs::Store,
            Command::CopyAddress,
        ),
        listed(
            "Copy report of the store",
            None,
            Needs::Store,
            Command::CopyReport,
        ),
        listed(
            "Export…",
            Some((CTRL, Key::E)),
            Needs::Store,
            Command::Export,
        ),
    ]
}

fn window() -> Vec<Listed> {
    let listed =
        |title, keys: Keys, needs, command| Listed::new(title, Group::Window, keys, needs, command);
    vec![
        listed(
            "Go to stream, event or command",
            Some((CTRL, Key::K)),
            Needs::Nothing,
            Command::Palette,
        ),
        listed(
            "Find text of events, streams or types",
            Some((CTRL, Key::F)),
            Needs::Store,
            Command::Find,
        ),
        listed(
            "Keyboard shortcuts",
            Some((NONE, Key::F1)),
            Needs::Nothing,
            Command::Help,
        ),
        listed(
            "Settings",
            Some((CTRL, Key::Comma)),
            Needs::Nothing,
            Command::Settings,
        ),
        listed(
            "Dark theme",
            None,
            Needs::Nothing,
            Command::SetTheme(Theme::Dark),
        ),
        listed(
            "Light theme",
            None,
            Needs::Nothing,
            Command::SetTheme(Theme::Light),
        ),
        listed(
            "Theme of the system",
            None,
            Needs::Nothing,
            Command::SetTheme(Theme::System),
        ),
        listed(
            "Cancel what runs",
            None,
            Needs::Nothing,
            Command::CancelWork,
        ),
        listed(
            "Ask again for what failed",
            None,
            Needs::Store,
            Command::Again,
        ),
        listed(
            "Frame times",
            Some((NONE, Key::F12)),
            Needs::Nothing,
            Command::ToggleDebug,
        ),
    ]
}

impl Command {
    /// The commands that people can find.
    #[must_use]
    pub fn listed() -> &'static [Listed] {
        &LISTED
    }

    /// Whether it makes sense while a dialog covers the view: those that open another dialog in its
    /// place, or close it, or end the program.
    #[must_use]
    pub const fn works_over_dialogs(&self) -> bool {
        matches!(
            self,
            Self::Palette
                | Self::Help
                | Self::Settings
                | Self::OpenDialog
                | Self::OpenFolderDialog
                | Self::ToggleDebug
                | Self::Quit
        )
    }
}

impl Needs {
    /// Whether it can be carried out now.
    #[must_use]
    pub fn are_met(self, model: &Model) -> bool {
        match self {
            Self::Nothing => true,
            Self::Store => model.session.is_some(),
            Self::Rest => matches!(model.reach(), Reach::CutShort(_)),
            Self::Stream => model.session.is_some() && model.selection.stream.is_some(),
            Self::Answer => Self::Stream.are_met(model) || model.has_own_answer(),
            Self::Place(direction) => model.session.is_some() && model.trail.leads(direction),
        }
    }
}

impl Listed {
    fn new(
        title: impl Into<Cow<'static, str>>,
        group: Group,
        keys: Keys,
        needs: Needs,
        command: Command,
    ) -> Self {
        Self {
            title: title.into(),
            group,
            keys,
            needs,
            command,
        }
    }

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
        let mut keys: Vec<_> = Command::listed()
            .iter()
            .filter_map(|listed| listed.keys)
            .collect();
        let mut titles: Vec<_> = Command::listed()
            .iter()
            .map(|listed| listed.title.clone())
            .collect();
        let (count, titled) = (keys.len(), titles.len());
        keys.sort_by_key(|(modifiers, key)| (format!("{modifiers:?}"), *key));
        keys.dedup();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!((keys.len(), titles.len()), (count, titled));
    }
}
