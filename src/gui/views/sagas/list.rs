//! The list of sagas: filters by status, process and name, and a table of which only the rows in sight
//! are worked out.

use egui::{Align2, Frame, Margin, Rect, Ui, vec2};

use super::beside::Beside;
use super::filters::{Filters, Said};
use super::head::Listed;
use super::look;
use super::told::{Glances, Ink, tells_failure, waits};
use crate::analysis::saga::{Glance, Narrowing, Seen, Status};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, View};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{
    Column, EmptyState, Notice, RowCells, Severity, TableState, TextField, Toggle, VirtualTable,
    Widths, menu_item, paint_status,
};
use crate::log::Log;
use crate::model::EventIx;
use crate::model::time::Span;
use crate::render::grouped;
use crate::worker::{SagaFilter, SagaList, SagaSort};

/// Rows whose failures are asked for at once, so that the question does not change with each row that
/// comes into sight.
const BLOCK: u64 = 32;

/// What the list keeps between frames.
#[derive(Default)]
pub(super) struct List {
    state: TableState,
    /// The place of the selected one in the list of that number.
    row: Option<((u64, EventIx), Option<u64>)>,
}

impl List {
    /// The widths that the user gave its columns.
    pub fn widths(&self) -> &Widths {
        self.state.widths()
    }

    /// Takes up widths that were kept.
    pub fn set_widths(&mut self, widths: Widths) {
        self.state.set_widths(widths);
    }

    /// Whether the saga that was chosen is in it.
    pub fn holds_the_chosen(&self) -> Listed {
        match self.row {
            Some((_, None)) => Listed::Not,
            _ => Listed::It,
        }
    }

    /// Begins at the top, for another list.
    pub fn begin_anew(&mut self) {
        self.state.scroll_to_row(0);
    }

    /// Those around what is in sight of which it tells what went wrong, by their first events.
    pub fn to_glance_at(&self, list: &SagaList) -> Vec<EventIx> {
        let visible = self.state.visible();
        let from = visible.start / BLOCK * BLOCK;
        let to = visible.end.div_ceil(BLOCK) * BLOCK;
        let rows = (from..to).map_while(|row| list.row(row));
        let told = rows.filter(|(_, status)| tells_failure(*status));
        let first = |seen: &Seen| EventIx(list.judged.at.events_of(seen)[0]);
        told.map(|(seen, _)| first(seen)).collect()
    }

    /// Draws the table; the saga that was chosen, by its first event.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (number, list, glances): (u64, &SagaList, Glances<'_>),
        (chosen, filter, beside): (Option<EventIx>, &mut SagaFilter, &mut Beside),
        outbox: &mut Outbox,
    ) -> Option<EventIx> {
        let log = model.log()?;
        let selected = self.selected(list, number, chosen);
        if list.rows.is_empty() {
            let narrowed = filter.by != Narrowing::default();
            let (sentence, word) = match narrowed {
                true => ("No saga at the cursor is one of these", "Show all sagas"),
                false => ("No saga has begun at the cursor", "To the head"),
            };
            if EmptyState::new(Icon::Sagas, sentence).button(word).show(ui) {
                match narrowed {
                    true => filter.by = Narrowing::default(),
                    false => outbox.send(Command::ToHead),
                }
            }
            return None;
        }
        let columns = columns(filter.sort, VirtualTable::room(ui));
        let rows = list.rows.len() as u64;
        let table = VirtualTable::new("Sagas", &mut self.state, &columns, rows).selected(selected);
        let table = match model.view {
            View::Sagas => table.takes_keys(),
            _ => table,
        };
        let said = table.show(ui, |row| {
            if let Some((seen, status)) = list.row(row.index()) {
                let first = EventIx(list.judged.at.events_of(seen)[0]);
                let glance = glances.of(first);
                paint(row, log, list, (seen, status, glance), (beside, outbox));
            }
        });
        match said.head_clicked {
            Some(0) => filter.sort = SagaSort::Status,
            Some(1) => filter.sort = SagaSort::Started,
            Some(2) => filter.sort = SagaSort::Duration,
            _ => {}
        }
        let pointed = said
            .clicked
            .or(said.double_clicked)
            .or(said.secondary_clicked);
        let row = said.moved_to.or(pointed.map(|hit| hit.row))?;
        let (seen, _) = list.row(row)?;
        let first = EventIx(list.judged.at.events_of(seen)[0]);
        if said.clicked.is_some() && ui.input(|input| input.modifiers.command) {
            beside.toggle(first);
            return None;
        }
        Some(first)
    }

    fn selected(&mut self, list: &SagaList, number: u64, chosen: Option<EventIx>) -> Option<u64> {
        let Some(chosen) = chosen else {
            self.row = None;
            return None;
        };
        let key = (number, chosen);
        if self.row.is_none_or(|(of, _)| of != key) {
            let judged = &list.judged;
            let first = |place: &u32| judged.at.events_of(&judged.at.seen[*place as usize])[0];
            let at = list.rows.iter().position(|place| first(place) == key.1.0);
            self.row = Some((key, at.map(|at| at as u64)));
        }
        self.row.and_then(|(_, row)| row)
    }
}

