//! A name for a bookmark. The one it has stands there already, chosen, so that typing replaces it and
//! Enter or Escape keep it.

use egui::{Align, Id, Layout, Margin, Ui, vec2};

use super::{Stays, head, modal};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{Button, FirstFocus, TextField};
use crate::model::time::input;

/// What is being typed.
pub(super) struct BookmarkName {
    at: usize,
    /// None before it was drawn.
    text: Option<String>,
    focus: FirstFocus,
}

impl BookmarkName {
    /// Of the bookmark at this place.
    pub fn new(at: usize) -> Self {
        Self {
            at,
            text: None,
            focus: FirstFocus::default(),
        }
    }

    pub fn show(&mut self, ui: &Ui, model: &Model, outbox: &mut Outbox) -> Stays {
        let Some(bookmark) = model.store.bookmarks.get(self.at) else {
            return Stays::Closes;
        };
        let id = Id::unique("bookmark-name");
        let (at, focus) = (self.at, &mut self.focus);
        let text = self.text.get_or_insert_with(|| bookmark.name.clone());
        modal(ui, "Name of the bookmark", 420.0, |ui| {
            let read = input::parse(&bookmark.moment, &model.input_context());
            let moment = read.map_or_else(|_| bookmark.moment.clone(), |typed| typed.echo);
            let mut stays = head(ui, "Bookmark", &moment);
            let margin = Margin::symmetric(16, 12);
            egui::Frame::new().inner_margin(margin).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 12.0;
                let words = "It stands over the lanes of the time panel under this name.";
                ui.label(Face::Dense.text(words, ui.tokens().text2));
                if focus.give(ui, id) {
                    choose_all(ui, id, text);
                }
                let field = TextField::new("Name", text).id(id);
                let response = ui.add(field.hint("Incident 4821"));
                let enter = ui.input(|input| input.key_pressed(egui::Key::Enter));
                let size = vec2(ui.available_width(), sizes::BUTTON);
                let layout = Layout::right_to_left(Align::Center);
                let saved = ui.allocate_ui_with_layout(size, layout, |ui| {
                    let save = ui.add(Button::primary("Save")).clicked();
                    if ui.add(Button::ghost("Remove bookmark")).clicked() {
                        outbox.send(Command::RemoveBookmark(at));
                        stays = Stays::Closes;
                    }
                    save
                });
                if saved.inner || response.lost_focus() && enter {
                    outbox.send(Command::NameBookmark(at, text.clone()));
                    stays = Stays::Closes;
                }
            });
            stays
        })
    }
}

fn choose_all(ui: &Ui, id: Id, text: &str) {
    let end = egui::text::CCursor::new(text.chars().count());
    let all = egui::text::CCursorRange::two(egui::text::CCursor::new(0), end);
    let mut state = egui::widgets::text_edit::TextEditState::default();
    state.cursor.set_char_range(Some(all));
    state.store(ui.ctx(), id);
}
