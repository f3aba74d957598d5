//! The process map: types as boxes in the order in which they usually come, what follows what as lines
//! that are wider the more often, and the variants below it.

mod lines;
mod place;

use egui::{Align2, Rect, Sense, Stroke, StrokeKind, Ui, vec2};
use hashbrown::HashSet;
use place::Placed;

use crate::analysis::saga::{Follows, Meaning, Passed, ProcessMap, Variant};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{Column, TableState, VirtualTable, paint_line};
use crate::log::Log;
use crate::render::grouped;
use crate::worker::MapAndVariants;

/// Height of the line that tells what is not in sight.
const MORE: f32 = 20.0;

/// What stands beside a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Figures {
    #[default]
    Count,
    Median,
}

/// What was clicked.
pub(super) enum Picked {
    /// A variant, by the types of its events.
    Variant(Vec<u32>),
    /// A box or a line.
    Passed(Passed),
}

/// What is marked in the map: what the sagas that are listed have all been through.
#[derive(Default)]
struct Marked {
    types: HashSet<u32>,
    pairs: HashSet<(u32, u32)>,
}

impl Marked {
    fn new(variant: Option<&Vec<u32>>, passed: Option<Passed>) -> Self {
        let types = variant.map_or(&[][..], Vec::as_slice);
        let pairs = types.windows(2).map(|pair| (pair[0], pair[1]));
        let mut marked = Self {
            types: types.iter().copied().collect(),
            pairs: pairs.collect(),
        };
        match passed {
            Some(Passed::Type(own)) => {
                marked.types.insert(own);
            }
            Some(Passed::Pair(from, to)) => {
                marked.types.extend([from, to]);
                marked.pairs.insert((from, to));
            }
            None => {}
        }
        marked
    }

    fn has_pair(&self, follows: &Follows) -> bool {
        self.pairs.contains(&(follows.from, follows.to))
    }
}

/// What the map keeps between frames.
#[derive(Default)]
pub(super) struct Map {
    pub figures: Figures,
    variants: TableState,
}

impl Map {
    /// Draws map and variants, marking what is chosen of them; what was clicked.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        answer: &MapAndVariants,
        (chosen, passed): (Option<&Vec<u32>>, Option<Passed>),
    ) -> Option<Picked> {
        let log = model.log()?;
        let all = ui.available_rect_before_wrap();
        let below = (all.height() * 0.26).clamp(84.0, 260.0);
        let above = all.with_max_y(all.max.y - below);
        let builder = egui::UiBuilder::new().max_rect(above).id_salt("map");
        let mut upper = ui.new_child(builder);
        let marked = Marked::new(chosen, passed);
        let passed = self.map(&mut upper, log, &answer.map, &marked);
        let under = all.with_min_y(above.max.y);
        let builder = egui::UiBuilder::new().max_rect(under).id_salt("variants");
        let mut lower = ui.new_child(builder);
        let variant = self.variants(&mut lower, log, answer, chosen);
        (passed.map(Picked::Passed)).or(variant.map(Picked::Variant))
    }

    fn map(&self, ui: &mut Ui, log: &Log, map: &ProcessMap, marked: &Marked) -> Option<Passed> {
        let all = ui.max_rect();
        let far = |placed: &[Placed<'_>]| {
            let corners = placed.iter().map(|own| own.rect.max.to_vec2());
            corners.fold(vec2(0.0, 0.0), egui::Vec2::max)
        };
        let mut placed = place::place(map, all.height());
        // What is not in sight is told of below the map and not over it.
        let hides = far(&placed).y > all.height();
        let shown = all.with_max_y(all.max.y - if hides { MORE } else { 0.0 });
        let builder = egui::UiBuilder::new().max_rect(shown).id_salt("types");
        let area = egui::ScrollArea::both()
            .id_salt("saga-map")
            .auto_shrink(false);
        let drawn = area.show(&mut ui.new_child(builder), |ui| {
            let room = (far(&placed) + vec2(16.0, 16.0)).max(ui.available_size());
            let (_, all) = ui.allocate_space(room);
            for own in &mut placed {
                own.rect = own.rect.translate(all.min.to_vec2());
            }
            let mut picked = lines::paint(ui, log, map, &placed, (self.figures, marked));
            for own in &placed {
                if paint_type(ui, log, own, marked) {
                    picked = Some(Passed::Type(own.found.event_type));
                }
            }
            let hidden = placed
                .iter()
                .filter(|own| own.rect.max.y > shown.max.y + 4.0);
            (picked, hidden.count())
        });
        let (picked, hidden) = drawn.inner;
        below(ui, all.with_min_y(shown.max.y), hidden);
        picked
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

/// Says that there is more than is in sight: a bar that shows itself only under the pointer does not.
fn below(ui: &Ui, room: Rect, more: usize) {
    if more == 0 {
        return;
    }
    let t = ui.tokens();
    let words = match more {
        1 => "1 more type below: scroll".to_owned(),
        more => format!("{more} more types below: scroll"),
    };
    let room = room.with_max_x(room.max.x - sizes::PAD);
    let align = Align2::RIGHT_CENTER;
    paint_line(ui.painter(), room, align, &words, Face::Secondary, t.text2);
}

/// Whether it was clicked.
fn paint_type(ui: &mut Ui, log: &Log, own: &Placed<'_>, marked: &Marked) -> bool {
    let t = ui.tokens();
    let found = own.found;
    let name = log.types().get(found.event_type);
    let id = ui.scope_id().with(("type", found.event_type));
    let response = ui.interact(own.rect, id, Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    let ends = found.ends > 0 && found.ends * 2 >= found.count;
    let edge = match found.meaning {
        Meaning::Failure => t.failed,
        Meaning::Undoing => t.compensated,
        Meaning::Plain if ends => t.completed,
        Meaning::Plain => t.border2,
    };
    let painter = ui.painter();
    let stroke = match marked.types.contains(&found.event_type) || response.hovered() {
        true => Stroke::new(2.0, t.accent),
        false => Stroke::new(1.0, edge),
    };
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
    let mut figures = count;
    for (count, word) in [(found.ends, "end"), (found.open, "wait here")] {
        if count > 0 {
            figures += &format!(", {} {word}", grouped(u64::from(count)));
        }
    }
    paint_line(
        painter,
        lower,
        Align2::LEFT_CENTER,
        &figures,
        Face::Cell,
        t.text2,
    );
    let response = response.on_hover_text(format!("{name}\nClick to list the sagas that have it"));
    response.clicked()
}
