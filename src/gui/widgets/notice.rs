//! Something to tell: one sentence with its severity, the places it is about, at most two actions, and
//! a detail that folds out.

use egui::{Align, Label, Layout, Role, Sense, Ui, WidgetInfo, vec2};

use super::link::Link;
use crate::gui::theme::{Face, Icon, TokensExt, Tone, icons, sizes};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// A note.
    Info,
    /// All is well.
    Ok,
    /// Something to look at.
    Warning,
    /// Something is broken.
    Error,
}

impl Severity {
    /// Its icon.
    #[must_use]
    pub const fn icon(self) -> Icon {
        match self {
            Self::Info => Icon::Info,
            Self::Ok => Icon::Check,
            Self::Warning => Icon::Warning,
            Self::Error => Icon::Error,
        }
    }

    /// Its colours.
    #[must_use]
    pub const fn tone(self) -> Tone {
        match self {
            Self::Info => Tone::Info,
            Self::Ok => Tone::Ok,
            Self::Warning => Tone::Warning,
            Self::Error => Tone::Error,
        }
    }

    /// Its word, for assistive technology.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "Note",
            Self::Ok => "OK",
            Self::Warning => "Warning",
            Self::Error => "Error",
        }
    }
}

/// A notice in the flow of a pane.
#[derive(Clone, Debug)]
#[must_use = "call show"]
pub struct Notice<'a> {
    severity: Severity,
    sentence: &'a str,
    places: Vec<&'a str>,
    more: Option<String>,
    actions: Vec<&'a str>,
    detail: Option<&'a str>,
}

/// What was clicked in a notice, by the order it was added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoticeResponse {
    /// The action that was clicked.
    pub action: Option<usize>,
    /// The place that was clicked.
    pub place: Option<usize>,
}

impl<'a> Notice<'a> {
    /// One sentence a reader can act on.
    pub fn new(severity: Severity, sentence: &'a str) -> Self {
        Self {
            severity,
            sentence,
            places: Vec::new(),
            more: None,
            actions: Vec::new(),
            detail: None,
        }
    }

    /// A place it is about, as a link ("row 88,412").
    pub fn place(mut self, place: &'a str) -> Self {
        self.places.push(place);
        self
    }

    /// That there are further places which are not named: "and 3 more".
    pub fn more(mut self, words: Option<String>) -> Self {
        self.more = words;
        self
    }

    /// An action; the third and later are left out.
    pub fn action(mut self, word: &'a str) -> Self {
        if self.actions.len() < 2 {
            self.actions.push(word);
        }
        self
    }

    /// Text that folds out below.
    pub fn detail(mut self, text: &'a str) -> Self {
        self.detail = Some(text);
        self
    }

    /// Shows the notice.
    pub fn show(self, ui: &mut Ui) -> NoticeResponse {
        let t = ui.tokens();
        let mut said = NoticeResponse::default();
        ui.push_id(self.sentence, |ui| {
            ui.spacing_mut().item_spacing = vec2(8.0, 0.0);
            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                let size = vec2(sizes::ICON_NOTICE, 20.0);
                let (rect, icon) = ui.allocate_exact_size(size, Sense::hover());
                let word = self.severity.word();
                icon.widget_info(|| WidgetInfo::labeled(Role::Image, true, word));
                let colour = t.tone(self.severity.tone());
                let square = icons::centred(rect, sizes::ICON_NOTICE);
                icons::paint(ui.painter(), square, self.severity.icon(), colour);
                ui.vertical(|ui| self.body(ui, &mut said));
            });
        });
        said
    }

    /// Whether the sentence and the links after it take one line.
    fn fits(&self, ui: &Ui) -> bool {
        let width = |text: &str, face: Face| {
            let galley =
                ui.painter()
                    .layout_no_wrap(text.to_owned(), face.font(), ui.tokens().text);
            galley.size().x + 16.0
        };
        let links = self.actions.iter().copied();
        let links = links.chain(self.detail.map(|_| "Hide detail"));
        let links: f32 = links.map(|word| width(word, Face::DenseStrong)).sum();
        width(self.sentence, Face::Body) + links <= ui.available_width()
    }

    fn links(&self, ui: &mut Ui, said: &mut NoticeResponse, open: &mut bool) {
        let t = ui.tokens();
        for (i, word) in self.actions.iter().enumerate() {
            if ui.add(Link::new(word).face(Face::DenseStrong)).clicked() {
                said.action = Some(i);
            }
        }
        if self.detail.is_some() {
            let word = if *open { "Hide detail" } else { "Show detail" };
            let link = Link::new(word).face(Face::DenseStrong).colour(t.text2);
            if ui.add(link).clicked() {
                *open = !*open;
            }
        }
    }

    fn body(&self, ui: &mut Ui, said: &mut NoticeResponse) {
        let t = ui.tokens();
        let fold = ui.scope_id().with("detail");
        let mut open = ui
            .data(|data| data.get_temp::<bool>(fold))
            .unwrap_or_default();
        let acts = !self.actions.is_empty() || self.detail.is_some();
        // On the same line where there is room: a strip of one line takes half of the view's loss.
        let inline = acts && self.places.is_empty() && self.fits(ui);
        if inline {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 16.0;
                ui.label(Face::Body.text(self.sentence, t.text));
                self.links(ui, said, &mut open);
            });
        } else {
            ui.add(Label::new(Face::Body.text(self.sentence, t.text)).wrap());
        }
        if !self.places.is_empty() {
            ui.horizontal_wrapped(|ui| {
                for (i, place) in self.places.iter().enumerate() {
                    if i > 0 {
                        ui.label(Face::Cell.text("·", t.text3));
                    }
                    if ui.add(Link::mono(place).face(Face::Cell)).clicked() {
                        said.place = Some(i);
                    }
                }
                if let Some(words) = &self.more {
                    ui.label(Face::Secondary.text(words, t.text2));
                }
            });
        }
        if acts && !inline {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 16.0;
                self.links(ui, said, &mut open);
            });
        }
        ui.data_mut(|data| data.insert_temp(fold, open));
        if let Some(detail) = self.detail.filter(|_| open) {
            ui.add(Label::new(Face::Code.text(detail, t.text2)).wrap());
        }
    }
}
