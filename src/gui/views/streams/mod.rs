//! The streams view: every stream that exists at the cursor with its figures of that moment, searched,
//! sorted and narrowed to a category. The list is made in the background.

mod table;

use egui::{Align, CentralPanel, Frame, Key, Label, Layout, Panel, Popup, Rect, Ui, UiBuilder};
use serde::{Deserialize, Serialize};

use crate::analysis::streams::{Direction, StreamQuery, StreamSort};
use crate::gui::command::{Command, Outbox};
use crate::gui::kept::Kept;
use crate::gui::model::{Model, Session};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::{Screen, Standing};
use crate::gui::widgets::{Button, EmptyState, TextField, Widths, menu_content, menu_item};
use crate::log::Log;
use crate::render::{Shell, grouped};
use crate::worker::{AskStreams, Exports, StreamsWanted};

/// What is kept of the view.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Choices {
    query: StreamQuery,
    /// The store that was searched: in another one the text makes no sense.
    store: String,
    widths: Widths,
}

/// The streams view.
pub(in crate::gui) struct Streams {
    wanted: StreamsWanted,
    table: table::StreamTable,
    /// The search is to have the keyboard.
    find: Option<()>,
    kept: Kept<Choices>,
}

impl Default for Streams {
    fn default() -> Self {
        Self {
            wanted: StreamsWanted::default(),
            table: table::StreamTable::default(),
            find: None,
            kept: Kept::new("streams"),
        }
    }
}

impl Screen for Streams {
    fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let Some(session) = &model.session else {
            return;
        };
        let log = &*session.log;
        self.take_up(model, session);
        let panel = Panel::top("streams-bar").exact_size(sizes::FILTER_BAR);
        let panel = panel.show_separator_line(false).frame(Frame::NONE);
        let before = self.wanted.clone();
        panel
            .resizable(false)
            .show(ui, |ui| self.bar(ui, model, log, outbox));
        CentralPanel::no_frame().show(ui, |ui| {
            ui.painter()
                .rect_filled(ui.max_rect(), 0.0, ui.tokens().panel);
            let standing = Standing::of(ui, &model.answers.streams);
            standing.tell(ui, "The list of streams", outbox);
            standing.fade(ui);
            self.list(ui, model, log, outbox);
        });
        if before != self.wanted {
            self.table.begin_anew();
        }
        if !log.is_empty() {
            let question = AskStreams {
                subject: session.subject(),
                cut: *model.cursor.cut(),
                wanted: self.wanted.clone(),
            };
            outbox.ask(|answers| &mut answers.streams, question);
        }
        self.kept.value.query.clone_from(&self.wanted.query);
        self.kept.value.widths.clone_from(self.table.widths());
        self.kept.end(ui, outbox);
    }

    fn find(&mut self) -> Option<()> {
        self.find = Some(());
        Some(())
    }

    fn exports(&self, model: &Model) -> Result<(Exports, String), &'static str> {
        let stem = super::stem(model);
        Ok((
            Exports::Streams(self.wanted.clone()),
            format!("{stem}-streams"),
        ))
    }

    fn address(&self, _model: &Model, _log: &Log) -> Shell {
        Shell::new("info")
    }
}

impl Streams {
    /// Begins as it was left.
    fn take_up(&mut self, model: &Model, session: &Session) {
        let store = session.opened.store_path.path().display().to_string();
        if let Some(kept) = self.kept.begin(model).cloned() {
            self.table.set_widths(kept.widths);
            self.wanted.query = kept.query;
            if kept.store != store {
                self.wanted.query.search.clear();
            }
        }
        self.kept.value.store = store;
    }

