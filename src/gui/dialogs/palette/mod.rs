//! The palette: one field that goes to a stream, moves the cursor, filters by type, opens a store or
//! runs a command. What the text may mean is worked out in `entries` and by the worker.

mod entries;
mod moments;
mod row;

use egui::{Align, Id, Key, Layout, Margin, Modifiers, ScrollArea, TextEdit, Ui, UiBuilder, vec2};

use super::{Stays, modal, room_for, rule};
use crate::gui::command::{Command, Offer, Outbox};
use crate::gui::model::{Model, Session};
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};
use crate::gui::widgets::Keycap;
use crate::render::grouped;
use crate::worker::{AskNames, Near};
use entries::{Entry, Group, Query};

/// What is being typed and which entry is chosen.
#[derive(Default)]
pub(super) struct Palette {
    text: String,
    chosen: usize,
    /// Enter was pressed before the streams had come, or the store.
    waiting: Option<()>,
    /// It was opened to choose a stream.
    streams: Option<()>,
}

/// Streams looked at lately that are offered first.
const RECENT: usize = 3;

const HEAD: f32 = 52.0;
const FOOT: f32 = 36.0;

impl Palette {
    /// One that begins with streams.
    pub fn of_streams() -> Self {
        Self {
            streams: Some(()),
            ..Self::default()
        }
    }

    fn query(&self) -> Query<'_> {
        query(&self.text, self.streams)
    }

    /// Draws it; the view behind it can do what it offers.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        (model, offers): (&Model, Vec<Offer>),
        outbox: &mut Outbox,
    ) -> Stays {
        let steps = steps(ui);
        modal(ui, "Palette", sizes::PALETTE_WIDTH, |ui| {
            let enter = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
            if self.head(ui, model) {
                self.chosen = 0;
                self.waiting = None;
            }
            let (text, streams) = (self.text.clone(), self.streams);
            let query = query(&text, streams);
            if let Some(question) = question(model, &query) {
                outbox.ask(|answers| &mut answers.names, question);
            }
            rule(ui);
            let groups = entries::groups((model, &offers), &query);
            let count: usize = groups.iter().map(|group| group.entries.len()).sum();
            self.chosen = match (count, steps) {
                (0, _) => 0,
                (count, steps) => (self.chosen as i64 + steps).rem_euclid(count as i64) as usize,
            };
            let none = match opening(model) {
                Some(name) => format!("{name} is still being opened"),
                None if !model.reach().is_whole() => "Nothing matches so far".to_owned(),
                None => "Nothing matches".to_owned(),
            };
            let mut ran = list(ui, (&groups, &none), self.chosen, steps);
            rule(ui);
            foot(ui);
            if enter || self.waiting.is_some() {
                // What was typed last decides, not what was found for less of it. That the store has grown
                // since it was found changes nothing.
                let found = model.answers.names.known();
                let complete = match question(model, &query) {
                    Some(asks) => found.is_some_and(|(asked, _)| asked.is_alike(&asks)),
                    None => query.names().is_none() || opening(model).is_none(),
                };
                self.waiting = (!complete && self.chosen == 0).then_some(());
                if self.waiting.is_none() {
                    let all = groups.into_iter().flat_map(|group| group.entries);
                    ran = all.map(|entry| entry.command).nth(self.chosen);
                }
            }
            match ran {
                Some(command) => {
                    outbox.send(command);
                    Stays::Closes
                }
                None => Stays::Open,
            }
        })
    }

    /// The field; true when its text changed.
    fn head(&mut self, ui: &mut Ui, model: &Model) -> bool {
        let t = ui.tokens();
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEAD));
        let icon = egui::Rect::from_center_size(
            egui::pos2(rect.left() + 28.0, rect.center().y),
            vec2(18.0, 18.0),
        );
        icons::paint(ui.painter(), icon, Icon::Search, t.text2);
        let right = UiBuilder::new()
            .id_salt("right")
            .max_rect(rect.shrink2(vec2(16.0, 0.0)))
            .layout(Layout::right_to_left(Align::Center));
        let mut right = ui.new_child(right);
        right.add(Keycap::new("Esc"));
        if let (Some(log), Some(names)) = (model.log(), model.answers.names.get())
            && self.query().names() == Some(names.text.as_str())
        {
            let count = match self.query() {
                Query::Types(_) => format!(
                    "{} of {} event types",
                    grouped(names.types.len() as u64),
                    grouped(log.types().len() as u64)
                ),
                _ => format!(
                    "{} of {} streams",
                    grouped(names.matching),
                    grouped(log.streams().len() as u64)
                ),
            };
            right.label(Face::Cell.text(count, t.text2));
        }
        let left = right.min_rect().left() - 12.0;
        let field = egui::Rect::from_min_max(
            egui::pos2(rect.left() + 50.0, rect.top()),
            egui::pos2(left, rect.bottom()),
        );
        let mut child = ui.new_child(
            UiBuilder::new()
                .id_salt("field")
                .max_rect(field)
                .layout(Layout::left_to_right(Align::Center)),
        );
        let hint = if model.session.is_some() {
            "Stream, moment, event type or command"
        } else {
            "Store or command"
        };
        // The keyboard is here for as long as the palette is open, from its first frame on.
        let id = Id::unique("palette-text");
        ui.memory_mut(|memory| memory.request_focus(id));
        let edit = TextEdit::singleline(&mut self.text)
            .id(id)
            .frame(egui::Frame::NONE)
            .font(Face::Answer.font())
            .text_color(t.text)
            .hint_text(Face::Answer.text(hint, t.text3))
            .desired_width(field.width());
        let response = child.add(edit).accessible_name("Go to");
        response.changed()
    }
}