/// Room for what a saga is called, in so much for the list: it may be long, and what it waits for is longer.
fn called(room: f32) -> f32 {
    ((room - 380.0) * 0.3).clamp(98.0, 220.0)
}

fn columns(sort: SagaSort, room: f32) -> Vec<Column> {
    let mark = |own: SagaSort| if own == sort { " ▼" } else { "" };
    vec![
        Column::new(format!("Status{}", mark(SagaSort::Status)), 107.0)
            .named("status")
            .resizable()
            .sorts(),
        Column::new(format!("Saga{}", mark(SagaSort::Started)), called(room))
            .named("saga")
            .resizable()
            .sorts(),
        Column::new(format!("Lasts{}", mark(SagaSort::Duration)), 94.0)
            .named("lasts")
            .right()
            .resizable()
            .sorts(),
        Column::rest("Waiting for, or what failed", 72.0).named("waiting"),
    ]
}

fn paint(
    row: &mut RowCells<'_>,
    log: &Log,
    list: &SagaList,
    (seen, status, glance): (&Seen, Status, Option<&Glance>),
    (beside, outbox): (&mut Beside, &mut Outbox),
) {
    let judged = &list.judged;
    let Some(process) = judged.process(seen) else {
        return;
    };
    let t = row.painter().tokens();
    let (tone, shape, word) = look::status(status);
    let id = judged.id(log, seen, process);
    let (waiting, ink) = waits(log, judged, (seen, status, glance));
    row.name(|| match ink {
        Ink::Faint => format!("{id} {word}"),
        _ => format!("{id} {word}, {waiting}"),
    });
    let strong = row.is_selected();
    let face = if strong { Face::CellStrong } else { Face::Cell };
    let colour = t.tone(tone);
    if let Some(cell) = row.cell(0) {
        let centre = egui::pos2(cell.min.x + sizes::DOT / 2.0, cell.center().y);
        let square = Rect::from_center_size(centre, vec2(sizes::DOT, sizes::DOT));
        paint_status(row.painter(), square, shape, colour);
        let words = cell.with_min_x(cell.min.x + sizes::DOT + 6.0);
        row.text_in(words, Align2::LEFT_CENTER, Face::Dense, colour, word);
    }
    row.text(1, face, t.text, &id);
    let lasts = Span::from_micros(judged.lasts(log, seen)).to_string();
    row.text(2, Face::Cell, t.text2, &lasts);
    let ink = match ink {
        Ink::Faint if !strong => t.text3,
        Ink::Plain | Ink::Faint => t.text2,
        Ink::Late => t.warning,
    };
    row.text(3, Face::Dense, ink, &waiting);
    let first = EventIx(judged.at.events_of(seen)[0]);
    let is_beside = beside.holds(first);
    if is_beside {
        row.edge_mark(t.accent);
    }
    row.menu(|ui| {
        ui.set_min_width(180.0);
        let word = match is_beside {
            true => "Compare no longer",
            false => "Compare with others",
        };
        if menu_item(ui, word).clicked() {
            beside.toggle(first);
        }
        let mut item = |word: &str, command: Command| {
            if menu_item(ui, word).clicked() {
                outbox.send(command);
            }
        };
        item("Show its events", Command::FilterCorrelation(first));
        item("Go to its first event", Command::GoToEvent(first));
        item("Copy what it is called", Command::Copy(id.clone()));
    });
}

