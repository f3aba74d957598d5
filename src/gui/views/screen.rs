//! What every view of the rail is. A view is a folder here and a line in [`screens`].

use std::collections::BTreeMap;

use egui::Ui;

use super::{Audit, Events, Lag, Overview, Projections, Sagas, Sql, State, Streams};
use crate::gui::command::{Offer, Outbox, SagaAct};
use crate::gui::model::{Model, Page, Reordered, View};
use crate::gui::theme::Icon;
use crate::log::{Bound, Log};
use crate::render::Shell;
use crate::worker::Exports;

/// A view: reads the model, keeps its own small state (scroll, folded nodes, text being typed), puts
/// questions and commands into the outbox.
pub(in crate::gui) trait Screen {
    /// Draws it.
    fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox);

    /// Events got other places in the log: one that it keeps by its place has to be found anew.
    fn reordered(&mut self, _moved: &Reordered) {}

    /// Gives the keyboard to the field that it is searched with; none where it has no such field.
    fn find(&mut self) -> Option<()> {
        None
    }

    /// Turns to one of its pages, where it has these.
    fn turn_to(&mut self, _page: Page) {}

    /// What it can do now, by name.
    fn offers(&self, _model: &Model) -> Vec<Offer> {
        Vec::new()
    }

    /// Does what it offered.
    fn act(&mut self, _act: SagaAct, _model: &Model, _outbox: &mut Outbox) {}

    /// What is known of what it looks at, to be copied; none where that is the state of the selected
    /// stream.
    fn answer(&self, _model: &Model, _form: Form) -> Option<Text> {
        None
    }

    /// What an export of it writes, and the stem of a name for the file.
    ///
    /// # Errors
    /// Why there is nothing to export, in a sentence.
    fn exports(&self, model: &Model) -> Result<(Exports, String), &'static str>;

    /// The subcommand that gives what it shows, with what only it takes.
    fn address(&self, model: &Model, log: &Log) -> Shell;

    /// The moment that the subcommand is asked about.
    fn address_at(&self, model: &Model, _log: &Log) -> Bound {
        model.cursor.bound()
    }
}

/// How an answer is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gui) enum Form {
    /// As text.
    Plain,
    /// As Markdown with its evidence.
    Markdown,
}

/// How a text to be copied stands.
pub(in crate::gui) enum Text {
    There(String),
    Coming,
    /// Why there is none, in a sentence.
    Failed(String),
}

/// All views, anew: each opening of a store begins with fresh ones.
pub(in crate::gui) fn screens() -> BTreeMap<View, Box<dyn Screen>> {
    let screen = |view| -> Box<dyn Screen> {
        match view {
            View::Overview => Box::<Overview>::default(),
            View::Events => Box::<Events>::default(),
            View::Streams => Box::<Streams>::default(),
            View::State => Box::<State>::default(),
            View::Projections => Box::<Projections>::default(),
            View::Sagas => Box::<Sagas>::default(),
            View::Lag => Box::<Lag>::default(),
            View::Audit => Box::<Audit>::default(),
            View::Sql => Box::<Sql>::default(),
        }
    };
    let all = View::ALL.into_iter();
    all.map(|view| (view, screen(view))).collect()
}

impl View {
    /// Its picture on the rail.
    pub(in crate::gui) const fn icon(self) -> Icon {
        match self {
            Self::Overview => Icon::Overview,
            Self::Events => Icon::Events,
            Self::Streams => Icon::Streams,
            Self::State => Icon::State,
            Self::Projections => Icon::Projections,
            Self::Sagas => Icon::Sagas,
            Self::Lag => Icon::Lag,
            Self::Audit => Icon::Audit,
            Self::Sql => Icon::Sql,
        }
    }
}
