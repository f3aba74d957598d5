//! The head of a pane: what it shows, and what can be done with it.

use egui::{Align, Color32, Label, Layout, Sense, Ui, UiBuilder, vec2};

use crate::gui::theme::{Face, TokensExt, sizes};

/// Head of a pane, 36 high: dot, title, secondary text, then actions from the right.
#[derive(Clone, Copy, Debug)]
#[must_use = "call show"]
pub struct PaneHead<'a> {
    title: &'a str,
    face: Face,
    secondary: Option<(&'a str, Face)>,
    dot: Option<Color32>,
}

impl<'a> PaneHead<'a> {
    /// A head with this title.
    pub fn new(title: &'a str) -> Self {
        Self {
            title,
            face: Face::Title,
            secondary: None,
            dot: None,
        }
    }

    /// The title is an id.
    pub fn mono(mut self) -> Self {
        self.face = Face::CodeStrong;
        self
    }

    /// Words after the title in `text2`.
    pub fn secondary(mut self, text: &'a str) -> Self {
        self.secondary = Some((text, Face::Secondary));
        self
    }

    /// Version and position after the title, in mono.
    pub fn secondary_mono(mut self, text: &'a str) -> Self {
        self.secondary = Some((text, Face::Cell));
        self
    }

    /// A category's dot before the title.
    pub fn dot(mut self, colour: Color32) -> Self {
        self.dot = Some(colour);
        self
    }

    /// Shows the head; the closure adds actions from right to left.
    pub fn show<R>(self, ui: &mut Ui, actions: impl FnOnce(&mut Ui) -> R) -> R {
        self.show_with(ui, |_| (), actions)
    }

    /// As [`PaneHead::show`], with more after the title (segments), left to right.
    pub fn show_with<R>(
        self,
        ui: &mut Ui,
        left: impl FnOnce(&mut Ui),
        actions: impl FnOnce(&mut Ui) -> R,
    ) -> R {
        let t = ui.tokens();
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), sizes::PANE_HEAD));
        ui.painter()
            .hline(rect.x_range(), rect.max.y - 0.5, (1.0, t.border));
        let inner = rect.shrink2(vec2(sizes::PAD, 0.0));
        let right = UiBuilder::new()
            .id_salt((self.title, "actions"))
            .max_rect(inner)
            .layout(Layout::right_to_left(Align::Center));
        let mut right = ui.new_child(right);
        right.spacing_mut().item_spacing.x = 4.0;
        let inner_response = actions(&mut right);
        let used = right.min_rect().min.x.min(inner.max.x);
        let builder = UiBuilder::new()
            .id_salt((self.title, "title"))
            .max_rect(inner.with_max_x(used - sizes::GAP))
            .layout(Layout::left_to_right(Align::Center));
        self.words(&mut ui.new_child(builder), left);
        inner_response
    }

    fn words(&self, ui: &mut Ui, left: impl FnOnce(&mut Ui)) {
        let t = ui.tokens();
        if let Some(colour) = self.dot {
            let (dot, _) = ui.allocate_exact_size(vec2(sizes::DOT, sizes::DOT), Sense::hover());
            ui.painter()
                .circle_filled(dot.center(), sizes::DOT / 2.0, colour);
        }
        // Of a long title as much is shown as leaves the words after it whole, and what else stands there: how
        // wide that is is known of the frame before.
        let room = ui.available_width();
        let id = ui.scope_id().with("more");
        let more: f32 = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        let rest = self.secondary.map_or(0.0, |(text, face)| {
            let galley = ui
                .painter()
                .layout_no_wrap(text.to_owned(), face.font(), t.text2);
            galley.size().x + ui.spacing().item_spacing.x
        });
        ui.scope(|ui| {
            ui.set_max_width((room - rest - more).max(room * 0.3));
            ui.add(Label::new(self.face.text(self.title, t.text)).truncate());
        });
        if let Some((text, face)) = self.secondary {
            ui.add(Label::new(face.text(text, t.text2)).truncate());
        }
        let before = ui.min_rect().max.x;
        left(ui);
        let wide = ui.min_rect().max.x - before;
        if (wide - more).abs() > 0.5 {
            ui.data_mut(|data| data.insert_temp(id, wide));
            ui.ctx().request_repaint();
        }
    }
}
