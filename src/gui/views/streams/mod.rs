//! The streams view: every stream that exists at the cursor with its figures of that moment, searched,
//! sorted and narrowed to a category. The list is made in the background.

mod table;

use egui::{Align, CentralPanel, Frame, Label, Layout, Panel, Popup, Rect, Ui, UiBuilder};

use crate::analysis::streams::{Direction, StreamQuery, StreamSort};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{Button, EmptyState, TextField};
use crate::log::Log;
use crate::render::grouped;
use crate::worker::StreamsWanted;

/// The streams view.
#[derive(Default)]
pub(in crate::gui) struct Streams {
    wanted: StreamsWanted,
    table: table::StreamTable,
}

impl Streams {
    /// Draws it.
    pub fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let Some(log) = model.log() else { return };
        let panel = Panel::top("streams-bar").exact_size(sizes::FILTER_BAR);
        let panel = panel.show_separator_line(false).frame(Frame::NONE);
        let before = self.wanted.clone();
        panel
            .resizable(false)
            .show(ui, |ui| self.bar(ui, model, log, outbox));
        CentralPanel::no_frame().show(ui, |ui| {
            ui.painter()
                .rect_filled(ui.max_rect(), 0.0, ui.tokens().panel);
            self.list(ui, model, log, outbox);
        });
        if before != self.wanted {
            self.table.begin_anew();
        }
        if model.streams_wanted.as_ref() != Some(&self.wanted) {
            let wanted = Box::new(self.wanted.clone());
            outbox.send(Command::ListStreams(Some(wanted)));
        }
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
        let field = TextField::new(name, &mut self.wanted.query.search);
        left.add(field.icon(Icon::Search).hint(name).width(260.0));
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
        for sentence in sentences(model, log, &self.wanted).iter().rev() {
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
            egui::ScrollArea::vertical()
                .max_height(320.0)
                .show(ui, |ui| {
                    if ui
                        .add(egui::Button::new("All categories").frame(false))
                        .clicked()
                    {
                        self.wanted.category = None;
                        ui.close();
                    }
                    for (name, at) in log.categories().iter().zip(0..).take(CATEGORIES) {
                        if ui.add(egui::Button::new(name).frame(false)).clicked() {
                            self.wanted.category = Some(crate::model::CategoryIx(at));
                            ui.close();
                        }
                    }
                });
        });
    }

    fn list(&mut self, ui: &mut Ui, model: &Model, log: &Log, outbox: &mut Outbox) {
        let Some(list) = model.answers.streams.get() else {
            EmptyState::new(Icon::Streams, "The streams are being listed").show(ui);
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
