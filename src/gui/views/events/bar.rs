//! The bar above the table: the text to look for, a chip for each part of the filter, how many match,
//! and what can be done with them.

use egui::{Align, Id, Key, Label, Layout, Rect, ScrollArea, Ui, UiBuilder};

use super::columns;
use super::editor::Editor;
use super::filter_words::{self, Part};
use super::table::Sight;
use crate::analysis::events::{Case, EventFilter, TextFilter};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, SearchState};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{Button, Chip, IconButton, Link, TextField};
use crate::gui::words::{self, TimeFormat};
use crate::log::Log;
use crate::render::grouped;

/// Seconds without a key after which what was typed is looked for.
const PAUSE: f64 = 0.4;

/// Width of the field, and what is left of it in a narrow bar.
const FIELD: f32 = 180.0;
const FIELD_LEAST: f32 = 90.0;

/// Width of the button that adds to the filter.
const FILTER: f32 = 96.0;

/// Width of the bar from which on its buttons have words.
const WORDS_FROM: f32 = 720.0;

/// What the bar keeps between frames.
#[derive(Default)]
pub(super) struct Bar {
    text: String,
    /// The text of the filter at the last frame.
    applied: Option<TextFilter>,
    /// When the last key was typed, by egui's clock, while it is not looked for yet.
    typed_at: Option<f64>,
    editor: Editor,
    /// The field is to have the keyboard.
    find: Option<()>,
}

/// What was asked of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Nothing,
    GoToCursor,
}

impl Bar {
    /// Gives the field the keyboard.
    pub fn find(&mut self) {
        self.find = Some(());
    }

    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (log, times): (&Log, TimeFormat),
        (known, sight): (usize, Sight),
        outbox: &mut Outbox,
    ) -> Asked {
        let t = ui.tokens();
        let all = ui.max_rect();
        ui.painter().rect_filled(all, 0.0, t.panel);
        ui.painter()
            .hline(all.x_range(), all.max.y - 0.5, (1.0, t.border));
        let inner = Rect::from_x_y_ranges(
            (all.min.x + sizes::PAD_TEXT)..=(all.max.x - sizes::PAD),
            all.y_range(),
        );
        let builder = UiBuilder::new()
            .id_salt("right")
            .max_rect(inner)
            .layout(Layout::right_to_left(Align::Center));
        let mut right = ui.new_child(builder);
        let asked = standing(&mut right, model, log, (known, sight), outbox);
        let left = inner.with_max_x(right.min_rect().min.x - sizes::GAP_GROUP);
        let builder = UiBuilder::new()
            .id_salt("left")
            .max_rect(left)
            .layout(Layout::left_to_right(Align::Center));
        let ui = &mut ui.new_child(builder);
        self.field(ui, model, outbox);
        self.parts(ui, model, (log, times), outbox);
        asked
    }

    fn field(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        if self.applied != model.filter.text && self.typed_at.is_none() {
            // Changed from elsewhere.
            let text = model.filter.text.as_ref();
            self.text = text.map_or_else(String::new, |text| text.text.clone());
        }
        self.applied.clone_from(&model.filter.text);
        let name = "Text in payload";
        let field = TextField::new(name, &mut self.text)
            .icon(Icon::Search)
            .hint(name)
            .clearable();
        let id = Id::unique("events-text");
        // Before it is drawn, so that what is typed in this very frame is in it.
        if self.find.take().is_some() {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        let room = ui.available_width() - FILTER;
        let response = ui.add(field.id(id).width(room.clamp(FIELD_LEAST, FIELD)));
        let now = ui.input(|input| input.time);
        if response.changed() {
            self.typed_at = Some(now);
        }
        let Some(typed_at) = self.typed_at else {
            return;
        };
        let entered = response.lost_focus() || ui.input(|input| input.key_pressed(Key::Enter));
        let waited = now - typed_at;
        if !entered && waited < PAUSE {
            let rest = std::time::Duration::from_secs_f64(PAUSE - waited);
            ui.ctx().request_repaint_after(rest);
            return;
        }
        self.typed_at = None;
        let text = (!self.text.is_empty()).then(|| TextFilter {
            text: self.text.clone(),
            case: Case::Ignored,
        });
        if text != model.filter.text {
            self.applied.clone_from(&text);
            set(
                outbox,
                EventFilter {
                    text,
                    ..model.filter.clone()
                },
            );
        }
    }

    fn parts(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (log, times): (&Log, TimeFormat),
        outbox: &mut Outbox,
    ) {
        let chips = filter_words::chips(&model.filter, log, model.clock(), &times);
        let mut edit: Option<(Part, Rect)> = None;
        let room = (ui.available_width() - FILTER).max(0.0);
        if !chips.is_empty() && room > 40.0 {
            let area = ScrollArea::horizontal()
                .id_salt("chips")
                .max_width(room)
                .scroll_bar_visibility(
                    egui::containers::scroll_area::ScrollBarVisibility::AlwaysHidden,
                );
            area.show(ui, |ui| {
                ui.horizontal_centered(|ui| {
                    for chip in &chips {
                        let said = Chip::new(&chip.name, &chip.value).closable().show(ui);
                        if said.closed {
                            set(outbox, filter_words::without(&model.filter, chip.part));
                        } else if said.response.clicked() {
                            edit = Some((chip.part, said.response.rect));
                        }
                    }
                });
            });
        }
        let add = ui.add(Button::ghost("Filter").icon(Icon::Plus).small());
        self.editor.show(ui, &add, edit, model, log, outbox);
    }
}

