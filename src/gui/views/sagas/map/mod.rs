//! The process map: types as boxes in the order in which they usually come, what follows what as lines
//! that are wider the more often, and the variants below it.

mod lens;
mod lines;
mod place;
mod route;

use egui::{Align2, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};
use hashbrown::{HashMap, HashSet};
use lens::{Lens, Way, Zoom};
use place::Placed;

use crate::analysis::saga::{Follows, Meaning, Passed};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::sagas::look;
use crate::gui::widgets::{
    Button, Column, IconButton, TableState, VirtualTable, paint_line, paint_status,
};
use crate::log::Log;
use crate::model::time::Span;
use crate::render::grouped;
use crate::worker::MapAndVariants;

/// Height of the line that tells what is not in sight.
const MORE: f32 = 26.0;

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
    variants: TableState,
    zoom: Zoom,
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
        let passed = map(&mut upper, log, answer, (&marked, &mut self.zoom));
        let under = all.with_min_y(above.max.y);
        let builder = egui::UiBuilder::new().max_rect(under).id_salt("variants");
        let mut lower = ui.new_child(builder);
        let variant = self.variants(&mut lower, answer, chosen);
        (passed.map(Picked::Passed)).or(variant.map(Picked::Variant))
    }

    fn variants(
        &mut self,
        ui: &mut Ui,
        answer: &MapAndVariants,
        chosen: Option<&Vec<u32>>,
    ) -> Option<Vec<u32>> {
        let all = u64::from(answer.map.instances).max(1);
        let columns = [
            Column::rest("Variant", 200.0).named("variant"),
            Column::new("Outcome", 118.0).named("outcome"),
            Column::new("Median", 100.0).named("median").right(),
            Column::new("Sagas", 64.0).named("sagas").right(),
            Column::new("Share", 64.0).named("share").right(),
        ];
        let figures = &answer.figures;
        let selected = chosen.and_then(|chosen| {
            let mut first = figures.iter().take(200);
            first.position(|own| own.types == *chosen)
        });
        let rows = answer.variants.len() as u64;
        let table = VirtualTable::new("Variants", &mut self.variants, &columns, rows)
            .selected(selected.map(|row| row as u64));
        let said = table.show(ui, |row| {
            let at = row.index() as usize;
            let Some((variant, own)) = answer.variants.get(at).zip(figures.get(at)) else {
                return;
            };
            let t = row.painter().tokens();
            let steps = variant.steps.join(" › ");
            row.name(|| format!("{} sagas: {steps}", variant.count));
            let shared = answer.shared.get(at).copied().unwrap_or_default();
            let short = differs(&variant.steps, shared);
            row.short(0, (Face::Dense, t.text), &short, &steps);
            if let Some(cell) = row.cell(1) {
                let (tone, shape, word) = look::status(own.status);
                let colour = t.tone(tone);
                let centre = pos2(cell.min.x + sizes::DOT / 2.0, cell.center().y);
                let square = Rect::from_center_size(centre, vec2(sizes::DOT, sizes::DOT));
                paint_status(row.painter(), square, shape, colour);
                let words = cell.with_min_x(cell.min.x + sizes::DOT + 8.0);
                row.text_in(words, Align2::LEFT_CENTER, Face::Dense, colour, word);
            }
            let took = own
                .median
                .map(|median| Span::from_micros(median).to_string());
            row.text(2, Face::Cell, t.text2, &took.unwrap_or_default());
            row.text(3, Face::Cell, t.text, &grouped(variant.count));
            let share = variant.count as f64 * 100.0 / all as f64;
            row.text(4, Face::Cell, t.text2, &format!("{share:.1} %"));
        });
        let row = said.moved_to.or(said.clicked.map(|hit| hit.row))?;
        figures.get(row as usize).map(|own| own.types.clone())
    }
}

/// What happened, from where on it differs from what is above it, with the event before that.
fn differs(steps: &[String], shared: usize) -> String {
    match shared {
        0..=2 => steps.join(" › "),
        _ => {
            let from = (shared - 1).min(steps.len().saturating_sub(1));
            format!("… {from} events › {}", steps[from..].join(" › "))
        }
    }
}

