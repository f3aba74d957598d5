//! What befell a consumer, on its plot over time: a line at its beginning, a band at the foot for as long
//! as it lasted, and its name where there is room. What could not be told yet at the cursor is faded with
//! all that comes after it.

use egui::{Color32, Painter, Rangef, Rect, Shape, pos2, vec2};

use super::curves::Axis;
use crate::analysis::lag::{Spell, SpellKind};
use crate::gui::theme::{Face, Tokens, TokensExt, Tone, faded};
use crate::gui::widgets::{StatusShape, one_line};
use crate::model::Timestamp;

/// Room for the name of what befell somebody.
const NAME: f32 = 130.0;
/// Height of a band.
const BAND: f32 = 3.0;

/// The shape and the meaning of what befell somebody.
pub(super) const fn look(spell: &Spell) -> (Tone, StatusShape) {
    match spell.kind {
        _ if spell.cause.is_some() => (Tone::Warning, StatusShape::Ring),
        SpellKind::Stalled => (Tone::Error, StatusShape::Bars),
        SpellKind::Stopped => (Tone::Error, StatusShape::Square),
        SpellKind::CatchingUp => (Tone::Ok, StatusShape::TriangleRight),
        SpellKind::Rewound => (Tone::Info, StatusShape::DoubleTriangleLeft),
    }
}

/// Whether it could be told at the cursor.
pub(super) fn is_known(spell: &Spell, now: Option<Timestamp>) -> bool {
    now.is_none_or(|now| spell.known <= now)
}

/// The lines and bands, under the curve.
pub(super) fn bands(painter: &Painter, axis: &Axis, spells: &[Spell], now: Option<Timestamp>) {
    let t = painter.ctx().tokens();
    let end = now.map_or(axis.rect.max.x, |now| axis.x(now));
    for spell in spells {
        let spell = &spell.at(now);
        let (from, to) = reach(axis, spell);
        if to < axis.rect.min.x || from > axis.rect.max.x {
            continue;
        }
        let colour = t.tone(look(spell).0);
        let known = is_known(spell, now);
        if known {
            band(painter, axis, (from, to.min(end)), colour);
        }
        if to > end {
            band(painter, axis, (from.max(end), to), faded(colour));
        }
        if known || from > end {
            let ends = [
                pos2(from, axis.rect.min.y),
                pos2(from, axis.rect.max.y - BAND),
            ];
            let ink = if known { t.text3 } else { faded(t.text3) };
            painter.extend(Shape::dashed_line(&ends, (1.0, ink), 2.0, 3.0));
        }
    }
}

fn reach(axis: &Axis, spell: &Spell) -> (f32, f32) {
    let to = spell.to.map_or(axis.rect.max.x, |to| axis.x(to));
    let from = axis.x(spell.from);
    // As a bar: two points at least, so that it can be seen.
    (from, to.max(from + 2.0))
}

fn band(painter: &Painter, axis: &Axis, (from, to): (f32, f32), colour: Color32) {
    let from = from.max(axis.rect.min.x);
    let to = to.min(axis.rect.max.x);
    if from < to {
        let top = axis.rect.max.y - BAND;
        let rect = Rect::from_x_y_ranges(from..=to, top..=axis.rect.max.y);
        painter.rect_filled(rect, 0.0, colour);
    }
}

/// The names of what could be told at the cursor, above the bands, the last first: each beside its own mark and
/// over no other one, else none.
pub(super) fn names(painter: &Painter, axis: &Axis, spells: &[Spell], now: Option<Timestamp>) {
    let t: &Tokens = painter.ctx().tokens();
    let known = spells.iter().filter(|spell| is_known(spell, now));
    let spells: Vec<Spell> = known.map(|spell| spell.at(now)).collect();
    let galleys = spells.iter().map(|spell| {
        // That it catches up is seen by its line.
        let told = spell.kind != SpellKind::CatchingUp;
        told.then(|| one_line(painter, spell.name(), Face::Secondary, t.text2, NAME))
    });
    let galleys: Vec<_> = galleys.collect();
    let marks = spells.iter().zip(&galleys).map(|(spell, name)| {
        let (from, to) = reach(axis, spell);
        Mark {
            from,
            to,
            kind: spell.kind,
            name: name.as_ref().map(|name| name.size().x + 6.0),
        }
    });
    let marks: Vec<Mark> = marks.collect();
    let foot = axis.rect.max.y - BAND - 1.0;
    for (left, name) in places(&marks, axis.rect.x_range()).into_iter().zip(galleys) {
        if let Some((left, name)) = left.zip(name) {
            let size = name.size() + vec2(6.0, 0.0);
            let ground = Rect::from_min_size(pos2(left, foot - size.y), size);
            painter.rect_filled(ground, 2.0, t.field);
            painter.galley(ground.min + vec2(3.0, 0.0), name, t.text2);
        }
    }
}

/// A mark on a plot.
#[derive(Clone, Copy, Debug)]
struct Mark {
    from: f32,
    to: f32,
    kind: SpellKind,
    /// Room that its name takes, where it has one.
    name: Option<f32>,
}

/// Where the name of each begins, as far as there is a place for it.
fn places(marks: &[Mark], range: Rangef) -> Vec<Option<f32>> {
    let mut until = range.max;
    let mut places = vec![None; marks.len()];
    for (number, mark) in marks.iter().enumerate().rev() {
        let Some(width) = mark.name.filter(|_| range.contains(mark.from)) else {
            continue;
        };
        let others = || {
            let others = marks.iter().enumerate();
            let others = others.filter(|(at, _)| *at != number);
            others.map(|(_, other)| other)
        };
        let (right, left) = (mark.from + 2.0, mark.from - 2.0 - width);
        // What follows on a time is no other mark.
        let begins = |other: &Mark| {
            let within = other.from > mark.from && other.from < right + width;
            within && other.kind != SpellKind::CatchingUp
        };
        let lies =
            |other: &Mark| other.from < mark.from && other.to > left || other.from == mark.from;
        let fits_right = right + width <= until && !others().any(begins);
        let fits_left = left >= range.min && mark.from <= until && !others().any(lies);
        places[number] = match (fits_right, fits_left) {
            (true, _) => Some(right),
            (false, true) => Some(left),
            (false, false) => None,
        };
        if let Some(place) = places[number] {
            until = place.min(mark.from);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(from: f32, to: f32) -> Mark {
        Mark {
            from,
            to,
            kind: SpellKind::Stopped,
            name: Some(50.0),
        }
    }

    #[test]
    fn a_name_stands_beside_its_own_mark_and_over_no_other() {
        let all = Rangef::new(0.0, 200.0);
        // Room to the right, and at the edge to the left.
        assert_eq!(places(&[mark(10.0, 12.0)], all), [Some(12.0)]);
        assert_eq!(places(&[mark(180.0, 200.0)], all), [Some(128.0)]);
        // Two near each other: the first has no place on either side, nor may the last lie over the first.
        let near = [mark(10.0, 12.0), mark(30.0, 32.0)];
        assert_eq!(places(&near, all), [None, Some(32.0)]);
        let edge = [mark(160.0, 162.0), mark(180.0, 182.0)];
        assert_eq!(places(&edge, all), [Some(108.0), None]);
        // Two at one place: one name.
        let same = [mark(60.0, 62.0), mark(60.0, 90.0)];
        assert_eq!(places(&same, all), [None, Some(62.0)]);
        // One that lasts into the room to the left.
        let lasts = [mark(90.0, 170.0), mark(180.0, 200.0)];
        assert_eq!(places(&lasts, all), [Some(92.0), None]);
    }
}
