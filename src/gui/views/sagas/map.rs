//! The process map: types as boxes in the order in which they usually come, what follows what as lines
//! that are wider the more often, and the variants below it.

use egui::{Align2, Color32, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};
use hashbrown::HashMap;

use super::timeline::arrow_head;
use crate::analysis::saga::{MapType, ProcessMap, Variant};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{Column, TableState, VirtualTable, paint_line};
use crate::log::Log;
use crate::model::time::Span;
use crate::render::grouped;
use crate::worker::MapAndVariants;

const BOX: egui::Vec2 = egui::Vec2::new(164.0, 40.0);
const DOWN: f32 = 68.0;
const ACROSS: f32 = 228.0;
/// Room at the left for lines around boxes.
const ASIDE: f32 = 40.0;
/// Boxes that are drawn; of more nobody would see anything.
const TYPES: usize = 40;
/// Lines that are drawn at most from each box.
const LINES: usize = 4;
/// One in so many of the most frequent line is not drawn, unless nothing else leads from its box.
const RARE: u32 = 50;

/// What stands beside a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Beside {
    #[default]
    Count,
    Median,
}

/// What the map keeps between frames.
#[derive(Default)]
pub(super) struct Map {
    pub beside: Beside,
    variants: TableState,
}

/// Where a type stands.
struct Placed<'a> {
    found: &'a MapType,
    rect: Rect,
}

impl Map {
    /// Draws map and variants; the variant that was chosen, by the types of its events.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        answer: &MapAndVariants,
        chosen: Option<&Vec<u32>>,
    ) -> Option<Vec<u32>> {
        let log = model.log()?;
        let all = ui.available_rect_before_wrap();
        let below = (all.height() * 0.34).clamp(96.0, 260.0);
        let above = all.with_max_y(all.max.y - below);
        let builder = egui::UiBuilder::new().max_rect(above).id_salt("map");
        let mut upper = ui.new_child(builder);
        self.map(&mut upper, log, &answer.map);
        let under = all.with_min_y(above.max.y);
        let builder = egui::UiBuilder::new().max_rect(under).id_salt("variants");
        let mut lower = ui.new_child(builder);
        self.variants(&mut lower, log, answer, chosen)
    }

    fn map(&mut self, ui: &mut Ui, log: &Log, map: &ProcessMap) {
        let area = egui::ScrollArea::both()
            .id_salt("saga-map")
            .auto_shrink(false);
        area.show(ui, |ui| {
            let placed = place(map, pos2(0.0, 0.0));
            let far = placed
                .iter()
                .fold(vec2(0.0, 0.0), |far, own| far.max(own.rect.max.to_vec2()));
            let (_, all) =
                ui.allocate_space((far + vec2(ASIDE + 16.0, 32.0)).max(ui.available_size()));
            let placed = place(map, all.min + vec2(ASIDE, sizes::PAD_TEXT));
            self.lines(ui, map, &placed);
            for own in &placed {
                paint_type(ui, log, own);
            }
        });
    }

    fn lines(&self, ui: &Ui, map: &ProcessMap, placed: &[Placed<'_>]) {
        let t = ui.tokens();
        let painter = ui.painter();
        let most = map
            .follows
            .first()
            .map_or(1, |follows| follows.count)
            .max(1);
        let by_type: HashMap<u32, Rect> = placed
            .iter()
            .map(|own| (own.found.event_type, own.rect))
            .collect();
        let mut drawn: HashMap<u32, usize> = HashMap::new();
        for follows in &map.follows {
            let (Some(from), Some(to)) = (by_type.get(&follows.from), by_type.get(&follows.to))
            else {
                continue;
            };
            let own = drawn.entry(follows.from).or_default();
            *own += 1;
            let rare = follows.count * RARE < most && *own > 1;
            if *own > LINES || rare || follows.from == follows.to {
                continue;
            }
            let share = follows.count as f32 / most as f32;
            let back = to.min.y <= from.min.y;
            let colour = if back { t.compensating } else { t.text3 };
            let stroke = Stroke::new(1.0 + 4.0 * share, colour);
            let label = line(painter, (*from, *to), stroke);
            let words = match (self.beside, follows.wait) {
                (Beside::Median, Some(wait)) => Span::from_micros(wait.median).to_string(),
                (Beside::Median, None) => String::new(),
                (Beside::Count, _) => grouped(u64::from(follows.count)),
            };
            let rect = Rect::from_min_size(label, vec2(90.0, 14.0));
            paint_line(
                painter,
                rect,
                Align2::LEFT_CENTER,
                &words,
                Face::Cell,
                t.text2,
            );
        }
    }

    fn variants(
        &mut self,
        ui: &mut Ui,
        log: &Log,
        answer: &MapAndVariants,
        chosen: Option<&Vec<u32>>,
    ) -> Option<Vec<u32>> {
        let all = u64::from(answer.map.instances).max(1);
        let columns = [
            Column::rest("Variant", 240.0).named("variant"),
            Column::new("Sagas", 84.0).named("sagas").right(),
            Column::new("Share", 72.0).named("share").right(),
        ];
        let types = |variant: &Variant| -> Vec<u32> {
            let names = variant.steps.iter();
            names.filter_map(|name| log.types().find(name)).collect()
        };
        let selected = chosen.and_then(|chosen| {
            let mut variants = answer.variants.iter().take(200);
            variants.position(|variant| types(variant) == *chosen)
        });
        let rows = answer.variants.len() as u64;
        let table = VirtualTable::new("Variants", &mut self.variants, &columns, rows)
            .selected(selected.map(|row| row as u64));
        let said = table.show(ui, |row| {
            let Some(variant) = answer.variants.get(row.index() as usize) else {
                return;
            };
            let t = row.painter().tokens();
            let steps = variant.steps.join(" › ");
            row.name(|| format!("{} sagas: {steps}", variant.count));
            row.text(0, Face::Dense, t.text, &steps);
            row.text(1, Face::Cell, t.text, &grouped(variant.count));
            let share = variant.count as f64 * 100.0 / all as f64;
            row.text(2, Face::Cell, t.text2, &format!("{share:.1} %"));
        });
        let row = said.moved_to.or(said.clicked.map(|hit| hit.row))?;
        answer.variants.get(row as usize).map(types)
    }
}

