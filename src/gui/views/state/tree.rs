//! The state as a tree: what the last event did, and for each field the event behind it.

use egui::{Align2, Color32, Rect, Ui, pos2, vec2};

use super::leaf::{Leaf, LeafPopover};
use super::shown::Of;
use super::value;
use crate::analysis::replay::{Blame, Change, Found as At, Node, pointer};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, Tokens, TokensExt, Tone, icons, sizes};
use crate::gui::views::Standing;
use crate::gui::widgets::{
    Column, RowCells, TableResponse, TableState, VirtualTable, Widths, paint_line,
};
use crate::gui::words;
use crate::model::time::Zone;
use crate::worker::{
    AskFields, FieldKind as Kind, FieldRow as Row, FieldRows, Fold, Folds, Found, FoundState,
};

const INDENT: f32 = 16.0;
/// From the pane's inner edge to a key of the first level; sign and fold mark stand before it.
const KEYS: f32 = 22.0;
const FIELD: f32 = 172.0;
/// `v13832 · 3 min 21 s` where there is room for it.
const CHANGED_BY: [f32; 2] = [124.0, 168.0];
/// A tree as wide as this has it.
const WIDE: f32 = 560.0;
/// Values take no more.
const VALUE: f32 = 720.0;

/// Less room than this shows nothing of what the last event did.
const SUMMARY: f32 = 120.0;

/// The tree with what is folded and chosen in it.
#[derive(Default)]
pub(super) struct TreeView {
    folds: Folds,
    table: TableState,
    /// The row the keyboard is on.
    focus: Option<String>,
    popover: LeafPopover,
    rows: Of<FieldRows>,
}

/// What one frame of the tree draws from.
struct Drawn<'a> {
    found: &'a Found,
    fields: &'a FieldRows,
    zone: Zone,
}

impl TreeView {
    /// Forgets what was pinned: it belonged to another stream.
    pub fn unpin(&mut self) {
        self.popover.close();
        self.focus = None;
    }

    /// The widths that the user gave its columns.
    pub fn widths(&self) -> &Widths {
        self.table.widths()
    }

    /// Takes up widths that were kept.
    pub fn set_widths(&mut self, widths: Widths) {
        self.table.set_widths(widths);
    }

    /// Asks for the rows of a state that is to be shown.
    pub fn ask(&self, found: &FoundState, outbox: &mut Outbox) {
        let question = AskFields {
            found: found.clone(),
            folds: self.folds.clone(),
        };
        outbox.ask(|answers| &mut answers.fields, question);
    }

    /// Draws it over the available room.
    pub fn show(&mut self, ui: &mut Ui, model: &Model, found: &FoundState, outbox: &mut Outbox) {
        // Those of the state before serve until the rows of this one come, which shows where it takes time.
        Standing::of(ui, &model.answers.fields).fade(ui);
        let known = model.answers.fields.known();
        let known = known.map(|(of, rows)| (&of.found, rows));
        let Some((of, fields)) = self.rows.take(known, found) else {
            return;
        };
        let (found, fields): (&Found, &FieldRows) = (&of, &fields);
        let room = ui.available_rect_before_wrap();
        let changed_by = CHANGED_BY[usize::from(room.width() >= WIDE)];
        let (value, by) = match room.width() >= FIELD + VALUE + 2.0 * changed_by {
            // So far apart that the eye would lose the row.
            true => (
                Column::new("Value", VALUE),
                Column::rest("Changed by", changed_by),
            ),
            false => {
                let by = Column::new("Changed by", changed_by).right();
                (Column::rest("Value", 60.0), by)
            }
        };
        let field = FIELD.min((room.width() * 0.36).round());
        let columns = [Column::new("Field", field).resizable(), value, by];
        let widths = self.table.widths().get("Field").copied().unwrap_or(field);
        let focus = self.focus.as_deref();
        let focus = focus.and_then(|pointer| fields.row_of(pointer));
        let drawn = Drawn {
            found,
            fields,
            zone: model.zone(),
        };
        let pinned = self.popover.pointer().map(str::to_owned);
        let mut anchor = None;
        let said = VirtualTable::new("State", &mut self.table, &columns, fields.rows.len() as u64)
            .row_height(sizes::ROW_TREE)
            .selected(focus.map(|row| row as u64))
            .show(ui, |cells| {
                let Some(row) = drawn.fields.rows.get(cells.index() as usize) else {
                    return;
                };
                if pinned.is_none() && is_value(row.kind) {
                    cells.no_tooltip();
                }
                drawn.row(cells, row);
                let value = cells
                    .rect()
                    .with_min_x(cells.cell(1).map_or(0.0, |cell| cell.min.x));
                if pinned.as_ref() == Some(&row.pointer) {
                    anchor = Some(value);
                    outline(cells);
                } else if pinned.is_none() && is_value(row.kind) {
                    Leaf::new(model, found, &row.pointer).hover(cells.response(), value);
                }
            });
        let head = Rect::from_min_max(
            pos2(room.min.x + sizes::PAD + widths + 44.0, room.min.y),
            pos2(
                room.max.x - changed_by + 40.0,
                room.min.y + sizes::TABLE_HEAD,
            ),
        );
        drawn.summary(ui, head);
        self.act(&said, fields, outbox);
        if let Some(anchor) = anchor {
            self.popover.show(ui, anchor, model, found, outbox);
        }
    }