/// What is meant by a text; by none at all the streams, where one is to be chosen.
fn query(text: &str, streams: Option<()>) -> Query<'_> {
    match Query::of(text) {
        Query::Anything("") if streams.is_some() => Query::Streams,
        query => query,
    }
}

/// What the worker is asked about what is typed.
fn question(model: &Model, query: &Query<'_>) -> Option<AskNames> {
    let session = model.session.as_ref().filter(|open| !open.log.is_empty())?;
    Some(AskNames {
        subject: session.subject(),
        cut: *model.cursor.cut(),
        text: query.names()?.to_owned(),
        near: match query {
            Query::Streams => Near {
                stream: model.selection.stream,
                recent: model.trail.streams(RECENT),
            },
            _ => Near::default(),
        },
    })
}

/// The store that is on its way, while nothing of it can be found yet.
fn opening(model: &Model) -> Option<String> {
    let first = |open: &Session| open.log.is_empty() && !open.log.is_complete();
    let name = |path: &std::path::Path| path.file_name().map(|name| name.display().to_string());
    match (&model.opening, &model.session) {
        (Some((_, path)), None) => name(path),
        (None, Some(session)) if first(session) => Some(session.name()),
        _ => None,
    }
}

/// By how many entries the keys move.
fn steps(ui: &Ui) -> i64 {
    ui.input_mut(|input| {
        let mut count = |key| input.count_and_consume_key(Modifiers::NONE, key) as i64;
        count(Key::ArrowDown) - count(Key::ArrowUp)
            + 8 * (count(Key::PageDown) - count(Key::PageUp))
    })
}

/// The groups, or that there are none; gives the command of an entry that was clicked.
fn list(
    ui: &mut Ui,
    (groups, none): (&[Group], &str),
    chosen: usize,
    steps: i64,
) -> Option<Command> {
    let t = ui.tokens();
    let mut clicked = None;
    let height = room_for(ui, HEAD + FOOT);
    ScrollArea::vertical()
        .max_height(height)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            egui::Frame::new()
                .inner_margin(Margin::symmetric(8, 6))
                .show(ui, |ui| {
                    if groups.is_empty() {
                        ui.add_space(8.0);
                        ui.label(Face::Body.text(format!("  {none}"), t.text2));
                        ui.add_space(8.0);
                    }
                    let mut at = 0;
                    for group in groups {
                        label(ui, group.name);
                        for entry in &group.entries {
                            let response = row::show(ui, entry, (at == chosen).into());
                            if at == chosen && steps != 0 {
                                response.scroll_to_me(None);
                            }
                            if response.clicked() {
                                clicked = Some(entry.command.clone());
                            }
                            at += 1;
                        }
                    }
                });
        });
    clicked
}

fn label(ui: &mut Ui, name: &str) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 26.0));
    let inner = rect.shrink2(vec2(8.0, 0.0));
    crate::gui::widgets::paint_line(
        ui.painter(),
        inner,
        egui::Align2::LEFT_CENTER,
        name,
        Face::Secondary,
        ui.tokens().text2,
    );
}

fn foot(ui: &mut Ui) {
    let t = ui.tokens();
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), FOOT));
    let builder = UiBuilder::new()
        .id_salt("foot")
        .max_rect(rect.shrink2(vec2(16.0, 0.0)))
        .layout(Layout::left_to_right(Align::Center));
    let mut ui = ui.new_child(builder);
    ui.spacing_mut().item_spacing.x = 8.0;
    for (prefix, word) in entries::PREFIXES {
        ui.label(Face::CellStrong.text(prefix.to_string(), t.text));
        ui.label(Face::Secondary.text(word, t.text2));
        ui.add_space(4.0);
    }
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.label(Face::Secondary.text("run", t.text2));
        ui.add(Keycap::new("Enter"));
        ui.add_space(4.0);
        ui.label(Face::Secondary.text("move", t.text2));
        ui.add(Keycap::new("↑ ↓"));
    });
}

/// A row's picture.
#[derive(Clone, Copy, Debug)]
enum Mark {
    Icon(Icon),
    Dot(usize),
}

impl Entry {
    fn words(&self) -> String {
        format!("{} {}", self.title, self.note).trim().to_owned()
    }
}