/// What is to be said of all sagas.
pub(super) fn notices(ui: &mut Ui, notices: &[String]) {
    for sentence in notices {
        let margin = Margin::symmetric(sizes::PAD as i8, 4);
        Frame::NONE.inner_margin(margin).show(ui, |ui| {
            Notice::new(Severity::Info, sentence).show(ui);
        });
    }
}

/// The bar of filters above the list. Each status that there is keeps its place and its width, however few are
/// left: else the list would jump while somebody types.
pub(super) fn filters(
    ui: &mut Ui,
    (log, list): (Option<&Log>, Option<&SagaList>),
    (filters, find): (&mut Filters, Option<()>),
    said: &mut Said<'_>,
) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        search(ui, &mut said.filter.by.text, find);
        let Some(list) = list else {
            filters.chips(ui, (log, list), said);
            return;
        };
        let chosen = &mut said.filter.by.statuses;
        let counts = list.narrowed.into_iter().zip(list.counts);
        for (status, (count, all)) in Status::ALL.into_iter().zip(counts) {
            let on = chosen.contains(&status);
            let most = count.max(all);
            if most == 0 && !on {
                continue;
            }
            if chip(ui, (status, on.into()), (count, most)) {
                match on {
                    true => chosen.retain(|own| *own != status),
                    false => chosen.push(status),
                }
            }
        }
        filters.chips(ui, (log, Some(list)), said);
    });
}

/// The field that the list is searched with; it has the keyboard where that was asked for.
fn search(ui: &mut Ui, text: &mut String, find: Option<()>) {
    let id = egui::Id::unique("sagas-search");
    // Before it is drawn, so that what is typed in this very frame is in it.
    if find.is_some() {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    let name = "Search sagas";
    let field = TextField::new(name, text).id(id);
    let field = ui.add(field.icon(Icon::Search).hint(name).clearable().width(150.0));
    // From what is typed the arrow keys lead into the list.
    if field.has_focus() && ui.input(|input| input.key_pressed(egui::Key::ArrowDown)) {
        field.surrender_focus();
    }
}

/// A status with how many have it, and room for the most that may; whether it was clicked.
fn chip(ui: &mut Ui, (status, toggle): (Status, Toggle), (count, most): (u32, u32)) -> bool {
    let on = toggle == Toggle::On;
    let t = ui.tokens();
    let (tone, shape, word) = look::status(status);
    let [count, most] = [count, most].map(|count| grouped(u64::from(count)));
    let painter = ui.painter().clone();
    let line = |text: &str, face, colour| {
        crate::gui::widgets::one_line(&painter, text, face, colour, f32::INFINITY)
    };
    let words = line(word, Face::Dense, t.text);
    let figure = line(&count, Face::Cell, t.text2);
    let room = line(&most, Face::Cell, t.text2).size().x;
    let width = 8.0 + sizes::DOT + 6.0 + words.size().x + 6.0 + room + 8.0;
    let size = vec2(width.ceil(), sizes::CHIP);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click());
    response.widget_info(|| {
        let name = format!("{word} {count}");
        egui::WidgetInfo::selected(egui::Role::CheckBox, ui.is_enabled(), on, name)
    });
    let (ground, edge) = match (on, response.hovered()) {
        (true, _) => (t.selection, t.selection_line),
        (false, true) => (t.hover, t.border2),
        (false, false) => (t.raised, t.border),
    };
    let stroke = egui::Stroke::new(1.0, edge);
    painter.rect(
        rect,
        sizes::RADIUS,
        ground,
        stroke,
        egui::StrokeKind::Inside,
    );
    let centre = egui::pos2(rect.min.x + 8.0 + sizes::DOT / 2.0, rect.center().y);
    let square = Rect::from_center_size(centre, vec2(sizes::DOT, sizes::DOT));
    paint_status(&painter, square, shape, t.tone(tone));
    let mut x = square.max.x + 6.0;
    for galley in [words, figure] {
        let at = egui::pos2(x, rect.center().y - galley.size().y / 2.0).round();
        x += galley.size().x + 6.0;
        painter.galley(at, galley, t.text);
    }
    crate::gui::widgets::focus_ring(ui, &response);
    response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_saga_has_more_room_in_a_wide_list() {
        assert!(called(500.0) < 100.0);
        assert!(called(860.0) > 140.0);
        assert!(called(3000.0) < 230.0);
    }
}