    fn bar(&mut self, ui: &mut Ui, model: &Model, log: &Log, outbox: &mut Outbox) {
        let t = ui.tokens();
        let all = ui.max_rect();
        ui.painter().rect_filled(all, 0.0, t.panel);
        ui.painter()
            .hline(all.x_range(), all.max.y - 0.5, (1.0, t.border));
        let inner = Rect::from_x_y_ranges(
            (all.min.x + sizes::PAD_TEXT)..=(all.max.x - sizes::PAD),
            all.y_range(),
        );
        let layout = Layout::left_to_right(Align::Center);
        let left = &mut ui.new_child(
            UiBuilder::new()
                .id_salt("left")
                .max_rect(inner)
                .layout(layout),
        );
        let name = "Search streams";
        let id = egui::Id::unique("streams-search");
        // Before it is drawn, so that what is typed in this very frame is in it.
        if self.find.take().is_some() {
            left.memory_mut(|memory| memory.request_focus(id));
        }
        let field = TextField::new(name, &mut self.wanted.query.search).id(id);
        let field = left.add(field.icon(Icon::Search).hint(name).clearable().width(260.0));
        // From what is typed the arrow keys lead into the list.
        if field.has_focus() && left.input(|input| input.key_pressed(Key::ArrowDown)) {
            field.surrender_focus();
        }
        self.category_menu(left, log);
        let layout = Layout::right_to_left(Align::Center);
        let right = &mut ui.new_child(
            UiBuilder::new()
                .id_salt("right")
                .max_rect(inner)
                .layout(layout),
        );
        if right
            .add(Button::secondary("Export").icon(Icon::Export))
            .clicked()
        {
            outbox.send(Command::Export);
        }
        let late = Standing::of(right, &model.answers.streams) == Standing::Late;
        let late = late.then(|| "not yet as of the cursor…".to_owned());
        let sentences = late.map_or_else(|| sentences(model, log, &self.wanted), |late| vec![late]);
        for sentence in sentences.iter().rev() {
            let said = right.add(Label::new(Face::Secondary.text(sentence, t.text2)));
            said.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::Status, true, sentence.as_str())
            });
        }
    }

    fn category_menu(&mut self, ui: &mut Ui, log: &Log) {
        let chosen = self
            .wanted
            .category
            .filter(|category| category.at() < log.categories().len());
        let word = chosen.map_or("All categories", |category| log.category_name(category));
        let name = format!("Category: {word}");
        let button = ui.add(Button::secondary(word).menu().name(&name));
        Popup::menu(&button).show(|ui| {
            ui.set_min_width(180.0);
            let area = egui::ScrollArea::vertical().max_height(320.0);
            area.show(ui, |ui| menu_content(ui, |ui| self.category_items(ui, log)));
        });
    }

    fn category_items(&mut self, ui: &mut Ui, log: &Log) {
        if menu_item(ui, "All categories").clicked() {
            self.wanted.category = None;
        }
        for (name, at) in log.categories().iter().zip(0..).take(CATEGORIES) {
            if menu_item(ui, name).clicked() {
                self.wanted.category = Some(crate::model::CategoryIx(at));
            }
        }
    }

    fn list(&mut self, ui: &mut Ui, model: &Model, log: &Log, outbox: &mut Outbox) {
        let Some(list) = model.answers.streams.get() else {
            if log.is_complete() && log.is_empty() {
                let sentence = "This store holds no events, so there are no streams";
                EmptyState::new(Icon::Streams, sentence).show(ui);
            } else if model.answers.streams.unanswered().is_none() {
                EmptyState::new(Icon::Streams, "The streams are being listed").show(ui);
            }
            return;
        };
        if list.streams.is_empty() {
            let none = list.total == 0;
            let sentence = if none {
                "No stream exists at the cursor yet"
            } else {
                "No stream at the cursor has this name"
            };
            let word = if none {
                "To the head"
            } else {
                "Show all streams"
            };
            if EmptyState::new(Icon::Streams, sentence)
                .button(word)
                .show(ui)
            {
                if none {
                    outbox.send(Command::ToHead);
                } else {
                    self.wanted.query.search.clear();
                    self.wanted.category = None;
                }
            }
            return;
        }
        let query = &self.wanted.query;
        let sorted = (query.sort, query.direction);
        if let Some(sort) = self.table.show(ui, model, log, list, sorted, outbox) {
            self.wanted.query = sorted_by(query, sort);
        }
    }
}

/// Categories in the menu; a store with more is searched by name.
const CATEGORIES: usize = 500;

/// Another column the way it is mostly wanted, the same one the other way round.
fn sorted_by(query: &StreamQuery, sort: StreamSort) -> StreamQuery {
    let usual = match sort {
        StreamSort::Name | StreamSort::First => Direction::Ascending,
        StreamSort::Events | StreamSort::Last => Direction::Descending,
    };
    let direction = match query.direction {
        _ if query.sort != sort => usual,
        Direction::Ascending => Direction::Descending,
        Direction::Descending => Direction::Ascending,
    };
    StreamQuery {
        search: query.search.clone(),
        sort,
        direction,
    }
}

/// How many are listed, and how many there are by the cursor of all that there ever were.
fn sentences(model: &Model, log: &Log, wanted: &StreamsWanted) -> Vec<String> {
    let Some(list) = model.answers.streams.get() else {
        return Vec::new();
    };
    let (total, all) = (list.total, log.streams().len());
    let mut sentences = Vec::new();
    if !wanted.query.search.trim().is_empty() || wanted.category.is_some() {
        sentences.push(format!("{} found", grouped(list.streams.len() as u64)));
    }
    sentences.push(if total == all {
        let noun = if all == 1 { "stream" } else { "streams" };
        format!("{} {noun}", grouped(all as u64))
    } else {
        let (total, all) = (grouped(total as u64), grouped(all as u64));
        format!("{total} of {all} streams exist at the cursor")
    });
    sentences
}
