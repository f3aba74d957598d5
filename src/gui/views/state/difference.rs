//! What differs between two moments, path by path: the moment to compare with and the cursor, or
//! the last event's before and after.

use egui::{Align2, Label, Ui};

use super::shown::Of;
use super::tree::marked;
use super::value;
use crate::analysis::replay::{Difference, pointer};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{
    Button, Column, EmptyState, IconButton, RowCells, TableState, VirtualTable, Widths, paint_line,
};
use crate::gui::words;
use crate::log::{Bound, Cut, Log};
use crate::model::time::Style;
use crate::worker::{Found, FoundState};

/// The differences with where the list is scrolled to.
#[derive(Default)]
pub(super) struct DifferenceView {
    table: TableState,
    differences: Of<Vec<Difference>>,
}

impl DifferenceView {
    /// The widths that the user gave its columns.
    pub fn widths(&self) -> &Widths {
        self.table.widths()
    }

    /// Takes up widths that were kept.
    pub fn set_widths(&mut self, widths: Widths) {
        self.table.set_widths(widths);
    }

    /// Draws them over the available room.
    pub fn show(&mut self, ui: &mut Ui, model: &Model, found: &FoundState, outbox: &mut Outbox) {
        let known = model.answers.differences.known();
        let known = known.map(|(of, differences)| (&of.found, differences));
        let Some((of, differences)) = self.differences.take(known, found) else {
            return;
        };
        let found: &Found = &of;
        head(ui, model, found, &differences, outbox);
        if differences.is_empty() {
            let sentence = match (&found.compare, found.at.last) {
                (Some(_), _) => "The state is the same at both moments",
                (None, Some(_)) => "The last event left the state as it was",
                (None, None) => "There is no state yet to compare",
            };
            EmptyState::new(Icon::Check, sentence).show(ui);
            return;
        }
        let columns = [
            Column::new("Path", 172.0).resizable(),
            Column::new("From", (ui.available_width() - 200.0).max(120.0) / 2.0).resizable(),
            Column::rest("To", 60.0),
        ];
        let rows = differences.len() as u64;
        let said = VirtualTable::new("Differences", &mut self.table, &columns, rows)
            .row_height(sizes::ROW_TREE)
            .show(ui, |cells| {
                if let Some(difference) = differences.get(cells.index() as usize) {
                    row(cells, difference);
                }
            });
        let clicked = said
            .clicked
            .and_then(|hit| differences.get(hit.row as usize));
        if let Some(difference) = clicked {
            outbox.send(Command::SelectField(Some(difference.path.clone())));
        }
    }
}

fn head(
    ui: &mut Ui,
    model: &Model,
    found: &Found,
    differences: &[Difference],
    outbox: &mut Outbox,
) {
    let t = ui.tokens();
    let log = &found.log;
    let now = moment(model, log, &found.at.cut);
    let (from, to) = match (&found.compare, found.at.last) {
        (Some(other), _) if found.later().is_some() => {
            (now.clone(), moment(model, log, &other.cut))
        }
        (Some(other), _) => (moment(model, log, &other.cut), now.clone()),
        (None, Some(last)) => {
            let name = words::type_of(log, last);
            let place = words::place(log, found.at.stream, last);
            (format!("before {name} {place}"), "after it".to_owned())
        }
        (None, None) => return,
    };
    let margin = egui::Margin::symmetric(sizes::PAD as i8, 4);
    egui::Frame::NONE.inner_margin(margin).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.set_min_height(sizes::BUTTON_SMALL);
            // Each moment stays in one piece.
            let mut say = |text: egui::RichText| ui.add(Label::new(text).extend());
            say(Face::Secondary.text("from", t.text2));
            say(Face::Cell.text(&from, t.text));
            say(Face::Secondary.text("to", t.text2));
            say(Face::Cell.text(&to, t.text));
            if found.later().is_some() {
                say(Face::Secondary.text("(after the cursor)", t.future));
            }
            if found.compare.is_some() && ui.add(Button::ghost("Stop comparing").small()).clicked()
            {
                outbox.send(Command::CompareWith(None));
            }
            if !differences.is_empty() {
                let copy = IconButton::new(Icon::Copy, "Copy differences").small();
                if ui.add(copy).clicked() {
                    let of = log.stream_name(found.at.stream);
                    // What an event did says when only with the moment that it did it.
                    let of = match found.compare {
                        Some(_) => of.to_owned(),
                        None => format!("{of} as of {now}"),
                    };
                    let head = format!("{of}, from {from} to {to}:");
                    outbox.send(Command::Copy(as_text(&head, differences, &model.origin())));
                }
            }
        });
    });
    let line = ui.available_rect_before_wrap();
    ui.painter()
        .hline(line.x_range(), line.min.y - 0.5, (1.0, t.border));
    let counts = words::counted(differences.len(), "difference", "differences");
    let place = line.with_max_y(line.min.y + sizes::TABLE_HEAD);
    let id = ui.scope_id().with("differences");
    ui.interact(
        place.with_min_x(place.max.x - 110.0),
        id,
        egui::Sense::hover(),
    )
    .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Status, true, &counts));
    paint_line(
        ui.painter(),
        place.with_max_x(place.max.x - sizes::GUTTER),
        Align2::RIGHT_CENTER,
        &counts,
        Face::Secondary,
        t.text2,
    );
}

