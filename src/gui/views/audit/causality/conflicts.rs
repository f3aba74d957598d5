//! Writes to one stream that did not know of each other, side by side: what the last write keeps and what
//! it loses.

use egui::{Align2, CentralPanel, Frame, Margin, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use super::own_merge::OwnMerge;
use crate::analysis::causality::{FieldMerge, Merge, MergeKind, ToldBy};
use crate::analysis::deeper::{self, Conflict, Fate, Place, Shared, Sides, Writer};
use crate::analysis::words::many;
use crate::gui::command::Outbox;
use crate::gui::model::{Model, Reordered, Session};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::Standing;
use crate::gui::views::audit::cells::{Cells, event, part};
use crate::gui::widgets::{EmptyState, PaneHead, Side, SidePane, columns, focus_ring, paint_line};
use crate::gui::words;
use crate::model::EventIx;
use crate::model::time::Style;
use crate::render::grouped;
use crate::worker::AskSides;

/// Room for the list, where nobody made another.
const LIST: f32 = 340.0;
/// Height of a conflict in the list.
const ROW: f32 = 44.0;
/// Where the columns of a field begin.
const FIELD: [f32; 4] = [0.0, 200.0, 430.0, 660.0];
/// The same of a field of a whole conflict, in parts of the room there is.
const MERGED: [f32; 4] = [0.0, 0.2, 0.5, 0.68];

/// Height of a field with what other merges would give.
const TWO_LINES: f32 = 40.0;

/// Sides of a conflict that stand beside each other, and writes of each that are listed.
const MOST_SIDES: usize = 4;
const MOST_WRITES: usize = 6;

/// The page.
#[derive(Debug, Default)]
pub(super) struct Conflicts {
    /// The last write of the conflict that is looked at.
    chosen: Option<EventIx>,
    width: Option<f32>,
    own: OwnMerge,
}

impl Conflicts {
    /// Is about the same conflict in a log of another order.
    pub fn reordered(&mut self, moved: &Reordered) {
        self.chosen = self.chosen.and_then(|event| moved.event(event));
    }

    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        session: &Session,
        found: &deeper::Conflicts,
        outbox: &mut Outbox,
    ) {
        let chosen = self.chosen;
        let chosen = found.shown.iter().find(|own| {
            let last = own.last_writes().map(|[_, last]| last.event);
            last.is_some() && last == chosen
        });
        let looked_at = chosen.or(found.shown.first());
        let looked_at = looked_at.and_then(|own| Some((own, own.last_writes()?)));
        let Some((conflict, last)) = looked_at else {
            let sentence = "No two writes are known to be concurrent at the cursor: vector clocks, expected versions, a version that stands twice or clocks that are apart would tell";
            EmptyState::new(Icon::Check, sentence).show(ui);
            return;
        };
        let room = ui.max_rect().width();
        let mut width = self.width;
        SidePane::new("concurrent writes", Side::Left, &mut width, LIST)
            .range(220.0, (room - 420.0).max(220.0))
            .show(ui, |ui| self.list(ui, found, last[1]));
        self.width = width;
        CentralPanel::no_frame().show(ui, |ui| {
            let question = AskSides {
                subject: session.subject(),
                events: last.map(|place| place.event),
            };
            let sides = model.answers.sides.of(&question);
            outbox.ask(|answers| &mut answers.sides, question);
            Standing::of(ui, &model.answers.sides).tell(ui, "The two writes", outbox);
            let area = ScrollArea::vertical().id_salt("sides").auto_shrink(false);
            let merge = found.merge_of(conflict);
            let own = &mut self.own;
            area.show(ui, |ui| {
                detail(ui, model, (conflict, merge, sides), own, outbox);
            });
        });
    }

    fn list(&mut self, ui: &mut Ui, found: &deeper::Conflicts, looked_at: &Place) {
        let sentence = counted(found);
        PaneHead::new("Concurrent writes")
            .secondary(&sentence)
            .show(ui, |_| ());
        ui.spacing_mut().item_spacing.y = 0.0;
        let area = ScrollArea::vertical().id_salt("pairs").auto_shrink(false);
        area.show_rows(ui, ROW, found.shown.len(), |ui, rows| {
            for own in &found.shown[rows] {
                let Some([_, last]) = own.last_writes() else {
                    continue;
                };
                if row(ui, own, last, looked_at) {
                    self.chosen = Some(last.event);
                }
            }
        });
    }
}

