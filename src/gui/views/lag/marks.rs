//! What befell a consumer, on its plot over time: a line at its beginning, a band at the foot for as long
//! as it lasted, and its name where there is room. What could not be told yet at the cursor is faded with
//! all that comes after it.

use egui::{Color32, Painter, Rect, Shape, pos2, vec2};

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

/// The names of what could be told at the cursor, above the bands, the last first, as far as there is
/// room.
pub(super) fn names(painter: &Painter, axis: &Axis, spells: &[Spell], now: Option<Timestamp>) {
    let t: &Tokens = painter.ctx().tokens();
    let mut until = axis.rect.max.x;
    let told = spells.iter().filter(|spell| is_known(spell, now));
    // That it catches up is seen by its line.
    let told = told.filter(|spell| spell.kind != SpellKind::CatchingUp);
    for spell in told.rev() {
        let spell = &spell.at(now);
        let x = axis.x(spell.from);
        if !axis.rect.x_range().contains(x) {
            continue;
        }
        let name = one_line(painter, spell.name(), Face::Secondary, t.text2, NAME);
        let size = name.size() + vec2(6.0, 0.0);
        let foot = axis.rect.max.y - BAND - 1.0;
        let left = [x + 2.0, x - 2.0 - size.x]
            .into_iter()
            .find(|left| *left >= axis.rect.min.x && left + size.x <= until);
        let Some(left) = left else {
            continue;
        };
        let ground = Rect::from_min_size(pos2(left, foot - size.y), size);
        painter.rect_filled(ground, 2.0, t.field);
        painter.galley(ground.min + vec2(3.0, 0.0), name, t.text2);
        until = ground.min.x.min(x);
    }
}