/// How far the farthest box reaches.
fn far(placed: &[Placed<'_>]) -> Vec2 {
    let corners = placed.iter().map(|own| own.rect.max.to_vec2());
    corners.fold(Vec2::ZERO, Vec2::max) + vec2(16.0, 16.0)
}

/// Draws the boxes with what leads from one to another; what was clicked.
fn map(
    ui: &mut Ui,
    log: &Log,
    answer: &MapAndVariants,
    (marked, zoom): (&Marked, &mut Zoom),
) -> Option<Passed> {
    let all = ui.max_rect();
    // What is not in sight is told of below the map and not over it.
    let shown = all.with_max_y(all.max.y - MORE);
    let room = shown.size() - vec2(0.0, 4.0);
    let size = zoom.size(room, |room| far(&place::place(&answer.map, room)));
    let placed = place::place(&answer.map, room / size);
    let again: HashMap<u32, u32> = (answer.map.follows.iter())
        .filter(|follows| follows.from == follows.to)
        .map(|follows| (follows.from, follows.count))
        .collect();
    let builder = egui::UiBuilder::new().max_rect(shown).id_salt("types");
    let area = egui::ScrollArea::both()
        .id_salt("saga-map")
        .auto_shrink(false);
    let drawn = area.show(&mut ui.new_child(builder), |ui| {
        let room = (far(&placed) * size).max(ui.available_size());
        let (_, all) = ui.allocate_space(room);
        let corner = all.min;
        let lens = Lens { corner, size };
        let mut picked = lines::paint(ui, (log, &lens), &answer.map, &placed, marked);
        for own in &placed {
            let again = again.get(&own.found.event_type).copied();
            if paint_type(ui, (log, &lens), (own, again), marked) {
                picked = Some(Passed::Type(own.found.event_type));
            }
        }
        let hidden = placed
            .iter()
            .filter(|own| lens.rect(own.rect).max.y > shown.max.y + 4.0);
        (picked, hidden.count())
    });
    let (picked, hidden) = drawn.inner;
    let under = shown.contains(ui.ctx().pointer_hover_pos().unwrap_or(all.max));
    let turned = ui.input(egui::InputState::zoom_delta);
    if under && turned != 1.0 {
        *zoom = Zoom::by(size, turned);
    }
    below(
        ui,
        all.with_min_y(shown.max.y),
        (answer, hidden),
        (zoom, size),
    );
    picked
}

/// Says how much of it is drawn, and that there is more than is in sight: a bar that shows itself only under
/// the pointer does not. Beside that how near it is looked at.
fn below(
    ui: &mut Ui,
    room: Rect,
    (answer, more): (&MapAndVariants, usize),
    (zoom, size): (&mut Zoom, f32),
) {
    let t = ui.tokens();
    let room = room.shrink2(vec2(sizes::PAD, 0.0));
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    let builder = egui::UiBuilder::new().max_rect(room).layout(layout);
    let mut right = ui.new_child(builder.id_salt("zoom"));
    right.spacing_mut().item_spacing.x = 4.0;
    if right
        .add(Button::secondary("Fit").small().name("Fit the map"))
        .clicked()
    {
        *zoom = Zoom::Fit;
    }
    for (icon, name, way) in [
        (Icon::Plus, "Look nearer at the map", Way::In),
        (Icon::Minus, "Look at more of the map", Way::Out),
    ] {
        let button = IconButton::new(icon, name).small().shortcut("Ctrl+wheel");
        if right.add(button).clicked() {
            *zoom = Zoom::stepped(size, way);
        }
    }
    let variants = grouped(answer.variants.len() as u64);
    let words = format!(
        "{} of {variants} variants drawn",
        grouped(answer.drawn as u64)
    );
    let ink = look::words(ui.painter(), room, &words, (Face::Secondary, t.text2));
    let words = match more {
        0 => return,
        1 => "1 more type below: scroll, or fit".to_owned(),
        more => format!("{more} more types below: scroll, or fit"),
    };
    let right = right.min_rect().min.x - sizes::GAP;
    let room = room.with_min_x(ink.max.x + sizes::GAP).with_max_x(right);
    let align = Align2::RIGHT_CENTER;
    paint_line(ui.painter(), room, align, &words, Face::Secondary, t.text2);
}

/// Whether it was clicked.
fn paint_type(
    ui: &mut Ui,
    (log, lens): (&Log, &Lens),
    (own, again): (&Placed<'_>, Option<u32>),
    marked: &Marked,
) -> bool {
    let t = ui.tokens();
    let found = own.found;
    let name = log.types().get(found.event_type);
    let id = ui.scope_id().with(("type", found.event_type));
    let response = ui.interact(lens.rect(own.rect), id, Sense::click());
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
    let (shown, inside) = (lens.rect(own.rect), StrokeKind::Inside);
    painter.rect(
        shown,
        f32::from(sizes::RADIUS) * lens.size,
        t.raised,
        stroke,
        inside,
    );
    let inner = own.rect.shrink2(vec2(10.0, 3.0));
    let (upper, lower) = (
        inner.with_max_y(inner.center().y + 1.0),
        inner.with_min_y(inner.center().y + 1.0),
    );
    lens.words(painter, upper, name, (Face::DenseStrong, t.text));
    let count = grouped(u64::from(found.count));
    let mut figures = count;
    let again = again.unwrap_or_default();
    for (count, word) in [
        (again, "again"),
        (found.ends, "end"),
        (found.open, "wait here"),
    ] {
        if count > 0 {
            figures += &format!(", {} {word}", grouped(u64::from(count)));
        }
    }
    lens.words(painter, lower, &figures, (Face::Cell, t.text2));
    let words = format!("{name}\n{figures}\nClick to list the sagas that have it");
    let response = response.on_hover_text(words);
    response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_is_told_from_where_it_differs() {
        let steps: Vec<String> = ["A", "B", "C", "D", "E"].map(String::from).into();
        assert_eq!(differs(&steps, 0), "A › B › C › D › E");
        assert_eq!(differs(&steps, 2), "A › B › C › D › E");
        assert_eq!(differs(&steps, 4), "… 3 events › D › E");
        assert_eq!(differs(&steps, 5), "… 4 events › E");
        assert_eq!(differs(&[], 3), "… 0 events › ");
    }
}