/// `3 conflicts, 12 of unknown order`: the latter only clocks leave open.
fn counted(found: &deeper::Conflicts) -> String {
    let known = many(found.known(), "conflict", "conflicts");
    let open = match found.by_clocks {
        0 => None,
        open => Some(format!("{} of unknown order", grouped(open))),
    };
    let all: Vec<String> = known.into_iter().chain(open).collect();
    let shown = found.shown.len() as u64;
    match found.count > shown {
        true => format!("the first {} of {}", grouped(shown), all.join(", ")),
        false => all.join(", "),
    }
}

/// `#65 #68`, so many of them at most.
fn events_of(side: &Writer, most: usize) -> String {
    let names = side.writes.iter().take(most);
    let names = names.map(|place| words::position_named(&place.position));
    let more = if side.writes.len() > most { " …" } else { "" };
    format!("{}{more}", names.collect::<Vec<_>>().join(" "))
}

/// A conflict; whether it was clicked.
fn row(ui: &mut Ui, conflict: &Conflict, last: &Place, looked_at: &Place) -> bool {
    let is_chosen = last.event == looked_at.event;
    let t = ui.tokens();
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let sides = conflict.sides.iter();
    let told = |side: &Writer| format!("{} {}", side.name, events_of(side, 3));
    let sides = sides.map(told).collect::<Vec<_>>().join(" | ");
    let name = format!("{}: {sides}", last.stream);
    response.widget_info(|| WidgetInfo::selected(egui::Role::RadioButton, true, is_chosen, &name));
    if is_chosen {
        ui.painter().rect_filled(rect, 0.0, t.selection);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, t.hover);
    }
    let inner = rect.shrink2(vec2(sizes::PAD, 5.0));
    let (upper, lower) = inner.split_top_bottom_at_fraction(0.5);
    let painter = ui.painter();
    let count: usize = conflict.sides.iter().map(|side| side.writes.len()).sum();
    let right = match conflict.told_by {
        ToldBy::Clocks => "unknown order".to_owned(),
        _ => many(count as u64, "write", "writes").unwrap_or_default(),
    };
    let (face, ink) = (Face::Secondary, t.text2);
    let ink = paint_line(painter, upper, Align2::RIGHT_CENTER, &right, face, ink);
    let left = upper.with_max_x(ink.left() - 8.0);
    let (align, face) = (Align2::LEFT_CENTER, Face::BodyStrong);
    paint_line(painter, left, align, &last.stream, face, t.text);
    paint_line(painter, lower, align, &sides, Face::Dense, t.text2);
    focus_ring(ui, &response);
    response.clicked()
}

