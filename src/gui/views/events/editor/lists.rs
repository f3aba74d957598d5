//! The pages with lists to choose from: types, categories, streams.

use egui::{Color32, Ui};
use hashbrown::HashSet;

use super::{Editor, LIST, Mode, WIDTH};
use crate::analysis::events::{EventFilter, TypeFilter};
use crate::analysis::streams::{StreamQuery, StreamSort};
use crate::gui::command::Outbox;
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};
use crate::gui::views::events::bar::set;
use crate::gui::widgets::{Column, RowCells, Segments, TableState, TextField, VirtualTable};
use crate::log::Log;
use crate::model::TypeIx;
use crate::render::grouped;
use crate::worker::{AskCounts, AskStreams, StreamsWanted};

/// One entry of a list.
struct Entry<'a> {
    name: &'a str,
    count: u64,
    dot: Option<Color32>,
    chosen: bool,
}

/// What the types of a filter are.
pub(super) fn mode(filter: &EventFilter) -> Mode {
    match filter.types {
        TypeFilter::Without(_) => Mode::Without,
        _ => Mode::Only,
    }
}

impl Editor {
    pub(super) fn types(&mut self, ui: &mut Ui, model: &Model, log: &Log, outbox: &mut Outbox) {
        let listed = match &model.filter.types {
            TypeFilter::Any => &[][..],
            TypeFilter::Only(types) | TypeFilter::Without(types) => types,
        };
        let filter = |types: Vec<_>, mode| EventFilter {
            types: match (types.is_empty(), mode) {
                (true, _) => TypeFilter::Any,
                (false, Mode::Only) => TypeFilter::Only(types),
                (false, Mode::Without) => TypeFilter::Without(types),
            },
            ..model.filter.clone()
        };
        let before = self.without;
        ui.horizontal(|ui| {
            self.search_field(ui, "Search event types", WIDTH - 180.0);
            Segments::new("Chosen types", &mut self.without)
                .option(Mode::Only, "Only these")
                .option(Mode::Without, "Without")
                .show(ui);
        });
        if before != self.without && !listed.is_empty() {
            set(outbox, filter(listed.to_vec(), self.without));
        }
        want_counts(model, outbox);
        let counts = model.answers.counts.get();
        let counts = counts.map_or(&[][..], |counts| &counts.types);
        let search = self.search.trim().to_lowercase();
        // What comes after the cursor stands in the table, too, and is filtered with it.
        let seen: HashSet<TypeIx> = counts.iter().map(|(event_type, _)| *event_type).collect();
        let all = (0..log.types().len()).map(TypeIx::from_usize);
        let later = all.filter(|own| !seen.contains(own)).map(|own| (own, 0));
        let known = counts.iter().copied();
        let known = known.filter(|(event_type, _)| event_type.at() < log.types().len());
        let found: Vec<_> = known
            .chain(later)
            .filter(|(event_type, _)| holds(log.type_name(*event_type), &search))
            .collect();
        let clicked = choose(
            ui,
            "Event types",
            (&mut self.list, &mut self.row),
            found.len(),
            |at| {
                let (event_type, count) = found[at];
                Entry {
                    name: log.type_name(event_type),
                    count,
                    dot: None,
                    chosen: listed.contains(&event_type),
                }
            },
        );
        if let Some((event_type, _)) = clicked.and_then(|at| found.get(at)) {
            set(outbox, filter(toggled(listed, *event_type), self.without));
        }
    }

    pub(super) fn categories(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        log: &Log,
        outbox: &mut Outbox,
    ) {
        self.search_field(ui, "Search categories", WIDTH);
        want_counts(model, outbox);
        let counts = model.answers.counts.get();
        let counts = counts.map_or(&[][..], |counts| &counts.categories);
        let search = self.search.trim().to_lowercase();
        let found: Vec<_> = counts
            .iter()
            .filter(|(category, _)| category.at() < log.categories().len())
            .filter(|(category, _)| holds(log.category_name(*category), &search))
            .collect();
        let t = ui.tokens();
        let listed = &model.filter.categories;
        let clicked = choose(
            ui,
            "Categories",
            (&mut self.list, &mut self.row),
            found.len(),
            |at| {
                let (category, count) = *found[at];
                Entry {
                    name: log.category_name(category),
                    count,
                    dot: Some(t.category(model.colour(category))),
                    chosen: listed.contains(&category),
                }
            },
        );
        if let Some((category, _)) = clicked.and_then(|at| found.get(at)) {
            let categories = toggled(listed, *category);
            let filter = EventFilter {
                categories,
                ..model.filter.clone()
            };
            set(outbox, filter);
        }
    }

