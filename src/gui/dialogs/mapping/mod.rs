//! Correcting how a store's columns are read: on the left one line per role and the table, on the right
//! the first events as they are read by what stands there. Also for a file in which nothing looked like
//! events.

mod draft;
mod lines;
mod preview;

use egui::{Align, Layout, Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

use super::{Stays, head, modal, room_for, rule};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{TokensExt, sizes};
use crate::gui::widgets::Button;
use crate::worker::AskPreview;
use draft::Draft;

/// What is being written.
pub(super) struct Mapping {
    /// The file of the store that it is about.
    file: usize,
    draft: Option<Draft>,
    /// The lines that could be read last, as the question for what they make of the file.
    shown: Option<AskPreview>,
}

const WIDTH: f32 = 1180.0;
/// Of which the lines have this share.
const LINES: f32 = 0.48;
const FOOT: f32 = 52.0;

impl Mapping {
    /// Of the store's file of this number.
    pub fn of_file(file: usize) -> Self {
        Self {
            file,
            draft: None,
            shown: None,
        }
    }

    pub fn show(&mut self, ui: &Ui, model: &Model, outbox: &mut Outbox) -> Stays {
        if self.draft.is_none() {
            self.draft = Draft::of(model, self.file);
        }
        modal(ui, "How columns are read", WIDTH, |ui| {
            let Some(draft) = &mut self.draft else {
                let stays = head(ui, "How its columns are read", "no store is open");
                ui.add_space(16.0);
                return stays;
            };
            let stays = head(ui, "How its columns are read", &draft.file);
            let size = vec2(ui.available_width(), room_for(ui, 48.0 + FOOT));
            let (_, rect) = ui.allocate_space(size);
            let middle = rect.left() + (rect.width() * LINES).round();
            let (left, right) = (rect.with_max_x(middle), rect.with_min_x(middle + 1.0));
            ui.painter()
                .vline(middle + 0.5, rect.y_range(), (1.0, ui.tokens().border));
            let mut other = None;
            pane(ui, left, "lines", |ui| other = lines::show(ui, draft));
            pane(ui, right, "preview", |ui| {
                preview::show(ui, model, draft, &mut self.shown, outbox);
            });
            rule(ui);
            let foot = foot(ui, model, draft, outbox);
            if let Some(other) = other {
                *self = Self::of_file(other);
            }
            match foot {
                Stays::Open => stays,
                closes => closes,
            }
        })
    }
}

/// One half of the dialog, which scrolls by itself.
fn pane(ui: &mut Ui, rect: Rect, name: &'static str, content: impl FnOnce(&mut Ui)) {
    let inner = Rect::from_min_max(
        pos2(rect.left() + sizes::PAD_TEXT, rect.top()),
        pos2(rect.right() - 4.0, rect.bottom()),
    );
    let mut ui = ui.new_child(UiBuilder::new().id_salt(name).max_rect(inner));
    ScrollArea::vertical()
        .id_salt(name)
        .auto_shrink(false)
        .show(&mut ui, |ui| {
            ui.set_max_width(inner.width() - sizes::PAD);
            ui.add_space(sizes::GAP);
            content(ui);
            ui.add_space(sizes::GAP);
        });
}

fn foot(ui: &mut Ui, model: &Model, draft: &mut Draft, outbox: &mut Outbox) -> Stays {
    let mut stays = Stays::Open;
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), FOOT));
    let inner = rect.shrink2(vec2(sizes::PAD_TEXT, 0.0));
    let builder = UiBuilder::new()
        .id_salt("foot")
        .max_rect(inner)
        .layout(Layout::right_to_left(Align::Center));
    let mut ui = ui.new_child(builder);
    ui.spacing_mut().item_spacing.x = sizes::GAP;
    let useless = preview::useless(model, draft);
    ui.add_enabled_ui(useless.is_none(), |ui| {
        let save = ui.add(Button::primary("Save and read anew"));
        if save.clicked()
            && let Some(layout) = draft.layout()
        {
            let mapping = Some(Box::new(layout));
            outbox.send(Command::SetMapping(draft.store_path.clone(), mapping));
            stays = Stays::Closes;
        }
        save.on_disabled_hover_text(useless.unwrap_or_default());
    });
    if ui.add(Button::secondary("Cancel")).clicked() {
        stays = Stays::Closes;
    }
    if ui.add(Button::secondary("Export as layout…")).clicked()
        && let Some(layout) = draft.shared()
    {
        outbox.send(Command::ExportLayout(Box::new(layout)));
    }
    let mapped = match (&model.unread, &model.session) {
        (Some(unread), _) => unread.remembered.mapping.is_some(),
        (None, Some(session)) => {
            let file = session.opened.parts.get(draft.at);
            file.is_some_and(|file| file.is_mapped)
        }
        (None, None) => false,
    };
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        let reset = Button::ghost("Use the recognised layout").icon(crate::gui::theme::Icon::Retry);
        if mapped && ui.add(reset).clicked() {
            outbox.send(Command::SetMapping(draft.store_path.clone(), None));
            stays = Stays::Closes;
        }
    });
    stays
}
