//! Correcting how a store's columns are read: one line per role, the table, and the first events as
//! they would be read. Also for a file in which nothing looked like events.

mod draft;
mod preview;

use egui::{Align, Label, Layout, Margin, Popup, ScrollArea, Ui, UiBuilder, vec2};

use super::{Stays, head, modal, room_for, rule};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{Button, IconButton, Notice, Severity, TextField};
use crate::store::layout::Medium;
use draft::Draft;

/// What is being written.
#[derive(Default)]
pub(super) struct Mapping {
    draft: Option<Draft>,
    /// The draft that was last shown as a preview.
    shown: Option<String>,
}

const WIDTH: f32 = 820.0;
const NAME: f32 = 116.0;
const LINE: f32 = 28.0;

impl Mapping {
    pub fn show(&mut self, ui: &Ui, model: &Model, outbox: &mut Outbox) -> Stays {
        if self.draft.is_none() {
            self.draft = Draft::of(model);
        }
        modal(ui, "How columns are read", WIDTH, |ui| {
            let Some(draft) = &mut self.draft else {
                let stays = head(ui, "How its columns are read", "no store is open");
                ui.add_space(16.0);
                return stays;
            };
            let stays = head(ui, "How its columns are read", &draft.file);
            let height = room_for(ui, 48.0 + 52.0);
            ScrollArea::vertical()
                .max_height(height)
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    egui::Frame::new()
                        .inner_margin(Margin::symmetric(16, 8))
                        .show(ui, |ui| body(ui, model, draft, &mut self.shown, outbox));
                });
            rule(ui);
            match foot(ui, model, draft, outbox) {
                Stays::Closes => Stays::Closes,
                Stays::Open => stays,
            }
        })
    }
}

fn body(
    ui: &mut Ui,
    model: &Model,
    draft: &mut Draft,
    shown: &mut Option<String>,
    outbox: &mut Outbox,
) {
    let t = ui.tokens();
    if let Some(message) = &draft.trouble {
        Notice::new(Severity::Error, message).show(ui);
        ui.add_space(6.0);
    }
    let words = match draft.medium() {
        Medium::Sqlite => {
            "A column name or any SQL expression over the row; an empty line means the store does not hold it."
        }
        Medium::Json => {
            "A key or a JSON pointer such as /meta/at; an empty line means the store does not hold it."
        }
    };
    ui.add(Label::new(Face::Dense.text(words, t.text2)).wrap());
    ui.add_space(6.0);
    if draft.medium() == Medium::Sqlite {
        table(ui, draft);
    }
    let sources = draft.sources();
    for line in &mut draft.lines {
        row(ui, line.role.name(), |ui| {
            let name = format!("Source of {}", line.role.name());
            if !sources.is_empty()
                && let Some(chosen) = choice(ui, &name, &sources)
            {
                line.text = chosen;
                line.error = None;
            }
            let field = TextField::new(&name, &mut line.text)
                .mono()
                .small()
                .hint("absent")
                .error(line.error.as_deref());
            if ui.add(field).changed() {
                line.error = None;
            }
        });
        if let Some(error) = &line.error {
            row(ui, "", |ui| {
                let text = Face::Secondary.text(error, t.error);
                ui.add(Label::new(text).truncate());
            });
        }
    }
    ui.add_space(8.0);
    preview::show(ui, model, draft, shown, outbox);
}

/// The table and what names its rows.
fn table(ui: &mut Ui, draft: &mut Draft) {
    let names: Vec<String> = draft.tables();
    row(ui, "table", |ui| {
        if !names.is_empty()
            && let Some(chosen) = choice(ui, "Table of the events", &names)
        {
            draft.choose_table(&chosen);
        }
        ui.add(
            TextField::new("Table", &mut draft.from)
                .mono()
                .small()
                .hint("what follows FROM"),
        );
    });
    row(ui, "key", |ui| {
        let field = TextField::new("Key", &mut draft.key);
        ui.add(field.mono().small().hint("an integer that names a row"));
    });
    row(ui, "only where", |ui| {
        let field = TextField::new("Filter", &mut draft.filter);
        ui.add(field.mono().small().hint("every row is an event"));
    });
}

/// A name and, from the right, a control.
fn row(ui: &mut Ui, name: &str, control: impl FnOnce(&mut Ui)) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), LINE));
    let label = rect.with_max_x(rect.left() + NAME - 8.0);
    crate::gui::widgets::paint_line(
        ui.painter(),
        label,
        egui::Align2::LEFT_CENTER,
        name,
        Face::Dense,
        ui.tokens().text2,
    );
    let builder = UiBuilder::new()
        .id_salt((name, "control"))
        .max_rect(rect.with_min_x(rect.left() + NAME))
        .layout(Layout::right_to_left(Align::Center));
    control(&mut ui.new_child(builder));
}

/// A menu of what the file holds.
fn choice(ui: &mut Ui, name: &str, options: &[String]) -> Option<String> {
    let label = format!("Choose {}", name.to_lowercase());
    let response = ui.add(IconButton::new(Icon::Down, &label).small());
    let mut chosen = None;
    Popup::menu(&response).show(|ui| {
        ui.set_min_width(180.0);
        ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
            for option in options {
                let text = Face::Code.text(option, ui.tokens().text);
                if ui.add(egui::Button::new(text).frame(false)).clicked() {
                    chosen = Some(option.clone());
                    ui.close();
                }
            }
        });
    });
    chosen
}

fn foot(ui: &mut Ui, model: &Model, draft: &mut Draft, outbox: &mut Outbox) -> Stays {
    let mut stays = Stays::Open;
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 52.0));
    let inner = rect.shrink2(vec2(16.0, 0.0));
    let builder = UiBuilder::new()
        .id_salt("foot")
        .max_rect(inner)
        .layout(Layout::right_to_left(Align::Center));
    let mut ui = ui.new_child(builder);
    ui.spacing_mut().item_spacing.x = sizes::GAP;
    if ui.add(Button::primary("Save and read anew")).clicked()
        && let Some(layout) = draft.layout()
    {
        outbox.send(Command::SetMapping(Some(Box::new(layout))));
        stays = Stays::Closes;
    }
    if ui.add(Button::secondary("Cancel")).clicked() {
        stays = Stays::Closes;
    }
    let mapped = model.store.mapping.is_some() && model.unread.is_none()
        || (model.unread.as_ref()).is_some_and(|unread| unread.remembered.mapping.is_some());
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        let reset = Button::ghost("Use the recognised layout").icon(Icon::Retry);
        if mapped && ui.add(reset).clicked() {
            outbox.send(Command::SetMapping(None));
            stays = Stays::Closes;
        }
    });
    stays
}