fn detail(
    ui: &mut Ui,
    model: &Model,
    (conflict, merge, sides): (&Conflict, Option<&Merge>, Option<&Sides>),
    own: &mut OwnMerge,
    outbox: &mut Outbox,
) {
    let margin = Margin::same(sizes::PAD_TEXT as i8);
    Frame::NONE.inner_margin(margin).show(ui, |ui| {
        let t = ui.tokens();
        let Some([_, last]) = conflict.last_writes() else {
            return;
        };
        ui.label(Face::TitleLarge.text(&last.stream, t.text));
        ui.label(Face::Secondary.text(conflict.told_by.words(), t.text2));
        ui.add_space(sizes::GAP);
        let last = conflict.sides.iter().flat_map(|side| &side.writes);
        let last = last.map(|place| place.event).max();
        let sides_of = &conflict.sides[..conflict.sides.len().min(MOST_SIDES)];
        columns(ui, sides_of.len(), sizes::GAP_GROUP, |ui, at| {
            head(ui, model, &sides_of[at], last, outbox);
        });
        if let Some(merge) = merge {
            merged(ui, merge);
            if !merge.fields.is_empty() {
                own.show(ui, model, merge, outbox);
            }
        }
        part(ui, "The last writes of two sides", "");
        let Some(sides) = sides else {
            ui.label(Face::Body.text("The payloads are being read", t.text2));
            return;
        };
        ui.add_space(sizes::GAP);
        ui.add(egui::Label::new(Face::Body.text(sentence(sides), t.text)).wrap());
        ui.add_space(sizes::GAP);
        Cells::heads(ui, &FIELD, &["Field", "First", "Last", "What a fold keeps"]);
        for field in &sides.fields {
            field_row(ui, field);
        }
    });
}

/// What would become of the whole conflict: the fields that several sides have written.
fn merged(ui: &mut Ui, merge: &Merge) {
    part(ui, "What becomes of it", "");
    if merge.fields.is_empty() {
        let t = ui.tokens();
        let text = "Nothing that belongs to the state was written by more than one side: a fold that merges loses nothing.";
        ui.add(egui::Label::new(Face::Body.text(text, t.text)).wrap());
        return;
    }
    let edges = MERGED.map(|part| part * ui.available_width());
    let heads = ["Field", "Each side", "Last in the log", "Merged"];
    Cells::heads(ui, &edges, &heads);
    for field in &merge.fields {
        merged_row(ui, &edges, merge, field);
    }
}

fn merged_row(ui: &mut Ui, edges: &[f32], merge: &Merge, field: &FieldMerge) {
    let t = ui.tokens();
    let (ground, ink) = match field.loses() {
        true => (Some(t.removed_bg), t.removed),
        false => (None, t.text2),
    };
    let name = format!(
        "{}: {} kept, {} {}",
        field.field,
        field.last_write,
        field.merged,
        by(field.kind)
    );
    let others = field.others.iter();
    let others = others.map(|(kind, value)| format!("{value} {}", by(*kind)));
    let others = others.collect::<Vec<_>>().join(", ");
    let row = match others.is_empty() {
        true => Cells::row(ui, edges, &name),
        false => Cells::tall(ui, edges, TWO_LINES, &format!("{name}, or {others}")),
    };
    let cells = match others.is_empty() {
        true => row,
        false => {
            let (upper, lower) = row.rect.split_top_bottom_at_fraction(0.5);
            let words = format!("Or {others}");
            let below = row.within(lower);
            let place = lower.with_min_x(below.place(1).min.x);
            let left = Align2::LEFT_CENTER;
            paint_line(ui.painter(), place, left, &words, Face::Dense, t.text2);
            row.within(upper)
        }
    };
    let sides = merge.sides.iter().zip(&field.sides);
    let sides = sides.map(|(side, value)| format!("{} {value}", side.name));
    let sides = sides.collect::<Vec<_>>().join(", ");
    cells.text(ui, 0, &field.field, (Face::Code, t.text));
    cells.text(ui, 1, &sides, (Face::Cell, t.text));
    let place = cells.place(2);
    if let Some(ground) = ground {
        let place = place.shrink2(vec2(0.0, 2.0));
        ui.painter().rect_filled(place, sizes::RADIUS, ground);
    }
    let inner = place.shrink2(vec2(6.0, 0.0));
    let last = field.last_write.to_string();
    let left = Align2::LEFT_CENTER;
    paint_line(ui.painter(), inner, left, &last, Face::Cell, ink);
    let merged = format!("{} {}", field.merged, by(field.kind));
    cells.text(ui, 3, &merged, (Face::Cell, t.text));
}

