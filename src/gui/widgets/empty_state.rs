//! What a pane says when there is nothing to show: an icon, one sentence, one button.

use egui::{Align, Label, Layout, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use super::button::Button;
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};

/// An empty state in the middle of the room there is.
#[derive(Clone, Copy, Debug)]
#[must_use = "call show"]
pub struct EmptyState<'a> {
    icon: Icon,
    sentence: &'a str,
    button: Option<&'a str>,
}

impl<'a> EmptyState<'a> {
    /// One sentence says why it is empty.
    pub fn new(icon: Icon, sentence: &'a str) -> Self {
        Self {
            icon,
            sentence,
            button: None,
        }
    }

    /// One thing to do about it.
    pub fn button(mut self, word: &'a str) -> Self {
        self.button = Some(word);
        self
    }

    /// Shows it over the available room; true when the button was clicked.
    pub fn show(self, ui: &mut Ui) -> bool {
        let t = ui.tokens();
        let room = ui.available_rect_before_wrap();
        let button = if self.button.is_some() {
            sizes::BUTTON + 12.0
        } else {
            0.0
        };
        let height = sizes::ICON_EMPTY + 8.0 + 20.0 + button;
        let top = (room.center().y - height / 2.0).max(room.min.y);
        let builder = UiBuilder::new()
            .max_rect(room.with_min_y(top.round()))
            .layout(Layout::top_down(Align::Center));
        let clicked = ui.scope_builder(builder, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            let side = vec2(sizes::ICON_EMPTY, sizes::ICON_EMPTY);
            let (rect, response) = ui.allocate_exact_size(side, Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, self.icon.name()));
            icons::paint(ui.painter(), rect, self.icon, t.text2);
            ui.add(Label::new(Face::Body.text(self.sentence, t.text2)).wrap());
            ui.add_space(4.0);
            self.button
                .is_some_and(|word| ui.add(Button::secondary(word)).clicked())
        });
        clicked.inner
    }
}