/// From the right: what can be done, how many there are.
fn standing(
    ui: &mut Ui,
    model: &Model,
    log: &Log,
    (known, sight): (usize, Sight),
    outbox: &mut Outbox,
) -> Asked {
    let t = ui.tokens();
    let icons = ui.max_rect().width() < WORDS_FROM;
    let export = match icons {
        true => ui.add(IconButton::new(Icon::Export, "Export")),
        false => ui.add(Button::secondary("Export").icon(Icon::Export)),
    };
    let known_events = words::counted(known, "event", "events");
    let hover = format!("Writes the {known_events} of the table that are known at the cursor");
    if export.on_hover_text(hover).clicked() {
        outbox.send(Command::Export);
    }
    columns::menu(ui, model, outbox);
    let out = sight == Sight::Out;
    let cursor = match icons {
        true => ui.add_enabled(out, IconButton::new(Icon::Pin, "Go to cursor").small()),
        false => ui.add_enabled(out, Button::ghost("Go to cursor").icon(Icon::Pin).small()),
    };
    let asked = if cursor.clicked() {
        Asked::GoToCursor
    } else {
        Asked::Nothing
    };
    let matching = &model.answers.matching;
    if matching.state() == SearchState::Stopped
        && ui.add(Link::new("Go on").face(Face::Secondary)).clicked()
    {
        outbox.send(Command::GoOnSearching);
    }
    let count = count(model, log, known);
    let said = ui.add(Label::new(Face::Secondary.text(&count, t.text2)).selectable(true));
    said.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Status, true, count.as_str()));
    let unread = matching.found().unread;
    if unread > 0 {
        let word = format!("{} unreadable", grouped(unread));
        ui.add(Label::new(Face::Secondary.text(word, t.warning)))
            .on_hover_text("Their text could not be searched, since they cannot be read");
    }
    asked
}

/// How many events the table has, as of the cursor and in all.
fn count(model: &Model, log: &Log, known: usize) -> String {
    let rows = model.event_rows().len();
    let all = grouped(rows as u64);
    let verb = match (model.filter == EventFilter::default(), rows) {
        (true, 1) => "event",
        (true, _) => "events",
        (false, 1) => "matches",
        (false, _) => "match",
    };
    let so_far = match model.answers.matching.state() {
        SearchState::Running => " so far",
        SearchState::Stopped => " so far, search stopped",
        SearchState::Done if !log.is_complete() => " so far",
        SearchState::Done => "",
    };
    if known == rows {
        return format!("{all} {verb}{so_far}");
    }
    format!(
        "{all} {verb}{so_far}, {} by the cursor",
        grouped(known as u64)
    )
}

pub(super) fn set(outbox: &mut Outbox, filter: EventFilter) {
    outbox.send(Command::SetFilter(Box::new(filter)));
}

/// The editor's popover stands under this.
pub(super) fn popover_id() -> Id {
    Id::unique("events-filter-editor")
}