    fn act(&mut self, said: &TableResponse, fields: &FieldRows, outbox: &mut Outbox) {
        let row_at = |row: u64| fields.rows.get(row as usize).cloned();
        if let Some(row) = said.moved_to.and_then(row_at) {
            self.popover.close();
            self.focus = Some(row.pointer);
        }
        let clicked = said.clicked.map(|hit| (hit.row, hit.column));
        let entered = said.activated.map(|row| (row, None));
        let Some((row, column)) = clicked.or(entered) else {
            return;
        };
        let Some(row) = row_at(row) else { return };
        self.focus = Some(row.pointer.clone());
        match row.kind {
            Kind::Object(fold) => self.folds.toggle(&row.pointer, fold),
            Kind::Array(fold) if column == Some(0) => self.folds.toggle(&row.pointer, fold),
            Kind::Earlier(_) => self.folds.toggle_earlier(),
            Kind::Array(_) | Kind::Leaf | Kind::Removed => {
                self.popover.open(row.pointer.clone());
                outbox.send(Command::SelectField(Some(row.pointer)));
            }
        }
    }
}

const fn is_value(kind: Kind) -> bool {
    matches!(kind, Kind::Leaf | Kind::Removed | Kind::Array(_))
}

/// Sign, colour and ground of what happened to a row.
pub(super) fn marked(t: &Tokens, change: Change) -> (&'static str, Color32, Color32) {
    let (sign, tone) = match change {
        Change::Changed => ("~", Tone::Changed),
        Change::Added => ("+", Tone::Added),
        Change::Removed => ("−", Tone::Removed),
    };
    (sign, t.tone(tone), t.tone_bg(tone))
}

/// The pinned row between two lines.
fn outline(cells: &RowCells<'_>) {
    let rect = cells.rect();
    let stroke = (1.0, cells.painter().tokens().selection_line);
    for y in [rect.min.y + 0.5, rect.max.y - 0.5] {
        cells.painter().hline(rect.x_range(), y, stroke);
    }
}