    pub(super) fn streams(&mut self, ui: &mut Ui, model: &Model, log: &Log, outbox: &mut Outbox) {
        self.search_field(ui, "Search streams", WIDTH);
        let wanted = StreamsWanted {
            query: StreamQuery {
                search: self.search.trim().to_owned(),
                sort: StreamSort::Name,
                ..StreamQuery::default()
            },
            category: None,
        };
        if let Some(session) = &model.session {
            let question = AskStreams {
                subject: session.subject(),
                cut: *model.cursor.cut(),
                wanted,
            };
            outbox.ask(|answers| &mut answers.choices, question);
        }
        let list = model.answers.choices.get();
        let found = list.map_or(&[][..], |list| &list.streams);
        let t = ui.tokens();
        let listed = &model.filter.streams;
        let clicked = choose(
            ui,
            "Streams to choose",
            (&mut self.list, &mut self.row),
            found.len(),
            |at| {
                let figures = found[at];
                Entry {
                    name: log.stream_name(figures.stream),
                    count: u64::from(figures.events),
                    dot: Some(t.category(model.colour(log.category(figures.stream)))),
                    chosen: listed.contains(&figures.stream),
                }
            },
        );
        if let Some(figures) = clicked.and_then(|at| found.get(at)) {
            let streams = toggled(listed, figures.stream);
            let filter = EventFilter {
                streams,
                ..model.filter.clone()
            };
            set(outbox, filter);
        }
    }

    fn search_field(&mut self, ui: &mut Ui, name: &str, width: f32) {
        let id = ui.scope_id().with(name);
        self.focus.give(ui, id);
        let field = TextField::new(name, &mut self.search)
            .icon(Icon::Search)
            .hint(name)
            .id(id);
        let response = ui.add(field.small().width(width));
        if response.changed() {
            self.list = TableState::default();
            self.row = None;
        }
        // Down leads from the field into the list.
        if response.has_focus() && ui.input(|input| input.key_pressed(egui::Key::ArrowDown)) {
            response.surrender_focus();
        }
    }
}

fn want_counts(model: &Model, outbox: &mut Outbox) {
    let Some(session) = &model.session else {
        return;
    };
    let question = AskCounts {
        subject: session.subject(),
        cut: *model.cursor.cut(),
    };
    outbox.ask(|answers| &mut answers.counts, question);
}

fn holds(name: &str, lower: &str) -> bool {
    lower.is_empty() || name.to_lowercase().contains(lower)
}

/// The list with `item` if it was not in it, without it if it was.
fn toggled<T: PartialEq + Copy>(listed: &[T], item: T) -> Vec<T> {
    let mut items: Vec<T> = listed.iter().copied().filter(|own| *own != item).collect();
    if items.len() == listed.len() {
        items.push(item);
    }
    items
}

/// A list with a mark before each entry; the one that was clicked or entered.
fn choose<'a>(
    ui: &mut Ui,
    name: &str,
    (state, row): (&mut TableState, &mut Option<u64>),
    count: usize,
    entry: impl Fn(usize) -> Entry<'a>,
) -> Option<usize> {
    let t = ui.tokens();
    ui.add_space(8.0);
    if count == 0 {
        ui.label(Face::Dense.text("None by the cursor", t.text3));
        return None;
    }
    let columns = [
        Column::new("", 24.0),
        Column::rest("", 100.0),
        Column::new("", 90.0).right(),
    ];
    let table = VirtualTable::new(name, state, &columns, count as u64)
        .head_height(0.0)
        .height(LIST.min(count as f32 * sizes::ROW_TABLE))
        .selected(*row)
        .takes_keys();
    let said = table.show(ui, |row| paint(row, &entry(row.index() as usize)));
    *row = said.moved_to.or(*row);
    let clicked = said.clicked.map(|hit| hit.row);
    clicked.or(said.activated).map(|row| row as usize)
}

fn paint(row: &mut RowCells<'_>, entry: &Entry<'_>) {
    let t = row.painter().tokens();
    let count = grouped(entry.count);
    let on = if entry.chosen { "chosen" } else { "not chosen" };
    row.name(|| format!("{} {count} {on}", entry.name));
    if let Some(cell) = row.cell(0) {
        let square = icons::centred(cell, 14.0);
        let painter = row.painter();
        painter.rect_stroke(square, 2.0, (1.0, t.border2), egui::StrokeKind::Inside);
        if entry.chosen {
            icons::paint(painter, icons::centred(cell, 12.0), Icon::Check, t.accent);
        }
    }
    match entry.dot {
        Some(dot) => row.dot_text(1, dot, Face::Body, t.text, entry.name),
        None => row.text(1, Face::Body, t.text, entry.name),
    }
    row.text(2, Face::Cell, t.text2, &count);
}