/// How a merge is told behind what it gives.
fn by(kind: MergeKind) -> String {
    match kind {
        // The last one in the log may be another.
        MergeKind::LwwRegister => "latest by the writers' clocks".to_owned(),
        kind => format!("by {}", kind.one()),
    }
}

/// One side: who wrote, all of its events, and when.
fn head(ui: &mut Ui, model: &Model, side: &Writer, last: Option<EventIx>, outbox: &mut Outbox) {
    let t = ui.tokens();
    let wins = side.writes.iter().any(|place| Some(place.event) == last);
    let role = if wins {
        "Last in the log, which a fold keeps"
    } else {
        "Before that in the log"
    };
    ui.label(Face::Secondary.text(role, t.text3));
    ui.label(Face::BodyStrong.text(&side.name, t.text));
    for place in side.writes.iter().take(MOST_WRITES) {
        ui.horizontal_wrapped(|ui| {
            event(ui, place, outbox);
            ui.label(Face::Body.text(&place.event_type, t.text));
            ui.label(Face::Cell.text(place.version.to_string(), t.text2));
            let time = place
                .time
                .map(|time| model.zone().format(time, Style::AsNeeded));
            let when = time.unwrap_or_else(|| "time not told".to_owned());
            ui.label(Face::Cell.text(when, t.text2));
        });
    }
    if let Some(more) = side
        .writes
        .len()
        .checked_sub(MOST_WRITES)
        .filter(|more| *more > 0)
    {
        ui.label(Face::Secondary.text(format!("and {} more", grouped(more as u64)), t.text2));
    }
}

/// What the last write does, in words.
fn sentence(sides: &Sides) -> String {
    let lost = match many(sides.lost as u64, "value", "values") {
        None => "The second of these overwrites nothing that the first one says.".to_owned(),
        Some(values) => {
            format!("The second of these overwrites {values} of the first one, without a word.")
        }
    };
    let only = sides
        .fields
        .iter()
        .filter(|field| field.fate == Fate::OnlyOne)
        .count();
    let kept = match only {
        0 => "",
        _ => {
            " What only the first one has stays where fields are merged, and is lost where the whole is replaced."
        }
    };
    let other = match sides.recorded_later {
        Some(0) => {
            " By recorded time the first one is the later: a fold in that order keeps it instead."
        }
        _ => "",
    };
    format!("{lost}{kept}{other}")
}

fn field_row(ui: &mut Ui, field: &Shared) {
    let t = ui.tokens();
    let (word, ground, ink) = match field.fate {
        Fate::Same => ("the same", None, t.text2),
        Fate::Lost => ("first is lost", Some(t.removed_bg), t.removed),
        Fate::OnlyOne => ("only in the first", Some(t.changed_bg), t.changed),
        Fate::OnlyTwo => ("only in the last", None, t.text2),
    };
    let value = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string);
    let (one, two) = (value(&field.one), value(&field.two));
    let name = format!("{}: {word}", field.path);
    let cells = Cells::row(ui, &FIELD, &name);
    let place = cells.place(1);
    if let Some(ground) = ground {
        ui.painter()
            .rect_filled(place.shrink2(vec2(0.0, 2.0)), sizes::RADIUS, ground);
    }
    let path = if field.path.is_empty() {
        "(whole)"
    } else {
        &field.path
    };
    cells.text(ui, 0, path, (Face::Code, t.text));
    let inner = place.shrink2(vec2(6.0, 0.0));
    let one = one.as_deref().unwrap_or("not there");
    let colour = if ground.is_some() { ink } else { t.text2 };
    paint_line(
        ui.painter(),
        inner,
        Align2::LEFT_CENTER,
        one,
        Face::Cell,
        colour,
    );
    cells.text(
        ui,
        2,
        two.as_deref().unwrap_or("not there"),
        (Face::Cell, t.text),
    );
    cells.text(ui, 3, word, (Face::Secondary, ink));
}