impl Drawn<'_> {
    fn row(&self, cells: &mut RowCells<'_>, row: &Row) {
        let t = cells.painter().tokens();
        if let Some(change) = row.mark {
            let (sign, ink, ground) = marked(t, change);
            cells.tint(ink, ground);
            if let Some(cell) = cells.cell(0) {
                let place = cell
                    .with_max_x(cell.min.x + 10.0)
                    .translate(vec2(-2.0, 0.0));
                paint_line(
                    cells.painter(),
                    place,
                    Align2::LEFT_CENTER,
                    sign,
                    Face::CellStrong,
                    ink,
                );
            }
        }
        if let Kind::Earlier(count) = row.kind {
            return self.earlier(cells, count);
        }
        let key = pointer::keys(&row.pointer).last().unwrap_or_default();
        self.key(cells, row, &key);
        let text = self.value(cells, row);
        let blame = self.blame(cells, row);
        cells.name(|| {
            let fold = match row.kind {
                Kind::Object(Fold::Open) | Kind::Array(Fold::Open) => "open",
                Kind::Object(Fold::Closed) | Kind::Array(Fold::Closed) => "closed",
                _ => "",
            };
            [&*key, &text, fold, &blame]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        });
    }

    fn key(&self, cells: &mut RowCells<'_>, row: &Row, key: &str) {
        let t = cells.painter().tokens();
        let Some(cell) = cells.cell(0) else { return };
        let indent = f32::from(row.depth).min(12.0) * INDENT;
        let rest = cell.with_min_x((cell.min.x + KEYS + indent).min(cell.max.x));
        if let Kind::Object(fold) | Kind::Array(fold) = row.kind {
            let mark = match fold {
                Fold::Open => Icon::Down,
                Fold::Closed => Icon::Right,
            };
            let square =
                Rect::from_center_size(pos2(rest.min.x - 9.0, cell.center().y), vec2(12.0, 12.0));
            icons::paint(cells.painter(), square, mark, t.text2);
        }
        let ink = cells.text_in(rest, Align2::LEFT_CENTER, Face::Code, t.key, key);
        if row.kind == Kind::Removed {
            strike(cells, ink, t.removed);
        }
    }

    /// Draws the value and what it was; the value's text for assistive technology.
    fn value(&self, cells: &mut RowCells<'_>, row: &Row) -> String {
        let t = cells.painter().tokens();
        let Some(cell) = cells.cell(1) else {
            return String::new();
        };
        let tree = self.found.at.tree();
        let (text, plain) = match row.kind {
            Kind::Removed => (self.was(row).unwrap_or_default(), t.removed),
            Kind::Object(fold) => (object_text(self.found, row, fold), t.punct),
            _ => match tree.get(&row.pointer) {
                At::Present { value, .. } => {
                    (value::preview(&value, value::MOST), value::tint(t, &value))
                }
                At::Removed(_) | At::Missing => (String::new(), t.punct),
            },
        };
        let ink = match row.mark {
            Some(change) if !matches!(row.kind, Kind::Object(_)) => marked(t, change).1,
            _ => plain,
        };
        let drawn = cells.text_in(cell, Align2::LEFT_CENTER, Face::Code, ink, &text);
        if row.kind == Kind::Removed {
            strike(cells, drawn, t.removed);
        } else if row.mark == Some(Change::Changed)
            && let Some(was) = self.was(row)
        {
            let rest = cell.with_min_x((drawn.max.x + 12.0).min(cell.max.x));
            let was = format!("was {was}");
            cells.text_in(rest, Align2::LEFT_CENTER, Face::Code, t.text2, &was);
        }
        text
    }

    /// What a field was before the last event.
    fn was(&self, row: &Row) -> Option<String> {
        let difference = self.fields.differences.get(row.difference?)?;
        Some(value::preview(difference.from.as_ref()?, value::MOST))
    }

    /// Draws the event behind the field; its version for assistive technology.
    fn blame(&self, cells: &mut RowCells<'_>, row: &Row) -> String {
        let blame = match row.kind {
            Kind::Object(Fold::Open) => None,
            _ => blame_of(self.found, &row.pointer),
        };
        let Some(Blame { changed_by, .. }) = blame else {
            return String::new();
        };
        let t = cells.painter().tokens();
        let (log, at) = (&self.found.log, &self.found.at);
        let version = words::version(log, at.stream, changed_by);
        let age = words::age(
            log,
            at.cut.clock(),
            changed_by,
            (at.cut.time(log), self.zone),
        );
        let text = if version.is_empty() {
            age
        } else {
            format!("{version} · {age}")
        };
        let ink = if row.mark.is_some() || cells.is_selected() {
            t.text2
        } else {
            t.text3
        };
        cells.text(2, Face::Cell, ink, &text);
        version
    }

    fn earlier(&self, cells: &mut RowCells<'_>, count: usize) {
        let t = cells.painter().tokens();
        let text = words::counted(count, "field removed earlier", "fields removed earlier");
        if let Some(cell) = cells.cell(0) {
            let rect = cells.rect().with_min_x(cell.min.x + KEYS);
            cells.text_in(rect, Align2::LEFT_CENTER, Face::Secondary, t.text3, &text);
        }
        cells.name(|| text.clone());
    }

    /// `by v41: ~4 changed +1 added −1 removed`, in the head of the table.
    fn summary(&self, ui: &Ui, rect: Rect) {
        let Some(last) = self.found.at.last.filter(|_| rect.width() > SUMMARY) else {
            return;
        };
        let t = ui.tokens();
        let version = words::version(&self.found.log, self.found.at.stream, last);
        let by = if version.is_empty() {
            words::type_of(&self.found.log, last).to_owned()
        } else {
            version
        };
        let touched = self.fields.touched;
        let mut parts = vec![(format!("by {by}:"), t.text2)];
        for (change, count, word) in [
            (Change::Changed, touched.changed, "changed"),
            (Change::Added, touched.added, "added"),
            (Change::Removed, touched.removed, "removed"),
        ] {
            if count > 0 {
                let (sign, ink, _) = marked(t, change);
                parts.push((format!("{sign}{count} {word}"), ink));
            }
        }
        if parts.len() == 1 {
            parts.push(("nothing changed".to_owned(), t.text2));
        }
        let spoken: Vec<&str> = parts.iter().map(|(text, _)| text.as_str()).collect();
        let id = ui.scope_id().with("what-changed");
        let label = spoken.join(" ");
        ui.interact(rect, id, egui::Sense::hover())
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Status, true, &label));
        let mut rest = rect;
        let painter = ui.painter_at(rect);
        for (text, ink) in &parts {
            let drawn = paint_line(
                &painter,
                rest,
                Align2::LEFT_CENTER,
                text,
                Face::Secondary,
                *ink,
            );
            rest.min.x = (drawn.max.x + 8.0).min(rest.max.x);
        }
    }
}

fn strike(cells: &RowCells<'_>, ink: Rect, colour: Color32) {
    let y = ink.center().y.round() + 0.5;
    cells.painter().hline(ink.x_range(), y, (1.0, colour));
}

/// A closed object previews its content, an open one only counts it.
fn object_text(found: &Found, row: &Row, fold: Fold) -> String {
    if fold == Fold::Open {
        return format!("{{{}}}", row.fields);
    }
    let tree = found.at.tree();
    match tree.node(&row.pointer) {
        Some(node) => value::preview_of(node, value::MOST),
        // Within an array.
        None => match tree.get(&row.pointer) {
            At::Present { value, .. } => value::preview(&value, value::MOST),
            At::Removed(_) | At::Missing => String::new(),
        },
    }
}

/// The events behind a field, a removed one too; none for what stands within an array.
pub(super) fn blame_of(found: &Found, pointer: &str) -> Option<Blame> {
    found.at.tree().node(pointer).map(Node::blame)
}
