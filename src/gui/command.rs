//! Everything that can be asked of the window. Menus, palette, shortcuts and help are all made from
//! [`Command::listed`]; views put commands into an [`Outbox`], and `app` carries them out.

mod listed;
mod offer;
mod outbox;

use std::path::PathBuf;

pub use listed::{Group, Listed, Needs};
pub use offer::{Offer, SagaAct};
pub use outbox::Outbox;

use crate::analysis::events::EventFilter;
use crate::gui::model::{Direction, Page, View};
use crate::log::{Bound, Clock, MaskedFields};
use crate::model::time::Zone;
use crate::model::{CategoryIx, EventIx, StreamIx, TypeIx};
use crate::store::layout::Layout;
use crate::worker::{Existing, Exports, SessionId, SlotId, Written};
use crate::workspace::{ProjectionFile, SagaFile, StorePath, Theme};

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
    /// Index the store to its end, after that was called off.
    ReadOn,
    /// Close the store and go back to the welcome page.
    Close,
    /// End the program.
    Quit,
    /// Forget the recent files.
    ClearRecent,
    /// Go to a view.
    Show(View),
    /// Go to a page of a view.
    ShowPage(Page),
    /// Do this in the Sagas view, where it is shown.
    InSagas(SagaAct),
    /// Go to a view without leaving the present one.
    ShowBeside(View),
    /// Move the cursor.
    MoveTo(Bound),
    /// Move the cursor to what was typed.
    MoveToTyped(String),
    /// Put the keyboard into the time field.
    FocusTime,
    /// Put the keyboard into the field that the view is searched with; the text of events where it has
    /// none.
    Find,
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
    /// Select an event that another one leads to, and its stream; the view and the cursor stay.
    FollowEvent(EventIx),
    /// Select a field of the state.
    SelectField(Option<String>),
    /// Compare the state with another moment, or no longer.
    CompareWith(Option<Bound>),
    /// Fold states of streams by this projection, or by the default fold.
    FoldBy(Option<Written>),
    /// Show the events with the correlation id of this one.
    FilterCorrelation(EventIx),
    /// Show the events of this stream.
    FilterStream(StreamIx),
    /// Show the events of this filter.
    SetFilter(Box<EventFilter>),
    /// Go on with a search that was called off.
    GoOnSearching,
    /// Ask for a file whose tables are to stand beside those of the store.
    AttachDialog,
    /// Let the tables of this file stand beside those of the store.
    Attach(PathBuf),
    /// Show these columns of a table, by their names for programs.
    KeepColumns(&'static str, Vec<String>),
    /// Copy an event in full as JSON.
    CopyEvent(EventIx),
    /// Show the events of this type.
    FilterType(TypeIx),
    /// Show the events of this category.
    FilterCategory(CategoryIx),
    /// Read this store by this mapping from now on; by the layout that fits best where absent.
    SetMapping(StorePath, Option<Box<Layout>>),
    /// Mask these fields of payloads by event type, and no others.
    Mask(MaskedFields),
    /// Mask the fields that hold personal data.
    MaskPersonal,
    /// Ask for a file and write this layout to it.
    ExportLayout(Box<Layout>),
    /// Write this layout to a file.
    ExportLayoutTo(Box<Layout>, PathBuf, Existing),
    /// Let a path be typed, where the system has no dialog.
    TypePath(PathFor),
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
    ExportTo(SessionId, Box<Exports>, PathBuf, Existing),
    /// Ask whether this file is to be written over, which the command then does.
    AskToReplace(PathBuf, Box<Command>),
    /// Remember this moment.
    AddBookmark,
    /// Ask for a name of a bookmark, by its place.
    AskNameOfBookmark(usize),
    /// Give a bookmark a name.
    NameBookmark(usize, String),
    /// Forget a bookmark, by its place.
    RemoveBookmark(usize),
    /// Go back to where one was before a jump, or forward again.
    Retrace(Direction),
    /// Show times in this zone.
    SetZone(Zone),
    /// Dark, light or as the system has it.
    SetTheme(Theme),
    /// Open or close the palette.
    Palette,
    /// Open the palette with the streams there are, to choose one.
    ChooseStream,
    /// Open or close the list of shortcuts.
    Help,
    /// Open or close the settings.
    Settings,
    /// Correct how the columns of the store's file of that number are read.
    CorrectMapping(usize),
    /// Show or hide frame times.
    ToggleDebug,
    /// Call off all that runs.
    CancelWork,
    /// Call off what runs in this place.
    Cancel(SlotId),
    /// Ask again for what was called off or has failed.
    Again,
    /// Remember what a view keeps for itself, by the view's name.
    KeepView(&'static str, serde_json::Value),
    /// Remember the height of the time panel, in points; its usual one where absent.
    SetTimePanelHeight(Option<f32>),
    /// Keep a projection in the workspace.
    SaveProjection(ProjectionFile),
    /// Keep a saga definition in the workspace.
    SaveSaga(SagaFile),
    /// Judge the processes of this store by the definition of that name; by what is mined where none is.
    JudgeSagasBy(Option<String>),
    /// Leave these rules out of the audit of this store, by their names, and hear all others.
    MuteRules(Vec<String>),
    /// Tell the user something in passing.
    Say(String),
    /// Put a note away.
    DismissNote(usize),
}

/// What a typed path is for.
#[derive(Clone, Debug, PartialEq)]
pub enum PathFor {
    /// A store to open.
    Opening,
    /// A file whose tables are to stand beside those of the store.
    Attaching,
    /// A file to write, with a stem for its name.
    Export(Box<Exports>, String),
    /// A file to write a layout to.
    Layout(Box<Layout>),
}
