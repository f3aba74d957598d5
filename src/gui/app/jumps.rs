//! Going back to where one was. What counts as leaving is decided here, so that no view has to think
//! of it.

use super::App;
use crate::gui::command::Command;
use crate::gui::model::{Cursor, Direction, Place};

/// Whether a command leads elsewhere at once. Steps, time that runs and drags lead on from place to
/// place, and nobody wants to go back through each.
pub(super) fn is_jump(command: &Command, ctx: &egui::Context) -> bool {
    match command {
        Command::Show(_)
        | Command::ShowPage(_)
        | Command::ShowBeside(_)
        | Command::GoToStream(_)
        | Command::GoToEvent(_)
        | Command::FollowEvent(_)
        | Command::FilterCorrelation(_)
        | Command::FilterStream(_)
        | Command::FilterType(_)
        | Command::FilterCategory(_)
        | Command::MoveToTyped(_)
        | Command::ToStart
        | Command::ToHead => true,
        Command::MoveTo(_) => !ctx.input(|input| input.pointer.any_down()),
        _ => false,
    }
}

impl App {
    /// What the window is about now.
    pub(super) fn place(&self) -> Place {
        let model = &self.model;
        Place {
            view: model.view,
            bound: model.cursor.bound(),
            compare: model.compare,
            selection: model.selection.clone(),
            filter: model.filter.clone(),
        }
    }

    /// To the place before the last jump, or to the one that was gone back from.
    pub(super) fn retrace(&mut self, direction: Direction) {
        let now = self.place();
        let Some(place) = self.model.trail.go(direction, now) else {
            return;
        };
        let Some(session) = &self.model.session else {
            return;
        };
        let clock = self.model.cursor.clock();
        self.model.cursor = Cursor::new(&session.log, clock, place.bound);
        self.model.playback.pause();
        self.model.view = place.view;
        self.model.compare = place.compare;
        self.model.selection = place.selection;
        self.model.filter = place.filter;
    }
}
