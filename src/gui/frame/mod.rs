//! The frame of every view: top bar, rail, time panel, status bar, notes and dialogs. Owns the views
//! and their own small state (scroll, filter text); everything shared is in the model.

mod address;
mod debug;
mod menu;
mod notes;
mod panes;
mod rail;
mod status_bar;
mod times;
mod top_bar;

use std::collections::BTreeMap;

use crate::gui::command::{Command, Outbox, SagaAct};
use crate::gui::dialogs::Dialogs;
use crate::gui::model::{Model, Page, Reordered, View};
use crate::gui::panels::TimePanel;
use crate::gui::theme::{TokensExt, sizes};
use crate::gui::views::{Form, Screen, Text, Welcome, screens};
use crate::worker::Exports;

pub use times::FrameTimes;

/// All that is drawn.
#[derive(Default)]
pub(in crate::gui) struct Frame {
    top_bar: top_bar::TopBar,
    time_panel: TimePanel,
    dialogs: Dialogs,
    welcome: Welcome,
    screens: BTreeMap<View, Box<dyn Screen>>,
    panes: panes::Panes,
}

impl Frame {
    /// Forgets what belonged to the store before.
    pub fn opened(&mut self) {
        self.time_panel = TimePanel::default();
        self.screens = screens();
    }

    /// Events got other places in the log.
    pub fn reordered(&mut self, moved: &Reordered) {
        for screen in self.screens.values_mut() {
            screen.reordered(moved);
        }
    }

    /// Arranges the views as they were kept.
    pub fn restore(&mut self, model: &Model) {
        self.panes.restore(model);
    }

    /// Puts a view beside those that are shown.
    pub fn beside(&mut self, view: View) {
        self.panes.beside(view);
    }

    /// What an export of the view would write.
    ///
    /// # Errors
    /// Why there is nothing to export, in a sentence.
    pub fn exports(&self, model: &Model) -> Result<(Exports, String), &'static str> {
        let screen = self.screens.get(&model.view);
        let screen = screen.filter(|_| model.session.is_some());
        screen.ok_or("No store is open")?.exports(model)
    }

    /// The command line that gives what the view shows.
    pub fn address(&self, model: &Model) -> Option<String> {
        let session = model.session.as_ref()?;
        let screen = self.screens.get(&model.view)?;
        let own = screen.address(model, &session.log);
        let at = screen.address_at(model, &session.log);
        Some(address::address(model, session, &own, at).to_string())
    }

    /// Gives the keyboard to the field that a view is searched with; none where it has no such field.
    pub fn find(&mut self, view: View) -> Option<()> {
        self.screens.get_mut(&view)?.find()
    }

    /// Turns a view to one of its pages.
    pub fn turn_to(&mut self, page: Page) {
        if let Some(screen) = self.screens.get_mut(&page.view()) {
            screen.turn_to(page);
        }
    }

    /// Lets the view that is shown do what it offered.
    pub fn act(&mut self, act: SagaAct, model: &Model, outbox: &mut Outbox) {
        if let Some(screen) = self.screens.get_mut(&model.view) {
            screen.act(act, model, outbox);
        }
    }

    /// What the view that is shown knows of what it looks at; none where it has no answer of its own.
    pub fn answer(&self, model: &Model, form: Form) -> Option<Text> {
        let screen = self.screens.get(&model.view);
        screen
            .filter(|_| model.session.is_some())?
            .answer(model, form)
    }

    /// Whether a dialog has the keyboard.
    pub fn has_dialog(&self) -> bool {
        self.dialogs.is_open()
    }

    /// Commands that change only what is drawn.
    pub fn command(&mut self, command: &Command) {
        match command {
            Command::FocusTime => self.top_bar.focus_time(),
            other => self.dialogs.command(other),
        }
    }

    /// What became of a typed moment.
    pub fn typed(&mut self, result: Result<String, String>) {
        self.top_bar.typed(result);
    }

    /// Draws everything.
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        model: &Model,
        outbox: &mut Outbox,
        times: FrameTimes,
    ) {
        let bg = ui.tokens().bg;
        ui.painter().rect_filled(ui.max_rect(), 0.0, bg);
        panel(egui::Panel::top("top-bar"), sizes::TOP_BAR)
            .show(ui, |ui| self.top_bar.show(ui, model, outbox));
        panel(egui::Panel::bottom("status-bar"), sizes::STATUS_BAR)
            .show(ui, |ui| status_bar::show(ui, model, times, outbox));
        if model.session.is_some() {
            self.time_panel.show(ui, model, outbox);
            panel(egui::Panel::left("rail"), sizes::RAIL)
                .show(ui, |ui| rail::show(ui, model, outbox));
        }
        egui::CentralPanel::no_frame().show(ui, |ui| {
            // Even an empty stack of notes would push the view down.
            if notes::any(model) {
                ui.scope(|ui| notes::show(ui, model, outbox));
            }
            // What the notes leave is all that the view sees.
            let room = ui.available_rect_before_wrap();
            let ui = &mut ui.new_child(egui::UiBuilder::new().id_salt("view").max_rect(room));
            if model.session.is_none() {
                self.welcome.show(ui, model, outbox);
                return;
            }
            self.panes.show(ui, &mut self.screens, model, outbox);
        });
        let screen = self.screens.get(&model.view);
        let offers = || screen.map_or_else(Vec::new, |screen| screen.offers(model));
        self.dialogs.show(ui, (model, &offers), outbox);
        preview_dropped(ui);
    }
}

/// A bar of the frame: fixed, on the panel's ground, one line to its neighbour.
fn panel(panel: egui::Panel, size: f32) -> egui::Panel {
    panel
        .exact_size(size)
        .resizable(false)
        .show_separator_line(false)
        .frame(egui::Frame::NONE)
}

/// Says what a file that hovers over the window would do.
fn preview_dropped(ui: &egui::Ui) {
    let hovering = ui.input(|input| !input.raw.hovered_files.is_empty());
    if !hovering {
        return;
    }
    let tokens = ui.tokens();
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop-preview"));
    let painter = ui.ctx().layer_painter(layer);
    let rect = ui.ctx().content_rect();
    painter.rect_filled(rect, 0.0, tokens.scrim);
    let font = crate::gui::theme::Face::Answer.font();
    painter.text(
        rect.center(),
        egui::Align2::CENTER_CENTER,
        "Drop to open",
        font,
        tokens.on_accent,
    );
}
