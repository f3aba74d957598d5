//! Where types stand in the map: what goes well at the left, row below row in its usual order; what fails
//! beside it, half a row lower, so that no line passes behind a box; what is undone at the right.

use egui::{Rect, Vec2, pos2, vec2};

use crate::analysis::saga::{MapType, Meaning, ProcessMap};
use crate::gui::theme::sizes;

const BOX: Vec2 = Vec2::new(164.0, 40.0);
/// A box where there is little room.
const FLAT: Vec2 = Vec2::new(164.0, 33.0);
/// From row to row, where there is room, and at least; with flat boxes, too.
const DOWN: f32 = 68.0;
const LEAST: f32 = 58.0;
const LEAST_FLAT: f32 = 51.0;
/// From column to column, at least, and where there is room.
const ACROSS: f32 = 228.0;
const FAR: f32 = 400.0;
/// Room at the left for lines around boxes.
const ASIDE: f32 = 48.0;
/// Boxes beside each other in a row.
const ABREAST: usize = 3;

/// Where a type stands.
pub(super) struct Placed<'a> {
    pub found: &'a MapType,
    pub rect: Rect,
}

/// All types that are drawn, from a corner at zero; rows closer together where there is less room.
pub(super) fn place(map: &ProcessMap, room: Vec2) -> Vec<Placed<'_>> {
    let shown = || map.shown().iter();
    let plain: Vec<&MapType> = shown()
        .filter(|own| own.meaning == Meaning::Plain)
        .collect();
    let rows = rows(plain);
    let wide = rows
        .iter()
        .map(|(_, row)| row.len())
        .max()
        .unwrap_or(1)
        .max(1);
    let mut at: Vec<(f32, f32, &MapType)> = Vec::new();
    for (y, (_, row)) in rows.iter().enumerate() {
        let row = row.iter().enumerate();
        at.extend(row.map(|(x, own)| (x as f32, y as f32, *own)));
    }
    let mut column = wide;
    for meaning in [Meaning::Failure, Meaning::Undoing] {
        let mut own: Vec<&MapType> = shown().filter(|own| own.meaning == meaning).collect();
        own.sort_by_key(|own| (own.rank, u32::MAX - own.count));
        let mut free = 0.0_f32;
        for found in &own {
            let above = rows.partition_point(|(rank, _)| *rank <= found.rank);
            let y = (above as f32 - 0.5).max(free);
            free = y + 1.0;
            at.push((column as f32, y, found));
        }
        column += usize::from(!own.is_empty());
    }
    let last = at.iter().fold(1.0_f32, |last, (_, y, _)| last.max(*y));
    let fits = |size: Vec2| (room.y - size.y - 2.0 * sizes::PAD_TEXT) / last;
    let (size, down) = match fits(BOX) >= LEAST {
        true => (BOX, fits(BOX).min(DOWN)),
        false => (FLAT, fits(FLAT).clamp(LEAST_FLAT, LEAST)),
    };
    let last = column.saturating_sub(1).max(1) as f32;
    let across = (room.x - ASIDE - size.x - 2.0 * sizes::PAD) / last;
    let across = across.clamp(ACROSS, FAR);
    let placed = at.into_iter().map(|(x, y, found)| {
        let corner = pos2(ASIDE, sizes::PAD_TEXT) + vec2(across * x, down * y);
        Placed {
            found,
            rect: Rect::from_min_size(corner, size),
        }
    });
    placed.collect()
}

/// Types by where they usually stand; those that share a row with the most frequent at the left.
fn rows(mut types: Vec<&MapType>) -> Vec<(u32, Vec<&MapType>)> {
    types.sort_by_key(|found| (found.rank, u32::MAX - found.count));
    let mut rows: Vec<(u32, Vec<&MapType>)> = Vec::new();
    for found in types {
        // Within half a place of each other they are alternatives.
        match rows.last_mut() {
            Some((rank, row)) if found.rank - *rank < 500 && row.len() < ABREAST => row.push(found),
            _ => rows.push((found.rank, vec![found])),
        }
    }
    for (_, row) in &mut rows {
        row.sort_by_key(|found| u32::MAX - found.count);
    }
    rows
}