/// Types in rows by where they usually stand; those that share a row side by side, the most frequent at
/// the left.
fn place(map: &ProcessMap, origin: egui::Pos2) -> Vec<Placed<'_>> {
    let mut types: Vec<&MapType> = map.types.iter().take(TYPES).collect();
    types.sort_by_key(|found| (found.rank, u32::MAX - found.count));
    let mut rows: Vec<(u32, Vec<&MapType>)> = Vec::new();
    for found in types {
        // Within half a place of each other they are alternatives.
        match rows.last_mut() {
            Some((rank, row)) if found.rank - *rank < 500 && row.len() < 6 => row.push(found),
            _ => rows.push((found.rank, vec![found])),
        }
    }
    let mut placed = Vec::new();
    for (y, (_, mut row)) in rows.into_iter().enumerate() {
        row.sort_by_key(|found| u32::MAX - found.count);
        for (x, found) in row.into_iter().enumerate() {
            let corner = origin + vec2(ACROSS * x as f32, DOWN * y as f32);
            placed.push(Placed {
                found,
                rect: Rect::from_min_size(corner, BOX),
            });
        }
    }
    placed
}

/// A line from one box to another; where its words stand.
fn line(painter: &egui::Painter, (from, to): (Rect, Rect), stroke: Stroke) -> egui::Pos2 {
    let straight = (from.center().x - to.center().x).abs() < 1.0;
    if straight && to.min.y > from.max.y && to.min.y - from.max.y < DOWN {
        let (start, tip) = (from.center_bottom(), to.center_top());
        painter.line_segment([start, tip - vec2(0.0, 5.0)], stroke);
        arrow_head(painter, tip, vec2(0.0, 1.0), stroke.color);
        return pos2(start.x + 8.0, (start.y + tip.y) / 2.0 - 7.0);
    }
    // Around what stands between them, on the side where there is room.
    let right = to.center().x > from.center().x + 1.0;
    let start = if right {
        from.right_center()
    } else {
        from.left_center()
    };
    let end = match (right, straight) {
        (true, _) => to.center_top(),
        (false, true) => to.left_center(),
        (false, false) => to.right_center(),
    };
    let middle = match (right, straight) {
        (true, _) => pos2(end.x, start.y),
        (false, true) => pos2(from.min.x - 10.0, start.y),
        (false, false) => pos2(start.x - 10.0, start.y),
    };
    let corner = pos2(middle.x, end.y);
    painter.line_segment([start, middle], stroke);
    painter.line_segment([middle, corner], stroke);
    painter.line_segment([corner, end], stroke);
    let direction = if right {
        vec2(0.0, (end.y - middle.y).signum())
    } else {
        vec2((end.x - corner.x).signum(), 0.0)
    };
    arrow_head(painter, end, direction, stroke.color);
    if right {
        start + vec2(6.0, -15.0)
    } else {
        middle + vec2(4.0, 2.0)
    }
}

fn paint_type(ui: &mut Ui, log: &Log, own: &Placed<'_>) {
    let t = ui.tokens();
    let found = own.found;
    let name = log.types().get(found.event_type);
    let id = ui.scope_id().with(("type", found.event_type));
    let response = ui.interact(own.rect, id, Sense::hover());
    let ends = found.ends > 0 && found.ends * 2 >= found.count;
    let edge: Color32 = if ends { t.completed } else { t.border2 };
    let painter = ui.painter();
    let stroke = Stroke::new(1.0, edge);
    painter.rect(
        own.rect,
        sizes::RADIUS,
        t.raised,
        stroke,
        StrokeKind::Inside,
    );
    let inner = own.rect.shrink2(vec2(10.0, 3.0));
    let (upper, lower) = (
        inner.with_max_y(inner.center().y + 1.0),
        inner.with_min_y(inner.center().y + 1.0),
    );
    paint_line(
        painter,
        upper,
        Align2::LEFT_CENTER,
        name,
        Face::DenseStrong,
        t.text,
    );
    let count = grouped(u64::from(found.count));
    let figures = match found.ends {
        0 => count,
        ends => format!("{count}, {} end", grouped(u64::from(ends))),
    };
    paint_line(
        painter,
        lower,
        Align2::LEFT_CENTER,
        &figures,
        Face::Cell,
        t.text2,
    );
    response.on_hover_text(name);
}