/// The differences as text, a line each, and where they are from.
fn as_text(head: &str, differences: &[Difference], origin: &[String]) -> String {
    let side = |value: &Option<serde_json::Value>| {
        let value = value.as_ref().map(ToString::to_string);
        value.unwrap_or_else(|| "not there".to_owned())
    };
    let mut text = format!("{head}\n");
    for difference in differences {
        let path = pointer::spoken(&difference.path);
        let (from, to) = (side(&difference.from), side(&difference.to));
        text.push_str(&format!("- {path}: {from} -> {to}\n"));
    }
    text + &origin.join(". ") + "."
}

/// A moment in words.
pub(super) fn moment(model: &Model, log: &Log, cut: &Cut) -> String {
    let time = cut
        .time(log)
        .map(|time| model.zone().format(time, Style::AsNeeded));
    match (cut.bound(), time) {
        (Bound::Start, _) => "before the first event".to_owned(),
        (Bound::Event(event), time) if event.at() < log.len() => {
            let position = words::position(log, event);
            time.map_or(position.clone(), |time| format!("{position}, {time}"))
        }
        (Bound::Head, Some(time)) => format!("the head, {time}"),
        (_, Some(time)) => time,
        (_, None) => "the head".to_owned(),
    }
}

fn row(cells: &mut RowCells<'_>, difference: &Difference) {
    let t = cells.painter().tokens();
    let (sign, ink, ground) = marked(t, difference.kind);
    cells.tint(ink, ground);
    let path = pointer::spoken(&difference.path);
    if let Some(cell) = cells.cell(0) {
        let place = cell.translate(egui::vec2(-2.0, 0.0));
        paint_line(
            cells.painter(),
            place,
            Align2::LEFT_CENTER,
            sign,
            Face::CellStrong,
            ink,
        );
        let rest = cell.with_min_x(cell.min.x + 14.0);
        cells.text_in(rest, Align2::LEFT_CENTER, Face::Code, t.key, &path);
    }
    let text = |side: &Option<serde_json::Value>| {
        side.as_ref().map_or_else(
            || "not there".to_owned(),
            |value| value::preview(value, value::MOST),
        )
    };
    let (from, to) = (text(&difference.from), text(&difference.to));
    let shade = |side: &Option<_>, ink| if side.is_some() { ink } else { t.text2 };
    cells.text(1, Face::Code, shade(&difference.from, t.text2), &from);
    cells.text(2, Face::Code, shade(&difference.to, ink), &to);
    cells.name(|| format!("{path} from {from} to {to}"));
}

/// What the pane says about comparing where nothing is compared yet.
pub(super) fn hint(ui: &mut Ui) {
    let colour = ui.tokens().text3;
    let text = "Compare with… above sets another moment";
    ui.add(Label::new(Face::Secondary.text(text, colour)).truncate());
}
