//! What opens over the views and takes the keyboard: palette, help, settings, mapping and the like. At most one is
//! open; Escape or a click beside it closes it. A dialog keeps what is being typed and sends commands.

mod bookmark;
mod help;
mod mapping;
mod palette;
mod path;
mod replace;
mod settings;

use egui::{Align2, Frame, Id, Margin, Modal, Ui, vec2};

use crate::gui::command::{Command, Offer, Outbox, PathFor};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::IconButton;
use bookmark::BookmarkName;
use mapping::Mapping;
use palette::Palette;
use path::PathField;
use replace::Replace;
use settings::Settings;

/// The dialogs; at most one is shown.
#[derive(Default)]
pub(in crate::gui) struct Dialogs {
    /// The last is shown; the one before it comes back when that closes: a mapping while the path of its
    /// file is typed.
    open: Vec<Dialog>,
    /// The path that was entered last: what to come back to where its file is there already.
    entered: Option<Box<PathField>>,
}

enum Dialog {
    Palette(Palette),
    Help,
    Settings(Settings),
    Mapping(Box<Mapping>),
    Path(Box<PathField>),
    Replace(Box<Replace>),
    Bookmark(BookmarkName),
}

/// Whether a dialog stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stays {
    Open,
    Closes,
    /// With the path beneath it, which has served.
    ClosesWithPath,
}

impl Dialogs {
    /// Whether one is open.
    pub fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// Opens one in place of another, or closes it where it is open already.
    pub fn command(&mut self, command: &Command) {
        let wanted = match command {
            Command::Palette => Dialog::Palette(Palette::default()),
            Command::ChooseStream => Dialog::Palette(Palette::of_streams()),
            Command::Help => Dialog::Help,
            Command::Settings => Dialog::Settings(Settings::default()),
            Command::CorrectMapping(file) => Dialog::Mapping(Box::new(Mapping::of_file(*file))),
            Command::TypePath(wanted) => Dialog::Path(Box::new(PathField::new(wanted.clone()))),
            Command::AskToReplace(path, command) => {
                let command = Command::clone(command);
                Dialog::Replace(Box::new(Replace::new(path.clone(), command)))
            }
            Command::AskNameOfBookmark(at) => Dialog::Bookmark(BookmarkName::new(*at)),
            _ => return,
        };
        let is_open =
            |open: &Dialog| std::mem::discriminant(open) == std::mem::discriminant(&wanted);
        if self.open.last().is_some_and(is_open) {
            self.open.pop();
            return;
        }
        match command {
            Command::TypePath(PathFor::Layout(_)) => {}
            Command::AskToReplace(..) => {
                let path = self.entered.take().map(|path| Box::new(path.again()));
                self.open.extend(path.map(Dialog::Path));
            }
            _ => self.open.clear(),
        }
        self.open.push(wanted);
    }

    /// Draws the open one; `offers` is what the view behind it can do.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        (model, offers): (&Model, &dyn Fn() -> Vec<Offer>),
        outbox: &mut Outbox,
    ) {
        let Some(open) = self.open.last_mut() else {
            return;
        };
        let stays = match open {
            Dialog::Palette(palette) => palette.show(ui, (model, offers()), outbox),
            Dialog::Help => help::show(ui),
            Dialog::Settings(settings) => settings.show(ui, model, outbox),
            Dialog::Mapping(mapping) => mapping.show(ui, model, outbox),
            Dialog::Path(path) => path.show(ui, model, outbox),
            Dialog::Replace(replace) => replace.show(ui, outbox),
            Dialog::Bookmark(bookmark) => bookmark.show(ui, model, outbox),
        };
        if stays == Stays::Open {
            return;
        }
        if let Some(Dialog::Path(path)) = self.open.pop() {
            self.entered = Some(path);
        }
        let is_path = |open: &mut Dialog| matches!(open, Dialog::Path(_));
        if stays == Stays::ClosesWithPath {
            self.open.pop_if(is_path);
        }
        ui.request_repaint();
    }
}

/// A modal at the palette's height: ground, frame, scrim. The closure says whether it stays.
fn modal(ui: &Ui, name: &'static str, width: f32, content: impl FnOnce(&mut Ui) -> Stays) -> Stays {
    let t = ui.tokens();
    let id = Id::unique(name);
    let room = ui.content_rect();
    let width = width.min(room.width() - 48.0);
    let top = sizes::PALETTE_TOP.min((room.height() - 480.0).max(16.0));
    let area = Modal::default_area(id)
        .anchor(Align2::CENTER_TOP, vec2(0.0, top))
        .role(egui::accesskit::Role::Dialog)
        .accessible_name(name);
    let frame = Frame::new()
        .fill(t.overlay)
        .stroke((1.0, t.border2))
        .corner_radius(sizes::RADIUS_PALETTE)
        .shadow(egui::Shadow {
            offset: [0, 8],
            blur: 20,
            spread: 0,
            color: t.shadow,
        })
        .inner_margin(Margin::ZERO);
    let response = Modal::new(id)
        .area(area)
        .backdrop_color(t.scrim)
        .frame(frame)
        .show(ui.ctx(), |ui| {
            ui.set_width(width);
            // An area offers what it took before; a dialog may take all there is.
            ui.set_max_height(room.height() - top - 16.0);
            ui.spacing_mut().item_spacing.y = 0.0;
            content(ui)
        });
    if response.should_close() {
        return Stays::Closes;
    }
    response.inner
}

/// How tall a dialog's scrolling middle may be, beside `rest` points above and below it.
fn room_for(ui: &Ui, rest: f32) -> f32 {
    let room = ui.content_rect().height();
    let top = sizes::PALETTE_TOP.min((room - 480.0).max(16.0));
    (room - top - rest - 32.0).max(120.0)
}

/// The head of a dialog with its title and a cross.
fn head(ui: &mut Ui, title: &str, note: &str) -> Stays {
    let t = ui.tokens();
    let mut stays = Stays::Open;
    Frame::new()
        .inner_margin(Margin::symmetric(16, 10))
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(Face::TitleLarge.text(title, t.text));
                if !note.is_empty() {
                    ui.label(Face::Secondary.text(note, t.text2));
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let name = format!("Close {}", title.to_lowercase());
                    let close = IconButton::new(Icon::Close, &name).small().shortcut("Esc");
                    if ui.add(close).clicked() {
                        stays = Stays::Closes;
                    }
                });
            });
        });
    rule(ui);
    stays
}

/// A line over the whole width.
fn rule(ui: &mut Ui) {
    let width = ui.available_width();
    let (_, rect) = ui.allocate_space(vec2(width, 1.0));
    ui.painter()
        .hline(rect.x_range(), rect.center().y, (1.0, ui.tokens().border2));
}
